"""Call a reader's own backprop without trusting it, and read what it returns."""

import inspect
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpcore import _arguments
from bpcore.checker.layouts import Entries, keys, read_layout
from bpcore.checker.stops import (
    TooSlow,
    is_open,
    reason,
    unless_it_raises,
    what_stopped,
    where_it_stood,
    within_time,
)
from bpcore.network import Network

__all__ = ["Answer", "Finding", "NotJudged", "ask", "equation_of_delta", "is_open", "what_stopped"]


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


@dataclass(frozen=True)
class NotJudged:
    """Something that could not be judged, and why.

    Attributes
    ----------
    equation : str or None
    layer : int or None
    reason : str
    """

    equation: str | None
    layer: int | None
    reason: str


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
    z, a : dict
        By layer, in float64, where they were returned and fit.
    understood : list of str
        How what was returned has been read, where it is not as in the text.
    not_judged : list of NotJudged
        What was not returned.
    """

    w: dict[int, np.ndarray] = field(default_factory=dict)
    b: dict[int, np.ndarray] = field(default_factory=dict)
    delta: dict[int, np.ndarray] = field(default_factory=dict)
    dtype: np.dtype = field(default_factory=lambda: np.dtype(float))
    findings: list[Finding] = field(default_factory=list)
    z: dict[int, np.ndarray] = field(default_factory=dict)
    a: dict[int, np.ndarray] = field(default_factory=dict)
    understood: list[str] = field(default_factory=list)
    not_judged: list[NotJudged] = field(default_factory=list)

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
    complaint = unless_it_raises(lambda: _complaint(student, net, x, y), None)
    if complaint is not None:
        return _failed(
            "wrong_arguments",
            "your function must take three arguments, (net, x, y), but with these "
            f"it says: {complaint}{_place(student)}",
        )
    for part in (net.w, net.b):  # looking at an entry can add to the network, and in the middle
        list(part.values())  # of a copy, from another thread, that would be an error
    given, x_given, y_given = deepcopy(net), x.copy(), y.copy()
    try:
        returned = within_time(lambda: student(given, x_given, y_given))
    except TooSlow as error:
        return _failed("too_slow", where_it_stood(error))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if is_open(error):
            return _failed("not_tried", "a line needs what is still open: not tried yet")
        return _failed("raises", what_stopped(error))

    try:
        answer = _parse(returned, net, x.shape[1], student)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _failed(
            "wrong_return", f"what your function returns cannot be read: {reason(error)}"
        )
    sentence = "your code takes the network apart; it is only there to be read"
    answer.findings += unless_it_raises(
        lambda: _changed(net, given, x, x_given, y, y_given),
        [Finding(None, None, "network_changed", sentence)],
    )
    return answer


def _failed(slip: str, sentence: str) -> Answer:
    return Answer(findings=[Finding(None, None, slip, sentence)])


def _complaint(student: Callable, *given: Any) -> str | None:
    """What the function says to these arguments; an error, if it does not tell what it takes."""
    signature = inspect.signature(student)
    try:
        signature.bind(*given)
    except TypeError as error:
        return str(error)
    return None


def _place(student: Callable) -> str:
    return unless_it_raises(
        lambda: f" (line {student.__code__.co_firstlineno} of your code)",
        "",  # it is no function that is written in Python
    )


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
    layout = read_layout(returned, net.sizes, m)
    if layout is None:
        names = f" with {keys(returned)}" if isinstance(returned, dict) else ""
        return _failed(
            "wrong_return",
            'return a dict {"w": …, "b": …}, or an object with w and b; '
            f"got a {type(returned).__name__}{names}",
        )

    answer = Answer(understood=layout.understood)
    shapes = {
        "delta": {l: (net.sizes[l - 1], m) for l in net.w},
        "b": {l: net.b[l].shape for l in net.b},
        "w": {l: net.w[l].shape for l in net.w},
    }
    for part in shapes:
        if part in layout.unnumbered:
            answer.findings.append(_unnumbered(part, layout.unnumbered[part], net.L))
        elif part in layout.parts:
            _parse_part(part, layout.parts[part], shapes, answer, layout.rows)
        elif part == "b":
            answer.not_judged.append(NotJudged("BP3", None, "no b was returned"))
    for part in ("z", "a"):
        for l, value in layout.parts.get(part, {}).items():
            _parse_forward(part, l, value, (net.sizes[l - 1], m), answer)
    return answer


def _unnumbered(part: str, got: str, L: int) -> Finding:
    return Finding(
        {"w": "BP4", "b": "BP3"}.get(part, "BP1"),
        None,
        "layer_numbers",
        f"{part} must be a dict by layer number, 2 to {L}: layer 1 is the input, and "
        f"w[l] leads into layer l; got {got}",
    )


def _parse_part(part: str, entries: Entries, expected: dict, answer: Answer, rows: bool) -> None:
    for l in reversed(expected[part]):
        problem = _parse_array(part, entries, l, expected, answer, rows)
        if problem:
            equation = {"w": "BP4", "b": "BP3"}.get(part, equation_of_delta(l, max(expected[part])))
            answer.findings.append(Finding(equation, l, *problem))


def _parse_array(
    part: str, entries: Entries, l: int, expected: dict, answer: Answer, rows: bool
) -> tuple[str, str] | None:
    """Take over one array, or say why not."""
    name, shape = f"{part}[{l}]", expected[part][l]
    if l not in entries:
        return "missing", f"there is no {name}"
    value = entries[l]
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
        return _misfit(part, l, array.shape, expected, axis=0 if rows else 1)
    if not _taken_over(part, l, array, answer):
        return "not_finite", f"{name} has entries that are NaN or infinite"
    return None


def _parse_forward(part: str, l: int, value: Any, shape: tuple[int, int], answer: Answer) -> None:
    """Take over z or a of one layer, if it is one; nobody has asked for it."""
    array = unless_it_raises(lambda: np.asarray(value), np.array(None))
    if array.ndim == 1 and shape[1] == 1:
        array = array[:, np.newaxis]
    if array.dtype.kind in "fiub" and array.shape == shape:
        _taken_over(part, l, array, answer)


def _taken_over(part: str, l: int, array: np.ndarray, answer: Answer) -> bool:
    """Put one array into the answer, if it is finite."""
    with np.errstate(all="ignore"):
        double = array.astype(float)
    if not np.isfinite(double).all():
        return False
    if array.dtype.kind == "f" and array.dtype.itemsize < answer.dtype.itemsize:
        answer.dtype = array.dtype
    getattr(answer, part)[l] = double
    return True


def _misfit(
    part: str, l: int, got: tuple[int, ...], expected: dict, *, axis: int
) -> tuple[str, str]:
    shape, m = expected[part][l], expected["delta"][l][1]
    sentence = f"{part}[{l}] has shape {got}; expected {shape}"
    if part == "b":
        over = f"take the mean over axis={axis}"
        hints = {
            (1, m): ("wrong_axis", f"that is one number for each sample; {over}"),
            (m,): ("wrong_axis", f"that is one number for each sample; {over}"),
            (): ("wrong_axis", f"one number for each neuron is needed: {over}"),
            (shape[0], m): ("not_summed", f"take the mean over the samples, axis={axis}"),
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
