"""A check for every equation: evaluate both sides, show them, and say whether they agree."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments
from bpcore.backpropagation import Gradient

__all__ = ["Comparison", "half_unit", "relative_error", "verify"]

MOST = 6  # entries that are all shown; of more only the largest
FIGURES = 6  # at most, of the largest entry: the others differ between machines
WHOLE = 9  # figures before the decimal point, at most
SMALLEST = -307  # exponent of a power of ten that is a double of full precision


@dataclass(frozen=True)
class Comparison:
    """Both sides of an equation that holds, in words: a line for each entry, then the verdict.

    Attributes
    ----------
    equation : str
        Its number in the text.
    rows : tuple of (str, str, str)
        The place in the array or its name, "" if there is but one entry, and both sides there.
    verdict : str
        To how many digits they agree, and what there is to say of entries that are not shown.
    """

    equation: str
    rows: tuple[tuple[str, str, str], ...]
    verdict: str

    def __str__(self) -> str:
        lines = []
        names = f"({self.equation})", "left", "right"
        width = max(8, *(len(place) + 2 for place, _, _ in self.rows))
        for place, left, right in self.rows:
            label, of_left, of_right = names
            lines.append(f"{label:8}{place:{width}}{of_left:5}{left:15}{of_right:6}{right:15}")
            names = "", "", ""
        lines[-1] += f"✓ {self.verdict}"
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from bpcore.view.comparison_table import table  # only where it is looked at

        return table(self)


def verify(
    equation: str,
    left: ArrayLike,
    right: ArrayLike,
    *,
    digits: int = 12,
    names: Sequence[str] = (),
) -> None:
    """Show both sides of an equation and that they agree, or raise.

    Parameters
    ----------
    equation : str
        The equation's number in the text, such as "BP1".
    left, right : array_like
        Its two sides, evaluated; equal shapes.
    digits : int
        At least 1: the sides may differ by half a unit of this digit, counted from the first digit
        of the largest entry.
    names : sequence of str
        Of the entries, row by row, shown instead of their places in the array.

    Raises
    ------
    AssertionError
        If the sides differ; the message shows where, and both values.
    TypeError, ValueError
        If a side is not an array of finite real numbers, the shapes differ, or there are names,
        but not one for each entry.
    """
    if not isinstance(equation, str):
        raise TypeError(f"equation must be its number as text, got {equation!r}")
    digits = _arguments.integer(digits, "digits", least=1)
    left = _arguments.finite_array(left, f"the left side of ({equation})", np.dtype(float))
    right = _arguments.finite_array(right, f"the right side of ({equation})", np.dtype(float))
    if left.shape != right.shape:
        raise ValueError(
            f"the sides of ({equation}) differ in shape: left {left.shape}, right {right.shape}"
        )
    if left.size == 0:
        raise ValueError(f"the sides of ({equation}) are empty: there is nothing to compare")
    if isinstance(names, str) or len(names) not in (0, left.size):
        raise ValueError(f"names must hold one for each of {left.size} entries, got {names!r}")
    with np.errstate(over="ignore"):
        difference = np.abs(left - right)
    largest = max(np.abs(left).max(), np.abs(right).max())
    if difference.max() > half_unit(largest, digits):
        worst = np.unravel_index(difference.argmax(), difference.shape)
        place = f" at {_place(worst, left.shape, names)}" if worst else ""
        raise AssertionError(
            f"({equation}) does not hold to {digits} digits: "
            f"left {left[worst]:.{digits + 2}g}, right {right[worst]:.{digits + 2}g}{place}"
        )
    _show(_compared(equation, left, right, digits, names))


def _show(comparison: Comparison) -> None:
    ipython = sys.modules.get("IPython")  # which prints, too, where it is imported but not running
    (ipython.display.display if ipython else print)(comparison)


def _compared(
    equation: str, left: np.ndarray, right: np.ndarray, digits: int, names: Sequence[str]
) -> Comparison:
    places, verdict = list(np.ndindex(left.shape)), f"to {digits} digit{'s' * (digits > 1)}"
    # 0.99… on one machine may be 1.00… on another, with another first digit.
    largest = float(f"{max(np.abs(left).max(), np.abs(right).max()):.{FIGURES - 1}e}")
    if left.size > MOST:
        # The first of those that are equal but for rounding, so that machines agree.
        size = np.abs(right)
        first = np.argmax(size >= size.max() - half_unit(size.max(), FIGURES))
        places = [np.unravel_index(first, left.shape)]
        difference = np.abs(left - right)
        worst = np.unravel_index(difference.argmax(), left.shape)
        verdict += (
            f": all {left.size} numbers, of which the largest is shown; "
            f"largest difference {difference[worst]:.0e} at ".replace(" 0e+00", " 0")
            + _place(worst, left.shape, names)
        )
    labels = [_place(place, left.shape, names) for place in places]
    labels = [label[1:-1] for label in labels] if names else labels if left.size > 1 else [""]
    texts = _written([side[place] for side in (left, right) for place in places], largest, digits)
    rows = zip(labels, texts[: len(labels)], texts[len(labels) :], strict=True)
    return Comparison(equation, tuple(rows), verdict)


def _place(index: tuple[int, ...], shape: tuple[int, ...], names: Sequence[str]) -> str:
    """Write where an entry stands: its indices, or its name, in brackets."""
    indices = ", ".join(map(str, index))
    return f"[{names[np.ravel_multi_index(index, shape)] if names else indices}]"


def _written(numbers: list[float], largest: float, digits: int) -> list[str]:
    """Write numbers with the same decimals, so that they align, and rounding noise as 0."""
    exponent, figures = max(_exponent(largest), SMALLEST), min(digits + 1, FIGURES)
    scaled, power = np.array(numbers), ""
    if not -5 < exponent < min(digits, WHOLE):
        scaled, power, exponent = scaled / 10.0**exponent, f"e{exponent:+03d}", 0
    decimals = max(figures - 1 - exponent, 0)
    noise = np.abs(numbers) <= half_unit(largest, digits)
    fractions = [f"{x:.{decimals}f}".partition(".")[2].rstrip("0") for x in scaled[~noise]]
    decimals = max(map(len, fractions), default=0)
    zero = " 0" + " " * (decimals + (decimals > 0) + len(power))
    texts = [
        zero if is_noise else f"{x: z.{decimals}f}{power}"
        for x, is_noise in zip(scaled, noise, strict=True)
    ]
    width = max(map(len, texts))
    return [text.rjust(width) for text in texts]


def half_unit(largest: float, digits: int) -> float:
    """Half a unit of a decimal digit, counted from the first digit of `largest`."""
    return 0.5 * 10.0 ** (_exponent(largest) + 1 - digits)


def _exponent(largest: float) -> int:
    return floor(log10(largest)) if largest > 0 else 0


def relative_error(gradient: Gradient, reference: Gradient) -> float:
    """Compare two gradients as wholes: ‖gradient − reference‖ / ‖reference‖.

    Parameters
    ----------
    gradient, reference : Gradient
        Of the same network; all weights and biases enter the norm.

    Returns
    -------
    float
        Dimensionless; 0 if both are zero, infinite if the reference alone is (or is too small
        beside the gradient) or a slope is infinite.

    Raises
    ------
    ValueError
        If the gradients differ in shape.
    """
    both = gradient, reference
    for part in ("w", "b"):
        shapes = [{l: array.shape for l, array in getattr(g, part).items()} for g in both]
        if shapes[0] != shapes[1]:
            raise ValueError(f"{part}: the shapes by layer differ, {shapes[0]} and {shapes[1]}")
    ours, theirs = (
        np.concatenate([part[l].ravel() for part in (g.w, g.b) for l in sorted(part)]) for g in both
    )
    largest = max(np.abs(ours).max(), np.abs(theirs).max())
    if largest == 0 or not isfinite(largest):
        return float(largest)
    # Squares of very large and very small slopes are no doubles; those of numbers up to 1 are.
    ours, theirs = ours / largest, theirs / largest
    size = np.linalg.norm(theirs)
    return float(np.linalg.norm(ours - theirs) / size) if size else float("inf")
