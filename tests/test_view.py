"""The pictures as pure functions, and the widgets moved from Python: their numbers are bpcore's."""

import re
import xml.etree.ElementTree as ElementTree

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from pictures import SVG, assert_shows, at, drawing, net_of, texts

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import redraw_on_change
from bpcore.view.network_panel import network_panel
from bpcore.view.network_picture import network_picture
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import STYLE, number, signed


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1, "1"),
        (-2.0, "−2"),
        (0.75499, "0.7550"),
        (-0.0024083, "−0.002408"),
        (1.0462, "1.046"),
        (0.99999, "1.000"),
        (0.000099999, "0.0001000"),
        (9.96e-6, "1.0·10⁻⁵"),
        (9.94e-6, "9.9·10⁻⁶"),
        (996000.0, "1.0·10⁶"),
        (5e-324, "4.9·10⁻³²⁴"),
        (np.inf, "inf"),
        (-3.21e-7, "−3.2·10⁻⁷"),
        (123456.0, "1.2·10⁵"),
    ],
)
def test_number(value: float, written: str):
    assert number(value) == written


def test_signed():
    assert [signed(v) for v in (0.5, -0.5, 0.0)] == ["+0.5000", "−0.5000", "0"]


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("i", range(4))
def test_drawing_shows_bpcores_numbers_for_every_sample(direction: str, i: int):
    x, y = bp.examples.xor_data()
    assert_shows(view.slider_network(view=direction, sample=i), x[:, i], y[:, i])


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_drawing_follows_every_slider(direction: str):
    widget = view.slider_network(view=direction)
    for i, name in enumerate(bp.examples.XOR_PUBLISHED["weight"]):
        widget.controls[name].value = 0.37 * (i - 4)
        assert_shows(widget, [1, 0], [1])


@pytest.mark.parametrize("extreme", [-8, 8])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_slider_extremes_are_finite_and_marked_saturated(extreme: float, direction: str):
    widget = view.slider_network(view=direction)
    for name in bp.examples.XOR_PUBLISHED["weight"]:
        widget.controls[name].value = extreme
    markup = widget.controls["picture"].value + widget.controls["panel"].value
    assert not re.search("nan|inf|Traceback", markup)
    assert "saturated" in texts(drawing(widget), "neuron", "H1")
    assert_shows(widget, [1, 0], [1])


def test_step_lowers_the_cost_and_published_restores_every_weight():
    widget = view.slider_network()
    before = bp.cost(net_of(widget), [1, 0], [1])
    g = bp.backprop(net_of(widget), [1, 0], [1])
    widget.controls["downhill"].click()
    after = bp.cost(net_of(widget), [1, 0], [1])
    assert after < before
    assert net_of(widget).w[3][0, 1] == pytest.approx(
        bp.examples.xor_network().w[3][0, 1] - 0.7 * g.w[3][0, 1], abs=1e-15
    )
    assert f"before {before:.6f}, after {after:.6f}" in widget.controls["status"].value

    widget.controls["published"].click()
    for name, weight in bp.examples.XOR_PUBLISHED["weight"].items():
        assert widget.controls[name].value == weight
    assert widget.controls["status"].value == ""


@pytest.mark.parametrize("end", [-8, 8])
def test_a_step_that_ends_at_the_end_of_a_slider_says_so(end):
    widget = view.slider_network(learning_rate=1e6)
    g = bp.backprop(bp.examples.xor_network(), [1, 0], [1])
    widget.controls["downhill"].click()
    stopped = [
        name
        for name in bp.examples.XOR_PUBLISHED["weight"]
        if at(g, name) and np.sign(-at(g, name)) == np.sign(end)
    ]
    said = widget.controls["status"].value.split("stopped at ±8: ")[1].split(", ")
    assert stopped
    assert set(stopped) <= set(said)


def test_a_slider_takes_the_readers_moves_and_not_the_browsers_rounding():
    slider = view.slider_network().controls["H2→O1"]
    published = slider.value
    slider.set_state({"value": 0.58})
    assert slider.value == published
    slider.set_state({"value": 0.59})
    assert slider.value == 0.59


def test_a_late_echo_does_not_undo_a_newer_value():
    slider = view.slider_network().controls["H2→O1"]
    slider.set_state({"value": 0.58})
    slider.value = 0.6054
    slider.value = 0.6311
    slider.set_state({"value": 0.61})  # the browser's rounding of the value before
    assert slider.value == 0.6311
    slider.set_state({"value": 0.63})
    slider.set_state({"value": 0.61})  # now it is the reader
    assert slider.value == 0.61


def test_the_status_is_of_the_present():
    widget = view.slider_network()
    widget.controls["downhill"].click()
    assert "after" in widget.controls["status"].value
    widget.controls["input"].value = 3
    assert widget.controls["status"].value == ""


def test_what_is_not_computed_yet_is_not_told():
    widget = view.slider_network()
    widget.controls["step"].value = 0
    widget.controls["explain"].value = Neuron(3, 1)
    assert "Not computed yet: that is step 4." in widget.controls["panel"].value
    widget.controls["step"].value = 3
    widget.controls["explain"].value = Neuron(3, 1)
    assert f"a = σ(z) = σ({number(1.1254259630241081)})" in widget.controls["panel"].value


SOFTMAX_NET = bp.Network([2, 2], output_activation="softmax")


@pytest.mark.parametrize(
    ("call", "exception", "names"),
    [
        (lambda: view.slider_network(view="sideways"), ValueError, "view"),
        (lambda: view.slider_network(sample=4), ValueError, "sample"),
        (lambda: view.slider_network(sample=-1), ValueError, "sample"),
        (lambda: view.slider_network(learning_rate=None), TypeError, "learning_rate"),
        (lambda: view.slider_network(learning_rate=np.nan), ValueError, "learning_rate"),
        (lambda: view.explore_slope(bp.examples.error_curve(), 7.0), ValueError, "w must be"),
        (lambda: Sample(SOFTMAX_NET, [1, 0], [1, 0]), ValueError, "softmax"),
        (lambda: view.show_figure(None, " "), ValueError, "alt"),
    ],
)
def test_bad_arguments_are_refused_at_the_door(call, exception, names):
    with pytest.raises(exception, match=names):
        call()


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(("theme", "paper"), [("light", "#ffffff"), ("dark", "#111111")])
def test_contrast_in_both_themes(theme: str, paper: str):
    """The limits of WCAG 2: 4.5 for text, 3 for lines."""
    light, dark = re.findall(r"\.bp \{(.*?)\}", STYLE, re.S)[:2]
    colours = dict(re.findall(r"--bp-(\w+): (#\w{6})", light if theme == "light" else dark))
    for name, least in (("muted", 4.5), ("plus", 4.5), ("minus", 4.5), ("rule", 3)):
        darker, lighter = sorted((luminance(colours[name]), luminance(paper)))
        assert (lighter + 0.05) / (darker + 0.05) >= least, name


def test_contrast_in_still_figures():
    with plt.style.context("bpcore.view.paper"):
        colours = plt.rcParams["axes.prop_cycle"].by_key()["color"]
        texts_and_lines = [plt.rcParams[f"{part}.color"] for part in ("text", "xtick")]
    for colour in map(to_hex, colours + texts_and_lines):
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour


def test_steps_reveal_the_passes_one_after_the_other():
    widget = view.slider_network()
    step, panel = widget.controls["step"], widget.controls["panel"]
    step.value = 0
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
        seen.append(re.search(r"<h4>(.*?)</h4>", panel.value).group(1))
    assert all(name in " ".join(seen) for name in ("BP1", "BP2", "BP3", "BP4"))
    assert step.value == len(step.options) - 1
    assert widget.controls["view"].value == "backward"
    for _ in range(20):
        widget.controls["back"].click()
    assert (step.value, widget.controls["view"].value) == (0, "forward")


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


def evaluate(line: str) -> float:
    """Compute the last but one side of a line of arithmetic: the numbers before its result."""
    side = line.split(" = ")[-2]
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


def test_asking_for_a_weight_marks_it_in_drawing_and_table():
    sample = Sample(bp.examples.xor_network(), [1, 0], [1])
    asked = Weight(3, 1, 2)
    panel = network_panel(sample, 8, asked)
    assert "H2→O1, backward" in panel
    assert "turn this w up" in panel
    assert panel.count("▸") == 1
    bold = [network_picture(sample, 8, item, 8.0).count("big") for item in (asked, Neuron(1, 1))]
    assert bold[0] > bold[1]


def test_the_pictures_words_change_with_the_values():
    widget = view.slider_network()
    words = []
    for value in (0.0, 1.0):
        widget.controls["H2→O1"].value = value
        words.append(drawing(widget).find(f"{SVG}desc").text)
    assert words[0] != words[1]
    assert number(bp.forward(net_of(widget), [1, 0]).a[3].item()) in words[1]


def test_a_still_shows_where_no_kernel_runs():
    bundle = view.slider_network()._repr_mimebundle_()
    assert ElementTree.fromstring(bundle["image/svg+xml"]).tag == f"{SVG}svg"
    assert "Network, forward pass, input [1, 0], target 1" in bundle["text/plain"]


def test_an_exception_in_a_drawing_is_shown_and_raised():
    slider, picture = widgets.FloatSlider(1.0, min=0, max=2), widgets.HTML()
    redraw_on_change([picture], lambda: [f"{1 / slider.value:.1f}"], [slider])
    with pytest.raises(ZeroDivisionError):
        slider.value = 0.0
    assert 'role="alert"' in picture.value
    assert "ZeroDivisionError" in picture.value
    slider.value = 2.0
    assert picture.value == "0.5"


@pytest.mark.parametrize("w", [0.0, 1.4, 2.195, 3.0])
def test_slope_explorer_says_slope_and_sign_rule(w: float):
    curve = bp.examples.error_curve()
    markup = view.explore_slope(curve, w).controls["text"].value
    slope = float(curve.slope(w))
    assert f"slope {number(slope)}" in markup
    advice = "almost zero" if abs(slope) < 0.1 else "turn w up" if slope < 0 else "turn w down"
    assert advice in markup


@pytest.mark.parametrize(
    ("start", "rate", "verdict"),
    [
        (1.4, 0.01, "The lowest point"),
        (-1.9, 0.01, "not the lowest"),
        (1.4, 0.001, "Not level yet"),
        (2.9, 0.01, "left the picture"),
    ],
)
def test_descent_explorer_tells_what_happened(start: float, rate: float, verdict: str):
    curve = bp.examples.error_curve()

    def descend(w, rate, steps):
        path = [w]
        while len(path) <= steps and -2 <= path[-1] <= 3:
            path.append(path[-1] - rate * float(curve.slope(path[-1])))
        return path

    widget = view.explore_descent(curve, descend, start=start, learning_rate=rate, steps=100)
    assert verdict in widget.controls["text"].value
    for name, control in widget.controls.items():
        if name not in ("picture", "text"):
            for extreme in ("min", "max"):
                value = getattr(control, extreme)
                control.value = 10**value if name == "learning rate" else value
                shown = widget.controls["picture"].value + widget.controls["text"].value
                assert not re.search("nan|inf|Traceback", shown)


def test_epsilon_explorer_shows_the_errors_of_all_schemes():
    net = bp.examples.xor_network()
    widget = view.explore_epsilon(net, [1, 0], [1])
    g = bp.backprop(net, [1, 0], [1])
    for eps in (1e-2, 1e-3):  # where truncation rules, so that the digits are the same everywhere
        widget.controls["epsilon"].value = eps
        for scheme in ("forward", "central", "complex"):
            measured = bp.finite_difference(net, [1, 0], [1], scheme=scheme, eps=eps)
            said = f"{scheme} {number(bp.relative_error(measured, g), 2)}"
            assert said in widget.controls["text"].value
    for extreme in (1e-16, 1.0):
        widget.controls["epsilon"].value = extreme
        assert not re.search("nan|inf|Traceback", widget.controls["picture"].value)


def test_path_explorer_adds_up_to_backprop_for_every_weight():
    net = bp.Network([2, 3, 3, 2], seed=5)
    g = bp.backprop(net, [0.3, 0.9], [0, 1])
    widget = view.explore_path(net, [0.3, 0.9], [0, 1])
    for k, j in np.ndindex(2, 3):
        widget.controls["1"].value = Neuron(1, k + 1)
        widget.controls["2"].value = Neuron(2, j + 1)
        panel = widget.controls["panel"].value
        for row in ("sum", "∂C/∂w by backprop"):
            assert f"<th scope='row'>{row}</th><td>{number(g.w[2][j, k])}</td>" in panel
        assert panel.count("▸") == 1
    factors = re.search(r"<table>(.*?)</table>", panel).group(1)
    values = re.findall(r"<td>(.*?)</td>", factors)
    exact = bp.forward(net, [0.3, 0.9])
    assert values[0] == number(exact.a[1][1, 0])
    assert values[-2] == number(exact.a[4][0, 0])  # ∂C/∂a of O1, whose target is 0


def test_words_follow_a_control_that_is_moved_from_a_cell():
    widget = view.slider_network()
    assert "O1: z 1.125, a 0.7550" in widget.words
    widget.controls["H2→O1"].value = 1.5
    a = bp.examples.xor_network()
    a.w[3][0, 1] = 1.5
    assert f"a {number(bp.forward(a, [1, 0]).a[3].item())}" in widget.words


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
    assert "1,000,000 parameters" in widget.controls["text"].value
    widget.controls["hidden layers"].value = 3
    widget.controls["width"].value = 10
    assert asked[-1] == [10, 10, 10, 10, 1]
    for word in ("341 parameters", "2 ms", "2 h", "3.6·10⁶ times"):
        assert word in widget.controls["text"].value
    numerical, backprop = (float(dot.get("cx")) for dot in drawing(widget).iter(f"{SVG}circle"))
    labels = {text.text: float(text.get("x")) for text in drawing(widget).iter(f"{SVG}text")}
    assert labels["1 h"] < numerical < labels["1 day"]
    assert labels["1 ms"] < backprop < labels["1 s"]


def path_points(picture: ElementTree.Element, classes: str, i: int = 0) -> np.ndarray:
    lines = [line for line in picture.iter(f"{SVG}path") if line.get("class") == classes]
    numbers = re.findall(r"-?[\d.]+", lines[i].get("d"))
    return np.array(numbers, float).reshape(-1, 2)


def test_learning_rate_explorer_draws_the_costs_of_the_rate():
    asked = []

    def costs_with(lr):
        asked.append(lr)
        return [1.0, 0.1, 0.01 / lr]

    widget = view.explore_learning_rate(costs_with, lr=1.0)
    assert "0.01000 after 2 epochs" in widget.controls["text"].value
    heights = path_points(drawing(widget), "plus")[:, 1]
    assert np.diff(heights)[0] == pytest.approx(np.diff(heights)[1], abs=0.2)  # decades
    widget.controls["lr"].value = 10.0
    assert asked[-1] == pytest.approx(10)
    assert "is at most 1, and 0.001000 after" in widget.controls["text"].value


def test_epoch_explorer_shows_the_network_of_its_epoch():
    x, y = bp.examples.xor_data()
    nets = [bp.examples.xor_network(), bp.Network([2, 2, 1], seed=4)]
    widget = view.explore_epochs(nets, [0.5, 0.25], x, y)
    widget.controls["epoch"].value = 1
    answers = bp.forward(nets[1], x).a[3][0]
    words = widget.controls["text"].value
    assert "After 1 epochs: cost 0.25" in words
    assert f"(1, 0) → {number(answers[0], 2)}" in words
    right = ((answers > 0.5) == (y[0] > 0.5)).sum()
    assert f"{right} of 4" in words
    cells = list(drawing(widget).iter(f"{SVG}rect"))[1:]
    left, top = (np.array([float(cell.get(k)) for cell in cells]) for k in "xy")
    nearest = np.hypot(left - left.min(), top - top.max()).argmin()  # both inputs −0.165
    a = bp.forward(nets[1], [-0.165, -0.165]).a[3].item()
    assert f"fill-opacity: {abs(2 * a - 1) * 0.7:.2f}" in cells[nearest].get("style")


@pytest.mark.parametrize("nets", [[], [bp.examples.xor_network()]])
def test_epoch_explorer_refuses_too_few_networks(nets):
    with pytest.raises(ValueError, match="expected as many, and some"):
        view.explore_epochs(nets, [1.0, 0.5] if nets else [], *bp.examples.xor_data())


BOWL = view.Landscape(
    lambda theta: theta[0] ** 2 + theta[1] ** 2, lambda theta: 2 * theta, (-2.0, 1.0)
)


def test_race_follows_each_optimizer_with_its_own_rate():
    makers = {"plain": bp.SGD, "Adam": bp.Adam}
    widget = view.explore_race({"bowl": BOWL}, makers, {"plain": 0.1, "Adam": 0.1})
    widget.controls["steps"].value = 3
    factor = (1 - 2 * widget.controls["plain"].value) ** 3
    assert f"plain C = {number(5 * factor**2, 2)}" in widget.controls["text"].value
    path = path_points(drawing(widget), "plus")
    assert len(path) == 4
    start, end = path[0], path[-1]
    centre = start + (np.array([2, 1]) * 44)  # px; θ₂ points up
    np.testing.assert_allclose(end, centre + (start - centre) * factor, atol=0.2)
    theta, state, adam = np.array(BOWL.start), None, bp.Adam(widget.controls["Adam"].value)
    for _ in range(3):
        change, state = adam.step(2 * theta, state)
        theta = theta + change
    assert f"Adam C = {number((theta**2).sum(), 2)}" in widget.controls["text"].value
    widget.controls["plain"].value = 10
    assert "plain left the picture" in widget.controls["text"].value


@pytest.mark.parametrize("start", [(-2.0, 0.0), (0.0, 1.0)])
def test_a_racer_that_leaves_on_one_side_has_left_the_picture(start):
    bowl = view.Landscape(BOWL.C, BOWL.slope, start)
    widget = view.explore_race({"bowl": bowl}, {"plain": bp.SGD}, {"plain": 0.1})
    assert "left the picture" not in widget.words
    widget.controls["plain"].value = 10
    assert "plain left the picture" in widget.words


@pytest.mark.parametrize("rates", [{}, {"plain": 0.1, "other": 0.1}])
def test_race_wants_a_rate_for_each_optimizer(rates):
    with pytest.raises(ValueError, match="each with a rate"):
        view.explore_race({"bowl": BOWL}, {"plain": bp.SGD}, rates)


@pytest.mark.parametrize(
    ("factor", "verdict"), [(0.5, "vanishes"), (0.7, "changes by less"), (2, "explodes")]
)
def test_depth_explorer_says_whether_delta_vanishes_or_explodes(factor, verdict):
    """Over nine layers: a factor of 0.5⁸ = 1/256, 0.7⁸ = 1/17, 2⁸ = 256 in all."""
    widget = view.explore_depth(
        lambda hidden, *_: bp.Network([2] * 11 + [1]),
        lambda net: (float(factor) ** (net.L - np.arange(2, net.L + 1)), np.ones(net.L - 1)),
        ("lecun",),
    )
    assert f"δ {verdict}" in widget.words


def test_depth_explorer_tells_the_factor_from_layer_to_layer():
    def sizes_of(net):
        layers = np.arange(2, net.L + 1)
        return 0.5 ** (net.L - layers), np.ones(len(layers))

    asked = []

    def make(hidden, activation, initialisation):
        asked.append((hidden, activation, initialisation))
        return bp.Network([2] * (hidden + 1) + [1], activation=activation)

    widget = view.explore_depth(make, sizes_of, ("lecun", "he"))
    widget.controls["hidden layers"].value = 10
    widget.controls["activation"].value = "relu"
    widget.controls["initialisation"].value = "he"
    assert asked[-1] == (10, "relu", "he")
    words = widget.controls["text"].value
    assert "10 hidden layers of relu" in words
    assert "δ vanishes, times 0.50 from layer to layer" in words
    assert f"from 0.50 in the last hidden layer to {number(0.5**10, 2)} in layer 2" in words
    heights = path_points(drawing(widget), "plus")[:, 1]
    assert (np.diff(heights) < 0).all()  # upwards, towards the output
