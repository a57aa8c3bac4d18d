"""The ravine: its counts, paths and rates against closed forms and bpcore's own optimizer."""

import re

import numpy as np
import pytest
from pictures import drawing

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Explorable, Slider
from bpcore.view.ravine_sliders import MAP, MOST

SVG = "{http://www.w3.org/2000/svg}"
RUNS = ("steepest descent", "momentum")


def cost(theta: np.ndarray, kappa: float) -> np.ndarray:
    return (theta[:, 0] ** 2 + kappa * theta[:, 1] ** 2) / 2


def followed(optimizer: bp.SGD, kappa: float, start: tuple[float, float]) -> np.ndarray:
    theta, state, places = np.array(start), None, [np.array(start)]
    for _ in range(MOST):
        change, state = optimizer.step(np.array([1, kappa]) * theta, state)
        theta = theta + change
        places.append(theta)
    return np.array(places)


def counted(optimizer: bp.SGD, kappa: float, start: tuple[float, float] = (-4.0, 1.0)) -> int:
    return int(np.flatnonzero(cost(followed(optimizer, kappa, start), kappa) >= 0.01)[-1]) + 1


def path_of(widget: Explorable, name: str) -> np.ndarray:
    """The places on the map, in px."""
    group = drawing(widget).find(f"{SVG}svg//{SVG}g[@data-for='{name}']")
    numbers = re.findall(r"-?[\d.]+", group.find(f"{SVG}path").get("d"))
    return np.array(numbers, float).reshape(-1, 2)


@pytest.mark.parametrize("kappa", [4.0, 25.0, 1000.0])
def test_the_steps_are_those_of_sgd_with_polyaks_numbers(kappa: float):
    root = np.sqrt(kappa)
    eta, mu = 4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2
    widget = view.explore_ravine(kappa, momentum=True)
    found = re.findall(r"after ([\d,]+) steps", widget.words)
    steps = [counted(bp.SGD(2 / (kappa + 1)), kappa), counted(bp.SGD(eta, momentum=mu), kappa)]
    assert [int(number.replace(",", "")) for number in found] == steps


def test_steepest_descent_has_the_factors_of_the_closed_form():
    widget = view.explore_ravine()
    widget.controls["η"].value = 0.06
    path = path_of(widget, "steepest descent")
    for t in (0, 1, 5, len(path) - 1):
        theta = -4 * (1 - 0.06) ** t, (1 - 25 * 0.06) ** t
        np.testing.assert_allclose(path[t], (MAP.x(theta[0]), MAP.y(theta[1])), atol=0.06)
    assert len(path) - 1 == counted(bp.SGD(0.06), 25.0)


def test_at_first_it_zigzags():
    across = path_of(view.explore_ravine(), "steepest descent")[:20, 1] - MAP.y(0)
    assert (across[1:] * across[:-1] < 0).all()


def test_momentum_has_a_rate_and_a_mu_of_its_own():
    widget = view.explore_ravine(momentum=True)
    widget.set({"η with μ": 0.05, "μ": 0.7})
    places = followed(bp.SGD(0.05, momentum=0.7), 25.0, (-4.0, 1.0))
    path = path_of(widget, "momentum")
    expected = [(MAP.x(a), MAP.y(b)) for a, b in places[: len(path)]]
    np.testing.assert_allclose(path, expected, atol=0.06)
    assert f"after {counted(bp.SGD(0.05, momentum=0.7), 25.0)} steps" in widget.words
    assert "η = 0.0769: C stays below 0.01 after 48 steps" in widget.words


def test_a_rate_beyond_the_limit_flies_off_and_a_tiny_one_does_not_arrive():
    widget = view.explore_ravine()
    widget.controls["η"].value = 2 / 25 * 1.01
    assert "it flies off" in widget.words
    widget.controls["η"].value = 1e-4
    assert f"not below 0.01 within {MOST:,} steps" in widget.words


def test_the_button_sets_the_best_for_the_present_kappa():
    widget = view.explore_ravine(momentum=True)
    widget.controls["κ"].value = 100
    widget.controls["best"].click()
    np.testing.assert_allclose(
        [widget.values[name] for name in ("η", "η with μ", "μ")],
        [2 / 101, (2 / 11) ** 2, (9 / 11) ** 2],
        rtol=1e-12,
    )


def test_the_ball_is_at_the_start_and_moves_both_sliders():
    widget = view.explore_ravine()
    widget.set({"start θ₁": 3.0, "start θ₂": -1.5})
    ball = next(g for g in drawing(widget).iter(f"{SVG}g") if g.get("data-knob-y"))
    assert (ball.get("data-knob"), ball.get("data-knob-y")) == ("start θ₁", "start θ₂")
    np.testing.assert_allclose(
        path_of(widget, "steepest descent")[0], (MAP.x(3), MAP.y(-1.5)), atol=0.06
    )
    assert float(ball.get("data-x")) == pytest.approx(1 / (MAP.x(1) - MAP.x(0)), rel=1e-4)
    assert float(ball.get("data-y")) == pytest.approx(-1 / (MAP.y(0) - MAP.y(1)), rel=1e-4)


def test_contour_lines_are_those_of_the_cost():
    widget = view.explore_ravine()
    widget.controls["κ"].value = 16
    for ellipse in drawing(widget).iter(f"{SVG}ellipse"):
        along = float(ellipse.get("rx")) / (MAP.x(1) - MAP.x(0))
        across = float(ellipse.get("ry")) / (MAP.y(0) - MAP.y(1))
        assert 16 * across**2 == pytest.approx(along**2, rel=0.05)


@pytest.mark.parametrize("momentum", [False, True])
def test_it_stays_finite_at_both_ends_of_every_control(momentum: bool):
    widget = view.explore_ravine(momentum=momentum)
    for control in widget.controls.values():
        if isinstance(control, Slider):
            before = control.value
            for end in (control.least, control.most):
                control.value = end
                assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.words)
            control.value = before


def test_a_start_at_the_bottom_needs_no_step():
    widget = view.explore_ravine(momentum=True)
    widget.set({"start θ₁": 0.0, "start θ₂": 0.0})
    assert widget.words.count("after 0 steps") == 2


@pytest.mark.parametrize("kappa", [0.5, 2000, np.nan, "25"])
def test_kappa_must_be_from_1_to_1000(kappa):
    with pytest.raises((TypeError, ValueError), match=r"κ|kappa"):
        view.explore_ravine(kappa)
