"""BP3: ∂C/∂b[l] is the mean of δ[l] over the samples, and below it the slips in it."""

import numpy as np

from bpcore.checker.case import Case
from bpcore.checker.equation import (
    FIRST_SAMPLE,
    LAST_SAMPLE,
    MEAN_FORGOTTEN,
    MEAN_TWICE,
    SIGN,
    WRONG_DELTA,
    WRONG_M,
    ZERO,
    Equation,
    Spellings,
)
from bpcore.network import Arrays

__all__ = ["BP3"]


@Equation
def BP3(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return delta[l].sum(axis=1, keepdims=True) / c.m


@BP3.slip(FIRST_SAMPLE)
def first_sample_only(c: Case, l: int, delta: Arrays) -> Spellings:
    yield delta[l][:, :1]
    yield delta[l][:, :1] / c.m


@BP3.slip(WRONG_M)
def wrong_m(c: Case, l: int, delta: Arrays) -> Spellings:
    for count in c.counts:
        yield c.m / count * BP3(c, l, delta)


@BP3.slip(SIGN)
def sign(c: Case, l: int, delta: Arrays) -> Spellings:
    yield -BP3(c, l, delta)


@BP3.slip(MEAN_FORGOTTEN)
def mean_forgotten(c: Case, l: int, delta: Arrays) -> Spellings:
    yield c.m * BP3(c, l, delta)


@BP3.slip(MEAN_TWICE)
def mean_twice(c: Case, l: int, delta: Arrays) -> Spellings:
    yield BP3(c, l, delta) / c.m


@BP3.slip(LAST_SAMPLE)
def last_sample_only(c: Case, l: int, delta: Arrays) -> Spellings:
    yield delta[l][:, -1:]
    yield delta[l][:, -1:] / c.m


@BP3.slip("no activation belongs here: ∂C/∂b is δ alone")
def multiplied_by_a(c: Case, l: int, delta: Arrays) -> Spellings:
    for a in (c.a[l], c.a[l - 1]):
        if len(a) in (1, len(delta[l])):
            yield BP3(c, l, {l: delta[l] * a})


@BP3.slip(WRONG_DELTA)
def delta_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in c.layers(len(c.z[l]), but=l):
        if k in delta:
            yield BP3(c, k, delta)


@BP3.slip("the penalty λ is for weights only; the biases have none")
def lambda_on_bias(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.l2:
        for factor in (c.l2 / c.m, c.l2):
            yield BP3(c, l, delta) + factor * c.b[l]


@BP3.slip(ZERO)
def zero(c: Case, l: int, delta: Arrays) -> Spellings:
    yield np.zeros_like(c.b[l])
