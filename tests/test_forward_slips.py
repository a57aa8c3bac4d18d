"""`diagnose` on mistakes outside the four equations: in the forward pass, in all slopes at once."""

import copy
import itertools

import numpy as np
import pytest
from learners import SIGMA, WRONG, Backward, problem, sigma_prime

import bpcore as bp
from bpcore.checker.forward_slips import FORWARD_SLIPS

WITH_DELTA = pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])


class Learner:
    """Goes forward with a slip in some layers, and back without one."""

    def __init__(self, kind, slip=None, layers=(), *, with_delta=True, returns=()):
        self.kind, self.slip, self.layers = kind, slip, layers
        self.with_delta, self.returns = with_delta, returns

    def __call__(self, net, x, y):
        t = Backward(net, x, y, **self.kind)
        passed = {1: x}
        for l in net.w:
            z = net.w[l] @ passed[l - 1] + net.b[l]
            a = SIGMA[t.sigma[l]](z)
            t.z[l], t.a[l], passed[l] = z, a, a
            if l in self.layers:
                t.z[l], t.a[l], passed[l] = self.slip(net, l, passed, t.sigma[l])
        t.delta = {}
        for l in range(net.L, 1, -1):
            t.delta[l] = t.BP1(l) if l == net.L else t.BP2(l)
        t.db = {l: t.BP3(l) for l in net.w}
        t.dw = {l: t.BP4(l) for l in net.w}
        own = {"z": t.z, "a": t.a}
        return t.gradient(self.with_delta) | {part: own[part] for part in self.returns}


def z_of(net, l, a):
    return net.w[l] @ a[l - 1] + net.b[l]


def both(z, a):
    return z, a, a


def left_over(z, sigma):
    for i in range(1, z.shape[1]):
        z[:, i] = z[:, i] + sigma(z[:, i - 1])
    return both(z, sigma(z))


SLIPS = {
    "activation_missing": lambda net, l, a, s: both(z_of(net, l, a), z_of(net, l, a)),
    "z_passed_on": lambda net, l, a, s: (
        z_of(net, l, a),
        SIGMA[s](z_of(net, l, a)),
        z_of(net, l, a),
    ),
    "bias_missing": lambda net, l, a, s: both(net.w[l] @ a[l - 1], SIGMA[s](net.w[l] @ a[l - 1])),
    "another_activation": lambda net, l, a, s: both(z_of(net, l, a), np.tanh(z_of(net, l, a))),
    "sigmoid_miswritten": lambda net, l, a, s: both(
        z_of(net, l, a), 1 / (1 + np.exp(z_of(net, l, a)))
    ),
    "slope_for_activation": lambda net, l, a, s: both(
        z_of(net, l, a), sigma_prime(s, z_of(net, l, a))
    ),
    "activation_twice": lambda net, l, a, s: both(
        z_of(net, l, a), SIGMA[s](SIGMA[s](z_of(net, l, a)))
    ),
    "bias_after_activation": lambda net, l, a, s: both(
        net.w[l] @ a[l - 1], SIGMA[s](net.w[l] @ a[l - 1]) + net.b[l]
    ),
    "weights_transposed": lambda net, l, a, s: both(
        net.w[l].T @ a[l - 1] + net.b[l], SIGMA[s](net.w[l].T @ a[l - 1] + net.b[l])
    ),
    "another_layer": lambda net, l, a, s: both(
        net.w[l] @ a[l - 1] + net.b[3], SIGMA[s](net.w[l] @ a[l - 1] + net.b[3])
    ),
    "clipped": lambda net, l, a, s: both(
        z_of(net, l, a), np.minimum(np.maximum(SIGMA[s](z_of(net, l, a)), 0.1), 0.9)
    ),
    "input_activated": lambda net, l, a, s: both(
        net.w[l] @ SIGMA["sigmoid"](a[l - 1]) + net.b[l],
        SIGMA[s](net.w[l] @ SIGMA["sigmoid"](a[l - 1]) + net.b[l]),
    ),
    "not_reset": lambda net, l, a, s: left_over(z_of(net, l, a), SIGMA[s]),
    "softmax_over_samples": lambda net, l, a, s: both(
        z_of(net, l, a), np.exp(z_of(net, l, a)) / np.exp(z_of(net, l, a)).sum(axis=1)[:, None]
    ),
}
LAYERS = {
    "z_passed_on": [(2,), (2, 3)],
    "clipped": [(2,)],
    "weights_transposed": [(3,)],
    "another_layer": [(2,)],
    "input_activated": [(2,)],
    "softmax_over_samples": [(4,)],
}
NET_OF = {"softmax_over_samples": ("cross_entropy", "softmax")}


def test_every_slip_of_the_forward_pass_is_planted():
    assert {slip.name for slip in FORWARD_SLIPS} == set(SLIPS)


@WITH_DELTA
@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_of_the_forward_pass_is_named_at_its_layer(name, with_delta):
    objective = NET_OF.get(name, ("quadratic", "sigmoid"))
    for layers in LAYERS.get(name, [(2,), (4,), (2, 3), (2, 3, 4)]):
        net, x, y, kind = problem([3, 4, 4, 2], "sigmoid", objective, 5, 0.0)
        report = bp.diagnose(
            Learner(kind, SLIPS[name], layers, with_delta=with_delta), net, x, y, **kind
        )
        found = {(f.equation, f.layer, f.slip) for f in report.findings}
        assert found == {("forward", l, name) for l in layers}, report
        assert {("BP1", 4), ("BP2", 2), ("BP3", 3), ("BP4", 2)} <= set(report.right)


@pytest.mark.parametrize("returns", [("a",), ("z",), ("z", "a")])
@pytest.mark.parametrize("name", ["bias_missing", "another_activation", "activation_twice"])
def test_a_and_z_that_are_returned_are_compared(name, returns):
    net, x, y, kind = problem([3, 4, 4, 2], "sigmoid", ("quadratic", "sigmoid"), 5, 0.0)
    report = bp.diagnose(Learner(kind, SLIPS[name], (3,), returns=("z", "a")), net, x, y, **kind)
    assert {(f.equation, f.layer, f.slip) for f in report.findings} == {("forward", 3, name)}
    assert bp.diagnose(Learner(kind, returns=returns), net, x, y, **kind).ok


def test_an_unknown_forward_pass_is_placed_if_a_is_returned():
    net, x, y, kind = problem([3, 4, 4, 2], "sigmoid", ("quadratic", "sigmoid"), 5, 0.0)

    def odd(net, l, a, s):
        return both(z_of(net, l, a), SIGMA[s](z_of(net, l, a)) ** 1.3)

    report = bp.diagnose(Learner(kind, odd, (3,), returns=("a",)), net, x, y, **kind)
    assert [(f.equation, f.layer, f.slip) for f in report.findings] == [("forward", 3, "unknown")]


def test_a_slip_of_the_forward_pass_hides_no_other():
    net, x, y, kind = problem([3, 4, 4, 2], "tanh", ("quadratic", "sigmoid"), 5, 0.0)

    def student(net, x, y):
        g = Learner(kind, SLIPS["bias_missing"], (2, 3, 4))(net, x, y)
        return g | {"w": {l: -g["w"][l] for l in g["w"]}}

    report = bp.diagnose(student, net, x, y, **kind)
    found = {(f.equation, f.slip) for f in report.findings}
    assert found == {("forward", "bias_missing"), ("BP4", "sign")}


def test_activations_are_read_off_the_slopes_of_one_sample():
    net, x, y, kind = problem([3, 4, 4, 2], "sigmoid", ("quadratic", "sigmoid"), 1, 0.0)

    def odd(net, l, a, s):
        return both(z_of(net, l, a), SIGMA[s](z_of(net, l, a)) ** 1.3)

    report = bp.diagnose(Learner(kind, odd, (3,)), net, x, y, **kind)
    assert ("forward", 3, "unknown") in {(f.equation, f.layer, f.slip) for f in report.findings}


# The answer as a whole.


def whole(kind, change, with_delta=False):
    def student(net, x, y):
        g = Backward(net, x, y, **kind).gradient(with_delta)
        for part in ("w", "b"):
            g[part] = {l: change(net, part, l, g[part][l]) for l in g[part]}
        return g

    return student


@WITH_DELTA
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("returns_weights", lambda net, part, l, slope: getattr(net, part)[l] - 0.1 * slope),
        ("learning_rate", lambda net, part, l, slope: 0.01 * slope),
        ("learning_rate", lambda net, part, l, slope: 0.3 * slope),
        ("step", lambda net, part, l, slope: -0.05 * slope),
    ],
)
def test_a_learning_rate_in_the_slopes_is_named(name, change, with_delta):
    net, x, y, kind = problem([3, 4, 4, 2], "tanh", ("quadratic", "sigmoid"), 5, 0.0)
    report = bp.diagnose(whole(kind, change, with_delta), net, x, y, **kind)
    assert [f.slip for f in report.findings] == [name], report


def test_steps_between_the_samples_are_named():
    net, x, y, kind = problem([3, 4, 2], "tanh", ("quadratic", "sigmoid"), 5, 0.0)

    def online(net, x, y):
        moving = copy.deepcopy(net)
        sums = {part: {l: 0 for l in net.w} for part in ("w", "b")}
        for i in range(x.shape[1]):
            g = Backward(moving, x[:, [i]], y[:, [i]], **kind).gradient()
            for part, l in itertools.product(sums, net.w):
                sums[part][l] = sums[part][l] + g[part][l]
                getattr(moving, part)[l] = getattr(moving, part)[l] - 0.5 * g[part][l]
        return sums

    (finding,) = bp.diagnose(online, net, x, y, **kind).findings
    assert finding.slip == "updated_between_samples"
    assert "0.5" in finding.sentence


@pytest.mark.parametrize(
    ("name", "delta_of"),
    [
        ("delta_of_a", lambda t, l: t.delta[l] / sigma_prime(t.sigma[l], t.z[l])),
        ("delta_negative", lambda t, l: -t.delta[l]),
        ("delta_of_the_mean", lambda t, l: t.delta[l] / t.m),
    ],
)
@pytest.mark.parametrize("factor", [1, -1, 5, -5])
def test_another_delta_is_named_and_the_slopes_are_right(name, delta_of, factor):
    """In every convention of the slopes; the whole network is right in it."""
    net, x, y, kind = problem([3, 4, 4, 2], "tanh", ("quadratic", "sigmoid"), 5, 0.0)

    def student(net, x, y):
        t = Backward(net, x, y, **kind)
        return {
            "w": {l: factor * t.dw[l] for l in t.dw},
            "b": {l: factor * t.db[l] for l in t.db},
            "delta": {l: np.sign(factor) * delta_of(t, l) for l in t.delta},
        }

    report = bp.diagnose(student, net, x, y, **kind)
    assert name in {f.slip for f in report.findings}
    assert all(f.equation is None or f.slip == "heaton_sign" for f in report.findings)
    assert len(report.right) == 1 + 2 + 3 + 3
    assert not report.ok


# A sign, a factor and a sum beside another slip.


@WITH_DELTA
@pytest.mark.parametrize(
    "slip",
    [name for equation, name in WRONG if equation == "BP1" and name not in ("sign", "factor_two")],
)
def test_slips_of_bp1_are_named_in_the_convention_of_most_code(slip, with_delta):
    """With t − o, and summed over the samples."""
    objective = ("cross_entropy" if slip == "other_cost" else "quadratic", "sigmoid")
    net, x, y, kind = problem([3, 4, 3], "sigmoid", objective, 5, 0.0)

    def student(net, x, y):
        t = Backward(net, x, y, **kind, slips={("BP1", 3): slip})
        return {
            "w": {l: -5 * t.dw[l] for l in t.dw},
            "b": {l: -5 * t.db[l] for l in t.db},
        } | ({"delta": {l: -t.delta[l] for l in t.delta}} if with_delta else {})

    report = bp.diagnose(student, net, x, y, **kind)
    named = {name for f in report.findings for name in (f.slip, *f.also)}
    assert {slip, "sign", "sum_instead_of_mean"} <= named, report
    assert ("BP2", 2) in report.right
