"""One path from a weight to the cost, chosen neuron by neuron, with its rate factors."""

from itertools import pairwise, product
from math import atan2, degrees
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network
from bpcore.view.explorable import Choice, Explorable, Look
from bpcore.view.network_layout import refuse_too_large
from bpcore.view.network_panel import table
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number, short, signed, svg

__all__ = ["explore_path"]

BOX, OUTPUT = (74, 42), (94, 60)  # px, width and height of a neuron, and of an output
CLOSEST, SPAN = 160, 480  # px, from layer to layer: at least, and from first to last at least
ROW, TOP = 72, 26  # px from neuron to neuron, and above the first
MARGIN, BESIDE = 4, 7  # px, at both sides, and from a line to its label
MOST_PATHS = 10  # in the table, besides the chosen one
Path = tuple[Neuron, ...]


def explore_path(net: Network, x: ArrayLike, y: ArrayLike) -> Explorable:
    """Show one path from a weight into layer 2 to an output, its factors and its contribution.

    Parameters
    ----------
    net, x, y
        As for `bpcore.backprop`; one sample, elementwise activations, at most 5 layers of 6 neurons
        each.

    Returns
    -------
    Explorable
        Its `controls`: "1" … "L", the name of the neuron of each layer through which the path
        leads.

    Raises
    ------
    ValueError
        If the network is too large to be legible, or its outputs are softmax, whose neurons have no
        σ′ of their own.
    """
    if net.sigma[net.L].name == "softmax":
        raise ValueError("a path needs σ′ of each neuron; softmax outputs have none of their own")
    refuse_too_large(net.sizes)
    sample = Sample(net, x, y)
    layers = range(1, net.L + 1)
    neurons = {sample.name(q): q for q in sample.neurons}
    names = {l: [name for name, q in neurons.items() if q.l == l] for l in layers}
    controls = {str(l): Choice(f"layer {l}", names[l], names[l][0], "menu") for l in layers}

    def look(values: dict[str, Any]) -> Look:
        path = tuple(neurons[values[str(l)]] for l in layers)
        weight = Weight(2, path[1].j, path[0].j)
        words = (
            f"The path {_way(sample, path)}, from the weight {sample.name(weight)} to the cost, "
            f"contributes {number(_contribution(sample, path))} to its slope "
            f"∂C/∂w = {number(sample.dC_dw(weight))}."
        )
        picture = _picture(sample, path, words)
        return Look(picture, words, aside=_aside(sample, path, weight))

    return Explorable(controls, look)


def _way(sample: Sample, path: Path) -> str:
    return " → ".join(sample.name(q) for q in path)


def _error(sample: Sample, output: Neuron) -> float:
    return sample.a(output) - float(sample.y[output.j - 1])


def _factors(sample: Sample, path: Path) -> list[tuple[str, float]]:
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
    return [*factors, (f"∂C/∂a of {sample.name(output)}", _error(sample, output))]


def _contribution(sample: Sample, path: Path) -> float:
    return float(np.prod([value for _, value in _factors(sample, path)]))


def _box(sample: Sample, q: Neuron) -> tuple[int, int]:
    return OUTPUT if q.l == sample.net.L else BOX


def _place(sample: Sample, q: Neuron) -> tuple[float, float]:
    """Give the middle of a neuron, in px."""
    column = max(CLOSEST, SPAN / (sample.net.L - 1))
    above = (max(sample.net.sizes) - sample.n(q.l)) / 2
    return MARGIN + BOX[0] / 2 + column * (q.l - 1), TOP + ROW * (above + q.j - 0.5)


def _picture(sample: Sample, path: Path, words: str) -> str:
    on_path, lines, strong, labels = set(pairwise(path)), [], [], []
    for v in sample.weights:
        if v.k == 0:
            continue
        source, target = Neuron(v.l - 1, v.k), Neuron(v.l, v.j)
        (x1, y1), (x2, y2) = _place(sample, source), _place(sample, target)
        x1, x2 = x1 + _box(sample, source)[0] / 2, x2 - _box(sample, target)[0] / 2
        line = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
        if (source, target) not in on_path:
            lines.append(line)
            continue
        if v.l == 2:
            look, text = 'class="ink" style="stroke-width: 4"', "weight"
        elif sample.w(v) < 0:
            look = 'class="minus" style="stroke-width: 4; stroke-dasharray: 8 4"'
            text = f"w {short(sample.w(v))}"
        else:
            look = 'class="plus" style="stroke-width: 4"'
            text = f"w {short(sample.w(v))}"
        strong.append(f'<path {look} d="{line}"/>')
        x, y, turn = (x1 + x2) / 2, (y1 + y2) / 2, degrees(atan2(y2 - y1, x2 - x1))
        labels.append(
            f'<text class="halo label" transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f})" '
            f'y="-{BESIDE}">{text}</text>'
        )
    neurons = [_neuron(sample, q, q in path) for q in sample.neurons]
    right, _ = _place(sample, Neuron(sample.net.L, 1))
    width, height = right + OUTPUT[0] / 2 + MARGIN, TOP + ROW * max(sample.net.sizes)
    title = "One path through the network"
    body = [_heads(sample), f'<path d="{"".join(lines)}"/>', *strong, *labels, *neurons]
    return svg(round(width), height, title, words, "".join(body))


def _heads(sample: Sample) -> str:
    firsts = [Neuron(l, 1) for l in range(1, sample.net.L + 1)]
    return "".join(_text(_place(sample, q)[0], TOP - 10, f"layer {q.l}", "muted") for q in firsts)


def _neuron(sample: Sample, q: Neuron, is_on_path: bool) -> str:
    (x, y), (width, height) = _place(sample, q), _box(sample, q)
    factor = ("a", sample.a(q)) if q.l == 1 else ("σ′", sample.slope(q))
    numbers = [f"{factor[0]} {number(factor[1], 3)}"]
    if q.l == sample.net.L:
        numbers.append(f"∂C/∂a {signed(_error(sample, q), 2)}")
    name, first = sample.name(q), y - height / 2 + 17
    marked = " marked" if is_on_path else ""
    texts = [_text(x, first + 17 * i, t, "muted") for i, t in enumerate(numbers, start=1)]
    return (
        f'<g data-set="{q.l}" data-to="{name}" data-for="{name}" '
        f'aria-label="neuron {name}, layer {q.l}">'
        f'<rect class="shape{marked}" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" '
        f'width="{width}" height="{height}" rx="16"/>'
        f"{_text(x, first, name, 'big')}{''.join(texts)}</g>"
    )


def _text(x: float, y: float, text: str, classes: str) -> str:
    return f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}">{text}</text>'


def _aside(sample: Sample, path: Path, weight: Weight) -> str:
    ways = product(*([q for q in sample.neurons if q.l == l] for l in range(3, sample.net.L + 1)))
    shares = {(*path[:2], *way): _contribution(sample, (*path[:2], *way)) for way in ways}
    factors = [(False, name, number(value)) for name, value in _factors(sample, path)]
    factors.append((False, "product", number(shares[path])))
    largest = set(sorted(shares, key=lambda other: -abs(shares[other]))[:MOST_PATHS]) | {path}
    paths = [
        (other == path, _way(sample, other[1:]), number(share))
        for other, share in shares.items()
        if other in largest
    ]
    rest = [share for other, share in shares.items() if other not in largest]
    if rest:
        ones = "one" if len(rest) == 1 else "ones together"
        paths.append((False, f"{len(rest)} smaller {ones}", number(sum(rest))))
    paths.append((False, "sum", number(sum(shares.values()))))
    paths.append((False, "∂C/∂w by backprop", number(sample.dC_dw(weight))))
    return (
        f'<div class="bp bp-panel"><h4>This path</h4>{table(factors)}'
        f"<h4>All paths from the weight {sample.name(weight)}</h4>{table(paths)}</div>"
    )
