"""The explorable of ε: its errors, the lines of the theory, the magnifier, computed again here."""

import re
import xml.etree.ElementTree as ElementTree
from decimal import Decimal, getcontext

import numpy as np
import pytest
from pictures import SVG, drawing, path_points

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Explorable
from bpcore.view.style import number

getcontext().prec = 60
U = {"float64": 2.0**-53, "float32": 2.0**-24}


def sigmoid(z: Decimal) -> Decimal:
    return 1 / (1 + (-z).exp())


def exact_cost(nudge: Decimal) -> Decimal:
    """The mean cost of XOR in 60 digits, with the weight I1→H2 nudged."""
    net = bp.examples.xor_network()
    w, b = (
        {l: [[Decimal(v) for v in row] for row in p[l]] for l in (2, 3)} for p in (net.w, net.b)
    )
    w[2][1][0] += nudge
    total = Decimal(0)
    for one, two in ((0, 0), (0, 1), (1, 0), (1, 1)):
        a = [sigmoid(row[0] * one + row[1] * two + c[0]) for row, c in zip(w[2], b[2], strict=True)]
        answer = sigmoid(w[3][0][0] * a[0] + w[3][0][1] * a[1] + b[3][0][0])
        total += (answer - (one ^ two)) ** 2 / 2
    return total / 4


def derivative(order: int) -> float:
    """By differences in 60 digits."""
    h, C = Decimal("1e-12"), exact_cost
    if order == 1:
        return float((C(h) - C(-h)) / (2 * h))
    if order == 2:
        return float((C(h) - 2 * C(Decimal(0)) + C(-h)) / h**2)
    return float((C(2 * h) - 2 * C(h) + 2 * C(-h) - C(-2 * h)) / (2 * h**3))


@pytest.fixture
def explorer() -> Explorable:
    return view.explore_epsilon()


def lens(widget: Explorable) -> ElementTree.Element:
    return drawing(widget).find(f"{SVG}svg")


@pytest.mark.parametrize("eps", [1e-2, 1e-3])  # where truncation rules: the same everywhere
@pytest.mark.parametrize("scheme", ["forward", "central"])
def test_the_error_said_is_that_of_the_quotient(explorer: Explorable, scheme: str, eps: float):
    explorer.set({"scheme": scheme, "epsilon": eps})
    h, low = Decimal(eps), Decimal(0) if scheme == "forward" else -Decimal(eps)
    quotient = (exact_cost(h) - exact_cost(low)) / (h - low)
    error = abs(float(quotient) - derivative(1))
    assert f"the error is {number(error, 2)}." in explorer.words


@pytest.mark.parametrize("numbers", U)
@pytest.mark.parametrize("scheme", ["forward", "central", "complex"])
def test_the_causes_said_are_those_of_the_theory(explorer: Explorable, scheme: str, numbers: str):
    eps, C, u = 1e-3, float(exact_cost(Decimal(0))), U[numbers]
    explorer.set({"scheme": scheme, "numbers": numbers, "epsilon": eps})
    truncation = eps**2 / 6 * abs(derivative(3))
    rounding = {"central": u * C / eps, "complex": u * abs(derivative(1))}
    if scheme == "forward":
        truncation, rounding[scheme] = eps / 2 * abs(derivative(2)), 2 * u * C / eps
    name = "complex step" if scheme == "complex" else f"{scheme} difference"
    assert explorer.words.startswith(f"{name}, {numbers}, ε = ")
    said = re.search(r"truncation \S+: (\S+), rounding .+: (\S+)\.$", explorer.words).groups()
    assert said == (number(truncation, 2), number(rounding[scheme], 2))
    share = round(100 * truncation / (truncation + rounding[scheme]))
    assert f">{share} % truncation, {100 - share} % rounding<" in explorer.shown.picture


@pytest.mark.parametrize(
    ("scheme", "slopes"), [("forward", (1, -1)), ("central", (2, -1)), ("complex", (2, 0))]
)
def test_the_lines_have_the_slopes_that_stand_on_them(explorer: Explorable, scheme: str, slopes):
    explorer.controls["scheme"].value = scheme
    picture = drawing(explorer)
    at = {}
    for text in picture.iter(f"{SVG}text"):
        if re.fullmatch("10[⁻⁰-⁹¹²³]+", text.text):  # of both axes
            at.setdefault(text.text, []).append((float(text.get("x")), float(text.get("y"))))
    (right, _), (_, up) = np.subtract(at["10⁻⁸"], at["10⁻¹²"])
    named = [text.text for text in picture.iter(f"{SVG}text") if text.get("transform")]
    assert [text.split("slope ")[1] for text in named] == [
        f"{slope:+d}".replace("-", "−").replace("+0", "0") for slope in slopes
    ]
    for classes, slope in zip(("plus", "minus"), slopes, strict=True):
        (x, y), (x_end, y_end) = path_points(picture, classes)
        assert (y_end - y) / (x_end - x) == pytest.approx(slope * up / right, rel=0.01, abs=1e-3)


def test_where_truncation_rules_the_measured_curve_lies_on_its_line(explorer: Explorable):
    explorer.controls["scheme"].value = "forward"
    picture = drawing(explorer)
    (x, y), (x_end, y_end) = path_points(picture, "plus")
    curve = path_points(picture, "ink")
    px_per_decade = (400 - 52) / 17
    near = [p for p in curve if 52 + 11 * px_per_decade < p[0] < 52 + 15 * px_per_decade]
    assert len(near) > 25
    for left, top in near:
        assert top == pytest.approx(y + (y_end - y) * (left - x) / (x_end - x), abs=0.5)


def test_the_dots_are_the_error_and_its_causes(explorer: Explorable):
    explorer.set({"scheme": "forward", "epsilon": 1e-2})
    (knob,) = (each for each in drawing(explorer).iter() if each.get("data-knob"))
    dots = [float(c.get("cy")) for c in knob.iter(f"{SVG}circle")][:3]
    C = float(exact_cost(Decimal(0)))
    truncation, rounding = 5e-3 * abs(derivative(2)), 2 * 2.0**-53 * C / 1e-2
    expected = [318 - 298 * (np.log10(v) + 20) / 21 for v in (truncation, truncation, rounding)]
    assert dots == pytest.approx(expected, abs=0.3)


@pytest.mark.parametrize("eps", [1.0, 1e-6, 1e-14])
def test_the_magnifier_shows_the_cost_of_these_numbers(explorer: Explorable, eps: float):
    explorer.set({"scheme": "forward", "epsilon": eps})
    net, (x, y) = bp.examples.xor_network(), bp.examples.xor_data()
    here, slope = bp.cost(net, x, y), bp.backprop(net, x, y).w[2][1, 0]
    net.w[2][1, 0] += eps
    risen = (bp.cost(net, x, y) - here) / (eps * slope)
    (_, y_first), (_, y_last) = path_points(lens(explorer), "plus")
    assert (y_first - y_last) / (200 / 3.2) == pytest.approx(risen, abs=0.01)


def test_the_magnified_curve_is_straight_in_the_middle_and_a_staircase_at_last(explorer):
    explorer.controls["scheme"].value = "forward"
    heights = {}
    for eps in (1e-6, 1e-13):
        explorer.controls["epsilon"].value = eps
        heights[eps] = path_points(lens(explorer), "ink")
    straight = heights[1e-6]
    assert np.ptp(straight[:, 0] * 2.5 / 3.2 + straight[:, 1]) < 0.3
    assert len(np.unique(heights[1e-13][:, 1])) < 40


def test_with_one_scheme_there_is_nothing_to_choose():
    assert list(view.explore_epsilon(schemes=["forward"]).controls) == ["epsilon"]


def test_without_the_theory_the_curve_ends_where_you_are():
    widget = view.explore_epsilon(schemes=["forward"], theory=False)
    assert "runcation" not in widget.shown.picture + widget.words
    for eps in (1.0, 1e-6, 10**-9.3, 1e-16):
        widget.controls["epsilon"].value = eps
        left = path_points(drawing(widget), "ink")[:, 0]
        assert left.min() == pytest.approx(52 + 348 * (np.log10(eps) + 16) / 17, abs=0.06)
        assert left.max() == pytest.approx(400, abs=0.06)
        assert (np.diff(left) > 0).all()


def test_float32_moves_the_wall_of_rounding_by_nine_decades(explorer: Explorable):
    explorer.set({"scheme": "forward", "epsilon": 1e-6})
    in_64 = float(exact_cost(Decimal(0))) * 2 * U["float64"] / 1e-6
    explorer.controls["numbers"].value = "float32"
    assert explorer.words.endswith(f"2uC / ε: {number(in_64 * 2**29, 2)}.")


@pytest.mark.parametrize(
    ("bad", "error", "told"),
    [
        ({"line": "H1→H9"}, ValueError, "line"),
        ({"line": 3}, TypeError, "line"),
        ({"schemes": ["backward"]}, ValueError, "scheme"),
        ({"schemes": "forward"}, ValueError, "schemes must be at least one"),
        ({"schemes": []}, ValueError, "schemes must be at least one"),
        ({"net": bp.Network([2, 2, 1])}, TypeError, "net, x and y"),
    ],
)
def test_what_does_not_fit_is_refused(bad: dict, error: type, told: str):
    with pytest.raises(error, match=told):
        view.explore_epsilon(**bad)


def test_a_slope_of_zero_has_no_error_to_show():
    with pytest.raises(ValueError, match="the slope of I2→H1"):
        view.explore_epsilon(bp.examples.xor_network(), [1, 0], [1], line="I2→H1")
