"""Paths that are collected, and a nudge that travels: the numbers shown are bpcore's."""

import re
from itertools import combinations, product

import numpy as np
import pytest
from pictures import SVG, drawing, table_row, way_to_a_knob

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Explorable
from bpcore.view.style import number, signed, still

PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
X, Y = [0.8, 0.4], [0, 1]
SHAPES = [[2, 3, 3, 2], [1, 1], [3, 2], [2, 5, 1], [2, 2, 5, 2], [5, 5, 3, 4], [1, 4, 1, 5]]


def network(sizes: list[int], activation: str = "sigmoid") -> bp.Network:
    net, rng = bp.Network(sizes, activation=activation, seed=3), np.random.default_rng(3)
    for l in net.w:
        net.w[l] = 2 * net.w[l]
        net.b[l] = rng.standard_normal(net.b[l].shape)
    return net


def sample(sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.linspace(0.3, 0.9, sizes[0]), np.arange(sizes[-1]) % 2.0


def collecting(sizes: list[int], weight: str) -> Explorable:
    return view.explore_collecting(network(sizes), *sample(sizes), weight=weight)


def name(sizes: list[int], l: int, j: int) -> str:
    """Of neuron j of layer l, counted from 1."""
    letter = "I" if l == 1 else "O" if l == len(sizes) else "H"
    return f"{letter}{l}.{j}" if letter == "H" and len(sizes) > 3 else f"{letter}{j}"


def weight_names(sizes: list[int]) -> dict[str, tuple[int, int, int]]:
    return {
        f"{name(sizes, l - 1, k)}→{name(sizes, l, j)}": (l, j - 1, k - 1)
        for l in range(2, len(sizes) + 1)
        for j, k in product(range(1, sizes[l - 1] + 1), range(1, sizes[l - 2] + 1))
    }


class Counted:
    """A number that counts the multiplications by it."""

    made = 0

    def __init__(self, value: float) -> None:
        self.value = float(value)

    def __mul__(self, other: "Counted") -> "Counted":
        Counted.made += 1
        return Counted(self.value * other.value)

    def __add__(self, other: "Counted | int") -> "Counted":
        return Counted(self.value + getattr(other, "value", other))

    __radd__ = __add__


def slope_and_price(net: bp.Network, x, y, stage: str, wanted: list[tuple]) -> tuple[dict, int]:
    """Compute ∂C/∂w as the picture says it does, and count the multiplications."""
    trace, n, L = bp.forward(net, x), net.sizes, net.L
    counted = np.vectorize(Counted, otypes=[object])
    a = {l: counted(trace.a[l][:, 0]) for l in range(1, L + 1)}
    w = {l: counted(net.w[l]) for l in net.w}
    slope = {l: counted(net.sigma[l].prime(trace.z[l])[:, 0]) for l in net.w}
    error = counted(trace.a[L][:, 0] - np.asarray(y, float))
    front = {"nothing": L, "δ": 2}.get(stage) or int(stage.split()[1])
    Counted.made, held, found = 0, {}, {}

    def s(l: int, j: int) -> Counted:
        if (l, j) not in held:
            ahead = range(n[l]) if l < L else ()
            held[l, j] = (
                error[j]
                if l == L
                else sum(
                    delta(l + 1, i) * w[l + 1][i, j]
                    if stage == "δ"
                    else s(l + 1, i) * slope[l + 1][i] * w[l + 1][i, j]
                    for i in ahead
                )
            )
        return held[l, j]

    def delta(l: int, j: int) -> Counted:
        if ("δ", l, j) not in held:
            held["δ", l, j] = s(l, j) * slope[l][j]
        return held["δ", l, j]

    for l, j, k in wanted:
        if stage == "δ":
            found[l, j, k] = delta(l, j) * a[l - 1][k]
            continue
        terms = []
        for rest in product(*(range(n[i - 1]) for i in range(l + 1, max(front, l) + 1))):
            path = (j, *rest)
            term = s(max(front, l), path[-1])
            for i in range(len(path) - 1, 0, -1):
                term = term * slope[l + i][path[i]] * w[l + i][path[i], path[i - 1]]
            terms.append(term * slope[l][j] * a[l - 1][k])
        found[l, j, k] = sum(terms)
    return {place: value.value for place, value in found.items()}, Counted.made


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_every_stage_gives_the_slope_of_every_weight_and_counts_its_price(sizes):
    net, (x, y) = network(sizes), sample(sizes)
    g, weights = bp.backprop(net, x, y), weight_names(sizes)
    widget = view.explore_collecting(net, x, y, weight=next(iter(weights)))
    for stage in widget.controls["collected"].options:
        widget.controls["collected"].value = stage
        slopes, price_of_all = slope_and_price(net, x, y, stage, [*weights.values()])
        for weight, (l, j, k) in weights.items():
            widget.controls["weight"].value = weight
            assert slopes[l, j, k] == pytest.approx(g.w[l][j, k], rel=1e-9)
            _, price = slope_and_price(net, x, y, stage, [(l, j, k)])
            assert f"The sum is ∂C/∂w = {number(g.w[l][j, k])}." in widget.words
            told = f"{price:,} for this weight, {price_of_all:,} for all {len(weights)}."
            assert widget.words.endswith(told)
            assert re.sub("<.*?>", "", table_row(widget, "sum")[-1]) == number(g.w[l][j, k])


def written(widget: Explorable) -> tuple[dict[str, str], str]:
    """What stands for each neuron in the list of what is collected; and all that is left."""
    *parts, left = re.sub("<thead>.*?</thead>", "", widget.shown.aside).split("<h4>")
    rows = [row for part in parts if part.startswith("Collected") for row in part.split("<tr>")]
    cells = (re.search("<th.*?>(.*?)</th><td>(.*?)</td>", row) for row in rows)
    return dict(cell.groups() for cell in cells if cell), left


def test_the_multiplications_can_be_counted_in_what_is_written():
    widget = view.explore_collecting(network([2, 3, 3, 2]), X, Y)
    for weight in ("I1→H2.1", "H2.3→H3.2", "H3.1→O2"):
        for stage in widget.controls["collected"].options:
            widget.set({"collected": stage, "weight": weight, "explain": "this step"})
            (told,) = re.findall(r"([\d,]+) for this weight", widget.words)
            brackets, left = written(widget)
            made = 0
            for neuron in brackets:
                if stage in ("layer 2", "δ"):
                    widget.controls["explain"].value = neuron
                made += written(widget)[0][neuron].count("×")
            assert made + left.count("×") == int(told)


def test_late_on_only_one_neuron_is_written_out():
    widget = view.explore_collecting(network([2, 3, 3, 2]), X, Y)
    for stage, explain, opened in (
        ("layer 3", "this step", {"H3.1", "H3.2", "H3.3"}),
        ("layer 2", "this step", {"H2.1"}),
        ("layer 2", "H3.2", {"H3.2"}),
        ("layer 2", "H2.2", {"H2.1"}),  # which this weight does not need
        ("δ", "I1", {"H2.1"}),
        ("δ", "H3.1", {"H3.1"}),
    ):
        widget.set({"collected": stage, "explain": explain})
        brackets, _ = written(widget)
        assert {n for n in brackets if "×" in brackets[n]} == opened
        for neuron in opened:
            assert brackets[neuron].count("<br>+ ") == (2 if neuron == "H2.1" else 1)
    widget.set({"collected": "layer 2", "explain": "this step"})
    assert re.sub("<.*?>", "", written(widget)[0]["H3.2"]) == boxes(widget)["H3.2"][1].replace(
        " ", "\xa0"
    )


def test_the_first_network_of_the_text_by_hand():
    """Six paths of six multiplications each; 300, 114, 72, 44 are worked out in the notebook."""
    widget = view.explore_collecting(network([2, 3, 3, 2]), X, Y)
    told = []
    for stage in widget.controls["collected"].options:
        widget.controls["collected"].value = stage
        told.append([int(n) for n in re.findall(r"(\d+) for (?:this|all)", widget.words)])
    assert told == [[36, 300], [24, 114], [20, 72], [16, 44]]


def groups(widget: Explorable) -> dict:
    """The drawing of each neuron."""
    drawn = drawing(widget).iter(f"{SVG}g")
    return {g.get("data-for"): g for g in drawn if g.get("data-for")}


def boxes(widget: Explorable) -> dict[str, list[str]]:
    """What stands in each neuron."""
    return {
        n: [t.text.replace("\xa0", " ") for t in g.iter(f"{SVG}text")]
        for n, g in groups(widget).items()
    }


def test_neurons_hold_the_slope_of_their_activation_and_in_the_end_their_delta():
    net, eps = network([2, 3, 3, 2]), 1e-6
    widget = view.explore_collecting(net, X, Y)
    assert (boxes(widget)["H3.2"], boxes(widget)["O1"]) == (["H3.2"], ["O1"])
    widget.controls["collected"].value = "layer 3"
    a, sigma = bp.forward(net, X).a[3], net.sigma[4]

    def C(a_3: np.ndarray) -> float:
        return float(np.sum((sigma(net.w[4] @ a_3 + net.b[4]) - np.c_[Y]) ** 2) / 2)

    for q in range(3):
        push = eps * np.eye(3)[:, q : q + 1]
        measured = (C(a + push) - C(a - push)) / (2 * eps)
        assert boxes(widget)[f"H3.{q + 1}"] == [f"H3.{q + 1}", f"s {number(measured, 3)}"]
    assert boxes(widget)["H2.1"] == ["H2.1"]
    widget.controls["collected"].value = "layer 2"
    before = boxes(widget)
    assert [len(before[f"H2.{j}"]) for j in (1, 2, 3)] == [2, 2, 2]
    assert "Not needed for I1→H2.1: H2.2\xa0s" in widget.shown.aside
    widget.controls["weight"].value = "H2.1→H3.2"  # needs other numbers, which are the same
    assert boxes(widget) == before
    looks = {n: g[-1].get("class") for n, g in groups(widget).items()}
    assert [n for n in looks if looks[n] == "tight"] == ["H3.2", "O1", "O2"]
    widget.controls["collected"].value = "δ"
    delta = bp.backprop(net, X, Y).delta
    for l, j in ((2, 1), (2, 3), (3, 2), (4, 1)):
        held = boxes(widget)[name([2, 3, 3, 2], l, j)][1]
        assert held == f"δ {number(delta[l][j - 1, 0], 3)}"


def strands(widget: Explorable) -> list[tuple[str, bool, float]]:
    """The lines in colour: class, whether dashed, width in px; the collected ones are pale."""
    found = []
    for line in drawing(widget).iter(f"{SVG}path"):
        if line.get("class") in ("plus", "minus"):
            width = re.match(r"stroke-width: ([\d.]+)", line.get("style")).group(1)
            found.append((line.get("class"), "dasharray" in line.get("style"), float(width)))
    return found


def test_a_strand_for_each_path_with_its_sign_and_size():
    net = network([2, 3, 3, 2])
    trace = bp.forward(net, X)
    slope = {l: net.sigma[l].prime(trace.z[l])[:, 0] for l in net.w}
    shares = [
        (trace.a[4][i, 0] - Y[i])
        * slope[4][i] * net.w[4][i, q] * slope[3][q] * net.w[3][q, 0] * slope[2][0] * X[0]
        for q, i in product(range(3), range(2))
    ]  # fmt: skip
    drawn = strands(view.explore_collecting(net, X, Y))
    assert len(drawn) == 4 * 6  # four lines each, to the cost
    per_share = max(width for *_, width in drawn) / max(map(abs, shares))
    for (look, dashed, width), share in zip(drawn[:6], shares, strict=True):
        assert (look == "minus") == dashed == (share < 0)
        assert width == pytest.approx(max(1.6, per_share * abs(share)), abs=0.11)
    signs = [t.text for t in drawing(view.explore_collecting(net, X, Y)).iter(f"{SVG}text")]
    assert signs.count("+") == sum(share > 0 for share in shares)
    assert signs.count("−") == sum(share < 0 for share in shares)


def test_it_can_begin_with_all_collected():
    all_collected = view.explore_collecting(network([2, 3, 3, 2]), X, Y, collected="δ")
    widget = view.explore_collecting(network([2, 3, 3, 2]), X, Y)
    widget.controls["collected"].value = "δ"
    assert all_collected.shown == widget.shown


def test_strands_that_are_left_become_fewer():
    widget = view.explore_collecting(network([2, 3, 3, 2]), X, Y)
    left = {"layer 3": 3 * 2, "layer 2": 1, "δ": 1}
    behind = {"layer 3": 6 * 2, "layer 2": 6 * 3, "δ": 6 * 3}
    for stage in left:
        widget.controls["collected"].value = stage
        pale = drawing(widget).find(f".//{SVG}g[@style]")
        assert len(pale.findall(f"{SVG}path")) == behind[stage]
        assert len(strands(widget)) == left[stage] + behind[stage]


def test_a_neuron_tells_its_bracket_and_a_line_its_paths():
    widget = view.explore_collecting(network([2, 3, 3, 2]), X, Y)
    to = {g.get("data-to"): g.get("data-set") for g in drawing(widget).iter(f"{SVG}g")}
    assert to["H3.2"] == "explain"
    assert set(weight_names([2, 3, 3, 2])) <= {n for n, kind in to.items() if kind == "weight"}
    for neuron, says in {
        "I1": "ends with the same factor, a = 0.8000",
        "I2": "No path from I1→H2.1",
        "H2.2": "No path from I1→H2.1",
        "O1": "a − y",
    }.items():
        widget.controls["explain"].value = neuron
        assert says in widget.shown.aside


def explained(widget: Explorable) -> str:
    return widget.shown.aside.split("<h4>")[1]


def test_the_bracket_is_written_only_when_the_front_has_reached_it():
    widget = view.explore_collecting(network([2, 3, 3, 2]), X, Y)
    rows = {"nothing": {"H3.1": 2, "H2.1": 6}, "layer 3": {"H2.1": 3}}
    for stage, strands_of in rows.items():
        for neuron, n in strands_of.items():
            widget.set({"collected": stage, "explain": neuron})
            told = explained(widget)
            assert told.count("<u>") == n  # one for each strand that is left
            tails = re.findall("<u>(.*?)</u>", told)
            assert len(set(tails)) == 1
            assert tails[0].count("×") == (3 if neuron == "H3.1" else 1)
            assert f"Drag the ball to layer {neuron[1]}" in told
            assert "After" not in told
            assert "bracket" not in told
    for stage, neuron, n in (
        ("layer 3", "H3.1", 2),
        ("layer 2", "H3.1", 2),
        ("layer 2", "H2.1", 3),
    ):
        widget.set({"collected": stage, "explain": neuron})
        before, after = explained(widget).split("After:")
        assert "+ −" not in re.sub("<.*?>", "", after)
        assert (before.count("<u>"), after.count("<u>")) == (n, 1)
        assert f"{neuron} = " in after
    widget.set({"collected": "δ", "explain": "H3.1"})
    delta = bp.backprop(network([2, 3, 3, 2]), X, Y).delta[3][0, 0]
    assert "was made at “layer 3”: go back to see how. Here" in explained(widget)
    assert f"δ = {number(delta)}." in explained(widget)


# A nudge


def test_at_first_the_nudge_shows_only_what_is_measured():
    widget = view.explore_nudge(network([2, 3, 3, 2]), X, Y)
    told = widget.words + widget.shown.aside + "".join(drawing(widget).itertext())
    assert "predict" not in told
    assert re.search(r"turned by Δw = \+1\. The cost changes by [+−][\d.]+\.$", widget.words)
    assert not bars(widget, "H2.1")
    assert len(table_row(widget, "C")) == 1
    for dw in (0.5, 1.0):  # it stays, back at the first value, too
        widget.controls["dw"].value = dw
        assert "the slope predicts" in widget.words
        assert len(bars(widget, "H2.1")) == 2
        assert len(table_row(widget, "C")) == 3


def test_the_nudge_shows_what_running_the_network_again_gives_and_what_slopes_predict():
    net, turned = network([2, 3, 3, 2]), network([2, 3, 3, 2])
    widget = view.explore_nudge(net, X, Y, weight="I2→H2.3")
    slope = bp.finite_difference(net, X, Y, scheme="complex").w[2][2, 1]
    for dw in (-2.0, 0.01, 2.0):
        widget.controls["dw"].value = dw
        turned.w[2] = net.w[2] + dw * np.outer([0, 0, 1], [0, 1])
        dC = bp.cost(turned, X, Y) - bp.cost(net, X, Y)
        ratio = f"{dC / (slope * dw):.2f}"
        assert f"changes by {signed(dC)}; the slope predicts {signed(slope * dw)}" in widget.words
        assert widget.words.endswith(f": measured / predicted = {ratio}.")
        assert table_row(widget, "C") == [number(dC), number(slope * dw), ratio]
        after, before = bp.forward(turned, X).a, bp.forward(net, X).a
        for l, j in ((2, 1), (2, 3), (3, 1), (4, 2)):
            change, neuron = float((after[l] - before[l])[j - 1, 0]), name([2, 3, 3, 2], l, j)
            assert boxes(widget)[neuron][:2] == [f"{neuron}: Δa", signed(change, 2)]
            assert table_row(widget, neuron)[0] == number(change)


def test_without_a_nudge_there_is_nothing_to_compare():
    widget = view.explore_nudge(network([2, 3, 3, 2]), X, Y)
    widget.controls["dw"].value = 0.0
    assert widget.words.endswith("The cost changes by 0; the slope predicts 0.")
    assert table_row(widget, "O1") == ["0", "0", "–"]


def test_the_nudge_predicts_small_changes_of_all_neurons():
    widget = view.explore_nudge(network([2, 3, 3, 2]), X, Y, weight="H2.2→H3.1")
    widget.controls["dw"].value = 0.001
    for neuron in ("H3.1", "O1", "O2", "C"):
        measured, predicted, ratio = table_row(widget, neuron)
        numbers = (float(v.translate(PLAIN).replace("·10", "e")) for v in (measured, predicted))
        assert next(numbers) == pytest.approx(next(numbers), rel=0.06)  # of two digits
        assert ratio == "1.00"
    assert table_row(widget, "H2.2") == table_row(widget, "H3.2") == ["0", "0", "–"]


def bars(widget: Explorable, neuron: str) -> list[float]:
    """The lengths of both bars, predicted and measured, in px, from the same left end."""
    group = next(g for g in drawing(widget).iter(f"{SVG}g") if g.get("data-for") == neuron)
    found = group.findall(f"{SVG}rect")[1:]
    assert len({bar.get("x") for bar in found}) <= 1
    return [float(bar.get("width")) for bar in found]


def test_the_filled_bar_grows_to_meet_the_hollow_one_and_lines_have_the_sign_of_what_they_carry():
    net, turned = network([2, 3, 3, 2]), network([2, 3, 3, 2])
    widget, first = view.explore_nudge(net, X, Y), bp.forward(net, X).a
    rates = bp.finite_difference(net, X, Y, scheme="complex").w[2][0, 0]
    slope = {l: net.sigma[l].prime(bp.forward(net, X).z[l])[:, 0] for l in net.w}
    da3_dw = slope[3] * net.w[3][:, 0] * slope[2][0] * X[0]
    for dw in (-2.0, 0.2, 2.0):
        widget.controls["dw"].value = dw
        turned.w[2] = net.w[2] + dw * np.outer([1, 0, 0], [1, 0])
        after = bp.forward(turned, X).a
        change = {l: (after[l] - first[l])[:, 0] for l in after}
        dC = bp.cost(turned, X, Y) - bp.cost(net, X, Y)
        ratios = {f"H3.{q}": change[3][q - 1] / (da3_dw[q - 1] * dw) for q in (1, 2, 3)}
        for neuron, ratio in (ratios | {"C": dC / (rates * dw)}).items():
            hollow, filled = bars(widget, neuron)
            assert hollow == 36
            assert filled == pytest.approx(min(max(36 * ratio, 0), 52), abs=0.06)
            assert boxes(widget)[neuron][2] == f"{ratio:.2f}".replace("-", "−")
        carried = [*(net.w[3][:, 0] * change[2][0])]
        carried += [net.w[4][i, q] * change[3][q] for i, q in product(range(2), range(3))]
        carried += [*((first[4][:, 0] - Y) * change[4])]
        *looks, up, down = strands(widget)
        assert (up[:2], down[:2]) == (("plus", False), ("minus", True))  # the legend
        assert len(looks) == len(carried)
        for (look, dashed, _), amount in zip(looks, carried, strict=True):
            assert (look == "minus") == dashed == (amount < 0)


# Both


@pytest.mark.parametrize("make", [view.explore_collecting, view.explore_nudge])
@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_all_is_legible_at_the_ends_of_all_controls(sizes, make):
    widget = make(network(sizes, "tanh"), *sample(sizes), weight=f"I1→{name(sizes, 2, 1)}")
    at_first = way_to_a_knob(drawing(widget))
    for key in widget.controls.keys() - {"moved"}:
        control = widget.controls[key]
        first = control.value
        for end in getattr(control, "options", None) or (control.least, 0, control.most):
            control.value = end
            assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.words)
            assert "var(" not in still(widget.shown.picture)
            assert way_to_a_knob(drawing(widget)) == at_first
            shown, height = drawing(widget), float(drawing(widget).get("height"))
            places = [
                (float(t.get("x")), float(t.get("y")), t.text)
                for t in shown.iter(f"{SVG}text")
                if t.text not in ("+", "−")
            ]
            for (x, y, said), (other_x, other_y, other) in combinations(places, 2):
                assert abs(x - other_x) > 40 or abs(y - other_y) >= 14, (said, other)
            assert all(y < height - 4 for _, y, _ in places)
        control.value = first


def test_the_front_stays_under_the_pointer():
    widget = view.explore_collecting(network([2, 3, 3, 2]), X, Y)
    at = {}
    for i, stage in enumerate(widget.controls["collected"].options):
        widget.controls["collected"].value = stage
        knob = next(g for g in drawing(widget).iter() if g.get("data-knob") == "collected")
        at[i] = float(next(knob.iter(f"{SVG}circle")).get("cx"))
    assert (at[3] - at[0]) * float(knob.get("data-x")) == pytest.approx(3, rel=1e-3)


@pytest.mark.parametrize("make", [view.explore_collecting, view.explore_nudge])
def test_what_cannot_be_drawn_is_refused(make):
    softmax = bp.Network([2, 3, 2], output_activation="softmax")
    with pytest.raises(ValueError, match="softmax outputs have none"):
        make(softmax, X, Y, weight="I1→H1")
    for sizes in ([2, 6, 1], [2, 2, 2, 2, 2], [2, 2, 5, 3]):
        with pytest.raises(ValueError, match="cannot be told apart: at most 4 layers of 5 neurons"):
            make(network(sizes), *sample(sizes))
    with pytest.raises(ValueError, match=r"must be one of .*I1→H2\.1.*got 'I1→H1'"):
        make(network([2, 3, 3, 2]), X, Y, weight="I1→H1")
