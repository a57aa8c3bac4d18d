"""One batch on one network: all that a backprop, right or wrong, can be made of."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bpcore.activations import Activation
from bpcore.costs import Cost
from bpcore.forward_pass import propagate
from bpcore.network import Arrays, Network

__all__ = ["Case", "case"]


@dataclass(frozen=True)
class Case:
    """All that a backprop can be made of, rightly or wrongly: one batch on one network, in float64.

    Attributes
    ----------
    w, b, z, a, sigma
        By layer, as in `Network` and `Trace`; a[1] is the input.
    prime : dict
        prime[l] is σ′(z[l]), shape (n_l, m); of softmax the table, as in `Activation`.
    y : ndarray, shape (n_L, m)
    cost : Cost
    l2 : float
        λ.
    """

    w: Arrays
    b: Arrays
    z: Arrays
    a: Arrays
    sigma: Mapping[int, Activation]
    prime: Arrays
    y: np.ndarray
    cost: Cost
    l2: float

    @property
    def L(self) -> int:
        return max(self.w)

    @property
    def m(self) -> int:
        return self.y.shape[1]

    @property
    def counts(self) -> list[int]:
        """What len(x), x.size, len(y) and y.size give where m belongs."""
        return [len(self.a[1]), len(self.a[1]) * self.m, len(self.y), len(self.y) * self.m]

    def layers(self, size: int, *, but: int) -> list[int]:
        """Layers of `size` neurons, other than the right one."""
        return [k for k in self.a if k != but and len(self.a[k]) == size]


def case(net: Network, x: np.ndarray, y: np.ndarray, cost: Cost, l2: float) -> Case:
    """Run the forward pass, in float64 whatever the network's dtype.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (n_1, m)
    y : ndarray, shape (n_L, m)
    cost : Cost
    l2 : float

    Returns
    -------
    Case
    """
    w = {l: w_l.astype(float) for l, w_l in net.w.arrays.items()}
    b = {l: b_l.astype(float) for l, b_l in net.b.arrays.items()}
    z, a = propagate(w, b, net.sigma, x.astype(float))
    prime = {l: net.sigma[l].prime(z[l]) for l in z}
    return Case(w, b, z, a, net.sigma, prime, y.astype(float), cost, l2)
