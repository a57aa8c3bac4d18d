"""One batch on one network: all that a backprop, right or wrong, can be made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bpcore.activations import Activation
from bpcore.costs import Cost
from bpcore.forward_pass import propagate
from bpcore.network import Arrays, Network

__all__ = ["DIFFERENCE", "KINKED", "RELATIVE", "Case", "Noise", "case"]

KINKED = ("relu", "leaky_relu")

# How far apart two right computations may be, in units of eps: many times what is usual, so that
# long sums and roundabout formulas pass, and far below any slip.
RELATIVE = 30  # of a sum, relative to the absolute values of its terms
DIFFERENCE = 10  # of a difference such as 1 − a, relative to the numbers in it


@dataclass(frozen=True)
class Noise:
    """How far apart two right forward passes may be, by layer, entry by entry.

    Attributes
    ----------
    z, a, prime : mapping
        Of z[l], a[l] and σ′(z[l]), each as large; softmax has no `prime`.
    """

    z: Arrays
    a: Arrays
    prime: Arrays


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
    eps : float
        Of the coarsest floating-point type in use.
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
    eps: float

    @property
    def L(self) -> int:
        return max(self.w)

    @property
    def m(self) -> int:
        return self.y.shape[1]

    @property
    def counts(self) -> set[int]:
        """What the sizes of layers, and of arrays, give where m belongs."""
        sizes = {len(a) for a in self.a.values()}
        return (sizes | {n * self.m for n in sizes}) - {1, self.m}

    def layers(self, size: int, *, but: int) -> list[int]:
        """Layers of `size` neurons, other than the right one."""
        return [k for k in self.a if k != but and len(self.a[k]) == size]

    @cached_property
    def noise(self) -> Noise:
        """The errors of a layer are taken as independent: they add up as squares do."""
        of_z, of_a, of_prime = {}, {1: np.zeros_like(self.a[1])}, {}
        relative, difference = RELATIVE * self.eps, DIFFERENCE * self.eps
        for l, w in self.w.items():
            terms = np.abs(w) @ np.abs(self.a[l - 1]) + np.abs(self.b[l])
            of_z[l] = relative * terms + np.sqrt(w**2 @ of_a[l - 1] ** 2)
            a, name = np.abs(self.a[l]), self.sigma[l].name
            if name == "softmax":
                of_a[l] = a * (difference + of_z[l] + (a * of_z[l]).sum(axis=0))
                continue
            of_a[l] = difference * a + np.abs(self.prime[l]) * of_z[l]
            of_prime[l] = np.zeros_like(a)
            if name not in KINKED:
                for z in (self.z[l] - of_z[l], self.z[l] + of_z[l]):
                    change = np.abs(self.sigma[l].prime(z) - self.sigma[l].prime(self.z[l]))
                    of_prime[l] = np.maximum(of_prime[l], change)
            # 1 − a loses its digits where a is nearly 1, and 1 + a where it is nearly −1.
            if name == "sigmoid":
                of_prime[l] += difference * a
            elif name == "tanh":
                of_prime[l] += difference
            elif name == "elu":
                of_prime[l] += difference * (self.z[l] < 0)
        return Noise(of_z, of_a, of_prime)


def case(net: Network, x: np.ndarray, y: np.ndarray, cost: Cost, l2: float, eps: float) -> Case:
    """Run the forward pass, in float64 whatever the network's dtype.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (n_1, m)
    y : ndarray, shape (n_L, m)
    cost : Cost
    l2 : float
    eps : float

    Returns
    -------
    Case
    """
    w = {l: w_l.astype(float) for l, w_l in net.w.arrays.items()}
    b = {l: b_l.astype(float) for l, b_l in net.b.arrays.items()}
    z, a = propagate(w, b, net.sigma, x.astype(float))
    prime = {l: net.sigma[l].prime(z[l]) for l in z}
    return Case(w, b, z, a, net.sigma, prime, y.astype(float), cost, l2, eps)
