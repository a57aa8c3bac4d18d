"""Check an answer to an exercise, and name the slip behind a wrong one."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bpcore import validation
from bpcore.checking import half_unit
from bpcore.student import is_open, what_stopped

__all__ = ["check_answer"]


def check_answer(
    exercise: str,
    answer: Any,
    right: Any,
    slips: Mapping[str, Any] | None = None,
    *,
    digits: int = 4,
) -> None:
    """Print whether an answer is right; if not, which slip leads to it.

    Parameters
    ----------
    exercise : str
        Its number or name.
    answer : number, array_like, str or callable
        The reader's. ``...`` and None mean that it is still open. A callable is called without
        arguments and returns the answer, so that whatever goes wrong in it is reported, too.
    right : number, array_like or str
        What it should be.
    slips : mapping, optional
        From a sentence, such as "you forgot the factor 2", to the answer that this slip leads to.
    digits : int
        Numbers agree if they differ by less than half a unit of this digit, counted from the first
        digit of the largest entry of `right`.

    Raises
    ------
    TypeError, ValueError
        If exercise, right or digits is not as above. Nothing about the answer raises.
    """
    if not isinstance(exercise, str):
        raise TypeError(f"exercise must be its number as text, got {exercise!r}")
    digits = validation.integer(digits, "digits", least=1)
    if not isinstance(right, str):
        right = validation.finite_array(right, "right", np.dtype(float))
    print(f"Exercise {exercise}: {_verdict(answer, right, slips or {}, digits)}.")


def _verdict(answer: Any, right: Any, slips: Mapping[str, Any], digits: int) -> str:
    if callable(answer):
        try:
            answer = answer()
        except (Exception, SystemExit) as error:
            return "not tried yet" if is_open(error) else what_stopped(error)
    if answer is None or answer is ...:
        return "not tried yet"
    if isinstance(right, str):
        return _verdict_on_words(answer, right, slips)
    try:
        answer = validation.finite_array(answer, "your answer", np.dtype(float))
    except (TypeError, ValueError) as error:
        return f"not right: {error}"
    if answer.squeeze().shape != right.squeeze().shape:
        return f"not right: your answer has shape {answer.shape}, expected {right.shape}"
    if _agree(answer, right, digits):
        return f"right, {_shown(answer, digits)}"
    for sentence, wrong in slips.items():
        if _agree(answer, np.asarray(wrong, dtype=float), digits):
            return f"{_shown(answer, digits)} is not right: {sentence}"
    return f"{_shown(answer, digits)} is not right, and comes from no slip that I know"


def _verdict_on_words(answer: Any, right: str, slips: Mapping[str, Any]) -> str:
    if not isinstance(answer, str):
        return f"not right: the answer is a word in quotes, got {answer!r}"
    said = answer.strip().casefold()
    if said == right.casefold():
        return f"right, {right}"
    for sentence, wrong in slips.items():
        if said == str(wrong).casefold():
            return f"{answer!r} is not right: {sentence}"
    return f"{answer!r} is not right"


def _agree(left: np.ndarray, right: np.ndarray, digits: int) -> bool:
    if left.squeeze().shape != right.squeeze().shape:
        return False
    difference = np.abs(left.squeeze() - right.squeeze()).max()
    return bool(difference <= half_unit(np.abs(right).max(), digits))


def _shown(answer: np.ndarray, digits: int) -> str:
    one = answer.size == 1
    return f"{answer.item():.{digits}g}" if one else f"{answer.size} numbers"
