"""Call a reader's own backprop without trusting it, and read what it returns."""

import inspect
import linecache
import os
import re
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bpcore import _arguments
from bpcore.network import Network

__all__ = ["Answer", "Finding", "ask", "equation_of_delta", "is_open", "what_stopped"]

_PATHS = sysconfig.get_paths()
# numpy's words for shapes that do not fit, and ours.
SHAPES_DO_NOT_FIT = {
    r"matmul.*size (\d+) is different from (\d+)": "the shapes do not fit: @ needs as many columns "
    "on its left as rows on its right, here {1} and {0}. Is a .T missing, or should it be *?",
    r"could not be broadcast together with shapes (\(.*?\)) (\(.*?\))": "the shapes {0} and {1} do "
    "not fit, entry by entry. Is a .T missing, or should it be @?",
}
_INSTALLED = (Path(__file__).parents[1], *map(_PATHS.get, ("stdlib", "purelib", "platlib")))
NOT_THEIRS = (*(f"{folder}{os.sep}" for folder in _INSTALLED), "<frozen")


def equation_of_delta(l: int, L: int) -> str:
    """Say which equation gives δ of layer l."""
    return "BP1" if l == L else "BP2"


@dataclass(frozen=True)
class Finding:
    """One thing that is not right.

    Attributes
    ----------
    equation : str or None
        "BP1" to "BP4"; None where it is not one of the four.
    layer : int or None
        Of the δ, weights or biases concerned; None where it is not one layer.
    slip : str
        The slip's name; "unknown" if it is none that is known.
    sentence : str
        What is wrong, and what belongs there.
    also : tuple of str
        Other slips that lead to the same numbers.
    """

    equation: str | None
    layer: int | None
    slip: str
    sentence: str
    also: tuple[str, ...] = ()


@dataclass
class Answer:
    """What the function returned, as far as it can be read.

    Attributes
    ----------
    w, b, delta : dict
        By layer, in float64; what could not be read is left out.
    dtype : dtype
        The coarsest floating-point type among the arrays.
    findings : list of Finding
        What could not be read, and why.
    """

    w: dict[int, np.ndarray] = field(default_factory=dict)
    b: dict[int, np.ndarray] = field(default_factory=dict)
    delta: dict[int, np.ndarray] = field(default_factory=dict)
    dtype: np.dtype = field(default_factory=lambda: np.dtype(float))
    findings: list[Finding] = field(default_factory=list)

    @property
    def slopes(self) -> tuple[tuple[str, dict[int, np.ndarray]], ...]:
        """The slopes, each with its equation."""
        return ("BP3", self.b), ("BP4", self.w)

    @property
    def readable(self) -> bool:
        """Whether anything could be read."""
        return bool(self.w or self.b or self.delta)

    @property
    def has_delta(self) -> bool:
        """Whether δ was returned, readable or not: then none is inferred."""
        return bool(self.delta) or any(f.equation in ("BP1", "BP2") for f in self.findings)


def ask(student: Callable, net: Network, x: np.ndarray, y: np.ndarray) -> Answer:
    """Call ``student(net, x, y)`` on copies, and read what it returns.

    Parameters
    ----------
    student : callable
    net : Network
    x : ndarray, shape (n_1, m)
    y : ndarray, shape (n_L, m)

    Returns
    -------
    Answer
        Whatever goes wrong in the function is a finding in it.
    """
    if not callable(student):
        return _failed(
            "not_a_function",
            f"expected your function, got a {type(student).__name__}: "
            "hand over my_backprop itself, not what it returns",
        )
    try:
        inspect.signature(student).bind(net, x, y)
    except TypeError as error:
        return _failed(
            "wrong_arguments",
            "your function must take three arguments, (net, x, y), but with these "
            f"it says: {error}{_place(student)}",
        )
    except ValueError:  # some callables written in C do not tell
        pass
    given, x_given, y_given = deepcopy(net), x.copy(), y.copy()
    try:
        returned = student(given, x_given, y_given)
    except (Exception, SystemExit) as error:
        if is_open(error):
            return _failed("not_tried", "a line needs what is still open: not tried yet")
        return _failed("raises", what_stopped(error))

    try:
        answer = _parse(returned, net, x.shape[1], student)
    except Exception as error:
        return _failed("wrong_return", f"what your function returns cannot be read: {_what(error)}")
    try:
        answer.findings += _changed(net, given, x, x_given, y, y_given)
    except Exception:
        sentence = "your code takes the network apart; it is only there to be read"
        answer.findings.append(Finding(None, None, "network_changed", sentence))
    return answer


def _failed(slip: str, sentence: str) -> Answer:
    return Answer(findings=[Finding(None, None, slip, sentence)])


def _place(student: Callable) -> str:
    code = getattr(student, "__code__", None)
    return f" (line {code.co_firstlineno} of your code)" if code else ""


def is_open(error: BaseException) -> bool:
    """Whether the code has stopped because of a ``...`` that is still to be filled in."""
    if isinstance(error, NotImplementedError) or "ellipsis" in _text(error):
        return True
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    theirs = [frame for frame in frames if _is_theirs(frame.f_code.co_filename)]
    in_use = list(theirs[-1].f_locals.values()) if theirs else []
    in_use += [entry for value in in_use if isinstance(value, dict) for entry in value.values()]
    return any(value is ... for value in in_use)


def what_stopped(error: BaseException, *, besides: str | None = None) -> str:
    """Say what went wrong, and in which line of the reader's own code.

    Parameters
    ----------
    error : exception
    besides : str, optional
        A file, or a cell, that is not the reader's, unless there is nothing else.

    Returns
    -------
    str
    """
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _is_theirs(f.filename)]
    frames = [frame for frame in frames if frame.filename != besides] or frames
    place = ""
    if frames:
        last = [frame for frame in frames if frame.filename == frames[0].filename][-1]
        source = linecache.getline(last.filename, last.lineno).strip()
        place = f" in line {last.lineno}" + (f", `{source}`" if source else "")
    return f"your code stops{place}: {_what(error)}"


def _is_theirs(filename: str) -> bool:
    """Whether a file is neither of this package nor of an installed one."""
    return not filename.startswith(NOT_THEIRS)


def _what(error: BaseException) -> str:
    first_line = _text(error).strip().split("\n")[0][:200]
    if isinstance(error, KeyError) and isinstance(error.args[0], int):
        return f"there is no entry {first_line} yet; has an earlier line, or round, filled it?"
    for pattern, sentence in SHAPES_DO_NOT_FIT.items():
        if found := re.search(pattern, first_line):
            return f"{sentence.format(*found.groups())} The cause may be in a line before it"
    return f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception of the reader's own, with a mistake in it
        return ""


def _changed(net, given, x, x_given, y, y_given) -> list[Finding]:
    changed = [
        f"{part}[{l}]"
        for part in ("w", "b")
        for l, before in getattr(net, part).items()
        if not np.array_equal(before, getattr(given, part)[l])
    ]
    changed += [
        what
        for what, before, after in (("x", x, x_given), ("y", y, y_given))
        if before.shape != after.shape or not np.array_equal(before, after)
    ]
    if not changed:
        return []
    return [
        Finding(
            None,
            None,
            "network_changed" if changed[0] not in ("x", "y") else "data_changed",
            f"your code changes {', '.join(changed)}; a gradient is only measured, "
            "and the step is taken afterwards",
        )
    ]


def _parse(returned: Any, net: Network, m: int, student: Callable) -> Answer:
    if returned is None or returned is ...:
        return _failed(
            "returns_nothing",
            f"your function returns nothing{_place(student)}: is its return missing?",
        )
    parts = {}
    for part in ("w", "b", "delta"):
        parts[part] = (
            returned.get(part) if isinstance(returned, Mapping) else getattr(returned, part, None)
        )
    if parts["w"] is None or parts["b"] is None:
        names = f" with {', '.join(map(repr, returned))}" if isinstance(returned, dict) else ""
        return _failed(
            "wrong_return",
            'return a dict {"w": …, "b": …}, or an object with w and b; '
            f"got a {type(returned).__name__}{names}",
        )

    answer = Answer()
    shapes = {
        "delta": {l: (net.sizes[l - 1], m) for l in net.w},
        "b": {l: net.b[l].shape for l in net.b},
        "w": {l: net.w[l].shape for l in net.w},
    }
    for part in shapes:
        if parts[part] is not None:
            _parse_part(part, parts[part], shapes, answer)
    return answer


def _parse_part(part: str, by_layer: Any, expected: dict, answer: Answer) -> None:
    layers = expected[part]
    L = max(layers)
    equation = {"w": "BP4", "b": "BP3"}.get(part)
    if by_layer is ...:
        by_layer = dict.fromkeys(layers, ...)
    keys = set(by_layer) if isinstance(by_layer, Mapping) else set()
    positions = isinstance(by_layer, (list, tuple, np.ndarray)) and len(by_layer) != L + 1
    if positions or not hasattr(by_layer, "__getitem__") or keys == set(range(1, L)):
        got = f"the keys {sorted(keys)}" if keys else f"a {type(by_layer).__name__}"
        answer.findings.append(
            Finding(
                equation or "BP1",
                None,
                "layer_numbers",
                f"{part} must be a dict by layer number, 2 to {L}: layer 1 is the input, and "
                f"w[l] leads into layer l; got {got}",
            )
        )
        return
    for l in reversed(layers):
        problem = _parse_array(part, by_layer, l, expected, answer)
        if problem:
            answer.findings.append(Finding(equation or equation_of_delta(l, L), l, *problem))


def _parse_array(
    part: str, by_layer: Any, l: int, expected: dict, answer: Answer
) -> tuple[str, str] | None:
    """Take over one array, or say why not."""
    name, shape = f"{part}[{l}]", expected[part][l]
    try:
        value = by_layer[l]
    except (LookupError, TypeError):
        return "missing", f"there is no {name}"
    if value is ... or value is None:
        return "not_tried", "not tried yet"
    try:
        array = np.asarray(value)
    except ValueError:
        return "wrong_shape", f"{name} has rows of different lengths; expected shape {shape}"
    if array.dtype.kind not in "fiub":
        return "not_numbers", f"{name} must hold real numbers, got {_arguments.kind(array, value)}"
    if array.ndim < 2 and array.size == shape[0] and shape[1] == 1 and part != "w":
        array = array.reshape(shape)
    if array.shape != shape:
        return _misfit(part, l, array.shape, expected)
    with np.errstate(all="ignore"):
        double = array.astype(float)
    if not np.isfinite(double).all():
        return "not_finite", f"{name} has entries that are NaN or infinite"
    if array.dtype.kind == "f" and array.dtype.itemsize < answer.dtype.itemsize:
        answer.dtype = array.dtype
    getattr(answer, part)[l] = double
    return None


def _misfit(
    part: str, l: int, got: tuple[int, ...], expected: dict[str, dict[int, tuple[int, int]]]
) -> tuple[str, str]:
    shape, m = expected[part][l], expected["delta"][l][1]
    sentence = f"{part}[{l}] has shape {got}; expected {shape}"
    if part == "b":
        hints = {
            (1, m): ("wrong_axis", "that is one number for each sample; take the mean over axis=1"),
            (m,): ("wrong_axis", "that is one number for each sample; take the mean over axis=1"),
            (): ("wrong_axis", "one number for each neuron is needed: take the mean over axis=1"),
            (shape[0], m): ("not_summed", "take the mean over the samples, axis=1"),
        }
        if got in hints:
            slip, hint = hints[got]
            return slip, f"{sentence}: {hint}, with keepdims=True"
    if got == expected["w" if part == "b" else "b"][l]:
        return "wrong_shape", f"{sentence}: are w and b swapped?"
    if got == shape[::-1]:
        hint = ", and should be δ[l] a[l−1]ᵀ" if part == "w" else ""
        return "transposed", f"{sentence}: it is transposed{hint}"
    if part == "w" and got == (shape[0], shape[0]):
        return "a_of_wrong_layer", f"{sentence}: there is a column for each neuron of layer l−1"
    return "wrong_shape", sentence
