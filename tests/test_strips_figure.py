"""Strips of final costs: each dot, median and line against the numbers that were given."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from bpcore.view import training_figures

ENDS = {
    "4 hidden": {"plain": [0.5, 0.02, np.inf], "other": [0.001, 0.1, 0.3]},
    "16": {"plain": [1.0]},
}


@pytest.fixture
def shown(monkeypatch) -> list:
    figures = []
    monkeypatch.setattr(training_figures, "show_figure", lambda *given: figures.append(given))
    yield figures
    plt.close("all")


def test_every_run_is_a_dot_and_the_extremes_lie_on_the_edges(shown):
    training_figures.show_strips(ENDS, "cost", "what it shows", lowest=0.01, line=0.66)
    ((figure, alt),) = shown
    assert alt == "what it shows"
    first, second = figure.axes
    assert [axes.get_title() for axes in (first, second)] == ["4 hidden", "16"]
    assert first.get_ylabel() == "cost"
    dots = [line.get_ydata() for line in first.lines if line.get_marker() not in ("None", "")]
    top = 1.3 * 1.0
    assert dots[0] == pytest.approx([0.02, 0.5, top])
    assert dots[1] == pytest.approx([0.01, 0.1, 0.3])
    low, high = first.get_ylim()
    assert low < 0.01
    assert high > top
    flat = [line.get_ydata()[0] for line in first.lines if len(line.get_ydata()) == 2]
    assert flat == pytest.approx([0.5, 0.1, 0.66])  # two medians, and the line


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="nothing to draw"):
        training_figures.show_strips({}, "cost", "alt", lowest=0.01)
