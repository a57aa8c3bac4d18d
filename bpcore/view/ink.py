"""Ink on a board of 32 × 32 fields: painted, fitted into the box, and reduced to 8 × 8 numbers as
the digits of the data set were."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import _arguments
from bpcore.view.explorable import Painting

__all__ = [
    "AS_DRAWN",
    "FIELDS",
    "PIXELS",
    "Frame",
    "Ink",
    "fitted",
    "painted",
    "reduced",
    "unpacked",
]

FIELDS, PIXELS, BLOCK = 32, 8, 4  # along a side: of the board, of the picture; fields of a pixel
FULL = BLOCK**2  # fields of a pixel that is all ink
# Of the digits of the data set as 32 × 32 fields: their width, and the ink of the average one.
WIDTH, INKED = 20.0, 312
MOST_ENLARGED, MOST_WIDENED = 4.0, 1.5  # the second compared with the height
THICKEST = 3.0  # times the ink that there would be without any change of the pen's width
STEEPEST = 0.6  # fields sideways for each field down
TIP = 0.06  # of the height, at the top and at the bottom, where the slant is seen
SMOOTHED = 0.8  # fields
MIDDLES = np.arange(FIELDS) + 0.5


class Ink(Painting):
    """What is drawn on the board.

    Its value is 256 hexadecimal digits, the fields row by row, a bit each. It is set by them; by an
    array of shape (32, 32), of zeros and ones; or by a picture of the data set: 64 numbers from 0
    to 1, which are rounded to sixteenths.
    """

    def _accept(self, value: Any) -> str:
        if isinstance(value, str):
            if len(value) != FIELDS**2 // 4 or not set(value) <= set("0123456789abcdef"):
                raise ValueError(
                    f"{self.label} as text must be {FIELDS**2 // 4} hexadecimal digits, "
                    f"got {len(value)} characters"
                )
            return value
        return packed(given(value, self.label))


def given(value: ArrayLike, what: str) -> np.ndarray:
    """Check a board or a picture, and give the board.

    Returns
    -------
    ndarray of bool, shape (32, 32)
    """
    array = _arguments.finite_array(value, what, np.dtype(float))
    if array.shape == (FIELDS, FIELDS):
        if not np.isin(array, (0, 1)).all():
            raise ValueError(f"{what} of shape (32, 32) must hold only 0 and 1")
        return array.astype(bool)
    if array.shape not in ((PIXELS, PIXELS), (PIXELS**2,), (PIXELS**2, 1)):
        raise ValueError(
            f"{what} has shape {array.shape}; expected (32, 32), or a picture of the data set, "
            "(64,) or (8, 8)"
        )
    if array.min() < 0 or array.max() > 1:
        raise ValueError(
            f"{what} must hold numbers from 0 (no ink) to 1, "
            f"but it reaches from {array.min():g} to {array.max():g}"
        )
    return unreduced(array.reshape(PIXELS, PIXELS))


def packed(ink: np.ndarray) -> str:
    """Write a board as 256 hexadecimal digits."""
    return np.packbits(ink).tobytes().hex()


def unpacked(text: str) -> np.ndarray:
    """Read a board, shape (32, 32), of bool."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8))
    return bits.astype(bool).reshape(FIELDS, FIELDS)


def reduced(ink: np.ndarray) -> np.ndarray:
    """Count the inked fields of each block of 4 × 4, in sixteenths.

    Parameters
    ----------
    ink : ndarray of bool, shape (32, 32)

    Returns
    -------
    ndarray, shape (64,)
        Row by row, from 0 to 1.

    Notes
    -----
    As the data set was made: Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits*, UCI
    Machine Learning Repository, 1998.
    """
    return ink.reshape(PIXELS, BLOCK, PIXELS, BLOCK).sum(axis=(1, 3)).ravel() / FULL


def unreduced(picture: np.ndarray) -> np.ndarray:
    """Find a board, shape (32, 32), that is reduced to a picture, shape (8, 8).

    In each block, the ink goes where the smoothed picture is darkest, and then where the smoothed
    board is, until it no longer looks like blocks.
    """
    counts = np.rint(FULL * picture).reshape(-1, 1)
    near = _smoothing(BLOCK * (np.arange(PIXELS) + 0.5), 0.7 * BLOCK)
    ink = _darkest(near @ picture @ near.T, counts)
    near = _smoothing(MIDDLES, 1.5)
    for _ in range(3):
        ink = _darkest(near @ ink @ near.T, counts)
    return ink


def _smoothing(middles: np.ndarray, width: float) -> np.ndarray:
    """Give the weights of things at their middles in each field, by a normal distribution."""
    near = np.exp(-(((MIDDLES[:, np.newaxis] - middles) / width) ** 2) / 2)
    return near / near.sum(axis=1, keepdims=True)


def _darkest(smooth: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Ink as many fields of each block as its count, shape (64, 1), says: the darkest."""
    blocks = smooth.reshape(PIXELS, BLOCK, PIXELS, BLOCK).swapaxes(1, 2).reshape(-1, FULL)
    ink = np.argsort(np.argsort(-blocks, axis=1, kind="stable"), axis=1) < counts
    return ink.reshape(PIXELS, PIXELS, BLOCK, BLOCK).swapaxes(1, 2).reshape(FIELDS, FIELDS)


def painted(
    ink: np.ndarray, ends: tuple[float, float, float, float], width: float, erases: bool
) -> np.ndarray:
    """Draw a line with a round pen, or erase along it.

    Parameters
    ----------
    ink : ndarray of bool, shape (32, 32)
        Is not changed.
    ends : tuple of float
        x and y of both ends, in fields from the upper left corner.
    width : float
        Of the pen, in fields.
    erases : bool

    Returns
    -------
    ndarray of bool, shape (32, 32)
    """
    x, y, x_end, y_end = ends
    way = np.array([x_end - x, y_end - y])
    right, down = np.meshgrid(MIDDLES - x, MIDDLES - y)
    along = np.clip((right * way[0] + down * way[1]) / max(way @ way, 1e-12), 0, 1)
    distance = np.hypot(right - along * way[0], down - along * way[1])
    touched = distance <= width / 2
    return ink & ~touched if erases else ink | touched


@dataclass(frozen=True)
class Frame:
    """The part of the board that fills the box which the network sees.

    Attributes
    ----------
    x, y : float
        Its middle, in fields of the board.
    wider, taller : float
        What it is enlarged by.
    slant : float
        Fields to the right for each field down, which are taken back.
    """

    x: float
    y: float
    wider: float
    taller: float
    slant: float

    def to_box(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the place in the box of a place on the board, both in fields."""
        upright = x - self.x - self.slant * (y - self.y)
        return upright * self.wider + FIELDS / 2, (y - self.y) * self.taller + FIELDS / 2

    def to_board(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the place on the board of a place in the box, both in fields."""
        down = (y - FIELDS / 2) / self.taller
        return self.x + (x - FIELDS / 2) / self.wider + self.slant * down, self.y + down


AS_DRAWN = Frame(FIELDS / 2, FIELDS / 2, 1.0, 1.0, 0.0)


def fitted(ink: np.ndarray) -> tuple[np.ndarray, Frame]:
    """Bring a drawing into the size, the uprightness and the thickness of the data set's digits.

    They are 32 fields high and most of them about 20 wide, their highest and their lowest ink
    starts at about the same distance from the left, and 0.305 ± 0.034 of their fields are inked. So
    the drawing is enlarged and made upright; and of its smoothed picture, the darkest fields become
    the ink.

    Parameters
    ----------
    ink : ndarray of bool, shape (32, 32)

    Returns
    -------
    ndarray of bool, shape (32, 32)
    Frame
        Of the board.

    Notes
    -----
    The makers of the data set used programs of NIST for this, which are not repeated here: the
    sizes above were measured on the 1,797 digits of `bpcore.examples.digits`.
    """
    if not ink.any():
        return ink, AS_DRAWN
    rows, columns = np.nonzero(ink)
    top, height = int(rows[0]), int(rows[-1] - rows[0] + 1)
    tip = max(1, round(TIP * height))
    starts = [columns[rows < top + tip].min(), columns[rows >= top + height - tip].min()]
    slant = (starts[1] - starts[0]) / max(height - tip, BLOCK)
    slant = float(np.clip(slant, -STEEPEST, STEEPEST))
    middle = top + height / 2
    upright = columns + 0.5 - slant * (rows + 0.5 - middle)
    width = float(np.ptp(upright)) + 1
    taller = min(FIELDS / height, MOST_ENLARGED)
    wider = min(WIDTH / width, MOST_WIDENED * taller)
    frame = Frame(float(upright.min() + upright.max()) / 2, middle, wider, taller, slant)
    places = frame.to_box(columns + 0.5, rows + 0.5)
    across, down = (
        np.exp(-(((MIDDLES[:, np.newaxis] - place) / np.hypot(0.3 * larger, SMOOTHED)) ** 2) / 2)
        for place, larger in zip(places, (wider, taller), strict=True)
    )
    dark = (down @ across.T).ravel()
    most = round(min(INKED, THICKEST * len(rows) * wider * taller))
    box = np.zeros(FIELDS**2, bool)
    box[np.argsort(-dark.round(9), kind="stable")[:most]] = True
    return box.reshape(FIELDS, FIELDS), frame
