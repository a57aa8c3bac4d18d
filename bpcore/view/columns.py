"""A network in columns, the cost as the last of them: where its boxes and its lines stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from bpcore.view.sample import Neuron

__all__ = ["BOX", "MARGIN", "TOP", "WIDTH", "Columns", "refuse_too_wide"]

MOST_LAYERS, MOST_NEURONS, MOST_PATHS = 4, 5, 12
WIDTH, MARGIN, TOP = 660, 4, 28  # px
BOX = (88, 52)  # px, of a neuron and of the cost
INSIDE = 12  # px, how far a line goes on under the boxes at its ends, which hide that


def refuse_too_wide(sizes: Sequence[int]) -> None:
    """Raise a ValueError if the paths of a network of these sizes cannot be told apart."""
    paths = 1
    for n in sizes[2:]:
        paths *= n
    if not 2 <= len(sizes) <= MOST_LAYERS or max(sizes) > MOST_NEURONS or paths > MOST_PATHS:
        raise ValueError(
            f"the paths of a network of {list(sizes)} cannot be told apart: at most {MOST_LAYERS} "
            f"layers of {MOST_NEURONS} neurons, and {MOST_PATHS} paths from a weight to the cost"
        )


@dataclass(frozen=True)
class Columns:
    """Places on the drawing, in px; the cost stands as the one neuron of layer L + 1.

    Attributes
    ----------
    sizes : tuple of int
        Neurons of each layer.
    row : float
        From neuron to neuron.
    """

    sizes: tuple[int, ...]
    row: float

    @property
    def cost(self) -> Neuron:
        """The place that stands for the cost."""
        return Neuron(len(self.sizes) + 1, 1)

    @property
    def step(self) -> float:
        """From column to column."""
        return (WIDTH - 2 * MARGIN - BOX[0]) / len(self.sizes)

    @property
    def bottom(self) -> float:
        """Where the columns end."""
        return TOP + self.row * max(self.sizes)

    def x(self, l: int) -> float:
        """Give the middle of a column."""
        return MARGIN + BOX[0] / 2 + self.step * (l - 1)

    def place(self, q: Neuron) -> tuple[float, float]:
        """Give the middle of a neuron, or of the cost."""
        n = (*self.sizes, 1)[q.l - 1]
        return self.x(q.l), TOP + self.row * ((max(self.sizes) - n) / 2 + q.j - 0.5)

    def line(self, source: Neuron, target: Neuron, aside: float = 0.0) -> str:
        """Give the path data of a line between two boxes, moved aside, at a right angle to it."""
        (x1, y1), (x2, y2) = self.ends(source, target)
        length = hypot(x2 - x1, y2 - y1)
        along = (x2 - x1) / length, (y2 - y1) / length
        x1, y1 = x1 - INSIDE * along[0] - aside * along[1], y1 - INSIDE * along[1]
        x2, y2 = x2 + INSIDE * along[0] - aside * along[1], y2 + INSIDE * along[1]
        return f"M{x1:.1f} {y1 + aside * along[0]:.1f}L{x2:.1f} {y2 + aside * along[0]:.1f}"

    def ends(
        self, source: Neuron, target: Neuron
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Give where the line between two boxes leaves the one and meets the other."""
        (x1, y1), (x2, y2) = self.place(source), self.place(target)
        return (x1 + BOX[0] / 2, y1), (x2 - BOX[0] / 2, y2)

    def box(self, q: Neuron, classes: str = "shape") -> str:
        """Draw the box of a neuron, or of the cost."""
        (x, y), (width, height) = self.place(q), BOX
        return (
            f'<rect class="{classes}" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" '
            f'width="{width}" height="{height}" rx="14"/>'
        )
