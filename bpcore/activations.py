"""Activation functions σ and their slopes σ′, both as functions of the weighted input z.

The values accept complex z: the complex-step derivative (`finite_difference(scheme="complex")`)
differentiates through them. Where a function has two branches, the real part of z chooses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["ACTIVATIONS", "LEAK", "Activation"]


@dataclass(frozen=True)
class Activation:
    """An activation function: ``sigma(z)`` is a, ``sigma.prime(z)`` is the slope da/dz.

    Attributes
    ----------
    name : str
        The name by which `Network` knows it.
    value : callable
        z (n, m) to a (n, m), dimensionless.
    _slope : callable
        z (n, m) to the slopes (n, m), dimensionless. For softmax, whose outputs depend on every z
        of their layer, the whole table (n, n, m): entry [k, j] is ∂a_k/∂z_j.
    """

    name: str
    value: Callable[[np.ndarray], np.ndarray]
    _slope: Callable[[np.ndarray], np.ndarray]

    def __call__(self, z: ArrayLike) -> np.ndarray:
        return self.value(_not_integer(z))

    def prime(self, z: ArrayLike) -> np.ndarray:
        """Compute da/dz at each z; of softmax the whole table, as in `_slope`."""
        return self._slope(_not_integer(z))


def _not_integer(z):
    z = np.asarray(z)
    return z.astype(float) if z.dtype.kind in "biu" else z  # int8 would overflow at 128


def _sigmoid(z):
    # Further left exp(−z) would overflow. σ ends there, at the smallest normal number of its type.
    left_end = np.finfo(z.dtype).minexp * log(2)
    return 1 / (1 + np.exp(-np.maximum(z, left_end)))  # of complex z the real part decides


def _sigmoid_prime(z):
    e = np.exp(-np.abs(z))
    return e / np.square(1 + e)  # σ(z)(1 − σ(z)), without the cancellation where σ rounds to 1


def _tanh_prime(z):
    return 4 * _sigmoid_prime(2 * z)  # 1 − tanh²(z), without the cancellation


def _relu(z):
    return np.where(z.real > 0, z, 0)


def _relu_prime(z):
    return np.where(z.real > 0, np.ones_like(z), 0)  # at the kink z = 0: 0, by convention


LEAK = 0.01  # the slope that Maas, Hannun and Ng (2013) gave to negative z


def _leaky_relu(z):
    return np.where(z.real > 0, z, LEAK * z)


def _leaky_relu_prime(z):
    return np.where(z.real > 0, np.ones_like(z), LEAK)


def _left_half(z):
    return np.where(z.real > 0, 0, z)  # np.where evaluates both branches: keep exp(z) small


def _elu(z):
    return np.where(z.real > 0, z, np.expm1(_left_half(z)))


def _elu_prime(z):
    return np.exp(_left_half(z))


def _softmax(z):
    e = np.exp(z - z.real.max(axis=0))  # the largest exponent is 0, so that no z overflows
    return e / e.sum(axis=0)


def _softmax_prime(z):
    a = _softmax(z)
    identity = np.eye(len(a), dtype=a.dtype)[:, :, np.newaxis]
    return a[:, np.newaxis] * (identity - a[np.newaxis])


ACTIVATIONS: dict[str, Activation] = {
    sigma.name: sigma
    for sigma in (
        Activation("sigmoid", _sigmoid, _sigmoid_prime),
        Activation("tanh", np.tanh, _tanh_prime),
        Activation("relu", _relu, _relu_prime),
        Activation("leaky_relu", _leaky_relu, _leaky_relu_prime),
        Activation("elu", _elu, _elu_prime),  # α = 1, as Clevert, Unterthiner, Hochreiter (2016)
        Activation("linear", np.positive, np.ones_like),
        Activation("softmax", _softmax, _softmax_prime),
    )
}
