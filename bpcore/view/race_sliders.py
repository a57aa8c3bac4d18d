"""Optimizers on a landscape of two parameters: their paths from one start, on contour lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
from contourpy import contour_generator

from bpcore.optimizers import Optimizer
from bpcore.view.explorable import SLIDER_LAYOUT, Explorable, picture_with_words
from bpcore.view.style import number, svg

__all__ = ["Landscape", "explore_race"]

WIDTH, HEIGHT, LEFT, TOP, SCALE = 660, 336, 16, 16, 44  # px; SCALE is the length of 1
X_REACH, Y_REACH = 5, 3  # of both parameters, to either side
N_LEVELS = 12
LOOKS = (
    'class="plus" style="stroke-width: 2.6"',
    'class="plus" style="stroke-width: 2.6; stroke-dasharray: 7 4"',
    'class="minus" style="stroke-width: 2.6"',
    'class="minus" style="stroke-width: 2.6; stroke-dasharray: 7 4"',
    'class="ink" style="stroke-width: 2.6; stroke-dasharray: 2 3"',
)


@dataclass(frozen=True)
class Landscape:
    """A cost of two parameters.

    Attributes
    ----------
    C : callable
        theta of shape (2, …) to the cost.
    slope : callable
        theta of shape (2,) to ∂C/∂θ.
    start : tuple of float
        Where all optimizers begin, −5 … 5 and −3 … 3.
    """

    C: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]

    def path(self, optimizer: Optimizer, steps: int) -> np.ndarray:
        """Follow an optimizer from the start.

        Parameters
        ----------
        optimizer : Optimizer
        steps : int

        Returns
        -------
        ndarray, shape (at most steps + 1, 2)
            The places, the start included, as long as they are finite.
        """
        theta, state, places = np.array(self.start, float), None, [np.array(self.start, float)]
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(steps):
                change, state = optimizer.step(self.slope(theta), state)
                theta = theta + change
                if not np.isfinite(self.C(theta)):
                    break
                places.append(theta)
        return np.array(places)


def explore_race(
    landscapes: Mapping[str, Landscape],
    optimizers: Mapping[str, Callable[[float], Optimizer]],
    rates: Mapping[str, float],
) -> Explorable:
    """Let optimizers start at one place, with a slider for each learning rate.

    Parameters
    ----------
    landscapes : mapping
        By name.
    optimizers : mapping
        By name, a function from the learning rate to the optimizer; at most five.
    rates : mapping
        By the same names, the learning rates at first, 0.001 to 10.

    Returns
    -------
    Explorable
        Its `controls`: "landscape", "steps", the optimizers' names, "picture", "text".

    Raises
    ------
    ValueError
        If there are more than five optimizers, or rates of others than these.
    """
    if len(optimizers) > len(LOOKS) or set(rates) != set(optimizers):
        raise ValueError(
            f"there must be at most {len(LOOKS)} optimizers, each with a rate; "
            f"got {list(optimizers)} and rates of {list(rates)}"
        )
    style = {"description_width": "90px"}
    controls = {
        "landscape": widgets.ToggleButtons(options=list(landscapes)),
        "steps": widgets.IntSlider(
            60, min=0, max=300, description="steps", layout=SLIDER_LAYOUT, style=style
        ),
    }
    for name, rate in rates.items():
        controls[name] = widgets.FloatLogSlider(
            rate,
            min=-3,
            max=1,
            step=0.05,
            description=name,
            readout_format=".3g",
            layout=SLIDER_LAYOUT,
            style=style,
        )

    def look() -> tuple[str, str]:
        name, steps = controls["landscape"].value, controls["steps"].value
        landscape = landscapes[name]
        drawing, results = _contours(landscape), []
        for (optimizer, make), looks in zip(optimizers.items(), LOOKS, strict=False):
            places = landscape.path(make(controls[optimizer].value), steps)
            left = len(places) <= steps or not _inside(places[-1])
            result = "left the picture" if left else f"C = {number(landscape.C(places[-1]), 2)}"
            results.append((optimizer, result, looks))
            drawing += _path(places, looks)
        x, y = _place(np.array(landscape.start))
        drawing += f'<circle class="shape marked" cx="{x}" cy="{y}" r="7"/>' + _legend(results)
        words = f"{name.capitalize()}, steps: {steps}. " + ", ".join(
            f"{optimizer} {result}" for optimizer, result, _ in results
        )
        title = "The paths of optimizers from one start, on the contour lines of a landscape"
        return svg(WIDTH, HEIGHT, title, words + ".", drawing), words + "."

    return picture_with_words(controls, look)


def _inside(theta: np.ndarray) -> bool:
    return bool(abs(theta[0]) <= X_REACH and abs(theta[1]) <= Y_REACH)


def _place(theta: np.ndarray) -> tuple[str, str]:
    x, y = np.clip(theta, -1e3, 1e3)
    return f"{LEFT + SCALE * (x + X_REACH):.1f}", f"{TOP + SCALE * (Y_REACH - y):.1f}"


def _path(places: np.ndarray, looks: str) -> str:
    points = " L".join(" ".join(_place(theta)) for theta in places)
    return f'<path clip-path="url(#bp-race)" {looks} d="M{points}"/>'


def _contours(landscape: Landscape) -> str:
    x, y = np.linspace(-X_REACH, X_REACH, 81), np.linspace(-Y_REACH, Y_REACH, 49)
    C = landscape.C(np.array(np.meshgrid(x, y)))
    lines = contour_generator(x, y, C)
    parts = [
        f'<clipPath id="bp-race"><rect x="{LEFT}" y="{TOP}" width="{2 * SCALE * X_REACH}" '
        f'height="{2 * SCALE * Y_REACH}"/></clipPath>'
    ]
    for share in np.linspace(0, 1, N_LEVELS + 1)[1:-1] ** 2:  # closer together where C is low
        for line in lines.lines(C.min() + share * (C.max() - C.min())):
            points = " L".join(" ".join(_place(theta)) for theta in line)
            parts.append(f'<path style="stroke-opacity: 0.6" d="M{points}"/>')
    return "".join(parts)


def _legend(results: list[tuple[str, str, str]]) -> str:
    left, parts = LEFT + 2 * SCALE * X_REACH + 18, []
    for i, (name, result, looks) in enumerate(results):
        y = TOP + 22 + 52 * i
        parts.append(
            f'<path {looks} d="M{left} {y} L{left + 40} {y}"/>'
            f'<text class="left" x="{left + 50}" y="{y + 5}">{name}</text>'
            f'<text class="left muted" x="{left + 50}" y="{y + 23}">{result}</text>'
        )
    return "".join(parts)
