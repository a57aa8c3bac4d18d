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


@pytest.mark.parametrize("answer", [4, -3.1416, 31.416, 0])
def test_a_number_outside_them_is_not(answer, capsys):
    assert "not right" in said(capsys, answer, np.pi, digits=4)


def test_a_known_slip_gets_its_sentence(capsys):
    slips = {"that is twice": 2 * np.pi, "the sign": -np.pi}
    assert said(capsys, -3.1416, np.pi, slips) == "-3.1416 is not right: the sign."
    assert said(capsys, 6.2832, np.pi, slips) == "6.2832 is not right: that is twice."
    assert said(capsys, 1.0, np.pi, slips) == "1 is not right, and I do not recognise the slip."


@pytest.mark.parametrize(("answer", "agree"), [(3.1, 2), (3.4, 1)])
def test_an_answer_rounded_too_early_is_close(answer, agree, capsys):
    verdict = said(capsys, answer, np.pi, {"the sign": -np.pi}, digits=4)
    assert verdict.startswith(f"{answer} is close: 4 digits are asked for, and only {agree} agree")


def test_some_of_several_numbers(capsys):
    assert said(capsys, [1, 2, 4], [1, 2, 3]) == "2 of 3 numbers are right."
    assert said(capsys, [5, 5, 5], [1, 2, 3], {"all five": [5, 5, 5]}) == (
        "these 3 numbers are not right: all five."
    )
    assert "do not recognise" in said(capsys, [5, 5, 6], [1, 2, 3], {"all five": [5, 5, 5]})


@pytest.mark.parametrize("answer", [..., None, [1, ...], lambda: ..., lambda: ... + 1])
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
        ([1, 2], "numbers in the shape (3,) expected, got numbers in the shape (2,)"),
        (1.0, "expected, got one number"),
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
    assert said(capsys, [[1], [2]], [1, 2]) == "right, all 2 numbers."


def test_words(capsys):
    slips = {"it is the other way": "down"}
    assert said(capsys, " Up ", "up", slips) == "right: 'up'."
    assert said(capsys, "down", "up", slips) == "'down' is not right: it is the other way."
    for other in ("left", 1, np.ones(3), print):
        assert said(capsys, other, "up", slips) == "write 'down' or 'up', with the quotes."


def test_a_missing_return_is_not_an_open_answer(capsys):
    assert "is its return missing?" in said(capsys, lambda: None, 1.0)


class Unreadable:
    def __array__(self, *args, **kwargs):
        raise RuntimeError


@pytest.mark.parametrize(
    "answer", [Unreadable(), {1}, 1e308, -1e308, 10**400, np.nan, True, np.ma.masked, b"1"]
)
def test_strange_answers_are_not_right_and_raise_nothing(answer, capsys):
    assert "not right" in said(capsys, answer, np.pi)


def test_the_line_is_the_readers_and_not_that_of_the_check(capsys):
    cell = compile("def readers(v):\n    return 1 / v\n", "a cell", "exec")
    names = {}
    exec(cell, names)
    verdict = said(capsys, lambda: names["readers"](0), 1.0)
    assert verdict.startswith("your code stops in line 2: ZeroDivisionError")


@pytest.mark.parametrize("right", [[], np.nan, ["a", "b"]])
def test_what_the_check_itself_does_wrong_raises(right):
    with pytest.raises((TypeError, ValueError)):
        bp.check_answer("7", 1.0, right)


def test_zero_can_be_right(capsys):
    assert said(capsys, 0, 0.0) == said(capsys, -0.0, 0.0) == "right, 0."
    assert "not right" in said(capsys, 6, 0.0)
    assert "not right" in said(capsys, 0.3, 0.0)


def test_a_distance_too_large_for_a_float(capsys):
    assert said(capsys, -1.7e308, 1.7e308).endswith("I do not recognise the slip.")
