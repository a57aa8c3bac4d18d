"""Training as a picture: what a network of two inputs answers, and its cost, after each epoch."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, forward
from bpcore.view.axes import handle, knob
from bpcore.view.explorable import Explorable, Look, Run, Slider
from bpcore.view.shading import shaded_square
from bpcore.view.style import number, svg

__all__ = ["explore_epochs"]

WIDTH, HEIGHT, TOP, SIDE = 660, 366, 30, 280  # px; SIDE is that of the square of answers
BOTTOM = TOP + SIDE
SQUARE, CURVE, RIGHT = 46, 408, 640  # px from the left: of the square, and of the curve's ends
HIGHEST = 260  # px, the largest cost on the curve
REACH = (-0.2, 1.2)  # of both inputs
PICTURES = 180  # of the whole training: about 6 s


def explore_epochs(
    nets: Sequence[Network], costs: Sequence[float], x: ArrayLike, y: ArrayLike
) -> Explorable:
    """Show what a network answered after each epoch, and let the training run again.

    Parameters
    ----------
    nets : sequence of Network
        The network before training and after each epoch; 2 inputs, 1 output.
    costs : sequence of float
        As many.
    x : array_like, shape (2, m)
        The samples that are drawn, with coordinates from −0.2 to 1.2.
    y : array_like, shape (1, m)
        Their targets, 0 or 1.

    Returns
    -------
    Explorable
        Its `controls`: "epoch", "play".

    Raises
    ------
    ValueError
        If there are not as many costs as networks, or none.
    """
    if len(nets) != len(costs) or not nets:
        raise ValueError(
            f"there are {len(nets)} networks and {len(costs)} costs; expected as many, and some"
        )
    x, y = np.asarray(x, float), np.asarray(y, float)
    last = len(nets) - 1
    frame = _square_frame() + _curve(costs)

    def look(values: dict[str, Any]) -> Look:
        epoch = values["epoch"]
        net = nets[epoch]
        a = forward(net, x).a[net.L]
        right = int(((a > 0.5) == (y > 0.5)).sum())
        answers = ", ".join(
            f"({number(i)}, {number(j)}) → {number(answer, 2)}"
            for i, j, answer in zip(*x, a[0], strict=True)
        )
        words = (
            f"After {epoch} epoch{'s' * (epoch != 1)}: cost {number(costs[epoch], 3)}, "
            f"{right} of {y.size} on the right side of 0.5. {answers}."
        )
        title = "What the network answers for every input, and its cost against the epoch"
        shades = shaded_square(lambda p: forward(net, p).a[net.L], REACH, SQUARE, TOP, SIDE)
        body = shades + frame + _samples(x, y, a) + _knob(costs, epoch)
        return Look(svg(WIDTH, HEIGHT, title, words, body), words)

    def play() -> None:
        now = explorable.values["epoch"]
        epoch = 0 if now == last else min(now + ceil(last / PICTURES), last)
        explorable.set({"epoch": epoch, "play": epoch < last})

    controls = {
        "epoch": Slider("epoch", 0, 0, last, 1, decimals=0),
        "play": Run("play", "stop", play),
    }
    explorable = Explorable(controls, look)
    return explorable


def _place(i: float, j: float) -> tuple[float, float]:
    """Convert two inputs to a place on the square, in px."""
    scale = SIDE / (REACH[1] - REACH[0])
    return SQUARE + scale * (i - REACH[0]), BOTTOM - scale * (j - REACH[0])


def _square_frame() -> str:
    middle, height = SQUARE + SIDE / 2, TOP + SIDE / 2
    parts = [
        f'<path d="M{SQUARE} {TOP}h{SIDE}v{SIDE}h-{SIDE}z"/>',
        f'<text x="{middle}" y="20">answer a for every input</text>',
        f'<text x="{middle}" y="{BOTTOM + 34}">input 1</text>',
        f'<text x="14" y="{height}" transform="rotate(-90 14 {height})">input 2</text>',
        f'<text class="muted" x="{middle}" y="{BOTTOM + 52}">'
        "blue: above 0.5, orange stripes: below</text>",
    ]
    for value in (0, 1):
        x, y = _place(value, value)
        parts.append(f'<path d="M{x:.1f} {BOTTOM}v5M{SQUARE} {y:.1f}h-5"/>')
        parts.append(f'<text class="muted" x="{x:.1f}" y="{BOTTOM + 20}">{value}</text>')
        parts.append(f'<text class="muted" x="{SQUARE - 14}" y="{y + 5:.1f}">{value}</text>')
    return "".join(parts)


def _samples(x: np.ndarray, y: np.ndarray, a: np.ndarray) -> str:
    parts = []
    for (i, j), target, answer in zip(x.T, y[0], a[0], strict=True):
        left, top = _place(i, j)
        parts.append(
            f'<circle class="shape" cx="{left:.1f}" cy="{top:.1f}" r="11"/>'
            f'<text x="{left:.1f}" y="{top + 5:.1f}">{number(target)}</text>'
            f'<text class="halo" x="{left:.1f}" y="{top + 27:.1f}">{number(answer, 2)}</text>'
        )
    return "".join(parts)


def _on_curve(costs: Sequence[float], epoch: int) -> tuple[float, float]:
    last, top = max(len(costs) - 1, 1), max(costs) or 1.0
    return CURVE + (RIGHT - CURVE) * epoch / last, BOTTOM - HIGHEST * costs[epoch] / top


def _curve(costs: Sequence[float]) -> str:
    last, top = len(costs) - 1, max(costs) or 1.0
    parts = [
        f'<path d="M{CURVE} {TOP}V{BOTTOM}H{RIGHT}"/>',
        f'<text class="left" x="{CURVE}" y="20">cost C</text>',
        f'<text x="{(CURVE + RIGHT) / 2}" y="{BOTTOM + 40}">epoch</text>',
    ]
    for epoch in _ticks(last, least=1):
        x, _ = _on_curve(costs, int(epoch))
        parts.append(f'<path d="M{x:.1f} {BOTTOM}v5"/>')
        parts.append(f'<text class="muted" x="{x:.1f}" y="{BOTTOM + 20}">{epoch:g}</text>')
    for cost in _ticks(top):
        y = BOTTOM - HIGHEST * cost / top
        parts.append(f'<path d="M{CURVE} {y:.1f}h-5"/>')
        parts.append(f'<text class="muted" x="{CURVE - 38}" y="{y + 5:.1f}">{cost:g}</text>')
    epochs = np.unique(np.linspace(0, last, min(last, RIGHT - CURVE) + 1).round().astype(int))
    points = "L".join(f"{x:.1f} {y:.1f}" for x, y in (_on_curve(costs, e) for e in epochs))
    return "".join(parts) + f'<path class="plus" style="stroke-width: 2.4" d="M{points}"/>'


def _ticks(most: float, least: float = 0.0) -> np.ndarray:
    """Give round numbers from 0 to `most`, at most five steps, each at least `least`."""
    if not most:
        return np.zeros(1)
    power = 10 ** floor(log10(most / 5))
    step = max(least, next(f * power for f in (1, 2, 5, 10) if f * power >= most / 5))
    return np.arange(0, most * (1 + 1e-9), step)


def _knob(costs: Sequence[float], epoch: int) -> str:
    x, y = _on_curve(costs, epoch)
    gain = (len(costs) - 1) / (RIGHT - CURVE)
    label = "the dot on the cost curve, at the epoch"
    return knob(handle(0, 0), label, ("epoch", gain), place=f"{x:.1f} {y:.1f}")
