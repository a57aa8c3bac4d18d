"""How large δ is in every layer of a deep network, for any activation and initialisation."""

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np

from bpcore import Network
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import SLIDER_LAYOUT, Explorable, picture_with_words
from bpcore.view.style import number, power, svg

__all__ = ["explore_depth"]

ACTIVATION_NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
LEAST_RANGE = (-10, 5)  # powers of ten; more is drawn where needed
VANISHES_BELOW, EXPLODES_ABOVE = 1e-2, 1e2  # from the last hidden layer to layer 2


def explore_depth(
    make: Callable[[int, str, str], Network],
    sizes_of: Callable[[Network], tuple[np.ndarray, np.ndarray]],
    initialisations: tuple[str, ...],
) -> Explorable:
    """Show the size of δ and of a layer by layer.

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
        Its `controls`: "hidden layers", "activation", "initialisation", "picture", "text".
    """
    wide = {"description_width": "100px"}
    style = {**wide, "button_width": "88px"}
    hidden = widgets.IntSlider(
        30, min=2, max=50, description="hidden layers", layout=SLIDER_LAYOUT, style=wide
    )
    activation = widgets.ToggleButtons(
        options=ACTIVATION_NAMES, description="activation", style=style
    )
    initialisation = widgets.ToggleButtons(
        options=initialisations, description="initialisation", style=style
    )

    def look() -> tuple[str, str]:
        net = make(hidden.value, activation.value, initialisation.value)
        delta, a = (np.log10(sizes) for sizes in sizes_of(net))
        change = delta[0] - delta[-2]  # the output layer has another width, and no weights after it
        verdict = "changes by less than a factor of 100 in all"
        verdict = "vanishes" if change < np.log10(VANISHES_BELOW) else verdict
        verdict = "explodes" if change > np.log10(EXPLODES_ABOVE) else verdict
        words = (
            f"{hidden.value} hidden layers of {activation.value}, weights {initialisation.value}: "
            f"on the way back δ {verdict}, times {number(10 ** (change / (len(delta) - 2)), 2)} "
            f"from layer to layer, from {number(10 ** delta[-2], 2)} in the last hidden layer "
            f"to {number(10 ** delta[0], 2)} in layer 2."
        )
        layers = range(2, net.L + 1)
        lowest = min(LEAST_RANGE[0], 5 * int(np.floor(min(delta.min(), a.min()) / 5)))
        highest = max(LEAST_RANGE[1], 5 * int(np.ceil(max(delta.max(), a.max()) / 5)))
        step = 5 * int(np.ceil((highest - lowest) / 35))
        axes = Axes((2, net.L), (lowest, highest))
        drawing = axes.frame(
            {int(l): str(int(l)) for l in np.linspace(2, net.L, 6)},
            {p: f"10{power(p)}" for p in range(lowest, highest + 1, step)},
            "layer l",
            "size of δ (solid line, dots) and of a (dashed line)",
        )
        dashed = 'class="minus" style="stroke-width: 2.4; stroke-dasharray: 9 4"'
        drawing += axes.path(zip(layers, a, strict=True), dashed)
        drawing += axes.path(
            zip(layers, delta, strict=True), 'class="plus" style="stroke-width: 2.4"'
        )
        drawing += "".join(axes.dot(l, p, 3) for l, p in zip(layers, delta, strict=True))
        title = "The size of δ and of a in every layer, on a logarithmic axis"
        return svg(WIDTH, HEIGHT, title, words, drawing), words

    controls = {"hidden layers": hidden, "activation": activation, "initialisation": initialisation}
    return picture_with_words(controls, look)
