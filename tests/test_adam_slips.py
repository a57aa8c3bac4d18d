"""The exercise on Adam: its right answer against bp.Adam, and slips that can be told apart."""

from itertools import combinations

import numpy as np
import pytest

import bpcore as bp
from bpcore.checker.adam_slips import BETA_1, BETA_2, EPS, ETA, SLOPES, adam_exercise


def by_bpcore(slopes, eta, beta_1, beta_2, eps) -> list[float]:
    adam, state, changes = bp.Adam(eta, beta_1, beta_2, eps), None, []
    for g in slopes:
        change, state = adam.step(np.array(g), state)
        changes.append(float(change))
    return changes


def test_the_right_answer_is_that_of_adam():
    answer, right, _ = adam_exercise(by_bpcore)
    np.testing.assert_allclose(answer(), right, rtol=1e-12)
    np.testing.assert_allclose(right, by_bpcore(SLOPES, ETA, BETA_1, BETA_2, EPS), rtol=1e-12)


def test_no_two_slips_look_alike_and_none_is_right():
    _, right, slips = adam_exercise(by_bpcore)
    for one, other in combinations([right, *slips.values()], 2):
        assert one.shape == other.shape == (5,)
        assert abs(one - other).max() > 0.002 * abs(one).max()


@pytest.mark.parametrize("zero", [0.0, np.zeros(())])
def test_a_division_by_zero_is_the_slip_of_counting_from_0(zero, capsys):
    def from_0(slopes, eta, beta_1, beta_2, eps):
        m, v, changes = zero, zero, []
        for t, g in enumerate(slopes):
            m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
            m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
            changes.append(-eta * m_hat / (v_hat**0.5 + eps))
        return changes

    bp.check_answer("2", *adam_exercise(from_0))
    assert "with t = 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda *_: ..., "not tried yet"),
        (lambda *_: [... for _ in range(5)], "not tried yet"),
        (lambda *_: None, "returns nothing"),
        (lambda *_: [1.0, 2.0], "in the shape (5,) expected"),
        (lambda *_: "much", "not right"),
        (lambda *_: nowhere, "NameError"),  # noqa: F821
    ],
)
def test_whatever_is_returned_gets_a_reply(wrong, told: str, capsys):
    bp.check_answer("2", *adam_exercise(wrong))
    assert told in capsys.readouterr().out
