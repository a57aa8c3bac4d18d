"""The time of training on handwritten digits: `bp.train` beside other programs that take its steps.

All three train 64-30-10, sigmoid and softmax, by plain descent on the cross-entropy, in shuffled
batches. They take turns, on one thread, and processor time is counted. Prints one table and writes
it, with the machine's description, to results/training.json.
"""

import json
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from machine import machine, origin
from peers import by_turns
from threadpoolctl import threadpool_limits

import bpcore as bp

RESULT = Path(__file__).parent / "results" / "training.json"
SIZES, EPOCHS, LR = [64, 30, 10], 10, 0.5
BATCH_SIZES = (10, 32)


def network() -> bp.Network:
    return bp.Network(SIZES, output_activation="softmax")


def bpcore(x: np.ndarray, y: np.ndarray, batch_size: int) -> Callable:
    def train():
        net = network()
        options = dict(cost="cross_entropy", batch_size=batch_size, epochs=EPOCHS)
        return net, bp.train(net, x, y, optimizer=bp.SGD(lr=LR), **options).cost

    return train


def plain(x: np.ndarray, y: np.ndarray, batch_size: int) -> Callable:
    """Two layers written out, with nothing checked and nothing kept."""
    m = x.shape[1]

    def forward(x, w2, b2, w3, b3):
        a2 = 1 / (1 + np.exp(-(w2 @ x + b2)))
        e = np.exp(w3 @ a2 + b3)
        return a2, e / e.sum(axis=0)

    def train():
        net, rng = network(), np.random.default_rng(0)
        w2, b2, w3, b3 = net.w[2].copy(), net.b[2].copy(), net.w[3].copy(), net.b[3].copy()
        costs = []
        for epoch in range(EPOCHS + 1):
            if epoch:
                order = rng.permutation(m)
                for first in range(0, m, batch_size):
                    batch = order[first : first + batch_size]
                    x_, y_ = x[:, batch], y[:, batch]
                    a2, a3 = forward(x_, w2, b2, w3, b3)
                    d3 = (a3 - y_) / len(batch)
                    d2 = (w3.T @ d3) * a2 * (1 - a2)
                    w3 -= LR * d3 @ a2.T
                    b3 -= LR * d3.sum(axis=1, keepdims=True)
                    w2 -= LR * d2 @ x_.T
                    b2 -= LR * d2.sum(axis=1, keepdims=True)
            costs.append(-(y * np.log(forward(x, w2, b2, w3, b3)[1])).sum() / m)
        net.w[2], net.b[2], net.w[3], net.b[3] = w2, b2, w3, b3
        return net, costs

    return train


def scikit_learn(x: np.ndarray, y: np.ndarray, batch_size: int) -> Callable:
    from sklearn.neural_network import MLPClassifier

    samples, labels = np.ascontiguousarray(x.T), y.argmax(axis=0)

    def train():
        learner = MLPClassifier(
            hidden_layer_sizes=SIZES[1:-1],
            activation="logistic",
            solver="sgd",
            momentum=0,
            alpha=0,
            batch_size=batch_size,
            learning_rate_init=LR,
            max_iter=EPOCHS,
            n_iter_no_change=EPOCHS,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that ten epochs are few
            return learner.fit(samples, labels)

    return train


def check(ours: Callable, theirs: Callable) -> None:
    """Refuse to time a program that takes other steps."""
    (net, costs), (their_net, their_costs) = ours(), theirs()
    np.testing.assert_allclose(costs, their_costs, rtol=1e-8)
    for l in net.w:
        np.testing.assert_allclose(net.w[l], their_net.w[l], rtol=1e-6, atol=1e-8)


def main() -> None:
    if find_spec("sklearn") is None:
        print("scikit-learn is not installed: pip install -e '.[peers]'", file=sys.stderr)
        return
    x, y = bp.examples.digits()
    timings = []
    with threadpool_limits(limits=1):
        for batch_size in BATCH_SIZES:
            ours = bpcore(x, y, batch_size)
            check(ours, plain(x, y, batch_size))
            for name, peer in (("plain matrix code", plain), ("scikit-learn", scikit_learn)):
                timing = by_turns(ours, peer(x, y, batch_size))
                timings.append({"batch": batch_size, "beside": name, **timing})
        described = machine()
    print(f"\nTime of {EPOCHS} epochs on {x.shape[1]} digits, {SIZES}; one thread.\n")
    print(table(timings))
    result = {**described, **origin(), "scikit-learn": version("scikit-learn"), "timings": timings}
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


def table(timings: list[dict]) -> str:
    head = f"{'batch':>5} {'beside':>18} {'bpcore, ms':>11} {'peer, ms':>9} {'bpcore / peer':>14}"
    lines = [
        f"{t['batch']:5} {t['beside']:>18} {t['bpcore'] * 1e3:11.1f} {t['peer'] * 1e3:9.1f} "
        f"{1 / t['ratio']:14.2f}"
        for t in timings
    ]
    return "\n".join([head, *lines])


if __name__ == "__main__":
    main()
