"""Initial weights: normal, with a variance that fits the width of the layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bpcore import validation

if TYPE_CHECKING:
    from bpcore.network import Network

__all__ = ["PRECISIONS", "initialise"]

# 1 / variance of a weight, from the number of neurons before and after it.
PRECISIONS: dict[str, Callable[[int, int], float]] = {
    "lecun": lambda n_in, n_out: n_in,
    "glorot": lambda n_in, n_out: (n_in + n_out) / 2,
    "he": lambda n_in, n_out: n_in / 2,
}


def initialise(net: Network, scheme: str, *, seed: int = 0) -> None:
    """Give a network new random weights, and biases 0.

    Parameters
    ----------
    net : Network
        Is changed.
    scheme : {"lecun", "glorot", "he"}
        The variance of the weights into layer l: 1/n_{l−1}, 2/(n_{l−1} + n_l) or 2/n_{l−1}.
    seed : int
        At least 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    LeCun, Bottou, Orr and Müller, *Efficient BackProp* (1998), eq. (16). Glorot and Bengio,
    AISTATS 2010, eq. (12), for tanh. He, Zhang, Ren and Sun, ICCV 2015, eq. (10), for ReLU.
    """
    from bpcore.network import Network  # which imports this module

    if not isinstance(net, Network):
        raise TypeError(f"net must be a Network, got {type(net).__name__}")
    precision = validation.choice(scheme, PRECISIONS, "scheme")
    rng = np.random.default_rng(validation.integer(seed, "seed", least=0))
    for l, w_l in net.w.items():
        n_out, n_in = w_l.shape
        net.w[l] = rng.standard_normal((n_out, n_in)) / np.sqrt(precision(n_in, n_out))
        net.b[l] = np.zeros((n_out, 1))
