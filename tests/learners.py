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
    numbers = [len(t.a[1]), t.a[1].size, len(t.y), t.y.size]
    return [n for n in numbers if n not in (1, t.m)]


def slope_of_a_at_z(t, l):
    z = t.z[l]
    return {"sigmoid": [z - z * z], "tanh": [1 - z * z]}.get(t.sigma[l], [])


def slope_of_another(t, l):
    """Those of tanh, ReLU and ELU in a layer that has another one."""
    name, z, a = t.sigma[l], t.z[l], t.a[l]
    slopes = {
        "tanh": [1 - np.tanh(z) ** 2, 1 - a * a],
        "relu": [(z > 0).astype(float)],
        "leaky_relu": [np.where(z > 0, 1, 0.01)],
        "elu": [np.where(z > 0, 1, np.exp(z))],
    }
    wrong = [slope for other, each in slopes.items() for slope in each if other != name]
    return [slope for slope in wrong if np.ptp(slope) > 0]


def miswritten(t, l):
    z, a = t.z[l], t.a[l]
    s = SIGMA["sigmoid"]
    return {
        "sigmoid": [1 - a, a + a * a, s(a) * (1 - a), a * (1 - z), (1 - a) * z, 1 - a * a],
        "tanh": [1 + a * a, 1 - a, (1 - a) ** 2, 1 / np.cosh(z), 1 / (1 + z * z)],
        "leaky_relu": [np.where(z > 0, 1, -0.01), np.where(z > 0, 1, 0.2)],
    }.get(t.sigma[l], [])


def slope_of_layer_with(t, l):
    others = [k for k in t.as_large(l) if k > 1 and t.sigma[k] != "softmax"]
    return [t.prime(k) for k in others]


def in_both(slopes):
    """In BP1 and in BP2, a slope that stands in the place of σ′."""
    return {
        ("BP1", slopes[0]): lambda t, l: (
            [] if t.sigma[l] == "softmax" else [t.nabla() * slope for slope in slopes[1](t, l)]
        ),
        ("BP2", slopes[0]): lambda t, l: [t.back(l) * slope for slope in slopes[1](t, l)],
    }


def from_error(t, error):
    """BP1, if this stands where a − y belongs."""
    if t.cost == "cross_entropy":
        return error
    if t.sigma[t.L] == "softmax":
        a = t.a[t.L]
        return np.array(
            [sum(error[k] * a[k] * ((k == j) - a[j]) for k in range(len(a))) for j in range(len(a))]
        )
    return error * t.prime(t.L)


def of_errors(wrong):
    return lambda t, l: [from_error(t, each) for each in wrong(t, t.a[l] - t.y, t.a[l].shape)]


def one_number_for_all(t, error, shape):
    rows = [np.ones(shape) * np.mean(row) for row in [error]]
    of_neurons = np.outer(error.sum(axis=1) / t.m, np.ones(t.m))
    of_samples = np.outer(np.ones(shape[0]), error.sum(axis=0) / shape[0])
    return [*rows, of_neurons, of_samples, t.m * of_neurons]


def broadcast(t, l):
    if len(t.y) > 1:
        return []
    table = t.a[l].T - t.y  # as (m, 1) − (m,) gives it
    return [from_error(t, each[np.newaxis]) for each in (table.mean(axis=1), table.sum(axis=1))]


def raw(t, l):
    """The error goes back through the weights alone, without any σ′."""
    error = t.nabla()
    for k in range(t.L, l, -1):
        error = t.w[k].T @ error
    ways = [error * t.prime(l)]
    if l + 1 < t.L:
        ways.append((t.w[l + 1].T @ t.w[l + 2].T @ t.delta[l + 2]) * t.prime(l))
    return ways


def shares(t, l):
    w = t.w[l + 1]
    parts = [np.array([row / size(row) for row in w]) for size in (sum, lambda r: sum(abs(r)))]
    return [t.back(l, part) * t.prime(l) for part in parts]


def with_bias_row(t, l):
    theta = np.column_stack([t.b[l + 1], t.w[l + 1]])
    everything = theta.T @ t.delta[l + 1]
    kept = [everything[:-1], np.array([*everything[:1], *everything[2:]])]
    return [each * t.prime(l) for each in kept]


def relu_of_signal(t, l):
    signal = t.back(l)
    ways = [SIGMA[t.sigma[l]](signal)]
    if t.sigma[l] == "relu":
        ways.append(np.where(t.z[l] > 0, np.where(signal > 0, signal, 0), 0))
    return ways


def signal_of(t, l):
    return t.nabla() if l == t.L else t.back(l)


def twice(t, l):
    return t.delta[l] * (0 * t.delta[l] + 1 if t.sigma[l] == "softmax" else t.prime(l))


def sums_of_squares(t, l):
    return [1, (t.w[l] ** 2).sum(), sum((w**2).sum() for w in t.w.values())]


RARER = {
    ("BP1", "slope_of_sigmoid"): lambda t, l: (
        [] if t.sigma[l] == "softmax" else [t.nabla() * t.a[l] * (1 - t.a[l])]
    ),
    ("BP1", "brackets_missing"): lambda t, l: (
        [t.a[l] - t.y * t.prime(l)] if t.cost == "quadratic" and t.sigma[l] != "softmax" else []
    ),
    ("BP1", "mean_twice"): lambda t, l: [t.BP1(l) / t.m],
    ("BP1", "mean_over_outputs"): lambda t, l: [t.BP1(l) / len(t.y)],
    ("BP1", "cost_forgotten"): elementwise(lambda t, l: t.prime(l)),
    ("BP1", "learning_rate"): lambda t, l: [eta * t.BP1(l) for eta in (0.1, 0.01)],
    ("BP1", "slope_at_target"): lambda t, l: (
        [t.nabla() * (t.y - t.y**2), t.nabla() * sigma_prime("sigmoid", t.y)]
        if t.sigma[l] == "sigmoid"
        else []
    ),
    ("BP1", "softmax_diagonal"): lambda t, l: (
        [t.nabla() * (t.a[l] - t.a[l] ** 2)] if t.sigma[l] == "softmax" else []
    ),
    ("BP1", "slope_not_needed"): lambda t, l: (
        [(t.a[l] - t.y) * (t.a[l] - t.a[l] ** 2)]
        if (t.cost, t.sigma[l]) == ("cross_entropy", "softmax")
        else []
    ),
    ("BP1", "target_forgotten"): of_errors(lambda t, e, shape: [e + t.y]),
    ("BP1", "error_without_sign"): of_errors(
        lambda t, e, shape: [
            e * e,
            e * e / 2,
            *([np.sqrt(e * e)] if (e > 0).any() and (e < 0).any() else []),
            np.ones(shape) * [sum(e[:, i] ** 2) / 2 for i in range(t.m)],
        ]
    ),
    ("BP1", "error_averaged"): of_errors(one_number_for_all),
    ("BP1", "targets_broadcast"): broadcast,
    ("BP1", "half_of_cross_entropy"): lambda t, l: (
        [-t.y * (1 - t.a[l]), (1 - t.y) * t.a[l], -t.y * (1 - t.a[l]) - (1 - t.y) * t.a[l]]
        if (t.cost, t.sigma[l]) == ("cross_entropy", "sigmoid")
        else []
    ),
    ("BP1", "softmax_table_of_z"): lambda t, l: (
        [
            np.array(
                [
                    sum(t.nabla()[k] * t.z[l][k] * ((k == j) - t.z[l][j]) for k in range(len(t.y)))
                    for j in range(len(t.y))
                ]
            )
        ]
        if t.sigma[l] == "softmax"
        else []
    ),
    ("BP1", "slope_of_error"): lambda t, l: (
        [(t.a[l] - t.y) * (1 - t.a[l] + t.y)] if t.sigma[l] in ("sigmoid", "tanh") else []
    ),
    **in_both(("slope_of_a_at_z", slope_of_a_at_z)),
    **in_both(("slope_of_another_activation", slope_of_another)),
    **in_both(("slope_miswritten", miswritten)),
    **in_both(
        (
            "sigma_prime_twice",
            lambda t, l: (
                [t.prime(l) * t.prime(l)]
                if t.sigma[l] in ("sigmoid", "tanh", "elu")
                and (l < t.L or t.cost == "quadratic")  # else it is the δ of the other cost
                else []
            ),
        )
    ),
    **in_both(("sigma_prime_of_wrong_layer", slope_of_layer_with)),
    ("BP2", "slope_of_sigmoid"): lambda t, l: [t.back(l) * (t.a[l] - t.a[l] ** 2)],
    ("BP2", "sigma_prime_inside"): lambda t, l: (
        []
        if t.sigma[l + 1] == "softmax" or np.all(t.prime(l + 1) == 1)
        else [t.back(l, delta=t.delta[l + 1] * t.prime(l + 1))]
    ),
    ("BP2", "weights_missing"): lambda t, l: (
        ([t.delta[l + 1] * t.prime(l)] if len(t.delta[l + 1]) in (1, len(t.z[l])) else [])
        + ([sum(t.delta[l + 1]) * t.prime(l)] if len(t.delta[l + 1]) > 1 else [])
    ),
    ("BP2", "delta_missing"): lambda t, l: [np.outer(sum(t.w[l + 1]), np.ones(t.m)) * t.prime(l)],
    ("BP2", "learning_rate"): lambda t, l: [eta * t.BP2(l) for eta in (0.1, 0.01)],
    ("BP2", "signal_of_wrong_layer"): lambda t, l: [
        t.back(k) * t.prime(l) for k in t.as_large(l) if l < k < t.L
    ],
    ("BP2", "mean_over_neurons"): lambda t, l: (
        [t.back(l, delta=t.delta[l + 1] / len(t.delta[l + 1])) * t.prime(l)]
        if len(t.delta[l + 1]) > 1
        else []
    ),
    ("BP2", "matrix_for_elementwise"): lambda t, l: (
        [np.dot(t.back(l), np.ones((t.m, t.m)) - np.dot(t.a[l].T, t.a[l]))]
        if t.sigma[l] == "tanh"
        else []
    ),
    ("BP2", "signal_missing"): lambda t, l: [t.prime(l)],
    ("BP2", "activation_sent_back"): lambda t, l: [
        t.back(l, delta=sent) * t.prime(l) for sent in (t.a[l + 1], t.z[l + 1])
    ],
    ("BP2", "mean_twice"): lambda t, l: [t.BP2(l) / t.m],
    ("BP2", "raw_error"): raw,
    ("BP2", "bias_row"): with_bias_row,
    ("BP2", "error_split"): shares,
    ("BP2", "hidden_target"): lambda t, l: (
        [(t.a[l] - t.y) * t.prime(l)] if len(t.y) in (1, len(t.z[l])) else []
    ),
    ("BP2", "averaged_too_early"): lambda t, l: [
        t.back(l, delta=np.outer(t.delta[l + 1].sum(axis=1), np.ones(t.m)) / n) * t.prime(l)
        for n in (1, t.m)
    ],
    ("BP2", "sigma_of_signal"): relu_of_signal,
    ("BP3", "first_sample_only"): lambda t, l: [t.delta[l][:, :1], t.delta[l][:, :1] / t.m],
    ("BP3", "wrong_m"): lambda t, l: [t.delta[l].sum(axis=1)[:, None] / n for n in counts(t)],
    ("BP3", "multiplied_by_b"): lambda t, l: [t.mean_b(l) * t.b[l]],
    ("BP3", "signal_instead_of_delta"): lambda t, l: [t.mean_b(l, signal_of(t, l))],
    ("BP3", "sigma_prime_twice"): lambda t, l: [t.mean_b(l, twice(t, l))],
    ("BP3", "summed_over_neurons"): lambda t, l: [
        np.full(t.b[l].shape, sum(map(sum, t.delta[l].tolist())) / n)
        for n in (t.m, t.m * len(t.b[l]))
    ],
    ("BP3", "zero"): lambda t, l: [0 * t.b[l]],
    ("BP4", "first_sample_only"): lambda t, l: [
        factor * np.outer(t.delta[l][:, 0], t.a[l - 1][:, 0]) + t.penalty(l)
        for factor in (1, 1 / t.m)
    ],
    ("BP4", "wrong_m"): lambda t, l: [t.mean_w(l) * t.m / n + t.penalty(l) for n in counts(t)],
    ("BP4", "signal_instead_of_delta"): lambda t, l: [t.mean_w(l, signal_of(t, l)) + t.penalty(l)],
    ("BP4", "sigma_prime_twice"): lambda t, l: [t.mean_w(l, twice(t, l)) + t.penalty(l)],
    ("BP4", "a_missing"): lambda t, l: [
        np.outer(t.mean_b(l), np.ones(len(t.a[l - 1]))) + t.penalty(l)
    ],
    ("BP4", "sigma_of_a"): lambda t, l: (
        [
            t.mean_w(l, a=SIGMA[t.sigma[l - 1]](t.a[l - 1])) + t.penalty(l),
            t.mean_w(l, a=t.prime(l - 1)) + t.penalty(l),
        ]
        if l > 2
        else []
    ),
    ("BP4", "product_of_means"): lambda t, l: [
        n * np.outer(t.delta[l].sum(axis=1), t.a[l - 1].sum(axis=1)) / t.m**2 + t.penalty(l)
        for n in (1, t.m)
    ],
    ("BP4", "multiplied_by_w"): lambda t, l: [t.mean_w(l) * t.w[l] + t.penalty(l)],
    ("BP4", "one_number"): lambda t, l: [
        np.full(t.w[l].shape, np.sum(t.delta[l] * t.a[k]) / t.m) + t.penalty(l)
        for k in (l, l - 1)
        if len(t.a[k]) == len(t.delta[l])
    ],
    ("BP4", "lambda_factor"): lambda t, l: (
        [t.mean_w(l) + factor * t.penalty(l) for factor in (-1, 0.5, 2)] if t.l2 else []
    ),
    ("BP4", "lambda_constant"): lambda t, l: [
        t.mean_w(l) + t.l2 / n * total
        for total in sums_of_squares(t, l)
        for n in (1, t.m, 2 * t.m)
        if t.l2
    ],
    ("BP4", "lambda_derivative"): lambda t, l: [
        t.mean_w(l) + t.l2 / t.m * wrong
        for wrong in (t.w[l] ** 2, np.sign(t.w[l]), t.w[l] ** 2 / 2)
        if t.l2
    ],
    ("BP4", "zero"): lambda t, l: [0 * t.w[l]],
}


def problem(sizes, hidden, objective, m, l2, *, seed=0):
    """Everything that `diagnose` wants, except for the student."""
    cost, output = objective
    net = random_network(sizes, seed=seed, activation=hidden, output_activation=output)
    return net, *random_batch(sizes, m, output=output, seed=seed), {"cost": cost, "l2": l2}


def places_of(equation, L):
    return [L] if equation == "BP1" else list(range(2, L + (equation != "BP2")))
