"""`report.ok` is a certificate: whoever changes one entry that can be judged does not get it."""

import itertools

import numpy as np
import pytest
from learners import Backward, problem
from oracles import random_batch, random_network

import bpcore as bp

WITH_DELTA = pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
WRONG = {
    "sign": np.negative,
    "zero": np.zeros_like,
    "factor": lambda array: 1.5 * array,
}


def copied(gradient, with_delta=True):
    parts = ("w", "b", "delta") if with_delta else ("w", "b")
    return {
        part: {l: array.copy() for l, array in getattr(gradient, part).items()} for part in parts
    }


def report_on(gradient, net, x, y, **kind):
    return bp.diagnose(lambda *_: gradient, net, x, y, **kind)


@WITH_DELTA
@pytest.mark.parametrize("wrong", WRONG)
def test_slopes_into_a_saturated_neuron(wrong, with_delta):
    """Notebook 05: all three slopes into H1 are wrong, and tiny beside all others."""
    net, (x, y) = bp.examples.xor_network(), bp.examples.xor_data()
    for bias in (-8, -18, -30, -40, -100, 18, 30, 40, 100):
        net.b[2] = [bias, 0]
        gradient = copied(bp.backprop(net, x, y), with_delta)
        assert not report_on(gradient, net, x, y).findings
        for part in ("w", "b"):
            gradient[part][2][0] = WRONG[wrong](gradient[part][2][0])
        report = report_on(gradient, net, x, y)
        assert not report.ok, bias
        assert {finding.layer for finding in report.findings} <= {2}
        if with_delta and wrong == "sign":
            assert "BP4, layer 2: the sign is wrong in row 1, and nowhere else." in str(report)


@WITH_DELTA
@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_slopes_of_a_feature_that_is_a_thousand_times_smaller(wrong, dtype, with_delta):
    net = random_network([2, 4, 2], dtype=dtype, activation="tanh")
    rng = np.random.default_rng(1)
    x = np.array([rng.integers(1950, 2020, size=6), rng.uniform(0, 0.1, size=6)], dtype=dtype)
    net.w[2][:, 0] /= 1000
    y = rng.random((2, 6)).astype(dtype)
    gradient = copied(bp.backprop(net, x, y), with_delta)
    assert not report_on(gradient, net, x, y).findings
    gradient["w"][2][:, 1] = WRONG[wrong](gradient["w"][2][:, 1])
    report = report_on(gradient, net, x, y)
    assert ("BP4", 2) in {(f.equation, f.layer) for f in report.findings}


@WITH_DELTA
def test_half_of_thirty_layers_wrong(with_delta):
    """Notebook 10: w has the opposite sign and b is seven times too large in layers 2 to 15."""
    net = bp.Network([2, *[4] * 28, 1], seed=1)
    x, y = bp.examples.xor_data()
    gradient = copied(bp.backprop(net, x, y), with_delta)
    assert not report_on(gradient, net, x, y).findings
    for l in range(2, 16):
        gradient["w"][l], gradient["b"][l] = -gradient["w"][l], 7 * gradient["b"][l]
    report = report_on(gradient, net, x, y)
    assert not report.ok
    if with_delta:
        assert {f.layer for f in report.findings} == set(range(2, 16))


@WITH_DELTA
@pytest.mark.parametrize(("activation", "dtype"), [("sigmoid", np.float32), ("tanh", np.float64)])
@pytest.mark.parametrize(("L", "width"), [(6, 10), (10, 100), (32, 10), (32, 100)])
def test_a_wrong_layer_anywhere_in_a_deep_network(L, width, activation, dtype, with_delta):
    sizes = [4, *[width] * (L - 2), 3]
    net = random_network(sizes, dtype=dtype, activation=activation, output_activation="sigmoid")
    x, y = (array.astype(dtype) for array in random_batch(sizes, 5))
    right = bp.backprop(net, x, y)
    assert not report_on(copied(right, with_delta), net, x, y).findings
    layers = {2, L // 2, L - 1, L}
    for l, part, wrong in itertools.product(layers, ("w", "b"), WRONG):
        if wrong != "sign" and (width == 100 or l not in (2, L)):
            continue
        gradient = copied(right, with_delta)
        gradient[part][l] = WRONG[wrong](gradient[part][l])
        report = report_on(gradient, net, x, y)
        assert not report.ok
        assert {f.layer for f in report.findings} <= {l}
        assert report.findings or (part, l) in {
            ({"BP3": "b", "BP4": "w"}.get(each.equation), each.layer) for each in report.not_judged
        }


@WITH_DELTA
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_wrong_entry(dtype, with_delta):
    """Every entry counts, in every array: what is certified or found wrong is all there is."""
    rng = np.random.default_rng(2)
    tries = 0
    for seed in range(18 if with_delta else 9):
        sizes = [[2, 3, 1], [3, 4, 4, 2], [4, 6, 3]][seed % 3]
        hidden = ["sigmoid", "tanh", "relu", "elu"][seed % 4]
        net, x, y, kind = problem(sizes, hidden, ("quadratic", "sigmoid"), 5, 0.3 * (seed % 2))
        if dtype == np.float32:
            net = random_network(sizes, dtype=dtype, activation=hidden, seed=seed)
            x, y = x.astype(dtype), y.astype(dtype)
        right = copied(bp.backprop(net, x, y, **kind), with_delta)
        for part, wrong in itertools.product(right, WRONG):
            l = int(rng.integers(2, net.L + 1))
            gradient = {p: {k: a.copy() for k, a in right[p].items()} for p in right}
            array = gradient[part][l]
            entry = tuple(rng.integers(n) for n in array.shape)
            changed = WRONG[wrong](array[entry])
            if changed != array[entry]:
                array[entry] = changed
                tries += 1
                assert not report_on(gradient, net, x, y, **kind).ok, (seed, part, l, wrong)
    assert tries > 40


def test_what_cannot_be_told_from_rounding_is_not_judged_and_nobody_accused():
    net, (x, y) = bp.examples.xor_network(), bp.examples.xor_data()
    net.b[2] = [60, 0]
    report = bp.diagnose(bp.backprop, net, x, y)
    assert not report.findings
    assert not report.ok
    assert ("BP2", 2) in {(each.equation, each.layer) for each in report.not_judged}
    assert ("BP2", 2) not in report.right
    assert "below the rounding" in str(report)
    assert "Try another network" in str(report)


@WITH_DELTA
def test_a_true_zero_is_certified(with_delta):
    """An input that is 0 and a dead ReLU have slopes of 0, in every right computation."""
    net, x, y, kind = problem([3, 4, 2], "relu", ("quadratic", "sigmoid"), 5, 0.0)
    x[1], net.b[2][2] = 0, -50
    gradient = copied(bp.backprop(net, x, y, **kind), with_delta)
    assert not gradient["w"][2][:, 1].any()
    assert not gradient["b"][2][2].any()
    assert report_on(gradient, net, x, y, **kind).ok
    gradient["w"][2][0, 1] = 1e-9
    assert not report_on(gradient, net, x, y, **kind).ok


def test_right_hidden_slopes_stay_right_after_a_wrong_output_layer():
    net, x, y, kind = problem([3, 4, 4, 2], "tanh", ("quadratic", "sigmoid"), 5, 0.0)
    gradient = Backward(net, x, y, **kind).gradient(with_delta=False)
    rng = np.random.default_rng(0)
    gradient["w"][4], gradient["b"][4] = rng.normal(size=(2, 4)), rng.normal(size=(2, 1))
    report = report_on(gradient, net, x, y, **kind)
    assert {finding.layer for finding in report.findings} == {4}
    assert {("BP3", 3), ("BP4", 3), ("BP3", 2), ("BP4", 2)} <= set(report.right)


def test_a_small_error_that_grows_on_its_way_is_not_certified():
    """δ[3] is off by 3e-4, and w[3] lets that turn the sign of what is left in layer 2."""
    x, y = np.array([[0.3], [0.7]]), np.array([[0.2], [0.9]])
    net = bp.Network([2, 2, 2], seed=3)
    for _ in range(200):  # w[3] moves δ[3], and has to fit it
        delta = bp.backprop(net, x, y).delta[3]
        net.w[3] = [[1, 0.4], [-delta[0, 0] / delta[1, 0] * (1 - 3e-4), -0.3]]
    right, trace = bp.backprop(net, x, y), bp.forward(net, x)
    delta = {3: right.delta[3] * [[1 - 3e-4], [1 + 3e-4]]}
    delta[2] = net.w[3].T @ delta[3] * net.sigma[2].prime(trace.z[2])
    w = {l: delta[l] @ trace.a[l - 1].T for l in delta}
    assert (w[2][0] * right.w[2][0] < 0).all()
    assert not report_on({"w": w, "b": delta, "delta": delta}, net, x, y).ok


@WITH_DELTA
@pytest.mark.parametrize("factor", [0.3, 3])
def test_a_wrong_penalty_is_seen_where_it_is_small(factor, with_delta):
    net, x, y, kind = problem([2, 2, 1], "sigmoid", ("quadratic", "sigmoid"), 50, 1e-5)
    gradient = copied(bp.backprop(net, x, y, **kind), with_delta)
    for l in net.w:
        gradient["w"][l] += (factor - 1) * 1e-5 / 50 * net.w[l]
    assert not report_on(gradient, net, x, y, **kind).ok


@WITH_DELTA
@pytest.mark.parametrize("sizes", [[1, 1], [2, 3, 2]])
def test_one_entry_that_is_a_little_off_is_not_certified(sizes, with_delta):
    for seed in range(20):
        net, x, y, kind = problem(sizes, "tanh", ("quadratic", "sigmoid"), 4, 0.0, seed=seed)
        gradient = copied(bp.backprop(net, x, y, **kind), with_delta)
        gradient["w"][2][0, 0] *= 1.00001
        report = report_on(gradient, net, x, y, **kind)
        assert not report.ok
        assert not report.findings  # right to some digits is no mistake, and no certificate
