"""The error curve with points and a tangent on it, as a pure function from values to markup."""

from collections.abc import Callable, Sequence

import numpy as np

from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.style import group, svg

__all__ = ["curve_picture"]

E_RANGE = (0, 7)
TANGENT_LENGTH = 120  # px, to either side


def curve_picture(
    curve: Callable[[np.ndarray], np.ndarray],
    points: Sequence[float],
    *,
    w_range: tuple[float, float],
    slope: float | None = None,
    knob: str,
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
        Of the tangent at the last point, which ends where the plot does; no tangent without it.
    knob : str
        Name of the slider that moves with the first point, which can be dragged; it has the range
        of the axis.
    title, description : str
        For screen readers.

    Returns
    -------
    str
        An ``<svg>`` element.
    """
    axes = Axes(w_range, E_RANGE)
    w = np.linspace(*w_range, 301)
    here = points[-1]
    inside = [point for point in points if w_range[0] <= point <= w_range[1]]
    ticks = {v: f"{v:g}".replace("-", "−") for v in np.arange(w_range[0], w_range[1] + 0.01, 0.5)}
    parts = [
        axes.frame(ticks, {e: str(e) for e in range(8)}, "weight w", "error e(w)"),
        axes.path(zip(w, curve(w), strict=True), 'class="plus" style="stroke-width: 2.4"'),
    ]
    trail = []
    if slope is not None:
        one_right, one_up = axes.x(1) - axes.x(0), axes.y(1) - axes.y(0)
        reach = TANGENT_LENGTH / np.hypot(one_right, slope * one_up)
        ends = np.clip([here - reach, here + reach], *w_range)
        if slope:
            ends = np.clip(ends, *np.sort(here + (np.array(E_RANGE) - curve(here)) / slope))
        tangent = zip(ends, curve(here) + slope * (ends - here), strict=True)
        trail.append(axes.path(tangent, 'class="minus" style="stroke-width: 3"'))
    if len(inside) > 1:
        joined = [(point, curve(point)) for point in inside]
        trail.append(axes.path(joined, 'class="ink" stroke-dasharray="2 3"'))
    trail += [axes.dot(point, curve(point), 4) for point in inside[1:]]
    if len(points) > 1 and here in inside:
        trail.append(axes.dot(here, curve(here), 7))
    parts.append(group(trail))
    parts.append(axes.ball(points[0], curve(points[0]), knob, f"the ball on the curve, at {knob}"))
    return svg(WIDTH, HEIGHT, title, description, "".join(parts))
