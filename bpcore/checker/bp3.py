"""BP3: ∂C/∂b[l] is the mean of δ[l] over the samples, and below it the slips in it."""

import numpy as np

from bpcore.checker.case import Case
from bpcore.checker.equation import Equation, Spellings
from bpcore.checker.signals import add_slips_of_delta, add_slips_of_the_mean, signals
from bpcore.network import Arrays

__all__ = ["BP3"]


def _mean(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return delta[l].sum(axis=1, keepdims=True) / c.m


@Equation
def BP3(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return _mean(c, l, delta)


BP3.join, BP3.parts = np.add, (_mean, lambda c, l, delta: np.zeros_like(c.b[l]))


add_slips_of_the_mean(BP3)


@BP3.slip("no activation belongs here: ∂C/∂b is δ alone", part=0)
def multiplied_by_a(c: Case, l: int, delta: Arrays) -> Spellings:
    for a in (c.a[l], c.a[l - 1]):
        if len(a) in (1, len(delta[l])):
            yield _mean(c, l, {l: delta[l] * a})
    yield _mean(c, l, {l: delta[l] * c.a[l - 1].sum(axis=0)})


@BP3.slip("no bias belongs here: ∂C/∂b is δ alone", part=0)
def multiplied_by_b(c: Case, l: int, delta: Arrays) -> Spellings:
    b = c.b[l]
    for factor in (b, b * (1 - b), 1 - b**2):
        yield _mean(c, l, delta) * factor
        for signal in signals(c, l, delta):
            yield _mean(c, l, {l: signal}) * factor


add_slips_of_delta(BP3)


@BP3.slip(
    "the sum runs over the neurons, too, and every bias gets the same; sum over the samples alone, "
    "axis=1, and keep one number for each neuron",
    part=0,
)
def summed_over_neurons(c: Case, l: int, delta: Arrays) -> Spellings:
    total = np.full_like(c.b[l], delta[l].sum() / c.m)
    yield total
    yield total / len(total)
    if len(total) == c.m:
        by_sample = delta[l].sum(axis=0)[:, np.newaxis]
        yield by_sample
        yield by_sample / len(total)


@BP3.slip("the penalty λ is for weights only; the biases have none", part=1)
def lambda_on_bias(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.l2:
        for factor in (c.l2 / c.m, c.l2):
            yield factor * c.b[l]
            yield np.full_like(c.b[l], factor)
