"""How good a finite difference is, for every ε: three curves, and ε to be dragged along them."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, backprop, finite_difference, relative_error
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import Explorable, Look, Slider
from bpcore.view.style import number, power, signed, svg

__all__ = ["explore_epsilon"]

LOOKS = {
    "forward": 'class="plus" style="stroke-width: 2.4"',
    "central": 'class="minus" style="stroke-width: 2.4; stroke-dasharray: 9 4"',
    "complex": 'class="ink" style="stroke-width: 2.4; stroke-dasharray: 2 4"',
}
LABELS = {"forward": (-4, -28), "central": (-10, 30), "complex": (-12, -12)}  # exponent, px
GUIDES = {  # slope to first and last exponent, height of the first, px of the label below
    -1: (-15.5, -11.5, -1.5, 16),
    1: (-6.5, -0.9, -4.0, -8),
}
LEAST, MOST, STEP = -16, 0, 0.25  # exponents of ε
SMALLEST_DRAWN = 1e-17


def explore_epsilon(net: Network, x: ArrayLike, y: ArrayLike) -> Explorable:
    """Show the error of three finite differences against ε, which can be dragged.

    Parameters
    ----------
    net, x, y
        As for `bpcore.backprop`, whose gradient is the reference; a small network.

    Returns
    -------
    Explorable
        Its `controls`: "epsilon".
    """
    reference = backprop(net, x, y)

    @cache
    def height(scheme: str, eps: float) -> float:
        measured = finite_difference(net, x, y, scheme=scheme, eps=eps)
        return float(np.log10(max(relative_error(measured, reference), SMALLEST_DRAWN)))

    slider = Slider("ε", 1e-7, 10.0**LEAST, 10.0**MOST, STEP, log=True)
    axes = Axes((LEAST, MOST), (-17, 2))
    exponents = np.arange(LEAST, MOST + STEP, STEP)
    ticks = {p: f"10{power(p)}" for p in range(LEAST, MOST + 1, 2)}
    background = axes.frame(ticks, ticks, "nudge ε", "relative error of the gradient")
    background += "".join(_guide(axes, slope, *place) for slope, place in GUIDES.items())
    for scheme, look_of in LOOKS.items():
        points = ((p, height(scheme, 10.0**p)) for p in exponents)
        background += axes.path(points, look_of)
        p, below = LABELS[scheme]
        label_y = axes.y(height(scheme, 10.0**p)) + below
        background += f'<text class="halo" x="{axes.x(p):.1f}" y="{label_y:.1f}">{scheme}</text>'

    def look(values: dict[str, Any]) -> Look:
        eps = values["epsilon"]
        heights = {scheme: height(scheme, eps) for scheme in LOOKS}
        errors = (f"{scheme} {number(10**p, 2)}" for scheme, p in heights.items())
        words = f"ε = {number(eps, 2)}: relative error {', '.join(errors)}."
        knob = axes.upright(np.log10(eps), heights.values(), "epsilon", "the nudge ε")
        title = "Error of finite differences against ε, both axes logarithmic"
        return Look(svg(WIDTH, HEIGHT, title, words, background + knob), words)

    return Explorable({"epsilon": slider}, look)


def _guide(axes: Axes, slope: int, first: float, last: float, height: float, below: int) -> str:
    ends = [(first, height), (last, height + slope * (last - first))]
    middle = (first + last) / 2
    x, y = axes.x(middle), axes.y(height + slope * (middle - first))
    turn = np.degrees(np.arctan2(axes.y(slope) - axes.y(0), axes.x(1) - axes.x(0)))
    return axes.path(ends, 'stroke-dasharray="1 3"') + (
        f'<text class="muted" x="{x:.1f}" y="{y + below:.1f}" '
        f'transform="rotate({turn:.1f} {x:.1f} {y:.1f})">slope {signed(slope)}</text>'
    )
