"""Where the nudges sit on each rung of the ladder from nudging to backpropagation."""

from collections.abc import Sequence
from itertools import pairwise

from bpcore.view.explorable import Explorable, Look
from bpcore.view.style import group, svg, text_at

__all__ = ["show_rungs"]

MOST_LAYERS, MOST_NEURONS = 4, 4
WIDTH, HEIGHT, APART = 660, 292, 12  # px
LEFT, TOP, ROW = 12, 84, 46  # px, of the neurons and between them
COLUMNS = 80, 32, 32, 32  # px between layers, on each rung: on rung 0 dots stand on the lines
RADIUS, DOT, STUB = 8, 3, 12  # px
BEFORE = 1 / (MOST_NEURONS + 1)  # of a line, behind its dot: then all dots are equally far apart
# What each rung adds, and what it has to nudge.
RUNGS = (
    ("no equation", "every weight and bias"),
    ("BP3, BP4", "every neuron"),
    ("and BP2", "every output neuron"),
    ("and BP1", "nothing"),
)


def show_rungs(sizes: Sequence[int]) -> Explorable:
    """Draw a network four times, with a dot wherever a rung must nudge it; nothing can be dragged.

    Parameters
    ----------
    sizes : sequence of int
        Neurons of each layer; 2 to 4 layers of 1 to 4.

    Returns
    -------
    Explorable
        Without controls.

    Raises
    ------
    ValueError
        If the network is too large to be legible.
    """
    if not 2 <= len(sizes) <= MOST_LAYERS or not 1 <= min(sizes) <= max(sizes) <= MOST_NEURONS:
        raise ValueError(
            f"expected 2 to {MOST_LAYERS} layers of 1 to {MOST_NEURONS} neurons, got {list(sizes)}"
        )
    nudges = sum(n * (k + 1) for k, n in pairwise(sizes)), sum(sizes[1:]), sizes[-1], 0
    parts, told, left = [], [], 0
    for rung, ((equations, nudged), n) in enumerate(zip(RUNGS, nudges, strict=True)):
        middle = left + LEFT + COLUMNS[rung] * (len(sizes) - 1) / 2
        passes = f"{n + 1} pass{'es' * (n > 0)}"
        parts += [
            text_at(middle, 20, f"Rung {rung}", "big"),
            text_at(middle, 40, equations, "label"),
            _network(sizes, left + LEFT, rung),
            text_at(middle, HEIGHT - 40, f"{n or 'no'} nudge{'s' * (n != 1)}", "label"),
            text_at(middle, HEIGHT - 20, passes, "big"),
        ]
        left += 2 * LEFT + COLUMNS[rung] * (MOST_LAYERS - 1) + APART
        told.append(f"Rung {rung} ({equations}) nudges {nudged}: {passes}.")
    words = f"A network of {', '.join(map(str, sizes))} neurons. {' '.join(told)}"
    title = "Where each rung of the ladder nudges a network"
    look = Look(svg(WIDTH, HEIGHT, title, words, "".join(parts)), words)
    return Explorable({}, lambda _: look)


def _network(sizes: Sequence[int], left: float, rung: int) -> str:
    columns = [
        [(left + COLUMNS[rung] * l, TOP + ROW * (row + (MOST_NEURONS - n) / 2)) for row in range(n)]
        for l, n in enumerate(sizes)
    ]
    lines, neurons, dots = [], [], []
    for l, column in enumerate(columns):
        is_nudged = l > 0 and (rung == 1 or (rung == 2 and l == len(sizes) - 1))
        for x, y in column:
            for source in columns[l - 1] if l else []:
                lines.append(_line(*source, x, y))
                if rung == 0:
                    x1, y1 = source
                    dots.append(_dot(x + BEFORE * (x1 - x), y + BEFORE * (y1 - y)))
            if l and rung == 0:  # the bias
                lines.append(_line(x, y, x, y - RADIUS - STUB))
                dots.append(_dot(x, y - RADIUS - STUB))
            look = "shape marked" if is_nudged else "shape"
            neurons.append(f'<circle class="{look}" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>')
            if is_nudged:
                dots.append(_dot(x, y))
    return group(lines + neurons + dots)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _dot(x: float, y: float) -> str:
    return f'<circle style="fill: var(--bp-ink)" cx="{x:.1f}" cy="{y:.1f}" r="{DOT}"/>'
