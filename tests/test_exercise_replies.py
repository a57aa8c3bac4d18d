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
ADAM = """
def my_adam(slopes, eta, beta_1, beta_2, eps):
    m, v, changes = 0.0, 0.0, []
    for t, g in enumerate(slopes, start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        changes.append(-eta * m_hat / (v_hat**0.5 + eps))
    return changes
"""
ERROR_LATE = STEP.replace(
    "        error.append(2 * bp.cost(net, x, y))\n        g =", "        g ="
).replace("    return error", "        error.append(2 * bp.cost(net, x, y))\n    return error")
COUNTS = "steps_an_epoch, samples_in_the_last_batch, steps_in_all, samples_seen = {}, {}, {}, {}"
MY_D = "def my_D(Delta, Theta, lam, m): return {}"
DELTA_3 = "delta_1, delta_2, delta_3 = {}"
DECAY = "after_one_step, after_100_steps = {}, {}"
FASTEST = "delta_quadratic, best_answer, delta_cross_entropy = {}, {}, {}"
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
MEAN = """
def total(v): return v.sum(axis=1, keepdims=True)
def mean(v): return v.mean(axis=1, keepdims=True)
"""
BN_ALL = "def my_batch_norm_backward(e, gamma, z_hat, s): return {}, {}, {}"
BATCH_NORM = MEAN + BN_ALL.format("{}", "total(e * z_hat)", "total(e)")
TANH = "def tanh_of(u): t = tanh(u.data); return {}"
JUDGE = "def judge(x): h = {}; return {}"
PASSED_ON = "def passed_on(w, a, z_bar): return {}"
TURNS = "first_turn, second_turn = {}"
INTO = "into_H1, into_H2, into_O1 = {}"
MY_FORWARD = """
def my_forward(net, X):
    a_2 = np.tanh(net.w[2] @ X + net.b[2])
    return sigma(net.w[3] @ a_2 + net.b[3])
"""

SOFTMAX = """
def my_backprop(net, x, y):
    trace = bp.forward(net, x)
    z, a, w, L, m = trace.z, trace.a, net.w, net.L, x.shape[1]
    delta, dC_dw, dC_db = {{}}, {{}}, {{}}
    delta[L] = {}
    for l in range(L - 1, 1, -1):
        delta[l] = (w[l + 1].T @ delta[l + 1]) * net.sigma[l].prime(z[l])
    for l in range(2, L + 1):
        dC_db[l] = delta[l].mean(axis=1, keepdims=True)
        dC_dw[l] = delta[l] @ a[l - 1].T / m
    return {{"w": dC_dw, "b": dC_db, "delta": delta}}
"""
PUSH = "def push(x, g, eps): return {}"
AT_PIXELS = "def slopes_at_pixels(w_2, delta_2, x): return {}"
WHOLE_GRADIENT = "def whole_gradient(means, sizes): return {}"

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
    ("05", "1", MY_CENTRAL.format("(f(w) - f(w - eps)) / eps")): "that is the backward difference",
    ("05", "2", "p = 1 / 3"): "that is the central difference's; here the power of ε is 4",
    ("05", "1", MY_CENTRAL.format("f(w + eps) - f(w - eps) / 2 * eps")): "brackets around the diff",
    (
        "05",
        "1",
        MY_CENTRAL.format("(f(w + eps / 2) - f(w - eps / 2)) / (2 * eps)"),
    ): "your places are w ± ε/2: take ± ε",
    ("05", "1", MY_CENTRAL.format("(f(w) - f(w - eps)) / (2 * eps)")): "looks at one side, and",
    ("05", "1", MY_CENTRAL.format("(f(w + eps) - f(w - eps)) / eps**2")): "and not by ε²",
    ("05", "2", "p = 2"): "2 is not right: that is a power of ε; which power of u",
    ("05", "2", "p = (2.0**-53) ** (1 / 5)"): "that is the best ε itself; its power of u",
    ("05", "2", "p = 6e-4"): "that is the best ε, rounded; its power of u",
    ("05", "2", "p = 1 / 6"): "ε⁴ times ε is ε⁵",
    ("05", "2", "q = 5 / 6"): "ε⁴ times ε is ε⁵, so p is another one",
    ("05", "2", "q = 2e-13"): "that is the error, rounded; its power of u",
    ("05", "2", "p = 0.25"): "put ε⁴ equal to u/ε, and not to u: multiply by ε first",
    ("05", "2", "p = 0.8"): "0.8 is not right: that is q, the power of the error",
    ("05", "2", "q = 0.2"): "that is p, the power of the best ε; put that ε into ε⁴",
    ("05", "2", "q = 2 / 3"): "2, q: 0.6666666667 is not right: that is the central difference's",
    ("05", "2", "q = 0.75"): "0.75 is not right: that is u/ε with ε = u^(1/4)",
    ("05", "3", "which_equation = 'BP3'"): "all biases agree, and BP3 gives those",
    ("05", "3", "which_equation = 'bp4'"): "3, equation: right",
    ("05", "3", "which_layer = 1"): "layer 1 is the input; no weights lead into it",
    ("05", "4", "report_A = 'mistake'"): "in float32 a right forward difference is no better",
    ("05", "4", "report_B = 'says nothing'"): "it is ten million floors; nothing here explains",
    ("05", "4", "report_C = 'mistake'"): "these three nudges have stepped across a kink",
    ("05", "4", "report_D = 'right'"): "the slopes of this penalty hide those of the data",
    ("05", "4", "report_D = 'Says nothing'"): "4, D: right",
    ("05", "4", "report_B = 'right'"): "ten floors are 2e-9, and the error is far above",
    ("05", "4", "report_C = 'right'"): "stepped across a kink, right or not",
    ("05", "4", "report_E = 'mistake'"): "a mistake would stay; this fell a hundredfold",
    ("05", "4", "report_E = 'says nothing'"): "at ε/10 it is below a floor: that says something",
    ("06", "1", "passes_0 = 6281"): "1, rung 0: right, 6281",
    ("06", "1", "passes_0 = 6280"): "6280 is not right: the pass for the cost where you stand is",
    ("06", "1", "passes_0 = 6201"): "6201 is not right: the biases are nudged, too",
    ("06", "1", "passes_0 = 6381"): "6381 is not right: the inputs have no bias",
    ("06", "1", "passes_1 = 81"): "1, rung 1: right, 81",
    ("06", "1", "passes_1 = 181"): "181 is not right: the inputs have no z to nudge",
    ("06", "1", "passes_1 = 71"): "71 is not right: the outputs are neurons, too",
    ("06", "1", "passes_2 = 2"): "2 is not right: there are ten outputs to nudge, not one",
    ("06", "1", "passes_2 = 7"): "7 is not right, and I do not recognise the slip",
    ("06", "1", "passes_3 = 2"): "2 is not right: BP1 leaves nothing to nudge",
    ("06", "1", "passes_3 = 0"): "0 is not right: the forward pass remains",
    (
        "06",
        "2",
        "predicted_ratio = 45_000",
    ): "45000 is close: cut off after 2 digits, not rounded, and",
    ("06", "2", "predicted_passes, predicted_ratio = 2.5, 49_044"): "it follows from your passes",
    ("06", "2", "predicted_ratio = 45_900"): "ratio: right, 45900",
    ("06", "2", "predicted_ratio = 45_657"): "45657 is not right: the biases are nudged, too",
    ("06", "3", "power_of_ten = 2"): "3: right, 2",
    ("06", "3", "power_of_ten = 39"): "39 is not right: so many passes take the slopes one by one",
    ("06", "3", "power_of_ten = 38"): "38 is not right: that many directions leave an error",
    ("06", "3", "power_of_ten = 10_000"): "10000 is not right: 10ᵏ is asked for with 38 before it",
    ("06", "3", "power_of_ten = 3800"): "3800 is not right: that is all the directions",
    ("06", "3", "power_of_ten = 3.58"): "take off log₁₀ 38",
    ("06", "3", "power_of_ten = 4"): "4 is not right: you took",
    ("06", "3", "power_of_ten = 7"): "7 is not right, and I do not recognise the slip",
    ("06", "4", "smallest_batch = 40"): "4, batch: right",
    ("06", "4", "smallest_batch = 10"): "10 is not right: that is the intensity",
    ("06", "4", "smallest_batch = 80"): "80 is not right: that is for float64",
    ("06", "4", "smallest_batch = 2.5"): "so multiply by 4",
    ("06", "4", "share_with_one_sample = 1 / 40"): "4, share: right",
    ("06", "4", "share_with_one_sample = 2.5"): "2.5 is not right: that is in per cent",
    ("06", "4", "share_with_one_sample = 0.25"): "divide by the one it needs",
    ("06", "4", "share_with_one_sample = 0.1"): "0.1 is not right: a weight has 4 bytes",
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
    ("08", "1", STEP.format("-lr * (g_l + momentum * before)")): "−η must multiply the slope alone",
    (
        "08",
        "1",
        STEP.format("-lr * (1 - momentum) * g_l + momentum * before"),
    ): "the slope must have no factor 1 − μ",
    ("08", "1", STEP.format("-lr * g_l + before")): "the step before must be multiplied by μ",
    ("08", "1", STEP.format("-lr * g_l / 4 + momentum * before")): "you divided by m",
    (
        "08",
        "1",
        ERROR_LATE.format("-lr * g_l + momentum * before"),
    ): "the error must be taken before the step",
    ("08", "1", STEP.format("-lr * momentum * g_l")): "with μ = 0 your network never changes",
    ("08", "2", COUNTS.format(32, 8, 640, 20_000)): "2, samples seen: right",
    ("08", "2", COUNTS.format(31, 8, 620, 20_000)): "the samples that are left over make a batch",
    ("08", "2", COUNTS.format(31.25, 8, 625, 20_000)): "the last batch of *each* epoch is smaller",
    ("08", "2", COUNTS.format(32, 32, 32, 1000)): "31 full batches leave fewer over than that",
    ("08", "2", COUNTS.format(1000, 8, 20_000, 20_480)): "the last batch has only 8",
    ("08", "2", COUNTS.format(32, 24, 640, 19_840)): "the last 8 of every epoch are seen, too",
    ("08", "2", COUNTS.format(32, 24, 640, 20_000)): "that is how many it lacks",
    ("08", "3", MY_D.format("(Delta + lam * (Theta * [0, 1, 1])) / m")): "3: right",
    ("08", "3", MY_D.format("(Delta + lam * Theta) / m")): "you punish the biases, too",
    ("08", "3", MY_D.format("(Delta + lam * (Theta * [[0], [1]])) / m")): "[0] is the first row",
    (
        "08",
        "3",
        MY_D.format("Delta / m + lam * (Theta * [0, 1, 1])"),
    ): "the penalty must be divided by m, too",
    (
        "08",
        "3",
        MY_D.format("Delta + lam / m * (Theta * [0, 1, 1])"),
    ): "is the sum; it must be divided by m",
    ("08", "3", MY_D.format("(Delta - lam * (Theta * [0, 1, 1])) / m")): "must be added",
    ("08", "3", MY_D.format("Delta / m")): "you have left out λ",
    ("08", "4", DELTA_3.format("0.665, 0.245, -0.910")): "4: right",
    ("08", "4", DELTA_3.format("-0.665, -0.245, 0.910")): "δ is a − y; you have y − a",
    ("08", "4", DELTA_3.format("0.148, 0.185, -0.0746")): "a factor a (1 − a) must be left out",
    ("08", "4", DELTA_3.format("0.665, 0.245, 0.090")): "the target must still come off",
    ("08", "4", DELTA_3.format("0.731, 0.5, -0.731")): "softmax divides by the sum",
    ("08", "5", DECAY.format(1.98, 0.732)): "5, 100 steps: right",
    ("08", "5", DECAY.format(1.6, 0)): "the factor acts on what is left, not always on 2",
    ("08", "5", DECAY.format(1.6, 0.732)): "λ must be divided by m",
    ("08", "5", DECAY.format(0.99, 0.366)): "you have the factor; it must be multiplied by 2",
    ("08", "5", DECAY.format(0.02, 1.98)): "you have what is taken off",
    ("08", "5", DECAY.format(1.99, 1.21)): "you have kept a ½",
    ("08", "5", DECAY.format(2.02, 5.41)): "you let it grow",
    ("08", "6", FASTEST.format(0.081, 0.667, 0.9)): "6, cross entropy: right",
    ("08", "6", FASTEST.format(0.09, 0.5, 10)): "there σ′ is largest; but a − y counts, too",
    ("08", "6", FASTEST.format(0.9, 1, 0.081)): "there it is most wrong, and σ′ is 0",
    ("08", "6", FASTEST.format(-0.081, 0.148, 2.303)): "that is the largest δ; at which a is it?",
    ("09", "1", "best_mu = 0.669"): "1, μ: right",
    ("09", "1", "best_mu = 0.818"): "that is √μ, the share that a step leaves; square it",
    ("09", "1", "best_mu = 0.980"): "that is plain descent's (κ − 1)/(κ + 1)",
    ("09", "1", "best_mu = 0.9"): "that is the usual value; it is too heavy here",
    ("09", "1", "best_eta = 0.0331"): "that is for curvatures 1 and 100; here they are 0.02 and 2",
    ("09", "1", "best_eta = 0.990"): "that is plain descent's best rate",
    ("09", "1", "best_eta = 1.29"): "square it",
    ("09", "2", ADAM): "2: right.",
    ("09", "2", ADAM.replace(", start=1", "")): "with t = 0 the first step divides by 1 − β⁰",
    ("09", "2", ADAM.replace("0.0, 0.0", "np.zeros(()), np.zeros(())").replace(", start=1", "")): (
        "with t = 0 the first step divides by 1 − β⁰"
    ),
    ("09", "2", ADAM.replace("start=1", "start=2")): "at your first step it is 2",
    ("09", "2", ADAM.replace("-eta", "eta")): "that goes uphill",
    ("09", "2", ADAM.replace("-eta *", "-")): "η is missing",
    (
        "09",
        "2",
        ADAM.replace("v_hat**0.5 + eps", "(v_hat + eps) ** 0.5"),
    ): "ε stands inside the root",
    ("09", "2", ADAM.replace("v_hat**0.5 + eps", "v_hat + eps")): "the root of v̂ is missing",
    ("09", "2", ADAM.replace(" + eps", "")): "ε is missing",
    ("09", "2", ADAM.replace("g**2", "g")): "v is a mean of g², and you take g",
    ("09", "2", ADAM.replace(" / (1 - beta_1**t)", "")): "m is not repaired",
    ("09", "2", ADAM.replace(" / (1 - beta_2**t)", "")): "v is not repaired",
    ("09", "2", ADAM.replace("**t)", ")")): "you divide by 1 − β, the same at every step",
    ("09", "2", ADAM.replace("m_hat, v_hat =", "m_hat, v_hat = m, v = ")): "repair copies",
    ("09", "2", ADAM.replace("(1 - beta_1) * g", "g")): "the new slope counts 1 − β₁, not 1",
    ("09", "2", ADAM.replace("(slopes, eta, beta_1, beta_2", "(slopes, eta, beta_2, beta_1")): (
        "β₁ belongs to m and β₂ to v"
    ),
    (
        "09",
        "2",
        ADAM.replace("return changes", "return np.cumsum(changes)"),
    ): "you return the places",
    ("09", "2", ADAM.replace("**t)", " * t)")): "your 1 − β · t becomes negative",
    ("09", "2", ADAM.replace("1 - beta_2**t", "1 - beta_1**t")): "β₁ stands in both repairs",
    ("09", "2", ADAM.replace("-eta * m_hat", "-eta * g")): "you take the last slope alone",
    ("09", "2", ADAM.replace("return changes", "")): "your function returns nothing",
    ("09", "2", ADAM.replace("changes.append", "changes.add")): "your code stops",
    ("09", "3", NESTEROV.format("mu * change - eta * slope(theta + mu * change)")): "3: right.",
    ("09", "3", NESTEROV.format("mu * change - eta * slope(theta)")): "that is plain momentum",
    ("09", "3", NESTEROV.format("-eta * slope(theta + mu * change)")): "but are not carried on",
    ("09", "3", NESTEROV.format("mu * change - eta * slope(mu * change)")): "it never moves",
    ("09", "3", NESTEROV.format("mu * change + eta * slope(theta + mu * change)")): "goes uphill",
    ("09", "3", NESTEROV.format("-eta * slope(theta)")): "neither do you look ahead, nor",
    ("09", "3", NESTEROV.format("mu * change - eta * slope(theta - mu * change)")): "look behind",
    ("09", "3", NESTEROV.format("(mu - eta) * slope(theta)")): "you multiply the slope by it",
    ("09", "4", "largest_eta = 0.15"): "0.15 is close: rounded to 2 digits, and 3 are asked for",
    ("09", "4", "largest_eta = 0.153"): "0.153 is not right",
    ("09", "4", "largest_eta = 0.0421"): "multiply by 1 + μ; you divided by it",
    ("10", "1", E_BEFORE.format("e + e * (w.T @ slope)")): "wᵀ acts on e ⊙ σ′(z), not on σ′ alone",
    ("10", "1", E_BEFORE.format("e + e * slope")): "the weights are missing on the way through",
    ("10", "1", E_BEFORE.format("e + w @ e")): "σ′ is missing, and w is not transposed",
    ("10", "1", E_BEFORE.format("e + slope * (w @ e)")): "and e ⊙ σ′(z) comes first",
    ("10", "1", E_BEFORE.format("(e + w.T @ e) * slope")): "σ′ belongs to the way through only",
    ("10", "1", E_BEFORE.format("w @ (e * slope)")): "and the way around is missing",
    ("10", "2", "v_times_n = 2 / 0.7"): "comes squared; you subtract c",
    ("10", "2", "v_times_n = 2 / 1.3 * 2"): "c is to be squared, and the 2 is there already",
    (
        "10",
        "3",
        BATCH_NORM.format("gamma * s * (e - mean(e) - z_hat * mean(e * z_hat))"),
    ): "divide by s; you multiply by it",
    ("10", "1", E_BEFORE.format("e * slope")): "1: not right, and I do not recognise the slip",
    ("10", "2", "v_times_n = 2.18"): "2.18 is not right: divide by 1 + c²; you multiplied",
    ("10", "2", "v_times_n = 2"): "2 is not right: that is He's value for ReLU",
    (
        "10",
        "3",
        BATCH_NORM.format("gamma / s * (e - mean(e) - z_hat * mean(e * z_hat))"),
    ): "3, z: right",
    ("10", "3", BATCH_NORM.format("gamma / s * e")): "μ and s are treated as constants",
    ("10", "3", BATCH_NORM.format("gamma / s * (e - mean(e))")): "the way through s is missing",
    (
        "10",
        "3",
        BATCH_NORM.format("gamma / s * (e - z_hat * mean(e * z_hat))"),
    ): "the way through μ is missing",
    (
        "10",
        "3",
        BATCH_NORM.format("(e - mean(e) - z_hat * mean(e * z_hat)) / s"),
    ): "3, z: not right: γ is missing",
    (
        "10",
        "3",
        BATCH_NORM.format("gamma / np.sqrt(s) * (e - mean(e) - z_hat * mean(e * z_hat))"),
    ): "s is the standard deviation already; you take its root",
    (
        "10",
        "3",
        BATCH_NORM.format("gamma / s * (e - mean(e) * 5 / 4 - z_hat * mean(e * z_hat) * 5 / 4)"),
    ): "the means are over m; you divide by m − 1",
    ("10", "3", BATCH_NORM.format("e, 1")): "three arrays are asked for",
    ("10", "3", BATCH_NORM.format("gamma")): "numbers in the shape (3, 5) expected",
    ("10", "3", MEAN + BN_ALL.format("e", "mean(e * z_hat)", "mean(e)")): "γ: not right: C is",
    ("10", "3", MEAN + BN_ALL.format("e", "total(e)", "total(e)")): "γ: not right: ẑ is missing",
    (
        "10",
        "3",
        MEAN + BN_ALL.format("e", "total(e * z_hat)", "gamma * total(e)"),
    ): "β: not right: γ does not belong here",
    ("10", "3", "my_batch_norm_backward = lambda *_: 1"): "three arrays are asked for",
    ("11", "1", TANH.format("Value(t)")): "it does not remember u",
    ("11", "1", TANH.format("Value(t, ((u, t**2),))")): "you have tanh²(u)",
    ("11", "1", TANH.format("Value(t, ((u, 1 - t**2),))")): "1, slope: right",
    ("11", "1", TANH.format("Value(t, ((u, 1 - t),))")): "the square is missing: 1 − tanh²(u)",
    ("11", "1", TANH.format("Value(t, ((u, t**2 - 1),))")): "1, slope: not right: only the sign",
    ("11", "1", TANH.format("Value(t, ((u, (1 - t**2)**0.5),))")): "1/cosh(u) must be squared",
    ("11", "1", TANH.format("Value(t, ((u, 1 - u.data**2),))")): "you have 1 − u²",
    ("11", "1", TANH.format("Value(t, (u, 1 - t**2))")): "is the comma missing in ((u, slope),)",
    ("11", "1", TANH.format("Value(t, 1 - t**2)")): "`inputs` holds pairs (u, slope)",
    ("11", "1", TANH.format("Value(t, ((1 - t**2, u),))")): "`inputs` holds pairs (u, slope)",
    ("11", "1", TANH.format("Value(t, u)")): "`inputs` holds pairs (u, slope)",
    ("11", "1", TANH.format("Value(t, [(u, 1 - t**2)])")): "1, slope: right",
    ("11", "1", TANH.format("t")): "that is a number; give back a Value",
    ("11", "1", TANH.format("1 - t**2")): "that is a number; give back a Value",
    ("11", "1", TANH.format("t, 1 - t**2")): "those are two things; give back one Value",
    ("11", "1", TANH.format("Value(u.data, ((u, 1 - t**2),))")): "that is u itself, not",
    ("11", "1", "tanh_of = lambda u: None"): "your function returns nothing",
    ("11", "2", "forward_sweeps = 10"): "that is reverse mode: one for each output",
    ("11", "2", "reverse_sweeps = 784"): "that is forward mode: one for each input",
    ("11", "2", "reverse_sweeps = 1"): "one sweep is enough for one output; here are ten",
    ("11", "3", "u_bar_with_bug = 1"): "who reports last overwrites",
    ("11", "3", "u_bar_with_bug = 6"): "that is what += gives; with = one term is lost",
    ("11", "3", "u_bar_right = 5"): "5 is not right: u has a second user, the sum.",
    ("11", "3", "u_bar_right = 4"): "4 is not right: the slope of u · v in u is v, and you have u.",
    ("11", "3", "u_bar_right = 1"): "1 is not right: u has a second user, the product.",
    ("11", "4", PASSED_ON.format("z_bar @ a.T, w @ z_bar")): "4, a: not right: ā is wᵀ z̄, with",
    ("11", "4", PASSED_ON.format("a @ z_bar.T, w.T @ z_bar")): "you have its transpose",
    ("11", "4", PASSED_ON.format("z_bar @ a.T, w.T @ z_bar")): "4, a: right",
    ("11", "4", PASSED_ON.format("z_bar @ a.T, 1")): "4, w: right",
    ("11", "4", PASSED_ON.format("z_bar * a, w.T @ z_bar")): "w̄ has the shape of w, here 3 × 3",
    ("11", "4", PASSED_ON.format("z_bar.T @ a, w.T @ z_bar")): "w̄ has the shape of w, here 3 × 3",
    ("11", "4", PASSED_ON.format("w.T @ z_bar, z_bar @ a.T")): "are the two swapped?",
    ("11", "4", PASSED_ON.format("z_bar @ a.T, w.T * z_bar")): "or is there a * for a @?",
    ("11", "4", PASSED_ON.format("z_bar @ a.T, z_bar.T @ w")): "that is a row; ā is a column",
    ("11", "5", JUDGE.format("x * x", "h + h * h")): "5: right",
    ("11", "5", JUDGE.format("x * x", "h * (h + 1)")): "5: right",
    ("11", "5", JUDGE.format("x * x", "h * h + h")): "5: not right: both engines get this one",
    ("11", "5", JUDGE.format("x", "h + h * h")): "5: not right: both engines get this one",
    ("11", "5", JUDGE.format("Value(2.0)", "h + h * h")): "you give back is not made from x",
    ("11", "5", JUDGE.format("x", "h.data")): "that is no Value",
    ("12", "1", SOFTMAX.format("a[L] - y")): "All right: BP1",
    ("12", "1", SOFTMAX.format("(a[L] - y) * net.sigma[L].prime(z[L])")): "is a whole table",
    ("12", "1", SOFTMAX.format("(a[L] - y) * a[L] * (1 - a[L])")): "no slope belongs here",
    ("12", "1", SOFTMAX.format("y - a[L]")): "every slope has the opposite sign",
    ("12", "1", SOFTMAX.format("-y / a[L]")): "this is ∇_a C alone",
    ("12", "1", SOFTMAX.format("-y * (1 - a[L])")): "only the diagonal of softmax's slopes",
    ("12", "1", SOFTMAX.format("-y")): "ln Σ e^z has one, too",
    ("12", "1", SOFTMAX.format("(a[L] - y) / m")): "δ[L] is divided by m",
    ("12", "1", SOFTMAX.format("a[L]")): "here the target y is missing",
    ("12", "2", AT_PIXELS.format("w_2.T @ delta_2")): "2: right",
    ("12", "2", AT_PIXELS.format("w_2 @ delta_2")): "w² is not transposed",
    ("12", "2", AT_PIXELS.format("(w_2.T @ delta_2) * x * (1 - x)")): "a pixel has no z and so",
    ("12", "2", AT_PIXELS.format("(w_2.T @ delta_2) * (1 - x**2)")): "no σ′: no 1 − x²",
    ("12", "2", AT_PIXELS.format("(w_2.T @ delta_2) * x")): "the ink is a factor in a weight's",
    ("12", "2", AT_PIXELS.format("-w_2.T @ delta_2")): "∂C/∂x has no minus",
    ("12", "2", AT_PIXELS.format("w_2.T @ delta_2 / x.shape[1]")): "do not divide by m",
    ("12", "2", AT_PIXELS.format("w_2.T * delta_2")): "your code stops",
    ("12", "3", "n_parameters = 3700"): "3700 is not right: the biases are missing",
    ("12", "3", "n_parameters = 3750"): "3750 is not right: the biases of the outputs are missing",
    ("12", "3", "n_parameters = 3710"): "the biases of the hidden neurons are missing",
    ("12", "3", "cost_of_chance = 3.25"): "the nine others have y = 0",
    ("12", "3", "n_parameters = 3824"): "3824 is not right: the inputs have no biases",
    ("12", "3", "n_parameters = 124"): "124 is not right: those are the neurons",
    ("12", "3", "n_parameters = 3250"): "that is the hidden layer alone",
    ("12", "3", "cost_of_chance = 1"): "1 is not right: take the natural logarithm",
    ("12", "3", "cost_of_chance = 3.32"): "not that to base 2",
    ("12", "3", "cost_of_chance = -2.30"): "the cost has a minus before the logarithm",
    ("12", "3", "cost_of_chance = 23.0"): "only the right digit counts",
    ("12", "3", "cost_of_chance = 0.45"): "that is the quadratic cost",
    ("12", "3", "cost_of_chance = 2.3"): "3, cost: right",
    ("12", "4", "honest = [1, 1, 0, 1]"): "A chose the best of ten by the test set",
    ("12", "4", "honest = [0, 0, 0, 1]"): "B's choice had no help from the test set",
    ("12", "4", "honest = [0, 1, 1, 1]"): "C chose too: the epoch",
    ("12", "4", "honest = [0, 1, 0, 0]"): "D chose nothing",
    ("12", "4", "honest = [1, 0, 1, 0]"): "you have it the other way round",
    ("12", "4", "honest = [1, 1, 1, 1]"): "2 of 4 numbers are right; the 1st is not right: A chose",
    ("12", "4", "honest = [0, 0, 0, 0]"): "2 of 4 numbers are right; the 2nd is not right: B's",
    ("12", "5", PUSH.format("np.clip(x + eps * np.sign(g), 0, 1)")): "5, push: right",
    ("12", "5", PUSH.format("x + eps * np.sign(g)")): "ink may not leave the range",
    ("12", "5", PUSH.format("np.clip(x - eps * np.sign(g), 0, 1)")): "that is the way downhill",
    ("12", "5", PUSH.format("np.clip(x + eps * g, 0, 1)")): "take the slope's sign alone",
    ("12", "5", PUSH.format("eps * np.sign(g)")): "that is the push; add the picture",
    ("12", "5", PUSH.format("np.clip(x + np.sign(g), 0, 1)")): "eps is forgotten",
    ("12", "5", "rise = 0.02"): "the signs of the moves follow",
    ("12", "5", "rise = 1.4"): "ε is forgotten",
    ("12", "5", "rise = 0.073"): "as a step of length ε",
    ("12", "5", "rise = 0.05"): "the pixel with the largest slope alone",
    ("12", "5", "rise = -0.14"): "how far the cost can fall",
    ("13", "1", "on_the_way = 0.018"): "you took 10 Gbit for 10 GByte",
    ("13", "1", "on_the_way = 0.072"): "that is adding up alone; the sums must go round, too",
    ("13", "1", "on_the_way = 0.16"): "the 9/10 are missing: there are 2 · 9 steps, not 2 · 10",
    ("13", "1", "on_the_way = 0.08"): "in the ring each machine sends 9/10 of N twice, not N once",
    ("13", "1", "on_the_way = 0.036"): "0.036 is not right: a number has 4 bytes.",
    ("13", "1", "on_the_way = 0.288"): "a number has 4 bytes here, not 8",
    ("13", "1", "on_the_way = 0.008"): "that is one step of the ring, of 18",
    ("13", "1", "on_the_way = 1.152"): "a byte has 8 bits; you went the wrong way",
    ("13", "1", "on_the_way = 1.44"): "1.44 is not right: that is all to one and back",
    ("13", "1", "on_the_way = 144"): "seconds are asked for, and those are milliseconds",
    ("13", "1", "times_as_fast = 10"): "10 is not right: that leaves out the way",
    ("13", "1", "times_as_fast = 2.78"): "the computing takes 0.04 s, too",
    ("13", "1", "times_as_fast = 0.735"): "the ten share the computing",
    ("13", "1", "times_as_fast = 0.46"): "turn it round",
    ("13", "1", "times_as_fast = 0.184"): "that is the time of a step",
    ("13", "1", "on_the_way, times_as_fast = 0.288, 1.2195"): "it follows from your way",
    ("13", "1", "on_the_way, times_as_fast = 0.144, 2.17"): "1, fast: right",
    ("13", "2", WHOLE_GRADIENT.format("sum(means) / len(means)")): "that is the mean of the means",
    ("13", "2", WHOLE_GRADIENT.format("np.mean(means, axis=0)")): "that is the mean of the means",
    ("13", "2", WHOLE_GRADIENT.format("sum(means)")): "that is the sum of the means",
    (
        "13",
        "2",
        WHOLE_GRADIENT.format("np.average(means, axis=0, weights=sizes)"),
    ): "Exercise 2: right",
    ("13", "2", WHOLE_GRADIENT.format("np.dot(sizes, means)")): "that is Δ, the sum; divide it",
    (
        "13",
        "2",
        WHOLE_GRADIENT.format("np.dot(sizes, means) / len(sizes)"),
    ): "divide by the number of all samples, not of the machines",
    ("13", "2", WHOLE_GRADIENT.format("np.mean(means)")): "numbers in the shape",
    ("13", "3", "numbers_there = 100"): "that is for one sample",
    ("13", "3", "numbers_there = 1000"): "the activations cross, not the weights",
    ("13", "3", "numbers_there = 19200"): "that is a layer too early",
    ("13", "3", "numbers_back = 640"): "δ of layer 4 alone does not help machine 1",
    ("13", "3", "numbers_back = 100"): "each sample has its own δ; the mean is taken in BP4",
    ("13", "3", "numbers_back = 1000"): "a number for each neuron, not for each weight",
    ("13", "3", "numbers_in_the_ring = 266200"): "the slopes of the biases travel, too",
    ("13", "3", "numbers_in_the_ring = 533220"): "with two machines 2(K − 1)/K is 1, not 2",
    ("13", "3", "numbers_in_the_ring = 17063040"): "the batch does not matter",
    ("13", "4", "parts = 70"): "that is q + K − 1; q is asked for",
    ("13", "4", "parts = 64"): "one less is enough",
    ("13", "4", "parts = 72"): "above the line stands K − 1 = 7, not 8",
    ("13", "4", "parts = 80"): "ten for each machine are more than you need",
    ("13", "4", "pipeline_gain = 8"): "each of the eight works nine tenths of the time",
    ("13", "4", "pipeline_gain = 0.9"): "that is the share of work",
    ("13", "4", "pipeline_gain = 7.2"): "4, gain: right",
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


@pytest.mark.parametrize("answer", ["[0, 0, 0, 0]", "[1, 1, 1, 1]", "[0, 1, 1, 0]"])
def test_some_wrong_judges_are_not_called_turned_round(answer: str):
    assert "the other way round" not in replies("12", "4", f"honest = {answer}")


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
