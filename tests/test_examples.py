"""The published examples, against the figures and the data they are taken from."""

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
