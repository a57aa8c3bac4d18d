"""The penalty on large weights: what a network answers without and with it, and what that costs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, cost, forward
from bpcore.view.axes import LEFT, WIDTH, Axes
from bpcore.view.explorable import Choice, Explorable, Look
from bpcore.view.shading import CELLS, LEGEND, samples_on, shaded_square
from bpcore.view.style import number, svg, text_at

__all__ = ["explore_penalty"]

SIDE = 7 * CELLS  # px, of a square of answers
SQUARES, SQUARES_TOP = (LEFT, LEFT + SIDE + 22), 28  # px
TEXT_LEFT, LINE = SQUARES[1] + SIDE + 18, 22  # px
CURVES_DOWN = 268  # px, of the curves' own drawing
REACH = (-1.0, 1.0)  # of both inputs
COSTS = {0.03: "0.03", 0.1: "0.1", 0.3: "0.3", 1.0: "1", 3.0: "3", 10.0: "10"}


def explore_penalty(
    nets: Mapping[float, Network],
    seen: tuple[ArrayLike, ArrayLike],
    new: tuple[ArrayLike, ArrayLike],
    *,
    l2: float = 0.0,
) -> Explorable:
    """Show what a classifier answers for every input after training with a strength λ.

    Parameters
    ----------
    nets : mapping of float to Network
        λ, from 0 upwards, to the network that was trained with it: 2 inputs, 1 sigmoid output.
    seen, new : tuple of array_like, shapes (2, m) and (1, m)
        The samples of the training, which are drawn, with coordinates from −1 to 1, and others;
        with their targets, 0 or 1.
    l2 : float
        The λ at first, one of `nets`.

    Returns
    -------
    Explorable
        Its `controls`: "λ", by its digits. Costs are cross-entropies, without the penalty.

    Raises
    ------
    ValueError
        If `nets` does not begin with λ = 0 and rise, or `l2` is none of them.
    """
    strengths = list(nets)
    if len(nets) < 2 or strengths[0] != 0 or strengths != sorted(strengths):
        raise ValueError(f"expected several λ, from 0 upwards, got {strengths}")
    names = [f"{strength:g}" for strength in strengths]
    controls = {"λ": Choice("λ", names, f"{l2:g}", look="range")}
    sets = {
        name: tuple(np.asarray(part, float) for part in pair)
        for name, pair in (("training", seen), ("new", new))
    }
    found = [{name: _judged(net, *pair) for name, pair in sets.items()} for net in nets.values()]
    ends = 0.8 * min(COSTS), max(2.0, 1.2 * max(costs["new"][0] for costs in found))
    axes = Axes((0, len(nets) - 1), tuple(np.log10(ends)), TEXT_LEFT - 8, 130)
    background = _square(nets[0], sets["training"], 0, "λ = 0") + _curves(axes, names, found)

    def look(values: dict[str, Any]) -> Look:
        place = names.index(values["λ"])
        words = f"λ = {names[place]}: " + "; ".join(
            f"{name} samples: cost {number(of_set[0], 2)}, {of_set[1]:.0%} right"
            for name, of_set in found[place].items()
        )
        here = nets[strengths[place]]
        drawing = background + _square(here, sets["training"], 1, f"λ = {names[place]}")
        drawing += _numbers(0, found, names) + _numbers(place, found, names, below=True)
        heights = [_height(axes, found[place][name][0]) for name in sets]
        upright = axes.upright(place, heights, "λ", "the strength λ of the penalty")
        drawing += f'<g transform="translate(0 {CURVES_DOWN})">{upright}</g>'
        title = "What a network answers without a penalty and with it, and its costs against λ"
        return Look(svg(WIDTH, CURVES_DOWN + 202, title, f"{words}.", drawing), f"{words}.")

    return Explorable(controls, look)


def _judged(net: Network, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Give the cost, and the share of the answers on the right side of 0.5."""
    right = (forward(net, x).a[net.L] > 0.5) == (y > 0.5)
    return cost(net, x, y, cost="cross_entropy"), float(right.mean())


def _square(net: Network, seen: tuple[np.ndarray, np.ndarray], i: int, name: str) -> str:
    place = REACH, SQUARES[i], SQUARES_TOP, SIDE
    return (
        text_at(SQUARES[i] + SIDE / 2, SQUARES_TOP - 10, name, "big")
        + shaded_square(lambda p: forward(net, p).a[net.L], *place)
        + samples_on(*seen, *place, 3.4)
    )


def _numbers(place: int, found: list[dict], names: list[str], *, below: bool = False) -> str:
    """Write costs and shares beside the squares."""
    lines = [(f"λ = {names[place]}", "left big")]
    for name, (C, share) in found[place].items():
        lines += [(f"{name}: {share:.0%} right,", "left"), (f"cost {number(C, 2)}", "left muted")]
    top = SQUARES_TOP + 14 + below * 108
    return "".join(text_at(TEXT_LEFT, top + 20 * i, *line) for i, line in enumerate(lines))


def _height(axes: Axes, C: float) -> float:
    """Give the logarithm of a cost; what is smaller than the axis goes to its lower end."""
    return max(float(np.log10(max(C, 1e-12))), axes.y_range[0])


def _curves(axes: Axes, names: list[str], found: list[dict]) -> str:
    ticks = {float(np.log10(C)): text for C, text in COSTS.items()}
    ticks = {p: text for p, text in ticks.items() if p < axes.y_range[1]}
    parts = [
        axes.frame(dict(enumerate(names)), ticks, "strength λ (not to scale)", "cost (logarithmic)")
    ]
    looks = {"training": 'class="minus" style="stroke-width: 2.4; stroke-dasharray: 7 4"'}
    for name in found[0]:
        heights = [_height(axes, costs[name][0]) for costs in found]
        look = looks.get(name, 'class="plus" style="stroke-width: 2.4"')
        parts.append(axes.path(enumerate(heights), look))
    parts += [
        f'<path {looks["training"]} d="M{TEXT_LEFT + 12} 60h26"/>',
        text_at(TEXT_LEFT + 46, 65, "training samples", "left"),
        f'<path class="plus" style="stroke-width: 2.4" d="M{TEXT_LEFT + 12} 84h26"/>',
        text_at(TEXT_LEFT + 46, 89, "new samples", "left"),
        text_at(LEFT, -22, LEGEND, "muted left"),
    ]
    return f'<g transform="translate(0 {CURVES_DOWN})">{"".join(parts)}</g>'
