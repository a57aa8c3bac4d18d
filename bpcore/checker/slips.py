"""BP1 to BP4 together, and the known slips in them.

What a slip does to a gradient is found by computing it.
"""

from collections.abc import Iterator

import numpy as np

from bpcore.checker.bp1 import BP1
from bpcore.checker.bp2 import BP2
from bpcore.checker.bp3 import BP3
from bpcore.checker.bp4 import BP4
from bpcore.checker.case import Case
from bpcore.checker.equation import Equation, Slip
from bpcore.network import Arrays

__all__ = ["EQUATIONS", "SLIPS", "variants"]

EQUATIONS: dict[str, Equation] = {equation.name: equation for equation in (BP1, BP2, BP3, BP4)}
SLIPS: tuple[Slip, ...] = tuple(slip for each in EQUATIONS.values() for slip in each.slips)


def variants(equation: str, c: Case, l: int, delta: Arrays) -> Iterator[tuple[Slip, np.ndarray]]:
    """Compute what each known slip in one equation leads to.

    Parameters
    ----------
    equation : str
    c : Case
    l : int
        Layer of the equation.
    delta : mapping
        δ by layer, as far as it is known.

    Yields
    ------
    slip : Slip
    array : ndarray
        As large as the equation's; slips that do not fit the shapes, or lead to numbers that are
        not finite, are left out.
    """
    for slip in EQUATIONS[equation].slips:
        for array in slip.formula(c, l, delta):
            if np.isfinite(array).all():
                yield slip, array
