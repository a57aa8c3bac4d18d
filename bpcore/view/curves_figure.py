"""Curves in panels side by side, as a still figure."""

from collections.abc import Mapping, Sequence

from matplotlib import pyplot as plt
from numpy import atleast_2d
from numpy.typing import ArrayLike

from bpcore.view.figures import show_figure

__all__ = ["show_curves"]

LOOKS = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)))  # of lines; their colours are the style's


def show_curves(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, ArrayLike]]],
    x_labels: Sequence[str],
    y_label: str,
    alt: str,
    *,
    log: str = "",
    y_range: tuple[float, float] | None = None,
) -> None:
    """Display curves in panels side by side, with one vertical axis for all.

    Parameters
    ----------
    panels : mapping of str to mapping of str to tuple of array_like
        By its title, the curves of a panel: by name, x of shape (n,), and y of shape (n,) or, for
        several runs that look alike, (runs, n). At most five curves.
    x_labels : sequence of str
        One for each panel.
    y_label : str
    alt : str
        What the figure shows, in words.
    log : str
        Which axes are logarithmic: "", "x", "y" or "xy".
    y_range : tuple of float, optional
        The ends of the vertical axis; by default those of the data.
    """
    figure, places = plt.subplots(
        1, len(panels), figsize=(9, 3.4), layout="constrained", sharey=True, squeeze=False
    )
    for axes, x_label, (title, curves) in zip(places[0], x_labels, panels.items(), strict=True):
        axes.set(xlabel=x_label, title=title, xscale="log" if "x" in log else "linear")
        for i, (name, (x, runs)) in enumerate(curves.items()):
            for run, y in enumerate(atleast_2d(runs)):
                named = name if run == 0 else None
                axes.plot(x, y, linestyle=LOOKS[i], color=f"C{i}", label=named)
    places[0, 0].set(ylabel=y_label, yscale="log" if "y" in log else "linear")
    if y_range:
        places[0, 0].set(ylim=y_range)
    places[0, -1].legend()
    show_figure(figure, alt)
