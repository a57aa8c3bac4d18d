"""The way back through batch normalisation: what is right, and what the likely slips lead to.

Ioffe and Szegedy, *Batch normalization* (ICML 2015), section 3.
"""

from collections.abc import Callable, Iterator

import numpy as np

from bpcore.batch_normalisation import batch_norm, batch_norm_backward

__all__ = ["batch_norm_exercise"]

N, M = 3, 5  # neurons, samples

Answer = Callable[[], object]
Case = tuple[str, Answer, np.ndarray, dict[str, np.ndarray]]


def batch_norm_exercise(mine: Callable[..., object]) -> Iterator[Case]:
    """Prepare a reader's way back for `bpcore.check_answer`, part by part.

    Parameters
    ----------
    mine : callable
        (e, gamma, z_hat, s), of shapes (n, m), (n, 1), (n, m) and (n, 1), to ∂C/∂z, ∂C/∂γ and
        ∂C/∂β, where C is the sum of the costs of the samples and e = ∂C/∂u.

    Yields
    ------
    name : str
        "z", "γ" or "β".
    answer : callable
        Without arguments: the reader's part.
    right : ndarray
    slips : dict
        From a sentence to what this slip leads to.
    """
    rng = np.random.default_rng(8)
    z, e = 2 + 3 * rng.standard_normal((2, N, M))
    gamma, beta = rng.uniform(0.5, 2, (2, N, 1))
    forward = batch_norm(z, gamma, beta)
    z_hat, s = forward.z_hat, forward.s

    def part(i: int) -> Answer:
        def answer() -> object:
            given = mine(e.copy(), gamma.copy(), z_hat.copy(), s.copy())
            if given is None or given is ...:
                return given
            if not isinstance(given, tuple | list) or len(given) != 3:
                raise ValueError(
                    "three arrays are asked for: ∂C/∂z, ∂C/∂γ and ∂C/∂β, in this order"
                )
            return given[i]

        return answer

    dC_dz, mean_dgamma, mean_dbeta = batch_norm_backward(e, gamma, forward)
    yield "z", part(0), dC_dz, _slips_of_z(e, gamma, z_hat, s)
    yield "γ", part(1), M * mean_dgamma, _slips_of_gamma(e, gamma, z_hat, s)
    yield "β", part(2), M * mean_dbeta, _slips_of_beta(e, gamma, z_hat, s)


def _mean(v: np.ndarray, axis: int = 1) -> np.ndarray:
    return v.mean(axis=axis, keepdims=True)


def _slips_of_z(
    e: np.ndarray, gamma: np.ndarray, z_hat: np.ndarray, s: np.ndarray
) -> dict[str, np.ndarray]:
    factor, mean_e, mean_ez = gamma / s, _mean(e), _mean(e * z_hat)
    bracket = e - mean_e - z_hat * mean_ez
    without_1 = M / (M - 1)
    return {
        "μ and s are treated as constants; both depend on every z of the batch": factor * e,
        "the way through μ is missing, the term mean(e)": factor * (e - z_hat * mean_ez),
        "the way through s is missing, the term ẑ mean(e ẑ)": factor * (e - mean_e),
        "the variance is a mean over m; you divide by m − 1": factor
        * (e - mean_e - z_hat * mean_ez * without_1),
        "the means are over m; you divide by m − 1": factor
        * (e - (mean_e + z_hat * mean_ez) * without_1),
        "γ is missing": bracket / s,
        "1/s is missing": gamma * bracket,
        "γ and 1/s are missing": bracket,
        "γ belongs before the whole bracket, not before e alone": (gamma * e - mean_e) / s
        - z_hat * mean_ez / s,
        "s is the standard deviation already; you take its root": gamma / np.sqrt(s) * bracket,
        "s has its root already; you divide by s²": gamma / s**2 * bracket,
        "divide by s; you multiply by it": gamma * s * bracket,
        "multiply by γ/s; you divide by γ": bracket / (gamma * s),
        "take means over the samples, not sums": factor * (e - M * mean_e - M * z_hat * mean_ez),
        "the means run over the samples, axis=1; yours run over the neurons": factor
        * (e - _mean(e, 0) - z_hat * _mean(e * z_hat, 0)),
        "the means run over the samples of one neuron; yours run over everything": factor
        * (e - e.mean() - z_hat * (e * z_hat).mean()),
        "the ẑ before the last mean is missing": factor * (e - mean_e - mean_ez),
        "the last mean is that of e ẑ; you have that of e": factor * (e - mean_e - z_hat * mean_e),
        "both terms are taken away; you add them": factor * (e + mean_e + z_hat * mean_ez),
        "the way through s has a minus sign": factor * (e - mean_e + z_hat * mean_ez),
        "the way through μ has a minus sign": factor * (e + mean_e - z_hat * mean_ez),
        "the 2 of the square and the ½ of the root cancel; you lost the 2": factor
        * (e - mean_e - z_hat * mean_ez / 2),
        "the 2 of the square and the ½ of the root cancel; you lost the ½": factor
        * (e - mean_e - 2 * z_hat * mean_ez),
        "C is the sum of the costs, so nothing is divided by m here": factor * bracket / M,
        "the sign is turned": -factor * bracket,
    }


def _slips_of_gamma(
    e: np.ndarray, gamma: np.ndarray, z_hat: np.ndarray, s: np.ndarray
) -> dict[str, np.ndarray]:
    right = (e * z_hat).sum(axis=1, keepdims=True)
    return {
        "C is the sum of the costs: add up; you take the mean": right / M,
        "ẑ is missing: u = γ ẑ + β": e.sum(axis=1, keepdims=True),
        "γ does not belong here: u = γ ẑ + β has the slope ẑ with respect to γ": gamma * right,
        "1/s does not belong here": right / s,
        "only e ẑ is added up; you multiply the two sums": e.sum(axis=1, keepdims=True)
        * z_hat.sum(axis=1, keepdims=True),
        "the sign is turned": -right,
    }


def _slips_of_beta(
    e: np.ndarray, gamma: np.ndarray, z_hat: np.ndarray, s: np.ndarray
) -> dict[str, np.ndarray]:
    right = e.sum(axis=1, keepdims=True)
    return {
        "C is the sum of the costs: add up; you take the mean": right / M,
        "that is the slope for γ": (e * z_hat).sum(axis=1, keepdims=True),
        "γ does not belong here: u = γ ẑ + β has the slope 1 with respect to β": gamma * right,
        "γ and 1/s do not belong here": gamma * right / s,
        "the sign is turned": -right,
    }
