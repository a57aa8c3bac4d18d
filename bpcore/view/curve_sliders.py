"""Two interactive error curves: a point with its tangent, and gradient descent."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from bpcore.examples import ErrorCurve
from bpcore.view.curve_picture import curve_picture
from bpcore.view.explorable import Explorable, Kept, Look, Slider
from bpcore.view.style import number

__all__ = ["explore_descent", "explore_slope"]

FLAT_BELOW = 0.1  # of |slope|: what one sees as level on the drawing
NEAR = 0.05  # of w to the bottom of a valley


def explore_slope(curve: ErrorCurve, w: float = 1.4) -> Explorable:
    """Show a point on the error curve, its tangent, and what the slope's sign says.

    So that the reader can guess, the tangent is drawn from the first move on, and where the point
    is at first, the line under the picture asks.

    Parameters
    ----------
    curve : ErrorCurve
        Or anything that is called as ``curve(w)`` and has ``curve.slope(w)``.
    w : float
        Where the point is at first, 0 ≤ w ≤ 3.

    Returns
    -------
    Explorable
        Its `controls`: "w", "moved".

    Raises
    ------
    TypeError, ValueError
        If w is not a number from 0 to 3.
    """
    slider = Slider("w", w, 0.0, 3.0, 0.005, decimals=3)
    first = slider.value

    def look(values: dict[str, Any]) -> Look:
        w = values["w"]
        slope, e = float(curve.slope(w)), number(curve(w))
        asked = f"At w = {number(w)} the error is {e}. Turn w up or down? Decide, then drag."
        draw = partial(curve_picture, curve, [w], w_range=(0, 3), knob="w")
        if w == first and not values["moved"]:
            return Look(draw(title="The error curve", description=asked), asked)
        if abs(slope) < FLAT_BELOW:
            rule = "almost zero: a small turn of w hardly changes the error"
        elif slope < 0:
            rule = "negative: turn w up, and the error falls"
        else:
            rule = "positive: turn w down, and the error falls"
        words = f"At w = {number(w)} the error is {e} and the slope {number(slope)}, {rule}."
        title = "The error curve with its tangent"
        picture = draw(slope=slope, title=title, description=words)
        return Look(picture, words, asked if w == first else "")

    def remember() -> None:
        moved.value = moved.value or slider.value != first

    moved = Kept("", False)
    explorable = Explorable({"w": slider, "moved": moved}, look)
    explorable.watch(remember)
    return explorable


def explore_descent(
    curve: ErrorCurve,
    descend: Callable[[float, float, int], Sequence[float]],
    *,
    start: float = 1.4,
    learning_rate: float = 0.01,
    steps: int = 20,
) -> Explorable:
    """Show gradient descent on the error curve, from any start with any learning rate.

    Parameters
    ----------
    curve : ErrorCurve
        Or anything that is called as ``curve(w)`` and has ``curve.slope(w)``.
    descend : callable
        (start, learning_rate, steps) to the weights visited, the start included. What comes after
        the first weight outside −2 ≤ w ≤ 3 is not looked at.
    start : float
        −2 ≤ start ≤ 3.
    learning_rate : float
        0.001 to 0.3.
    steps : int
        0 to 400.

    Returns
    -------
    Explorable
        Its `controls`: "start", "learning rate", "steps".

    Raises
    ------
    TypeError, ValueError
        If a number is outside its range.
    """
    first, last = w_range = (-2, 3)
    controls = {
        "start": Slider("start w", start, -2.0, 3.0, 0.05),
        "learning rate": Slider("rate η", learning_rate, 0.001, 0.3, 0.05, log=True),
        "steps": Slider("steps", steps, 0, 400, 1, decimals=0),
    }
    grid = np.linspace(first, last, 20_001)
    heights = curve(grid)
    lowest = grid[np.argmin(heights)]
    is_bottom = (heights[1:-1] < heights[:-2]) & (heights[1:-1] < heights[2:])
    bottoms = grid[1:-1][is_bottom]

    def visited(values: dict[str, Any]) -> list[float]:
        path = []
        for w in descend(*values.values()):
            path.append(float(w))
            if not first <= w <= last:
                break
        return path

    def verdict(w: float) -> str:
        if not first <= w <= last:
            return "It left the picture."
        slope = float(curve.slope(w))
        where = f"Error {number(curve(w))}, slope {number(slope)}."
        if abs(slope) >= FLAT_BELOW:
            return f"{where} Not level yet."
        if abs(w - lowest) < NEAR:
            return f"{where} The lowest point of this picture."
        if np.abs(w - bottoms).min(initial=np.inf) < NEAR:
            return f"{where} A valley, but not the lowest: that is near w = {number(lowest, 3)}."
        return f"{where} Nearly level, so it is very slow here, but this is no valley."

    def look(values: dict[str, Any]) -> Look:
        path = visited(values)
        steps = "1 step" if len(path) == 2 else f"{len(path) - 1} steps"
        words = f"After {steps}: w = {number(path[-1])}. {verdict(path[-1])}"
        title = "Gradient descent on the error curve"
        picture = curve_picture(
            curve, path, w_range=w_range, knob="start", title=title, description=words
        )
        return Look(picture, words)

    return Explorable(controls, look)
