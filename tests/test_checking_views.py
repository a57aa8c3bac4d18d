"""The kink beside a nudge, and where planted mistakes show: computed again here."""

import re

import numpy as np
import pytest
from pictures import SVG, drawing, path_points

import bpcore as bp
from bpcore import view
from bpcore.view import figures
from bpcore.view.explorable import Explorable


def kinked(z: float = -1e-6, activation: str = "relu") -> bp.Network:
    net = bp.Network([1, 1, 1], activation=activation, output_activation="linear")
    net.w[2], net.b[2], net.w[3], net.b[3] = [[1.0]], [z - 1.0], [[2.0]], [0.0]
    return net


def exact_cost(z: float) -> float:
    """C = ½(2 max(z, 0) − 1)², less its value ½ at the kink."""
    a = 2 * max(z, 0.0)
    return a * (a - 2) / 2


def said(widget: Explorable) -> tuple[float, float]:
    told = re.search(r"backpropagation (\S+), central difference (\S+)\. ", widget.words).groups()
    return tuple(float(each.replace("−", "-")) for each in told)


@pytest.mark.parametrize("z", [-2.0, -0.3, 0.4, 2.0])
@pytest.mark.parametrize("eps", [0.05, 0.35, 1.0, 3.0])
def test_both_slopes_beside_the_kink(z: float, eps: float):
    widget = view.explore_kink(kinked(), 1.0, 1.0)
    widget.set({"z": z, "epsilon": eps})
    high, low = (exact_cost(1e-6 * (z + side * eps)) for side in (1, -1))
    computed, nudged = said(widget)
    assert computed == pytest.approx(0 if z < 0 else -2, abs=1e-4)
    assert nudged == pytest.approx((high - low) / (2e-6 * eps), abs=5.1e-3)
    assert ("different sides" in widget.words) == (abs(z) < eps)


def test_the_secant_joins_the_cost_at_both_nudges():
    widget = view.explore_kink(kinked(), 1.0, 1.0)
    widget.set({"z": -1.0, "epsilon": 3.0})
    picture = drawing(widget)
    (x_low, y_low), (x_high, y_high) = path_points(picture, "plus")
    curve = path_points(picture, "ink")
    (x_0, y_0), (_, y_kink), (x_1, y_1) = curve[:3]
    assert y_0 == y_kink == y_low  # level on the left
    assert (x_high - x_low) / (x_1 - x_0) == pytest.approx(6 / 10, abs=1e-3)
    assert (y_high - y_kink) / (y_1 - y_kink) == pytest.approx(2 / 5, abs=1e-2)


def test_the_kink_starts_where_the_network_is_and_leaves_it_alone():
    net = kinked(0.5e-6)
    widget = view.explore_kink(net, 1.0, 1.0)
    assert widget.controls["z"].value == pytest.approx(0.5)
    widget.set({"z": -2.0, "epsilon": 0.05})
    assert net.b[2].item() == 0.5e-6 - 1.0


@pytest.mark.parametrize(
    ("net", "told"),
    [
        (kinked(activation="tanh"), r"net must be \[1, 1, 1\] with relu"),
        (bp.Network([2, 1, 1], activation="relu"), r"net must be \[1, 1, 1\]"),
        (kinked(-3e-6), "place z must be from -2 to 2"),
    ],
)
def test_a_network_without_this_kink_is_refused(net: bp.Network, told: str):
    with pytest.raises(ValueError, match=told):
        view.explore_kink(net, 1.0, 1.0)


VERDICTS = {
    "none": dict.fromkeys(("w3", "b3", "w2", "b2"), "ok"),
    "BP2": {"w3": "ok", "b3": "ok", "w2": "differs", "b2": "differs"},
    "BP3": {"w3": "ok", "b3": "5 ×", "w2": "ok", "b2": "5 ×"},
}


@pytest.fixture
def mistakes() -> Explorable:
    return view.explore_mistakes([2, 3, 1], VERDICTS, "BP2")


def lit(widget: Explorable) -> dict[str, set[str]]:
    """The arrays on the network, by how their parts are drawn."""
    found: dict[str, set[str]] = {}
    for part in drawing(widget).iter():
        if part.get("data-array"):
            found.setdefault(part.get("data-array"), set()).add(part.get("class"))
    return found


@pytest.mark.parametrize("mistake", VERDICTS)
def test_the_wrong_arrays_light_up_and_no_others(mistakes: Explorable, mistake: str):
    mistakes.controls["mistake"].value = mistake
    looks = {"ok": "pale", "differs": "minus", "5 ×": "plus"}
    expected = {array: {looks[told]} for array, told in VERDICTS[mistake].items()}
    assert lit(mistakes) == expected
    assert mistakes.words == (
        f"{mistake}, seen from the output back to layer 2: "
        + ", ".join(
            f"{name} {VERDICTS[mistake][array]}"
            for name, array in (("w³", "w3"), ("b³", "b3"), ("w²", "w2"), ("b²", "b2"))
        )
        + "."
    )


def test_a_row_of_the_table_says_what_it_was_given_and_chooses_its_mistake(mistakes: Explorable):
    for name, row in VERDICTS.items():
        (element,) = (g for g in drawing(mistakes).iter() if g.get("data-to") == name)
        assert element.get("data-set") == "mistake"
        shown = sorted((float(t.get("x")), t.text) for t in element.iter(f"{SVG}text"))
        assert [text for _, text in shown] == [name, *(row[a] for a in ("w2", "b2", "w3", "b3"))]


def test_behind_the_curtain_nothing_is_shown(mistakes: Explorable):
    mistakes.controls["back"].value = 3
    assert set.union(*lit(mistakes).values()) == {"pale"}
    assert "differs" not in mistakes.shown.picture
    assert mistakes.words.endswith("to layer 3: w³ ok, b³ ok.")
    mistakes.controls["mistake"].value = "BP3"
    assert lit(mistakes)["b3"] == {"plus"}
    assert lit(mistakes)["b2"] == {"pale"}


def test_the_curtain_goes_with_the_hand(mistakes: Explorable):
    def place() -> float:
        (knob,) = (g for g in drawing(mistakes).iter() if g.get("data-knob") == "back")
        assert knob.get("data-x") == f"{1 / 140:.6g}"
        return float(next(knob.iter(f"{SVG}line")).get("x1"))

    first = place()
    mistakes.controls["back"].value = 3
    assert place() - first == pytest.approx(140)


def test_a_column_stands_under_its_layer(mistakes: Explorable):
    places = {t.text: float(t.get("x")) for t in drawing(mistakes).iter(f"{SVG}text")}
    assert places["b²"] == places["layer 2"]
    assert places["w³"] == np.mean([places["layer 2"], places["layer 3"]])


@pytest.mark.parametrize(
    ("sizes", "verdicts", "mistake", "told"),
    [
        ([2, 3, 1], VERDICTS, "BP1", "mistake"),
        ([2, 3, 3, 1], VERDICTS, "BP2", "none: there must be a verdict on each of"),
        ([2, 70, 1], VERDICTS, "BP2", "cannot be drawn legibly"),
    ],
)
def test_what_does_not_fit_is_refused(sizes, verdicts, mistake, told):
    with pytest.raises(ValueError, match=told):
        view.explore_mistakes(sizes, verdicts, mistake)


def test_the_figure_of_floors_says_how_far_both_kinds_lie_apart(monkeypatch: pytest.MonkeyPatch):
    shown: list[dict] = []
    monkeypatch.setattr(figures, "display", lambda data, metadata, raw: shown.append(metadata))
    found = {"fine": [[2.2, 6.0], [300.0, 0.7]], "bad": [[4000.0, 900.0], [5e6, 7e5]]}
    view.show_floors(found, right=["fine"])
    alt = shown[0]["image/png"]["alt"]
    assert "lie at up to about 2 floors, with ε alone up to 3e+02;" in alt
    assert alt.endswith("those that are wrong from about 9e+02 on.")


@pytest.mark.parametrize("right", [[], ["fine", "bad"], ["good"]])
def test_the_figure_of_floors_needs_both_kinds(right: list[str]):
    with pytest.raises(ValueError, match="right must be some of"):
        view.show_floors({"fine": [[1, 1]], "bad": [[2, 2]]}, right)


def test_the_figure_of_floors_draws_no_logarithm_of_zero():
    with pytest.raises(ValueError, match="errors must be positive"):
        view.show_floors({"fine": [[0, 1]], "bad": [[2, 2]]}, ["fine"])
