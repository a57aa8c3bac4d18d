"""What a nudge of one weight changes in a network, and what has to be computed again."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bpcore import Network
from bpcore.view.explorable import Explorable, Look
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import svg, text_at

__all__ = ["show_reach"]

MOST_LAYERS, MOST_NEURONS = 5, 4
WIDTH, LEFT, RIGHT, TOP, ROW, RADIUS = 660, 36, 604, 56, 62, 21  # px


def show_reach(sizes: Sequence[int], line: str) -> Explorable:
    """Draw which neurons a nudge of a weight changes, and the products that follow its change.

    Parameters
    ----------
    sizes : sequence of int
        Neurons of each layer; at most 5 layers of at most 4.
    line : str
        The nudged one, such as "I1→H2.1"; not that of a bias.

    Returns
    -------
    Explorable
        Without controls.

    Raises
    ------
    ValueError
        If the network is too large to be legible, or has no such line.
    """
    if len(sizes) > MOST_LAYERS or max(sizes) > MOST_NEURONS:
        raise ValueError(
            f"expected at most {MOST_LAYERS} layers of {MOST_NEURONS} neurons, got {list(sizes)}"
        )
    sample = Sample(Network(sizes), np.zeros(sizes[0]), np.zeros(sizes[-1]))
    lines = {sample.name(v): v for v in sample.weights if v.k}
    if line not in lines:
        raise ValueError(f"expected one of {', '.join(lines)}, got {line!r}")
    v = lines[line]
    again = [each for each in lines.values() if _is_computed_again(each, v)]
    counts = [sum(each.l == l for each in again) for l in range(v.l, len(sizes) + 1)]
    after = [f"all {sizes[l - 1]} of layer {l}" for l in range(v.l + 1, len(sizes) + 1)]
    counted = " + ".join(map(str, counts)) + (f" = {sum(counts)}" if after else "")
    words = (
        f"A nudge of {line} changes {', '.join([f'1 neuron of layer {v.l}', *after])}. "
        f"Multiplications that follow it: {counted}. "
        f"The whole pass takes {sum(n * k for n, k in pairwise(sizes))}."
    )
    height = TOP + ROW * (max(sizes) - 1) + RADIUS + 36
    picture = svg(WIDTH, height, f"What a nudge of {line} changes", words, _drawn(sample, v, again))
    return Explorable({}, lambda _: Look(picture, words))


def _is_computed_again(each: Weight, v: Weight) -> bool:
    """Tell whether a change at v has to be multiplied with a weight."""
    return each == v or each.l > v.l + 1 or (each.l == v.l + 1 and each.k == v.j)


def _drawn(sample: Sample, v: Weight, again: Sequence[Weight]) -> str:
    sizes, L = sample.net.sizes, sample.net.L
    places = {
        Neuron(l, j): (
            LEFT + (RIGHT - LEFT) * (l - 1) / (L - 1),
            TOP + ROW * (j - 1 + (max(sizes) - n) / 2),
        )
        for l, n in enumerate(sizes, start=1)
        for j in range(1, n + 1)
    }
    parts = []
    for each in sorted((each for each in sample.weights if each.k), key=again.__contains__):
        (x1, y1), (x2, y2) = places[Neuron(each.l - 1, each.k)], places[Neuron(each.l, each.j)]
        look = f'class="ink" style="stroke-width: {6 if each == v else 2}"' * (each in again)
        parts.append(f'<line {look} x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
    for q, (x, y) in places.items():
        is_changed = q == Neuron(v.l, v.j) or q.l > v.l
        look, written = ("marked", "bold tight") if is_changed else ("pale", "muted")
        parts.append(f'<circle class="shape {look}" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>')
        parts.append(text_at(x, y + 5, sample.name(q), written))
    for l in range(1, L + 1):
        x, n = places[Neuron(l, 1)][0], sum(each.l == l for each in again)
        parts.append(text_at(x, 20, f"layer {l}", "muted"))
        below = TOP + ROW * (max(sizes) - 1) + RADIUS + 26
        parts.append(text_at(x, below, f"{n} product{'s' * (n > 1)}" if n else "", "big"))
    return "".join(parts)
