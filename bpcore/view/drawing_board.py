"""A digit drawn by hand, read by a network, and δ carried back to the ink."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, backprop, cost, forward
from bpcore.view.explorable import Button, Choice, Explorable, Kept, Look
from bpcore.view.ink import (
    AS_DRAWN,
    FIELDS,
    PIXELS,
    Frame,
    Ink,
    fitted,
    given,
    packed,
    painted,
    reduced,
    unpacked,
)
from bpcore.view.pixels import refuse_what_reads_no_digits
from bpcore.view.style import group, number, power, svg, text_at

__all__ = ["explore_drawing"]

DIGITS = [str(digit) for digit in range(10)]
RIVAL, OWN = "rival", "your own"
EMPTY = "0" * (FIELDS**2 // 4)
PEN = {"draw": 4.0, "erase": 5.0}  # width, in fields
FITS, HINTS = ("fitted", "as drawn"), ("off", "on")
STEP = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
WIDTH, HEIGHT = 720, 424  # px
LEFT, TOP, FIELD = 10, 36, 11  # px, of the board
SEEN, PIXEL = 386, 20  # px from the left; px of a side
BACK = 246  # px from the top, of what flows back
LAYERS, LAYERS_END = 558, 598  # px, of the hidden layers
ROWS, BARS, ROOM = 606, 624, 44  # px, of the outputs: their rows, their bars, the longest bar
END = 716
FAINT = 0.08  # of the largest slope: less is not drawn


def explore_drawing(net: Network, pictures: Mapping[str, ArrayLike] | None = None) -> Explorable:
    """Show what a network reads in a drawing, and where more or less ink would change that.

    The drawing is reduced to 8 × 8 numbers as the digits of the data set were. Beside it stand the
    activations of the hidden and the output neurons; below these, their δ for the cross-entropy
    against a digit that is aimed at, down to −∂C/∂x of the 64 numbers.

    Parameters
    ----------
    net : Network
        64 inputs, 10 softmax outputs; is not changed.
    pictures : mapping of str to array_like, shape (64,) or (8, 8), optional
        Digits of the data set to start from, by their names in a menu; the board starts with the
        first of them. Numbers from 0 to 1, which are rounded to sixteenths.

    Returns
    -------
    Explorable
        Its `controls`: "ink", which can be set to zeros and ones of shape (32, 32) or to such a
        picture; "pen" ("draw" or "erase"); "start" (the menu); "target" (the digit that is aimed
        at: "rival", the second in the answer, or "0" to "9"); "fit" (whether the drawing is brought
        into the size, the uprightness and the thickness of the data set's digits: "fitted" or "as
        drawn"); "hints" (whether the board, too, shows where ink would help: "on" or "off");
        "clear". A picture of the menu is shown as drawn.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; the message names it.
    """
    refuse_what_reads_no_digits(net)
    net = deepcopy(net)
    boards = _boards(pictures)

    def look(values: dict[str, Any]) -> Look:
        now = _Reading(net, values)
        words = f"{now.in_words()} {now.slopes_in_words()}"
        said = f"{_pen_in_words(values)}{now.in_words()}"
        title = "A drawing, what the network sees, its ten outputs, and δ back to the pixels"
        return Look(svg(WIDTH, HEIGHT, title, words, _picture(now, values)), words, said)

    def paint(marks: list) -> None:
        values = explorable.values
        hand, ink = _hand(values), unpacked(values["ink"])
        for mark in marks:
            hand, ink = _after(hand, ink, mark, values["pen"])
        explorable.set({"ink": packed(ink), "hand": (hand, packed(ink))})

    def clear() -> None:
        explorable.set({"ink": EMPTY, "fit": "fitted"})

    def start(change: dict[str, Any]) -> None:
        if change["new"] in boards:
            explorable.set({"ink": boards[change["new"]], "fit": "as drawn"})

    def tell_whose(change: dict[str, Any]) -> None:
        whose = [name for name, board in boards.items() if board == change["new"]]
        explorable.set({"start": whose[0] if whose else OWN})

    first, ink = next(iter(boards.items()), (OWN, EMPTY))
    controls = {
        "pen": Choice("Pen", list(PEN), "draw"),
        "clear": Button("Clear", clear, "Takes all ink from the board"),
        "start": Choice("Start from", [OWN, *boards], first, "menu"),
        "target": Choice("Aim at", [RIVAL, *DIGITS], RIVAL, "menu"),
        "hints": Choice("Hints on the board", HINTS, "off"),
        "fit": Choice("It sees the drawing", FITS, "as drawn" if boards else "fitted"),
        "ink": Ink("ink", ink, paint),
        "hand": Kept("", (_Hand(), ink)),
    }
    explorable = Explorable(controls, look)
    controls["start"].observe(start)
    controls["ink"].observe(tell_whose)
    return explorable


def _boards(pictures: Mapping[str, ArrayLike] | None) -> dict[str, str]:
    if pictures is None:
        return {}
    if not isinstance(pictures, Mapping) or not all(isinstance(name, str) for name in pictures):
        raise TypeError(
            f"pictures must be a dict from names to pictures, got {type(pictures).__name__}"
        )
    if OWN in pictures:
        raise ValueError(f"{OWN!r} is what a drawing of the reader is called: choose another name")
    return {name: packed(given(each, f"picture {name!r}")) for name, each in pictures.items()}


@dataclass(frozen=True, eq=False)
class _Hand:
    """Where the pen is, and what it did last.

    Attributes
    ----------
    x, y : float
        In fields from the upper left corner.
    is_down, is_by_keys : bool
    before : ndarray of bool, shape (32, 32), or None
        The ink before the last stroke.
    """

    x: float = FIELDS / 2
    y: float = FIELDS / 2
    is_down: bool = False
    is_by_keys: bool = False
    before: np.ndarray | None = None


def _hand(values: dict[str, Any]) -> _Hand:
    """Give the hand; it is lifted when the ink has been changed by something else."""
    hand, ink = values["hand"]
    return hand if ink == values["ink"] else _Hand(hand.x, hand.y)


def _after(hand: _Hand, ink: np.ndarray, mark: Any, pen: str) -> tuple[_Hand, np.ndarray]:
    """Give the hand and the ink after one mark; marks are those of `Painting`."""
    if mark is None:
        return replace(hand, is_down=False, is_by_keys=False), ink
    if mark == "Escape":
        taken_back = ink if hand.before is None else hand.before
        return _Hand(hand.x, hand.y, is_by_keys=True), taken_back
    if mark in ("Delete", "Backspace"):
        return _Hand(hand.x, hand.y, is_by_keys=True, before=ink), np.zeros_like(ink)
    if mark in (" ", "Enter"):
        x, y, is_down = hand.x, hand.y, not hand.is_down
    elif isinstance(mark, str):
        right, down = STEP[mark]
        x, y, is_down = _next(hand.x, right), _next(hand.y, down), hand.is_down
    else:
        (x, y), is_down = mark, True
    before = ink if is_down and not hand.is_down else hand.before
    if is_down:
        ends = (hand.x, hand.y, x, y) if hand.is_down else (x, y, x, y)
        ink = painted(ink, ends, PEN[pen], pen == "erase")
    return _Hand(float(x), float(y), is_down, isinstance(mark, str), before), ink


def _next(at: float, by: int) -> float:
    """Give the next corner of a field, or the nearest one if by is 0; not beyond the board."""
    return float(min(max(round(at) + by, 0), FIELDS))


def _pen_in_words(values: dict[str, Any]) -> str:
    hand = _hand(values)
    if not hand.is_by_keys:
        return ""
    place = f"{hand.x:.0f} across, {hand.y:.0f} down"
    return f"Pen {'on' if hand.is_down else 'off'} the board at {place}. "


class _Reading:
    """What a network reads on the board, and its slopes for the digit that is aimed at.

    Attributes
    ----------
    ink : ndarray of bool, shape (32, 32)
    frame : Frame
        Of what the network sees.
    x : ndarray, shape (64,)
        What it sees.
    a, delta : dict of int to ndarray
        By layer, shape (n_l,); dimensionless.
    answer, rival, target : int
        The digit with the largest output; that with the second; that which is aimed at.
    C : float
        The cross-entropy against the target.
    wish : ndarray, shape (64,)
        −∂C/∂x.
    is_possible : ndarray of bool, shape (64,)
        Whether there is room for more ink, or ink to take, as the wish says.
    """

    def __init__(self, net: Network, values: dict[str, Any]) -> None:
        self.ink = unpacked(values["ink"])
        box, self.frame = fitted(self.ink) if values["fit"] == "fitted" else (self.ink, AS_DRAWN)
        self.x = reduced(box)
        trace = forward(net, self.x)
        self.a = {l: trace.a[l][:, 0] for l in trace.a}
        order = np.argsort(-self.a[net.L], kind="stable")
        self.answer, self.rival = int(order[0]), int(order[1])
        self.target = self.rival if values["target"] == RIVAL else int(values["target"])
        y = np.zeros(len(DIGITS))
        y[self.target] = 1
        delta = backprop(net, self.x, y, cost="cross_entropy").delta
        self.delta = {l: delta[l][:, 0] for l in delta}
        self.C = cost(net, self.x, y, cost="cross_entropy")
        self.wish = -net.w[2].T @ self.delta[2]
        self.is_possible = np.where(self.wish > 0, self.x < 1, self.x > 0)
        self.L = net.L

    def in_words(self) -> str:
        a = self.a[self.L]
        found = f"{self.answer} with {a[self.answer]:.2f}"
        told = f"The network reads {found}, then {self.rival} with {a[self.rival]:.2f}."
        if not self.ink.any():
            told = f"Nothing is drawn yet. To an empty picture the network answers {found}."
        return f"{told} Aimed at {self.target}: C = {number(self.C, 3)}."

    def slopes_in_words(self) -> str:
        told = f"δ of output {self.target} is {number(self.delta[self.L][self.target], 3)}."
        for sign, what in ((1, "more"), (-1, "less")):
            gain = np.where(self.is_possible, sign * self.wish, 0)
            if gain.max() > 0:
                told += (
                    f" {what.capitalize()} ink lowers C fastest at {_place(int(gain.argmax()))}: "
                    f"by {number(gain.max(), 3)} for each unit."
                )
        return told


def _place(pixel: int) -> str:
    return f"row {pixel // PIXELS + 1}, column {pixel % PIXELS + 1}"


def _picture(now: _Reading, values: dict[str, Any]) -> str:
    hints = _hints(now) if values["hints"] == "on" else ""
    parts = [
        _board(now, values, hints),
        group([_title(LEFT, TOP - 12, "draw here, with mouse, finger or keys")]),
        group(_seen(now)),
        group(_layers(now)),
        *(_output(now, digit) for digit in range(len(DIGITS))),
        group(_titles(now)),
    ]
    return "".join(parts)


def _title(x: float, y: float, text: str, look: str = "muted") -> str:
    return text_at(x, y, text, f"left {look}")


def _titles(now: _Reading) -> list[str]:
    upper, aim = power(now.L), f"towards {now.target}"
    return [
        _title(SEEN, TOP - 12, "what the network sees"),
        _title(SEEN, BACK - 26, "ink: + more, − less"),
        _title(SEEN, BACK - 9, "−∂C/∂x = −(w²)ᵀδ²"),
        _title(ROWS, TOP - 12, f"reads {now.answer}", "bold"),
        _title(ROWS, BACK - 26, aim, "bold"),
        _title(ROWS, BACK - 9, f"δ{upper} = a{upper} − y"),
    ]


def _board(now: _Reading, values: dict[str, Any], hints: str) -> str:
    hand, pen = _hand(values), values["pen"]
    colour = "var(--bp-ink)" if pen == "draw" else "var(--bp-mark)"
    round_line = "stroke-linecap: round; stroke-linejoin: round"
    dot = f"{'fill: var(--bp-mark); ' * hand.is_down}stroke-width: 0.3px"
    label = escape(
        "drawing board; arrow keys move the pen, Space puts it down or lifts it, "
        "Delete clears the board, Escape takes the last stroke back"
    )
    return (
        f'<g data-paint="ink" aria-label="{label}" '
        f'transform="translate({LEFT} {TOP}) scale({FIELD})">'
        f'<rect class="shape" style="stroke-width: 0.15px" width="{FIELDS}" height="{FIELDS}"/>'
        f'<path style="fill: var(--bp-ink); stroke: none" shape-rendering="crispEdges" '
        f'd="{_runs(now.ink)}"/>'
        f'<svg width="{FIELDS}" height="{FIELDS}" viewBox="0 0 {FIELDS} {FIELDS}" '
        f'overflow="hidden"><path style="stroke-width: 0.1px; stroke-opacity: 0.5" '
        f'd="{_grid(now.frame)}"/>{group([hints])}</svg>'
        f'<path class="trail" style="stroke: {colour}; stroke-width: {PEN[pen]}px; {round_line}"/>'
        f'<circle class="pen shape" visibility="hidden" style="{dot}" '
        f'cx="{hand.x:.1f}" cy="{hand.y:.1f}" r="{PEN[pen] / 2}"/></g>'
    )


def _runs(ink: np.ndarray) -> str:
    """Outline all inked fields, row by row, in fields."""
    parts = []
    for y, row in enumerate(np.pad(ink, ((0, 0), (1, 1))).astype(int)):
        starts, ends = (np.flatnonzero(np.diff(row) == turn) for turn in (1, -1))
        parts += [f"M{x} {y}h{end - x}v1h{x - end}z" for x, end in zip(starts, ends, strict=True)]
    return "".join(parts)


def _grid(frame: Frame) -> str:
    """Draw where the borders of the 8 × 8 pixels lie on the board."""
    borders = np.linspace(0, FIELDS, PIXELS + 1)
    parts = []
    for border in borders:
        for x, y in (((0, FIELDS), (border, border)), ((border, border), (0, FIELDS))):
            (x1, x2), (y1, y2) = frame.to_board(np.array(x), np.array(y))
            parts.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
    return "".join(parts)


def _hints(now: _Reading) -> str:
    """Draw on the board, in fields, where more or less ink would lower the cost."""
    middles = (np.arange(PIXELS) + 0.5) * FIELDS / PIXELS
    right, down = (each.ravel() for each in np.meshgrid(middles, middles))
    places = np.column_stack(now.frame.to_board(right, down))
    sizes = np.full(2, FIELDS / PIXELS / PIXEL) / [now.frame.wider, now.frame.taller]
    return _signs(now, places, float(sizes.min()), now.is_possible)


def _signs(now: _Reading, places: np.ndarray, unit: float, chosen: np.ndarray) -> str:
    """Draw + and − at chosen pixels, the larger the steeper; pale where ink cannot change so."""
    sizes = abs(now.wish) / (abs(now.wish).max() or 1)
    drawn: dict[tuple[bool, bool], str] = {}
    for i in np.flatnonzero(chosen & (sizes > FAINT)):
        (x, y), r = places[i], unit * (2.5 + 5.5 * sizes[i])
        sign = f"M{x - r:.1f} {y:.1f}h{2 * r:.1f}"
        if now.wish[i] > 0:
            sign += f"M{x:.1f} {y - r:.1f}v{2 * r:.1f}"
        kind = bool(now.is_possible[i]), bool(now.wish[i] > 0)
        drawn[kind] = drawn.get(kind, "") + sign
    parts = []
    for (is_possible, is_plus), d in sorted(drawn.items()):
        look, opacity = "plus" if is_plus else "minus", "" if is_possible else "; opacity: 0.35"
        parts.append(
            f'<path style="stroke: var(--bp-paper); stroke-width: {5 * unit:.2f}px{opacity}" '
            f'd="{d}"/><path class="{look}" style="stroke-width: {2.2 * unit:.2f}px{opacity}" '
            f'd="{d}"/>'
        )
    return "".join(parts)


def _seen(now: _Reading) -> list[str]:
    """Draw the 8 × 8 greys, and again, pale, with what −∂C/∂x says of each."""
    side = PIXELS * PIXEL
    rows, columns = np.divmod(np.arange(PIXELS**2), PIXELS)
    parts = []
    for top, strength in ((TOP, 1.0), (BACK, 0.3)):
        parts.append(f'<rect class="box" x="{SEEN}" y="{top}" width="{side}" height="{side}"/>')
        for level in sorted(set(now.x[now.x > 0])):
            d = "".join(
                f"M{SEEN + PIXEL * column} {top + PIXEL * row}h{PIXEL}v{PIXEL}h-{PIXEL}z"
                for row, column in zip(rows[now.x == level], columns[now.x == level], strict=True)
            )
            parts.append(
                f'<path shape-rendering="crispEdges" style="fill: var(--bp-ink); stroke: none; '
                f'fill-opacity: {level * strength:.2f}" d="{d}"/>'
            )
    places = np.column_stack([SEEN + PIXEL * (columns + 0.5), BACK + PIXEL * (rows + 0.5)])
    return [*parts, _signs(now, places, 1.0, np.full(PIXELS**2, True))]


def _layers(now: _Reading) -> list[str]:
    """Draw a and δ of the hidden neurons, a bar each."""
    hidden = range(2, now.L)
    parts, wide = [], (LAYERS_END - LAYERS) / max(len(hidden), 1)
    for l in hidden:
        left = LAYERS + wide * (l - 2)
        for top, letter, values in ((TOP, "a", now.a[l]), (BACK, "δ", now.delta[l])):
            y = top - (12 if top == TOP else 9)
            parts.append(text_at(left + wide / 2, y, letter + power(l), "muted"))
            parts += _bars(values, left + 2, top, wide - 4)
    return parts


def _bars(values: np.ndarray, left: float, top: float, width: float) -> list[str]:
    """Draw a bar for each value: to the right if it is positive, to the left if negative."""
    high, largest = PIXELS * PIXEL / len(values), abs(values).max() or 1
    is_signed = values.min() < 0
    zero, scale = left + width / 2 * is_signed, width / (1 + is_signed) / largest
    parts = [f'<path d="M{zero:.1f} {top}v{PIXELS * PIXEL}"/>']
    for look, chosen in (("plus" if is_signed else "ink", values > 0), ("minus", values < 0)):
        d = "".join(
            f"M{zero:.1f} {top + high * (j + 0.5):.1f}h{values[j] * scale:.1f}"
            for j in np.flatnonzero(chosen)
        )
        if d:
            dash = "; stroke-dasharray: 2 1" if look == "minus" else ""
            parts.append(
                f'<path class="{look}" style="stroke-width: {0.7 * high:.1f}{dash}" d="{d}"/>'
            )
    return parts


def _two_decimals(value: float) -> str:
    text = f"{value:+.2f}".replace("-", "−")
    return text if text.strip("+−0.") else "0.00"


def _output(now: _Reading, digit: int) -> str:
    """Draw a and δ of an output neuron; a click on them aims at its digit."""
    a, delta = float(now.a[now.L][digit]), float(now.delta[now.L][digit])
    high = PIXELS * PIXEL / len(DIGITS)
    parts = []
    for top, value, is_chosen in (
        (TOP, a, digit == now.answer),
        (BACK, delta, digit == now.target),
    ):
        y = top + high * digit
        middle = y + high / 2
        zero = BARS + (ROOM / 2 if top == BACK else 0)
        length = value * ROOM / (2 if top == BACK else 1)
        look = "ink" if top == TOP else "plus" if value > 0 else "minus"
        text = f"{value:.2f}" if top == TOP else _two_decimals(value)
        style = "text-anchor: end; font-size: 13px"
        parts.append(
            f'<rect class="{"box marked" if is_chosen else "paper"}" x="{ROWS - 4}" '
            f'y="{y:.1f}" width="{END - ROWS + 4}" height="{high:.1f}"/>'
            f"{_title(ROWS, middle + 4.5, str(digit), 'tight bold' if is_chosen else 'tight')}"
            f'<path class="{look}" style="stroke-width: 8" '
            f'd="M{zero:.1f} {middle:.1f}h{length:.1f}"/>'
            f'<text style="{style}" x="{END - 2}" y="{middle + 4.5:.1f}">{text}</text>'
        )
    return (
        f'<g data-set="target" data-to="{digit}" aria-label="aim at {digit}">{"".join(parts)}</g>'
    )
