"""Backpropagation: the four equations BP1 to BP4 of Nielsen, ch. 2, for all samples at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from bpcore._arguments import all_finite
from bpcore.activations import Activation
from bpcore.costs import Cost, checked_arguments
from bpcore.forward_pass import finite_forward
from bpcore.network import Arrays, Layers, Network

__all__ = ["Gradient", "add_penalty", "backprop", "four_equations"]


def four_equations(
    w: Arrays, sigma: Mapping[int, Activation], C: Cost, z: Arrays, a: Arrays, y: np.ndarray
) -> tuple[Arrays, Arrays, Arrays]:
    """Compute δ of each sample, and ∂C/∂b and ∂C/∂w of the mean cost, from arrays that fit.

    All are by layer, with the shapes of `Network`, `Trace` and `Gradient`; y is (n_L, m). Nielsen,
    ch. 2, for one sample:

    (BP1)  δ^L = ∇_a C ⊙ σ′(z^L)
    (BP2)  δ^l = ((w^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l)
    (BP3)  ∂C/∂b^l = δ^l
    (BP4)  ∂C/∂w^l = δ^l (a^{l−1})ᵀ
    """
    L, m = max(w), y.shape[1]
    delta, dC_db, dC_dw = {}, {}, {}
    delta[L] = C.delta(z[L], a[L], y, sigma[L])  # BP1
    for l in range(L - 1, 1, -1):
        delta[l] = (w[l + 1].T @ delta[l + 1]) * sigma[l].prime(z[l])  # BP2
    for l in range(2, L + 1):
        dC_db[l] = (delta[l] / m).sum(axis=1, keepdims=True)  # BP3
        dC_dw[l] = delta[l] / m @ a[l - 1].T  # BP4
    return delta, dC_db, dC_dw


@dataclass(frozen=True, eq=False)
class Gradient:
    """The derivatives of the mean cost C.

    Attributes
    ----------
    w : Layers
        w[l][j, k] is ∂C/∂w^l_jk, shape (n_l, n_{l−1}), for l = 2 … L.
    b : Layers
        b[l][j, 0] is ∂C/∂b^l_j, shape (n_l, 1).
    delta : Layers or None
        delta[l][j, i] is ∂C_i/∂z^l_j, where C_i is the cost of sample i alone; shape (n_l, m).
        None where the method that made this gradient has no δ.
    """

    w: Layers
    b: Layers
    delta: Layers | None = None


def backprop(
    net: Network, x: ArrayLike, y: ArrayLike, *, cost: str = "quadratic", l2: float = 0.0
) -> Gradient:
    """Compute ∂C/∂w and ∂C/∂b for all weights and biases.

    Parameters
    ----------
    net, x, y, cost, l2
        As for `bpcore.cost`.

    Returns
    -------
    Gradient
        With w, b and delta.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    OverflowError
        If a weighted input or a slope is too large for the network's dtype.

    Notes
    -----
    Nielsen, ch. 2, (BP1) to (BP4), which stand in `four_equations`; the penalty adds λ/m w^l to
    (BP4).
    """
    x, y, C, l2 = checked_arguments(net, x, y, cost, l2)
    z, a = finite_forward(net, x)
    w, m = net.w.arrays, x.shape[1]
    with np.errstate(over="ignore", invalid="ignore"):
        delta, dC_db, dC_dw = four_equations(w, net.sigma.arrays, C, z, a, y)
        if l2:
            add_penalty(dC_dw, w, l2 / m)
        _refuse_overflow(dC_dw, delta, a, l2, net.dtype)
    return Gradient(Layers("w", dC_dw), Layers("b", dC_db), Layers("delta", delta))


def add_penalty(dC_dw: dict[int, np.ndarray], w: Arrays, lambda_over_m: float) -> None:
    """Add the derivative λ/m w of the penalty λ/(2m) Σ w², in place."""
    for l in dC_dw:
        dC_dw[l] += lambda_over_m * w[l]


def _refuse_overflow(
    dC_dw: dict[int, np.ndarray], delta: Arrays, a: Arrays, l2: float, dtype: np.dtype
) -> None:
    for l in reversed(dC_dw):
        # No slope is larger than ‖δ‖ ‖a‖, which is soon computed. Only where that overflows, or
        # with a penalty, every slope is looked at; an infinite δ makes its row infinite or NaN.
        bound = np.vdot(delta[l], delta[l]) * np.vdot(a[l - 1], a[l - 1])
        if (l2 or not isfinite(bound)) and not all_finite(dC_dw[l]):
            raise OverflowError(f"the gradient of layer {l} is too large for {dtype.name}")
