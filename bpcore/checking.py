"""A check for every equation: evaluate both sides, and say in one line whether they agree."""

from math import floor, isfinite, log10

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments
from bpcore.backpropagation import Gradient

__all__ = ["half_unit", "relative_error", "verify"]


def verify(equation: str, left: ArrayLike, right: ArrayLike, *, digits: int = 12) -> None:
    """Print that both sides of an equation agree, or raise.

    Parameters
    ----------
    equation : str
        The equation's number in the text, such as "BP1".
    left, right : array_like
        Its two sides, evaluated; equal shapes.
    digits : int
        At least 1: the sides may differ by half a unit of this digit, counted from the first digit
        of the largest entry.

    Raises
    ------
    AssertionError
        If the sides differ; the message shows where, and both values.
    TypeError, ValueError
        If a side is not an array of finite real numbers, or the shapes differ.
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
    with np.errstate(over="ignore"):
        difference = np.abs(left - right)
    largest = max(np.abs(left).max(), np.abs(right).max())
    if difference.max() > half_unit(largest, digits):
        worst = np.unravel_index(difference.argmax(), difference.shape)
        place = f" at [{', '.join(map(str, worst))}]" if worst else ""
        raise AssertionError(
            f"({equation}) does not hold to {digits} digits: "
            f"left {left[worst]:.{digits + 2}g}, right {right[worst]:.{digits + 2}g}{place}"
        )
    one = right.size == 1
    shown = f": {right.item() + 0.0:.{min(digits, 6)}g}" if one else f", {right.size} numbers"
    print(f"({equation}) holds to {digits} digit{'s' * (digits > 1)}{shown}")


def half_unit(largest: float, digits: int) -> float:
    """Half a unit of a decimal digit, counted from the first digit of `largest`."""
    first_digit = floor(log10(largest)) if largest > 0 else 0
    return 0.5 * 10.0 ** (first_digit + 1 - digits)


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
