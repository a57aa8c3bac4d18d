"""What a gradient costs, by backpropagation and by nudging: two times on one logarithmic axis."""

from collections.abc import Callable, Sequence

import ipywidgets as widgets
import numpy as np

from bpcore.view.explorable import SLIDER_LAYOUT, Explorable, picture_with_words
from bpcore.view.style import number, svg

__all__ = ["duration", "explore_price"]

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM = 660, 216, 40, 620, 160
ROWS = {"numerical method": 48, "backpropagation": 108}  # px
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
WIDTHS = (2, 5, 10, 20, 50, 100, 200, 500, 999, 2000, 5000, 10_000)


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
    """Show what one gradient costs by both methods, with sliders for the network's shape.

    Parameters
    ----------
    price : callable
        The sizes of the layers to the seconds for one gradient, (backprop, numerical method).

    Returns
    -------
    Explorable
        Its `controls`: "hidden layers", "width", "picture", "text".
    """
    style = {"description_width": "100px"}
    hidden = widgets.IntSlider(
        1, min=1, max=50, description="hidden layers", layout=SLIDER_LAYOUT, style=style
    )
    width = widgets.SelectionSlider(
        options=WIDTHS, value=999, description="width", layout=SLIDER_LAYOUT, style=style
    )

    def look() -> tuple[str, str]:
        sizes = [width.value] * (hidden.value + 1) + [1]
        parameters = sum(n * (k + 1) for n, k in zip(sizes[1:], sizes, strict=False))
        backprop, numerical = price(sizes)
        layers = "one hidden layer" if hidden.value == 1 else f"{hidden.value} hidden layers"
        words = (
            f"{layers} of {width.value:,} neurons, {parameters:,} parameters: backpropagation "
            f"{duration(backprop)}, the numerical method {duration(numerical)}, "
            f"{number(numerical / backprop, 2)} times as long."
        )
        words = words[0].upper() + words[1:]
        times = {"numerical method": numerical, "backpropagation": backprop}
        title = "The time of one gradient by two methods, on a logarithmic axis"
        return svg(
            WIDTH,
            HEIGHT,
            title,
            words,
            _axis() + "".join(map(_row, *zip(*times.items(), strict=True))),
        ), words

    return picture_with_words({"hidden layers": hidden, "width": width}, look)


def _x(seconds: float) -> float:
    place = np.log(np.clip(seconds, FIRST, LAST) / FIRST) / np.log(LAST / FIRST)
    return LEFT + (RIGHT - LEFT) * place


def _axis() -> str:
    parts = [f'<line x1="{LEFT}" y1="{BOTTOM}" x2="{RIGHT}" y2="{BOTTOM}"/>']
    for i, (seconds, text) in enumerate(TICKS.items()):
        x, low = f"{_x(seconds):.1f}", 18 * (i % 2)  # neighbours on two lines, not to touch
        parts.append(f'<line x1="{x}" y1="{BOTTOM}" x2="{x}" y2="{BOTTOM + 5 + low}"/>')
        parts.append(f'<text class="muted" x="{x}" y="{BOTTOM + 20 + low}">{text}</text>')
    return "".join(parts)


def _row(name: str, seconds: float) -> str:
    x, y = _x(seconds), ROWS[name]
    side, anchor = (14, "start") if x < (LEFT + RIGHT) / 2 else (-14, "end")
    return (
        f'<line x1="{LEFT}" y1="{y}" x2="{RIGHT}" y2="{y}" stroke-dasharray="1 5"/>'
        f'<circle class="shape marked" cx="{x:.1f}" cy="{y}" r="8"/>'
        f'<text class="big halo" x="{x + side:.1f}" y="{y - 12}" style="text-anchor: {anchor}">'
        f"{name}: {duration(seconds)}</text>"
    )
