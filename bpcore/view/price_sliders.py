"""What a gradient costs, by backpropagation and by nudging: a network whose corner can be dragged,
and below it two times on one logarithmic axis."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bpcore.view.axes import LEFT, RIGHT, WIDTH, Axes
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.style import group, number, svg

__all__ = ["duration", "explore_price"]

HEIGHT, NETWORK_BOTTOM, TIMES_AT = 376, 156, 332  # px
ROWS = {"numerical method": 244, "backpropagation": 296}  # px
MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365.25 * 86400  # seconds
UNITS = {1e-6: "µs", 1e-3: "ms", 1: "s", MINUTE: "min", HOUR: "h", DAY: "d", YEAR: "years"}
TICKS = {
    1e-6: "1 µs",
    1e-3: "1 ms",
    1: "1 s",
    MINUTE: "1 min",
    HOUR: "1 h",
    DAY: "1 day",
    YEAR: "1 year",
    1000 * YEAR: "1000 years",
}
FIRST, LAST = 1e-6, 1e6 * YEAR  # the ends of the axis
MOST = 50  # hidden layers
WIDTHS = (2, 5, 10, 20, 50, 100, 200, 500, 999, 2000, 5000, 10_000)
ONE = -1  # the place that 1 would have among the widths
NETWORK = Axes((-1, MOST + 2), (ONE - 1, len(WIDTHS) + 2), bottom=NETWORK_BOTTOM)


def duration(seconds: float) -> str:
    """Write a time in the largest unit of which it has at least one, with at least two digits.

    Parameters
    ----------
    seconds : float
        Not negative.

    Returns
    -------
    str
        Such as "4.1 ms" or "2.5 min".
    """
    rounded = float(f"{seconds:.1e}")  # so that 59.9 s is a minute
    size = max((size for size in UNITS if size <= rounded), default=min(UNITS))
    return f"{number(seconds / size, 2)} {UNITS[size]}"


def explore_price(price: Callable[[Sequence[int]], tuple[float, float]]) -> Explorable:
    """Show what one gradient costs by both methods, for a network that can be drawn larger.

    Parameters
    ----------
    price : callable
        The sizes of the layers to the seconds for one gradient, (backprop, numerical method); both
        positive.

    Returns
    -------
    Explorable
        Its `controls`: "hidden layers" and "width", the latter by its digits.
    """
    controls = {
        "hidden layers": Slider("hidden layers", 1, 1, MOST, 1, decimals=0),
        "width": Choice("width", [str(width) for width in WIDTHS], "999", look="range"),
    }

    def look(values: dict[str, Any]) -> Look:
        hidden, width = values["hidden layers"], int(values["width"])
        sizes = [width] * (hidden + 1) + [1]
        parameters = sum(n * (k + 1) for n, k in zip(sizes[1:], sizes, strict=False))
        backprop, numerical = price(sizes)
        layers = "One hidden layer" if hidden == 1 else f"{hidden} hidden layers"
        words = (
            f"{layers} of {width:,} neurons, {parameters:,} parameters: backpropagation "
            f"{duration(backprop)}, the numerical method {duration(numerical)}, "
            f"{number(numerical / backprop, 2)} times as long."
        )
        drawing = _network(hidden, WIDTHS.index(width)) + _time_axis()
        drawing += _row("numerical method", numerical) + _row("backpropagation", backprop)
        title = "A network, and the time of one gradient by two methods, on a logarithmic axis"
        return Look(svg(WIDTH, HEIGHT, title, words, drawing), words)

    return Explorable(controls, look)


def _network(hidden: int, height: int) -> str:
    """Draw a bar for each layer: the input, the hidden ones, and the single output neuron."""
    layers = {n: str(n) for n in (1, *range(10, MOST + 1, 10))}
    widths = {WIDTHS.index(n): str(n) for n in (2, 20, 200, 2000)}
    bars = []
    for layer in range(hidden + 2):
        x, top = NETWORK.x(layer), NETWORK.y(height if layer <= hidden else ONE)
        bars.append(
            f'<rect class="ink" x="{x - 3:.1f}" y="{top:.1f}" width="6" '
            f'height="{NETWORK.bottom - top:.1f}" style="fill: var(--bp-plus); fill-opacity: 0.3"/>'
        )
    frame = NETWORK.frame(layers, widths, "hidden layers", "neurons in each layer (logarithmic)")
    corner = "the corner of the network, hidden layers and width"
    ball = NETWORK.ball(hidden + 1.6, height + 0.6, "hidden layers", corner, name_y="width")
    return frame + group(bars) + ball


def _x(seconds: float) -> float:
    place = np.log(np.clip(seconds, FIRST, LAST) / FIRST) / np.log(LAST / FIRST)
    return LEFT + (RIGHT - LEFT) * place


def _time_axis() -> str:
    parts = [f'<line x1="{LEFT}" y1="{TIMES_AT}" x2="{RIGHT}" y2="{TIMES_AT}"/>']
    for i, (seconds, text) in enumerate(TICKS.items()):
        x, low = f"{_x(seconds):.1f}", 18 * (i % 2)  # neighbours on two lines, not to touch
        parts.append(f'<line x1="{x}" y1="{TIMES_AT}" x2="{x}" y2="{TIMES_AT + 5 + low}"/>')
        parts.append(f'<text class="muted" x="{x}" y="{TIMES_AT + 20 + low}">{text}</text>')
    return "".join(parts)


def _row(name: str, seconds: float) -> str:
    x, y = _x(seconds), ROWS[name]
    side, anchor = (14, "start") if x < (LEFT + RIGHT) / 2 else (-14, "end")
    return (
        f'<line x1="{LEFT}" y1="{y}" x2="{RIGHT}" y2="{y}" stroke-dasharray="1 5"/>'
        f'<circle class="shape" cx="{x:.1f}" cy="{y}" r="7"/>'
        f'<text class="big halo" x="{x + side:.1f}" y="{y - 12}" style="text-anchor: {anchor}">'
        f"{name}: {duration(seconds)}</text>"
    )
