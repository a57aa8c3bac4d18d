"""A cost over two coordinates as a map: shaded contour lines, and their heights."""

from collections.abc import Sequence

import numpy as np
from contourpy import FillType, contour_generator

from bpcore.view.axes import LEFT, TOP, Axes
from bpcore.view.style import group, number, text_at

__all__ = ["FLAT", "Label", "labels_beside", "map_of", "round_number", "whole"]

FEWEST_LINES, APART = 10, 44  # APART: px between the labels of two lines
INNER = 0.88  # of the map, to every side of its middle: where labels stand
HAIR = 1e-6  # px: more than rounding errors, less than what one sees
FLAT = 1e-4  # the least range of C that is drawn
Label = tuple[float, float, str]  # left and top in px, and the text


def map_of(
    axes: Axes, u: np.ndarray, v: np.ndarray, C: np.ndarray
) -> tuple[str, list[Label], float]:
    """Draw the contour lines and place their labels.

    Parameters
    ----------
    axes : Axes
        Of the map.
    u, v, C : ndarray, shape (n_v, n_u)
        A grid over the axes, and the cost at its points, dimensionless.

    Returns
    -------
    ground : str
        A ``<g>`` element.
    labels : list of Label
        For `labels_beside`.
    apart : float
        How far the lines are apart in C.
    """
    apart = round_number(max(float(np.ptp(C)), FLAT) / FEWEST_LINES)
    levels = apart * np.arange(np.ceil(C.min() / apart), C.max() / apart)
    areas = contour_generator(u, v, C, fill_type=FillType.OuterOffset)
    low, drawing, labels = C.min() - apart, [], []
    for level in levels:
        d = ""
        for points, offsets in zip(*areas.filled(low, level), strict=True):
            for ring in np.split(points, offsets[1:-1]):
                # Where a place is a tie, such as 59.75, the last bit of C would choose the digit,
                # and that differs between versions of numpy; so ties are broken before rounding.
                px = ((axes.x(x) + HAIR, axes.y(y) + HAIR) for x, y in ring)
                places = (f"{left:.1f} {top:.1f}" for left, top in px)
                d += f"M{'L'.join(places)}z"
        style = "fill: var(--bp-green); fill-opacity: 0.06; fill-rule: evenodd"
        drawing.append(f'<path style="{style}" d="{d}"/>')
    lines = contour_generator(u, v, C)
    for level in levels:
        labels = _labelled(axes, level, lines.lines(level), labels)
    width, height = axes.right - LEFT, axes.bottom - TOP
    drawing.append(f'<path d="M{LEFT} {TOP}h{width}v{height}h{-width}z"/>')
    return group(drawing), labels, apart


def _labelled(
    axes: Axes, level: float, lines: Sequence[np.ndarray], labels: list[Label]
) -> list[Label]:
    """Add a contour line's label near the rising diagonal, if there is room."""
    text = number(level, 2 if level < 0.1 else 3)
    points = np.concatenate([*lines, np.empty((0, 2))])
    low, high = np.array([axes.x_range, axes.y_range]).T
    shares = (points - (low + high) / 2) / ((high - low) / 2)  # −1 … 1
    is_inside = np.abs(shares).max(axis=1) < INNER
    points, shares = points[is_inside], shares[is_inside]
    for x, y in points[np.argsort(np.abs(shares[:, 0] - shares[:, 1]))[:1]]:
        at = axes.x(x), axes.y(y)
        if all(np.hypot(at[0] - left, at[1] - top) > APART for left, top, _ in labels):
            return [*labels, (*at, text)]
    return labels


def labels_beside(labels: Sequence[Label], x: float, y: float, clear: tuple[float, float]) -> str:
    """Write the heights of the lines, but for those so near a place in px, to the side and up."""
    texts = [
        text_at(left, top + 5, text, "muted halo")
        for left, top, text in labels
        if abs(left - x) > clear[0] or abs(top - y) > clear[1]
    ]
    return group(texts)


def round_number(value: float) -> float:
    """Give the largest of 1, 2 and 5 times a power of ten up to a value."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(power * max(f for f in (1, 2, 5) if f * power <= value * (1 + 1e-9)))


def whole(low: float, high: float, every: float) -> dict[float, str]:
    """Give the ticks of an axis: all multiples of `every` on it."""
    first, last = np.ceil(low / every - 1e-9), np.floor(high / every + 1e-9)
    return {t: number(t) for t in every * np.arange(first, last + 1)}
