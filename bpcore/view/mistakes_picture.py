"""Where a planted mistake shows: a network whose wrong arrays light up, over a table of them."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from bpcore import _arguments
from bpcore.view.axes import handle, knob
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.network_layout import refuse_too_large
from bpcore.view.style import group, power, svg, text_at

__all__ = ["explore_mistakes"]

LEFT, COLUMN, GAP = 190, 140, 38  # px: the input layer, from layer to layer, between neurons
TOP, RADIUS, SIDE = 28, 12, 9  # px: of the drawing, of a neuron, of a bias
ROW, CELL = 23, 68  # px, of the table
FINE = "ok"
WRONG = {  # how an array is drawn; one with a common factor solid, one that differs dashed
    True: 'class="plus" style="stroke-width: 3.2"',
    False: 'class="minus" style="stroke-width: 3.2; stroke-dasharray: 7 4"',
}


def explore_mistakes(
    sizes: Sequence[int], verdicts: Mapping[str, Mapping[str, str]], mistake: str
) -> Explorable:
    """Show a table of verdicts, one row a mistake, and the chosen row on the network above it.

    Each column stands under what it is about: weights under their lines, biases under their
    neurons. A curtain can be drawn back from the output; what is left of it is not shown yet.

    Parameters
    ----------
    sizes : sequence of int
        Neurons of each layer, the input's first.
    verdicts : mapping of str to mapping
        For each mistake, by its name: a verdict on each array, by "w2", "b2" and so on, up to the
        output's. It is "ok"; a factor, such as "5 ×"; or any other text.
    mistake : str
        The one that is chosen first.

    Returns
    -------
    Explorable
        Its `controls`: "mistake", "back".

    Raises
    ------
    ValueError
        If the network is too large to be legible, a verdict is missing, or there is no such
        mistake.
    """
    refuse_too_large(sizes)
    _arguments.choice(mistake, dict.fromkeys(verdicts), "mistake")
    L = len(sizes)
    arrays = [f"{part}{l}" for l in range(L, 1, -1) for part in "wb"]
    for name, row in verdicts.items():
        if set(row) != set(arrays):
            raise ValueError(f"{name}: there must be a verdict on each of {arrays}, got {[*row]}")
    bottom = TOP + GAP * max(sizes)
    height = bottom + 70 + ROW * len(verdicts)
    controls = {
        "mistake": Choice("mistake", list(verdicts), mistake, "menu"),
        "back": Slider("seen back to layer", 2, 2, L, 1, decimals=0),
    }

    def look(values: dict[str, Any]) -> Look:
        chosen, back = values.values()
        seen = [array for array in arrays if int(array[1]) >= back]
        listed = ", ".join(f"{_symbol(array)} {verdicts[chosen][array]}" for array in seen)
        words = f"{chosen}, seen from the output back to layer {back}: {listed}."
        parts = [_network(sizes, {array: verdicts[chosen][array] for array in seen})]
        parts += [text_at(_x(array), bottom + 22, _symbol(array), "muted") for array in arrays]
        for i, (name, row) in enumerate(verdicts.items()):
            shown = {array: row[array] for array in seen}
            parts.append(_row(bottom + 30 + ROW * i, name, shown, name == chosen, _x(arrays[0])))
        curtain = _curtain(_x(f"w{back}") - CELL / 2 - 2, height - 18)
        title = "Which arrays of a gradient a planted mistake makes wrong"
        return Look(svg(700, height, title, words, group(parts) + curtain), words)

    return Explorable(controls, look)


def _symbol(array: str) -> str:
    return array[0] + power(int(array[1]))


def _x(array: str) -> float:
    """Give the middle of an array's column: a bias stands under its layer, a weight before it."""
    return LEFT + COLUMN * (int(array[1]) - (1 if array[0] == "b" else 1.5))


def _network(sizes: Sequence[int], verdicts: Mapping[str, str]) -> str:
    """Draw the network; what is wrong in it is thick and coloured."""

    def look(array: str) -> str:
        verdict = verdicts.get(array, FINE)
        return 'class="pale"' if verdict == FINE else WRONG[verdict.endswith("×")]

    def places(l: int) -> list[tuple[float, float]]:
        middle = TOP + GAP * (max(sizes) - sizes[l - 1]) / 2
        return [(LEFT + COLUMN * (l - 1), middle + GAP * (j + 0.5)) for j in range(sizes[l - 1])]

    lines, neurons = [], []
    for l in range(1, len(sizes) + 1):
        neurons.append(text_at(LEFT + COLUMN * (l - 1), TOP - 14, f"layer {l}", "muted tight"))
        for x, y in places(l):
            neurons.append(f'<circle class="shape" cx="{x}" cy="{y}" r="{RADIUS}"/>')
        if l == 1:
            continue
        for (x1, y1), (x2, y2) in product(places(l - 1), places(l)):
            ends = f'x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
            lines.append(f'<line data-array="w{l}" {look(f"w{l}")} {ends}/>')
        for x, y in places(l):
            corner = f"M{x + RADIUS - 1} {y - RADIUS - 4}h{SIDE}v{SIDE}h{-SIDE}z"
            drawn = look(f"b{l}").replace("dasharray: 7 4", "dasharray: 4 2")
            neurons.append(f'<path data-array="b{l}" {drawn} d="{corner}"/>')
    return group(lines + neurons)


def _row(top: float, name: str, shown: Mapping[str, str], is_chosen: bool, right: float) -> str:
    """Write one row of the table; a click on it chooses its mistake."""
    kind = "box marked" if is_chosen else "paper"
    width = f"{right + COLUMN / 2 + CELL / 2:.0f}"
    box = f'<rect class="{kind}" x="4" y="{top}" width="{width}" height="{ROW}"/>'
    parts = [box, text_at(12, top + 16, name, "left tight" + " bold" * is_chosen)]
    for array, verdict in shown.items():
        sign = "muted" if verdict == FINE else "plus" if verdict.endswith("×") else "minus"
        weight = " bold" if verdict != FINE else ""
        text = verdict.replace("-", "−")
        parts.append(text_at(_x(array), top + 16, text, f"{sign} tight{weight}"))
    return f'<g data-set="mistake" data-to="{name}" aria-label="{name}">{"".join(parts)}</g>'


def _curtain(x: float, bottom: float) -> str:
    """Draw the line between what has been seen and what has not, which can be dragged."""
    ends = f'x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{bottom}"'
    drawn = f'<line class="hit" {ends}/><line class="ink" stroke-dasharray="1 4" {ends}/>'
    return knob(drawn + handle(x, bottom), "how far back you look", ("back", 1 / COLUMN))
