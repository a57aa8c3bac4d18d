"""Pictures of 8 × 8 numbers, such as ink, weights or slopes, many in one drawing."""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, _arguments
from bpcore.view.explorable import Explorable, Look
from bpcore.view.style import group, svg, text_at

__all__ = ["SIDE", "checked_pictures", "pixels", "refuse_what_reads_no_digits", "show_pixels"]

SIDE = 8  # pixels along a side
DIGITS = 10
SHADES = 8
MARKED, PALE = 2, 4  # shades: from the first on a minus is drawn, up to the second a dark one
WIDTH, APART, LINE, TEXT = 660, 8, 18, 15  # px: the drawing; between pictures; a line; its text
LARGEST = 14  # px, of a pixel


def checked_pictures(pictures: ArrayLike, what: str) -> np.ndarray:
    """Check pictures, one column each.

    Returns
    -------
    ndarray, shape (64, n)

    Raises
    ------
    TypeError, ValueError
        If they are not finite real numbers in that shape.
    """
    array = _arguments.finite_array(pictures, what, np.dtype(float))
    if array.ndim != 2 or len(array) != SIDE**2 or not array.size:
        raise ValueError(f"{what} has shape {array.shape}; expected (64, n), one column a picture")
    return array


def refuse_what_reads_no_digits(net: Network) -> None:
    """Raise a TypeError or ValueError if a network does not read 8 × 8 pixels as ten digits."""
    if not isinstance(net, Network):
        raise TypeError(f"net must be a Network, got {type(net).__name__}")
    n, output = SIDE**2, net.sigma[net.L].name
    if net.sizes[0] != n or net.sizes[-1] != DIGITS or output != "softmax":
        raise ValueError(
            f"net must have {n} inputs, one for each pixel, and {DIGITS} softmax outputs, one for "
            f"each digit; it has sizes {list(net.sizes)} and {output} outputs"
        )


def pixels(
    pictures: Iterable[tuple[np.ndarray, float, float, float]], *, most: float | None = None
) -> str:
    """Draw pictures: ink in grey, and signed numbers in blue or, with a small minus, in orange.

    Parameters
    ----------
    pictures : iterable of (values, left, top, side of a pixel)
        The values have shape (64,), row by row. If one is negative, the largest is drawn darkest
        (by its size); else 1 is. The palest negative ones have no minus. The rest is in px.
    most : float, optional
        Then all are drawn as signed numbers, and this is the darkest.

    Returns
    -------
    str
        A ``<g>`` element.
    """
    frames, lines, marks = "", {}, {}  # a pixel is a line as wide as it is long: that is short
    for values, left, top, cell in pictures:
        frames += f"M{left:g} {top:g}h{SIDE * cell:g}v{SIDE * cell:g}h{-SIDE * cell:g}z"
        is_signed = most is not None or values.min() < 0
        darkest = most or (abs(values).max() if is_signed else 1)
        shades = np.rint(SHADES * np.clip(values / darkest, -1, 1))
        for place in np.flatnonzero(shades):
            row, column = divmod(int(place), SIDE)
            look = ("minus" if shades[place] < 0 else "plus") if is_signed else "ink"
            x, y, shade = left + cell * column, top + cell * row, int(abs(shades[place]))
            look_of_line = f"{look}); stroke-opacity: {shade / SHADES:.3g}; stroke-width: {cell:g}"
            lines.setdefault(look_of_line, []).append((x, y + cell / 2, cell))
            if look == "minus" and shade >= MARKED:
                away, thick = round(cell / 4), max(1, int(cell / 6))
                middle = y + (cell - thick) // 2 + thick / 2
                look_of_line = f"{look if shade <= PALE else 'paper'}); stroke-width: {thick}"
                marks.setdefault(look_of_line, []).append((x + away, middle, cell - 2 * away))
    drawn = [
        f'<path shape-rendering="crispEdges" style="stroke: var(--bp-{look}" d="{_runs(runs)}"/>'
        for look, runs in (*sorted(lines.items()), *sorted(marks.items()))
    ]
    return group([*drawn, f'<path d="{frames}"/>'])


def _runs(runs: Iterable[tuple[float, float, float]]) -> str:
    """Write level lines, given by their left ends and lengths; each begins where the last ended."""
    d, x_last, y_last = "", 0.0, 0.0
    for x, y, wide in runs:
        d += f"m{x - x_last:g} {y - y_last:g}h{wide:g}"
        x_last, y_last = x + wide, y
    return d


def show_pixels(
    pictures: ArrayLike, captions: Sequence[str], words: str, *, columns: int = 10
) -> Explorable:
    """Show pictures of 8 × 8 numbers with a caption under each; there is nothing to drag.

    Parameters
    ----------
    pictures : array_like, shape (64, n)
        One column a picture. If one of its numbers is negative, positive ones are blue and negative
        ones orange with a small minus, darkest where the picture's numbers are largest; else they
        are ink, from 0 (none) to 1.
    captions : sequence of str
        As many; lines are parted by a line feed.
    words : str
        What the pictures show; the captions are added.
    columns : int
        Pictures in a row, 1 to 20.

    Returns
    -------
    Explorable
        Without controls.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    pictures = checked_pictures(pictures, "pictures")
    columns = _arguments.integer(columns, "columns", least=1)
    if columns > 20:
        raise ValueError(f"columns must be at most 20, got {columns}")
    if len(captions) != pictures.shape[1]:
        raise ValueError(f"{pictures.shape[1]} pictures, but {len(captions)} captions")
    if not words.strip():
        raise ValueError("words must say what the pictures show, got an empty text")
    slot = WIDTH / columns
    cell = min(LARGEST, int((slot - APART) // SIDE))
    lines = [caption.split("\n") for caption in captions]
    row = SIDE * cell + LINE * max(map(len, lines)) + 14
    placed, texts = [], []
    for n, (values, said) in enumerate(zip(pictures.T, lines, strict=True)):
        middle, top = slot * (n % columns + 0.5), 6 + row * (n // columns)
        placed.append((values, round(middle - SIDE * cell / 2), top, cell))
        below = top + SIDE * cell + LINE
        texts += [
            text_at(middle, below + LINE * i, escape(line), "", TEXT) for i, line in enumerate(said)
        ]
    told = f"{words} In order: {', '.join(caption.replace(chr(10), ' ') for caption in captions)}."
    height = row * -(-len(lines) // columns) + 4
    drawing = svg(WIDTH, height, "Pictures of 8 × 8 numbers", told, pixels(placed) + group(texts))
    return Explorable({}, lambda _: Look(drawing, told, words))
