"""The error curve with points and a tangent on it, as a pure function from values to markup."""

from collections.abc import Callable, Sequence

import numpy as np

from bpcore.view.style import number, svg

__all__ = ["curve_picture"]

WIDTH, HEIGHT = 660, 372
LEFT, RIGHT, TOP, BOTTOM = 46, 644, 16, 322
HIGHEST_ERROR = 7
TANGENT_REACH = 0.6


def curve_picture(
    curve: Callable[[np.ndarray], np.ndarray],
    points: Sequence[float],
    *,
    w_range: tuple[float, float],
    slope: float | None = None,
    title: str,
    description: str,
) -> str:
    """Draw an error curve with points on it, joined in their order.

    Parameters
    ----------
    curve : callable
        w to e(w), both dimensionless; 0 ≤ e ≤ 7 is drawn.
    points : sequence of float
        Values of w; the last one is marked. Those outside `w_range` are left out.
    w_range : tuple of float
        Ends of the horizontal axis.
    slope : float, optional
        Of the tangent at the last point; no tangent without it.
    title, description : str
        For screen readers.

    Returns
    -------
    str
        An ``<svg>`` element.
    """
    first, last = w_range

    def x(w):
        return LEFT + (RIGHT - LEFT) * (w - first) / (last - first)

    def y(e):
        return BOTTOM - (BOTTOM - TOP) * e / HIGHEST_ERROR

    def path(w, e, look):
        places = " L".join(f"{x(w_i):.1f} {y(e_i):.1f}" for w_i, e_i in zip(w, e, strict=True))
        return f'<path {look} d="M{places}"/>'

    def dot(w, radius, classes=""):
        return (
            f'<circle class="shape{classes}" cx="{x(w):.1f}" cy="{y(curve(w)):.1f}" r="{radius}"/>'
        )

    w = np.linspace(first, last, 301)
    inside = np.array([point for point in points if first <= point <= last])
    parts = [
        _axes(np.arange(first, last + 0.01, 0.5), x, y),
        path(w, curve(w), 'class="plus" style="stroke-width: 2.4"'),
    ]
    if len(inside) > 1:
        parts.append(path(inside, curve(inside), 'class="ink" stroke-dasharray="2 3"'))
    here = points[-1]
    if slope is not None:
        ends = np.array([here - TANGENT_REACH, here + TANGENT_REACH])
        heights = curve(here) + slope * (ends - here)
        parts.append(path(ends, heights, 'class="minus" style="stroke-width: 3"'))
    parts += [dot(point, 4) for point in inside]
    if first <= here <= last:
        parts.append(dot(here, 8, " marked"))
    return svg(WIDTH, HEIGHT, title, description, "".join(parts))


def _axes(ticks: np.ndarray, x: Callable, y: Callable) -> str:
    parts = [
        f'<line x1="{LEFT}" y1="{BOTTOM}" x2="{RIGHT}" y2="{BOTTOM}"/>',
        f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{BOTTOM}"/>',
        f'<text x="{(LEFT + RIGHT) / 2:.1f}" y="{BOTTOM + 42}">weight w</text>',
        f'<text class="left" x="{LEFT + 8}" y="{TOP + 10}">error e(w)</text>',
    ]
    for w in ticks:
        parts.append(f'<line x1="{x(w):.1f}" y1="{BOTTOM}" x2="{x(w):.1f}" y2="{BOTTOM + 5}"/>')
        parts.append(f'<text class="muted" x="{x(w):.1f}" y="{BOTTOM + 20}">{number(w, 2)}</text>')
    for e in range(HIGHEST_ERROR + 1):
        parts.append(f'<line x1="{LEFT - 5}" y1="{y(e):.1f}" x2="{LEFT}" y2="{y(e):.1f}"/>')
        parts.append(f'<text class="muted" x="{LEFT - 16}" y="{y(e) + 5:.1f}">{e}</text>')
    return "".join(parts)
