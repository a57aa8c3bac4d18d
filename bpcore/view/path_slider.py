"""One path from a weight to the cost, chosen neuron by neuron, with its rate factors."""

from itertools import pairwise
from math import atan2, degrees, prod
from typing import Any

from numpy.typing import ArrayLike

from bpcore import Network
from bpcore.view.explorable import Choice, Explorable, Kept, Look
from bpcore.view.network_layout import refuse_too_large
from bpcore.view.network_panel import table
from bpcore.view.sample import Neuron, Sample, Weight, refuse_softmax
from bpcore.view.style import number, short, signed, svg, text_at

__all__ = ["explore_path"]

BOX, OUTPUT = (74, 42), (94, 60)  # px, width and height of a neuron, and of an output
CLOSEST, SPAN = 160, 480  # px, from layer to layer: at least, and from first to last at least
ROW, TOP = 72, 26  # px from neuron to neuron, and above the first
MARGIN, BESIDE = 4, 7  # px, at both sides, and from a line to its label
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
        leads; and "visited", the paths that have been shown.

    Raises
    ------
    ValueError
        If the network is too large to be legible, or its outputs are softmax, whose neurons have no
        σ′ of their own.
    """
    refuse_softmax(net)
    refuse_too_large(net.sizes)
    sample = Sample(net, x, y)
    layers = range(1, net.L + 1)
    neurons = {sample.name(q): q for q in sample.neurons}
    names = {l: [name for name, q in neurons.items() if q.l == l] for l in layers}
    controls = {str(l): Choice(f"layer {l}", names[l], names[l][0], "menu") for l in layers}

    def chosen(values: dict[str, Any]) -> Path:
        return tuple(neurons[values[str(l)]] for l in layers)

    def look(values: dict[str, Any]) -> Look:
        path = chosen(values)
        weight = Weight(2, path[1].j, path[0].j)
        words = (
            f"The path {_way(sample, path)}, from the weight {sample.name(weight)} to the cost, "
            f"contributes {number(_contribution(sample, path))} to its slope "
            f"∂C/∂w = {number(sample.dC_dw(weight))}."
        )
        picture = _picture(sample, path, words)
        return Look(picture, words, aside=_aside(sample, path, weight, values["visited"]))

    def visit() -> None:
        path, visited = chosen(explorable.values), explorable.controls["visited"]
        if path not in visited.value:
            visited.value = (*visited.value, path)

    first = tuple(Neuron(l, 1) for l in layers)
    explorable = Explorable(controls | {"visited": Kept("", (first,))}, look)
    explorable.watch(visit)
    return explorable


def _way(sample: Sample, path: Path) -> str:
    return " → ".join(sample.name(q) for q in path)


def _error(sample: Sample, output: Neuron) -> float:
    return sample.a(output) - float(sample.y[output.j - 1])


def _factors(sample: Sample, path: Path) -> list[tuple[str, str, float]]:
    """Name, write and compute the rate factors of a path, from the weight to the cost: eq. (51)."""
    factors = []
    for q, ahead in pairwise(path):
        name, other = (
            ("a", sample.a(q)) if q.l == 1 else ("w", sample.w(Weight(ahead.l, ahead.j, q.j)))
        )
        slope = sample.slope(ahead)
        text = f"σ′·{name} = {number(slope, 3)} · {_in_brackets(number(other, 3))}"
        factors.append((f"{sample.name(q)}→{sample.name(ahead)}", text, slope * other))
    error = _error(sample, path[-1])
    return [*factors, (f"{sample.name(path[-1])}→C", "∂C/∂a = a − y", error)]


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _contribution(sample: Sample, path: Path) -> float:
    return prod(value for *_, value in _factors(sample, path))


def _box(sample: Sample, q: Neuron) -> tuple[int, int]:
    return OUTPUT if q.l == sample.net.L else BOX


def _place(sample: Sample, q: Neuron) -> tuple[float, float]:
    """Give the middle of a neuron, in px."""
    column = max(CLOSEST, SPAN / (sample.net.L - 1))
    above = (max(sample.net.sizes) - sample.n(q.l)) / 2
    return MARGIN + BOX[0] / 2 + column * (q.l - 1), TOP + ROW * (above + q.j - 0.5)


def _picture(sample: Sample, path: Path, words: str) -> str:
    on_path, lines, strong, labels = set(pairwise(path)), [], [], []
    share = _contribution(sample, path)
    look, dash = ("minus", "; stroke-dasharray: 8 4") if share < 0 else ("plus", "")
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
        strong.append(f'<path class="{look}" style="stroke-width: 4{dash}" d="{line}"/>')
        text = "weight" if v.l == 2 else f"w {short(sample.w(v))}"
        x, y, turn = (x1 + x2) / 2, (y1 + y2) / 2, degrees(atan2(y2 - y1, x2 - x1))
        labels.append(
            f'<text class="halo label" transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f})" '
            f'y="-{BESIDE}">{text}</text>'
        )
    neurons = [_neuron(sample, q, q in path) for q in sample.neurons]
    right, _ = _place(sample, Neuron(sample.net.L, 1))
    width = right + OUTPUT[0] / 2 + MARGIN
    bottom = TOP + ROW * max(sample.net.sizes)
    told = f"this path contributes {signed(share)} to ∂C/∂w"
    verdict = f'<text class="bold {look}" x="{width / 2:.1f}" y="{bottom + 18}">{told}</text>'
    title = "One path through the network"
    body = [_heads(sample), f'<path d="{"".join(lines)}"/>', *strong, *labels, *neurons, verdict]
    return svg(round(width), bottom + 28, title, words, "".join(body))


def _heads(sample: Sample) -> str:
    firsts = [Neuron(l, 1) for l in range(1, sample.net.L + 1)]
    return "".join(text_at(_place(sample, q)[0], TOP - 10, f"layer {q.l}", "muted") for q in firsts)


def _neuron(sample: Sample, q: Neuron, is_on_path: bool) -> str:
    (x, y), (width, height) = _place(sample, q), _box(sample, q)
    factor = ("a", sample.a(q)) if q.l == 1 else ("σ′", sample.slope(q))
    numbers = [f"{factor[0]} {number(factor[1], 3)}"]
    if q.l == sample.net.L:
        numbers.append(f"∂C/∂a {signed(_error(sample, q), 2)}")
    name, first = sample.name(q), y - height / 2 + 17
    marked = " marked" if is_on_path else ""
    texts = [text_at(x, first + 17 * i, t, "muted") for i, t in enumerate(numbers, start=1)]
    return (
        f'<g data-set="{q.l}" data-to="{name}" data-for="{name}" '
        f'aria-label="neuron {name}, layer {q.l}">'
        f'<rect class="shape{marked}" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" '
        f'width="{width}" height="{height}" rx="16"/>'
        f"{text_at(x, first, name, 'big')}{''.join(texts)}</g>"
    )


def _aside(sample: Sample, path: Path, weight: Weight, visited: tuple[Path, ...]) -> str:
    factors = [(False, name, text, number(value)) for name, text, value in _factors(sample, path)]
    factors.append((False, "product", "", number(_contribution(sample, path))))
    seen = [other for other in visited if other[:2] == path[:2]]
    shares = [_contribution(sample, other) for other in seen]
    paths = [
        (other == path, _way(sample, other[1:]), number(share))
        for other, share in zip(seen, shares, strict=True)
    ]
    paths.append((False, "sum of these", number(sum(shares))))
    paths.append((False, "∂C/∂w by backprop", number(sample.dC_dw(weight))))
    n_all = prod(sample.net.sizes[2:])
    return (
        f'<div class="bp bp-panel"><h4>This path</h4>{table(factors)}'
        f"<h4>Paths of {sample.name(weight)} you have seen: {len(seen)} of {n_all}</h4>"
        f"{table(paths)}</div>"
    )
