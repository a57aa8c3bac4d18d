"""The network: shapes, numbering, parameters, their start, and the forward pass."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest
from oracles import HIDDEN, TRACED, random_batch, random_problem

import bpcore as bp

OUTPUTS = [*HIDDEN, "softmax"]


@pytest.mark.parametrize(
    ("sizes", "n_parameters"),
    [([1, 1], 2), ([2, 2, 1], 9), ([784, 30, 10], 23860), ([999, 999, 1], 1_000_000)],
    ids=str,
)
def test_layers_and_parameters_are_counted(sizes, n_parameters):
    net = bp.Network(sizes)
    assert (list(net.sizes), net.L, net.n_parameters) == (sizes, len(sizes), n_parameters)


def test_parameters_are_numbered_from_layer_2_to_L():
    net = bp.Network([3, 4, 5, 2])
    assert {l: w.shape for l, w in net.w.items()} == {2: (4, 3), 3: (5, 4), 4: (2, 5)}
    assert {l: b.shape for l, b in net.b.items()} == {2: (4, 1), 3: (5, 1), 4: (2, 1)}


@pytest.mark.parametrize("sizes", [(2, 3), np.array([2, 3]), (n for n in (2, 3))], ids=type)
def test_sizes_may_be_any_sequence_of_whole_numbers(sizes):
    assert bp.Network(sizes).w[2].shape == (3, 2)


@pytest.mark.parametrize("l", [2, np.int64(2), np.uint8(2)], ids=type)
def test_layers_are_a_mapping(l):
    net = bp.Network([3, 4, 2])
    assert (list(net.w), len(net.w), 1 in net.w, l in net.w) == ([2, 3], 2, False, True)
    assert net.w[l] is net.w[2]
    assert repr(net.w) == "w, shape by layer: {2: (4, 3), 3: (2, 4)}"


@pytest.mark.parametrize("values", [[[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])], ids=type)
def test_weights_can_be_assigned(values):
    net = bp.Network([2, 2, 1])
    net.w[2] = values
    np.testing.assert_array_equal(net.w[2], [[1, 2], [3, 4]])
    assert net.w[2].dtype == np.float64


@pytest.mark.parametrize("values", [[1, 2], [[1], [2]], np.array([1.0, 2.0])], ids=str)
def test_biases_can_be_assigned_as_a_row_or_a_column(values):
    net = bp.Network([2, 2, 1])
    net.b[2] = values
    np.testing.assert_array_equal(net.b[2], [[1], [2]])


def test_assigned_array_is_copied():
    net, mine = bp.Network([2, 2, 1]), np.ones((2, 2))
    net.w[2] = mine
    mine[0, 0] = 5
    assert net.w[2][0, 0] == 1


def test_single_elements_can_be_assigned_and_layers_updated_in_place():
    net = bp.Network([2, 2, 1])
    net.w[2][0, 1] = 0.3
    net.b[2][1, 0] = -0.2
    net.w[3] -= net.w[3]
    trace = bp.forward(net, [0, 1])
    assert trace.z[2][0, 0] == 0.3
    assert trace.z[2][1, 0] == net.w[2][1, 1] - 0.2
    assert trace.z[3] == 0


def test_seed_decides_the_start():
    def weights(**seed):
        return np.concatenate([w.ravel() for w in bp.Network([3, 4, 2], **seed).w.values()])

    np.testing.assert_array_equal(weights(), weights(seed=0))
    np.testing.assert_array_equal(weights(seed=7), weights(seed=7))
    assert not np.isin(weights(seed=1), weights(seed=2)).any()


def test_start_is_normal_with_variance_1_over_inputs_and_biases_0():
    net = bp.Network([400, 300, 200])
    for l, n_in in ((2, 400), (3, 300)):
        scaled = net.w[l] * np.sqrt(n_in)
        # 60,000 weights or more: the variance of a sample is within 0.6 % (one standard deviation).
        assert scaled.var() == pytest.approx(1, abs=0.03)
        assert scaled.mean() == pytest.approx(0, abs=0.03)
        assert (np.abs(scaled) < 1).mean() == pytest.approx(0.6827, abs=0.01)
        assert not net.b[l].any()


@pytest.mark.parametrize("dtype", [np.float32, "float32", np.float64, float, "f8"], ids=str)
def test_dtype_is_that_of_all_parameters_and_results(dtype):
    net = bp.Network([3, 4, 2], dtype=dtype)
    net.w[2] = np.ones((4, 3))
    trace = bp.forward(net, np.ones((3, 5)))
    arrays = [a for layers in (net.w, net.b, trace.z, trace.a) for a in layers.values()]
    assert {net.dtype, *(a.dtype for a in arrays)} == {np.dtype(dtype)}


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("output", [None, *OUTPUTS])
def test_forward_is_the_definition_sample_by_sample(hidden, output):
    names = dict(activation=hidden, output_activation=output)
    net = bp.Network([3, 4, 4, 2], **names)
    x, _ = random_batch(net.sizes, 5)
    trace = bp.forward(net, x)
    assert (list(trace.z), list(trace.a)) == ([2, 3, 4], [1, 2, 3, 4])
    np.testing.assert_array_equal(trace.a[1], x)
    for i in range(5):
        a = x[:, i]
        for l in (2, 3, 4):
            z = net.w[l] @ a + net.b[l][:, 0]
            a = TRACED[(output or hidden) if l == 4 else hidden](z)
            np.testing.assert_allclose(trace.z[l][:, i], z, rtol=1e-13, atol=1e-15)
            np.testing.assert_allclose(trace.a[l][:, i], a, rtol=1e-13, atol=1e-15)


def test_forward_takes_one_sample_as_a_list():
    net, x, _ = random_problem([3, 4, 2], 1)
    from_list = bp.forward(net, x[:, 0].tolist())
    for l in (2, 3):
        assert from_list.z[l].shape == from_list.a[l].shape == (net.sizes[l - 1], 1)
        np.testing.assert_array_equal(from_list.a[l], bp.forward(net, x).a[l])


@pytest.mark.parametrize(
    "clone",
    [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))],
    ids=["deepcopy", "pickle"],
)
@pytest.mark.parametrize("output", OUTPUTS)
def test_copy_computes_the_same_and_is_independent(clone, output):
    net, x, y = random_problem([3, 4, 2], 5, output=output)
    cost = "cross_entropy" if output in ("sigmoid", "softmax") else "quadratic"
    twin = clone(net)
    assert bp.cost(twin, x, y, cost=cost) == bp.cost(net, x, y, cost=cost)
    for name in ("quadratic", cost):
        gradient, same = bp.backprop(net, x, y, cost=name), bp.backprop(twin, x, y, cost=name)
        for l in net.w:
            np.testing.assert_array_equal(same.w[l], gradient.w[l])
    before = net.w[2].copy()
    twin.w[2][0, 0] += 1
    twin.b[2] = np.ones(4)
    np.testing.assert_array_equal(net.w[2], before)
    assert (net.b[2] != 1).all()


def test_network_prints_what_it_is():
    net = bp.Network([2, 3, 2], activation="tanh", output_activation="softmax")
    assert repr(net) == "Network [2, 3, 2], tanh → softmax, 17 parameters"


@pytest.mark.parametrize("key", ["2", 2.0, None, True, [2], (2,), 1, 4, -1])
def test_what_is_no_layer_number_is_not_in_a_mapping(key):
    """`in` never raises; and what it affirms can be looked up."""
    assert key not in bp.Network([3, 4, 2]).w


def test_the_trace_does_not_change_with_the_readers_array():
    x = np.array([[1.0], [0.0]])
    trace = bp.forward(bp.examples.xor_network(), x)
    assert not np.shares_memory(trace.a[1], x)
    x[0, 0] = 5
    assert trace.a[1][0, 0] == 1


@pytest.mark.parametrize("part", ["w", "b"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e308])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_step_that_is_refused_leaves_the_layer_as_it_was(part, bad):
    net = bp.examples.xor_network()
    parameters = getattr(net, part)
    parameters[2][0, 0] = 1.5
    before = {l: array.copy() for l, array in parameters.items()}
    with pytest.raises(ValueError, match=rf"^{part}\[2\] must be finite in float64"):
        parameters[2] *= bad * 1e10
    for l, array in parameters.items():
        np.testing.assert_array_equal(array, before[l])
    parameters[2] -= 0.5
    assert parameters[2][0, 0] == 1.0


def test_reading_a_large_layer_copies_nothing():
    """A copy would take longer than the reader's own product with it."""
    net = bp.Network([200, 200, 1])
    assert net.w[2].size > 10_000
    before = tracemalloc_peak(lambda: None)
    assert tracemalloc_peak(lambda: net.w[2]) - before < 1000


def tracemalloc_peak(call):
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_step_that_is_refused_does_not_undo_an_earlier_one():
    net = bp.examples.xor_network()
    w = net.w[2]
    w[0, 1] = 7.0
    with pytest.raises(ValueError, match=r"w\[2\] has shape \(3, 3\); expected \(2, 2\)"):
        net.w[2] = np.ones((3, 3))
    assert net.w[2][0, 1] == 7.0


@pytest.mark.parametrize("name", ["sizes", "dtype", "L", "sigma", "w", "b", "n_parameters"])
def test_what_a_network_was_made_with_cannot_be_assigned(name):
    net = bp.Network([2, 2, 1])
    with pytest.raises(AttributeError, match=rf"^net\.{name} cannot be assigned: .*net\.w\[2\] = "):
        setattr(net, name, None)
    assert (net.sizes, net.dtype, net.L, net.n_parameters) == ((2, 2, 1), np.float64, 3, 9)
    net.title = "mine"
    assert net.title == "mine"
