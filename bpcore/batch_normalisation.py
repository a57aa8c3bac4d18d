"""Batch normalisation: every neuron's z, brought to mean 0 and variance 1 over the batch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments

__all__ = ["Normalised", "batch_norm", "batch_norm_backward"]


@dataclass(frozen=True, eq=False)
class Normalised:
    """What batch normalisation leaves behind.

    Attributes
    ----------
    value : ndarray, shape (n, m)
        γ ẑ + β.
    z_hat : ndarray, shape (n, m)
        ẑ = (z − μ) / s.
    s : ndarray, shape (n, 1)
        s = √(variance + ε).
    """

    value: np.ndarray
    z_hat: np.ndarray
    s: np.ndarray


def batch_norm(z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, *, eps: float = 1e-5) -> Normalised:
    """Normalise each row of z over its columns, then scale and shift it.

    Parameters
    ----------
    z : array_like, shape (n, m)
        Weighted inputs, one column a sample; m ≥ 2.
    gamma, beta : array_like, shape (n, 1)
        Scale γ and shift β of each neuron.
    eps : float
        ε > 0, so that a neuron that does not vary is not divided by 0.

    Returns
    -------
    Normalised

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    OverflowError
        If the variance of z is too large for its dtype.

    Notes
    -----
    Ioffe and Szegedy, ICML 2015, algorithm 1; the variance is the mean square, divided by m.
    """
    z = _matrix(z, "z")
    gamma, beta = _column(gamma, "gamma", z), _column(beta, "beta", z)
    if z.shape[1] < 2:
        raise ValueError(f"z needs at least 2 samples to be normalised over, got {z.shape[1]}")
    eps = _arguments.number_that_fits(eps, "eps", z.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        s = np.sqrt(z.var(axis=1, keepdims=True) + eps)
    if not np.isfinite(s).all():
        raise OverflowError(f"the variance of z is too large for {z.dtype.name}")
    z_hat = (z - z.mean(axis=1, keepdims=True)) / s
    return Normalised(gamma * z_hat + beta, z_hat, s)


def batch_norm_backward(
    delta: ArrayLike, gamma: ArrayLike, normalised: Normalised
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Carry δ back through `batch_norm`.

    Parameters
    ----------
    delta : array_like, shape (n, m)
        ∂C/∂(γ ẑ + β) of each sample, where C stands for the sum of the costs of all samples.
    gamma : array_like, shape (n, 1)
        As in the way forward.
    normalised : Normalised
        What `batch_norm` returned.

    Returns
    -------
    delta_z : ndarray, shape (n, m)
        ∂C/∂z, for the same C.
    dC_dgamma, dC_dbeta : ndarray, shape (n, 1)
        The derivatives of the *mean* cost, as in `Gradient`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    Ioffe and Szegedy, section 3; four of its six equations collapse to
    δ_z = γ/s (δ − mean(δ) − ẑ mean(δ ẑ)), with means over the batch.
    """
    if not isinstance(normalised, Normalised):
        raise TypeError(f"normalised must come from batch_norm, got {type(normalised).__name__}")
    delta, z_hat = _matrix(delta, "delta"), normalised.z_hat
    gamma = _column(gamma, "gamma", z_hat)
    if delta.shape != z_hat.shape:
        raise ValueError(f"delta has shape {delta.shape}; expected that of z, {z_hat.shape}")
    dC_dbeta = delta.mean(axis=1, keepdims=True)
    dC_dgamma = (delta * z_hat).mean(axis=1, keepdims=True)
    delta_z = gamma / normalised.s * (delta - dC_dbeta - z_hat * dC_dgamma)
    return delta_z, dC_dgamma, dC_dbeta


def _matrix(values: ArrayLike, what: str) -> np.ndarray:
    is_float32 = getattr(values, "dtype", None) == np.float32
    array = _arguments.finite_array(values, what, np.dtype(np.float32 if is_float32 else float))
    if array.ndim != 2:
        raise ValueError(f"{what} has shape {array.shape}; expected (n, m), one column a sample")
    return array


def _column(values: ArrayLike, what: str, z: np.ndarray) -> np.ndarray:
    array = _arguments.finite_array(values, what, z.dtype)
    if array.shape != (len(z), 1):
        raise ValueError(f"{what} has shape {array.shape}; expected ({len(z)}, 1)")
    return array
