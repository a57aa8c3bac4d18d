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

import numpy as np
from numpy.typing import ArrayLike

from bpcore.backpropagation import backprop
from bpcore.checker.case import Case, case
from bpcore.checker.judging import Judgement, Precision, judge, kink_cases, multiple, truth, way_off
from bpcore.checker.slips import EQUATIONS
from bpcore.checker.student import Answer, Finding, ask, equation_of_delta
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
HEATON_SUM = (
    "these are Heaton's slopes: summed over the samples, and with the opposite sign. Right as "
    "such; for the derivative of the mean cost divide by −m"
)
DELTA_OF_MEAN = (
    "your w and b are right. Your δ belongs to the mean cost, and is smaller by the factor m than "
    "that of the text, where δ is for the cost of each sample alone, and BP3 and BP4 take the mean"
)
RIGHT_IN_CONVENTION = {
    "heaton_sign": ("BP2", "BP3"),
    "sum_instead_of_mean": ("BP1", "BP2"),
    "heaton_sign_and_sum": ("BP2",),
    "delta_of_the_mean": ("BP2", "BP3", "BP4"),
}
NOTHING_FITS = (
    "from here on the slopes match nothing I know; it is this δ, or BP3 and BP4 together. "
    "Return delta as well, and each equation is judged alone"
)


@dataclass(frozen=True)
class Report:
    """What is right in a gradient and what is not.

    Attributes
    ----------
    findings : tuple of Finding
        What is not right, from the output layer back; empty if all is right.
    right : tuple of (str, int)
        Equation and layer of all that is. What is neither here nor in a finding was not judged.
    sizes : tuple of int
        Of the network.
    """

    findings: tuple[Finding, ...]
    right: tuple[tuple[str, int], ...]
    sizes: tuple[int, ...]

    @property
    def ok(self) -> bool:
        """Whether all is right, in the text's own convention."""
        return not self.findings

    def lines(self) -> list[str]:
        """Say all of it, one sentence a line."""
        said = []
        for (equation, sentence), group in groupby(
            self.findings, lambda finding: (finding.equation, finding.sentence)
        ):
            layers = [finding.layer for finding in group if finding.layer]
            place = ", ".join(part for part in (equation, _layers(layers)) if part)
            sentence = f"{place}: {sentence}" if place else sentence[0].upper() + sentence[1:]
            said.append(sentence if sentence.endswith("?") else f"{sentence}.")
        right = [
            f"{equation} ({_layers([l for _, l in group])})"
            for equation, group in groupby(self.right, lambda place: place[0])
        ]
        title = "All right" if self.ok else "Right"
        return said + ([f"{title}: {', '.join(right)}."] if right else [])

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from bpcore.view.report_picture import picture  # only where a report is looked at

        return picture(self.sizes, self.findings, self.right, self.lines())


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
        ``student(net, x, y)`` returns a dict, or an object, with w and b, and delta if it has it,
        as `Gradient`. It is called three times, always on copies;
        once, if nothing that it returns can be read.
    net, x, y, cost, l2
        As for `bpcore.cost`; what the function is tried on.

    Returns
    -------
    Report
        Its ``ok`` is true if nothing is wrong. It prints as sentences, and shows itself in a
        notebook as a drawing.

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
        return Report(tuple(answer.findings), (), net.sizes)

    coarsest = min(answer.dtype, net.dtype, key=lambda dtype: dtype.itemsize)
    precision = Precision.of(coarsest)
    with np.errstate(all="ignore"):
        c = case(net, x, y, C, l2)
        readings = [
            _findings(at_kinks, answer, precision) for at_kinks in kink_cases(c, answer, precision)
        ]
    findings, right = min(readings, key=_badness)
    return Report(tuple(answer.findings + findings), tuple(right), net.sizes)


def _badness(reading: tuple[list[Finding], list]) -> tuple[int, int]:
    findings, _ = reading
    return sum(finding.slip == "unknown" for finding in findings), len(findings)


def _call_again(
    first: Answer, student: Callable, net: Network, x: np.ndarray, y: np.ndarray
) -> Answer:
    """Find out whether the function remembers its last call, and take out what it remembers."""
    with redirect_stdout(StringIO()):  # what the function prints, it prints once
        second, third = ask(student, net, x, y), ask(student, net, x, y)
    eps = float(np.finfo(min(first.dtype, net.dtype, key=lambda dtype: dtype.itemsize)).eps)
    growth = _growth(first, second, eps)
    if growth == {}:
        return first
    third_growth = _growth(second, third, eps)
    if growth is None or third_growth is None or not _alike(growth, third_growth, eps):
        sentence = "a second call with the same arguments gives something else"
        if second.findings and not first.findings:
            sentence += f": {second.findings[0].sentence}"
        return Answer(findings=[*first.findings, Finding(None, None, "not_repeatable", sentence)])
    sentence = "your code adds to the gradients of the call before: start each call from zero"
    accumulated = Finding(None, None, "accumulated", sentence)
    return Answer(
        **{part: growth.get(part, getattr(first, part)) for part in ("w", "b", "delta")},
        dtype=first.dtype,
        findings=[*first.findings, accumulated],
    )


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


def _findings(
    c: Case, answer: Answer, precision: Precision
) -> tuple[list[Finding], list[tuple[str, int]]]:
    places = [("BP1", c.L), *(("BP2", l) for l in range(c.L - 1, 1, -1))]
    places += [(equation, l) for equation in ("BP3", "BP4") for l in range(c.L, 1, -1)]
    convention = _convention(c, answer, precision)
    if convention:
        kept = RIGHT_IN_CONVENTION[convention.slip]
        return [convention], [place for place in places if place[0] in kept]

    judged, *rivals = judge(c, answer, precision)
    places = [place for place in places if place in judged.verdicts]
    right = [place for place in places if judged.verdicts[place] == []]
    wrong = [place for place in places if judged.verdicts[place] != []]
    findings = [_finding(*place, judged, c, answer) for place in wrong]
    if findings and rivals:
        findings[-1] = _with_rivals(findings[-1], rivals)
    return findings, right


def _finding(equation: str, l: int, judged: Judgement, c: Case, answer: Answer) -> Finding:
    slips = judged.verdicts[equation, l]
    if slips:
        first, *others = slips
        also = "".join(f"; these numbers can also mean: {slip.sentence}" for slip in others)
        names = tuple(slip.name for slip in others)
        return Finding(equation, l, first.name, first.sentence + also, names)
    value = dict(answer.slopes).get(equation, judged.delta).get(l)
    if value is None:
        return Finding(equation, l, "unknown", NOTHING_FITS)
    expected = EQUATIONS[equation](c, l, judged.delta)
    factor = multiple(value, expected)
    if np.abs(value - factor * expected).max() <= 1e-6 * np.abs(value).max():
        how = f"it is {factor:.4g} times what it should be, and I do not know why"
    else:
        how = "wrong, but not in a way that I know"
    return Finding(equation, l, "unknown", how)


def _with_rivals(finding: Finding, rivals: list[Judgement]) -> Finding:
    ways = [
        " and ".join(
            f"{equation} at layer {l} ({slips[0].sentence})"
            for (equation, l), slips in sorted(rival.verdicts.items())
            if slips
        )
        for rival in rivals
    ]
    sentence = (
        f"{finding.sentence}; the same slopes can also come from {', or from '.join(ways)}: "
        "return delta as well to tell them apart"
    )
    names = {name: None for rival in rivals for _, _, name in sorted(rival.slips)}
    return replace(finding, sentence=sentence, also=(*finding.also, *names))


def _convention(c: Case, answer: Answer, precision: Precision) -> Finding | None:
    """Recognise a gradient that is right in another convention than that of the text."""
    complete = answer.w.keys() == answer.b.keys() == c.w.keys()
    if not complete or (answer.has_delta and answer.delta.keys() != c.w.keys()):
        return None
    right, m = truth(c, precision), c.m

    def is_times(factor: float, delta_factor: float) -> bool:
        values = [
            (equation, l, slopes[l] / factor) for equation, slopes in answer.slopes for l in slopes
        ]
        for l, delta in answer.delta.items():
            values.append((equation_of_delta(l, c.L), l, delta / delta_factor))
        return all(
            way_off(equation, c, l, right, value, precision) <= 1 for equation, l, value in values
        )

    if is_times(1, 1):
        return None
    if is_times(-1, -1):
        return Finding("BP1", c.L, "heaton_sign", HEATON, ("sign",))
    if is_times(m, 1):
        also = ("mean_forgotten",) + ("factor_two",) * (m == 2 and not answer.has_delta)
        return Finding(None, None, "sum_instead_of_mean", SUM, also)
    if is_times(-m, -1):
        return Finding(None, None, "heaton_sign_and_sum", HEATON_SUM, ("sign", "mean_forgotten"))
    if answer.has_delta and is_times(1, 1 / m):
        return Finding(None, None, "delta_of_the_mean", DELTA_OF_MEAN)
    return None
