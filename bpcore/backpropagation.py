"""Backpropagation: the four equations BP1 to BP4 of Nielsen, ch. 2, for all samples at once."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from bpcore.costs import checked_arguments
from bpcore.forward_pass import finite_forward
from bpcore.network import Layers, Network

__all__ = ["Gradient", "backprop"]


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
    Nielsen, ch. 2: (BP1) δ^L = ∇_a C ⊙ σ′(z^L), (BP2) δ^l = ((w^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l),
    (BP3) ∂C/∂b^l = δ^l, (BP4) ∂C/∂w^l = δ^l (a^{l−1})ᵀ, the last two as means over the samples;
    the penalty adds λ/m w^l to (BP4).
    """
    x, y, C, l2 = checked_arguments(net, x, y, cost, l2)
    z, a = finite_forward(net, x)
    w, sigma, L, m = net.w, net.sigma, net.L, x.shape[1]
    delta, dC_dw, dC_db = {}, {}, {}

    with np.errstate(over="ignore", invalid="ignore"):
        delta[L] = C.delta(z[L], a[L], y, sigma[L])  # BP1
        for l in range(L - 1, 1, -1):
            delta[l] = (w[l + 1].T @ delta[l + 1]) * sigma[l].prime(z[l])  # BP2
        for l in range(2, L + 1):
            dC_db[l] = (delta[l] / m).sum(axis=1, keepdims=True)  # BP3
            dC_dw[l] = _times_transposed(delta[l] / m, a[l - 1])  # BP4
            if l2:
                dC_dw[l] += l2 / m * w[l]

        for l in range(L, 1, -1):
            # |∂C/∂w| ≤ ‖δ‖ ‖a‖ is cheap; only where it overflows, every entry is looked at. An
            # infinite δ makes its whole row of dC/dw infinite or NaN, so one look finds both.
            bound = np.vdot(delta[l], delta[l]) * np.vdot(a[l - 1], a[l - 1])
            if (l2 or not isfinite(bound)) and not np.isfinite(dC_dw[l]).all():
                raise OverflowError(f"the gradient of layer {l} is too large for {net.dtype.name}")
    return Gradient(Layers("w", dC_dw), Layers("b", dC_db), Layers("delta", delta))


def _times_transposed(delta: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Compute δ aᵀ."""
    if a.shape[1] == 1:
        # Nothing is summed, so memory is the limit: einsum writes each entry once, BLAS does not.
        return np.einsum("ji,ki->jk", delta, a)
    return delta @ a.T
