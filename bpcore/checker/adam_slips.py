"""Adam from memory: the trajectory that is right, and those that the likely slips lead to.

Kingma and Ba, *Adam* (ICLR 2015), algorithm 1, with its symbols.
"""

from collections.abc import Callable, Sequence

import numpy as np

__all__ = ["adam_exercise"]

SLOPES = (2.0, 0.5, 3.0, 1.0, 0.2)  # positive, so that no slip takes the root of a negative number
ETA, BETA_1, BETA_2, EPS = 0.3, 0.9, 0.99, 0.05  # an ε that shows
FROM_0 = np.full(len(SLOPES), 1e9)  # stands for a division by 0
FROM_ROOT = np.full(len(SLOPES), -1e9)  # stands for the root of a negative number

Rule = Callable[[float, float, float, float], float]


def adam_exercise(
    my_adam: Callable[..., Sequence[float]],
) -> tuple[Callable[[], object], np.ndarray, dict[str, np.ndarray]]:
    """Prepare a reader's Adam for `bpcore.check_answer`.

    Parameters
    ----------
    my_adam : callable
        (slopes, eta, beta_1, beta_2, eps) to the change Δθ that follows each slope.

    Returns
    -------
    answer : callable
        Without arguments: the reader's changes; after a division by 0, or the root of a negative
        number, those of the slip that leads to it.
    right : ndarray, shape (5,)
    slips : dict
        From a sentence to the changes that this slip leads to, each of shape (5,).
    """

    def answer() -> object:
        with np.errstate(all="ignore"):
            try:
                given = my_adam(list(SLOPES), ETA, BETA_1, BETA_2, EPS)
            except ZeroDivisionError:
                return FROM_0
        try:
            if np.iscomplexobj(np.asarray(given)):
                return FROM_ROOT
            infinite = not np.isfinite(np.asarray(given, float)).all()
        except (TypeError, ValueError):
            return given
        return FROM_0 if infinite and given is not None else given

    return answer, _changes(_right), _slips()


def _changes(
    rule: Rule,
    *,
    betas: tuple[float, float] = (BETA_1, BETA_2),
    shares: tuple[float, float] | None = None,
    power: int = 2,
    first: int = 1,
) -> np.ndarray:
    """Run a rule of m, v and what they are divided by, 1 − β₁ᵗ and 1 − β₂ᵗ."""
    beta_1, beta_2 = betas
    share_1, share_2 = shares or (1 - beta_1, 1 - beta_2)
    m, v, changes = 0.0, 0.0, []
    for t, g in enumerate(SLOPES, start=first):
        m, v = beta_1 * m + share_1 * g, beta_2 * v + share_2 * g**power
        changes.append(rule(m, v, 1 - beta_1**t, 1 - beta_2**t))
    return np.array(changes)


def _right(m: float, v: float, part_1: float, part_2: float) -> float:
    return -ETA * (m / part_1) / (np.sqrt(v / part_2) + EPS)


def _slips() -> dict[str, np.ndarray]:
    right = _changes(_right)
    return {
        "the repair of the start is missing: divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ": _changes(
            lambda m, v, _, __: -ETA * m / (np.sqrt(v) + EPS)
        ),
        "v is not repaired: divide it by 1 − β₂ᵗ": _changes(
            lambda m, v, part_1, _: -ETA * (m / part_1) / (np.sqrt(v) + EPS)
        ),
        "m is not repaired: divide it by 1 − β₁ᵗ": _changes(
            lambda m, v, _, part_2: -ETA * m / (np.sqrt(v / part_2) + EPS)
        ),
        "divide by 1 − βᵗ; you divide by 1 − β, the same at every step": _changes(
            lambda m, v, _, __: _right(m, v, 1 - BETA_1, 1 - BETA_2)
        ),
        "keep m and v as they are, and repair copies; you go on with the repaired ones": _kept(),
        "ε stands inside the root; add it to √v̂": _changes(
            lambda m, v, part_1, part_2: -ETA * (m / part_1) / np.sqrt(v / part_2 + EPS)
        ),
        "that is the paper's second form, where ε is added to √v; asked is √v̂ + ε": _changes(
            lambda m, v, part_1, part_2: -ETA * np.sqrt(part_2) / part_1 * m / (np.sqrt(v) + EPS)
        ),
        "ε is missing": _changes(
            lambda m, v, part_1, part_2: -ETA * (m / part_1) / np.sqrt(v / part_2)
        ),
        "the root of v̂ is missing": _changes(
            lambda m, v, part_1, part_2: -ETA * (m / part_1) / (v / part_2 + EPS)
        ),
        "t counts from 1; with t = 0 the first step divides by 1 − β⁰ = 0": FROM_0,
        "t counts from 1; at your first step it is 2": _changes(_right, first=2),
        "divide by 1 − βᵗ, β to the power t; your 1 − β · t becomes negative": FROM_ROOT,
        "β₁ stands in both repairs; v is divided by 1 − β₂ᵗ": _changes(
            lambda m, v, part_1, _: _right(m, v, part_1, part_1)
        ),
        "the step follows m̂, the mean of the slopes; you take the last slope alone": _changes(
            _right, betas=(0.0, BETA_2)
        ),
        "that goes uphill: the change is −η times the rest": -right,
        "η is missing": right / ETA,
        "β₁ belongs to m and β₂ to v; you have them the other way round": _changes(
            _right, betas=(BETA_2, BETA_1)
        ),
        "v is a mean of g², and you take g": _changes(_right, power=1),
        "m is a mean: the new slope counts 1 − β₁, not 1": _changes(_right, shares=(1, 1 - BETA_2)),
        "v is a mean: the new square counts 1 − β₂, not 1": _changes(
            _right, shares=(1 - BETA_1, 1)
        ),
        "m and v are means: what is new counts 1 − β, not 1": _changes(_right, shares=(1, 1)),
        "β is the part of the old mean; you give it to the new slope": _changes(
            _right, betas=(1 - BETA_1, 1 - BETA_2)
        ),
        "asked are the changes Δθ; you return the places": np.cumsum(right),
    }


def _kept() -> np.ndarray:
    m, v, changes = 0.0, 0.0, []
    for t, g in enumerate(SLOPES, start=1):
        m = (BETA_1 * m + (1 - BETA_1) * g) / (1 - BETA_1**t)
        v = (BETA_2 * v + (1 - BETA_2) * g**2) / (1 - BETA_2**t)
        changes.append(-ETA * m / (np.sqrt(v) + EPS))
    return np.array(changes)
