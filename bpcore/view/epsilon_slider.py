"""How good a finite difference is, for every ε: a slider on three curves."""

from functools import cache

import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, backprop, finite_difference, relative_error
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import SLIDER_LAYOUT, Explorable, picture_with_words
from bpcore.view.style import number, power, svg

__all__ = ["explore_epsilon"]

LOOKS = {
    "forward": 'class="plus" style="stroke-width: 2.4"',
    "central": 'class="minus" style="stroke-width: 2.4; stroke-dasharray: 9 4"',
    "complex": 'class="ink" style="stroke-width: 2.4; stroke-dasharray: 2 4"',
}
LABELS = {"forward": (-4, -28), "central": (-10, 30), "complex": (-12, -12)}  # exponent, px
EXPONENTS = np.arange(-16, 0.1, 0.5)
SMALLEST_DRAWN = 1e-17


def explore_epsilon(net: Network, x: ArrayLike, y: ArrayLike) -> Explorable:
    """Show the error of three finite differences against ε, with a slider for ε.

    Parameters
    ----------
    net, x, y
        As for `bpcore.backprop`, whose gradient is the reference; a small network.

    Returns
    -------
    Explorable
        Its `controls`: "epsilon", "picture", "text".
    """
    reference = backprop(net, x, y)

    @cache
    def error(scheme: str, eps: float) -> float:
        measured = finite_difference(net, x, y, scheme=scheme, eps=eps)
        return max(relative_error(measured, reference), SMALLEST_DRAWN)

    axes = Axes((-16, 0), (-17, 2))
    ticks = {p: f"10{power(p)}" for p in range(-16, 1, 2)}
    background = axes.frame(ticks, ticks, "nudge ε", "relative error of the gradient")
    for scheme, look in LOOKS.items():
        errors = [np.log10(error(scheme, 10.0**p)) for p in EXPONENTS]
        background += axes.path(zip(EXPONENTS, errors, strict=True), look)
        p, below = LABELS[scheme]
        label_y = axes.y(np.log10(error(scheme, 10.0**p))) + below
        background += f'<text class="halo" x="{axes.x(p):.1f}" y="{label_y:.1f}">{scheme}</text>'
    slider = widgets.FloatLogSlider(
        1e-7,
        min=-16,
        max=0,
        step=0.25,
        description="ε",
        readout_format=".1e",
        layout=SLIDER_LAYOUT,
    )

    def look() -> tuple[str, str]:
        p = np.log10(slider.value)
        errors = (f"{scheme} {number(error(scheme, slider.value), 2)}" for scheme in LOOKS)
        words = f"ε = {slider.value:.1e}: relative error {', '.join(errors)}."
        dots = (
            axes.dot(p, np.log10(error(scheme, slider.value)), 7, "shape marked")
            for scheme in LOOKS
        )
        title = "Error of finite differences against ε, both axes logarithmic"
        return svg(WIDTH, HEIGHT, title, words, background + "".join(dots)), words

    return picture_with_words({"epsilon": slider}, look)
