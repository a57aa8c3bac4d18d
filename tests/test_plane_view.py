"""The cuts of a 2-2-1 network: lines, places and words, compared with its weights."""

import re

import numpy as np
import pytest
from pictures import SVG, drawing, net_of

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Explorable, Slider
from bpcore.view.network_panel import is_right
from bpcore.view.style import still

BY_HAND = {"I1→H1": 8, "I2→H1": 8, "B1→H1": -4, "I1→H2": 6, "I2→H2": 6, "B1→H2": -8}
BY_HAND |= {"H1→O1": 8, "H2→O1": -8, "B2→O1": -4}
X, Y = bp.examples.xor_data()
NEURONS = {"H1": ("I1→H1", "I2→H1", "B1→H1"), "H2": ("I1→H2", "I2→H2", "B1→H2")}
NEURONS |= {"O1": ("H1→O1", "H2→O1", "B2→O1")}


def scales(widget: Explorable) -> dict[str, tuple[np.ndarray, float]]:
    """Where (0, 0) is in each plane, and px of one unit, read off the numbers at its axes."""
    at = [
        (float(t.get("x")), float(t.get("y")), t.text)
        for t in drawing(widget).iter(f"{SVG}text")
        if t.get("class") == "muted" and t.text in ("0", "1")
    ]
    found = {}
    for plane, i in (("inputs", 0), ("hidden", 4)):
        (x0, _, _), (_, y0, _), (x1, _, _), (_, y1, _) = at[i : i + 4]
        assert x1 - x0 == pytest.approx(y0 - y1, abs=0.2)
        found[plane] = np.array([x0, y0 - 5]), x1 - x0
    return found


def in_units(widget: Explorable, neuron: str, px: np.ndarray) -> np.ndarray:
    zero, unit = scales(widget)["hidden" if neuron == "O1" else "inputs"]
    return (px - zero) * [1, -1] / unit


def knob(widget: Explorable, name: str):
    return drawing(widget).find(f".//{SVG}g[@data-knob='{name}']")


def line_of(widget: Explorable, neuron: str):
    """The line itself, which is dragged by the knob of its name."""
    return drawing(widget).find(f".//{SVG}g[@data-for='{NEURONS[neuron][2]}']")


def z_at(widget: Explorable, neuron: str, point: np.ndarray) -> float:
    w_1, w_2, b = (widget.controls[name].value for name in NEURONS[neuron])
    return w_1 * point[0] + w_2 * point[1] + b


def box_of(widget: Explorable, neuron: str) -> np.ndarray:
    box = knob(widget, NEURONS[neuron][2]).find(f"{SVG}rect")
    x, y, width, height = (float(box.get(k)) for k in ("x", "y", "width", "height"))
    return np.array([x + width / 2, y + height / 2])


def discs(widget: Explorable) -> list[np.ndarray]:
    circles = [c for c in drawing(widget).iter(f"{SVG}circle") if c.get("class") != "hit"]
    circles = [c for c in circles if float(c.get("r")) >= 8]
    return [np.array([float(c.get("cx")), float(c.get("cy"))]) for c in circles]


@pytest.mark.parametrize("neuron", NEURONS)
def test_a_line_is_where_z_is_zero_and_its_arrow_points_up(neuron: str):
    widget = view.explore_plane()
    widget.set(BY_HAND)
    line = line_of(widget, neuron).find(f"{SVG}line[@class='ink']")
    for x, y in (("x1", "y1"), ("x2", "y2")):
        end = in_units(widget, neuron, np.array([float(line.get(x)), float(line.get(y))]))
        assert z_at(widget, neuron, end) == pytest.approx(0, abs=0.05)
    box = in_units(widget, neuron, box_of(widget, neuron))
    assert z_at(widget, neuron, box) == pytest.approx(0, abs=0.05)
    tip = knob(widget, NEURONS[neuron][0]).find(f"{SVG}circle")
    tip = in_units(widget, neuron, np.array([float(tip.get("cx")), float(tip.get("cy"))]))
    assert z_at(widget, neuron, tip) > 0.5
    w = np.array([widget.controls[name].value for name in NEURONS[neuron][:2]])
    assert abs(w[0] * (tip - box)[1] - w[1] * (tip - box)[0]) < 0.05  # along w


@pytest.mark.parametrize("neuron", NEURONS)
def test_a_dragged_line_follows_the_hand(neuron: str):
    widget = view.explore_plane()
    widget.set(BY_HAND | {"B1→H2": -7})
    bias = NEURONS[neuron][2]
    handle, start = knob(widget, bias), box_of(widget, neuron)
    way = np.array([12.0, -5.0])  # px
    widget.controls[bias].value += way @ [float(handle.get(k)) for k in ("data-x", "data-y")]
    assert z_at(widget, neuron, in_units(widget, neuron, start + way)) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("neuron", NEURONS)
def test_an_arrow_turns_to_where_it_is_pulled(neuron: str):
    handle = knob(view.explore_plane(), NEURONS[neuron][0])
    assert handle.get("data-knob-y") == NEURONS[neuron][1]
    assert float(handle.get("data-x")) > 0 > float(handle.get("data-y"))


@pytest.mark.parametrize("values", [{}, BY_HAND, {"I2→H1": -3.5, "H2→O1": 4.0}])
def test_samples_stand_at_their_inputs_and_at_their_hidden_activations(values: dict):
    widget = view.explore_plane()
    widget.set(values)
    x, y = bp.examples.xor_data()
    trace, places = bp.forward(net_of(widget), x), discs(widget)
    zero, unit = scales(widget)["inputs"]
    for i, point in enumerate(x.T):
        assert places[i] == pytest.approx(zero + unit * point * [1, -1], abs=0.2)
    zero, unit = scales(widget)["hidden"]
    shown = np.array(places[4:])
    for a in trace.a[2].T:
        assert np.linalg.norm(shown - (zero + unit * a * [1, -1]), axis=1).min() < 5
    for shade, says in (("H1", trace.a[2][0]), ("H2", trace.a[2][1]), ("answer", trace.a[3][0])):
        widget.controls["shade"].value = shade
        texts = [t.text for t in drawing(widget).iter(f"{SVG}text") if t.get("class") == "halo"]
        assert texts == [f"{a:.2f}" for a in says]
    assert y.shape == (1, len(places[:4]))


def shading(widget: Explorable) -> list[tuple[int, int, int, int, bool]]:
    """Left, top, width and cell's height of each shaded run in px, and whether it is blue."""
    found = []
    for path in drawing(widget).iter(f"{SVG}path"):
        if path.get("shape-rendering"):
            is_blue = "bp-plus" in path.get("style")
            for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)", path.get("d")):
                height = 9 if int(x) < 300 else 7
                found.append((int(x), int(y), int(width), height, is_blue))
    return found


def is_blue_at(widget: Explorable, plane: str, point: list[float]) -> list[bool]:
    zero, unit = scales(widget)[plane]
    px = zero + unit * np.array(point) * [1, -1]
    return [b for x, y, w, h, b in shading(widget) if x <= px[0] < x + w and y <= px[1] < y + h]


def test_the_shading_is_what_a_neuron_or_the_network_says():
    """Of the by-hand network: the corner beyond [1, 1] is striped, the middle is blue."""
    widget = view.explore_plane()
    widget.set(BY_HAND | {"shade": "answer"})
    net = net_of(widget)
    for point in ([0.5, 0.5], [1.5, 1.5], [-0.5, -0.5], [1.0, 0.0], [0.2, 1.3]):
        answer = bp.forward(net, point).a[3].item()
        assert is_blue_at(widget, "inputs", point) == [answer > 0.5]
    for point in ([0.95, 0.05], [0.9, 0.9], [0.05, 0.05], [0.7, 0.02]):
        z = net.w[3][0] @ point + net.b[3].item()
        assert is_blue_at(widget, "hidden", point) == [z > 0]
    for neuron in ("H1", "H2"):
        widget.controls["shade"].value = neuron
        for point in ([0.2, 0.1], [0.9, 0.2], [0.9, 0.9]):
            assert is_blue_at(widget, "inputs", point) == [z_at(widget, neuron, point) > 0]


def test_what_no_activation_reaches_is_not_shaded():
    widget = view.explore_plane()
    (left, bottom), unit = scales(widget)["hidden"]
    for x, y, width, height, _ in shading(widget):
        if x > 300:
            assert left - 0.1 <= x <= x + width <= left + unit + 0.1
            assert bottom - unit - 0.1 <= y <= y + height <= bottom + 0.1


def test_dashed_lines_are_where_a_neuron_says_a_tenth_and_nine_tenths():
    widget = view.explore_plane()
    for neuron, shade in (("H1", "H1"), ("H2", "H2"), ("O1", "answer")):
        widget.set(BY_HAND | {"shade": shade})
        dashed = [
            e for e in drawing(widget).iter(f"{SVG}line") if e.get("stroke-dasharray") == "5 4"
        ]
        dashed = [e for e in dashed if (float(e.get("x1")) > 300) == (neuron == "O1")]
        said = []
        for line in dashed:
            end = np.array([float(line.get("x1")), float(line.get("y1"))])
            said.append(1 / (1 + np.exp(-z_at(widget, neuron, in_units(widget, neuron, end)))))
        assert said == pytest.approx([0.1, 0.9], abs=0.01)


def test_the_grid_on_the_right_is_the_bent_one_of_the_left():
    widget = view.explore_plane()
    widget.set({"I1→H1": 3.0, "I2→H1": -2.0})
    bent = [
        np.array(re.findall(r"-?[\d.]+", path.get("d")), float).reshape(-1, 2)
        for path in drawing(widget).iter(f"{SVG}path")
        if path.get("class") == "ink" and "opacity" in path.get("style", "")
    ]
    assert len(bent) == 20
    net = net_of(widget)
    for flat, image in zip(bent[:10], bent[10:], strict=True):
        (zero, unit), (there, scale) = scales(widget)["inputs"], scales(widget)["hidden"]
        inputs = (flat - zero) * [1, -1] / unit
        a = bp.forward(net, inputs.T).a[2].T
        assert there + scale * a * [1, -1] == pytest.approx(image, abs=0.6)


def test_three_numbers_times_two_leave_the_line_and_make_it_sharper():
    widget = view.explore_plane()
    before = widget.values
    ends = line_of(widget, "H2").find(f"{SVG}line[@class='ink']").attrib
    widget.controls["sharper"].click()
    for name in NEURONS["H2"]:
        assert widget.values[name] == pytest.approx(2 * before[name])
    for name in NEURONS["H1"] + NEURONS["O1"]:
        assert widget.values[name] == before[name]
    assert line_of(widget, "H2").find(f"{SVG}line[@class='ink']").attrib == ends
    widget.controls["softer"].click()
    for name in BY_HAND:
        assert widget.values[name] == pytest.approx(before[name])
    for _ in range(9):
        widget.controls["sharper"].click()
    assert max(abs(widget.values[name]) for name in NEURONS["H2"]) == pytest.approx(8)
    assert line_of(widget, "H2").find(f"{SVG}line[@class='ink']").attrib == ends
    widget.controls["shade"].value = "answer"
    widget.controls["softer"].click()
    assert widget.values["H2→O1"] == pytest.approx(before["H2→O1"] / 2)
    widget.set(dict.fromkeys(NEURONS["O1"], 0.0))
    widget.controls["sharper"].click()
    assert widget.values["H2→O1"] == 0


def test_an_arrow_grows_with_its_weights_and_a_click_on_a_name_shades_by_it():
    widget = view.explore_plane()

    def length() -> float:
        tip = knob(widget, "I1→H2").find(f"{SVG}circle")
        return np.hypot(*(box_of(widget, "H2") - [float(tip.get("cx")), float(tip.get("cy"))]))

    short = length()
    for _ in range(9):
        widget.controls["sharper"].click()
    assert short + 20 < length() < 80
    for neuron, shade in (("H1", "H1"), ("H2", "H2"), ("O1", "answer")):
        handle = knob(widget, NEURONS[neuron][2])
        assert (handle.get("data-set"), handle.get("data-to")) == ("shade", shade)


def test_the_caption_counts_and_tells_only_when_asked():
    widget = view.explore_plane()
    counted = (
        "H1 says yes to 0 of 4 samples, H2 to 4. 2 of 4 answers are on the right side of 0.5, "
        "0 within 0.1 of the target."
    )
    assert widget.shown.said == counted
    widget.controls["tell"].click()
    assert "H1 separates nothing: z < 0 for all samples" in widget.shown.said
    widget.controls["shade"].value = "H1"
    assert "separates" in widget.shown.said
    widget.set(BY_HAND)
    assert widget.shown.said.startswith("H1 says yes to 3 of 4 samples, H2 to 1. 4 of 4 answers")


def test_words_name_what_each_cut_separates():
    widget = view.explore_plane()
    assert (
        "H1 separates nothing: z < 0 for all samples. H2 separates nothing: z > 0" in widget.words
    )
    assert "2 of 4 answers are on the right side of 0.5, 0 within 0.1" in widget.words
    widget.set(BY_HAND)
    assert "H1 separates [0, 0] from the rest: z < 0 there" in widget.words
    assert "H2 separates [1, 1] from the rest: z > 0 there" in widget.words
    assert "O1 separates [1, 0] and [0, 1] from the rest: z > 0 there" in widget.words
    assert "4 of 4 answers are on the right side of 0.5, 4 within 0.1" in widget.words
    widget.set(dict.fromkeys(BY_HAND, 0.0))
    assert "O1 separates nothing: z ≤ 0 for all samples" in widget.words


def test_training_ends_with_four_right_answers_and_reset_takes_it_back():
    widget = view.explore_plane()
    first = widget.values
    net, (x, y) = bp.examples.xor_network(), bp.examples.xor_data()
    train = widget.controls["train"]
    train.value = True
    train.tick()
    bp.train(net, x, y, optimizer=bp.SGD(0.7), epochs=20)
    assert bp.forward(net_of(widget), x).a[3] == pytest.approx(bp.forward(net, x).a[3])
    assert "After 20 steps" in widget.shown.said
    turns = 1
    while train.value:
        train.tick()
        turns += 1
    assert turns < 400
    assert np.abs(bp.forward(net_of(widget), x).a[3] - y).max() <= 0.1
    assert f"After {20 * turns} steps of training. " in widget.words
    for told in ("H1 separates [1, 1] from the rest: z > 0", "H2 separates [0, 0] from the rest"):
        assert told in widget.words  # as notebook 02 says
    widget.controls["B2→O1"].value += 1
    assert "steps of training" not in widget.words
    widget.controls["reset"].click()
    assert {n: widget.values[n] for n in BY_HAND} == {n: first[n] for n in BY_HAND}


def test_training_holds_the_weights_on_their_sliders():
    widget = view.explore_plane()
    widget.set(dict(zip(BY_HAND, [2, 2, -1, 2, 2, -3, 7.9, -7.9, -3], strict=True)))
    train = widget.controls["train"]
    train.value = True
    for _ in range(5):
        train.tick()
    assert max(abs(widget.values[name]) for name in BY_HAND) == 8
    assert "A weight is held at the end of its slider, ±8." in widget.words
    turns = 1
    while train.value:
        train.tick()
        turns += 1
    assert 2 < turns < 250
    assert is_right(net_of(widget), X, Y).all()


def test_training_gives_up_where_it_gets_stuck():
    """From zeros, H1 and H2 stay alike, so that there is only one cut."""
    widget = view.explore_plane()
    widget.set(dict.fromkeys(BY_HAND, 0.0) | {"trained": (19_800, dict.fromkeys(BY_HAND, 0.0))})
    train = widget.controls["train"]
    train.value = True
    train.tick()
    assert train.value
    train.tick()
    assert not train.value
    stuck = "After 20000 steps of training. Training got stuck from this start. "
    assert f"{stuck}Press Published weights. H1 says yes" in widget.shown.said
    widget.controls["reset"].click()
    assert "stuck" not in widget.shown.said
    widget = view.explore_plane(bp.Network([2, 2, 1]), X, Y)
    weights = {name: widget.values[name] for name in BY_HAND}
    widget.controls["trained"].value = (20_000, weights)
    assert f"{stuck}Try another one. H1 says yes" in widget.shown.said


def test_nothing_breaks_at_the_ends_of_the_sliders():
    widget = view.explore_plane()
    for name in BY_HAND:
        slider = widget.controls[name]
        assert isinstance(slider, Slider)
        for end in (-8.0, 0.0, 8.0):
            slider.value = end
            assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.words)
            assert "var(" not in still(widget.shown.picture)
    widget.set(dict.fromkeys(BY_HAND, 0.0))
    assert "0/1" in widget.shown.picture  # all four at one place on the right
    for neuron in NEURONS:
        assert line_of(widget, neuron) is None


def changed(**values: float) -> bp.Network:
    net = bp.examples.xor_network()
    net.w[2][0, 0] = values["w"]
    return net


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((bp.Network([2, 3, 1]), X, Y), r"sizes \[2, 3, 1\]; two planes can show \[2, 2, 1\]"),
        ((bp.Network([2, 2, 1], activation="relu"), X, Y), "must be sigmoid, got relu and relu"),
        ((bp.Network([2, 2, 1]), X * 2, Y), "x must be from -0.6 to 1.6"),
        ((bp.Network([2, 2, 1]), X, Y / 2), "targets y must be 0 or 1, got 0.5"),
        ((bp.Network([2, 2, 1]), X[:, :3], Y), "x has 3 columns and y has 4"),
        ((changed(w=9.0), X, Y), "from −8 to 8, the largest is ±9"),
        ((bp.Network([2, 2, 1]),), "give net, x and y, or none"),
    ],
)
def test_refuses_what_it_cannot_show(arguments: tuple, message: str):
    with pytest.raises((TypeError, ValueError), match=message):
        view.explore_plane(*arguments)


def test_shows_a_network_of_ones_own_and_leaves_it_alone():
    net = bp.Network([2, 2, 1], seed=3)
    before = net.w[2].copy()
    widget = view.explore_plane(net, [0.5, 1.2], [1])
    widget.controls["I1→H1"].value = 5.0
    assert (net.w[2] == before).all()
    net.w[2] = before + 1
    widget.controls["reset"].click()
    assert widget.values["I1→H1"] == before[0, 0]
    assert len(discs(widget)) == 2
    assert "of 1 answers" in widget.words


def test_it_can_be_shown_without_training_and_shaded_by_another_neuron():
    plane = view.explore_plane(shade="H1", training=False)
    assert "train" not in plane.controls
    assert "Shaded on the left: what H1 says" in plane.words
    plane.controls["B1→H1"].value = 3.0
    plane.controls["reset"].click()
    assert plane.controls["B1→H1"].value == bp.examples.XOR_PUBLISHED["weight"]["B1→H1"]
    with pytest.raises(ValueError, match="Shade must be one of"):
        view.explore_plane(shade="H3")


BENT = {"I1→H2": 4.5, "I2→H2": 4.5, "B1→H2": -2}


@pytest.mark.parametrize(
    "weights",
    [
        {},
        BENT | {"I1→H1": 4, "I2→H1": -1, "B1→H1": -1.5},
        BENT | {"I1→H1": 4, "I2→H1": -4, "B1→H1": -1},
        {"I1→H1": 8, "I2→H1": 8, "B1→H1": -8, "I1→H2": 8, "I2→H2": 8, "B1→H2": -4},
        {"I1→H1": 0, "I2→H1": 0, "B1→H1": -8, "B1→H2": 8},
    ],
    ids=str,
)
def test_the_names_of_the_moved_samples_cover_neither_each_other_nor_a_sample(weights):
    widget = view.explore_plane()
    widget.set(weights)
    words = [t for t in drawing(widget).iter(f"{SVG}text") if (t.text or "").startswith("[")]
    zero, unit = scales(widget)["hidden"]
    wide = [8 * len(t.text) / 2 for t in words]
    middles = [np.array([float(t.get("x")), float(t.get("y")) - 5]) for t in words]
    for i, at in enumerate(middles):
        for j in range(i):
            off = np.abs(at - middles[j])
            assert off[0] > wide[i] + wide[j] - 8 or off[1] > 12, (words[i].text, words[j].text)
    for point in bp.forward(net_of(widget), X).a[2].T:
        for text, at, half in zip(words, middles, wide, strict=True):
            off = np.abs(at - (zero + unit * point * [1, -1]))
            assert off[0] > half or off[1] > 12, text.text
