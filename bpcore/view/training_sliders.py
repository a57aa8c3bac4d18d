"""Training as pictures: the cost against the epoch, and what a network of two inputs answers."""

from collections.abc import Callable, Sequence
from functools import cache

import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, _arguments, forward
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import SLIDER_LAYOUT, Explorable, picture_with_words
from bpcore.view.style import number, power, svg

__all__ = ["explore_epochs", "explore_learning_rate"]

SMALLEST_DRAWN = 1e-5  # of the cost
CELLS = 20  # along each side of the answers
SIDE, TOP = 280, 40  # px, of the square of answers
REACH = (-0.2, 1.2)  # of both inputs


def explore_learning_rate(
    costs_with: Callable[[float], Sequence[float]], *, lr: float = 1.0
) -> Explorable:
    """Show the cost against the epoch, with a slider for the learning rate.

    Parameters
    ----------
    costs_with : callable
        Learning rate to the costs before training and after each epoch, always as many.
    lr : float
        At first, 0.01 to 1000.

    Returns
    -------
    Explorable
        Its `controls`: "lr", "picture", "text".

    Raises
    ------
    TypeError, ValueError
        If lr is not a number from 0.01 to 1000.
    """
    if _arguments.number(lr, "lr", least=0.01) > 1000:
        raise ValueError(f"lr must be at most 1000, got {lr:g}")
    costs_with = cache(costs_with)
    slider = widgets.FloatLogSlider(
        lr, min=-2, max=3, step=0.1, description="η", readout_format=".3g", layout=SLIDER_LAYOUT
    )

    def look() -> tuple[str, str]:
        costs = np.asarray(costs_with(slider.value))
        words = (
            f"Learning rate η = {number(slider.value, 3)}: the cost starts at {number(costs[0])}, "
            f"is at most {number(costs.max())}, and {number(costs[-1])} "
            f"after {len(costs) - 1} epochs."
        )
        axes = Axes((0, len(costs) - 1), (-5, 1))
        drawing = axes.frame(
            {e: str(e) for e in np.linspace(0, len(costs) - 1, 6, dtype=int)},
            {p: f"10{power(p)}" for p in range(-5, 2)},
            "epochs",
            "cost",
        )
        heights = np.log10(np.clip(costs, SMALLEST_DRAWN, 10))
        drawing += axes.path(enumerate(heights), 'class="plus" style="stroke-width: 2.4"')
        title = "The cost against the epoch, on a logarithmic axis"
        return svg(WIDTH, HEIGHT, title, words, drawing), words

    return picture_with_words({"lr": slider}, look)


def explore_epochs(
    nets: Sequence[Network], costs: Sequence[float], x: ArrayLike, y: ArrayLike
) -> Explorable:
    """Show what a network answered after each epoch, with a slider for the epoch.

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
        Its `controls`: "epoch", "picture", "text".

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
    slider = widgets.IntSlider(
        0, min=0, max=len(nets) - 1, description="epoch", layout=SLIDER_LAYOUT
    )

    def look() -> tuple[str, str]:
        net, epoch = nets[slider.value], slider.value
        a = forward(net, x).a[net.L]
        right = int(((a > 0.5) == (y > 0.5)).sum())
        answers = ", ".join(
            f"({number(i)}, {number(j)}) → {number(answer, 2)}"
            for i, j, answer in zip(*x, a[0], strict=True)
        )
        words = (
            f"After {epoch} epochs: cost {number(costs[epoch], 3)}, {right} of {y.size} on the "
            f"right side of 0.5. {answers}."
        )
        title = "What the network answers for every input, and its cost against the epoch"
        drawing = _answers(net) + _samples(x, y, a) + _cost_beside(costs, epoch)
        return svg(WIDTH, HEIGHT, title, words, drawing), words

    return picture_with_words({"epoch": slider}, look)


def _place(value: float, first: float) -> float:
    return first + SIDE * (value - REACH[0]) / (REACH[1] - REACH[0])


def _answers(net: Network) -> str:
    size = SIDE / CELLS
    middles = np.linspace(*REACH, CELLS, endpoint=False) + (REACH[1] - REACH[0]) / CELLS / 2
    grid = np.array([[i, j] for j in middles for i in middles]).T
    parts = [
        '<text x="160" y="24">answer a for every input</text>',
        f'<text class="muted" x="160" y="{TOP + SIDE + 22}">input 1 →</text>',
        f'<text class="muted" x="160" y="{TOP + SIDE + 44}">blue: above 0.5, orange: below</text>',
        f'<text class="muted" x="12" y="{TOP + SIDE / 2}" '
        f'transform="rotate(-90 12 {TOP + SIDE / 2})">input 2 →</text>',
    ]
    for (i, j), a in zip(grid.T, forward(net, grid).a[net.L][0], strict=True):
        x, y = _place(i, 20) - size / 2, 2 * TOP + SIDE - _place(j, TOP) - size / 2
        colour = "plus" if a > 0.5 else "minus"
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{size:.1f}" height="{size:.1f}" '
            f'shape-rendering="crispEdges" '
            f'style="fill: var(--bp-{colour}); fill-opacity: {abs(2 * a - 1) * 0.7:.2f}"/>'
        )
    return "".join(parts)


def _samples(x: np.ndarray, y: np.ndarray, a: np.ndarray) -> str:
    parts = []
    for (i, j), target, answer in zip(x.T, y[0], a[0], strict=True):
        left, top = _place(i, 20), 2 * TOP + SIDE - _place(j, TOP)
        parts.append(
            f'<circle class="shape" cx="{left:.1f}" cy="{top:.1f}" r="11"/>'
            f'<text x="{left:.1f}" y="{top + 5:.1f}">{number(target)}</text>'
            f'<text class="halo" x="{left:.1f}" y="{top + 27:.1f}">{number(answer, 2)}</text>'
        )
    return "".join(parts)


def _cost_beside(costs: Sequence[float], epoch: int) -> str:
    left, right, bottom = 372, 640, TOP + SIDE
    top = max(costs) or 1.0

    def place(e: int) -> tuple[float, float]:
        return (
            left + (right - left) * e / max(len(costs) - 1, 1),
            bottom - SIDE * costs[e] / top,
        )

    points = " L".join(f"{x:.1f} {y:.1f}" for x, y in map(place, range(len(costs))))
    x, y = place(epoch)
    return (
        f'<line x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}"/>'
        f'<line x1="{left}" y1="{TOP}" x2="{left}" y2="{bottom}"/>'
        f'<text class="left" x="{left + 8}" y="24">cost</text>'
        f'<text class="muted" x="{left - 26}" y="{TOP + 5}">{number(top, 3)}</text>'
        f'<text class="muted" x="{left - 14}" y="{bottom + 5}">0</text>'
        f'<text class="muted" x="{left}" y="{bottom + 22}">0</text>'
        f'<text class="muted" x="{(left + right) / 2}" y="{bottom + 22}">epochs</text>'
        f'<text class="muted" x="{right - 8}" y="{bottom + 22}">{len(costs) - 1}</text>'
        f'<path class="plus" style="stroke-width: 2.4" d="M{points}"/>'
        f'<circle class="shape marked" cx="{x:.1f}" cy="{y:.1f}" r="8"/>'
    )
