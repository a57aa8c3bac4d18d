"""One sample in one network: every number of its two passes, and the arithmetic behind it.

The drawing, the lines of arithmetic and the tables are all made from a `Sample`, so that they
cannot disagree.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Gradient, Network, Trace, backprop, cost, examples, forward
from bpcore.view.style import number

__all__ = [
    "LARGEST_WEIGHT",
    "Neuron",
    "Sample",
    "Step",
    "Weight",
    "end_of_sliders",
    "given",
    "refuse_softmax",
    "sample_names",
    "with_weights",
]

LARGEST_WEIGHT = 8.0  # at the end of a slider, unless the network comes with a larger one
FEW_SAMPLES, FEW_INPUTS = 4, 3  # whose numbers fit on buttons
QUIET_BELOW = 0.2  # of the largest slope that the activation has
LARGEST_SLOPE = {"sigmoid": 0.25}  # of the others: 1
SYMBOL = {"sigmoid": "σ"}  # the others have their names
OFF = ("relu", "leaky_relu")  # small slopes of these are no saturation


@dataclass(frozen=True)
class Neuron:
    """Neuron j of layer l, both counted from 1."""

    l: int
    j: int


@dataclass(frozen=True)
class Weight:
    """The weight from neuron k of layer l−1 to neuron j of layer l; k = 0 is the bias b^l_j."""

    l: int
    j: int
    k: int

    def of(self, arrays: Network | Gradient) -> float:
        """Find its own entry among the weights and biases of a network, or of a gradient."""
        if self.k == 0:
            return float(arrays.b[self.l][self.j - 1, 0])
        return float(arrays.w[self.l][self.j - 1, self.k - 1])

    def set(self, net: Network, value: float) -> None:
        """Give a network another value there."""
        if self.k == 0:
            net.b[self.l][self.j - 1, 0] = value
        else:
            net.w[self.l][self.j - 1, self.k - 1] = value


@dataclass(frozen=True)
class Step:
    """One step of the two passes: what it computes, and where."""

    label: str
    pass_: str  # "forward" or "backward"
    items: tuple[Neuron | Weight, ...]


class Sample:
    """Everything about one sample in one network.

    Parameters
    ----------
    net : Network
        The cost is the quadratic one.
    x : array_like, shape (n_1,)
    y : array_like, shape (n_L,)

    Raises
    ------
    TypeError, ValueError
        If x or y does not fit, as `bpcore.backprop`, or there are several samples.
    """

    def __init__(self, net: Network, x: ArrayLike, y: ArrayLike) -> None:
        self.net = net
        self.trace: Trace = forward(net, x)
        m = self.trace.a[1].shape[1]
        if m != 1:
            raise ValueError(f"one sample can be drawn, x has {m} columns: give one of them")
        self.gradient: Gradient = backprop(net, x, y)
        self.C = cost(net, x, y)
        self.y = np.asarray(y, float).reshape(-1)

    @cached_property
    def neurons(self) -> list[Neuron]:
        """All neurons, layer by layer, the input included."""
        sizes = enumerate(self.net.sizes, start=1)
        return [Neuron(l, j) for l, n in sizes for j in range(1, n + 1)]

    @cached_property
    def weights(self) -> list[Weight]:
        """All weights and, with k = 0, all biases; those into one neuron stand together."""
        computed = [neuron for neuron in self.neurons if neuron.l > 1]
        return [Weight(q.l, q.j, k) for q in computed for k in (*range(1, self.n(q.l - 1) + 1), 0)]

    @cached_property
    def steps(self) -> list[Step]:
        """Both passes: forward neuron by neuron, backward equation by equation."""
        L = self.net.L
        layer = {l: tuple(q for q in self.neurons if q.l == l) for l in range(1, L + 1)}
        steps = [Step("input: a¹ = x", "forward", layer[1])]
        for l in range(2, L + 1):
            steps += [Step(f"{self.name(q)}: z, then a", "forward", (q,)) for q in layer[l]]
        steps.append(Step("cost C", "forward", ()))
        for l in range(L, 1, -1):
            equation = "BP1" if l == L else "BP2"
            names = ", ".join(self.name(q) for q in layer[l])
            steps.append(Step(f"{equation}: δ of {names}", "backward", layer[l]))
        for equation, symbol, is_bias in (("BP3", "∂C/∂b", True), ("BP4", "∂C/∂w", False)):
            items = tuple(v for v in self.weights if (v.k == 0) == is_bias)
            steps.append(Step(f"{equation}: {symbol}", "backward", items))
        return steps

    def first_step(self, item: Neuron | Weight, pass_: str) -> int:
        """Give the index of the step that computes an item's numbers."""
        return self._first_steps[item, pass_]

    @cached_property
    def _first_steps(self) -> dict[tuple[Neuron | Weight, str], int]:
        last_first = reversed([*enumerate(self.steps)])
        return {(item, step.pass_): i for i, step in last_first for item in step.items}

    def knows_cost(self, step: int) -> bool:
        """Tell whether the cost has been computed; that is the step without neurons or weights."""
        return self.steps[step].pass_ == "backward" or not self.steps[step].items

    @cached_property
    def steepest(self) -> float:
        """Give the largest |∂C/∂w| or |∂C/∂b|."""
        return max(abs(self.dC_dw(v)) for v in self.weights)

    def n(self, l: int) -> int:
        """Give the number of neurons of layer l."""
        return self.net.sizes[l - 1]

    def name(self, item: Neuron | Weight) -> str:
        """Give the name on the drawing, such as "H1" or "I1→H1"."""
        if isinstance(item, Weight):
            source = f"B{item.l - 1}" if item.k == 0 else self.name(Neuron(item.l - 1, item.k))
            return f"{source}→{self.name(Neuron(item.l, item.j))}"
        letter = "I" if item.l == 1 else "O" if item.l == self.net.L else "H"
        deep = letter == "H" and self.net.L > 3
        return f"{letter}{item.l}.{item.j}" if deep else f"{letter}{item.j}"

    def a(self, q: Neuron) -> float:
        """Give the activation a of a neuron."""
        return float(self.trace.a[q.l][q.j - 1, 0])

    def z(self, q: Neuron) -> float:
        """Give the weighted input z of a neuron behind the input layer."""
        return float(self.trace.z[q.l][q.j - 1, 0])

    def is_elementwise(self, l: int) -> bool:
        """Tell whether each a of layer l depends on its own z alone: not so with softmax."""
        return self.net.sigma[l].name != "softmax"

    def slope(self, q: Neuron) -> float:
        """Give σ′(z) of a neuron behind the input layer, whose activation is elementwise."""
        return float(self.net.sigma[q.l].prime(self.z(q)))

    def delta(self, q: Neuron) -> float:
        """Give δ of a neuron behind the input layer."""
        return float(self.gradient.delta[q.l][q.j - 1, 0])

    def quiet(self, q: Neuron) -> str:
        """Say "saturated" or "off" where σ′(z) is so small that hardly any δ passes, else ""."""
        if q.l == 1 or not self.is_elementwise(q.l):
            return ""
        name = self.net.sigma[q.l].name
        if abs(self.slope(q)) >= QUIET_BELOW * LARGEST_SLOPE.get(name, 1.0):
            return ""
        return "off" if name in OFF else "saturated"

    def w(self, v: Weight) -> float:
        """Give the value of a weight or a bias."""
        return v.of(self.net)

    def dC_dw(self, v: Weight) -> float:
        """Give ∂C/∂w of a weight, or ∂C/∂b of a bias."""
        return v.of(self.gradient)

    def arithmetic(self, item: Neuron | Weight, pass_: str) -> list[str]:
        """Give the lines of arithmetic of a neuron or a weight, with the present numbers."""
        if isinstance(item, Weight):
            return [self._weight_arithmetic(item, pass_)]
        if item.l == 1:
            return [f"{self.name(item)}: a = x = {number(self.a(item))}, given"]
        if pass_ == "forward":
            return self._forward_arithmetic(item)
        return [self._backward_arithmetic(item)]

    def remark(self, item: Neuron | Weight, pass_: str) -> str | None:
        """Say what the numbers of a neuron or a weight mean, where they mean something special."""
        if isinstance(item, Neuron):
            quiet = self.quiet(item)
            if not quiet:
                return None
            effect = "its weights hardly change a"
            if pass_ == "backward":
                is_output = item.l == self.net.L
                effect = "hardly any δ passes" if not is_output else "a push on z hardly moves a"
            return (
                f"{self.name(item)} is {quiet}: at z = {number(self.z(item))} the slope σ′(z) is "
                f"only {number(self.slope(item))}, so {effect}."
            )
        if pass_ == "forward":
            return None
        symbol, slope = "b" if item.k == 0 else "w", self.dC_dw(item)
        if item.k and self.a(start := Neuron(item.l - 1, item.k)) == 0:
            return f"Zero: {self.name(start)} gives 0, so no change of this w changes C."
        if slope == 0:
            return f"Zero: a small change of this {symbol} hardly changes C."
        return f"To lower C, turn this {symbol} {'down' if slope > 0 else 'up'}."

    def cost_arithmetic(self) -> list[str]:
        """Give the line of arithmetic of the cost."""
        outputs = [self.a(q) for q in self.neurons if q.l == self.net.L]
        squares = " + ".join(
            f"({number(y)} − {_factor(a)})²" for y, a in zip(self.y, outputs, strict=True)
        )
        bracket = f"({squares})" if len(outputs) > 1 else squares
        return [f"C = ½‖y − a‖² = ½{bracket} = {number(self.C)}  (27)"]

    def _forward_arithmetic(self, q: Neuron) -> list[str]:
        products = [
            f"{_factor(self.w(v))}·{_factor(self.a(Neuron(q.l - 1, v.k)))}"
            for v in self.weights
            if (v.l, v.j) == (q.l, q.j) and v.k
        ]
        bias = _factor(self.w(Weight(q.l, q.j, 0)))
        name, z = self.name(q), number(self.z(q))
        return [
            f"{name}: z = {' + '.join(products)} + {bias} = {z}  (23)",
            f"{name}: a = {self._activation(q)} = {number(self.a(q))}  (23)",
        ]

    def _activation(self, q: Neuron) -> str:
        z = number(self.z(q))
        if self.is_elementwise(q.l):
            name = self.net.sigma[q.l].name
            return f"σ(z) = {SYMBOL.get(name, name)}({z})"
        exponents = (number(self.z(each)) for each in self._layer(q.l))
        return f"e^z / Σ e^z = e^{z} / ({' + '.join(f'e^{each}' for each in exponents)})"

    def _layer(self, l: int) -> list[Neuron]:
        return [q for q in self.neurons if q.l == l]

    def _backward_arithmetic(self, q: Neuron) -> str:
        name, delta = self.name(q), number(self.delta(q))
        if not self.is_elementwise(q.l):
            return self._softmax_delta(q)
        slope = number(self.slope(q))
        if q.l == self.net.L:
            error = f"({_factor(self.a(q))} − {_factor(self.y[q.j - 1])})"
            return f"{name}: δ = (a − y)·σ′(z) = {error}·{slope} = {delta}  (BP1)"
        ahead = [v for v in self.weights if (v.l, v.k) == (q.l + 1, q.j)]
        products = " + ".join(
            f"{_factor(self.w(v))}·{_factor(self.delta(Neuron(v.l, v.j)))}" for v in ahead
        )
        symbols = " + ".join(f"w·δ of {self.name(Neuron(v.l, v.j))}" for v in ahead)
        if len(ahead) > 1:
            products = f"({products})"
        return f"{name}: δ = ({symbols})·σ′(z) = {products}·{slope} = {delta}  (BP2)"

    def _softmax_delta(self, q: Neuron) -> str:
        """Softmax under the quadratic cost: every output moves every a, and their sum is 1."""
        layer = self._layer(q.l)
        shared = sum(self.a(each) * (self.a(each) - self.y[each.j - 1]) for each in layer)
        error = f"({_factor(self.a(q))} − {_factor(self.y[q.j - 1])})"
        return (
            f"{self.name(q)}: δ = a·(a − y − Σ a·(a − y)) = "
            f"{number(self.a(q))}·({error} − {_factor(shared)}) = {number(self.delta(q))}  (BP1)"
        )

    def _weight_arithmetic(self, v: Weight, pass_: str) -> str:
        name, slope = self.name(v), number(self.dC_dw(v))
        target = Neuron(v.l, v.j)
        if pass_ == "forward" and v.k == 0:
            return f"{name}: b = {number(self.w(v))}, a part of z of {self.name(target)}  (23)"
        if pass_ == "forward":
            a = self.a(Neuron(v.l - 1, v.k))
            return (
                f"{name}: w·a of {self.name(Neuron(v.l - 1, v.k))} = {_factor(self.w(v))}·"
                f"{_factor(a)} = {number(self.w(v) * a)}, a part of z of {self.name(target)}  (23)"
            )
        if v.k == 0:
            return f"{name}: ∂C/∂b = δ of {self.name(target)} = {slope}  (BP3)"
        source = Neuron(v.l - 1, v.k)
        return (
            f"{name}: ∂C/∂w = a of {self.name(source)} · δ of {self.name(target)} "
            f"= {_factor(self.a(source))}·{_factor(self.delta(target))} = {slope}  (BP4)"
        )


def given(
    net: Network | None, x: ArrayLike | None, y: ArrayLike | None
) -> tuple[Network, np.ndarray, np.ndarray]:
    """Copy a network and its samples, one column a sample; without any, those of XOR."""
    if (net is None) != (x is None) or (net is None) != (y is None):
        raise TypeError("give net, x and y, or none of them")
    if net is None:
        return examples.xor_network(), *examples.xor_data()
    cost(net, x, y)  # refuses what does not fit
    x, y = (np.array(values, float) for values in (x, y))
    return deepcopy(net), *(v.reshape(-1, 1) if v.ndim == 1 else v for v in (x, y))


def with_weights(net: Network, values: Mapping[Weight, float]) -> Network:
    """Copy a network, and give the copy other values at some of its weights and biases."""
    net = deepcopy(net)
    for v, value in values.items():
        v.set(net, value)
    return net


def end_of_sliders(sample: Sample) -> float:
    """Give a whole number at least twice as large as every weight and bias."""
    largest = max(abs(sample.w(v)) for v in sample.weights)
    return max(LARGEST_WEIGHT, float(ceil(2 * largest)))


def refuse_softmax(net: Network) -> None:
    """Raise a ValueError if the neurons of the output layer have no σ′ of their own."""
    if net.sigma[net.L].name == "softmax":
        raise ValueError("a path needs σ′ of each neuron; softmax outputs have none of their own")


def sample_names(x: np.ndarray, y: np.ndarray) -> list[str]:
    """Name samples by their numbers, "[1, 0] → 1", if these are few; else count them."""
    numbered = [f"sample {i + 1}" for i in range(x.shape[1])]
    if len(x) > FEW_INPUTS or x.shape[1] > FEW_SAMPLES:
        return numbered
    lists = ([", ".join(f"{v:g}" for v in column) for column in values.T] for values in (x, y))
    names = [f"[{inputs}] → {targets}" for inputs, targets in zip(*lists, strict=True)]
    return names if len(set(names)) == len(names) else numbered


def _factor(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)
