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


def test_all_slips_that_lead_to_an_answer_are_named(capsys):
    slips = {"that is twice": 2.0, "one is added": 2.0, "the sign": -1.0}
    assert said(capsys, 2, 1.0, slips) == "2 is not right: that is twice. Or: one is added."
    words = {"it is the other way": "down", "that is the cost": "down"}
    assert said(capsys, "down", "up", words) == (
        "'down' is not right: it is the other way. Or: that is the cost."
    )


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (3.1, "rounded to 2 digits, and 4 are asked for"),
        (3.14, "rounded to 3 digits, and 4 are asked for"),
        (3.141, "cut off after 4 digits, not rounded"),
    ],
)
def test_an_answer_rounded_too_early_is_close(answer, how, capsys):
    assert said(capsys, answer, np.pi, {"the sign": -np.pi}) == f"{answer} is close: {how}."


@pytest.mark.parametrize(
    ("answer", "right", "digits"),
    [(3.4, np.pi, 4), (3.13, np.pi, 4), (3.15, np.pi, 4), (2.18, 1.83, 2), (0.18, 0.171, 2)],
)
def test_another_number_is_not_close(answer, right, digits, capsys):
    verdict = said(capsys, answer, right, digits=digits)
    assert verdict == f"{answer} is not right, and I do not recognise the slip."


def test_one_digit_is_too_few_to_tell(capsys):
    assert said(capsys, 0.2, 0.171, digits=2) == "0.2 is given to one digit, and 2 are asked for."


def test_whole_numbers_are_not_rounded(capsys):
    for answer in (3800, 3000, 380):
        assert "do not recognise" in said(capsys, answer, 3811.0)


def test_a_slip_goes_before_rounding(capsys):
    slips = {"that is another formula": 3.1}
    assert said(capsys, 3.1, np.pi, slips) == (
        "3.1 is not right: that is another formula. "
        "Or: it is rounded to 2 digits, and 4 are asked for."
    )
    assert said(capsys, 3, np.pi, {"that is the number of sides": 3}) == (
        "3 is not right: that is the number of sides."
    )


def test_a_slip_may_be_rounded_too(capsys):
    assert "that is twice" in said(capsys, 6.3, np.pi, {"that is twice": 2 * np.pi})
    for cut_off_or_one_digit in (6.2, 6):
        said_of_it = said(capsys, cut_off_or_one_digit, np.pi, {"that is twice": 2 * np.pi})
        assert "do not recognise" in said_of_it


def test_a_sign_and_a_decimal_point_need_no_slip(capsys):
    assert said(capsys, -3.1416, np.pi) == "-3.1416 is not right: only the sign is wrong."
    assert said(capsys, 0.31416, np.pi) == (
        "0.31416 is not right: only the decimal point is wrong."
    )
    assert "do not recognise" in said(capsys, 100, 10)  # ten times too many is another count


def test_a_slip_that_does_not_show_is_not_named(capsys):
    slips = {"π is rounded": 3.1419, "that is π": np.pi}
    assert "do not recognise" in said(capsys, 3.1423, np.pi, slips)


def test_a_slip_that_diverges_or_has_another_shape_is_passed_over(capsys):
    slips = {"it explodes": np.inf, "it is none": np.nan, "it is two": [2, 2]}
    assert "do not recognise" in said(capsys, 2, 1.0, slips)


def test_half_a_unit_agrees_on_both_sides(capsys):
    for answer in (0.12, 0.13, 2.3, 2.4):
        assert said(capsys, answer, 0.125 if answer < 1 else 2.35, digits=2).startswith("right")


def test_some_of_several_numbers(capsys):
    assert said(capsys, [1, 2, 4], [1, 2, 3]) == (
        "2 of 3 numbers are right; the 3rd is not right, and I do not recognise the slip."
    )
    assert said(capsys, [5, 5, 5], [1, 2, 3], {"all five": [5, 5, 5]}) == (
        "these 3 numbers are not right: all five."
    )
    assert said(capsys, [4, 6, 7], [1, 2, 3], {"all five": [5, 5, 5]}) == (
        "these 3 numbers are not right, and I do not recognise the slip."
    )


def test_each_of_several_wrong_numbers_gets_its_own_slips(capsys):
    slips = {"twice": [2, 4, 6], "one more": [2, 3, 4], "the sign": [-1, -2, -3]}
    assert said(capsys, [-1, 2, 6], [1, 2, 3], slips) == (
        "1 of 3 numbers is right; the 1st is not right: the sign; the 3rd is not right: twice."
    )
    assert said(capsys, [2, 2, 4], [1, 2, 3], slips) == (
        "1 of 3 numbers is right; the 1st is not right: twice. Or: one more; "
        "the 3rd is not right: one more."
    )
    assert said(capsys, [2, 4, -3], [1, 2, 3], slips).startswith("0 of 3 numbers are right; ")
    assert "the 1st and 3rd are not right: the sign" in said(capsys, [-1, 2, -3], [1, 2, 3], slips)
    for place, name in enumerate(("1st", "2nd", "3rd", "4th", *"56789", "10th", "11th", "12th")):
        answer = np.arange(12) + 0.5 * (np.arange(12) == place)
        assert f"the {name}" in said(capsys, answer, np.arange(12))
    assert "the entry [1, 0] is not" in said(capsys, [[1, 2], [4, 4]], [[1, 2], [3, 4]])


def test_a_slip_that_leaves_an_entry_right_explains_nothing_there(capsys):
    slips = {"the last is twice": [10, 20, 60]}
    assert "do not recognise" in said(capsys, [10.1, 20, 30], [10, 20, 30], slips)


def test_many_numbers_are_only_counted(capsys):
    right, slip = np.arange(20.0), np.arange(20.0) + 1
    assert said(capsys, slip, right, {"one more": slip}).endswith("not right: one more.")
    some = np.where(right < 18, right, slip)
    assert said(capsys, some, right, {"one more": slip}) == (
        "18 of 20 numbers are right, and I do not recognise the slip."
    )


def test_no_number_is_shown_that_the_reader_has_not_typed(capsys):
    slips = {"that is twice": 2 * np.pi}
    assert said(capsys, lambda: np.pi, np.pi) == "right."
    assert said(capsys, lambda: 2 * np.pi, np.pi, slips) == "not right: that is twice."
    for other in (3.1, 31.416):
        assert said(capsys, lambda other=other: other, np.pi) == (
            "not right, and I do not recognise the slip."
        )
    assert said(capsys, lambda: [2, 3], [1, 2], {"one more": [2, 3]}) == "not right: one more."


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
        (np.ones((3, 3)), "numbers in the shape (3,) expected, got numbers in the shape (3, 3)"),
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
    assert "in the shape (2, 1) expected" in said(capsys, [1, 2, 3], [[1], [2]])


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
    assert said(capsys, -1.7e308, 1.6e308).endswith("I do not recognise the slip.")


def test_a_slip_that_leads_to_zero_is_not_seen_in_every_small_number(capsys):
    slips = {"then it is nothing": 0.0}
    assert said(capsys, 0.002, 0.006, slips, digits=2).endswith("I do not recognise the slip.")
    assert said(capsys, 0, 0.006, slips, digits=2) == "0 is not right: then it is nothing."
    slips = {"one knob only": [0.0, 0.01], "no knob": [0.0, 0.0]}
    told = said(capsys, [0.004, 0.003], [-0.006, 0.008], slips, digits=2)
    assert "knob" not in told
