"""The roots of momentum: against NumPy's, and where they are complex."""

import re

import numpy as np
import pytest
from pictures import drawing

from bpcore import view
from bpcore.view.root_sliders import ASIDE, PLANE, SIZES

SVG = "{http://www.w3.org/2000/svg}"
CASES = [(0.2, 0.5), (0.02, 0.5), (2.9, 0.5), (3.5, 0.5), (1.0, 0.0), (2.0, 0.99), (0.0, 0.3)]


def places(widget) -> list[np.ndarray]:
    """Of the two things to drag, in px."""
    knobs = [g for g in drawing(widget).iter(f"{SVG}g") if g.get("data-knob")]
    return [np.array(re.findall(r"-?[\d.]+", g.get("transform")), float) for g in knobs]


@pytest.mark.parametrize(("push", "mu"), CASES)
def test_both_roots_and_their_size_are_numpys(push: float, mu: float):
    roots = np.roots([1, -(1 + mu - push), mu])
    largest = max(roots, key=lambda r: (round(abs(r), 9), r.imag))
    widget = view.explore_roots(push, mu)
    root, size = places(widget)
    expected = [PLANE.x(np.clip(largest.real, -1.25, 1.25)), PLANE.y(largest.imag)]
    np.testing.assert_allclose(root, expected, atol=0.06)
    expected = [ASIDE + SIZES.x(push), SIZES.y(min(abs(largest), 1.5))]
    np.testing.assert_allclose(size, expected, atol=0.06)
    assert f"{abs(largest):.3f}" in widget.words
    assert ("±" in widget.words) == (abs(largest.imag) > 0)
    assert ("diverges" in widget.words) == (abs(largest) > 1)


def test_complex_roots_lie_on_the_circle_and_a_drag_follows_the_hand():
    widget = view.explore_roots(1.0, 0.5)
    circle = drawing(widget).findall(f".//{SVG}circle")[1]
    before, beside = places(widget)
    knobs = [g for g in drawing(widget).iter(f"{SVG}g") if g.get("data-knob")]
    assert {g.get("data-knob") for g in knobs} == {"ηh"}
    assert all(g.get("aria-label") for g in knobs)
    widget.controls["ηh"].value += 12 * float(knobs[0].get("data-x"))
    after, _ = places(widget)
    assert after[0] - before[0] == pytest.approx(12, abs=0.11)
    for place in (before, after):
        away = np.hypot(*(place - [PLANE.x(0), PLANE.y(0)]))
        assert away == pytest.approx(float(circle.get("r")), abs=0.1)
    widget.controls["ηh"].value = 1.0 + 12 * float(knobs[1].get("data-x"))
    assert places(widget)[1][0] - beside[0] == pytest.approx(12, abs=0.11)


def test_it_stays_finite_at_both_ends_of_every_control():
    widget = view.explore_roots()
    for control in widget.controls.values():
        for end in (control.least, control.most):
            control.value = end
            assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.words)


@pytest.mark.parametrize("arguments", [(-1.0,), (5.0,), (0.2, 1.0), (0.2, "0.5")])
def test_others_are_refused(arguments: tuple):
    with pytest.raises((TypeError, ValueError), match=r"push|mu|ηh"):
        view.explore_roots(*arguments)
