"""Independent oracles, written from the definitions, and the networks to hold against them.

Of bpcore only `Network` is used, to build networks; the oracles read net.w[l] and net.b[l].
"""

import decimal
import itertools
from decimal import Decimal

import autograd
import autograd.numpy as anp
import numpy as np

import bpcore as bp

decimal.getcontext().prec = 60

HIDDEN = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "linear"]
# Every cost with every output activation it goes with.
OBJECTIVES = [
    *(("quadratic", output) for output in [*HIDDEN, "softmax"]),
    ("cross_entropy", "sigmoid"),
    ("cross_entropy", "softmax"),
]

# a(z) and da/dz of one number, in 60 digits.
EXACT = {
    "sigmoid": (
        lambda z: 1 / (1 + (-z).exp()),
        lambda z: 1 / ((z / 2).exp() + (-z / 2).exp()) ** 2,
    ),
    "tanh": (
        lambda z: (z.exp() - (-z).exp()) / (z.exp() + (-z).exp()),
        lambda z: 4 / (z.exp() + (-z).exp()) ** 2,
    ),
    "relu": (lambda z: max(z, Decimal(0)), lambda z: Decimal(z > 0)),
    "leaky_relu": (
        lambda z: z if z > 0 else z / 100,
        lambda z: Decimal(1) if z > 0 else Decimal(1) / 100,
    ),
    "elu": (lambda z: z if z > 0 else z.exp() - 1, lambda z: Decimal(1) if z > 0 else z.exp()),
    "linear": (lambda z: z, lambda z: Decimal(1)),
}

# The same functions, and softmax, of one sample's z as autograd sees them.
TRACED = {
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1),
    "linear": lambda z: z,
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z)),
}


def random_network(sizes, *, seed=0, dtype=np.float64, **activations):
    """A network none of whose biases is zero, so that no mistake in them can hide."""
    rng = np.random.default_rng([seed, *sizes])
    net = bp.Network(sizes, dtype=dtype, **activations)
    for l in net.w:
        net.w[l] = rng.normal(size=net.w[l].shape) / np.sqrt(net.w[l].shape[1])
        net.b[l] = rng.normal(size=net.b[l].shape)
    return net


def random_batch(sizes, m, *, output="sigmoid", seed=0):
    """Inputs, and targets within (0, 1); for softmax each column of targets sums to 1."""
    rng = np.random.default_rng([seed, m, *sizes])
    x, y = rng.normal(size=(sizes[0], m)), rng.uniform(0.05, 0.95, size=(sizes[-1], m))
    return x, y / y.sum(axis=0) if output == "softmax" else y


def random_problem(sizes, m, *, hidden="sigmoid", output="sigmoid", seed=0):
    """A network and a batch for it."""
    net = random_network(sizes, seed=seed, activation=hidden, output_activation=output)
    return net, *random_batch(sizes, m, output=output, seed=seed)


def flat(gradient):
    """All ∂C/∂w, then all ∂C/∂b, in one row."""
    return np.concatenate([g[l].ravel() for g in (gradient.w, gradient.b) for l in sorted(g)])


def distance(left, right):
    """‖left − right‖ relative to ‖right‖; 0 if both are zero."""
    difference = np.linalg.norm(left - right)
    return difference / np.linalg.norm(right) if difference else 0.0


def _traced_cost(parameters, x, y, hidden, output, cost, l2):
    w, b = parameters
    total = 0.0
    for x_i, y_i in zip(x.T, y.T, strict=True):
        a = x_i
        for w_l, b_l in zip(w[:-1], b[:-1], strict=True):
            a = TRACED[hidden](anp.dot(w_l, a) + b_l)
        a = TRACED[output](anp.dot(w[-1], a) + b[-1])
        if cost == "quadratic":
            total = total + anp.sum((y_i - a) ** 2) / 2
        elif output == "softmax":
            total = total - anp.sum(y_i * anp.log(a))
        else:
            total = total - anp.sum(y_i * anp.log(a) + (1 - y_i) * anp.log(1 - a))
    return (total + l2 / 2 * sum(anp.sum(w_l**2) for w_l in w)) / x.shape[1]


def _parameters(net):
    layers = sorted(net.w)
    return [net.w[l] for l in layers], [net.b[l][:, 0] for l in layers]


def autograd_cost(net, x, y, **definition):
    """The mean cost; `definition` is hidden, output, cost and l2."""
    return _traced_cost(_parameters(net), x, y, **definition)


def autograd_gradient(net, x, y, **definition):
    """All derivatives of the mean cost, in the order of `flat`."""
    dC_dw, dC_db = autograd.grad(_traced_cost)(_parameters(net), x, y, **definition)
    return np.concatenate([g.ravel() for g in (*dC_dw, *dC_db)])


def loop_gradient(net, x, y, *, hidden, output, cost):
    """BP1 to BP4 of one sample, neuron by neuron, in 60 digits: ∂C/∂w, ∂C/∂b and δ by layer."""
    exact = np.vectorize(Decimal, otypes=[object])
    w = {l: exact(net.w[l]) for l in net.w}
    b = {l: exact(net.b[l][:, 0]) for l in net.b}
    L, z, a = max(w), {}, {1: exact(x)}
    y = exact(y)
    for l in w:
        rows, cols = range(w[l].shape[0]), range(w[l].shape[1])
        z[l] = [sum(w[l][j, k] * a[l - 1][k] for k in cols) + b[l][j] for j in rows]
        if l == L and output == "softmax":
            a[l] = [z_j.exp() / sum(z_k.exp() for z_k in z[l]) for z_j in z[l]]
        else:
            a[l] = [EXACT[output if l == L else hidden][0](z_j) for z_j in z[l]]

    def dC_da(k):
        if cost == "quadratic":
            return a[L][k] - y[k]
        if output == "softmax":
            return -y[k] / a[L][k]
        return (1 - y[k]) / (1 - a[L][k]) - y[k] / a[L][k]

    def da_dz(k, j):
        if output == "softmax":
            return a[L][k] * ((k == j) - a[L][j])
        return EXACT[output][1](z[L][j]) if k == j else 0

    outputs = range(len(y))
    delta = {L: [sum(dC_da(k) * da_dz(k, j) for k in outputs) for j in outputs]}
    for l in range(L - 1, 1, -1):
        delta[l] = [
            sum(w[l + 1][k, j] * delta[l + 1][k] for k in range(len(delta[l + 1])))
            * EXACT[hidden][1](z[l][j])
            for j in range(len(z[l]))
        ]
    dC_dw = {l: np.empty(w[l].shape) for l in w}
    for l in w:
        for j, k in itertools.product(*map(range, w[l].shape)):
            dC_dw[l][j, k] = delta[l][j] * a[l - 1][k]
    delta = {l: np.array(delta[l], dtype=float)[:, np.newaxis] for l in w}
    return bp.Gradient(dC_dw, delta, delta)
