"""How far apart two right values of an equation may be, entry by entry, and what that hides."""

from collections.abc import Iterable

import numpy as np

from bpcore.checker.case import DIFFERENCE, RELATIVE, Case
from bpcore.checker.equation import Equation
from bpcore.network import Arrays

__all__ = [
    "distance",
    "hidden",
    "noise",
    "noise_of_differences",
    "roughly",
    "share_exact",
    "smallest",
]

SQUASHING = ("sigmoid", "tanh", "elu")
CLEAR = 30  # times its noise, an entry must be, so that a wrong sign or factor in it would show


def noise(equation: Equation, c: Case, l: int, delta: Arrays, of_delta: Arrays) -> np.ndarray:
    """Estimate how far apart two right values of an equation may be.

    Parameters
    ----------
    equation : Equation
    c : Case
    l : int
    delta : mapping
        δ by layer.
    of_delta : mapping
        The noise of δ by layer; what is not there has none, as the reader's own δ.

    Returns
    -------
    ndarray
        As large as the equation's array. It is 0 only where all terms are.
    """
    relative = RELATIVE * c.eps
    if equation.name == "BP1":
        return _noise_of_bp1(c, relative)
    ahead = l + 1 if equation.name == "BP2" else l
    size = np.abs(delta[ahead])
    before = of_delta.get(ahead, np.zeros_like(size))
    if equation.name == "BP2":
        w, prime = c.w[ahead].T, np.abs(c.prime[l])
        signal = relative * (np.abs(w) @ size) + np.sqrt(w**2 @ before**2)
        return signal * prime + np.abs(w @ delta[ahead]) * c.noise.prime[l]
    if equation.name == "BP3":
        return (relative * size + before).mean(axis=1, keepdims=True)
    of_data = (relative * size + before) @ np.abs(c.a[l - 1].T) + size @ c.noise.a[l - 1].T
    return of_data / c.m + relative * c.l2 / c.m * np.abs(c.w[l])


def _noise_of_bp1(c: Case, relative: float) -> np.ndarray:
    a, y, of_a = np.abs(c.a[c.L]), np.abs(c.y), c.noise.a[c.L]
    nabla = np.abs(c.a[c.L] - c.y)
    of_nabla = relative * nabla + DIFFERENCE * c.eps * (a + y) * (y > 0) + of_a
    if c.cost.name == "cross_entropy":
        # Softmax takes targets that add up to 1 but for rounding, and a − y is δ only if they do.
        softmax = c.sigma[c.L].name == "softmax"
        return of_nabla + 10 * a * np.abs(1 - c.y.sum(axis=0)) if softmax else of_nabla
    if c.sigma[c.L].name == "softmax":
        of_nabla = of_nabla + relative * nabla
        terms = nabla + (a * nabla).sum(axis=0)
        return a * (of_nabla + (a * of_nabla).sum(axis=0)) + (of_a + relative * a) * terms
    return of_nabla * np.abs(c.prime[c.L]) + nabla * c.noise.prime[c.L]


def roughly(noise: np.ndarray, largest: float, eps: float) -> np.ndarray:
    """Say how far off a number may be that was measured.

    So may one be that was computed with a small constant against a division by 0.

    Parameters
    ----------
    noise : ndarray
        Of the equation, for inputs that have none.
    largest : float
        Of the numbers that were measured together.
    eps : float

    Returns
    -------
    ndarray
    """
    return noise * (eps**0.25 / (RELATIVE * eps)) + DIFFERENCE * np.sqrt(eps) * largest


def noise_of_differences(
    equation: Equation, c: Case, l: int, delta: Arrays, of_delta: Arrays
) -> np.ndarray:
    """Say how far off a value may be where σ was computed as a difference, such as eᶻ − 1.

    Then a small a, or a small 1 − a, keeps only some of its digits. The usual formulas keep them
    all, so this excuses a number, and certifies none.

    Parameters
    ----------
    equation, c, l, delta
        As for `noise`.
    of_delta : mapping
        The same of δ by layer; what is not there has none.

    Returns
    -------
    ndarray
        As large as the equation's array.
    """
    own = DIFFERENCE * c.eps
    squashing = l in c.sigma and c.sigma[l].name in SQUASHING
    if equation.name == "BP1":
        return own * (1 + np.abs(c.a[l] - c.y)) * (squashing or c.sigma[l].name == "softmax")
    ahead = l + 1 if equation.name == "BP2" else l
    before = of_delta.get(ahead, np.zeros_like(delta[ahead]))
    if equation.name == "BP2":
        w = c.w[ahead].T
        of_signal = np.sqrt(w**2 @ before**2) * np.abs(c.prime[l])
        return of_signal + own * np.abs(w @ delta[ahead]) * squashing
    if equation.name == "BP3":
        return before.mean(axis=1, keepdims=True)
    of_a = own * (l - 1 in c.sigma and c.sigma[l - 1].name in SQUASHING)
    return (before @ np.abs(c.a[l - 1].T) + of_a * np.abs(delta[l]).sum(axis=1)[:, None]) / c.m


def smallest(eps: float) -> float:
    """What underflow may make of any number."""
    info = np.finfo(np.float32 if eps > 1e-10 else np.float64)
    return float(info.tiny / info.eps)


def distance(value: np.ndarray, expected: np.ndarray, allowed: np.ndarray) -> float:
    """Tell how far a value is off, in units of what is allowed, at its worst entry."""
    worst = float((np.abs(value - expected) / allowed).max())
    return worst if worst == worst else np.inf


def hidden(right: np.ndarray, noise: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Say in which entries a wrong sign, zero or factor would not show.

    An entry whose terms are all 0 is a true zero: whatever is wrong there shows.
    """
    return (np.abs(right) < CLEAR * allowed) & ~((noise == 0) & (right == 0))


def share_exact(
    values: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> float:
    """Tell how many of the entries that can be judged are exact: of measured ones hardly any.

    Parameters
    ----------
    values : iterable of (value, expected, allowed)

    Returns
    -------
    float
        From 0 to 1; 0 if there are none.
    """
    exact = clear = 0
    for value, expected, allowed in values:
        of_these = np.abs(expected) >= CLEAR * allowed
        clear += of_these.sum()
        exact += (of_these & (np.abs(value - expected) <= allowed)).sum()
    return float(exact / clear) if clear else 0.0
