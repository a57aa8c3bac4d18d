"""What an equation is to the checker: a right formula, and under it the slips that spoil it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from math import prod

import numpy as np

from bpcore.checker.case import Case
from bpcore.network import Arrays

__all__ = [
    "LEARNING_RATE",
    "LEARNING_RATES",
    "SIGN",
    "Equation",
    "FactorSlip",
    "Factors",
    "Formula",
    "Scales",
    "Slip",
    "Spellings",
]

MOST_FACTORS = 3  # that are looked for together

# A slip can have several spellings, or none that fits the shapes.
Spellings = Iterator[np.ndarray]
Factors = Iterator[float]
Formula = Callable[[Case, int, Arrays], np.ndarray]


@dataclass(frozen=True)
class Slip:
    """One thing that goes wrong in one equation.

    Attributes
    ----------
    equation : str
    name : str
    part : int or None
        0 or 1: the part of the equation that the formula takes the place of; None for the whole.
    formula : callable or None
        (case, l, delta) to the arrays that the slip can put in that place.
        None for a slip that is found by a fit.
    sentence : str
        What is wrong, and what belongs there; l is the layer of the finding.
    """

    equation: str
    name: str
    part: int | None
    formula: Callable[[Case, int, Arrays], Spellings] | None
    sentence: str


@dataclass(frozen=True)
class FactorSlip(Slip):
    """A slip that multiplies what comes from the samples, and so can stand beside any other.

    Attributes
    ----------
    factors : callable
        Case to the factors, in each spelling.
    """

    factors: Callable[[Case], Factors]


@dataclass(eq=False)
class Equation:
    """One of BP1 to BP4; called with the case, the layer and all δ that are known, it is right.

    Attributes
    ----------
    right : callable
        (case, l, delta) to the equation's array; its name is the equation's.
    join : callable
        What joins the equation's two parts: a product, or `np.add`.
    parts : tuple of two callables
        (case, l, delta) to each part, if it is right.
    slips : list of Slip
        Where two slips give the same numbers, the first one is named first.
    """

    right: Formula
    join: Callable[[np.ndarray, np.ndarray], np.ndarray] = np.multiply
    parts: tuple[Formula, ...] = ()
    slips: list[Slip] = field(default_factory=list)
    _scales: dict[tuple, "Scales"] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.right.__name__

    def __call__(self, c: Case, l: int, delta: Arrays) -> np.ndarray:
        return self.right(c, l, delta)

    def slip(self, sentence: str, *, part: int | None = None) -> Callable[[Callable], Callable]:
        """Make a slip of the function below, whose name is the slip's.

        Parameters
        ----------
        sentence : str
        part : int, optional
            As in `Slip`.

        Returns
        -------
        callable
            A decorator that leaves the function as it is.
        """

        def add(formula: Callable[[Case, int, Arrays], Spellings]) -> Callable:
            self.slips.append(Slip(self.name, formula.__name__, part, formula, sentence))
            return formula

        return add

    def factor(self, sentence: str) -> Callable[[Callable], Callable]:
        """Make a `FactorSlip` of the function below, as `slip` does.

        Parameters
        ----------
        sentence : str

        Returns
        -------
        callable
        """

        def add(factors: Callable[[Case], Factors]) -> Callable:
            def formula(c: Case, l: int, delta: Arrays) -> Spellings:
                right, fixed = self(c, l, delta), self.fixed(c, l, delta)
                for factor in factors(c):
                    if fixed.any():  # only what comes from the samples, or the penalty with it
                        yield factor * (right - fixed) + fixed
                    yield factor * right

            slip = FactorSlip(self.name, factors.__name__, None, formula, sentence, factors)
            self.slips.append(slip)
            return factors

        return add

    def fixed(self, c: Case, l: int, delta: Arrays) -> np.ndarray:
        """What in the equation does not come from the samples: the penalty."""
        return self.parts[1](c, l, delta) if self.join is np.add else np.zeros(())

    def scales(self, c: Case) -> "Scales":
        """Give each factor that some slips lead to, and the fewest slips that do.

        Parameters
        ----------
        c : Case

        Returns
        -------
        Scales
            1 is among them, with no slip.
        """
        key = c.m, len(c.y), frozenset(c.counts)
        if key not in self._scales:
            single = [
                (factor, slip)
                for slip in self.slips
                if isinstance(slip, FactorSlip)
                for factor in slip.factors(c)
            ]
            found: dict[float, tuple[float, list[tuple[Slip, ...]]]] = {}
            for size in range(MOST_FACTORS + 1):
                for chosen in combinations(single, size):
                    slips = tuple(slip for _, slip in chosen)
                    factor = prod(f for f, _ in chosen)
                    _, ways = found.setdefault(round(factor, 12), (factor, []))
                    if _may_meet(slips) and (not ways or len(ways[0]) == size):
                        ways += [slips] * (slips not in ways)
            factors, ways = zip(*(each for each in found.values() if each[1]), strict=True)
            self._scales[key] = Scales(np.array(factors, dtype=float), list(ways))
        return self._scales[key]


def _may_meet(slips: tuple[Slip, ...]) -> bool:
    """Whether factors are looked for together: of those with many values, one, and a sign."""
    many = [slip for slip in slips if slip.name in ("learning_rate", "wrong_m")]
    rest = {slip.name for slip in slips if slip not in many}
    return len(set(slips)) == len(slips) and (not many or rest <= {"sign"})


@dataclass(frozen=True, eq=False)
class Scales:
    """The factors that slips lead to.

    Attributes
    ----------
    factors : ndarray
    ways : list of list of tuple of Slip
        The slips that lead to each factor, in each way that takes as few.
    """

    factors: np.ndarray
    ways: list[list[tuple[Slip, ...]]]


# Sentences of slips that several equations share.
SIGN = "the sign is wrong"
LEARNING_RATE = (
    "the learning rate, or a factor that is as large, is in it; it belongs to the step that is "
    "taken afterwards"
)
LEARNING_RATES = (0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.001)
