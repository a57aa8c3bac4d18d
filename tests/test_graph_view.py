"""The graph of a formula: its numbers are those of nudges, at every step of every sweep."""

import re
from math import exp

import numpy as np
import pytest
from pictures import SVG, drawing

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Explorable

STEPS = {"p": ("·", "w", "a"), "q": ("+", "p", "b"), "C": ("·", "q", "a")}
PLACES = {"w": (0, 0.5), "a": (0, 2), "b": (1, 0), "p": (1, 1), "q": (2, 0.6), "C": (3, 1.3)}
NEURON = {"p": ("·", "w", "x"), "z": ("+", "p", "b"), "a": ("σ", "z")}
NEURON |= {"e": ("−", "a", "y"), "C": ("½²", "e")}
BAR, DOT = "\u0304", "\u0307"


def formula(w: float, a: float, b: float) -> float:
    return (w * a + b) * a


def waiting(w: float, a: float, b: float) -> float:
    return w * a * (w * a + b)


def neuron(w: float, x: float, b: float, y: float) -> float:
    return (1 / (1 + exp(-(w * x + b))) - y) ** 2 / 2


WAITING = {"p": ("·", "w", "a"), "q": ("+", "p", "b"), "C": ("·", "p", "q")}
CASES = {
    "waiting": (WAITING, waiting, {"w": 3, "a": 2, "b": 1}),
    "formula": (STEPS, formula, {"w": 3, "a": 2, "b": 1}),
    "negative": (STEPS, formula, {"w": -1.2, "a": 0.7, "b": 4.4}),
    "neuron": (NEURON, neuron, {"w": 0.8, "x": 1, "b": -0.5, "y": 1}),
    "far": (NEURON, neuron, {"w": -5, "x": 5, "b": -5, "y": 0}),
}


def graph(case: str, **options) -> Explorable:
    steps, _, values = CASES[case]
    places = {name: (i % 4, i // 4) for i, name in enumerate([*values, *steps])}
    return view.explore_graph(steps, values, places, **options)


def nudged(case: str, name: str, h: float = 1e-5) -> float:
    _, f, values = CASES[case]
    up, down = (f(**(values | {name: values[name] + s * h})) for s in (1, -1))
    return (up - down) / (2 * h)


def said(text: str, symbol: str) -> float:
    """Find the number that some words give a symbol."""
    number = re.search(rf"(?<!\w){symbol} = (−?[\d.]+)(?:·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text)
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    mantissa = float(number.group(1).rstrip(".").replace("−", "-"))
    return mantissa * 10.0 ** int((number.group(2) or "0").translate(digits))


@pytest.mark.parametrize("case", CASES)
def test_after_the_reverse_sweep_every_input_has_its_slope(case: str):
    shown = graph(case, step=graph(case).controls["step"].most)
    for name in CASES[case][2]:
        slope = pytest.approx(nudged(case, name), rel=1e-2, abs=1e-9)
        assert said(shown.words, name + BAR) == slope
        assert said(shown.shown.aside, f"∂C/∂{name}") == slope


@pytest.mark.parametrize("case", CASES)
def test_a_forward_sweep_gives_one_slope_and_no_other(case: str):
    shown = graph(case, forward=next(iter(CASES[case][2])))
    shown.controls["step"].value = shown.controls["step"].most
    for name in CASES[case][2]:
        shown.controls["sweep"].value = f"forward from {name}"
        slope = pytest.approx(nudged(case, name), rel=1e-2, abs=1e-9)
        assert said(shown.words, "C" + DOT) == slope
        assert said(shown.shown.aside, f"∂C/∂{name}") == slope
        assert shown.shown.aside.count("= ?") == len(CASES[case][2]) - 1


def test_step_by_step_the_bars_are_partial_sums():
    """Worked out by hand: each line is one arrow."""
    shown, lines = graph("formula"), []
    for step in range(1, 11):
        shown.controls["step"].value = step
        lines.append(shown.shown.said)
    assert lines == [
        "p = w · a = 3 · 2 = 6",
        "q = p + b = 6 + 1 = 7",
        "C = q · a = 7 · 2 = 14",
        f"C{BAR} = ∂C/∂C = 1, where the way back begins",
        f"q{BAR} = a · C{BAR} = 2 · 1 = 2",
        f"a{BAR} = q · C{BAR} = 7 · 1 = 7",
        f"p{BAR} = 1 · q{BAR} = 1 · 2 = 2",
        f"b{BAR} = 1 · q{BAR} = 1 · 2 = 2",
        f"w{BAR} = a · p{BAR} = 2 · 2 = 4",
        f"a{BAR} = 7 + w · p{BAR} = 7 + 3 · 2 = 13",
    ]


def texts(shown: Explorable) -> list[str]:
    return [text.text or "" for text in drawing(shown).iter(f"{SVG}text")]


def test_what_is_not_computed_yet_is_not_shown():
    shown = graph("formula")
    assert texts(shown).count("?") == 3
    assert not {"q = 7", "1"} & set(texts(shown))  # of nodes and arrows
    assert not [text for text in texts(shown) if BAR in text]
    shown.controls["step"].value = 3
    assert "?" not in texts(shown)
    assert {"w = 3", "a = 2", "q = 7", "1"} <= set(texts(shown))
    shown.controls["step"].value = 6
    assert {f"C{BAR} = 1", f"q{BAR} = 2", f"a{BAR} = 7", "+7", "1 of 2 users"} <= set(texts(shown))
    assert f"w{BAR} = 4" not in texts(shown)
    shown.controls["step"].value = 10
    assert {f"a{BAR} = 13", "+6", "2 of 2 users"} <= set(texts(shown))


def test_the_buttons_walk_through_a_sweep_and_stop_at_its_ends():
    shown = graph("formula")
    back, ahead = (shown.controls[name].click for name in ("back", "next"))
    back()
    assert shown.controls["step"].value == 0
    for step in (*range(1, 11), 10):
        ahead()
        assert shown.controls["step"].value == step


def test_the_step_ends_where_the_sweep_ends():
    """A forward sweep over three steps has four: its start, and one for each value."""
    shown = graph("formula", step=4, forward="w")
    step, sweep = shown.controls["step"], shown.controls["sweep"]
    assert (sweep.value, step.value) == ("forward from w", 4)
    step.value = 9
    assert step.value == 4
    shown.controls["next"].click()
    assert "step 4 of 4" in shown.words
    shown.controls["back"].click()
    assert step.value == 3
    assert f"C{DOT}" not in shown.words
    sweep.value = "reverse"
    step.value = 9
    assert "step 9 of 10" in shown.words
    sweep.value = "forward from a"
    assert step.value == 4
    sweep.value = "reverse"
    shown.set({"step": 10})
    shown.set({"step": 4, "sweep": "forward from w"})  # as "start again" does
    assert "A forward sweep from w, step 4 of 4" in shown.words


def test_a_value_inside_waits_for_both_users():
    """Worked out by hand: p̄ = 7 + 6, passed on once."""
    shown, lines = graph("waiting"), []
    for step in range(5, 11):
        shown.controls["step"].value = step
        lines.append(shown.shown.said)
    assert lines == [
        f"p{BAR} = q · C{BAR} = 7 · 1 = 7",
        f"q{BAR} = p · C{BAR} = 6 · 1 = 6",
        f"p{BAR} = 7 + 1 · q{BAR} = 7 + 1 · 6 = 13",
        f"b{BAR} = 1 · q{BAR} = 1 · 6 = 6",
        f"w{BAR} = a · p{BAR} = 2 · 13 = 26",
        f"a{BAR} = w · p{BAR} = 3 · 13 = 39",
    ]
    shown.controls["step"].value = 6
    assert "1 of 2 users" in texts(shown)


@pytest.mark.parametrize("weights", [(1, 1, -1, 1, 2), (-3.2, 0.4, 2, 5, -5)])
def test_the_deltas_of_two_layers_are_those_of_backprop(weights: tuple):
    w, x, b, *ahead = weights
    net = bp.Network([1, 1, 2])
    net.w[2], net.w[3] = np.array([[w]], float), np.array([ahead], float).T
    net.b[2], net.b[3] = np.array([[b]], float), np.zeros((2, 1))
    g = bp.backprop(net, [x], [0, 1])
    shown = view.explore_two_layers(step=20)
    shown.set(dict(zip(("w", "x", "b", "w₁", "w₂"), weights, strict=True)))
    slopes = {"z₁": g.delta[3][0], "z₂": g.delta[3][1], "z": g.delta[2][0]}
    slopes |= {"w₁": g.w[3][0], "w₂": g.w[3][1], "w": g.w[2][0], "b": g.b[2][0]}
    for name, slope in slopes.items():
        bar = name[0] + BAR + name[1:]
        assert said(shown.words, bar) == pytest.approx(slope.item(), rel=6e-3, abs=1e-9)


def test_a_delta_is_named_when_its_z_has_heard_all_and_an_arrow_when_it_is_used():
    shown = view.explore_two_layers(step=8)
    assert not [text for text in texts(shown) if text.startswith(("δ", "BP"))]
    shown.controls["step"].value = 20
    assert [text.split()[0] for text in texts(shown) if text.startswith("δ")] == ["δ", "δ₁", "δ₂"]
    marks = [text for text in texts(shown) if text.startswith("BP")]
    assert {mark: marks.count(mark) for mark in marks} == {"BP1": 4, "BP2": 3, "BP3": 1, "BP4": 3}
    assert f"δ₁ = z{BAR}₁" in shown.words


def test_a_value_that_waits_has_no_delta_yet():
    shown = graph("waiting", step=6, badges={"p": "δ"})
    assert {"1 of 2 users", f"p{BAR} = 7"} <= set(texts(shown))
    assert "δ" not in shown.words
    shown.controls["step"].value = 7
    assert {"2 of 2 users", "δ = 13"} <= set(texts(shown))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"forward": "p"}, "begins at an input, got 'p'"),
        ({"badges": {"z": "δ"}}, "no value 'z'"),
        ({"marks": {("w", "q"): "BP4"}}, "no arrow ('w', 'q')"),
    ],
)
def test_what_is_not_in_the_graph_cannot_be_marked(options: dict, told: str):
    with pytest.raises(ValueError, match=re.escape(told)):
        graph("formula", **options)


def test_an_input_can_be_dragged_and_everything_follows():
    shown = graph("formula", step=10)
    knobs = {each.get("data-knob"): each for each in drawing(shown).iter() if each.get("data-knob")}
    assert set(knobs) == {"w", "a", "b"}
    assert all(float(each.get("data-x")) > 0 and each.get("aria-label") for each in knobs.values())
    shown.controls["a"].value = 3
    assert "C = 30" in texts(shown)  # (3·3 + 1)·3
    assert f"a{BAR} = 19" in texts(shown)  # 2·3·3 + 1


@pytest.mark.parametrize(
    ("steps", "values", "told"),
    [
        ({}, {"w": 1}, "at least one step"),
        (STEPS, {}, "at least one step"),
        ({"C": ("/", "w", "a")}, {"w": 1, "a": 1}, "'/' is none of"),
        ({"C": ("·", "w")}, {"w": 1}, "takes 2 inputs, got 1"),
        ({"C": ("·", "w", "w")}, {"w": 1}, "uses w twice"),
        ({"C": ("·", "w", "a")}, {"w": 1}, "'a', which does not stand before it"),
        ({"w": ("σ", "a")}, {"w": 1, "a": 1}, "'w' is computed twice"),
        ({"D": ("σ", "w")}, {"w": 1}, "places must say where 'D'"),
        ({"C": ("σ", "w")}, {"w": 6}, "from -5 to 5"),
        ({"C": ("σ", "w")}, {"w": -1e6}, "from -5 to 5"),
        ({"C": ()}, {"w": 1}, "C: '' is none of"),
        ({"step": ("σ", "w")}, {"w": 1}, "the name of a control, 'step'"),
    ],
)
def test_a_formula_that_makes_no_graph_is_refused(steps: dict, values: dict, told: str):
    with pytest.raises(ValueError, match=re.escape(told)):
        view.explore_graph(steps, values, PLACES)


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="w must be"):
        view.explore_graph({"C": ("σ", "w")}, {"w": "1"}, PLACES)


def test_an_input_that_nobody_uses_has_the_slope_zero():
    shown = view.explore_graph({"C": ("σ", "w")}, {"w": 1, "a": 2}, PLACES, step=3)
    assert said(shown.shown.aside, "∂C/∂a") == 0
