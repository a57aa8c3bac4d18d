"""Paths through a network, training and races as pictures: their numbers are bpcore's."""

import re
import subprocess
import sys
from copy import deepcopy
from itertools import combinations

import numpy as np
import pytest
from pictures import SVG, drawing, path_points, table_row, way_to_a_knob

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Choice, Explorable, Kept, Run
from bpcore.view.race_sliders import LOOKS, MAP
from bpcore.view.style import number, short, still


def knob(widget: Explorable):
    return drawing(widget).find(f".//{SVG}g[@data-knob]")


def knob_place(widget: Explorable) -> np.ndarray:
    return np.array(re.findall(r"-?[\d.]+", knob(widget).get("transform")), float)


def assert_finite_at_both_ends(widget: Explorable) -> None:
    for name, control in widget.controls.items():
        if isinstance(control, Run | Kept):
            continue
        before = control.value
        ends = control.options if isinstance(control, Choice) else (control.least, control.most)
        for end in ends:
            widget.controls[name].value = end
            assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.words), name
            assert "var(" not in still(widget.shown.picture)
        control.value = before


# Paths


def test_path_explorer_adds_up_to_backprop_for_every_weight():
    net = bp.Network([2, 3, 3, 2], seed=5)
    g = bp.backprop(net, [0.3, 0.9], [0, 1])
    widget = view.explore_path(net, [0.3, 0.9], [0, 1])
    for k, j in np.ndindex(2, 3):
        shares = []
        for q, i in np.ndindex(3, 2):
            way = {"1": f"I{k + 1}", "2": f"H2.{j + 1}", "3": f"H3.{q + 1}", "4": f"O{i + 1}"}
            widget.set(way)
            assert f"you have seen: {q * 2 + i + 1} of 6" in widget.shown.aside
            assert widget.shown.aside.count("▸") == 1
            shares.append(table_row(widget, " → ".join([*way.values()][1:])))
        assert len({tuple(share) for share in shares}) == 6
        for row in ("sum of these", "∂C/∂w by backprop"):
            assert table_row(widget, row) == [number(g.w[2][j, k])]
        assert f"its slope ∂C/∂w = {number(g.w[2][j, k])}." in widget.words


def test_path_explorer_names_one_factor_for_each_piece_of_the_way():
    """The ratio of two changes, each measured with the neurons beside the path held still."""
    net, eps = bp.Network([2, 3, 3, 2], seed=5), 1e-6
    x, y = np.array([0.3, 0.9]), np.array([0, 1])
    a, sigma = {l: v[:, 0] for l, v in bp.forward(net, x).a.items()}, net.sigma[2]
    widget = view.explore_path(net, x, y)
    widget.set({"1": "I2", "2": "H2.3", "3": "H3.1", "4": "O2"})
    turned = net.w[2][2] + np.array([0, eps])
    dH2 = sigma(turned @ x + net.b[2][2, 0]) - a[2][2]
    dH3 = sigma(net.w[3][0] @ (a[2] + [0, 0, dH2]) + net.b[3][0, 0]) - a[3][0]
    dO2 = sigma(net.w[4][1] @ (a[3] + [dH3, 0, 0]) + net.b[4][1, 0]) - a[4][1]
    dC = ((a[4][1] + dO2 - 1) ** 2 - (a[4][1] - 1) ** 2) / 2
    measured = {
        "I2→H2.3": dH2 / eps,
        "H2.3→H3.1": dH3 / dH2,
        "H3.1→O2": dO2 / dH3,
        "O2→C": dC / dO2,
    }
    for piece, rate in measured.items():
        shown = float(table_row(widget, piece)[1].replace("−", "-"))
        assert shown == pytest.approx(rate, rel=1e-3)
    assert float(table_row(widget, "product")[1].replace("−", "-")) == pytest.approx(
        dC / eps, rel=1e-3
    )


def test_path_explorer_shows_each_factor_where_it_acts():
    net = bp.Network([2, 3, 3, 2], seed=5)
    trace = bp.forward(net, [0.3, 0.9])
    widget = view.explore_path(net, [0.3, 0.9], [0, 1])
    way = {"1": "I2", "2": "H2.3", "3": "H3.1", "4": "O2"}
    widget.set(way)
    picture = drawing(widget)
    labels = [t.text for t in picture.iter(f"{SVG}text") if "halo" in t.get("class")]
    assert labels == ["weight", f"w {short(net.w[3][0, 2])}", f"w {short(net.w[4][1, 0])}"]
    slopes = [net.sigma[l].prime(trace.z[l])[j, 0] for l, j in ((2, 2), (3, 0), (4, 1))]
    numbers = [f"a {number(0.9, 3)}", *(f"σ′ {number(slope, 3)}" for slope in slopes)]
    for (layer, name), text in zip(way.items(), numbers, strict=True):
        neuron = picture.find(f".//{SVG}g[@data-to='{name}']")
        assert neuron.get("data-set") == layer
        assert neuron.get("aria-label") == f"neuron {name}, layer {layer}"
        assert "marked" in neuron.find(f"{SVG}rect").get("class")
        assert [t.text for t in neuron.iter(f"{SVG}text")][:2] == [name, text]
    assert len(picture.findall(f".//{SVG}rect[@class='shape marked']")) == 4
    share = np.prod([0.9, *slopes, net.w[3][0, 2], net.w[4][1, 0], trace.a[4][1, 0] - 1])
    assert f"contributes {number(share)} " in widget.words
    assert len(path_looks(picture)) == 3
    for look in path_looks(picture):
        assert (look.get("class") == "minus") == ("dasharray" in look.get("style")) == (share < 0)


def path_looks(picture):
    return [line for line in picture.iter(f"{SVG}path") if line.get("class")]


@pytest.mark.parametrize("sizes", [[1, 1], [3, 2], [2, 6, 1], [6, 6, 6, 6, 6], [1, 6, 1, 6, 2]])
def test_path_explorer_draws_networks_of_any_shape_without_overlaps(sizes):
    net = bp.Network(sizes, seed=2)
    widget = view.explore_path(net, np.ones(sizes[0]), np.zeros(sizes[-1]))
    assert_finite_at_both_ends(widget)
    shown = drawing(widget)
    width, height = float(shown.get("width")), float(shown.get("height"))
    boxes = np.array(
        [
            [float(box.get(k)) for k in ("x", "y", "width", "height")]
            for box in shown.findall(f".//{SVG}g/{SVG}rect")
        ]
    )
    assert len(boxes) == sum(sizes)
    least, most = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    assert (least > 0).all()
    assert (most < (width, height)).all()
    for i, j in combinations(range(len(boxes)), 2):
        assert ((least[i] > most[j] + 4) | (least[j] > most[i] + 4)).any()
    widest = 9 * 7.5  # px, of a label such as "w −0.0012"
    for l in range(len(sizes) - 1):
        ahead = boxes[sum(sizes[: l + 1]) : sum(sizes[: l + 2])]
        assert ahead[0, 0] - most[sum(sizes[:l]), 0] > widest


def test_path_explorer_lists_only_what_has_been_shown():
    widget = view.explore_path(bp.Network([6] * 5, seed=3), np.linspace(-1, 1, 6), np.arange(6) % 2)
    assert "you have seen: 1 of 216" in widget.shown.aside
    widget.set({"3": "H3.2", "4": "H4.5"})
    assert table_row(widget, "H2.1 → H3.2 → H4.5 → O1")
    assert "H3.1 → H4.5" not in widget.shown.aside
    widget.set({"1": "I2"})
    assert "Paths of I2→H2.1 you have seen: 1 of 216" in widget.shown.aside


def test_path_explorer_refuses_softmax():
    net = bp.Network([2, 3, 2], output_activation="softmax")
    with pytest.raises(ValueError, match="softmax outputs have none"):
        view.explore_path(net, [0, 1], [1, 0])


@pytest.mark.parametrize("sizes", [[1, 7, 1], [1, 1, 1, 1, 1, 1]])
def test_path_explorer_refuses_what_is_too_large(sizes):
    with pytest.raises(ValueError, match="at most 5 layers of at most 6 neurons"):
        view.explore_path(bp.Network(sizes), [1], [1])


# Epochs


def trained(epochs: int) -> tuple[list[bp.Network], np.ndarray]:
    x, y = bp.examples.xor_data()
    nets = []
    costs = bp.train(
        bp.examples.xor_network(),
        x,
        y,
        optimizer=bp.SGD(2.8, momentum=0.3),
        epochs=epochs,
        after_epoch=lambda _, net: nets.append(deepcopy(net)),
    ).cost
    return nets, costs


def test_epoch_explorer_shows_the_network_of_its_epoch():
    x, y = bp.examples.xor_data()
    nets = [bp.examples.xor_network(), bp.Network([2, 2, 1], seed=4)]
    widget = view.explore_epochs(nets, [0.5, 0.25], x, y)
    widget.controls["epoch"].value = 1
    answers = bp.forward(nets[1], x).a[3][0]
    words = widget.words
    assert "After 1 epoch: cost 0.25" in words
    assert f"(1, 0) → {number(answers[0], 2)}" in words
    right = ((answers > 0.5) == (y[0] > 0.5)).sum()
    assert f"{right} of 4" in words


def shade_at(widget: Explorable, i: float, j: float) -> float:
    """Read the signed opacity at two inputs from the drawing, as a reader does."""
    left, top, side = 46, 30, 280
    x, y = left + side * (i + 0.2) / 1.4, top + side * (1.2 - j) / 1.4
    found = 0.0
    for path in drawing(widget).iter(f"{SVG}path"):
        style = path.get("style") or ""
        if "fill: var" not in style:
            continue
        for run in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", path.get("d")):
            x0, y0, width, _ = map(int, run)
            if x0 <= x < x0 + width and y0 <= y < y0 + 10:
                assert not found  # each place has one shade
                opacity = float(re.search(r"fill-opacity: ([\d.]+)", style).group(1))
                found = opacity if "plus" in style else -opacity
    return found


def test_epoch_explorer_shades_every_input_by_the_answer():
    nets, costs = trained(400)
    widget = view.explore_epochs(nets, costs, *bp.examples.xor_data())
    widget.controls["epoch"].value = 400
    for i, j in [
        (-0.175, -0.175),
        (-0.175, 1.175),
        (1.175, -0.175),
        (0.525, 0.525),
        (0.125, 0.875),
    ]:
        a = bp.forward(nets[400], [i, j]).a[3].item()
        assert shade_at(widget, i, j) == pytest.approx(0.7 * (2 * a - 1), abs=0.7 / 16 + 0.005)
    assert widget.shown.picture.count("v7h") > 0  # stripes where it is below 0.5
    assert len(widget.shown.picture.encode()) < 15_000


def test_the_knob_of_the_epoch_is_on_the_curve_and_follows_the_pointer():
    nets, costs = trained(400)
    widget = view.explore_epochs(nets, costs, *bp.examples.xor_data())
    curve = path_points(drawing(widget), "plus")
    before = knob_place(widget)
    gain = float(knob(widget).get("data-x"))
    assert knob(widget).get("data-knob") == "epoch"
    assert knob(widget).get("aria-label")
    for epoch in (100, 377, 400):
        widget.controls["epoch"].value = epoch
        x, y = knob_place(widget)
        assert (x - before[0]) * gain == pytest.approx(epoch, abs=gain)
        assert y == pytest.approx(np.interp(x, *curve.T), abs=1)
    assert curve[0, 0] == before[0]
    assert curve[-1, 0] == x  # the last epoch
    heights = 310 - curve[[0, -1], 1]  # px over zero
    assert heights[1] / heights[0] == pytest.approx(costs[-1] / costs[0], abs=1e-3)


def test_the_knob_keeps_its_place_in_the_markup_while_it_plays():
    """Or the browser would replace what the reader holds."""
    nets, costs = trained(400)
    widget = view.explore_epochs(nets, costs, *bp.examples.xor_data())
    at_first = way_to_a_knob(drawing(widget))
    for epoch in (100, 300, 400):
        widget.controls["epoch"].value = epoch
        assert way_to_a_knob(drawing(widget)) == at_first


def test_play_runs_to_the_end_and_then_from_the_start():
    nets, costs = trained(400)
    widget = view.explore_epochs(nets, costs, *bp.examples.xor_data())
    play, epoch, pictures = widget.controls["play"], widget.controls["epoch"], []
    epoch.value = 7
    widget.watch(lambda: pictures.append(epoch.value))
    play.value = True
    while play.value and len(pictures) < 400:
        play.tick()
    assert pictures[:3] == [7, 10, 13]
    assert pictures[-1] == 400
    play.value = True
    play.tick()
    assert (epoch.value, play.value) == (0, True)


def test_epoch_explorer_of_one_network_and_of_a_long_training_stays_finite():
    x, y = bp.examples.xor_data()
    nets, costs = [bp.examples.xor_network()] * 2000, np.geomspace(1e-3, 1e3, 2000)
    for n in (1, 2, 2000):
        widget = view.explore_epochs(nets[:n], costs[:n], x, y)
        assert_finite_at_both_ends(widget)
        widget.controls["play"].tick()
    assert len(widget.shown.picture.encode()) < 15_000
    assert_finite_at_both_ends(view.explore_epochs(nets[:3], [0.0] * 3, x, y))


@pytest.mark.parametrize("nets", [[], [bp.examples.xor_network()]])
def test_epoch_explorer_refuses_too_few_networks(nets):
    with pytest.raises(ValueError, match="expected as many, and some"):
        view.explore_epochs(nets, [1.0, 0.5] if nets else [], *bp.examples.xor_data())


# Races

BOWL = view.Landscape(
    lambda theta: theta[0] ** 2 + theta[1] ** 2, lambda theta: 2 * theta, (-2.0, 1.0)
)
RAMP = view.Landscape(lambda theta: theta[0], lambda theta: np.array([1.0, 0.0]), (3.5, -2.5))
MAKERS = {
    "plain": bp.SGD,
    "momentum": lambda lr: bp.SGD(lr, momentum=0.9),
    "AdaGrad": bp.AdaGrad,
    "RMSProp": bp.RMSProp,
    "Adam": bp.Adam,
}


def race(*names: str, landscapes=None) -> Explorable:
    makers = {name: MAKERS[name] for name in names}
    return view.explore_race(landscapes or {"bowl": BOWL}, makers, dict.fromkeys(names, 0.1))


def lines(widget: Explorable, name: str):
    group = drawing(widget).find(f".//{SVG}svg//{SVG}g[@data-for='{name}']")
    return group.findall(f"{SVG}path")


def places(widget: Explorable, name: str) -> np.ndarray:
    numbers = re.findall(r"-?[\d.]+", lines(widget, name)[0].get("d"))
    return np.array(numbers, float).reshape(-1, 2)


def test_race_follows_each_optimizer_with_its_own_rate():
    widget = race("plain", "Adam")
    widget.controls["steps"].value = 3
    factor = (1 - 2 * widget.controls["plain"].value) ** 3
    assert f"plain C = {number(5 * factor**2, 2)}" in widget.words
    path = places(widget, "plain")
    assert len(path) == 4
    start, end = path[0], path[-1]
    centre = np.array([MAP.x(0), MAP.y(0)])
    np.testing.assert_allclose(end, centre + (start - centre) * factor, atol=0.2)
    theta, state, adam = np.array(BOWL.start), None, bp.Adam(widget.controls["Adam"].value)
    for _ in range(3):
        change, state = adam.step(2 * theta, state)
        theta = theta + change
    assert f"Adam C = {number((theta**2).sum(), 2)}" in widget.words
    widget.controls["plain"].value = 10
    assert "plain left the picture" in widget.words


def test_the_ball_keeps_its_place_in_the_markup():
    widget = race("plain", "Adam", landscapes={"bowl": BOWL, "ramp": RAMP})
    at_first = way_to_a_knob(drawing(widget))
    for name, value in {"steps": 300, "plain": 10, "landscape": "ramp"}.items():
        widget.controls[name].value = value
        assert way_to_a_knob(drawing(widget)) == at_first


def test_race_plays_to_its_end_and_then_from_the_start():
    widget = race("plain")
    assert widget.values["steps"] == 12
    widget.set({"steps": 297, "play": True})
    seen = []
    while widget.values["play"]:
        widget.controls["play"].tick()
        seen.append(widget.values["steps"])
    assert seen == [300]
    widget.controls["play"].tick()
    assert (widget.values["steps"], widget.values["play"]) == (0, True)
    widget.controls["play"].tick()
    assert widget.values["steps"] == 1


def test_race_has_the_cost_of_every_step_on_a_logarithmic_axis():
    widget = race("plain")
    widget.controls["steps"].value = 20
    line = drawing(widget).findall(f".//{SVG}g/{SVG}svg")[-1].find(f".//{SVG}path")
    points = np.array(re.findall(r"-?[\d.]+", line.get("d")), float).reshape(-1, 2)
    t, factor = np.arange(21), 1 - 2 * 0.1
    np.testing.assert_allclose(points[:, 0], 52 + (198 - 52) * t / 20, atol=0.06)
    exponents = np.log10(5 * factor ** (2 * t))
    np.testing.assert_allclose(points[:, 1], 248 - 228 * (exponents + 4) / 6, atol=0.06)


def ball_place(widget: Explorable) -> np.ndarray:
    circle = knob(widget).find(f"{SVG}circle")
    return np.array([circle.get("cx"), circle.get("cy")], float)


def test_race_starts_where_the_ball_is_dragged():
    widget = race("plain")
    ball = knob(widget)
    assert (ball.get("data-knob"), ball.get("data-knob-y")) == ("start θ₁", "start θ₂")
    assert ball.get("aria-label")
    before = ball_place(widget)
    right, down = 66.0, -33.0  # px
    widget.set(
        {
            "start θ₁": BOWL.start[0] + right * float(ball.get("data-x")),
            "start θ₂": BOWL.start[1] + down * float(ball.get("data-y")),
            "steps": 2,
        }
    )
    np.testing.assert_allclose(ball_place(widget) - before, (right, down), atol=0.11)
    np.testing.assert_allclose(places(widget, "plain")[0], ball_place(widget), atol=0.01)
    C = ((-2 + 66 / 38) ** 2 + (1 + 33 / 38) ** 2) * (1 - 0.2) ** 4  # 38 px are 1
    assert f"plain C = {number(C, 2)}" in widget.words


def test_another_landscape_moves_the_start_to_its_own():
    widget = race("plain", landscapes={"bowl": BOWL, "ramp": RAMP})
    widget.controls["start θ₁"].value = 0.3
    widget.controls["landscape"].value = "ramp"
    assert (widget.values["start θ₁"], widget.values["start θ₂"]) == RAMP.start
    steps = widget.values["steps"]
    assert f"Ramp, steps: {steps}. plain C = {number(3.5 - 0.1 * steps, 2)}" in widget.words


def test_race_marks_the_lowest_point_only_where_there_is_one_inside():
    for landscape, marks in ((BOWL, [f"translate({MAP.x(0):.1f} {MAP.y(0):.1f})"]), (RAMP, [])):
        found = drawing(race("plain", landscapes={"it": landscape})).iter(f"{SVG}path")
        inside = [path.get("transform") for path in found if path.get("d") == "M-9 0h18M0 -9v18"]
        assert inside == marks


def test_the_looks_of_five_runners_differ_in_colour_in_dash_and_in_mark():
    for one, other in combinations(LOOKS, 2):
        assert one.colour != other.colour
        assert one.dashes != other.dashes
        assert one.mark != other.mark
    widget = race(*MAKERS)
    for name, look in zip(MAKERS, LOOKS, strict=True):
        line, mark = lines(widget, name)
        assert f"--bp-{look.colour});" in line.get("style")
        assert line.get("style").endswith(look.dashes)
        assert mark.get("d").startswith(look.mark)
        end = np.array(re.findall(r"-?[\d.]+", mark.get("transform")), float)
        np.testing.assert_array_equal(end, places(widget, name)[-1])


def test_race_stays_finite_at_both_ends_of_every_control():
    assert_finite_at_both_ends(race(*MAKERS, landscapes={"bowl": BOWL, "ramp": RAMP}))


def test_a_racer_with_a_mu_gets_it_after_its_rate():
    makers = {"plain": bp.SGD, "momentum": bp.SGD}
    rates = {"plain": 0.1, "momentum": 0.05}
    widget = view.explore_race({"bowl": BOWL}, makers, rates, mu={"momentum": 0.8}, steps=2)
    for mu in (0.8, 0.3):
        widget.controls["momentum μ"].value = mu
        # 1, then 1 − 2η, then one step more, of a share −2η (1 − 2η) − 2ημ.
        share = (1 - 0.1) - 0.1 * (1 - 0.1) - 0.1 * mu
        assert f"momentum C = {number(5 * share**2, 2)}" in widget.words
    assert f"plain C = {number(5 * 0.8**4, 2)}" in widget.words
    assert "plain μ" not in widget.controls


def test_race_wants_a_mu_only_for_its_own_optimizers():
    with pytest.raises(ValueError, match="mu has"):
        view.explore_race({"bowl": BOWL}, {"plain": bp.SGD}, {"plain": 0.1}, mu={"other": 0.5})


@pytest.mark.parametrize("start", [(-2.0, 0.0), (0.0, 1.0)])
def test_a_racer_that_leaves_on_one_side_has_left_the_picture(start):
    bowl = view.Landscape(BOWL.C, BOWL.slope, start)
    widget = race("plain", landscapes={"bowl": bowl})
    assert "left the picture" not in widget.words
    widget.controls["plain"].value = 10
    assert "plain left the picture" in widget.words


@pytest.mark.parametrize("rates", [{}, {"plain": 0.1, "other": 0.1}])
def test_race_wants_a_rate_for_each_optimizer(rates):
    with pytest.raises(ValueError, match="each with a rate"):
        view.explore_race({"bowl": BOWL}, {"plain": bp.SGD}, rates)


def test_none_of_them_needs_jupyter_or_matplotlib():
    check = (
        "import sys\n"
        "import bpcore.view.path_slider, bpcore.view.race_sliders, bpcore.view.training_sliders\n"
        "wanted = {'anywidget', 'ipywidgets', 'matplotlib', 'resvg_py', 'IPython'}\n"
        "assert not wanted & set(sys.modules), wanted & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
