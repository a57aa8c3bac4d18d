"""BP4: ∂C/∂w[l] is the mean of δ[l] a[l−1]ᵀ, plus λ/m w[l], and below it the slips in it."""

import numpy as np

from bpcore.checker.case import Case
from bpcore.checker.equation import Equation, Spellings
from bpcore.checker.signals import add_slips_of_delta, add_slips_of_the_mean, signals
from bpcore.network import Arrays

__all__ = ["BP4"]


@Equation
def BP4(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return _data(c, l, delta) + _penalty(c, l, delta)


def _data(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return delta[l] @ c.a[l - 1].T / c.m


def _penalty(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return c.l2 / c.m * c.w[l]


BP4.join, BP4.parts = np.add, (_data, _penalty)


add_slips_of_the_mean(BP4)


@BP4.slip("z[l−1] stands where the activation a[l−1] belongs", part=0)
def z_instead_of_a(c: Case, l: int, delta: Arrays) -> Spellings:
    if l > 2:
        yield delta[l] @ c.z[l - 1].T / c.m


@BP4.slip(
    "this is the activation of another layer; a[l−1], where the weight starts, belongs here", part=0
)
def a_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in c.layers(len(c.a[l - 1]), but=l - 1):
        yield delta[l] @ c.a[k].T / c.m


@BP4.slip(
    "it is transposed: row j is for neuron j of layer l, column k for neuron k of layer l−1, "
    "so δ[l] a[l−1]ᵀ",
    part=0,
)
def transposed(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(c.a[l]) == len(c.a[l - 1]):
        yield _data(c, l, delta).T
        yield _data(c, l, delta).T + _penalty(c, l, delta).T - _penalty(c, l, delta)


add_slips_of_delta(BP4)


@BP4.slip("the factor a[l−1] is missing: this is δ[l] alone, in every column", part=0)
def a_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    yield np.broadcast_to(delta[l].mean(axis=1, keepdims=True), c.w[l].shape)


@BP4.slip(
    "σ, or its slope, is taken of a[l−1]; the activation itself belongs here, as the forward pass "
    "left it",
    part=0,
)
def sigma_of_a(c: Case, l: int, delta: Arrays) -> Spellings:
    if l > 2:
        sigma, a = c.sigma[l - 1], c.a[l - 1]
        for wrong in (sigma(a), sigma.prime(a), c.prime[l - 1], a * c.prime[l - 1]):
            yield delta[l] @ wrong.T / c.m
    yield delta[l] @ c.sigma[l](c.a[l - 1]).T / c.m


@BP4.slip(
    "δ and a are averaged, or added up, over the samples before they meet: the mean of the "
    "products is needed, not the product of the means",
    part=0,
)
def product_of_means(c: Case, l: int, delta: Arrays) -> Spellings:
    product = delta[l].mean(axis=1, keepdims=True) @ c.a[l - 1].mean(axis=1, keepdims=True).T
    yield product
    yield c.m * product  # one of the two is a sum


@BP4.slip("the weights are multiplied in; ∂C/∂w is δ[l] a[l−1]ᵀ without them", part=0)
def multiplied_by_w(c: Case, l: int, delta: Arrays) -> Spellings:
    yield _data(c, l, delta) * c.w[l]
    for each in (delta[l], *signals(c, l, delta)):
        yield each.mean(axis=1, keepdims=True) * c.w[l]


@BP4.slip(
    "one number stands in all places: of two arrays of one axis, np.dot makes a number; every "
    "weight has its own δ_j a_k",
    part=0,
)
def one_number(c: Case, l: int, delta: Arrays) -> Spellings:
    for a in (c.a[l], c.a[l - 1]):
        if len(a) == len(delta[l]):
            yield np.full_like(c.w[l], (delta[l] * a).sum() / c.m)
    yield np.full_like(c.w[l], _data(c, l, delta).sum())


@BP4.slip("the penalty's λ/m w[l] is missing", part=1)
def lambda_forgotten(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.l2:
        yield np.zeros_like(c.w[l])


@BP4.slip("the penalty's λ w[l] is not divided by m", part=1)
def lambda_not_divided(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.l2:
        yield c.l2 * c.w[l]


@BP4.slip("the penalty has a wrong sign or factor: the derivative of λ/(2m) w² is λ/m w", part=1)
def lambda_factor(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.l2:
        for factor in (-1, 0.5, 2, -c.m, c.m / 2, 2 * c.m, 1 / c.m, *(c.m / n for n in c.counts)):
            yield factor * _penalty(c, l, delta)


@BP4.slip(
    "one number is added to every slope: the penalty itself, λ alone, or a sum over the weights; "
    "what belongs here is the penalty's derivative, λ/m times the weight that the slope is of",
    part=1,
)
def lambda_constant(c: Case, l: int, delta: Arrays) -> Spellings:
    squares = (c.w[l] ** 2).sum()
    of_all = sum((w**2).sum() for w in c.w.values())
    sums = (c.w[l].sum(), sum(w.sum() for w in c.w.values()))
    for divisor in (1, 2, c.m, 2 * c.m) if c.l2 else ():
        for total in (1, squares, of_all, *sums):
            yield np.full_like(c.w[l], c.l2 / divisor * total)


@BP4.slip(
    "the penalty is derived wrongly: the derivative of w² is 2w, neither w² nor its sign", part=1
)
def lambda_derivative(c: Case, l: int, delta: Arrays) -> Spellings:
    for divisor in (1, 2, c.m, 2 * c.m) if c.l2 else ():
        for wrong in (c.w[l] ** 2, np.sign(c.w[l]), np.abs(c.w[l])):
            yield c.l2 / divisor * wrong
