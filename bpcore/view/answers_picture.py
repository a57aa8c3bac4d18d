"""What several networks of two inputs answer for every input: a table of squares."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, forward
from bpcore.view.explorable import Explorable, Look
from bpcore.view.shading import LEGEND, samples_on, shaded_square
from bpcore.view.style import svg, text_at

__all__ = ["show_answers"]

WIDTH, LEFT, TOP = 660, 6, 44  # px
FEW = 12  # cells along a side: many squares are stored
SIDE, APART = 7 * FEW, 9  # px, of a square, and between two
ROW = SIDE + 50  # px
MOST = (WIDTH - LEFT) // (SIDE + APART)
REACH = (-0.2, 1.2)  # of both inputs


def show_answers(
    rows: Mapping[str, Sequence[Network]], columns: Sequence[str], x: ArrayLike, y: ArrayLike
) -> Explorable:
    """Show the answers of networks side by side, each with its error; there is nothing to drag.

    Parameters
    ----------
    rows : mapping of str to sequence of Network
        What is said above each row, and its networks; 2 inputs, 1 output from 0 to 1.
    columns : sequence of str
        What is said above each column; at most 7.
    x : array_like, shape (2, m)
        The samples, with coordinates from −0.2 to 1.2.
    y : array_like, shape (1, m)
        Their targets, 0 or 1.

    Returns
    -------
    Explorable
        Without controls.

    Raises
    ------
    ValueError
        If there is no row, a row is not as long as `columns`, or there are too many columns.

    Notes
    -----
    The error is the mean of (a − y)², dimensionless.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if not rows or not 0 < len(columns) <= MOST:
        raise ValueError(
            f"expected a row and 1 to {MOST} columns, got {len(rows)} rows, {len(columns)} columns"
        )
    for row, nets in rows.items():
        if len(nets) != len(columns):
            raise ValueError(
                f"expected {len(columns)} networks in each row, got {len(nets)} in {row!r}"
            )
    lefts = [LEFT + (SIDE + APART) * i for i in range(len(columns))]
    parts = [
        text_at(left + SIDE / 2, 16, name, "label")
        for left, name in zip(lefts, columns, strict=True)
    ]
    words = []
    for i, (row, nets) in enumerate(rows.items()):
        top, errors = TOP + ROW * i, []
        parts.append(text_at(LEFT, top - 6, row, "left big"))
        for left, net in zip(lefts, nets, strict=True):
            error = float(np.mean((forward(net, x).a[net.L] - y) ** 2))
            errors.append(f"{error:.3f}")
            parts += [
                shaded_square(
                    lambda p, net=net: forward(net, p).a[net.L], REACH, left, top, SIDE, FEW
                ),
                samples_on(x, y, REACH, left, top, SIDE, 4),
                text_at(left + SIDE / 2, top + SIDE + 18, f"error {errors[-1]}", "muted"),
            ]
        told = (f"{name} {error}" for name, error in zip(columns, errors, strict=True))
        words.append(f"{row}: errors {', '.join(told)}.")
    height = TOP + ROW * len(rows)
    parts.append(text_at(LEFT, height - 8, LEGEND, "muted left"))
    title = "What each network answers for every input"
    look = Look(svg(WIDTH, height, title, " ".join(words), "".join(parts)), " ".join(words))
    return Explorable({}, lambda values: look)
