"""Six samples and their ẑ: the numbers against numpy, and what is drawn where."""

import re

import numpy as np
import pytest
from pictures import SVG, drawing, way_to_a_knob

from bpcore import view

Z = np.array([1.0, 2.0, 3.5, 4.0, 5.5, 8.0])


@pytest.mark.parametrize("z6", [-12.0, 0.0, 5.5, 12.0])
def test_the_words_are_those_of_numpy(z6):
    widget = view.explore_batch(Z)
    widget.controls["z6"].value = z6
    z = np.append(Z[:-1], z6)
    hat = (z - z.mean()) / np.sqrt(z.var() + 1e-5)
    told = re.findall(r"[−+]?\d+(?:\.\d+)?", widget.words.split("ẑ = ")[1].rstrip("."))
    assert [float(t.replace("−", "-")) for t in told] == pytest.approx(hat, rel=0.05, abs=0.006)
    assert f"μ = {z.mean():.3g}".replace("-", "−") in widget.words


def test_all_six_move_and_the_marks_of_the_start_stay():
    widget = view.explore_batch(Z)

    def circles(kind: str) -> np.ndarray:
        found = drawing(widget).iter(f"{SVG}circle")
        return np.array([float(c.get("cx")) for c in found if c.get("class") == kind])

    before, marks, knob = circles("shape"), circles("shape pale"), way_to_a_knob(drawing(widget))
    widget.controls["z6"].value = -3.0
    after = circles("shape")
    lower_before, lower_after = before[::2], after[::2]  # each sample: below, then above
    assert (np.abs(lower_before - lower_after) > 5).all()
    assert before[1::2] == pytest.approx(after[1::2])  # nobody touched these z
    assert circles("shape pale") == pytest.approx(marks)
    assert way_to_a_knob(drawing(widget)) == knob


@pytest.mark.parametrize("z", [[1.0, 2.0], [13.0] * 6, [np.nan] * 6, "six"])
def test_bad_samples_are_refused(z):
    with pytest.raises((TypeError, ValueError), match="z must"):
        view.explore_batch(z)
