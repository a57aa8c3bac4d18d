"""What BP3 and BP4 share: the slips in the mean over the samples, and in the δ that is taken."""

from collections.abc import Iterator

import numpy as np

from bpcore.checker.bp1 import nabla_a
from bpcore.checker.bp2 import carried_back
from bpcore.checker.case import Case
from bpcore.checker.equation import SIGN, Equation, Factors, Spellings
from bpcore.network import Arrays

__all__ = ["add_slips_of_delta", "add_slips_of_the_mean", "signals"]


def _other_deltas(c: Case, l: int, delta: Arrays) -> Iterator[np.ndarray]:
    """Give the δ of the other layers that have as many neurons, or one."""
    for k in c.layers(len(c.z[l]), but=l):
        if k in delta:
            yield delta[k]
    for k in c.layers(1, but=l):
        if k in delta and len(c.z[l]) > 1:
            yield np.broadcast_to(delta[k], c.z[l].shape)


def signals(c: Case, l: int, delta: Arrays) -> Iterator[np.ndarray]:
    """Give what comes back to layer l, before it is multiplied by σ′(z[l])."""
    if l == c.L:
        yield nabla_a(c, l, delta)
        yield c.a[l] - c.y
        yield c.y - c.a[l]
    elif l + 1 in delta:
        yield carried_back(c, l, delta)
        if l + 1 == c.L:
            yield c.w[c.L].T @ (c.a[c.L] - c.y)


def add_slips_of_the_mean(equation: Equation) -> None:
    """Add what goes wrong with the mean over the samples, and the sign.

    Parameters
    ----------
    equation : Equation
        BP3 or BP4.
    """
    of_samples = equation.parts[0]

    def of_sample(c: Case, l: int, delta: Arrays, i: int) -> Spellings:
        alone = np.zeros_like(delta[l])
        alone[:, i] = delta[l][:, i]
        mean = of_samples(c, l, {l: alone})
        yield c.m * mean
        yield mean

    @equation.slip("all slopes are 0: was it ever filled?")
    def zero(c: Case, l: int, delta: Arrays) -> Spellings:
        yield np.zeros_like(of_samples(c, l, delta))

    @equation.factor(SIGN)
    def sign(c: Case) -> Factors:
        yield -1

    @equation.factor("this is the sum over the samples; divide it by m for the mean")
    def mean_forgotten(c: Case) -> Factors:
        yield c.m

    @equation.factor("the mean over the samples is taken twice: it is divided by m once too often")
    def mean_twice(c: Case) -> Factors:
        yield 1 / c.m

    @equation.slip("only the first sample is there: does the return stand inside the loop?", part=0)
    def first_sample_only(c: Case, l: int, delta: Arrays) -> Spellings:
        return of_sample(c, l, delta, 0)

    @equation.slip("only the last sample is left: add up over the samples, += and not =", part=0)
    def last_sample_only(c: Case, l: int, delta: Arrays) -> Spellings:
        return of_sample(c, l, delta, -1)

    @equation.factor("divided by another number than m, which is the number of columns of x")
    def wrong_m(c: Case) -> Factors:
        for count in c.counts:
            yield c.m / count


def add_slips_of_delta(equation: Equation) -> None:
    """Add what is taken for δ[l].

    Parameters
    ----------
    equation : Equation
        BP3 or BP4.
    """
    of_samples = equation.parts[0]

    @equation.slip("this is the δ of another layer; δ[l] belongs here", part=0)
    def delta_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
        for other in _other_deltas(c, l, delta):
            yield of_samples(c, l, {l: other})

    @equation.slip(
        "δ[l] belongs here, and this is what comes back before it is multiplied by σ′(z[l])",
        part=0,
    )
    def signal_instead_of_delta(c: Case, l: int, delta: Arrays) -> Spellings:
        for signal in signals(c, l, delta):
            yield of_samples(c, l, {l: signal})

    @equation.slip("σ′(z[l]) is multiplied in here; it belongs in δ[l], and only there", part=0)
    def sigma_prime_twice(c: Case, l: int, delta: Arrays) -> Spellings:
        if c.sigma[l].name != "softmax":
            yield of_samples(c, l, {l: delta[l] * c.prime[l]})
