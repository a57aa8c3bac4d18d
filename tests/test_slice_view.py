"""The plane through three networks' weights: its numbers against bpcore, and the ball on it."""

import re
import xml.etree.ElementTree as ElementTree
from copy import deepcopy

import numpy as np
import pytest
from pictures import SVG, drawing, way_to_a_knob

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Explorable
from bpcore.view.style import number

X, Y = bp.examples.xor_data()


def trained(seed: int, epochs: int = 30) -> bp.Network:
    net = bp.Network([2, 2, 1], seed=seed)
    bp.train(net, X, Y, optimizer=bp.SGD(2.0), epochs=epochs)
    return net


PLACES = {"first": trained(1), "second": trained(2), "third": trained(3)}


@pytest.fixture
def widget() -> Explorable:
    return view.explore_slice(PLACES, X, Y)


def row(of) -> np.ndarray:
    return np.hstack([of.w[2].ravel(), of.b[2].ravel(), of.w[3].ravel(), of.b[3].ravel()])


def network(theta: np.ndarray) -> bp.Network:
    net = bp.Network([2, 2, 1])
    net.w[2], net.b[2] = theta[:4].reshape(2, 2), theta[4:6]
    net.w[3], net.b[3] = theta[6:8].reshape(1, 2), theta[8:]
    return net


def plane() -> tuple[np.ndarray, np.ndarray]:
    """The middle of the first two, and two directions, by QR."""
    first, second, third = (row(net) for net in PLACES.values())
    q, r = np.linalg.qr(np.array([second - first, third - first]).T)
    return (first + second) / 2, (q * np.sign(np.diag(r))).T


def at(across: float, up: float) -> np.ndarray:
    middle, directions = plane()
    return middle + np.array([across, up]) @ directions


def test_the_three_networks_are_on_the_plane_at_their_distances(widget):
    first, second, third = (row(net) for net in PLACES.values())
    half = np.linalg.norm(second - first) / 2
    for name, across in (("first", -half), ("second", half)):
        cost = number(bp.cost(PLACES[name], X, Y), 2)
        assert f"{name} at ({number(across, 3)}, 0) with C = {cost}" in widget.words
    place = plane()[1] @ (third - (first + second) / 2)
    assert f"third at ({number(place[0], 3)}, {number(place[1], 3)})" in widget.words
    assert [widget.controls[c].value for c in ("across", "up")] == pytest.approx([-half, 0])


def test_the_cost_on_the_dashed_way_is_drawn_as_far_as_the_ball_has_come(widget):
    first, second, _ = (row(net) for net in PLACES.values())
    half = np.linalg.norm(second - first) / 2

    def profile() -> list[list[float]]:
        *_, line = drawing(widget).findall(f".//{SVG}path[@class='minus']")
        return [[float(n) for n in at.split()] for at in line.get("d")[1:].split("L")]

    def drawn_cost() -> float:
        return bottom - profile()[-1][1]

    bottom = 184 + 70  # px, of the profile
    widget.set({"across": half, "up": 0.0})
    whole, at_the_end = len(profile()), drawn_cost()
    widget.set({"across": -0.6 * half, "up": 0.0})
    assert whole > 1.8 * len(profile()) - 3
    here = network(0.8 * first + 0.2 * second)
    ratio = bp.cost(here, X, Y) / bp.cost(PLACES["second"], X, Y)
    assert drawn_cost() / at_the_end == pytest.approx(ratio, abs=0.003)
    widget.set({"across": 0.0, "up": 1.0})
    assert len(drawing(widget).findall(f".//{SVG}circle[@r='5']")) == 0


@pytest.mark.parametrize("place", [(0.0, 0.0), (1.3, -0.4), (-2.0, 1.0)])
def test_the_numbers_at_the_ball_are_those_of_the_network_there(widget, place):
    widget.set({"across": place[0], "up": place[1]})
    net = network(at(*place))
    g = row(bp.backprop(net, X, Y))
    share = np.linalg.norm(plane()[1] @ g) / np.linalg.norm(g)
    said = widget.shown.said
    assert f"C = {number(bp.cost(net, X, Y), 3)}, |∇C| = {number(np.linalg.norm(g), 2)}," in said
    assert f"of which {share:.0%} lies in the plane. It is 0.00 off the plane." in said
    assert "0 steps" in said


@pytest.mark.parametrize("rolls", ["within the plane", "with all weights"])
def test_a_descent_is_gradient_descent_and_says_how_far_it_is_off_the_plane(widget, rolls):
    widget.set({"rolls": rolls, "across": 0.5, "up": 0.5})
    middle, directions = plane()
    theta = at(0.5, 0.5)
    for _ in range(5):
        g = row(bp.backprop(network(theta), X, Y))
        g = directions.T @ (directions @ g) if rolls.startswith("within") else g
        theta = theta - 2.0 * g
        widget.controls["step"].click()
    place = directions @ (theta - middle)
    assert [widget.controls[c].value for c in ("across", "up")] == pytest.approx(list(place))
    off = np.linalg.norm(theta - middle - directions.T @ place)
    assert f"after 5 steps {rolls}" in widget.shown.said
    assert f"{off:.2f} off the plane" in widget.shown.said
    assert f"C = {number(bp.cost(network(theta), X, Y), 3)}," in widget.shown.said
    assert (off > 0.01) == (rolls == "with all weights")


def test_a_ball_that_is_dragged_away_is_on_the_plane_again(widget):
    widget.controls["rolls"].value = "with all weights"
    for _ in range(5):
        widget.controls["step"].click()
    widget.controls["across"].value += 1
    assert "0 steps" in widget.shown.said
    assert "0.00 off" in widget.shown.said


def test_it_rolls_until_it_is_level_or_at_the_edge(widget):
    widget.set({"rolls": "with all weights"})
    roll = widget.controls["roll"]
    roll.value, pictures = True, 0
    while roll.value:
        roll.tick()
        pictures += 1
        assert pictures < 1000
    steps = int(re.search(r"after (\d+) steps", widget.shown.said).group(1))
    assert 20 * (pictures - 1) <= steps <= 20 * pictures
    assert len(widget.controls["descent"].value[2]) < 300  # the browser keeps it


def test_contour_labels_are_costs_where_they_stand(widget):
    box = next(p for p in drawing(widget).iter(f"{SVG}path") if "h392v294" in p.get("d"))
    left, top = map(float, re.findall(r"[\d.]+", box.get("d"))[:2])
    ends = [(c.least, c.most) for c in (widget.controls["across"], widget.controls["up"])]
    found = 0
    for text in drawing(widget).iter(f"{SVG}text"):
        if text.get("class") == "muted halo":
            x = (float(text.get("x")) - left) / 392
            y = 1 - (float(text.get("y")) - 5 - top) / 294
            place = [low + s * (high - low) for s, (low, high) in zip((x, y), ends, strict=True)]
            assert bp.cost(network(at(*place)), X, Y) == pytest.approx(float(text.text), abs=2e-3)
            found += 1
    assert found >= 2


def test_a_knob_keeps_its_place_while_the_ball_moves(widget):
    before = way_to_a_knob(drawing(widget))
    widget.controls["rolls"].value = "with all weights"
    for _ in range(30):
        widget.controls["step"].click()
    widget.controls["across"].value = -2.0
    assert way_to_a_knob(drawing(widget)) == before
    assert ElementTree.fromstring(widget.shown.picture) is not None


def test_the_networks_stay_as_they_are(widget):
    copies = deepcopy(PLACES)
    widget.controls["step"].click()
    for name, net in PLACES.items():
        assert np.array_equal(row(net), row(copies[name]))


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ({"a": PLACES["first"], "b": PLACES["second"]}, "three networks"),
        (PLACES | {"third": PLACES["first"]}, "one line"),
        (dict.fromkeys("abc", PLACES["first"]), "three networks by name|one line"),
        (PLACES | {"third": bp.Network([2, 3, 1])}, "same sizes"),
        (PLACES | {"third": bp.Network([2, 2, 1], activation="tanh")}, "same sizes"),
        (PLACES | {"third": "net"}, "three networks"),
    ],
)
def test_what_gives_no_plane_is_refused(places, message):
    with pytest.raises(ValueError, match=message):
        view.explore_slice(places, X, Y)


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_must_be_positive(rate):
    with pytest.raises(ValueError, match="learning_rate"):
        view.explore_slice(PLACES, X, Y, learning_rate=rate)
