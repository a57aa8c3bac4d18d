"""The text beside the drawing: the arithmetic of a step, and the tables of all numbers."""

from collections.abc import Iterable, Sequence
from html import escape

from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number

__all__ = ["network_panel", "table"]


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
    neurons = [(q in marked, sample.name(q), *_neuron(sample, q, step)) for q in sample.neurons]
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
        f"{table(neurons, ('neuron', 'z', 'a', 'σ′(z)', 'δ'))}"
        f"{table(weights, ('weight', 'w', '∂C/∂w'))}</div></div>"
    )


def _answer(sample: Sample, step: int, asked: Neuron | Weight) -> list[str | None]:
    pass_ = sample.steps[step].pass_
    given = pass_ == "forward" if isinstance(asked, Weight) else asked.l == 1
    if not given and sample.first_step(asked, pass_) > step:
        return [f"Not computed yet: that is step {sample.first_step(asked, pass_) + 1}."]
    return [*sample.arithmetic(asked, pass_), sample.remark(asked, pass_)]


def _neuron(sample: Sample, q: Neuron, step: int) -> tuple[str, ...]:
    if q.l == 1:
        return "", number(sample.a(q)), "", ""
    forward, backward = (sample.first_step(q, pass_) <= step for pass_ in ("forward", "backward"))
    values = (_known(value, forward) for value in (sample.z(q), sample.a(q), sample.slope(q)))
    return *values, _known(sample.delta(q), backward)


def _known(value: float, known: bool) -> str:
    return number(value) if known else "·"


def table(rows: Iterable[tuple], head: Sequence[str] = ()) -> str:
    """Write a table.

    Parameters
    ----------
    rows : iterable of tuple
        Each: whether it is marked, its name, and its values as text.
    head : sequence of str
        The columns' names, if they need any.

    Returns
    -------
    str
        A ``<table>`` element.
    """
    cells = "".join(f"<th scope='col'>{name}</th>" for name in head)
    body = "".join(
        f"<tr{' class=marked' * marked}><th scope='row'>{'▸ ' * marked}{name}</th>"
        + "".join(f"<td>{value}</td>" for value in values)
        + "</tr>"
        for marked, name, *values in rows
    )
    titles = f"<thead><tr>{cells}</tr></thead>" if head else ""
    return f"<table>{titles}<tbody>{body}</tbody></table>"
