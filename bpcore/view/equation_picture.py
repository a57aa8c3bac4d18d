"""One equation on the drawing of a network: what it uses is lit, everything else is pale."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, _arguments
from bpcore.view.equation_parts import EQUATIONS, Block, Parts
from bpcore.view.explorable import Button, Choice, Explorable, Look, Slider
from bpcore.view.network_layout import SQUARE, Layout, flow_arrow, layout
from bpcore.view.network_panel import table
from bpcore.view.network_picture import PX_OF_A_WEIGHT
from bpcore.view.sample import (
    Neuron,
    Sample,
    Weight,
    end_of_sliders,
    given,
    sample_names,
    with_weights,
)
from bpcore.view.style import group, number, short, sign_class, svg, text_at

__all__ = ["explore_equation"]

LARGE = 30  # px; in a smaller neuron there is room for two lines
MARGIN = 24  # px, right of the outputs
EDGE, COST = 108, 76  # px, from an output to the cost, and the width of that
LABEL_AT = 0.36  # of the way from where lines meet least
BOX = 44  # px, half the width of a slope's
CELL, ROW, GAP, CAPTION = 60, 21, 26, 48  # px, of the matrices
FIT = 7  # signs in a cell


def explore_equation(
    equation: str,
    of: str = "",
    net: Network | None = None,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    matrices: bool = False,
) -> Explorable:
    """Show what an equation takes from a network and what it makes of it, with the present numbers.

    Parameters
    ----------
    equation : {"23", "BP1", "BP2", "BP3", "BP4"}
        The forward pass of a neuron, or one of the four.
    of : str
        The neuron ("H1") or connection ("H1→O1") for which it is shown first. Default: the first.
    net : Network, optional
        At most 5 layers of at most 6 neurons, elementwise activations; is not changed. Default: the
        published XOR network.
    x : array_like, shape (n_1, m), optional
    y : array_like, shape (n_L, m), optional
        The samples; the cost is the quadratic one. Default: those of XOR.
    matrices : bool
        Whether its matrix form stands under the drawing.

    Returns
    -------
    Explorable
        Its `controls`: a slider a weight by name ("I1→H1"), "reset" and, where there is something
        to choose, "of" and "input".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; the message names it.
    """
    shown = _arguments.choice(equation, EQUATIONS, "equation")
    is_published = net is None
    net, x, y = given(net, x, y)
    if net.sigma[net.L].name == "softmax":
        raise ValueError("net must have elementwise activations; its outputs are softmax")

    first = Sample(net, x[:, 0], y[:, 0])
    layout(tuple(net.sizes), False)  # refuses what is too large
    weights = {first.name(v): v for v in first.weights}
    items = {
        first.name(item): item
        for item in (*first.neurons, *first.weights)
        if shown.belongs_to(first, item)
    }
    choices = set(items) if len(items) > 1 else set()
    if not items:
        raise ValueError(f"{equation} holds for nothing in a network of {list(net.sizes)}")
    _arguments.choice(of or next(iter(items)), items, "of")
    samples = sample_names(x, y)
    largest = end_of_sliders(first)

    def look(values: dict[str, Any]) -> Look:
        now = with_weights(net, {v: values[name] for name, v in weights.items()})
        i = samples.index(values["input"]) if "input" in values else 0
        sample = Sample(now, x[:, i], y[:, i])
        name = values.get("of", next(iter(items)))
        item = items[name]
        parts = shown.parts(sample, item)
        lines = [*sample.arithmetic(item, shown.pass_), sample.remark(item, shown.pass_)]
        said = "\n".join(line if line.endswith(".") else f"{line}." for line in lines if line)
        title = f"{shown.title}, {name}"
        moved = tuple(v for n, v in weights.items() if values[n] != first.w(v))
        picture = _picture(sample, parts, choices, name, largest, moved, matrices, title, said)
        return Look(picture, f"{title}. {said}", said=said, aside=_aside(title, parts))

    def reset() -> None:
        explorable.set({name: first.w(v) for name, v in weights.items()})

    controls = {
        "of": Choice("Show", list(items), of or next(iter(items)), "menu"),
        "input": Choice("Input", samples, samples[0], "choice" if len(samples) <= 4 else "menu"),
        "reset": Button(
            "Published weights" if is_published else "Initial weights", reset, "Start again"
        ),
    }
    for name in [n for n, c in controls.items() if isinstance(c, Choice) and len(c.options) == 1]:
        del controls[name]  # nothing to choose
    for name, v in weights.items():
        controls[name] = Slider(
            name, first.w(v), -largest, largest, 0.01, group="sliders of all weights", is_open=False
        )
    explorable = Explorable(controls, look)
    return explorable


def _picture(
    sample: Sample,
    parts: Parts,
    choices: set[str],
    chosen: str,
    largest: float,
    moved: tuple[Weight, ...],
    matrices: bool,
    title: str,
    said: str,
) -> str:
    places = layout(tuple(sample.net.sizes), False)
    right = max(x for x, _ in places.places.values()) + places.radius
    reaches_cost = any(q.l == sample.net.L for q in parts.below) and parts.flow < 0
    width = right + (EDGE + COST + 4 if reaches_cost else MARGIN)
    height = max(_bottom(places, sample, q) for q in places.places) + 8
    width = max(width, _width(parts.blocks) + 16) if matrices else width
    lit_last = sorted(sample.weights, key=lambda v: v in parts.lines)  # nearest to the hand
    lines = [_line(places, sample, v, parts, choices, largest) for v in lit_last]
    others = [v for v in moved if v not in parts.lines]
    labels = group(_label(places, sample, v, parts) for v in (*others, *parts.lines))
    neurons = [_neuron(places, sample, q, parts, choices, chosen) for q in sample.neurons]
    biases = group(_bias(places, sample, l, parts) for l in range(1, sample.net.L))
    body = [*lines, labels, *neurons, biases]
    if reaches_cost:
        body.append(_cost(places, sample, parts))
    if matrices:
        body.append(_matrices(parts.blocks, height))
        height += CAPTION + ROW * _rows(parts.blocks)
    return svg(round(width), round(height), title, said, "".join(body))


def _bottom(places: Layout, sample: Sample, q: Neuron) -> float:
    half = places.radius if q.j <= sample.n(q.l) else SQUARE
    has_room = q.l > 1 and q.j <= sample.n(q.l)  # for what may stand below it; so nothing jumps
    return places.places[q][1] + half + 20 * has_room


def _line(
    places: Layout, sample: Sample, v: Weight, parts: Parts, choices: set[str], largest: float
) -> str:
    (x1, y1), (x2, y2) = places.lines[v]
    w, name = sample.w(v), sample.name(v)
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    look, dash, arrow = 'class="pale"', "", ""
    if v in parts.lines:
        width = 1.6 + 5.4 * min(1.0, abs(w) / largest) ** 0.5
        dash = f' stroke-dasharray="{6 + width:.1f} 4"' if w < 0 else ""
        look = f'class="{sign_class(w)}" style="stroke-width: {width:.1f}"'
        arrow = flow_arrow(places.lines[v], places.radius, parts.flow)
    kind = "bias" if v.k == 0 else "weight"
    chooses = f'data-set="of" data-to="{name}" ' if name in choices else ""
    return (
        f'<g data-knob="{name}" data-y="{-1 / PX_OF_A_WEIGHT:.5f}" {chooses}'
        f'aria-label="{kind} {name}"><line class="hit" {ends}/><line {look} {ends}{dash}/>'
        f"{arrow}</g>"
    )


def _label(places: Layout, sample: Sample, v: Weight, parts: Parts) -> str:
    """Write a weight on its line, near the end where the lines are farther apart."""
    (x1, y1), (x2, y2) = places.lines[v]
    is_lit = v in parts.lines
    is_alone = not is_lit or len(parts.lines) == 1
    at = 0.5 if is_alone else LABEL_AT if parts.flow > 0 else 1 - LABEL_AT
    x, y = x1 + at * (x2 - x1), y1 + at * (y2 - y1)
    text, name = short(sample.w(v)), sample.name(v)
    look = f"label {sign_class(sample.w(v))}{' bold' * is_lit}"
    text = text if is_lit else f"{name} {text}"
    half = 4.5 * len(text) + 2
    drawn = (
        f'<rect class="paper" x="{x - half:.1f}" y="{y - 9:.1f}" width="{2 * half:.1f}" '
        f'height="18"/>{text_at(x, y + 5, text, look)}'
    )
    if v == parts.slope:
        y += 26
        drawn += (
            f'<rect class="box marked" x="{x - BOX}" y="{y - 11:.1f}" width="{2 * BOX}" '
            f'height="22" rx="6"/>{text_at(x, y + 5, short(sample.dC_dw(v)), "label")}'
        )
    return f'<g data-for="{name}">{drawn}</g>'


def _neuron(
    places: Layout, sample: Sample, q: Neuron, parts: Parts, choices: set[str], chosen: str
) -> str:
    (x, y), radius, name = places.places[q], places.radius, sample.name(q)
    is_lit, is_large = q in parts.numbers, radius > LARGE
    look = "shape marked" if name == chosen else "shape" if is_lit else "shape pale"
    drawn = f'<circle class="{look}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
    if not is_lit:
        drawn += text_at(x, y + 5, name, "muted tight")
    else:
        symbol, value = parts.numbers[q]
        head = name if is_large else f"{symbol} {name}"
        text = _fit(value, 7)
        size = min(14, 2.6 * radius / len(text))
        drawn += text_at(x, y - (16 if is_large else 8), head, "muted tight")
        drawn += text_at(x, y + (4 if is_large else 10), text, "big", size)
        drawn += text_at(x, y + 20, symbol, "muted", 13) if is_large else ""
    if q in parts.below:
        symbol, value = parts.below[q]
        aside = 22 * (parts.flow > 0)  # out of the way of what comes from the bias
        drawn += text_at(x + aside, y + radius + 17, f"{symbol} {number(value)}", "halo tight")
    chooses = f' data-set="of" data-to="{name}"' if name in choices else ""
    return f'<g data-for="{name}"{chooses} aria-label="neuron {name}">{drawn}</g>'


def _bias(places: Layout, sample: Sample, l: int, parts: Parts) -> str:
    x, y = places.places[Neuron(l, sample.n(l) + 1)]
    is_lit = any(v.k == 0 and v.l == l + 1 for v in parts.lines)
    corner = f'x="{x - SQUARE:.1f}" y="{y - SQUARE:.1f}"'
    return (
        f'<rect class="shape{" pale" * (not is_lit)}" {corner} width="{2 * SQUARE}" '
        f'height="{2 * SQUARE}" rx="4"/>{text_at(x, y - 3, f"B{l}", "muted tight")}'
        f"{text_at(x, y + 12, '1', 'big' if is_lit else 'muted tight')}"
    )


def _cost(places: Layout, sample: Sample, parts: Parts) -> str:
    """Draw the cost beside an output, and the slope between the two."""
    (q,) = parts.below
    x, y = places.places[q]
    first, error = x + places.radius, sample.a(q) - float(sample.y[q.j - 1])
    left = first + EDGE
    return (
        f'<path class="ink" d="M{first + 2:.1f} {y:.1f}H{left:.1f}"/>'
        f'<rect class="shape" x="{left:.1f}" y="{y - 24:.1f}" width="{COST}" height="48" rx="8"/>'
        f"{text_at(left + COST / 2, y - 5, 'C', 'muted tight')}"
        f"{text_at(left + COST / 2, y + 14, _fit(sample.C, 7), 'big')}"
        f"{text_at(first + EDGE / 2, y - 8, f'a − y {_fit(error, 7)}', 'tight')}"
        f"{text_at(first + EDGE / 2, y + 18, f'a {_fit(sample.a(q), 7)}', 'muted tight')}"
        f"{text_at(first + EDGE / 2, y + 34, f'target {number(sample.y[q.j - 1])}', 'muted tight')}"
    )


def _fit(value: float, most: int) -> str:
    """Write a number with as many digits as there is room for."""
    texts = [number(value, digits) for digits in (4, 3, 2, 1)]
    return next((text for text in texts if len(text) <= most), texts[-1])


def _room(part: Block | str) -> float:
    if isinstance(part, str):
        return GAP if len(part) == 1 else 8 * len(part) + 18
    return CELL * part.values.shape[1]


def _rows(blocks: list[Block | str]) -> int:
    return max(part.values.shape[0] for part in blocks if isinstance(part, Block))


def _width(blocks: list[Block | str]) -> float:
    return sum(_room(part) for part in blocks)


def _matrices(blocks: list[Block | str], top: float) -> str:
    """Draw the matrix form: the shape of a block is the shape of its matrix."""
    middle, left, drawn = top + 24 + ROW * _rows(blocks) / 2, 8.0, []
    for part in blocks:
        width = _room(part)
        if isinstance(part, str):
            look = "big" if len(part) == 1 else "muted tight"
            drawn.append(text_at(left + width / 2, middle + 5, part, look))
        else:
            drawn.append(_drawn_block(part, left, middle))
        left += width
    return group(drawn)


def _drawn_block(block: Block, left: float, middle: float) -> str:
    n, m = block.values.shape
    top, drawn = middle - ROW * n / 2, []
    for (row, column), value in np.ndenumerate(block.values):
        x, y, lit = left + CELL * column, top + ROW * row, block.lit[row, column]
        drawn.append(
            f'<rect class="box{" marked" * bool(lit)}" x="{x:.1f}" y="{y:.1f}" width="{CELL}" '
            f'height="{ROW}"/>'
            + text_at(x + CELL / 2, y + 15, _fit(value, FIT), "tight" if lit else "muted tight", 12)
        )
    x = left + CELL * m / 2
    drawn.append(text_at(x, top - 6, block.symbol, "big"))
    drawn.append(text_at(x, top + ROW * n + 14, f"{n}×{m}", "muted tight"))
    return "".join(drawn)


def _aside(title: str, parts: Parts) -> str:
    *ways, result = parts.factors
    rows = [(False, where, by, number(value)) for where, by, value in ways]
    where, by, value = result
    rows.append((True, where, by, number(value)))
    way = "on the way back" if parts.flow < 0 and parts.lines else "on the way"
    head = (way, "what" if parts.flow > 0 and not parts.slope else "by", "now")
    return f'<div class="bp-panel"><h4>{title}</h4>{table(rows, head)}</div>'
