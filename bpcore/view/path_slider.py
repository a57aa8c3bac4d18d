"""One path from a weight to the cost, chosen neuron by neuron, with its rate factors."""

from itertools import pairwise, product

import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network
from bpcore.view.explorable import Explorable, redraw_on_change
from bpcore.view.network_panel import table
from bpcore.view.network_picture import HEIGHT, RADIUS, WIDTH, ends, place
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number, signed, svg

__all__ = ["explore_path"]


def explore_path(net: Network, x: ArrayLike, y: ArrayLike) -> Explorable:
    """Show one path from a weight into layer 2 to an output, its factors and its contribution.

    Parameters
    ----------
    net, x, y
        As for `bpcore.backprop`; one sample, elementwise activations, a network small enough to
        draw.

    Returns
    -------
    Explorable
        Its `controls`: "1" … "L", the neuron of each layer through which the path leads, "picture",
        "panel".
    """
    sample = Sample(net, x, y)
    layers = range(1, net.L + 1)
    controls = {
        str(l): widgets.ToggleButtons(
            options=[(sample.name(q), q) for q in sample.neurons if q.l == l],
            description=f"layer {l}",
            style={"button_width": "64px", "description_width": "52px"},
            layout={"width": "auto"},
        )
        for l in layers
    }
    picture = widgets.HTML(layout={"flex": "1 1 440px", "max_width": "680px"})
    panel = widgets.HTML(layout={"flex": "1 1 300px"})

    def chosen() -> tuple[Neuron, ...]:
        return tuple(controls[str(l)].value for l in layers)

    def look() -> tuple[str, str]:
        path = chosen()
        weight = sample.name(Weight(2, path[1].j, path[0].j))
        way = " → ".join(sample.name(q) for q in path)
        words = (
            f"The path {way}, from the weight {weight} to the cost, "
            f"contributes {number(_contribution(sample, path))}"
        )
        title = "One path through the network"
        return svg(WIDTH, HEIGHT - 80, title, words, _body(sample, path)), words

    def draw() -> tuple[str, str]:
        return look()[0], _panel(sample, chosen())

    redraw_on_change([picture, panel], draw, list(controls.values()))
    row = {"flex_flow": "row wrap", "align_items": "flex-start"}
    return Explorable(
        [widgets.Box([*controls.values()], layout=row), widgets.Box([picture, panel], layout=row)],
        controls={**controls, "picture": picture, "panel": panel},
        look=look,
    )


def _factors(sample: Sample, path: tuple[Neuron, ...]) -> list[tuple[str, float]]:
    """Name and compute the rate factors of a path, from the weight to the cost: eq. (53)."""
    source, first, output = path[0], path[1], path[-1]
    factors = [
        (f"a of {sample.name(source)}", sample.a(source)),
        (f"σ′ of {sample.name(first)}", sample.slope(first)),
    ]
    for q, ahead in pairwise(path[1:]):
        w = Weight(ahead.l, ahead.j, q.j)
        factors.append((f"w of {sample.name(w)}", sample.w(w)))
        factors.append((f"σ′ of {sample.name(ahead)}", sample.slope(ahead)))
    error = sample.a(output) - sample.y[output.j - 1]
    return [*factors, (f"∂C/∂a of {sample.name(output)}", error)]


def _contribution(sample: Sample, path: tuple[Neuron, ...]) -> float:
    return float(np.prod([value for _, value in _factors(sample, path)]))


def _body(sample: Sample, path: tuple[Neuron, ...]) -> str:
    on_path = {Weight(to.l, to.j, q.j) for q, to in pairwise(path)}
    lines, labels = [], []
    for v in sample.weights:
        if v.k == 0:
            continue
        (x1, y1), (x2, y2) = ends(sample, v)
        line = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        if v not in on_path:
            lines.insert(0, f"<line {line}/>")
            continue
        lines.append(f'<line class="ink" style="stroke-width: 5" {line}/>')
        text = f"w {signed(sample.w(v), 3)}" if v.l > 2 else "the weight"
        labels.append(_text((x1 + x2) / 2, (y1 + y2) / 2 - 10, text, "halo big"))
    neurons = []
    for q in sample.neurons:
        x, y = place(sample, q)
        marked = " marked" if q in path else ""
        neurons.append(f'<circle class="shape{marked}" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>')
        small = f"a {number(sample.a(q), 3)}" if q.l == 1 else f"σ′ {number(sample.slope(q), 3)}"
        neurons.append(_text(x, y, sample.name(q), "big"))
        neurons.append(_text(x, y + 17, small, "muted"))
    return "".join([*lines, *labels, *neurons])


def _text(x: float, y: float, text: str, classes: str) -> str:
    return f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}">{text}</text>'


def _panel(sample: Sample, path: tuple[Neuron, ...]) -> str:
    weight = Weight(2, path[1].j, path[0].j)
    ways = product(*([q for q in sample.neurons if q.l == l] for l in range(3, sample.net.L + 1)))
    shares = {(*path[:2], *way): _contribution(sample, (*path[:2], *way)) for way in ways}
    factors = [(False, name, number(value)) for name, value in _factors(sample, path)]
    factors.append((False, "product", number(shares[path])))
    paths = [
        (other == path, " → ".join(sample.name(q) for q in other), number(share))
        for other, share in shares.items()
    ]
    paths.append((False, "sum", number(sum(shares.values()))))
    paths.append((False, "∂C/∂w by backprop", number(sample.dC_dw(weight))))
    return (
        f'<div class="bp bp-panel"><h4>This path</h4>{table(factors)}'
        f"<h4>All paths from the weight {sample.name(weight)}</h4>{table(paths)}</div>"
    )
