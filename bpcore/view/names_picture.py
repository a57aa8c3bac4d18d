"""One line of a network and its three names: on the drawing, in the equations, in Python."""

from copy import deepcopy
from typing import Any

import numpy as np

from bpcore import Network, examples
from bpcore.view.explorable import Choice, Explorable, Look
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number, svg

__all__ = ["explore_names"]

MOST_LAYERS, MOST_NEURONS = 4, 5
WIDTH, HEIGHT = 660, 356
LEFT, RIGHT, TOP, BOTTOM = 36, 270, 52, 252  # px, of the places of the neurons
ROW, LARGEST_RADIUS, OF_A_ROW = 80, 24, 0.42  # px from neuron to neuron; radii
BLOCK, END = 386, 652  # px from the left, of the matrix with its bias column
CELL, CELL_HEIGHT, GAP = 62, 32, 20  # px
SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def explore_names(net: Network | None = None) -> Explorable:
    """Show where a line of the drawing stands in the matrix of its layer, and its three names.

    Parameters
    ----------
    net : Network, optional
        At most 4 layers of at most 5 neurons; is not changed. Default: the published XOR network.

    Returns
    -------
    Explorable
        Its `controls`: "line".

    Raises
    ------
    ValueError
        If the network is too large to be legible.
    """
    net = examples.xor_network() if net is None else deepcopy(net)
    if len(net.sizes) > MOST_LAYERS or max(net.sizes) > MOST_NEURONS:
        raise ValueError(
            f"a network of {list(net.sizes)} is too large for its names to be legible: at most "
            f"{MOST_LAYERS} layers of at most {MOST_NEURONS} neurons"
        )
    sample = Sample(net, np.zeros(net.sizes[0]), np.zeros(net.sizes[-1]))
    lines = {sample.name(v): v for v in sample.weights}
    first = next(name for name, v in lines.items() if v.k == min(2, net.sizes[0]))

    def look(values: dict[str, Any]) -> Look:
        v = lines[values["line"]]
        words = _words(sample, v)
        title = f"The line {values['line']}, and its entry in the matrix of its layer"
        return Look(svg(WIDTH, HEIGHT, title, words, _picture(sample, v)), words)

    return Explorable({"line": Choice("Line", list(lines), first, "menu")}, look)


def _letter_and_indices(v: Weight) -> tuple[str, str]:
    return ("b", f"{v.j}") if v.k == 0 else ("w", f"{v.j}{v.k}")


def _symbol(v: Weight) -> str:
    letter, indices = _letter_and_indices(v)
    return letter + str(v.l).translate(SUPERSCRIPT) + indices.translate(SUBSCRIPT)


def _in_python(v: Weight) -> str:
    if v.k == 0:
        return f"net.b[{v.l}][{v.j - 1}, 0]"
    return f"net.w[{v.l}][{v.j - 1}, {v.k - 1}]"


def _way(v: Weight) -> str:
    if v.k == 0:
        return f"the bias of neuron j = {v.j} of layer {v.l}"
    return f"to neuron j = {v.j} of layer {v.l}, from neuron k = {v.k} of layer {v.l - 1}"


def _words(sample: Sample, v: Weight) -> str:
    return (
        f"{sample.name(v)} is {_symbol(v)}: {_way(v)}. "
        f"In Python: {_in_python(v)} = {number(sample.w(v))}; indices count from 0 there."
    )


def _picture(sample: Sample, v: Weight) -> str:
    places, radius = _places(sample)
    highest = round(min(y for _, y in places.values()) - radius - 12)
    layers = "".join(
        f'<text class="muted" x="{places[Neuron(l, 1)][0]:.1f}" y="{highest}">layer {l}</text>'
        for l in range(1, sample.net.L + 1)
    )
    lines = [_line(sample, each, v, places) for each in sample.weights if each != v]
    lines.append(_line(sample, v, v, places))
    neurons = [_neuron(sample, q, v, at, radius) for q, at in places.items()]
    indices = _indices(sample, v, places, radius)
    drawn = [layers, *lines, *neurons, *indices, _matrix(sample, v), _names(sample, v)]
    return "".join(drawn)


def _places(sample: Sample) -> tuple[dict[Neuron, tuple[float, float]], float]:
    """Place the neurons; j = n + 1 is the bias neuron of its layer."""
    L = sample.net.L
    rows = [n + (l < L) for l, n in enumerate(sample.net.sizes, start=1)]
    row = min(ROW, (BOTTOM - TOP) / (max(rows) - 1)) if max(rows) > 1 else ROW
    column, middle = (RIGHT - LEFT) / (L - 1), (TOP + BOTTOM) / 2
    places = {
        Neuron(l, j): (LEFT + column * (l - 1), middle + row * (j - (rows[l - 1] + 1) / 2))
        for l in range(1, L + 1)
        for j in range(1, rows[l - 1] + 1)
    }
    return places, min(LARGEST_RADIUS, OF_A_ROW * row)


def _source(sample: Sample, v: Weight) -> Neuron:
    return Neuron(v.l - 1, v.k or sample.n(v.l - 1) + 1)


def _chooser(sample: Sample, v: Weight, inside: str) -> str:
    name = sample.name(v)
    return f'<g data-set="line" data-to="{name}" data-for="{name}" aria-label="{name}">{inside}</g>'


def _line(sample: Sample, v: Weight, chosen: Weight, places: dict) -> str:
    (x1, y1), (x2, y2) = places[_source(sample, v)], places[Neuron(v.l, v.j)]
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    look = 'class="ink" style="stroke-width: 5"' if v == chosen else ""
    return _chooser(sample, v, f'<line class="hit" {ends}/><line {look} {ends}/>')


def _neuron(sample: Sample, q: Neuron, v: Weight, place: tuple, radius: float) -> str:
    x, y = place
    is_bias, is_end = q.j > sample.n(q.l), q in (Neuron(v.l, v.j), _source(sample, v))
    look = f'class="{"marked" if is_end else "shape"}"'
    if is_bias:
        side = 1.5 * radius
        shape = (
            f'<rect {look} x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:.1f}" '
            f'height="{side:.1f}" rx="4"/>'
        )
    else:
        shape = f'<circle {look} cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
    name = f"B{q.l}" if is_bias else sample.name(q)
    return f'{shape}<text class="tight" x="{x:.1f}" y="{y + 5:.1f}">{name}</text>'


def _indices(sample: Sample, v: Weight, places: dict, radius: float) -> list[str]:
    """Write j and k under the ends of a line, where there is room."""
    ends = [(f"j = {v.j}", Neuron(v.l, v.j))]
    ends += [(f"k = {v.k}", _source(sample, v))] if v.k else []
    return [
        f'<text class="halo bold" x="{places[q][0]:.1f}" y="{places[q][1] + radius + 16:.1f}">'
        f"{index}</text>"
        for index, q in ends
        if radius == LARGEST_RADIUS
    ]


def _matrix(sample: Sample, v: Weight) -> str:
    """Draw w of a layer as a block of cells and b as a column beside it."""
    n, n_before = sample.n(v.l), sample.n(v.l - 1)
    wide = min(CELL, (END - BLOCK - GAP) / (n_before + 1))
    top = (TOP + BOTTOM) / 2 - n * CELL_HEIGHT / 2
    bias = BLOCK + n_before * wide + GAP
    layer, title = str(v.l).translate(SUPERSCRIPT), f'y="{top - 32:.1f}">'
    parts = [
        f'<text class="big" x="{BLOCK + n_before * wide / 2:.1f}" {title}w{layer}</text>',
        f'<text class="big" x="{bias + wide / 2:.1f}" {title}b{layer}</text>',
    ]
    end = 'style="text-anchor: end"'
    parts.append(f'<text class="muted" {end} x="{BLOCK - 8}" y="{top - 10:.1f}">from</text>')
    for k in range(1, n_before + 1):
        parts.append(
            f'<text class="{_header(k == v.k)}" x="{BLOCK + (k - 0.5) * wide:.1f}" '
            f'y="{top - 10:.1f}">{sample.name(Neuron(v.l - 1, k))}</text>'
        )
    for j in range(1, n + 1):
        y = top + (j - 1) * CELL_HEIGHT
        parts.append(
            f'<text class="{_header(j == v.j)}" {end} x="{BLOCK - 8}" '
            f'y="{y + CELL_HEIGHT / 2 + 5:.1f}">to {sample.name(Neuron(v.l, j))}</text>'
        )
        for k in range(n_before + 1):
            each = Weight(v.l, j, k)
            x = BLOCK + (k - 1) * wide if k else bias
            text = f"{sample.w(each):.2f}".replace("-", "−")
            shade = 'style="fill: var(--bp-mark); fill-opacity: 0.5"'
            is_beside = bool(v.k) and bool(k) and (j == v.j or k == v.k)
            look = 'class="marked"' if each == v else f'class="box" {shade * is_beside}'
            parts.append(
                _chooser(
                    sample,
                    each,
                    f'<rect {look} x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" '
                    f'height="{CELL_HEIGHT}"/><text class="tight" x="{x + wide / 2:.1f}" '
                    f'y="{y + CELL_HEIGHT / 2 + 5:.1f}">{text}</text>',
                )
            )
    below = top + n * CELL_HEIGHT + 24
    parts.append(
        f'<text class="muted left" x="{BLOCK - 44}" y="{below:.1f}">shapes ({n}, {n_before}) '
        f"and ({n}, 1)</text>"
    )
    return "".join(parts)


def _header(is_chosen: bool) -> str:
    return "bold tight" if is_chosen else "muted"


def _names(sample: Sample, v: Weight) -> str:
    letter, indices = _letter_and_indices(v)
    symbol = (
        f'{letter}<tspan dy="-7" style="font-size: 13px">{v.l}</tspan>'
        f'<tspan dx="-8" dy="13" style="font-size: 13px">{indices}</tspan>'
    )
    rows = (
        ("on the drawing", sample.name(v), ""),
        ("in the equations", symbol, _way(v)),
        ("in Python", _in_python(v), f"= {number(sample.w(v))}"),
    )
    parts = []
    for i, (where, name, more) in enumerate(rows):
        y = BOTTOM + 48 + 26 * i
        parts.append(f'<text class="muted left" x="20" y="{y}">{where}</text>')
        parts.append(
            f'<text class="left bold" style="font-size: 17px" x="140" y="{y}">{name}</text>'
        )
        parts.append(f'<text class="left" x="{200 if i == 1 else 300}" y="{y}">{more}</text>')
    return "".join(parts)
