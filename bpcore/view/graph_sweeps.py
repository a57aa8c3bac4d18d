"""The graph of a small formula, and the sweeps over it: values, and slopes back or ahead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, hypot
from typing import Any, NamedTuple

from bpcore import _arguments
from bpcore.view.axes import knob
from bpcore.view.explorable import Button, Choice, Control, Explorable, Look, Slider
from bpcore.view.network_panel import table
from bpcore.view.style import group, number, svg, text_at

__all__ = ["explore_graph", "explore_two_layers"]

WIDTH, MARGIN, TOP = 660, 6, 12  # px
BOX = (108, 62)  # px
ROW = 96  # px, of one unit of the places
MOST = 5.0  # of an input, and least with a minus sign
PX = 40  # for one unit of an input that is dragged
BAR, DOT = "\u0304", "\u0307"  # over a letter: its slope backwards, and ahead
HEAD, BELOW, BESIDE = 9, 24, 8  # px: an arrow's head, below the lowest box, beside steep arrows
LONGEST = 15  # letters of a formula that fit into a box
LEFT = "display: block; text-align: left"
PURPLE = "var(--bp-purple)"
REVERSE = "reverse"
CONTROLS = ("sweep", "back", "next", "step")
Step = tuple[str, ...]


class Operation(NamedTuple):
    """What a step can do.

    Attributes
    ----------
    text : str
        How it is written, with the names of its inputs.
    value : callable
        Of the values of its inputs.
    slopes : callable
        Its name and the slope in each input, of the inputs' names and values.
    """

    text: str
    value: Callable[..., float]
    slopes: Callable[[Sequence[str], Sequence[float]], list[tuple[str, float]]]


def _sigmoid(u: float) -> float:
    return 1 / (1 + exp(-u))


OPERATIONS = {
    "+": Operation("{} + {}", lambda u, v: u + v, lambda n, v: [("", 1.0), ("", 1.0)]),
    "−": Operation("{} − {}", lambda u, v: u - v, lambda n, v: [("", 1.0), ("", -1.0)]),
    "·": Operation("{} · {}", lambda u, v: u * v, lambda n, v: [(n[1], v[1]), (n[0], v[0])]),
    "σ": Operation("σ({})", _sigmoid, lambda n, v: [("σ′", _sigmoid(v[0]) * _sigmoid(-v[0]))]),
    "½²": Operation("½ {}²", lambda u: u * u / 2, lambda n, v: [(n[0], v[0])]),
    "·+": Operation(
        "{} · {} + {}",
        lambda w, x, b: w * x + b,
        lambda n, v: [(n[1], v[1]), (n[0], v[0]), ("", 1.0)],
    ),
    "½²½²": Operation(
        "½ ({})² + ½ ({} − 1)²",
        lambda u, v: (u * u + (v - 1) ** 2) / 2,
        lambda n, v: [(n[0], v[0]), (f"({n[1]} − 1)", v[1] - 1)],
    ),
}


class _StepSlider(Slider):
    """A slider that stops where the present sweep ends, which may be before its own end."""

    last = float("inf")

    def _accept(self, value: Any) -> float:
        return min(super()._accept(value), self.last)


def explore_graph(
    steps: Mapping[str, Step],
    values: Mapping[str, float],
    places: Mapping[str, tuple[float, float]],
    *,
    step: int = 0,
    forward: str = "",
    badges: Mapping[str, str] | None = None,
    marks: Mapping[tuple[str, str], str] | None = None,
) -> Explorable:
    """Show a formula as a graph, and go through the sweeps over it arrow by arrow.

    Parameters
    ----------
    steps : mapping of str to tuple of str
        The name of each value that is computed, to the sign of its operation, "+", "−", "·", "σ",
        "½²", "·+" (u · v + w) or "½²½²" (the cost of two neurons that should say 0 and 1), and the
        names of its inputs, all of which stand before it. The last one is the result.
    values : mapping of str to float
        The inputs of the formula at first, from −5 to 5.
    places : mapping of str to tuple of float
        Where each value stands: its column and its row, from the left and from above, in units of
        one column and one row.
    step : int
        How many steps of the sweep have been made at first.
    forward : str
        The input from which a forward sweep goes at first. Forward sweeps from the others, and the
        reverse sweep, can then be chosen; otherwise there is only the reverse sweep.
    badges : mapping of str to str, optional
        What the slope of a value is called besides, as soon as the reverse sweep has completed it.
    marks : mapping of tuple of str to str, optional
        What stands at an arrow, from a value to one of its users, once the reverse sweep has used
        it.

    Returns
    -------
    Explorable
        Its `controls`: the inputs by name; "step"; "sweep"; "back" and "next".

    Raises
    ------
    TypeError, ValueError
        If the steps are none, use what does not stand before them, twice the same input or an
        unknown operation, or a place or value is missing, or one is not within its range; or if
        what is to go forward is no input, or what is to be marked is not in the graph.
    """
    formula = _Formula.of(steps, values, places)
    signs = _signs(formula, badges or {}, marks or {})
    sliders = {n: Slider(n, v, -MOST, MOST, 0.1, decimals=1) for n, v in values.items()}
    if forward and forward not in values:
        raise ValueError(f"a forward sweep begins at an input, got {forward!r}")
    seeds = {f"forward from {name}": name for name in values} if forward else {}

    def shown_at(now: dict[str, Any]) -> _Shown:
        inputs = {name: now[name] for name in values}
        seed = seeds.get(now["sweep"])
        sweep = formula.forward_sweep(inputs, seed) if seed else formula.reverse_sweep(inputs)
        return _Shown(formula, inputs, sweep[: now["step"]], len(sweep), seed, signs)

    def look(now: dict[str, Any]) -> Look:
        shown = shown_at(now)
        words = _words(shown)
        said = shown.now.line if shown.now else "Nothing has been computed yet."
        return Look(_picture(shown, places, words), words, said=said, aside=_aside(shown))

    most = len(formula.reverse_sweep(values))  # a forward sweep has fewer steps
    slider = _StepSlider("step", step, 0, most, 1, decimals=0)

    def by(change: int) -> None:
        slider.value += change

    def end_with_the_sweep(_change: Any = None) -> None:
        slider.last = shown_at(explorable.values).n_steps
        slider.value = min(slider.value, slider.last)

    sweep = f"forward from {forward}" if forward else REVERSE
    controls: dict[str, Control] = {
        "sweep": Choice("Sweep", [REVERSE, *seeds], sweep),
        "back": Button("◀ one back", lambda: by(-1), "takes the last step of the sweep back"),
        "next": Button("next step ▶", lambda: by(1), "makes the next step of the sweep"),
        "step": slider,
    }
    explorable = Explorable(controls | sliders, look)
    end_with_the_sweep()
    controls["sweep"].observe(end_with_the_sweep)
    return explorable


def explore_two_layers(*, step: int = 0) -> Explorable:
    """Show a hidden neuron that feeds two others as a graph, with the four equations marked.

    The two outputs should be 0 and 1, and the cost is quadratic. Where the reverse sweep has
    completed the slope of a z, it is called δ.

    Parameters
    ----------
    step : int
        How many steps of the sweep have been made at first, from 0 to 20.

    Returns
    -------
    Explorable
        Its `controls` are those of `explore_graph`, with the inputs "w", "x", "b", "w₁" and "w₂".
    """
    steps: dict[str, Step] = {"z": ("·+", "w", "x", "b"), "a": ("σ", "z")}
    steps |= {f"z{k}": ("·", f"w{k}", "a") for k in "₁₂"}
    steps |= {f"a{k}": ("σ", f"z{k}") for k in "₁₂"} | {"C": ("½²½²", "a₁", "a₂")}
    places = {"w": (0, 0), "x": (0, 1.1), "b": (0, 2.1), "z": (1, 1.1), "a": (1, 2.9)}
    places |= {"w₁": (2, 0), "z₁": (2, 1.2), "z₂": (2, 2.9), "w₂": (2, 4.3)}
    places |= {"a₁": (3, 0), "C": (3, 2.2), "a₂": (3, 4.35)}
    marks = {("w", "z"): "BP4", ("b", "z"): "BP3", ("z", "a"): "BP2"}
    for k in "₁₂":
        marks |= {(f"a{k}", "C"): "BP1", (f"z{k}", f"a{k}"): "BP1"}
        marks |= {("a", f"z{k}"): "BP2", (f"w{k}", f"z{k}"): "BP4"}
    badges = {"z": "δ", "z₁": "δ₁", "z₂": "δ₂"}
    values = {"w": 1, "x": 1, "b": -1, "w₁": 1, "w₂": 2}
    return explore_graph(steps, values, places, step=step, badges=badges, marks=marks)


Signs = Mapping[str | tuple[str, str], str]


def _signs(
    formula: "_Formula", badges: Mapping[str, str], marks: Mapping[tuple[str, str], str]
) -> Signs:
    """Take what stands on values and arrows, or raise."""
    for name in badges:
        if name not in (*formula.inputs, *formula.steps):
            raise ValueError(f"there is no value {name!r} to put a badge on")
    for arrow in marks:
        if arrow not in formula.arrows:
            raise ValueError(f"there is no arrow {arrow!r} to put a mark on")
    return {**badges, **marks}


@dataclass(frozen=True)
class _Done:
    """One step of a sweep.

    Attributes
    ----------
    line : str
        Its arithmetic.
    node : str
        Whose number it changes.
    value, slope : float or None
        What the node holds now, where this step changes it.
    arrow : tuple of str, optional
        The one used, from a value to one of its users.
    share : float, optional
        What has come along it.
    """

    line: str
    node: str
    value: float | None = None
    slope: float | None = None
    arrow: tuple[str, str] | None = None
    share: float | None = None


@dataclass(frozen=True)
class _Formula:
    """A formula, step by step.

    Attributes
    ----------
    steps : dict of str to tuple of str
        As `explore_graph` takes them.
    inputs : tuple of str
        Their names.
    """

    steps: dict[str, Step]
    inputs: tuple[str, ...]

    @classmethod
    def of(
        cls, steps: Mapping[str, Step], values: Mapping[str, float], places: Mapping[str, Any]
    ) -> "_Formula":
        """Take a formula as `explore_graph` does, or raise."""
        if not steps or not values:
            raise ValueError("a formula must have at least one step and one input")
        before = list(values)
        for name, step in steps.items():
            operation, *inputs = step or ("",)
            if operation not in OPERATIONS:
                raise ValueError(f"{name}: {operation!r} is none of {' '.join(OPERATIONS)}")
            wanted = OPERATIONS[operation].text.count("{}")
            if len(inputs) != wanted:
                raise ValueError(f"{name}: {operation} takes {wanted} inputs, got {len(inputs)}")
            if len(set(inputs)) != len(inputs):
                raise ValueError(f"{name} uses {inputs[0]} twice: two arrows cannot share a line")
            unknown = [each for each in inputs if each not in before]
            if unknown:
                raise ValueError(f"{name} uses {unknown[0]!r}, which does not stand before it")
            if name in before:
                raise ValueError(f"{name!r} is computed twice, or is an input")
            before.append(name)
        for name in before:
            if name in CONTROLS:
                raise ValueError(f"no value can have the name of a control, {name!r}")
            if len(places.get(name, ())) != 2:
                raise ValueError(f"places must say where {name!r} stands: its column and its row")
            for at in places[name]:
                _arguments.number(at, f"the place of {name}")
        return cls(dict(steps), tuple(values))

    @property
    def result(self) -> str:
        return list(self.steps)[-1]

    @property
    def arrows(self) -> list[tuple[str, str]]:
        return [(u, v) for v, (_, *inputs) in self.steps.items() for u in inputs]

    def text(self, name: str) -> str:
        """Write how a value is computed."""
        operation, *inputs = self.steps[name]
        return OPERATIONS[operation].text.format(*inputs)

    def evaluate(self, inputs: Mapping[str, float]) -> dict[str, float]:
        """Compute all values, by name."""
        values = dict(inputs)
        for name, (operation, *used) in self.steps.items():
            values[name] = OPERATIONS[operation].value(*(values[u] for u in used))
        return values

    def slopes(self, values: Mapping[str, float]) -> dict[tuple[str, str], tuple[str, float]]:
        """Name and compute the slope on each arrow."""
        found = {}
        for name, (operation, *used) in self.steps.items():
            slopes = OPERATIONS[operation].slopes(used, [values[u] for u in used])
            found |= {(u, name): slope for u, slope in zip(used, slopes, strict=True)}
        return found

    def values_sweep(self, values: Mapping[str, float]) -> list[_Done]:
        done = []
        for name, (operation, *used) in self.steps.items():
            numbers = OPERATIONS[operation].text.format(*(_factor(values[u]) for u in used))
            line = f"{name} = {self.text(name)} = {numbers} = {_plain(values[name])}"
            done.append(_Done(line, name, value=values[name]))
        return done

    def reverse_sweep(self, inputs: Mapping[str, float]) -> list[_Done]:
        """Give the steps: each value once, then each arrow once, from the result back."""
        values = self.evaluate(inputs)
        slopes, bars = self.slopes(values), dict.fromkeys(values, 0.0)
        done, C = self.values_sweep(values), self.result
        bars[C] = 1.0
        line = f"{_bar(C)} = ∂{C}/∂{C} = 1, where the way back begins"
        done.append(_Done(line, C, slope=1.0))
        heard: set[str] = set()
        for v in reversed(self.steps):
            for u in self.steps[v][1:]:
                name, slope = slopes[u, v]
                share = slope * bars[v]
                before = f"{_plain(bars[u])} + " if u in heard else ""
                symbols = f"{name or _plain(slope)} · {_bar(v)}"
                line = (
                    f"{_bar(u)} = {before}{symbols} = {before}{_factor(slope)} · "
                    f"{_factor(bars[v])} = {_plain(bars[u] + share)}"
                )
                bars[u] += share
                heard.add(u)
                done.append(_Done(line, u, slope=bars[u], arrow=(u, v), share=share))
        return done

    def forward_sweep(self, inputs: Mapping[str, float], seed: str) -> list[_Done]:
        """Give the steps: each value together with its rate of change when `seed` changes."""
        values = self.evaluate(inputs)
        slopes = self.slopes(values)
        dots = {name: float(name == seed) for name in inputs}
        others = ", ".join(_dot(name) for name in inputs if name != seed)
        line = f"{_dot(seed)} = 1: only {seed} is nudged" + (f"; {others} = 0" if others else "")
        done = [_Done(line, seed, slope=1.0)]
        for name, (_, *used) in self.steps.items():
            terms = [slopes[u, name] for u in used]
            symbols = " + ".join(
                f"{s or _plain(v)} · {_dot(u)}" for (s, v), u in zip(terms, used, strict=True)
            )
            numbers = " + ".join(
                f"{_factor(v)} · {_factor(dots[u])}" for (_, v), u in zip(terms, used, strict=True)
            )
            dots[name] = sum(v * dots[u] for (_, v), u in zip(terms, used, strict=True))
            line = (
                f"{name} = {_plain(values[name])}; {_dot(name)} = {symbols} = {numbers} = "
                f"{_plain(dots[name])}"
            )
            done.append(_Done(line, name, value=values[name], slope=dots[name]))
        return done


@dataclass(frozen=True)
class _Shown:
    """How far a sweep has come.

    Attributes
    ----------
    formula : _Formula
    inputs : dict of str to float
    done : list of _Done
    n_steps : int
        Of the whole sweep.
    seed : str or None
        The input that a forward sweep nudges; None in the reverse sweep.
    signs : mapping
        What stands on a value whose slope is complete, and at an arrow that has been used.
    """

    formula: _Formula
    inputs: dict[str, float]
    done: list[_Done]
    n_steps: int
    seed: str | None
    signs: Signs

    @property
    def values(self) -> dict[str, float]:
        computed = {step.node: step.value for step in self.done if step.value is not None}
        return self.inputs | computed

    @property
    def values_of_all(self) -> dict[str, float]:
        return self.formula.evaluate(self.inputs)

    @property
    def slopes(self) -> dict[str, float]:
        """What each node holds beside its value: ū, or the rate of change ahead."""
        held = {step.node: step.slope for step in self.done if step.slope is not None}
        if self.seed and self.done:
            held = {name: float(name == self.seed) for name in self.inputs} | held
        return held

    @property
    def shares(self) -> dict[tuple[str, str], float]:
        return {step.arrow: step.share for step in self.done if step.arrow}

    @property
    def now(self) -> _Done | None:
        return self.done[-1] if self.done else None

    @property
    def is_complete(self) -> bool:
        return len(self.done) == self.n_steps

    def mark(self, name: str) -> str:
        return _dot(name) if self.seed else _bar(name)

    def terms(self, name: str) -> tuple[int, int]:
        """Give how many users have passed on their share, and how many there are."""
        users = [arrow for arrow in self.formula.arrows if arrow[0] == name]
        return sum(arrow in self.shares for arrow in users), len(users)

    def badge(self, name: str) -> str:
        """Give what stands on a value, once its slope is complete."""
        told, users = self.terms(name)
        return self.signs.get(name, "") if users and told == users else ""


def _bar(name: str) -> str:
    return name[0] + BAR + name[1:]


def _dot(name: str) -> str:
    return name[0] + DOT + name[1:]


def _plain(value: float) -> str:
    """Write a number with up to three digits, without zeros at its end."""
    text = number(value, 3)
    return text.rstrip("0").rstrip(".") if "." in text and "·" not in text else text


def _factor(value: float) -> str:
    return f"({_plain(value)})" if value < 0 else _plain(value)


def _words(shown: _Shown) -> str:
    formula, values = shown.formula, shown.values
    steps = "; ".join(f"{name} = {formula.text(name)}" for name in formula.steps)
    said = [f"The graph of {formula.result}: {steps}."]
    if shown.seed:
        said.append(
            f"A forward sweep from {shown.seed}, step {len(shown.done)} of {shown.n_steps}."
        )
    else:
        n = len(shown.done)
        said.append(f"The values, then the reverse sweep, step {n} of {shown.n_steps}.")
    if values:
        said.append(f"Values: {', '.join(f'{n} = {_plain(v)}' for n, v in values.items())}.")
    if shown.slopes:
        held = ", ".join(f"{shown.mark(n)} = {_plain(v)}" for n, v in shown.slopes.items())
        said.append(f"Slopes: {held}.")
    known = [f"{shown.badge(n)} = {shown.mark(n)}" for n in shown.slopes if shown.badge(n)]
    if known:
        said.append(f"Among them: {', '.join(known)}.")
    if shown.now:
        said.append(f"Now: {shown.now.line}.")
    return " ".join(said)


def _picture(shown: _Shown, places: Mapping[str, tuple[float, float]], words: str) -> str:
    formula = shown.formula
    names = [*formula.inputs, *formula.steps]
    columns, rows = zip(*(places[name] for name in names), strict=True)
    wide = (WIDTH - 2 * MARGIN - BOX[0]) / ((max(columns) - min(columns)) or 1)
    at = {
        name: (
            MARGIN + BOX[0] / 2 + wide * (places[name][0] - min(columns)),
            TOP + BOX[1] / 2 + ROW * (places[name][1] - min(rows)),
        )
        for name in names
    }
    height = TOP + BOX[1] + ROW * (max(rows) - min(rows)) + BELOW
    arrows = [_arrow(shown, arrow, at[arrow[0]], at[arrow[1]]) for arrow in formula.arrows]
    body = [group(arrows), group(_node(shown, name, at[name]) for name in names)]
    return svg(WIDTH, round(height), f"The graph of {formula.result}", words, "".join(body))


def _rim(
    place: tuple[float, float], other: tuple[float, float], gap: float = 0.0
) -> tuple[float, float]:
    """Give where the line from the middle of a box to another one leaves it, and a gap further."""
    (x, y), (dx, dy) = place, (other[0] - place[0], other[1] - place[1])
    length = hypot(dx, dy) or 1.0
    ways = [half / 2 / abs(d) for half, d in zip(BOX, (dx, dy), strict=True) if d]
    part = min([*ways, 0.5]) + gap / length
    return x + part * dx, y + part * dy


def _head(tip: tuple[float, float], start: tuple[float, float], style: str) -> str:
    """Draw the head of an arrow that comes from `start`."""
    dx, dy = tip[0] - start[0], tip[1] - start[1]
    length = hypot(dx, dy) or 1.0
    along, aside = (HEAD * dx / length, HEAD * dy / length), (-dy / length, dx / length)
    corners = [
        (
            tip[0] - along[0] + side * HEAD / 2 * aside[0],
            tip[1] - along[1] + side * HEAD / 2 * aside[1],
        )
        for side in (1, -1)
    ]
    path = "".join(f"L{x:.1f} {y:.1f}" for x, y in corners)
    return f'<path style="{style}" d="M{tip[0]:.1f} {tip[1]:.1f}{path}Z"/>'


def _arrow(
    shown: _Shown,
    arrow: tuple[str, str],
    source: tuple[float, float],
    target: tuple[float, float],
) -> str:
    """Draw an arrow with its slope; and, once the way back has used it, what came along it."""
    share = shown.shares.get(arrow)
    is_now = bool(shown.now and shown.now.arrow == arrow)
    start, end = _rim(source, target, 2), _rim(target, source, 2)
    colour = PURPLE if share is not None else "var(--bp-rule)"
    line = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
    parts = [
        f'<path style="stroke: {colour}; stroke-width: {4 if is_now else 1.6}" d="{line}"/>',
        _head(start, end, f"stroke: {colour}; fill: {colour}")  # it has been walked back
        if share is not None
        else _head(end, start, f"stroke: {colour}; fill: {colour}"),
    ]
    if arrow[1] in shown.values:
        name, slope = shown.formula.slopes(shown.values_of_all)[arrow]
        is_steep = abs(end[1] - start[1]) > abs(end[0] - start[0])
        x = (start[0] + end[0]) / 2 - BESIDE * is_steep
        y = (start[1] + end[1]) / 2 + 5 - 8 * (arrow in shown.signs)
        text = f"{name.strip('()')} = {_plain(slope)}" if name else _plain(slope)
        lines = [(y - 9, "halo label", "", text)]
        if share is not None:
            share_text = f"{'+' if share > 0 else ''}{_plain(share)}"
            lines.append((y + 9, f"halo{' bold' * is_now}", f"fill: {PURPLE}; ", share_text))
            lines.append((y + 25, "halo muted", "", shown.signs.get(arrow, "")))
        for at, look, colour, text in lines:
            style = f"{colour}text-anchor: {'end' if is_steep else 'middle'}"
            place = f'x="{x:.1f}" y="{at:.1f}"'
            parts.append(f'<text class="{look}" style="{style}" {place}>{text}</text>')
    return group(parts)


def _node(shown: _Shown, name: str, place: tuple[float, float]) -> str:
    formula, (x, y) = shown.formula, place
    is_input = name in shown.inputs
    is_now = bool(shown.now and shown.now.node == name)
    value, slope = shown.values.get(name), shown.slopes.get(name)
    first = "◂ drag ▸" if is_input else f"{name} = {formula.text(name)}"
    if len(first) > LONGEST:
        first = "the cost" if name == formula.result else name
    top = y - BOX[1] / 2
    look = "box marked" if is_now else "box"
    rect = f'x="{x - BOX[0] / 2:.1f}" y="{top:.1f}" width="{BOX[0]}" height="{BOX[1]}" rx="10"'
    parts = [
        f'<rect class="hit" {rect}/>' if is_input else "",
        f'<rect class="{look}" {rect}/>',
        text_at(x, top + 17, first, "muted"),
        text_at(x, top + 36, f"{name} = {_plain(value)}" if value is not None else "?", "big"),
    ]
    if slope is not None:
        badge, colour = shown.badge(name), PURPLE
        if badge:
            band = f'x="{x - BOX[0] / 2:.1f}" y="{top + 41:.1f}" width="{BOX[0]}" height="21"'
            parts.append(f'<rect {band} rx="9" style="fill: {PURPLE}"/>')
            colour = "var(--bp-paper)"
        parts.append(
            f'<text class="bold" style="fill: {colour}" x="{x:.1f}" y="{top + 56:.1f}">'
            f"{badge or shown.mark(name)} = {_plain(slope)}</text>"
        )
    told, users = shown.terms(name)
    if users > 1 and shown.slopes and not shown.seed:
        parts.append(text_at(x, top + BOX[1] + 14, f"{told} of {users} users", "halo muted"))
    inside = "".join(parts)
    return knob(inside, f"the input {name}", (name, 1 / PX)) if is_input else group([inside])


def _aside(shown: _Shown) -> str:
    rows = [
        (step is shown.now, "", f'<span style="{LEFT}">{step.line}</span>') for step in shown.done
    ]
    parts = [f"<h4>Step {len(shown.done)} of {shown.n_steps}</h4>"]
    if rows:
        parts.append(table(rows))
    if shown.is_complete:
        C = shown.formula.result
        unused = dict.fromkeys(shown.inputs, 0.0)
        known = {shown.seed: shown.slopes[C]} if shown.seed else unused | shown.slopes
        told = [
            f"∂{C}/∂{u} = {_plain(known[u])}" if u in known else f"∂{C}/∂{u} = ?"
            for u in shown.inputs
        ]
        parts.append(f"<h4>What this one sweep tells</h4><p>{'; '.join(told)}</p>")
    return f'<div class="bp bp-panel">{"".join(parts)}</div>'
