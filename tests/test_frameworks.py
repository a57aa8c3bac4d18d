"""The recorded run of PyTorch and JAX, and the script that records it."""

import inspect
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from notebook_files import FOLDER, cells, source

import bpcore as bp

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def frameworks(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import frameworks

    return frameworks


@pytest.fixture(scope="module")
def recorded():
    return json.loads((BENCHMARKS / "results" / "frameworks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["torch", "jax"])
@pytest.mark.parametrize("sizes", ["2-2-1", "3-4-3-2"])
def test_the_recorded_slopes_are_those_of_bpcore_and_of_nudges(frameworks, recorded, name, sizes):
    stored, problem = recorded["gradients"][name][sizes], frameworks.problems()[sizes]
    assert frameworks.distance(stored, problem) < 1e-14
    net, x, y, cost = problem
    nudged = bp.finite_difference(net, x, y, cost=cost, scheme="complex")
    for part in "wb":
        for l, slopes in getattr(nudged, part).items():
            assert np.allclose(stored[part][str(l)], slopes, rtol=1e-12, atol=1e-15)


def test_the_notebook_shows_the_code_that_has_been_recorded(frameworks, recorded):
    (path,) = FOLDER.glob("11_*.ipynb")
    shown = [source(cell) for cell in cells(path, "code")]
    for name, gradient_by in frameworks.FRAMEWORKS.items():
        assert recorded["code"][name] == inspect.getsource(gradient_by)
        assert recorded["code"][name].rstrip("\n") in shown


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_an_installed_framework_gives_what_is_recorded(frameworks, recorded, name):
    if find_spec(name) is None:
        pytest.skip("needs pip install -e .[peers]")
    made = frameworks.record({name: frameworks.FRAMEWORKS[name]}, recorded["versions"])
    for sizes, stored in recorded["gradients"][name].items():
        now = made["gradients"][name][sizes]
        for part in "wb":
            for l in stored[part]:
                assert np.allclose(now[part][l], stored[part][l], rtol=1e-10, atol=1e-14)


def ours(net, x, y, cost):
    g = bp.backprop(net, x, y, cost=cost)
    return {"w": dict(g.w), "b": dict(g.b)}


def slightly_wrong(net, x, y, cost):
    g = ours(net, x, y, cost)
    return {"w": g["w"], "b": {l: g["b"][l] * (1 + 1e-9) for l in g["b"]}}


def test_what_is_recorded_can_be_read_back(frameworks, capsys):
    made = frameworks.record({"ours": ours}, {"ours": "0"})
    assert "def ours" in made["code"]["ours"]
    read = json.loads(json.dumps(made))
    for sizes, problem in frameworks.problems().items():
        assert frameworks.distance(read["gradients"]["ours"][sizes], problem) == 0
        assert f"{sizes}  relative error 0" in capsys.readouterr().out or sizes == "3-4-3-2"


def test_a_framework_that_differs_is_not_recorded(frameworks):
    with pytest.raises(AssertionError, match="wrong and bpcore differ on 2-2-1"):
        frameworks.record({"wrong": slightly_wrong}, {"wrong": "0"})


@pytest.mark.skipif(
    find_spec("torch") is not None or find_spec("jax") is not None, reason="installed"
)
def test_without_the_frameworks_nothing_is_written(frameworks, monkeypatch, tmp_path):
    monkeypatch.setattr(frameworks, "RESULT", tmp_path / "frameworks.json")
    with pytest.raises(SystemExit, match="torch and jax not installed"):
        frameworks.main()
    assert not list(tmp_path.iterdir())
