"""One weight nudged: the change of every neuron and of the cost, measured and predicted."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from bpcore import Network, cost, forward
from bpcore.view.columns import BOX, MARGIN, TOP, WIDTH, Columns, refuse_too_wide
from bpcore.view.explorable import Explorable, Kept, Look, Slider
from bpcore.view.network_panel import table
from bpcore.view.sample import Neuron, Sample, Weight, refuse_softmax, with_weights
from bpcore.view.style import group, number, signed, svg

__all__ = ["explore_nudge"]

MOST, FIRST, STEP = 2.0, 1.0, 0.01  # of Δw
PER_PX = 0.02  # of Δw, for each px that the line is dragged up
ROW = {1: 98, 2: 98, 3: 98, 4: 92, 5: 86}  # px from neuron to neuron, by the most in a layer
BAR, ENOUGH, GAP = (36.0, 12.0), (52.0, 6.0), 4.0  # px: predicted, most of measured, below a box
THICKEST, THINNEST = 6.0, 1.6  # px
CHIP, LEGEND = (124, 28), 62  # px


def explore_nudge(
    net: Network, x: ArrayLike, y: ArrayLike, *, weight: str = "I1→H2.1"
) -> Explorable:
    """Show how a change of one weight spreads to the cost, and how well its slopes predict that.

    Parameters
    ----------
    net, x, y
        As for `bpcore.backprop`; one sample, elementwise activations, at most 4 layers of 5 neurons
        each, and at most 12 paths from a weight.
    weight : str
        Its name on the drawing.

    Returns
    -------
    Explorable
        Its `controls`: "dw", the change of the weight, from −2 to 2; and "moved", whether it has
        been changed: only then is the prediction shown.

    Raises
    ------
    ValueError
        If there is no such weight, the network is too large to be legible, or its outputs are
        softmax, whose neurons have no σ′ of their own.
    """
    refuse_softmax(net)
    refuse_too_wide(net.sizes)
    sample = Sample(net, x, y)
    weights = {sample.name(v): v for v in sample.weights if v.k}
    if weight not in weights:
        raise ValueError(f"weight must be one of {', '.join(weights)}, got {weight!r}")
    turned = weights[weight]
    rates = _rates(sample, turned)

    def look(values: dict[str, Any]) -> Look:
        changes = _Changes(values["dw"], rates, _measured(sample, turned, values["dw"]))
        words = _words(sample, turned, changes, values["moved"])
        picture = _picture(sample, turned, changes, values["moved"], words)
        return Look(picture, words, aside=_aside(sample, changes, values["moved"]))

    dw, moved = Slider("Δw", FIRST, -MOST, MOST, STEP), Kept("", False)
    dw.observe(lambda _: setattr(moved, "value", True))
    return Explorable({"dw": dw, "moved": moved}, look)


@dataclass(frozen=True)
class _Changes:
    """What a nudge changes, by neuron; the cost stands as the one of layer L + 1.

    Attributes
    ----------
    dw : float
    rates : dict of Neuron to float
        ∂a/∂w of each neuron behind the input layer, and ∂C/∂w.
    measured : dict of Neuron to float
    """

    dw: float
    rates: dict[Neuron, float]
    measured: dict[Neuron, float]

    def predicted(self, q: Neuron) -> float:
        return self.rates[q] * self.dw

    def ratio(self, q: Neuron) -> float | None:
        """Compute measured / predicted, if anything is predicted."""
        return self.measured[q] / self.predicted(q) if self.predicted(q) else None


def _cost_of(sample: Sample) -> Neuron:
    return Neuron(sample.net.L + 1, 1)


def _rates(sample: Sample, turned: Weight) -> dict[Neuron, float]:
    """Compute the change of each a, and of C, for each unit of Δw: eqs. (48), (7.1) and (47)."""
    rates = {q: 0.0 for q in sample.neurons if q.l > 1}
    own = Neuron(turned.l, turned.j)
    rates[own] = sample.slope(own) * sample.a(Neuron(turned.l - 1, turned.k))
    for q in (q for q in rates if q.l > turned.l):
        senders = [Neuron(q.l - 1, k) for k in range(1, sample.n(q.l - 1) + 1)]
        arriving = sum(sample.w(Weight(q.l, q.j, s.j)) * rates[s] for s in senders)
        rates[q] = sample.slope(q) * arriving
    return rates | {_cost_of(sample): sample.dC_dw(turned)}


def _measured(sample: Sample, turned: Weight, dw: float) -> dict[Neuron, float]:
    net = with_weights(sample.net, {turned: sample.w(turned) + dw})
    a = forward(net, sample.trace.a[1]).a
    changes = {q: float(a[q.l][q.j - 1, 0]) - sample.a(q) for q in sample.neurons if q.l > 1}
    return changes | {_cost_of(sample): cost(net, sample.trace.a[1], sample.y) - sample.C}


def _words(sample: Sample, turned: Weight, changes: _Changes, moved: bool) -> str:
    C = _cost_of(sample)
    told = (
        f"{sample.name(turned)} is turned by Δw = {signed(changes.dw)}. "
        f"The cost changes by {signed(changes.measured[C])}"
    )
    if not moved:
        return f"{told}."
    ratio = changes.ratio(C)
    quotient = "" if ratio is None else f": measured / predicted = {_two_decimals(ratio)}"
    return f"{told}; the slope predicts {signed(changes.predicted(C))}{quotient}."


def _two_decimals(ratio: float) -> str:
    return f"{ratio:.2f}".replace("-", "−") if abs(ratio) < 10 else number(ratio, 2)


def _aside(sample: Sample, changes: _Changes, moved: bool) -> str:
    rows = []
    for q, change in changes.measured.items():
        name = "C" if q == _cost_of(sample) else sample.name(q)
        ratio = changes.ratio(q)
        quotient = "–" if ratio is None else _two_decimals(ratio)
        prediction = [number(changes.predicted(q)), quotient] if moved else []
        rows.append((False, name, number(change), *prediction))
    head = ("change\xa0of", "measured", *(["predicted", "ratio"] if moved else []))
    titled = table(rows, head, lights=True)
    return f'<div class="bp bp-panel"><h4>Stop by stop</h4>{titled}</div>'


def _picture(sample: Sample, turned: Weight, changes: _Changes, moved: bool, words: str) -> str:
    sizes, measured = tuple(sample.net.sizes), changes.measured
    columns = Columns(sizes, ROW[max(sizes)])
    ends = [(Neuron(v.l - 1, v.k), Neuron(v.l, v.j), sample.w(v)) for v in sample.weights if v.k]
    outputs = [q for q in sample.neurons if q.l == sample.net.L]
    ends += [(q, columns.cost, sample.a(q) - sample.y[q.j - 1]) for q in outputs]
    pale = "".join(columns.line(*pair) for *pair, _ in ends)
    travels = [(q, ahead, w * measured[q]) for q, ahead, w in ends if measured.get(q)]
    boxes = [_input(columns, sample, q) for q in sample.neurons if q.l == 1]
    for q, change in measured.items():
        name = "C" if q == columns.cost else sample.name(q)
        boxes.append(_changing(columns, q, name, change, changes.ratio(q) if moved else None))
    body = [
        group([f'<path d="{pale}"/>', *_carriers(columns, travels)]),
        _turned(columns, turned, changes.dw),
        group(boxes),
        group(_legend(columns, moved)),
    ]
    title = "A nudge of one weight, on its way to the cost"
    return svg(WIDTH, round(columns.bottom + LEGEND), title, words, "".join(body))


def _carriers(columns: Columns, travels: list[tuple[Neuron, Neuron, float]]) -> list[str]:
    """Draw the lines that carry a change on, each as thick as what it carries in its column."""
    drawn = []
    for source, target, carried in travels:
        if carried == 0:
            continue
        largest = max(abs(c) for s, _, c in travels if s.l == source.l)
        width = max(THINNEST, THICKEST * abs(carried) / largest)
        dash = "" if carried > 0 else "; stroke-dasharray: 7 3"
        look = "plus" if carried > 0 else "minus"
        line = columns.line(source, target)
        drawn.append(f'<path class="{look}" style="stroke-width: {width:.1f}{dash}" d="{line}"/>')
    return drawn


def _turned(columns: Columns, turned: Weight, dw: float) -> str:
    """Draw the line that is dragged up and down, and how far it has been turned."""
    source, target = Neuron(turned.l - 1, turned.k), Neuron(turned.l, turned.j)
    line = columns.line(source, target)
    (x1, y1), (x2, y2) = columns.ends(source, target)
    x, y, (width, height) = (x1 + x2) / 2, (y1 + y2) / 2, CHIP
    arrows = f"M{x + 44:.1f} 15l5 -6l5 6M{x + 44:.1f} 25l5 6l5 -6"
    return (
        f'<g data-knob="dw" data-y="{-PER_PX}" aria-label="the change of the weight">'
        f'<path class="hit" d="{line}"/><path class="ink" style="stroke-width: 4" d="{line}"/>'
        f'<path class="ink" d="M{x:.1f} {y:.1f}V{TOP}"/>'
        f'<rect class="box marked" x="{x - width / 2:.1f}" y="6" width="{width}" '
        f'height="{height}" rx="6"/>'
        f'<text class="bold tight" x="{x - 8:.1f}" y="25">Δw {signed(dw, 3)}</text>'
        f'<path class="ink" d="{arrows}"/></g>'
    )


def _input(columns: Columns, sample: Sample, q: Neuron) -> str:
    name = sample.name(q)
    x, y = columns.place(q)
    return (
        f'<g data-for="{name}">{columns.box(q)}'
        f'<text class="big" x="{x:.1f}" y="{y - 3:.1f}">{name}</text>'
        f'<text class="muted" x="{x:.1f}" y="{y + 17:.1f}">a {number(sample.a(q), 3)}</text></g>'
    )


def _changing(columns: Columns, q: Neuron, name: str, measured: float, ratio: float | None) -> str:
    """Draw a box with its measured change and, below it, how much of the prediction that is."""
    x, y = columns.place(q)
    heading = f"Δ{name}" if q == columns.cost else f"{name}: Δa"
    drawn = [
        columns.box(q),
        f'<text class="big" x="{x:.1f}" y="{y - 4:.1f}">{heading}</text>',
        f'<text x="{x:.1f}" y="{y + 16:.1f}">{signed(measured, 2)}</text>',
    ]
    if ratio is not None:
        left, middle = x - BOX[0] / 2, y + BOX[1] / 2 + GAP + BAR[1] / 2
        grown = min(max(ratio * BAR[0], 0), ENOUGH[0])
        for classes, width, height in (("box", *BAR), ("box marked", grown, ENOUGH[1])):
            drawn.append(
                f'<rect class="{classes}" x="{left:.1f}" y="{middle - height / 2:.1f}" '
                f'width="{width:.1f}" height="{height}"/>'
            )
        drawn.append(
            f'<text class="halo" style="text-anchor: end" x="{x + BOX[0] / 2:.1f}" '
            f'y="{middle + 5:.1f}">{_two_decimals(ratio)}</text>'
        )
    return f'<g data-for="{name}">{"".join(drawn)}</g>'


def _legend(columns: Columns, moved: bool) -> list[str]:
    y, parts = columns.bottom + 24, []
    for x, classes, height, text in (
        (MARGIN + 2, "box marked", ENOUGH[1], "measured: the network run again"),
        (262, "box", BAR[1], "predicted: rate times Δw"),
    ):
        if moved:
            top = y - 5 - height / 2
            parts.append(
                f'<rect class="{classes}" x="{x}" y="{top:.1f}" width="18" height="{height}"/>'
                f'<text class="left muted" x="{x + 24}" y="{y:.1f}">{text}</text>'
            )
    if moved:
        text = "number: measured / predicted"
        parts.append(f'<text class="left muted" x="460" y="{y:.1f}">{text}</text>')
    y += 22
    for x, look, dash, text in (
        (MARGIN + 2, "plus", "", "pushes the next one up"),
        (222, "minus", "; stroke-dasharray: 7 3", "pushes it down"),
    ):
        line = f'd="M{x} {y - 5:.1f}h28"'
        parts.append(f'<path class="{look}" style="stroke-width: 4{dash}" {line}/>')
        parts.append(f'<text class="left muted" x="{x + 34}" y="{y:.1f}">{text}</text>')
    text = "thick: strongly, compared with its column"
    parts.append(f'<text class="left muted" x="386" y="{y:.1f}">{text}</text>')
    return parts
