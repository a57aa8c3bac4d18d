"""The exercise on the way back through batch normalisation: what is right, and every slip."""

import numpy as np
import pytest

import bpcore as bp
from bpcore.checker.batch_norm_slips import batch_norm_exercise

PARTS = ("z", "γ", "β")


def given() -> tuple[np.ndarray, ...]:
    """What a reader's function receives."""
    received = []

    def mine(*arrays):
        received.append(arrays)

    next(batch_norm_exercise(mine))[1]()
    return received[0]


def by_nudging(part: int) -> np.ndarray:
    """A cost whose slope with respect to u is e, Σ e u, nudged by the complex step."""
    e, gamma, z_hat, s = given()
    z = s * z_hat  # of mean 0: a shift changes nothing
    eps = s**2 - (z**2).mean(axis=1, keepdims=True)
    at = [z, gamma, np.zeros_like(gamma)]
    slopes = np.empty(at[part].shape)
    for j in np.ndindex(slopes.shape):
        nudged = [v.astype(complex) for v in at]
        nudged[part][j] += 1e-20j
        deviations = nudged[0] - nudged[0].mean(axis=1, keepdims=True)
        q = (deviations**2).mean(axis=1, keepdims=True) + eps
        slopes[j] = (e * (nudged[1] * deviations / np.sqrt(q) + nudged[2])).sum().imag / 1e-20
    return slopes


@pytest.mark.parametrize("part", range(3), ids=PARTS)
def test_what_is_right_is_what_nudging_says(part: int):
    _, _, right, _ = list(batch_norm_exercise(lambda *_: None))[part]
    assert np.allclose(right, by_nudging(part), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("part", range(3), ids=PARTS)
def test_every_slip_differs_from_right_and_from_every_other(part: int):
    _, _, right, slips = list(batch_norm_exercise(lambda *_: None))[part]
    answers = [right, *slips.values()]
    for i, one in enumerate(answers):
        for other in answers[:i]:
            assert np.abs(one - other).max() > 1e-3 * np.abs(right).max()


@pytest.mark.parametrize("part", range(3), ids=PARTS)
def test_every_slip_is_named(part: int, capsys):
    _, _, right, slips = list(batch_norm_exercise(lambda *_: None))[part]
    for sentence, wrong in slips.items():
        bp.check_answer("3", lambda wrong=wrong: wrong, right, slips)
        assert sentence in capsys.readouterr().out


def test_an_open_answer_is_open_and_others_are_told_what_is_asked_for(capsys):
    for mine, told in (
        (lambda *_: (..., ..., ...), "not tried yet"),
        (lambda *_: ..., "not tried yet"),
        (lambda *_: None, "returns nothing"),
        (lambda *_: (1, 2), "three arrays are asked for"),
    ):
        for part, answer, right, slips in batch_norm_exercise(mine):
            bp.check_answer(f"3, {part}", answer, right, slips)
            assert told in capsys.readouterr().out


def test_a_reader_may_change_what_the_function_receives():
    def greedy(e, gamma, z_hat, s):
        e *= 0
        return e, gamma, s

    first = [right for *_, right, _ in batch_norm_exercise(greedy)]
    for _, answer, _, _ in batch_norm_exercise(greedy):
        answer()
    for before, (_, _, right, _) in zip(first, batch_norm_exercise(greedy), strict=True):
        assert np.array_equal(before, right)
