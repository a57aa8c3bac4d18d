"""The check of the small exercises."""

import numpy as np
import pytest

import bpcore as bp


def said(capsys: pytest.CaptureFixture, *arguments, **options) -> str:
    bp.check_answer("7", *arguments, **options)
    return capsys.readouterr().out.removeprefix("Exercise 7: ").strip()


@pytest.mark.parametrize("answer", [3.14159, 3.142, 3.1411, np.float32(3.1416), [3.1416]])
def test_a_number_is_right_to_the_digits_asked_for(answer, capsys):
    assert said(capsys, answer, np.pi, digits=4).startswith("right, 3.14")


@pytest.mark.parametrize("answer", [3.15, 3.1, -3.1416, 31.416, 0])
def test_a_number_outside_them_is_not(answer, capsys):
    assert "not right" in said(capsys, answer, np.pi, digits=4)


def test_a_known_slip_gets_its_sentence(capsys):
    slips = {"that is twice": 2 * np.pi, "the sign": -np.pi}
    assert said(capsys, -3.1416, np.pi, slips) == "-3.142 is not right: the sign."
    assert said(capsys, 6.2832, np.pi, slips) == "6.283 is not right: that is twice."
    assert said(capsys, 1.0, np.pi, slips) == (
        "1 is not right, and comes from no slip that I know."
    )


@pytest.mark.parametrize("answer", [..., None, lambda: ..., lambda: None, lambda: ... + 1])
def test_an_open_answer(answer, capsys):
    assert said(capsys, answer, 1.0) == "not tried yet."


def test_an_open_function(capsys):
    def answer():
        raise NotImplementedError

    assert said(capsys, answer, 1.0) == "not tried yet."


def test_a_function_that_stops_is_told_where(capsys):
    def answer():
        return 1 / 0

    line = answer.__code__.co_firstlineno + 1
    assert said(capsys, answer, 1.0) == (
        f"your code stops in line {line}, `return 1 / 0`: ZeroDivisionError: division by zero."
    )


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        ("3", "real numbers, got text"),
        ([1, 2], r"shape (2,), expected (3,)"),
        ([[1], [2, 3]], "rows of different lengths"),
        ([1, 2, np.nan], "must be finite"),
        ([1, 2, 3j], "complex"),
    ],
)
def test_what_cannot_be_compared_is_said(answer, phrase, capsys):
    verdict = said(capsys, answer, [1.0, 2.0, 3.0])
    assert verdict.startswith("not right: ")
    assert phrase in verdict


def test_a_column_answers_for_a_row(capsys):
    assert said(capsys, [[1], [2]], [1, 2]) == "right, 2 numbers."


def test_words(capsys):
    slips = {"it is the other way": "down"}
    assert said(capsys, " Up ", "up", slips) == "right, up."
    assert said(capsys, "down", "up", slips) == "'down' is not right: it is the other way."
    assert said(capsys, "left", "up", slips) == "'left' is not right."
    assert said(capsys, 1, "up", slips) == ("not right: the answer is a word in quotes, got 1.")


def test_zero_can_be_right(capsys):
    assert said(capsys, 0, 0.0) == "right, 0."
    assert "not right" in said(capsys, 6, 0.0)
