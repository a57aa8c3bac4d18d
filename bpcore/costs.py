"""Cost functions C: the cost of each sample, and the error δ^L of the output layer (BP1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments
from bpcore.activations import Activation
from bpcore.forward_pass import finite_forward
from bpcore.network import Arrays, Network

__all__ = ["COSTS", "Cost", "checked_arguments", "cost", "finite_cost", "mean_cost"]


@dataclass(frozen=True)
class Cost:
    """A cost function of one sample; every argument is an array of the output layer, (n_L, m).

    Attributes
    ----------
    name : str
        The name by which `cost` and `backprop` know it.
    per_sample : callable
        (z, a, y, sigma) to the costs of the samples, shape (m,), dimensionless.
    delta : callable
        (z, a, y, sigma) to δ^L = ∂C/∂z^L, shape (n_L, m). Nielsen, ch. 2, eq. (BP1).
    """

    name: str
    per_sample: Callable[..., np.ndarray]
    delta: Callable[..., np.ndarray]


def _quadratic(z, a, y, sigma):
    return ((y - a) ** 2).sum(axis=0) / 2


def _quadratic_delta(z, a, y, sigma):
    nabla_a = a - y
    if sigma.name == "softmax":  # the sum of eq. (37) over k, with ∂a_k/∂z_j = a_k (1{k=j} − a_j)
        return a * (nabla_a - (a * nabla_a).sum(axis=0))
    return nabla_a * sigma.prime(z)


def _cross_entropy(z, a, y, sigma):
    # Computed from z: ln a and ln(1 − a) are lost where a rounds to 0 or 1.
    if sigma.name == "softmax":
        largest = z.real.max(axis=0)
        log_a = z - largest - np.log(np.exp(z - largest).sum(axis=0))
        return -(y * log_a).sum(axis=0)
    return (y * _softplus(-z) + (1 - y) * _softplus(z)).sum(axis=0)  # −ln a and −ln(1 − a)


def _softplus(z):
    positive = z.real > 0
    return np.where(positive, z, 0) + np.log1p(np.exp(np.where(positive, -z, z)))


def _cross_entropy_delta(z, a, y, sigma):
    return a - y


COSTS: dict[str, Cost] = {
    "quadratic": Cost("quadratic", _quadratic, _quadratic_delta),
    "cross_entropy": Cost("cross_entropy", _cross_entropy, _cross_entropy_delta),
}


def checked_arguments(
    net: Network, x: ArrayLike, y: ArrayLike, cost: str, l2: float
) -> tuple[np.ndarray, np.ndarray, Cost, float]:
    """Check the arguments that `cost`, `backprop` and `finite_difference` share.

    Returns
    -------
    x, y : ndarray
        Shapes (n_1, m) and (n_L, m).
    C : Cost
    l2 : float

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit the network; the message names it.
    """
    if not isinstance(net, Network):
        raise TypeError(f"net must be a Network, got {type(net).__name__}")
    C = _arguments.choice(cost, COSTS, "cost")
    l2 = _arguments.number(l2, "l2", least=0)
    x = _arguments.columns(x, "x", net.sizes[0], 1, net.dtype)
    y = _arguments.columns(y, "y", net.sizes[-1], net.L, net.dtype)
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} columns and y has {y.shape[1]}: "
            "expected one column of each for every sample"
        )
    if C.name == "cross_entropy":
        _check_cross_entropy(net.sigma[net.L], y)
    return x, y, C, l2


def _check_cross_entropy(sigma: Activation, y: np.ndarray) -> None:
    if sigma.name not in ("sigmoid", "softmax"):
        raise ValueError(
            "cost 'cross_entropy' needs sigmoid or softmax outputs, "
            f"but the output activation is {sigma.name!r}"
        )
    if y.min() < 0 or y.max() > 1:
        raise ValueError(
            "y must lie between 0 and 1 for cost 'cross_entropy', "
            f"but it reaches from {y.min():g} to {y.max():g}"
        )
    if sigma.name == "softmax":
        sums = y.sum(axis=0, dtype=float)
        worst = sums[np.abs(sums - 1).argmax()]
        if abs(worst - 1) > max(1e-6, len(y) * np.finfo(y.dtype).eps):
            raise ValueError(
                "each column of y must sum to 1 for softmax with cost 'cross_entropy', "
                f"but one sums to {worst:.9g}"
            )


def mean_cost(
    C: Cost,
    z: Arrays,
    a: Arrays,
    y: np.ndarray,
    sigma: Mapping[int, Activation],
    w: Arrays,
    l2: float,
) -> complex:
    """Mean cost over the m samples, plus λ/(2m) Σ w² over all weights.

    Parameters
    ----------
    C : Cost
    z, a, sigma, w : mapping
        By layer; a forward pass and what it was made with, real or complex.
    y : ndarray, shape (n_L, m)
    l2 : float
        λ.

    Returns
    -------
    float or complex
        As the arrays are.

    Notes
    -----
    Ng, *Machine Learning* (Coursera, 2011), week 5, regularised cost: biases are left out.
    """
    m = y.shape[1]
    L = max(w)
    C_mean = C.per_sample(z[L], a[L], y, sigma[L]).mean()
    return C_mean + l2 / (2 * m) * sum((w_l**2).sum() for w_l in w.values()) if l2 else C_mean


def cost(
    net: Network, x: ArrayLike, y: ArrayLike, *, cost: str = "quadratic", l2: float = 0.0
) -> float:
    """Compute the mean cost of a network over a batch.

    Parameters
    ----------
    net : Network
    x : array_like, shape (n_1, m) or (n_1,)
        Inputs, one column a sample.
    y : array_like, shape (n_L, m) or (n_L,)
        Targets, one column a sample.
    cost : {"quadratic", "cross_entropy"}
        Quadratic: ½‖y − a^L‖². Cross-entropy: binary for sigmoid outputs, categorical for softmax.
    l2 : float
        λ ≥ 0 of the penalty λ/(2m) Σ w², biases excepted.

    Returns
    -------
    float
        Dimensionless.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    OverflowError
        If the cost is too large for the network's dtype.
    """
    return finite_cost(net, *checked_arguments(net, x, y, cost, l2))


def finite_cost(net: Network, x: np.ndarray, y: np.ndarray, C: Cost, l2: float) -> float:
    """Do what `cost` does, for arguments that have passed the door."""
    z, a = finite_forward(net, x)
    with np.errstate(over="ignore", invalid="ignore"):
        value = float(mean_cost(C, z, a, y, net.sigma.arrays, net.w.arrays, l2))
    if not isfinite(value):
        raise OverflowError(f"the cost is too large for {net.dtype.name}")
    return value
