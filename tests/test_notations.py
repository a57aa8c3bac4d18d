"""The few lines that notebook A1 gives for each notation, on networks it does not show."""

import json
from pathlib import Path

import numpy as np
import pytest

import bpcore as bp

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "A1_notations.ipynb"
SIZES = [[2, 2, 1], [3, 5, 5, 4], [1, 4, 2]]


@pytest.fixture(scope="module")
def written() -> dict:
    """The functions that the notebook defines for the notations."""
    names = {"np": np, "bp": bp, "sigma": bp.ACTIVATIONS["sigmoid"]}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if source.startswith(("def heaton", "def ng", "def blog")):
            exec(source, names)
    return names


def problem(sizes: list[int], m: int, activation: str = "sigmoid"):
    rng = np.random.default_rng(sum(sizes))
    net = bp.Network(sizes, activation=activation, seed=m)
    for l in net.b:
        net.b[l] = rng.normal(size=net.b[l].shape)
    return net, rng.random((sizes[0], m)), rng.random((sizes[-1], m))


def measure(net: bp.Network, x, y, **options) -> bp.Gradient:
    return bp.finite_difference(net, x, y, scheme="complex", **options)


@pytest.mark.parametrize("sizes", SIZES)
def test_heaton(written: dict, sizes: list[int]):
    net, x, y = problem(sizes, 1)
    node_delta, gradient = written["heaton"](net, x, y)
    truth = measure(net, x, y)
    for l in net.w:
        np.testing.assert_allclose(-gradient[l], truth.w[l], rtol=0, atol=1e-14)
        np.testing.assert_allclose(-node_delta[l], truth.b[l], rtol=0, atol=1e-14)


@pytest.mark.parametrize("lam", [0.0, 0.7])
@pytest.mark.parametrize("sizes", SIZES)
def test_ng(written: dict, sizes: list[int], lam: float):
    net, x, y = problem(sizes, 6)
    D = written["ng"]({l - 1: np.c_[net.b[l], net.w[l]] for l in net.w}, x, y, lam)
    truth = measure(net, x, y, cost="cross_entropy", l2=lam)
    for l in net.w:
        np.testing.assert_allclose(D[l - 1], np.c_[truth.b[l], truth.w[l]], rtol=0, atol=1e-13)


@pytest.mark.parametrize("sizes", SIZES)
def test_blog(written: dict, sizes: list[int]):
    net, x, y = problem(sizes, 6)
    W, b = [net.w[l].T for l in net.w], [net.b[l].T for l in net.b]
    dW, db = written["blog"](W, b, x.T, y.T)
    truth = measure(net, x, y)
    for l in net.w:
        np.testing.assert_allclose(dW[l - 2].T * sizes[-1] / 2, truth.w[l], rtol=0, atol=1e-14)
        np.testing.assert_allclose(db[l - 2].T * sizes[-1] / 2, truth.b[l], rtol=0, atol=1e-14)
