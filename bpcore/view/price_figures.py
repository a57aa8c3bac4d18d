"""What gradients cost, as still figures: the rungs of a ladder, and the roof over a processor."""

from collections.abc import Mapping

import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import ArrayLike

from bpcore.view.figures import show_figure
from bpcore.view.price_sliders import TICKS, duration

__all__ = ["show_estimates", "show_ladder", "show_per_sample", "show_roofline"]

LOOKS = {  # a square fits into a ring: where both stand at one place, both can be seen
    "forward": {"color": "C0", "linestyle": "--", "marker": "o", "markersize": 11, "mfc": "none"},
    "backprop": {"color": "C1", "linestyle": "-", "marker": "s", "markersize": 5},
}
SIDES = ((-8, -15), "right"), ((8, 5), "left")  # of their labels
ON_LINES = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # behind a label


def show_ladder(rungs: Mapping[str, tuple[int, float]]) -> None:
    """Draw the forward passes of each rung and its time, on two logarithmic axes.

    Parameters
    ----------
    rungs : mapping of str to tuple of int and float
        By its name, from the dearest down: forward passes, at least 1, and seconds.

    Raises
    ------
    ValueError
        If there is no rung, or one with no pass or no time.
    """
    passes, seconds = np.array([*rungs.values()], float).reshape(-1, 2).T
    if not rungs or not (passes >= 1).all() or not (seconds > 0).all():
        raise ValueError(f"each rung takes passes and seconds, got {dict(rungs)}")
    figure, places = plt.subplots(
        1, 2, figsize=(9, 0.6 * len(rungs) + 1), layout="constrained", sharey=True
    )
    decades = {10.0**e: f"{10**e:,}" for e in range(0, 19, 3)}
    panels = (
        ("forward passes", passes, decades, [f"{n:,.0f}" for n in passes]),
        ("time of one gradient", seconds, TICKS, [duration(t) for t in seconds]),
    )
    for i, (axes, (label, values, ticks, texts)) in enumerate(zip(places, panels, strict=True)):
        axes.plot(values, [*rungs], f"C{i}o-", markersize=9)
        decade = np.log10(values.max() / values.min()) + 0.5
        ends = values.min() / 10**0.5, values.max() * 10 ** (0.45 * decade)
        axes.set(xscale="log", xlim=ends, ylim=(len(rungs) - 0.5, -0.5), xlabel=label)
        within = {at: text for at, text in ticks.items() if ends[0] <= at <= ends[1]}
        axes.set_xticks([*within], within.values())
        axes.minorticks_off()
        axes.grid(axis="x", color="0.85")
        for row, (value, text) in enumerate(zip(values, texts, strict=True)):
            place = {"xytext": (10, 0), "textcoords": "offset points", "va": "center"}
            axes.annotate(text, (value, row), weight="bold", bbox=ON_LINES, **place)
    told = [
        f"{name}, {n} pass{'es' * (n != '1')}, {t}"
        for name, n, t in zip(rungs, panels[0][3], panels[1][3], strict=True)
    ]
    show_figure(figure, f"Passes and time of each rung of the ladder: {'; '.join(told)}.")


def show_estimates(parts: ArrayLike) -> None:
    """Draw what each part of a run, scaled up, would have said of the time of the whole run.

    Parameters
    ----------
    parts : array_like, shape (n,)
        The seconds of equal parts of the work, in their order; at least two.
    """
    parts = np.asarray(parts, float)
    n, whole, scatter = len(parts), parts.sum(), len(parts) * parts.std()
    way = 100 * np.arange(1, n + 1) / n
    so_far = n * np.cumsum(parts) / np.arange(1, n + 1)
    inside = (abs(n * parts - whole) < scatter).sum()
    figure, axes = plt.subplots(figsize=(9, 3.4), layout="constrained")
    band = "within one standard deviation"
    axes.axhspan(whole - scatter, whole + scatter, color="0.9", label=band)
    axes.axhline(whole, color="k", label="the whole run")
    axes.plot(way, n * parts, "C0o", markersize=4, label=f"this part alone, × {n}")
    axes.plot(way, so_far, "C1--", label="all parts up to here, scaled up")
    axes.set(xlabel="per cent of the way", ylabel="seconds of processor time")
    axes.legend(loc="lower right", ncols=2)
    axes.margins(y=0.4)
    show_figure(
        figure,
        f"{n} dots scatter from {n * parts.min():.0f} to {n * parts.max():.0f} seconds about the "
        f"level line of the whole run at {whole:.0f}; {inside} lie in a band of one standard "
        f"deviation, {scatter:.0f}, to both sides. The estimate from all parts up to here starts "
        f"at {so_far[0]:.0f}, is once as low as {so_far.min():.0f}, and ends on the line.",
    )


def show_per_sample(timed: Mapping[int, tuple[float, float]]) -> None:
    """Draw the time of one sample of a batch, forward and by backpropagation.

    Parameters
    ----------
    timed : mapping of int to tuple of float
        By the samples in a batch, the seconds of its forward pass and of its gradient; positive.
    """
    batches = [*timed]
    figure, axes = plt.subplots(figsize=(7.6, 3.6), layout="constrained")
    told = []
    for i, (name, (aside, anchor)) in enumerate(zip(LOOKS, SIDES, strict=True)):
        of_one = [timed[m][i] / m for m in batches]
        axes.loglog(batches, of_one, label=name, **LOOKS[name])
        for place in zip(batches, of_one, strict=True):
            text = duration(place[1])
            axes.annotate(text, place, aside, textcoords="offset points", ha=anchor)
            told.append(f"{name}, batch of {place[0]}: {text}")
    axes.set(xlabel="samples in the batch (logarithmic)", ylabel="time of one sample (logarithmic)")
    axes.margins(0.12, 0.2)
    axes.set_xticks(batches, batches)
    low, high = axes.get_ylim()
    ticks = [n * 10.0**e for e in range(-9, 3) for n in (1, 3) if low <= n * 10.0**e <= high]
    axes.set_yticks(ticks, [duration(t) for t in ticks])
    axes.minorticks_off()
    axes.legend()
    show_figure(figure, f"The time of one sample, on logarithmic axes; {'; '.join(told)}.")


def show_roofline(
    bandwidth: float, peak: float, points: Mapping[str, Mapping[int, tuple[float, float]]]
) -> None:
    """Draw batches of work under the two limits of a processor, on two logarithmic axes.

    Parameters
    ----------
    bandwidth : float
        Bytes a second.
    peak : float
        Multiplications a second.
    points : mapping of str to mapping of int to tuple
        For "forward" and for "backprop", by the samples in a batch: its multiplications for each
        byte that must travel, the same for both, and its multiplications a second.

    Raises
    ------
    ValueError
        If a limit or a point is not positive.
    """
    places = np.array([place for many in points.values() for place in many.values()], float)
    if min([bandwidth, peak, *places.ravel()]) <= 0:
        raise ValueError("limits and points must be positive: their logarithms are drawn")
    x = np.geomspace(0.4 * places[:, 0].min(), 4 * places[:, 0].max(), 200)
    figure, axes = plt.subplots(figsize=(7.6, 4.4), layout="constrained")
    axes.loglog(x, np.minimum(bandwidth * x, peak), "k", linewidth=2, label="the roof")
    for name, many in points.items():
        axes.loglog(*zip(*many.values(), strict=True), label=name, **LOOKS[name])
    lowest, ridge = 0.2 * places[:, 1].min(), peak / bandwidth
    axes.plot([ridge, ridge], [lowest, peak], color="0.6", linewidth=1)
    for text, share, anchor in (("memory-bound", 0.85, "right"), ("compute-bound", 1.18, "left")):
        axes.text(share * ridge, 1.3 * lowest, text, ha=anchor, style="italic")
    axes.set(
        xlabel="arithmetic intensity: multiplications for each byte",
        ylabel="multiplications a second",
        xlim=(x[0], x[-1]),
        ylim=(lowest, 2 * peak),
    )
    batches = {m: at for many in points.values() for m, (at, _) in many.items()}
    above = axes.secondary_xaxis("top")
    above.set_xticks([*batches.values()], [*batches])
    above.minorticks_off()
    above.set_xlabel("samples in the batch")
    axes.legend(loc="upper left")
    told = [
        f"{name}, batch of {m}: {at:.2g} for each byte, {speed:.1e} a second"
        for name, many in points.items()
        for m, (at, speed) in many.items()
    ]
    alt = "A line that rises and then turns level, and points below it. "
    show_figure(figure, alt + "; ".join(told) + ".")
