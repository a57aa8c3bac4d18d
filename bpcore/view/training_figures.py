"""Where several training runs of each kind ended, as strips of dots."""

from collections.abc import Mapping

import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import ArrayLike

from bpcore.view.figures import show_figure

__all__ = ["show_strips"]

MARKERS = "osD^v"
JITTER = 0.22  # of the way between two strips


def show_strips(
    ends: Mapping[str, Mapping[str, ArrayLike]],
    ylabel: str,
    alt: str,
    *,
    lowest: float,
    line: float | None = None,
) -> None:
    """Draw one dot for each run: a panel for each group, a strip for each kind of run.

    Parameters
    ----------
    ends : mapping
        By the name of a panel, then by that of a strip: what each run ended at, positive;
        infinite ones are drawn at the upper edge.
    ylabel : str
        What they are.
    alt : str
        What the figure shows, in words.
    lowest : float
        What is smaller is drawn there, at the lower edge; > 0.
    line : float, optional
        A level to mark.

    Raises
    ------
    ValueError
        If there is no panel, or `alt` is empty.
    """
    if not ends:
        raise ValueError("ends is empty: there is nothing to draw")
    figure, panels = plt.subplots(
        1, len(ends), figsize=(9.5, 3.8), sharey=True, layout="constrained", squeeze=False
    )
    arrays = {p: {s: np.ravel(v) for s, v in strips.items()} for p, strips in ends.items()}
    found = np.concatenate([values for strips in arrays.values() for values in strips.values()])
    highest = 1.3 * max(found[np.isfinite(found)].max(initial=lowest), line or lowest)
    for axes, (name, strips) in zip(panels[0], arrays.items(), strict=True):
        for i, (values, marker) in enumerate(zip(strips.values(), MARKERS, strict=False)):
            x = i + JITTER * np.linspace(-1, 1, values.size)
            heights = np.clip(np.sort(values), lowest, highest)
            axes.plot(x, heights, marker, color=f"C{i}", alpha=0.8)
            median = np.median(heights)
            axes.plot([i - JITTER, i + JITTER], [median, median], "-", color=f"C{i}", lw=1.5)
        if line is not None:
            axes.axhline(line, color="0.35", linestyle=":", lw=1)
        axes.set(title=name, yscale="log", ylim=(0.75 * lowest, 1.2 * highest))
        axes.set_xticks(range(len(strips)), list(strips))
        axes.set_xlim(-0.6, len(strips) - 0.4)
        axes.tick_params(axis="x", labelsize=9)
    panels[0, 0].set_ylabel(ylabel)
    show_figure(figure, alt)
