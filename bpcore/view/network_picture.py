"""The drawing of a network, as a pure function from one sample to markup."""

from bpcore.view.network_layout import LINE, RING, SQUARE, Layout, flow_arrow, layout
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import group, number, short, sign_class, svg, text_at

__all__ = ["WHOLE_STEP", "network_picture", "network_words"]

WHOLE_STEP = "the whole step"  # is explained if nothing else is asked for
PX_OF_A_WEIGHT = 60  # px upward that make a weight larger by 1
LARGE = 30  # px; in a smaller neuron there is room for one number
LONG = 7  # signs


def network_picture(
    sample: Sample,
    step: int,
    asked: Neuron | Weight | None,
    largest_weight: float,
    *,
    explains: bool = True,
) -> str:
    """Draw a network with the numbers that are known after one step.

    A weight looks the same in both passes; its slope is a number in a box, with an arrow that says
    which way to turn the weight to lower C.

    Parameters
    ----------
    sample : Sample
    step : int
        Index into ``sample.steps``.
    asked : Neuron or Weight or None
        What to mark; None: what the step computes.
    largest_weight : float
        The weight that is drawn with the thickest line.
    explains : bool
        Whether something is marked, and a click asks for it.

    Returns
    -------
    str
        An ``<svg>`` element whose title and description say the same in words.

    Raises
    ------
    ValueError
        If the network is too large to be legible.
    """
    now = sample.steps[step]
    marked = (asked,) if asked else now.items if explains else ()
    sizes, is_backward = tuple(sample.net.sizes), now.pass_ == "backward"
    places = layout(sizes, is_backward)
    if isinstance(asked, Weight) and not places.has_room_for(asked, is_backward):
        places = layout(sizes, is_backward, asked)

    def asks(item: Neuron | Weight) -> str:
        to = WHOLE_STEP if item == asked else sample.name(item)
        return f'data-set="explain" data-to="{to}" ' if explains else ""

    lines = [_line(places, sample, v, largest_weight, asks(v)) for v in sample.weights]
    flows = group(
        flow_arrow(places.lines[v], places.radius, -1) for v in _brings_back(sample, step)
    )
    numbers = [_numbers(places, sample, v, step, v in marked) for v in sample.weights]
    neurons = [_neuron(places, sample, q, step, q in marked, asks(q)) for q in sample.neurons]
    biases = [_bias_neuron(places, sample, l) for l in range(1, sample.net.L)]
    body = [*lines, flows, group(numbers), *neurons, *biases, _outcome(places, sample, step)]
    body.append(_legend(places, sample, step))
    title, description = _words(sample, step)
    return svg(round(places.width), round(places.height), title, description, "".join(body))


def network_words(sample: Sample, step: int) -> str:
    """Say in words what the picture shows."""
    return ". ".join(_words(sample, step))


def _line(places: Layout, sample: Sample, v: Weight, largest: float, asks: str) -> str:
    (x1, y1), (x2, y2) = places.lines[v]
    w, name = sample.w(v), sample.name(v)
    width = 1.2 + 5.8 * min(1.0, abs(w) / largest) ** 0.5
    dash = f' stroke-dasharray="{6 + width:.1f} 4"' if w < 0 else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    kind = "bias" if v.k == 0 else "weight"
    return (
        f'<g data-knob="{name}" data-y="{-1 / PX_OF_A_WEIGHT:.5f}" {asks}'
        f'aria-label="{kind} {name}">'
        f'<line class="hit" {ends}/>'
        f'<line class="{sign_class(w)}" {ends} style="stroke-width: {width:.1f}"{dash}/></g>'
    )


def _brings_back(sample: Sample, step: int) -> list[Weight]:
    """Give the connections along which the δ of a step come back."""
    now = sample.steps[step]
    if not now.label.startswith("BP2"):
        return []
    return [v for v in sample.weights if v.l == now.items[0].l + 1 and v.k]


def _numbers(places: Layout, sample: Sample, v: Weight, step: int, marked: bool) -> str:
    """Write the weight on its line and, once it is known, its slope in a box."""
    name, parts = sample.name(v), []
    if v in places.labels:
        x, y = places.labels[v]
        w = short(sample.w(v))
        half = 4.5 * len(w) + 1
        parts.append(
            f'<rect class="paper" x="{x - half:.1f}" y="{y - 8:.1f}" width="{2 * half:.1f}" '
            f'height="16"/>'
            + text_at(x, y + 5, w, f"label {sign_class(sample.w(v))}{' bold' * marked}")
        )
    if v in places.boxes and sample.first_step(v, "backward") <= step:
        x, y = places.boxes[v]
        slope = sample.dC_dw(v)
        parts.append(
            f'<rect class="box{" marked" * marked}" x="{x - 46:.1f}" y="{y - 10:.1f}" '
            f'width="92" height="20" rx="6"/>{_arrow(x - 37, y, slope, sample.steepest)}'
            f'<text class="label" x="{x + 7:.1f}" y="{y + 5:.1f}">{short(slope)}</text>'
        )
    return f'<g data-for="{name}" data-weight="{name}">{"".join(parts)}</g>' if parts else ""


def _arrow(x: float, y: float, slope: float, steepest: float) -> str:
    """Draw which way to turn a weight to lower C; the steeper, the longer."""
    if not slope:
        return ""
    half = 3 + 5 * (abs(slope) / steepest) ** 0.5
    tip = y - half if slope < 0 else y + half
    back = 4 if slope < 0 else -4
    return (
        f'<path class="ink arrow" d="M{x:.1f} {2 * y - tip:.1f} V{tip:.1f} '
        f'm-3.5 {back} L{x:.1f} {tip:.1f} l3.5 {back}"/>'
    )


def _fit(value: float) -> str:
    text = number(value)
    return text if len(text) <= LONG else short(value).removeprefix("+")


def _neuron(places: Layout, sample: Sample, q: Neuron, step: int, marked: bool, asks: str) -> str:
    x, y = places.places[q]
    radius, name = places.radius, sample.name(q)
    is_large = radius > LARGE
    main, small = _content(sample, q, step)
    circle = f'cx="{x:.1f}" cy="{y:.1f}"'
    parts = [
        f'<circle class="shape{" marked" * marked}" {circle} r="{radius}"/>',
        text_at(x, y - (16 if is_large else 10), name, "muted tight"),
    ]
    if main:
        size = min(14, 2.6 * radius / len(main))  # px; the text is no wider than the neuron
        parts.append(text_at(x, y + (4 if is_large else 8), main, "big", size))
    if is_large:
        parts.append(text_at(x, y + 20, small, "muted", 12))
    quiet = sample.quiet(q) if main else ""
    if quiet:
        parts.append(f'<circle class="ring" {circle} r="{radius + RING}"/>')
    if quiet and is_large:
        parts.append(text_at(x, y + radius + 17, quiet, "muted halo tight"))
    return (
        f'<g data-for="{name}" data-neuron="{name}" {asks}aria-label="neuron {name}">'
        f"{''.join(parts)}</g>"
    )


def _content(sample: Sample, q: Neuron, step: int) -> tuple[str, str]:
    """Give the two numbers in a neuron, as far as they are known."""
    if sample.first_step(q, "forward") > step:
        return "", ""
    if q.l > 1 and sample.first_step(q, "backward") <= step:
        return _fit(sample.delta(q)), "δ"
    return _fit(sample.a(q)), f"z {short(sample.z(q)).removeprefix('+')}" if q.l > 1 else ""


def _bias_neuron(places: Layout, sample: Sample, l: int) -> str:
    x, y = places.places[Neuron(l, sample.n(l) + 1)]
    corner, side = f'x="{x - SQUARE:.1f}" y="{y - SQUARE:.1f}"', 2 * SQUARE
    return (
        f'<g><rect class="shape" {corner} width="{side}" height="{side}" rx="4"/>'
        f"{text_at(x, y - 3, f'B{l}', 'muted tight')}{text_at(x, y + 12, '1', 'big')}</g>"
    )


def _outcome(places: Layout, sample: Sample, step: int) -> str:
    """Write beside each output what it should be, and below them what that costs."""
    outputs = [q for q in sample.neurons if q.l == sample.net.L]
    left, parts = places.places[outputs[0]][0] + places.radius + 14, []
    for q, target in zip(outputs, sample.y, strict=True):
        y = places.places[q][1]
        parts.append(text_at(left, y - 4, f"target {_fit(target)}", "left tight"))
        if sample.knows_cost(step):
            error = f"a − y = {_fit(sample.a(q) - target)}"
            parts.append(text_at(left, y + 13, error, "left tight"))
    if sample.knows_cost(step):
        below = max(y for q, (_, y) in places.places.items() if q.l == sample.net.L)
        cost = f"C = {number(sample.C)}"
        parts.append(text_at(left - 14, below + places.radius + 44, cost, "big"))
    return "".join(parts)


def _legend(places: Layout, sample: Sample, step: int) -> str:
    lines = ["lines: weights, + solid, − dashed, thicker is larger"]
    if any(sample.first_step(v, "backward") <= step for v in sample.weights):
        lines.append("boxes: ∂C/∂w, ∂C/∂b; the arrow shows which way to turn them to lower C")
    known = [q for q in sample.neurons if sample.first_step(q, "forward") <= step]
    quiet = " or ".join(sorted({sample.quiet(q) for q in known} - {""}))
    notes = [f"dashed ring: {quiet}"] if quiet else []
    if len(places.labels) < len(sample.weights):
        notes.append("other numbers: beside the sliders")
    lines += ["; ".join(notes)] if notes else []
    top = places.height - 8 - LINE * (len(lines) - 1)
    return "".join(
        text_at(8, top + LINE * i, line, "muted left tight") for i, line in enumerate(lines)
    )


def _words(sample: Sample, step: int) -> tuple[str, str]:
    now = sample.steps[step]
    inputs = ", ".join(number(sample.a(q)) for q in sample.neurons if q.l == 1)
    targets = ", ".join(number(v) for v in sample.y)
    title = f"Network, {now.pass_} pass, input [{inputs}], target {targets}"
    said = [f"After the step “{now.label}”"]
    for q in sample.neurons:
        if q.l > 1 and sample.first_step(q, "forward") <= step:
            said.append(f"{sample.name(q)}: z {number(sample.z(q))}, a {number(sample.a(q))}")
            if sample.first_step(q, "backward") <= step:
                said[-1] += f", δ {number(sample.delta(q))}"
            if sample.quiet(q):
                said[-1] += f", {sample.quiet(q)}"
    for v in sample.weights:
        kind, symbol = ("bias", "b") if v.k == 0 else ("weight", "w")
        said.append(f"{sample.name(v)}: {kind} {number(sample.w(v))}")
        if sample.first_step(v, "backward") <= step:
            said[-1] += f", ∂C/∂{symbol} {number(sample.dC_dw(v))}"
    if sample.knows_cost(step):
        said.append(f"cost {number(sample.C)}")
    return title, "; ".join(said)
