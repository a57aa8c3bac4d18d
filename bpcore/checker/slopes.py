"""What people write where σ′(z[l]) belongs; BP1 and BP2 share it."""

from collections.abc import Callable

import numpy as np

from bpcore.activations import ACTIVATIONS, LEAK
from bpcore.checker.case import KINKED, Case
from bpcore.checker.equation import Equation, Spellings
from bpcore.network import Arrays

__all__ = ["add_wrong_slopes"]

WRONG_SLOPES: list[tuple[str, Callable[[Case, int, Arrays], Spellings]]] = []


def slope(sentence: str) -> Callable[[Callable], Callable]:
    def add(formula: Callable[[Case, int, Arrays], Spellings]) -> Callable:
        WRONG_SLOPES.append((sentence, formula))
        return formula

    return add


def add_wrong_slopes(equation: Equation) -> None:
    """Make slips of an equation whose second part is σ′(z[l]) out of all wrong slopes.

    Parameters
    ----------
    equation : Equation
    """
    for sentence, formula in WRONG_SLOPES:
        equation.slip(sentence, part=1)(formula)


@slope("the factor σ′(z[l]) is missing")
def sigma_prime_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    yield np.ones_like(c.z[l])


@slope("σ′ is taken at a[l]; it belongs at z[l]")
def sigma_prime_at_a(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name != "softmax":
        yield c.sigma[l].prime(c.a[l])
    else:
        twice = c.sigma[l](c.a[l])
        yield twice * (1 - twice)


@slope("the slope is written for a[l], as a(1 − a) or 1 − a² are, and z[l] is put into it")
def slope_of_a_at_z(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name in ("sigmoid", "softmax"):
        yield c.z[l] * (1 - c.z[l])
    if c.sigma[l].name == "tanh":
        yield 1 - c.z[l] ** 2


@slope("σ(z[l]) stands where the slope σ′(z[l]) belongs")
def sigma_instead_of_sigma_prime(c: Case, l: int, delta: Arrays) -> Spellings:
    yield c.a[l]


@slope("a(1 − a) is the slope of the sigmoid, and this layer has another activation: σ′(z[l])")
def slope_of_sigmoid(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name not in ("sigmoid", "softmax"):  # of softmax this is the diagonal
        yield c.a[l] * (1 - c.a[l])
        yield ACTIVATIONS["sigmoid"].prime(c.z[l])


@slope("this is the slope of another activation; this layer's σ′(z[l]) belongs here")
def slope_of_another_activation(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l].name == "softmax":
        return
    if c.sigma[l].name != "tanh":
        yield 1 - c.a[l] ** 2
    for other in ("tanh", "relu", "leaky_relu", "elu"):
        slope = ACTIVATIONS[other].prime(c.z[l])
        if other != c.sigma[l].name and (slope != 1).any():
            yield slope


@slope(
    "the slope is miswritten: it is a(1 − a) for the sigmoid, 1 − a² for tanh, and the leak, "
    "without a minus, for a leaky ReLU"
)
def slope_miswritten(c: Case, l: int, delta: Arrays) -> Spellings:
    z, a, sigma = c.z[l], c.a[l], c.sigma[l]
    if sigma.name == "sigmoid":
        yield 1 - a
        yield a * (1 + a)
        yield sigma(a) * (1 - a)
        yield a * (1 - sigma(a))
        yield a * (1 - z)
        yield z * (1 - a)
        yield 1 - a**2
        yield a**2
        yield -(a**2)
        yield np.exp(-z) / (1 + np.exp(-2 * z))
    if sigma.name == "tanh":
        yield 1 + a**2
        yield 1 - a
        yield (1 - a) ** 2
        yield -(a**2)
        yield a**2
        yield 1 / np.cosh(z)
        yield 1 / (1 + z**2)
        yield 1 / (1 + a**2)
    if sigma.name == "softmax":
        yield 1 - a
        return
    if sigma.name == "leaky_relu":
        for leak in (-LEAK, -1, 0.001, 0.1, 0.2, 0.3):
            yield np.where(z > 0, 1, leak)
    if sigma.name != "linear":
        yield c.prime[l] * z


@slope("σ′(z[l]) is multiplied in twice")
def sigma_prime_twice(c: Case, l: int, delta: Arrays) -> Spellings:
    other_cost = l == c.L and c.cost.name == "cross_entropy"  # a[L] − y, times σ′
    if c.sigma[l].name not in (*KINKED, "linear", "softmax") and not other_cost:
        yield c.prime[l] ** 2


@slope("σ′ is taken at the z of another layer; it belongs at z[l]")
def sigma_prime_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in c.layers(len(c.z[l]), but=l):
        of_k = c.a[1] if k == 1 else c.z[k]
        yield c.sigma[l].prime(of_k)
        if k > 1 and c.sigma[k].name != "softmax":
            yield c.prime[k]
        if k > 1 or c.sigma[l].name in KINKED:
            yield c.sigma[l].prime(c.a[k])
