"""BP1 to BP4, against published figures, a 60-digit loop, autograd and the complex step."""

import numpy as np
import pytest
from oracles import (
    HIDDEN,
    OBJECTIVES,
    autograd_gradient,
    distance,
    flat,
    loop_gradient,
    random_batch,
    random_network,
    random_problem,
)

import bpcore as bp

SHAPES = [[2, 1], [1, 1, 1], [3, 1, 2], [2, 2, 2, 2], [4, 5, 3, 3, 2]]

every_network = pytest.mark.parametrize(
    ("hidden", "cost", "output"),
    [(hidden, *objective) for hidden in HIDDEN for objective in OBJECTIVES],
)
every_objective = pytest.mark.parametrize(("cost", "output"), OBJECTIVES)
every_shape = pytest.mark.parametrize("sizes", SHAPES, ids=str)


def by_layer(gradient):
    return {
        (name, l): array
        for name in ("w", "b", "delta")
        for l, array in (getattr(gradient, name) or {}).items()
    }


def assert_same(left, right, rtol=1e-13):
    left, right = by_layer(left), by_layer(right)
    assert left.keys() == right.keys()
    for place in left:
        assert left[place].shape == right[place].shape
        assert distance(left[place], right[place]) <= rtol, place


class TestPublishedXor:
    """Heaton's node deltas and gradients are −∂E/∂z and −∂E/∂w: ours with the other sign."""

    published = bp.examples.XOR_PUBLISHED
    net, x, y = bp.examples.xor_network(), [1, 0], [1]

    def test_sums_and_outputs(self):
        trace = bp.forward(self.net, self.x)
        for published, layers in (("sum", trace.z), ("output", trace.a)):
            computed = [*layers[2][:, 0], *layers[3][:, 0]]
            expected = [self.published[published][neuron] for neuron in ("H1", "H2", "O1")]
            np.testing.assert_allclose(computed, expected, rtol=0, atol=1e-15)

    def test_node_deltas(self):
        delta = bp.backprop(self.net, self.x, self.y).delta
        computed = [*delta[2][:, 0], *delta[3][:, 0]]
        expected = [-self.published["node delta"][neuron] for neuron in ("H1", "H2", "O1")]
        np.testing.assert_allclose(computed, expected, rtol=0, atol=1e-15)

    def test_gradients(self):
        gradient = bp.backprop(self.net, self.x, self.y)
        of = {name: -value for name, value in self.published["gradient"].items()}
        for computed, expected in (
            (gradient.w[2], [[of["I1→H1"], of["I2→H1"]], [of["I1→H2"], of["I2→H2"]]]),
            (gradient.b[2], [[of["B1→H1"]], [of["B1→H2"]]]),
            (gradient.w[3], [[of["H1→O1"], of["H2→O1"]]]),
            (gradient.b[3], [[of["B2→O1"]]]),
        ):
            np.testing.assert_allclose(computed, expected, rtol=0, atol=1e-15)


@every_network
@pytest.mark.parametrize("l2", [0, 0.7])
@pytest.mark.parametrize("m", [1, 5])
def test_gradient_is_the_complex_step(hidden, cost, output, l2, m):
    for sizes in SHAPES:
        net, x, y = random_problem(sizes, m, hidden=hidden, output=output)
        gradient = bp.backprop(net, x, y, cost=cost, l2=l2)
        step = bp.finite_difference(net, x, y, cost=cost, l2=l2, scheme="complex")
        assert distance(flat(gradient), flat(step)) <= 1e-12, sizes


@every_network
@pytest.mark.parametrize(("l2", "m"), [(0, 1), (0.7, 5)])
def test_gradient_is_autograds(hidden, cost, output, l2, m):
    net, x, y = random_problem([4, 5, 3, 3, 2], m, hidden=hidden, output=output)
    definition = dict(hidden=hidden, output=output, cost=cost, l2=l2)
    expected = autograd_gradient(net, x, y, **definition)
    assert distance(flat(bp.backprop(net, x, y, cost=cost, l2=l2)), expected) <= 1e-13


@every_network
def test_single_sample_is_the_loop_over_neurons(hidden, cost, output):
    for sizes in SHAPES:
        net, x, y = random_problem(sizes, 1, hidden=hidden, output=output)
        loop = loop_gradient(net, x[:, 0], y[:, 0], hidden=hidden, output=output, cost=cost)
        assert_same(bp.backprop(net, x, y, cost=cost), loop)


@every_shape
@every_objective
def test_batch_is_the_mean_of_its_samples_and_delta_lists_them(sizes, cost, output):
    net, x, y = random_problem(sizes, 5, output=output)
    single = [bp.backprop(net, x[:, i], y[:, i], cost=cost) for i in range(5)]
    mean = bp.Gradient(
        {l: np.mean([g.w[l] for g in single], axis=0) for l in net.w},
        {l: np.mean([g.b[l] for g in single], axis=0) for l in net.b},
        {l: np.hstack([g.delta[l] for g in single]) for l in net.b},
    )
    assert_same(bp.backprop(net, x, y, cost=cost), mean)


@every_shape
def test_l2_adds_lambda_over_m_times_w_and_nothing_to_biases_or_delta(sizes):
    net, x, y = random_problem(sizes, 5)
    plain, penalised = bp.backprop(net, x, y), bp.backprop(net, x, y, l2=0.7)
    for l in net.w:
        np.testing.assert_allclose(penalised.w[l] - plain.w[l], 0.7 / 5 * net.w[l], rtol=1e-12)
        np.testing.assert_array_equal(penalised.b[l], plain.b[l])
        np.testing.assert_array_equal(penalised.delta[l], plain.delta[l])


@pytest.mark.parametrize("hidden", HIDDEN)
@every_objective
def test_float32_stays_float32(hidden, cost, output):
    net, x, y = random_problem([3, 4, 2], 5, hidden=hidden, output=output)
    names = dict(activation=hidden, output_activation=output)
    single = random_network([3, 4, 2], dtype=np.float32, **names)
    gradient = bp.backprop(single, x, y, cost=cost, l2=0.7)
    assert {array.dtype for array in by_layer(gradient).values()} == {np.dtype(np.float32)}
    assert_same(gradient, bp.backprop(net, x, y, cost=cost, l2=0.7), rtol=1e-5)


@every_objective
def test_one_dimensional_arrays_and_lists_are_one_column(cost, output):
    net, x, y = random_problem([3, 4, 2], 1, output=output)
    column = bp.backprop(net, x, y, cost=cost)
    assert_same(bp.backprop(net, x[:, 0], y[:, 0], cost=cost), column, rtol=0)
    assert_same(bp.backprop(net, x.tolist(), y[:, 0].tolist(), cost=cost), column, rtol=0)


def test_backprop_changes_nothing_and_repeats_itself():
    net, x, y = random_problem([3, 4, 2], 5)
    given = [x, y, *net.w.values(), *net.b.values()]
    before = [array.copy() for array in given]
    assert_same(bp.backprop(net, x, y, l2=0.7), bp.backprop(net, x, y, l2=0.7), rtol=0)
    for array, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@every_network
def test_huge_weights_give_finite_numbers(hidden, cost, output):
    net, x, y = random_problem([3, 4, 4, 2], 5, hidden=hidden, output=output)
    for parameters in (net.w, net.b):
        for l in parameters:
            parameters[l] = np.copysign(1e6, parameters[l])
    gradient = bp.backprop(net, x, y, cost=cost, l2=0.7)
    assert np.isfinite(bp.cost(net, x, y, cost=cost, l2=0.7))
    assert all(np.isfinite(array).all() for array in by_layer(gradient).values())


@pytest.mark.parametrize(
    ("w", "x", "l2"),
    [(1, 1e200, 0), (1e10, 1, 1.7e308), (1e200, 1e200, 0)],
    ids=["BP4", "l2", "forward pass"],
)
def test_gradient_too_large_for_a_float_is_refused(w, x, l2):
    """A gradient with an infinite entry, handed out in silence, would ruin the next update."""
    net = bp.Network([1, 1], activation="linear")
    net.w[2] = [[w]]
    with pytest.raises(OverflowError, match="layer 2 is too large for float64"):
        bp.backprop(net, [x], [0], l2=l2)


def test_delta_too_large_for_a_float_is_refused():
    net = bp.Network([1, 1, 1], activation="linear")
    net.w[2], net.w[3] = [[1e-200]], [[1e200]]
    with pytest.raises(OverflowError, match="gradient of layer 2 is too large for float64"):
        bp.backprop(net, [1], [1e150])


@pytest.mark.parametrize("m", [1, 5])
def test_softmax_targets_need_not_be_certain(m):
    """δ^L = a − y holds for every target that sums to 1, not only for a single class."""
    net = random_network([3, 4, 3], output_activation="softmax")
    x, y = random_batch([3, 4, 3], m, output="softmax")
    delta = bp.backprop(net, x, y, cost="cross_entropy").delta[3]
    np.testing.assert_allclose(delta, bp.forward(net, x).a[3] - y, rtol=1e-12, atol=1e-16)


def test_the_mean_over_samples_does_not_overflow_where_it_exists():
    """A thousand δ of 1e308: their sum is no double, their mean is."""
    net, m = bp.Network([1, 1], activation="linear"), 1000
    net.w[2], net.b[2] = [[0]], [1e308]
    g = bp.backprop(net, np.ones((1, m)), np.zeros((1, m)))
    assert (g.b[2].item(), g.w[2].item()) == pytest.approx((1e308, 1e308))
