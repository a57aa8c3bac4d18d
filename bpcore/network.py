"""A fully connected feedforward network: its layers, weights, biases and activation functions.

Layers have the text's numbers: the input is layer 1, the output layer L. Weights and biases belong
to the layer they lead into, so that they exist for the layers 2 to L.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from bpcore import _arguments
from bpcore.activations import ACTIVATIONS, Activation
from bpcore.initialisation import random_weights

__all__ = ["Arrays", "Layers", "Network", "initialise"]

Arrays = Mapping[int, np.ndarray]  # one for each layer, by the layer's number in the text
UNDONE_UP_TO = 10_000  # numbers in one array; a copy of them takes some microseconds


class NoSuchLayerError(IndexError, KeyError):
    """A layer number that does not exist; a `KeyError` too, so that `Layers` is a mapping."""

    __str__ = IndexError.__str__  # that of KeyError puts the sentence into quotes


class Layers(Mapping):
    """One array per layer, indexed by the layer's number in the text.

    Attributes
    ----------
    arrays : dict of int to ndarray
        The arrays themselves, for inner loops, where the layer numbers are known to be right.

    Raises
    ------
    TypeError
        If the index is not an integer.
    NoSuchLayerError
        If there is no such layer; in particular, layer 1 has no weights. It is an `IndexError`.
    """

    def __init__(self, name: str, arrays: Mapping[int, np.ndarray]) -> None:
        self._name = name
        self.arrays = dict(arrays)

    def __getitem__(self, l: int) -> np.ndarray:
        if type(l) is not int:
            l = _arguments.integer(l, f"the layer number l in {self._name}[l]")
        if l not in self.arrays:
            first, last = min(self.arrays), max(self.arrays)
            raise NoSuchLayerError(
                f"there is no {self._name}[{l}]: {self._name} has the layers {first} to {last}"
                + (", since layer 1 is the input" if first == 2 else "")
            )
        return self.arrays[l]

    def __contains__(self, l: object) -> bool:
        return isinstance(l, int | np.integer) and not isinstance(l, bool) and l in self.arrays

    def __iter__(self) -> Iterator[int]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    __eq__ = object.__eq__  # arrays that differ in some entries are neither equal nor unequal
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        shapes = ", ".join(f"{l}: {np.shape(array)}" for l, array in self.arrays.items())
        return f"{self._name}, shape by layer: {{{shapes}}}"


class Parameters(Layers):
    """Weights or biases: `Layers` that can be assigned.

    What is handed out is copied, so that ``net.w[l] -= …`` can be undone where it is refused: back
    to what it was when it was last read. That would take longer than the step itself for arrays of
    more than `UNDONE_UP_TO` numbers; these keep what the step has made of them.
    """

    def __init__(self, name: str, arrays: Mapping[int, np.ndarray]) -> None:
        super().__init__(name, arrays)
        self._as_handed_out: dict[int, np.ndarray] = {}

    def __getitem__(self, l: int) -> np.ndarray:
        array = super().__getitem__(l)
        if array.size <= UNDONE_UP_TO:
            self._as_handed_out[int(l)] = array.copy()
        return array

    def __setitem__(self, l: int, values: ArrayLike) -> None:
        present = super().__getitem__(l)
        what = f"{self._name}[{l}]"
        try:
            array = _arguments.finite_array(values, what, present.dtype)
            if self._name == "b" and array.shape == (len(present),):
                array = array[:, np.newaxis]
            if array.shape != present.shape:
                raise ValueError(f"{what} has shape {array.shape}; expected {present.shape}")
        except (TypeError, ValueError):
            if values is present:  # `net.w[l] -= …` has changed it before it comes here
                present[...] = self._as_handed_out.get(int(l), present)
            raise
        self.arrays[int(l)] = array.copy()
        self._as_handed_out.pop(int(l), None)


class Network:
    """Weights, biases and activation functions of a fully connected network.

    Parameters
    ----------
    sizes : sequence of int
        Number of neurons of each layer, [n_1, …, n_L], at least two layers.
    activation : str
        Of the hidden layers: sigmoid, tanh, relu, leaky_relu, elu or linear.
    output_activation : str, optional
        Of layer L: one of the same, or softmax. Default: the hidden layers'.
    seed : int
        Of the random initial weights.
    dtype : float64 or float32
        Of all parameters, and of everything computed from them.

    Attributes
    ----------
    sizes : tuple of int
        n_1, …, n_L.
    L : int
        Number of layers, the input included.
    dtype : dtype
    n_parameters : int
        Number of all weights and biases.
    w : Parameters
        w[l] has shape (n_l, n_{l−1}); w[l][j, k] leads from neuron k of layer l−1 to neuron j of
        layer l. At first as ``initialise(net, "lecun", seed=seed)`` makes them: normal with mean
        0 and variance 1/n_{l−1}. Dimensionless, as all numbers here.
    b : Parameters
        b[l] has shape (n_l, 1). At first 0.
    sigma : Layers
        sigma[l] is the `Activation` of layer l.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; the message names it.
    AttributeError
        If one of these attributes is assigned; `w` and `b` are assigned layer by layer.
    """

    sizes: tuple[int, ...]
    L: int
    dtype: np.dtype
    sigma: Layers
    w: Parameters
    b: Parameters

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str = "sigmoid",
        output_activation: str | None = None,
        seed: int = 0,
        dtype: DTypeLike = np.float64,
    ) -> None:
        sizes, dtype = _sizes(sizes), _dtype(dtype)
        w = random_weights(sizes, "lecun", seed)
        vars(self).update(
            sizes=sizes,
            L=len(sizes),
            dtype=dtype,
            sigma=Layers("sigma", _activations(len(sizes), activation, output_activation)),
            w=Parameters("w", {l: w_l.astype(dtype) for l, w_l in w.items()}),
            b=Parameters("b", {l: np.zeros((len(w_l), 1), dtype) for l, w_l in w.items()}),
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(Network, name) or name in Network.__annotations__:
            raise AttributeError(
                f"net.{name} cannot be assigned: sizes, activations and dtype are those that the "
                "network was made with; weights and biases are assigned layer by layer, "
                "net.w[2] = …"
            )
        super().__setattr__(name, value)

    @property
    def n_parameters(self) -> int:
        """Number of all weights and biases."""
        return sum(n_out * (n_in + 1) for n_in, n_out in pairwise(self.sizes))

    def __repr__(self) -> str:
        names = " → ".join(sigma.name for sigma in self.sigma.values())
        return f"Network {list(self.sizes)}, {names}, {self.n_parameters} parameters"


def initialise(net: Network, scheme: str, *, seed: int = 0) -> None:
    """Give a network new random weights, and biases 0.

    Parameters
    ----------
    net : Network
        Is changed.
    scheme : {"lecun", "glorot", "he"}
        The variance of the weights into layer l: 1/n_{l−1}, 2/(n_{l−1} + n_l) or 2/n_{l−1}.
    seed : int
        At least 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    The sources stand in `bpcore.initialisation.random_weights`.
    """
    if not isinstance(net, Network):
        raise TypeError(f"net must be a Network, got {type(net).__name__}")
    for l, w_l in random_weights(net.sizes, scheme, seed).items():
        net.w[l], net.b[l] = w_l, np.zeros((len(w_l), 1))


def _sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    try:
        sizes = tuple(sizes)
    except TypeError:
        wanted = "a list of whole numbers such as [2, 2, 1]"
        raise TypeError(f"sizes must be {wanted}, got {sizes!r}") from None
    checked = tuple(
        _arguments.integer(n, f"sizes: the number of neurons of layer {l}", least=1)
        for l, n in enumerate(sizes, start=1)
    )
    if len(checked) < 2:
        raise ValueError(f"sizes needs at least an input and an output layer, got {list(checked)}")
    return checked


def _activations(L: int, hidden: str, output: str | None) -> dict[int, Activation]:
    elementwise = {name: s for name, s in ACTIVATIONS.items() if name != "softmax"}
    if isinstance(hidden, str) and hidden == "softmax":
        raise ValueError("softmax is for the output layer: give it as output_activation")
    sigma = dict.fromkeys(range(2, L), _arguments.choice(hidden, elementwise, "activation"))
    last = hidden if output is None else output
    sigma[L] = _arguments.choice(last, ACTIVATIONS, "output_activation")
    return sigma


def _dtype(dtype: DTypeLike) -> np.dtype:
    for known in (np.dtype(np.float64), np.dtype(np.float32)):
        try:
            if dtype is not None and np.dtype(dtype) == known:
                return known
        except (TypeError, ValueError, SyntaxError):  # what numpy raises for other junk
            break
    raise ValueError(f"dtype must be float64 or float32, got {dtype!r}")
