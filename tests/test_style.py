"""How numbers are written, and whether colours can be told from the paper."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from bpcore.view.style import DARK, LIGHT, number, short, signed


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1, "1"),
        (-2.0, "−2"),
        (0.75499, "0.7550"),
        (-0.0024083, "−0.002408"),
        (1.0462, "1.046"),
        (0.99999, "1.000"),
        (0.000099999, "0.0001000"),
        (9.96e-6, "1.0·10⁻⁵"),
        (9.94e-6, "9.9·10⁻⁶"),
        (996000.0, "1.0·10⁶"),
        (5e-324, "4.9·10⁻³²⁴"),
        (np.inf, "inf"),
        (-3.21e-7, "−3.2·10⁻⁷"),
        (123456.0, "1.2·10⁵"),
    ],
)
def test_number(value: float, written: str):
    assert number(value) == written


def test_signed():
    assert [signed(v) for v in (0.5, -0.5, 0.0)] == ["+0.5000", "−0.5000", "0"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.581714, "+0.582"),
        (-0.06783, "−0.0678"),
        (0.0, "0"),
        (-0.00012345, "−0.00012"),
        (1.234e-7, "+1·10⁻⁷"),
        (-123456.0, "−1.2·10⁵"),
        (7, "+7"),
    ],
)
def test_short_takes_at_most_eight_signs(value: float, written: str):
    assert short(value) == written
    assert len(written) <= 8


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(("theme", "paper"), [(LIGHT, "#ffffff"), (LIGHT | DARK, "#111111")])
def test_contrast_in_both_themes(theme: dict, paper: str):
    """The limits of WCAG 2: 4.5 for text, 3 for lines."""
    for name in set(LIGHT) - {"ink", "paper", "mark"}:
        darker, lighter = sorted((luminance(theme[name]), luminance(paper)))
        assert (lighter + 0.05) / (darker + 0.05) >= (3 if name == "rule" else 4.5), name


@pytest.mark.parametrize(("theme", "ink"), [(LIGHT, "#1a1a1a"), (LIGHT | DARK, "#ffffff")])
def test_what_is_marked_can_be_read(theme: dict, ink: str):
    for text in (ink, theme["muted"]):
        darker, lighter = sorted((luminance(text), luminance(theme["mark"])))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_contrast_in_still_figures():
    with plt.style.context("bpcore.view.paper"):
        colours = plt.rcParams["axes.prop_cycle"].by_key()["color"]
        texts_and_lines = [plt.rcParams[f"{part}.color"] for part in ("text", "xtick")]
    for colour in map(to_hex, colours + texts_and_lines):
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour
