"""Both costs of an output against its answer, and softmax as bars: numbers and pictures."""

import re

import numpy as np
import pytest
from pictures import SVG, drawing, path_points

import bpcore as bp
from bpcore import view
from bpcore.view.style import number, signed, still


def by_backprop(a: float, y: float, cost: str) -> tuple[float, float]:
    """Give the cost and δ of one sigmoid neuron with that answer."""
    net = bp.Network([1, 1])
    net.w[2], net.b[2] = [[0.0]], [np.log(a / (1 - a))]
    delta = bp.backprop(net, [1.0], [y], cost=cost).delta[2].item()
    return bp.cost(net, [1.0], [y], cost=cost), delta


@pytest.mark.parametrize("a", [0.01, 0.31, 0.98])
@pytest.mark.parametrize("y", [0, 1])
def test_costs_and_deltas_are_those_of_backprop(a: float, y: float):
    widget = view.explore_costs(a, y)
    for name in ("quadratic", "cross-entropy"):
        C, delta = by_backprop(a, y, name.replace("-", "_"))
        assert f"{name.capitalize()}: C = {number(C, 3)}, δ = " in widget.words
        assert f" · {number(a * (1 - a), 3)} = {signed(delta, 3)}." in widget.words
        texts = [t.text for t in drawing(widget).iter(f"{SVG}text")]
        assert f"{name}: C = {C:.2f}, δ = {signed(delta, 3)}" in texts


def test_a_target_between_0_and_1_keeps_delta_a_minus_y():
    h = 1e-20j
    for a, y in ((0.2, 0.35), (0.7, 0.35)):
        z = np.log(a / (1 - a)) + h
        nudged = 1 / (1 + np.exp(-z))
        slope = (-(y * np.log(nudged) + (1 - y) * np.log(1 - nudged))).imag / 1e-20
        assert f"= {signed(slope, 3)}." in view.explore_costs(a, y).words
        assert slope == pytest.approx(a - y)


def test_the_dots_are_on_the_curves_and_the_balls_where_the_sliders_are():
    widget = view.explore_costs(0.5, 0.0)
    picture = drawing(widget)
    dots = [c for c in picture.iter(f"{SVG}circle") if c.get("r") == "6"]
    x = float(dots[0].get("cx"))
    assert {float(dot.get("cx")) for dot in dots} == {x}
    for i, look in ((0, "minus"), (2, "plus")):
        curves = [path_points(picture, look, k) for k in (0, 2)]  # 1 is the legend's
        heights = [np.interp(x, *curve.T) for curve in curves]
        drawn = [float(dots[i + k].get("cy")) for k in (0, 1)]
        np.testing.assert_allclose(heights, drawn, atol=0.6)
    for name, value in (("a", 0.2), ("y", 1)):
        widget.controls[name].value = value
        ball = drawing(widget).find(f".//{SVG}g[@data-knob='{name}']")
        gain = float(ball.get("data-x"))
        left = float(ball.find(f"{SVG}circle").get("cx"))
        assert (left - 52) * gain == pytest.approx(value, abs=1e-3)


def test_softmax_bars_are_the_outputs_and_delta():
    widget = view.explore_softmax((2, 1, -1), right=2)
    net = bp.Network([1, 3], output_activation="softmax")
    net.w[2], net.b[2] = np.zeros((3, 1)), np.array([[2.0], [1.0], [-1.0]])
    target = np.array([[0.0], [1.0], [0.0]])
    a = bp.forward(net, [1.0]).a[2][:, 0]
    delta = bp.backprop(net, [1.0], target, cost="cross_entropy").delta[2][:, 0]
    for row in (", ".join(f"{v:.3f}" for v in a), ", ".join(f"{v:+.3f}" for v in delta)):
        assert f"({row.replace('-', '−')})" in widget.words
    assert f"C = {number(bp.cost(net, [1.0], target, cost='cross_entropy'), 3)}." in widget.words
    bars = [r for r in drawing(widget).iter(f"{SVG}rect") if "opacity" in (r.get("style") or "")]
    widths = np.array([float(bar.get("width")) for bar in bars])
    np.testing.assert_allclose(widths[::2], 130 * a, atol=0.06)
    np.testing.assert_allclose(widths[1::2], 90 * abs(delta), atol=0.06)
    ends = [
        float(bar.get("x")) + (float(bar.get("width")) if d < 0 else 0)
        for bar, d in zip(bars[1::2], delta, strict=True)
    ]
    np.testing.assert_allclose(ends, 560, atol=0.11)
    looks = [
        (re.search(r"--bp-(\w+)", b.get("style")).group(1), b.get("height")) for b in bars[1::2]
    ]
    assert looks == [("plus", "22"), ("minus", "11"), ("plus", "22")]


def test_equal_shifts_of_all_z_change_nothing_but_the_balls():
    one, other = view.explore_softmax((1, 0, -1)), view.explore_softmax((3, 2, 1))
    assert one.words.split(": a")[1] == other.words.split(": a")[1]
    places = [
        [float(c.get("cx")) for c in drawing(w).iter(f"{SVG}circle") if "marked" in c.get("class")]
        for w in (one, other)
    ]
    np.testing.assert_allclose(np.subtract(*places[::-1]), 2 * 180 / 10)


@pytest.mark.parametrize("widget", [view.explore_costs, view.explore_softmax])
def test_they_are_finite_at_the_ends_of_their_sliders(widget):
    shown = widget()
    for name, control in shown.controls.items():
        for end in ("1", "3") if name == "right class" else (control.least, control.most):
            shown.controls[name].value = end
            assert not re.search("nan|inf|Traceback", shown.shown.picture + shown.words)
            assert "var(" not in still(shown.shown.picture)


@pytest.mark.parametrize("given", [{"a": 0}, {"a": 1}, {"y": -0.1}, {"y": 1.1}, {"a": np.nan}])
def test_an_answer_and_a_target_have_their_ranges(given):
    with pytest.raises(ValueError, match=r"answer a|target y"):
        view.explore_costs(**given)


@pytest.mark.parametrize("z", [(1, 2), (1, 2, 6), (1, 2, np.inf)])
def test_softmax_wants_three_z_in_their_range(z):
    with pytest.raises(ValueError, match="z"):
        view.explore_softmax(z)
    with pytest.raises(ValueError, match="right class"):
        view.explore_softmax(right=4)
