"""`verify`: what it lets pass, what it refuses, and what it says."""

import numpy as np
import pytest

import bpcore as bp


@pytest.mark.parametrize(
    ("left", "right", "digits", "line"),
    [
        (0.25, 0.25, 12, "(BP1) holds to 12 digits: 0.25"),
        (1 / 3, 1 / 3, 3, "(BP1) holds to 3 digits: 0.333"),
        (-0.0, 0.0, 12, "(BP1) holds to 12 digits: 0"),
        (0.0, -0.0, 12, "(BP1) holds to 12 digits: 0"),
        ([1, 2], np.array([1.0, 2.0]), 12, "(BP1) holds to 12 digits, 2 numbers"),
        (np.zeros((2, 3)), np.zeros((2, 3)), 12, "(BP1) holds to 12 digits, 6 numbers"),
        ([True], [1], 2, "(BP1) holds to 2 digits: 1"),
    ],
)
def test_equation_that_holds_prints_one_line(capsys, left, right, digits, line):
    assert bp.verify("BP1", left, right, digits=digits) is None
    assert capsys.readouterr() == (line + "\n", "")


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
