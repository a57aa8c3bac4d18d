"""How large δ is in every layer of a deep network, for any activation and initialisation."""

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np

from bpcore import Network
from bpcore.view.axes import HEIGHT, WIDTH, Axes
from bpcore.view.explorable import Explorable, picture_with_words
from bpcore.view.style import number, power, svg

__all__ = ["explore_depth"]

ACTIVATION_NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
Y_RANGE = (-20, 10)  # powers of ten
VANISHES_BELOW, EXPLODES_ABOVE = 0.8, 1.25  # factors from layer to layer


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
    layout = {"width": "98%", "max_width": "660px"}
    style = {"description_width": "100px", "button_width": "88px"}
    hidden = widgets.IntSlider(
        30, min=2, max=50, description="hidden layers", layout=layout, style=style
    )
    activation = widgets.ToggleButtons(
        options=ACTIVATION_NAMES, description="activation", style=style
    )
    initialisation = widgets.ToggleButtons(
        options=initialisations, description="initialisation", style=style
    )

    def look() -> tuple[str, str]:
        net = make(hidden.value, activation.value, initialisation.value)
        delta, a = sizes_of(net)
        factor = float((delta[0] / delta[-1]) ** (1 / (len(delta) - 1)))
        verdict = "vanishes" if factor < VANISHES_BELOW else "keeps its size"
        verdict = "explodes" if factor > EXPLODES_ABOVE else verdict
        words = (
            f"{hidden.value} hidden layers of {activation.value}, weights {initialisation.value}: "
            f"on the way back δ {verdict}, times {number(factor, 2)} from layer to layer, "
            f"from {number(delta[-1], 2)} at the output to {number(delta[0], 2)} in layer 2."
        )
        layers = range(2, net.L + 1)
        axes = Axes((2, net.L), Y_RANGE)
        drawing = axes.frame(
            {int(l): str(int(l)) for l in np.linspace(2, net.L, 6)},
            {p: f"10{power(p)}" for p in range(Y_RANGE[0], Y_RANGE[1] + 1, 5)},
            "layer l",
            "size of δ (solid line, dots) and of a (dashed line)",
        )
        for sizes, look in (
            (a, 'class="minus" style="stroke-width: 2.4; stroke-dasharray: 9 4"'),
            (delta, 'class="plus" style="stroke-width: 2.4"'),
        ):
            heights = np.clip(np.log10(sizes), *Y_RANGE)
            drawing += axes.path(zip(layers, heights, strict=True), look)
        drawing += "".join(axes.dot(l, p, 3) for l, p in zip(layers, heights, strict=True))
        title = "The size of δ and of a in every layer, on a logarithmic axis"
        return svg(WIDTH, HEIGHT, title, words, drawing), words

    controls = {"hidden layers": hidden, "activation": activation, "initialisation": initialisation}
    return picture_with_words(controls, look)
