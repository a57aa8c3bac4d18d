"""A fully connected feedforward network: its layers, weights, biases and activation functions.

Layers have the text's numbers: the input is layer 1, the output layer L. Weights and biases belong
to the layer they lead into, so that they exist for the layers 2 to L.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from bpcore import _arguments
from bpcore.activations import ACTIVATIONS, Activation
from bpcore.initialisation import random_weights

__all__ = ["Layers", "Network", "initialise"]


class NoSuchLayerError(IndexError, KeyError):
    """A layer number that does not exist; a `KeyError` too, so that `Layers` is a mapping."""

    __str__ = IndexError.__str__  # that of KeyError puts the sentence into quotes


class Layers(Mapping):
    """One array per layer, indexed by the layer's number in the text.

    Raises
    ------
    TypeError
        If the index is not an integer.
    NoSuchLayerError
        If there is no such layer; in particular, layer 1 has no weights. It is an `IndexError`.
    """

    def __init__(self, name: str, arrays: Mapping[int, np.ndarray]) -> None:
        self._name = name
        self._arrays = dict(arrays)

    def __getitem__(self, l: int) -> np.ndarray:
        if type(l) is not int:
            l = _arguments.integer(l, f"the layer number l in {self._name}[l]")
        if l not in self._arrays:
            first, last = min(self._arrays), max(self._arrays)
            raise NoSuchLayerError(
                f"there is no {self._name}[{l}]: {self._name} has the layers {first} to {last}"
                + (", since layer 1 is the input" if first == 2 else "")
            )
        return self._arrays[l]

    def __iter__(self) -> Iterator[int]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    __eq__ = object.__eq__  # arrays that differ in some entries are neither equal nor unequal
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        shapes = ", ".join(f"{l}: {np.shape(array)}" for l, array in self._arrays.items())
        return f"{self._name}, shape by layer: {{{shapes}}}"


class Parameters(Layers):
    """Weights or biases: `Layers` that can be assigned."""

    def __setitem__(self, l: int, values: ArrayLike) -> None:
        present = self[l]
        what = f"{self._name}[{l}]"
        array = _arguments.finite_array(values, what, present.dtype)
        if self._name == "b" and array.shape == (len(present),):
            array = array[:, np.newaxis]
        if array.shape != present.shape:
            raise ValueError(f"{what} has shape {array.shape}; expected {present.shape}")
        self._arrays[l] = array.copy()


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
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str = "sigmoid",
        output_activation: str | None = None,
        seed: int = 0,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.sizes = _sizes(sizes)
        self.L = len(self.sizes)
        self.dtype = _dtype(dtype)
        self.sigma = Layers("sigma", self._activations(activation, output_activation))
        w = random_weights(self.sizes, "lecun", seed)
        self._w = Parameters("w", {l: w_l.astype(self.dtype) for l, w_l in w.items()})
        b = {l: np.zeros((len(w_l), 1), self.dtype) for l, w_l in w.items()}
        self._b = Parameters("b", b)

    def _activations(self, hidden: str, output: str | None) -> dict[int, Activation]:
        elementwise = {name: s for name, s in ACTIVATIONS.items() if name != "softmax"}
        if isinstance(hidden, str) and hidden == "softmax":
            raise ValueError("softmax is for the output layer: give it as output_activation")
        sigma = dict.fromkeys(
            range(2, self.L), _arguments.choice(hidden, elementwise, "activation")
        )
        last = hidden if output is None else output
        sigma[self.L] = _arguments.choice(last, ACTIVATIONS, "output_activation")
        return sigma

    @property
    def w(self) -> Parameters:
        """Weights by layer, 2 to L."""
        return self._w

    @property
    def b(self) -> Parameters:
        """Biases by layer, 2 to L."""
        return self._b

    @property
    def n_parameters(self) -> int:
        """Number of all weights and biases."""
        return sum(array.size for part in (self.w, self.b) for array in part.values())

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
    LeCun, Bottou, Orr and Müller, *Efficient BackProp* (1998), eq. (16). Glorot and Bengio,
    AISTATS 2010, eq. (12), for tanh. He, Zhang, Ren and Sun, ICCV 2015, eq. (10), for ReLU.
    """
    if not isinstance(net, Network):
        raise TypeError(f"net must be a Network, got {type(net).__name__}")
    for l, w_l in random_weights(net.sizes, scheme, seed).items():
        net.w[l] = w_l
        net.b[l] = np.zeros((len(w_l), 1))


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


def _dtype(dtype: DTypeLike) -> np.dtype:
    for known in (np.dtype(np.float64), np.dtype(np.float32)):
        try:
            if dtype is not None and np.dtype(dtype) == known:
                return known
        except (TypeError, ValueError, SyntaxError):  # what numpy raises for other junk
            break
    raise ValueError(f"dtype must be float64 or float32, got {dtype!r}")
