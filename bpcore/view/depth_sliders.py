"""Layer by layer in a deep network: what is left of the differences between the samples on the way
forward, and how large δ is on the way back, for any depth, activation and size of the weights."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bpcore import Network
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.style import group, number, power, svg, text_at

__all__ = ["explore_depth"]

ACTIVATION_NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
FEWEST, MOST = 2, 50  # hidden layers
LEAST_SCALE, MOST_SCALE = 0.1, 10.0
SMALLEST = 1e-300  # instead of 0, where a factor is asked for
LEAST_RANGE = (-20, 5)  # powers of ten; more is drawn where needed
FEW_LINES = 8  # along the vertical axis, at most
VANISHES_BELOW, EXPLODES_ABOVE = 1e-2, 1e2  # from the last hidden layer to layer 2
ROUNDING = 2.0**-53  # of a number, at most, in float64
BLURRED = 10  # times the rounding, below which differences between samples are mostly rounding
KEY = 34  # px, the length of a line in the key
GREY = 'style="stroke: none; fill: var(--bp-rule); fill-opacity: 0.22"'


SizesOf = Callable[[Network], tuple[np.ndarray, np.ndarray, np.ndarray]]


def explore_depth(
    make: Callable[[int, str, float], Network], sizes_of: SizesOf | Mapping[str, SizesOf]
) -> Explorable:
    """Show the spread of the samples and the size of δ in each layer; the last can be dragged.

    Parameters
    ----------
    make : callable
        (number of hidden layers, activation, scale of the weights) to a network.
    sizes_of : callable, or mapping of str to callable
        A network to the sizes of δ^l, the spreads of a^l between the samples, and the sizes of a^l,
        each for l = 2 … L; not negative, dimensionless. By name, if the layers may be of several
        kinds, such as plain and residual: then "layers" chooses between them.

    Returns
    -------
    Explorable
        Its `controls`: "hidden layers", "activation", "weight scale" (0.1 to 10), and "layers".

    Notes
    -----
    A size that is exactly 0 has no logarithm: it is drawn on the floor of the picture.
    """
    kinds = sizes_of if isinstance(sizes_of, Mapping) else {"": sizes_of}
    names = list(kinds)
    controls = {"layers": Choice("layers", names, names[0])} if len(names) > 1 else {}
    controls |= {
        "activation": Choice("activation", ACTIVATION_NAMES, ACTIVATION_NAMES[0]),
        "hidden layers": Slider("hidden layers", 30, FEWEST, MOST, 1, decimals=0),
        "weight scale": Slider("weight scale g", 1.0, LEAST_SCALE, MOST_SCALE, 0.05, log=True),
    }

    def look(values: dict[str, Any]) -> Look:
        hidden, activation = values["hidden layers"], values["activation"]
        scale = values["weight scale"]
        kind = values.get("layers", names[0])
        delta, spread, a = (
            np.asarray(size) for size in kinds[kind](make(hidden, activation, scale))
        )
        change = np.maximum(delta[0], SMALLEST) / np.maximum(delta[-2], SMALLEST)  # the output
        # layer has another width, and no weights after it
        verdict = "changes by less than a factor of 100 in all"
        verdict = "vanishes" if change < VANISHES_BELOW else verdict
        verdict = "explodes" if change > EXPLODES_ABOVE else verdict
        is_rounding = (spread > 0) & (spread < BLURRED * ROUNDING * a)
        blurred = np.flatnonzero(is_rounding[:-1])
        clear = blurred[0] if blurred.size else len(spread)  # beyond, each machine has its own
        end = f"{number(spread[-2], 2)} in the last hidden layer"
        if blurred.size:
            end = f"the rounding of a, and from layer {clear + 2} on little else is left of it"
        factor = change ** (1 / max(len(delta) - 2, 1))
        said = (
            f"{hidden} {kind} hidden layers".replace("  ", " ")
            + f" of {activation}, weight scale {number(scale, 3)}. Forward, "
            f"the spread between the samples goes from {number(spread[0], 2)} in layer 2 to "
            f"{end}. Backward, δ {verdict}, times "
            f"{number(factor, 2)} from layer to layer, from {number(delta[-2], 2)} in the last "
            f"hidden layer to {number(delta[0], 2)} in layer 2."
        )
        title = "The spread between the samples and the size of δ in every layer, in powers of ten"
        with np.errstate(divide="ignore"):
            sizes = (delta, spread[:clear], ROUNDING * a)
            body = _drawing(hidden, *(np.log10(size) for size in sizes))
        return Look(svg(WIDTH, HEIGHT, title, said, body), said)

    return Explorable(controls, look)


def _drawing(hidden: int, delta: np.ndarray, spread: np.ndarray, rounding: np.ndarray) -> str:
    layers, both = range(2, 2 + len(delta)), np.concatenate([delta, spread])
    both = both[np.isfinite(both)]  # but for exact zeros
    ends = both.min(initial=0.0), both.max(initial=0.0)
    lowest = min(LEAST_RANGE[0], 5 * int(np.floor(ends[0] / 5)))
    highest = max(LEAST_RANGE[1], 5 * int(np.ceil(ends[1] / 5)))
    step = 5 * int(np.ceil((highest - lowest) / 5 / FEW_LINES))
    delta, spread = (np.maximum(size, lowest) for size in (delta, spread))
    axes = Axes((2, 2 + MOST), (lowest, highest))
    ticks = {p: f"10{power(p)}" for p in range(lowest - lowest % step, highest + 1, step)}
    ticks = {p: text for p, text in ticks.items() if p >= lowest}
    last = layers[-1]
    below = axes.path(
        [(2, lowest), *zip(layers, np.maximum(rounding, lowest), strict=True), (last, lowest)],
        GREY,
    )
    parts = [
        below,
        axes.frame({l: str(l) for l in (2, *range(10, MOST + 1, 10))}, ticks, "layer l", "size"),
        axes.path(zip(layers, spread, strict=False), _look("minus")),
        axes.path(zip(layers, delta, strict=True), _look("plus")),
        group(axes.dot(l, p, 3) for l, p in zip(layers, delta, strict=True)),
        _key(104, "minus", "spread of a, forward →"),
        _key(312, "plus", "size of δ, backward ←"),
        f'<path {GREY} d="M516 4h16v14h-16z"/>',
        text_at(538, 16, "rounding of a", "left"),
        axes.upright(hidden + 2, [], "hidden layers", "the last layer, for the depth"),
    ]
    return "".join(parts)


def _look(kind: str) -> str:
    """Give the attributes of a line: δ solid, the spread dashed."""
    dashes = "; stroke-dasharray: 9 4" if kind == "minus" else ""
    return f'class="{kind}" style="stroke-width: 2.4{dashes}"'


def _key(left: int, kind: str, text: str) -> str:
    line = f'<path {_look(kind)} d="M{left} 11h{KEY}"/>'
    dot = f'<circle class="shape" cx="{left + KEY / 2}" cy="11" r="3"/>' if kind == "plus" else ""
    return line + dot + text_at(left + KEY + 8, 16, text, "left")
