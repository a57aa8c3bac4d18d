"""Optimizers on a landscape of two parameters: their paths from one start, on contour lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from contourpy import contour_generator

from bpcore.optimizers import Optimizer
from bpcore.view.axes import handle, knob
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.style import number, svg

__all__ = ["Landscape", "explore_race"]

WIDTH, HEIGHT, LEFT, TOP, SCALE = 660, 326, 42, 10, 44  # px; SCALE is the length of 1
X_REACH, Y_REACH = 5, 3  # of both parameters, to either side
RIGHT, BOTTOM = LEFT + 2 * SCALE * X_REACH, TOP + 2 * SCALE * Y_REACH
N_LEVELS = 12
START = ("start θ₁", "start θ₂")
STEP = 0.02  # of the start: about one px
MINIMUM = "M-9 0h18M0 -9v18"


@dataclass(frozen=True)
class Looks:
    """How a path looks: its colour, its dashes, and the mark at its end, around (0, 0)."""

    colour: str
    dashes: str
    mark: str

    def line(self, d: str) -> str:
        """Draw the line."""
        style = f"stroke: var(--bp-{self.colour}); stroke-width: 2.4; {self.dashes}"
        return f'<path style="{style}" d="{d}"/>'

    def end(self, place: str) -> str:
        """Draw the mark at a place."""
        style = f"fill: var(--bp-{self.colour}); stroke: var(--bp-paper)"
        return f'<path style="{style}" transform="translate({place})" d="{self.mark}z"/>'


LOOKS = (
    Looks("plus", "", "M-5 -5h10v10h-10"),
    Looks("minus", "stroke-dasharray: 9 4", "M0 -7l7 12h-14"),
    Looks("ink", "stroke-dasharray: 2 3", "M0 -7l7 7l-7 7l-7 -7"),
    Looks("green", "stroke-dasharray: 11 3 2 3", "M0 7l7 -12h-14"),
    Looks("purple", "stroke-dasharray: 5 3", "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0"),
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
    """Let optimizers start at one place, which can be dragged, each with its own learning rate.

    Parameters
    ----------
    landscapes : mapping
        By name. A landscape that is chosen moves the start to its own.
    optimizers : mapping
        By name, a function from the learning rate to the optimizer; at most five.
    rates : mapping
        By the same names, the learning rates at first, 0.001 to 10.

    Returns
    -------
    Explorable
        Its `controls`: "landscape", "start θ₁", "start θ₂", "steps", the optimizers' names.

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
    names = list(landscapes)
    controls = {
        "landscape": Choice("landscape", names, names[0]),
        **{
            name: Slider(name, value, -reach, reach, STEP, decimals=3)
            for name, value, reach in zip(
                START, landscapes[names[0]].start, (X_REACH, Y_REACH), strict=True
            )
        },
        "steps": Slider("steps", 30, 0, 300, 1, decimals=0),
        **{name: Slider(f"{name} η", rates[name], 1e-3, 10, 0.05, log=True) for name in optimizers},
    }
    ground = lru_cache(lambda name: _contours(landscapes[name]))

    def look(values: dict[str, Any]) -> Look:
        steps, start = values["steps"], tuple(values[name] for name in START)
        of = landscapes[values["landscape"]]
        landscape = Landscape(of.C, of.slope, start)
        paths, key, results = [], [], []
        for (name, make), looks in zip(optimizers.items(), LOOKS, strict=False):
            places = landscape.path(make(values[name]), steps)
            left = len(places) <= steps or not _inside(places[-1])
            result = "left the picture" if left else f"C = {number(landscape.C(places[-1]), 2)}"
            results.append(f"{name} {result}")
            path = looks.line(_joined(places)) + looks.end(_place(places[-1]))
            paths.append(f'<g data-for="{name}">{path}</g>')
            key.append(_key(len(key), name, result, looks))
        words = f"{values['landscape'].capitalize()}, steps: {steps}. {', '.join(results)}."
        drawing = _inset(ground(values["landscape"]) + "".join(paths)) + _axes()
        title = "The paths of optimizers from one start, on the contour lines of a landscape"
        label = "the ball at the start of all paths"
        gains = (START[0], 1 / SCALE), (START[1], -1 / SCALE)
        body = drawing + "".join(key)
        body += knob(handle(0, 0, upward=True), label, *gains, place=_place(start))
        return Look(svg(WIDTH, HEIGHT, title, words, body), words)

    race = Explorable(controls, look)
    race.controls["landscape"].observe(
        lambda change: race.set(dict(zip(START, landscapes[change["new"]].start, strict=True)))
    )
    return race


def _inside(theta: np.ndarray) -> bool:
    return bool(abs(theta[0]) <= X_REACH and abs(theta[1]) <= Y_REACH)


def _place(theta: Sequence[float]) -> str:
    x, y = np.clip(theta, -100, 100)
    return f"{LEFT + SCALE * (x + X_REACH):.1f} {TOP + SCALE * (Y_REACH - y):.1f}"


def _joined(places: np.ndarray) -> str:
    return "M" + "L".join(map(_place, places))


def _inset(body: str) -> str:
    """Cut off what is outside the axes."""
    region = f"{LEFT} {TOP} {RIGHT - LEFT} {BOTTOM - TOP}"
    x, y, width, height = region.split()
    return (
        f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{region}" '
        f'overflow="hidden">{body}</svg>'
    )


def _contours(landscape: Landscape) -> str:
    x, y = np.linspace(-X_REACH, X_REACH, 61), np.linspace(-Y_REACH, Y_REACH, 37)
    C = landscape.C(np.array(np.meshgrid(x, y)))
    lines, height = contour_generator(x, y, C), C.max() - C.min()
    shares = np.linspace(0, 1, N_LEVELS + 1)[1:-1] ** 2  # closer together where C is low
    levels = [line for share in shares for line in lines.lines(C.min() + share * height)]
    drawing = f'<path style="stroke-opacity: 0.6" d="{"".join(map(_joined, levels))}"/>'
    inner = C[1:-1, 1:-1]
    for i, j in np.argwhere(inner <= C.min() + 1e-9 * height):
        place = _place((x[j + 1], y[i + 1]))
        drawing += f'<path class="ink" transform="translate({place})" d="{MINIMUM}"/>'
    return drawing


def _axes() -> str:
    middle = TOP + SCALE * Y_REACH
    parts = [
        f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>',
        f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 40}">θ₁</text>',
        f'<text x="10" y="{middle + 5}">θ₂</text>',
    ]
    for value in range(-X_REACH, X_REACH + 1):
        x, text = LEFT + SCALE * (value + X_REACH), number(value)
        parts.append(f'<path d="M{x} {BOTTOM}v5"/>')
        parts.append(f'<text class="muted" x="{x}" y="{BOTTOM + 20}">{text}</text>')
    for value in range(-Y_REACH, Y_REACH + 1):
        y, text = middle - SCALE * value, number(value)
        parts.append(f'<path d="M{LEFT} {y}h-5"/>')
        parts.append(f'<text class="muted" x="{LEFT - 15}" y="{y + 5}">{text}</text>')
    left, below = RIGHT + 18, BOTTOM + 15
    parts.append(f'<path class="ink" transform="translate({left + 20} {below})" d="{MINIMUM}"/>')
    parts.append(f'<text class="left muted" x="{left + 50}" y="{below + 5}">lowest point</text>')
    return "".join(parts)


def _key(i: int, name: str, result: str, looks: Looks) -> str:
    left, y = RIGHT + 18, TOP + 14 + 52 * i
    return (
        f'<g data-for="{name}">{looks.line(f"M{left} {y}h40")}{looks.end(f"{left + 40} {y}")}'
        f'<text class="left" x="{left + 50}" y="{y + 5}">{name}</text></g>'
        f'<text class="left muted" x="{left + 50}" y="{y + 23}">{result}</text>'
    )
