"""Initial weights: normal, with a variance that fits the width of the layers."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from bpcore import _arguments

__all__ = ["PRECISIONS", "random_weights"]

# 1 / variance of a weight, from the number of neurons before and after it.
PRECISIONS: dict[str, Callable[[int, int], float]] = {
    "lecun": lambda n_in, n_out: n_in,
    "glorot": lambda n_in, n_out: (n_in + n_out) / 2,
    "he": lambda n_in, n_out: n_in / 2,
}


def random_weights(sizes: Sequence[int], scheme: str, seed: int) -> dict[int, np.ndarray]:
    """Draw the weights of a network of these sizes.

    Parameters
    ----------
    sizes : sequence of int
        n_1, …, n_L.
    scheme, seed
        As for `bpcore.initialise`.

    Returns
    -------
    dict
        By layer, 2 to L, each (n_l, n_{l−1}), float64, dimensionless.

    Raises
    ------
    TypeError, ValueError
        If scheme or seed is not as there.

    Notes
    -----
    LeCun, Bottou, Orr and Müller, *Efficient BackProp* (1998), eq. (16). Glorot and Bengio,
    AISTATS 2010, eq. (12), for tanh. He, Zhang, Ren and Sun, ICCV 2015, eq. (10), for ReLU.
    """
    precision = _arguments.choice(scheme, PRECISIONS, "scheme")
    rng = np.random.default_rng(_arguments.integer(seed, "seed", least=0))
    w = {}
    for l, (n_in, n_out) in enumerate(pairwise(sizes), start=2):
        w[l] = rng.standard_normal((n_out, n_in)) / np.sqrt(precision(n_in, n_out))
    return w
