"""How large δ is in every layer of a deep network, for any depth, activation, initialisation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bpcore import Network
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.style import group, number, power, svg

__all__ = ["explore_depth"]

ACTIVATION_NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
FEWEST, MOST = 2, 50  # hidden layers
SMALLEST_DRAWN = 1e-300
LEAST_RANGE = (-10, 5)  # powers of ten; more is drawn where needed
VANISHES_BELOW, EXPLODES_ABOVE = 1e-2, 1e2  # from the last hidden layer to layer 2


def explore_depth(
    make: Callable[[int, str, str], Network],
    sizes_of: Callable[[Network], tuple[np.ndarray, np.ndarray]],
    initialisations: tuple[str, ...],
) -> Explorable:
    """Show the size of δ and of a layer by layer; the last layer can be dragged.

    Parameters
    ----------
    make : callable
        (number of hidden layers, activation, initialisation) to a network.
    sizes_of : callable
        A network to the sizes of δ^l and of a^l, for l = 2 … L; both positive, dimensionless.
    initialisations : tuple of str
        Their names, as `make` takes them.

    Returns
    -------
    Explorable
        Its `controls`: "hidden layers", "activation", "initialisation".
    """
    controls = {
        "activation": Choice("activation", ACTIVATION_NAMES, ACTIVATION_NAMES[0]),
        "initialisation": Choice("initialisation", initialisations, initialisations[0]),
        "hidden layers": Slider("hidden layers", 30, FEWEST, MOST, 1, decimals=0),
    }

    def look(values: dict[str, Any]) -> Look:
        hidden, activation = values["hidden layers"], values["activation"]
        net = make(hidden, activation, values["initialisation"])
        delta, a = (np.log10(np.maximum(sizes, SMALLEST_DRAWN)) for sizes in sizes_of(net))
        change = delta[0] - delta[-2]  # the output layer has another width, and no weights after it
        verdict = "changes by less than a factor of 100 in all"
        verdict = "vanishes" if change < np.log10(VANISHES_BELOW) else verdict
        verdict = "explodes" if change > np.log10(EXPLODES_ABOVE) else verdict
        words = (
            f"{hidden} hidden layers of {activation}, weights {values['initialisation']}: "
            f"on the way back δ {verdict}, times {number(10 ** (change / (len(delta) - 2)), 2)} "
            f"from layer to layer, from {number(10 ** delta[-2], 2)} in the last hidden layer "
            f"to {number(10 ** delta[0], 2)} in layer 2."
        )
        title = "The size of δ and of a in every layer, on a logarithmic axis"
        return Look(svg(WIDTH, HEIGHT, title, words, _drawing(hidden, delta, a)), words)

    return Explorable(controls, look)


def _drawing(hidden: int, delta: np.ndarray, a: np.ndarray) -> str:
    layers = range(2, 2 + len(delta))
    lowest = min(LEAST_RANGE[0], 5 * int(np.floor(min(delta.min(), a.min()) / 5)))
    highest = max(LEAST_RANGE[1], 5 * int(np.ceil(max(delta.max(), a.max()) / 5)))
    step = 5 * int(np.ceil((highest - lowest) / 35))
    axes = Axes((2, 2 + MOST), (lowest, highest))
    parts = [
        axes.frame(
            {l: str(l) for l in (2, *range(10, MOST + 1, 10))},
            {p: f"10{power(p)}" for p in range(lowest, highest + 1, step)},
            "layer l",
            "size of δ (solid line, dots) and of a (dashed line)",
        ),
        axes.path(
            zip(layers, a, strict=True),
            'class="minus" style="stroke-width: 2.4; stroke-dasharray: 9 4"',
        ),
        axes.path(zip(layers, delta, strict=True), 'class="plus" style="stroke-width: 2.4"'),
        group(axes.dot(l, p, 3) for l, p in zip(layers, delta, strict=True)),
        axes.upright(hidden + 2, [], "hidden layers", "the last layer, for the depth"),
    ]
    return "".join(parts)
