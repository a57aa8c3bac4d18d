"""BP2: δ[l] = (w[l+1]ᵀ δ[l+1]) ⊙ σ′(z[l]), and below it the slips in it."""

import numpy as np

from bpcore.checker.bp1 import nabla_a
from bpcore.checker.case import KINKED, Case
from bpcore.checker.equation import (
    LEARNING_RATE,
    LEARNING_RATES,
    SIGN,
    Equation,
    Factors,
    Slip,
    Spellings,
)
from bpcore.checker.slopes import add_wrong_slopes
from bpcore.network import Arrays

__all__ = ["BP2", "SLOPES_FOR_WEIGHTS", "UPDATED_WEIGHTS", "carried_back"]

MOST_COLUMNS = 20  # that are tried as the one left out


@Equation
def BP2(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return carried_back(c, l, delta) * c.prime[l]


def carried_back(c: Case, l: int, delta: Arrays) -> np.ndarray:
    """What comes back to layer l: w[l+1]ᵀ δ[l+1], shape (n_l, m)."""
    return c.w[l + 1].T @ delta[l + 1]


BP2.parts = carried_back, lambda c, l, delta: c.prime[l]


@BP2.factor(SIGN)
def sign(c: Case) -> Factors:
    yield -1


@BP2.factor("δ[l] is divided by m, and BP3 and BP4 divide by m again")
def mean_twice(c: Case) -> Factors:
    yield 1 / c.m


@BP2.factor(LEARNING_RATE)
def learning_rate(c: Case) -> Factors:
    yield from LEARNING_RATES


add_wrong_slopes(BP2)


@BP2.slip(
    "the raw error is sent back, without the next layer's σ′: w[l+1]ᵀ takes δ[l+1], which has "
    "the factor σ′(z[l+1]) in it",
    part=0,
)
def raw_error(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[c.L].name == "softmax":
        signals = [nabla_a(c, c.L, delta), c.a[c.L] - c.y]
    else:
        # The reader's own δ[L] has the sign and the factors that the error was written with.
        signals = [delta[c.L] / c.prime[c.L]] if c.L in delta else []
        signals += [nabla_a(c, c.L, delta), c.a[c.L] - c.y, c.y - c.a[c.L]]
    for signal in signals:
        for k in range(c.L, l, -1):
            signal = c.w[k].T @ signal
        yield signal
    if l + 2 in delta and l + 1 < c.L:
        yield c.w[l + 1].T @ carried_back(c, l + 1, delta)


@BP2.slip(
    "w[l+1] is not transposed: on the way back, neuron k of layer l collects column k", part=0
)
def not_transposed(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(c.z[l]) == len(c.z[l + 1]):
        yield c.w[l + 1] @ delta[l + 1]


@BP2.slip("these are the weights of another layer; w[l+1] belongs here", part=0)
def weights_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    others = [matrix for k in c.w if k != l + 1 for matrix in (c.w[k].T, c.w[k])]
    for w in others:
        if w.shape == c.w[l + 1].T.shape:
            yield w @ delta[l + 1]


@BP2.slip("this is the δ of another layer; δ[l+1] belongs here", part=0)
def delta_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in c.layers(len(c.z[l + 1]), but=l + 1):
        if k in delta:
            yield carried_back(c, l, {l + 1: delta[k]})


@BP2.slip("this is what came back to another layer; w[l+1]ᵀ δ[l+1] belongs here", part=0)
def signal_of_wrong_layer(c: Case, l: int, delta: Arrays) -> Spellings:
    for k in range(l + 1, c.L):
        if len(c.z[k]) == len(c.z[l]) and k + 1 in delta:
            yield carried_back(c, k, delta)


@BP2.slip("the mean over the neurons of layer l+1 is taken; their shares are added up", part=0)
def mean_over_neurons(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(delta[l + 1]) > 1:
        yield carried_back(c, l, delta) / len(delta[l + 1])


@BP2.slip("the factor w[l+1]ᵀ is missing", part=0)
def weights_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(delta[l + 1]) in (1, len(c.z[l])):
        yield np.broadcast_to(delta[l + 1], c.z[l].shape)
    if len(delta[l + 1]) > 1:
        yield np.broadcast_to(delta[l + 1].sum(axis=0), c.z[l].shape)
    if len(c.y) in (1, len(c.z[l])):  # the raw error of the output
        yield np.broadcast_to(nabla_a(c, c.L, delta), c.z[l].shape)
        yield np.broadcast_to(c.a[c.L] - c.y, c.z[l].shape)


@BP2.slip("what comes back, w[l+1]ᵀ δ[l+1], is missing: this is σ′(z[l]) alone", part=0)
def signal_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    yield np.ones_like(c.z[l])


@BP2.slip("the activations are sent back; what goes back is the error δ[l+1]", part=0)
def activation_sent_back(c: Case, l: int, delta: Arrays) -> Spellings:
    for wrong in (c.a[l + 1], c.z[l + 1]):
        yield c.w[l + 1].T @ wrong
    if l + 1 == c.L:
        yield c.w[l + 1].T @ c.y


@BP2.slip("the factor δ[l+1] is missing: only the weights go back", part=0)
def delta_missing(c: Case, l: int, delta: Arrays) -> Spellings:
    yield np.broadcast_to(c.w[l + 1].T.sum(axis=1, keepdims=True), c.z[l].shape)


@BP2.slip(
    "the bias is counted as a weight: of the weights with the bias column, the column of the bias "
    "is left out on the way back, and here another one is",
    part=0,
)
def bias_row(c: Case, l: int, delta: Arrays) -> Spellings:
    everything = np.hstack([c.b[l + 1], c.w[l + 1]]).T @ delta[l + 1]
    for j in range(1, min(len(everything), MOST_COLUMNS)):
        yield np.delete(everything, j, axis=0)
    yield everything[:-1]


@BP2.slip(
    "the error is split among the weights, each taking its share; the chain rule needs no shares, "
    "only w[l+1]ᵀ itself",
    part=0,
)
def error_split(c: Case, l: int, delta: Arrays) -> Spellings:
    w = c.w[l + 1]
    for size in (w, np.abs(w)) if w.shape[1] > 1 else ():
        yield (w / size.sum(axis=1, keepdims=True)).T @ delta[l + 1]


@BP2.slip("a hidden layer has no target: its error comes from layer l+1, w[l+1]ᵀ δ[l+1]", part=0)
def hidden_target(c: Case, l: int, delta: Arrays) -> Spellings:
    if len(c.y) in (1, len(c.z[l])):
        yield c.a[l] - c.y
        yield c.y - c.a[l]


@BP2.slip(
    "δ[l+1] is averaged over the samples before it goes back; each sample has its own", part=0
)
def averaged_too_early(c: Case, l: int, delta: Arrays) -> Spellings:
    for total in (np.mean, np.sum):
        mean = total(delta[l + 1], axis=1, keepdims=True)
        yield np.broadcast_to(c.w[l + 1].T @ mean, c.z[l].shape)


@BP2.slip(
    "the activation is applied to the signal that comes back; what decides is the slope at z[l], "
    "for ReLU whether z[l] > 0"
)
def sigma_of_signal(c: Case, l: int, delta: Arrays) -> Spellings:
    signal = carried_back(c, l, delta)
    yield c.sigma[l](signal)
    if c.sigma[l].name in KINKED:
        yield c.prime[l] * c.sigma[l](signal)
        return
    for slope in (c.sigma[l].prime(signal), signal * (1 - signal), 1 - signal**2):
        yield slope
        yield signal * slope
    yield c.a[l] * (1 - c.sigma[l](signal))


@BP2.slip("a matrix product stands where ⊙ belongs: σ′(z[l]) is multiplied entry by entry")
def matrix_for_elementwise(c: Case, l: int, delta: Arrays) -> Spellings:
    signal, a = carried_back(c, l, delta), c.a[l]
    for mixing in (1 - a.T @ a, a.T @ (1 - a), c.prime[l].T @ np.ones_like(a)):
        yield signal @ mixing


@BP2.slip("σ′ stands inside the brackets, at z[l+1]: it belongs outside, at z[l]")
def sigma_prime_inside(c: Case, l: int, delta: Arrays) -> Spellings:
    if c.sigma[l + 1].name != "softmax" and (c.prime[l + 1] != 1).any():
        yield c.w[l + 1].T @ (delta[l + 1] * c.prime[l + 1])


# Not among the others, as a formula would need the reader's slopes, and a learning rate.
UPDATED_WEIGHTS = Slip(
    "BP2",
    "updated_weights",
    None,
    None,
    "w[l+1] was updated before it was used here: take all slopes first, and then the step",
)
SLOPES_FOR_WEIGHTS = Slip(
    "BP2",
    "slopes_for_weights",
    None,
    None,
    "the slopes ∂C/∂w[l+1] stand where the weights w[l+1] themselves belong",
)
