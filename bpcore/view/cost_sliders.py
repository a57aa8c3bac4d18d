"""The slope of a cost where the network answers: by one sigmoid output, and by three of softmax."""

from math import log
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import ACTIVATIONS, _arguments
from bpcore.view.axes import LEFT, WIDTH, Axes, handle, knob
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.style import group, number, signed, svg, text_at

__all__ = ["explore_costs", "explore_softmax"]

HEIGHT = 476  # px
LEAST, MOST = 0.01, 0.99  # of an answer: the cross-entropy ends nowhere
UPPER = Axes((0, 1), (0, 4.7), 600, 214)
LOWER = Axes((0, 1), (-1, 1), 600, 170)
DOWN = 258  # px, from the upper axes to the lower
POINTS = 1 / (1 + np.exp(-np.linspace(-4.6, 4.6, 60)))  # close where the curves turn
LOOKS = {
    "quadratic": 'class="minus" style="stroke-width: 2.6; stroke-dasharray: 8 4"',
    "cross-entropy": 'class="plus" style="stroke-width: 2.6"',
}

Z = 5.0  # a z goes from −5 to 5
ROWS, ROW = 52, 50  # px: the middle of the first row, and from row to row
RAIL, SHARES, DELTAS = (70, 250), (318, 448), (560, 90)  # px: ends; of δ, the middle and its 1
SOFTMAX_HEIGHT = ROWS + 3 * ROW


def explore_costs(a: float = 0.82, y: float = 0.0) -> Explorable:
    """Show two costs of a sigmoid output, and below them their δ, against its answer.

    Parameters
    ----------
    a : float
        The answer at first, 0.01 to 0.99, dimensionless.
    y : float
        The target at first, 0 to 1, dimensionless.

    Returns
    -------
    Explorable
        Its `controls`: "a", "y".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    δ is the slope of the cost with respect to z: (a − y) a (1 − a) for the quadratic cost
    ½ (a − y)², and a − y for the cross-entropy.
    """
    controls = {
        "a": Slider("answer a", a, LEAST, MOST, 0.01),
        "y": Slider("target y", y, 0, 1, 0.05),
    }

    def look(values: dict[str, Any]) -> Look:
        a, y = values["a"], values["y"]
        slope, both = a * (1 - a), _costs(a, y)
        words = f"a = {a:.2f}, y = {y:.2f}, σ′ = a (1 − a) = {number(slope, 3)}. "
        words += " ".join(
            f"{name.capitalize()}: C = {number(C, 3)}, δ = ∂C/∂a · σ′ = {number(delta / slope, 3)}"
            f" · {number(slope, 3)} = {signed(delta, 3)}."
            for name, (C, delta) in both.items()
        )
        title = "Two costs and their slopes δ against the answer"
        return Look(svg(WIDTH, HEIGHT, title, words, _costs_drawn(a, y, both)), words)

    return Explorable(controls, look)


def _costs(a: Any, y: float) -> dict[str, tuple[Any, Any]]:
    """Give the cost and its δ, of both costs, at an answer or at several."""
    slope = a * (1 - a)
    return {
        "quadratic": ((a - y) ** 2 / 2, (a - y) * slope),
        "cross-entropy": (-y * np.log(a) - (1 - y) * np.log(1 - a), a - y),
    }


def _costs_drawn(a: float, y: float, both: dict[str, tuple[float, float]]) -> str:
    upper = [UPPER.frame({}, {0: "0", 2: "2", 4: "4"}, "", "cost C")]
    ticks = {0: "0", 0.5: "0.5", 1: "1"}
    lower = [LOWER.frame(ticks, {-1: "−1", 0: "0", 1: "1"}, "answer a", "its slope δ = ∂C/∂z")]
    lower.append(f'<path d="M{LEFT} {LOWER.y(0):.1f}H{LOWER.right}"/>')
    for name, (costs, deltas) in _costs(POINTS, y).items():
        upper.append(UPPER.path(zip(POINTS, costs, strict=True), LOOKS[name]))
        lower.append(LOWER.path(zip(POINTS, deltas, strict=True), LOOKS[name]))
    near_left = a > 0.5  # where the numbers hide no ball
    left = LEFT + 40 if near_left else 370
    for i, (name, (C, delta)) in enumerate(both.items()):
        top = 46 + 24 * i
        upper.append(f'<path {LOOKS[name]} d="M{left} {top - 5}h26"/>')
        told = f"{name}: C = {C:.2f}, δ = {signed(delta, 3)}"
        upper.append(text_at(left + 34, top, told, "left halo"))
    upper.append(UPPER.ball(y, 0, "y", "the target y, on the axis of costs"))
    x, dots = UPPER.x(a), []
    dots.append(
        f'<line class="ink" stroke-dasharray="1 4" x1="{x:.1f}" y1="20" x2="{x:.1f}" '
        f'y2="{DOWN + LOWER.bottom:.1f}"/>'
    )
    for C, delta in both.values():
        dots.append(UPPER.dot(a, C, 6))
        dots.append(f'<g transform="translate(0 {DOWN})">{LOWER.dot(a, delta, 6)}</g>')
    foot = LOWER.ball(a, -1, "a", "the answer a, at the foot of the dotted line")
    return (
        group(upper[:-1])
        + f'<g transform="translate(0 {DOWN})">{"".join(lower)}</g>'
        + group(dots)
        + upper[-1]
        + text_at(UPPER.x(y), UPPER.bottom + 28, "target y", "muted halo")
        + f'<g transform="translate(0 {DOWN})">{foot}</g>'
    )


def explore_softmax(z: ArrayLike = (2.0, 1.0, -1.0), right: int = 2) -> Explorable:
    """Show three weighted inputs, their softmax, and δ of the cross-entropy, as bars.

    Parameters
    ----------
    z : array_like, shape (3,)
        At first, each from −5 to 5, dimensionless.
    right : int
        The right class at first, 1 to 3.

    Returns
    -------
    Explorable
        Its `controls`: "z1", "z2", "z3", "right class".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    z = _arguments.finite_array(z, "z", np.dtype(float))
    if z.shape != (3,):
        raise ValueError(f"z must have shape (3,), got {z.shape}")
    names = [f"z{j}" for j in (1, 2, 3)]
    controls = {
        name: Slider(name, float(value), -Z, Z, 0.1) for name, value in zip(names, z, strict=True)
    }
    controls["right class"] = Choice("right class", ["1", "2", "3"], str(right))

    def look(values: dict[str, Any]) -> Look:
        z = np.array([[values[name]] for name in names])
        a, chosen = ACTIVATIONS["softmax"](z)[:, 0], int(values["right class"]) - 1
        delta = a - (np.arange(3) == chosen)
        told = [
            f"({', '.join(text(value) for value in row)})"
            for row, text in (
                (z[:, 0], lambda v: number(v, 3)),
                (a, lambda v: f"{v:.3f}"),
                (delta, _three_decimals),
            )
        ]
        words = (
            f"z = {told[0]}: a = {told[1]}. Class {chosen + 1} is right: δ = {told[2]}, "
            f"and C = {number(-log(a[chosen]), 3)}."
        )
        drawing = group(_heads()) + group(_rows(a, delta, chosen))
        gain = 2 * Z / (RAIL[1] - RAIL[0])
        for j, name in enumerate(names):
            x = RAIL[0] + (z[j, 0] + Z) / gain
            drawing += knob(handle(x, ROWS + ROW * j), f"z of output {j + 1}", (name, gain))
        title = "Three weighted inputs, the outputs of softmax, and δ"
        return Look(svg(WIDTH, SOFTMAX_HEIGHT, title, words, drawing), words)

    return Explorable(controls, look)


def _heads() -> list[str]:
    parts = [
        text_at(sum(RAIL) / 2, 18, f"z, from −{Z:g} to {Z:g}", "big"),
        text_at(sum(SHARES) / 2, 18, "a, from 0 to 1", "big"),
        text_at(DELTAS[0], 18, "δ = a − y, from −1 to 1", "big"),
    ]
    for j in range(3):
        y = ROWS + ROW * j
        parts.append(text_at(14, y + 5, f"{j + 1}", "left big"))
        parts.append(f'<path d="M{RAIL[0]} {y}H{RAIL[1]}M{sum(RAIL) / 2:g} {y - 7}v14"/>')
        parts.append(f'<path d="M{SHARES[0]} {y - 13}H{SHARES[1]}v22H{SHARES[0]}z"/>')
        parts.append(f'<path d="M{DELTAS[0]} {y - 15}v26"/>')
    return parts


def _rows(a: np.ndarray, delta: np.ndarray, chosen: int) -> list[str]:
    """Draw what softmax makes of each z, and δ; a bar to the left is negative."""
    parts = [text_at(28, ROWS + ROW * chosen + 5, "right", "left muted")]
    for j in range(3):
        y, (middle, reach) = ROWS + ROW * j, DELTAS
        look = ("minus", 11) if delta[j] < 0 else ("plus", 22)
        start = middle + min(delta[j], 0) * reach
        parts += [
            _bar(SHARES[0], y - 13, a[j] * (SHARES[1] - SHARES[0]), 22, "ink", 0.35),
            text_at(SHARES[0] + 6, y + 3, f"{a[j]:.3f}", "left halo"),
            _bar(start, y - 13, abs(delta[j]) * reach, look[1], look[0], 0.8),
            text_at(
                middle + (6 if delta[j] < 0 else -58), y + 3, _three_decimals(delta[j]), "left halo"
            ),
        ]
    return parts


def _three_decimals(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _bar(left: float, top: float, width: float, height: int, colour: str, opacity: float) -> str:
    return (
        f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{height}" '
        f'style="fill: var(--bp-{colour}); fill-opacity: {opacity}"/>'
    )
