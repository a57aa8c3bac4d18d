"""A digit whose pixels are all moved a little, by the signs of their slopes or at random."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, backprop, cost, forward
from bpcore.view.explorable import Choice, Explorable, Look, Slider
from bpcore.view.pixels import SIDE, checked_pictures, pixels, refuse_what_reads_no_digits
from bpcore.view.style import group, number, svg, text_at

__all__ = ["explore_attack"]

WIDTH, HEIGHT = 660, 206
PIXEL, TOP, LEFTS = 19, 46, (8, 182, 356)  # px: of a pixel; of the three pictures
ROWS, BARS, ROOM, END = 530, 550, 60, 656  # px: of the outputs
SIGNS, RANDOM = "by the signs of ∂C/∂x", "by random signs"
MOST = 0.3


def explore_attack(net: Network, x: ArrayLike, y: ArrayLike) -> Explorable:
    """Move every pixel of a digit by ε, within 0 … 1, and show what the network reads.

    Parameters
    ----------
    net : Network
        64 inputs, 10 softmax outputs.
    x : array_like, shape (64, n)
        Digits to choose from.
    y : array_like, shape (10, n)
        Their targets; C is the cross-entropy against them.

    Returns
    -------
    Explorable
        Its `controls`: "digit" (the column, from 1, as text), "way" (`SIGNS` or `RANDOM`), "ε" (0
        to 0.3).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    Goodfellow, Shlens and Szegedy, *Explaining and harnessing adversarial examples* (2015): the
    fast gradient sign method.
    """
    refuse_what_reads_no_digits(net)
    x, y = checked_pictures(x, "x"), np.asarray(y, float)
    cost(net, x, y, cost="cross_entropy")  # refuses what does not fit
    signs = {
        SIGNS: np.sign(net.w[2].T @ backprop(net, x, y, cost="cross_entropy").delta[2]),
        RANDOM: np.random.default_rng(0).choice([-1.0, 1.0], x.shape),
    }
    kinds = (f"an {k}" if k == 8 else f"a {k}" for k in y.argmax(axis=0))
    names = [f"{n}: {kind}" for n, kind in enumerate(kinds, start=1)]

    def look(values: dict[str, Any]) -> Look:
        n = names.index(values["digit"])
        before = x[:, n]
        after = np.clip(before + values["ε"] * signs[values["way"]][:, n], 0, 1)
        a = forward(net, np.column_stack([before, after])).a[net.L]
        words = _words(values, before, after, a)
        title = "A digit, what is added to it, their sum, and the ten outputs"
        return Look(svg(WIDTH, HEIGHT, title, words, _picture(before, after, a)), words)

    controls = {
        "digit": Choice("digit", names, names[0], "menu"),
        "way": Choice("every pixel is moved", [SIGNS, RANDOM], SIGNS),
        "ε": Slider("ε, the size of the move", 0.1, 0, MOST, 0.01),
    }
    return Explorable(controls, look)


def _words(values: dict[str, Any], before: np.ndarray, after: np.ndarray, a: np.ndarray) -> str:
    reads = [f"{each.argmax()} with {each.max():.2f}" for each in a.T]
    return (
        f"Every pixel moved by {values['ε']:.2f}, {values['way']}, within 0 to 1. The digit holds "
        f"{number(before.sum(), 3)} units of ink; the moves add up to "
        f"{number(abs(after - before).sum(), 3)}. Read as {reads[0]} before, "
        f"and as {reads[1]} after."
    )


def _picture(before: np.ndarray, after: np.ndarray, a: np.ndarray) -> str:
    change = after - before
    said = [
        (f"reads {a[:, 0].argmax()}", "the digit"),
        ("", "what is added"),
        (f"reads {a[:, 1].argmax()}", "their sum"),
    ]
    texts = []
    for left, (answer, what) in zip(LEFTS, said, strict=True):
        texts += [text_at(left, 18, what, "left muted"), text_at(left, 37, answer, "left bold")]
    texts.append(text_at(LEFTS[1], 37, "blue +, orange −", "left muted"))
    texts += [text_at(LEFTS[0] + SIDE * PIXEL + 7, TOP + 82, "+", "big")]
    texts += [text_at(LEFTS[1] + SIDE * PIXEL + 7, TOP + 82, "=", "big")]
    texts += [text_at(ROWS, 18, "ten outputs", "left muted")]
    texts += [text_at(ROWS, 37, "tick: before", "left muted")]
    for digit, (old, new) in enumerate(a):
        y = TOP + 8 + 15.2 * digit
        texts.append(text_at(ROWS, y + 5, str(digit), "left tight"))
        texts.append(
            f'<path class="ink" style="stroke-width: 8" d="M{BARS} {y:.1f}h{ROOM * new:.1f}"/>'
            f'<path class="plus" style="stroke-width: 2.5" '
            f'd="M{BARS + ROOM * old:.1f} {y - 6:.1f}v12"/>'
        )
        texts.append(text_at(END - 17, y + 5, f"{new:.2f}", "tight"))
    shown = pixels([(before, LEFTS[0], TOP, PIXEL), (after, LEFTS[2], TOP, PIXEL)])
    return shown + pixels([(change, LEFTS[1], TOP, PIXEL)], most=MOST) + group(texts)
