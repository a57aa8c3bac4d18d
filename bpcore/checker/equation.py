"""What an equation is to the checker: a right formula, and under it the slips that spoil it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from bpcore.checker.case import Case
from bpcore.network import Arrays

__all__ = [
    "FIRST_SAMPLE",
    "LAST_SAMPLE",
    "MEAN_FORGOTTEN",
    "MEAN_TWICE",
    "SIGN",
    "WRONG_DELTA",
    "WRONG_M",
    "ZERO",
    "Equation",
    "Slip",
    "Spellings",
]

# A slip can have several spellings, or none that fits the shapes.
Spellings = Iterator[np.ndarray]


@dataclass(frozen=True)
class Slip:
    """One thing that goes wrong in one equation.

    Attributes
    ----------
    equation : str
    name : str
    formula : callable or None
        (case, l, delta) to the arrays, each of the equation's shape, that the slip can lead to.
        None for a slip that is found by a fit.
    sentence : str
        What is wrong, and what belongs there; l is the layer of the finding.
    """

    equation: str
    name: str
    formula: Callable[[Case, int, Arrays], Spellings] | None
    sentence: str


@dataclass(eq=False)
class Equation:
    """One of BP1 to BP4; called with the case, the layer and all δ that are known, it is right.

    Attributes
    ----------
    right : callable
        (case, l, delta) to the equation's array; its name is the equation's.
    slips : list of Slip
        Where two slips give the same numbers, the first one is named first.
    """

    right: Callable[[Case, int, Arrays], np.ndarray]
    slips: list[Slip] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.right.__name__

    def __call__(self, c: Case, l: int, delta: Arrays) -> np.ndarray:
        return self.right(c, l, delta)

    def slip(self, sentence: str) -> Callable[[Callable], Callable]:
        """Make a slip of the function below, whose name is the slip's.

        Parameters
        ----------
        sentence : str

        Returns
        -------
        callable
            A decorator that leaves the function as it is.
        """

        def add(formula: Callable[[Case, int, Arrays], Spellings]) -> Callable:
            self.slips.append(Slip(self.name, formula.__name__, formula, sentence))
            return formula

        return add


# Sentences of slips that several equations share.
FIRST_SAMPLE = "only the first sample is there: does the return stand inside the loop?"
LAST_SAMPLE = "only the last sample is left: add up over the samples, += and not ="
WRONG_M = "divided by another number than m, which is the number of columns of x"
MEAN_FORGOTTEN = "this is the sum over the samples; divide it by m for the mean"
MEAN_TWICE = "the mean over the samples is taken twice: it is divided by m once too often"
WRONG_DELTA = "this is the δ of another layer; δ[l] belongs here"
ZERO = "all slopes are 0: was it ever filled?"
SIGN = "the sign is wrong"
