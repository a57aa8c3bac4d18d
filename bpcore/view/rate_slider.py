"""The cost against the epoch for every learning rate, which can be dragged."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from bpcore.view.axes import WIDTH, Axes
from bpcore.view.explorable import Explorable, Look, Slider
from bpcore.view.style import number, power, svg

__all__ = ["explore_learning_rate"]

HEIGHT, RIGHT, BOTTOM, RATES_AT = 376, 570, 262, 342  # px
LEAST, MOST = -2, 3  # exponents of η
OTHERS = (0.01, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)  # η
SMALLEST_DRAWN, LARGEST_DRAWN = -5, 1  # exponents of the cost
LINE = 16  # px
STRETCHES = 60  # of each curve behind; two points of each are stored


def explore_learning_rate(
    costs_with: Callable[[float], Sequence[float]], *, lr: float = 10.0
) -> Explorable:
    """Show the cost against the epoch for a learning rate, and faintly for a few others.

    Parameters
    ----------
    costs_with : callable
        Learning rate to the costs before training and after each epoch, always as many.
    lr : float
        At first, 0.01 to 1000.

    Returns
    -------
    Explorable
        Its `controls`: "lr".

    Raises
    ------
    TypeError, ValueError
        If lr is not a number from 0.01 to 1000.
    """
    slider = Slider("rate η", lr, 10.0**LEAST, 10.0**MOST, 0.05, log=True)
    costs_with = cache(costs_with)
    others = {rate: _heights(costs_with(rate)) for rate in OTHERS}
    last = len(others[OTHERS[0]]) - 1
    highest = int(max(heights.max() for heights in others.values()) > 0)  # 1 or 10
    axes = Axes((0, last), (SMALLEST_DRAWN, highest), RIGHT, BOTTOM)
    background = axes.frame(
        {e: str(e) for e in np.linspace(0, last, 6, dtype=int)},
        {p: f"10{power(p)}" for p in range(SMALLEST_DRAWN, highest + 1)},
        "epochs",
        "cost",
    )
    for heights in others.values():
        background += axes.path(_thinned(heights), "")
    background += _labels(axes, {rate: heights[-1] for rate, heights in others.items()})
    rates = Axes((LEAST, MOST), (0, 1), RIGHT, RATES_AT)
    background += _rate_axis(rates)

    def look(values: dict[str, Any]) -> Look:
        rate = values["lr"]
        costs = np.asarray(costs_with(rate))
        words = (
            f"η = {number(rate, 3)}: the cost starts at {number(costs[0])}, "
            f"is at most {number(costs.max())}, and {number(costs[-1])} "
            f"after {len(costs) - 1} epochs."
        )
        heights = np.minimum(_heights(costs), highest)
        line = axes.path(enumerate(heights), 'class="plus" style="stroke-width: 2.4"')
        knob = rates.ball(np.log10(rate), 0, "lr", "the learning rate η")
        title = "The cost against the epoch, on a logarithmic axis"
        return Look(svg(WIDTH, HEIGHT, title, words, background + line + knob), words)

    return Explorable({"lr": slider}, look)


def _heights(costs: Sequence[float]) -> np.ndarray:
    return np.log10(np.clip(costs, 10.0**SMALLEST_DRAWN, 10.0**LARGEST_DRAWN))


def _thinned(heights: np.ndarray) -> list[tuple[int, float]]:
    """Keep the ends, and of each stretch the lowest and the highest: a zigzag stays one."""
    kept = {0, len(heights) - 1}
    for part in np.array_split(np.arange(len(heights)), min(STRETCHES, len(heights))):
        kept |= {int(part[heights[part].argmin()]), int(part[heights[part].argmax()])}
    return [(epoch, float(heights[epoch])) for epoch in sorted(kept)]


def _labels(axes: Axes, ends: dict[float, float]) -> str:
    """Name each curve right of its end; names that would touch are moved apart."""
    parts, free = [], 0.0
    for rate, height in sorted(ends.items(), key=lambda end: -end[1]):
        end = axes.y(height)
        free = max(end, free + LINE)
        parts.append(
            f'<line x1="{axes.right + 2}" y1="{end:.1f}" x2="{axes.right + 16}" y2="{free:.1f}"/>'
            f'<text class="muted left" x="{axes.right + 20}" y="{free + 5:.1f}">η = {rate:g}</text>'
        )
    return "".join(parts)


def _rate_axis(axes: Axes) -> str:
    left, y = axes.x(LEAST), axes.bottom
    parts = [
        f'<line x1="{left}" y1="{y}" x2="{axes.right}" y2="{y}"/>',
        f'<text class="left" x="{axes.right + 28}" y="{y + 5}">rate η</text>',
    ]
    for p in range(LEAST, MOST + 1):
        x = f"{axes.x(p):.1f}"
        parts.append(f'<line x1="{x}" y1="{y}" x2="{x}" y2="{y + 5}"/>')
        parts.append(f'<text class="muted" x="{x}" y="{y + 24}">{10.0**p:g}</text>')
    return "".join(parts)
