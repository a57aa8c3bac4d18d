"""BP1 to BP4 together, and the known slips in them.

What a slip does to a gradient is found by computing it.
"""

from collections.abc import Iterator
from itertools import groupby, islice

import numpy as np

from bpcore.checker.bp1 import BP1
from bpcore.checker.bp2 import BP2
from bpcore.checker.bp3 import BP3
from bpcore.checker.bp4 import BP4
from bpcore.checker.case import Case
from bpcore.checker.equation import Equation, FactorSlip, Slip
from bpcore.network import Arrays

__all__ = ["EQUATIONS", "SLIPS", "variants"]

EQUATIONS: dict[str, Equation] = {equation.name: equation for equation in (BP1, BP2, BP3, BP4)}
MOST_SPELLINGS = 3  # of each slip, in pairs
SLIPS: tuple[Slip, ...] = tuple(slip for each in EQUATIONS.values() for slip in each.slips)


def variants(
    equation: Equation, c: Case, l: int, delta: Arrays, *, pairs: bool = False
) -> Iterator[tuple[tuple[Slip, ...], np.ndarray, np.ndarray]]:
    """Compute what the known slips in one equation lead to, but for those that are factors.

    Parameters
    ----------
    equation : Equation
    c : Case
    l : int
        Layer of the equation.
    delta : mapping
        δ by layer, as far as it is known.
    pairs : bool
        Two slips at a time, one in each part; else one at a time.

    Yields
    ------
    slips : tuple of Slip
    array : ndarray
        As large as the equation's; what does not fit the shapes, or has entries that are not
        finite, is left out.
    fixed : ndarray
        What in it no factor would multiply.
    """
    right = [part(c, l, delta) for part in equation.parts]
    wrong: tuple[list, list] = ([], [])
    for slip in equation.slips:
        if isinstance(slip, FactorSlip):
            continue
        for part in slip.formula(c, l, delta):
            if slip.part is not None:
                wrong[slip.part].append((slip, part))
            if pairs:
                continue
            if slip.part is None:
                array, fixed = part, 0.0
            else:
                both = [part if i == slip.part else right[i] for i in (0, 1)]
                array, fixed = _joined(equation, both)
            if array.shape == right[0].shape and np.isfinite(array).all():
                yield (slip,), array, fixed
    if pairs:
        for one, first in _few(wrong[0]):
            for other, second in _few(wrong[1]):
                array, fixed = _joined(equation, [first, second])
                if array.shape == right[0].shape and np.isfinite(array).all():
                    yield (one, other), array, fixed


def _joined(equation: Equation, parts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray | float]:
    return equation.join(*parts), parts[1] if equation.join is np.add else 0.0


def _few(wrong: list[tuple[Slip, np.ndarray]]) -> Iterator[tuple[Slip, np.ndarray]]:
    """Of each slip only some spellings: those of other layers would be many in a deep network."""
    for _, spellings in groupby(wrong, lambda each: each[0]):
        yield from islice(spellings, MOST_SPELLINGS)
