"""Learners who write their own backprop, with slips or without.

They are written from the mathematics; nothing of bpcore's slips is used.
"""

import numpy as np
from oracles import random_batch, random_network

SIGMA = {
    "sigmoid": lambda z: np.exp(-np.logaddexp(0, -z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.maximum(z, z / 100),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "linear": lambda z: z,
    "softmax": lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=0),
}


def sigma_prime(name, z, kink=0.0):
    a = SIGMA[name](z)
    if name in ("relu", "leaky_relu"):
        left = 0.01 if name == "leaky_relu" else 0.0
        return np.where(z > 0, 1, np.where(z < 0, left, left + kink * (1 - left))).astype(z.dtype)
    return {
        "sigmoid": lambda: a * (1 - a),
        "tanh": lambda: 1 - a**2,
        "elu": lambda: np.where(z > 0, 1, np.exp(np.minimum(z, 0))),
        "linear": lambda: np.ones_like(z),
    }[name]()


def differs(left, right):
    if left.shape != right.shape:
        return True
    return np.abs(left - right).max() > 1e-9 * np.abs(right).max()


class Backward:
    """Backward pass with slips: {(equation, layer): name or formula}; `visible` are those seen."""

    def __init__(self, net, x, y, *, cost, l2, slips=None, spelling=0, kink=0.0):
        self.w, self.b, self.y, self.cost, self.l2 = dict(net.w), dict(net.b), y, cost, l2
        self.sigma = {l: net.sigma[l].name for l in net.w}
        self.slips, self.spelling, self.kink = slips or {}, spelling, kink
        self.L, self.m, self.visible = net.L, x.shape[1], set()
        self.z, self.a = {}, {1: x}
        for l in self.w:
            self.z[l] = self.w[l] @ self.a[l - 1] + self.b[l]
            self.a[l] = SIGMA[self.sigma[l]](self.z[l])
        self.delta = {}
        for l in range(self.L, 1, -1):
            self.delta[l] = self.made("BP1" if l == self.L else "BP2", l)
        self.db = {l: self.made("BP3", l) for l in self.w}
        self.dw = {l: self.made("BP4", l) for l in self.w}

    def made(self, equation, l):
        right = getattr(self, equation)(l)
        if not self.planted(equation, l):
            return right
        slip = self.slips[equation, l]
        ways = (WRONG | RARER)[equation, slip](self, l) if isinstance(slip, str) else slip(self, l)
        if not ways:
            return right
        wrong = ways[self.spelling % len(ways)]
        if differs(wrong, right):
            self.visible.add((equation, l, self.slips[equation, l]))
        return wrong

    def planted(self, equation, l):
        return (equation, l) in self.slips

    def prime(self, l, at=None):
        return sigma_prime(self.sigma[l], self.z[l] if at is None else at, self.kink)

    def nabla(self):
        a, y = self.a[self.L], self.y
        if self.cost == "quadratic":
            return a - y
        return -y / a if self.sigma[self.L] == "softmax" else (1 - y) / (1 - a) - y / a

    def error(self, cost):
        a, y, name = self.a[self.L], self.y, self.sigma[self.L]
        if cost == "cross_entropy":
            return a - y
        if name == "softmax":
            return np.array(
                [
                    sum((a[k] - y[k]) * a[k] * ((k == j) - a[j]) for k in range(len(a)))
                    for j in range(len(a))
                ]
            )
        return (a - y) * self.prime(self.L)

    def back(self, l, w=None, delta=None):
        w = self.w[l + 1] if w is None else w
        return np.einsum("kj,ki->ji", w, self.delta[l + 1] if delta is None else delta)

    def mean_w(self, l, delta=None, a=None):
        delta = self.delta[l] if delta is None else delta
        a = self.a[l - 1] if a is None else a
        return sum(np.outer(delta[:, i], a[:, i]) for i in range(self.m)) / self.m

    def mean_b(self, l, delta=None):
        delta = self.delta[l] if delta is None else delta
        return sum(delta[:, i : i + 1] for i in range(self.m)) / self.m

    def penalty(self, l):
        return self.l2 / self.m * self.w[l]

    def BP1(self, l):
        return self.error(self.cost)

    def BP2(self, l):
        return self.back(l) * self.prime(l)

    def BP3(self, l):
        return self.mean_b(l)

    def BP4(self, l):
        return self.mean_w(l) + self.penalty(l)

    def as_large(self, l):
        """Other layers with as many neurons as layer l."""
        return [k for k in self.a if k != l and len(self.a[k]) == len(self.a[l])]

    def gradient(self, with_delta=True):
        return {"w": self.dw, "b": self.db} | ({"delta": self.delta} if with_delta else {})


# What a slip turns an equation into, in each of its spellings; [] where it cannot be made.


def elementwise(wrong):
    """Slips of σ′ that softmax does not have."""
    return lambda t, l: [] if t.sigma[l] == "softmax" else [wrong(t, l)]


def other_cost(t, l):
    other = "quadratic" if t.cost == "cross_entropy" else "cross_entropy"
    return [t.error(other)] if t.sigma[l] in ("sigmoid", "softmax") else []


def not_transposed(t, l):
    w = t.w[l + 1]
    return [t.back(l, w.T) * t.prime(l)] if w.shape[0] == w.shape[1] else []


def weights_of_wrong_layer(t, l):
    matrices = [w for k in t.w if k != l + 1 for w in (t.w[k], t.w[k].T)]
    fitting = [w for w in matrices if w.shape == t.w[l + 1].shape]
    return [t.back(l, w) * t.prime(l) for w in fitting]


def delta_of_wrong_layer(t, l):
    others = [k for k in t.as_large(l + 1) if k > l + 1]
    return [t.back(l, delta=t.delta[k]) * t.prime(l) for k in others]


def updated_weights(t, l):
    step = t.made("BP4", l + 1)
    if step.shape != t.w[l + 1].shape:
        return []
    return [t.back(l, t.w[l + 1] - eta * step) * t.prime(l) for eta in (0.1, 0.5, 3.0)]


def transposed(t, l):
    if t.w[l].shape[0] != t.w[l].shape[1]:
        return [t.BP4(l).T]
    return [t.BP4(l).T, t.mean_w(l).T + t.penalty(l)]


def with_penalty(wrong):
    return lambda t, l: [wrong(t, l)] if t.l2 else []


WRONG = {
    ("BP1", "sign"): lambda t, l: [-t.BP1(l)],
    ("BP1", "sigma_prime_missing"): lambda t, l: [t.nabla()],
    ("BP1", "sigma_prime_at_a"): elementwise(lambda t, l: t.nabla() * t.prime(l, t.a[l])),
    ("BP1", "sigma_instead_of_sigma_prime"): elementwise(lambda t, l: t.nabla() * t.a[l]),
    ("BP1", "factor_two"): lambda t, l: [2 * t.BP1(l)],
    ("BP1", "other_cost"): other_cost,
    ("BP2", "sign"): lambda t, l: [-t.BP2(l)],
    ("BP2", "sigma_prime_missing"): lambda t, l: [t.back(l)],
    ("BP2", "sigma_prime_at_a"): lambda t, l: [t.back(l) * t.prime(l, t.a[l])],
    ("BP2", "sigma_instead_of_sigma_prime"): lambda t, l: [t.back(l) * t.a[l]],
    ("BP2", "not_transposed"): not_transposed,
    ("BP2", "weights_of_wrong_layer"): weights_of_wrong_layer,
    ("BP2", "delta_of_wrong_layer"): delta_of_wrong_layer,
    ("BP2", "updated_weights"): updated_weights,
    ("BP3", "sign"): lambda t, l: [-t.BP3(l)],
    ("BP3", "mean_forgotten"): lambda t, l: [t.m * t.BP3(l)],
    ("BP3", "mean_twice"): lambda t, l: [t.BP3(l) / t.m],
    ("BP3", "last_sample_only"): lambda t, l: [t.delta[l][:, -1:], t.delta[l][:, -1:] / t.m],
    ("BP3", "delta_of_wrong_layer"): lambda t, l: [
        t.mean_b(l, t.delta[k]) for k in t.as_large(l) if k in t.delta
    ],
    ("BP3", "multiplied_by_a"): lambda t, l: [
        t.mean_b(l, t.delta[l] * t.a[k]) for k in (l, l - 1) if len(t.a[k]) == len(t.a[l])
    ],
    ("BP3", "not_summed"): lambda t, l: [t.delta[l], t.delta[l] / t.m],
    ("BP3", "lambda_on_bias"): with_penalty(lambda t, l: t.BP3(l) + t.l2 / t.m * t.b[l]),
    ("BP4", "sign"): lambda t, l: [-t.BP4(l), t.penalty(l) - t.mean_w(l)],
    ("BP4", "z_instead_of_a"): lambda t, l: (
        [t.mean_w(l, a=t.z[l - 1]) + t.penalty(l)] if l > 2 else []
    ),
    ("BP4", "a_of_wrong_layer"): lambda t, l: [
        t.mean_w(l, a=t.a[k]) + t.penalty(l) for k in t.as_large(l - 1)
    ],
    ("BP4", "delta_of_wrong_layer"): lambda t, l: [
        t.mean_w(l, t.delta[k]) + t.penalty(l) for k in t.as_large(l) if k in t.delta
    ],
    ("BP4", "transposed"): transposed,
    ("BP4", "mean_forgotten"): lambda t, l: [t.m * t.mean_w(l) + t.penalty(l), t.m * t.BP4(l)],
    ("BP4", "mean_twice"): lambda t, l: [t.mean_w(l) / t.m + t.penalty(l), t.BP4(l) / t.m],
    ("BP4", "last_sample_only"): lambda t, l: [
        factor * np.outer(t.delta[l][:, -1], t.a[l - 1][:, -1]) + t.penalty(l)
        for factor in (1, 1 / t.m)
    ],
    ("BP4", "lambda_forgotten"): with_penalty(lambda t, l: t.mean_w(l)),
    ("BP4", "lambda_not_divided"): with_penalty(lambda t, l: t.mean_w(l) + t.l2 * t.w[l]),
}


def counts(t):
    return [len(t.a[1]), t.a[1].size, len(t.y), t.y.size]


RARER = {
    ("BP1", "slope_of_sigmoid"): lambda t, l: (
        [] if t.sigma[l] == "softmax" else [t.nabla() * t.a[l] * (1 - t.a[l])]
    ),
    ("BP1", "brackets_missing"): lambda t, l: (
        [t.a[l] - t.y * t.prime(l)] if t.cost == "quadratic" and t.sigma[l] != "softmax" else []
    ),
    ("BP1", "mean_twice"): lambda t, l: [t.BP1(l) / t.m],
    ("BP1", "cost_forgotten"): elementwise(lambda t, l: t.prime(l)),
    ("BP1", "softmax_diagonal"): lambda t, l: (
        [(t.a[l] - t.y) * (t.a[l] - t.a[l] ** 2)]
        if (t.cost, t.sigma[l]) == ("quadratic", "softmax")
        else []
    ),
    ("BP2", "slope_of_sigmoid"): lambda t, l: [t.back(l) * (t.a[l] - t.a[l] ** 2)],
    ("BP2", "sigma_prime_of_wrong_layer"): lambda t, l: (
        [t.back(l) * t.prime(k) for k in t.as_large(l) if k > 1 and t.sigma[k] != "softmax"]
        + (
            []
            if t.sigma[l + 1] == "softmax"
            else [t.back(l, delta=t.delta[l + 1] * t.prime(l + 1))]
        )
    ),
    ("BP2", "weights_missing"): lambda t, l: (
        [t.delta[l + 1] * t.prime(l)] if len(t.delta[l + 1]) in (1, len(t.z[l])) else []
    ),
    ("BP2", "mean_twice"): lambda t, l: [t.BP2(l) / t.m],
    ("BP3", "first_sample_only"): lambda t, l: [t.delta[l][:, :1], t.delta[l][:, :1] / t.m],
    ("BP3", "wrong_m"): lambda t, l: [t.delta[l].sum(axis=1)[:, None] / n for n in counts(t)],
    ("BP3", "zero"): lambda t, l: [0 * t.b[l]],
    ("BP4", "first_sample_only"): lambda t, l: [
        factor * np.outer(t.delta[l][:, 0], t.a[l - 1][:, 0]) + t.penalty(l)
        for factor in (1, 1 / t.m)
    ],
    ("BP4", "wrong_m"): lambda t, l: [t.mean_w(l) * t.m / n + t.penalty(l) for n in counts(t)],
    ("BP4", "lambda_factor"): lambda t, l: (
        [t.mean_w(l) + factor * t.penalty(l) for factor in (-1, 0.5, 2)] if t.l2 else []
    ),
    ("BP4", "zero"): lambda t, l: [0 * t.w[l]],
}


def problem(sizes, hidden, objective, m, l2, *, seed=0):
    """Everything that `diagnose` wants, except for the student."""
    cost, output = objective
    net = random_network(sizes, seed=seed, activation=hidden, output_activation=output)
    return net, *random_batch(sizes, m, output=output, seed=seed), {"cost": cost, "l2": l2}


def places_of(equation, L):
    return [L] if equation == "BP1" else list(range(2, L + (equation != "BP2")))
