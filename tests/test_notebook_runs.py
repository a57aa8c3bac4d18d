"""Every notebook as a reader runs it: again, with interruptions, its widgets and its exercises.

nbval runs each notebook once in a kernel of its own; everything else shares the run of here.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from notebook_files import (
    FOLDER,
    PATHS,
    all_cells,
    cells,
    is_tagged,
    opens_exercises,
    source,
    steady,
    stored_text,
    varies,
)
from notebook_reader import Reader, reading
from pictures import assert_shows, assert_shows_slope, drawing

import bpcore as bp
from bpcore.view.explorable import Choice, Explorable, Slider

SOLUTION = re.compile(r"<summary>Solution</summary>.*?```python\n(.*?)```", re.S)


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path.stem)
def reader(request: pytest.FixtureRequest):
    with reading(request.param) as reader:
        yield reader


def test_a_cell_run_again_after_an_interruption_shows_the_same(reader: Reader):
    code = cells(reader.path, "code")
    for cell, first, again in zip(code, reader.first, reader.again, strict=True):
        if not varies(cell):
            assert steady(first) == steady(again), source(cell)


def test_a_cell_run_again_changes_nothing_for_those_after_it(reader: Reader):
    for cell, first in zip(cells(reader.path, "code"), reader.first, strict=True):
        if not varies(cell):
            assert steady(first) == steady(stored_text(cell)), source(cell)


# Notebook 13 has a cluster on this machine, which keeps files of its own while it runs.
OF_DASK = re.compile(r"127\.0\.0\.1|dask-scratch-space|/dev/null|'uname'")


def test_no_cell_writes_a_file_or_connects(reader: Reader):
    may = OF_DASK.search if reader.path.stem == "13_many_machines" else lambda event: False
    assert not [event for event in reader.touched if not may(event)]


def test_the_widgets_follow_their_controls(reader: Reader):
    found = [value for value in reader.shell.user_ns.values() if isinstance(value, Explorable)]
    assert found
    for widget in found:
        assert_everything_has_a_name(widget)
        move_to_the_ends(widget)
        if "w" in widget.controls and "step" not in widget.controls:
            assert_shows_slope(widget)
        if {"H1→O1", "train", "view"} <= widget.controls.keys():
            assert_shows_its_network(widget)


def assert_everything_has_a_name(widget: Explorable) -> None:
    assert all(control.label for control in widget.controls.values() if control.kind)
    assert len(widget.words) > 40


def move_to_the_ends(widget: Explorable) -> None:
    for control in widget.controls.values():
        ends = [control.least, control.most] if isinstance(control, Slider) else []
        ends = [control.options[0], control.options[-1]] if isinstance(control, Choice) else ends
        before = control.value
        for end in [*ends, before] if ends else []:
            control.value = end
            assert drawing(widget) is not None


def assert_shows_its_network(widget: Explorable) -> None:
    for direction in ("backward", "forward"):
        widget.controls["view"].value = direction
        for value in np.linspace(-8, 8, 5):
            widget.controls["H1→O1"].value = value
            assert_shows(widget, [1, 0], [1])


def exercises(path: Path) -> list[int]:
    return [i for i, cell in enumerate(all_cells(path)) if is_tagged(cell, "exercise")]


EXERCISED = [path for path in PATHS if exercises(path)]
with_exercises = pytest.mark.parametrize(
    "reader", EXERCISED, indirect=True, ids=lambda path: path.stem
)


def solution_after(path: Path, place: int) -> str:
    texts = [source(c) for c in all_cells(path)[place:] if c["cell_type"] == "markdown"]
    return next(found.group(1) for text in texts if (found := SOLUTION.search(text)))


def answer(reader: Reader, answers: dict[int, str]) -> list[str]:
    """Run all cells from the first exercise on, with answers in some; give what checks say."""
    first, said = exercises(reader.path)[0], []
    for place, cell in list(enumerate(all_cells(reader.path)))[first:]:
        if cell["cell_type"] == "code":
            shown = reader.run(answers.get(place, source(cell)))
            said += shown.splitlines() if is_tagged(cell, "check") else []
    return said


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    """All calls of check_answer."""
    calls, check_answer = [], bp.check_answer

    def recorded(exercise, answer, right, slips=None, **options):
        calls.append((exercise, right, slips or {}, options))
        check_answer(exercise, answer, right, slips, **options)

    monkeypatch.setattr(bp, "check_answer", recorded)
    return calls


def test_every_notebook_from_01_on_has_exercises():
    assert [path for path in PATHS if path.stem[:2] != "00"] == EXERCISED


@pytest.mark.parametrize("path", EXERCISED, ids=lambda path: path.stem)
def test_each_exercise_says_its_difficulty_and_its_minutes(path: Path):
    texts = cells(path, "markdown")
    first = next(i for i, cell in enumerate(texts) if opens_exercises(cell))
    found = "\n".join(source(cell) for cell in texts[first:]).split("\n### ")[1:]
    assert found
    for number, exercise in enumerate(found, start=1):
        says = rf"{number}\. .*\n\n\*Difficulty [1-5] of 5, about \d+ minutes\.\* "
        assert re.match(says, exercise), exercise[:60]


@pytest.mark.parametrize("path", EXERCISED, ids=lambda path: path.stem)
def test_open_exercises_say_so(path: Path):
    checks = [cell for cell in cells(path, "code") if is_tagged(cell, "check")]
    lines = [line for cell in checks for line in stored_text(cell).splitlines()]
    assert lines
    assert not [line for line in lines if not line.endswith("not tried yet.")]


@with_exercises
def test_the_solutions_are_right(reader: Reader):
    solutions = {place: solution_after(reader.path, place) for place in exercises(reader.path)}
    said = answer(reader, solutions)
    verdicts = [line for line in said if re.match("Exercise|All right|BP|Right", line)]
    assert len(verdicts) >= len(solutions)
    for line in verdicts:
        assert re.match(r"Exercise [\w, →]+: right|All right", line), line


@with_exercises
def test_each_slip_gets_its_own_sentence(reader: Reader, asked: list, capsys):
    answer(reader, {})
    for exercise, right, slips, options in asked:
        for sentence, wrong in slips.items():
            bp.checker.exercises.check_answer(exercise, wrong, right, slips, **options)
            said = capsys.readouterr().out
            assert sentence in said or (": right" in said and wrong == right), (exercise, said)


def paths(*names: str) -> list[Path]:
    return [FOLDER / f"{name}.ipynb" for name in names]


WRONG = {
    "05_checking": {
        "def my_central(f, w, eps): return (f(w + eps) - f(w)) / eps": "both sides",
        "def my_central(f, w, eps): return (f(w + eps) - f(w - eps)) / 2 * eps": "/ (2 * eps)",
        "def my_central(f, w, eps): return (f(w) - f(w - eps)) / eps": "backward difference",
        "def my_central(f, w, eps): return (f(w + eps) - f(w - eps)) / eps": "divide by 2ε",
        "def my_central(f, w, eps): return f(w + eps) - f(w - eps)": "2ε is missing",
        "def my_central(f, w, eps): return f(w + eps) - f(w - eps) / (2 * eps)": "brackets",
        "def my_central(f, w, eps): return (f(w + eps) + f(w - eps)) / (2 * eps)": "minus sign",
        "def my_central(f, w, eps): return (f(w - eps) - f(w + eps)) / (2 * eps)": "the sign",
        "def my_central(f, w, eps): return f(w + epsilon)": "NameError",
        "def my_central(f, w, eps): return 'much'": "text",
    },
    "10_when_gradients_fail": {
        "def e_before(e, w, slope): return w.T @ (e * slope)": "with slope 1, is missing",
        "def e_before(e, w, slope): return e + w @ (e * slope)": "not transposed",
        "def e_before(e, w): return e": "your code stops",
    },
}


@pytest.mark.parametrize("reader", paths(*WRONG), indirect=True, ids=list(WRONG))
def test_a_wrong_function_is_told_what_is_wrong(reader: Reader):
    place = exercises(reader.path)[0]
    for wrong, told in WRONG[reader.path.stem].items():
        assert any(told in line for line in answer(reader, {place: wrong})), wrong


@pytest.mark.parametrize(
    "reader", paths("04_four_equations"), indirect=True, ids=["04_four_equations"]
)
def test_the_main_exercise_is_judged_line_by_line(reader: Reader):
    place = exercises(reader.path)[0]
    whole = solution_after(reader.path, place)
    only_bp1 = re.sub(r"= .*(# BP[234])", r"= ...  \1", whole)
    no_mean = whole.replace("a[l - 1].T / m", "a[l - 1].T")
    for code, told in (
        (only_bp1, "BP2, layers 2 and 3: not tried yet"),
        (no_mean, "BP4, layers 2, 3 and 4: this is the sum"),
    ):
        assert any(line.startswith(told) for line in answer(reader, {place: code}))
