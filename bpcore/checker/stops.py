"""Where and why a reader's code has stopped, and a stop for code that would go on for ever."""

import ast
import linecache
import os
import re
import signal
import sys
import sysconfig
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import numpy as np

__all__ = [
    "TooSlow",
    "is_open",
    "reason",
    "unless_it_raises",
    "what_stopped",
    "where_it_stood",
    "within_time",
]

SECONDS = 10  # for one call of the reader's function
_PATHS = sysconfig.get_paths()
_INSTALLED = (Path(__file__).parents[1], *map(_PATHS.get, ("stdlib", "purelib", "platlib")))
NOT_THEIRS = (*(f"{folder}{os.sep}" for folder in _INSTALLED), "<frozen")
SHAPE = r"\([\d,]*\)"
PRODUCT = "{} needs as many columns on its left as rows on its right, here {} and {}"
ENTRY_BY_ENTRY = "entry by entry each axis must have the same length in both, or 1 in one of them"
EARLIER = "The cause may be in a line before it"

Shape = tuple[int, ...]
Operands = Sequence[tuple[str, Shape]]
T = TypeVar("T")


class TooSlow(BaseException):
    """The time is over; no `Exception`, so that the reader's own ``except`` lets it pass."""


def within_time(call: Callable[[], Any]) -> Any:
    """Call a function, for no longer than `SECONDS`.

    Only in the main thread of a system that has an alarm; elsewhere there is no limit.

    Raises
    ------
    TooSlow
    """
    if not hasattr(signal, "setitimer") or (
        threading.current_thread() is not threading.main_thread()
    ):
        return call()

    def stop_again(frame: FrameType, event: str, arg: Any) -> Callable:
        if event == "line":
            raise TooSlow
        return stop_again

    def stop(number: int, frame: FrameType) -> None:
        nonlocal fired
        if not running:
            return
        if fired:  # and a bare `except:` has swallowed it: now its own first line stops, too
            while frame not in (here, None):
                frame.f_trace, frame = stop_again, frame.f_back
            sys.settrace(stop_again)
        fired = True
        raise TooSlow

    running, fired, here, traced = True, False, sys._getframe(), sys.gettrace()
    handler = signal.signal(signal.SIGALRM, stop)
    remaining, interval = signal.setitimer(signal.ITIMER_REAL, SECONDS, SECONDS / 10)
    try:
        return call()
    finally:
        running = False
        sys.settrace(traced)  # before anything is called that it would stop
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        signal.setitimer(signal.ITIMER_REAL, remaining, interval)


def unless_it_raises(look: Callable[[], T], otherwise: T) -> T:
    """Look at what is the reader's own; whatever that raises, only an interrupt passes."""
    try:
        return look()
    except KeyboardInterrupt:
        raise
    except BaseException:
        return otherwise


def is_open(error: BaseException) -> bool:
    """Whether the code has stopped because of a ``...`` that is still to be filled in."""
    return unless_it_raises(lambda: _is_open(error), False)


def _is_open(error: BaseException) -> bool:
    if isinstance(error, NotImplementedError) or "ellipsis" in _text(error):
        return True
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    theirs = [frame for frame in frames if _is_theirs(frame.f_code.co_filename)]
    in_use = list(theirs[-1].f_locals.values()) if theirs else []
    dicts = [value for value in in_use if issubclass(type(value), dict)]  # asking none of them
    in_use += [entry for value in dicts for entry in dict.values(value)]
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
    step = unless_it_raises(lambda: _last_step(error, besides), None)
    return f"your code stops{_place(step)}: {reason(error, _operands(step))}"


def where_it_stood(error: TooSlow) -> str:
    """Say that the time was over, and in which line."""
    step = unless_it_raises(lambda: _last_step(error), None)
    place = _place(step).replace(" in ", ", in ", 1)
    return f"your code was still running after {SECONDS:g} seconds{place}: does the loop ever end?"


def _is_theirs(filename: str) -> bool:
    """Whether a file is neither of this package nor of an installed one."""
    return not filename.startswith(NOT_THEIRS)


Step = tuple[FrameType, traceback.FrameSummary] | None


def _last_step(error: BaseException, besides: str | None = None) -> Step:
    """Where the reader's code was, with its variables."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    lines = traceback.extract_tb(error.__traceback__, limit=len(frames))  # whatever sys says
    steps = [step for step in zip(frames, lines, strict=True) if _is_theirs(step[1].filename)]
    steps = [step for step in steps if step[1].filename != besides] or steps
    return next(
        (step for step in reversed(steps) if step[1].filename == steps[0][1].filename), None
    )


def _place(step: Step) -> str:
    if step is None:
        return ""
    line = step[1].lineno
    source = linecache.getline(step[1].filename, line).strip()
    source = source if len(source) <= 120 else f"{source[:118]} …"
    return f" in line {line}" + (f", `{source}`" if source else "")


def reason(error: BaseException, operands: Operands = ()) -> str:
    """Say what is wrong, with the shapes of the variables where these are the cause."""
    first_line = _text(error).strip().split("\n")[0][:200]
    plain = f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__

    def explained() -> str | None:
        if isinstance(error, KeyError) and error.args and isinstance(error.args[0], int):
            return f"there is no entry {first_line} yet; has an earlier line, or round, filled it?"
        return _about_shapes(first_line, operands) if isinstance(error, ValueError) else None

    return unless_it_raises(explained, None) or plain


def _text(error: BaseException) -> str:
    """What it says; nothing, if it is of the reader's own making and has a mistake in it."""
    return unless_it_raises(lambda: "".join(str(error)), "")


def _about_shapes(message: str, operands: Operands) -> str | None:
    """Say in the words of this text what numpy says about shapes that do not fit."""
    shapes = [_shape(found) for found in re.findall(SHAPE, message)]
    known = [shape for _, shape in operands]
    if found := re.search(r"matmul.*\(size (\d+) is different from (\d+)\)", message):
        rows, columns = map(int, found.groups())
        said = f"the shapes do not fit: {PRODUCT.format('@', columns, rows)}"
        # numpy does not say the shapes; those of the line's variables count if they say the same.
        is_it = len(known) == 2 and (known[0][-1:], known[1][-2:][:1]) == ((columns,), (rows,))
        return _with_advice(said, operands, _for_product(*known) if is_it else "")
    if "does not have enough dimensions" in message:
        said = "the shapes do not fit: @ is for arrays, and one side is a single number"
        return _with_advice(said, operands, "should it be *?")
    if re.search(r"shapes .* not aligned", message) and len(shapes) == 2:
        columns, rows = shapes[0][-1], shapes[1][-2:][0]
        said = f"the shapes {_both(*shapes)} do not fit: "
        said += PRODUCT.format("the product", columns, rows)
        return _with_advice(said, operands, _for_product(*shapes))
    if found := re.search(r"label '(\w)' for operand \d+ \((\d+)\).* \((\d+)\)", message):
        letter, *lengths = found.groups()
        said = f"the letter {letter} of einsum stands for the lengths {lengths[1]} and {lengths[0]}"
        return _with_advice(said, operands)
    if "remapped shapes" in message and "requested" not in message:
        before = [_shape(found) for found in re.findall(rf"({SHAPE})->", message)]
        listed = ", ".join(map(_said, before))
        said = f"the shapes {listed} do not fit: each letter of einsum must stand for one length"
        return _with_advice(said, operands)
    if "non-broadcastable output" in message and len(shapes) == 2:
        kept, result = shapes
        said = f"the result has the shape {_said(result)}, and the array that it is written into, "
        said += f"as by +=, the shape {_said(kept)}"
        is_mean = len(kept) == len(result) == 2 and kept == (result[0], 1)
        advice = "the mean over the samples, axis=1 with keepdims=True, would fit" * is_mean
        return _with_advice(said, operands, advice)
    if "could not broadcast input array" in message and len(shapes) == 2:
        said = f"an array of shape {_said(shapes[0])} is put in a place of shape {_said(shapes[1])}"
        return _with_advice(said, operands, "a .T would fit" * _turned_fits(*shapes))
    if "could not be broadcast together" in message:
        different = list(dict.fromkeys(shapes))
        if len(different) != 2:
            said = f"the shapes {', '.join(map(_said, different))} do not fit: {ENTRY_BY_ENTRY}"
            return _with_advice(said, operands)
        said = f"the shapes {_both(*different)} do not fit: {ENTRY_BY_ENTRY}"
        return _with_advice(said, operands, _for_entries(*different, in_place=len(shapes) > 2))
    return None


def _with_advice(said: str, operands: Operands, advice: str = "") -> str:
    """Put together the sentence, the shapes of the line's variables, and what would fit."""
    listed = ", ".join(dict.fromkeys(f"{name} is {shape}" for name, shape in operands))
    said += f". Here {listed}" * bool(listed)
    said += f"; {advice}" * bool(advice)
    return f"{said}{' ' if said.endswith('?') else '. '}{EARLIER}"


def _shape(text: str) -> Shape:
    return tuple(map(int, re.findall(r"\d+", text)))


def _said(shape: Shape) -> str:
    return str(shape).replace(" ", "")


def _both(left: Shape, right: Shape) -> str:
    return f"{_said(left)} and {_said(right)}"


def _for_product(left: Shape, right: Shape) -> str:
    advice = []
    if len(left) == 2 and _multiply(left[::-1], right):
        advice.append("a .T on the left one would fit")
    if len(right) == 2 and _multiply(left, right[::-1]):
        advice.append("a .T on the right one would fit")
    if not advice and len(left) == len(right) == 2 and _multiply(left[::-1], right[::-1]):
        advice.append("a .T on both would fit")
    if _match(left, right):
        advice.append("should it be *?")
    return ", or ".join(advice)


def _for_entries(left: Shape, right: Shape, *, in_place: bool) -> str:
    advice = []
    if any(len(s) == 1 and _match((*s, 1), t) for s, t in ((left, right), (right, left))):
        advice.append("as a column, with the shape (n, 1), the one with one axis would fit")
    if len(left) == 2 and not in_place and _match(left[::-1], right):
        advice.append("a .T on the left one would fit")
    if len(right) == 2 and _match(left, right[::-1]):
        advice.append("a .T on the right one would fit")
    if _multiply(left, right) and not in_place:
        advice.append("should it be @?")
    return ", or ".join(advice)


def _multiply(left: Shape, right: Shape) -> bool:
    """Whether ``left @ right`` is possible."""
    return bool(left and right) and left[-1] == right[-2:][0]


def _match(left: Shape, right: Shape) -> bool:
    """Whether they fit entry by entry, without growing to a table of all pairs."""
    try:
        return np.broadcast_shapes(left, right) in (left, right)
    except ValueError:
        return False


def _turned_fits(shape: Shape, place: Shape) -> bool:
    return len(shape) == 2 and shape[::-1] == place


def _operands(step: Step) -> Operands:
    """The shapes of the variables on both sides of what has failed, as far as they have names."""

    def shapes() -> Operands:
        frame, summary = step
        sides = [ast.unparse(side) for side in _sides(_failed(summary)) if _is_name(side)]
        return [
            (name, np.shape(eval(name, frame.f_globals, frame.f_locals)))
            for name in sides
            if len(name) <= 40
        ]

    # There may be no source, or objects that do not like to be looked at.
    return unless_it_raises(shapes, [])


def _failed(summary: traceback.FrameSummary) -> ast.AST:
    """What Python was evaluating."""
    first, last = summary.lineno, summary.end_lineno
    lines = [linecache.getline(summary.filename, line) for line in range(first, last + 1)]
    encoded = [line.encode() for line in lines]  # Python counts bytes, and δ has two
    encoded[-1] = encoded[-1][: summary.end_colno]
    encoded[0] = encoded[0][summary.colno :]
    source = b"".join(encoded).decode().strip()
    try:
        return ast.parse(f"({source})", mode="eval").body
    except SyntaxError:  # a statement, such as +=
        return ast.parse(source).body[0]


def _sides(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.AugAssign(target=target, value=value):
            return [target, value]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "numpy")), args=arguments):
            return arguments
        case ast.Call(func=ast.Attribute(value=left, attr="dot"), args=[right]):
            return [left, right]
    return []


def _is_name(node: ast.AST) -> bool:
    """Whether it is a variable, an attribute or an entry: nothing that computes anything."""
    match node:
        case ast.Name():
            return True
        case ast.Attribute(value=value):
            return _is_name(value)
        case ast.Subscript(value=value, slice=index):
            plain = (
                ast.Constant,
                ast.Name,
                ast.Attribute,
                ast.BinOp,
                ast.UnaryOp,
                ast.operator,
                ast.unaryop,
            )
            return _is_name(value) and all(
                isinstance(part, (*plain, ast.expr_context)) for part in ast.walk(index)
            )
    return False
