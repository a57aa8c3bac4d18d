"""The pictures of notebook 12: 8 × 8 numbers, training on few digits, and pushed pixels."""

import re

import numpy as np
import pytest

import bpcore as bp
from bpcore import view
from bpcore.view.attack_sliders import RANDOM, SIGNS
from bpcore.view.fitting_sliders import EPOCHS, STOPS
from bpcore.view.pixels import pixels

ORDER = np.random.default_rng(0).permutation(1797)  # as the notebook has them
X, Y = (v[:, ORDER] for v in bp.examples.digits())
CE = {"cost": "cross_entropy"}


def runs(d: str) -> list[tuple[float, float, float]]:
    """Walk along a path of level lines: left, height and length of each."""
    found, at = [], np.zeros(2)
    steps = re.findall(r"m(-?[\d.]+) (-?[\d.]+)h([\d.]+)", d)
    assert len(steps) == d.count("m") == d.count("h")
    for right, down, wide in steps:
        at += float(right), float(down)
        found.append((*at.tolist(), float(wide)))
        at += float(wide), 0
    return found


def cells(drawing: str) -> dict[tuple[str, float], list[tuple[float, ...]]]:
    """By colour and opacity: left, top, width and height of each filled pixel."""
    found = {}
    for look, opacity, high, d in re.findall(
        r'stroke: var\(--bp-(\w+)\); stroke-opacity: ([\d.]+); stroke-width: ([\d.]+)" '
        r'd="([^"]*)"',
        drawing,
    ):
        found.setdefault((look, float(opacity)), []).extend(
            (x, y - float(high) / 2, wide, float(high)) for x, y, wide in runs(d)
        )
    return found


def test_ink_is_grey_where_it_is():
    ink = np.zeros(64)
    ink[[0, 10, 63]] = 1, 0.5, 0.05  # the last is less than half a shade
    found = cells(pixels([(ink, 100, 20, 7)]))
    assert found == {("ink", 1.0): [(100, 20, 7, 7)], ("ink", 0.5): [(114, 27, 7, 7)]}


def minuses(drawing: str) -> dict[str, list[tuple[float, ...]]]:
    """By colour: the middle, the width and the height of each mark."""
    return {
        colour: [(x + wide / 2, y, wide, float(high)) for x, y, wide in runs(d)]
        for colour, high, d in re.findall(
            r'stroke: var\(--bp-(\w+)\); stroke-width: ([\d.]+)" d="([^"]*)"', drawing
        )
        if colour in ("paper", "minus")
    }


def test_sign_shows_by_colour_and_by_a_minus():
    values = np.zeros(64)
    values[[9, 18, 27, 36]] = 2, -4, -2, -0.5
    drawing = pixels([(values, 0, 0, 10)])
    found = cells(drawing)
    assert found == {
        ("plus", 0.5): [(10, 10, 10, 10)],
        ("minus", 1.0): [(20, 20, 10, 10)],
        ("minus", 0.5): [(30, 30, 10, 10)],
        ("minus", 0.125): [(40, 40, 10, 10)],
    }
    marks = minuses(drawing)  # light on dark, dark on light, and none on what is nearly white
    assert {colour: len(each) for colour, each in marks.items()} == {"paper": 1, "minus": 1}
    for colour, middle in (("paper", 25), ("minus", 35)):
        x, y, wide, high = marks[colour][0]
        assert (x, y) == pytest.approx((middle, middle), abs=0.5)
        assert 10 > wide >= 3 * high
    assert not minuses(pixels([(abs(values), 0, 0, 10)]))
    found = cells(pixels([(abs(values), 0, 0, 10)], most=8))
    assert found[("plus", 0.5)] == [(20, 20, 10, 10)]
    assert len(found[("plus", 0.25)]) == 2


def test_every_digit_is_drawn_in_its_place():
    shown = view.show_pixels(X[:, :13], [f"c{i}" for i in range(13)], "thirteen", columns=5)
    drawn = [c for found in cells(shown.shown.picture).values() for c in found]
    assert len(drawn) == (np.rint(8 * X[:, :13]) > 0).sum()
    side = drawn[0][2]
    places = re.findall(r'x="([\d.]+)" y="([\d.]+)">c\d+<', shown.shown.picture)
    assert len(places) == 13
    for n, (x, y) in enumerate(places):
        left, top = float(x) - 4 * side, float(y) - 18 - 8 * side
        mine = [c for c in drawn if left - 1 <= c[0] < left + 8 * side and top <= c[1] < float(y)]
        assert len(mine) == (np.rint(8 * X[:, n]) > 0).sum()


def test_captions_are_text_and_may_have_lines():
    shown = view.show_pixels(X[:, :1], ["3 < 8\nsurely"], "a digit")
    assert "3 &lt; 8</text>" in shown.shown.picture
    assert ">surely</text>" in shown.shown.picture
    assert shown.words == "a digit In order: 3 < 8 surely."
    assert not shown.controls


@pytest.mark.parametrize(
    ("arguments", "options", "told"),
    [
        ((X[:60, :2], ["a", "b"], "w"), {}, r"expected \(64, n\)"),
        ((X[:, 0], ["a"], "w"), {}, r"expected \(64, n\)"),
        ((X[:, :0], [], "w"), {}, r"expected \(64, n\)"),
        ((X[:, :2], ["a"], "w"), {}, "2 pictures, but 1 captions"),
        ((X[:, :1], ["a"], " "), {}, "words must say"),
        ((X[:, :1], ["a"], "w"), {"columns": 0}, "columns"),
        ((X[:, :1], ["a"], "w"), {"columns": 21}, "at most 20"),
        ((np.full((64, 1), np.nan), ["a"], "w"), {}, "pictures"),
    ],
)
def test_pictures_that_cannot_be_shown(arguments: tuple, options: dict, told: str):
    with pytest.raises(ValueError, match=told):
        view.show_pixels(*arguments, **options)


@pytest.fixture(scope="module")
def fitting():
    return view.explore_fitting(X[:, :300], Y[:, :300], X[:, 300:400], Y[:, 300:400])


def trained(m: int, hidden: int, eta: float, lam: float, epochs: int) -> bp.Network:
    """In as many steps as the picture says, each written out."""
    net = bp.Network([64, hidden, 10], activation="tanh", output_activation="softmax")
    rng, size = np.random.default_rng(0), 30 if m == 300 else 10
    for _ in range(epochs):
        order = rng.permutation(m)
        for batch in np.split(order, range(size, m, size)):
            g = bp.backprop(net, X[:, batch], Y[:, batch], **CE)
            for l in net.w:
                net.w[l] = net.w[l] - eta * (g.w[l] + lam / m * net.w[l])
                net.b[l] = net.b[l] - eta * g.b[l]
    return net


@pytest.mark.parametrize("setting", [("30", "30", "1", "0"), ("300", "3", "0.2", "0.3")])
def test_both_costs_are_those_of_the_training(fitting, setting: tuple):
    epoch = 12
    fitting.set({**dict(zip(STOPS, setting, strict=True)), "epoch": epoch})
    m, hidden, eta, lam = (float(s) for s in setting)
    net = trained(int(m), int(hidden), eta, lam, epoch)
    said = re.findall(r"cost ([\d.]+) \((\d+)% right\)", fitting.words)
    for (c, r), part in zip(said, (slice(0, int(m)), slice(300, 400)), strict=True):
        assert float(c) == pytest.approx(bp.cost(net, X[:, part], Y[:, part], **CE), rel=6e-3)
        share = (bp.forward(net, X[:, part]).a[3].argmax(0) == Y[:, part].argmax(0)).mean()
        assert abs(float(r) / 100 - share) <= 0.0051
    drawn = cells(fitting.shown.picture)
    shades = np.rint(8 * net.w[2] / abs(net.w[2]).max(axis=1, keepdims=True))
    assert sum(len(c) for (look, _), c in drawn.items() if look == "plus") == (shades > 0).sum()
    assert sum(len(c) for (look, _), c in drawn.items() if look == "minus") == (shades < 0).sum()


def test_the_lowest_point_is_the_lowest(fitting):
    fitting.set({"samples": "30", "hidden": "30", "η": "0.5", "λ": "0"})
    best = re.search(r"lowest after (\d+) epochs: ([\d.]+)", fitting.words)
    costs = []
    for epoch in range(EPOCHS + 1):
        fitting.controls["epoch"].value = epoch
        costs.append(float(re.search(r"validation cost ([\d.]+)", fitting.words).group(1)))
    assert float(best.group(2)) == min(costs) == costs[int(best.group(1))]
    assert min(costs) + 0.05 < costs[-1]  # so the first picture shows overfitting


def test_all_stops_of_fitting_can_be_shown(fitting):
    for name, stops in STOPS.items():
        for stop in (stops[0], stops[-1]):
            fitting.controls[name].value = stop
            assert "nan" not in fitting.shown.picture
    assert 'data-knob="epoch"' in fitting.shown.picture


def test_a_cost_above_the_picture_is_written_beside_its_name(fitting):
    fitting.set({"samples": "30", "hidden": "30", "η": "0.5", "λ": "0", "epoch": EPOCHS})
    assert "↑" not in fitting.shown.picture
    fitting.set({"η": "2"})
    cost = re.search(r"validation cost ([\d.]+)", fitting.words).group(1)
    assert float(cost) > 3
    assert f">validation: {cost} ↑<" in fitting.shown.picture


@pytest.mark.parametrize(
    "sets",
    [
        (X[:, :200], Y[:, :200], X[:, 300:], Y[:, 300:]),  # too few
        (X[:, :300], Y[:, :299], X[:, 300:], Y[:, 300:]),
        (X[:, :300], Y[:9, :300], X[:, 300:], Y[:, 300:]),
        (X[:, :300], Y[:, :300], X[:60, 300:], Y[:, 300:]),
    ],
)
def test_fitting_refuses_what_does_not_fit(sets: tuple):
    with pytest.raises(ValueError, match="expected"):
        view.explore_fitting(*sets)


@pytest.fixture(scope="module")
def reader():
    net = bp.Network([64, 20, 10], activation="tanh", output_activation="softmax", seed=3)
    bp.train(net, X[:, :500], Y[:, :500], optimizer=bp.SGD(0.5), epochs=10, batch_size=25, **CE)
    return net


def test_a_push_follows_the_measured_slopes(reader):
    attack = view.explore_attack(reader, X[:, 600:603], Y[:, 600:603])
    attack.set({"digit": attack.controls["digit"].options[1], "ε": 0.07})
    x, y = X[:, [601]], Y[:, [601]]
    hairs = 1e-5 * np.eye(64)
    slope = [
        bp.cost(reader, x + h[:, None], y, **CE) - bp.cost(reader, x - h[:, None], y, **CE)
        for h in hairs
    ]
    after = np.clip(x + 0.07 * np.sign(slope)[:, None], 0, 1)
    a = bp.forward(reader, np.hstack([x, after])).a[3]
    expected = [f"{v.argmax()} with {v.max():.2f}" for v in a.T]
    assert f"Read as {expected[0]} before, and as {expected[1]} after." in attack.words
    assert f"add up to {abs(after - x).sum():.3g}" in attack.words.replace("−", "-")
    drawn = cells(attack.shown.picture)
    changed = np.rint(8 * (after - x) / 0.3)
    for look, count in (("plus", (changed > 0).sum()), ("minus", (changed < 0).sum())):
        assert sum(len(c) for (each, _), c in drawn.items() if each == look) == count


def test_a_random_push_is_as_large_and_no_push_changes_nothing(reader):
    attack = view.explore_attack(reader, X[:, 600:602], Y[:, 600:602])
    assert attack.controls["way"].options == [SIGNS, RANDOM]
    for way in (SIGNS, RANDOM):
        attack.set({"way": way, "ε": 0.3})
        moved = float(re.search(r"moves add up to ([\d.]+)\. ", attack.words).group(1))
        assert 0.3 * 64 / 4 < moved <= 0.3 * 64  # some meet 0 or 1
        attack.controls["ε"].value = 0
        first, second = re.search(r"Read as (.*) before, and as (.*) after", attack.words).groups()
        assert first == second


def test_attack_refuses_what_does_not_fit(reader):
    with pytest.raises(ValueError, match="expected"):
        view.explore_attack(reader, X[:60, :2], Y[:, :2])
    with pytest.raises(ValueError, match="y"):
        view.explore_attack(reader, X[:, :2], Y[:, :3])
    with pytest.raises(ValueError, match="net must have 64 inputs"):
        view.explore_attack(bp.Network([3, 10], output_activation="softmax"), X[:, :2], Y[:, :2])
    with pytest.raises(ValueError, match="10 softmax outputs"):
        view.explore_attack(bp.Network([64, 10]), X[:, :2], Y[:, :2])
