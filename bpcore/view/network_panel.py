"""What stands beside the drawing: the cost, the arithmetic of a step, and the neurons' numbers."""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from bpcore import Network, forward
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number, svg

__all__ = ["cost_panel", "is_right", "network_panel", "table"]

RIGHT_WITHIN = 0.1  # of the target
MOST_ANSWERS, MOST_TOLD, LONG = 6, 3, 8
FEW_HIDDEN = 2  # neurons whose activations stand beside the answers
WIDTH, HEIGHT, TOP = 300, 116, 54  # px


def is_right(net: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Tell of each sample whether all its outputs are within 0.1 of their targets.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (n_1, m)
    y : ndarray, shape (n_L, m)

    Returns
    -------
    ndarray of bool, shape (m,)
    """
    return _is_right(forward(net, x).a[net.L], y)


def _is_right(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (np.abs(a - y) < RIGHT_WITHIN).all(axis=0)


def cost_panel(
    net: Network,
    x: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    chosen: str,
    costs: Sequence[float],
) -> str:
    """Write the mean cost large, with its curve so far, and what the network answers.

    Parameters
    ----------
    net, x, y
        As for `is_right`.
    names : sequence of str
        Of the samples.
    chosen : str
        The sample that is marked.
    costs : sequence of float
        After each step of training so far, the present one last.

    Returns
    -------
    str
        A ``<div>`` element.
    """
    trace = forward(net, x)
    a, right = trace.a[net.L], _is_right(trace.a[net.L], y)
    shows_hidden = net.L == 3 and net.sizes[1] <= FEW_HIDDEN
    hidden = trace.a[2] if shows_hidden else np.empty((0, a.shape[1]))
    rows = [
        (
            name == chosen,
            name,
            *(number(value, 2) for value in heard),
            ", ".join(number(value) for value in answer),
            "✓" if is_so else "✗",
        )
        for name, heard, answer, is_so in zip(names, hidden.T, a.T, right, strict=True)
    ]
    more = f"<p>… and {len(rows) - MOST_ANSWERS} more</p>" if len(rows) > MOST_ANSWERS else ""
    of = f"over all {len(names)} samples" if len(names) > 1 else "of the one sample"
    columns = [f"H{j}" for j in range(1, len(hidden) + 1)]
    answers = table(rows[:MOST_ANSWERS], ("sample", *columns, "answer", "right"))
    more += f"<p>{right.sum()} of {len(rows)} within {RIGHT_WITHIN} of the target</p>"
    gauge = _gauge(costs, of, "mean C" if len(names) > 1 else "C")
    return f'<div class="bp-panel">{gauge}{answers}{more}</div>'


def _gauge(costs: Sequence[float], of: str, symbol: str) -> str:
    top, steps = max(*costs, 1e-12), max(len(costs) - 1, 1)
    sparse = np.unique(np.linspace(0, len(costs) - 1, min(len(costs), WIDTH)).astype(int))
    places = [
        (10 + (WIDTH - 20) * i / steps, HEIGHT - 8 - (HEIGHT - TOP - 12) * costs[i] / top)
        for i in sparse
    ]
    x, y = places[-1]
    points = " L".join(f"{left:.1f} {down:.1f}" for left, down in places)
    said = f"cost C {number(costs[-1])}, {of}, after {len(costs) - 1} steps of training"
    drawing = (
        f'<text class="left cost" x="6" y="26">{symbol} = {number(costs[-1])}</text>'
        f'<text class="left muted tight" x="6" y="42">{of}</text>'
        f'<text class="muted tight" style="text-anchor: end" x="{WIDTH - 6}" y="42">'
        f"steps: {len(costs) - 1}</text>"
        f'<line x1="10" y1="{HEIGHT - 8}" x2="{WIDTH - 10}" y2="{HEIGHT - 8}"/>'
        f'<path class="plus" style="stroke-width: 2.4" d="M{points}"/>'
        f'<circle class="shape marked" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    )
    picture = svg(WIDTH, HEIGHT, "The cost of training so far", said, drawing)
    return f'<div class="gauge">{picture}</div>'


def network_panel(sample: Sample, step: int, asked: Neuron | Weight | None = None) -> str:
    """Write the arithmetic of a step, or of what is asked for, and the numbers of all neurons.

    Parameters
    ----------
    sample, step, asked
        As for `network_picture`.

    Returns
    -------
    str
        A ``<div>`` element.
    """
    now = sample.steps[step]
    if asked:
        heading = f"{sample.name(asked)}, {now.pass_}"
        lines = _answer(sample, step, asked)
    else:
        heading = f"Step {step + 1} of {len(sample.steps)} · {now.label}"
        told = now.items[:MOST_TOLD]
        lines = [line for item in told for line in sample.arithmetic(item, now.pass_)]
        lines += [sample.remark(item, now.pass_) for item in told if isinstance(item, Neuron)]
        lines = lines or sample.cost_arithmetic()
        if len(now.items) > MOST_TOLD:
            lines.append("Click any other line or neuron for its own arithmetic.")
    arithmetic = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    marked = (asked,) if asked else now.items
    neurons = [(q in marked, sample.name(q), *_neuron(sample, q, step)) for q in sample.neurons]
    return (
        f'<div class="bp-panel"><h4>{escape(heading)}</h4>{arithmetic}'
        f"{table(neurons, ('neuron', 'z', 'a', 'σ′(z)', 'δ'), lights=True)}</div>"
    )


def _answer(sample: Sample, step: int, asked: Neuron | Weight) -> list[str | None]:
    pass_ = sample.steps[step].pass_
    given = pass_ == "forward" if isinstance(asked, Weight) else asked.l == 1
    if not given and sample.first_step(asked, pass_) > step:
        return [f"Not computed yet: that is step {sample.first_step(asked, pass_) + 1}."]
    return [*sample.arithmetic(asked, pass_), sample.remark(asked, pass_)]


def _neuron(sample: Sample, q: Neuron, step: int) -> tuple[str, ...]:
    digits = 4 if sample.net.L < 4 else 3  # longer names leave less room
    forward, backward = (
        q.l > 1 and sample.first_step(q, pass_) <= step for pass_ in ("forward", "backward")
    )
    if q.l == 1:
        return "", _cell(sample.a(q), digits), "", ""
    known = [sample.z(q), sample.a(q)]
    known += [sample.slope(q)] if sample.is_elementwise(q.l) else []
    cells = [_cell(value, digits) if forward else "·" for value in known]
    cells += ["–"] * (3 - len(cells))  # softmax has no slope of its own
    return *cells, _cell(sample.delta(q), digits) if backward else "·"


def _cell(value: float, digits: int) -> str:
    text = number(value, digits)
    return text if len(text) <= LONG else number(value, 3)


def table(rows: Iterable[tuple], head: Sequence[str] = (), *, lights: bool = False) -> str:
    """Write a table.

    Parameters
    ----------
    rows : iterable of tuple
        Each: whether it is marked, its name, and its values as text.
    head : sequence of str
        The columns' names, if they need any.
    lights : bool
        Whether a row is marked together with what has its name on the drawing.

    Returns
    -------
    str
        A ``<table>`` element.
    """
    cells = "".join(f"<th scope='col'>{name}</th>" for name in head)
    body = "".join(
        f"<tr{f' data-for={name!r}' * lights}{' class=marked' * marked}>"
        f"<th scope='row'>{'▸ ' * marked}{name}</th>"
        + "".join(f"<td>{value}</td>" for value in values)
        + "</tr>"
        for marked, name, *values in rows
    )
    titles = f"<thead><tr>{cells}</tr></thead>" if head else ""
    return f"<table>{titles}<tbody>{body}</tbody></table>"
