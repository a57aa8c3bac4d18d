"""What the checks of the exercises reply: each alone, right after its exercise cell."""

import ast
import contextlib
import io
import re
import symtable
from functools import cache
from pathlib import Path

import pytest
from notebook_files import FOLDER, PATHS, all_cells, is_tagged, opens_exercises, source


def first_exercise(path: Path) -> int:
    return next(i for i, c in enumerate(all_cells(path)) if opens_exercises(c))


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
DELTAS = """
def my_deltas(net, x, y):
    z, s, sigma = bp.forward(net, x).z, bp.forward(net, x).a[net.L] - y, net.sigma
    delta = {{}}
    for l in range(net.L, 1, -1):
        slope = sigma[l].prime(z[l])
        delta[l] = s{}
        s = {}
    return delta
"""
E_BEFORE = "def e_before(e, w, slope): return {}"
TANH = "def tanh_of(u): t = tanh(u.data); return {}"
TURNS = "first_turn, second_turn = {}"
INTO = "into_H1, into_H2, into_O1 = {}"
MY_FORWARD = """
def my_forward(net, X):
    a_2 = np.tanh(net.w[2] @ X + net.b[2])
    return sigma(net.w[3] @ a_2 + net.b[3])
"""

# Notebook, exercise, answer: what the reply must say.
REPLIES = {
    ("01", "1", "slope_by_hand = -6.3"): "-6.3 is close: rounded to 2 digits, and 3 are asked for",
    ("01", "1", "slope_by_hand = 6.28"): "6.28 is not right: you have cos(π) = +1",
    ("01", "1", "slope_by_hand = 0"): "that is sin(w²) alone; the product rule",
    ("01", "1", "slope_by_hand = 3"): "that is the height e(w), and the slope is asked for",
    ("01", "1", "slope_by_hand = 6.33"): "your calculator counts in degrees",
    (
        "01",
        "2",
        "directions = [-1, 1, 1, 1]",
    ): "3 of 4 numbers are right; the 3rd is not right: that",
    (
        "01",
        "2",
        "directions = [0, 1, 0, 1]",
    ): "2 of 4 numbers are right; the 1st and 3rd are not right: no slope is 0 here; does the",
    ("01", "3", "largest_rate = 0.2"): "0.2 is not right: rounded up to one digit, it lies above",
    ("01", "3", "largest_rate = 0.18"): "0.18 is not right: this rate never settles",
    ("01", "3", "largest_rate = 1.0"): "1 is not right: this rate never settles",
    ("01", "3", "largest_rate = 0.158"): "0.158 is not right: this rate settles, but a larger one",
    ("01", "3", "largest_rate = 0.1"): "0.1 is not right: this rate settles, but a larger one",
    ("01", "3", "largest_rate = 0.169"): "0.169 is not right: this rate settles, but a larger one",
    ("01", "3", "largest_rate = 0.085"): "0.085 is not right: this rate lands in the minimum",
    ("01", "3", "largest_rate = 0.046"): "that is the limit of the valley near 2.2",
    ("01", "4", TURNS.format("-0.003, 0.004")): "it is 0.005, that of 0.01 · ∇C: divide by |∇C|",
    ("01", "4", TURNS.format("-0.0043, 0.0057")): "you divided by 0.3 + 0.4; |∇C| is",
    (
        "01",
        "4",
        TURNS.format("-0.0071, 0.0071"),
    ): "heeds only the signs; the steeper knob turns further",
    (
        "01",
        "4",
        TURNS.format("0, 0.01"),
    ): "this turns the second knob only; both together lower C more",
    (
        "01",
        "4",
        TURNS.format("-0.01, 0"),
    ): "this turns the first knob only; both together lower C more",
    (
        "01",
        "4",
        TURNS.format("0.003, -0.004"),
    ): "this is straight uphill; step against the gradient",
    ("01", "4", TURNS.format("-0.004, 0.003")): "you have exchanged the parts of the two knobs",
    ("01", "4", TURNS.format("-0.01, 0.01")): "it is √2 · 0.01; the two turns are only the sides",
    ("01", "4", TURNS.format("-0.005, 0.005")): "you split the 0.01 between the knobs; use",
    ("01", "4", "change_of_C = 0"): "C stays only along the contour line; this step goes",
    ("01", "4", "change_of_C = -0.007"): "that adds the sizes of the slopes; the length of ∇C is",
    ("01", "4", "change_of_C = -0.0025"): "the change for the step −0.01 · ∇C, half",
    ("01", "5", "slope_along_u = 2"): "the term 3uv is missing; with v held still, its slope is 3v",
    ("01", "5", "slope_along_u = 2.5"): "the slope of u² is 2u, not u. Or: the 3 of 3uv is lost",
    ("01", "5", "slope_along_u = 5"): "the slope of 3uv is 3v; you have 3u, or 3",
    ("01", "5", "slope_along_v = 5.5"): "3uv has the slope 3u alone, and not 3u + 3v",
    ("01", "5", "slope_along_v = 3.5"): "that is the slope along u",
    ("01", "5", "slope_along_v = 6"): "u is held still, so u² has no slope along v",
    ("01", "5", "kind = 'Saddle'"): "right: 'saddle point'",
    ("01", "5", "kind = 'local minimum'"): "both axes are valleys, but walk along u = −v",
    ("01", "5", "kind = 'hilltop'"): "on a hilltop every way leads down, and here both",
    ("01", "5", "kind = 'inflection point'"): "that is a word for a curve; here one direction",
    ("01", "5", "kind = 'plateau'"): "a plateau is nearly level all around; here one direction",
    ("02", "1", "a_H1 = 0.458"): "0.458 is not right: the minus of −0.07 is dropped",
    ("02", "1", "a_H2 = 0.7401"): "0.7401 is not right: the picture shows [1, 0]; both are",
    ("02", "1", "a_O1 = 0.599"): "0.599 is not right: the minus of −0.23 is dropped",
    ("02", "1", "a_O1 = 0.761"): "0.761 is not right: the minus of −0.58 is dropped",
    ("02", "1", "a_O1 = 0.551"): "O1: 0.551 is close: cut off after 3 digits, not rounded.\n",
    ("02", "1", "a_O1 = 0.494"): "not right: O1 hears H1 and H2 as activations, not as z.\n",
    ("02", "1", "a_O1 = 0.755"): "0.755 is not right: that is for [1, 0], in the pictures above.\n",
    ("02", "2", "into_H1 = [8, -8]"): "H1: not right: each neuron needs three numbers",
    ("02", "1", "a_H1, a_H2, a_O1 = 0.44, 0.636, 0.577"): "it follows from your H1 and H2",
    (
        "02",
        "2",
        INTO.format("[3.29, 3.29, -5.03], [5.33, 5.34, -2.12], [-7.04, 6.54, -2.93]"),
    ): "2, H1: not right: H1 says yes to [1, 1].\n",
    (
        "02",
        "2",
        "into_H1 = [8, -8, 0]",
    ): "H1: not right: its line runs through [0, 0], [1, 1]: move",
    (
        "02",
        "2",
        "into_H1, into_H2 = [8, -8, -4], [-8, 8, 0]",
    ): "H2: not right: its line runs through",
    ("02", "2", INTO.format("[8, -8, -4], [8, 8, -4], [8, 8, -4]")): "H1 and H2 are sure; if both",
    ("02", "2", INTO.format("[8, -8, -4], [6, 6, -8], [8, 8, -4]")): "H2 says yes to [1, 1], and",
    ("02", "2", INTO.format("[2, -2, -0.8], [-8, 8, -4], [8, 8, -4]")): "H1 is unsure (0.31)",
    ("02", "2", INTO.format("[9, -9, -4], [-8, 8, -4], [8, 8, -4]")): "stay between −8 and 8",
    ("02", "2", INTO.format("[8, -8, -4], [-8, 8, -4], [8, 8]")): "each neuron needs three numbers",
    (
        "02",
        "2",
        INTO.format("[8, -8, -4], [-5, 3, 2], [-2, 7, -1]"),
    ): "its line runs through a sample",
    ("02", "3", "rows_of_w2 = 3"): "3 is not right: one row for each neuron that the lines lead to",
    ("02", "3", "begins_at = [2, 1]"): "the order is “to, from”, so that k = 4",
    ("02", "3", "begins_at = [1, 4]"): "comes from layer 2, not 1",
    ("02", "3", "row_and_column = [1, 4]"): "Python counts from 0",
    ("02", "3", "how_many = 25"): "25 is not right: the biases are missing",
    ("02", "3", "how_many = 37"): "37 is not right: that is 5 too many: did you count",
    ("02", "4", MY_FORWARD.replace("b[2]", "b[2][:, 0]")): "b² lies flat; it has to be a column",
    ("02", "4", MY_FORWARD.replace("sigma", "np.tanh")): "the output layer uses σ, not tanh",
    ("02", "4", MY_FORWARD.replace("sigma", "")): "σ is missing at the end; that is z³",
    ("02", "4", MY_FORWARD.replace("b[3])", "b[3]).T")): "your samples have become rows; they",
    ("02", "4", MY_FORWARD.replace("sigma", "a_2 #")): "that is layer 2, with its",
    ("02", "4", MY_FORWARD.replace("+ net.b[2]", "")): "a³: not right: b² is missing.\n",
    ("02", "5", "best_answer = 1"): "off by 1 for the others; share the miss",
    ("02", "5", "its_cost = 0.25"): "0.25 is not right: the half is forgotten.\n",
    ("02", "5", "its_cost = 0.5"): "0.5 is not right: that is the sum; it is not yet divided by m",
    ("02", "5", "its_cost = 0.0625"): "0.0625 is not right: the half is counted twice",
    ("02", "5", "best_answer, its_cost = 1, 0.25"): "it follows from your answer; mend that first",
    ("03", "1", "n_zero_slopes = 2"): "each of the two inputs has a line to H1 and one to H2",
    ("03", "1", "n_zero_slopes = 5"): "5 is not right: count the lines that start at a 0",
    ("03", "1", "sign_of_delta = 1"): "1 is not right: you forgot the minus of H1→O1",
    ("03", "1", "sign_of_delta = 0"): "0 is not right: none of its three factors is 0",
    ("03", "1", "sign_of_delta = -0.0077"): "-0.0077 is not right: only the sign is asked for",
    ("03", "2", "my_slope['B2→O1'] = 0.779"): "that is the weight, not its slope",
    ("03", "2", "my_slope['H2→O1'] = 0.5817"): "that is the weight, not its slope",
    ("03", "2", "my_delta['O1'] = -0.0434"): "-0.0434 is not right: you kept the target 1; here it",
    ("03", "2", "my_delta |= {'O1': 0.1384, 'H1': 0.0077}"): "not right: the minus of the weight",
    (
        "03",
        "2",
        "my_delta |= {'O1': -0.1384, 'H1': 0.0077}",
    ): "not right: it follows from your δ of O1; mend that",
    (
        "03",
        "2",
        "my_delta |= {'O1': 0.138, 'H1': -0.00768}",
    ): "-0.00768 is not right: you are close; ",
    (
        "03",
        "2",
        "my_delta |= {'O1': -0.0434, 'H2': -0.00375}",
    ): "follows from your δ of O1; mend that.",
    ("03", "2", "my_delta['H1'] = -0.00777"): "-0.00777 is not right: that is for [0, 0]",
    (
        "03",
        "2",
        "my_delta |= {'H1': 0.01195, 'H2': -0.0077}",
    ): "that is δ of H2; have you swapped the",
    (
        "03",
        "2",
        "my_slope |= {'H1→O1': 0.0583}",
    ): "0.0583 is not right: you are close; did you round",
    (
        "03",
        "2",
        "my_slope['H2→O1'] = 0.11",
    ): "0.11 is close: rounded to 2 digits, and 3 are asked for",
    ("03", "2", "my_delta['H2'] = 0.0120"): "δ of H2: right, 0.012.",
    ("03", "2", "my_delta['H2'] = 0.0119"): "δ of H2: right, 0.0119.",
    ("03", "2", "my_delta['H2'] = 0.0118"): "0.0118 is not right: you are close; ",
    ("03", "2", "my_slope['I1→H2'] = 0.0120"): "I1→H2: right, 0.012.",
    ("03", "2", "my_delta['O1'] = -0.0432"): "-0.0432 is not right: you kept the target 1; here it",
    (
        "03",
        "2",
        "my_a |= {'H1': -0.308, 'H2': 1.508, 'O1': 1.159}",
    ): "1.159 is not right: that is z of O1, not its a",
    ("03", "2", "my_a['H1'] = 0.457"): "0.457 is not right: the minus of I1→H1 is dropped",
    ("03", "2", "my_a['O1'] = 0.849"): "0.849 is not right: O1 hears a of H1 and H2, not their z",
    (
        "03",
        "2",
        "my_a['H1'] = 0.457; my_delta['H1'] = -0.00782",
    ): "-0.00782 is not right: it follows",
    ("03", "2", "my_delta['H1'] = -0.77"): "-0.77 is not right: only the decimal point is wrong",
    ("03", "2", "my_slope['H1→O1'] = 0.1053"): "you took a of O1, and that of H1 counts",
    ("03", "2", "my_slope['I2→H1'] = 0"): "I2→H1: 0 is not right: I2 says 1 for this sample",
    (
        "03",
        "2",
        "my_delta['H1'], my_slope['B1→H1'] = -0.0315, -0.0315",
    ): "B1→H1: -0.0315 is not right: it follows from your δ of H1",
    ("03", "3", "delta_H = 0.024"): "0.024 is not right: only the way through O1 is in it",
    ("03", "3", "delta_H = -0.00192"): "along different ways you add, and you multiplied",
    ("03", "3", "delta_H, slope_I_H = 0.02, 0.018"): "0.018 is not right: it follows from your δ",
    ("03", "4", "new_weight = 0.3448"): "0.3448 is not right: that is uphill",
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
    ("07", "1", "paths_from_layer_2 = 900"): "900 is not right: layer 4 has 10 neurons, not 30",
    ("07", "2", "by_upper_path = 42"): "42 is not right: the minus of the weight −1 is dropped",
    ("07", "3", "new_weight = 1"): "the other weights, 3 and 1, make a product of 3, not 1",
    ("07", "4", "brackets = [9, 8, 13]"): "these 3 numbers are not right: the minus of −3 is lost",
    ("07", "2", "by_upper_path, by_lower_path = -6, -8"): "-8 is not right: the weight −1 lost its",
    ("07", "2", "by_upper_path, by_lower_path = 6, -8"): "-8 is not right: ∂C/∂a is a − y, not y",
    (
        "07",
        "2",
        "by_upper_path, by_lower_path, slope_of_first = -6, -8, -14",
    ): "-14 is not right: it is the sum of your two paths; mend those first.",
    ("07", "3", "new_weight = 6"): "the first weight, 2, lies on both paths; you put it into one",
    ("07", "4", "brackets = [3, -4, -6]"): "the 3rd is not right, and I do not recognise the slip",
    ("07", "4", "brackets = [15, -16, -14]"): "the common factor stands outside the bracket",
    ("07", "4", "brackets = [3, -4]"): "numbers in the shape (3,) expected, got numbers in",
    ("07", "4", "collected_by_hand = 6"): "each is then multiplied by the rest of the way",
    ("07", "4", "for_another_weight = 9"): "the brackets are there already",
    ("07", "5", "one_from_the_front = 14"): "σ′ comes once for each neuron; you took it",
    ("07", "5", "four_from_the_back = 23"): "need no w: δ stops at their neuron",
    ("07", "1", "paths_from_layer_2 = 70"): "the ways multiply, and layer 2 has one neuron on them",
    ("07", "5", "four_from_the_back = 26"): "σ′ comes once for each neuron; that is with s",
    ("07", "6", DELTAS.format(" * slope", "net.w[l].T @ delta[l]")): "All right",
    ("07", "6", DELTAS.format("", "net.w[l].T @ delta[l]")): "2, 3 and 4: the factor σ′(z[l]) is",
    ("07", "6", DELTAS.format(" * slope", "net.w[l].T @ s")): "without the next layer's σ′",
    ("07", "6", DELTAS.format(" * slope", "net.w[l] @ delta[l]")): "stops in line 8",
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
    ("A1", "1", 'ada_has_read = "Ng"'): "Ng's have a column more than yours, for the bias",
    ("A1", "1", 'cleo_has_read = "Mazur"'): "write 'Heaton' or 'Ng' or 'Nielsen' or 'blog'",
    ("A1", "2", "heaton_prints = 0.012"): "your own number; Heaton's is −∂C/∂w",
    ("A1", "2", "blog_prints = 0.024"): "the mean runs over the outputs, too: divide by n_L",
    ("A1", "2", "blog_prints = 0.0012"): "without the ½ the slope gets twice as large, not half",
    ("A1", "2", "blog_prints = 0.005"): "0.005 is given to one digit, and 2 are asked for",
    ("A1", "2", "blog_row, blog_column = 1, 0"): "our own place: the blog's rows are where a line",
    ("A1", "2", "blog_prints = 0.006"): "n_L is the number of neurons in layer L, not of layers",
    ("A1", "2", "ng_row, ng_column = 0, 2"): "where a line leads to, and they count from 0",
    ("A1", "2", "ng_row, ng_column = 1, 0"): "column 0 is the bias, so the neurons begin at",
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


SPOILT = {
    ("(a[L] - y)", "(y - a[L])"): "BP1, layer 4: every slope has the opposite sign",
    ("prime(z[L])", "prime(a[L])"): "BP1, layer 4: σ′ is taken at a[l]; it belongs at z[l]",
    ("w[l + 1].T", "w[l + 1]"): "line 7: the shapes do not fit",
    (" * net.sigma[l].prime(z[l])", ""): "BP2, layers 2 and 3: the factor σ′(z[l]) is missing",
    (".mean(axis=1, keepdims=True)", ""): "take the mean over the samples, axis=1, with keepdims",
    (" / m", ""): "BP4, layers 2, 3 and 4: this is the sum over the samples",
    ("a[l - 1].T", "a[l].T"): "BP4, layer 4: this is the activation of another layer",
}


@pytest.mark.parametrize(("right", "wrong"), SPOILT)
def test_a_spoilt_equation_is_named(right: str, wrong: str):
    assert right in FOUR_EQUATIONS
    assert SPOILT[right, wrong] in replies("04", "1", FOUR_EQUATIONS.replace(right, wrong))


def test_a_slope_of_the_sigmoid_is_found_where_the_layers_are_tanh():
    sigmoid = FOUR_EQUATIONS.replace("net.sigma[l].prime(z[l])", "a[l] * (1 - a[l])")
    assert "All right" in replies("04", "1", sigmoid)
    assert "a(1 − a) is the slope of the sigmoid" in replies("04", "3", sigmoid)


def test_slopes_of_biases_that_are_flat_are_told_of_keepdims():
    flat = FOUR_EQUATIONS.replace(", keepdims=True", "")
    assert "keepdims" in replies("04", "1", flat)
    assert "keepdims" not in replies("04", "1", FOUR_EQUATIONS)
