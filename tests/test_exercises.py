"""The exercises: open they say so, with their solution they are right, and each slip is named."""

import contextlib
import io
import json
import re
import warnings
from functools import cache
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

import bpcore as bp

FOLDER = Path(__file__).parents[1] / "notebooks"
SOLUTION = re.compile(r"<summary>Solution</summary>.*?```python\n(.*?)```", re.S)


@cache
def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def is_tagged(cell: dict, tag: str) -> bool:
    return tag in cell["metadata"].get("tags", [])


def is_exercise(cell: dict) -> bool:
    return is_tagged(cell, "exercise")


def is_check(cell: dict) -> bool:
    return is_tagged(cell, "check")


PATHS = [path for path in sorted(FOLDER.glob("*.ipynb")) if any(map(is_exercise, cells(path)))]
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def solution_after(path: Path, place: int) -> str:
    texts = [source(c) for c in cells(path)[place:] if c["cell_type"] == "markdown"]
    return next(found.group(1) for text in texts if (found := SOLUTION.search(text)))


class Reader:
    """Someone who works through a notebook up to its exercises, and then answers them."""

    def __init__(self, path: Path) -> None:
        self.path, self.shell = path, InteractiveShell()
        self.shell.user_ns["display"] = lambda *objects, **options: None
        self.first = next(i for i, cell in enumerate(cells(path)) if is_exercise(cell))
        for cell in cells(path)[: self.first]:
            if cell["cell_type"] == "code":
                self.run(source(cell))

    def run(self, code: str) -> str:
        """Run a cell and give what it shows."""
        with contextlib.redirect_stdout(io.StringIO()) as printed, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = self.shell.run_cell(code)
        result.raise_error()
        shown = "" if result.result is None else str(result.result)
        return printed.getvalue() + shown

    def answer(self, answers: dict[int, str]) -> list[str]:
        """Run all cells from the first exercise on, with answers in place of some cells."""
        shown = []
        for place, cell in enumerate(cells(self.path)[self.first :], start=self.first):
            if cell["cell_type"] == "code":
                output = self.run(answers.get(place, source(cell)))
                shown += [output] if is_check(cell) else []
        return [line for output in shown for line in output.splitlines()]


@pytest.fixture(scope="module")
def readers():
    made = {}

    def reader_of(path: Path) -> Reader:
        if path not in made:
            with contextlib.chdir(FOLDER):
                made[path] = Reader(path)
        return made[path]

    return reader_of


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
    assert [path.stem[:2] for path in PATHS] == [
        path.stem[:2] for path in sorted(FOLDER.glob("*.ipynb")) if path.stem[:2] != "00"
    ]


@every_notebook
def test_each_exercise_says_its_difficulty_and_its_minutes(path: Path):
    text = "\n".join(source(c) for c in cells(path) if c["cell_type"] == "markdown")
    exercises = text[text.index("## Exercises") :].split("\n### ")[1:]
    assert exercises
    for number, exercise in enumerate(exercises, start=1):
        says = rf"{number}\. .*\n\n\*Difficulty [1-5] of 5, about \d+ minutes\.\* "
        assert re.match(says, exercise), exercise[:60]


@every_notebook
def test_open_exercises_say_so(path: Path):
    outputs = [output for cell in cells(path) if is_check(cell) for output in cell["outputs"]]
    shown = [output.get("text") or output["data"]["text/plain"] for output in outputs]
    lines = [line for text in shown for line in "".join(text).splitlines()]
    assert lines
    assert not [line for line in lines if not line.endswith("not tried yet.")]


@every_notebook
def test_the_solutions_are_right(path: Path, readers):
    places = [i for i, cell in enumerate(cells(path)) if is_exercise(cell)]
    solved = readers(path).answer({place: solution_after(path, place) for place in places})
    verdicts = [line for line in solved if re.match("Exercise|All right|BP|Right", line)]
    assert len(verdicts) >= len(places)
    for line in verdicts:
        assert re.match(r"Exercise [\w, ]+: right|All right", line), line


@every_notebook
def test_each_slip_gets_its_own_sentence(path: Path, readers, asked, capsys):
    readers(path).answer({})
    for exercise, right, slips, options in asked:
        for sentence, wrong in slips.items():
            bp.checker.exercises.check_answer(exercise, wrong, right, slips, **options)
            said = capsys.readouterr().out
            assert sentence in said or (": right" in said and wrong == right), (exercise, said)


WRONG = {
    "05_checking": {
        "def my_central(f, w, eps): return (f(w + eps) - f(w)) / eps": "both sides",
        "def my_central(f, w, eps): return (f(w + eps) - f(w - eps)) / 2 * eps": "/ (2 * eps)",
        "def my_central(f, w, eps): return f(w + epsilon)": "NameError",
        "def my_central(f, w, eps): return 'much'": "text",
    },
    "10_when_gradients_fail": {
        "def e_before(e, w, slope): return w.T @ (e * slope)": "with slope 1, is missing",
        "def e_before(e, w, slope): return e + w @ (e * slope)": "not transposed",
        "def e_before(e, w): return e": "your code stops",
    },
}


@pytest.mark.parametrize(
    ("name", "answer", "phrase"),
    [(name, answer, said) for name, table in WRONG.items() for answer, said in table.items()],
)
def test_a_wrong_function_is_told_what_is_wrong(name, answer, phrase, readers):
    reader = readers(FOLDER / f"{name}.ipynb")
    assert any(phrase in line for line in reader.answer({reader.first: answer}))


def test_the_main_exercise_is_judged_line_by_line(readers):
    path = FOLDER / "04_four_equations.ipynb"
    reader = readers(path)
    whole = solution_after(path, reader.first)
    only_bp1 = re.sub(r"= .*(# BP[234])", r"= ...  \1", whole)
    assert any(
        re.match("BP2, layers 2 and 3: not tried yet", line)
        for line in reader.answer({reader.first: only_bp1})
    )
    no_transpose = whole.replace("a[l - 1].T / m", "a[l - 1].T")
    assert any(
        re.match("BP4, layers 2, 3 and 4: this is the sum", line)
        for line in reader.answer({reader.first: no_transpose})
    )
