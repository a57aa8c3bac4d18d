"""Six samples of one neuron before and after batch normalisation; one of them can be dragged."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments, batch_norm
from bpcore.view.axes import WIDTH, Axes, handle, knob
from bpcore.view.explorable import Explorable, Look, Slider
from bpcore.view.style import group, number, signed, svg, text_at

__all__ = ["explore_batch"]

MOST = 12.0  # of a z, to either side
MOST_HAT = 3.0  # above √5, the largest ẑ of six
HEIGHT, UPPER, LOWER = 218, 54, 158  # px: the drawing, and its two lines
Z = Axes((-MOST, MOST), (0, 1))
HAT = Axes((-MOST_HAT, MOST_HAT), (0, 1))


def explore_batch(z: ArrayLike = (1.0, 2.0, 3.5, 4.0, 5.5, 8.0)) -> Explorable:
    """Show the z of one neuron for six samples, and below them their ẑ.

    Parameters
    ----------
    z : array_like, shape (6,)
        From −12 to 12, dimensionless; the last one can be dragged.

    Returns
    -------
    Explorable
        Its `controls`: "z6".

    Raises
    ------
    TypeError, ValueError
        If z is not as above.

    Notes
    -----
    Ioffe and Szegedy, *Batch normalization* (ICML 2015), section 3, with γ = 1 and β = 0.
    """
    z = _arguments.finite_array(z, "z", np.dtype(float))
    if z.shape != (6,) or np.abs(z).max() > MOST:
        raise ValueError(f"z must be six numbers from {-MOST:g} to {MOST:g}, got {z}")
    first = _normalised(z)[0]

    def look(values: dict[str, Any]) -> Look:
        now = np.append(z[:-1], values["z6"])
        hat, mean, s = _normalised(now)
        words = (
            f"z₆ = {number(values['z6'], 3)}: μ = {number(mean, 3)}, s = {number(s, 3)}. "
            f"ẑ = {', '.join(signed(one, 2) for one in hat)}."
        )
        title = "Six samples of a neuron before and after batch normalisation"
        return Look(svg(WIDTH, HEIGHT, title, words, _drawn(now, hat, first, mean, s)), words)

    return Explorable({"z6": Slider("z₆", float(z[-1]), -MOST, MOST, 0.25)}, look)


def _normalised(z: np.ndarray) -> tuple[np.ndarray, float, float]:
    done = batch_norm(z[np.newaxis], np.ones((1, 1)), np.zeros((1, 1)))
    return done.z_hat[0], float(z.mean()), float(done.s[0, 0])


def _drawn(z: np.ndarray, hat: np.ndarray, first: np.ndarray, mean: float, s: float) -> str:
    parts = [_line(Z, UPPER, 4, "z"), _line(HAT, LOWER, 1, "ẑ")]
    left, right = Z.x(max(mean - s, -MOST)), Z.x(min(mean + s, MOST))
    parts.append(
        f'<path class="plus" style="stroke-width: 5; stroke-opacity: 0.45" '
        f'd="M{left:.1f} {UPPER}H{right:.1f}"/>'
    )
    parts.append(text_at(WIDTH / 2, 18, f"μ = {mean:.2f}, s = {s:.2f}; blue: μ ± s", "muted"))
    for i, (one, its_hat, at_first) in enumerate(zip(z, hat, first, strict=True)):
        x, below, before = Z.x(one), HAT.x(its_hat), HAT.x(at_first)
        is_last = i == len(z) - 1
        parts.append(f'<path d="M{x:.1f} {UPPER}L{below:.1f} {LOWER}"/>')
        parts.append(f'<circle class="shape pale" cx="{before:.1f}" cy="{LOWER}" r="4"/>')
        marked = "shape marked" if is_last else "shape"
        parts.append(f'<circle class="{marked}" cx="{below:.1f}" cy="{LOWER}" r="6"/>')
        if not is_last:
            parts.append(f'<circle class="shape" cx="{x:.1f}" cy="{UPPER}" r="6"/>')
    gain = 2 * MOST / (Z.x(MOST) - Z.x(-MOST))
    ball = knob(handle(Z.x(z[-1]), UPPER), "the z of the sixth sample", ("z6", gain))
    return group(parts) + ball


def _line(axes: Axes, top: float, every: int, name: str) -> str:
    low, high = axes.x_range
    parts = [f'<path d="M{axes.x(low):.1f} {top}H{axes.x(high):.1f}"/>']
    for tick in range(-int(high) + int(high) % every, int(high) + 1, every):
        x = axes.x(tick)
        parts.append(f'<path d="M{x:.1f} {top}v6"/>')
        parts.append(text_at(x, top + 26, number(tick), "muted halo"))
    return group([*parts, text_at(24, top + 5, name, "bold")])
