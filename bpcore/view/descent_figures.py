"""Still figures of notebook 09: spectra of Hessians, and runs as dots."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import ArrayLike

from bpcore.view.figures import show_figure

__all__ = ["show_runs", "show_spectra"]

SMALLEST = 1e-8  # of curvatures: below it, central differences show little but rounding
MANY = 100  # curvatures: from here on, how many of a size there are is shown
MARKS = {"plain": "s", "momentum": "^", "AdaGrad": "D", "RMSProp": "v", "Adam": "o"}  # the race's


def show_spectra(spectra: Mapping[str, Sequence[ArrayLike]], alt: str) -> None:
    """Draw the eigenvalues of several Hessians, size upwards: a column for each start.

    Where there are 100 or more, horizontal bars show how many of a size there are in all starts.

    Parameters
    ----------
    spectra : mapping
        By the name of a panel, the eigenvalues for each start, dimensionless. Those smaller than
        10⁻⁸ in size are left out.
    alt : str
        What the figure shows, in words.

    Raises
    ------
    ValueError
        If there is no panel, or `alt` is empty.
    """
    if not spectra:
        raise ValueError("spectra is empty: there is nothing to draw")
    figure, panels = plt.subplots(
        1, len(spectra), figsize=(8.2, 3.3), sharey=True, layout="constrained", squeeze=False
    )
    for axes, (name, starts) in zip(panels[0], spectra.items(), strict=True):
        axes.set(title=name, yscale="log")
        if np.size(starts[0]) < MANY:
            _columns(axes, starts)
        else:
            _heaps(axes, np.concatenate([np.ravel(values) for values in starts]))
    panels[0, 0].set_ylabel("size of the curvature")
    panels[0, 0].legend(loc="lower left")
    show_figure(figure, alt)


def _columns(axes: Axes, starts: Sequence[ArrayLike]) -> None:
    for sign, mark, label in ((1, "_", "positive"), (-1, "v", "negative")):
        sizes = [np.ravel(values) * sign for values in starts]
        sizes = [values[values > SMALLEST] for values in sizes]
        x = np.repeat(np.arange(len(sizes)) - 0.2 * sign, [values.size for values in sizes])
        look = {"marker": mark, "markerfacecolor": "none", "linestyle": "none", "label": label}
        axes.plot(x, np.concatenate(sizes), color=f"C{int(sign < 0)}", **look)
    axes.set(xlabel="start", xticks=range(len(starts)))


def _heaps(axes: Axes, values: np.ndarray) -> None:
    bins = np.logspace(np.log10(SMALLEST), 2, 31)
    look = {"bins": bins, "orientation": "horizontal"}
    axes.hist(values, color="C0", alpha=0.5, label="positive", **look)
    axes.hist(-values, color="C1", histtype="step", linewidth=1.6, label="negative", **look)
    axes.set(xlabel="how many, in all starts")


def show_runs(results: Mapping[str, Mapping[str, ArrayLike]], label: str, alt: str) -> None:
    """Draw every run as a dot, with a stroke at the median: a panel for each task, a row a rule.

    Parameters
    ----------
    results : mapping
        By task, then by rule: what the runs ended with, positive. A rule is "plain", "momentum",
        "AdaGrad", "RMSProp" or "Adam", and has the colour and mark of the race; a variant of it,
        "Adam, …", has the same, hollow.
    label : str
        Of the horizontal axis, which is logarithmic if the largest is over ten times the smallest.
    alt : str
        What the figure shows, in words.

    Raises
    ------
    ValueError
        If there is no task, or `alt` is empty.
    """
    if not results:
        raise ValueError("results is empty: there is nothing to draw")
    rows = max(len(rules) for rules in results.values())
    figure, panels = plt.subplots(
        1, len(results), figsize=(8.2, 1.2 + 0.4 * rows), layout="constrained", squeeze=False
    )
    for axes, (task, rules) in zip(panels[0], results.items(), strict=True):
        for row, (name, runs) in enumerate(rules.items()):
            rule, _, variant = name.partition(", ")
            ends = np.sort(np.ravel(runs))
            apart = np.linspace(-0.22, 0.22, ends.size)  # so that equal ones are seen
            color = f"C{list(MARKS).index(rule)}"
            inside = {"markerfacecolor": "none" if variant else color, "markersize": 4}
            axes.plot(ends, row + apart, MARKS[rule], color=color, alpha=0.8, **inside)
            axes.plot([np.median(ends)] * 2, [row - 0.36, row + 0.36], color="black")
        axes.set(title=task, xlabel=label, ylim=(len(rules) - 0.5, -0.5))
        ends = np.concatenate([np.ravel(runs) for runs in rules.values()])
        if ends.max() > 10 * ends.min():
            axes.set_xscale("log")
            few = (1.0, 3.0) if ends.max() < 1000 * ends.min() else (1.0,)
            axes.xaxis.set_major_locator(LogLocator(subs=few))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda end, _: f"{end:g}"))
            axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_yticks(range(len(rules)), list(rules) if axes is panels[0, 0] else [])
    show_figure(figure, alt)
