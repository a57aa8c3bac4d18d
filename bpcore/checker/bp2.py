"""BP2: δ[l] = (w[l+1]ᵀ δ[l+1]) ⊙ σ′(z[l]), and below it the slips in it."""

import numpy as np

from bpcore.checker.case import Case
from bpcore.checker.equation import SIGN, Equation, Slip, Spellings
from bpcore.network import Arrays

__all__ = ["BP2", "UPDATED_WEIGHTS"]


@Equation
def BP2(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return _carried_back(c, l, delta) * c.prime[l]


def _carried_back(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return c.w[l + 1].T @ delta[l + 1]


@BP2.slip("the factor σ′(z[l]) is missing")
def sigma_prime_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    yield _carried_back(c, l, delta)


@BP2.slip(SIGN)
def sign(c: Case, l: int, delta: Arrays) -> Spellings:
    yield -BP2(c, l, delta)


@BP2.slip("σ′ is taken at a[l]; it belongs at z[l]")
def sigma_prime_at_a(c: Case, l: int, delta: Arrays) -> Spellings:
    yield _carried_back(c, l, delta) * c.sigma[l].prime(c.a[l])


@BP2.slip("σ(z[l]) stands where the slope σ′(z[l]) belongs")
def sigma_instead_of_sigma_prime(c: Case, l: int, delta: Arrays) -> Spellings:
    yield _carried_back(c, l, delta) * c.a[l]


@BP2.slip("a(1 − a) is the slope of the sigmoid, and this layer has another activation: σ′(z[l])")
def slope_of_sigmoid(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name != "sigmoid":
        yield _carried_back(c, l, delta) * (c.a[l] * (1 - c.a[l]))


@BP2.slip("σ′ is taken at the z of another layer; it belongs at z[l]")
def sigma_prime_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in c.layers(len(c.z[l]), but=l):
        if k > 1 and c.sigma[k].name != "softmax":
            yield _carried_back(c, l, delta) * c.prime[k]
    if c.sigma[l + 1].name != "softmax":  # σ′ stands inside the brackets
        yield c.w[l + 1].T @ (delta[l + 1] * c.prime[l + 1])


@BP2.slip("w[l+1] is not transposed: on the way back, neuron k of layer l collects column k")
def not_transposed(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(c.z[l]) == len(c.z[l + 1]):
        yield (c.w[l + 1] @ delta[l + 1]) * c.prime[l]


@BP2.slip("these are the weights of another layer; w[l+1] belongs here")
def weights_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    others = [matrix for k in c.w if k != l + 1 for matrix in (c.w[k].T, c.w[k])]
    for w in others:
        if w.shape == c.w[l + 1].T.shape:
            yield (w @ delta[l + 1]) * c.prime[l]


@BP2.slip("this is the δ of another layer; δ[l+1] belongs here")
def delta_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in c.layers(len(c.z[l + 1]), but=l + 1):
        if k in delta:
            yield BP2(c, l, {l + 1: delta[k]})


@BP2.slip("the factor w[l+1]ᵀ is missing")
def weights_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(delta[l + 1]) in (1, len(c.z[l])):
        yield delta[l + 1] * c.prime[l]


@BP2.slip("δ[l] is divided by m, and BP3 and BP4 divide by m again")
def mean_twice(c: Case, l: int, delta: Arrays) -> Spellings:
    yield BP2(c, l, delta) / c.m


# Not among the others, as a formula would need the learning rate: it is found by a fit.
UPDATED_WEIGHTS = Slip(
    "BP2",
    "updated_weights",
    None,
    "w[l+1] was updated before it was used here: take all slopes first, and then the step",
)
