"""What the checks of the exercises reply: each alone, right after its exercise cell."""

import ast
import contextlib
import io
import re
import symtable
from functools import cache
from pathlib import Path

import pytest
from notebook_files import FOLDER, PATHS, all_cells, is_tagged, source


def first_exercise(path: Path) -> int:
    return next(i for i, c in enumerate(all_cells(path)) if source(c).startswith("## Exercises"))


def names(code: str) -> tuple[set[str], set[str], set[str]]:
    """The names that a cell makes, those that it changes, and those that it takes from before."""
    top = symtable.symtable(code, "a cell", "exec")
    makes = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    reads, scopes = {s.get_name() for s in top.get_symbols() if s.is_referenced()}, [top]
    for scope in scopes:
        reads |= {s.get_name() for s in scope.get_symbols() if s.is_global() and scope is not top}
        scopes += scope.get_children()
    stored = [
        n for n in ast.walk(ast.parse(code)) if isinstance(getattr(n, "ctx", None), ast.Store)
    ]
    inside = [n.value for n in stored if isinstance(n, ast.Subscript | ast.Attribute)]
    changes = {n.id for part in inside for n in ast.walk(part) if isinstance(n, ast.Name)}
    return makes, changes - makes, reads - makes


def text_behind(path: Path, code: str) -> tuple[int, ...]:
    """Which cells of the text make, directly or not, the names that some code takes from it."""
    cells, found = all_cells(path), []
    wanted = names(code)[2]
    for place in reversed(range(first_exercise(path))):
        if cells[place]["cell_type"] == "code":
            makes, changes, takes = names(source(cells[place]))
            if place == 1 or (makes | changes) & wanted:
                found.append(place)
                wanted = (wanted - makes) | takes
    return tuple(reversed(found))


@cache
def namespace(path: Path, places: tuple[int, ...]) -> dict:
    """What there is after some cells of the text, and no others."""
    given = {}
    with contextlib.chdir(FOLDER), contextlib.redirect_stdout(io.StringIO()):
        for place in places:
            exec(source(all_cells(path)[place]), given)
    return given


def checks(path: Path) -> list[tuple[str, str, str]]:
    """Each check with the number of its exercise and the cell in which that is answered."""
    number, asked, found = "", "", []
    for cell in all_cells(path)[first_exercise(path) :]:
        number = "".join(re.findall(r"^### (\d+)\.", source(cell), re.M)[-1:]) or number
        asked = source(cell) if is_tagged(cell, "exercise") else asked
        if is_tagged(cell, "check"):
            found.append((number, asked, source(cell)))
    return found


def reply(path: Path, asked: str, check: str, answer: str = "") -> str:
    """What a check says to an answer, where besides its exercise only what it needs has run."""
    given = dict(namespace(path, text_behind(path, f"{asked}\n{check}")))
    *before, last = ast.parse(check).body
    before, shown = (before, last.value) if isinstance(last, ast.Expr) else ([*before, last], None)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        for cell in (asked, answer, ast.Module(before, [])):
            exec(compile(cell, "a cell", "exec"), given)
        if shown is not None:
            shown = eval(compile(ast.Expression(shown), "a cell", "eval"), given)
    return said.getvalue() + ("" if shown is None else str(shown))


def replies(notebook: str, number: str, answer: str) -> str:
    """What all checks of an exercise say to an answer, each alone."""
    (path,) = FOLDER.glob(f"{notebook}_*.ipynb")
    mine = [(asked, check) for n, asked, check in checks(path) if n == number]
    assert mine
    return "".join(reply(path, *each, answer) for each in mine)


EXERCISED = [path for path in PATHS if path.stem[:2] != "00"]
ALONE = [
    pytest.param(path, *each, id=f"{path.stem[:2]}-{each[0]}-{i}")
    for path in EXERCISED
    for i, each in enumerate(checks(path))
]


@pytest.mark.parametrize(("path", "number", "asked", "check"), ALONE)
def test_a_check_needs_no_other_exercise(path: Path, number: str, asked: str, check: str):
    """And of the text only cells that define something: all of it would take too long."""
    said = reply(path, asked, check).splitlines()
    assert said
    assert all(line.endswith("not tried yet.") for line in said)


MY_CENTRAL = "def my_central(f, w, eps): return {}"
STEP = """
def my_train(net, x, y, lr, momentum, epochs):
    error, last = [], {{}}
    for _ in range(epochs):
        error.append(2 * bp.cost(net, x, y))
        g = bp.backprop(net, x, y)
        for part, slopes in (("w", g.w), ("b", g.b)):
            for l, g_l in slopes.items():
                before = last.get((part, l), 0)
                last[part, l] = {}
                getattr(net, part)[l] = getattr(net, part)[l] + last[part, l]
    return error
"""
NESTEROV = """
def nesterov(slope, start, eta, mu, steps):
    theta, change = np.array(start, dtype=float), np.zeros(2)
    places = [theta]
    for _ in range(steps):
        change = {}
        theta = theta + change
        places.append(theta)
    return np.array(places)
"""
E_BEFORE = "def e_before(e, w, slope): return {}"
TANH = "def tanh_of(u): t = tanh(u.data); return {}"
INTO = "into_H1, into_H2, into_O1 = {}"

# Notebook, exercise, answer: what the reply must say.
REPLIES = {
    ("01", "1", "slope_by_hand = -6.3"): "-6.3 is close: rounded to 2 digits, and 3 are asked for",
    ("01", "1", "slope_by_hand = 6.28"): "6.28 is not right: you have cos(π) = +1",
    ("01", "1", "slope_by_hand = 0"): "two. Or: that is the height e(w)",
    ("01", "1", "slope_by_hand = 6.33"): "your calculator counts in degrees",
    (
        "01",
        "2",
        "directions = [-1, 1, 1, 1]",
    ): "3 of 4 numbers are right; the 3rd is not right: that",
    ("01", "3", "largest_rate = 0.2"): "0.2 is not right: rounded up, it lies above the limit",
    ("01", "3", "largest_rate = 0.18"): "0.18 is not right: this rate never settles",
    ("02", "1", "a_H1, a_H2, a_O1 = 0.44, 0.64, 0.78"): "0.78 is not right: the minus of −0.23",
    ("02", "1", "a_O1 = 0.76"): "the term of H1 is missing. Or: O1 hears H1 and H2 as activations",
    ("02", "1", "a_O1 = 0.75"): "0.75 is not right, and I do not recognise the slip",
    ("02", "1", "a_H1, a_H2, a_O1 = 0.66, 0.64, 0.73"): "it follows from your H1 and H2",
    ("02", "2", INTO.format("[8, 8, -4], [6, 6, -8], [8, 8, -8]")): "your network computes 'OR'",
    ("02", "2", INTO.format("[8, 8, -4], [8, 8, -8], [8, 8, -12]")): "your network computes 'AND'",
    ("02", "2", INTO.format("[3, 3, -1.5], [3, 3, -4], [4, -4, -2]")): "not yet within 0.1",
    ("02", "2", INTO.format("[8, 8, -4], [6, 6, -8], [8, -8]")): "each neuron needs three numbers",
    (
        "03",
        "2",
        "my_delta_O1 = -0.0531",
    ): "-0.0531 is not right: you kept the target 1; here it is 0",
    ("03", "2", "my_delta_O1 = 0.143"): "0.143 is close: cut off after 3 digits, not rounded.",
    (
        "03",
        "2",
        "my_delta_H1 = 0.0078",
    ): "the minus of the weight to O1 is dropped. Or: that is Heat",
    ("03", "2", "my_delta_H1 = -0.78"): "-0.78 is not right: only the decimal point is wrong",
    ("03", "2", "my_delta_O1, my_delta_H1 = -0.0531, 0.00287"): "it follows from your δ of O1",
    ("05", "1", MY_CENTRAL.format("3 * w**2 + 1")): "1: not right: that is the exact slope",
    ("05", "1", MY_CENTRAL.format("(f(w + eps) - f(w - eps)) / 2")): "the ε is missing",
    ("05", "2", "best_eps = 1.3e-5"): "ε² has the slope 2ε, and you have ε",
    (
        "06",
        "1",
        "predicted_ratio = 45_000",
    ): "45000 is close: cut off after 2 digits, not rounded, and",
    ("06", "1", "predicted_passes, predicted_ratio = 2.5, 49_044"): "it follows from your passes",
    ("06", "2", "power_of_ten = 39"): "39 is not right, and I do not recognise the slip",
    ("06", "2", "power_of_ten = 10_000"): "10000 is not right, and I do not recognise the slip",
    ("06", "2", "power_of_ten = 3800"): "3800 is not right: that is all the directions",
    ("07", "1", "paths_from_layer_3 = 100"): "100 is not right, and I do not recognise the slip",
    ("07", "2", "by_lower_path = -6"): "that is the other path. Or: the weights of a path multiply",
    (
        "07",
        "2",
        "by_upper_path, by_lower_path, slope_of_first = 3, -4, -1",
    ): "sum of your two paths",
    ("08", "1", STEP.format("-lr * g_l + momentum * before")): "1: right.",
    ("08", "1", STEP.format("-lr * (g_l + momentum * before)")): "−η belongs to the slope alone",
    ("08", "1", STEP.format("-lr * (1 - momentum) * g_l + momentum * before")): "no factor 1 − μ",
    ("08", "1", STEP.format("-lr * g_l + before")): "carried on by μ, and you take all of it",
    ("08", "1", STEP.format("-lr * g_l / 4 + momentum * before")): "you divided by m",
    ("08", "1", STEP.format("-lr * momentum * g_l")): "with μ = 0 your network never changes",
    ("09", "1", NESTEROV.format("mu * change - eta * slope(theta + mu * change)")): "1: right.",
    ("09", "1", NESTEROV.format("mu * change - eta * slope(theta)")): "that is plain momentum",
    ("09", "1", NESTEROV.format("-eta * slope(theta + mu * change)")): "but are not carried on",
    ("09", "1", NESTEROV.format("mu * change - eta * slope(mu * change)")): "it never moves",
    ("09", "1", NESTEROV.format("mu * change + eta * slope(theta + mu * change)")): "goes uphill",
    ("09", "2", "largest_eta = 0.2"): "0.2 is given to one digit, and 2 are asked for",
    ("09", "2", "largest_eta = 0.042"): "multiply by 1 + μ; you divided by it",
    ("10", "1", E_BEFORE.format("e + e * (w.T @ slope)")): "wᵀ acts on e ⊙ σ′(z), not on σ′ alone",
    ("10", "1", E_BEFORE.format("e + e * slope")): "the weights are missing on the way through",
    ("10", "1", E_BEFORE.format("e + w @ e")): "1: not right, and I do not recognise the slip",
    ("10", "2", "v_times_n = 2.18"): "2.18 is not right: divide by 1 + c²; you multiplied",
    ("10", "2", "v_times_n = 2"): "2 is not right: that is He's value for ReLU",
    ("11", "1", TANH.format("Value(t)")): "it does not remember u",
    ("11", "1", TANH.format("Value(t, ((u, t**2),))")): "you have tanh²(u)",
    (
        "11",
        "3",
        "u_bar_right = 4",
    ): "u has a second user, the sum. Or: the slope of u · v in u is v",
}


@pytest.mark.parametrize(("notebook", "number", "answer"), REPLIES)
def test_an_answer_gets_a_true_reply(notebook: str, number: str, answer: str):
    said = replies(notebook, number, answer)
    assert REPLIES[notebook, number, answer] in said
    assert said.count("close") == REPLIES[notebook, number, answer].count("close")


FOUR_EQUATIONS = next(
    solution.group(1)
    for cell in all_cells(FOLDER / "04_four_equations.ipynb")
    if (solution := re.search(r"```python\n(def my_backprop.*?)```", source(cell), re.S))
)


@pytest.mark.parametrize("number", ["1", "3"])
@pytest.mark.parametrize("mean", ["2 / len(y) *", "2 / y.size * m *"])
def test_a_cost_averaged_over_the_outputs_is_not_right_by_chance(number: str, mean: str):
    """Of two outputs it is."""
    assert "All right" in replies("04", number, FOUR_EQUATIONS)
    averaged = FOUR_EQUATIONS.replace("(a[L] - y)", f"{mean} (a[L] - y)")
    assert "All right" not in replies("04", number, averaged)


def test_slopes_of_biases_that_are_flat_are_told_of_keepdims():
    flat = FOUR_EQUATIONS.replace(", keepdims=True", "")
    assert "keepdims" in replies("04", "1", flat)
    assert "keepdims" not in replies("04", "1", FOUR_EQUATIONS)
