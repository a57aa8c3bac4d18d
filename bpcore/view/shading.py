"""A square shaded by what a network answers at each of its points."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from bpcore.view.style import group

__all__ = ["CELLS", "LEGEND", "samples_on", "shaded_square"]

CELLS = 28  # along each side
STRIPE = 0.7  # of a cell's height, where the answer is below 0.5
SHADES = 8  # to either side of 0.5
DARKEST = 0.7  # opacity
LEGEND = "dot: target 1, ring: target 0; blue: answer above 0.5, orange stripes: below"


def shaded_square(
    answer: Callable[[np.ndarray], np.ndarray],
    reach: tuple[float, float],
    left: int,
    top: int,
    side: int,
    cells: int = CELLS,
) -> str:
    """Shade a square: above 0.5 solid, below 0.5 in stripes, the more the farther from 0.5.

    Parameters
    ----------
    answer : callable
        Points, shape (2, n), to an answer from 0 to 1 for each, n numbers in any shape.
    reach : tuple of float
        Both ends of both coordinates, dimensionless.
    left, top, side : int
        Of the square, in px; the side is a multiple of `cells`.
    cells : int
        Along each side.

    Returns
    -------
    str
        A ``<g>`` element.
    """
    cell = side // cells
    stripe = round(STRIPE * cell)
    middles = np.linspace(*reach, cells, endpoint=False) + (reach[1] - reach[0]) / cells / 2
    grid = np.array(np.meshgrid(middles, middles[::-1])).reshape(2, -1)  # the top row first
    a = answer(grid).reshape(cells, cells)
    shades = np.rint(np.clip(2 * a - 1, -1, 1) * SHADES).astype(int)
    runs: dict[int, str] = {}
    for row, shade in enumerate(shades):
        ends = [0, *(np.flatnonzero(np.diff(shade)) + 1), cells]
        for first, end in pairwise(ends):
            width, height = cell * (end - first), cell if shade[first] > 0 else stripe
            run = f"M{left + cell * first} {top + cell * row}h{width}v{height}h-{width}z"
            runs[shade[first]] = runs.get(shade[first], "") + run
    return group(
        f'<path shape-rendering="crispEdges" style="stroke: none; '
        f"fill: var(--bp-{'plus' if shade > 0 else 'minus'}); "
        f'fill-opacity: {abs(shade) / SHADES * DARKEST:.2f}" d="{d}"/>'
        for shade, d in runs.items()
        if shade
    )


def samples_on(
    x: np.ndarray,
    y: np.ndarray,
    reach: tuple[float, float],
    left: int,
    top: int,
    side: int,
    radius: float,
) -> str:
    """Frame such a square, and draw its samples: a dot for the target 1, a ring for the target 0.

    Parameters
    ----------
    x : ndarray, shape (2, m)
    y : ndarray, shape (1, m)
        0 or 1.
    reach, left, top, side
        As for `shaded_square`.
    radius : float
        Of a dot, in px.

    Returns
    -------
    str
        A ``<g>`` element.
    """
    parts = [f'<path d="M{left} {top}h{side}v{side}h-{side}z"/>']
    scale = side / (reach[1] - reach[0])
    for (i, j), target in zip(x.T, y[0], strict=True):
        place = f'cx="{left + scale * (i - reach[0]):.1f}" cy="{top + scale * (reach[1] - j):.1f}"'
        dot = ' style="fill: var(--bp-ink)"' if target > 0.5 else ""
        parts.append(f'<circle class="shape"{dot} {place} r="{radius}"/>')
    return group(parts)
