"""Explorables on two axes: their numbers are bpcore's, whatever their controls say."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import combinations

import numpy as np
import pytest
from pictures import SVG, drawing, path_points, way_to_a_knob

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Choice, Control, Explorable, Kept, Slider
from bpcore.view.style import number

MODULES = (
    "axes, curve_picture, curve_sliders, depth_sliders, epsilon_slider, price_sliders, rate_slider"
)


def descend(w: float, rate: float, steps: int) -> list[float]:
    path, curve = [w], bp.examples.error_curve()
    while len(path) <= steps and -2 <= path[-1] <= 3:
        path.append(path[-1] - rate * float(curve.slope(path[-1])))
    return path


def price(sizes: list[int]) -> tuple[float, float]:
    n = sum(k * (j + 1) for k, j in zip(sizes[1:], sizes, strict=False))
    return 1e-5 + 1e-9 * n, n * (4e-6 + 4e-10 * n)


def costs_with(lr: float) -> list[float]:
    x, y = bp.examples.xor_data()
    return bp.train(bp.examples.xor_network(), x, y, optimizer=bp.SGD(lr), epochs=50).cost


def deep(hidden: int, activation: str, scale: float) -> bp.Network:
    net = bp.Network([4] * (hidden + 1) + [1], activation=activation)
    for l in net.w:
        net.w[l] = scale * net.w[l]
    return net


def sizes_of(net: bp.Network) -> np.ndarray:
    x = np.random.default_rng(1).standard_normal((4, 3))
    delta, a = bp.backprop(net, x, np.ones((1, 3))).delta, bp.forward(net, x).a
    layers = range(2, net.L + 1)
    found = [delta[l] for l in layers], [a[l] - a[l][:, :1] for l in layers], [a[l] for l in layers]
    return np.array([[np.linalg.norm(of) for of in each] for each in found])


VIEWS = {
    "slope": lambda: view.explore_slope(bp.examples.error_curve()),
    "descent": lambda: view.explore_descent(bp.examples.error_curve(), descend),
    "epsilon": lambda: view.explore_epsilon(bp.examples.xor_network(), [1, 0], [1]),
    "price": lambda: view.explore_price(price),
    "rate": lambda: view.explore_learning_rate(costs_with),
    "depth": lambda: view.explore_depth(deep, sizes_of),
}
every_view = pytest.mark.parametrize("widget", [make() for make in VIEWS.values()], ids=VIEWS)


def extremes(control: Control) -> tuple:
    if isinstance(control, Choice):
        return control.options[0], control.options[-1]
    if isinstance(control, Kept):
        return False, True
    return control.least, control.most


def place(control: Control) -> float:
    if isinstance(control, Slider):
        return control.scale(control.value)
    return control.options.index(control.value)


def knob(widget: Explorable) -> ElementTree.Element:
    (found,) = (each for each in drawing(widget).iter() if each.get("data-knob"))
    return found


def ball(widget: Explorable) -> np.ndarray:
    *_, circle = knob(widget).iter(f"{SVG}circle")
    return np.array([float(circle.get("cx")), float(circle.get("cy"))])


@every_view
def test_a_knob_stays_under_the_pointer(widget: Explorable):
    """The way of the ball from one end of a slider to the other, times its gain, is its range."""
    named = {"x": knob(widget).get("data-knob"), "y": knob(widget).get("data-knob-y")}
    assert knob(widget).get("aria-label")
    for i, (axis, name) in enumerate(named.items()):
        if name is None:
            continue
        control, first = widget.controls[name], widget.controls[name].value
        ends = []
        for end in extremes(control):
            control.value = end
            ends.append((ball(widget)[i], place(control)))
        (from_px, from_place), (to_px, to_place) = ends
        gain = float(knob(widget).get(f"data-{axis}"))
        assert (to_px - from_px) * gain == pytest.approx(to_place - from_place, rel=1e-3)
        assert abs(to_px - from_px) > 90
        control.value = first


@every_view
def test_the_way_to_a_knob_in_the_markup_never_changes(widget: Explorable):
    """Or the browser would replace what the reader holds."""
    for control in widget.controls.values():
        first, at_first = control.value, way_to_a_knob(drawing(widget))
        for end in extremes(control):
            control.value = end
            assert way_to_a_knob(drawing(widget)) == at_first
        control.value = first


@every_view
def test_at_the_ends_of_every_control_all_is_finite_and_no_labels_touch(widget: Explorable):
    for control in widget.controls.values():
        first = control.value
        for end in extremes(control):
            control.value = end
            assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.words)
            boxes = [box(text) for text in drawing(widget).iter(f"{SVG}text") if is_level(text)]
            for (left, right, y, said), other in combinations(boxes, 2):
                apart = right < other[0] or other[1] < left or abs(y - other[2]) >= 14
                assert apart, (said, other[3])
                assert 0 <= left < right <= 660, said
        control.value = first


def is_level(text: ElementTree.Element) -> bool:
    return not text.get("transform")


def box(text: ElementTree.Element) -> tuple[float, float, float, str]:
    """Its left, right, and baseline, in px, and what it says."""
    x, width, said = float(text.get("x")), 7.5 * len(text.text), text.text
    if "end" in text.get("style", ""):
        return x - width, x, float(text.get("y")), said
    is_left = "left" in text.get("class", "") or "start" in text.get("style", "")
    left = x if is_left else x - width / 2
    return left, left + width, float(text.get("y")), said


def test_the_pictures_need_neither_a_widget_nor_matplotlib():
    script = (
        f"import sys; from bpcore.view import {MODULES}; "
        "assert not {'ipywidgets', 'anywidget', 'matplotlib', 'IPython'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("w", [0.0, 1.4, 2.195, 3.0])
def test_slope_explorer_says_slope_and_sign_rule(w: float):
    curve = bp.examples.error_curve()
    widget = view.explore_slope(curve, 1.0)
    widget.controls["w"].value = w
    slope = float(curve.slope(w))
    assert f"slope {number(slope)}" in widget.words
    advice = "almost zero" if abs(slope) < 0.1 else "turn w up" if slope < 0 else "turn w down"
    assert advice in widget.words


def test_slope_explorer_asks_before_it_tells():
    widget = view.explore_slope(bp.examples.error_curve(), 1.4)
    asked = widget.words
    assert asked.startswith("At w = 1.4")
    assert not re.search("negative|slope|falls", asked)
    assert not tangents(widget)
    widget.controls["w"].value = 1.5
    assert "slope" in widget.words
    assert widget.shown.said in ("", widget.words)
    assert tangents(widget)
    widget.controls["w"].value = 1.4
    assert "slope −0.5622, negative" in widget.words
    assert widget.shown.said == asked
    assert tangents(widget)
    widget.set({"w": 1.4, "moved": False})  # as "start again" does
    assert widget.words == asked
    assert not tangents(widget)


def tangents(widget: Explorable) -> list[ElementTree.Element]:
    return [p for p in drawing(widget).iter(f"{SVG}path") if p.get("class") == "minus"]


@pytest.mark.parametrize(
    ("start", "rate", "verdict"),
    [
        (1.4, 0.01, "The lowest point"),
        (-1.9, 0.01, "A valley, but not the lowest: that is near w = 2.19"),
        (0.1, 0.01, "Nearly level, so it is very slow here, but this is no valley"),
        (1.355, 0.001, "Nearly level, so it is very slow here, but this is no valley"),
        (1.4, 0.001, "Not level yet"),
        (2.9, 0.01, "left the picture"),
    ],
)
def test_descent_explorer_tells_what_happened(start: float, rate: float, verdict: str):
    curve = bp.examples.error_curve()
    widget = view.explore_descent(curve, descend, start=start, learning_rate=rate, steps=100)
    assert verdict in widget.words


def test_descent_starts_at_the_ball_and_counts_its_steps():
    curve = bp.examples.error_curve()
    widget = view.explore_descent(curve, descend, start=1.4, steps=1)
    after = 1.4 - 0.01 * float(curve.slope(1.4))
    assert widget.words.startswith(f"After 1 step: w = {number(after)}.")
    widget.controls["start"].value = -1.0
    assert ball(widget)[0] == pytest.approx(path_points(drawing(widget), "ink")[0, 0], abs=0.1)
    widget.controls["steps"].value = 0
    assert widget.words.startswith("After 0 steps: w = −1.")


def test_the_tangent_stays_between_the_axes():
    widget = view.explore_slope(bp.examples.error_curve())
    for w in (0.0, 0.7, 2.1, 2.55, 3.0):
        widget.controls["w"].value = w
        curve, tangent = (path_points(drawing(widget), of) for of in ("plus", "minus"))
        assert curve[:, 0].min() <= tangent[:, 0].min() < tangent[:, 0].max() <= curve[:, 0].max()
        assert (tangent[:, 1] >= 20 - 0.05).all()  # px of e = 7, and of 0
        assert (tangent[:, 1] <= 324 + 0.05).all()
        (x, y), (x_end, y_end) = tangent
        px_of_one = 588 / 3, 304 / 7
        lean = (y - y_end) / px_of_one[1] / ((x_end - x) / px_of_one[0])
        slope = float(bp.examples.error_curve().slope(w))
        assert lean == pytest.approx(slope, rel=0.02, abs=0.02)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0 µs"),
        (4.12e-5, "41 µs"),
        (0.0041, "4.1 ms"),
        (59.9, "1.0 min"),
        (3600 * 2.5, "2.5 h"),
        (86400 * 400, "1.1 years"),
        (3.156e7 * 12345, "12346 years"),
        (3.156e7 * 3e7, "3.0·10⁷ years"),
    ],
)
def test_duration(seconds: float, written: str):
    assert view.duration(seconds) == written


def test_price_explorer_asks_for_the_shown_network_and_tells_both_prices():
    asked = []

    def price(sizes):
        asked.append(list(sizes))
        return 0.002, 7200.0

    widget = view.explore_price(price)
    assert asked[-1] == [999, 999, 1]
    assert "1,000,000 parameters" in widget.words
    widget.controls["hidden layers"].value = 3
    widget.controls["width"].value = "10"
    assert asked[-1] == [10, 10, 10, 10, 1]
    for word in ("341 parameters", "2 ms", "2 h", "3.6·10⁶ times"):
        assert word in widget.words
    numerical, backprop = (float(dot.get("cx")) for dot in drawing(widget).findall(f"{SVG}circle"))
    labels = {text.text: float(text.get("x")) for text in drawing(widget).iter(f"{SVG}text")}
    assert labels["1 h"] < numerical < labels["1 day"]
    assert labels["1 ms"] < backprop < labels["1 s"]


def test_price_explorer_draws_a_bar_for_each_layer():
    widget = view.explore_price(price)
    widget.controls["hidden layers"].value = 3
    heights = [float(bar.get("height")) for bar in drawing(widget).findall(f".//{SVG}g/{SVG}rect")]
    assert len(heights) == 5
    assert len(set(heights[:4])) == 1
    assert heights[4] < heights[0]


def test_learning_rate_explorer_draws_the_costs_of_the_rate():
    asked = []

    def costs_with(lr):
        asked.append(lr)
        return [1.0, 0.1, 0.01 / lr]

    widget = view.explore_learning_rate(costs_with, lr=1.0)
    assert "0.01000 after 2 epochs" in widget.words
    heights = path_points(drawing(widget), "plus")[:, 1]
    assert np.diff(heights)[0] == pytest.approx(np.diff(heights)[1], abs=0.2)  # decades
    widget.controls["lr"].value = 20.0
    assert asked[-1] == pytest.approx(20)
    assert "η = 20: the cost starts at 1, is at most 1, and 0.0005000 after" in widget.words
    widget.controls["lr"].value = 1.0
    assert len(set(asked)) == len(asked)  # once each


def test_learning_rate_explorer_keeps_a_cost_that_explodes_inside_its_axes():
    widget = view.explore_learning_rate(lambda lr: [0.1, 7.0 if lr == 20 else 0.1])
    widget.controls["lr"].value = 20.0
    assert path_points(drawing(widget), "plus")[1, 1] == 20  # px, the upper end of the axis
    assert "is at most 7," in widget.words


def test_learning_rate_explorer_shows_a_zigzag_of_every_rate():
    costs = np.where(np.arange(501) % 2, 1.0, 1e-4)
    picture = drawing(view.explore_learning_rate(lambda lr: costs))
    turns = [np.abs(np.diff(path_points(picture, "plus")[:, 1])) > 150]
    behind = [p for p in picture.iter(f"{SVG}path") if p.get("d").count("L") > 100]
    assert len(behind) == 8
    for line in behind[:-1]:
        numbers = re.findall(r"-?[\d.]+", line.get("d"))
        turns.append(np.abs(np.diff(np.array(numbers, float)[1::2])) > 150)
    assert turns[0].all()
    assert all(turn.sum() > 90 for turn in turns)


def test_learning_rate_explorer_first_shows_a_rate_that_learns_among_others():
    x, y = bp.examples.xor_data()

    def costs_with(lr):
        return bp.train(bp.examples.xor_network(), x, y, optimizer=bp.SGD(lr), epochs=500).cost

    widget = view.explore_learning_rate(costs_with)
    assert f"and {number(costs_with(10.0)[-1])} after 500 epochs" in widget.words
    assert costs_with(10.0)[-1] < 0.01 * costs_with(10.0)[0]
    names = [t.text for t in drawing(widget).iter(f"{SVG}text") if t.text.startswith("η = ")]
    rates = [float(name.removeprefix("η = ")) for name in names]
    ends = [costs_with(rate)[-1] for rate in rates]
    assert len(rates) == 7
    assert ends == sorted(ends, reverse=True)  # as the curves lie


def given_sizes(factor: float, spread: float = 1.0):
    """δ grows by a factor from layer to layer on the way back, the spread on the way forward."""

    def sizes_of(net: bp.Network) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        layers = np.arange(2, net.L + 1)
        return factor ** (net.L - layers), spread ** (layers - 2.0), np.ones(len(layers))

    return sizes_of


@pytest.mark.parametrize(
    ("factor", "verdict"), [(0.5, "vanishes"), (0.7, "changes by less"), (2.0, "explodes")]
)
def test_depth_explorer_says_whether_delta_vanishes_or_explodes(factor, verdict):
    """Over nine layers: a factor of 0.5⁸ = 1/256, 0.7⁸ = 1/17, 2⁸ = 256 in all."""
    widget = view.explore_depth(lambda *_: bp.Network([2] * 11 + [1]), given_sizes(factor))
    assert f"δ {verdict}" in widget.words


def test_depth_explorer_tells_the_factor_from_layer_to_layer():
    asked = []

    def make(hidden, activation, scale):
        asked.append((hidden, activation, scale))
        return bp.Network([2] * (hidden + 1) + [1], activation=activation)

    widget = view.explore_depth(make, given_sizes(0.5, 0.25))
    widget.controls["hidden layers"].value = 10
    widget.controls["activation"].value = "relu"
    widget.controls["weight scale"].value = 3.0
    assert asked[-1] == (10, "relu", 3.0)
    words = widget.words
    assert "10 hidden layers of relu, weight scale 3." in words
    assert "δ vanishes, times 0.50 from layer to layer" in words
    assert f"from 0.50 in the last hidden layer to {number(0.5**10, 2)} in layer 2" in words
    assert f"from 1 in layer 2 to {number(0.25**9, 2)} in the last hidden layer." in words
    assert (np.diff(path_points(drawing(widget), "plus")[:, 1]) < 0).all()  # up, to the output
    spread = path_points(drawing(widget), "minus")
    assert (np.diff(spread[:, 1]) > 0).all()
    slopes = np.diff(path_points(drawing(widget), "plus")[:, 1]), np.diff(spread[:, 1])
    assert np.allclose(-2 * slopes[0], slopes[1], atol=0.21)  # of log ½ and log ¼, one decimal each


def test_depth_explorer_says_from_which_layer_on_the_spread_is_rounding():
    """10⁻¹⁵ is below ten roundings of 1, 1.1·10⁻¹⁵; 10⁻¹⁴ is not."""
    widget = view.explore_depth(lambda *_: bp.Network([2] * 21 + [1]), given_sizes(1.0, 0.1))
    assert "to the rounding of a, and from layer 17 on little else is left of it." in widget.words
    assert len(path_points(drawing(widget), "minus")) == 15  # layers 2 to 16: no noise is drawn
    widget = view.explore_depth(lambda *_: bp.Network([2] * 15 + [1]), given_sizes(1.0, 0.1))
    assert "rounding" not in widget.words


def test_depth_explorer_draws_what_has_died_out_and_the_smallest_network():
    def dead(net):
        return [np.zeros(net.L - 1)] * 3

    widget = view.explore_depth(lambda *_: bp.Network([2, 2, 2, 1]), dead)
    assert "nan" not in widget.shown.picture + widget.words


def test_depth_explorer_draws_exact_zeros_on_the_floor_and_leaves_them_out_of_the_range():
    def sizes_of(net):
        spread = np.array([1.0, 1e-3, 0.0, 0.0])
        return np.array([1e-2, 1e-1, 1.0, 1.0]), spread, np.ones(4)

    widget = view.explore_depth(lambda *_: bp.Network([2] * 4 + [1]), sizes_of)
    spread = path_points(drawing(widget), "minus")[:, 1]
    assert spread[2:] == pytest.approx(324)  # px, the lower end of the axis
    assert spread[0] < spread[1] < 324
    ticks = {text.text for text in drawing(widget).iter(f"{SVG}text")}
    assert {"10⁻²⁰", "10⁻⁵"} < ticks
    assert "to 0 in the last hidden layer" in widget.words


def test_depth_explorer_offers_kinds_of_layers():
    kinds = {"plain": given_sizes(0.5), "residual": given_sizes(1.0)}
    widget = view.explore_depth(lambda *_: bp.Network([2] * 11 + [1]), kinds)
    assert "plain hidden layers of sigmoid" in widget.words
    assert "δ vanishes" in widget.words
    widget.controls["layers"].value = "residual"
    assert "residual hidden layers of sigmoid" in widget.words
    assert "δ changes by less" in widget.words
