"""Two axes and what is drawn between them, as SVG."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import atan2, degrees, hypot

from bpcore.view.style import group

__all__ = ["HEIGHT", "LEFT", "RIGHT", "TOP", "WIDTH", "Axes", "arrow", "handle", "knob"]

WIDTH, HEIGHT = 660, 374
LEFT, RIGHT, TOP, BOTTOM = 52, 640, 20, 324


def handle(left: float, top: float, *, upward: bool = False) -> str:
    """Draw a ball at a place in px, with arrows along which it can be dragged."""
    turns = [("-4 4", "4 4", -14, -4), ("4 4", "-4 4", 14, -4)]  # of an arrow, and its start
    if upward:
        turns += [("4 -4", "4 4", -4, -14), ("4 4", "4 -4", -4, 14)]
    hint = "".join(f"M{left + x:.1f} {top + y:.1f} l{a} l{b}" for a, b, x, y in turns)
    place = f'cx="{left:.1f}" cy="{top:.1f}"'
    return (
        f'<circle class="hit" {place} r="14"/><circle class="shape marked" {place} r="10"/>'
        f'<path class="ink" d="{hint}"/>'
    )


def arrow(left: float, top: float, right: float, down: float) -> str:
    """Draw an arrow from a place, all in px; nothing if it is shorter than 1 px."""
    length = hypot(right, down)
    head = min(12.0, length)
    if head < 1:
        return ""
    turn = degrees(atan2(down, right))
    return (
        f'<g transform="translate({left:.1f} {top:.1f}) rotate({turn:.1f})">'
        f'<path class="ink" style="stroke-width: 3.4" d="M0 0h{length - head:.1f}"/>'
        f'<path style="fill: var(--bp-ink); stroke: none" '
        f'd="M{length:.1f} 0l{-head:.1f} {-head / 2:.1f}v{head:.1f}z"/></g>'
    )


def knob(
    inside: str,
    label: str,
    horizontally: tuple[str, float],
    vertically: tuple[str, float] | None = None,
    *,
    place: str = "0 0",
) -> str:
    """Make what is drawn a thing to drag.

    Parameters
    ----------
    inside : str
        SVG elements.
    label : str
        Its name for a screen reader.
    horizontally, vertically : tuple of str and float
        The slider that a way to the right, or down, moves, and how far on its scale for each px.
    place : str
        Where (0, 0) of `inside` is, in px.

    Returns
    -------
    str
        A ``<g>`` element, as `Look` describes it.
    """
    gains = 'data-knob="{}" data-x="{:.6g}"'.format(*horizontally)
    if vertically:
        gains += ' data-knob-y="{}" data-y="{:.6g}"'.format(*vertically)
    moved = f' transform="translate({place})"' if place != "0 0" else ""
    return f'<g {gains} aria-label="{label}"{moved}>{inside}</g>'


@dataclass(frozen=True)
class Axes:
    """The region of a plot, in the units of its data.

    Attributes
    ----------
    x_range, y_range : tuple of float
        Its ends, dimensionless.
    right, bottom : float
        Where it ends on the drawing, in px.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    right: float = RIGHT
    bottom: float = BOTTOM

    def x(self, value: float) -> float:
        """Convert a value to a place on the drawing, in px."""
        first, last = self.x_range
        return LEFT + (self.right - LEFT) * (value - first) / (last - first)

    def y(self, value: float) -> float:
        """Convert a value to a place on the drawing, in px."""
        first, last = self.y_range
        return self.bottom - (self.bottom - TOP) * (value - first) / (last - first)

    def frame(
        self, x_ticks: Mapping[float, str], y_ticks: Mapping[float, str], x_label: str, y_label: str
    ) -> str:
        """Draw both axes with their labels; ticks map a value to its text."""
        right, bottom = self.right, self.bottom
        parts = [
            f'<line x1="{LEFT}" y1="{bottom}" x2="{right}" y2="{bottom}"/>',
            f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{bottom}"/>',
            f'<text x="{(LEFT + right) / 2:.1f}" y="{bottom + 42}">{x_label}</text>',
            f'<text class="left" x="{LEFT + 8}" y="{TOP - 4}">{y_label}</text>',
        ]
        for value, text in x_ticks.items():
            x = f"{self.x(value):.1f}"
            parts.append(f'<line x1="{x}" y1="{bottom}" x2="{x}" y2="{bottom + 5}"/>')
            parts.append(f'<text class="muted" x="{x}" y="{bottom + 22}">{text}</text>')
        for value, text in y_ticks.items():
            y = self.y(value)
            parts.append(f'<line x1="{LEFT - 5}" y1="{y:.1f}" x2="{LEFT}" y2="{y:.1f}"/>')
            parts.append(f'<text class="muted" x="{LEFT - 24}" y="{y + 5:.1f}">{text}</text>')
        return group(parts)

    def path(self, points: Iterable[tuple[float, float]], look: str) -> str:
        """Join points by straight lines; `look` holds the attributes of the line."""
        places = " L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)
        return f'<path {look} d="M{places}"/>'

    def inside(self, body: str) -> str:
        """Cut off what is drawn outside the region."""
        width, height = self.right - LEFT, self.bottom - TOP
        return (
            f'<svg x="{LEFT}" y="{TOP}" width="{width}" height="{height}" '
            f'viewBox="{LEFT} {TOP} {width} {height}" overflow="hidden">{body}</svg>'
        )

    def dot(self, x: float, y: float, radius: float, classes: str = "shape") -> str:
        """Draw a dot of a radius in px."""
        return f'<circle class="{classes}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="{radius}"/>'

    def ball(self, x: float, y: float, name: str, label: str, *, name_y: str = "") -> str:
        """Draw a ball that can be dragged along the horizontal axis and moves the slider `name`.

        With `name_y`, its way along the vertical axis moves that one. The axes must have the
        sliders' scales.
        """
        drawn = handle(self.x(x), self.y(y), upward=bool(name_y))
        return self._knob(drawn, name, label, name_y)

    def upright(self, x: float, ys: Iterable[float], name: str, label: str) -> str:
        """Draw an upright with dots on it and a ball at its foot, which can be dragged like one."""
        ends = f'x1="{self.x(x):.1f}" y1="{TOP}" x2="{self.x(x):.1f}" y2="{self.bottom}"'
        inside = f'<line class="hit" {ends}/><line class="ink" stroke-dasharray="1 4" {ends}/>'
        inside += "".join(self.dot(x, y, 6) for y in ys)
        return self._knob(inside + handle(self.x(x), self.bottom), name, label)

    def _knob(self, inside: str, name: str, label: str, name_y: str = "") -> str:
        (first, last), (low, high) = self.x_range, self.y_range
        gain_x, gain_y = (last - first) / (self.right - LEFT), (low - high) / (self.bottom - TOP)
        vertically = (name_y, gain_y) if name_y else None
        return knob(inside, label, (name, gain_x), vertically)
