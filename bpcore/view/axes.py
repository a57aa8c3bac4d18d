"""Two axes and what is drawn between them, as SVG."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bpcore.view.style import group

__all__ = ["HEIGHT", "LEFT", "RIGHT", "TOP", "WIDTH", "Axes"]

WIDTH, HEIGHT = 660, 374
LEFT, RIGHT, TOP, BOTTOM = 52, 640, 20, 324


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

    def dot(self, x: float, y: float, radius: float, classes: str = "shape") -> str:
        """Draw a dot of a radius in px."""
        return f'<circle class="{classes}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="{radius}"/>'

    def ball(self, x: float, y: float, name: str, label: str, *, name_y: str = "") -> str:
        """Draw a ball that can be dragged along the horizontal axis and moves the slider `name`.

        With `name_y`, its way along the vertical axis moves that one. The axes must have the
        sliders' scales.
        """
        return self._knob(self._ball(x, y, upward=bool(name_y)), name, label, name_y)

    def upright(self, x: float, ys: Iterable[float], name: str, label: str) -> str:
        """Draw an upright with dots on it and a ball at its foot, which can be dragged like one."""
        ends = f'x1="{self.x(x):.1f}" y1="{TOP}" x2="{self.x(x):.1f}" y2="{self.bottom}"'
        inside = f'<line class="hit" {ends}/><line class="ink" stroke-dasharray="1 4" {ends}/>'
        inside += "".join(self.dot(x, y, 6) for y in ys)
        return self._knob(inside + self._ball(x, self.y_range[0]), name, label)

    def _ball(self, x: float, y: float, *, upward: bool = False) -> str:
        left, top = self.x(x), self.y(y)
        turns = [("-4 4", "4 4", -14, -4), ("4 4", "-4 4", 14, -4)]  # of an arrow, and its start
        if upward:
            turns += [("4 -4", "4 4", -4, -14), ("4 4", "4 -4", -4, 14)]
        hint = "".join(
            f"M{left + right:.1f} {top + down:.1f} l{a} l{b}" for a, b, right, down in turns
        )
        return (
            f'<circle class="hit" cx="{left:.1f}" cy="{top:.1f}" r="14"/>'
            f'{self.dot(x, y, 10, "shape marked")}<path class="ink" d="{hint}"/>'
        )

    def _knob(self, inside: str, name: str, label: str, name_y: str = "") -> str:
        (first, last), (low, high) = self.x_range, self.y_range
        gains = f'data-knob="{name}" data-x="{(last - first) / (self.right - LEFT):.6g}"'
        if name_y:
            gains += f' data-knob-y="{name_y}" data-y="{(low - high) / (self.bottom - TOP):.6g}"'
        return f'<g {gains} aria-label="{label}">{inside}</g>'
