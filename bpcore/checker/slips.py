"""The known slips: what BP1 to BP4 become when one thing in them goes wrong.

Each slip is a formula beside its sentence. In the sentences, l is the layer of the finding, and the
symbols are those of the equations. What a slip does to a gradient is found by computing it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bpcore.activations import ACTIVATIONS, Activation
from bpcore.costs import COSTS, Cost
from bpcore.forward_pass import propagate
from bpcore.network import Network

__all__ = ["EQUATIONS", "SLIPS", "Case", "Slip", "case", "variants"]

_SOFTMAX = ACTIVATIONS["softmax"]
Arrays = Mapping[int, np.ndarray]


@dataclass(frozen=True)
class Case:
    """All that a backprop can be made of, rightly or wrongly: one batch on one network, in float64.

    Attributes
    ----------
    w, b, z, a, sigma
        By layer, as in `Network` and `Trace`; a[1] is the input.
    prime : dict
        prime[l] is σ′(z[l]), shape (n_l, m); of softmax the table, as in `Activation`.
    y : ndarray, shape (n_L, m)
    cost : Cost
    l2 : float
        λ.
    """

    w: Arrays
    b: Arrays
    z: Arrays
    a: Arrays
    sigma: Mapping[int, Activation]
    prime: Arrays
    y: np.ndarray
    cost: Cost
    l2: float

    @property
    def L(self) -> int:
        return max(self.w)

    @property
    def m(self) -> int:
        return self.y.shape[1]

    def layers(self, size: int, *, but: int) -> list[int]:
        """Layers of `size` neurons, other than the right one."""
        return [k for k in self.a if k != but and len(self.a[k]) == size]


def case(net: Network, x: np.ndarray, y: np.ndarray, cost: Cost, l2: float) -> Case:
    """Run the forward pass, in float64 whatever the network's dtype.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (n_1, m)
    y : ndarray, shape (n_L, m)
    cost : Cost
    l2 : float

    Returns
    -------
    Case
    """
    w = {l: net.w[l].astype(float) for l in net.w}
    b = {l: net.b[l].astype(float) for l in net.b}
    z, a = propagate(w, b, net.sigma, x.astype(float))
    prime = {l: net.sigma[l].prime(z[l]) for l in z}
    return Case(w, b, z, a, net.sigma, prime, y.astype(float), cost, l2)


# The equations themselves. Every formula takes the case, the layer, and all δ that are known.


def _nabla_a(c: Case) -> np.ndarray:
    a = c.a[c.L]
    if c.cost.name == "quadratic":
        return a - c.y
    return -c.y / a if c.sigma[c.L] == _SOFTMAX else (a - c.y) / (a * (1 - a))


def _bp1(c: Case, l: int, delta: Arrays) -> np.ndarray:
    if c.cost.name == "quadratic" and c.sigma[l] != _SOFTMAX:
        return _nabla_a(c) * c.prime[l]
    return c.cost.delta(c.z[l], c.a[l], c.y, c.sigma[l])


def _bp2(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return (c.w[l + 1].T @ delta[l + 1]) * c.prime[l]


def _bp3(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return delta[l].sum(axis=1, keepdims=True) / c.m


def _bp4(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return _data(c, l, delta) + _penalty(c, l)


def _data(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return delta[l] @ c.a[l - 1].T / c.m


def _penalty(c: Case, l: int) -> np.ndarray:
    return c.l2 / c.m * c.w[l]


EQUATIONS: dict[str, Callable[[Case, int, Arrays], np.ndarray]] = {
    "BP1": _bp1,
    "BP2": _bp2,
    "BP3": _bp3,
    "BP4": _bp4,
}


# Formulas that need more than a line. Each gives a list: a slip can have several spellings, or none
# that fits the shapes.


def _elementwise(c: Case, l: int, factor: Callable[[], np.ndarray]) -> list[np.ndarray]:
    """∇_a C times a factor that is not σ′(z[l])."""
    return [] if c.sigma[l] == _SOFTMAX else [_nabla_a(c) * factor()]


def _other_cost(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    if c.sigma[l].name not in ("sigmoid", "softmax"):
        return []
    other = COSTS["cross_entropy" if c.cost.name == "quadratic" else "quadratic"]
    return [other.delta(c.z[l], c.a[l], c.y, c.sigma[l])]


def _brackets_missing(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    if c.sigma[l] == _SOFTMAX or c.cost.name != "quadratic":
        return []
    return [c.a[l] - c.y * c.prime[l]]


def _softmax_diagonal(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    if c.sigma[l] != _SOFTMAX or c.cost.name != "quadratic":
        return []
    return [_nabla_a(c) * c.a[l] * (1 - c.a[l])]


def _without_prime(c: Case, l: int, delta: Arrays) -> np.ndarray:
    return c.w[l + 1].T @ delta[l + 1]


def _prime_of_another_layer(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    others = [k for k in c.layers(len(c.z[l]), but=l) if k > 1 and c.sigma[k] != _SOFTMAX]
    return [_without_prime(c, l, delta) * c.prime[k] for k in others] + _prime_inside(c, l, delta)


def _weights_of_another_layer(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    others = [matrix for k in c.w if k != l + 1 for matrix in (c.w[k].T, c.w[k])]
    fitting = [w for w in others if w.shape == c.w[l + 1].T.shape]
    return [(w @ delta[l + 1]) * c.prime[l] for w in fitting]


def _delta_of_another_layer(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    others = [k for k in c.layers(len(c.z[l + 1]), but=l + 1) if k in delta]
    return [_bp2(c, l, {l + 1: delta[k]}) for k in others]


def _not_transposed(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    w = c.w[l + 1]
    return [(w @ delta[l + 1]) * c.prime[l]] if w.shape[0] == w.shape[1] else []


def _weights_missing(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    fits = len(delta[l + 1]) in (1, len(c.z[l]))
    return [delta[l + 1] * c.prime[l]] if fits else []


def _prime_inside(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    inside = [] if c.sigma[l + 1] == _SOFTMAX else [delta[l + 1] * c.prime[l + 1]]
    return [c.w[l + 1].T @ delta_prime for delta_prime in inside]


def _slope_of_sigmoid(c: Case, l: int) -> list[np.ndarray]:
    """For activations that are not the sigmoid; of softmax this is the diagonal."""
    return [] if c.sigma[l].name in ("sigmoid", "softmax") else [c.a[l] * (1 - c.a[l])]


def _counts(c: Case) -> list[int]:
    """What len(x), x.size, len(y) and y.size give where m belongs."""
    return [len(c.a[1]), len(c.a[1]) * c.m, len(c.y), len(c.y) * c.m]


def _last_sample(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    return [delta[l][:, -1:], delta[l][:, -1:] / c.m]


def _times_a(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    factors = [a for a in (c.a[l], c.a[l - 1]) if len(a) in (1, len(delta[l]))]
    return [_bp3(c, l, {l: delta[l] * a}) for a in factors]


def _bp3_of_another_layer(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    return [_bp3(c, k, delta) for k in c.layers(len(c.z[l]), but=l) if k in delta]


def _bp4_of_another_delta(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    others = [k for k in c.layers(len(c.z[l]), but=l) if k in delta]
    return [_bp4(c, l, {l: delta[k]}) for k in others]


def _bp4_of_another_a(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    others = c.layers(len(c.a[l - 1]), but=l - 1)
    return [delta[l] @ c.a[k].T / c.m + _penalty(c, l) for k in others]


def _bp4_with_z(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    return [delta[l] @ c.z[l - 1].T / c.m + _penalty(c, l)] if l > 2 else []


def _bp4_of_sample(c: Case, l: int, delta: Arrays, i: slice) -> list[np.ndarray]:
    alone = delta[l][:, i] @ c.a[l - 1][:, i].T
    return [alone + _penalty(c, l), alone / c.m + _penalty(c, l)]


def _bp4_transposed(c: Case, l: int, delta: Arrays) -> list[np.ndarray]:
    data = _data(c, l, delta)
    square = data.shape[0] == data.shape[1]
    return [data.T + _penalty(c, l), (data + _penalty(c, l)).T] if square else []


def _bp4_times(c: Case, l: int, delta: Arrays, factor: float) -> list[np.ndarray]:
    """Only what comes from the samples, or the penalty with it."""
    return [factor * _data(c, l, delta) + _penalty(c, l), factor * _bp4(c, l, delta)]


def _with_l2(c: Case, *wrong: np.ndarray) -> list[np.ndarray]:
    return list(wrong) if c.l2 else []


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
        What is wrong, and what belongs there.
    """

    equation: str
    name: str
    formula: Callable[[Case, int, Arrays], list[np.ndarray]] | None
    sentence: str


# Sentences of slips that several equations share.
FIRST_SAMPLE = "only the first sample is there: does the return stand inside the loop?"
LAST_SAMPLE = "only the last sample is left: add up over the samples, += and not ="
WRONG_M = "divided by another number than m, which is the number of columns of x"
MEAN_FORGOTTEN = "this is the sum over the samples; divide it by m for the mean"
MEAN_TWICE = "the mean over the samples is taken twice: it is divided by m once too often"
WRONG_DELTA = "this is the δ of another layer; δ[l] belongs here"
ZERO = "all slopes are 0: was it ever filled?"
SIGN = "the sign is wrong"

# Where two slips give the same numbers, the first one is named first.
SLIPS: tuple[Slip, ...] = (
    Slip(
        "BP1",
        "sign",
        lambda c, l, delta: [-_bp1(c, l, delta)],
        "the sign is wrong: ∇_a C of the quadratic cost is a[L] − y, not y − a[L]",
    ),
    Slip(
        "BP1",
        "sigma_prime_missing",
        lambda c, l, delta: [_nabla_a(c)],
        "the factor σ′(z[L]) is missing",
    ),
    Slip(
        "BP1",
        "other_cost",
        _other_cost,
        "this is the δ of the other cost: a[L] − y belongs to the cross-entropy, with σ′(z[L]) to "
        "the quadratic cost",
    ),
    Slip(
        "BP1",
        "sigma_prime_at_a",
        lambda c, l, delta: _elementwise(c, l, lambda: c.sigma[l].prime(c.a[l])),
        "σ′ is taken at a[L]; it belongs at z[L]",
    ),
    Slip(
        "BP1",
        "sigma_instead_of_sigma_prime",
        lambda c, l, delta: _elementwise(c, l, lambda: c.a[l]),
        "σ(z[L]) stands where the slope σ′(z[L]) belongs",
    ),
    Slip(
        "BP1",
        "slope_of_sigmoid",
        lambda c, l, delta: [_nabla_a(c) * slope for slope in _slope_of_sigmoid(c, l)],
        "a(1 − a) is the slope of the sigmoid, and this layer has another activation: σ′(z[L])",
    ),
    Slip(
        "BP1",
        "brackets_missing",
        _brackets_missing,
        "brackets are missing: (a[L] − y) as a whole is multiplied by σ′(z[L])",
    ),
    Slip(
        "BP1",
        "factor_two",
        lambda c, l, delta: [2 * _bp1(c, l, delta)],
        "a factor 2 too many: the ½ of ½‖y − a‖² takes the 2 of the square away",
    ),
    Slip(
        "BP1",
        "mean_twice",
        lambda c, l, delta: [_bp1(c, l, delta) / c.m],
        "δ[L] is divided by m, and then the means of BP3 and BP4 divide by m again; "
        "δ belongs to each sample alone",
    ),
    Slip(
        "BP1",
        "cost_forgotten",
        lambda c, l, delta: [] if c.sigma[l] == _SOFTMAX else [c.prime[l]],
        "the factor ∇_a C is missing: this is σ′(z[L]) alone",
    ),
    Slip(
        "BP1",
        "softmax_diagonal",
        _softmax_diagonal,
        "only the diagonal of softmax's slopes is used; every output depends on every z, "
        "so δ needs the sum over all outputs",
    ),
    Slip(
        "BP2",
        "sigma_prime_missing",
        lambda c, l, delta: [_without_prime(c, l, delta)],
        "the factor σ′(z[l]) is missing",
    ),
    Slip("BP2", "sign", lambda c, l, delta: [-_bp2(c, l, delta)], SIGN),
    Slip(
        "BP2",
        "sigma_prime_at_a",
        lambda c, l, delta: [_without_prime(c, l, delta) * c.sigma[l].prime(c.a[l])],
        "σ′ is taken at a[l]; it belongs at z[l]",
    ),
    Slip(
        "BP2",
        "sigma_instead_of_sigma_prime",
        lambda c, l, delta: [_without_prime(c, l, delta) * c.a[l]],
        "σ(z[l]) stands where the slope σ′(z[l]) belongs",
    ),
    Slip(
        "BP2",
        "slope_of_sigmoid",
        lambda c, l, delta: [
            _without_prime(c, l, delta) * slope for slope in _slope_of_sigmoid(c, l)
        ],
        "a(1 − a) is the slope of the sigmoid, and this layer has another activation: σ′(z[l])",
    ),
    Slip(
        "BP2",
        "sigma_prime_of_wrong_layer",
        _prime_of_another_layer,
        "σ′ is taken at the z of another layer; it belongs at z[l]",
    ),
    Slip(
        "BP2",
        "not_transposed",
        _not_transposed,
        "w[l+1] is not transposed: on the way back, neuron k of layer l collects column k",
    ),
    Slip(
        "BP2",
        "weights_of_wrong_layer",
        _weights_of_another_layer,
        "these are the weights of another layer; w[l+1] belongs here",
    ),
    Slip(
        "BP2",
        "delta_of_wrong_layer",
        _delta_of_another_layer,
        "this is the δ of another layer; δ[l+1] belongs here",
    ),
    Slip("BP2", "weights_missing", _weights_missing, "the factor w[l+1]ᵀ is missing"),
    Slip(
        "BP2",
        "mean_twice",
        lambda c, l, delta: [_bp2(c, l, delta) / c.m],
        "δ[l] is divided by m, and BP3 and BP4 divide by m again",
    ),
    Slip(
        "BP3",
        "first_sample_only",
        lambda c, l, delta: [delta[l][:, :1], delta[l][:, :1] / c.m],
        FIRST_SAMPLE,
    ),
    Slip(
        "BP3",
        "wrong_m",
        lambda c, l, delta: [c.m / count * _bp3(c, l, delta) for count in _counts(c)],
        WRONG_M,
    ),
    Slip("BP3", "sign", lambda c, l, delta: [-_bp3(c, l, delta)], SIGN),
    Slip(
        "BP3",
        "mean_forgotten",
        lambda c, l, delta: [c.m * _bp3(c, l, delta)],
        MEAN_FORGOTTEN,
    ),
    Slip(
        "BP3",
        "mean_twice",
        lambda c, l, delta: [_bp3(c, l, delta) / c.m],
        MEAN_TWICE,
    ),
    Slip(
        "BP3",
        "last_sample_only",
        _last_sample,
        LAST_SAMPLE,
    ),
    Slip("BP3", "multiplied_by_a", _times_a, "no activation belongs here: ∂C/∂b is δ alone"),
    Slip(
        "BP3",
        "delta_of_wrong_layer",
        _bp3_of_another_layer,
        WRONG_DELTA,
    ),
    Slip(
        "BP3",
        "lambda_on_bias",
        lambda c, l, delta: _with_l2(
            c,
            *(_bp3(c, l, delta) + factor * c.b[l] for factor in (c.l2 / c.m, c.l2)),
        ),
        "the penalty λ is for weights only; the biases have none",
    ),
    Slip(
        "BP3",
        "zero",
        lambda c, l, delta: [np.zeros_like(c.b[l])],
        ZERO,
    ),
    Slip(
        "BP4",
        "first_sample_only",
        lambda c, l, delta: _bp4_of_sample(c, l, delta, slice(0, 1)),
        FIRST_SAMPLE,
    ),
    Slip(
        "BP4",
        "wrong_m",
        lambda c, l, delta: [
            c.m / count * _data(c, l, delta) + _penalty(c, l) for count in _counts(c)
        ],
        WRONG_M,
    ),
    Slip("BP4", "sign", lambda c, l, delta: _bp4_times(c, l, delta, -1), SIGN),
    Slip(
        "BP4",
        "z_instead_of_a",
        _bp4_with_z,
        "z[l−1] stands where the activation a[l−1] belongs",
    ),
    Slip(
        "BP4",
        "a_of_wrong_layer",
        _bp4_of_another_a,
        "this is the activation of another layer; a[l−1], where the weight starts, belongs here",
    ),
    Slip(
        "BP4",
        "transposed",
        _bp4_transposed,
        "it is transposed: row j is for neuron j of layer l, column k for neuron k of layer l−1, "
        "so δ[l] a[l−1]ᵀ",
    ),
    Slip(
        "BP4",
        "mean_forgotten",
        lambda c, l, delta: _bp4_times(c, l, delta, c.m),
        MEAN_FORGOTTEN,
    ),
    Slip(
        "BP4",
        "mean_twice",
        lambda c, l, delta: _bp4_times(c, l, delta, 1 / c.m),
        MEAN_TWICE,
    ),
    Slip(
        "BP4",
        "last_sample_only",
        lambda c, l, delta: _bp4_of_sample(c, l, delta, slice(-1, None)),
        LAST_SAMPLE,
    ),
    Slip(
        "BP4",
        "delta_of_wrong_layer",
        _bp4_of_another_delta,
        WRONG_DELTA,
    ),
    Slip(
        "BP4",
        "lambda_forgotten",
        lambda c, l, delta: _with_l2(c, _data(c, l, delta)),
        "the penalty's λ/m w[l] is missing",
    ),
    Slip(
        "BP4",
        "lambda_not_divided",
        lambda c, l, delta: _with_l2(c, _data(c, l, delta) + c.l2 * c.w[l]),
        "the penalty's λ w[l] is not divided by m",
    ),
    Slip(
        "BP4",
        "lambda_factor",
        lambda c, l, delta: _with_l2(
            c, *(_data(c, l, delta) + factor * _penalty(c, l) for factor in (-1, 0.5, 2))
        ),
        "the penalty has a wrong sign or factor: the derivative of λ/(2m) w² is λ/m w",
    ),
    Slip(
        "BP4",
        "zero",
        lambda c, l, delta: [np.zeros_like(c.w[l])],
        ZERO,
    ),
)


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
    for slip in SLIPS:
        if slip.equation == equation:
            for array in slip.formula(c, l, delta):
                if np.isfinite(array).all():
                    yield slip, array
