"""Explain the slopes of someone's backprop: which equation is right, and where; which slip fits.

Every comparison allows for rounding: `_noise` estimates, from the terms of each sum, how far two
right computations may be apart.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from bpcore.checker.bp2 import UPDATED_WEIGHTS
from bpcore.checker.case import Case
from bpcore.checker.equation import Slip
from bpcore.checker.slips import EQUATIONS, variants
from bpcore.checker.student import Answer, equation_of_delta
from bpcore.network import Arrays

__all__ = [
    "Judgement",
    "Precision",
    "judge",
    "kink_cases",
    "multiple",
    "truth",
    "way_off",
]

# The slips that explain an equation's numbers: [] if they are right, None if nothing explains them.
Explanation = list[Slip] | None

UNKNOWN_COST = 3  # two known slips are a better explanation than one that is unknown
ANOTHER_LAYER_COST = 0.01  # a slip in a loop is in all layers, and is one slip
BEAM = 8  # explanations of the layers above that are kept
CLEARLY = 30  # times nearer than the right numbers, a slip's numbers must be
KINKED = ("relu", "leaky_relu")


@dataclass(frozen=True)
class Precision:
    """How far apart two numbers that mean the same may be.

    Attributes
    ----------
    eps, tiny : float
        Of the coarsest floating-point type in use.
    limit : float
        Largest distance, in units of the noise, that counts as equal.
    """

    eps: float
    tiny: float
    limit: float = 1.0

    @classmethod
    def of(cls, dtype: np.dtype) -> "Precision":
        return cls(float(np.finfo(dtype).eps), float(np.finfo(dtype).tiny))

    @property
    def relative(self) -> float:
        """Of a sum, relative to the absolute values of its terms.

        Far above eps, so that long sums and roundabout formulas pass; far below any slip.
        """
        return self.eps**0.6

    @property
    def difference(self) -> float:
        """Of a difference such as 1 − a, relative to the numbers in it."""
        return 10 * self.eps

    def loosely(self) -> "Precision":
        """Allow for measured slopes: ``relative`` times this limit is eps to the ¼."""
        return replace(self, limit=self.eps**-0.35)


@dataclass
class Judgement:
    """Explanations by equation and layer, and what they rest on.

    Attributes
    ----------
    verdicts : dict
        (equation, layer) to an explanation; what is missing could not be judged.
    delta : dict
        δ by layer, the reader's or inferred.
    noise : dict
        Of δ by layer, where it is inferred.
    """

    verdicts: dict[tuple[str, int], Explanation] = field(default_factory=dict)
    delta: dict[int, np.ndarray] = field(default_factory=dict)
    noise: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def slips(self) -> set[tuple[str, int, str]]:
        """Equation, layer and name of each known slip."""
        return {(*place, slips[0].name) for place, slips in self.verdicts.items() if slips}

    @property
    def unknown(self) -> int:
        return sum(slips is None for slips in self.verdicts.values())

    @property
    def cost(self) -> float:
        kinds = {(equation, name) for equation, _, name in self.slips}
        return len(kinds) + UNKNOWN_COST * self.unknown + ANOTHER_LAYER_COST * len(self.slips)


def judge(c: Case, answer: Answer, precision: Precision) -> list[Judgement]:
    """Explain all slopes.

    Parameters
    ----------
    c : Case
    answer : Answer
        What the reader's function returned.
    precision : Precision

    Returns
    -------
    list of Judgement
        The best explanation, and then others that are as good.
    """
    explain_all = _from_delta if answer.has_delta else _from_slopes
    exactly = explain_all(c, answer, precision)
    if not exactly[0].unknown:
        return exactly
    return min(
        exactly,
        explain_all(c, answer, precision.loosely()),
        key=lambda judgements: judgements[0].unknown,
    )


def truth(c: Case, precision: Precision) -> Judgement:
    """Compute the right δ and its noise; there are no verdicts in it."""
    right = Judgement()
    for l in range(c.L, 1, -1):
        _add_layer(right, c, l, EQUATIONS[equation_of_delta(l, c.L)](c, l, right.delta), precision)
    return right


def way_off(
    equation: str, c: Case, l: int, known: Judgement, value: np.ndarray, precision: Precision
) -> float:
    """Distance of a value from what the equation gives, in units of the noise."""
    expected = EQUATIONS[equation](c, l, known.delta)
    return _distance(value, expected, _noise(equation, c, l, known, precision))


# One equation, at one layer.


def _noise(equation: str, c: Case, l: int, known: Judgement, precision: Precision) -> np.ndarray:
    relative, difference = precision.relative, precision.difference
    if equation == "BP1":
        return _noise_of_bp1(c, relative, difference) + precision.tiny / precision.eps
    ahead = l + 1 if equation == "BP2" else l
    delta = np.abs(known.delta[ahead])
    noise = known.noise.get(ahead, np.zeros_like(delta))
    if equation == "BP2":
        w = np.abs(c.w[ahead].T)
        noise = (w @ noise) * c.prime[l] + (w @ delta) * (relative * c.prime[l] + difference)
    elif equation == "BP3":
        noise = (relative * delta + noise).mean(axis=1, keepdims=True)
    else:
        noise = (relative * delta + noise) @ np.abs(c.a[l - 1].T) / c.m
        noise = noise + relative * c.l2 / c.m * np.abs(c.w[l])
    return noise + precision.tiny / precision.eps


def _noise_of_bp1(c: Case, relative: float, difference: float) -> np.ndarray:
    a = np.abs(c.a[c.L])
    nabla, terms = np.abs(c.a[c.L] - c.y), a + np.abs(c.y)
    if c.cost.name == "cross_entropy":
        return relative * nabla + difference * terms
    if c.sigma[c.L].name == "softmax":
        nabla = relative * nabla + difference * terms
        return a * (nabla + (a * nabla).sum(axis=0))
    slope = np.abs(c.prime[c.L])
    return relative * nabla * slope + difference * (terms * slope + nabla)


def _distance(value: np.ndarray, expected: np.ndarray, noise: np.ndarray) -> float:
    return float(np.abs(value - expected).max() / noise.max())


def _explain(
    equation: str, c: Case, l: int, known: Judgement, value: np.ndarray, precision: Precision
) -> Explanation:
    right = EQUATIONS[equation](c, l, known.delta)
    noise = _noise(equation, c, l, known, precision)
    off = _distance(value, right, noise)
    if off <= 1:
        return []
    found = [
        (_distance(value, array, noise + precision.relative * np.abs(array - right)), slip)
        for slip, array in variants(equation, c, l, known.delta)
        if array.any() or not value.any()
    ]
    nearest = min((distance for distance, _ in found), default=np.inf)
    if nearest <= precision.limit and CLEARLY * nearest < off:
        near = max(1, 2 * nearest)
        return list(dict.fromkeys(slip for distance, slip in found if distance <= near))
    return [] if off <= precision.limit else None


def _judge_slopes(
    judged: Judgement, c: Case, answer: Answer, precision: Precision, layers: Iterable[int]
) -> None:
    for l in layers:
        for equation, slopes in answer.slopes:
            if l in slopes and l in judged.delta:
                judged.verdicts[equation, l] = _explain(
                    equation, c, l, judged, slopes[l], precision
                )


# With the reader's δ.


def _from_delta(c: Case, answer: Answer, precision: Precision) -> list[Judgement]:
    """Judge each equation on the reader's own inputs to it."""
    judged = Judgement(delta=answer.delta)
    for l, value in answer.delta.items():
        if l == c.L:
            judged.verdicts["BP1", l] = _explain("BP1", c, l, judged, value, precision)
        elif l + 1 in answer.delta:
            slips = _explain("BP2", c, l, judged, value, precision)
            if slips is None and _is_updated(c, answer, l, judged, precision):
                slips = [UPDATED_WEIGHTS]
            judged.verdicts["BP2", l] = slips
    _judge_slopes(judged, c, answer, precision, c.w)
    right = truth(c, precision)
    for equation, slopes in answer.slopes:
        for l, value in slopes.items():
            # A slope that is right is not to blame for a δ that is not.
            if way_off(equation, c, l, right, value, precision) <= 1:
                judged.verdicts[equation, l] = []
    return [judged]


def _is_updated(c: Case, answer: Answer, l: int, judged: Judgement, precision: Precision) -> bool:
    right = EQUATIONS["BP2"](c, l, judged.delta)
    step = _step(c, answer, l, judged.delta)
    if step is None:
        return False
    eta = multiple(answer.delta[l] - right, step)
    noise = _noise("BP2", c, l, judged, precision)
    return eta > 0 and _distance(answer.delta[l], right + eta * step, noise) <= 1


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
    length = np.vdot(unit, unit)
    return float(np.vdot(unit, value) / length) if length else 0.0


# Without it.


def _from_slopes(c: Case, answer: Answer, precision: Precision) -> list[Judgement]:
    """Infer δ from the slopes, from layer L down, by trying what each known slip does to it."""
    beam = [Judgement()]
    for l in range(c.L, 1, -1):
        grown = [
            longer for judged in beam for longer in _with_layer(judged, c, l, answer, precision)
        ]
        beam = sorted(grown, key=lambda judged: judged.cost)[:BEAM]
    for judged in beam:  # again, now that all δ are known
        _judge_slopes(judged, c, answer, precision, c.w)
    best = min(beam, key=lambda judged: judged.cost)
    rivals = [judged for judged in beam if judged.cost == best.cost and judged.slips]
    return [best, *(rival for rival in rivals if rival.slips != best.slips)]


def _with_layer(
    judged: Judgement, c: Case, l: int, answer: Answer, precision: Precision
) -> list[Judgement]:
    """Add each δ of layer l that explains one of its slopes; if there is none, an unknown one."""
    equation = equation_of_delta(l, c.L)
    if l < c.L and l + 1 not in judged.delta:
        return [judged]
    right = EQUATIONS[equation](c, l, judged.delta)
    if l not in answer.w and l not in answer.b:  # nothing to judge here: go on to the next layer
        longer = Judgement(judged.verdicts, dict(judged.delta), dict(judged.noise))
        _add_layer(longer, c, l, right, precision)
        return [longer]

    def with_delta(delta_l: np.ndarray, slips: Explanation) -> Judgement:
        verdicts = judged.verdicts | {(equation, l): slips}
        longer = Judgement(verdicts, dict(judged.delta), dict(judged.noise))
        _add_layer(longer, c, l, delta_l, precision)
        _judge_slopes(longer, c, answer, precision, [l])
        return longer

    def explains(longer: Judgement) -> bool:
        of_slopes = [longer.verdicts.get((which, l)) for which in ("BP3", "BP4")]
        if longer.verdicts[equation, l] == [UPDATED_WEIGHTS]:
            return None not in of_slopes
        return of_slopes != [None, None]

    guesses = list(_guesses(equation, c, l, judged, answer, precision))
    exact = [guess for guess in guesses if _fits_a_slope(c, l, guess[0], answer, judged, precision)]
    if exact:  # to explain the slopes by slips of their own takes time; only the right δ may
        guesses = guesses[:1] + [guess for guess in exact if guess[1]]
    explained = [longer for guess in guesses if explains(longer := with_delta(*guess))]
    if explained:
        return explained
    recovered = _recovered(c, l, right, answer)
    return [
        *(longer for delta_l in recovered if explains(longer := with_delta(delta_l, None))),
        with_delta(right, []),  # its slopes may be made from the δ of a layer that is still to come
        Judgement(judged.verdicts | {(equation, l): None}, judged.delta, judged.noise),
    ]


def _fits_a_slope(
    c: Case, l: int, delta_l: np.ndarray, answer: Answer, judged: Judgement, precision: Precision
) -> bool:
    known = Judgement(delta=dict(judged.delta), noise=dict(judged.noise))
    _add_layer(known, c, l, delta_l, precision)
    return any(
        l in slopes and way_off(equation, c, l, known, slopes[l], precision) <= 1
        for equation, slopes in answer.slopes
    )


def _add_layer(
    judged: Judgement, c: Case, l: int, delta_l: np.ndarray, precision: Precision
) -> None:
    noise = _noise(equation_of_delta(l, c.L), c, l, judged, precision)
    judged.delta[l], judged.noise[l] = delta_l, noise


def _guesses(
    equation: str, c: Case, l: int, judged: Judgement, answer: Answer, precision: Precision
) -> Iterator[tuple[np.ndarray, Explanation]]:
    """Give the right δ of layer l, and what the known slips make of it."""
    right = EQUATIONS[equation](c, l, judged.delta)
    yield right, []
    noise = _noise(equation, c, l, judged, precision)
    alike: list[tuple[np.ndarray, list[Slip]]] = []
    for slip, array in variants(equation, c, l, judged.delta):
        if _distance(array, right, noise) <= 1:
            continue
        for other, slips in alike:
            if _distance(array, other, noise + precision.relative * np.abs(other)) <= 1:
                slips += [slip] * (slip not in slips)
                break
        else:
            alike.append((array, [slip]))
    yield from alike
    step = _step(c, answer, l, judged.delta) if equation == "BP2" else None
    if step is not None:
        for which, slopes in answer.slopes:
            if l in slopes:
                before = EQUATIONS[which](c, l, {l: right})
                change = EQUATIONS[which](c, l, {l: right + step}) - before
                eta = multiple(slopes[l] - before, change)
                if eta > 0:
                    yield right + eta * step, [UPDATED_WEIGHTS]


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
            yield multiple(slopes[l], EQUATIONS[equation](c, l, {l: right})) * right


# Kinks.


def kink_cases(c: Case, answer: Answer, precision: Precision) -> list[Case]:
    """Give the case once for each slope that a reader may have chosen where σ has a kink."""
    kinks = {}
    for l in c.z:
        if c.sigma[l].name in KINKED:
            terms = np.abs(c.w[l]) @ np.abs(c.a[l - 1]) + np.abs(c.b[l])
            at_kink = np.abs(c.z[l]) <= 100 * precision.eps * terms
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
        incoming = EQUATIONS[equation_of_delta(l, c.L)](flat, l, answer.delta)
        return np.clip(np.nan_to_num(answer.delta[l] / incoming), left, right)

    return [
        c,
        with_slopes(lambda l, left, right: left),
        with_slopes(lambda l, left, right: right),
        with_slopes(lambda l, left, right: (left + right) / 2),
        with_slopes(theirs),
    ]
