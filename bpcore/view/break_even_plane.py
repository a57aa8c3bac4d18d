"""Nudging on many machines against backpropagation on one: weights across, machines upward, the
region where nudging wins, and a ball that can be dragged."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bpcore import _arguments
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.price_sliders import duration
from bpcore.view.style import group, number, power, svg, text_at

__all__ = ["explore_break_even"]

MILLION = 1e6
WEIGHTS, MACHINES = (5, 10), (0, 10)  # exponents
FREE, ONE_BY_ONE, TREE = "in no time", "one by one", "as a tree"
N_GRID, K_GRID = np.linspace(*WEIGHTS, 101), np.linspace(*MACHINES, 501)
AXES = Axes(WEIGHTS, MACHINES)
OVERHEADS: dict[str, Callable[[Any], Any]] = {  # machines to tasks handed out one after another
    FREE: np.zeros_like,
    ONE_BY_ONE: lambda K: K,
    TREE: lambda K: np.log2(K + 1),  # whoever has been told tells others
}


def explore_break_even(
    pass_seconds: float, backprop_seconds: float, task_seconds: float
) -> Explorable:
    """Show who is first with a gradient: nudging on K machines, or backpropagation on one.

    Parameters
    ----------
    pass_seconds, backprop_seconds : float
        Of one forward pass and of one backpropagation, for a million weights; for others they are
        taken to be in proportion. Positive, in seconds.
    task_seconds : float
        For handing one task to one machine; positive, in seconds.

    Returns
    -------
    Explorable
        Its `controls`: "weights", "machines", "handing out".

    Raises
    ------
    TypeError, ValueError
        If a time is not a positive finite number.
    """
    t, backprop, s = (
        _arguments.number(value, name, above=0)
        for name, value in {
            "pass_seconds": pass_seconds,
            "backprop_seconds": backprop_seconds,
            "task_seconds": task_seconds,
        }.items()
    )

    def nudging(N: Any, K: Any, handing_out: str) -> Any:
        passes = np.maximum(N / K, 1)  # for each machine; a pass cannot be shared out
        return s * OVERHEADS[handing_out](K) + passes * t * N / MILLION

    controls = {
        "handing out": Choice("The tasks are handed out", list(OVERHEADS), FREE),
        "weights": Slider("weights", MILLION, *(10.0**n for n in WEIGHTS), 0.1, log=True),
        "machines": Slider("machines", 1000, *(10.0**K for K in MACHINES), 0.1, log=True),
    }

    def look(values: dict[str, Any]) -> Look:
        N, K, how = values["weights"], values["machines"], values["handing out"]
        theirs, ours = nudging(N, K, how), backprop * N / MILLION
        times = max(theirs, ours) / min(theirs, ours)
        words = (
            f"{_count(N)} weights on {_count(K)} machine{'s' * (round(K) > 1)}, tasks handed out "
            f"{how}: nudging takes {duration(theirs)}, backpropagation on one machine "
            f"{duration(ours)}. {'Nudging' if theirs < ours else 'Backpropagation'} wins, "
            f"by a factor of {number(times, 2)}."
        )
        all_N, all_K = np.meshgrid(10**N_GRID, 10**K_GRID, indexing="ij")
        seconds = nudging(all_N, all_K, how)
        wins = seconds <= backprop * all_N / MILLION
        names = [
            text_at(AXES.x(8.2), AXES.y(1.2), "backpropagation on one machine wins", "big halo"),
            text_at(AXES.x(8.6), AXES.y(9.3), "nudging wins" if wins.any() else "", "big halo"),
        ]
        name = "one machine for each weight" if how == FREE else "the best number of machines"
        body = _region(wins) + _frame() + _fastest(seconds, name) + group(names)
        place = np.log10(N), np.log10(K)
        body += AXES.ball(*place, "weights", "weights and machines", name_y="machines")
        title = "Weights and machines, both axes logarithmic, and who is first with a gradient"
        return Look(svg(WIDTH, HEIGHT, title, words, body), words)

    return Explorable(controls, look)


def _count(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.0f}"


def _frame() -> str:
    x_ticks = {n: f"10{power(n)}" for n in range(WEIGHTS[0], WEIGHTS[1] + 1)}
    y_ticks = {K: f"10{power(K)}" for K in range(MACHINES[0], MACHINES[1] + 1, 2)}
    return AXES.frame(x_ticks, y_ticks, "weights N", "machines K")


def _region(wins: np.ndarray) -> str:
    """Shade where nudging wins: for each number of weights from the fewest machines to the most."""
    has_any = wins.any(axis=1)
    if not has_any.any():
        return group([])
    N, wins = N_GRID[has_any], wins[has_any]
    fewest = K_GRID[wins.argmax(axis=1)]
    most = K_GRID[wins.shape[1] - 1 - wins[:, ::-1].argmax(axis=1)]
    edge = [*zip(N, fewest, strict=True)]
    around = [*edge, *zip(N[::-1], most[::-1], strict=True)]
    shade = 'style="stroke: none; fill: var(--bp-plus); fill-opacity: 0.2"'
    return group([AXES.path(around, shade), AXES.path(edge, 'class="plus" stroke-width="2.4"')])


def _fastest(seconds: np.ndarray, name: str) -> str:
    """Draw the number of machines from which on more of them do not make it faster."""
    best = seconds.argmin(axis=1)
    inside = best < len(K_GRID) - 1
    if not inside.any():
        return group([])
    line = [*zip(N_GRID[inside], K_GRID[best[inside]], strict=True)]
    n, K = line[len(line) // 2]
    beside = text_at(AXES.x(n) - 110, AXES.y(K) - 14, name, "halo")
    return group([AXES.path(line, 'class="ink" stroke-dasharray="7 4"'), beside])
