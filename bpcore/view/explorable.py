"""What all interactive pictures share: a box that also has a still, and a redraw that never fails
silently."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

__all__ = ["Explorable", "redraw_on_change"]


class Explorable(widgets.VBox):
    """A box of controls and a picture.

    Where there is no kernel (a printed page, a code host), its first state shows as a still.

    Parameters
    ----------
    children : sequence of Widget
    controls : mapping of str to Widget
        The controls by name, for those who want to move them from a cell.
    still : callable
        () to the present picture, SVG markup.
    words : callable
        () to the present picture in words.
    """

    def __init__(
        self,
        children: Sequence[widgets.Widget],
        *,
        controls: Mapping[str, widgets.Widget],
        still: Callable[[], str],
        words: Callable[[], str],
    ) -> None:
        super().__init__(children)
        self.controls = dict(controls)
        self._still, self._words = still, words

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "image/svg+xml": self._still(), "text/plain": self._words()}


def redraw_on_change(
    picture: widgets.HTML, draw: Callable[[], str], controls: Sequence[widgets.Widget]
) -> Callable[..., None]:
    """Draw now, and again whenever a control changes.

    Parameters
    ----------
    picture : HTML
        Gets the markup.
    draw : callable
        () to markup, from the controls' present values. If it raises, its traceback is drawn.
    controls : sequence of Widget
        Those whose `value` matters.

    Returns
    -------
    callable
        Draws again.
    """

    def redraw(_change: Any = None) -> None:
        try:
            picture.value = draw()
        except Exception:
            picture.value = f'<pre role="alert">{escape(traceback.format_exc())}</pre>'
            raise

    for control in controls:
        control.observe(redraw, names="value")
    redraw()
    return redraw
