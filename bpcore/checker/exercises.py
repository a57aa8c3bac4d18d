"""Check an answer to an exercise, and name the slip behind a wrong one."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from bpcore import _arguments
from bpcore.checker.stops import is_open, what_stopped
from bpcore.checking import half_unit

__all__ = ["check_answer"]

FEW = 12  # numbers of which each wrong one is looked at
HAIR = 1 + 1e-9  # for limits that numbers typed in decimals just reach


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
        arguments and returns the answer, so that whatever goes wrong in it is reported, too. The
        reader has typed none of its numbers; so none is shown, and none is called rounded.
    right : number, array_like or str
        What it should be.
    slips : mapping, optional
        From a sentence, such as "you forgot the factor 2", to the answer that this slip leads to;
        all slips that lead to the given one are named. If none explains all of several numbers,
        each wrong one is compared with that entry of the slips that are as long as `right`.
        Where words are asked for, these and `right` are the words to choose from.
    digits : int
        Numbers agree if they differ by no more than half a unit of this digit, counted from the
        first digit of the largest entry of `right`; of 0, from the ones. An answer with fewer
        digits is close only if it is `right` itself, rounded or cut off to at least two.

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
    typed = not callable(answer)
    if not typed and not isinstance(right, str):
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
    given, right = _row(array), _row(right)
    wrongs = {sentence: _row(np.asarray(wrong, float)) for sentence, wrong in slips.items()}
    wrongs = {
        sentence: wrong
        for sentence, wrong in wrongs.items()
        if wrong.shape == right.shape and np.isfinite(wrong).all()
    }
    with np.errstate(over="ignore"):
        return _verdict_on_numbers(given, right, wrongs, digits, typed)


def _verdict_on_numbers(
    given: np.ndarray, right: np.ndarray, slips: Mapping[str, np.ndarray], digits: int, typed: bool
) -> str:
    agree = _agree(given, right, digits)
    if agree.all():
        return f"right, {_shown(given, 'all')}" if typed else "right"
    these = f"{_shown(given, 'these')} {'is' if given.size == 1 else 'are'} " if typed else ""
    scale = np.abs(right).max()
    whole = [s for s, wrong in slips.items() if _agree(given, wrong, digits, scale).all()]
    if whole and right.size > 1:
        return f"{these}not right{_because(whole)}"
    wrong_ones: dict[str, list[str]] = {}  # by what there is to say about them
    for place in np.argwhere(~agree) if right.size <= FEW else []:
        at = tuple(place)
        here = {sentence: wrong[at] for sentence, wrong in slips.items()}
        told = _told(given[at], right[at], here, scale, digits, typed)
        wrong_ones.setdefault(told, []).append(_ordinal(place))
    if not agree.any() and len(wrong_ones) <= 1:
        return these + next(iter(wrong_ones), f"not right{_because([])}")
    parts = [f"{agree.sum()} of {right.size} numbers {'is' if agree.sum() == 1 else 'are'} right"]
    for told, at in wrong_ones.items():
        parts.append(f"the {' and '.join(at)} {'is' if len(at) == 1 else 'are'} {told}")
    return "; ".join(parts) if wrong_ones else f"{parts[0]}{_because([])}"


def _told(
    given: float, right: float, slips: Mapping[str, float], scale: float, digits: int, typed: bool
) -> str:
    """What there is to say about one wrong number, after "it is"."""
    limit = half_unit(scale, digits)
    # A slip that changes less than what counts does not show here.
    slips = {sentence: wrong for sentence, wrong in slips.items() if abs(wrong - right) > limit}
    reasons = [s for s, wrong in slips.items() if _agree(given, wrong, digits, scale)]
    rounded, kept = _rounded(given, right, scale, digits) if typed else ("", 0)
    if rounded and not reasons:
        return f"close: {rounded}" if kept > 1 else rounded
    if kept > 1:
        reasons.append(f"it is {rounded}")
    if typed and not reasons:
        for sentence, wrong in slips.items():
            if _rounded(given, wrong, abs(wrong), digits)[0].startswith("rounded"):
                reasons.append(sentence)
    if not reasons and abs(given + right) <= limit:
        reasons = ["only the sign is wrong"]
    if typed and not reasons and given * right > 0 and right != np.rint(right):
        tens = np.rint(np.log10(given / right))
        if tens and _agree(given / 10**tens, right, digits):
            reasons = ["only the decimal point is wrong"]
    return f"not right{_because(reasons)}"


def _rounded(given: float, right: float, scale: float, digits: int) -> tuple[str, int]:
    """Whether, and to how many digits, `right` is rounded or cut off if that gives `given`."""
    if right == np.rint(right):  # nobody rounds a whole number
        return "", 0
    for kept in range(digits, 0, -1):
        unit = 2 * half_unit(scale, kept)
        off = abs(given - right) / unit
        if off > 1 - 1e-9 or abs(given / unit - np.rint(given / unit)) > 1e-6:
            continue  # another number, or one with more digits than these
        asked = f", and {digits} are asked for"
        if off <= HAIR / 2:
            return (f"rounded to {kept} digits" if kept > 1 else "given to one digit") + asked, kept
        if kept > 1 and abs(given) < abs(right):
            return f"cut off after {kept} digits, not rounded{asked * (kept < digits)}", kept
    return "", 0


def _because(reasons: list[str]) -> str:
    return f": {'. Or: '.join(reasons)}" if reasons else ", and I do not recognise the slip"


def _ordinal(place: np.ndarray) -> str:
    if len(place) > 1:
        return f"entry {place.tolist()}"
    number = int(place[0]) + 1
    ending = {1: "st", 2: "nd", 3: "rd"}.get(0 if number in (11, 12, 13) else number % 10, "th")
    return f"{number}{ending}"


def _verdict_on_words(answer: Any, right: str, slips: Mapping[str, str]) -> str:
    words = {word.casefold(): word for word in (right, *slips.values())}
    said = words.get(answer.strip().casefold()) if isinstance(answer, str) else None
    if said == right:
        return f"right: {right!r}"
    if said:
        reasons = [s for s, wrong in slips.items() if wrong.casefold() == said.casefold()]
        return f"{said!r} is not right{_because(reasons)}"
    return f"write {' or '.join(map(repr, sorted(words.values())))}, with the quotes"


def _agree(left: np.ndarray, right: np.ndarray, digits: int, scale: float = 0.0) -> np.ndarray:
    """Which entries agree; if `right` is 0, as numbers of the size of `scale` do."""
    return np.abs(left - right) <= HAIR * half_unit(np.abs(right).max() or scale, digits)


def _row(array: np.ndarray) -> np.ndarray:
    return np.atleast_1d(array.squeeze())


def _shown(answer: np.ndarray, which: str) -> str:
    return f"{answer.item() + 0.0:.10g}" if answer.size == 1 else f"{which} {answer.size} numbers"


def _size(array: np.ndarray) -> str:
    return "one number" if array.size == 1 else f"numbers in the shape {array.shape}"
