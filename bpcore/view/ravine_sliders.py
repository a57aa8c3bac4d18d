"""A ravine to drag: steepest descent in it, and beside it the same with momentum."""

from collections.abc import Sequence
from math import inf, isfinite, sqrt
from typing import Any

from bpcore import _arguments
from bpcore.view.axes import LEFT, WIDTH, Axes
from bpcore.view.explorable import Button, Explorable, Look, Slider
from bpcore.view.race_sliders import (
    ASIDE,
    CURVES_RIGHT,
    DRAWN,
    GOAL,
    LOOKS,
    MINIMUM,
    START,
    Looks,
    cost_curve,
    cost_frame,
)
from bpcore.view.style import group, number, svg, text_at

__all__ = ["explore_ravine"]

HEIGHT, RIGHT, BOTTOM = 276, 432, 173  # px; the scales of both parameters are the same
X_REACH, Y_REACH = 5.0, 2.0
MAP = Axes((-X_REACH, X_REACH), (-Y_REACH, Y_REACH), RIGHT, BOTTOM)
LINES = 46  # px, of a run below the map
COSTS = (-3, 3)  # exponents of C on the curves
MOST = 5_000  # steps
FAR = 1e6  # beyond which a run is given up
HORIZONS = (20, 50, 100, 200, 500, 1_000, 2_000, MOST)
KAPPA, RATE, MU, FASTER = "κ", "η", "μ", "η with μ"

Places = list[tuple[float, float]]


def explore_ravine(kappa: float = 25.0, *, momentum: bool = False) -> Explorable:
    """Let a ball descend into C = ½ (θ₁² + κ θ₂²), and count its steps until C stays below 0.01.

    Parameters
    ----------
    kappa : float
        The larger curvature over the smaller, 1 to 1000, at first.
    momentum : bool
        Whether a second ball runs with momentum, with a rate η and a μ of its own.

    Returns
    -------
    Explorable
        Its `controls`: "start θ₁", "start θ₂", "κ", "η" and the button "best"; with momentum also
        "η with μ" and "μ". At first the rates are those that are best in the long run.

    Raises
    ------
    TypeError, ValueError
        If kappa is not a number from 1 to 1000.

    Notes
    -----
    The best rates, and the best μ, are those of Polyak, *Some methods of speeding up the
    convergence of iteration methods* (1964), in the convention of `bpcore.SGD`.
    """
    kappa = _arguments.number(kappa, "kappa", least=1)
    best = _best(kappa)
    controls = {
        START[0]: Slider(START[0], -4.0, -X_REACH, X_REACH, 0.02),
        START[1]: Slider(START[1], 1.0, -Y_REACH, Y_REACH, 0.02),
        KAPPA: Slider(KAPPA, kappa, 1, 1000, 0.02, log=True),
        RATE: Slider("η of steepest descent", best[RATE], 1e-4, 2, 0.01, log=True),
    }
    if momentum:
        controls[FASTER] = Slider("η with momentum", best[FASTER], 1e-4, 2, 0.01, log=True)
        controls[MU] = Slider("μ of momentum", best[MU], 0, 0.99, 0.01)

    def set_best() -> None:
        now = _best(explorable.controls[KAPPA].value)
        explorable.set({name: value for name, value in now.items() if name in controls})

    hint = "Set the learning rates, and μ if there is one, to the best for this κ."
    controls["best"] = Button("best for this κ", set_best, hint)

    def look(values: dict[str, Any]) -> Look:
        kappa, start = values[KAPPA], (values[START[0]], values[START[1]])
        runs = {"steepest descent": (values[RATE], 0.0)}
        if momentum:
            runs["momentum"] = (values[FASTER], values[MU])
        paths = {name: _descent(kappa, *run, start) for name, run in runs.items()}
        costs = {
            name: [(a * a + kappa * b * b) / 2 for a, b in path] for name, path in paths.items()
        }
        counts = {name: _steps_needed(C) for name, C in costs.items()}
        told = [
            f"{name.capitalize()}, {_said(*runs[name])}: {_verdict(costs[name], count)}"
            for name, count in counts.items()
        ]
        words = f"κ = {number(kappa, 3)}. {' '.join(told)}"
        said = ", ".join(
            f"{count:,} steps with {name}" if isfinite(count) else f"{name} does not arrive"
            for name, count in counts.items()
        )
        arrived = [count for count in counts.values() if isfinite(count)]
        horizon = next(h for h in HORIZONS if h >= max(arrived, default=100))
        lines, curves, key = [], [], []
        curve_axes = Axes((0, horizon), COSTS, CURVES_RIGHT, BOTTOM)
        for i, (name, looks) in enumerate(zip(runs, LOOKS, strict=False)):
            shown = paths[name][: int(min(counts[name], DRAWN)) + 1]
            lines.append(f'<g data-for="{name}">{_path(shown, looks)}</g>')
            curves.append(cost_curve(curve_axes, costs[name], looks))
            key.append(
                _key(i, name, _said(*runs[name]), _verdict(costs[name], counts[name]), looks)
            )
        body = MAP.inside(_contours(kappa) + group(lines)) + _map_frame()
        body += f'<g transform="translate({ASIDE} 0)">{cost_frame(curve_axes)}'
        body += curve_axes.inside(group(curves)) + "</g>" + group(key)
        body += MAP.ball(*start, START[0], "the ball at the start", name_y=START[1])
        title = "Descent in a ravine, on contour lines, and the cost against the step"
        picture = svg(WIDTH, HEIGHT + LINES * (len(runs) - 1), title, words, body)
        return Look(picture, words, f"κ = {number(kappa, 3)}: {said}.")

    explorable = Explorable(controls, look)
    return explorable


def _best(kappa: float) -> dict[str, float]:
    """Give the rates, and the μ, that are best in the long run if the curvatures are 1 and κ."""
    root = sqrt(kappa)
    return {
        RATE: 2 / (kappa + 1),
        FASTER: (2 / (root + 1)) ** 2,
        MU: ((root - 1) / (root + 1)) ** 2,
    }


def _descent(kappa: float, eta: float, mu: float, start: tuple[float, float]) -> Places:
    """Follow Δθ ← μ Δθ − η g for `MOST` steps, or as long as the ball is not far away."""
    (a, b), da, db = start, 0.0, 0.0
    places = [(a, b)]
    for _ in range(MOST):
        da, db = mu * da - eta * a, mu * db - eta * kappa * b
        a, b = a + da, b + db
        places.append((a, b))
        if abs(a) + abs(b) > FAR:
            break
    return places


def _steps_needed(costs: Sequence[float]) -> float:
    """Count the steps after which the cost stays below `GOAL`; infinite if it does not."""
    if costs[-1] >= GOAL or len(costs) <= MOST:
        return inf
    above = next((t for t in reversed(range(len(costs))) if costs[t] >= GOAL), -1)
    return above + 1


def _verdict(costs: Sequence[float], count: float) -> str:
    if isfinite(count):
        return f"C stays below {GOAL} after {count:,} steps."
    if len(costs) <= MOST:
        return f"it flies off; after {len(costs) - 1:,} steps C = {number(costs[-1], 2)}."
    return f"not below {GOAL} within {MOST:,} steps; C = {number(costs[-1], 2)}."


def _said(eta: float, mu: float) -> str:
    return f"η = {number(eta, 3)}" + (f", μ = {number(mu, 2)}" if mu else "")


def _path(places: Places, looks: Looks) -> str:
    points = [f"{x:.1f} {y:.1f}" for x, y in (_on_map(*place) for place in places)]
    stops = f"stroke: var(--bp-{looks.colour}); stroke-width: 5; stroke-linecap: round"
    dots = "".join(f"M{point}h0" for point in points)
    return looks.line("M" + "L".join(points)) + f'<path style="{stops}" d="{dots}"/>'


def _on_map(a: float, b: float) -> tuple[float, float]:
    def near(value: float) -> float:
        return min(max(value, -100.0), 100.0)

    return MAP.x(near(a)), MAP.y(near(b))


def _contours(kappa: float) -> str:
    """Draw ellipses, equally far apart along θ₁, and the lowest point."""
    parts = [
        f'<ellipse cx="{MAP.x(0):.1f}" cy="{MAP.y(0):.1f}" rx="{MAP.x(reach) - MAP.x(0):.1f}" '
        f'ry="{MAP.y(0) - MAP.y(reach / sqrt(kappa)):.1f}" '
        f'style="fill: none; stroke: var(--bp-rule); stroke-opacity: 0.7"/>'
        for reach in (*range(1, 6), *_farther(kappa))
    ]
    here = f"{MAP.x(0):.1f} {MAP.y(0):.1f}"
    parts.append(f'<path class="ink" transform="translate({here})" d="{MINIMUM}"/>')
    return group(parts)


def _farther(kappa: float) -> list[float]:
    """Continue the contour lines up to the edge of the map, across the ravine."""
    steps, most = [], sqrt(X_REACH**2 + kappa * Y_REACH**2)
    while (step := (steps or [5.0])[-1] * 1.5) < most:
        steps.append(step)
    return steps


def _map_frame() -> str:
    ticks_x = {float(v): number(v) for v in range(-5, 6)}
    ticks_y = {float(v): number(v) for v in range(-2, 3)}
    return MAP.frame(ticks_x, ticks_y, "θ₁, along", "θ₂, across")


def _key(i: int, name: str, rates: str, verdict: str, looks: Looks) -> str:
    y = BOTTOM + 70 + LINES * i
    return (
        f'<g data-for="{name}">{looks.line(f"M{LEFT} {y}h40")}'
        f"{text_at(LEFT + 50, y + 5, f'{name}, {rates}', 'left bold')}</g>"
        f"{text_at(LEFT + 50, y + 25, verdict[0].upper() + verdict[1:], 'left')}"
    )
