"""The two roots of momentum in one direction: where they lie, and the size of the larger one."""

from cmath import sqrt
from typing import Any

from bpcore import _arguments
from bpcore.view.axes import LEFT, TOP, WIDTH, Axes, handle, knob
from bpcore.view.explorable import Explorable, Look, Slider
from bpcore.view.style import group, number, svg, text_at

__all__ = ["explore_roots"]

HEIGHT, RIGHT, BOTTOM = 340, 302, 270  # px
PLANE = Axes((-1.25, 1.25), (-1.25, 1.25), RIGHT, BOTTOM)  # as wide as high
ASIDE = 330  # px, how far the sizes stand to the right of the plane
SIZES = Axes((0, 4), (0, 1.5), 310, BOTTOM)
CURVE = 160  # points
PUSH, MU = "ηh", "μ"


def explore_roots(push: float = 0.2, mu: float = 0.5) -> Explorable:
    """Let the roots of r² − (1 + μ − ηh) r + μ = 0 be dragged, in the plane of complex numbers.

    Parameters
    ----------
    push : float
        η times the curvature h, 0 to 4, at first. Dimensionless.
    mu : float
        0 to 0.99, at first.

    Returns
    -------
    Explorable
        Its `controls`: "ηh", "μ".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    push = _arguments.number(push, "push", least=0)
    mu = _arguments.number(mu, "mu", least=0, below=1)
    controls = {PUSH: Slider(PUSH, push, 0, 4, 0.01), MU: Slider(MU, mu, 0, 0.99, 0.01)}

    def look(values: dict[str, Any]) -> Look:
        push, mu = values[PUSH], values[MU]
        larger, smaller = _roots(push, mu)
        low, high = ((1 - mu**0.5) ** 2, (1 + mu**0.5) ** 2)
        if larger.imag:
            told = f"{number(larger.real, 3)} ± {number(larger.imag, 3)} i"
            told = f"The roots are {told}: both of size {abs(larger):.3f}, which is √μ."
        else:
            told = f"The roots are {number(larger.real, 3)} and {number(smaller.real, 3)}: real."
            told += f" The size of the larger is {abs(larger):.3f}."
        told += " It diverges." if abs(larger) > 1 + 1e-9 else ""
        words = (
            f"ηh = {number(push, 3)}, μ = {number(mu, 2)}. {told} They are complex for ηh from "
            f"{low:.3f} to {high:.3f}."
        )
        radius = mu**0.5 * (PLANE.x(1) - PLANE.x(0))
        centre = f'cx="{PLANE.x(0):.1f}" cy="{PLANE.y(0):.1f}"'
        plane = PLANE.frame({v: number(v) for v in (-1, 0, 1)}, {-1: "−i", 0: "0", 1: "i"}, "", "")
        plane += (
            f'<circle {centre} r="{PLANE.x(1) - PLANE.x(0):.1f}" '
            'style="fill: none; stroke: var(--bp-rule); stroke-dasharray: 2 4"/>'
            f'<circle {centre} r="{radius:.1f}" '
            'style="fill: none; stroke: var(--bp-minus); stroke-width: 2"/>'
        )
        plane += text_at(PLANE.x(0), BOTTOM + 62, "orange: radius √μ, dotted: radius 1", "muted")
        plane += PLANE.inside(PLANE.dot(smaller.real, smaller.imag, 8, "shape"))
        beside = f'<g transform="translate({ASIDE} 0)">{_sizes(mu, low, high)}</g>'
        at = f"{PLANE.x(_near(larger.real)):.1f} {PLANE.y(larger.imag):.1f}"
        gain = -2 / (PLANE.x(1) - PLANE.x(0))  # the real part is half of 1 + μ − ηh
        dragged = knob(handle(0, 0), "a root, in the complex plane", (PUSH, gain), place=at)
        size = min(abs(larger), SIZES.y_range[1])
        at = f"{ASIDE + SIZES.x(push):.1f} {SIZES.y(size):.1f}"
        gain = 1 / (SIZES.x(1) - SIZES.x(0))
        dragged += knob(handle(0, 0), "ηh, on the curve of sizes", (PUSH, gain), place=at)
        title = "The two roots of momentum, and the size of the larger one against ηh"
        return Look(svg(WIDTH, HEIGHT, title, words, group([plane, beside]) + dragged), words)

    return Explorable(controls, look)


def _roots(push: float, mu: float) -> tuple[complex, complex]:
    """Solve r² − (1 + μ − ηh) r + μ = 0, the root of larger size, or upper one, first."""
    b = 1 + mu - push
    apart = sqrt(b * b - 4 * mu)
    first, second = sorted(((b + apart) / 2, (b - apart) / 2), key=lambda r: -abs(r))
    return (second, first) if second.imag > 0 else (first, second)


def _near(value: float) -> float:
    first, last = PLANE.x_range
    return min(max(value, first), last)


def _sizes(mu: float, low: float, high: float) -> str:
    """Draw the size of the larger root against ηh, with and without μ, and the window."""
    pushes = [4 * i / CURVE for i in range(CURVE + 1)]
    window = (
        f'<rect x="{SIZES.x(low):.1f}" y="{TOP}" width="{SIZES.x(min(high, 4)) - SIZES.x(low):.1f}"'
        f' height="{BOTTOM - TOP}" style="fill: var(--bp-mark); fill-opacity: 0.6"/>'
    )
    level = f'<path stroke-dasharray="2 4" d="M{LEFT} {SIZES.y(1):.1f}H{SIZES.right}"/>'
    plain = SIZES.path(((push, abs(1 - push)) for push in pushes), 'style="stroke: var(--bp-plus)"')
    heavy = SIZES.path(
        ((push, abs(_roots(push, mu)[0])) for push in pushes),
        'style="stroke: var(--bp-minus); stroke-width: 2.4; stroke-dasharray: 9 4"',
    )
    frame = SIZES.frame(
        {v: str(v) for v in range(5)}, {0: "0", 0.5: "0.5", 1: "1"}, "ηh", "size of the larger"
    )
    middle = (SIZES.x(low) + SIZES.x(min(high, 4))) / 2
    return (
        SIZES.inside(window + level + plain + heavy)
        + frame
        + text_at(middle, SIZES.y(1.36), "complex", "muted")
        + text_at(SIZES.x(2), BOTTOM + 62, "blue: plain descent, |1 − ηh|", "muted")
    )
