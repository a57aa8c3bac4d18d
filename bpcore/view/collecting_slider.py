"""All paths from one weight to the cost, and what happens when common factors are taken out."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product
from math import prod
from typing import Any

from numpy.typing import ArrayLike

from bpcore import Network
from bpcore.view.axes import handle, knob
from bpcore.view.columns import MARGIN, TOP, WIDTH, Columns, refuse_too_wide
from bpcore.view.explorable import Choice, Explorable, Look
from bpcore.view.network_panel import table
from bpcore.view.sample import Neuron, Sample, Weight, refuse_softmax
from bpcore.view.style import group, number, svg

__all__ = ["explore_collecting"]

NOTHING, DELTA = "nothing", "δ"
THE_STEP = "this step"
ROW = {1: 76, 2: 76, 3: 76, 4: 70, 5: 62}  # px from neuron to neuron, by the most in a layer
WIDEST, THINNEST, BETWEEN, BUNDLE = 6.0, 1.6, 2.6, 44.0  # px: strands, and all on one line
SIGN_AT = 0.3  # of the way
SMALL, LARGE, LONG = 11, 13, 36  # px, of a product on one line; small from so many characters
MUTED = '<span style="color: var(--bp-muted)">'
PALE = 0.22  # opacity of what has been collected
TRACK, LEGEND = 22, 128  # px, from the columns to the handle, and what stands below them
BAR = (250, 520, 14)  # px: both ends of a bar, and its height
Path = tuple[Neuron, ...]


def explore_collecting(
    net: Network,
    x: ArrayLike,
    y: ArrayLike,
    *,
    weight: str = "I1→H2.1",
    collected: str = NOTHING,
) -> Explorable:
    """Show all paths from a weight to the cost merge, layer by layer, into one δ.

    Parameters
    ----------
    net, x, y
        As for `bpcore.backprop`; one sample, elementwise activations, at most 4 layers of 5 neurons
        each, and at most 12 paths from a weight.
    weight : str
        The one shown first, by its name on the drawing.
    collected : str
        How much is collected at first: "nothing", "layer 3" …, or "δ".

    Returns
    -------
    Explorable
        Its `controls`: "collected", how far from the cost back common factors have been taken out;
        "weight"; and "explain", the neuron whose common factors are underlined.

    Raises
    ------
    ValueError
        If there is no such weight or no such layer, the network is too large to be legible, or its
        outputs are softmax, whose neurons have no σ′ of their own.
    """
    refuse_softmax(net)
    refuse_too_wide(net.sizes)
    sample = Sample(net, x, y)
    weights = {sample.name(v): v for v in sample.weights if v.k}
    neurons = {sample.name(q): q for q in sample.neurons}
    stages = [NOTHING, *(f"layer {l}" for l in range(net.L - 1, 1, -1)), DELTA]
    s = _slopes_of_a(sample)

    def look(values: dict[str, Any]) -> Look:
        at = stages.index(values["collected"])
        sums = _Sums(sample, s, weights[values["weight"]], at)
        asked = neurons.get(values["explain"])
        words = _words(sums, values["collected"])
        return Look(_picture(sums, stages, asked, words), words, aside=_aside(sums, asked))

    controls = {
        "collected": Choice("Collected", stages, collected),
        "weight": Choice("Weight", [*weights], weight, "menu"),
        "explain": Choice("Explain", [THE_STEP, *neurons], THE_STEP, "menu"),
    }
    return Explorable(controls, look)


def _slopes_of_a(sample: Sample) -> dict[Neuron, float]:
    """Compute s = ∂C/∂a of every neuron behind the input layer: eq. (7.4)."""
    L, trace, net = sample.net.L, sample.trace, sample.net
    s = {L: trace.a[L] - sample.y.reshape(-1, 1)}
    for l in range(L - 1, 1, -1):
        s[l] = net.w[l + 1].T @ (net.sigma[l + 1].prime(trace.z[l + 1]) * s[l + 1])
    return {Neuron(l, j): float(v) for l in s for j, v in enumerate(s[l][:, 0], start=1)}


@dataclass(frozen=True)
class _Sums:
    """The sum over the paths from a weight, with the layers behind the front collected.

    Attributes
    ----------
    sample : Sample
    s : dict of Neuron to float
        ∂C/∂a of each neuron behind the input layer.
    weight : Weight
    at : int
        How many steps of collecting have been made: 0 none, 1 layer L − 1, 2 layer L − 2 …, and
        L − 1 all of them, with σ′ taken into δ.
    """

    sample: Sample
    s: dict[Neuron, float]
    weight: Weight
    at: int

    @property
    def L(self) -> int:
        return self.sample.net.L

    @property
    def has_delta(self) -> bool:
        return self.at == self.L - 1

    @property
    def front(self) -> int:
        """The layer down to which all is collected."""
        return max(self.L - self.at, 2)

    @property
    def end(self) -> int:
        """The layer where the strands of this weight end; its own, once the front has passed it."""
        return max(self.front, self.weight.l)

    @property
    def uncollected(self) -> "_Sums":
        return replace(self, at=0)

    @property
    def source(self) -> Neuron:
        return Neuron(self.weight.l - 1, self.weight.k)

    @property
    def target(self) -> Neuron:
        return Neuron(self.weight.l, self.weight.j)

    @cached_property
    def paths(self) -> list[Path]:
        """One for each strand, from the weight's own neuron to where the strand ends."""
        layers = [self.layer(l) for l in range(self.weight.l + 1, self.end + 1)]
        return [(self.target, *rest) for rest in product(*layers)]

    def layer(self, l: int) -> list[Neuron]:
        return [Neuron(l, j) for j in range(1, self.sample.n(l) + 1)]

    def is_on_a_path(self, q: Neuron) -> bool:
        return q in (self.source, self.target) or q.l > self.weight.l

    def is_used(self, q: Neuron) -> bool:
        """Tell whether ∂C/∂w needs what a neuron holds."""
        return q != self.source and self.is_on_a_path(q)

    def is_held(self, q: Neuron) -> bool:
        """Tell whether a neuron holds what it has collected."""
        return self.at > 0 and q.l >= self.front

    def tail(self, path: Path) -> list[float]:
        """Give the factors of a strand from its end back to the weight: σ′, w … σ′, a."""
        factors = []
        for q, before in zip(path[:0:-1], path[-2::-1], strict=True):
            factors += [self.sample.slope(q), self.sample.w(Weight(q.l, q.j, before.j))]
        return [*factors, self.sample.slope(path[0]), self.sample.a(self.source)]

    def share(self, path: Path) -> float:
        """Compute what a strand adds to ∂C/∂w."""
        return self.s[path[-1]] * prod(self.tail(path))

    @property
    def of_this_weight(self) -> int:
        """Count the multiplications for ∂C/∂w of this weight: products of a, w, σ′ and a − y."""
        l = self.weight.l
        above = {i: self.sample.n(i) for i in range(l + 1, self.L + 1)}
        return self._multiplications({l: 1} | above, {l: 1})

    @property
    def of_all_weights(self) -> int:
        """Count the multiplications for ∂C/∂w of all weights of the network."""
        n, layers = self.sample.n, range(2, self.L + 1)
        return self._multiplications(
            {l: n(l) for l in layers}, {l: n(l) * n(l - 1) for l in layers}
        )

    def _multiplications(self, neurons: dict[int, int], weights: dict[int, int]) -> int:
        """Count them for the brackets of these neurons and the products of these weights."""
        n = self.sample.n
        pairs = {l: neurons[l] * n(l + 1) for l in neurons if self.front <= l < self.L}
        if self.has_delta:  # one for each line, each σ′ and each a
            return sum(pairs.values()) + sum(neurons.values()) + sum(weights.values())
        total = 2 * sum(pairs.values())  # σ′ and w
        for l, these in weights.items():
            end = max(self.front, l)
            paths = prod(n(i) for i in range(l + 1, end + 1))
            total += these * paths * 2 * (end - l + 1)
        return total


def _words(sums: _Sums, stage: str) -> str:
    name, n = sums.sample.name(sums.weight), len(sums.paths)
    paths = len(sums.uncollected.paths)
    of = f"{paths} path{'s' * (paths > 1)} from {name} to the cost"
    if sums.at == 0:
        told = f"{of}, nothing collected"
    elif sums.has_delta:
        own = sums.sample.name(sums.target)
        told = f"The {of}: all collected in δ of {own}, {number(_delta(sums, sums.target))}"
    else:
        told = f"The {of}, collected back to {stage}: {n} product{'s' * (n > 1)} left"
    total = len([v for v in sums.sample.weights if v.k])
    return (
        f"{told}. The sum is ∂C/∂w = {number(_total(sums))}. Multiplications: "
        f"{sums.of_this_weight:,} for this weight, {sums.of_all_weights:,} for all {total}."
    )


def _total(sums: _Sums) -> float:
    return sum(sums.share(path) for path in sums.paths)


def _delta(sums: _Sums, q: Neuron) -> float:
    return sums.s[q] * sums.sample.slope(q)


def _picture(sums: _Sums, stages: list[str], asked: Neuron | None, words: str) -> str:
    sizes = tuple(sums.sample.net.sizes)
    columns = Columns(sizes, ROW[max(sizes)])
    body = [
        group([_collected(columns, sums)]),
        group(_lines(columns, sums.sample)),
        group(_strands(columns, sums)),
        group(_line_buttons(columns, sums.sample)),
        _front(columns, stages, sums.at),
        group(
            [*(_neuron(columns, sums, q, asked) for q in sums.sample.neurons), _cost(columns, sums)]
        ),
        group(_bars(columns, sums)),
    ]
    title = "All paths from one weight to the cost, collected from the back"
    return svg(WIDTH, round(columns.bottom + LEGEND), title, words, "".join(body))


def _front_x(columns: Columns, at: int) -> float:
    return columns.x(len(columns.sizes) - at)


def _collected(columns: Columns, sums: _Sums) -> str:
    if sums.at == 0:
        return ""
    x = _front_x(columns, sums.at)
    return (
        f'<rect style="fill: var(--bp-mark); fill-opacity: 0.45" x="{x:.1f}" y="{TOP - 6}" '
        f'width="{WIDTH - x:.1f}" height="{columns.bottom - TOP + 6:.1f}"/>'
    )


def _lines(columns: Columns, sample: Sample) -> list[str]:
    outputs = [q for q in sample.neurons if q.l == sample.net.L]
    ends = [(Neuron(v.l - 1, v.k), Neuron(v.l, v.j)) for v in sample.weights if v.k]
    ends += [(q, columns.cost) for q in outputs]
    return [f'<path d="{"".join(columns.line(*pair) for pair in ends)}"/>']


def _line_buttons(columns: Columns, sample: Sample) -> list[str]:
    return [
        f'<g data-set="weight" data-to="{name}" aria-label="the weight {name}">'
        f'<path class="hit" style="stroke-width: 11px" '
        f'd="{columns.line(Neuron(v.l - 1, v.k), Neuron(v.l, v.j))}"/></g>'
        for v in sample.weights
        if v.k and (name := sample.name(v))
    ]


def _strands(columns: Columns, sums: _Sums) -> list[str]:
    """Draw what is left, and, behind the front, what has been collected."""
    stages = [replace(sums, at=at) for at in range(sums.L)]
    largest = max(abs(each.share(path)) for each in stages for path in each.paths) or 1.0
    drawn = []
    if sums.at:
        ghosts = _bundled(columns, sums.uncollected, largest, lambda l: l > sums.end)
        drawn.append(f'<g style="opacity: {PALE}">{"".join(ghosts)}</g>')
    drawn += _bundled(columns, sums, largest, lambda l: l <= sums.end or sums.at == 0)
    return drawn + _signs(columns, sums)


def _segments(columns: Columns, sums: _Sums, path: Path) -> Iterable[tuple[Neuron, Neuron]]:
    ends = (columns.cost,) if sums.at == 0 else ()
    return pairwise((sums.source, *path, *ends))


def _bundled(
    columns: Columns, sums: _Sums, largest: float, is_drawn: Callable[[int], bool]
) -> list[str]:
    """Draw the strands, those on the same line side by side."""
    on_line: dict[tuple[Neuron, Neuron], list[Path]] = {}
    for path in sums.paths:
        for segment in _segments(columns, sums, path):
            on_line.setdefault(segment, []).append(path)
    most = max(map(len, on_line.values()))
    widest = min(WIDEST, (BUNDLE - BETWEEN * (most - 1)) / most)
    drawn = []
    for (source, target), paths in on_line.items():
        if not is_drawn(target.l):
            continue
        shares = [sums.share(path) for path in paths]
        widths = [max(THINNEST, widest * abs(share) / largest) for share in shares]
        aside = -(sum(widths) + BETWEEN * (len(widths) - 1)) / 2
        for share, width in zip(shares, widths, strict=True):
            line = columns.line(source, target, aside + width / 2)
            dash = "" if share >= 0 else "; stroke-dasharray: 7 3"
            look = "plus" if share >= 0 else "minus"
            drawn.append(
                f'<path class="{look}" style="stroke-width: {width:.1f}{dash}" d="{line}"/>'
            )
            aside += width + BETWEEN
    return drawn


def _signs(columns: Columns, sums: _Sums) -> list[str]:
    """Write the sign of each strand on its last line before the cost or the front."""
    signs = []
    for path in sums.paths:
        before = path[-2] if len(path) > 1 else sums.source
        (x1, y1), (x2, y2) = columns.ends(before, path[-1])
        sign, look = ("+", "plus") if sums.share(path) >= 0 else ("−", "minus")
        x, y = x1 + SIGN_AT * (x2 - x1), y1 + SIGN_AT * (y2 - y1)
        signs.append(f'<text class="halo cost {look}" x="{x:.1f}" y="{y + 7:.1f}">{sign}</text>')
    return signs


def _front(columns: Columns, stages: list[str], at: int) -> str:
    """Draw what is dragged: the front, from the cost back to the weights."""
    y = columns.bottom + TRACK
    ticks = [
        f'<text class="muted" x="{_front_x(columns, i):.1f}" y="{y + 30:.1f}">{stage}</text>'
        for i, stage in enumerate(stages)
    ]
    ends = _front_x(columns, len(stages) - 1), _front_x(columns, 0)
    track = f'<line x1="{ends[0]:.1f}" y1="{y:.1f}" x2="{ends[1]:.1f}" y2="{y:.1f}"/>'
    x = _front_x(columns, at)
    upright = f'x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{y:.1f}"'
    inside = (
        f'<line class="hit" {upright}/><line class="ink" stroke-dasharray="2 4" {upright}/>'
        f"{handle(x, y)}"
    )
    return group([*ticks, track]) + knob(
        inside, "what is collected, from the cost back", ("collected", -1 / columns.step)
    )


def _neuron(columns: Columns, sums: _Sums, q: Neuron, asked: Neuron | None) -> str:
    sample, name = sums.sample, sums.sample.name(q)
    x, y = columns.place(q)
    said, is_used = "", sums.is_used(q)
    if q.l == 1:
        said = f"a {number(sample.a(q), 3)}"
    elif sums.is_held(q):
        said = _named(sums, q, 3)
    look = " marked" if q == asked else ""
    heading = "big" if sums.is_on_a_path(q) else "muted"
    classes = "tight" if is_used else "muted"
    lower = f'<text class="{classes}" x="{x:.1f}" y="{y + 17:.1f}">{said}</text>'
    return (
        f'<g data-set="explain" data-to="{name}" data-for="{name}" '
        f'aria-label="neuron {name}, layer {q.l}">{columns.box(q, "shape" + look)}'
        f'<text class="{heading}" x="{x:.1f}" y="{y - 3 if said else y + 5:.1f}">{name}</text>'
        f"{lower if said else ''}</g>"
    )


def _cost(columns: Columns, sums: _Sums) -> str:
    x, y = columns.place(columns.cost)
    return (
        f"<g>{columns.box(columns.cost, 'box')}"
        f'<text class="big" x="{x:.1f}" y="{y - 3:.1f}">C</text>'
        f'<text class="muted" x="{x:.1f}" y="{y + 17:.1f}">{number(sums.sample.C, 3)}</text></g>'
    )


def _bars(columns: Columns, sums: _Sums) -> list[str]:
    first = sums.uncollected
    left, right, height = BAR
    n_weights = sum(bool(v.k) for v in sums.sample.weights)
    name, y = sums.sample.name(sums.weight), columns.bottom + 74
    drawn = []
    for label, now, at_first in (
        (f"Multiplications for {name}", sums.of_this_weight, first.of_this_weight),
        (f"… for all {n_weights} weights", sums.of_all_weights, first.of_all_weights),
    ):
        place = f'x="{left}" y="{y - height + 2}" height="{height}"'
        drawn += [
            f'<text class="left muted" x="{MARGIN}" y="{y}">{label}</text>',
            f'<rect class="box" {place} width="{right - left}"/>',
            f'<rect class="box marked" {place} width="{(right - left) * now / at_first:.1f}"/>',
            f'<text class="left bold" x="{right + 8}" y="{y}">{now:,}</text>',
            f'<text class="left muted" x="{right + 64}" y="{y}">of {at_first:,}</text>',
        ]
        y += 20
    total = number(_total(sums))
    drawn.append(f'<text class="left bold" x="{MARGIN}" y="{y + 4}">Sum: ∂C/∂w = {total}</text>')
    unchanged = "unchanged" if sums.at else ""
    drawn.append(f'<text class="left muted" x="{left}" y="{y + 4}">{unchanged}</text>')
    return drawn


def _factor(value: float) -> str:
    text = number(value, 2)
    return f"({text})" if value < 0 else text


def _times(factors: Iterable[float]) -> str:
    return "×".join(_factor(value) for value in factors)


def _named(sums: _Sums, q: Neuron, digits: int) -> str:
    """Write what a neuron holds, with its name."""
    if sums.has_delta:
        return f"δ\xa0{number(_delta(sums, q), digits)}"
    return f"s\xa0{number(sums.s[q], digits)}"


def _held(sums: _Sums, q: Neuron) -> str:
    return f"<b>[{_named(sums, q, 2)}]</b>"


def _unbroken(text: str, px: int = SMALL) -> str:
    return (
        f'<span style="display: block; text-align: left; white-space: nowrap; '
        f'font-size: {px}px; font-weight: 400">{text}</span>'
    )


def _size(texts: Iterable[str]) -> int:
    """Give the size in px of products in a column."""
    longest = max(len(re.sub("<.*?>", "", text)) for text in texts)
    return SMALL if longest > LONG else LARGE


def _terms(sums: _Sums, q: Neuron) -> list[str]:
    """Write the terms that make s of a neuron, of what the neurons of the next layer hold."""
    sample, terms = sums.sample, []
    if q.l == sums.L:
        return [f"{number(sample.a(q), 2)} − {_factor(sample.y[q.j - 1])}"]
    for i in range(1, sample.n(q.l + 1) + 1):
        ahead = Neuron(q.l + 1, i)
        slope = [] if sums.has_delta else [sample.slope(ahead)]
        w = sample.w(Weight(ahead.l, i, q.j))
        terms.append(f"{_held(sums, ahead)}×{_times([*slope, w])}")
    return terms


def _aside(sums: _Sums, asked: Neuron | None) -> str:
    sample, name = sums.sample, sums.sample.name(sums.weight)
    parts = [_explained(sums, asked)] if asked else []
    held = [q for q in sorted(sample.neurons, key=lambda q: (-q.l, q.j)) if sums.is_held(q)]
    if held:
        open_ = asked if asked in held and sums.is_used(asked) else sums.target
        rows = [
            _bracket_row(sums, q, sums.front > 2 or q == open_) for q in held if sums.is_used(q)
        ]
        parts.append(f"<h4>Collected, for every weight to use</h4>{table(rows)}")
    others = [f"{sample.name(q)}\xa0{_named(sums, q, 2)}" for q in held if not sums.is_used(q)]
    if others:
        parts.append(f"<p>{MUTED}Not needed for {name}: {', '.join(others)}.</span></p>")
    symbols = ["σ′", "w"] * (sums.end - sums.weight.l) + ["σ′", "a"]
    first = "[s]" if sums.at else "∂C/∂a"
    head = "[δ]×a" if sums.has_delta else "×".join([first, *symbols])
    left = []
    for path in sums.paths:
        way = " ".join(sample.name(q) for q in path[1:]) or sample.name(path[0])
        tail = [sample.a(sums.source)] if sums.has_delta else sums.tail(path)
        factor = _held(sums, path[-1]) if sums.at else number(sums.s[path[-1]], 2)
        left.append((way, f"{factor}×{_times(tail)}"))
    px = _size(text for _, text in left)
    rows = [(False, _unbroken(way, px), _unbroken(text, px)) for way, text in left]
    rows.append((False, "sum", _unbroken(f"<b>{number(_total(sums))}</b>", LARGE)))
    n = len(sums.paths)
    heading = (
        f"{n} product{'s' * (n > 1)} left for {name}" if sums.at else f"{n} paths, {n} products"
    )
    parts.append(f"<h4>{heading}</h4>{table(rows, ('', _unbroken(head, px)))}")
    return f'<div class="bp bp-panel">{"".join(parts)}</div>'


def _bracket_row(sums: _Sums, q: Neuron, is_open: bool) -> tuple[bool, str, str]:
    """Write what a neuron holds and, if it is open, of what that was made, a summand a line."""
    name, held = sums.sample.name(q), _named(sums, q, 3)
    if not is_open:
        return False, name, _unbroken(held, LARGE)
    first, *others = _terms(sums, q)
    lines = [f"{held} = {'(' * sums.has_delta}{first}", *(f"+ {term}" for term in others)]
    if sums.has_delta:
        lines[-1] += f")×{_factor(sums.sample.slope(q))}"
    return False, name, _unbroken("<br>".join(lines), _size(lines))


def _explained(sums: _Sums, q: Neuron) -> str:
    """Say what a neuron collects: what its strands share and, once it is taken out, the bracket."""
    sample, name, own = sums.sample, sums.sample.name(q), sums.sample.name(sums.weight)
    if q == sums.source:
        said = f"Every path from {own} ends with the same factor, a = {number(sample.a(q))}."
    elif not sums.is_used(q):
        said = f"No path from {own} leads through {name}."
    elif q.l == sums.L:
        said = (
            f"Every path through {name} begins with the same factor, ∂C/∂a = a − y = "
            f"{number(sums.s[q])}. There is nothing to add up."
        )
    elif sums.has_delta:
        said = (
            f"Its bracket, s = {number(sums.s[q])}, was made at “layer {q.l}”: go back to see how. "
            f"Here it is multiplied by its σ′ = {number(sample.slope(q))}, and that is δ = "
            f"{number(_delta(sums, q))}."
        )
    else:
        said = _common_factors(sums, q)
    return f"<h4>{name}</h4><p>{said}</p>"


def _common_factors(sums: _Sums, q: Neuron) -> str:
    name, shared = sums.sample.name(q), 2 * (q.l - sums.weight.l + 1)
    before = replace(sums, at=min(sums.at, sums.L - q.l - 1))
    heads, tail = [], ""
    for path in before.paths:
        if q in path:
            factors = before.tail(path)
            factor = _held(before, path[-1]) if before.at else _factor(before.s[path[-1]])
            heads.append("×".join([factor, *map(_factor, factors[:-shared])]))
            tail = f"<u>{_times(factors[-shared:])}</u>"  # the same of all, in at most 4 layers
    px = _size(f"{head}×{tail}" for head in heads)
    lines = "".join(_unbroken(f"{head}×{tail}", px) for head in heads)
    told = f"The products through {name} have the underlined factors in common.{lines}</p><p>"
    if not sums.is_held(q):
        return f"{told}What could you do with them? Drag the ball to layer {q.l}."
    bracket = _unbroken(f"({'<br>+ '.join(heads)})<br>×{tail}", px)
    return (
        f"{told}After:{bracket}</p><p>The bracket is s = ∂C/∂a of "
        f"{name} = {number(sums.s[q])}: all that {name} does to the cost."
    )
