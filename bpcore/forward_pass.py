"""The forward pass: from the input to the weighted inputs and activations of every layer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments
from bpcore.activations import Activation
from bpcore.network import Arrays, Layers, Network

__all__ = ["Trace", "finite_forward", "forward", "propagate"]


def propagate(
    w: Arrays, b: Arrays, sigma: Mapping[int, Activation], x: np.ndarray
) -> tuple[Arrays, Arrays]:
    """Compute z and a of every layer, from arrays that are known to fit.

    w, b and sigma are by layer, 2 to L, real or complex; x is (n_1, m). Nielsen, *Neural Networks
    and Deep Learning*, ch. 2, eq. (25): z^l = w^l a^{l−1} + b^l, a^l = σ(z^l).
    """
    z, a = {}, {1: x}
    for l in w:
        z[l] = w[l] @ a[l - 1] + b[l]
        a[l] = sigma[l](z[l])
    return z, a


@dataclass(frozen=True, eq=False)
class Trace:
    """What a forward pass leaves behind.

    Attributes
    ----------
    z : Layers
        Weighted inputs, z[l] of shape (n_l, m) for l = 2 … L.
    a : Layers
        Activations, a[l] of shape (n_l, m) for l = 1 … L; a[1] is the input.
    """

    z: Layers
    a: Layers


def forward(net: Network, x: ArrayLike) -> Trace:
    """Compute all weighted inputs and activations of a network.

    Parameters
    ----------
    net : Network
    x : array_like, shape (n_1, m) or (n_1,)
        One column a sample.

    Returns
    -------
    Trace
        With z[l] and a[l].

    Raises
    ------
    TypeError, ValueError
        If x does not fit, or x, a weight or a bias is not a finite real number.
    OverflowError
        If finite weights and inputs give a z too large for the network's dtype.

    Notes
    -----
    Nielsen, ch. 2, eq. (25): z^l = w^l a^{l−1} + b^l, a^l = σ(z^l).
    """
    if not isinstance(net, Network):
        raise TypeError(f"net must be a Network, got {type(net).__name__}")
    x = _arguments.columns(x, "x", net.sizes[0], 1, net.dtype)
    z, a = finite_forward(net, x.copy())  # a[1] must not change when the caller's x does
    return Trace(Layers("z", z), Layers("a", a))


def finite_forward(net: Network, x: np.ndarray) -> tuple[Arrays, Arrays]:
    """Do what `forward` does, for an x that has passed the door, and return z and a.

    Raises
    ------
    ValueError
        If a weight or a bias is not finite.
    OverflowError
        If a weighted input is not.
    """
    w, b = net.w.arrays, net.b.arrays
    with np.errstate(over="ignore", invalid="ignore"):
        z, a = propagate(w, b, net.sigma.arrays, x)
    for l in z:
        # A weight that is NaN or infinite always shows in z, which is far smaller than w.
        if not _arguments.all_finite(z[l]):
            _arguments.finite_array(w[l], f"w[{l}]", net.dtype)
            _arguments.finite_array(b[l], f"b[{l}]", net.dtype)
            raise OverflowError(
                f"z of layer {l} is too large for {net.dtype.name}: "
                "the weights are too large, or the activations before them"
            )
    return z, a
