"""The figures of notebook 09 show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bpcore import view
from bpcore.view import descent_figures


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch):
    """The figures, before they are drawn."""
    figures: list[plt.Figure] = []
    monkeypatch.setattr(descent_figures, "show_figure", lambda figure, alt: figures.append(figure))
    yield figures
    plt.close("all")


def points(axes: plt.Axes) -> list[list[float]]:
    return [np.ravel(line.get_xydata()).tolist() for line in axes.lines]


def test_a_spectrum_has_its_positive_and_its_negative_curvatures(shown: list):
    view.show_spectra({"a": [[2.0, -0.5, 0.0], [1e-9]], "b": [[3.0]]}, "two spectra")
    first, second = shown[0].axes
    assert points(first) == [[-0.2, 2.0], [0.2, 0.5]]
    assert points(second)[0] == [-0.2, 3.0]
    markers = [line.get_marker() for line in first.lines[:2]]
    assert len(set(markers)) == 2  # the sign is not in the colour alone


def test_many_curvatures_are_counted_over_all_starts(shown: list):
    sizes = np.repeat([0.02, 3.0, -0.02, 0.0], [50, 20, 29, 1])
    view.show_spectra({"a": [sizes, sizes[:100]]}, "counts")
    (axes,) = shown[0].axes
    bars = {round(bar.get_y(), 9): bar.get_width() for bar in axes.containers[0]}
    assert sorted(bars.values())[-2:] == [40, 100]
    assert max(bars, key=bars.get) <= 0.02
    (outline,) = [patch for patch in axes.patches if patch not in axes.containers[0].patches]
    assert outline.get_xy()[:, 0].max() == 58


def test_every_run_is_a_dot_and_the_median_a_stroke(shown: list):
    runs = {"plain": [0.3, 0.1, 0.2], "Adam": [5.0, 0.1, 0.1]}
    view.show_runs({"XOR": runs}, "cost", "runs")
    (axes,) = shown[0].axes
    for row, ends in enumerate(runs.values()):
        dots, stroke = axes.lines[2 * row : 2 * row + 2]
        assert sorted(dots.get_xdata()) == sorted(ends)
        assert (abs(dots.get_ydata() - row) < 0.3).all()
        assert list(stroke.get_xdata()) == [np.median(ends)] * 2
    assert [axes.lines[i].get_marker() for i in (0, 2)] == ["s", "o"]
    assert [axes.lines[i].get_color() for i in (0, 2)] == ["C0", "C4"]  # those of the race
    assert axes.get_xscale() == "log"
    view.show_runs({"XOR": {"plain": [0.3, 0.1]}}, "cost", "runs")
    assert shown[1].axes[0].get_xscale() == "linear"


@pytest.mark.parametrize(
    ("draw", "arguments"),
    [(view.show_spectra, ()), (view.show_runs, ("cost",))],
)
def test_nothing_to_draw_is_refused(draw, arguments: tuple):
    with pytest.raises(ValueError, match="empty"):
        draw({}, *arguments, "nothing")


def test_a_variant_of_a_rule_has_its_look_but_hollow(shown: list):
    view.show_runs({"XOR": {"Adam": [0.1], "Adam, cosine": [0.2]}}, "cost", "runs")
    full, hollow = shown[0].axes[0].lines[::2]
    assert (full.get_marker(), full.get_color()) == (hollow.get_marker(), hollow.get_color())
    assert (full.get_markerfacecolor(), hollow.get_markerfacecolor()) == ("C4", "none")
