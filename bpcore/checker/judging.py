"""Explain the slopes of someone's backprop: which equation is right, and where; which slip fits."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Literal

import numpy as np

from bpcore.checker.bp2 import SLOPES_FOR_WEIGHTS, UPDATED_WEIGHTS
from bpcore.checker.case import KINKED, RELATIVE, Case
from bpcore.checker.equation import Equation, Scales, Slip
from bpcore.checker.rounding import (
    distance,
    hidden,
    noise,
    noise_of_differences,
    roughly,
    share_exact,
    smallest,
)
from bpcore.checker.slips import EQUATIONS, variants
from bpcore.checker.student import Answer, equation_of_delta
from bpcore.network import Arrays

__all__ = [
    "Hidden",
    "Judgement",
    "Tolerance",
    "agrees",
    "allowed_in",
    "is_measured",
    "judge",
    "kink_cases",
    "multiple",
    "near",
    "truth",
]

# The slips that explain an equation's numbers, in each way that they can be explained: [] if they
# are right, None if nothing explains them.
Explanation = list[tuple[Slip, ...]] | None

# How near two numbers must be that mean the same: but for rounding; or to some digits; or, if all
# were measured, to some digits of the largest.
Tolerance = Literal["exact", "digits", "measured"]

UNKNOWN_COST = 3  # two known slips are a better explanation than one that is unknown
ANOTHER_LAYER_COST = 0.01  # a slip in a loop is in all layers, and is one slip
ANOTHER_UNKNOWN_COST = 0.5
BEAM = 8  # explanations of the layers above that are kept
CLEARLY = 30  # times nearer than the right numbers, a slip's numbers must be
AGAIN = 3  # of them, that are looked at twice
LIKELY = 8  # slips of δ that are tried together with slips in both slopes
MOST_IN_PAIRS = 2_500  # entries of an array in which two slips at once are looked for
MOST_WEIGHTS = 20_000  # of a network in which two slips in one δ are looked for
MOST_NUMBERS = 2**22  # that are compared in one stack
NOTHING = 1e-12  # beside the right numbers: no factor can be read off it
FEW = 0.1  # of the entries are exact by chance
NEARLY = 0.01  # a fitted factor is tried if it is that near to a known one


@dataclass(frozen=True)
class Hidden:
    """Entries of an array in which a mistake would not show.

    Attributes
    ----------
    number, of : int
        How many, and of how many.
    size, noise : float
        The largest of them, and the rounding that it is lost in.
    digits : bool
        Whether they are right to some digits, beside others that are exact.
    """

    number: int
    of: int
    size: float
    noise: float
    digits: bool


@dataclass
class Judgement:
    """Explanations by equation and layer, and what they rest on.

    Attributes
    ----------
    verdicts : dict
        (equation, layer) to an explanation; what is missing could not be judged.
    hidden : dict
        (equation, layer) to what could not be told from rounding, where all else is right.
    delta : dict
        δ by layer, the reader's or inferred.
    noise : dict
        Of δ by layer, where it is inferred.
    differences : dict
        As `noise`, if σ is computed as a difference.
    largest : float
        Of the reader's slopes.
    """

    verdicts: dict[tuple[str, int], Explanation] = field(default_factory=dict)
    hidden: dict[tuple[str, int], Hidden] = field(default_factory=dict)
    delta: dict[int, np.ndarray] = field(default_factory=dict)
    noise: dict[int, np.ndarray] = field(default_factory=dict)
    differences: dict[int, np.ndarray] = field(default_factory=dict)
    largest: float = 0.0

    @property
    def slips(self) -> set[tuple[str, int, str]]:
        """Equation, layer and name of each known slip."""
        return {
            (*place, slip.name)
            for place, explanation in self.verdicts.items()
            if explanation
            for slip in explanation[0]
        }

    @property
    def unknown(self) -> int:
        return sum(explanation is None for explanation in self.verdicts.values())

    @property
    def cost(self) -> float:
        kinds = {(equation, name) for equation, _, name in self.slips}
        unknown = [equation for (equation, _), slips in self.verdicts.items() if slips is None]
        return (
            len(kinds)
            + ANOTHER_LAYER_COST * len(self.slips)
            + UNKNOWN_COST * len(set(unknown))
            + ANOTHER_UNKNOWN_COST * len(unknown)
        )

    def copy(self) -> "Judgement":
        return replace(
            self,
            verdicts=dict(self.verdicts),
            hidden={},
            delta=dict(self.delta),
            noise=dict(self.noise),
            differences=dict(self.differences),
        )


def judge(c: Case, answer: Answer, tolerance: Tolerance = "exact") -> list[Judgement]:
    """Explain all slopes.

    Parameters
    ----------
    c : Case
    answer : Answer
        What the reader's function returned.
    tolerance : {"exact", "digits", "measured"}
        For slopes without δ: whether they may be right to some digits only, the small ones too or
        not.

    Returns
    -------
    list of Judgement
        The best explanation, and then others that are as good.
    """
    if answer.has_delta:
        return [_from_delta(c, answer)]
    return _from_slopes(c, answer, tolerance)


def truth(c: Case) -> Judgement:
    """Compute the right δ and its noise; there are no verdicts in it."""
    right = Judgement()
    for l in range(c.L, 1, -1):
        _add_layer(right, c, l, _of_delta(l, c)(c, l, right.delta))
    return right


def agrees(equation: str, c: Case, l: int, known: Judgement, value: np.ndarray) -> bool:
    """Whether a value is what the equation gives, but for rounding."""
    which = EQUATIONS[equation]
    return distance(value, which(c, l, known.delta), allowed_in(which, c, l, known)) <= 1


# One equation, at one layer.


def _of_delta(l: int, c: Case) -> Equation:
    return EQUATIONS[equation_of_delta(l, c.L)]


def allowed_in(equation: Equation, c: Case, l: int, known: Judgement) -> np.ndarray:
    """Say how far each entry of an equation's array may be off by rounding."""
    return noise(equation, c, l, known.delta, known.noise) + smallest(c.eps)


def _differences(equation: Equation, c: Case, l: int, known: Judgement) -> np.ndarray:
    return noise_of_differences(equation, c, l, known.delta, known.differences)


def _explain(
    equation: Equation,
    c: Case,
    l: int,
    known: Judgement,
    value: np.ndarray,
    *,
    tolerance: Tolerance = "exact",
    pairs: bool = False,
) -> Explanation:
    right = equation(c, l, known.delta)
    allowed = allowed_in(equation, c, l, known)
    off = distance(value, right, allowed)
    if off <= 1 or distance(value, right, allowed + _differences(equation, c, l, known)) <= 1:
        return []
    matches = list(_matches(equation, c, l, known.delta, value, right, pairs=pairs))
    exact = []
    for slips, array in matches:
        away = distance(value, array, allowed + RELATIVE * c.eps * np.abs(array - right).max())
        if away <= 1 and CLEARLY * away < off:
            exact.append(slips)
    if exact:
        return _fewest(exact)
    if tolerance == "exact":
        return None
    rough = _roughly(equation, c, l, known, right, tolerance)
    off = distance(value, right, rough)
    if tolerance == "digits":
        return [] if off <= 1 else None
    # Of numbers that are only near, two slips together prove nothing.
    single = [(slips, distance(value, a, rough)) for slips, a in matches if len(slips) == 1]
    nearest = min((away for _, away in single), default=np.inf)
    if nearest <= 1 and CLEARLY * nearest < off:
        return _fewest([slips for slips, away in single if away <= 2 * nearest])
    return [] if off <= 1 else None


def _fewest(ways: list[tuple[Slip, ...]]) -> list[tuple[Slip, ...]]:
    fewest = min(map(len, ways))
    return list(dict.fromkeys(slips for slips in ways if len(slips) == fewest))


def _roughly(
    equation: Equation,
    c: Case,
    l: int,
    known: Judgement,
    right: np.ndarray,
    tolerance: Tolerance,
) -> np.ndarray:
    own = noise(equation, c, l, known.delta, {})
    # What was measured is off by as much in small numbers as in large ones.
    together = tolerance == "measured"
    largest = max(known.largest, float(np.abs(right).max())) if together else 0.0
    return allowed_in(equation, c, l, known) + roughly(own, largest, c.eps)


def _matches(
    equation: Equation,
    c: Case,
    l: int,
    delta: Arrays,
    value: np.ndarray,
    right: np.ndarray,
    *,
    pairs: bool,
) -> Iterator[tuple[tuple[Slip, ...], np.ndarray]]:
    """Give what slips lead to, with the factor before it that comes nearest to the value."""
    nothing = ((), right, equation.fixed(c, l, delta))
    tries = chain([nothing], variants(equation, c, l, delta, pairs=pairs))
    at_once = max(1, MOST_NUMBERS // right.size)
    while stack := list(islice(tries, at_once)):
        yield from _scaled_matches(equation.scales(c), stack, value, right)


def _scaled_matches(
    scales: Scales,
    stack: list[tuple[tuple[Slip, ...], np.ndarray, np.ndarray | float]],
    value: np.ndarray,
    right: np.ndarray,
) -> Iterator[tuple[tuple[Slip, ...], np.ndarray]]:
    all_slips, arrays, fixed = zip(*stack, strict=True)
    arrays, fixed = np.array(arrays), np.array([each + np.zeros(right.shape) for each in fixed])
    for kept in (fixed, np.zeros_like(fixed)) if fixed.any() else (fixed,):
        units, values = arrays - kept, value - kept
        times = _multiples(values, units)
        silent = np.abs(units).max(axis=(1, 2)) <= NOTHING * np.abs(right).max()
        missed = np.abs(values).max(axis=(1, 2)) > NOTHING * np.abs(right).max()
        for k in np.flatnonzero(silent & ~missed):
            if all_slips[k]:
                yield all_slips[k], arrays[k]
        close = np.abs(scales.factors - times[:, None]) <= NEARLY * np.abs(times[:, None])
        for k, i in np.argwhere(close & ~silent[:, None]):
            for more in scales.ways[i]:
                if all_slips[k] or more:
                    yield (*all_slips[k], *more), kept[k] + scales.factors[i] * units[k]


def _multiples(values: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Do what `multiple` does for each array of a stack."""
    largest = np.maximum(np.abs(units).max(axis=(1, 2), keepdims=True), np.finfo(float).tiny)
    units, values = units / largest, values / largest
    squares = (units**2).sum(axis=(1, 2))
    return (units * values).sum(axis=(1, 2)) / np.where(squares, squares, 1)


def near(times: float, factors: np.ndarray) -> np.ndarray:
    """Give the places of the factors that are near a fitted one."""
    return np.flatnonzero(np.abs(factors - times) <= NEARLY * abs(times))


def _note_hidden(
    judged: Judgement,
    equation: str,
    c: Case,
    l: int,
    value: np.ndarray,
    tolerance: Tolerance = "measured",
) -> None:
    """Where an equation is right, note the entries of which that cannot be said."""
    which = EQUATIONS[equation]
    right = which(c, l, judged.delta)
    of_right = noise(which, c, l, judged.delta, judged.noise)
    allowed = of_right + smallest(c.eps)
    if distance(value, right, allowed) > 1:
        allowed = allowed + _differences(which, c, l, judged)
    away = np.abs(value - right)
    rough = distance(value, right, allowed) > 1
    if rough and tolerance == "digits":
        lost = away > allowed
    else:
        if rough:
            allowed = _roughly(which, c, l, judged, right, tolerance)
        lost = hidden(right, of_right, allowed) | (away > allowed)
    if lost.any():
        worst = np.unravel_index(np.where(lost, np.abs(right), -1).argmax(), right.shape)
        judged.hidden[equation, l] = Hidden(
            int(lost.sum()),
            right.size,
            float(np.abs(right[worst])),
            float(max(allowed[worst], away[worst])),
            rough and tolerance == "digits",
        )


def _share_exact(c: Case, known: Judgement, values: Iterable[tuple[str, int, np.ndarray]]) -> float:
    return share_exact(
        (value, EQUATIONS[e](c, l, known.delta), allowed_in(EQUATIONS[e], c, l, known))
        for e, l, value in values
        if l in known.delta
    )


def is_measured(c: Case, answer: Answer) -> bool:
    """Whether the slopes look as if they were measured: right to some digits, and none to all.

    Parameters
    ----------
    c : Case
    answer : Answer

    Returns
    -------
    bool
    """
    return _share_exact(c, truth(c), all_slopes(answer)) <= FEW


def all_slopes(answer: Answer) -> Iterator[tuple[str, int, np.ndarray]]:
    """Give the equation, the layer and the value of each."""
    for equation, slopes in answer.slopes:
        for l, value in slopes.items():
            yield equation, l, value


def _judge_slopes(
    judged: Judgement,
    c: Case,
    answer: Answer,
    layers: Iterable[int],
    tolerance: Tolerance,
) -> None:
    for l in layers:
        for equation, slopes in answer.slopes:
            if l in slopes and l in judged.delta:
                judged.verdicts[equation, l] = _explain(
                    EQUATIONS[equation], c, l, judged, slopes[l], tolerance=tolerance
                )


# With the reader's δ.


def _from_delta(c: Case, answer: Answer) -> Judgement:
    """Judge each equation on the reader's own inputs to it."""
    judged = Judgement(delta=answer.delta, largest=_largest(answer))
    rough_slopes = _share_exact(c, judged, all_slopes(answer)) <= FEW

    def explain(equation: str, l: int, value: np.ndarray) -> None:
        slopes = equation in ("BP3", "BP4")
        rough = rough_slopes if slopes else _share_exact(c, judged, [(equation, l, value)]) <= FEW
        tolerance: Tolerance = "measured" if rough else "digits"
        for how in ({}, {"pairs": True}, {"tolerance": tolerance}):
            if "pairs" in how and value.size > MOST_IN_PAIRS:
                continue
            slips = _explain(EQUATIONS[equation], c, l, judged, value, **how)
            if slips is not None:
                break
        judged.verdicts[equation, l] = slips
        if slips == []:
            _note_hidden(judged, equation, c, l, value, tolerance)

    for l, value in answer.delta.items():
        if l == c.L:
            explain("BP1", l, value)
        elif l + 1 in answer.delta:
            explain("BP2", l, value)
            if judged.verdicts["BP2", l] is None:
                judged.verdicts["BP2", l] = _from_own_slopes(c, answer, l, judged)
    for equation, slopes in answer.slopes:
        for l, value in slopes.items():
            if l in answer.delta:
                explain(equation, l, value)
    _excuse_right_slopes(judged, c, answer)
    if not any(judged.verdicts.values()) and not judged.unknown:
        _note_grown(judged, c, answer)
    return judged


def _largest(answer: Answer) -> float:
    return max((float(np.abs(value).max()) for _, _, value in all_slopes(answer)), default=0.0)


def _note_grown(judged: Judgement, c: Case, answer: Answer) -> None:
    """Note what cannot be certified although each equation is right on its own inputs.

    What is a little off in δ[L] can be larger than all that is left of it some layers below.
    """
    right = truth(c)
    right.largest = judged.largest
    of_delta = [(equation_of_delta(l, c.L), l, value) for l, value in answer.delta.items()]
    for equation, l, value in (*of_delta, *all_slopes(answer)):
        if l in right.delta:
            _note_hidden(right, equation, c, l, value)
    judged.hidden = right.hidden | judged.hidden


def _excuse_right_slopes(judged: Judgement, c: Case, answer: Answer) -> None:
    """A slope that is right, in every entry, is not to blame for a δ that is not."""
    right = truth(c)
    for equation, slopes in answer.slopes:
        for l, value in slopes.items():
            place = equation, l
            if judged.verdicts.get(place) != [] and agrees(equation, c, l, right, value):
                _note_hidden(right, equation, c, l, value)
                if place not in right.hidden:
                    judged.verdicts[place] = []


def _from_own_slopes(c: Case, answer: Answer, l: int, judged: Judgement) -> Explanation:
    """Find the slips that are made with the reader's own slopes of layer l + 1."""
    value, bp2 = answer.delta[l], EQUATIONS["BP2"]
    slopes = [((), c.prime[l])]
    slopes += [
        ((slip,), slope)
        for slip in bp2.slips
        if slip.part == 1
        for slope in slip.formula(c, l, judged.delta)
    ]
    for slips, slope in slopes:
        with_slope = replace(c, prime={**c.prime, l: slope})
        right, step = (
            bp2(with_slope, l, judged.delta),
            _step(with_slope, answer, l, judged.delta),
        )
        if step is None:
            continue
        allowed = 100 * (allowed_in(bp2, c, l, judged) + RELATIVE * c.eps * np.abs(right).max())
        # Downhill; or uphill, where the slopes have the opposite sign.
        eta = multiple(value - right, step)
        if distance(value, right + eta * step, allowed) <= 1:
            return [(UPDATED_WEIGHTS, *slips)]
        alone = multiple(value, step)
        if distance(value, alone * step, allowed * max(1, abs(alone))) <= 1:
            return [(SLOPES_FOR_WEIGHTS, *slips)]
    return None


def _step(c: Case, answer: Answer, l: int, delta: Arrays) -> np.ndarray | None:
    """What δ of layer l changes by if w[l+1] takes a gradient step of length 1 too early.

    None where every other factor would fit as well.
    """
    if l + 1 not in answer.w:
        return None
    right = EQUATIONS["BP2"](c, l, delta)
    step = -(answer.w[l + 1].T @ delta[l + 1]) * c.prime[l]
    across = step - multiple(step, right) * right
    return step if np.linalg.norm(across) > 1e-3 * np.linalg.norm(step) > 0 else None


def multiple(value: np.ndarray, unit: np.ndarray) -> float:
    """The factor by which `unit` comes nearest to `value`."""
    largest = np.abs(unit).max()
    if not largest:
        return 0.0
    unit = unit / largest  # the squares of very small numbers are 0
    return float(np.vdot(unit, value / largest) / np.vdot(unit, unit))


# Without it.


def _from_slopes(c: Case, answer: Answer, tolerance: Tolerance) -> list[Judgement]:
    """Infer δ from the slopes, from layer L down, by trying what each known slip does to it."""
    right = truth(c)
    small = sum(w.size for w in c.w.values()) <= MOST_WEIGHTS
    beam = [Judgement(largest=_largest(answer))]
    for l in range(c.L, 1, -1):
        grown = [
            longer
            for i, judged in enumerate(beam)
            for longer in _with_layer(
                judged, c, l, answer, right, tolerance, thorough=small and i == 0
            )
        ]
        beam = sorted(grown, key=lambda judged: judged.cost)[:BEAM]
    for judged in beam[:AGAIN]:  # now that all δ are known
        unknown = [l for (_, l), slips in judged.verdicts.items() if slips is None]
        _judge_slopes(judged, c, answer, dict.fromkeys(unknown), tolerance)
    best = min(beam, key=lambda judged: judged.cost)
    measured = _share_exact(c, best, all_slopes(answer)) <= FEW
    near: Tolerance = "measured" if measured else "digits"
    for l in best.delta:
        rough = replace(best, verdicts={}, hidden={})
        _judge_slopes(rough, c, answer, [l], near)
        for place, slips in rough.verdicts.items():
            if best.verdicts[place] is None:
                best.verdicts[place] = slips
    _note_all_hidden(best, c, answer, near)
    rivals = [judged for judged in beam if judged.cost == best.cost and judged.slips]
    return [best, *(rival for rival in rivals if rival.slips != best.slips)]


def _note_all_hidden(judged: Judgement, c: Case, answer: Answer, tolerance: Tolerance) -> None:
    for equation, slopes in answer.slopes:
        for l, value in slopes.items():
            if judged.verdicts.get((equation, l)) == []:
                _note_hidden(judged, equation, c, l, value, tolerance)
    for l in c.w:  # of δ there is only what the slopes tell
        of_delta, of_slopes = (equation_of_delta(l, c.L), l), [("BP3", l), ("BP4", l)]
        told = [place for place in of_slopes if judged.verdicts.get(place) == []]
        lost = [judged.hidden[place] for place in told if place in judged.hidden]
        if judged.verdicts.get(of_delta) == [] and lost and len(lost) == len(told):
            judged.hidden[of_delta] = lost[0]


def _with_layer(
    judged: Judgement,
    c: Case,
    l: int,
    answer: Answer,
    truth: Judgement,
    tolerance: Tolerance,
    *,
    thorough: bool,
) -> list[Judgement]:
    """Add each δ of layer l that explains one of its slopes; if there is none, an unknown one."""
    which = _of_delta(l, c)
    if l < c.L and l + 1 not in judged.delta:
        return [judged]
    right = which(c, l, judged.delta)
    if l not in answer.w and l not in answer.b:  # nothing to judge here: go on to the next layer
        longer = judged.copy()
        _add_layer(longer, c, l, right)
        return [longer]

    def with_delta(delta_l: np.ndarray, slips: Explanation) -> Judgement:
        longer = judged.copy()
        longer.verdicts[which.name, l] = slips
        _add_layer(longer, c, l, delta_l)
        _judge_slopes(longer, c, answer, [l], tolerance)
        return longer

    def explains(longer: Judgement) -> bool:
        of_slopes = [longer.verdicts.get((slope, l)) for slope in ("BP3", "BP4")]
        if longer.verdicts[which.name, l] == [(UPDATED_WEIGHTS,)]:
            return None not in of_slopes
        return of_slopes != [None, None]

    plain = [right]
    if not np.array_equal(right, truth.delta[l]):
        plain.append(truth.delta[l])  # a right slope is right, whatever stands above it
    explained, unclear = [], {"BP3", "BP4"}
    for delta_l in plain:
        longer = with_delta(delta_l, [])
        off = {slope for slope in unclear if longer.verdicts.get((slope, l), []) != []}
        if not off:
            return [longer]
        if explains(longer):
            explained.append(longer)
            unclear = off  # another δ would have to be a better reason for these
    fitting = _fitting(which, c, l, judged, answer, unclear)
    explained += [longer for guess in fitting if explains(longer := with_delta(*guess))]
    if explained:
        return explained
    if thorough:
        paired = _fitting(which, c, l, judged, answer, unclear, pairs=True)
        explained = [longer for guess in paired if explains(longer := with_delta(*guess))]
    if explained:
        return explained
    likely = islice(variants(which, c, l, judged.delta), LIKELY if thorough else 0)
    explained = [
        longer for slips, array, _ in likely if explains(longer := with_delta(array, [slips]))
    ]
    if explained:
        return explained
    recovered = _recovered(c, l, right, answer)
    return [
        *(longer for delta_l in recovered if explains(longer := with_delta(delta_l, None))),
        with_delta(right, []),  # its slopes may be made from the δ of a layer that is still to come
        replace(judged, verdicts=judged.verdicts | {(which.name, l): None}),
    ]


def _add_layer(judged: Judgement, c: Case, l: int, delta_l: np.ndarray) -> None:
    of_right = noise(_of_delta(l, c), c, l, judged.delta, judged.noise)
    judged.noise[l] = of_right + RELATIVE * c.eps * np.abs(delta_l)
    judged.differences[l] = _differences(_of_delta(l, c), c, l, judged)
    judged.delta[l] = delta_l


def _fitting(
    which: Equation,
    c: Case,
    l: int,
    judged: Judgement,
    answer: Answer,
    names: set[str],
    *,
    pairs: bool = False,
) -> Iterator[tuple[np.ndarray, Explanation]]:
    """Give what known slips make of δ of layer l, if it leads to one of the slopes named."""
    right = which(c, l, judged.delta)
    of_delta = noise(which, c, l, judged.delta, judged.noise)
    slopes = [
        (EQUATIONS[name], arrays[l])
        for name, arrays in answer.slopes
        if name in names and l in arrays
    ]
    own = {slope.name: slope.scales(c) for slope, _ in slopes}
    scales = which.scales(c)
    alike: list[tuple[np.ndarray, list[tuple[Slip, ...]]]] = []
    wrong = variants(which, c, l, judged.delta, pairs=pairs)
    for slips, array, _ in chain([((), right, 0.0)], wrong):
        known = Judgement(delta={l: array}, noise={l: of_delta + RELATIVE * c.eps * np.abs(array)})
        for slope, value in slopes:
            unit = slope(c, l, known.delta)
            fixed = slope.fixed(c, l, known.delta)
            allowed = partial(allowed_in, slope, c, l, known)
            for i in _factors(scales, own[slope.name], value, unit, fixed, allowed):
                here = [(*slips, *more) for more in scales.ways[i]]
                delta_l = scales.factors[i] * array
                if here == [()] or distance(delta_l, right, of_delta + smallest(c.eps)) <= 1:
                    continue
                for other, ways in alike:
                    if distance(delta_l, other, of_delta + RELATIVE * c.eps * np.abs(other)) <= 1:
                        ways += [each for each in here if each not in ways]
                        break
                else:
                    alike.append((delta_l, here))
    for delta_l, ways in alike:
        fewest = min(map(len, ways))
        yield delta_l, [slips for slips in ways if len(slips) == fewest]
    step = _step(c, answer, l, judged.delta) if which.name == "BP2" else None
    if step is not None:
        for slope, value in slopes:
            before = slope(c, l, {l: right})
            change = slope(c, l, {l: right + step}) - before
            eta = multiple(value - before, change)
            if eta:
                yield right + eta * step, [(UPDATED_WEIGHTS,)]


@lru_cache(maxsize=64)
def _products(scales: Scales, own: Scales) -> tuple[np.ndarray, np.ndarray]:
    """All products of a factor of each, in order, and where they come from."""
    products = np.outer(scales.factors, own.factors).ravel()
    order = np.argsort(products)
    return products[order], order


def _factors(
    scales: Scales,
    own: Scales,
    value: np.ndarray,
    unit: np.ndarray,
    fixed: np.ndarray,
    allowed: Callable[[], np.ndarray],
) -> Iterator[int]:
    """Give the factors of δ with which a slope comes out, whatever factor it has of its own."""
    products, order = _products(scales, own)
    for kept in (fixed, 0 * fixed) if fixed.any() else (fixed,):
        of_samples = unit - kept
        times = multiple(value - kept, of_samples)
        low, high = sorted((times * (1 - NEARLY), times * (1 + NEARLY)))
        for i in range(*np.searchsorted(products, (low, high))):
            expected = kept + products[i] * of_samples
            if distance(value, expected, allowed() * max(1, abs(products[i]))) <= 1:
                yield order[i] // len(own.factors)


def _recovered(c: Case, l: int, right: np.ndarray, answer: Answer) -> Iterator[np.ndarray]:
    """Read δ of layer l off its slopes, as far as BP3 and BP4 can be solved for it."""
    if l in answer.w and l in answer.b:
        a_and_1 = np.vstack([c.a[l - 1], np.ones(c.m)])
        slopes = np.hstack([answer.w[l] - c.l2 / c.m * c.w[l], answer.b[l]])
        solution, _, rank, _ = np.linalg.lstsq(a_and_1, c.m * slopes.T, rcond=None)
        if rank == c.m:
            yield solution.T
    for equation, slopes in answer.slopes:
        if l in slopes:
            unit = EQUATIONS[equation](c, l, {l: right})
            yield multiple(slopes[l], unit) * right


# Kinks.


def kink_cases(c: Case, answer: Answer) -> list[Case]:
    """Give the case once for each other slope that may be chosen where σ has a kink."""
    kinks = {}
    for l in c.z:
        at_kink = np.abs(c.z[l]) <= c.noise.z[l]
        if c.sigma[l].name in KINKED and at_kink.any():
            kinks[l] = at_kink
    if not kinks:
        return []

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
        incoming = _of_delta(l, c)(flat, l, answer.delta)
        return np.clip(np.nan_to_num(answer.delta[l] / incoming), left, right)

    return [
        with_slopes(lambda l, left, right: left),
        with_slopes(lambda l, left, right: right),
        with_slopes(lambda l, left, right: (left + right) / 2),
        with_slopes(theirs),
    ]
