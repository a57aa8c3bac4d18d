"""Pictures of many machines: break-even, ring, pipeline and speed-up, against sums done here."""

import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise
from math import log2

import numpy as np
import pytest
from pictures import SVG, drawing, path_points, way_to_a_knob

from bpcore import view
from bpcore.view import duration
from bpcore.view.break_even_plane import AXES as PLANE
from bpcore.view.explorable import Explorable
from bpcore.view.speed_up_curve import AXES as CURVES
from bpcore.view.style import number

PASS, BACKPROP, TASK = 2e-4, 8e-4, 1e-3  # s, for a million weights


def ball(widget: Explorable) -> tuple[float, float]:
    knob = drawing(widget).find(f".//{SVG}g[@data-knob]")
    circle = next(c for c in knob.iter(f"{SVG}circle") if c.get("class") == "shape marked")
    return float(circle.get("cx")), float(circle.get("cy"))


def texts(widget: Explorable) -> list[str]:
    return [text.text for text in drawing(widget).iter(f"{SVG}text")]


# Break-even


@pytest.mark.parametrize("how", ["in no time", "one by one", "as a tree"])
@pytest.mark.parametrize("N", [1e5, 3e7, 1e10])
@pytest.mark.parametrize("K", [1, 1000, 1e8])
def test_break_even_says_both_times(how: str, N: float, K: float):
    widget = view.explore_break_even(PASS, BACKPROP, TASK)
    widget.set({"weights": N, "machines": K, "handing out": how})
    rounds = {"in no time": 0, "one by one": K, "as a tree": log2(K + 1)}[how]
    nudging = rounds * TASK + max(N / K, 1) * PASS * N / 1e6  # no pass is shared out
    backprop = BACKPROP * N / 1e6
    winner = "Nudging" if nudging < backprop else "Backpropagation"
    assert f"{how}: nudging takes {duration(nudging)}, " in widget.words
    assert f"on one machine {duration(backprop)}. {winner} wins, " in widget.words


def test_break_even_has_its_border_at_one_machine_for_every_four_weights():
    widget = view.explore_break_even(PASS, BACKPROP, TASK)
    border = path_points(drawing(widget), "plus")
    N = np.interp(border[:, 0], [PLANE.x(5), PLANE.x(10)], [5, 10])
    log_K = np.interp(-border[:, 1], [-PLANE.y(0), -PLANE.y(10)], [0, 10])
    assert log_K == pytest.approx(N + np.log10(PASS / BACKPROP), abs=0.03)
    assert "nudging wins" in texts(widget)
    assert "one machine for each weight" in texts(widget)
    for beside, winner in ((1.1, "Nudging"), (0.9, "Backpropagation")):
        widget.controls["machines"].value = beside * 1e6 * PASS / BACKPROP
        assert f"{winner} wins" in widget.words


def test_nudging_never_wins_if_the_tasks_are_handed_out_one_by_one():
    widget = view.explore_break_even(PASS, BACKPROP, TASK)
    widget.controls["handing out"].value = "one by one"
    assert "nudging wins" not in texts(widget)
    assert not [p for p in drawing(widget).iter(f"{SVG}path") if p.get("class") == "plus"]
    fastest = path_points(drawing(widget), "ink")
    at_a_million = np.interp(PLANE.x(6), *fastest.T)
    best = np.log10(np.sqrt(1e6 * PASS / TASK))
    assert at_a_million == pytest.approx(PLANE.y(best), abs=1)


def test_the_ball_stays_where_it_is_among_the_parts_of_the_drawing():
    widget = view.explore_break_even(PASS, BACKPROP, TASK)
    place = way_to_a_knob(drawing(widget))
    for how in ("one by one", "as a tree"):
        widget.controls["handing out"].value = how
        assert way_to_a_knob(drawing(widget)) == place
    widget.set({"weights": 1e8, "machines": 1e4})
    assert ball(widget) == pytest.approx((PLANE.x(8), PLANE.y(4)), abs=0.1)


@pytest.mark.parametrize("times", [(0, 1, 1), (1, -1, 1), (1, 1, np.inf), (1, "1", 1)])
def test_times_that_are_none_are_refused(times):
    with pytest.raises((TypeError, ValueError), match="_seconds must be"):
        view.explore_break_even(*times)


# Ring


def shares(widget: Explorable) -> np.ndarray:
    """How many machines' shares each machine has of each part, as the drawing says."""
    K = widget.controls["machines"].value
    cells = [t for t in drawing(widget).iter(f"{SVG}text") if t.get("class") == "bold"]
    held = [K if t.text == "all" else int(t.text) for t in cells]
    assert sum(r.get("class") == "box marked" for r in drawing(widget).iter(f"{SVG}rect")) == sum(
        t.text == "all" for t in cells
    )
    return np.reshape(held, (K, K))


@pytest.mark.parametrize("K", [2, 3, 4, 5, 6])
def test_in_each_step_every_machine_gets_one_part_from_the_one_before_it(K: int):
    widget = view.explore_ring(K)
    steps = [shares(widget)]
    assert (steps[0] == 1).all()
    for step in range(1, 2 * K - 1):
        widget.controls["next"].click()
        assert f"step {step} of {2 * K - 2}," in widget.words
        assert f"which is {step / K:.3g} N." in widget.words
        steps.append(shares(widget))
        assert f"stands in {np.sum(steps[-1] == K)} of {K * K} places" in widget.words
    for step, (before, after) in enumerate(pairwise(steps), start=1):
        machines, parts = np.nonzero(before != after)
        assert sorted(machines) == list(range(K))
        assert sorted(parts) == list(range(K))
        for i, part in zip(machines, parts, strict=True):
            own = before[i, part] if step < K else 0
            assert after[i, part] == before[i - 1, part] + own
    assert (steps[-1] == K).all()
    assert (steps[K - 1] == K).sum() == K  # half-way: one whole part on each


def test_the_ring_stops_at_its_last_step_and_goes_back():
    widget = view.explore_ring(2)
    for _ in range(5):
        widget.controls["next"].click()
    assert "step 2 of 2, done" in widget.words
    widget.controls["back"].click()
    assert "step 1 of 2, adding up" in widget.words
    widget.controls["machines"].value = 6
    assert "6 machines, step 1 of 10" in widget.words


def test_the_arrows_of_the_ring_are_as_many_as_its_machines():
    for K in (2, 4, 6):
        widget = view.explore_ring(K)
        heads = [p for p in drawing(widget).iter(f"{SVG}path") if p.get("class") == "ink"]
        assert not heads
        widget.controls["next"].click()
        heads = [p for p in drawing(widget).iter(f"{SVG}path") if p.get("class") == "ink"]
        assert len(heads) == K + 1  # the last one goes out below and comes in above


@pytest.mark.parametrize("machines", [1, 7, "four"])
def test_rings_that_cannot_be_drawn_are_refused(machines):
    with pytest.raises((TypeError, ValueError), match="machines must be"):
        view.explore_ring(machines)


# Pipeline


def bars(picture: ElementTree.Element, kind: str) -> np.ndarray:
    """Left and right end and top of each piece of work of a direction, key left out."""
    found = [r for r in picture.iter(f"{SVG}rect") if f"--bp-{kind}" in (r.get("style") or "")]
    ends = [[float(r.get(a)) for a in ("x", "width", "y")] for r in found[1:]]
    return np.array([[x, x + width, y] for x, width, y in ends])


@pytest.mark.parametrize(("K", "q"), [(1, 1), (1, 16), (2, 1), (4, 4), (3, 7), (6, 16)])
def test_the_pipeline_waits_as_long_as_the_formula_says(K: int, q: int):
    widget = view.explore_pipeline()
    widget.set({"machines": K, "parts": q})
    assert f"Each machine waits {100 * (K - 1) / (q + K - 1):.0f} %" in widget.words
    assert f"it is {K * q / (q + K - 1):.3g} times as fast" in widget.words
    forward, backward = bars(drawing(widget), "plus"), bars(drawing(widget), "minus")
    assert len(forward) == len(backward) == K * q
    rows = np.unique(forward[:, 2])
    assert len(rows) == K
    for row in rows:  # nobody does two things at once
        mine = [*forward[forward[:, 2] == row], *backward[backward[:, 2] == row]]
        for one, two in combinations(mine, 2):
            assert one[1] <= two[0] + 0.21 or two[1] <= one[0] + 0.21
    for work, order in ((forward, rows), (backward, rows[::-1])):
        for here, there in pairwise(order):  # a part goes on when it is done
            done, begun = work[work[:, 2] == here, 1], work[work[:, 2] == there, 0]
            assert (begun >= done - 0.21).all()
    assert backward[:, 0].min() >= forward[:, 1].min()


# Speed-up


@pytest.mark.parametrize("N", [1_000_000, 100_000_000])
@pytest.mark.parametrize("m", [10, 256, 1e5])
@pytest.mark.parametrize("gigabits", [1, 25, 1000])
@pytest.mark.parametrize("K", [1, 16, 1000])
def test_the_speed_up_is_that_of_the_messages(N: int, m: float, gigabits: float, K: int):
    c = 6.6e-5
    widget = view.explore_speed_up(N, c)
    widget.set({"batch": m, "Gbit/s": gigabits, "machines": K})
    K = min(K, m)
    assert f"{m:,.0f} samples on {K:,.0f} machine" in widget.words
    assert ("fewer than 64 samples on each" in widget.words) == (m / K < 64)
    steps = 2 * (K - 1)
    on_the_way = steps * (N / K) * 64 / (gigabits * 1e9)
    together = m * c / K + on_the_way
    assert f"and {duration(on_the_way)} on the way, so " in widget.words
    assert f"so {number(m * c / together, 2)} times as fast as one" in widget.words
    limit = m / (2 * N * 64 / (gigabits * 1e9) / c)
    assert f"it tends to {number(limit, 2)} times" in widget.words
    expected = CURVES.x(np.log10(K)), CURVES.y(max(np.log10(m * c / together), -2))
    assert ball(widget) == pytest.approx(expected, abs=0.1)
    solid, dotted = (path_points(drawing(widget), "plus", i) for i in (0, 1))
    assert solid[-1, 0] == pytest.approx(dotted[0, 0], abs=0.1)
    assert solid[-1, 0] == pytest.approx(CURVES.x(np.log10(np.clip(m / 64, 1, 1000))), abs=0.1)
    assert dotted[-1, 0] == pytest.approx(CURVES.x(np.log10(min(m, 1000))), abs=0.1)
    curve = np.vstack([solid, dotted])  # it may leave the picture below
    height = min(np.interp(expected[0], *curve.T), CURVES.y(-2))
    assert height == pytest.approx(expected[1], abs=1)


@pytest.mark.parametrize("arguments", [(0, 1.0), (1.5, 1.0), (10, 0.0), (10, np.nan)])
def test_networks_without_weights_or_time_are_refused(arguments):
    with pytest.raises((TypeError, ValueError), match="must be"):
        view.explore_speed_up(*arguments)


@pytest.mark.parametrize(
    "widget",
    [
        view.explore_break_even(PASS, BACKPROP, TASK),
        view.explore_ring(6),
        view.explore_pipeline(),
        view.explore_speed_up(1_000_000, 6e-5),
    ],
    ids=["break-even", "ring", "pipeline", "speed-up"],
)
def test_nothing_lies_outside_the_drawing(widget: Explorable):
    for name, control in widget.controls.items():
        for end in (getattr(control, "least", None), getattr(control, "most", None)):
            if end is None:
                continue
            before = control.value
            widget.controls[name].value = end
            picture = drawing(widget)
            width, height = float(picture.get("width")), float(picture.get("height"))
            for text in picture.iter(f"{SVG}text"):
                assert 0 < float(text.get("x")) < width
                assert 0 < float(text.get("y")) < height
            assert not re.search("nan|inf", widget.shown.picture + widget.words)
            control.value = before
