"""The drawing of a network, as a pure function from one sample to markup."""

from collections.abc import Sequence
from html import escape
from math import hypot

from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number, signed, svg

__all__ = ["HEIGHT", "RADIUS", "WIDTH", "ends", "network_picture", "network_words", "place"]

WIDTH, HEIGHT, RADIUS = 660, 480, 38


def place(sample: Sample, item: Neuron) -> tuple[float, float]:
    """Give the place of a neuron, in px; j = n + 1 is the bias neuron below its layer."""
    l, L, n = item.l, sample.net.L, sample.n(item.l)
    x = 62 + (WIDTH - 62 - 92) * (l - 1) / (L - 1)
    if l == L:
        return x, 190 + 120 * (item.j - (n + 1) / 2)
    top, spacing = (80, 290 / n) if l == 1 else (100, 310 / n)
    return x, top + spacing * (item.j - 1)


def ends(sample: Sample, v: Weight) -> tuple[tuple[float, float], tuple[float, float]]:
    """Give the places of both ends of a connection, in px."""
    source = Neuron(v.l - 1, v.k or sample.n(v.l - 1) + 1)
    return place(sample, source), place(sample, Neuron(v.l, v.j))


def _sign(value: float) -> str:
    return "plus" if value > 0 else "minus" if value < 0 else "none"


def _line(sample: Sample, v: Weight, shown: float, widest: float) -> str:
    (x1, y1), (x2, y2) = ends(sample, v)
    if not shown:
        return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
    width = 1.2 + 5.8 * min(1.0, abs(shown) / widest) ** 0.5
    dash = f' stroke-dasharray="{6 + width:.1f} 4"' if shown < 0 else ""
    return (
        f'<line class="{_sign(shown)}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'style="stroke-width: {width:.1f}"{dash}/>'
    )


def _label(sample: Sample, v: Weight, value: float, at: float, classes: str) -> str:
    """Write a value beside its line, on the upper side, just far enough not to touch it."""
    (x1, y1), (x2, y2) = ends(sample, v)
    text = signed(value, 3)
    length = hypot(x2 - x1, y2 - y1)
    up_x, up_y = (y2 - y1) / length, -(x2 - x1) / length
    away = 4 + 4 * len(text) * abs(up_x) + 6 * abs(up_y)
    at = min(at, 1 - (RADIUS + 8 + 4 * len(text)) / (x2 - x1))  # the text ends before the neuron
    x, y = x1 + at * (x2 - x1) + away * up_x, y1 + at * (y2 - y1) + away * up_y + 5
    return f'<text class="halo {classes}" x="{x:.1f}" y="{y:.1f}">{text}</text>'


def _tooltip(lines: Sequence[str]) -> str:
    return f"<title>{escape(chr(10).join(lines))}</title>"


def _neuron(sample: Sample, q: Neuron, step: int, marked: bool) -> str:
    x, y = place(sample, q)
    pass_ = sample.steps[step].pass_
    computed = sample.first_step(q, "forward") <= step
    has_delta = q.l > 1 and sample.first_step(q, "backward") <= step
    parts = [
        f'<circle class="shape{" marked" * marked}" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>',
        f'<text class="muted halo" x="{x:.1f}" y="{y - RADIUS - 8:.1f}">{sample.name(q)}</text>',
    ]
    lines = [sample.name(q)]
    if computed:
        lines = sample.arithmetic(q, "backward" if has_delta else "forward")
        main, small = number(sample.a(q)), f"z {number(sample.z(q), 3)}" if q.l > 1 else ""
        if has_delta:
            main, small = number(sample.delta(q), 3), "δ"
        elif pass_ == "backward" and q.l > 1:
            main, small = "", f"a {number(sample.a(q))}"
        parts.append(f'<text class="big" x="{x:.1f}" y="{y + 2:.1f}">{main}</text>')
        parts.append(f'<text class="muted" x="{x:.1f}" y="{y + 19:.1f}">{small}</text>')
        if sample.is_saturated(q):
            parts.append(
                f'<circle class="shape" style="fill: none; stroke-dasharray: 3 3" '
                f'cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS + 5}"/>'
                f'<text class="muted halo" x="{x:.1f}" y="{y + RADIUS + 20:.1f}">saturated</text>'
            )
    return f'<g data-neuron="{sample.name(q)}">{_tooltip(lines)}{"".join(parts)}</g>'


def _bias_neuron(sample: Sample, l: int) -> str:
    x, y = place(sample, Neuron(l, sample.n(l) + 1))
    return (
        f'<g data-neuron="B{l}"><title>B{l}: the bias neuron, always 1</title>'
        f'<rect class="shape" x="{x - 17:.1f}" y="{y - 17:.1f}" width="34" height="34" rx="4"/>'
        f'<text class="big" x="{x:.1f}" y="{y + 5:.1f}">1</text>'
        f'<text class="muted halo" x="{x:.1f}" y="{y + 35:.1f}">B{l}</text></g>'
    )


def _weight(
    sample: Sample, v: Weight, step: int, marked: bool, largest_weight: float
) -> tuple[str, str]:
    """Draw a line, and apart from it its numbers, which belong above all lines."""
    bold = " big" if marked else ""
    near, far = 0.34, 0.73  # of the way: where the weight stands, and where its slope
    if v.k == 0:  # the steep lines of a bias cross the others, and crowd at their source
        near, far = (near, 0.58) if v.j == 1 else (0.5, far)
    w, dC_dw = sample.w(v), sample.dC_dw(v)
    if sample.steps[step].pass_ == "forward":
        line, said = _line(sample, v, w, largest_weight), "forward"
        labels = _label(sample, v, w, near, _sign(w) + bold)
    elif step < sample.first_step(v, "backward"):
        line, said = _line(sample, v, 0.0, 1.0), "forward"
        labels = _label(sample, v, w, near, "muted" + bold)
    else:
        line, said = _line(sample, v, dC_dw, sample.steepest), "backward"
        labels = _label(sample, v, w, near, "muted" + bold)
        labels += _label(sample, v, dC_dw, far, _sign(dC_dw) + bold)
    return (
        f"<g>{_tooltip(sample.arithmetic(v, said))}{line}</g>",
        f'<g data-weight="{sample.name(v)}">{labels}</g>',
    )


def network_picture(
    sample: Sample, step: int, asked: Neuron | Weight | None, largest_weight: float
) -> str:
    """Draw a network with the numbers that are known after one step.

    Parameters
    ----------
    sample : Sample
    step : int
        Index into ``sample.steps``.
    asked : Neuron or Weight or None
        What to mark; None: what the step computes.
    largest_weight : float
        The weight that is drawn with the thickest line.

    Returns
    -------
    str
        An ``<svg>`` element whose title and description say the same in words.
    """
    now = sample.steps[step]
    marked = (asked,) if asked else now.items
    drawn = [_weight(sample, v, step, v in marked, largest_weight) for v in sample.weights]
    lines, labels = zip(*drawn, strict=True)
    neurons = [_neuron(sample, q, step, q in marked) for q in sample.neurons]
    biases = [_bias_neuron(sample, l) for l in range(1, sample.net.L)]
    body = "".join([*lines, *labels, *neurons, *biases, _outcome(sample, step), _legend(now.pass_)])
    title, description = _words(sample, step)
    return svg(WIDTH, HEIGHT, title, description, body)


def network_words(sample: Sample, step: int) -> str:
    """Say in words what the picture shows."""
    return ". ".join(_words(sample, step))


def _outcome(sample: Sample, step: int) -> str:
    x, y = WIDTH - 92, 190 + RADIUS + 60 * sample.n(sample.net.L) - 12
    lines = [f"target {', '.join(number(v) for v in sample.y)}"]
    if sample.knows_cost(step):
        outputs = [sample.a(q) for q in sample.neurons if q.l == sample.net.L]
        errors = (number(a - v) for a, v in zip(outputs, sample.y, strict=True))
        lines += [f"a − y = {', '.join(errors)}", f"C = {number(sample.C)}"]
    return "".join(
        f'<text class="halo" x="{x}" y="{y + 21 * i}">{line}</text>' for i, line in enumerate(lines)
    )


def _legend(pass_: str) -> str:
    line, small = ("weight", "") if pass_ == "forward" else ("gradient", "; grey numbers: weights")
    text = f"lines: {line}, solid + or dashed −, thicker is larger{small}"
    return f'<text class="muted left" x="30" y="{HEIGHT - 8}">{text}</text>'


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
            if sample.is_saturated(q):
                said[-1] += ", saturated"
    for v in sample.weights:
        said.append(f"{sample.name(v)}: weight {number(sample.w(v))}")
        if sample.first_step(v, "backward") <= step:
            said[-1] += f", gradient {number(sample.dC_dw(v))}"
    if sample.knows_cost(step):
        said.append(f"cost {number(sample.C)}")
    return title, "; ".join(said)
