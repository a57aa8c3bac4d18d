"""Optimizers on a landscape of two parameters: their paths from one start, and their costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import ceil, log10
from typing import Any

import numpy as np
from contourpy import contour_generator

from bpcore.optimizers import Optimizer
from bpcore.view.axes import LEFT, WIDTH, Axes
from bpcore.view.explorable import Choice, Explorable, Look, Run, Slider
from bpcore.view.style import group, number, power, svg, text_at

__all__ = ["LOOKS", "Landscape", "Looks", "cost_curve", "cost_frame", "explore_race"]

X_REACH, Y_REACH = 5, 3  # of both parameters, to either side
MAP = Axes((-X_REACH, X_REACH), (-Y_REACH, Y_REACH), 432, 248)  # the scales are the same
HEIGHT = 356  # px
ASIDE = 440  # px, how far the curves stand to the right of the map
CURVES_RIGHT = 198  # px
COSTS = (-4, 2)  # exponents of C on the curves
HORIZONS = (20, 50, 100, 200, 300)  # steps on the curves
MOST = HORIZONS[-1]
GOAL = 0.01  # of C
DRAWN = 150  # points of a curve
N_LEVELS = 8
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


LOOKS = (  # their colours are, in this order, those of the still figures
    Looks("plus", "", "M-5 -5h10v10h-10"),
    Looks("minus", "stroke-dasharray: 9 4", "M0 -7l7 12h-14"),
    Looks("green", "stroke-dasharray: 2 3", "M0 -7l7 7l-7 7l-7 -7"),
    Looks("pink", "stroke-dasharray: 11 3 2 3", "M0 7l7 -12h-14"),
    Looks("olive", "stroke-dasharray: 5 3", "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0"),
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
    optimizers: Mapping[str, Callable[..., Optimizer]],
    rates: Mapping[str, float],
    *,
    mu: Mapping[str, float] | None = None,
    steps: int = 12,
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
    mu : mapping, optional
        By some of these names, a first μ from 0 to 0.99: that optimizer's function takes μ after
        the rate.
    steps : int
        At first, 0 to 300.

    Returns
    -------
    Explorable
        Its `controls`: "landscape", "play", "start θ₁", "start θ₂", "steps", the optimizers'
        names, and "name μ" for those that have one.

    Raises
    ------
    ValueError
        If there are more than five optimizers, or rates of others than these, or a μ of others.
    """
    mu = mu or {}
    if len(optimizers) > len(LOOKS) or set(rates) != set(optimizers):
        raise ValueError(
            f"there must be at most {len(LOOKS)} optimizers, each with a rate; "
            f"got {list(optimizers)} and rates of {list(rates)}"
        )
    if not set(mu) <= set(optimizers):
        raise ValueError(f"mu has {list(mu)}, and the optimizers are {list(optimizers)}")
    names = list(landscapes)

    def play() -> None:
        now = race.values["steps"]
        then = 0 if now == MOST else min(now + ceil((now + 1) / 25), MOST)
        race.set({"steps": then, "play": then < MOST})

    controls = {
        "landscape": Choice("landscape", names, names[0]),
        "play": Run("play", "stop", play),
        "steps": Slider("steps", steps, 0, MOST, 1, decimals=0),
        **{
            name: Slider(name, value, -reach, reach, STEP, decimals=3)
            for name, value, reach in zip(
                START, landscapes[names[0]].start, (X_REACH, Y_REACH), strict=True
            )
        },
        **{name: Slider(f"{name} η", rates[name], 1e-3, 10, 0.05, log=True) for name in optimizers},
        **{f"{name} μ": Slider(f"{name} μ", mu[name], 0, 0.99, 0.01) for name in mu},
    }
    ground = lru_cache(lambda name: _contours(landscapes[name]))

    def look(values: dict[str, Any]) -> Look:
        steps, start = values["steps"], tuple(values[name] for name in START)
        of = landscapes[values["landscape"]]
        landscape = Landscape(of.C, of.slope, start)
        axes = Axes((0, next(h for h in HORIZONS if h >= steps)), COSTS, CURVES_RIGHT, MAP.bottom)
        paths, curves, key, results = [], [], [], []
        for (name, make), looks in zip(optimizers.items(), LOOKS, strict=False):
            own_mu = [values[f"{name} μ"]] if name in mu else []
            places = landscape.path(make(values[name], *own_mu), steps)
            costs = landscape.C(places.T)
            left = len(places) <= steps or not _inside(places[-1])
            result = "left the picture" if left else _result(costs)
            results.append(f"{name} {result}")
            path = looks.line(_joined(places)) + looks.end(_place(places[-1]))
            paths.append(f'<g data-for="{name}">{path}</g>')
            curves.append(cost_curve(axes, costs, looks))
            key.append(_key(len(key), name, result, looks))
        words = f"{values['landscape'].capitalize()}, steps: {steps}. {', '.join(results)}."
        body = MAP.inside(ground(values["landscape"]) + group(paths)) + _axes()
        body += f'<g transform="translate({ASIDE} 0)">{cost_frame(axes)}'
        body += axes.inside(group(curves)) + "</g>" + group(key)
        body += MAP.ball(*start, START[0], "the ball at the start of all paths", name_y=START[1])
        title = "The paths of optimizers on a landscape, and the cost against the step"
        return Look(svg(WIDTH, HEIGHT, title, words, body), words)

    race = Explorable(controls, look)
    race.controls["landscape"].observe(
        lambda change: race.set(dict(zip(START, landscapes[change["new"]].start, strict=True)))
    )
    return race


def cost_frame(axes: Axes) -> str:
    """Draw the axes of costs against steps, with a line at the goal, 0.01."""
    lowest, highest = axes.y_range
    heights = {
        float(e): f"10{power(e)}" if e else "1" for e in range(int(lowest), int(highest) + 1, 2)
    }
    last = axes.x_range[1]
    frame = axes.frame({0: "0", last: f"{last:,}"}, heights, "step", "cost C")
    y = axes.y(log10(GOAL))
    frame += f'<path class="ink" stroke-dasharray="2 4" d="M{LEFT} {y:.1f}H{axes.right}"/>'
    return frame + text_at(axes.right, y - 5, "0.01", "muted halo")


def cost_curve(axes: Axes, costs: Sequence[float], looks: Looks) -> str:
    """Draw costs against steps, the first at step 0; the vertical axis is that of log₁₀ C."""
    last = int(min(axes.x_range[1], len(costs) - 1))
    steps = sorted({round(i * last / DRAWN) for i in range(DRAWN + 1)})
    heights = [(t, min(max(log10(max(costs[t], 1e-9)), -9.0), 9.0)) for t in steps]
    points = "L".join(f"{axes.x(t):.1f} {axes.y(height):.1f}" for t, height in heights)
    return looks.line(f"M{points}")


def _result(costs: np.ndarray) -> str:
    C = costs[-1]
    return f"C = {number(C, 2)}" if C >= 1e-6 else f"C below 10{power(-6)}"


def _inside(theta: np.ndarray) -> bool:
    return bool(abs(theta[0]) <= X_REACH and abs(theta[1]) <= Y_REACH)


def _place(theta: Sequence[float]) -> str:
    x, y = np.clip(theta, -100, 100)
    return f"{MAP.x(x):.1f} {MAP.y(y):.1f}"


def _joined(places: np.ndarray) -> str:
    """Join places by a line; those that fall on the one before are left out."""
    drawn = [place for place, _ in groupby(map(_place, places))]
    return "M" + "L".join(drawn)


def _contours(landscape: Landscape) -> str:
    x, y = np.linspace(-X_REACH, X_REACH, 41), np.linspace(-Y_REACH, Y_REACH, 25)
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
    ticks = [{float(v): number(v) for v in range(-r, r + 1)} for r in (X_REACH, Y_REACH)]
    return MAP.frame(*ticks, "θ₁", "θ₂")


def _key(i: int, name: str, result: str, looks: Looks) -> str:
    x, y = LEFT + 124 * i, MAP.bottom + 70
    return (
        f'<g data-for="{name}">{looks.line(f"M{x} {y}h26")}{looks.end(f"{x + 26} {y}")}'
        f"{text_at(x + 39, y + 5, name, 'left')}</g>"
        f"{text_at(x + 6, y + 27, result, 'left muted')}"
    )
