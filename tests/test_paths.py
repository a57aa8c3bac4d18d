"""Equation (53) against backpropagation, and its limits."""

import numpy as np
import pytest

import bpcore as bp

CASES = [
    ([3, 2], "sigmoid", "sigmoid", "quadratic"),
    ([2, 1, 3], "tanh", "linear", "quadratic"),
    ([2, 3, 2, 3], "sigmoid", "sigmoid", "cross_entropy"),
    ([3, 4, 2, 3, 2], "elu", "softmax", "cross_entropy"),
    ([2, 3, 3, 2, 3], "leaky_relu", "softmax", "quadratic"),
]


@pytest.mark.parametrize("m", [1, 4])
@pytest.mark.parametrize(("sizes", "hidden", "output", "cost"), CASES)
def test_sum_over_paths_is_the_gradient_of_every_weight(sizes, hidden, output, cost, m):
    rng = np.random.default_rng(sum(sizes))
    net = bp.Network(sizes, activation=hidden, output_activation=output, seed=m)
    for l in net.b:
        net.b[l] = rng.normal(size=net.b[l].shape)
    x, y = rng.normal(size=(sizes[0], m)), rng.dirichlet(np.ones(sizes[-1]), m).T
    g = bp.finite_difference(net, x, y, cost=cost, scheme="complex")
    for l in net.w:
        for j, k in np.ndindex(net.w[l].shape):
            found = bp.sum_over_paths(net, x, y, l, j, k, cost=cost)
            assert found == pytest.approx(g.w[l][j, k], rel=1e-11, abs=1e-15)


def test_a_saturated_output_has_a_finite_sum():
    net = bp.Network([1, 2, 1])
    net.b[3] = [800]
    assert bp.sum_over_paths(net, [1], [0], 2, 0, 0, cost="cross_entropy") == pytest.approx(
        bp.backprop(net, [1], [0], cost="cross_entropy").w[2][0, 0]
    )


def test_number_of_paths():
    assert bp.n_paths(bp.Network([784, 30, 30, 10]), 2) == 300
    assert bp.n_paths(bp.Network([784, 30, 30, 10]), 4) == 1


def test_too_many_paths_are_refused_before_walking():
    with pytest.raises(ValueError, match=r"656,100,000,000 paths .* at most 1,000,000"):
        bp.sum_over_paths(bp.Network([30] * 10), np.ones(30), np.ones(30), 2, 0, 0)


@pytest.mark.parametrize(
    ("place", "exception", "message"),
    [
        ((1, 0, 0), IndexError, r"no w\[1\]"),
        ((4, 0, 0), IndexError, r"no w\[4\]"),
        ((2, 2, 0), IndexError, "j must be below 2"),
        ((2, 0, 3), IndexError, "k must be below 3"),
        ((2, -1, 0), ValueError, "j must be at least 0"),
        ((2, 0.0, 0), TypeError, "j must be a whole number"),
        (("2", 0, 0), TypeError, "layer number"),
    ],
)
def test_a_weight_that_does_not_exist_is_refused(place, exception, message):
    with pytest.raises(exception, match=message):
        bp.sum_over_paths(bp.Network([3, 2, 1]), np.ones(3), [1], *place)


def test_relative_error_is_that_of_the_whole_vector():
    net = bp.examples.xor_network()
    x, y = bp.examples.xor_data()
    g, measured = bp.backprop(net, x, y), bp.finite_difference(net, x, y, eps=1e-3)
    ours, theirs = (
        np.concatenate([array.ravel() for part in (one.w, one.b) for array in part.values()])
        for one in (measured, g)
    )
    expected = np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)
    assert bp.relative_error(measured, g) == pytest.approx(expected, rel=1e-12)
    assert bp.relative_error(g, g) == 0.0


def test_relative_error_does_not_depend_on_the_order_of_the_layers():
    """Whoever goes from the output back has layer 3 first."""
    g = bp.backprop(bp.Network([2, 2, 2]), [1, 0], [1, 0])
    w, b = ({l: part[l] for l in (3, 2)} for part in (g.w, g.b))
    assert bp.relative_error(bp.Gradient(bp.Layers("w", w), bp.Layers("b", b)), g) == 0


def test_relative_error_refuses_gradients_of_different_networks():
    one = bp.backprop(bp.Network([2, 2, 1]), [1, 0], [1])
    other = bp.backprop(bp.Network([2, 3, 1]), [1, 0], [1])
    with pytest.raises(ValueError, match="shapes by layer differ"):
        bp.relative_error(one, other)


def gradient_of(*entries):
    return bp.Gradient(bp.Layers("w", {2: np.array([entries])}), bp.Layers("b", {2: np.zeros(1)}))


@pytest.mark.parametrize("size", [1e-320, 1e-170, 1.0, 1e200, 1.7e308])
def test_relative_error_does_not_depend_on_the_size_of_the_slopes(size):
    reference = gradient_of(size, -size)
    assert bp.relative_error(gradient_of(size, -size / 2), reference) == pytest.approx(
        0.5 / np.sqrt(2), rel=1e-3
    )
    assert bp.relative_error(gradient_of(-size, size), reference) == pytest.approx(2)
    assert bp.relative_error(reference, reference) == 0
    assert bp.relative_error(gradient_of(0.0, 0.0), reference) == 1
    assert bp.relative_error(reference, gradient_of(0.0, 0.0)) == np.inf
    assert bp.relative_error(gradient_of(np.inf, size), reference) == np.inf
    assert np.isnan(bp.relative_error(gradient_of(np.nan, size), reference))


def test_a_sum_that_is_too_large_is_refused_as_backprop_refuses_it():
    net = bp.Network([1, 1, 1], activation="linear")
    net.w[2], net.w[3] = [[1e-10]], [[1e160]]
    for call in (
        lambda: bp.backprop(net, [1e10], [0]),
        lambda: bp.sum_over_paths(net, [1e10], [0], 2, 0, 0),
    ):
        with pytest.raises(OverflowError, match="layer 2 is too large for float64"):
            call()
