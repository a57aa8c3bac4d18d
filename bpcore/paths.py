"""The gradient as a sum over all paths from one weight to the cost: Nielsen, ch. 2, eq. (53)."""

from itertools import product
from math import isfinite, prod

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments
from bpcore.costs import checked_arguments
from bpcore.forward_pass import finite_forward
from bpcore.network import Network

__all__ = ["LARGEST_NUMBER_OF_PATHS", "n_paths", "sum_over_paths"]

LARGEST_NUMBER_OF_PATHS = 1_000_000  # a few seconds


def n_paths(net: Network, l: int) -> int:
    """Count the paths from one weight into layer l to the outputs.

    Parameters
    ----------
    net : Network
    l : int
        2 … L.

    Returns
    -------
    int
        n_{l+1} · … · n_L.

    Raises
    ------
    TypeError, IndexError
        If l is not the number of a layer that has weights.
    """
    net.w[l]  # refuses a layer that does not exist
    return prod(net.sizes[l:])


def sum_over_paths(
    net: Network,
    x: ArrayLike,
    y: ArrayLike,
    l: int,
    j: int,
    k: int,
    *,
    cost: str = "quadratic",
) -> float:
    """Compute ∂C/∂w^l_jk by walking every path from the weight to the cost.

    Parameters
    ----------
    net, x, y, cost
        As for `bpcore.cost`.
    l, j, k : int
        The weight net.w[l][j, k]; as in the array, j and k count from 0.

    Returns
    -------
    float
        The derivative of the mean cost, dimensionless.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, or the paths are more than `LARGEST_NUMBER_OF_PATHS`.
    IndexError
        If there is no such weight.
    OverflowError
        If a weighted input, a path or the sum is too large for the network's dtype.

    Notes
    -----
    Nielsen, ch. 2, eq. (53). The factors ∂C/∂a^L and ∂a^L/∂z^L of a path are taken together, as
    δ^L: with the cross-entropy the first alone is infinite where the output is saturated.
    """
    x, y, C, _ = checked_arguments(net, x, y, cost, 0.0)
    paths = n_paths(net, l)
    n, n_before = net.w[l].shape
    for index, name, size in ((j, "j", n), (k, "k", n_before)):
        if _arguments.integer(index, name, least=0) >= size:
            raise IndexError(f"{name} must be below {size} in w[{l}] of shape {(n, n_before)}")
    if paths > LARGEST_NUMBER_OF_PATHS:
        raise ValueError(
            f"{paths:,} paths lead from w[{l}] to the outputs; "
            f"at most {LARGEST_NUMBER_OF_PATHS:,} can be added up"
        )
    z, a = finite_forward(net, x)
    w, sigma, L = net.w.arrays, net.sigma.arrays, net.L
    slope = {i: sigma[i].prime(z[i]) for i in range(l, L)}
    dC_dw = np.zeros(x.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        delta_L = C.delta(z[L], a[L], y, sigma[L])
        for neurons in product(*(range(size) for size in net.sizes[l:])):
            path = dict(enumerate((j, *neurons), start=l))  # one neuron of each layer l … L
            rate = delta_L[path[L]]
            for i in range(L, l, -1):
                rate = rate * w[i][path[i], path[i - 1]] * slope[i - 1][path[i - 1]]
            dC_dw += rate * a[l - 1][k]
        value = float(dC_dw.mean())
    if not isfinite(value):
        raise OverflowError(f"the gradient of layer {l} is too large for {net.dtype.name}")
    return value
