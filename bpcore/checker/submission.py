"""One submission, in a process of its own: find its function, judge it on several networks.

``python -m bpcore.checker.submission`` is that process; `bpcore.checker.pile` starts it. What is in
here protects the pile from accidents and from pranks. It is no prison: see TEACHING.md.
"""

import ctypes
import json
import linecache
import os
import re
import signal
import sys
import time
import tokenize
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from math import ceil
from pathlib import Path
from traceback import walk_stack
from types import ModuleType

import numpy as np

from bpcore import backpropagation
from bpcore.checker import stops
from bpcore.checker.diagnosis import Report, diagnose
from bpcore.checker.student import equation_of_delta
from bpcore.network import Network

__all__ = ["EQUATIONS", "FUNCTIONS", "NETWORKS", "TIME_OUT", "judge", "places", "points", "shares"]

EQUATIONS = ("BP1", "BP2", "BP3", "BP4")
FUNCTIONS = ("my_backprop", "backprop", "student")
# Sizes, activation of the hidden layers, samples. In one, all layers after the input are equal:
# there a forgotten transpose is named, where otherwise the code stops. No number of samples is a
# layer's size.
NETWORKS = (
    ((3, 5, 2), "sigmoid", 7),
    ((4, 6, 3, 2), "tanh", 5),
    ((3, 4, 4, 4), "sigmoid", 6),
    ((5, 3, 4, 3), "elu", 8),
)
OUTPUTS = {
    "quadratic": ("sigmoid", "sigmoid", "sigmoid", "tanh"),
    "cross_entropy": ("sigmoid", "softmax", "sigmoid", "softmax"),
}
TIME_OUT = 124  # exit status, as of the command `timeout`
LIMITS = {  # where the platform has them
    "RLIMIT_AS": 2 * 2**30,  # bytes; numpy and bpcore take 0.1 · 2³⁰
    "RLIMIT_FSIZE": 10 * 2**20,  # bytes of each file
    "RLIMIT_NPROC": 1000,  # of all the user's processes; root is not held by it
    "RLIMIT_CORE": 0,
}
MAGIC = re.compile(r"^(\s*)[%!].*", re.M)
SET_CHILD_SUBREAPER = 36  # of Linux's prctl
Place = tuple[str, int]


@dataclass(frozen=True)
class Trial:
    """A network and samples that a submission is tried on."""

    title: str
    net: Network
    x: np.ndarray
    y: np.ndarray


def judge(
    student: Callable, *, cost: str = "quadratic", l2: float = 0.0, activation: str | None = None
) -> Iterator[tuple[Trial, Report]]:
    """Diagnose a function on each network.

    Parameters
    ----------
    student, cost, l2
        As for `bpcore.diagnose`.
    activation : str, optional
        Of all layers, instead of several; the output of a cross-entropy is sigmoid then.

    Yields
    ------
    Trial, Report
    """
    for number, (sizes, hidden, m) in enumerate(NETWORKS):
        output = OUTPUTS[cost][number]
        if activation:
            hidden, output = activation, activation if cost == "quadratic" else "sigmoid"
        rng = np.random.default_rng(number)
        net = Network(sizes, activation=hidden, output_activation=output, seed=number)
        for l in net.b:  # with zeros, a mistake in them would not show
            net.b[l] = rng.standard_normal(net.b[l].shape)
        x = rng.standard_normal((sizes[0], m))
        classes = np.eye(sizes[-1])[:, rng.integers(sizes[-1], size=m)]
        y = rng.random((sizes[-1], m)) if cost == "quadratic" else classes
        title = f"{' → '.join(map(str, sizes))} neurons, {hidden}, output {output}, {m} samples"
        yield Trial(title, net, x, y), diagnose(student, net, x, y, cost=cost, l2=l2)


def points(student: Callable, **options: str | float) -> dict[str, float]:
    """Give the points of a function by equation, from 0 to 1; for a test cell of nbgrader.

    What it prints is left out: nbgrader gives nothing for a cell that writes to stderr, and that is
    where numpy's warnings go.

    Parameters
    ----------
    student : callable
    **options
        As for `judge`.

    Returns
    -------
    dict
    """
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        reports = [report for _, report in judge(student, **options)]
    return shares([(report.right, not_judged(report)) for report in reports])


def shares(reports: Iterable[tuple[Iterable[Place], Iterable[Place]]]) -> dict[str, float]:
    """Give the share of places that are right, by equation.

    Parameters
    ----------
    reports : iterable of two iterables of places
        For each network, in order: what is right, and what could not be judged and does not count.

    Returns
    -------
    dict
        0 where nothing counts.
    """
    right, of = dict.fromkeys(EQUATIONS, 0), dict.fromkeys(EQUATIONS, 0)
    reports = list(reports) + [((), ())] * len(NETWORKS)
    for (sizes, _, _), (is_right, is_not_judged) in zip(NETWORKS, reports, strict=False):
        for place in places(len(sizes)):
            right[place[0]] += place in is_right
            of[place[0]] += place in is_right or place not in is_not_judged
    return {equation: right[equation] / max(of[equation], 1) for equation in EQUATIONS}


def places(L: int) -> list[Place]:
    """Name everything that an equation gives in a network of L layers."""
    deltas = [(equation_of_delta(l, L), l) for l in range(L, 1, -1)]
    return deltas + [(equation, l) for equation in ("BP3", "BP4") for l in range(L, 1, -1)]


def not_judged(report: Report) -> list[Place]:
    """Name the places that a report leaves open; a whole equation where it names no layer."""
    L = len(report.sizes)
    return [
        (equation, l)
        for each in report.not_judged
        for equation, l in places(L)
        if each.equation == equation and each.layer in (l, None)
    ]


def load(path: Path, functions: Iterable[str]) -> tuple[Callable | None, str, set[str]]:
    """Run a submission until its function is there.

    Parameters
    ----------
    path : Path
        A module or a notebook.
    functions : iterable of str
        Names it may have, the most wanted first.

    Returns
    -------
    callable or None
    str
        Where the submission stops, or why there is no function; "" if nothing is wrong.
    set of str
        The names of its files or cells, as they stand in a traceback.
    """
    module = sys.modules["submission"] = ModuleType("submission")
    stopped, sources = "", set()
    try:
        cells = _cells(path)
    except Exception as error:
        return None, f"It cannot be read: {type(error).__name__}: {error}.", sources
    defines = re.compile(
        rf"^(?:def (?:{'|'.join(functions)})\b|(?:{'|'.join(functions)}) *=)", re.M
    )
    last = max((i for i, (_, code) in enumerate(cells) if defines.search(code)), default=len(cells))
    for name, code in cells[: last + 1]:
        sources.add(name)
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        stopped = ""
        try:
            exec(_compiled(code, name), vars(module))
        except BaseException as error:  # an earlier cell may fail; sys.exit ends nothing here
            stopped = stops.what_stopped(error)
    for function in functions:
        found = getattr(module, function, None)
        if found is not None and not str(getattr(found, "__module__", "")).startswith("bpcore"):
            return found, stopped, sources
    missing = f"It defines no function called {' or '.join(functions)}"
    return None, f"{missing}; {stopped}." if stopped else f"{missing}.", sources


def _cells(path: Path) -> list[tuple[str, str]]:
    """Give the code with the name that it has in a traceback; a module is one cell."""
    if path.suffix != ".ipynb":
        with tokenize.open(path) as file:
            return [(path.name, file.read())]
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [(f"code cell {number} of {path.name}", c) for number, c in enumerate(code, start=1)]


def _compiled(code: str, name: str):
    try:
        return compile(code, name, "exec")
    except SyntaxError as error:
        try:
            return compile(MAGIC.sub(r"\1pass", code), name, "exec")
        except SyntaxError:
            raise error from None


def _answer(path: Path, functions: list[str], options: dict) -> dict:
    """Say all that the pile wants to know, in numbers and sentences."""
    student, stopped, sources = load(path, functions)
    if student is None:
        return {"remark": stopped, "reports": []}
    reports, borrowed, remarks = [], [], []
    ours = backpropagation.four_equations

    def watched(*arguments):
        borrowed.append(any(f.f_code.co_filename in sources for f, _ in walk_stack(None)))
        return ours(*arguments)

    backpropagation.four_equations = watched
    try:
        reports += judge(student, **options)
        # The most telling sentence is of a network on which something could be judged.
        wrong = sorted((r for _, r in reports if not r.ok), key=lambda report: not report.right)
        remarks += [r.lines()[len(r.understood)] for r in wrong[:1]] or ["All right."]
    except Exception as error:
        remarks.append(f"bp.diagnose stops: {type(error).__name__}: {error}.")
    if any(borrowed):
        remarks.append("It calls bpcore's own backprop.")
    if stopped:
        remarks.append(f"Beside the function, {stopped}.")
    said = [
        {
            "title": trial.title,
            "ok": report.ok,
            "right": report.right,
            "not_judged": not_judged(report),
            "slips": [finding.slip for finding in report.findings],
            "lines": report.lines(),
        }
        for trial, report in reports
    ]
    return {"remark": " ".join(remarks), "reports": said}


def _fork_and_watch(seconds: float) -> None:
    """Go on in a child; stay behind as its watchman, and end with all that it has left running.

    So os._exit, or killing its parent, ends no more than this one submission.
    """
    with suppress(AttributeError, OSError):  # Linux: who loses its parent becomes our child
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child = os.fork()
    if child == 0:
        _limit(seconds)
        return
    end, ended = time.monotonic() + seconds, 0
    while not ended and time.monotonic() < end:
        time.sleep(0.01)
        ended, _ = os.waitpid(child, os.WNOHANG)
    _kill_children(child)
    os._exit(0 if ended else TIME_OUT)


def _limit(seconds: float) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    # The processor's time holds also those who get away from the watchman.
    for name, value in {**LIMITS, "RLIMIT_CPU": ceil(seconds) + 1}.items():
        with suppress(AttributeError, ValueError, OSError):
            kind = getattr(resource, name)
            _, most = resource.getrlimit(kind)
            value = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(kind, (value, value))


def _kill_children(child: int) -> None:
    """Kill until there is none, since each may leave children of its own to us."""
    end, alive = time.monotonic() + 1, [child]
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    while time.monotonic() < end:
        with suppress(OSError):
            alive = [int(pid) for pid in listed.read_text().split()]
        for pid in alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def main() -> None:
    """Judge the submission named on the command line, and write what is to be said of it."""
    path, answer, wanted = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
    del sys.argv[1:]
    if hasattr(os, "fork"):
        _fork_and_watch(wanted["seconds"])
    # An endless loop is named on each network, if all of them fit into the time.
    stops.SECONDS = wanted["seconds"] / (len(NETWORKS) + 1)
    said = _answer(path, wanted["functions"], wanted["options"])
    answer.write_text(json.dumps(said), encoding="utf-8")
    os._exit(0)  # whatever it has registered for its exit, and its threads, are not waited for


if __name__ == "__main__":
    main()
