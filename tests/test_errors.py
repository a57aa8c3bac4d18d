"""Errors at the door: what cannot be computed is refused in a sentence that names the argument."""

import copy
import re

import numpy as np
import pytest
from oracles import HIDDEN, OBJECTIVES, random_problem

import bpcore as bp

NET, X, Y = random_problem([2, 3, 2], 4)
SOFTMAX, _, Y_SOFTMAX = random_problem([2, 3, 2], 4, output="softmax")

FUNCTIONS = {"cost": bp.cost, "backprop": bp.backprop, "finite_difference": bp.finite_difference}


def table(rows):
    return pytest.mark.parametrize(
        ("bad", "exception", "message"), rows, ids=[f"{bad!r:.16}" for bad, *_ in rows]
    )


every_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


def assert_refused(exception, message, call, *args, **kwargs):
    """`message` is a regular expression; numpy's own words would mean that a check is missing."""
    with pytest.raises(exception, match=message) as caught:
        call(*args, **kwargs)
    assert not re.search("matmul|broadcast|ufunc|operand", str(caught.value))


# Samples for two neurons.
BAD_SAMPLES = [
    ([], ValueError, r"has shape \(0,\); expected shape \(2, m\)"),
    (0.5, ValueError, r"has shape \(\); expected shape \(2, m\)"),
    ([1, 2, 3], ValueError, r"has shape \(3,\); .* or \(2,\) for one sample"),
    ([[0.5, 0.5]], ValueError, r"has shape \(1, 2\); expected shape \(2, m\)"),
    (np.zeros((3, 4)), ValueError, r"has shape \(3, 4\); expected shape \(2, m\)"),
    (np.zeros((2, 4, 1)), ValueError, r"has shape \(2, 4, 1\); expected shape \(2, m\)"),
    (np.zeros((2, 0)), ValueError, r"has shape \(2, 0\), which holds no sample"),
    ([[1, 2], [3]], ValueError, "has rows of different lengths; it must be rectangular"),
    ([np.nan, 1], ValueError, r"must be finite in float64, but entry \[0\] is nan"),
    ([[0, 1], [np.inf, 0]], ValueError, r"must be finite in float64, but entry \[1, 0\] is inf"),
    (["0.5", "1"], TypeError, "must hold real numbers, got text"),
    ("01", TypeError, "must hold real numbers, got text"),
    (b"01", TypeError, "must hold real numbers, got text"),
    ([1j, 0], TypeError, "must hold real numbers, got complex numbers"),
    (None, TypeError, "must hold real numbers, got NoneType None"),
    ([None, 1], TypeError, r"must hold real numbers, got list \[None, 1\]"),
    ({"x": 1}, TypeError, "must hold real numbers, got dict"),
    (object(), TypeError, "must hold real numbers, got object"),
    ([object()] * 9, TypeError, "must hold real numbers, got list .* …"),
    (np.array(["2020-01-01"] * 2, "M8[D]"), TypeError, "must hold real numbers, got ndarray"),
]


@table(BAD_SAMPLES)
def test_bad_x_at_forward(bad, exception, message):
    assert_refused(exception, "^x " + message, bp.forward, NET, bad)


@table(BAD_SAMPLES)
@every_function
def test_bad_x_and_y(function, bad, exception, message):
    assert_refused(exception, "^x " + message, function, NET, bad, Y)
    assert_refused(exception, "^y " + message, function, NET, X, bad)


@every_function
def test_bad_shapes_name_the_layer(function):
    net = bp.Network([2, 3, 4])
    assert_refused(ValueError, r"x .*\(2, m\).* neuron of layer 1 ", function, net, [1], np.ones(4))
    assert_refused(ValueError, r"y .*\(4, m\).* neuron of layer 3 ", function, net, [1, 1], [1])


@every_function
def test_transposed_samples_get_a_hint(function):
    hint = r"has shape \(4, 2\); .*; its transpose would fit$"
    assert_refused(ValueError, "^x " + hint, function, NET, X.T, Y)
    assert_refused(ValueError, "^y " + hint, function, NET, X, Y.T)


@every_function
def test_x_and_y_of_different_length(function):
    message = "^x has 4 columns and y has 3: expected one column of each for every sample"
    assert_refused(ValueError, message, function, NET, X, Y[:, :3])
    assert_refused(ValueError, "x has 4 columns and y has 1", function, NET, X, Y[:, 0])


def test_x_too_large_for_float32():
    net = bp.Network([2, 1], dtype=np.float32)
    message = r"^x must be finite in float32, but entry \[1\] is 1e\+300"
    assert_refused(ValueError, message, bp.forward, net, [0, 1e300])


@pytest.mark.parametrize("bad", [None, "net", [2, 2, 1]])
def test_net_that_is_no_network(bad):
    assert_refused(TypeError, "^net must be a Network, got ", bp.forward, bad, X)
    for function in FUNCTIONS.values():
        assert_refused(TypeError, "^net must be a Network, got ", function, bad, X, Y)


NOT_REAL = [True, "0.1", 1j, [0.1], np.array(0.1)]


@table(
    [
        (-1, ValueError, "must be at least 0, got -1"),
        (-1e-300, ValueError, "must be at least 0, got -1e-300"),
        (np.nan, ValueError, "must be finite, got nan"),
        (np.inf, ValueError, "must be finite, got inf"),
        (10**400, ValueError, "must be finite"),
        *((bad, TypeError, f"must be a real number, got {type(bad).__name__}") for bad in NOT_REAL),
        (None, TypeError, "must be a real number, got NoneType"),
    ]
)
@every_function
def test_bad_l2(function, bad, exception, message):
    assert_refused(exception, "^l2 " + message, function, NET, X, Y, l2=bad)


@table(
    [
        (0, ValueError, "must be greater than 0, got 0"),
        (-1e-6, ValueError, "must be greater than 0, got -1e-06"),
        (np.nan, ValueError, "must be finite, got nan"),
        (np.inf, ValueError, "must be finite, got inf"),
        (10**400, ValueError, "must be finite"),
        *((bad, TypeError, f"must be a real number, got {type(bad).__name__}") for bad in NOT_REAL),
    ]
)
@pytest.mark.parametrize("scheme", ["forward", "central", "complex"])
def test_bad_eps(scheme, bad, exception, message):
    call = bp.finite_difference
    assert_refused(exception, "^eps " + message, call, NET, X, Y, scheme=scheme, eps=bad)


@pytest.mark.parametrize("eps", [1e-300, 1e300])
@pytest.mark.parametrize("scheme", ["forward", "central"])
def test_eps_that_float32_cannot_hold(scheme, eps):
    net = bp.Network([2, 3, 2], dtype=np.float32)
    call = bp.finite_difference
    assert_refused(ValueError, "^eps .*float32", call, net, X, Y, scheme=scheme, eps=eps)


@pytest.mark.parametrize(
    ("argument", "known"),
    [
        ("cost", "'quadratic', 'cross_entropy'$"),
        ("scheme", "'forward', 'central', 'complex'$"),
    ],
)
def test_bad_names_of_cost_and_scheme(argument, known):
    functions = [bp.finite_difference] if argument == "scheme" else FUNCTIONS.values()
    for function in functions:
        refused = (function, NET, X, Y)
        message = f"^unknown {argument} 'best'; known are {known}"
        assert_refused(ValueError, message, *refused, **{argument: "best"})
        for bad in (None, 1, ["quadratic"], bp.cost):
            message = f"^{argument} is a name, one of .*; got {type(bad).__name__}"
            assert_refused(TypeError, message, *refused, **{argument: bad})


@pytest.mark.parametrize("output", [name for name in HIDDEN if name != "sigmoid"])
@every_function
def test_cross_entropy_with_other_outputs(function, output):
    net = bp.Network([2, 3, 2], output_activation=output)
    message = f"^cost 'cross_entropy' needs sigmoid or softmax outputs, .* is '{output}'"
    assert_refused(ValueError, message, function, net, X, Y, cost="cross_entropy")


@pytest.mark.parametrize("net", [NET, SOFTMAX], ids=["sigmoid", "softmax"])
@pytest.mark.parametrize(("outlier", "reach"), [(-0.1, "from -0.1 to"), (1.1, "to 1.1$")])
@every_function
def test_cross_entropy_targets_outside_0_to_1(function, net, outlier, reach):
    y = Y.copy()
    y[1, 2] = outlier
    message = f"^y must lie between 0 and 1 for cost 'cross_entropy', .*{reach}"
    assert_refused(ValueError, message, function, net, X, y, cost="cross_entropy")


@pytest.mark.parametrize("factor", [0, 0.5, 0.99, 0.99999])
@every_function
def test_softmax_targets_that_do_not_sum_to_1(function, factor):
    y = Y_SOFTMAX * [1, 1, factor, 1]
    message = f"^each column of y must sum to 1 for softmax .* one sums to {factor:g}$"
    assert_refused(ValueError, message, function, SOFTMAX, X, y, cost="cross_entropy")


@pytest.mark.parametrize("factor", [1 - 5e-7, 1 + 5e-7])
@every_function
def test_softmax_targets_may_sum_to_1_in_six_digits(function, factor):
    """As they do in a file that was written with six digits."""
    function(SOFTMAX, X, Y_SOFTMAX * factor, cost="cross_entropy")


def test_targets_are_free_for_the_quadratic_cost():
    assert bp.cost(NET, X, 10 - 20 * Y) > 0
    assert bp.cost(SOFTMAX, X, 10 - 20 * Y) > 0


BAD_SIZES = [
    ([], ValueError, r"needs at least an input and an output layer, got \[\]"),
    ([3], ValueError, r"needs at least an input and an output layer, got \[3\]"),
    ([2, 0, 1], ValueError, "neurons of layer 2 must be at least 1, got 0"),
    ([2, 2, -1], ValueError, "neurons of layer 3 must be at least 1, got -1"),
    ([2, 2.0], TypeError, "neurons of layer 2 must be a whole number, got float 2.0"),
    (["2", 2], TypeError, "neurons of layer 1 must be a whole number, got str '2'"),
    ([2, True], TypeError, "neurons of layer 2 must be a whole number, got True"),
    ([2, None], TypeError, "neurons of layer 2 must be a whole number, got NoneType"),
    ([[2, 2], [1, 1]], TypeError, "neurons of layer 1 must be a whole number, got list"),
    (np.array([2.0, 1.0]), TypeError, "neurons of layer 1 must be a whole number, got float64"),
    ("22", TypeError, "neurons of layer 1 must be a whole number, got str '2'"),
    (3, TypeError, "must be a list of whole numbers such as .*, got 3"),
    (None, TypeError, "must be a list of whole numbers such as .*, got None"),
    (np.array(3), TypeError, "must be a list of whole numbers such as .*, got array"),
]


@table(BAD_SIZES)
def test_bad_sizes(bad, exception, message):
    assert_refused(exception, "^sizes.* " + message, bp.Network, bad)


@pytest.mark.parametrize(
    "bad", [int, complex, "float16", ">f8", "best", "f8,,", 5, None, ["a"]], ids=repr
)
def test_bad_dtype(bad):
    message = f"^dtype must be float64 or float32, got {re.escape(repr(bad))}"
    assert_refused(ValueError, message, bp.Network, [2, 1], dtype=bad)


@table(
    [
        (-1, ValueError, "at least 0, got -1"),
        *((bad, TypeError, "a whole number, got ") for bad in (1.0, "0", None, True, [1])),
    ]
)
def test_bad_seed(bad, exception, message):
    assert_refused(exception, "^seed must be " + message, bp.Network, [2, 1], seed=bad)


@pytest.mark.parametrize("argument", ["activation", "output_activation"])
@pytest.mark.parametrize("sizes", [[2, 1], [2, 2, 1]], ids=str)
def test_bad_activations(argument, sizes):
    message = f"^unknown {argument} 'relu6'; known are 'sigmoid', 'tanh', .*'linear'"
    assert_refused(ValueError, message, bp.Network, sizes, **{argument: "relu6"})
    for bad in (1, ["relu"], bp.ACTIVATIONS["relu"]):
        message = f"^{argument} is a name, one of .*; got {type(bad).__name__}"
        assert_refused(TypeError, message, bp.Network, sizes, **{argument: bad})
    assert_refused(TypeError, "^activation is a name", bp.Network, sizes, activation=None)


@pytest.mark.parametrize("output", [None, "sigmoid", "softmax"])
def test_softmax_in_a_hidden_layer(output):
    message = "^softmax is for the output layer: give it as output_activation"
    names = dict(activation="softmax", output_activation=output)
    assert_refused(ValueError, message, bp.Network, [2, 2, 2], **names)
    unknown = "^unknown activation 'best'; known are [^;]*'linear'$"
    assert_refused(ValueError, unknown, bp.Network, [2, 2, 2], activation="best")


TRACE, GRADIENT = bp.forward(NET, X), bp.backprop(NET, X, Y)
LAYERS = {
    "net.w": ("w", 2, NET.w),
    "net.b": ("b", 2, NET.b),
    "net.sigma": ("sigma", 2, NET.sigma),
    "trace.z": ("z", 2, TRACE.z),
    "trace.a": ("a", 1, TRACE.a),
    "gradient.w": ("w", 2, GRADIENT.w),
    "gradient.b": ("b", 2, GRADIENT.b),
    "gradient.delta": ("delta", 2, GRADIENT.delta),
}
every_mapping = pytest.mark.parametrize(("name", "first", "layers"), LAYERS.values(), ids=LAYERS)


@every_mapping
def test_layers_that_do_not_exist(name, first, layers):
    for l in (-3, -1, 0, first - 1, 4, 10**30):
        message = rf"^there is no {name}\[{l}\]: {name} has the layers {first} to 3"
        assert_refused(IndexError, message, layers.__getitem__, l)


@every_mapping
@pytest.mark.parametrize("l", [2.0, "2", None, True, slice(2, 3), (2, 0), [2], ...], ids=repr)
def test_layer_numbers_that_are_no_numbers(name, first, layers, l):
    message = rf"^the layer number l in {name}\[l\] must be a whole number, got "
    assert_refused(TypeError, message, layers.__getitem__, l)


@pytest.mark.parametrize("name", ["w", "b"])
def test_layer_1_has_no_parameters_and_the_message_says_why(name):
    message = rf"^there is no {name}\[1\]: .*since layer 1 is the input"
    for call, args in (("__getitem__", [1]), ("__setitem__", [1, [[0]]])):
        assert_refused(IndexError, message, getattr(getattr(NET, name), call), *args)


BAD_PARAMETERS = [
    (np.zeros((2, 4)), ValueError, r"has shape \(2, 4\); expected {shape}"),
    (np.zeros((3, 3)), ValueError, r"has shape \(3, 3\); expected {shape}"),
    (np.zeros((3, 2, 1)), ValueError, r"has shape \(3, 2, 1\); expected {shape}"),
    (np.zeros((1, 3)), ValueError, r"has shape \(1, 3\); expected {shape}"),
    ([1, 2], ValueError, r"has shape \(2,\); expected {shape}"),
    (0.5, ValueError, r"has shape \(\); expected {shape}"),
    ([], ValueError, r"has shape \(0,\); expected {shape}"),
    ([[1, 2], [3], [4, 5]], ValueError, "has rows of different lengths"),
    ([[1], [np.nan], [2]], ValueError, r"must be finite in float64, but entry \[1, 0\] is nan"),
    ([[1], [-np.inf], [2]], ValueError, r"must be finite in float64, but entry \[1, 0\] is -inf"),
    ("0.5", TypeError, "must hold real numbers, got text"),
    (None, TypeError, "must hold real numbers, got NoneType None"),
    ([[1j], [2], [3]], TypeError, "must hold real numbers, got complex numbers"),
]


@table(BAD_PARAMETERS)
@pytest.mark.parametrize(("name", "shape"), [("w", r"\(3, 2\)"), ("b", r"\(3, 1\)")])
def test_bad_parameters_leave_the_old_ones(name, shape, bad, exception, message):
    net = copy.deepcopy(NET)
    parameters, message = getattr(net, name), message.replace("{shape}", shape)
    assert_refused(exception, rf"^{name}\[2\] {message}", parameters.__setitem__, 2, bad)
    np.testing.assert_array_equal(parameters[2], getattr(NET, name)[2])


def test_parameters_too_large_for_float32():
    net = bp.Network([1, 1], dtype=np.float32)
    message = r"^w\[2\] must be finite in float32, but entry \[0, 0\] is 1e\+39"
    assert_refused(ValueError, message, net.w.__setitem__, 2, [[1e39]])


def test_a_row_is_not_taken_for_weights():
    net = bp.Network([3, 1])
    assert_refused(ValueError, r"^w\[2\] has shape \(3,\)", net.w.__setitem__, 2, [1, 2, 3])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("name", "l", "j"), [("w", 2, (0, 1)), ("w", 3, (1, 2)), ("b", 3, (1, 0))])
@pytest.mark.parametrize("x", [np.zeros(2), np.ones(2)], ids=["x = 0", "x = 1"])
def test_nonfinite_element_is_found_before_it_spreads(name, l, j, value, x):
    """Written past the door, through net.w[l][j, k]; with x = 0 as well, where 0 · ∞ lurks."""
    net = copy.deepcopy(NET)
    getattr(net, name)[l][j] = value
    message = rf"^{name}\[{l}\] must be finite in float64, but entry \[{j[0]}, {j[1]}\] is {value}"
    assert_refused(ValueError, message, bp.forward, net, x)
    for function in FUNCTIONS.values():
        assert_refused(ValueError, message, function, net, x, [0.5, 0.5])


@pytest.mark.parametrize(("w_2", "w_3", "l"), [(1e300, 1, 2), (1e200, 1e200, 3)])
def test_weighted_input_too_large_for_a_float(w_2, w_3, l):
    net = bp.Network([1, 1, 1], activation="linear")
    net.w[2], net.w[3] = [[w_2]], [[w_3]]
    message = f"^z of layer {l} is too large for float64: the weights are too large"
    assert_refused(OverflowError, message, bp.forward, net, [1e10])
    for function in FUNCTIONS.values():
        assert_refused(OverflowError, message, function, net, [1e10], [1])


@pytest.mark.parametrize(("cost", "output"), OBJECTIVES)
@every_function
def test_good_arguments_pass(function, cost, output):
    """The other half of every test above: the doors are not simply shut."""
    net, x, y = random_problem([2, 3, 2], 4, output=output)
    assert function(net, x, y, cost=cost, l2=0.1) is not None
