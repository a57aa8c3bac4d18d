"""Two axes and what is drawn between them, as SVG."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["HEIGHT", "WIDTH", "Axes"]

WIDTH, HEIGHT = 660, 372
LEFT, RIGHT, TOP, BOTTOM = 52, 644, 16, 322


@dataclass(frozen=True)
class Axes:
    """The region of a plot, in the units of its data.

    Attributes
    ----------
    x_range, y_range : tuple of float
        Its ends, dimensionless.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        """Convert a value to a place on the drawing, in px."""
        first, last = self.x_range
        return LEFT + (RIGHT - LEFT) * (value - first) / (last - first)

    def y(self, value: float) -> float:
        """Convert a value to a place on the drawing, in px."""
        first, last = self.y_range
        return BOTTOM - (BOTTOM - TOP) * (value - first) / (last - first)

    def frame(
        self, x_ticks: Mapping[float, str], y_ticks: Mapping[float, str], x_label: str, y_label: str
    ) -> str:
        """Draw both axes with their labels; ticks map a value to its text."""
        parts = [
            f'<line x1="{LEFT}" y1="{BOTTOM}" x2="{RIGHT}" y2="{BOTTOM}"/>',
            f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{BOTTOM}"/>',
            f'<text x="{(LEFT + RIGHT) / 2:.1f}" y="{BOTTOM + 42}">{x_label}</text>',
            f'<text class="left" x="{LEFT + 8}" y="{TOP + 10}">{y_label}</text>',
        ]
        for value, text in x_ticks.items():
            x = f"{self.x(value):.1f}"
            parts.append(f'<line x1="{x}" y1="{BOTTOM}" x2="{x}" y2="{BOTTOM + 5}"/>')
            parts.append(f'<text class="muted" x="{x}" y="{BOTTOM + 20}">{text}</text>')
        for value, text in y_ticks.items():
            y = self.y(value)
            parts.append(f'<line x1="{LEFT - 5}" y1="{y:.1f}" x2="{LEFT}" y2="{y:.1f}"/>')
            parts.append(f'<text class="muted" x="{LEFT - 24}" y="{y + 5:.1f}">{text}</text>')
        return "".join(parts)

    def path(self, points: Iterable[tuple[float, float]], look: str) -> str:
        """Join points by straight lines; `look` holds the attributes of the line."""
        places = " L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)
        return f'<path {look} d="M{places}"/>'

    def dot(self, x: float, y: float, radius: float, classes: str = "shape") -> str:
        """Draw a dot of a radius in px."""
        return f'<circle class="{classes}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="{radius}"/>'
