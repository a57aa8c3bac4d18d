"""Networks and data for the collected mistakes; every case builds the same problem each time."""

import hashlib

import numpy as np

import bpcore as bp


# The learners' own activation functions; one column is one sample.
def sig(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


def leaky(z):
    return np.where(z > 0, z, 0.01 * z)


def softmax(z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def rows(d):
    """Sum over the samples, kept as a column."""
    return d.sum(axis=1, keepdims=True)


def healthy(net, x):
    """Not saturated; every rectifier works for some sample and rests for another."""
    a = x
    for l in range(2, net.L + 1):
        z = net.w[l] @ a + net.b[l]
        name = net.sigma[l].name
        if name in ("sigmoid", "tanh"):
            if np.abs(z).max() > (4 if name == "sigmoid" else 2.5):
                return False
            if l == net.L and z.size > 3 and np.ptp(np.abs(z)) < 1:  # slopes that differ
                return False
        if name in ("relu", "leaky_relu"):
            on = z > 0
            if z.shape[1] > 1 and not (on.any(axis=1).all() and 0.25 < on.mean() < 0.8):
                return False
            if np.abs(z).min() < 1e-3:  # away from the kink
                return False
        a = net.sigma[l](z)
    return True


def build(case):
    """Return net, x, y and the keywords for `bp.backprop` of this case; always the same."""
    seed = int(hashlib.md5(case["id"].encode()).hexdigest()[:6], 16)
    rng = np.random.default_rng(seed)
    sizes, m, out = case["sizes"], case["m"], case["output_activation"]
    net = bp.Network(sizes, activation=case["activation"], output_activation=out, seed=seed)
    for _ in range(10_000):
        for l in range(2, net.L + 1):
            net.w[l] = rng.normal(size=net.w[l].shape) * 1.6 / np.sqrt(sizes[l - 2])
            net.b[l] = rng.normal(size=net.b[l].shape) * 0.5
        x = rng.normal(size=(sizes[0], m))
        if healthy(net, x):
            break
    else:
        raise RuntimeError(f"no healthy network for {case['id']}")
    if out == "softmax":
        y = np.eye(sizes[-1])[:, rng.permutation(np.arange(m) % sizes[-1])]
    elif case["cost"] == "cross_entropy":
        y = (rng.random((sizes[-1], m)) < 0.5).astype(float)
    elif out == "sigmoid":
        y = rng.uniform(0.05, 0.95, size=(sizes[-1], m))
    elif out == "tanh":
        y = rng.uniform(-0.8, 0.8, size=(sizes[-1], m))
    elif out == "relu":
        y = rng.uniform(0, 1.5, size=(sizes[-1], m))
    else:
        y = rng.normal(size=(sizes[-1], m))
    return net, x, y, {"cost": case["cost"], "l2": case["l2"]}
