"""The pictures of notebook 06: their marks, lines and words are those of the numbers given."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pictures import SVG, drawing

import bpcore as bp
from bpcore import view
from bpcore.view import duration, price_figures
from bpcore.view.style import still

SIZES = [[3, 4, 3, 2], [1, 1], [4, 4, 4, 4], [2, 3, 1]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch):
    """The figures, before they are drawn, and their words."""
    found: list[tuple[plt.Figure, str]] = []
    monkeypatch.setattr(price_figures, "show_figure", lambda *given: found.append(given))
    yield found
    plt.close("all")


def dots(picture) -> list:
    return [c for c in picture.iter(f"{SVG}circle") if "fill: var(--bp-ink)" in c.get("style", "")]


@pytest.mark.parametrize("sizes", SIZES)
def test_every_rung_has_a_dot_for_each_of_its_nudges(sizes: list[int]):
    net = bp.Network(sizes)
    nudges = [net.n_parameters, sum(sizes[1:]), sizes[-1], 0]
    explorable = view.show_rungs(sizes)
    picture = drawing(explorable)
    networks = picture.findall(f"{SVG}g")
    assert [len(dots(network)) for network in networks] == nudges
    circles = [len([*network.iter(f"{SVG}circle")]) for network in networks]
    assert circles == [n + sum(sizes) for n in nudges]
    passes = [int(n) for n in re.findall(r": (\d+) pass", explorable.words)]
    assert passes == [n + 1 for n in nudges]
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert f"{nudges[1] + 1} passes" in texts
    assert {"1 pass", "no nudges"} <= set(texts)
    assert "var(" not in still(explorable.shown.picture)


def test_no_two_dots_of_a_rung_touch():
    for network in drawing(view.show_rungs([3, 4, 3, 2])).findall(f"{SVG}g"):
        places = np.array([[float(c.get("cx")), float(c.get("cy"))] for c in dots(network)])
        if len(places):
            apart = np.hypot(*np.moveaxis(places[:, None] - places, 2, 0))
            assert apart[~np.eye(len(places), dtype=bool)].min() > 7  # of 6 px each


def test_the_nudged_neurons_are_marked_and_the_inputs_never():
    picture = drawing(view.show_rungs([3, 4, 3, 2]))
    for network, n in zip(picture.findall(f"{SVG}g"), (0, 9, 2, 0), strict=True):
        marked = [c for c in network.iter(f"{SVG}circle") if "marked" in (c.get("class") or "")]
        assert len(marked) == n
        if marked:
            first = min(float(c.get("cx")) for c in network.iter(f"{SVG}circle"))
            assert min(float(c.get("cx")) for c in marked) > first


@pytest.mark.parametrize("sizes", [[3, 4, 3, 2, 1], [5, 2], [3], [0, 2]])
def test_rungs_of_a_network_that_does_not_fit_are_refused(sizes: list[int]):
    with pytest.raises(ValueError, match="2 to 4 layers of 1 to 4 neurons"):
        view.show_rungs(sizes)


def changed_by(net: bp.Network, l: int, j: int, k: int) -> set[str]:
    """The neurons whose z is another one after a nudge, measured."""
    x = np.random.default_rng(0).random((net.sizes[0], 1))
    before = bp.forward(net, x).z
    net.w[l][j, k] += 0.5
    after = bp.forward(net, x).z
    return {
        f"{m}.{i}"
        for m in before
        for i in range(net.sizes[m - 1])
        if before[m][i, 0] != after[m][i, 0]
    }


@pytest.mark.parametrize(
    ("line", "place", "products"),
    [
        ("I1→H2.1", (2, 0, 0), [1, 4, 12, 6]),
        ("H2.2→H3.4", (3, 3, 1), [1, 3, 6]),
        ("H3.4→H4.1", (4, 0, 3), [1, 2]),
        ("H4.3→O2", (5, 1, 2), [1]),
    ],
)
def test_what_a_nudge_changes_is_marked_and_what_it_costs_is_counted(line, place, products):
    sizes = [3, 4, 4, 3, 2]
    explorable = view.show_reach(sizes, line)
    picture = drawing(explorable)
    names = [t.text for t in picture.iter(f"{SVG}text") if t.get("class") == "bold tight"]
    circles = [c.get("class") for c in picture.iter(f"{SVG}circle")]
    measured = changed_by(bp.Network(sizes, seed=1), *place)
    assert circles.count("shape marked") == len(names) == len(measured)
    as_drawn = {n.replace("O", "H5.")[1:] for n in names}
    assert as_drawn == {f"{m}.{int(i) + 1}" for m, i in (q.split(".") for q in measured)}
    dark = [e for e in picture.iter(f"{SVG}line") if e.get("class") == "ink"]
    assert len(dark) == sum(products)
    assert ["6" in e.get("style") for e in dark].count(True) == 1
    counted = " + ".join(map(str, products))
    assert f"{counted}{f' = {sum(products)}' if len(products) > 1 else ''}. " in explorable.words
    assert explorable.words.endswith("The whole pass takes 46.")
    assert "var(" not in still(explorable.shown.picture)


def test_a_network_too_large_and_a_line_that_is_not_there_are_refused():
    with pytest.raises(ValueError, match="at most 5 layers of 4"):
        view.show_reach([5, 2, 1], "I1→H1")
    with pytest.raises(ValueError, match="got 'B1→H1'"):
        view.show_reach([2, 2, 1], "B1→H1")


def test_the_ladder_shows_passes_and_times(shown: list):
    rungs = {"none": (1_000_001, 400.0), "two": (1001, 0.4), "all": (1, 0.002)}
    view.show_ladder(rungs)
    ((figure, alt),) = shown
    for axes, part in zip(figure.axes, (0, 1), strict=True):
        (line,) = axes.lines
        assert list(line.get_xdata()) == [rung[part] for rung in rungs.values()]
        assert axes.get_xscale() == "log"
        low, high = axes.get_xlim()
        assert all(low < rung[part] < high for rung in rungs.values())
    assert [t.get_text() for t in figure.axes[0].texts] == ["1,000,001", "1,001", "1"]
    assert [t.get_text() for t in figure.axes[1].texts] == [
        duration(seconds) for _, seconds in rungs.values()
    ]
    low, high = figure.axes[0].get_ylim()
    assert low > high  # from the top down
    assert "none, 1,000,001 passes, 6.7 min; two" in alt
    assert "all, 1 pass, 2 ms." in alt


@pytest.mark.parametrize("rungs", [{}, {"a": (0, 1.0)}, {"a": (1, 0.0)}])
def test_a_ladder_without_passes_or_times_is_refused(rungs: dict):
    with pytest.raises(ValueError, match="takes passes and seconds"):
        view.show_ladder(rungs)


def test_each_part_is_scaled_up_to_the_whole(shown: list):
    view.show_estimates([2.0, 1.0, 3.0, 2.0, 2.0])
    ((figure, alt),) = shown
    level, alone, so_far = figure.axes[0].lines
    assert set(level.get_ydata()) == {10.0}
    assert list(alone.get_ydata()) == [10, 5, 15, 10, 10]
    assert list(so_far.get_ydata()) == pytest.approx([10, 7.5, 10, 10, 10])
    assert list(alone.get_xdata()) == [20, 40, 60, 80, 100]
    (band,) = figure.axes[0].patches
    scatter = 5 * np.std([2, 1, 3, 2, 2])
    assert band.get_extents().transformed(figure.axes[0].transData.inverted()).height == (
        pytest.approx(2 * scatter)
    )
    assert "5 dots scatter from 5 to 15 seconds" in alt
    assert "run at 10; 3 lie in a band of one standard deviation, 3," in alt
    assert "once as low as 8" in alt
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert "within one standard deviation" in labels


def test_times_are_divided_by_the_samples(shown: list):
    view.show_per_sample({1: (2e-4, 1e-3), 10: (1e-3, 2e-3)})
    ((figure, alt),) = shown
    forward, backprop = figure.axes[0].lines
    assert list(forward.get_ydata()) == pytest.approx([2e-4, 1e-4])
    assert list(backprop.get_ydata()) == pytest.approx([1e-3, 2e-4])
    assert forward.get_linestyle() != backprop.get_linestyle()
    assert list(forward.get_xdata()) == [1, 10]
    texts = [t.get_text() for t in figure.axes[0].texts]
    assert texts == [duration(t) for t in (2e-4, 1e-4, 1e-3, 2e-4)]
    assert f"backprop, batch of 10: {duration(2e-4)}" in alt
    ticks = zip(figure.axes[0].get_yticks(), figure.axes[0].get_yticklabels(), strict=True)
    assert {f"{t:.0e}": label.get_text() for t, label in ticks} == {
        "1e-04": "100 µs",
        "3e-04": "300 µs",
        "1e-03": "1 ms",
    }


def test_the_roof_rises_with_the_bytes_and_ends_at_the_products(shown: list):
    points = {"forward": {1: (0.1, 1e9), 256: (30.0, 2e10)}, "backprop": {1: (0.1, 5e8)}}
    view.show_roofline(2e10, 4e10, points)
    ((figure, alt),) = shown
    axes = figure.axes[0]
    roof, forward, backprop, ridge = axes.lines
    x, y = roof.get_data()
    assert y == pytest.approx(np.minimum(2e10 * x, 4e10))
    assert forward.get_xydata().tolist() == [[0.1, 1e9], [30.0, 2e10]]
    assert backprop.get_xydata().tolist() == [[0.1, 5e8]]
    assert forward.get_marker() != backprop.get_marker()
    assert forward.get_markerfacecolor() == "none"
    assert backprop.get_markersize() < forward.get_markersize()  # fits into its ring
    assert set(ridge.get_xdata()) == {2.0}
    (above,) = axes.child_axes
    ticks = zip(above.get_xticks(), above.get_xticklabels(), strict=True)
    assert {at: label.get_text() for at, label in ticks} == {0.1: "1", 30.0: "256"}
    sides = {t.get_text(): t.get_position()[0] for t in axes.texts}
    assert sides["memory-bound"] < 2 < sides["compute-bound"]
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert low < 0.1 < 30 < high
    assert bottom < 5e8 < 4e10 < top
    assert "forward, batch of 256: 30 for each byte, 2.0e+10 a second; backprop, batch of 1" in alt


@pytest.mark.parametrize(
    ("bandwidth", "peak", "speed"), [(0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)]
)
def test_a_roof_or_a_point_at_zero_is_refused(bandwidth, peak, speed):
    with pytest.raises(ValueError, match="must be positive"):
        view.show_roofline(bandwidth, peak, {"forward": {1: (1.0, speed)}})
