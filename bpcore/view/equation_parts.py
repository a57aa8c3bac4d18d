"""What each equation of the two passes takes from a network, and what it makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import power

__all__ = ["EQUATIONS", "Block", "Equation", "Parts"]

Item = Neuron | Weight


@dataclass(frozen=True)
class Block:
    """A matrix or a column, drawn in its own shape.

    Attributes
    ----------
    symbol : str
    values : ndarray, shape (rows, columns)
    lit : ndarray of bool, of the same shape
        Which entries are used, or made.
    """

    symbol: str
    values: np.ndarray
    lit: np.ndarray


@dataclass(frozen=True)
class Parts:
    """What one equation uses, for one neuron or one connection.

    Attributes
    ----------
    numbers : mapping of Neuron to (str, float)
        Symbol and value that stand in the neurons it uses; all others are pale.
    below : mapping of Neuron to (str, float)
        A second number, under the neuron.
    lines : tuple of Weight
        The connections it uses.
    flow : int
        Along them: +1 forward, −1 backward, 0 nothing flows.
    factors : list of (str, str, float)
        What scales a small push on its way: where, by what, today's number. The last one is the
        result.
    blocks : list of Block or str
        The matrix form, with the signs between.
    slope : Weight, optional
        The connection whose slope it makes.
    """

    numbers: Mapping[Neuron, tuple[str, float]]
    lines: tuple[Weight, ...]
    flow: int
    factors: list[tuple[str, str, float]]
    blocks: list[Block | str]
    below: Mapping[Neuron, tuple[str, float]] = field(default_factory=dict)
    slope: Weight | None = None


@dataclass(frozen=True)
class Equation:
    """One equation of the two passes.

    Attributes
    ----------
    title : str
    pass_ : str
        "forward" or "backward".
    belongs_to : callable
        Whether it holds for a neuron or a connection of a sample's network.
    parts : callable
        Sample and item to its `Parts`.
    """

    title: str
    pass_: str
    belongs_to: Callable[[Sample, Item], bool]
    parts: Callable[[Sample, Item], Parts]


def _block(symbol: str, values: np.ndarray, rows: object = None, columns: object = None) -> Block:
    """Light whole rows and columns, or where both are given their crossing."""
    lit = np.zeros(values.shape, bool)
    lit[slice(None) if rows is None else rows, slice(None) if columns is None else columns] = True
    return Block(symbol, values, lit)


def _forward(sample: Sample, q: Neuron) -> Parts:
    into = tuple(v for v in sample.weights if (v.l, v.j) == (q.l, q.j))
    sources = {v: Neuron(q.l - 1, v.k) for v in into if v.k}
    products = [
        (f"along {sample.name(v)}", "w · a", sample.w(v) * sample.a(sources[v])) for v in sources
    ]
    bias = Weight(q.l, q.j, 0)
    l, before, trace = power(q.l), power(q.l - 1), sample.trace
    return Parts(
        numbers={s: ("a", sample.a(s)) for s in sources.values()} | {q: ("a", sample.a(q))},
        below={q: ("z", sample.z(q))},
        lines=into,
        flow=+1,
        factors=[
            *products,
            (f"along {sample.name(bias)}", "b", sample.w(bias)),
            (f"added up in {sample.name(q)}", "z", sample.z(q)),
            ("squashed", "a = σ(z)", sample.a(q)),
        ],
        blocks=[
            _block(f"w{l}", sample.net.w[q.l], rows=q.j - 1),
            "·",
            _block(f"a{before}", trace.a[q.l - 1]),
            "+",
            _block(f"b{l}", sample.net.b[q.l], rows=q.j - 1),
            "=",
            _block(f"z{l}", trace.z[q.l], rows=q.j - 1),
        ],
    )


def _bp1(sample: Sample, q: Neuron) -> Parts:
    j, l = q.j - 1, power(q.l)
    errors = sample.trace.a[q.l] - sample.y.reshape(-1, 1)
    name = sample.name(q)
    return Parts(
        numbers={q: ("δ", sample.delta(q))},
        below={q: ("σ′", sample.slope(q))},
        lines=(),
        flow=-1,
        factors=[
            (f"through {name}’s σ", "σ′(z)", sample.slope(q)),
            (f"from {name}’s a to C", "a − y", errors[j, 0]),
            ("all the way", f"δ of {name}", sample.delta(q)),
        ],
        blocks=[
            _block("∇ₐC", errors, rows=j),
            "⊙",
            _block(f"σ′(z{l})", _slopes(sample, q.l), rows=j),
            "=",
            _block(f"δ{l}", sample.gradient.delta[q.l], rows=j),
        ],
    )


def _bp2(sample: Sample, q: Neuron) -> Parts:
    ahead = tuple(v for v in sample.weights if (v.l, v.k) == (q.l + 1, q.j))
    ends, name = {v: Neuron(v.l, v.j) for v in ahead}, sample.name(q)
    through = (f"through {name}’s σ", "σ′(z)", sample.slope(q))
    if len(ahead) == 1:
        (v,) = ahead
        end = sample.name(ends[v])
        ways = [
            (f"from {end}", f"δ of {end}", sample.delta(ends[v])),
            (f"back along {sample.name(v)}", "w", sample.w(v)),
        ]
    else:
        shares = [sample.w(v) * sample.delta(ends[v]) for v in ahead]
        ways = [
            (f"back along {sample.name(v)}", f"w · δ of {sample.name(ends[v])}", share)
            for v, share in zip(ahead, shares, strict=True)
        ]
        ways.append(("added up", "Σ w · δ", sum(shares)))
    l, after, j = power(q.l), power(q.l + 1), q.j - 1
    w, delta = sample.net.w[q.l + 1], sample.gradient.delta
    return Parts(
        numbers={end: ("δ", sample.delta(end)) for end in ends.values()}
        | {q: ("δ", sample.delta(q))},
        below={q: ("σ′", sample.slope(q))},
        lines=ahead,
        flow=-1,
        factors=[*ways, through, ("all the way", f"δ of {name}", sample.delta(q))],
        blocks=[
            _block(f"w{after}", w, columns=j),
            "transposed",
            _block(f"(w{after})ᵀ", w.T, rows=j),
            "·",
            _block(f"δ{after}", delta[q.l + 1]),
            "⊙",
            _block(f"σ′(z{l})", _slopes(sample, q.l), rows=j),
            "=",
            _block(f"δ{l}", delta[q.l], rows=j),
        ],
    )


def _bp3(sample: Sample, v: Weight) -> Parts:
    q, l = Neuron(v.l, v.j), power(v.l)
    name = sample.name(q)
    delta = sample.gradient.delta[v.l]
    return Parts(
        numbers={q: ("δ", sample.delta(q))},
        lines=(v,),
        flow=+1,
        factors=[
            (f"from b to {name}’s z", "∂z/∂b", 1.0),
            (f"from {name}’s z to C", f"δ of {name}", sample.delta(q)),
            ("all the way", "∂C/∂b", sample.dC_dw(v)),
        ],
        blocks=[
            _block(f"δ{l}", delta, rows=v.j - 1),
            "=",
            _block(f"∂C/∂b{l}", sample.gradient.b[v.l], rows=v.j - 1),
        ],
        slope=v,
    )


def _bp4(sample: Sample, v: Weight) -> Parts:
    source, q = Neuron(v.l - 1, v.k), Neuron(v.l, v.j)
    l, before = power(v.l), power(v.l - 1)
    name = sample.name(q)
    return Parts(
        numbers={source: ("a", sample.a(source)), q: ("δ", sample.delta(q))},
        lines=(v,),
        flow=+1,
        factors=[
            (f"from w to {name}’s z", f"a of {sample.name(source)}", sample.a(source)),
            (f"from {name}’s z to C", f"δ of {name}", sample.delta(q)),
            ("all the way", "∂C/∂w", sample.dC_dw(v)),
        ],
        blocks=[
            _block(f"δ{l}", sample.gradient.delta[v.l], rows=v.j - 1),
            "·",
            _block(f"(a{before})ᵀ", sample.trace.a[v.l - 1].T, columns=v.k - 1),
            "=",
            _block(f"∂C/∂w{l}", sample.gradient.w[v.l], rows=v.j - 1, columns=v.k - 1),
        ],
        slope=v,
    )


def _slopes(sample: Sample, l: int) -> np.ndarray:
    return sample.net.sigma[l].prime(sample.trace.z[l])


def _is_neuron(sample: Sample, item: Item, first: int, last: int) -> bool:
    return isinstance(item, Neuron) and first <= item.l <= last


EQUATIONS = {
    "23": Equation(
        "The forward pass of a neuron",
        "forward",
        lambda sample, item: _is_neuron(sample, item, 2, sample.net.L),
        _forward,
    ),
    "BP1": Equation(
        "BP1: δ of an output neuron",
        "backward",
        lambda sample, item: _is_neuron(sample, item, sample.net.L, sample.net.L),
        _bp1,
    ),
    "BP2": Equation(
        "BP2: δ of a hidden neuron",
        "backward",
        lambda sample, item: _is_neuron(sample, item, 2, sample.net.L - 1),
        _bp2,
    ),
    "BP3": Equation(
        "BP3: the slope of a bias",
        "backward",
        lambda _, item: isinstance(item, Weight) and item.k == 0,
        _bp3,
    ),
    "BP4": Equation(
        "BP4: the slope of a weight",
        "backward",
        lambda _, item: isinstance(item, Weight) and item.k > 0,
        _bp4,
    ),
}
