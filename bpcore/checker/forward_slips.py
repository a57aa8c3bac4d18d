"""Mistakes in the forward pass: they show in the slopes, which then fit another a[L]."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from bpcore.activations import ACTIVATIONS
from bpcore.checker.case import Case
from bpcore.checker.judging import multiple, near
from bpcore.checker.rounding import distance
from bpcore.checker.slips import EQUATIONS
from bpcore.checker.student import Answer, Finding

__all__ = [
    "FORWARD",
    "FORWARD_SLIPS",
    "ForwardSlip",
    "activations_in_slopes",
    "forward_cases",
    "readers_forward",
]

FORWARD = "forward"  # stands for the equation in a finding

LEAKS = (0.001, 0.1, 0.2, 0.3)
MOST_LAYERS = 6  # in deeper networks, slips of single layers are only looked for at both ends


@dataclass(frozen=True)
class Step:
    """What one layer makes of the activations before it.

    Attributes
    ----------
    z, a : ndarray, shape (n_l, m)
    passed_on : ndarray, shape (n_l, m)
        What the next layer takes for a.
    slope : ndarray or None
        What stands for σ′(z[l]) on the way back; None if it is written for the network's σ.
    before : ndarray or None
        What stands for a[l−1] on the way back; None if it is the same.
    """

    z: np.ndarray
    a: np.ndarray
    passed_on: np.ndarray
    slope: np.ndarray | None = None
    before: np.ndarray | None = None


@dataclass(frozen=True)
class ForwardSlip:
    """One thing that goes wrong in one layer of the forward pass.

    Attributes
    ----------
    name : str
    sentence : str
    steps : callable
        (case, l, a) to the steps, in each spelling; a is by layer, up to l − 1, as the reader has
        it so far.
    """

    name: str
    sentence: str
    steps: Callable[[Case, int, dict[int, np.ndarray]], Iterator[Step]]


FORWARD_SLIPS: list[ForwardSlip] = []


def _slip(sentence: str) -> Callable[[Callable], Callable]:
    def add(steps: Callable) -> Callable:
        FORWARD_SLIPS.append(ForwardSlip(steps.__name__, sentence, steps))
        return steps

    return add


def _right_z(c: Case, l: int, a: dict[int, np.ndarray]) -> np.ndarray:
    return c.w[l] @ a[l - 1] + c.b[l]


def _with_a(
    z: np.ndarray,
    a: np.ndarray,
    slope: np.ndarray | None = None,
    before: np.ndarray | None = None,
) -> Step:
    return Step(z, a, a, slope, before)


@_slip("σ is left out: a[l] is z[l], and should be σ(z[l])")
def activation_missing(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    if c.sigma[l].name != "linear":
        z = _right_z(c, l, a)
        yield _with_a(z, z)
        yield _with_a(z, z, np.ones_like(z))


@_slip("the next layer gets z[l], and should get a[l] = σ(z[l])")
def z_passed_on(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    if l < c.L:
        z = _right_z(c, l, a)
        yield Step(z, c.sigma[l](z), z)


@_slip("the bias is missing or has the wrong sign: z[l] = w[l] a[l−1] + b[l]")
def bias_missing(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    for bias in (0, -c.b[l]):
        z = c.w[l] @ a[l - 1] + bias
        yield _with_a(z, c.sigma[l](z))


@_slip("another activation is computed than the network has here")
def another_activation(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    z, own = _right_z(c, l, a), c.sigma[l].name
    for other in ("sigmoid", "tanh", "relu", "elu", "softmax"):
        if other == own or (other == "softmax" and (l < c.L or len(c.y) == 1)):
            continue
        sigma = ACTIVATIONS[other]
        yield _with_a(z, sigma(z))
        if other != "softmax":
            yield _with_a(z, sigma(z), sigma.prime(z))
    if own in ("relu", "leaky_relu"):
        for leak in LEAKS:
            yield _with_a(z, np.where(z > 0, z, leak * z), np.where(z > 0, 1, leak))


@_slip("the sigmoid is miswritten: it is 1 / (1 + exp(−z)), with the minus and both brackets")
def sigmoid_miswritten(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    if c.sigma[l].name == "sigmoid":
        z = _right_z(c, l, a)
        yield _with_a(z, c.sigma[l](-z))
        yield _with_a(z, 1 + np.exp(-z))


@_slip("softmax is taken over the samples; each column, one sample, has to add up to 1, so axis=0")
def softmax_over_samples(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    if c.sigma[l].name == "softmax":
        z = _right_z(c, l, a)
        e = np.exp(z - z.max())
        yield _with_a(z, e / e.sum(axis=1, keepdims=True))
        yield _with_a(z, e / e.sum())


@_slip("the slope σ′(z[l]) is computed where σ(z[l]) belongs")
def slope_for_activation(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    if c.sigma[l].name not in ("softmax", "linear"):
        z = _right_z(c, l, a)
        yield _with_a(z, c.sigma[l].prime(z))


@_slip("σ is applied twice")
def activation_twice(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    z = _right_z(c, l, a)
    if c.sigma[l].name == "softmax":
        inner = ACTIVATIONS["sigmoid"](z), ACTIVATIONS["relu"](z), c.sigma[l](z)
    else:
        inner = (c.sigma[l](z),)
    for once in inner:
        yield _with_a(z, c.sigma[l](once))


@_slip("what the sample before has left is still in it: start each sample from zero")
def not_reset(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    right_z, sigma = _right_z(c, l, a), c.sigma[l]
    if c.m == 1:
        return
    for what_stays in (sigma, np.positive):
        z = right_z.copy()
        for i in range(1, c.m):
            z[:, [i]] += what_stays(z[:, [i - 1]])
        yield _with_a(z, sigma(z))


@_slip("the bias is added after σ; it belongs inside: a[l] = σ(w[l] a[l−1] + b[l])")
def bias_after_activation(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    z = c.w[l] @ a[l - 1]
    yield _with_a(z, c.sigma[l](z) + c.b[l])


@_slip("the input is put through σ; x itself is a[1]")
def input_activated(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    if l == 2:
        for name in dict.fromkeys(["sigmoid", "tanh", c.sigma[l].name]):
            x = ACTIVATIONS[name](c.a[1])
            z = c.w[l] @ x + c.b[l]
            yield _with_a(z, c.sigma[l](z), before=x)
            yield _with_a(z, c.sigma[l](z))


@_slip("w[l] is transposed: row j holds the weights into neuron j")
def weights_transposed(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    if c.w[l].shape[0] == c.w[l].shape[1] > 1:
        z = c.w[l].T @ a[l - 1] + c.b[l]
        yield _with_a(z, c.sigma[l](z))


@_slip("what stands here belongs to another layer: z[l] = w[l] a[l−1] + b[l]")
def another_layer(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    w, b = c.w, c.b
    wrong = [w[k] @ a[l - 1] + b[l] for k in w if k != l and w[k].shape == w[l].shape]
    wrong += [w[l] @ a[l - 1] + b[k] for k in b if k != l and b[k].shape == b[l].shape]
    wrong += [w[l] @ a[k] + b[l] for k in range(1, l - 1) if a[k].shape == a[l - 1].shape]
    for z in wrong:
        yield _with_a(z, c.sigma[l](z))


@_slip("the activations are clipped, and σ′ does not know of it")
def clipped(c: Case, l: int, a: dict[int, np.ndarray]) -> Iterator[Step]:
    z = _right_z(c, l, a)
    for low, high in ((-1, 1), (0, 1), (0, 6), (0.1, 0.9), (0.01, 0.99)):
        yield _with_a(z, np.clip(c.sigma[l](z), low, high))


def _of_a(c: Case, l: int, a: np.ndarray) -> np.ndarray | None:
    """The slope as it is written for a; None where that is not done."""
    name = c.sigma[l].name
    return {"sigmoid": a * (1 - a), "tanh": 1 - a**2}.get(name)


def forward_cases(c: Case, answer: Answer) -> Iterator[tuple[ForwardSlip, tuple[int, ...], Case]]:
    """Give each slip of the forward pass with which δ[L], or a slope of layer L, comes out.

    Parameters
    ----------
    c : Case
    answer : Answer

    Yields
    ------
    slip : ForwardSlip
    layers : tuple of int
    case : Case
        What the slip makes of `c`.
    """
    hidden, everywhere = tuple(range(2, c.L)), tuple(c.w)
    some = everywhere if c.L <= MOST_LAYERS else (2, c.L)
    places = dict.fromkeys([*((l,) for l in some), hidden, everywhere])
    for slip in FORWARD_SLIPS:
        for layers in filter(None, places):
            for first, step in enumerate(slip.steps(c, layers[0], c.a)):
                for wrong in _with_slopes(c, layers, _passes(c, slip, layers, first, step)):
                    if _fits(wrong, answer):
                        yield slip, layers, wrong


def _passes(
    c: Case, slip: ForwardSlip, layers: tuple[int, ...], spelling: int, first: Step
) -> dict[int, Step]:
    """Run the forward pass from the first of some layers on, with a slip in all of them."""
    steps, passed_on = {}, {l: c.a[l] for l in range(1, layers[0])}
    for l in range(layers[0], c.L + 1):
        if l == layers[0]:
            step = first
        elif l in layers:
            step = next(islice(slip.steps(c, l, passed_on), spelling, None), None)
            if step is None:
                return {}
        else:
            z = _right_z(c, l, passed_on)
            step = _with_a(z, c.sigma[l](z))
        steps[l], passed_on[l] = step, step.passed_on
    return steps


def _with_slopes(c: Case, layers: tuple[int, ...], steps: dict[int, Step]) -> Iterator[Case]:
    """Give the case for σ′ as it is written for z, and as it is written for a."""
    if not steps or not _moves(steps[c.L].a, c.a[c.L]):
        return
    z, a = dict(c.z), dict(c.a)
    for l, step in steps.items():
        z[l], a[l] = step.z, step.a
        if step.before is not None:
            a[l - 1] = step.before
    at_z, at_a = dict(c.prime), dict(c.prime)
    for l, step in steps.items():
        at_z[l] = c.sigma[l].prime(z[l]) if step.slope is None else step.slope
        written = _of_a(c, l, a[l]) if l in layers and step.slope is None else None
        at_a[l] = at_z[l] if written is None else written
    yield replace(c, z=z, a=a, prime=at_z)
    if any(at_a[l] is not at_z[l] for l in steps):
        yield replace(c, z=z, a=a, prime=at_a)


def _moves(a: np.ndarray, right: np.ndarray) -> bool:
    return bool(np.isfinite(a).all() and (np.abs(a - right) > 1e-9 * np.abs(a)).any())


def _fits(c: Case, answer: Answer) -> bool:
    """Whether δ[L], or a slope of layer L, is that of this case, but for a factor."""
    L, bp1 = c.L, EQUATIONS["BP1"]
    scales = bp1.scales(c).factors
    for delta in (bp1(c, L, {}), c.a[L] - c.y):
        if answer.has_delta:
            if L in answer.delta and _is_multiple(answer.delta[L], delta, scales, c.eps):
                return True
            continue
        for equation, slopes in answer.slopes:
            if L not in slopes:
                continue
            own = EQUATIONS[equation]
            unit, fixed = own(c, L, {L: delta}), own.fixed(c, L, {L: delta})
            products = np.outer(scales, own.scales(c).factors).ravel()
            if _is_multiple(slopes[L] - fixed, unit - fixed, products, c.eps):
                return True
    return False


def _is_multiple(value: np.ndarray, unit: np.ndarray, factors: np.ndarray, eps: float) -> bool:
    largest = np.abs(unit).max()
    if not largest > 0:
        return False
    for i in near(multiple(value, unit), factors):
        if distance(value, factors[i] * unit, 1e3 * eps * abs(factors[i]) * largest) <= 1:
            return True
    return False


def readers_forward(c: Case, answer: Answer) -> tuple[list[Finding], list[Case]]:
    """Compare the z and a that the reader returned, each with what it is made from.

    Parameters
    ----------
    c : Case
    answer : Answer

    Returns
    -------
    findings : list of Finding
    cases : list of Case
        `c` with the reader's own z and a, as the slopes may have been made from them; empty if
        nothing is wrong.
    """
    a, z, findings = {1: c.a[1]}, {}, []
    for l in c.w:
        z[l] = answer.z.get(l, _right_z(c, l, a))
        a[l] = answer.a.get(l, c.sigma[l](z[l]))
        right_z = _right_z(c, l, a)
        if _same(z[l], right_z, c) and _same(a[l], c.sigma[l](z[l]), c):
            continue
        slip = next(
            (
                slip
                for slip in FORWARD_SLIPS
                for step in slip.steps(c, l, a)
                if _same(a[l], step.a, c) and (l not in answer.z or _same(z[l], step.z, c))
            ),
            None,
        )
        if slip:
            name, sentence = slip.name, slip.sentence
        elif l in answer.z and not _same(z[l], right_z, c):
            name, sentence = "unknown", "z[l] is not w[l] a[l−1] + b[l], made from your own a[l−1]"
        else:
            name, sentence = "unknown", "a[l] is not what σ makes of w[l] a[l−1] + b[l]"
        findings.append(Finding(FORWARD, l, name, sentence))
    if not findings:
        return [], []
    prime = {l: c.sigma[l].prime(z[l]) for l in z}
    written = {l: _of_a(c, l, a[l]) for l in z}
    of_a = {l: prime[l] if written[l] is None else written[l] for l in z}
    return findings, [replace(c, z=z, a=a, prime=each) for each in (prime, of_a)]


def activations_in_slopes(c: Case, answer: Answer) -> dict[int, np.ndarray]:
    """Read the reader's own a off w[l] = δ[l] a[l−1]ᵀ / m, where that has one solution.

    Parameters
    ----------
    c : Case
    answer : Answer
        With δ.

    Returns
    -------
    dict
        By layer; only what is not that of `c`.
    """
    found = {}
    for l, delta in answer.delta.items():
        if l not in answer.w or l == 2 or len(delta) <= c.m:
            continue
        data = answer.w[l] - c.l2 / c.m * c.w[l]
        a, _, rank, _ = np.linalg.lstsq(delta, data, rcond=None)
        a = a.T
        if rank < c.m or not _same(delta @ a.T, data, c):
            continue
        times = multiple(a, c.a[l - 1])  # that alone is a factor in BP4, and not another a
        if times and not _same(a, times * c.a[l - 1], c):
            usual = 1 / c.m if abs(times) < 1 else 1.0  # BP4 takes the mean, or the sum
            found[l - 1] = a / usual
    return found


def _same(left: np.ndarray, right: np.ndarray, c: Case) -> bool:
    return bool(np.abs(left - right).max() <= np.sqrt(c.eps) * max(1, np.abs(right).max()))
