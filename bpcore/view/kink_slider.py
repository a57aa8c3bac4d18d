"""A central difference beside the kink of a ReLU: its nudge and its place can be dragged."""

from copy import deepcopy
from typing import Any

import numpy as np

from bpcore import Network, backprop, cost, finite_difference
from bpcore.view.axes import WIDTH, Axes
from bpcore.view.explorable import Explorable, Look, Slider
from bpcore.view.style import group, number, svg, text_at

__all__ = ["explore_kink"]

HEIGHT, BOTTOM = 340, 290  # px
UNIT = 1e-6  # of both axes: millionths
FAR, LARGEST = 2.0, 3.0  # of z and ε, in units
LEAST, MOST = -5.0, 5.0  # so both nudges stay in the picture
SECANT = 'class="plus" style="stroke-width: 2.6; stroke-dasharray: 7 4"'
COST = 'class="ink" style="stroke-width: 2"'


def explore_kink(net: Network, x: float, y: float) -> Explorable:
    """Show the cost around the kink of the one hidden neuron, and what a central difference says.

    Parameters
    ----------
    net : Network
        One input, one hidden neuron with ReLU, one output. Its bias b² is where it starts; z of the
        hidden neuron must be from −2 to 2 millionths.
    x, y : float
        The sample.

    Returns
    -------
    Explorable
        Its `controls`: "z" and "epsilon", both in millionths.

    Raises
    ------
    ValueError
        If the network is another one, or z too far from the kink.
    """
    if net.sizes != (1, 1, 1) or net.sigma[2].name != "relu":
        raise ValueError(f"net must be [1, 1, 1] with relu, got {net.sizes} {net.sigma[2].name}")
    net, (x, y) = deepcopy(net), ([x], [y])
    kink = -net.w[2][0, 0] * x[0]  # the bias at which z is 0

    def at(z: float) -> Network:
        net.b[2] = [[kink + UNIT * z]]
        return net

    start = (net.b[2][0, 0] - kink) / UNIT
    level = cost(at(0.0), x, y)

    def risen(z: float) -> float:
        return (cost(at(z), x, y) - level) / UNIT

    ends = [risen(z) for z in (LEAST, MOST)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    margin = 0.12 * (high - low)
    axes = Axes((LEAST, MOST), (low - margin, high + margin), bottom=BOTTOM)
    ticks = {v: number(v) for v in range(-4, 5, 2)}
    frame = axes.frame(
        ticks,
        {v: number(v) for v in np.arange(np.ceil(low / 4) * 4, high + 1, 4)},
        "z of the hidden neuron, millionths",
        "C, from its value at the kink, millionths",
    )
    frame += axes.path([(LEAST, ends[0]), (0.0, 0.0), (MOST, ends[1])], COST)
    frame += text_at(axes.x(0), axes.y(0) - 12, "kink", "muted halo")

    def look(values: dict[str, Any]) -> Look:
        z, eps = values.values()
        here = at(z)
        computed = backprop(here, x, y).b[2].item()
        nudged = finite_difference(here, x, y, scheme="central", eps=UNIT * eps).b[2].item()
        crosses = (z - eps < 0) != (z + eps < 0)
        said = "The two nudges lie on different sides of the kink." if crosses else ""
        said = said or "Both nudges are on the same side."
        words = f"z = {number(round(z, 2), 2)}, ε = {number(round(eps, 2), 2)} millionths: "
        words += f"backpropagation {number(round(computed, 3), 3)}, "
        words += f"central difference {number(round(nudged, 3), 3)}. {said}"
        low, high = ((p, risen(p)) for p in (z - eps, z + eps))
        body = frame + axes.path([low, high], SECANT) + group([axes.dot(*low, 6)])
        body += axes.upright(z, [risen(z)], "z", "the place z")
        body += axes.ball(*high, "epsilon", "the nudge ε")
        title = "The cost around the kink of a ReLU, and a central difference"
        return Look(svg(WIDTH, HEIGHT, title, words, body), words)

    controls = {
        "z": Slider("place z", start, -FAR, FAR, 0.1),
        "epsilon": Slider("nudge ε", 2.0, 0.05, LARGEST, 0.05),
    }
    return Explorable(controls, look)
