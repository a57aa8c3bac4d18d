"""An activation function and its slope, with a ball that can be dragged along both."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bpcore import ACTIVATIONS, _arguments, examples
from bpcore.view.axes import LEFT, RIGHT, TOP, Axes
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.sample import LARGEST_SLOPE, OFF, QUIET_BELOW
from bpcore.view.style import group, number, svg

__all__ = ["explore_activation"]

NAMES = tuple(name for name in ACTIVATIONS if name != "softmax")  # which needs a whole layer
KINKED = ("relu", "leaky_relu")  # at z = 0
WIDTH, HEIGHT = 660, 470
Z = -6.0, 6.0  # the ends of the axis
A = {"sigmoid": (-0.15, 1.15), "tanh": (-1.3, 1.3)}  # those of a: others (−1.5, 2.5)
A_TICKS = {"sigmoid": (0, 0.5, 1), "tanh": (-1, 0, 1)}
SLOPE, SLOPE_TICKS = {"sigmoid": (-0.02, 0.28)}, {"sigmoid": (0, 0.25)}
DOWN = 292  # px, from the upper axes to the lower
JUST_ABOVE = 1e-9  # 0
GRID = np.linspace(*Z, 241)
Z_TICKS = (-6, -4, -2, 0, 2, 4, 6)


def explore_activation(name: str = "sigmoid", z: float | None = None) -> Explorable:
    """Show an activation function a = σ(z) and, below it, its slope σ′(z).

    Parameters
    ----------
    name : {"sigmoid", "tanh", "relu", "leaky_relu", "elu", "linear"}
        The one that is shown first. Behind all others, the sigmoid is a thin line.
    z : float, optional
        Where the ball is at first, −6 ≤ z ≤ 6, dimensionless. Default: z of H1 in the published
        XOR network, for the input [1, 0].

    Returns
    -------
    Explorable
        Its `controls`: "activation", "z".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; the message names it.
    """
    _arguments.choice(name, dict.fromkeys(NAMES), "name")
    z = examples.XOR_PUBLISHED["sum"]["H1"] if z is None else z
    controls = {
        "activation": Choice("σ", NAMES, name),
        "z": Slider("z", z, *Z, 0.05),
    }

    def look(values: dict[str, Any]) -> Look:
        name, z = values["activation"], values["z"]
        words = _words(name, z)
        title = f"The activation {name} and its slope"
        return Look(svg(WIDTH, HEIGHT, title, words, _picture(name, z)), words)

    return Explorable(controls, look)


def _at(name: str, z: float) -> tuple[float, float]:
    sigma = ACTIVATIONS[name]
    return float(sigma(z)), float(sigma.prime(z))


def _is_quiet(name: str, slope: np.ndarray | float) -> np.ndarray | bool:
    return slope < QUIET_BELOW * LARGEST_SLOPE.get(name, 1.0)


def _words(name: str, z: float) -> str:
    a, slope = _at(name, z)
    said = f"{name} at z = {number(z)}: a = {number(a)}, slope σ′(z) = {number(slope)}."
    if name in KINKED and z == 0:
        left = number(float(ACTIVATIONS[name].prime(-1.0)))
        sides = f"with the slope {left} on the left of it and 1 on the right"
        return f"{said} The curve has a kink here, {sides}; bpcore uses {number(slope)}."
    share = f"{number(100 * slope, 3)} % gets through to a"
    if _is_quiet(name, slope):
        what = "Off" if name in OFF else "Saturated"
        return f"{said} {what}: of a small push on z, only {share}."
    return f"{said} Of a small push on z, {share}."


def _axes(name: str) -> tuple[Axes, Axes]:
    """Give those of a and of the slope, as high as the curve needs."""
    upper = Axes(Z, A.get(name, (-1.5, 2.5)), bottom=270)
    return upper, Axes(Z, SLOPE.get(name, (-0.08, 1.12)), bottom=120)


def _picture(name: str, z: float) -> str:
    upper_axes, lower_axes = _axes(name)
    a, slope = _at(name, z)
    upper, lower = [_quiet_zones(name, upper_axes)], []
    if name != "sigmoid":
        upper.append(_curve(upper_axes, "sigmoid", "value", ""))
        lower.append(_curve(lower_axes, "sigmoid", "prime", ""))
    a_ticks, slope_ticks = A_TICKS.get(name, (-1, 0, 1, 2)), SLOPE_TICKS.get(name, (0, 1))
    upper.append(upper_axes.frame({}, _ticks(a_ticks), "", "activation a"))
    lower.append(
        lower_axes.frame(_ticks(Z_TICKS), _ticks(slope_ticks), "weighted input z", "slope σ′(z)")
    )
    strong = 'class="plus" style="stroke-width: 3"'
    upper.append(_curve(upper_axes, name, "value", strong))
    lower += [_curve(lower_axes, name, "prime", strong), _kink(name, lower_axes)]
    low, high = upper_axes.y_range
    place = min(max(a, low), high)
    upright = (
        f'<line class="ink" stroke-dasharray="1 4" x1="{upper_axes.x(z):.1f}" '
        f'y1="{upper_axes.y(place):.1f}" x2="{upper_axes.x(z):.1f}" '
        f'y2="{DOWN + lower_axes.y(slope):.1f}"/>'
    )
    dot = lower_axes.dot(z, slope, 6, "shape marked")
    return "".join(
        [
            group(upper),
            f'<g transform="translate(0 {DOWN})">{"".join(lower)}</g>',
            upright,
            group([_tangent(z, a, slope, upper_axes)]),
            f'<g transform="translate(0 {DOWN})">{dot}</g>',
            upper_axes.ball(z, place, "z", "the ball on the curve"),
            _numbers(name, z, a, slope, upper_axes),
        ]
    )


def _ticks(values: Sequence[float]) -> dict[float, str]:
    return {value: f"{value:g}".replace("-", "−") for value in values}


def _curve(axes: Axes, name: str, which: str, look: str) -> str:
    """Draw a function between the ends of its axis, with a gap where it jumps."""
    sigma = ACTIVATIONS[name]
    function, (low, high) = sigma if which == "value" else sigma.prime, axes.y_range
    jumps = which == "prime" and name in KINKED
    pieces = [GRID[GRID <= 0], np.r_[JUST_ABOVE, GRID[GRID > 0]]] if jumps else [GRID]
    parts = []
    for piece in pieces:
        values = function(piece)
        inside = (values >= low) & (values <= high)
        parts.append(axes.path(zip(piece[inside], values[inside], strict=True), look))
    return "".join(parts)


def _kink(name: str, axes: Axes) -> str:
    """Mark which slope is used at a kink by a full dot, and the other by an empty one."""
    if name not in KINKED:
        return ""
    used = float(ACTIVATIONS[name].prime(0.0))
    at = f'cx="{axes.x(0):.1f}" cy="{axes.y(used):.1f}"'
    return f'{axes.dot(0, 1, 4)}<circle style="fill: var(--bp-plus)" {at} r="4"/>'


def _quiet_zones(name: str, axes: Axes) -> str:
    """Shade where the slope is so small that the neuron counts as saturated, or off."""
    quiet = _is_quiet(name, ACTIVATIONS[name].prime(GRID))
    starts = np.flatnonzero(quiet & ~np.r_[False, quiet[:-1]])
    ends = np.flatnonzero(quiet & ~np.r_[quiet[1:], False])
    word = "off" if name in OFF else "saturated"
    parts = []
    for start, end in zip(starts, ends, strict=True):
        left, right = axes.x(GRID[start]), axes.x(GRID[end])
        parts.append(
            f'<rect style="fill: var(--bp-mark); fill-opacity: 0.55" x="{left:.1f}" y="{TOP}" '
            f'width="{right - left:.1f}" height="{axes.bottom - TOP}"/>'
            f'<text class="muted" x="{(left + right) / 2:.1f}" y="{axes.bottom - 8}">{word}</text>'
        )
    return "".join(parts)


def _tangent(z: float, a: float, slope: float, axes: Axes) -> str:
    low, high = axes.y_range
    if not low <= a <= high:
        return ""
    begin, end = max(z - 1.2, Z[0]), min(z + 1.2, Z[1])
    if slope:
        leaves = [z + (limit - a) / slope for limit in (low, high)]  # no slope here is negative
        begin, end = max(begin, leaves[0]), min(end, leaves[1])
    points = [(each, a + slope * (each - z)) for each in (begin, end)]
    return axes.path(points, 'class="ink" style="stroke-width: 2.2" stroke-dasharray="7 4"')


def _numbers(name: str, z: float, a: float, slope: float, axes: Axes) -> str:
    low, high = axes.y_range
    beyond = "" if low <= a <= high else ", outside the picture"
    lines = [f"z = {number(z)}", f"a = {number(a)}{beyond}", f"σ′(z) = {number(slope)}"]
    parts = [
        f'<text class="halo left big" x="{LEFT + 14}" y="{TOP + 22 + 20 * i}">{line}</text>'
        for i, line in enumerate(lines)
    ]
    legend = "dashed: the tangent" if name == "sigmoid" else "thin: sigmoid; dashed: the tangent"
    parts.append(
        f'<text class="halo muted" style="text-anchor: end" x="{RIGHT - 4}" '
        f'y="{axes.bottom + 15}">{legend}</text>'
    )
    return group(parts)
