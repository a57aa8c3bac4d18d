"""The text beside the drawing: the arithmetic of a step, and the tables of all numbers."""

from collections.abc import Sequence
from html import escape

from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number

__all__ = ["network_panel"]


def network_panel(sample: Sample, step: int, asked: Neuron | Weight | None = None) -> str:
    """Write the arithmetic of a step, or of what is asked for, and the tables of all numbers.

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
        lines = [line for item in now.items for line in sample.arithmetic(item, now.pass_)]
        lines += [sample.remark(item, now.pass_) for item in now.items if isinstance(item, Neuron)]
        lines = lines or sample.cost_arithmetic()
    marked = (asked,) if asked else now.items
    neurons = [
        (
            q in marked,
            sample.name(q),
            _known(sample.z(q), q.l > 1 and sample.first_step(q, "forward") <= step),
            _known(sample.a(q), sample.first_step(q, "forward") <= step),
            _known(sample.slope(q), sample.first_step(q, "forward") <= step) if q.l > 1 else "",
            _known(sample.delta(q), sample.first_step(q, "backward") <= step) if q.l > 1 else "",
        )
        if q.l > 1
        else (q in marked, sample.name(q), "", number(sample.a(q)), "", "")
        for q in sample.neurons
    ]
    weights = [
        (
            v in marked,
            sample.name(v),
            number(sample.w(v)),
            _known(sample.dC_dw(v), sample.first_step(v, "backward") <= step),
        )
        for v in sample.weights
    ]
    arithmetic = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return (
        f'<div class="bp bp-panel"><h4>{escape(heading)}</h4>{arithmetic}<div class="bp-tables">'
        f"{_table(('neuron', 'z', 'a', 'σ′(z)', 'δ'), neurons)}"
        f"{_table(('weight', 'w', '∂C/∂w'), weights)}</div></div>"
    )


def _answer(sample: Sample, step: int, asked: Neuron | Weight) -> list[str | None]:
    pass_ = sample.steps[step].pass_
    given = pass_ == "forward" if isinstance(asked, Weight) else asked.l == 1
    if not given and sample.first_step(asked, pass_) > step:
        return [f"Not computed yet: that is step {sample.first_step(asked, pass_) + 1}."]
    return [*sample.arithmetic(asked, pass_), sample.remark(asked, pass_)]


def _known(value: float, known: bool) -> str:
    return number(value) if known else "·"


def _table(head: Sequence[str], rows: Sequence[tuple]) -> str:
    cells = "".join(f"<th scope='col'>{name}</th>" for name in head)
    body = "".join(
        f"<tr{' class=marked' * marked}><th scope='row'>{'▸ ' * marked}{name}</th>"
        + "".join(f"<td>{value}</td>" for value in values)
        + "</tr>"
        for marked, name, *values in rows
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
