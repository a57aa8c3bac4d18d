"""Checks at the door: every argument is looked at once, and refused in a sentence."""

import operator
from collections.abc import Mapping
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

__all__ = [
    "all_finite",
    "choice",
    "columns",
    "finite_array",
    "integer",
    "kind",
    "number",
    "number_that_fits",
]


def choice(value: Any, options: Mapping[str, Any], what: str) -> Any:
    """Look up a named option.

    Raises
    ------
    TypeError
        If `value` is not a string.
    ValueError
        If no option has that name.
    """
    if isinstance(value, str) and value in options:
        return options[value]
    known = ", ".join(repr(name) for name in options)
    if isinstance(value, str):
        raise ValueError(f"unknown {what} {value!r}; known are {known}")
    raise TypeError(f"{what} is a name, one of {known}; got {_short(value)}")


def integer(value: Any, what: str, *, least: int | None = None) -> int:
    """Check a whole number, optionally with a lower limit.

    Raises
    ------
    TypeError
        If `value` is not an integer.
    ValueError
        If it is too small.
    """
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{what} must be a whole number, got {value!r}")
    try:
        whole = operator.index(value)
    except TypeError:
        raise TypeError(f"{what} must be a whole number, got {_short(value)}") from None
    if least is not None and whole < least:
        raise ValueError(f"{what} must be at least {least}, got {whole}")
    return whole


def number(
    value: Any,
    what: str,
    *,
    above: float = -np.inf,
    least: float = -np.inf,
    below: float = np.inf,
) -> float:
    """Check a finite real number, optionally with limits (`above` and `below` exclude theirs).

    Raises
    ------
    TypeError
        If `value` is not a real number.
    ValueError
        If it is NaN, infinite or outside the limits.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{what} must be a real number, got {_short(value)}")
    try:
        value = float(value)
    except OverflowError:
        raise ValueError(f"{what} must be finite, got {_short(value)}") from None
    if not isfinite(value):
        raise ValueError(f"{what} must be finite, got {value}")
    if value <= above:
        raise ValueError(f"{what} must be greater than {above:g}, got {value:g}")
    if value < least:
        raise ValueError(f"{what} must be at least {least:g}, got {value:g}")
    if value >= below:
        raise ValueError(f"{what} must be less than {below:g}, got {value:g}")
    return value


def number_that_fits(value: Any, what: str, dtype: np.dtype) -> float:
    """Check a number above 0 that does not become 0 or infinite in `dtype`.

    Raises
    ------
    TypeError, ValueError
        If it is not such a number.
    """
    value, limits = number(value, what, above=0), np.finfo(dtype)
    if not float(limits.tiny) <= value <= float(limits.max):
        raise ValueError(f"{what} must fit into {np.dtype(dtype).name}, got {value:g}")
    return value


def all_finite(array: np.ndarray) -> bool:
    """Whether no entry is NaN or infinite.

    One call finds the sum of the squares; only where that is too large, every entry is looked at.
    """
    return isfinite(np.vdot(array, array).real) or bool(np.isfinite(array).all())


def finite_array(values: Any, what: str, dtype: np.dtype) -> np.ndarray:
    """Convert to an array of real, finite numbers.

    Raises
    ------
    TypeError
        If the entries are not real numbers.
    ValueError
        If the rows differ in length, or an entry is NaN, infinite, or too large for `dtype`.
    """
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{what} has rows of different lengths; it must be rectangular") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{what} must hold real numbers, got {kind(array, values)}")
    if array.dtype != dtype:
        with np.errstate(over="ignore"):
            array = array.astype(dtype)
    if not all_finite(array):
        bad = np.argwhere(~np.isfinite(array))[0]
        place = f"entry [{', '.join(map(str, bad))}]" if len(bad) else "it"
        value = np.asarray(values)[tuple(bad)]
        raise ValueError(f"{what} must be finite in {np.dtype(dtype).name}, but {place} is {value}")
    return array


def kind(array: np.ndarray, values: Any) -> str:
    """Say what an array holds that is not real numbers."""
    names = {"c": "complex numbers", "U": "text", "S": "text"}
    return names.get(array.dtype.kind, _short(values))


def columns(values: Any, what: str, n: int, layer: int, dtype: np.dtype) -> np.ndarray:
    """Convert samples to shape (n, m), one column for each sample; a 1-D array is one column.

    Raises
    ------
    TypeError
        If the entries are not real numbers.
    ValueError
        If the shape does not fit layer `layer` with its n neurons, or an entry is not finite.
    """
    array = finite_array(values, what, dtype)
    if array.ndim == 1 and len(array) == n:
        return array[:, np.newaxis]
    expected = (
        f"expected shape ({n}, m), one row for each neuron of layer {layer} and one column for "
        f"each sample, or ({n},) for one sample"
    )
    if array.ndim != 2 or array.shape[0] != n:
        hint = "; its transpose would fit" if array.ndim == 2 and array.shape[1] == n else ""
        raise ValueError(f"{what} has shape {array.shape}; {expected}{hint}")
    if array.shape[1] == 0:
        raise ValueError(f"{what} has shape {array.shape}, which holds no sample; {expected}")
    return array


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return f"{type(value).__name__} {text if len(text) < 40 else text[:36] + ' …'}"
