"""BP4: ∂C/∂w[l] is the mean of δ[l] a[l−1]ᵀ, plus λ/m w[l], and below it the slips in it."""

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

__all__ = ["BP4"]


@Equation
def BP4(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return _data(c, l, delta) + _penalty(c, l)


def _data(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return delta[l] @ c.a[l - 1].T / c.m


def _penalty(c: Case, l: int) -> np.ndarray:
    return c.l2 / c.m * c.w[l]


def _of_sample(c: Case, l: int, delta: Arrays, i: slice) -> Spellings:
    alone = delta[l][:, i] @ c.a[l - 1][:, i].T
    yield alone + _penalty(c, l)
    yield alone / c.m + _penalty(c, l)


def _times(c: Case, l: int, delta: Arrays, factor: float) -> Spellings:
    """Only what comes from the samples, or the penalty with it."""
    yield factor * _data(c, l, delta) + _penalty(c, l)
    yield factor * BP4(c, l, delta)


@BP4.slip(FIRST_SAMPLE)
def first_sample_only(c: Case, l: int, delta: Arrays) -> Spellings:
    return _of_sample(c, l, delta, slice(0, 1))


@BP4.slip(WRONG_M)
def wrong_m(c: Case, l: int, delta: Arrays) -> Spellings:
    for count in c.counts:
        yield c.m / count * _data(c, l, delta) + _penalty(c, l)


@BP4.slip(SIGN)
def sign(c: Case, l: int, delta: Arrays) -> Spellings:
    return _times(c, l, delta, -1)


@BP4.slip("z[l−1] stands where the activation a[l−1] belongs")
def z_instead_of_a(c: Case, l: int, delta: Arrays) -> Spellings:
    if l > 2:
        yield delta[l] @ c.z[l - 1].T / c.m + _penalty(c, l)


@BP4.slip("this is the activation of another layer; a[l−1], where the weight starts, belongs here")
def a_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in c.layers(len(c.a[l - 1]), but=l - 1):
        yield delta[l] @ c.a[k].T / c.m + _penalty(c, l)


@BP4.slip(
    "it is transposed: row j is for neuron j of layer l, column k for neuron k of layer l−1, "
    "so δ[l] a[l−1]ᵀ"
)
def transposed(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(c.a[l]) == len(c.a[l - 1]):
        yield _data(c, l, delta).T + _penalty(c, l)
        yield BP4(c, l, delta).T


@BP4.slip(MEAN_FORGOTTEN)
def mean_forgotten(c: Case, l: int, delta: Arrays) -> Spellings:
    return _times(c, l, delta, c.m)


@BP4.slip(MEAN_TWICE)
def mean_twice(c: Case, l: int, delta: Arrays) -> Spellings:
    return _times(c, l, delta, 1 / c.m)


@BP4.slip(LAST_SAMPLE)
def last_sample_only(c: Case, l: int, delta: Arrays) -> Spellings:
    return _of_sample(c, l, delta, slice(-1, None))


@BP4.slip(WRONG_DELTA)
def delta_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in c.layers(len(c.z[l]), but=l):
        if k in delta:
            yield BP4(c, l, {l: delta[k]})


@BP4.slip("the penalty's λ/m w[l] is missing")
def lambda_forgotten(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.l2:
        yield _data(c, l, delta)


@BP4.slip("the penalty's λ w[l] is not divided by m")
def lambda_not_divided(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.l2:
        yield _data(c, l, delta) + c.l2 * c.w[l]


@BP4.slip("the penalty has a wrong sign or factor: the derivative of λ/(2m) w² is λ/m w")
def lambda_factor(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.l2:
        for factor in (-1, 0.5, 2):
            yield _data(c, l, delta) + factor * _penalty(c, l)


@BP4.slip(ZERO)
def zero(c: Case, l: int, delta: Arrays) -> Spellings:
    yield np.zeros_like(c.w[l])
