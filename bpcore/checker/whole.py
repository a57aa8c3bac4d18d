"""Slips of an answer as a whole: all slopes are multiplied, stepped or taken too early."""

from dataclasses import replace

import numpy as np

from bpcore.checker.case import Case
from bpcore.checker.equation import LEARNING_RATES
from bpcore.checker.judging import Judgement, agrees, all_slopes, multiple, truth
from bpcore.checker.slips import EQUATIONS
from bpcore.checker.student import Answer, Finding, equation_of_delta
from bpcore.forward_pass import propagate
from bpcore.network import Arrays

__all__ = ["as_a_whole"]

STEPPED = (
    "these are the weights and biases after a step, and not the slopes: they are your network's, "
    "less {:.3g} times the slope. Return the slopes ∂C/∂w and ∂C/∂b themselves"
)
LEARNING_RATE = (
    "every slope is {:.3g} times what it should be: a learning rate, or another factor, is in it. "
    "A learning rate belongs to the step that is taken afterwards, and not to the slope"
)
STEP = (
    "every slope is {:.3g} times what it should be: this is the step, −η ∂C/∂w, and not the slope "
    "∂C/∂w"
)
BETWEEN_SAMPLES = (
    "the weights are changed between one sample and the next, as with a learning rate of {:g}: "
    "take the slopes of all samples at the same weights, and then the step"
)


def as_a_whole(c: Case, answer: Answer) -> Finding | None:
    """Recognise slopes that are all wrong in one and the same way.

    Parameters
    ----------
    c : Case
    answer : Answer

    Returns
    -------
    Finding or None
    """
    return _stepped(c, answer) or common_factor(c, answer) or _between_samples(c, answer)


def common_factor(c: Case, answer: Answer) -> Finding | None:
    """Recognise one factor in all slopes, such as a learning rate.

    Parameters
    ----------
    c : Case
    answer : Answer

    Returns
    -------
    Finding or None
    """
    known = truth(c)
    if any(
        not agrees(equation_of_delta(l, c.L), c, l, known, delta)
        for l, delta in answer.delta.items()
    ):
        return None
    times = _common_factor(c, known, list(all_slopes(answer)))
    if not times or abs(times - 1) < 1e-3:
        return None
    name, sentence = ("learning_rate", LEARNING_RATE) if times > 0 else ("step", STEP)
    return Finding(None, None, name, sentence.format(times))


def _flat(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([array.ravel() for array in arrays])


def _common_factor(c: Case, known: Judgement, values: list[tuple[str, int, np.ndarray]]) -> float:
    """The factor by which all slopes are off; 0 if there is none."""
    if not values:
        return 0.0
    expected = [EQUATIONS[equation](c, l, known.delta) for equation, l, _ in values]
    times = multiple(_flat([value for _, _, value in values]), _flat(expected))
    fits = times and all(agrees(e, c, l, known, value / times) for e, l, value in values)
    return times if fits else 0.0


def _stepped(c: Case, answer: Answer) -> Finding | None:
    start = {"BP3": c.b, "BP4": c.w}
    moved = [(e, l, start[e][l] - value) for e, l, value in all_slopes(answer)]
    right, loose = truth(c), np.sqrt(c.eps)
    expected = [EQUATIONS[e](c, l, right.delta) for e, l, _ in moved]
    if not moved:
        return None
    times = multiple(_flat([value for _, _, value in moved]), _flat(expected))
    # The difference of two weights has lost the digits that they share.
    fits = times > 0 and all(
        np.abs(value - times * each).max() <= loose * np.abs(times * each).max()
        for (_, _, value), each in zip(moved, expected, strict=True)
    )
    return Finding(None, None, "returns_weights", STEPPED.format(times)) if fits else None


def _between_samples(c: Case, answer: Answer) -> Finding | None:
    if c.m == 1 or c.l2:
        return None
    values = list(all_slopes(answer))
    for eta in (1, *LEARNING_RATES):
        w, b = _online(c, eta)
        sums = {"BP3": b, "BP4": w}
        for factor in (1, 1 / c.m, -1, -1 / c.m, -eta, -eta / c.m, eta):
            if all(
                np.abs(value - factor * sums[e][l]).max()
                <= np.sqrt(c.eps) * np.abs(factor * sums[e][l]).max()
                for e, l, value in values
            ):
                return Finding(None, None, "updated_between_samples", BETWEEN_SAMPLES.format(eta))
    return None


def _online(c: Case, eta: float) -> tuple[Arrays, Arrays]:
    """Add up the slopes of all samples, with a step after each."""
    w, b = dict(c.w), dict(c.b)
    sum_w = {l: np.zeros_like(w[l]) for l in w}
    sum_b = {l: np.zeros_like(b[l]) for l in b}
    for i in range(c.m):
        one = _of_sample(c, w, b, i)
        delta: dict[int, np.ndarray] = {}
        for l in range(c.L, 1, -1):
            delta[l] = EQUATIONS[equation_of_delta(l, c.L)](one, l, delta)
        for l in w:
            slope_w, slope_b = (EQUATIONS[e](one, l, delta) for e in ("BP4", "BP3"))
            sum_w[l], sum_b[l] = sum_w[l] + slope_w, sum_b[l] + slope_b
            w[l], b[l] = w[l] - eta * slope_w, b[l] - eta * slope_b
    return sum_w, sum_b


def _of_sample(c: Case, w: Arrays, b: Arrays, i: int) -> Case:
    one = slice(i, i + 1)
    z, a = propagate(w, b, c.sigma, c.a[1][:, one])
    prime = {l: c.sigma[l].prime(z[l]) for l in z}
    return replace(c, w=dict(w), b=dict(b), z=z, a=a, prime=prime, y=c.y[:, one])
