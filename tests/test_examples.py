"""The published examples, against the figures and the data they are taken from."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import bpcore as bp

curve = bp.examples.error_curve()


@pytest.mark.parametrize(
    ("w", "e"), [(0, 3.0), (1.4, 4.295), (2.2, 0.818), (2.8, 5.800), (3, 4.236)]
)
def test_error_curve_passes_through_the_published_points(w, e):
    assert round(float(curve(w)), 3) == e


def test_slope_at_the_published_place():
    assert f"{curve.slope(1.4):.4f}" == "-0.5622"
    assert curve.slope(1.4) == pytest.approx(-0.562239, abs=5e-7)


@pytest.mark.parametrize(("w", "height"), [(0, 5.08), (3, 3.40)])
def test_tangent_runs_as_in_the_figure(w, height):
    assert curve(1.4) + curve.slope(1.4) * (w - 1.4) == pytest.approx(height, abs=0.005)


def test_slope_is_the_complex_step_derivative_in_the_shape_of_w():
    w = np.linspace(0, 3, 31).reshape(31, 1)
    step = curve(w + 1e-20j).imag / 1e-20
    np.testing.assert_allclose(curve.slope(w), step, rtol=1e-13, atol=1e-30)
    assert curve(w).shape == curve.slope(w).shape == w.shape


def test_xor_data_is_in_heatons_order():
    x, y = bp.examples.xor_data()
    assert x.T.tolist() == [[1, 0], [0, 0], [0, 1], [1, 1]]
    assert y.tolist() == [[1, 0, 1, 0]]


def test_xor_network_has_the_published_weights_in_their_places():
    net = bp.examples.xor_network()
    assert net.sizes == (2, 2, 1)
    assert [net.sigma[l].name for l in (2, 3)] == ["sigmoid", "sigmoid"]
    assert net.w[2].tolist() == [
        [-0.06782947598673161, 0.22341077197888182],
        [0.9487814395569221, 0.461587116462548],
    ]
    assert net.b[2].tolist() == [[-0.4635107399577998], [0.09750161997450091]]
    assert net.w[3].tolist() == [[-0.22791948943117624, 0.581714099641357]]
    assert net.b[3].tolist() == [[0.7792991203673414]]


def test_each_call_gives_a_fresh_copy():
    """A reader who drags a weight must not change the next reader's network."""
    bp.examples.xor_network().w[2][0, 0] = 9
    bp.examples.xor_data()[0][0, 0] = 9
    assert bp.examples.xor_network().w[2][0, 0] != 9
    assert bp.examples.xor_data()[0][0, 0] == 1


DIGITS = bp.examples.digits()


def test_digits_are_as_published():
    """The counts are those of the repository's description, the row sums scikit-learn's."""
    x, y = DIGITS
    assert x.shape == (64, 1797)
    assert y.shape == (10, 1797)
    assert x.min() == 0
    assert x.max() == 1
    assert set(np.unique(x * 16)) == set(range(17))
    assert (y.sum(axis=0) == 1).all()
    assert y.sum(axis=1).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert y.argmax(axis=0)[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert (x[:, 0].reshape(8, 8)[0] * 16).tolist() == [0, 0, 5, 13, 9, 1, 0, 0]


def test_digits_are_those_of_scikit_learn():
    data = pytest.importorskip("sklearn.datasets").load_digits()
    np.testing.assert_array_equal(DIGITS[0].T * 16, data.data)
    np.testing.assert_array_equal(DIGITS[1].argmax(axis=0), data.target)


def test_each_call_gives_digits_of_its_own():
    bp.examples.digits()[0][:] = 9
    assert bp.examples.digits()[0].max() == 1


@pytest.mark.parametrize("place", [0, 30_000, -1])
def test_a_damaged_file_of_digits_is_refused(place, tmp_path, monkeypatch):
    """Whatever byte has changed: one of the header, of the data, of the checksum."""
    whole = (Path(bp.__file__).parent / "data" / "digits.csv.gz").read_bytes()
    damaged = bytearray(whole)
    damaged[place] ^= 1
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "digits.csv.gz").write_bytes(damaged)
    monkeypatch.setattr(bp.examples, "files", lambda package: tmp_path)
    with pytest.raises(OSError, match=r"damaged: the SHA-256 of .*digits\.csv\.gz .*again"):
        bp.examples.digits()
    (tmp_path / "data" / "digits.csv.gz").write_bytes(whole)
    assert bp.examples.digits()[0].shape == (64, 1797)


def test_the_digits_travel_with_the_package(tmp_path):
    """Out of a zip file, as in the browser, too."""
    folder = Path(bp.__file__).parent
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
        for path in folder.rglob("*"):
            if path.suffix in {".py", ".gz"}:
                packed.write(path, path.relative_to(folder.parent))
    code = "import sys; sys.path.insert(0, 'packed.zip'); import bpcore as bp;"
    code += "assert 'packed.zip' in bp.__file__; print(bp.examples.digits()[0].shape)"
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert shown.stdout == "(64, 1797)\n"
