"""Two interactive error curves: a point with its tangent, and gradient descent."""

from collections.abc import Callable, Sequence

import ipywidgets as widgets
import numpy as np

from bpcore.examples import ErrorCurve
from bpcore.view.curve_picture import curve_picture
from bpcore.view.explorable import Explorable, redraw_on_change
from bpcore.view.style import number

__all__ = ["explore_descent", "explore_slope"]

FLAT_BELOW = 0.1  # of |slope|: what one sees as level on the drawing


def explore_slope(curve: ErrorCurve, w: float = 1.4) -> Explorable:
    """Show a point on the error curve, its tangent, and what the slope's sign says.

    Parameters
    ----------
    curve : ErrorCurve
        Or anything that is called as ``curve(w)`` and has ``curve.slope(w)``.
    w : float
        Where the point is at first, 0 ≤ w ≤ 3.

    Returns
    -------
    Explorable
        Its `controls`: "w", "picture".
    """
    slider = _slider(widgets.FloatSlider, "w", w, min=0, max=3, step=0.005, readout_format=".3f")
    picture = widgets.HTML()

    def words() -> str:
        slope = float(curve.slope(slider.value))
        if abs(slope) < FLAT_BELOW:
            rule = "almost zero: a small turn of w hardly changes the error"
        elif slope < 0:
            rule = "negative: turn w up, and the error falls"
        else:
            rule = "positive: turn w down, and the error falls"
        e = number(curve(slider.value))
        return (
            f"At w = {number(slider.value)} the error is {e} and the slope {number(slope)}, {rule}."
        )

    def drawing() -> str:
        return curve_picture(
            curve,
            [slider.value],
            w_range=(0, 3),
            slope=float(curve.slope(slider.value)),
            title="The error curve with its tangent",
            description=words(),
        )

    return _explorable(picture, {"w": slider}, drawing, words)


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
        (start, learning_rate, steps) to the weights visited, the start included.
    start : float
        −2 ≤ start ≤ 3.
    learning_rate : float
        0.001 to 0.3.
    steps : int
        0 to 400.

    Returns
    -------
    Explorable
        Its `controls`: "start", "learning rate", "steps", "picture".
    """
    w_range = (-2, 3)
    controls = {
        "start": _slider(widgets.FloatSlider, "start w", start, min=-2, max=3, step=0.05),
        "learning rate": _slider(
            widgets.FloatLogSlider, "rate η", learning_rate, min=-3, max=-0.5, step=0.05
        ),
        "steps": _slider(widgets.IntSlider, "steps", steps, min=0, max=400),
    }
    picture = widgets.HTML()
    grid = np.linspace(*w_range, 2001)
    lowest = grid[np.argmin(curve(grid))]

    def path() -> Sequence[float]:
        return descend(*(control.value for control in controls.values()))

    def words() -> str:
        visited = path()
        w = float(visited[-1])
        walked = f"After {len(visited) - 1} steps: w = {number(w)}"
        if not w_range[0] <= w <= w_range[1]:
            return f"{walked}. The last step left the picture."
        slope = float(curve.slope(w))
        where = f"{walked}, error {number(curve(w))}, slope {number(slope)}."
        if abs(slope) >= FLAT_BELOW:
            return f"{where} Not level yet."
        if abs(w - lowest) < 0.05:
            return f"{where} The lowest point of this picture."
        return f"{where} Level ground, but not the lowest: that is near w = {number(lowest, 3)}."

    def drawing() -> str:
        return curve_picture(
            curve,
            path(),
            w_range=w_range,
            title="Gradient descent on the error curve",
            description=words(),
        )

    return _explorable(picture, controls, drawing, words)


def _explorable(
    picture: widgets.HTML,
    controls: dict[str, widgets.Widget],
    drawing: Callable[[], str],
    words: Callable[[], str],
) -> Explorable:
    def draw() -> str:
        return f'<div class="bp">{drawing()}<p role="status">{words()}</p></div>'

    redraw_on_change(picture, draw, list(controls.values()))
    return Explorable(
        [picture, *controls.values()],
        controls={**controls, "picture": picture},
        still=drawing,
        words=words,
    )


def _slider(kind: type[widgets.Widget], description: str, value: float, **options: float):
    return kind(
        value,
        description=description,
        style={"description_width": "60px"},
        layout={"width": "98%", "max_width": "660px"},
        **options,
    )
