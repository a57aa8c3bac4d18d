"""The cost functions, against autograd, closed values and numbers worked out by hand."""

from fractions import Fraction
from math import exp, log, log1p

import numpy as np
import pytest
from oracles import OBJECTIVES, autograd_cost, random_problem

import bpcore as bp

SIZES = [3, 4, 2]


def network_showing(z, output):
    """A network whose output layer has the weighted inputs z, for the input 1."""
    net = bp.Network([1, len(z)], activation="linear", output_activation=output)
    net.w[2] = np.c_[z]
    return net


@pytest.mark.parametrize(("cost", "output"), OBJECTIVES)
@pytest.mark.parametrize("l2", [0, 0.7])
@pytest.mark.parametrize("m", [1, 5])
def test_cost_is_autograds(cost, output, l2, m):
    net, x, y = random_problem(SIZES, m, hidden="tanh", output=output)
    expected = autograd_cost(net, x, y, hidden="tanh", output=output, cost=cost, l2=l2)
    assert bp.cost(net, x, y, cost=cost, l2=l2) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("cost", "output", "z", "y", "by_hand"),
    [
        ("quadratic", "linear", [1, 2], [0, 0], 2.5),
        ("quadratic", "linear", [1, 2], [1, 2], 0),
        ("quadratic", "sigmoid", [0], [1], 1 / 8),
        ("quadratic", "softmax", [0, 0], [1, 0], 1 / 4),
        ("cross_entropy", "sigmoid", [0], [1], log(2)),
        ("cross_entropy", "sigmoid", [0, 0], [1, 0.3], 2 * log(2)),
        ("cross_entropy", "sigmoid", [log(3)], [1], log(4 / 3)),
        ("cross_entropy", "sigmoid", [log(3)], [0.25], log(4) - 0.25 * log(3)),
        ("cross_entropy", "softmax", [0, 0, 0, 0], [0, 1, 0, 0], log(4)),
        ("cross_entropy", "softmax", [log(2), log(6)], [1, 0], log(4)),
        ("cross_entropy", "softmax", [log(2), log(6)], [0.5, 0.5], log(4) - log(3) / 2),
    ],
)
def test_cost_worked_out_by_hand(cost, output, z, y, by_hand):
    net = network_showing(z, output)
    assert bp.cost(net, [1], y, cost=cost) == pytest.approx(by_hand, rel=1e-14, abs=1e-300)


@pytest.mark.parametrize(
    ("output", "z", "y", "closed"),
    [
        ("sigmoid", [1e3], [0], 1e3),
        ("sigmoid", [-1e3], [1], 1e3),
        ("sigmoid", [1e3], [1], 0),
        ("sigmoid", [-1e3], [0], 0),
        ("sigmoid", [1e6], [0.25], 0.75e6),
        ("sigmoid", [-1e6, 1e6], [1, 0], 2e6),
        ("sigmoid", [40], [0], 40 + exp(-40)),
        ("sigmoid", [40], [1], log1p(exp(-40))),
        ("softmax", [1e3, 0], [0, 1], 1e3),
        ("softmax", [1e3, 0], [1, 0], 0),
        ("softmax", [1e6, -1e6, 0], [0, 0.5, 0.5], 1.5e6),
        ("softmax", [1e6, 1e6], [0.5, 0.5], log(2)),
    ],
)
def test_cross_entropy_keeps_its_digits_where_outputs_saturate(output, z, y, closed):
    net = network_showing(z, output)
    value = bp.cost(net, [1], y, cost="cross_entropy")
    assert value == pytest.approx(closed, rel=1e-14, abs=1e-300)


def test_l2_is_lambda_over_2m_times_the_squared_weights_without_the_biases():
    net = bp.Network([2, 2, 1])
    net.w[2], net.w[3] = [[1, 2], [-3, 4]], [[5, -6]]  # squares: 30 and 61
    net.b[2], net.b[3] = [100, 200], [300]
    x, y = np.ones((2, 4)), np.ones((1, 4))
    penalty = bp.cost(net, x, y, l2=0.5) - bp.cost(net, x, y)
    assert penalty == pytest.approx(0.5 / (2 * 4) * 91, rel=1e-14)


@pytest.mark.parametrize("l2", [3, np.float32(0.5), np.int64(2), Fraction(1, 8), 10**30], ids=repr)
def test_l2_may_be_any_real_number(l2):
    net = network_showing([1], "linear")
    assert bp.cost(net, [1], [1], l2=l2) == float(l2) / 2


@pytest.mark.parametrize(("cost", "output"), OBJECTIVES)
def test_cost_of_a_batch_is_the_mean_over_its_samples(cost, output):
    net, x, y = random_problem(SIZES, 5, output=output)
    single = [bp.cost(net, x[:, i], y[:, i], cost=cost) for i in range(5)]
    assert bp.cost(net, x, y, cost=cost) == pytest.approx(np.mean(single), rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("l2", [0, 0.7])
def test_cost_is_a_python_float(dtype, l2):
    assert type(bp.cost(bp.Network([1, 1], dtype=dtype), [1], [1], l2=l2)) is float


@pytest.mark.parametrize(
    ("cost", "output", "z", "y"),
    [
        ("quadratic", "linear", [1e200], [0]),
        ("quadratic", "relu", [1e200], [0]),
        ("cross_entropy", "sigmoid", [1.7e308, 1.7e308], [0, 0]),
        ("cross_entropy", "softmax", [1.7e308, -1.7e308], [0, 1]),
    ],
)
def test_cost_too_large_for_a_float_is_refused(cost, output, z, y):
    with pytest.raises(OverflowError, match="cost is too large for float64"):
        bp.cost(network_showing(z, output), [1], y, cost=cost)
