"""Numerical derivatives: the literal formulas, their cost, their errors, and their manners."""

import copy
from fractions import Fraction

import numpy as np
import pytest
from oracles import distance, flat, random_problem

import bpcore as bp
import bpcore.finite_differences as module

SIZES = [3, 4, 2]
SCHEMES = ["forward", "central", "complex"]

every_scheme = pytest.mark.parametrize("scheme", SCHEMES)


def error(problem, scheme, eps=None, **definition):
    """Distance from backprop, which test_backprop holds against other oracles."""
    step = bp.finite_difference(*problem, scheme=scheme, eps=eps, **definition)
    return distance(flat(step), flat(bp.backprop(*problem, **definition)))


def cost_with(net, x, y, name, place, nudge):
    """C(w + nudge·e_j), on a copy of the network, through the public function only."""
    nudged = copy.deepcopy(net)
    l, j = place
    getattr(nudged, name)[l][j] += nudge
    return bp.cost(nudged, x, y, l2=0.7)


@pytest.mark.parametrize("eps", [1e-2, 1e-6])
@pytest.mark.parametrize("scheme", ["forward", "central"])
def test_scheme_is_its_formula(scheme, eps):
    """Eq. (46) word for word, so that ε is the nudge itself and not half of it."""
    net, x, y = random_problem(SIZES, 5)
    gradient = bp.finite_difference(net, x, y, l2=0.7, scheme=scheme, eps=eps)
    for name in ("w", "b"):
        for l, slopes in getattr(gradient, name).items():
            for j in np.ndindex(slopes.shape):
                ahead = cost_with(net, x, y, name, (l, j), eps)
                if scheme == "forward":
                    literal = (ahead - bp.cost(net, x, y, l2=0.7)) / eps
                else:
                    literal = (ahead - cost_with(net, x, y, name, (l, j), -eps)) / (2 * eps)
                # The last bit of C may depend on the memory layout; division by ε enlarges it.
                assert slopes[j] == pytest.approx(literal, rel=0, abs=4e-15 / eps)


def test_forward_is_the_default_scheme():
    problem = random_problem(SIZES, 5)
    forward = bp.finite_difference(*problem, scheme="forward")
    np.testing.assert_array_equal(flat(bp.finite_difference(*problem)), flat(forward))


@pytest.mark.parametrize(
    ("scheme", "passes_per_parameter"), [("forward", 1), ("central", 2), ("complex", 1)]
)
def test_number_of_forward_passes(monkeypatch, scheme, passes_per_parameter):
    passes = []

    def counted(function):
        return lambda *args: passes.append(function.__name__) or function(*args)

    for name in ("propagate", "finite_forward"):
        monkeypatch.setattr(module, name, counted(getattr(module, name)))
    net, x, y = random_problem(SIZES, 5)
    bp.finite_difference(net, x, y, scheme=scheme)
    nudged = passes_per_parameter * net.n_parameters
    assert passes == ["finite_forward"] + nudged * ["propagate"]


@pytest.mark.parametrize(("scheme", "order"), [("forward", 1), ("central", 2)])
@pytest.mark.parametrize("cost", ["quadratic", "cross_entropy"])
def test_error_falls_with_the_order_of_the_scheme(scheme, order, cost):
    problem = random_problem(SIZES, 5)
    coarse, fine = (error(problem, scheme, eps, cost=cost) for eps in (1e-2, 1e-3))
    assert np.log10(coarse / fine) == pytest.approx(order, abs=0.05)


@pytest.mark.parametrize("eps", [None, 1e-8, 1e-100, 1e-300])
def test_complex_step_is_exact_for_any_small_eps(eps):
    assert error(random_problem(SIZES, 5), "complex", eps, l2=0.7) <= 1e-14


@pytest.mark.parametrize(("scheme", "limit"), [("forward", 5e-7), ("central", 1e-9)])
def test_default_eps_is_near_the_best(scheme, limit):
    problem = random_problem(SIZES, 5)
    best = min(error(problem, scheme, 10.0**-k) for k in range(3, 12))
    assert error(problem, scheme) <= min(limit, 10 * best)


@pytest.mark.parametrize(
    ("scheme", "limit"), [("forward", 3e-2), ("central", 3e-3), ("complex", 1e-6)]
)
def test_float32_gives_float32(scheme, limit):
    double, x, y = random_problem(SIZES, 5)
    net = bp.Network(SIZES, dtype=np.float32)
    for l in net.w:
        net.w[l], net.b[l] = double.w[l], double.b[l]
    gradient = bp.finite_difference(net, x, y, scheme=scheme)
    assert flat(gradient).dtype == np.float32
    assert error((net, x, y), scheme) <= limit


@every_scheme
def test_gradient_has_the_networks_shapes_and_no_delta(scheme):
    net, x, y = random_problem(SIZES, 5)
    gradient = bp.finite_difference(net, x, y, scheme=scheme)
    assert {l: g.shape for l, g in gradient.w.items()} == {2: (4, 3), 3: (2, 4)}
    assert {l: g.shape for l, g in gradient.b.items()} == {2: (4, 1), 3: (2, 1)}
    assert gradient.delta is None


@every_scheme
@pytest.mark.parametrize("interrupted", [False, True])
def test_network_and_data_are_untouched(monkeypatch, scheme, interrupted):
    net, x, y = random_problem(SIZES, 5)
    given = [x, y, *net.w.values(), *net.b.values()]
    before = [array.copy() for array in given]
    calls = iter(range(7))

    def interrupting(*args):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return propagate(*args)

    propagate = module.propagate
    if interrupted:
        monkeypatch.setattr(module, "propagate", interrupting)
        with pytest.raises(KeyboardInterrupt):
            bp.finite_difference(net, x, y, scheme=scheme)
    else:
        bp.finite_difference(net, x, y, scheme=scheme)
    for array, copied in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copied)


@pytest.mark.parametrize("eps", [1, np.float32(0.5), np.int64(2), Fraction(1, 8)], ids=repr)
def test_eps_may_be_any_real_number(eps):
    problem = random_problem(SIZES, 5)
    expected = bp.finite_difference(*problem, eps=float(eps))
    np.testing.assert_array_equal(flat(bp.finite_difference(*problem, eps=eps)), flat(expected))


@every_scheme
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu"])
def test_kink_is_what_the_scheme_sees_there(scheme, activation):
    """z = 0 exactly: ahead the slope is 1; the complex step keeps to backprop's convention."""
    net = bp.Network([1, 1], activation=activation)
    net.w[2] = [[0]]
    slope = bp.finite_difference(net, [1], [1], scheme=scheme).w[2].item()
    left = -bp.ACTIVATIONS[activation].prime(np.zeros((1, 1))).item()
    expected = {"forward": -1, "central": (left - 1) / 2, "complex": left}[scheme]
    assert slope == pytest.approx(expected, abs=1e-5)
    if scheme == "complex":
        assert slope == pytest.approx(bp.backprop(net, [1], [1]).w[2].item(), abs=1e-15)


@every_scheme
def test_cost_too_large_for_a_float_is_refused(scheme):
    net = bp.Network([1, 1], activation="linear")
    net.w[2] = [[1e200]]
    with pytest.raises(OverflowError, match=r"cost.*layer 2.*too large for"):
        bp.finite_difference(net, [1], [0], scheme=scheme)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("scheme", "root"), [("forward", 2), ("central", 3)])
def test_default_eps_is_the_root_of_the_machine_epsilon(scheme, root, dtype):
    _, x, y = random_problem(SIZES, 5)
    net = bp.Network(SIZES, dtype=dtype)
    by_default = bp.finite_difference(net, x, y, scheme=scheme)
    u = {np.float64: 2.0**-52, np.float32: 2.0**-23}[dtype]
    named = bp.finite_difference(net, x, y, scheme=scheme, eps=u ** (1 / root))
    np.testing.assert_array_equal(flat(by_default), flat(named))
