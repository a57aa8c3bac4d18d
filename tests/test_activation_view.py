"""The picture of an activation function: its numbers are those of formulas written out here."""

import re
from math import exp, tanh

import numpy as np
import pytest
from pictures import SVG, drawing, path_points

from bpcore import view
from bpcore.view.explorable import Explorable
from bpcore.view.style import number, still

FORMULAS = {
    "sigmoid": lambda z: 1 / (1 + exp(-z)),
    "tanh": tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: max(z, 0.01 * z),
    "elu": lambda z: z if z > 0 else exp(z) - 1,
    "linear": lambda z: z,
}
Z = [-6.0, -3.0, -1.45, -0.5, 0.05, 1.0, 2.5, 6.0]
H = 1e-6


def slope_of(name: str, z: float) -> float:
    return (FORMULAS[name](z + H) - FORMULAS[name](z - H)) / (2 * H)


def said(widget: Explorable) -> tuple[float, float]:
    numbers = re.search(r"a = (\S+), slope σ′\(z\) = (\S+)\.", widget.words).groups()
    return tuple(float(re.sub("·10.*", "", text).replace("−", "-")) for text in numbers)


def tick(widget: Explorable, text: str, i: int = 0) -> tuple[float, float]:
    """Where an axis has one of its numbers, in px."""
    found = [t for t in drawing(widget).iter(f"{SVG}text") if t.text == text]
    return float(found[i].get("x")), float(found[i].get("y")) - 5


def test_offers_every_activation_of_single_neurons():
    assert view.explore_activation().controls["activation"].options == list(FORMULAS)


@pytest.mark.parametrize("name", FORMULAS)
def test_says_activation_and_slope(name: str):
    widget = view.explore_activation(name)
    for z in Z:
        widget.controls["z"].value = z
        a, slope = FORMULAS[name](z), slope_of(name, z)
        assert said(widget)[0] == pytest.approx(a, rel=1e-3)
        if slope > 1e-3:
            assert said(widget)[1] == pytest.approx(slope, rel=1e-3, abs=1e-4)
        assert f"a = {number(a)}" in widget.shown.picture


@pytest.mark.parametrize("name", FORMULAS)
def test_draws_the_curve_the_ball_and_the_tangent_to_scale(name: str):
    widget = view.explore_activation(name, 1.0)
    (left, _), (right, _) = tick(widget, "−6"), tick(widget, "6")
    top, bottom = tick(widget, "1")[1], tick(widget, "0", 0)[1]
    per_z, per_a = (right - left) / 12, bottom - top

    def place(z: float, a: float) -> tuple[float, float]:
        return left + per_z * (z + 6), bottom - per_a * a

    for x, y in path_points(drawing(widget), "plus"):
        z = (x - left) / per_z - 6
        assert place(z, FORMULAS[name](z))[1] == pytest.approx(y, abs=0.3)
    for z in (-0.75, 0.5, 1.0):
        widget.controls["z"].value = z
        a, slope = FORMULAS[name](z), slope_of(name, z)
        ball = drawing(widget).find(f".//{SVG}g[@data-knob='z']/{SVG}circle")
        assert (float(ball.get("cx")), float(ball.get("cy"))) == pytest.approx(place(z, a), abs=0.1)
        dot = [c for c in drawing(widget).iter(f"{SVG}circle") if c.get("r") == "6"][-1]
        highest, i = ("0.25", 0) if name == "sigmoid" else ("1", 1)
        zero, top = tick(widget, "0", 2)[1], tick(widget, highest, i)[1]
        way = (zero - float(dot.get("cy"))) / (zero - top) * float(highest)
        assert way == pytest.approx(slope, abs=0.01)
        upright = drawing(widget).find(f"{SVG}line[@class='ink']")
        assert float(upright.get("y2")) - 292 == pytest.approx(float(dot.get("cy")), abs=0.1)
        dashed = [p for p in drawing(widget).iter(f"{SVG}path") if p.get("stroke-dasharray")]
        ends = np.array(re.findall(r"-?[\d.]+", dashed[0].get("d")), float).reshape(2, 2)
        way = ends[1] - ends[0]
        assert -way[1] / per_a == pytest.approx(slope * way[0] / per_z, abs=0.01)
        on_it = ends[0][1] + (place(z, a)[0] - ends[0][0]) * way[1] / way[0]
        assert on_it == pytest.approx(place(z, a)[1], abs=0.3)


def test_shades_where_a_sigmoid_is_saturated():
    widget = view.explore_activation()
    edge = np.log((1 - 0.0527864) / 0.0527864)  # where a(1 − a) = 0.05
    assert slope_of("sigmoid", edge) == pytest.approx(0.05, abs=1e-4)
    shaded = [r for r in drawing(widget).iter(f"{SVG}rect") if "bp-mark" in r.get("style", "")]
    (left, _), (right, _) = tick(widget, "−4"), tick(widget, "4")
    inner = float(shaded[0].get("x")) + float(shaded[0].get("width")), float(shaded[1].get("x"))
    for x, z in zip(inner, (-edge, edge), strict=True):
        assert (x - left) / (right - left) * 8 - 4 == pytest.approx(z, abs=0.06)
    for z, quiet in ((edge - 0.05, False), (edge + 0.05, True), (-edge - 0.05, True)):
        widget.controls["z"].value = z
        assert ("Saturated" in widget.words) == quiet


@pytest.mark.parametrize(("name", "left"), [("relu", "0"), ("leaky_relu", "0.01000")])
def test_is_honest_about_a_kink(name: str, left: str):
    widget = view.explore_activation(name, 0.0)
    assert f"the slope {left} on the left of it and 1 on the right" in widget.words
    assert f"bpcore uses {left}." in widget.words
    widget.controls["z"].value = -1.0
    assert "Off: of a small push on z, only" in widget.words
    assert "kink" not in widget.words
    widget.controls["activation"].value = "elu"
    widget.controls["z"].value = 0.0
    assert "kink" not in widget.words


def test_stays_in_its_frame_at_both_ends():
    widget = view.explore_activation()
    for name in FORMULAS:
        for z in (-6.0, 6.0):
            widget.set({"activation": name, "z": z})
            assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.words)
            assert "var(" not in still(widget.shown.picture)
            ball = drawing(widget).find(f".//{SVG}g[@data-knob='z']/{SVG}circle")
            assert 20 <= float(ball.get("cy")) <= 270
    assert "outside the picture" in widget.shown.picture  # linear, at z = 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("softmax",), "unknown name 'softmax'"),
        (("sigmoid", 9.0), "z must be from -6 to 6, got 9"),
        (("sigmoid", "high"), "z must be a"),
        (("sigmoid", float("nan")), "z"),
    ],
)
def test_refuses_what_it_cannot_show(arguments: tuple, message: str):
    with pytest.raises((TypeError, ValueError), match=message):
        view.explore_activation(*arguments)
