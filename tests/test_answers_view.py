"""Squares of answers, the penalty, sums of shares, panels of curves: numbers and pictures."""

import re

import numpy as np
import pytest
from matplotlib import pyplot as plt
from pictures import SVG, drawing, path_points

import bpcore as bp
from bpcore import view
from bpcore.view import curves_figure
from bpcore.view.style import signed, still

XOR = bp.examples.xor_data()
TASK = np.array([[-0.5, 0.5, 0.9], [0.5, 0.5, -0.9]]), np.array([[0.0, 1.0, 1.0]])
NEW = np.array([[-0.9, 0.1], [-0.9, 0.9]]), np.array([[1.0, 0.0]])


def constant(answer: float) -> bp.Network:
    net = bp.Network([2, 1])
    net.w[2], net.b[2] = [[0, 0]], [np.log(answer / (1 - answer))]
    return net


def circles(picture) -> list[tuple[float, float, bool]]:
    found = [c for c in picture.iter(f"{SVG}circle") if c.get("class") == "shape"]
    return [(float(c.get("cx")), float(c.get("cy")), bool(c.get("style"))) for c in found]


# Squares of answers


def test_each_square_tells_the_error_of_its_network():
    rows = {"before": [constant(0.5), constant(0.9)], "after": [constant(0.2), constant(0.25)]}
    shown = view.show_answers(rows, ["one", "two"], *XOR)
    errors = {0.5: "0.250", 0.9: "0.410", 0.2: "0.340", 0.25: "0.312"}
    assert shown.words == (
        f"before: errors one {errors[0.5]}, two {errors[0.9]}. "
        f"after: errors one {errors[0.2]}, two {errors[0.25]}."
    )
    texts = [t.text for t in drawing(shown).iter(f"{SVG}text")]
    assert [t for t in texts if t.startswith("error")] == [f"error {e}" for e in errors.values()]
    assert not shown.controls


def test_a_square_has_its_samples_where_they_are_with_a_dot_for_the_target_1():
    shown = view.show_answers({"": [constant(0.5)]}, ["one"], *XOR)
    places = circles(drawing(shown))
    assert [dot for *_, dot in places] == [True, False, True, False]
    (x_0, y_0, _), (x_1, y_1, _) = places[1], places[3]  # (0, 0) and (1, 1)
    assert x_1 - x_0 == y_0 - y_1 == pytest.approx(84 / 1.4)


def test_a_square_is_solid_above_one_half_and_striped_below():
    for answer, colour in ((0.9, "plus"), (0.1, "minus")):
        picture = view.show_answers({"": [constant(answer)]}, ["one"], *XOR).shown.picture
        fills = set(re.findall(r"fill: var\(--bp-(plus|minus)\)", picture))
        heights = set(re.findall(r"h84v(\d)h-84z", picture))
        assert (fills, heights) == ({colour}, {"7" if answer > 0.5 else "5"})
        assert "var(" not in still(picture)


@pytest.mark.parametrize("columns", [[], ["a", "b"], list("abcdefgh")])
def test_squares_and_columns_must_fit(columns):
    with pytest.raises(ValueError, match="expected"):
        view.show_answers({"row": [constant(0.5)]}, columns, *XOR)
    with pytest.raises(ValueError, match="expected a row"):
        view.show_answers({}, ["one"], *XOR)


# The penalty


def penalty(l2: float = 0.3):
    nets = {0: constant(0.999), 0.3: constant(0.6), 3: constant(0.5)}
    return view.explore_penalty(nets, TASK, NEW, l2=l2)


def test_the_penalty_tells_costs_without_the_penalty_and_shares():
    cost_seen = -np.log([0.4, 0.6, 0.6]).mean()
    cost_new = -np.log([0.6, 0.4]).mean()
    assert penalty().words == (
        f"λ = 0.3: training samples: cost {cost_seen:.2f}, 67% right; "
        f"new samples: cost {cost_new:.2f}, 50% right."
    )


def test_the_penalty_follows_its_slider_and_keeps_the_left_square():
    widget = penalty()
    texts = {}
    for strength in ("0", "0.3", "3"):
        widget.controls["λ"].value = strength
        texts[strength] = [t.text for t in drawing(widget).iter(f"{SVG}text")]
        assert f"λ = {strength}: " in widget.words
        assert texts[strength].count("λ = 0") == (4 if strength == "0" else 2)
        assert not re.search("nan|inf", widget.shown.picture)
        assert "var(" not in still(widget.shown.picture)
    assert texts["3"].count("λ = 3") == 2


def test_the_curves_of_the_penalty_are_the_costs():
    widget = penalty()
    curve = path_points(drawing(widget), "plus")
    costs = [-np.log([c, 1 - c]).mean() for c in (0.999, 0.6, 0.5)]
    heights = np.log10(costs)
    drawn = (curve[0, 1] - curve[1:, 1]) / (curve[0, 1] - curve[2, 1])
    np.testing.assert_allclose(
        drawn, (heights[1:] - heights[0]) / (heights[2] - heights[0]), atol=0.01
    )
    knob = drawing(widget).find(f".//{SVG}g[@data-knob='λ']")
    gain = float(knob.get("data-x"))  # in stops of the slider
    assert gain * (curve[2, 0] - curve[0, 0]) == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("strengths", [(0.1, 1), (0, 1, 0.3), (0,)])
def test_the_penalty_wants_rising_strengths_from_0(strengths):
    with pytest.raises(ValueError, match="from 0 upwards"):
        view.explore_penalty({s: constant(0.5) for s in strengths}, TASK, NEW)


def test_the_penalty_begins_with_one_of_its_strengths():
    with pytest.raises(ValueError, match="must be one of"):
        penalty(l2=1)


# A sum of shares

SHARES = np.random.default_rng(0).normal((0.2, -0.1), 1, (24, 2))


def arrows(widget) -> np.ndarray:
    """Read the start of each machine's arrow, and the end of the last, from the drawing."""
    turned = [g.get("transform") for g in drawing(widget).iter(f"{SVG}g")]
    starts = [re.findall(r"[-\d.]+", t)[:2] for t in turned if t and "rotate" in t]
    ball = drawing(widget).find(f".//{SVG}circle[@r='7']")
    return np.array([*starts, [ball.get("cx"), ball.get("cy")]], float)


def test_whoever_adds_the_shares_and_in_whatever_order_delta_is_the_same():
    widget = view.explore_sum(SHARES, ("a", "b"))
    assert widget.shown.said == widget.words  # one machine has one sum
    total = f"Δ = ({signed(SHARES.sum(0)[0], 3)}, {signed(SHARES.sum(0)[1], 3)})"
    ends, walks = set(), set()
    for machines in (1, 3, 6):
        widget.controls["machines"].value = machines
        for _ in range(60):
            widget.controls["another order"].click()
            assert total in widget.words
            ends.add(tuple(arrows(widget)[-1]))
            walks.add(re.search(r'd="M[^"]*L[^"]*"', widget.shown.picture).group())
            assert len(arrows(widget)) == machines + 1
    assert len(ends) == 1
    assert len(walks) == 50


def test_each_machine_adds_its_own_part():
    widget = view.explore_sum(SHARES, ("a", "b"))
    widget.controls["machines"].value = 4
    places = arrows(widget)
    sums = [SHARES[6 * k : 6 * k + 6].sum(axis=0) for k in range(4)]
    scale = (places[-1] - places[0]) / SHARES.sum(axis=0)
    np.testing.assert_allclose(np.diff(places, axis=0), sums * scale, atol=0.11)
    assert scale[0] == pytest.approx(-scale[1], rel=0.01)  # vectors keep their angles
    assert widget.shown.said.count(" + (") == 3
    width, height = 660, 374
    assert (places > 0).all()
    assert (places < (width, height)).all()


def test_shares_that_cancel_or_vanish_are_drawn():
    for shares in (np.zeros((6, 2)), np.tile([[1, -1], [-1, 1]], (3, 1))):
        widget = view.explore_sum(shares, ("a", "b"))
        assert "Δ = (0, 0)" in widget.words
        assert not re.search("nan|inf", widget.shown.picture)


@pytest.mark.parametrize("shape", [(5, 2), (6, 3), (12,)])
def test_shares_have_two_columns_and_there_are_some(shape):
    with pytest.raises(ValueError, match="expected shares of shape"):
        view.explore_sum(np.ones(shape), ("a", "b"))


# Panels of curves


def test_curves_are_drawn_as_given_and_differ_in_colour_and_dash(monkeypatch):
    shown = []
    monkeypatch.setattr(curves_figure, "show_figure", lambda *given: shown.append(given))
    runs = np.array([[1.0, 2.0], [3.0, 4.0]])
    panels = {
        "left": {"one": ([0, 1], runs), "two": ([0, 1], [5, 6])},
        "right": {"one": ([0, 1], runs)},
    }
    view.show_curves(panels, ["epoch", "s"], "cost", "words", log="y", y_range=(0.5, 9))
    ((figure, alt),) = shown
    plt.close(figure)
    left, right = figure.axes
    assert (alt, left.get_title(), right.get_xlabel()) == ("words", "left", "s")
    assert (left.get_yscale(), left.get_xscale(), left.get_ylim()) == ("log", "linear", (0.5, 9))
    drawn = [line.get_ydata() for line in left.lines]
    np.testing.assert_array_equal(drawn, [*runs, [5, 6]])
    looks = [(line.get_color(), line.get_linestyle()) for line in left.lines]
    assert looks[0] == looks[1] != looks[2]
    assert looks[0][1] != looks[2][1]
