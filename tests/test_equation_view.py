"""What an equation takes from a network, and what it makes of it, on the drawing."""

import re
from itertools import pairwise
from math import prod

import numpy as np
import pytest
from pictures import SVG, drawing

import bpcore as bp
from bpcore import view
from bpcore.view.equation_parts import EQUATIONS, Block
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number, short

SIZES = [3, 4, 3, 2]


@pytest.fixture(scope="module")
def problem() -> tuple[bp.Network, np.ndarray, np.ndarray]:
    rng, net = np.random.default_rng(5), bp.Network(SIZES, activation="tanh", seed=5)
    for l in net.b:
        net.b[l] = rng.standard_normal(net.b[l].shape)
    return net, rng.random((3, 1)), rng.random((2, 1))


def cost_after_a_push(net: bp.Network, x, y, item: Neuron | Weight, push: float) -> float:
    """The cost when z of a neuron, or a weight, is larger by `push`: by hand, layer by layer."""
    a = x
    for l in range(2, net.L + 1):
        w, b = net.w[l].copy(), net.b[l].copy()
        if isinstance(item, Weight) and item.l == l:
            part, k = (b, 0) if item.k == 0 else (w, item.k - 1)
            part[item.j - 1, k] += push
        z = w @ a + b
        if isinstance(item, Neuron) and item.l == l:
            z[item.j - 1] += push
        a = net.sigma[l](z)
    return float(np.sum((y - a) ** 2) / 2)


ALL = [
    (equation, item)
    for equation in EQUATIONS
    for item in (
        *(Neuron(l, j) for l in (2, 3, 4) for j in range(1, SIZES[l - 1] + 1)),
        *(Weight(l, 1, k) for l in (2, 3, 4) for k in (0, 2)),
    )
]


@pytest.mark.parametrize(("equation", "item"), ALL)
def test_the_result_is_what_a_push_measures(problem, equation: str, item):
    """And an equation that does not hold for something is not shown for it."""
    sample, h = Sample(*problem), 1e-5
    belongs = EQUATIONS[equation].belongs_to(sample, item)
    is_weight = isinstance(item, Weight)
    assert (
        belongs
        == {
            "23": not is_weight,
            "BP1": not is_weight and item.l == 4,
            "BP2": not is_weight and item.l < 4,
            "BP3": is_weight and item.k == 0,
            "BP4": is_weight and item.k > 0,
        }[equation]
    )
    if not belongs:
        return
    parts = EQUATIONS[equation].parts(sample, item)
    result = parts.factors[-1][2]
    if equation == "23":
        assert result == bp.forward(*problem[:2]).a[item.l][item.j - 1, 0]
        return
    costs = [cost_after_a_push(*problem, item, push) for push in (h, -h)]
    assert result == pytest.approx((costs[0] - costs[1]) / (2 * h), abs=1e-9)


@pytest.mark.parametrize(("equation", "item"), ALL)
def test_the_factors_make_the_result(problem, equation: str, item):
    sample = Sample(*problem)
    if not EQUATIONS[equation].belongs_to(sample, item):
        return
    *ways, (_, _, result) = EQUATIONS[equation].parts(sample, item).factors
    values = [value for _, _, value in ways]
    if equation == "23":
        *terms, z = values
        assert sum(terms) == pytest.approx(z)
        assert np.tanh(z) == pytest.approx(result)
    elif any(by.startswith("Σ") for _, by, _ in ways):
        *shares, total, through = values
        assert sum(shares) == pytest.approx(total)
        assert through * total == pytest.approx(result)
    else:
        assert prod(values) == pytest.approx(result)


@pytest.mark.parametrize(("equation", "item"), ALL)
def test_the_lit_entries_of_the_matrices_make_the_result(problem, equation: str, item):
    sample = Sample(*problem)
    if not EQUATIONS[equation].belongs_to(sample, item):
        return
    parts = EQUATIONS[equation].parts(sample, item)
    lit = [part.values[part.lit] for part in parts.blocks if isinstance(part, Block)]
    made = {
        "23": lambda w, a, b, z: (w @ a + b, z),
        "BP1": lambda nabla, slope, delta: (nabla * slope, delta),
        "BP2": lambda w, turned, after, slope, delta: (w @ after * slope, delta),
        "BP3": lambda delta, slope: (delta, slope),
        "BP4": lambda delta, a, slope: (delta * a, slope),
    }[equation](*lit)
    assert made[0] == pytest.approx(made[1])
    assert made[1].size == 1
    for part, ahead in pairwise(part for part in parts.blocks if part != "transposed"):
        if ahead == "·":
            columns = part.values.shape[1]
        elif part == "·":
            assert ahead.values.shape[0] == columns


def lines(explorable) -> dict[str, bool]:
    """Which connections are lit."""
    knobs = drawing(explorable).findall(f".//{SVG}g[@data-knob]")
    return {g.get("data-knob"): g.findall(f"{SVG}line")[1].get("class") != "pale" for g in knobs}


def numbers_in(explorable, name: str) -> list[str]:
    found = drawing(explorable).findall(f".//{SVG}g[@data-for='{name}']")
    return [text.text for g in found for text in g.iter(f"{SVG}text")]


def test_only_what_the_equation_uses_is_lit():
    xor, g = bp.examples.xor_network(), bp.backprop(bp.examples.xor_network(), [1, 0], [1])
    bp2 = view.explore_equation("BP2", "H1")
    assert [name for name, is_lit in lines(bp2).items() if is_lit] == ["H1→O1"]
    assert len(lines(bp2)) == xor.n_parameters
    assert numbers_in(bp2, "H1")[1] == number(g.delta[2][0, 0], 3)
    assert numbers_in(bp2, "O1")[1] == number(g.delta[3][0, 0], 3)
    assert numbers_in(bp2, "H2") == ["H2"]
    assert numbers_in(bp2, "H1→O1") == [short(xor.w[3][0, 0])]
    bp4 = view.explore_equation("BP4", "I1→H2")
    assert numbers_in(bp4, "I1→H2")[1] == short(g.w[2][1, 0])
    assert numbers_in(bp4, "I1")[1] == "1"


def test_numbers_follow_a_dragged_line_and_another_choice():
    explorable = view.explore_equation("BP2", "H1")
    explorable.controls["H1→O1"].value = 2.0
    net = bp.examples.xor_network()
    net.w[3][0, 0] = 2.0
    delta = bp.backprop(net, [1, 0], [1]).delta
    assert explorable.words.startswith(
        "BP2: δ of a hidden neuron, H1. H1: δ = (w·δ of O1)·σ′(z) = 2·"
    )
    assert f"= {number(delta[2][0, 0])}  (BP2)" in explorable.words
    explorable.controls["of"].value = "H2"
    assert f"= {number(delta[2][1, 0])}  (BP2)" in explorable.words
    explorable.controls["input"].value = "[1, 1] → 0"
    delta = bp.backprop(net, [1, 1], [0]).delta
    assert f"= {number(delta[2][1, 0])}  (BP2)" in explorable.words
    explorable.controls["reset"].click()
    assert explorable.controls["H1→O1"].value == bp.examples.XOR_PUBLISHED["weight"]["H1→O1"]


@pytest.mark.parametrize("equation", EQUATIONS)
@pytest.mark.parametrize("matrices", [False, True])
def test_every_choice_is_drawn_with_all_sliders_at_their_ends(problem, equation, matrices):
    explorable = view.explore_equation(equation, "", *problem, matrices=matrices)
    assert len(explorable.controls["of"].options) > 1
    for choice in explorable.controls["of"].options:
        explorable.controls["of"].value = choice
        assert choice in explorable.words
    sliders = {n: c for n, c in explorable.controls.items() if "→" in n}
    for end in ("least", "most"):
        explorable.set({name: getattr(slider, end) for name, slider in sliders.items()})
        assert not re.search("nan|inf", explorable.shown.picture)
        drawing(explorable)


def test_a_pale_line_shows_its_weight_once_it_is_moved(problem):
    explorable = view.explore_equation("BP2", "H2.1", *problem)
    assert numbers_in(explorable, "B1→H2.1") == []
    explorable.controls["B1→H2.1"].value = 8.0
    assert numbers_in(explorable, "B1→H2.1") == ["B1→H2.1 +8"]
    assert not lines(explorable)["B1→H2.1"]


def test_what_cannot_be_chosen_is_not_offered():
    alone = view.explore_equation("BP1")
    assert "of" not in alone.controls
    assert "O1" in alone.words
    assert 'data-set="of"' not in alone.shown.picture
    one_sample = view.explore_equation("BP2", "", bp.Network([2, 2, 1]), [1, 0], [1])
    assert "input" not in one_sample.controls


def test_the_transpose_is_the_block_turned(problem):
    parts = EQUATIONS["BP2"].parts(Sample(*problem), Neuron(2, 3))
    w, turned = parts.blocks[0], parts.blocks[2]
    assert w.values.shape == (3, 4)
    assert turned.values.shape == (4, 3)
    assert (turned.lit == w.lit.T).all()
    assert (turned.values[2] == w.values[:, 2]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("BP5",), "unknown equation 'BP5'"),
        (("BP2", "O1"), "unknown of 'O1'; known are 'H1', 'H2'"),
        (("BP4", "B1→H1"), "unknown of 'B1→H1'"),
        (("BP1", "", bp.Network([2, 2]), [1, 0]), "give net, x and y, or none"),
        (("BP2", "", bp.Network([2, 7, 1]), [1, 0], [1]), "cannot be drawn legibly"),
        (
            ("BP1", "", bp.Network([2, 2], output_activation="softmax"), [1, 0], [1, 0]),
            "outputs are softmax",
        ),
        (("BP2", "", bp.Network([2, 1]), [1, 0], [1]), "BP2 holds for nothing in a network of"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        view.explore_equation(*arguments)
