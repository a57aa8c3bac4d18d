"""The cells that a page runs for a widget lead to what the whole notebook leads to."""

import ast
import sys

import pytest
from notebook_files import FOLDER, ROOT, all_cells, cells, every_notebook, source, varies

sys.path.insert(0, str(ROOT / "site"))
from needs import draws, needs
from pages import cells_of


@every_notebook
def test_needed_cells_lead_to_the_stored_words(path, monkeypatch, capsys):
    monkeypatch.chdir(FOLDER)
    code_cells, names, ran = cells(path, "code"), {}, set()
    for cell, told in zip(code_cells, cells_of({"cells": all_cells(path)}), strict=True):
        if told["kind"] != "live":
            continue
        *before, last = ast.parse(told["code"]).body
        codes = [
            source(code_cells[k])
            for k in told["needs"]
            if k not in ran and not draws(source(code_cells[k]))
        ]
        for code in [*codes, ast.unparse(ast.Module(before, []))]:
            exec(code, names)
        ran |= set(told["needs"])
        shown = eval(ast.unparse(last), names)
        stored = next(o["data"] for o in cell["outputs"] if "image/svg+xml" in o.get("data", {}))
        if not varies(cell):
            assert shown.words == "".join(stored["text/plain"])


def test_the_nearest_cell_that_binds_a_name_is_needed_and_what_changes_it_since():
    codes = [
        "a = 1",
        "b = [a]",
        "a = 2",
        "b.append(a)",
        "print(b)",
        "def f():\n    return c",
        "c = 3",
    ]
    assert needs(codes)[4] == [0, 1, 2, 3]
    assert needs([*codes, "f()"])[7] == [5, 6]


@pytest.mark.parametrize("code", ["plt.plot([1])", "view.show_figure(f, 'x')"])
def test_a_cell_that_draws_with_matplotlib_is_known(code):
    assert draws(code)
    assert not draws("import matplotlib.pyplot as plt\nplt.style.use('x')")
