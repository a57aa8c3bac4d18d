"""A gradient as a sum over samples: arrows head to tail, in any order, on several machines."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore.view.axes import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axes, arrow
from bpcore.view.explorable import Button, Explorable, Kept, Look, Slider
from bpcore.view.style import group, number, signed, svg, text_at

__all__ = ["explore_sum"]

MOST = 6  # machines
ORDERS = 50  # of the samples; after the last comes the first


def explore_sum(shares: ArrayLike, names: tuple[str, str]) -> Explorable:
    """Show how the shares of the samples add up to Δ, whoever adds them, and in whatever order.

    Parameters
    ----------
    shares : array_like, shape (n, 2)
        What each sample adds to two entries of Δ; at least 6 samples.
    names : tuple of str
        Of the two entries.

    Returns
    -------
    Explorable
        Its `controls`: "machines", "another order".

    Raises
    ------
    ValueError
        If `shares` has another shape.
    """
    shares = np.asarray(shares, float)
    if shares.ndim != 2 or shares.shape[1] != 2 or len(shares) < MOST:
        raise ValueError(f"expected shares of shape (n, 2), n at least {MOST}, got {shares.shape}")
    ways = [_walked(shares, order) for order in range(ORDERS)]
    lows, highs = np.min(ways, axis=(0, 1)), np.max(ways, axis=(0, 1))
    size = np.array([RIGHT - LEFT, BOTTOM - TOP])
    scale = max(1.12 * (highs - lows) / size)  # of both axes: these are vectors
    room = (scale * size - (highs - lows)) / 2 + np.finfo(float).tiny
    axes = Axes(*zip(lows - room, highs + room, strict=True))

    def look(values: dict[str, Any]) -> Look:
        walked = ways[values["order"]]
        last = [len(part) for part in np.array_split(shares, values["machines"])]
        ends = walked[np.cumsum([0, *last])]
        total = "(" + ", ".join(signed(value, 3) for value in ends[-1]) + ")"
        words = (
            f"{len(shares)} samples on {values['machines']} machine"
            f"{'s' * (values['machines'] > 1)} add up to Δ = {total}."
        )
        said = " + ".join(
            "(" + ", ".join(signed(v, 2) for v in part) + ")" for part in np.diff(ends, axis=0)
        )
        title = "The shares of the samples as arrows, head to tail"
        drawing = _frame(axes, names) + _walk(axes, walked) + _sums(axes, ends)
        picture = svg(WIDTH, HEIGHT, title, words, drawing)
        return Look(picture, words, f"{words} {said}" if values["machines"] > 1 else words)

    def turn() -> None:
        explorable.set({"order": (explorable.values["order"] + 1) % ORDERS})

    controls = {
        "machines": Slider("machines", 1, 1, MOST, 1, decimals=0),
        "another order": Button("another order", turn, "shuffle the samples"),
        "order": Kept("order", 0),
    }
    explorable = Explorable(controls, look)
    return explorable


def _walked(shares: np.ndarray, order: int) -> np.ndarray:
    """Add up the shares one by one, from 0, in an order of that number; 0 is their own."""
    if order:
        shares = np.random.default_rng(order).permutation(shares)
    return np.cumsum([[0, 0], *shares], axis=0)


def _frame(axes: Axes, names: tuple[str, str]) -> str:
    ticks = []
    for ends in (axes.x_range, axes.y_range):
        apart = float(f"{(ends[1] - ends[0]) / 4:.0e}") or 1.0
        values = apart * np.arange(np.ceil(ends[0] / apart), np.floor(ends[1] / apart) + 1)
        ticks.append({float(value): number(value, 2) for value in values.round(12)})
    return axes.frame(*ticks, f"Δ of {names[0]}", f"Δ of {names[1]}")


def _walk(axes: Axes, walked: np.ndarray) -> str:
    """Draw each sample's share, from where the one before it ended."""
    dots = group(axes.dot(*place, 2.5) for place in walked[1:])
    return axes.path(walked, 'style="stroke-width: 1.4"') + dots


def _sums(axes: Axes, ends: np.ndarray) -> str:
    """Draw each machine's sum as an arrow, and where all of them end."""
    parts = []
    for i, (start, end) in enumerate(pairwise(ends)):
        x, y = axes.x(start[0]), axes.y(start[1])
        right, down = axes.x(end[0]) - x, axes.y(end[1]) - y
        parts.append(arrow(x, y, right, down))
        if len(ends) > 2:
            parts.append(text_at(x + right / 2, y + down / 2 - 8, f"{i + 1}", "bold halo"))
    x, y = axes.x(ends[-1][0]), axes.y(ends[-1][1])
    parts.append(f'<circle style="fill: var(--bp-ink)" cx="{x:.1f}" cy="{y:.1f}" r="7"/>')
    right, up = np.sign([ends[-1][0], ends[-1][1]])  # away from the way to it
    parts.append(text_at(x + 20 * right, y - 20 * up + 5, "Δ", "big halo"))
    parts.append(text_at(axes.x(0) + 12, axes.y(0) - 6, "0", "halo"))
    return group(parts)
