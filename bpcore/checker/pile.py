"""A pile of submissions: each is judged in a process of its own, and gives one row of a table."""

import csv
import json
import os
import shutil
import signal
import site
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bpcore.checker.submission import EQUATIONS, NETWORKS, TIME_OUT, shares

__all__ = ["Row", "grade", "submissions", "write_table"]

GRACE = 5  # seconds that a process gets to start and to end
LARGEST = 2**20  # bytes of an answer that are read
PASSED_ON = ("LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "SYSTEMROOT", "VIRTUAL_ENV")
HEADER = ("name", *EQUATIONS, "points", "all right", "slips", "remark", "file")


@dataclass(frozen=True)
class Row:
    """What is to be said of one submission.

    Attributes
    ----------
    name, file : str
    points : dict
        By equation, from 0 to 1.
    ok : bool
        Whether every report is a certificate.
    slips : tuple of str
        Names of all that was found.
    remark : str
        In one line.
    reports : tuple of (str, tuple of str)
        For each network its title and the report's sentences.
    """

    name: str
    file: str
    points: dict[str, float]
    ok: bool
    slips: tuple[str, ...]
    remark: str
    reports: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def total(self) -> float:
        """Points of all equations."""
        return sum(self.points.values())


def submissions(folder: Path) -> dict[str, Path]:
    """Find all modules and notebooks in a folder, and give each a name.

    Parameters
    ----------
    folder : Path
        Folders in it are searched, too, but no hidden ones, and no link is followed.

    Returns
    -------
    dict
        By name: the path in the folder without what all have in common at its end, so that
        ``submitted/ada/four/04.ipynb`` beside ``submitted/bob/four/04.ipynb`` is "ada".
    """
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in (".py", ".ipynb")
        and path.is_file()
        and not path.is_symlink()
        and not any(part[0] in "._" for part in path.relative_to(folder).parts[:-1])
    )
    parts = [path.relative_to(folder).with_suffix("").parts for path in paths]
    shared = 0  # and what is left of each must have a name
    while (
        shared < min(map(len, parts), default=0) - 1 and len({p[-1 - shared] for p in parts}) == 1
    ):
        shared += 1
    shared *= len(paths) > 1
    names = ["/".join(part[: len(part) - shared]) for part in parts]
    often = Counter(names)
    return {
        name if often[name] == 1 else path.relative_to(folder).as_posix(): path
        for name, path in zip(names, paths, strict=True)
    }


def grade(
    pile: dict[str, Path], functions: Sequence[str], seconds: float, **options: str | float | None
) -> list[Row]:
    """Judge each submission, a few at a time.

    Parameters
    ----------
    pile : dict
        As `submissions` gives it.
    functions : sequence of str
        Names that the function may have.
    seconds : float
        After which a submission is stopped.
    **options
        As for `bpcore.checker.submission.judge`.

    Returns
    -------
    list of Row
        In the order of the pile.
    """
    wanted = json.dumps({"functions": functions, "seconds": seconds, "options": options})
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda item: _row(*item, wanted, seconds), pile.items()))


def _row(name: str, path: Path, wanted: str, seconds: float) -> Row:
    try:
        row = _read(_ask(path, wanted, seconds))
    except Exception as error:  # of the file system, or an answer that is none
        row = _read(_nothing(f"This submission has no readable answer: {type(error).__name__}."))
    return Row(_plain(name), _plain(str(path)), **row)


def _nothing(remark: str) -> dict:
    return {"remark": remark, "reports": []}


def _ask(path: Path, wanted: str, seconds: float) -> dict:
    """Run one submission, and give what its process has to say."""
    with TemporaryDirectory(prefix="bpcore-", ignore_cleanup_errors=True) as folder:
        # It works on a copy, in a folder of its own that is also its home.
        home, answer = Path(folder, "home"), Path(folder, "answer.json")
        home.mkdir()
        copy = shutil.copyfile(path, home / path.name)
        # -P: a submission called numpy.py is not numpy. What it prints is not kept: no flood.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bpcore.checker.submission", copy, answer, wanted],
            cwd=home,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            status = process.wait(seconds + GRACE)
        except subprocess.TimeoutExpired:
            status = TIME_OUT
        finally:
            _end(process)
        if status == TIME_OUT:
            return _nothing(f"It took longer than {seconds:g} s and was stopped.")
        if not answer.exists():
            return _nothing("Its process ended before there was an answer.")
        about = answer.lstat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            raise ValueError("not what we have written")
        return json.loads(answer.read_text(encoding="utf-8"))


def _environment(home: Path) -> dict[str, str]:
    """Give what a process needs, and nothing that is the teacher's own."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    folders = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP"), str(home))
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    python = {"PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "PYTHONUSERBASE": site.getuserbase()}
    return {**passed_on, **folders, **one_thread, **python, "MPLBACKEND": "agg"}


def _end(process: subprocess.Popen) -> None:
    """End a process and its group, the watchman's children if he himself was killed."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _read(said: dict) -> dict:
    """Take from an answer what a row needs, and trust nothing in it."""
    reports = said["reports"][: len(NETWORKS)]
    places = [
        tuple([(str(e), int(l)) for e, l in report[what]] for what in ("right", "not_judged"))
        for report in reports
    ]
    slips = dict.fromkeys(_plain(slip) for report in reports for slip in report["slips"][:100])
    return {
        "points": shares(places),
        "ok": len(reports) == len(NETWORKS) and all(report["ok"] is True for report in reports),
        "slips": tuple(slips),
        "remark": _plain(said.get("remark", "")),
        "reports": tuple(
            (_plain(report["title"]), tuple(_plain(line) for line in report["lines"][:100]))
            for report in reports
        ),
    }


def _plain(text: str) -> str:
    """Of one line, not too long, and with nothing in it that steers a terminal."""
    text = str(text)
    text = text if len(text) <= 600 else f"{text[:600]} …"
    return "".join(c if c.isprintable() else " " for c in text)


def write_table(rows: Iterable[Row], path: Path) -> None:
    """Write the rows as CSV, with a mark by which spreadsheets know UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        for row in rows:
            numbers = [round(number, 4) for number in (*row.points.values(), row.total)]
            words = ["yes" if row.ok else "no", ", ".join(row.slips), row.remark, row.file]
            table.writerow([_cell(row.name), *numbers, *map(_cell, words)])


def _cell(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
