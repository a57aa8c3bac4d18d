"""Notebook 12 takes the reader's function out of notebook 04, whatever stands there."""

import contextlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from notebook_files import FOLDER, all_cells, is_tagged, source

FOUR, DIGITS = FOLDER / "04_four_equations.ipynb", FOLDER / "12_digits.ipynb"
SOLUTION = re.search(
    r"<summary>Solution</summary>.*?```python\n(.*?)```",
    next(s for c in all_cells(FOUR) if "def my_backprop" in (s := source(c)) and "Solution" in s),
    re.S,
).group(1)


def taken(folder: Path, answer: str | None) -> tuple[dict, str]:
    """Run the cells of 12 up to the judging beside a notebook 04 with some answer."""
    if answer is not None:
        saved = json.loads(FOUR.read_text(encoding="utf-8"))
        first = next(c for c in saved["cells"] if is_tagged(c, "exercise"))
        first["source"] = answer
        (folder / FOUR.name).write_text(json.dumps(saved), encoding="utf-8")
    names, said = {}, (folder / "said").open("w+", encoding="utf-8")
    code = [source(c) for c in all_cells(DIGITS) if c["cell_type"] == "code"]
    last = next(i for i, c in enumerate(code) if "backprop = ours if" in c)
    with contextlib.chdir(folder), contextlib.redirect_stdout(said):
        for cell in (code[0], *code[last - 2 : last + 1]):
            exec(cell, names)
    said.seek(0)
    return names, said.read()


def test_a_right_answer_is_used(tmp_path: Path):
    names, said = taken(tmp_path, SOLUTION)
    assert "your own" in said
    assert names["backprop"].__name__ == "my_backprop"


@pytest.mark.parametrize(
    "answer",
    [
        None,  # no notebook 04
        "",
        "def my_backprop(net, x, y): return ...",
        "def my_backprop(net, x, y: return",
        "raise SystemExit",
        "1 / 0",
        "my_backprop = 3",
        "def my_backprop(net, x, y): return my_backprop(net, x, y)",
        SOLUTION.replace(".T @", " @"),
        SOLUTION.replace("/ m", ""),
        SOLUTION.replace(", keepdims=True", ""),  # right, but its b would not fit
        SOLUTION + "\ndef my_backprop(net, x, y): net.w[2] = 0 * net.w[2]; return None",
    ],
)
def test_any_other_answer_is_left_alone(tmp_path: Path, answer: str | None):
    names, said = taken(tmp_path, answer)
    assert "ours" in said
    assert names["backprop"] is names["ours"]
    net = names["bp"].Network([2, 3, 2])
    assert np.isfinite(names["backprop"](net, np.ones((2, 1)), np.ones((2, 1)))["w"][2]).all()


def test_a_broken_file_is_left_alone(tmp_path: Path):
    shutil.copy(FOUR, tmp_path / FOUR.name)
    (tmp_path / FOUR.name).write_text("{", encoding="utf-8")
    assert "ours" in taken(tmp_path, None)[1]
