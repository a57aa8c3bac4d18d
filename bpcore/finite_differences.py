"""The gradient by measuring: nudge every weight and every bias, and look at the cost."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments
from bpcore.backpropagation import Gradient
from bpcore.costs import checked_arguments, mean_cost
from bpcore.forward_pass import finite_forward, propagate
from bpcore.network import Layers, Network

__all__ = ["finite_difference"]


def _nudged(C_now: Callable, v: np.ndarray, j: tuple[int, int], nudge: complex) -> complex:
    v_j = v[j]
    v[j] = v_j + nudge
    C = C_now()
    v[j] = v_j
    return C


def _forward(C: Callable, C_0: float, eps: float) -> float:
    return (C(eps) - C_0) / eps


def _central(C: Callable, C_0: float, eps: float) -> float:
    return (C(eps) - C(-eps)) / (2 * eps)


def _complex(C: Callable, C_0: float, eps: float) -> float:
    return C(1j * eps).imag / eps


SCHEMES = {"forward": _forward, "central": _central, "complex": _complex}


def _best_eps(scheme: str, dtype: np.dtype) -> float:
    """Balance truncation against rounding; the complex step has no rounding to balance."""
    if scheme == "complex":
        return 1e-20
    return float(np.finfo(dtype).eps) ** {"forward": 1 / 2, "central": 1 / 3}[scheme]


def finite_difference(
    net: Network,
    x: ArrayLike,
    y: ArrayLike,
    *,
    cost: str = "quadratic",
    l2: float = 0.0,
    scheme: str = "forward",
    eps: float | None = None,
) -> Gradient:
    """Estimate ∂C/∂w and ∂C/∂b by nudging one parameter after the other.

    Parameters
    ----------
    net, x, y, cost, l2
        As for `bpcore.cost`. The network is not touched: its copy is nudged.
    scheme : {"forward", "central", "complex"}
        For N parameters, "forward" costs N + 1 forward passes, "central" 2N + 1 and "complex"
        N + 1; the first pass of the last two only checks the input.
    eps : float, optional
        The nudge ε > 0, dimensionless. Default: √u for "forward" and ∛u for "central", with u the
        spacing of floating-point numbers at 1 (machine epsilon); 1e-20 for "complex".

    Returns
    -------
    Gradient
        With w and b; delta is None.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    OverflowError
        If a cost is too large for the network's dtype.

    Notes
    -----
    Forward: Nielsen, ch. 2, eq. (46). Complex step: Squire and Trapp, *SIAM Review* 40 (1998).
    """
    x, y, C, l2 = checked_arguments(net, x, y, cost, l2)
    slope = _arguments.choice(scheme, SCHEMES, "scheme")
    dtype = np.dtype(complex) if scheme == "complex" else net.dtype
    eps = _best_eps(scheme, net.dtype) if eps is None else eps
    eps = _arguments.number_that_fits(eps, "eps", dtype)
    z, a = finite_forward(net, x)

    w = {l: array.astype(dtype) for l, array in net.w.arrays.items()}
    b = {l: array.astype(dtype) for l, array in net.b.arrays.items()}
    sigma = net.sigma.arrays

    def C_now() -> float:
        z, a = propagate(w, b, sigma, x)
        return mean_cost(C, z, a, y, sigma, w, l2)

    dC_dw, dC_db = {}, {}
    with np.errstate(over="ignore", invalid="ignore"):
        C_0 = mean_cost(C, z, a, y, sigma, net.w.arrays, l2)
        for parameters, slopes in ((w, dC_dw), (b, dC_db)):
            for l, v in parameters.items():
                slopes[l] = np.empty(v.shape, net.dtype)
                for j in np.ndindex(v.shape):
                    slopes[l][j] = slope(partial(_nudged, C_now, v, j), C_0, eps)
    for slopes in (dC_dw, dC_db):
        for l, array in slopes.items():
            if not np.isfinite(array).all():
                raise OverflowError(f"the cost, nudged in layer {l}, is too large for {dtype}")
    return Gradient(Layers("w", dC_dw), Layers("b", dC_db))
