"""Training and validation cost of a network that reads digits, epoch by epoch, and its weights."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bpcore import SGD, Network, cost, forward, train
from bpcore.view.axes import Axes
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.pixels import SIDE, checked_pictures, pixels
from bpcore.view.style import number, svg, text_at

__all__ = ["explore_fitting"]

WIDTH, HEIGHT = 660, 374
EPOCHS = 200
HIGHEST = 3.0  # cost on the axis; ln 10 = 2.30 is that of ten equal outputs
AXES = Axes((0, EPOCHS), (0, HIGHEST), right=390)
LEFT, TOP, CELL, APART, ACROSS = 424, 48, 5, 6, 5  # px: of the weights; and neurons in a row
STOPS = {
    "samples": ("10", "30", "100", "300"),
    "hidden": ("1", "3", "10", "30"),
    "η": ("0.05", "0.2", "0.5", "1", "2"),
    "λ": ("0", "0.01", "0.03", "0.1", "0.3", "1"),
}
AT_FIRST = {"samples": "30", "hidden": "30", "η": "0.5", "λ": "0"}
LABELS = {
    "samples": "training samples",
    "hidden": "hidden neurons",
    "η": "learning rate η",
    "λ": "penalty λ",
}
LOOK_OF = {"training": "stroke: var(--bp-ink)", "validation": "stroke: var(--bp-purple)"}


class _Run(NamedTuple):
    """Before training and after each epoch, for the training and the validation set."""

    costs: np.ndarray  # (epochs + 1, 2), without the penalty
    right: np.ndarray  # (epochs + 1, 2), from 0 to 1
    weights: np.ndarray  # (epochs + 1, hidden, 64), those into the hidden neurons


def explore_fitting(
    x: ArrayLike, y: ArrayLike, x_validation: ArrayLike, y_validation: ArrayLike
) -> Explorable:
    """Train a network on the first few digits, again at each move, and watch both costs.

    The network has one hidden layer of tanh neurons and 10 softmax outputs; it is trained for 200
    epochs, in mini-batches of 10; of 30, if there are 300 samples.

    Parameters
    ----------
    x : array_like, shape (64, m)
        Digits, of which the first are the training set; m is at least 300.
    y : array_like, shape (10, m)
        Their targets.
    x_validation, y_validation : array_like, shapes (64, n) and (10, n)
        The validation set.

    Returns
    -------
    Explorable
        Its `controls`: "samples", "hidden", "η", "λ", each one of some stops, as text; "epoch",
        where the run is stopped, 0 to 200.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    sets = []
    for x_set, y_set, least in ((x, y, int(STOPS["samples"][-1])), (x_validation, y_validation, 1)):
        x_set = checked_pictures(x_set, "x")
        y_set = np.asarray(y_set, float)
        if y_set.shape != (10, x_set.shape[1]) or x_set.shape[1] < least:
            raise ValueError(
                f"x has shape {x_set.shape} and y {y_set.shape}; expected (64, m) and (10, m), "
                f"with m at least {least}"
            )
        sets.append((x_set, y_set))

    @lru_cache(maxsize=32)
    def run(samples: str, hidden: str, eta: str, lam: str) -> _Run:
        seen = tuple(v[:, : int(samples)] for v in sets[0])
        return _trained(seen, sets[1], int(hidden), float(eta), float(lam))

    def look(values: dict[str, Any]) -> Look:
        found = run(*(values[name] for name in STOPS))
        words = _words(values, found)
        title = "Cost of the training and of the validation set against the epoch, and the weights"
        return Look(svg(WIDTH, HEIGHT, title, words, _picture(found, values["epoch"])), words)

    stops = {n: Choice(LABELS[n], STOPS[n], AT_FIRST[n], "range") for n in STOPS}
    epoch = Slider("stop after epoch", EPOCHS, 0, EPOCHS, 1, decimals=0)
    return Explorable({**stops, "epoch": epoch}, look)


def _trained(seen: tuple, others: tuple, hidden: int, eta: float, lam: float) -> _Run:
    """Train, and note after each epoch how far the network is."""
    net = Network([SIDE**2, hidden, 10], activation="tanh", output_activation="softmax")
    costs, right, weights = [], [], []

    def note(_: int, net: Network) -> None:
        costs.append([cost(net, *each, cost="cross_entropy") for each in (seen, others)])
        answers = [forward(net, x).a[net.L].argmax(axis=0) for x, _ in (seen, others)]
        truths = [y.argmax(axis=0) for _, y in (seen, others)]
        right.append([np.mean(a == t) for a, t in zip(answers, truths, strict=True)])
        weights.append(net.w.arrays[2].astype(np.float32))

    options = {
        "cost": "cross_entropy",
        "epochs": EPOCHS,
        "batch_size": max(10, seen[0].shape[1] // 10),
        "l2": lam,
    }
    train(net, *seen, optimizer=SGD(eta), after_epoch=note, **options)
    return _Run(np.array(costs), np.array(right), np.array(weights))


def _words(values: Mapping[str, Any], run: _Run) -> str:
    epoch, best = values["epoch"], int(run.costs[:, 1].argmin())
    settings = (
        f"{values['samples']} training samples, {values['hidden']} hidden "
        f"neuron{'s' * (values['hidden'] != '1')}, η = {values['η']}, λ = {values['λ']}"
    )
    now = ", ".join(
        f"{name} cost {number(c, 3)} ({r:.0%} right)"
        for name, c, r in zip(LOOK_OF, run.costs[epoch], run.right[epoch], strict=True)
    )
    return (
        f"{settings}. After {epoch} epoch{'s' * (epoch != 1)}: {now}. The validation cost is "
        f"lowest after {best} epochs: {number(run.costs[best, 1], 3)} "
        f"({run.right[best, 1]:.0%} right)."
    )


def _picture(run: _Run, epoch: int) -> str:
    ticks = {value: str(value) for value in range(0, EPOCHS + 1, 50)}
    parts = [AXES.frame(ticks, {v: str(v) for v in range(4)}, "epoch", "cost C, without penalty")]
    curves, key = "", ""
    for column, (name, colour) in enumerate(LOOK_OF.items()):
        dash = "; stroke-dasharray: 7 4" * (name == "validation")
        style = f'style="{colour}; stroke-width: 2.4{dash}"'
        curves += AXES.path(enumerate(run.costs[:, column]), style)
        y = 34 + 20 * column
        c = run.costs[epoch, column]
        said = name if c <= HIGHEST else f"{name}: {number(c, 3)} ↑"  # above the picture
        key += f'<path {style} d="M236 {y}h36"/>' + text_at(280, y + 5, said, "left")
    best = int(run.costs[:, 1].argmin())
    lowest = run.costs[best, 1]
    curves += (
        f'<path class="ink" d="M{AXES.x(best):.1f} {AXES.y(lowest) + 4:.1f}v14m-4 -8l4 -6l4 6"/>'
    )
    height = min(run.costs[epoch, 1], HIGHEST)
    parts += [AXES.inside(curves), key]
    parts.append(AXES.ball(epoch, height, "epoch", "the epoch at which training stops"))
    parts.append(text_at(LEFT, 22, "weights of each hidden neuron", "left"))
    parts.append(text_at(LEFT, 39, "blue +, orange −", "left muted"))
    pitch = SIDE * CELL + APART
    parts.append(
        pixels(
            (w, LEFT + pitch * (j % ACROSS), TOP + pitch * (j // ACROSS), CELL)
            for j, w in enumerate(run.weights[epoch])
        )
    )
    return "".join(parts)
