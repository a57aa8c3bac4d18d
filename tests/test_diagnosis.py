"""`diagnose`: every known slip is planted, alone and in pairs, and must be named."""

import itertools
from collections import Counter
from functools import partial
from time import process_time
from types import SimpleNamespace

import numpy as np
import pytest
from learners import SIGMA, WRONG, Backward, differs, places_of, problem, sigma_prime
from oracles import random_batch, random_network

import bpcore as bp
from bpcore.checker.slips import SLIPS

SHAPES = [[2, 2, 1], [3, 4, 4, 2], [2, 3, 3, 3, 2], [4, 4, 4, 4], [1, 5, 1], [2, 1]]
HIDDEN = ["sigmoid", "tanh", "relu", "leaky_relu", "elu"]
OBJECTIVES = [
    *(("quadratic", output) for output in ("sigmoid", "linear", "tanh", "softmax")),
    ("cross_entropy", "sigmoid"),
    ("cross_entropy", "softmax"),
]
BATCHES = [1, 2, 4, 7]
PENALTIES = [0.0, 0.3]
EVERYTHING = [
    config
    for config in itertools.product(SHAPES, HIDDEN, OBJECTIVES, BATCHES, PENALTIES)
    if (config[0][-1], config[2][1]) != (1, "softmax")  # always 1, with no slope
]


def tried(config, slips, with_delta, spelling=0):
    """The report on a learner with these slips, and the slips that matter."""
    net, x, y, kind = problem(*config, seed=spelling)
    plant = partial(Backward, **kind, slips=slips, spelling=spelling)
    visible = plant(net, x, y).visible
    if not with_delta:  # a slope that a second slip makes right again is right
        t, right = plant(net, x, y), Backward(net, x, y, **kind)
        visible = {
            (e, l, name)
            for e, l, name in visible
            if differs(t.dw[l], right.dw[l]) or differs(t.db[l], right.db[l])
        }
    if not visible:
        return None, visible
    report = bp.diagnose(lambda *given: plant(*given).gradient(with_delta), net, x, y, **kind)
    return report, visible


def names(finding, slip):
    equation, l, name = slip
    here = (finding.equation, finding.layer) == (equation, l) or finding.equation is None
    return here and name in (finding.slip, *finding.also)


def named(report, slips):
    return all(any(names(finding, slip) for finding in report.findings) for slip in slips)


def blames_only(report, slips):
    return all(any(names(finding, slip) for slip in slips) for finding in report.findings)


def summary(report):
    return [(f.equation, f.layer, f.slip, f.also) for f in report.findings]


class Tally:
    """How many of the planted slips were found."""

    def __init__(self):
        self.tries, self.misses = 0, []

    def add(self, found, *what):
        self.tries += 1
        if not found:
            self.misses.append(what)

    def check(self, share, at_least):
        assert self.tries >= at_least
        found = 1 - len(self.misses) / self.tries
        causes = Counter(str(what[0]) for what in self.misses).most_common(12)
        lines = [f"found {found:.2%} of {self.tries}", *causes, *self.misses[:15]]
        assert found >= share, "\n".join(map(str, lines))


def tally_tried(tally, slip, slips, config, with_delta, spelling):
    report, visible = tried(config, slips, with_delta, spelling)
    if visible:
        found = named(report, visible) and blames_only(report, visible)
        tally.add(found, slip, list(slips), config, spelling, summary(report))


def tally_singles(tally, slip, configs, with_delta):
    equation, name = slip
    for spelling, config in enumerate(configs):
        for l in places_of(equation, len(config[0])):
            tally_tried(tally, slip, {(equation, l): name}, config, with_delta, spelling)


def tally_everywhere(tally, slip, configs, with_delta):
    equation, name = slip
    for spelling, config in enumerate(configs):
        slips = {(equation, l): name for l in places_of(equation, len(config[0]))}
        tally_tried(tally, slip, slips, config, with_delta, spelling)


def cancelled(plant, right):
    """Whether a slope with a slip is right again, as two wrong signs are."""
    slopes = [(plant.db, right.db, "BP3"), (plant.dw, right.dw, "BP4")]
    return any(
        plant.planted(equation, l) and not differs(wrong[l], true[l])
        for wrong, true, equation in slopes
        for l in wrong
    )


def tally_pair(tally, pair, with_delta, rng, times):
    (equation, name), (other_equation, other_name) = pair
    for _ in range(times):
        for _ in range(60):
            config = EVERYTHING[rng.integers(len(EVERYTHING))]
            L = len(config[0])
            if not places_of(equation, L) or not places_of(other_equation, L):
                continue
            l, k = (int(rng.choice(places_of(e, L))) for e in (equation, other_equation))
            slips = {(equation, l): name, (other_equation, k): other_name}
            spelling = int(rng.integers(100))
            net, x, y, kind = problem(*config, seed=spelling)
            plant = Backward(net, x, y, **kind, slips=slips, spelling=spelling)
            if len(plant.visible) == 2 and not cancelled(plant, Backward(net, x, y, **kind)):
                report, visible = tried(config, slips, with_delta, spelling)
                tally.add(named(report, visible), pair, slips, config, spelling, summary(report))
                break


PAIRS = [(one, two) for one, two in itertools.combinations(WRONG, 2) if one[0] != two[0]]


def chosen(n, *seed):
    rng = np.random.default_rng([n, *map(ord, str(seed))])
    return [EVERYTHING[i] for i in rng.choice(len(EVERYTHING), n, replace=False)]


@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
@pytest.mark.parametrize(
    ("tally_slip", "n", "at_least"),
    [(tally_singles, 4, 100), (tally_everywhere, 3, 60)],
    ids=["alone", "in the loop over all layers"],
)
def test_each_slip_is_named(tally_slip, n, at_least, with_delta):
    tally = Tally()
    for slip in WRONG:
        tally_slip(tally, slip, chosen(n, slip), with_delta)
    tally.check(0.99, at_least=at_least)


@pytest.mark.parametrize("slip", [(slip.equation, slip.name) for slip in SLIPS], ids="-".join)
def test_every_slip_is_named_in_each_spelling(slip):
    tally = Tally()
    tally_singles(tally, slip, chosen(24, slip), with_delta=True)
    tally.check(1, at_least=2)


@pytest.mark.parametrize(("with_delta", "share"), [(True, 0.98), (False, 0.90)])
def test_both_slips_of_a_pair_are_named(with_delta, share):
    tally = Tally()
    rng = np.random.default_rng(1)
    for pair in PAIRS[:: 2 if with_delta else 5]:
        tally_pair(tally, pair, with_delta, rng, 1)
    tally.check(share, at_least=60)


@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
@pytest.mark.parametrize("name", ["last_sample_only", "delta_of_wrong_layer"])
def test_same_slip_in_both_slopes_of_a_layer_is_named(name, with_delta):
    tally = Tally()
    for spelling, config in enumerate(chosen(20, name)):
        for l in range(2, len(config[0]) + 1):
            slips = {("BP3", l): name, ("BP4", l): name}
            report, visible = tried(config, slips, with_delta, spelling)
            if len(visible) == 2:
                tally.add(named(report, visible), l, config, spelling, summary(report))
    tally.check(0.9, at_least=20)


# Slips of the whole function.


def stepping(net, x, y, kind, l, with_delta):
    t = Backward(net, x, y, **kind)
    net.w[l] = net.w[l] - 0.5 * t.dw[l]
    return t.gradient(with_delta)


@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
def test_network_changed_is_named_and_changes_only_a_copy(with_delta):
    for config in chosen(15, "changed"):
        net, x, y, kind = problem(*config)
        for l in net.w:
            before = {k: net.w[k].copy() for k in net.w}
            student = partial(stepping, kind=kind, l=l, with_delta=with_delta)
            report = bp.diagnose(student, net, x, y, **kind)
            moved = differs(before[l] - 0.5 * Backward(net, x, y, **kind).dw[l], before[l])
            assert [f.slip for f in report.findings] == ["network_changed"] * bool(moved), config
            assert all(np.array_equal(net.w[k], before[k]) for k in net.w)


class Accumulating:
    """Never starts from zero again."""

    def __init__(self, kind, with_delta, parts="wb"):
        self.kind, self.with_delta, self.parts, self.sums = kind, with_delta, parts, {}

    def __call__(self, net, x, y):
        gradient = Backward(net, x, y, **self.kind).gradient(self.with_delta)
        for part in self.parts:
            sums = self.sums.setdefault(part, {l: 0 * net.w[l][:, :1] for l in net.w})
            for l in sums:
                sums[l] = sums[l] + gradient[part][l]
            gradient[part] = dict(sums)
        return gradient


@pytest.mark.parametrize("parts", ["wb", "w", "b"])
@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
@pytest.mark.parametrize("earlier", ["none", "same", "other"])
def test_gradients_kept_from_the_call_before_are_named(earlier, with_delta, parts):
    tally = Tally()
    for config in chosen(10, earlier, parts):
        net, x, y, kind = problem(*config)
        student = Accumulating(kind, with_delta, parts)
        other = random_batch(config[0], 3, output=config[2][1], seed=9)
        for _ in range({"none": 0}.get(earlier, 3)):
            student(net, *(other if earlier == "other" else (x, y)))
        report = bp.diagnose(student, net, x, y, **kind)
        tally.add([f.slip for f in report.findings] == ["accumulated"], config, summary(report))
    tally.check(1, at_least=10)


def test_accumulating_does_not_hide_another_slip():
    tally = Tally()
    for config in chosen(40, "accumulating"):
        net, x, y, kind = problem(*config)
        slips = {("BP4", net.L): "sign"}
        student = Accumulating(kind | {"slips": slips}, with_delta=True)
        if Backward(net, x, y, **kind, slips=slips).visible:
            report = bp.diagnose(student, net, x, y, **kind)
            found = [f.slip for f in report.findings] == ["accumulated", "sign"]
            tally.add(found, config, summary(report))
    tally.check(0.99, at_least=35)


# Right in another convention.


def convention(net, x, y, kind, factor, delta_factor, with_delta):
    t = Backward(net, x, y, **kind)
    parts = ((t.dw, factor), (t.db, factor), (t.delta, delta_factor))
    for by_layer, times in parts:
        by_layer.update({l: times * by_layer[l] for l in by_layer})
    return t.gradient(with_delta)


CONVENTIONS = {
    "heaton_sign": lambda m: (-1, -1),
    "sum_instead_of_mean": lambda m: (m, 1),
    "heaton_sign_and_sum": lambda m: (-m, -1),
    "delta_of_the_mean": lambda m: (1, 1 / m),
}


@pytest.mark.parametrize(
    ("name", "with_delta"),
    [*itertools.product(list(CONVENTIONS)[:3], [True, False]), ("delta_of_the_mean", True)],
)
def test_another_convention_is_one_finding_with_its_name(name, with_delta):
    tally = Tally()
    for config in chosen(80, name):
        net, x, y, kind = problem(*config)
        factor, delta_factor = CONVENTIONS[name](config[3])
        if config[3] == 1 and name != "heaton_sign":
            continue
        student = partial(
            convention, kind=kind, factor=factor, delta_factor=delta_factor, with_delta=with_delta
        )
        report = bp.diagnose(student, net, x, y, **kind)
        found = [f.slip for f in report.findings] == [name] and not report.ok
        tally.add(found, config, summary(report))
    tally.check(1, at_least=40)


@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
def test_mean_forgotten_in_both_slopes_everywhere_is_the_summed_cost(with_delta):
    tally = Tally()
    for config in chosen(80, "summed"):
        layers = range(2, len(config[0]) + 1)
        slips = {(e, l): "mean_forgotten" for e in ("BP3", "BP4") for l in layers}
        report, visible = tried(config, slips, with_delta, spelling=1)
        if config[3] > 1 and visible:
            (finding,) = report.findings
            found = finding.slip == "sum_instead_of_mean" and "mean_forgotten" in finding.also
            tally.add(found, config, summary(report))
    tally.check(1, at_least=40)


# No false alarm.


def per_sample(net, x, y, *, cost, l2, kink):
    """One sample after the other, with b of one axis."""
    m = x.shape[1]
    one_by_one = [
        Backward(net, x[:, i : i + 1], y[:, i : i + 1], cost=cost, l2=0, kink=kink)
        for i in range(m)
    ]
    w = {l: sum(t.dw[l] for t in one_by_one) / m + l2 * net.w[l] / m for l in net.w}
    b = {l: sum(t.db[l] for t in one_by_one)[:, 0] / m for l in net.w}
    return w, b, {l: np.hstack([t.delta[l] for t in one_by_one]) for l in net.w}


def neuron_by_neuron(net, x, y, *, cost, l2, kink):
    m, L = x.shape[1], net.L
    w = {l: [[l2 / m * v for v in row] for row in net.w[l].tolist()] for l in net.w}
    b = {l: [0.0] * len(net.b[l]) for l in net.w}
    delta = {l: np.zeros((len(net.b[l]), m)) for l in net.w}
    for i in range(m):
        z, a = {}, {1: x[:, i]}
        for l in net.w:
            z[l] = np.array(
                [
                    sum(v * u for v, u in zip(row, a[l - 1], strict=True)) + bias
                    for row, bias in zip(net.w[l], net.b[l][:, 0], strict=True)
                ]
            )
            a[l] = SIGMA[net.sigma[l].name](z[l])
        for l in range(L, 1, -1):
            name = net.sigma[l].name
            for j in range(len(z[l])):
                if l < L:
                    nabla = sum(net.w[l + 1][k, j] * d for k, d in enumerate(delta[l + 1][:, i]))
                else:
                    nabla = a[L][j] - y[j, i]
                if l == L and cost == "cross_entropy":
                    slope = 1
                elif name == "softmax":
                    slope = a[L][j]
                    nabla -= sum((a[L] - y[:, i]) * a[L])
                else:
                    slope = sigma_prime(name, z[l][j : j + 1], kink)[0]
                delta[l][j, i] = nabla * slope
                b[l][j] += delta[l][j, i] / m
                for k, u in enumerate(a[l - 1]):
                    w[l][j][k] += delta[l][j, i] * u / m
    return w, b, delta


def in_rows(net, x, y, *, cost, l2, kink):
    """A row a sample, as most code has it, and turned round at the end."""
    X, Y, W = x.T, y.T, {l: net.w[l].T for l in net.w}
    Z, A, D = {}, {1: X}, {}
    for l in W:
        Z[l] = A[l - 1] @ W[l] + net.b[l].T
        A[l] = SIGMA[net.sigma[l].name](Z[l].T).T
    for l in range(net.L, 1, -1):
        name = net.sigma[l].name
        nabla = A[l] - Y if l == net.L else D[l + 1] @ W[l + 1].T
        if l == net.L and cost == "cross_entropy":
            D[l] = nabla
        elif name == "softmax":
            D[l] = A[l] * nabla - A[l] * (A[l] * nabla).sum(axis=1, keepdims=True)
        else:
            D[l] = nabla * sigma_prime(name, Z[l], kink)
    w = {l: ((A[l - 1].T @ D[l] + l2 * W[l]) / len(X)).T for l in W}
    return w, {l: D[l].mean(axis=0)[:, np.newaxis] for l in W}, {l: D[l].T for l in W}


def in_matrices(net, x, y, *, cost, l2, kink):
    t = Backward(net, x, y, cost=cost, l2=l2, kink=kink)
    return t.dw, t.db, t.delta


def in_float32(net, x, y, *, cost, l2, kink):
    coarse = SimpleNamespace(
        w={l: net.w[l].astype("f") for l in net.w},
        b={l: net.b[l].astype("f") for l in net.b},
        sigma=net.sigma,
        L=net.L,
    )
    return in_matrices(coarse, x.astype("f"), y.astype("f"), cost=cost, l2=l2, kink=kink)


def float32_kept_in_float64(net, x, y, **kind):
    parts = in_float32(net, x, y, **kind)
    return tuple({l: part[l].astype(float) for l in part} for part in parts)


def by_complex_steps(net, x, y, *, cost, l2, kink):
    g = bp.finite_difference(net, x, y, cost=cost, l2=l2, scheme="complex")
    return g.w, g.b, None


def by_central_differences(net, x, y, *, cost, l2, kink):
    g = bp.finite_difference(net, x, y, cost=cost, l2=l2, scheme="central")
    return g.w, g.b, None


def by_the_package(net, x, y, *, cost, l2, kink):
    g = bp.backprop(net, x, y, cost=cost, l2=l2)
    return g.w, g.b, g.delta


STYLES = [
    per_sample,
    neuron_by_neuron,
    in_rows,
    in_matrices,
    in_float32,
    by_complex_steps,
    by_the_package,
]
FORMS = {
    "dict": lambda w, b, delta: {"w": w, "b": b, "delta": delta},
    "without delta": lambda w, b, delta: {"w": w, "b": b},
    "object": lambda w, b, delta: SimpleNamespace(w=w, b=b, delta=delta),
    "Gradient": bp.Gradient,
    "lists": lambda w, b, delta: {
        "w": {l: np.asarray(w[l]).tolist() for l in w},
        "b": {l: np.asarray(b[l]).tolist() for l in b},
    },
    "flat b": lambda w, b, delta: {"w": w, "b": {l: np.ravel(b[l]) for l in b}, "delta": delta},
}


def usual(net, x, y):
    pass


def at_the_kink(net, x, y):
    for l in net.w:
        net.b[l] = 0 * net.b[l]
    x[:, ::2] = 0


def saturated(net, x, y):
    for l in net.w:
        net.w[l] = 50 * net.w[l]


def tiny_weights(net, x, y):
    for l in net.w:
        net.w[l] = 1e-3 * net.w[l]


def nearly_learnt(net, x, y):
    rng = np.random.default_rng(0)
    y[:] = np.clip(bp.forward(net, x).a[net.L], 0, 1) * (1 + 1e-9 * rng.normal(size=y.shape))
    np.clip(y, 0, 1, out=y)


def learnt(net, x, y):
    y[:] = bp.forward(net, x).a[net.L]
    if net.sigma[net.L].name in ("sigmoid", "softmax"):
        np.clip(y, 0, 1, out=y)


def dead(net, x, y):
    net.b[2] = net.b[2] - 20


def one_dead_neuron(net, x, y):
    net.b[2][0] -= 20


def repeated_samples(net, x, y):
    x[:], y[:] = x[:, :1], y[:, :1]


def cancelling_mean(net, x, y):
    """Targets above and below the output by as much."""
    x[:] = x[:, :1]
    a = bp.forward(net, x).a[net.L]
    if net.sigma[net.L].name == "softmax":
        return
    signs = np.resize([1, -1], x.shape[1])
    signs[-1] *= x.shape[1] % 2 == 0
    y[:] = a + signs * np.minimum(a, 1 - a) / 2


SITUATIONS = [
    usual,
    at_the_kink,
    saturated,
    tiny_weights,
    nearly_learnt,
    learnt,
    dead,
    one_dead_neuron,
    repeated_samples,
    cancelling_mean,
]
CORRECT_SHAPES = [*SHAPES, [1, 1, 1, 1], [3, 2], [1, 1]]
CORRECT_OBJECTIVES = [*OBJECTIVES, ("quadratic", "relu"), ("quadratic", "elu")]


def correct_case(seed, situation, style, dtype=np.float64):
    """The report on a correct gradient, and what it was."""
    rng = np.random.default_rng([seed, *map(ord, situation.__name__ + style.__name__)])
    sizes = CORRECT_SHAPES[rng.integers(len(CORRECT_SHAPES))]
    hidden = HIDDEN[rng.integers(len(HIDDEN))]
    cost, output = CORRECT_OBJECTIVES[rng.integers(len(CORRECT_OBJECTIVES))]
    if sizes[-1] == 1 and output == "softmax":  # always 1: only y = 1 is a target
        cost, output = "quadratic", "sigmoid"
    m = int(rng.choice([1, 2, 4, 7, 60]))
    l2 = float(rng.choice(PENALTIES))
    kink = 0.0 if style in (by_complex_steps, by_the_package) else float(rng.choice([0, 0.5, 1]))
    net = random_network(sizes, seed=seed, dtype=dtype, activation=hidden, output_activation=output)
    x, y = (array.astype(dtype) for array in random_batch(sizes, m, output=output, seed=seed))
    situation(net, x, y)
    fitting = [
        form for form in FORMS if form != "lists" or style is not in_float32
    ]  # lists hide it
    form = fitting[rng.integers(len(fitting))]

    def student(net, x, y):
        return FORMS[form](*style(net, x, y, cost=cost, l2=l2, kink=kink))

    report = bp.diagnose(student, net, x, y, cost=cost, l2=l2)
    return report, (seed, sizes, hidden, cost, output, m, l2, kink, form)


# Here every slope is large enough to be certified; elsewhere some are lost in rounding.
ORDINARY = [usual, at_the_kink, tiny_weights, repeated_samples]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_correct_gradients_raise_no_alarm(situation):
    tally = Tally()
    for style, seed in itertools.product(STYLES, range(20)):
        report, what = correct_case(seed, situation, style)
        fine = report.ok if situation in ORDINARY else not report.findings
        tally.add(fine, style.__name__, what, summary(report), report.not_judged)
    tally.check(1, at_least=140)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_correct_gradients_of_float32_networks_raise_no_alarm(situation):
    tally, certified = Tally(), Tally()
    for style, seed in itertools.product([per_sample, in_rows, in_matrices], range(20)):
        report, what = correct_case(seed, situation, style, np.float32)
        tally.add(not report.findings, style.__name__, what, summary(report))
        certified.add(report.ok, style.__name__, what, report.not_judged)
    tally.check(1, at_least=60)
    if situation in ORDINARY:
        certified.check(0.85, at_least=60)


@pytest.mark.parametrize("style", [by_central_differences, float32_kept_in_float64])
@pytest.mark.parametrize("situation", [usual, repeated_samples])
def test_rough_gradients_of_usual_size_raise_no_alarm(situation, style):
    tally = Tally()
    for seed in range(20):
        report, what = correct_case(seed, situation, style)
        tally.add(not report.findings, situation.__name__, what, summary(report))
    tally.check(1, at_least=20)


# Slips that nobody knows.


def scaled(t, equation, l):
    return 1.7 * getattr(t, equation)(l)


def noisy(t, equation, l):
    right = getattr(t, equation)(l)
    return right * (1 + 0.3 * np.random.default_rng(l).normal(size=right.shape))


def upside_down(t, equation, l):
    right = getattr(t, equation)(l)
    return right if np.allclose(right[::-1], -right) else right[::-1]


def one_wrong_entry(t, equation, l):
    value = getattr(t, equation)(l).copy()
    value[0, 0] += 0.37 * np.abs(value).max()
    return value


def slope_of_power_three_halves(t, equation, l):
    if equation in ("BP3", "BP4") or "softmax" in t.sigma[l] or t.cost == "cross_entropy":
        return getattr(t, equation)(l)
    return getattr(t, equation)(l) * np.sqrt(np.abs(t.prime(l)))


def slope_of_nothing(t, equation, l):
    if t.sigma[l] != "sigmoid" or equation not in ("BP1", "BP2"):
        return getattr(t, equation)(l)
    return (t.nabla() if equation == "BP1" else t.back(l)) * (1 - t.a[l] ** 3)


@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
@pytest.mark.parametrize(
    "change",
    [scaled, noisy, upside_down, one_wrong_entry, slope_of_power_three_halves, slope_of_nothing],
)
def test_an_unknown_slip_gets_no_name(change, with_delta):
    tally = Tally()
    for config in chosen(6, change.__name__):
        for equation in ("BP1", "BP2", "BP3", "BP4"):
            for l in places_of(equation, len(config[0])):
                slips = {(equation, l): lambda t, l, e=equation: [change(t, e, l)]}
                report, visible = tried(config, slips, with_delta)
                if visible:
                    # A factor in all slopes is one, whoever it comes from.
                    found = {f.slip for f in report.findings} <= {"unknown", "learning_rate"}
                    if with_delta:
                        found = [(equation, l, "unknown", ())] == summary(report)
                    tally.add(found, equation, l, config, summary(report))
    tally.check(1, at_least=2)


def test_a_wrong_delta_that_nobody_knows_is_read_off_its_slopes_and_blamed_alone():
    """Also with a penalty, which has to be taken off first: the layers below are right."""
    net, x, y, kind = problem([3, 4, 4, 2], "tanh", ("quadratic", "sigmoid"), 3, 0.7)
    slips = {("BP2", 3): lambda t, l: [noisy(t, "BP2", l)]}
    report = bp.diagnose(
        lambda *given: Backward(*given, **kind, slips=slips).gradient(False), net, x, y, **kind
    )
    assert summary(report) == [("BP2", 3, "unknown", ())]
    assert set(report.right) >= {("BP2", 2), ("BP3", 3), ("BP4", 3), ("BP3", 2), ("BP4", 2)}


# Speed.


@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
@pytest.mark.parametrize(("sizes", "m"), [([2, 2, 1], 4), ([3, 4, 4, 2], 5), ([4, 5, 5, 5, 3], 10)])
def test_it_answers_at_once(sizes, m, with_delta):
    """In less time than 10,000 gradients take; it takes some hundreds, or thousands at most."""
    net, x, y, kind = problem(sizes, "sigmoid", ("quadratic", "sigmoid"), m, 0.3)
    start = process_time()
    for _ in range(100):
        bp.backprop(net, x, y, **kind)
    time_of_backprop = (process_time() - start) / 100
    wrong_w = {("BP4", l): lambda t, l: [noisy(t, "BP4", l)] for l in net.w}
    wrong_b = {("BP3", l): "sign" for l in net.w}
    for slips in ({}, wrong_b, wrong_w, wrong_b | wrong_w):
        plant = partial(Backward, **kind, slips=slips)
        start = process_time()
        bp.diagnose(lambda *given, p=plant: p(*given).gradient(with_delta), net, x, y, **kind)
        assert process_time() - start < 10_000 * time_of_backprop


# Where the checker's limits lie.


@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
@pytest.mark.parametrize(("times", "blamed"), [(7 / 3, False), (25, False), (35, True)])
def test_rough_numbers_are_blamed_on_a_slip_only_if_clearly_nearer_to_it(times, blamed, with_delta):
    """Measured slopes can come near to those without λ by chance, where λ is very small."""
    net, x, y, kind = problem([3, 4, 2], "tanh", ("quadratic", "sigmoid"), 5, 1e-6)
    share = times / (times + 1)
    rough = {("BP4", l): lambda t, l: [t.BP4(l) - share * t.penalty(l)] for l in net.w}
    rough |= {("BP3", l): lambda t, l: [t.BP3(l) * (1 + 1e-9)] for l in net.w}  # all was measured
    plant = partial(Backward, **kind, slips=rough)
    report = bp.diagnose(lambda *given: plant(*given).gradient(with_delta), net, x, y, **kind)
    assert {f.slip for f in report.findings} == ({"lambda_forgotten"} if blamed else set())


@pytest.mark.parametrize("with_delta", [True, False], ids=["delta", "no_delta"])
@pytest.mark.parametrize("hidden", ["relu", "leaky_relu"])
@pytest.mark.parametrize(("size", "told"), [(1e-12, True), (1e-15, False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_wrong_branch_is_excused_only_where_z_is_0_but_for_rounding(
    sign, size, told, hidden, with_delta
):
    """A z of 1e-12 is small, and no rounding error: its sign decides σ′(z)."""
    net, x, y, kind = problem([2, 3, 1], hidden, ("quadratic", "sigmoid"), 4, 0.0)
    net.w[2][0], net.b[2][0], x[:, 0] = [1, -1], sign * size, 1  # z of the first neuron is its b

    def wrong_branch(t, l):
        z = t.z[l]
        return [t.back(l) * t.prime(l, at=np.where(np.abs(z) < 1e-9, -z, z))]

    plant = partial(Backward, **kind, slips={("BP2", 2): wrong_branch})
    report = bp.diagnose(lambda *given: plant(*given).gradient(with_delta), net, x, y, **kind)
    assert {(f.equation, f.layer) for f in report.findings} == ({("BP2", 2)} if told else set())


def test_what_is_wrong_is_said_before_what_is_not_tried_yet():
    def begun(net, x, y):
        trace = bp.forward(net, x)
        still = {l: ... for l in net.w}
        return {"w": still, "b": still, "delta": {2: ..., 3: trace.a[3] - y}}

    net = bp.examples.xor_network()
    report = bp.diagnose(begun, net, *bp.examples.xor_data())
    slips = [finding.slip for finding in report.findings]
    assert slips[0] != "not_tried"
    assert set(slips[1:]) == {"not_tried"}
