"""Where the neurons of a network stand on its drawing, and the numbers on its lines.

Places depend on the shape of the network and, where there is no room for all numbers, on which is
asked for; so nothing jumps while a weight is dragged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import hypot

import numpy as np

from bpcore.view.sample import Neuron, Weight

__all__ = ["LINE", "RING", "SQUARE", "Layout", "flow_arrow", "layout", "refuse_too_large"]

MOST_LAYERS, MOST_NEURONS = 5, 6
LEFT, RIGHT, TOP = 46, 166, 46  # px, around the places of the neurons
COLUMN = {2: 300, 3: 256}  # px from layer to layer
CLOSEST_COLUMN = 200
ROW = {1: 104, 2: 104, 3: 104, 4: 92, 5: 82}  # px from neuron to neuron
CLOSEST_ROW = 72
RADIUS = {104: 36, 92: 33, 82: 30, 72: 29}
BELOW, LINE = 28, 17  # px, under the lowest neuron: its mark, and each line of the legend
RING = 5  # px, between a neuron and the mark around it
SQUARE = 17  # px, half the side of a bias neuron
LABEL, BOX = np.array([37.0, 9.0]), np.array([47.0, 11.0])  # px, half the sides of both numbers
NEAR, FAR = 0.3, 0.7  # of the way: where both would best stand
CANDIDATES = np.linspace(0.08, 0.92, 57)
DETOUR = 12  # what it costs to stand at the other end, in lines covered
TRIES, MANY = 12, 60  # with many numbers, the first order has to do


@dataclass(frozen=True)
class Layout:
    """Places on the drawing of a network, in px.

    Attributes
    ----------
    width, height, radius : float
        Of the drawing, and of a neuron.
    places : dict of Neuron to tuple of float
        Middle of each neuron; j = n + 1 is the bias neuron of its layer.
    lines : dict of Weight to tuple of tuple of float
        Both ends of each connection.
    labels, boxes : dict of Weight to tuple of float
        Middle of the number that is the weight, and of the box that holds its slope; only those
        for which there is room.
    """

    width: float
    height: float
    radius: float
    places: dict[Neuron, tuple[float, float]]
    lines: dict[Weight, tuple[tuple[float, float], tuple[float, float]]]
    labels: dict[Weight, tuple[float, float]]
    boxes: dict[Weight, tuple[float, float]]

    def has_room_for(self, v: Weight, with_slope: bool) -> bool:
        """Tell whether all numbers of a connection have a place."""
        return v in self.labels and (v in self.boxes or not with_slope)


def refuse_too_large(sizes: Sequence[int]) -> None:
    """Raise a ValueError if a network of these sizes cannot be drawn legibly."""
    if len(sizes) > MOST_LAYERS or max(sizes) > MOST_NEURONS:
        raise ValueError(
            f"a network of {list(sizes)} cannot be drawn legibly: at most {MOST_LAYERS} layers of "
            f"at most {MOST_NEURONS} neurons"
        )


def flow_arrow(
    line: tuple[tuple[float, float], tuple[float, float]], radius: float, flow: int
) -> str:
    """Draw the head of an arrow at the end of a line to which something flows.

    Parameters
    ----------
    line : tuple of tuple of float
        Middle of the neurons at both ends, in px.
    radius : float
        Of a neuron, in px.
    flow : int
        +1 along the line, −1 against it.
    """
    (x1, y1), (x2, y2) = line if flow > 0 else line[::-1]
    length = hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    x, y = x2 - ux * (radius + 6), y2 - uy * (radius + 6)
    wings = [(x - 11 * ux + side * 6 * uy, y - 11 * uy - side * 6 * ux) for side in (1, -1)]
    (ax, ay), (bx, by) = wings
    return f'<path class="ink arrow" d="M{ax:.1f} {ay:.1f}L{x:.1f} {y:.1f}L{bx:.1f} {by:.1f}"/>'


@lru_cache(maxsize=256)
def layout(sizes: tuple[int, ...], with_slopes: bool, first: Weight | None = None) -> Layout:
    """Lay out a network.

    Parameters
    ----------
    sizes : tuple of int
        Neurons of each layer, the input's first; at most `MOST_LAYERS`, of `MOST_NEURONS` each.
    with_slopes : bool
        Whether each line gets a second number.
    first : Weight, optional
        The one whose numbers are to be shown before all others.

    Returns
    -------
    Layout

    Raises
    ------
    ValueError
        If the network is too large to be legible.
    """
    L = len(sizes)
    refuse_too_large(sizes)
    rows = [n + (l < L) for l, n in enumerate(sizes, start=1)]
    row, column = ROW.get(max(rows), CLOSEST_ROW), COLUMN.get(L, CLOSEST_COLUMN)
    radius, middle = RADIUS[row], TOP + row * (max(rows) - 1) / 2
    places = {
        Neuron(l, j): (LEFT + column * (l - 1), middle + row * (j - (rows[l - 1] + 1) / 2))
        for l in range(1, L + 1)
        for j in range(1, rows[l - 1] + 1)
    }
    weights = [
        Weight(l, j, k)
        for l in range(2, L + 1)
        for j, k in product(range(1, sizes[l - 1] + 1), range(sizes[l - 2] + 1))
    ]
    sources = {v: Neuron(v.l - 1, v.k or sizes[v.l - 2] + 1) for v in weights}
    lines = {v: (places[sources[v]], places[Neuron(v.l, v.j)]) for v in weights}
    wanted = [(v, NEAR, LABEL) for v in weights]
    wanted += [(v, FAR, BOX) for v in weights] if with_slopes else []
    found = _arranged(wanted, lines, _obstacles(places, sizes, radius), first)
    return Layout(
        width=LEFT + column * (L - 1) + RIGHT,
        height=max(y for _, y in places.values()) + radius + BELOW + LINE * (2 + with_slopes),
        radius=radius,
        places=places,
        lines=lines,
        labels={v: place for (v, at), place in found.items() if at == NEAR},
        boxes={v: place for (v, at), place in found.items() if at == FAR},
    )


def _obstacles(places: dict, sizes: tuple[int, ...], radius: float) -> np.ndarray:
    """Give the discs that must stay free: x, y and radius of each."""
    return np.array(
        [(*place, SQUARE if q.j > sizes[q.l - 1] else radius + RING) for q, place in places.items()]
    )


def _arranged(wanted: list, lines: dict, discs: np.ndarray, first: Weight | None) -> dict:
    """Find a place on its line for as many numbers as possible: the best of several orders."""
    candidates = {}
    for v, at, half in wanted:
        start, end = (np.array(place) for place in lines[v])
        middles = start + CANDIDATES[:, None] * (end - start)
        away = np.maximum(np.abs(middles[:, None] - discs[None, :, :2]) - half, 0)
        free = (np.hypot(*np.moveaxis(away, 2, 0)) > discs[:, 2]).all(axis=1)
        others = [line for other, line in lines.items() if other != v and other.l == v.l]
        crowd = sum(_crossed(middles, half, line) for line in others) if others else 0
        cost = np.abs(CANDIDATES - at) * DETOUR + crowd
        candidates[v, at] = middles[free], cost[free], half
    keys = sorted(candidates, key=lambda key: (key[0] != first, len(candidates[key][0])))
    best, least = {}, np.inf
    for seed in range(TRIES if len(keys) <= MANY else 1):
        placed, price = _greedy(keys, candidates, len(wanted))
        if price < least:
            best, least = placed, price
        shuffled = np.random.default_rng(seed).permutation(len(keys))
        keys = sorted((keys[i] for i in shuffled), key=lambda key: key[0] != first)
    return best


def _greedy(keys: Iterable, candidates: dict, n: int) -> tuple[dict, float]:
    taken, halves, placed, price = np.empty((n, 2)), np.empty((n, 2)), {}, 0.0
    for key in keys:
        middles, cost, half = candidates[key]
        i = len(placed)
        apart = np.abs(middles[:, None] - taken[None, :i]) >= halves[:i] + half
        free = np.flatnonzero(apart.any(axis=2).all(axis=1))
        if not free.size:
            price += 1000.0
            continue
        at = free[cost[free].argmin()]
        taken[i], halves[i], price = middles[at], half, price + cost[at]
        placed[key] = (float(middles[at][0]), float(middles[at][1]))
    return placed, price


def _crossed(middles: np.ndarray, half: np.ndarray, line: tuple) -> np.ndarray:
    """Tell for each box whether a line goes through it."""
    (x1, y1), (x2, y2) = line
    length = hypot(x2 - x1, y2 - y1)
    normal = np.array([y1 - y2, x2 - x1]) / length
    return np.abs((middles - (x1, y1)) @ normal) < np.abs(normal) @ half
