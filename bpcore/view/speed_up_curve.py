"""How many times as fast K machines are with the gradient of a batch, when each must hand its sums
to the others: the curve, its limit, and a ball on it. It is dotted where each machine has few
samples, and ends where each has one."""

from typing import Any

import numpy as np

from bpcore import _arguments
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import Explorable, Look, Slider
from bpcore.view.price_sliders import duration
from bpcore.view.style import group, number, svg, text_at

__all__ = ["explore_speed_up"]

MACHINES, SPEED_UPS = (0, 3), (-2, 3)  # exponents
FEW = 64  # samples on a machine; with fewer, each is dearer than in a large batch
AXES = Axes(MACHINES, SPEED_UPS)
NUMBERS = 1e9 / 64  # of float64 in a gigabit
Points = list[tuple[float, float]]
DASHES = 'stroke-dasharray="9 4"'


def explore_speed_up(weights: int, sample_seconds: float) -> Explorable:
    """Show the speed-up of K machines that share out a batch and add up by a ring.

    Parameters
    ----------
    weights : int
        Of the network, at least 1: so many numbers each machine contributes, in float64.
    sample_seconds : float
        Of backpropagation on one machine, for each sample of a large batch; positive.

    Returns
    -------
    Explorable
        Its `controls`: "batch", "Gbit/s", "machines".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    N = _arguments.integer(weights, "weights", least=1)
    c = _arguments.number(sample_seconds, "sample_seconds", above=0)
    controls = {
        "batch": Slider("samples in the batch", 1000, 10, 1e6, 0.1, log=True),
        "Gbit/s": Slider("Gbit/s between machines", 1.0, 1, 1000, 0.1, log=True),
        "machines": Slider("machines", 8, 1, 10.0 ** MACHINES[1], 0.05, log=True),
    }

    def look(values: dict[str, Any]) -> Look:
        m = values["batch"]
        K = min(values["machines"], m)  # the others have no sample
        v = NUMBERS * values["Gbit/s"]

        def times(K: Any) -> tuple[Any, Any]:
            return m * c / K, 2 * (K - 1) / K * N / v

        computing, travelling = times(K)
        speed_up = m * c / (computing + travelling)
        limit = m * c * v / (2 * N)
        words = (
            f"{m:,.0f} samples on {K:,.0f} machine{'s' * (round(K) > 1)} at "
            f"{number(values['Gbit/s'], 2)} Gbit/s: {duration(computing)} of computing and "
            f"{duration(travelling)} on the way, so {number(speed_up, 2)} times as fast as one. "
            f"With more and more machines it tends to {number(limit, 2)} times."
        )
        if m < FEW * K:
            words += f" With fewer than {FEW} samples on each, it is less."

        def curve(fewest: float, most: float) -> Points:
            log_K = np.linspace(*np.log10(np.clip([fewest, most], 1, 10 ** MACHINES[1])), 61)
            return [*zip(log_K, np.log10(m * c / sum(times(10**log_K))), strict=True)]

        body = _frame() + _curves(curve(1, m / FEW), curve(m / FEW, m), np.log10(limit))
        height = np.clip(np.log10(speed_up), *SPEED_UPS)
        body += AXES.ball(np.log10(K), height, "machines", "the number of machines")
        title = "The speed-up against the number of machines, both axes logarithmic"
        return Look(svg(WIDTH, HEIGHT, title, words, body), words)

    return Explorable(controls, look)


def _frame() -> str:
    x_ticks = {K: f"{10**K:,}" for K in range(MACHINES[0], MACHINES[1] + 1)}
    y_ticks = {s: f"{10.0**s:,g}" for s in range(SPEED_UPS[0], SPEED_UPS[1] + 1)}
    return AXES.frame(x_ticks, y_ticks, "machines K", "times as fast as one")


def _curves(solid: Points, dotted: Points, limit: float) -> str:
    """Draw both parts of the curve, what it would be without messages, and its limit."""
    (first, last), (low, high) = MACHINES, SPEED_UPS
    up = limit > 0  # then the curve rises, and all of it is above one and below the limit
    lines = [
        AXES.path([(first, first), (last, last)], ""),
        AXES.path([(first, 0), (last, 0)], ""),
    ]
    names = [
        text_at(AXES.x(1.75), AXES.y(2.2), "K times as fast", "muted halo"),
        text_at(AXES.x(1.1), AXES.y(0) + (17 if up else -7), "as fast as one", "muted halo"),
        text_at(AXES.x(2.1), 16, f"dotted: fewer than {FEW} samples on each machine", "muted"),
    ]
    if low < limit < high:
        lines.append(AXES.path([(first, limit), (last, limit)], 'class="minus" ' + DASHES))
        beside = AXES.y(limit) + (-8 if up else 19)
        names.append(text_at(AXES.x(2.75), beside, "the limit", "minus halo"))
    dots = "stroke-dasharray: 0.1 6; stroke-linecap: round"
    lines.append(AXES.path(solid, 'class="plus" style="stroke-width: 2.4"'))
    lines.append(AXES.path(dotted, f'class="plus" style="stroke-width: 3; {dots}"'))
    return AXES.inside(group(lines)) + group(names)
