"""Properties that hold for whatever comes: contract shapes, clear refusals, finite results."""

import re

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracles import HIDDEN, OBJECTIVES, distance, flat, random_problem

import bpcore as bp

# Derandomised: a test that fails must fail on the next machine too.
settings.register_profile("bpcore", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("bpcore")

sizes_strategy = st.lists(st.integers(1, 5), min_size=2, max_size=5)
networks = st.tuples(st.sampled_from(HIDDEN), st.sampled_from(OBJECTIVES))

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 20)
    | st.sampled_from([2**63, 2**64, -(10**30), 10**400])
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=3)
    | st.binary(max_size=3)
    | st.fractions()
    | st.decimals()
)
nested = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
junk = nested | hnp.arrays(hnp.scalar_dtypes(), shapes) | hnp.arrays(float, shapes)


def outcome(name, call, *args, **kwargs):
    """The result, or None after a refusal that names the culprit in words of our own."""
    try:
        return call(*args, **kwargs)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        ours = "too large for (float|complex)" if isinstance(error, OverflowError) else name
        message = str(error)
    assert re.search(ours, message)
    assert not re.search("matmul|broadcast|ufunc|operand", message)
    return None


@given(sizes_strategy, st.integers(1, 4), networks)
def test_shapes_are_those_of_the_contract(sizes, m, names):
    hidden, (cost, output) = names
    net, x, y = random_problem(sizes, m, hidden=hidden, output=output)
    trace, gradient = bp.forward(net, x), bp.backprop(net, x, y, cost=cost)
    L = len(sizes)
    n = dict(enumerate(sizes, start=1))
    columns = {l: (n[l], m) for l in range(1, L + 1)}
    expected = {
        "w": {l: (n[l], n[l - 1]) for l in range(2, L + 1)},
        "b": {l: (n[l], 1) for l in range(2, L + 1)},
        "z": {l: columns[l] for l in range(2, L + 1)},
        "a": columns,
        "delta": {l: columns[l] for l in range(2, L + 1)},
    }
    for owner in (net, trace, gradient):
        for name in expected.keys() & set(dir(owner)):
            layers = getattr(owner, name)
            assert {l: layers[l].shape for l in layers} == expected[name]
    assert net.n_parameters == sum(n[l] * (n[l - 1] + 1) for l in range(2, L + 1))


@given(sizes_strategy, st.integers(1, 4), networks, st.floats(0, 10), st.integers(0, 2**32))
def test_backprop_is_the_complex_step(sizes, m, names, l2, seed):
    hidden, (cost, output) = names
    net, x, y = random_problem(sizes, m, hidden=hidden, output=output, seed=seed)
    gradient = bp.backprop(net, x, y, cost=cost, l2=l2)
    step = bp.finite_difference(net, x, y, cost=cost, l2=l2, scheme="complex")
    assert distance(flat(gradient), flat(step)) <= 1e-12 or np.abs(flat(step)).max() < 1e-15


@given(junk)
def test_any_x_is_computed_or_refused(x):
    net = bp.Network([2, 3, 1], activation="tanh")
    trace = outcome("x", bp.forward, net, x)
    if trace is not None:
        assert trace.a[3].shape == (1, trace.a[1].shape[1])
        assert np.isfinite(trace.a[3]).all()


@given(junk)
def test_any_y_is_computed_or_refused_alike_by_all(y):
    net = bp.Network([1, 2])
    for cost in ("quadratic", "cross_entropy"):
        gradient = outcome("y", bp.backprop, net, [1], y, cost=cost)
        step = outcome("y", bp.finite_difference, net, [1], y, cost=cost, scheme="complex")
        value = outcome("y", bp.cost, net, [1], y, cost=cost)
        assert (gradient is None) <= (value is None)
        assert (step is None) <= (value is None)
        assert value is None or np.isfinite(value)


@given(junk)
@example(10**30)
def test_any_l2_and_eps_are_taken_or_refused(value):
    net = bp.Network([1, 1])
    cost = outcome("l2", bp.cost, net, [1], [1], l2=value)
    assert cost is None or np.isfinite(cost)
    step = outcome("eps", bp.finite_difference, net, [1], [1], eps=value)
    assert step is None or np.isfinite(flat(step)).all()


@given(junk.filter(lambda value: not re.search(r"\d{4}", repr(value))))
def test_any_sizes_are_built_or_refused(sizes):
    """Long numbers are left out: they may be right, and fill the memory."""
    net = outcome("sizes", bp.Network, sizes)
    assert net is None or net.L == len(list(sizes)) >= 2


@given(junk)
def test_any_name_or_layer_is_found_or_refused(value):
    net = bp.Network([1, 2, 1])
    for argument in ("activation", "output_activation", "seed", "dtype"):
        outcome(argument, bp.Network, [1, 1], **{argument: value})
    for argument in ("cost", "scheme"):
        outcome(argument, bp.finite_difference, net, [1], [1], **{argument: value})
    outcome(r"w\[", net.w.__getitem__, value)


finite = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-2, 2)


@given(
    networks,
    st.sampled_from(["forward", "central", "complex"]),
    st.lists(finite, min_size=12, max_size=12),
    st.lists(finite, min_size=2, max_size=2),
    st.floats(0, allow_infinity=False),
)
@example(("linear", ("cross_entropy", "softmax")), "forward", [1] * 4 + [1.7e308, 0] * 4, [1, 0], 0)
@example(("linear", ("quadratic", "linear")), "complex", [1e180] * 12, [1e-180] * 2, 0)
def test_finite_numbers_give_finite_numbers_or_an_overflow_error(names, scheme, values, x, l2):
    """No infinity, no NaN, no warning, whatever the size of the weights."""
    hidden, (cost, output) = names
    net = bp.Network([2, 2, 2], activation=hidden, output_activation=output)
    net.w[2], net.b[2] = np.reshape(values[:4], (2, 2)), values[4:6]
    net.w[3], net.b[3] = np.reshape(values[6:10], (2, 2)), values[10:]
    definition = dict(cost=cost, l2=l2)
    value = outcome("", bp.cost, net, x, [1, 0], **definition)
    gradient = outcome("", bp.backprop, net, x, [1, 0], **definition)
    step = outcome("", bp.finite_difference, net, x, [1, 0], scheme=scheme, **definition)
    assert value is None or np.isfinite(value)
    for found in (gradient, step):
        assert found is None or np.isfinite(flat(found)).all()
