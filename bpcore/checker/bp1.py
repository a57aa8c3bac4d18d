"""BP1: δ[L] = ∇_a C ⊙ σ′(z[L]), and below it the slips in it."""

import numpy as np

from bpcore.checker.case import Case
from bpcore.checker.equation import (
    LEARNING_RATE,
    LEARNING_RATES,
    Equation,
    Factors,
    Spellings,
)
from bpcore.checker.slopes import add_wrong_slopes
from bpcore.costs import COSTS
from bpcore.network import Arrays

__all__ = ["BP1", "nabla_a"]


@Equation
def BP1(c: Case, l: int, delta: Arrays) -> np.ndarray:
    if c.cost.name == "quadratic" and c.sigma[l].name != "softmax":
        return nabla_a(c, l, delta) * c.prime[l]
    return c.cost.delta(c.z[l], c.a[l], c.y, c.sigma[l])


def nabla_a(c: Case, l: int, delta: Arrays) -> np.ndarray:
    """∂C/∂a[L] of each sample, shape (n_L, m)."""
    a = c.a[c.L]
    if c.cost.name == "quadratic":
        return a - c.y
    return -c.y / a if c.sigma[c.L].name == "softmax" else (a - c.y) / (a * (1 - a))


def _signal(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return _as_signal(c, c.a[l] - c.y)


def _as_signal(c: Case, error: np.ndarray) -> np.ndarray:
    """What has to be multiplied by σ′(z[L]), if the error stands where a[L] − y belongs."""
    if c.cost.name == "quadratic" or c.sigma[c.L].name == "softmax":
        return error
    return error / c.prime[c.L]


def _slope(c: Case, l: int, delta: Arrays) -> np.ndarray:
    both = c.cost.name, c.sigma[l].name  # of these, a[L] − y is already ∂C/∂z
    return np.ones_like(c.y) if both == ("cross_entropy", "softmax") else c.prime[l]


def _times_slope(signal: np.ndarray, slope: np.ndarray) -> np.ndarray:
    return signal * slope if slope.ndim == 2 else np.einsum("ki,kji->ji", signal, slope)


BP1.parts, BP1.join = (_signal, _slope), _times_slope


@BP1.factor(
    "the sign is wrong: δ[L] begins with a[L] − y, and not with y − a[L], which leads to −∂C/∂w"
)
def sign(c: Case) -> Factors:
    yield -1


@BP1.factor("a factor 2 too many: the ½ of ½‖y − a‖² takes the 2 of the square away")
def factor_two(c: Case) -> Factors:
    yield 2


@BP1.factor(
    "δ[L] is divided by the number of outputs: the cost of a sample is here the sum over the "
    "outputs, and not their mean"
)
def mean_over_outputs(c: Case) -> Factors:
    yield 1 / len(c.y)


@BP1.factor(
    "δ[L] is divided by m, and then the means of BP3 and BP4 divide by m again; "
    "δ belongs to each sample alone"
)
def mean_twice(c: Case) -> Factors:
    yield 1 / c.m


@BP1.factor(LEARNING_RATE)
def learning_rate(c: Case) -> Factors:
    yield from LEARNING_RATES


add_wrong_slopes(BP1)


@BP1.slip("σ′ is taken at the target y; it belongs at z[L]", part=1)
def slope_at_target(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name in ("sigmoid", "tanh"):
        yield c.y * (1 - c.y) if c.sigma[l].name == "sigmoid" else 1 - c.y**2
        yield c.sigma[l].prime(c.y)


OTHER_COST = (
    "this is the δ of the other cost: a[L] − y belongs to the cross-entropy, with σ′(z[L]) to the "
    "quadratic cost"
)


@BP1.slip(OTHER_COST, part=0)
def other_cost(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name == "sigmoid":
        error = c.a[l] - c.y
        yield error if c.cost.name == "cross_entropy" else error / c.prime[l]


@BP1.slip(OTHER_COST)
def other_cost(c: Case, l: int, delta: Arrays) -> Spellings:  # noqa: F811
    if c.sigma[l].name == "softmax":
        other = COSTS["cross_entropy" if c.cost.name == "quadratic" else "quadratic"]
        yield other.delta(c.z[l], c.a[l], c.y, c.sigma[l])


@BP1.slip("brackets are missing: (a[L] − y) as a whole is multiplied by σ′(z[L])")
def brackets_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name != "softmax":
        yield c.a[l] - c.y * c.prime[l]
        yield c.a[l] * c.prime[l] - c.y


@BP1.slip("the factor ∇_a C is missing: this is σ′(z[L]) alone", part=0)
def cost_forgotten(c: Case, l: int, delta: Arrays) -> Spellings:
    yield np.ones_like(c.y)


@BP1.slip("σ′ is taken at the error; it belongs at z[L]")
def slope_of_error(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name not in ("sigmoid", "tanh"):
        return
    for error in (c.a[l] - c.y, c.y - c.a[l]):
        for slope in (error * (1 - error), 1 - error**2, c.sigma[l].prime(error)):
            yield slope
            yield error * slope


@BP1.slip("∇_a C is a[L] − y for the quadratic cost; here the target y is missing", part=0)
def target_forgotten(c: Case, l: int, delta: Arrays) -> Spellings:
    yield _as_signal(c, c.a[l])


@BP1.slip(
    "the cost itself is sent back; its slope belongs here, which keeps the sign: a[L] − y, "
    "neither squared nor without its sign",
    part=0,
)
def error_without_sign(c: Case, l: int, delta: Arrays) -> Spellings:
    error = c.a[l] - c.y
    for wrong in (error**2, np.abs(error), np.sign(error), (error**2).sum(axis=0) + 0 * error):
        yield _as_signal(c, wrong)
        yield _as_signal(c, wrong / 2)


@BP1.slip(
    "one error for all: it is averaged, or added up, before it goes back. Each sample and each "
    "output keeps its own",
    part=0,
)
def error_averaged(c: Case, l: int, delta: Arrays) -> Spellings:
    error = c.a[l] - c.y
    for axis in (0, 1, None):
        for total in (np.sum, np.mean):
            average = total(error, axis=axis, keepdims=True)
            yield _as_signal(c, average + 0 * error)
            yield _as_signal(c, average * error)


@BP1.slip(
    "y is one axis short: a[L] − y becomes the table of every output minus every target; give "
    "both the shape (n_L, m)",
    part=0,
)
def targets_broadcast(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(c.y) == 1:
        for wrong in (c.a[l] - c.y.mean(), c.a[l].mean() - c.y):
            yield _as_signal(c, wrong)
            yield _as_signal(c, c.m * wrong)


@BP1.slip(
    "of the cross-entropy's two terms, y and 1 − y, one is missing or has a wrong sign", part=0
)
def half_of_cross_entropy(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.cost.name == "cross_entropy" and c.sigma[l].name == "sigmoid":
        of_y, of_rest = -c.y / c.a[l], (1 - c.y) / (1 - c.a[l])
        yield of_y
        yield of_rest
        yield of_y - of_rest


@BP1.slip("the slopes of softmax are missing: this is ∇_a C alone", part=0)
def sigma_prime_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.cost.name == "cross_entropy" and c.sigma[l].name == "softmax":
        yield nabla_a(c, l, delta)


@BP1.slip(
    "only the diagonal of softmax's slopes is used; every output depends on every z, "
    "so δ needs the sum over all outputs"
)
def softmax_diagonal(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name == "softmax":
        yield nabla_a(c, l, delta) * c.a[l] * (1 - c.a[l])


@BP1.slip(
    "no slope belongs here: with softmax and the cross-entropy, a[L] − y is ∂C/∂z already",
)
def slope_not_needed(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name == "softmax" and c.cost.name == "cross_entropy":
        yield (c.a[l] - c.y) * c.a[l] * (1 - c.a[l])


@BP1.slip(
    "the table of softmax's slopes is made from z[L]; it is a_k (1{k=j} − a_j), made from a[L]"
)
def softmax_table_of_z(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name == "softmax":
        z = c.z[l]
        for nabla in (nabla_a(c, l, delta), c.a[l] - c.y):
            yield z * (nabla - (z * nabla).sum(axis=0))
