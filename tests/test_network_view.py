"""The network as a pure function, and moved from Python: its numbers are bpcore's."""

import re

import numpy as np
import pytest
from pictures import SVG, assert_shows, at, drawing, net_of, table_row, texts

import bpcore as bp
from bpcore import view
from bpcore.view.network_panel import network_panel
from bpcore.view.network_picture import network_picture
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number, short


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("i", range(4))
def test_drawing_shows_bpcores_numbers_for_every_sample(direction: str, i: int):
    x, y = bp.examples.xor_data()
    assert_shows(view.network_sliders(view=direction, sample=i), x[:, i], y[:, i])


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_drawing_follows_every_slider(direction: str):
    widget = view.network_sliders(view=direction)
    for i, name in enumerate(bp.examples.XOR_PUBLISHED["weight"]):
        widget.controls[name].value = 0.37 * (i - 4)
        assert_shows(widget, [1, 0], [1])


@pytest.mark.parametrize("extreme", [-8, 8])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_slider_extremes_are_finite_and_marked_saturated(extreme: float, direction: str):
    widget = view.network_sliders(view=direction)
    for name in bp.examples.XOR_PUBLISHED["weight"]:
        widget.controls[name].value = extreme
    assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.shown.aside)
    assert "saturated" in texts(drawing(widget), "neuron", "H1")
    assert_shows(widget, [1, 0], [1])


def test_step_lowers_the_cost_and_published_restores_every_weight():
    widget = view.network_sliders()
    before = bp.cost(net_of(widget), [1, 0], [1])
    g = bp.backprop(net_of(widget), [1, 0], [1])
    widget.controls["downhill"].click()
    after = bp.cost(net_of(widget), [1, 0], [1])
    assert after < before
    assert net_of(widget).w[3][0, 1] == pytest.approx(
        bp.examples.xor_network().w[3][0, 1] - 0.7 * g.w[3][0, 1], abs=1e-15
    )
    assert f"before {before:.6f}, after {after:.6f}" in widget.shown.said
    assert "steps: 1<" in widget.shown.aside

    widget.controls["reset"].click()
    for name, weight in bp.examples.XOR_PUBLISHED["weight"].items():
        assert widget.controls[name].value == weight
    assert "before" not in widget.shown.said


@pytest.mark.parametrize("end", [-8, 8])
def test_a_step_that_ends_at_the_end_of_a_slider_says_so(end):
    widget = view.network_sliders(learning_rate=1e6)
    g = bp.backprop(bp.examples.xor_network(), [1, 0], [1])
    widget.controls["downhill"].click()
    stopped = [
        name
        for name in bp.examples.XOR_PUBLISHED["weight"]
        if at(g, name) and np.sign(-at(g, name)) == np.sign(end)
    ]
    said = widget.shown.said.split("stopped at ±8: ")[1].split(".")[0].split(", ")
    assert stopped
    assert set(stopped) <= set(said)


def test_the_status_is_of_the_present():
    widget = view.network_sliders()
    widget.controls["downhill"].click()
    assert "after" in widget.shown.said
    widget.controls["input"].value = "[1, 1] → 0"
    assert "after" not in widget.shown.said


def test_what_is_not_computed_yet_is_not_told():
    widget = view.network_sliders()
    step = widget.controls["step"]
    step.value = step.options[0]
    widget.controls["explain"].value = "O1"
    assert "Not computed yet: that is step 4." in widget.shown.aside
    step.value = step.options[3]
    widget.controls["explain"].value = "O1"
    assert f"a = σ(z) = σ({number(1.1254259630241081)})" in widget.shown.aside


@pytest.mark.parametrize(
    ("call", "exception", "names"),
    [
        (lambda: view.network_sliders(view="sideways"), ValueError, "view"),
        (lambda: view.network_sliders(sample=4), ValueError, "sample"),
        (lambda: view.network_sliders(sample=-1), ValueError, "sample"),
        (lambda: view.network_sliders(learning_rate=None), TypeError, "learning_rate"),
        (lambda: view.network_sliders(learning_rate=np.nan), ValueError, "learning_rate"),
        (lambda: view.network_sliders(bp.examples.xor_network()), TypeError, "net, x and y"),
        (lambda: view.network_sliders(bp.Network([2, 1]), [1, 0, 0], [1]), ValueError, "x"),
        (lambda: Sample(bp.Network([1, 1]), [[0, 1]], [[0, 1]]), ValueError, "x has 2 columns"),
        (lambda: view.network_sliders(bp.Network([7, 1]), [0] * 7, [1]), ValueError, "at most 6"),
        (lambda: view.network_sliders(bp.Network([1] * 6), [0], [1]), ValueError, "at most 5"),
    ],
)
def test_bad_arguments_are_refused_at_the_door(call, exception, names):
    with pytest.raises(exception, match=names):
        call()


def test_steps_reveal_the_passes_one_after_the_other():
    widget = view.network_sliders()
    step = widget.controls["step"]
    step.value = step.options[0]
    assert texts(drawing(widget), "neuron", "H1") == ["H1"]
    everything = [text.text or "" for text in drawing(widget).iter(f"{SVG}text")]
    assert "target 1" in everything
    assert not any(text.startswith(("C =", "a − y")) for text in everything)
    widget.controls["on"].click()
    assert number(bp.examples.XOR_PUBLISHED["output"]["H1"]) in texts(
        drawing(widget), "neuron", "H1"
    )
    assert texts(drawing(widget), "neuron", "O1") == ["O1"]
    seen = []
    for _ in range(20):
        widget.controls["on"].click()
        seen.append(re.search(r"<h4>(.*?)</h4>", widget.shown.aside).group(1))
    assert all(name in " ".join(seen) for name in ("BP1", "BP2", "BP3", "BP4"))
    assert step.value == step.options[-1]
    assert widget.controls["view"].value == "backward"
    for _ in range(20):
        widget.controls["back"].click()
    assert (step.value, widget.controls["view"].value) == (step.options[0], "forward")


def test_the_arithmetic_of_every_item_ends_in_bpcores_number():
    net = bp.examples.xor_network()
    sample, trace, g = (
        Sample(net, [1, 0], [1]),
        bp.forward(net, [1, 0]),
        bp.backprop(net, [1, 0], [1]),
    )
    for q in sample.neurons[2:]:
        a, delta = trace.a[q.l][q.j - 1, 0], g.delta[q.l][q.j - 1, 0]
        assert sample.arithmetic(q, "forward")[-1].endswith(f"= {number(a)}  (23)")
        assert f"= {number(delta)}  (BP" in sample.arithmetic(q, "backward")[-1]
    for v in sample.weights:
        slope = number(at(g, sample.name(v)))
        equation = "BP3" if v.k == 0 else "BP4"
        assert sample.arithmetic(v, "backward")[0].endswith(f"= {slope}  ({equation})")


PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def evaluate(line: str) -> float:
    """Compute the last but one side of a line of arithmetic: the numbers before its result."""
    side = line.split(" = ")[-2]
    side = re.sub("10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: f"1e{power[1].translate(PLAIN)}", side)
    return eval(side.replace("−", "-").replace("·", "*").replace("½", "0.5*").replace("²", "**2"))


def test_the_printed_arithmetic_is_right_when_a_reader_redoes_it():
    sample = Sample(bp.examples.xor_network(), [1, 0], [1])
    for q in sample.neurons[2:]:
        assert evaluate(sample.arithmetic(q, "forward")[0]) == pytest.approx(sample.z(q), rel=2e-3)
        assert evaluate(sample.arithmetic(q, "backward")[0]) == pytest.approx(
            sample.delta(q), rel=2e-3
        )
    for v in sample.weights:
        if v.k:
            line = sample.arithmetic(v, "backward")[0]
            assert evaluate(line) == pytest.approx(at(sample.gradient, sample.name(v)), rel=2e-3)
    assert evaluate(sample.cost_arithmetic()[0]) == pytest.approx(sample.C, rel=2e-3)


def test_asking_for_a_weight_marks_it():
    sample = Sample(bp.examples.xor_network(), [1, 0], [1])
    asked = Weight(3, 1, 2)
    panel = network_panel(sample, 8, asked)
    assert "H2→O1, backward" in panel
    assert "turn this w up" in panel
    markup = network_picture(sample, 8, asked, 8.0)
    marked = re.findall(r'data-weight="([^"]+)"><rect[^>]*/><text class="[^"]*bold', markup)
    assert marked == ["H2→O1"]


def test_the_pictures_words_change_with_the_values():
    widget = view.network_sliders()
    words = []
    for value in (0.0, 1.0):
        widget.controls["H2→O1"].value = value
        words.append(drawing(widget).find(f"{SVG}desc").text)
    assert words[0] != words[1]
    assert number(bp.forward(net_of(widget), [1, 0]).a[3].item()) in words[1]


def test_words_follow_a_control_that_is_moved_from_a_cell():
    widget = view.network_sliders()
    assert "O1: z 1.125, a 0.7550" in widget.words
    widget.controls["H2→O1"].value = 1.5
    a = bp.examples.xor_network()
    a.w[3][0, 1] = 1.5
    assert f"a {number(bp.forward(a, [1, 0]).a[3].item())}" in widget.words


def test_training_goes_on_until_every_answer_is_right_and_draws_its_costs():
    widget = view.network_sliders()
    train = widget.controls["train"]
    train.value = True
    x, y = bp.examples.xor_data()
    net, costs = bp.examples.xor_network(), []
    while train.value:
        train.tick()
        costs.append(bp.cost(net_of(widget), x, y))
    assert (np.abs(bp.forward(net_of(widget), x).a[3] - y) < 0.1).all()
    steps = int(re.match(r"All answers are right, after (\d+) steps", widget.shown.said).group(1))
    bp.train(net, x, y, optimizer=bp.SGD(0.7), epochs=steps)
    assert bp.cost(net, x, y) == pytest.approx(costs[-1], rel=1e-12)
    bp.train(before := bp.examples.xor_network(), x, y, optimizer=bp.SGD(0.7), epochs=steps - 50)
    assert not (np.abs(bp.forward(before, x).a[3] - y) < 0.1).all()
    assert "4 of 4 within 0.1" in widget.shown.aside
    assert f"mean C = {number(costs[-1])}<" in widget.shown.aside
    assert f"steps: {steps}<" in widget.shown.aside


def test_training_that_cannot_get_it_right_stops_and_says_so():
    x, y = [[0.0, 0.0]], [[0.0, 1.0]]  # one input, two targets
    for rate, said in (
        (0.7, "Training has come to an end: no knob"),
        (1e-6, "Not right after 20000"),
    ):
        widget = view.network_sliders(bp.Network([1, 1], seed=1), x, y, learning_rate=rate)
        widget.controls["B1→O1"].value = 1.0
        train = widget.controls["train"]
        train.value = True
        for _ in range(1000):
            if train.value:
                train.tick()
        assert widget.shown.said.startswith(said)


def test_training_that_runs_away_stops_at_the_ends_of_the_sliders():
    net = bp.Network([1, 1], activation="linear")
    widget = view.network_sliders(net, [1.0], [100.0])
    widget.controls["train"].value = True
    for _ in range(50):
        if widget.controls["train"].value:
            widget.controls["train"].tick()
    assert "Training has come to an end, stopped at ±8" in widget.shown.said
    assert widget.controls["I1→O1"].value == 8


def test_training_goes_on_while_a_knob_is_held_at_its_end():
    widget = view.network_sliders()
    widget.set(trained_to_the_end())
    widget.controls["B2→O1"].value -= 4
    train = widget.controls["train"]
    train.value = True
    held = 0
    while train.value:
        train.tick()
        held += widget.controls["H2→O1"].value == 8
    assert held
    assert widget.shown.said.startswith("All answers are right, after")


def trained_to_the_end() -> dict[str, float]:
    net = bp.examples.xor_network()
    bp.train(net, *bp.examples.xor_data(), optimizer=bp.SGD(0.7), epochs=3450)
    return {name: at(net, name) for name in bp.examples.XOR_PUBLISHED["weight"]}


def test_training_starts_its_curve_again_from_weights_that_were_dragged():
    widget = view.network_sliders()
    widget.controls["train"].tick()
    assert "steps: 50<" in widget.shown.aside
    widget.controls["H1→O1"].value = 2.0
    assert "steps: 0<" in widget.shown.aside
    widget.controls["train"].tick()
    assert "steps: 50<" in widget.shown.aside


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "linear"])
@pytest.mark.parametrize("output", [None, "softmax"])
def test_any_network_is_shown_with_bpcores_numbers(activation, output):
    net = bp.Network([3, 4, 3, 2], activation=activation, output_activation=output, seed=3)
    x, y = np.array([[0.2, 1], [-0.4, 2], [1, -1]]), np.array([[1, 0], [0, 1]])
    widget = view.network_sliders(net, x, y, view="backward", sample=1)
    trace, g = bp.forward(net, x[:, 1]), bp.backprop(net, x[:, 1], y[:, 1])
    for l, letter in ((2, "H2."), (3, "H3."), (4, "O")):
        for j in range(net.sizes[l - 1]):
            cells = table_row(widget, f"{letter}{j + 1}")
            numbers = (trace.z[l][j, 0], trace.a[l][j, 0], g.delta[l][j, 0])
            assert [cells[0], cells[1], cells[3]] == [number(value, 3) for value in numbers]
            assert (cells[2] == "–") == (output == "softmax" and l == 4)
    assert widget.shown.notes["H3.2→O1"] == f"∂C/∂w {short(g.w[4][0, 1])}"
    assert widget.shown.notes["B2→H3.3"] == f"∂C/∂b {short(g.b[3][2, 0])}"
    widget.controls["H3.2→O1"].value = 1.5
    widget.controls["train"].tick()
    np.testing.assert_array_equal(net.w[4], bp.Network([3, 4, 3, 2], seed=3).w[4])  # not changed
    for q in Sample(net, x[:, 1], y[:, 1]).neurons[3:]:
        line = Sample(net, x[:, 1], y[:, 1]).arithmetic(q, "backward")[0]
        assert evaluate(line) == pytest.approx(g.delta[q.l][q.j - 1, 0], rel=5e-3, abs=1e-6), line


def test_a_dead_relu_is_off_and_a_linear_neuron_never_saturated():
    net = bp.Network([1, 2, 1], activation="relu", output_activation="linear")
    net.w[2], net.b[2] = [[1.0], [-1.0]], [[0.0], [0.0]]
    sample = Sample(net, [2.0], [1.0])
    assert [sample.quiet(q) for q in sample.neurons] == ["", "", "off", ""]
    assert "H2 is off: at z = −2 the slope σ′(z) is only 0" in sample.remark(
        Neuron(2, 2), "forward"
    )


def test_a_line_is_dragged_by_the_weight_it_shows():
    picture = drawing(view.network_sliders())
    knobs = {g.get("data-knob"): g for g in picture.iter(f"{SVG}g") if g.get("data-knob")}
    assert set(knobs) == set(bp.examples.XOR_PUBLISHED["weight"])
    for name, knob in knobs.items():
        assert float(knob.get("data-y")) == pytest.approx(-1 / 60, rel=1e-3)  # up is more
        assert knob.get("aria-label").endswith(f" {name}")
        assert (knob.get("data-set"), knob.get("data-to")) == ("explain", name)


def test_a_weight_looks_the_same_in_both_passes():
    def looks(direction):
        picture = drawing(view.network_sliders(view=direction))
        lines = [g.findall(f"{SVG}line")[1] for g in picture.iter(f"{SVG}g") if g.get("data-knob")]
        return [
            (line.get("class"), line.get("style"), line.get("stroke-dasharray")) for line in lines
        ]

    assert looks("forward") == looks("backward")


def test_an_arrow_points_the_way_that_lowers_the_cost():
    widget = view.network_sliders(view="backward")
    net = net_of(widget)
    C = bp.cost(net, [1, 0], [1])
    picture = drawing(widget)
    for name in ("H1→O1", "H2→O1", "I1→H1", "I1→H2"):
        group = picture.find(f".//{SVG}g[@data-weight='{name}']")
        start, tip = re.match(
            r"M[\d.]+ ([\d.]+) V([\d.]+)", group.find(f"{SVG}path").get("d")
        ).groups()
        turned = view.network_sliders()
        up = float(tip) < float(start)
        turned.controls[name].value += 0.01 if up else -0.01
        assert bp.cost(net_of(turned), [1, 0], [1]) < C


def test_training_that_is_right_already_takes_no_step():
    widget = view.network_sliders(bp.Network([1, 1], activation="linear"), [0.0], [0.05])
    widget.controls["train"].tick()
    assert widget.shown.said.startswith("All answers are right, after 0 steps.")


def test_training_that_runs_to_infinity_says_so():
    net = bp.Network([1, 1], activation="linear")
    net.w[2] = [[1e-3]]
    widget = view.network_sliders(net, [1e150], [0.0], learning_rate=1e-3)
    widget.controls["train"].value = True
    widget.controls["train"].tick()
    assert "the next step would make C infinite" in widget.shown.said
    assert widget.controls["train"].value is False


def test_samples_that_look_alike_have_names_of_their_own():
    x = [[0.12345611, 0.12345614]]
    widget = view.network_sliders(bp.Network([1, 1]), x, [[0, 0]], sample=1)
    assert widget.controls["input"].options == ["sample 1", "sample 2"]
    assert widget.controls["input"].value == "sample 2"


def test_the_initial_weights_come_back_even_if_the_network_has_gone_on():
    net = bp.Network([1, 1])
    net.w[2] = [[0.5]]
    widget = view.network_sliders(net, [1.0], [1.0])
    net.w[2] = [[3.0]]
    widget.controls["I1→O1"].value = -1.0
    widget.controls["reset"].click()
    assert widget.controls["I1→O1"].value == 0.5


def test_a_large_weight_gets_a_longer_slider_with_0_on_it():
    net = bp.Network([1, 1])
    net.w[2] = [[7.123]]
    slider = view.network_sliders(net, [1.0], [1.0]).controls["I1→O1"]
    assert (slider.least, slider.value, slider.most) == (-15, 7.123, 15)


def test_whatever_is_chosen_is_drawn_once_and_never_halfway():
    widget, seen = view.network_sliders(), []
    widget.watch(lambda: seen.append((widget.controls["view"].value, widget.words)))
    widget.controls["view"].value = "backward"
    assert seen
    assert all(view == "backward" and "BP4" in words for view, words in seen)
    seen.clear()
    widget.controls["downhill"].click()
    assert len(seen) == 1


def test_a_second_click_asks_for_the_whole_step_again():
    widget = view.network_sliders()
    for kind, name in (("neuron", "H1"), ("knob", "H2→O1")):
        widget.controls["explain"].value = name
        asked = drawing(widget).find(f".//{SVG}g[@data-{kind}='{name}']")
        assert asked.get("data-to") == "the whole step"
        others = [
            g for g in drawing(widget).iter(f"{SVG}g") if g.get("data-set") and g is not asked
        ]
        assert [g.get("data-to") for g in others].count("the whole step") == 1


def test_every_number_has_its_place_whatever_is_asked_for():
    def places(widget):
        texts = [
            t for t in drawing(widget).iter(f"{SVG}text") if t.get("class").startswith("label")
        ]
        return [(text.get("x"), text.get("y")) for text in texts]

    widget = view.network_sliders(view="backward")
    before = places(widget)
    assert len(before) == 18
    for name in bp.examples.XOR_PUBLISHED["weight"]:
        widget.controls["explain"].value = name
        assert places(widget) == before


def test_nothing_is_said_of_the_answer_before_it_is_known():
    widget = view.network_sliders()
    step = widget.controls["step"]
    step.value = step.options[1]
    assert widget.shown.said == f"Step {step.value}."
    step.value = step.options[4]
    assert widget.shown.said.startswith("O1 answers 0.7550")


def test_without_the_panel_there_is_the_drawing_and_what_moves_it():
    widget = view.network_sliders(panel=False)
    shown = {name for name, control in widget.controls.items() if control.kind}
    assert shown == {"input", "view", "reset", *bp.examples.XOR_PUBLISHED["weight"]}
    assert widget.shown.aside == ""
    assert "data-set" not in widget.shown.picture
    assert "marked" not in widget.shown.picture
    widget.controls["H2→O1"].value = 2.0
    net = bp.examples.xor_network()
    net.w[3][0, 1] = 2.0
    assert f"O1 answers {number(bp.forward(net, [1, 0]).a[3].item())}" in widget.shown.said
    widget.controls["view"].value = "backward"
    slope = bp.backprop(net, [1, 0], [1]).w[3][0, 1]
    assert texts(drawing(widget), "weight", "H2→O1")[1] == short(slope)
    widget.controls["reset"].click()
    assert widget.controls["H2→O1"].value == bp.examples.XOR_PUBLISHED["weight"]["H2→O1"]


@pytest.mark.parametrize(("label", "n"), [("BP1: δ of O1", 0), ("BP2: δ of H1, H2", 2)])
def test_arrows_show_along_which_lines_delta_comes_back(label: str, n: int):
    widget = view.network_sliders(view="backward")
    options = widget.controls["step"].options
    widget.controls["step"].value = next(option for option in options if label in option)
    arrows = [p for p in drawing(widget).iter(f"{SVG}path") if p.get("class") == "ink arrow"]
    assert len(arrows) == n
    for arrow in arrows:
        wing, tip, _ = re.findall(r"[ML](\S+)", arrow.get("d"))
        assert float(tip) < float(wing)  # to the left
