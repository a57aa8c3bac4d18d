"""`verify`: what it lets pass, what it refuses, and what it shows."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output
from notebook_files import steady
from traitlets.config import Config

import bpcore as bp


@pytest.mark.parametrize(
    ("left", "right", "digits", "words"),
    [
        (0.25, 0.25, 12, "left 0.25 right 0.25 ✓ to 12 digits"),
        (1 / 3, 1 / 3, 12, "left 0.333333 right 0.333333 ✓ to 12 digits"),
        (1 / 3, 1 / 3, 1, "left 0.33 right 0.33 ✓ to 1 digit"),
        (-0.5622386, -0.5622, 4, "left -0.56224 right -0.56220 ✓ to 4 digits"),
        (-0.0, 0.0, 12, "left 0 right 0 ✓ to 12 digits"),
        (1_000_000, 1e6, 12, "left 1000000 right 1000000 ✓ to 12 digits"),
        (-8.32814e-11, -8.32814e-11, 12, "left -8.32814e-11 right -8.32814e-11 ✓ to 12 digits"),
        (1.7e308, 1.7e308, 12, "left 1.7e+308 right 1.7e+308 ✓ to 12 digits"),
        ([[True]], [[1]], 2, "left 1 right 1 ✓ to 2 digits"),
    ],
)
def test_one_number_is_shown_in_one_line(capsys, left, right, digits, words):
    assert bp.verify("BP1", left, right, digits=digits) is None
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    assert out.split() == ["(BP1)", *words.split()]


def test_a_few_numbers_are_shown_each_with_its_index(capsys):
    left = np.array([[0.0078801623, -1 / 3], [100, 0]])
    bp.verify("BP2", left, left.tolist())
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["(BP2)", "[0,", "0]", "left", "0.008", "right", "0.008"],
        ["[0,", "1]", "-0.333", "-0.333"],
        ["[1,", "0]", "100.000", "100.000"],
        ["[1,", "1]", "0", "0", "✓", "to", "12", "digits"],
    ]


def test_entries_are_shown_with_their_names(capsys):
    names = ["z of H1", "z of a neuron far away", "a<b", "δ"]
    bp.verify("3.1", [[1.5, 2], [3, 4]], [[1.5, 2], [3, 4]], names=names)
    out = capsys.readouterr().out.splitlines()
    for line, name in zip(out, names, strict=True):
        assert re.match(rf"(\(3.1\))? +{name}  +(left)? +\d", line), line
    assert len({line.index(f" {n}") for line, n in zip(out, "1234", strict=True)}) == 1
    bp.verify("BP4", range(1, 8), [*range(1, 7), 7 + 1e-14], names=[*"abcdefg"])
    assert re.match(r"\(BP4\) +g +left +7 +right +7 .*at \[g\]$", capsys.readouterr().out.strip())
    bp.verify("3.2", 1, 1, names=["z"])
    assert capsys.readouterr().out.split()[1] == "z"
    with pytest.raises(AssertionError, match=r"left 2, right 3 at \[lower\]"):
        bp.verify("3.2", [[1], [2]], [[1], [3]], names=["upper", "lower"])


@pytest.mark.parametrize("names", [["a"], ["a", "b", "c"], "ab"])
def test_names_that_do_not_fit_are_refused(names):
    with pytest.raises(ValueError, match="names must hold one for each of 2 entries, got"):
        bp.verify("3.2", [1, 2], [1, 2], names=names)


def test_numbers_align_at_the_point(capsys):
    """Or where there would be one."""
    bp.verify("BP2", [100, -0.25, 0], [100, -0.25, 0])
    bp.verify("BP2", [-1.5e-7, 0], [-1.5e-7, 0])
    lines = capsys.readouterr().out.splitlines()
    for table in (lines[:3], lines[3:]):
        points = [[found.end() for found in re.finditer(r" -?\d+", line)][:2] for line in table]
        assert all(places == points[0] for places in points)
    assert [lines[0].index(side) for side in ("left", "right")] == [
        lines[3].index(side) for side in ("left", "right")
    ]
    assert lines[2].index("✓") == lines[4].index("✓")


@pytest.mark.parametrize("noise", [1e-17, -1e-17, -0.0])
def test_rounding_noise_is_shown_as_zero(capsys, noise):
    bp.verify("4.2", [1 / 3, noise], [1 / 3, 0])
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "[1]",
        "0",
        "0",
        "✓",
        "to",
        "12",
        "digits",
    ]


def test_what_is_small_but_no_noise_is_not_called_zero(capsys):
    bp.verify("4.2", [1 / 3, -1e-9], [1 / 3, -1e-9])
    assert capsys.readouterr().out.splitlines()[1].split()[1:3] == 2 * ["0.000000"]


def test_of_many_numbers_the_largest_and_where_they_differ_most(capsys):
    left = np.linspace(1, -2, 12).reshape(3, 4)
    right = left + 1e-7
    right[1, 2] += 3e-7
    bp.verify("BP4", left, right, digits=7)
    assert " ".join(capsys.readouterr().out.split()) == (
        "(BP4) [2, 3] left -2 right -2 ✓ to 7 digits: all 12 numbers, of which the largest is "
        "shown; largest difference 4e-07 at [1, 2]"
    )


@pytest.mark.parametrize("values", [np.eye(3), np.full(7, 0.1), [1, 1 / 3], 0.3])
def test_rounding_changes_nothing_that_is_shown(capsys, values):
    """Not even where it takes the largest entry over a power of ten."""
    rng, shown = np.random.default_rng(1), set()
    for _ in range(50):
        sides = [values * (1 + 1e-14 * rng.uniform(-1, 1, np.shape(values))) for _ in range(2)]
        bp.verify("4.5", *sides)
        shown.add(steady(capsys.readouterr().out))
    assert len(shown) == 1


@pytest.fixture
def displayed():
    """What a shell displays while the given equation is checked."""

    def display(*sides: object) -> RichOutput:
        with capture_output() as shown:
            bp.verify("<4.5>", *sides)
        assert shown.stdout == shown.stderr == ""
        (output,) = shown.outputs
        return output

    InteractiveShell.clear_instance()
    InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    yield display
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("values", [0.25, [1, -0.5, 1e-20], np.arange(12)])
def test_a_notebook_gets_a_table_with_the_same_words(displayed, values):
    output = displayed(values, values)
    table = ET.fromstring(output.data["text/html"])
    table.remove(table.find("style"))
    assert table.get("class") == "bp-verify"
    lines = ["".join("".join(row.itertext()).split()) for row in table.iter("tr")]
    assert lines == ["".join(line.split()) for line in output.data["text/plain"].split("\n")]
    assert lines[0].startswith("(<4.5>)")
    assert "✓to12digits" in lines[-1]


def test_without_ipython_it_is_printed_and_ipython_stays_out():
    check = (
        "import sys, bpcore; bpcore.verify('46', 2, 2);"
        "assert not {'IPython', 'bpcore.view'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True)
    assert " ".join(done.stdout.decode().split()) == "(46) left 2 right 2 ✓ to 12 digits"


@pytest.mark.parametrize("digits", [1, 3, 6, 12])
@pytest.mark.parametrize("mantissa", [1, 9.5])
@pytest.mark.parametrize("exponent", [-200, -8, 0, 8, 200])
def test_half_a_unit_of_the_last_digit_decides(digits, mantissa, exponent):
    size, half = mantissa * 10.0**exponent, 0.5 * 10.0 ** (exponent + 1 - digits)
    near, far = size - 0.99 * half, size - 1.01 * half
    for left, right in ((near, size), (size, near), (-near, -size)):
        bp.verify("46", left, right, digits=digits)
    for left, right in ((far, size), (size, far), (-far, -size)):
        with pytest.raises(AssertionError):
            bp.verify("46", left, right, digits=digits)


@pytest.mark.parametrize("side", ["left", "right"])
def test_digits_count_from_the_largest_entry_of_either_side(side):
    """A zero that rounding left at 1e-17 must not fail a gradient whose other entries are 1."""
    sides = [[1, 0], [1, 1e-17]]
    bp.verify("46", *(sides if side == "right" else sides[::-1]))
    with pytest.raises(AssertionError):
        bp.verify("46", 0, 1e-17)


def test_default_is_twelve_digits():
    bp.verify("46", 1, 1 + 4e-12)
    with pytest.raises(AssertionError, match="12 digits"):
        bp.verify("46", 1, 1 + 6e-12)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (0.25, 0.5, "(BP2) does not hold to 3 digits: left 0.25, right 0.5"),
        ([1, 2, 3], [1, 2, 4], "(BP2) does not hold to 3 digits: left 3, right 4 at [2]"),
        ([[0, 1], [7, 1]], [[0, 1.2], [8, 1]], "left 7, right 8 at [1, 0]"),
        (0.0, 1e-300, "left 0, right 1e-300"),
        (-1.7e308, 1.7e308, "left -1.7e+308, right 1.7e+308"),
    ],
)
def test_message_shows_the_worst_place_and_both_values(capsys, left, right, message):
    with pytest.raises(AssertionError) as caught:
        bp.verify("BP2", left, right, digits=3)
    assert message in str(caught.value)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("sides", "exception", "message"),
    [
        (([1, 2], [1, 2, 3]), ValueError, r"\(47\) differ in shape: left \(2,\), right \(3,\)"),
        (([[1]], [1]), ValueError, r"\(47\) differ in shape: left \(1, 1\), right \(1,\)"),
        ((1, [1]), ValueError, r"\(47\) differ in shape: left \(\), right \(1,\)"),
        (([np.nan], [np.nan]), ValueError, r"left side of \(47\) must be finite.*\[0\] is nan"),
        ((1, np.inf), ValueError, r"right side of \(47\) must be finite.* inf"),
        ((np.nan, 1), ValueError, r"left side of \(47\) must be finite[^[]* nan"),
        (([], []), ValueError, r"\(47\) are empty"),
        (([[1, 2], [3]], 1), ValueError, r"left side of \(47\) has rows of different lengths"),
        ((1, "1"), TypeError, r"right side of \(47\) must hold real numbers, got text"),
        ((1j, 1j), TypeError, r"left side of \(47\) must hold real numbers, got complex"),
        ((None, 1), TypeError, r"left side of \(47\) must hold real numbers, got NoneType"),
    ],
)
def test_sides_that_cannot_be_compared_are_refused(sides, exception, message):
    with pytest.raises(exception, match=message):
        bp.verify("47", *sides)


@pytest.mark.parametrize(
    ("equation", "digits", "exception", "message"),
    [
        (46, 12, TypeError, "equation must be its number as text, got 46"),
        (None, 12, TypeError, "equation must be its number as text, got None"),
        ("46", 0, ValueError, "digits must be at least 1, got 0"),
        ("46", 2.5, TypeError, "digits must be a whole number, got float 2.5"),
        ("46", True, TypeError, "digits must be a whole number, got True"),
        ("46", "6", TypeError, "digits must be a whole number, got str '6'"),
    ],
)
def test_bad_arguments_are_refused(equation, digits, exception, message):
    with pytest.raises(exception, match=message):
        bp.verify(equation, 1, 1, digits=digits)
