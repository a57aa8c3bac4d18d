"""The checker that names the mistake in a reader's own backprop.

Where the reader returns δ, each equation is judged on the reader's own inputs to it, so that an
early mistake is reported once. Where there is no δ, it is inferred: from the output layer down, the
known slips are tried until one explains the slopes of the layer.
"""

from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from itertools import groupby
from threading import RLock

import numpy as np
from numpy.typing import ArrayLike

from bpcore.backpropagation import backprop
from bpcore.checker.bp1 import nabla_a
from bpcore.checker.case import Case, case
from bpcore.checker.forward_slips import (
    FORWARD,
    activations_in_slopes,
    forward_cases,
    readers_forward,
)
from bpcore.checker.judging import (
    Judgement,
    Tolerance,
    agrees,
    allowed_in,
    is_measured,
    judge,
    kink_cases,
    multiple,
    truth,
)
from bpcore.checker.slips import EQUATIONS
from bpcore.checker.student import Answer, Finding, NotJudged, ask, equation_of_delta
from bpcore.checker.whole import as_a_whole, common_factor
from bpcore.costs import checked_arguments
from bpcore.network import Network

__all__ = ["Report", "diagnose"]

HEATON = (
    "every slope has the opposite sign, and is right otherwise. If you meant −∂C/∂w, as Heaton "
    "does, who adds the step, multiply by −1; else write a[L] − y instead of y − a[L]"
)
SUM = (
    "these are the slopes of the summed cost, and right as such. The cost here is the mean over "
    "the samples: divide by m in BP3 and BP4"
)
SUM_BESIDE = (
    "the slopes are summed over the samples, where the cost here is the mean: divide by m in BP3 "
    "and BP4, or take it as your convention"
)
HEATON_SUM = (
    "these are Heaton's slopes: summed over the samples, and with the opposite sign. Right as "
    "such; for the derivative of the mean cost divide by −m"
)
DELTA_OF_MEAN = (
    "your w and b are right. Your δ belongs to the mean cost, and is smaller by the factor m than "
    "that of the text, where δ is for the cost of each sample alone, and BP3 and BP4 take the mean"
)
DELTA_OF_A = (
    "your w and b are right. Your δ is ∂C/∂a, the slope at the activation; in the text δ is "
    "∂C/∂z, the slope at the weighted input, so multiply it by σ′(z[l])"
)
DELTA_NEGATIVE = (
    "your w and b are right. Your δ has the opposite sign, −∂C/∂z, which your slopes take back; "
    "in the text δ is ∂C/∂z"
)
MOST_ALSO = 2  # other meanings that are told
ONE_AT_A_TIME = RLock()
NOTHING_FITS = (
    "from here on the slopes match nothing I know; it is this δ, or BP3 and BP4 together. "
    "Return delta as well, and each equation is judged alone"
)
TRY_ANOTHER = (
    "Nothing speaks against what was not judged, and nothing for it. Try another network or other "
    "samples: with weights of usual size no neuron is so nearly silent"
)


@dataclass(frozen=True)
class Report:
    """What is right in a gradient and what is not.

    Attributes
    ----------
    findings : tuple of Finding
        What is not right, from the output layer back; empty if all is right.
    right : tuple of (str, int)
        Equation and layer of all that is.
    sizes : tuple of int
        Of the network.
    not_judged : tuple of NotJudged
        What could not be compared, or not told from rounding, with the place and the reason.
    understood : tuple of str
        How what the function returned was read, where it was not as the text writes it.
    """

    findings: tuple[Finding, ...]
    right: tuple[tuple[str, int], ...]
    sizes: tuple[int, ...]
    not_judged: tuple[NotJudged, ...] = ()
    understood: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all is right, in the text's own convention, and a mistake would have shown."""
        return not self.findings and not self.not_judged

    def lines(self) -> list[str]:
        """Say all of it, one sentence a line."""
        said = [f"{sentence[0].upper()}{sentence[1:]}." for sentence in self.understood]
        for (equation, sentence), group in groupby(
            self.findings, lambda finding: (finding.equation, finding.sentence)
        ):
            said.append(_said(equation, [finding.layer for finding in group], sentence))
        right = [
            f"{equation} ({_layers([l for _, l in group])})"
            for equation, group in groupby(self.right, lambda place: place[0])
        ]
        title = "All right" if self.ok else "Right"
        if right:
            said.append(f"{title}: {', '.join(right)}.")
        for (equation, reason), group in groupby(
            self.not_judged, lambda each: (each.equation, each.reason)
        ):
            what = _said(equation, [each.layer for each in group], reason)
            said.append(f"Not judged: {what[0].lower() + what[1:] if not equation else what}")
        if any("rounding" in each.reason for each in self.not_judged) and not self.findings:
            said.append(f"{TRY_ANOTHER}.")
        return said

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from bpcore.view.report_picture import picture  # only where a report is looked at

        return picture(self)


def _said(equation: str | None, layers: list[int | None], sentence: str) -> str:
    equation = "forward pass" if equation == FORWARD else equation
    place = ", ".join(part for part in (equation, _layers([l for l in layers if l])) if part)
    sentence = f"{place}: {sentence}" if place else sentence
    sentence = sentence[0].upper() + sentence[1:]
    return sentence if sentence.endswith("?") else f"{sentence}."


def _layers(layers: list[int]) -> str:
    if not layers:
        return ""
    *first, last = sorted(layers)
    return f"layers {', '.join(map(str, first))} and {last}" if first else f"layer {last}"


def diagnose(
    student: Callable,
    net: Network,
    x: ArrayLike,
    y: ArrayLike,
    *,
    cost: str = "quadratic",
    l2: float = 0.0,
) -> Report:
    """Say what is right in someone's own backprop, and name what is not.

    Parameters
    ----------
    student : callable
        ``student(net, x, y)`` returns w and b, and delta if it has it, as `Gradient` does, or in
        one of the other usual layouts; a and z are compared if they are there. It is called three
        times, always on copies; once, if nothing that it returns can be read. A call that does not
        end is stopped after ten seconds, where the platform can do that.
    net, x, y, cost, l2
        As for `bpcore.cost`; what the function is tried on.

    Returns
    -------
    Report
        Its ``ok`` is a certificate: true only if every entry was compared, and a wrong sign, a
        zero or a wrong factor (of 1.04 or more) in it would have shown. It prints as sentences, and
        shows itself in a notebook as a drawing.

    Raises
    ------
    TypeError, ValueError, OverflowError
        As `backprop`, if net, x, y, cost or l2 do not fit. Nothing that the function does raises.
    """
    backprop(net, x, y, cost=cost, l2=l2)  # whatever is wrong with the arguments shows here
    x, y, C, l2 = checked_arguments(net, x, y, cost, l2)
    answer = ask(student, net, x, y)
    if answer.readable:
        answer = _call_again(answer, student, net, x, y)
    if not answer.readable:
        rest = tuple(answer.not_judged), tuple(answer.understood)
        return Report(tuple(answer.findings), (), net.sizes, *rest)

    eps = _eps(answer, net)
    with np.errstate(all="ignore"):
        findings, right, not_judged = _best_reading(case(net, x, y, C, l2, eps), answer)
    return Report(
        tuple(sorted(answer.findings + findings, key=lambda f: f.slip == "not_tried")),
        tuple(right),
        net.sizes,
        tuple(answer.not_judged + not_judged),
        tuple(answer.understood),
    )


# What was found out: what is wrong, what is right, and what could not be judged.
Reading = tuple[list[Finding], list[tuple[str, int]], list[NotJudged]]


def _eps(answer: Answer, net: Network) -> float:
    """Of the coarsest type in use, or that the numbers were kept in for a while."""
    types = [answer.dtype, net.dtype]
    arrays = [*answer.w.values(), *answer.b.values(), *answer.delta.values()]
    if all(np.array_equal(array.astype(np.float32), array) for array in arrays):
        types.append(np.dtype(np.float32))
    return float(np.finfo(min(types, key=lambda dtype: dtype.itemsize)).eps)


def _best_reading(c: Case, answer: Answer) -> Reading:
    """Read the answer in each way that makes sense, and keep what leaves least to explain."""
    at_forward, own_cases = readers_forward(c, answer)
    if at_forward:
        readings = [_read(each, answer) for each in own_cases]
        return _with_findings(at_forward, min(readings, key=_badness))
    best = _read(c, answer)
    for at_kinks in kink_cases(c, answer):
        if not best[0] and not best[2]:
            return best
        best = min(best, _read(at_kinks, answer), key=_badness)
    best = _or_learning_rate(best, c, answer)
    if not _unknown(best):
        return best
    right = set(best[1])
    if not any((equation, l) in right for equation in ("BP3", "BP4") for l in c.w):
        whole = as_a_whole(c, answer)
        if whole:
            return _with_findings([whole], ([], [], []))
    own_a = activations_in_slopes(c, answer) if answer.has_delta else {}
    at_forward, own_cases = readers_forward(c, replace(answer, a=own_a))
    if at_forward:
        readings = [_with_findings(at_forward, _read(each, answer)) for each in own_cases]
        best = min(best, *readings, key=_badness)
    if ("BP1", c.L) in right:  # a[L] is right, then, and the forward pass
        return _or_measured(best, c, answer)
    for slip, layers, wrong in forward_cases(c, answer):
        findings = [Finding(FORWARD, l, slip.name, slip.sentence) for l in reversed(layers)]
        best = min(best, _with_findings(findings, _read(wrong, answer)), key=_badness)
        if _badness(best) <= (0, 1):
            return best
    return _or_measured(best, c, answer) if _unknown(best) else best


def _or_measured(reading: Reading, c: Case, answer: Answer) -> Reading:
    """Slopes that were measured are right to some digits, and none of them to all."""
    if answer.has_delta:
        return reading
    tolerance: Tolerance = "measured" if is_measured(c, answer) else "digits"
    return min(reading, _read(c, answer, tolerance), key=_badness)


def _or_learning_rate(reading: Reading, c: Case, answer: Answer) -> Reading:
    """Where one learning rate explains what else takes several factors, it is the likelier."""
    findings, _, not_judged = reading
    names = tuple(dict.fromkeys(finding.slip for finding in findings))
    if answer.has_delta or (len(names) < 2 and "unknown" not in names):
        return reading
    whole = common_factor(c, answer)
    if not whole:
        return reading
    if len(names) == 2 and "unknown" not in names:
        also = " and ".join(finding.sentence for finding in findings)
        sentence = f"{whole.sentence}; the same numbers can also mean: {also}"
        whole = replace(whole, sentence=sentence, also=names)
    right = [(equation_of_delta(l, c.L), l) for l in sorted(c.w, reverse=True)]
    return [whole], right, not_judged


def _with_findings(findings: list[Finding], reading: Reading) -> Reading:
    more, right, not_judged = reading
    return findings + more, right, not_judged


def _unknown(reading: Reading) -> int:
    return sum(finding.slip == "unknown" for finding in reading[0])


def _badness(reading: Reading) -> tuple[int, int]:
    findings, _, not_judged = reading
    return _unknown(reading), len({(f.equation, f.slip) for f in findings}) + bool(not_judged)


def _call_again(
    first: Answer, student: Callable, net: Network, x: np.ndarray, y: np.ndarray
) -> Answer:
    """Find out whether the function remembers its last call, and take out what it remembers."""
    # What the function prints, it prints once. All threads share one standard output.
    with ONE_AT_A_TIME, redirect_stdout(StringIO()):
        second, third = ask(student, net, x, y), ask(student, net, x, y)
    eps = _eps(first, net)
    growth = _growth(first, second, eps)
    if growth == {}:
        return first
    third_growth = _growth(second, third, eps)
    if growth is None or third_growth is None or not _alike(growth, third_growth, eps):
        sentence = "a second call with the same arguments gives something else"
        if second.findings and not first.findings:
            sentence += f": {second.findings[0].sentence}"
        not_repeatable = Finding(None, None, "not_repeatable", sentence)
        return Answer(findings=[*first.findings, not_repeatable], understood=first.understood)
    sentence = "your code adds to the gradients of the call before: start each call from zero"
    accumulated = Finding(None, None, "accumulated", sentence)
    return replace(first, **growth, findings=[*first.findings, accumulated])


def _growth(first: Answer, second: Answer, eps: float) -> dict[str, dict[int, np.ndarray]] | None:
    """What the later call has more, for each part that has changed; None if they cannot compare."""
    growth = {}
    for part in ("w", "b", "delta"):
        before, after = getattr(first, part), getattr(second, part)
        if before.keys() != after.keys():
            return None
        if not all(_same(after[l], before[l], eps) for l in before):
            growth[part] = {l: after[l] - before[l] for l in before}
    return growth


def _alike(growth: dict, other: dict, eps: float) -> bool:
    return growth.keys() == other.keys() and all(
        _same(growth[part][l], other[part][l], eps) for part in growth for l in growth[part]
    )


def _same(left: np.ndarray, right: np.ndarray, eps: float) -> bool:
    """Whether two calls agree but for rounding, which changes with an array's place in memory."""
    return bool(np.abs(left - right).max() <= np.sqrt(eps) * np.abs(right).max())


def _read(c: Case, answer: Answer, tolerance: Tolerance = "exact") -> Reading:
    places = [("BP1", c.L), *(("BP2", l) for l in range(c.L - 1, 1, -1))]
    places += [(equation, l) for equation in ("BP3", "BP4") for l in range(c.L, 1, -1)]
    conventions = _conventions(c, answer)
    if conventions:
        return conventions, [(e, l) for e, l in places if e != "BP3" or l in answer.b], []

    judged, *rivals = judge(c, answer, tolerance)
    not_judged = [_lacks_delta(place) for place in places if _is_lacking(place, judged, answer)]
    places = [place for place in places if place in judged.verdicts]
    right = [place for place in places if judged.verdicts[place] == []]
    not_judged += [_not_judged(place, judged) for place in right if place in judged.hidden]
    right = [place for place in right if place not in judged.hidden]
    wrong = [place for place in places if judged.verdicts[place] != []]
    summed = c.m > 1 and _is_summed(c, answer, judged)
    findings = [each for place in wrong for each in _found(*place, judged, c, answer)]
    if summed:
        findings = [each for each in findings if each.slip != "mean_forgotten"]
        still_wrong = {(each.equation, each.layer) for each in findings}
        right = [place for place in places if place in {*right, *wrong} - still_wrong]
        findings.append(Finding(None, None, "sum_instead_of_mean", SUM_BESIDE, ("mean_forgotten",)))
    if findings and rivals:
        findings[-1] = _with_rivals(findings[-1], rivals)
    return findings, right, not_judged


def _is_summed(c: Case, answer: Answer, judged: Judgement) -> bool:
    """Whether all slopes, whatever else is wrong with them, are sums over the samples."""
    slopes = [place for place in judged.verdicts if place[0] in ("BP3", "BP4")]
    explained = [judged.verdicts[place] for place in slopes]
    # With a penalty that is not multiplied by m, it is no other convention, but a mistake.
    return (
        bool(slopes)
        and (not c.l2 or _penalty_is_summed(c, answer, judged))
        and all(slips and "mean_forgotten" in [s.name for s in slips[0]] for slips in explained)
    )


def _penalty_is_summed(c: Case, answer: Answer, judged: Judgement) -> bool:
    return all(
        agrees("BP4", c, l, judged, value / c.m)
        for l, value in answer.w.items()
        if l in judged.delta
    )


def _is_lacking(place: tuple[str, int], judged: Judgement, answer: Answer) -> bool:
    """Whether the reader returned this, but not the δ that it is made from."""
    equation, l = place
    values = {"BP3": answer.b, "BP4": answer.w}.get(equation, answer.delta)
    return l in values and place not in judged.verdicts


def _lacks_delta(place: tuple[str, int]) -> NotJudged:
    equation, l = place
    needed = l + 1 if equation == "BP2" else l
    return NotJudged(equation, l, f"it is made from δ[{needed}], which is not there to be read")


def _not_judged(place: tuple[str, int], judged: Judgement) -> NotJudged:
    equation, l = place
    hidden = judged.hidden[place]
    what = "slopes" if equation in ("BP3", "BP4") else "numbers"
    which = f"the {what} of layer {l}"
    if hidden.number < hidden.of:
        which = f"{hidden.number} of {which[:3]} {hidden.of}{which[3:]}"
    are = "is" if hidden.number == 1 else "are"
    if hidden.digits:
        return NotJudged(equation, l, f"{which} {are} right to some digits, and not to all")
    reason = (
        f"{which} {are} below the rounding of what they are computed from: "
        f"{hidden.size:.0e} against {hidden.noise:.0e}"
    )
    return NotJudged(equation, l, reason)


def _found(equation: str, l: int, judged: Judgement, c: Case, answer: Answer) -> list[Finding]:
    explanation = judged.verdicts[equation, l]
    if explanation:
        first, *others = explanation
        *before, last = first
        found = [Finding(equation, l, slip.name, slip.sentence) for slip in before]
        names = tuple(dict.fromkeys(s.name for slips in others for s in slips if s not in first))
        also = [" and ".join(s.sentence for s in slips if s not in first) for slips in others]
        or_else = "".join(f"; the same numbers can also mean: {each}" for each in also[:MOST_ALSO])
        return [*found, Finding(equation, l, last.name, last.sentence + or_else, names)]
    value = dict(answer.slopes).get(equation, judged.delta).get(l)
    if value is None:
        return [Finding(equation, l, "unknown", NOTHING_FITS)]
    expected = EQUATIONS[equation](c, l, judged.delta)
    how = _how(value, expected, allowed_in(EQUATIONS[equation], c, l, judged))
    if equation == "BP1" and not answer.a and "times" not in how:
        how += ". It may be the forward pass: return a as well, and it is compared, too"
    return [Finding(equation, l, "unknown", how)]


def _how(value: np.ndarray, expected: np.ndarray, allowed: np.ndarray) -> str:
    """Say as much as can be said of numbers that no known slip leads to."""
    away = np.abs(value - expected)
    off = (away > 1e-6 * np.abs(expected)) & (away > allowed)
    if not off.any():
        return "it is right only to some digits"
    where = _where(off)
    if not where:
        off = np.ones_like(off)
    factor = multiple(value[off], expected[off])
    if np.abs(value[off] - factor * expected[off]).max() > 1e-6 * np.abs(value[off]).max():
        return f"wrong{where}, but not in a way that I know"
    how = {-1.0: "the sign is wrong", 0.0: "it is 0"}.get(
        round(factor, 6),
        f"it is {factor:.{4 if abs(factor - 1) > 1e-3 else 8}g} times what it should be",
    )
    if where:
        return f"{how}{where}"
    return f"{how}; I do not know where the factor comes from, and all else in it is right"


def _where(off: np.ndarray) -> str:
    """Say which entries are off, if it is one, or some rows or columns and no other entry."""
    if off.sum() == 1 < off.size:
        j, k = np.argwhere(off)[0] + 1
        column = f", column {k}" if off.shape[1] > 1 else ""
        return f" in row {j}{column}, and nowhere else"
    for axis, what in ((1, "row"), (0, "column")):
        lines = off.any(axis=axis)
        if len(lines) > 1 and not lines.all() and (off.all(axis=axis) == lines).all():
            numbers = [str(i + 1) for i in np.flatnonzero(lines)]
            several = "s" * (len(numbers) > 1)
            return f" in {what}{several} {', '.join(numbers)}, and nowhere else"
    return ""


def _with_rivals(finding: Finding, rivals: list[Judgement]) -> Finding:
    ways = [
        " and ".join(
            f"{equation} at layer {l} ({slip.sentence})"
            for (equation, l), explanation in sorted(rival.verdicts.items())
            if explanation
            for slip in explanation[0]
        )
        for rival in rivals
    ]
    sentence = (
        f"{finding.sentence}; the same slopes can also come from {', or from '.join(ways)}: "
        "return delta as well to tell them apart"
    )
    names = {name: None for rival in rivals for _, _, name in sorted(rival.slips)}
    return replace(finding, sentence=sentence, also=(*finding.also, *names))


def _conventions(c: Case, answer: Answer) -> list[Finding]:
    """Recognise a gradient that is right in another convention than that of the text."""
    complete = answer.w.keys() == c.w.keys() and answer.b.keys() in (set(), c.w.keys())
    if not complete or (answer.has_delta and answer.delta.keys() != c.w.keys()):
        return []
    right, m = truth(c), c.m

    def slopes_are(factor: float) -> bool:
        return all(
            agrees(equation, c, l, right, slopes[l] / factor)
            for equation, slopes in answer.slopes
            for l in slopes
        )

    def deltas_are(factor: float) -> bool:
        return all(
            agrees(equation_of_delta(l, c.L), c, l, right, delta / factor)
            for l, delta in answer.delta.items()
        )

    also = ("mean_forgotten",) + ("factor_two",) * (m == 2 and not answer.has_delta)
    of_slopes = [
        (1, []),
        (-1, [Finding("BP1", c.L, "heaton_sign", HEATON, ("sign",))]),
        (m, [Finding(None, None, "sum_instead_of_mean", SUM, also)]),
        (-m, [Finding(None, None, "heaton_sign_and_sum", HEATON_SUM, ("sign", "mean_forgotten"))]),
    ]
    factor, found = next(((f, found) for f, found in of_slopes if slopes_are(f)), (None, []))
    if factor is None:
        return []
    sign = 1 if factor > 0 else -1
    if deltas_are(sign):
        return found
    for name, sentence, fits in (
        ("delta_of_the_mean", DELTA_OF_MEAN, deltas_are(sign / m)),
        ("delta_negative", DELTA_NEGATIVE, deltas_are(-sign)),
        ("delta_of_a", DELTA_OF_A, _are_at_a(c, answer, sign)),
    ):
        if fits:
            return [*found, Finding(None, None, name, sentence)]
    return []


def _are_at_a(c: Case, answer: Answer, sign: int) -> bool:
    """Whether the reader's δ is ∂C/∂a in every layer that has a slope other than 1."""
    at_a = replace(c, prime={l: np.ones_like(z) for l, z in c.z.items()})
    right = truth(c)
    for l, delta in answer.delta.items():
        which = equation_of_delta(l, c.L)
        expected = (
            nabla_a(c, l, right.delta) if l == c.L else EQUATIONS[which](at_a, l, right.delta)
        )
        if np.abs(sign * delta - expected).max() > np.sqrt(c.eps) * np.abs(expected).max():
            return False
    return True
