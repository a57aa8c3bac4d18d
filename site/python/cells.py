"""Runs cells in the page as Jupyter runs them: one namespace, the last value shown, errors told."""

import ast
import json
import linecache
import sys
import traceback
from itertools import count
from time import monotonic
from types import TracebackType
from typing import Any

from anywidget import WIDGETS, post
from IPython.display import display
from needs import needs

__all__ = ["learn", "run", "to_widget"]

RULE = "-" * 75
MOST = 100_000  # characters of a cell
OFTEN = 0.05  # seconds between two messages
ENDS = 5  # frames shown at both ends of a long traceback
AROUND = 2  # lines shown around the one that failed

names: dict[str, Any] = {"__name__": "__main__"}
_numbers = count(1)


class Printed:
    """What is written to it is shown below the cell, up to a limit that the page can bear."""

    encoding = "utf-8"

    def __init__(self, name: str) -> None:
        self.name, self.left, self.waiting, self.sent = name, MOST, "", 0.0

    def write(self, text: str) -> int:
        if self.left > 0:
            self.left -= len(text)
            self.waiting += text if self.left > 0 else f"\n… more than {MOST:,} characters"
        if monotonic() > self.sent + OFTEN:
            self.send()
        return len(text)

    def send(self) -> None:
        """Send what waits."""
        if self.waiting:
            post({"output": {"stream": self.name, "text": self.waiting}})
            self.waiting, self.sent = "", monotonic()

    def flush(self) -> None:
        """It is sent soon enough."""


def run(code: str) -> None:
    """Run a cell; say to the page what it prints and shows, whether it fails, and when it ends."""
    file = f"In[{next(_numbers)}]"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    error = ""
    sys.stdout, sys.stderr = printed = Printed("stdout"), Printed("stderr")
    try:
        body = ast.parse(code, file).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), file, "exec"), names)
        if (
            last
            and (value := eval(compile(ast.Expression(last.value), file, "eval"), names))
            is not None
        ):
            display(value)
    except BaseException as raised:
        error = told(raised)
    for stream in printed:
        stream.send()
    post({"done": True, "error": error})


def learn(texts: str) -> None:
    """Say to the page which cells each of its cells needs, as they are now."""
    post({"needs": needs([text if _is_python(text) else "" for text in json.loads(texts)])})


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def told(error: BaseException) -> str:
    """Tell an error as Jupyter does: the cell's own lines, with an arrow at the one that failed."""
    kind = type(error).__name__
    last = "".join(traceback.format_exception_only(error))
    if isinstance(error, SyntaxError):
        return last.replace(f'File "{error.filename}"', f"Cell {error.filename}")
    told_frames = [_frame(*each) for each in _frames(error.__traceback__)]
    if (skipped := len(told_frames) - 2 * ENDS) > 0:
        told_frames[ENDS:-ENDS] = [f"    [... skipping {skipped} frames]\n"]
    frames = "\n".join(told_frames)
    return f"{RULE}\n{kind:<42}{'Traceback (most recent call last)':>33}\n{frames}\n{last}"


def _frames(trace: TracebackType | None) -> list[tuple[str, int, str]]:
    frames = [
        (f.f_code.co_filename, line, f.f_code.co_name) for f, line in traceback.walk_tb(trace)
    ]
    return [frame for frame in frames if frame[0] != __file__]


def _frame(file: str, number: int, function: str) -> str:
    where = "" if function == "<module>" else f", in {function}"
    lines = linecache.getlines(file)
    shown = range(max(1, number - AROUND), min(len(lines), number + AROUND) + 1)
    numbered = [f"{'---->' if i == number else '     '} {i} {lines[i - 1].rstrip()}" for i in shown]
    place = f"Cell {file}" if file.startswith("In[") else f"File {file}"
    return "\n".join([f"{place}, line {number}{where}", *numbered, ""])


def to_widget(widget: str, act: str, content: str) -> None:
    """Hand on to a widget what the page says; the page waits for the answer."""
    try:
        if widget in WIDGETS:
            getattr(WIDGETS[widget], act)(json.loads(content))
    except Exception:
        pass  # it is shown in the picture's place
    finally:
        post({"widget": widget, "act": act, "done": True})
