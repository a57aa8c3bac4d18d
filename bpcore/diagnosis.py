"""The checker that names the mistake in a reader's own backprop.

Where the reader returns δ, each equation is judged on the reader's own inputs to it, so that an
early mistake is reported once. Where there is no δ, it is inferred: from the output layer down, the
known slips are tried until one explains the slopes of the layer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike

from bpcore.backpropagation import backprop
from bpcore.costs import checked_arguments
from bpcore.diagnosis_picture import picture
from bpcore.network import Network
from bpcore.slips import EQUATIONS, Case, Slip, case, variants
from bpcore.student import Answer, Finding, ask

__all__ = ["Report", "diagnose"]

# The slips that explain an equation's numbers: [] if they are right, None if nothing explains them.
Explanation = list[Slip] | None
UNKNOWN_COST = 3  # an explanation by two known slips is better than an unknown one
BEAM = 6  # explanations of the layers above that are kept
KINKED = ("relu", "leaky_relu")

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

UPDATED_WEIGHTS = Slip(
    "BP2",
    "updated_weights",
    lambda c, l, delta: [],
    "w[l+1] was updated before it was used here: take all slopes first, and then the step",
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
        return not self.findings

    def lines(self) -> list[str]:
        """Say all of it, one sentence a line."""
        said = []
        for (equation, sentence), group in groupby(
            self.findings, lambda finding: (finding.equation, finding.sentence)
        ):
            layers = [finding.layer for finding in group if finding.layer]
            place = ", ".join(part for part in (equation, _layers(layers)) if part)
            said.append(
                f"{place}: {sentence}." if place else f"{sentence[0].upper()}{sentence[1:]}."
            )
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
        return picture(self.sizes, self.findings, self.right, self.lines())


def _layers(layers: list[int]) -> str:
    if not layers:
        return ""
    *first, last = sorted(layers)
    return f"layers {', '.join(map(str, first))} and {last}" if first else f"layer {last}"


@dataclass(frozen=True)
class _Precision:
    """How far rounding may move a number, relative to the terms it is made of."""

    tight: float
    loose: float
    floor: float

    @classmethod
    def of(cls, dtype: np.dtype) -> "_Precision":
        eps = float(np.finfo(dtype).eps)
        tight = eps**0.6
        # Differences such as 1 − a are known to eps only, not to eps times their own size.
        return cls(tight, eps**0.25, 10 * eps / tight)


@dataclass
class _Judgement:
    """Explanations by equation and layer, and the δ that they rest on."""

    verdicts: dict[tuple[str, int], Explanation] = field(default_factory=dict)
    delta: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def places(self) -> set[tuple[str, int, str]]:
        """Equation, layer and name of each known slip."""
        return {(*place, slips[0].name) for place, slips in self.verdicts.items() if slips}

    @property
    def cost(self) -> float:
        kinds = {(equation, name) for equation, _, name in self.places}
        unknown = sum(slips is None for slips in self.verdicts.values())
        return len(kinds) + UNKNOWN_COST * unknown + 0.01 * len(self.places)


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
        as `Gradient`. It is called two or three times, always on copies.
    net, x, y, cost, l2
        As for `bpcore.cost`; what the function is tried on.

    Returns
    -------
    Report
        Its ``ok`` is true if every slope is right. It prints as sentences, and shows itself in a
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
    precision = _Precision.of(coarsest)

    with np.errstate(all="ignore"):
        c = case(net, x, y, C, l2)
        readings = [
            _judge(at_kinks, answer, precision) for at_kinks in _kink_cases(c, answer, coarsest)
        ]
    findings, right = min(
        readings,
        key=lambda reading: (sum(f.slip == "unknown" for f in reading[0]), len(reading[0])),
    )
    return Report(tuple(answer.findings + findings), tuple(right), net.sizes)


def _badness(reading: tuple[list[Finding], list]) -> tuple[int, int]:
    findings, _ = reading
    return sum(finding.slip == "unknown" for finding in findings), len(findings)


def _call_again(
    answer: Answer, student: Callable, net: Network, x: np.ndarray, y: np.ndarray
) -> Answer:
    """Find out whether the function remembers its last call, and take out what it remembers."""
    second = ask(student, net, x, y)
    growth = _growth(answer, second)
    if not growth:
        return answer
    third_growth = _growth(second, ask(student, net, x, y))
    steady = growth.keys() == third_growth.keys() and all(
        np.allclose(growth[key], third_growth[key], rtol=1e-6, atol=0) for key in growth
    )
    if not steady:
        sentence = "a second call with the same arguments gives a different gradient"
        return Answer(findings=[*answer.findings, Finding(None, None, "not_repeatable", sentence)])
    for (part, l), array in growth.items():
        getattr(answer, part)[l] = array
    sentence = "your code adds to the gradients of the call before: start each call from zero"
    answer.findings.append(Finding(None, None, "accumulated", sentence))
    return answer


def _growth(first: Answer, second: Answer) -> dict[tuple[str, int], np.ndarray]:
    """What a later call has more, by part and layer; nothing where both agree up to rounding."""
    return {
        (part, l): getattr(second, part)[l] - array
        for part in ("w", "b", "delta")
        for l, array in getattr(first, part).items()
        if l in getattr(second, part)
        and not np.allclose(getattr(second, part)[l], array, rtol=1e-9, atol=0)
    }


def _judge(
    c: Case, answer: Answer, precision: _Precision
) -> tuple[list[Finding], list[tuple[str, int]]]:
    truth: dict[int, np.ndarray] = {}
    for l in range(c.L, 1, -1):
        truth[l] = EQUATIONS["BP1" if l == c.L else "BP2"](c, l, truth)

    order = [("BP1", c.L), *(("BP2", l) for l in range(c.L - 1, 1, -1))]
    order += [(equation, l) for equation in ("BP3", "BP4") for l in range(c.L, 1, -1)]
    convention = _convention(c, answer, truth, precision)
    if convention:
        kept = {"sum_instead_of_mean": ("BP1", "BP2")}.get(convention.slip, ("BP2",))
        return [convention], [(e, l) for e, l in order if e in kept]
    if answer.has_delta:
        judged, rivals = _from_delta(c, answer, truth, precision), []
    else:
        judged, *rivals = _from_slopes(c, answer, precision)
    places = [place for place in order if place in judged.verdicts]
    right = [place for place in places if judged.verdicts[place] == []]
    findings = [
        _finding(place, judged, c, answer) for place in places if judged.verdicts[place] != []
    ]
    if findings and rivals:
        findings[-1] = replace(findings[-1], sentence=findings[-1].sentence + _rivals(rivals))
    return findings, right


# One equation, at one layer.


def _distance(value: np.ndarray, expected: np.ndarray, scale: np.ndarray) -> float:
    difference = np.abs(value - expected).max()
    return float(difference / max(scale.max(), 1e-290)) if difference else 0.0


def _scale(equation: str, c: Case, l: int, delta: dict, floor: float) -> np.ndarray:
    """Add up the absolute values of the terms: what rounding errors are relative to."""
    if equation == "BP3":
        return np.abs(delta[l]).mean(axis=1)
    if equation == "BP4":
        penalty = c.l2 / c.m * np.abs(c.w[l])
        return np.abs(delta[l]) @ np.abs(c.a[l - 1].T) / c.m + penalty
    if equation == "BP2":
        return (np.abs(c.w[l + 1].T) @ np.abs(delta[l + 1])) * np.maximum(c.prime[l], floor)
    a = c.a[l]
    nabla = np.maximum(np.abs(a - c.y), floor * (np.abs(a) + np.abs(c.y)))
    if c.cost.name == "cross_entropy":
        return nabla
    if c.sigma[l].name == "softmax":
        return a * (nabla + (a * nabla).sum(axis=0))
    return nabla * np.maximum(c.prime[l], floor)


def _off(
    equation: str, c: Case, l: int, delta: dict, value: np.ndarray, precision: _Precision
) -> float:
    scale = _scale(equation, c, l, delta, precision.floor)
    return _distance(value, EQUATIONS[equation](c, l, delta), scale)


def _explain(
    equation: str, c: Case, l: int, delta: dict, value: np.ndarray, precision: _Precision
) -> Explanation:
    off = _off(equation, c, l, delta, value, precision)
    if off <= precision.tight:
        return []
    scale = _scale(equation, c, l, delta, precision.floor)
    found = [
        (_distance(value, array, np.maximum(scale.max(), np.abs(array))), slip)
        for slip, array in variants(equation, c, l, delta)
    ]
    nearest = min((distance for distance, _ in found), default=np.inf)
    if nearest <= precision.loose and nearest < off / 30:
        near = max(precision.tight, 2 * nearest)
        return list(dict.fromkeys(slip for distance, slip in found if distance <= near))
    return [] if off <= precision.loose else None


# With the reader's δ.


def _from_delta(c: Case, answer: Answer, truth: dict, precision: _Precision) -> _Judgement:
    judged = _Judgement(delta=answer.delta)
    for l, value in answer.delta.items():
        if l == c.L:
            judged.verdicts["BP1", l] = _explain("BP1", c, l, answer.delta, value, precision)
        elif l + 1 in answer.delta:
            slips = _explain("BP2", c, l, answer.delta, value, precision)
            if slips is None and _updated(c, answer, l, value, precision):
                slips = [UPDATED_WEIGHTS]
            judged.verdicts["BP2", l] = slips
    _judge_slopes(judged, c, answer, precision)
    for equation, slopes in (("BP3", answer.b), ("BP4", answer.w)):
        for l, value in slopes.items():
            # A slope that is right is not to blame for a δ that is not.
            if _off(equation, c, l, truth, value, precision) <= precision.tight:
                judged.verdicts[equation, l] = []
    return judged


def _judge_slopes(judged: _Judgement, c: Case, answer: Answer, precision: _Precision) -> None:
    for equation, slopes in (("BP3", answer.b), ("BP4", answer.w)):
        for l, value in slopes.items():
            if l in judged.delta:
                judged.verdicts[equation, l] = _explain(
                    equation, c, l, judged.delta, value, precision
                )


def _updated(c: Case, answer: Answer, l: int, value: np.ndarray, precision: _Precision) -> bool:
    right = EQUATIONS["BP2"](c, l, answer.delta)
    step = _step(c, answer, l, answer.delta)
    if step is None:
        return False
    guess = right + _slope(value - right, step) * step
    return _distance(value, guess, np.abs(right)) <= precision.tight


def _step(c: Case, answer: Answer, l: int, delta: dict) -> np.ndarray | None:
    """What δ of layer l changes by when w[l+1] takes a gradient step of length 1."""
    if l + 1 not in answer.w or len(c.z[l]) < 2:  # one number can always be fitted
        return None
    return -(answer.w[l + 1].T @ delta[l + 1]) * c.prime[l]


def _slope(change: np.ndarray, step: np.ndarray) -> float:
    length = np.vdot(step, step)
    return float(np.vdot(step, change) / length) if length else 0.0


# Without it.


def _from_slopes(c: Case, answer: Answer, precision: _Precision) -> list[_Judgement]:
    """Explain the slopes from layer L down: the best explanation, and others as good."""
    beam = [_Judgement()]
    for l in range(c.L, 1, -1):
        grown = [
            longer for judged in beam for longer in _with_layer(judged, c, l, answer, precision)
        ]
        beam = sorted(grown, key=lambda judged: judged.cost)[:BEAM]
    for judged in beam:
        _judge_slopes(judged, c, answer, precision)  # again, now that all δ are known
    best = min(beam, key=lambda judged: judged.cost)
    rivals = [judged for judged in beam if judged.cost == best.cost and judged.places]
    return [best, *(rival for rival in rivals if rival.places != best.places)]


def _with_layer(
    judged: _Judgement, c: Case, l: int, answer: Answer, precision: _Precision
) -> list[_Judgement]:
    """Add each δ of layer l that explains one of its slopes; if none does, one that is unknown."""
    equation = "BP1" if l == c.L else "BP2"
    if l < c.L and l + 1 not in judged.delta:
        return [judged]
    here = Answer(
        w={l: answer.w[l]} if l in answer.w else {}, b={l: answer.b[l]} if l in answer.b else {}
    )

    if not here.w and not here.b:
        right = EQUATIONS[equation](c, l, judged.delta)
        return [_Judgement(judged.verdicts, judged.delta | {l: right})]

    def explaining(guesses: Iterator[tuple[Explanation, np.ndarray]]) -> list[_Judgement]:
        found = []
        for slips, delta_l in guesses:
            delta = judged.delta | {l: delta_l}
            longer = _Judgement(judged.verdicts | {(equation, l): slips}, delta)
            _judge_slopes(longer, c, here, precision)
            if any(longer.verdicts.get((which, l)) is not None for which in ("BP3", "BP4")):
                found.append(longer)
        return found

    return (
        explaining(_guesses(equation, c, l, judged.delta, answer, precision))
        or explaining(_recovered(equation, c, l, judged.delta, here))
        or [_Judgement(judged.verdicts | {(equation, l): None}, judged.delta)]
    )


def _guesses(
    equation: str, c: Case, l: int, delta: dict, answer: Answer, precision: _Precision
) -> Iterator[tuple[Explanation, np.ndarray]]:
    """Give the right δ of layer l, and what the known slips make of it."""
    right = EQUATIONS[equation](c, l, delta)
    yield [], right
    scale = _scale(equation, c, l, delta, precision.floor)
    alike: list[tuple[list[Slip], np.ndarray]] = []
    for slip, array in variants(equation, c, l, delta):
        if _distance(array, right, scale) <= precision.tight:
            continue
        for slips, other in alike:
            if _distance(array, other, np.abs(other)) <= precision.tight:
                slips += [slip] * (slip not in slips)
                break
        else:
            alike.append(([slip], array))
    yield from alike
    step = _step(c, answer, l, delta) if equation == "BP2" else None
    if step is not None:
        for equation, slopes in (("BP3", answer.b), ("BP4", answer.w)):
            if l in slopes:
                before = EQUATIONS[equation](c, l, {l: right})
                change = EQUATIONS[equation](c, l, {l: right + step}) - before
                yield [UPDATED_WEIGHTS], right + _slope(slopes[l] - before, change) * step


def _recovered(
    equation: str, c: Case, l: int, delta: dict, here: Answer
) -> Iterator[tuple[Explanation, np.ndarray]]:
    """Read δ of layer l off its slopes, as far as BP3 and BP4 can be solved for it."""
    if here.w and here.b:
        a_and_1 = np.vstack([c.a[l - 1], np.ones(c.m)])
        slopes = np.hstack([here.w[l] - c.l2 / c.m * c.w[l], here.b[l]])
        solution, _, rank, _ = np.linalg.lstsq(a_and_1, c.m * slopes.T, rcond=None)
        if rank == c.m:
            yield None, solution.T
    right = EQUATIONS[equation](c, l, delta)
    for equation, slopes in (("BP3", here.b), ("BP4", here.w)):
        if slopes:
            factor = _slope(slopes[l], EQUATIONS[equation](c, l, {l: right}))
            yield None, factor * right


# Words.


def _finding(place: tuple[str, int], judged: _Judgement, c: Case, answer: Answer) -> Finding:
    equation, l = place
    slips = judged.verdicts[place]
    if slips:
        first, *others = slips
        also = "".join(f"; these numbers can also mean: {slip.sentence}" for slip in others)
        names = tuple(slip.name for slip in others)
        return Finding(equation, l, first.name, first.sentence + also, names)
    value = {"BP3": answer.b, "BP4": answer.w}.get(equation, judged.delta).get(l)
    if value is None:
        return Finding(
            equation,
            l,
            "unknown",
            "from here on the slopes match nothing I know; it is this δ, or BP3 and BP4 together. "
            "Return delta as well, and each equation is judged alone",
        )
    expected = EQUATIONS[equation](c, l, judged.delta)
    factor = _slope(value, expected)
    if np.abs(value - factor * expected).max() <= 1e-6 * np.abs(value).max():
        how = f"it is {factor:.4g} times what it should be, and I do not know why"
    else:
        how = "wrong, but not in a way that I know"
    return Finding(equation, l, "unknown", how)


def _rivals(rivals: list[_Judgement]) -> str:
    ways = [
        " and ".join(
            f"{equation} at layer {l} ({name.replace('_', ' ')})"
            for equation, l, name in sorted(rival.places)
        )
        for rival in rivals
    ]
    return (
        f"; the same slopes can also come from {', or from '.join(ways)}: "
        "return delta as well to tell them apart"
    )


def _convention(c: Case, answer: Answer, truth: dict, precision: _Precision) -> Finding | None:
    """Recognise a gradient that is right in another convention than that of the text."""
    if set(answer.w) != set(c.w) or set(answer.b) != set(c.w):
        return None
    if answer.has_delta and set(answer.delta) != set(c.w):
        return None

    def is_times(factor: float, delta_factor: float) -> bool:
        pairs = [(answer.b[l], "BP3", l, factor) for l in c.w]
        pairs += [(answer.w[l], "BP4", l, factor) for l in c.w]
        for l, delta in answer.delta.items():
            pairs.append((delta, "BP1" if l == c.L else "BP2", l, delta_factor))
        return all(
            _off(equation, c, l, truth, value / factor, precision) <= precision.tight
            for value, equation, l, factor in pairs
        )

    if is_times(1, 1):
        return None
    m = c.m
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


# Kinks.


def _kink_cases(c: Case, answer: Answer, dtype: np.dtype) -> list[Case]:
    """Give the case once for each slope that a reader may have chosen where σ has a kink."""
    kinks = {}
    for l in c.z:
        if c.sigma[l].name in KINKED:
            terms = np.abs(c.w[l]) @ np.abs(c.a[l - 1]) + np.abs(c.b[l])
            at_kink = np.abs(c.z[l]) <= 100 * np.finfo(dtype).eps * terms
            if at_kink.any():
                kinks[l] = at_kink
    if not kinks:
        return [c]

    def with_slopes(choose: Callable[[int, float, float], np.ndarray | float]) -> Case:
        prime = dict(c.prime)
        for l, at_kink in kinks.items():
            left, right = c.sigma[l].prime(np.array([-1.0, 1.0]))
            prime[l] = np.where(at_kink, choose(l, left, right), prime[l])
        return replace(c, prime=prime)

    def theirs(l: int, left: float, right: float) -> np.ndarray | float:
        """Divide the reader's δ by what it was multiplied from; each kink may be its own."""
        if l not in answer.delta or (l < c.L and l + 1 not in answer.delta):
            return left
        flat = replace(c, prime={l: np.ones_like(c.z[l])})
        incoming = EQUATIONS["BP1" if l == c.L else "BP2"](flat, l, answer.delta)
        return np.clip(np.nan_to_num(answer.delta[l] / incoming), left, right)

    return [
        c,
        with_slopes(lambda l, left, right: left),
        with_slopes(lambda l, left, right: right),
        with_slopes(lambda l, left, right: (left + right) / 2),
        with_slopes(theirs),
    ]
