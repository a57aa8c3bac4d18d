"""Check an answer to an exercise, and name the slip behind a wrong one."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from bpcore import _arguments
from bpcore.checker.student import is_open, what_stopped
from bpcore.checking import half_unit

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
        Where words are asked for, these and `right` are the words to choose from.
    digits : int
        Numbers agree if they differ by no more than half a unit of this digit, counted from the
        first digit of the largest entry of `right`; of 0, from the ones.

    Raises
    ------
    TypeError, ValueError
        If exercise, right or digits is not as above. Nothing about the answer raises.
    """
    if not isinstance(exercise, str):
        raise TypeError(f"exercise must be its number as text, got {exercise!r}")
    digits = _arguments.integer(digits, "digits", least=1)
    if not isinstance(right, str):
        right = _arguments.finite_array(right, "right", np.dtype(float))
        if right.size == 0:
            raise ValueError("right is empty: there is nothing to compare with")
    try:
        verdict = _verdict(answer, right, slips or {}, digits)
    except Exception as error:  # an answer that cannot even be looked at
        verdict = f"not right: your answer cannot be read ({type(error).__name__})"
    print(f"Exercise {exercise}: {verdict}" + "." * (not verdict.endswith("?")))


def _verdict(answer: Any, right: Any, slips: Mapping[str, Any], digits: int) -> str:
    if callable(answer) and not isinstance(right, str):
        try:
            given = answer()
        except (Exception, SystemExit) as error:
            check = getattr(getattr(answer, "__code__", None), "co_filename", None)
            return "not tried yet" if is_open(error) else what_stopped(error, besides=check)
        if given is None:
            return "your function returns nothing: is its return missing?"
        answer = given
    entries = answer if isinstance(answer, list | tuple) else [answer]
    if answer is None or any(entry is ... for entry in entries):
        return "not tried yet"
    if isinstance(right, str):
        return _verdict_on_words(answer, right, slips)
    try:
        array = float(answer) if isinstance(answer, Real) else answer
        array = _arguments.finite_array(array, "your answer", np.dtype(float))
    except (TypeError, ValueError) as error:
        return f"not right: {error}"
    if array.squeeze().shape != right.squeeze().shape:
        return f"not right: {_size(right)} expected, got {_size(array)}"
    with np.errstate(over="ignore"):
        return _verdict_on_numbers(array, right, slips, digits)


def _verdict_on_numbers(
    answer: np.ndarray, right: np.ndarray, slips: Mapping[str, Any], digits: int
) -> str:
    agreeing = int(_agree(answer, right, digits).sum())
    if agreeing == right.size:
        return f"right, {_shown(answer, 'all')}"
    it = f"{_shown(answer)} {'is' if answer.size == 1 else 'are'}"
    for sentence, wrong in slips.items():
        if _agree(answer, np.asarray(wrong, dtype=float), digits).all():
            return f"{it} not right: {sentence}"
    for fewer in range(digits - 1, 0, -1):
        if right.any() and _agree(answer, right, fewer).all():
            agree = "1 agrees" if fewer == 1 else f"{fewer} agree"
            return f"{it} close: {digits} digits are asked for, and only {agree}"
    if agreeing:
        return f"{agreeing} of {right.size} numbers are right"
    return f"{it} not right, and I do not recognise the slip"


def _verdict_on_words(answer: Any, right: str, slips: Mapping[str, str]) -> str:
    reasons = {wrong: sentence for sentence, wrong in slips.items()}
    words = {word.casefold(): word for word in (right, *reasons)}
    said = words.get(answer.strip().casefold()) if isinstance(answer, str) else None
    if said == right:
        return f"right: {right!r}"
    if said:
        return f"{said!r} is not right: {reasons[said]}"
    return f"write {' or '.join(map(repr, sorted(words.values())))}, with the quotes"


def _agree(left: np.ndarray, right: np.ndarray, digits: int) -> np.ndarray:
    """Which entries agree; none if the shapes do not."""
    if left.squeeze().shape != right.squeeze().shape:
        return np.array([False])
    return np.abs(left.squeeze() - right.squeeze()) <= half_unit(np.abs(right).max(), digits)


def _shown(answer: np.ndarray, which: str = "these") -> str:
    return f"{answer.item() + 0.0:.10g}" if answer.size == 1 else f"{which} {answer.size} numbers"


def _size(array: np.ndarray) -> str:
    return "one number" if array.size == 1 else f"numbers in the shape {array.shape}"
