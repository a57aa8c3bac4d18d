"""BP1: δ[L] = ∇_a C ⊙ σ′(z[L]), and below it the slips in it."""

import numpy as np

from bpcore.checker.case import Case
from bpcore.checker.equation import Equation, Spellings
from bpcore.costs import COSTS
from bpcore.network import Arrays

__all__ = ["BP1"]


@Equation
def BP1(c: Case, l: int, delta: Arrays) -> np.ndarray:
    if c.cost.name == "quadratic" and c.sigma[l].name != "softmax":
        return _nabla_a(c) * c.prime[l]
    return c.cost.delta(c.z[l], c.a[l], c.y, c.sigma[l])


def _nabla_a(c: Case) -> np.ndarray:
    a = c.a[c.L]
    if c.cost.name == "quadratic":
        return a - c.y
    return -c.y / a if c.sigma[c.L].name == "softmax" else (a - c.y) / (a * (1 - a))


@BP1.slip("the sign is wrong: ∇_a C of the quadratic cost is a[L] − y, not y − a[L]")
def sign(c: Case, l: int, delta: Arrays) -> Spellings:
    yield -BP1(c, l, delta)


@BP1.slip("the factor σ′(z[L]) is missing")
def sigma_prime_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    yield _nabla_a(c)


@BP1.slip(
    "this is the δ of the other cost: a[L] − y belongs to the cross-entropy, with σ′(z[L]) to the "
    "quadratic cost"
)
def other_cost(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name in ("sigmoid", "softmax"):
        other = COSTS["cross_entropy" if c.cost.name == "quadratic" else "quadratic"]
        yield other.delta(c.z[l], c.a[l], c.y, c.sigma[l])


@BP1.slip("σ′ is taken at a[L]; it belongs at z[L]")
def sigma_prime_at_a(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name != "softmax":
        yield _nabla_a(c) * c.sigma[l].prime(c.a[l])


@BP1.slip("σ(z[L]) stands where the slope σ′(z[L]) belongs")
def sigma_instead_of_sigma_prime(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name != "softmax":
        yield _nabla_a(c) * c.a[l]


@BP1.slip("a(1 − a) is the slope of the sigmoid, and this layer has another activation: σ′(z[L])")
def slope_of_sigmoid(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name not in ("sigmoid", "softmax"):  # of softmax this is the diagonal
        yield _nabla_a(c) * (c.a[l] * (1 - c.a[l]))


@BP1.slip("brackets are missing: (a[L] − y) as a whole is multiplied by σ′(z[L])")
def brackets_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.cost.name == "quadratic" and c.sigma[l].name != "softmax":
        yield c.a[l] - c.y * c.prime[l]


@BP1.slip("a factor 2 too many: the ½ of ½‖y − a‖² takes the 2 of the square away")
def factor_two(c: Case, l: int, delta: Arrays) -> Spellings:
    yield 2 * BP1(c, l, delta)


@BP1.slip(
    "δ[L] is divided by m, and then the means of BP3 and BP4 divide by m again; "
    "δ belongs to each sample alone"
)
def mean_twice(c: Case, l: int, delta: Arrays) -> Spellings:
    yield BP1(c, l, delta) / c.m


@BP1.slip("the factor ∇_a C is missing: this is σ′(z[L]) alone")
def cost_forgotten(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name != "softmax":
        yield c.prime[l]


@BP1.slip(
    "only the diagonal of softmax's slopes is used; every output depends on every z, "
    "so δ needs the sum over all outputs"
)
def softmax_diagonal(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.cost.name == "quadratic" and c.sigma[l].name == "softmax":
        yield _nabla_a(c) * c.a[l] * (1 - c.a[l])
