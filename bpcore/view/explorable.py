"""What all interactive pictures share: a box that also has a still, and a redraw that never fails
silently."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

__all__ = ["SLIDER_LAYOUT", "Explorable", "picture_with_words", "redraw_on_change"]

SLIDER_LAYOUT = {"width": "98%", "max_width": "660px"}  # as wide as a picture


class Explorable(widgets.VBox):
    """A box of controls and a picture.

    Where there is no kernel (a printed page, a code host), its first state shows as a still.

    Parameters
    ----------
    children : sequence of Widget
    controls : mapping of str to Widget
        The controls by name. The handle of a slider has no name in the browser (ipywidgets 8), so
        this is also how to move one without seeing it: set its value, then print `words`.
    look : callable
        () to the present picture: SVG markup, and the same in words.
    """

    def __init__(
        self,
        children: Sequence[widgets.Widget],
        *,
        controls: Mapping[str, widgets.Widget],
        look: Callable[[], tuple[str, str]],
    ) -> None:
        super().__init__(children)
        self.controls = dict(controls)
        self._look = look

    @property
    def words(self) -> str:
        """What the picture shows at present."""
        return self._look()[1]

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**kwargs)
        still, words = self._look()
        return {**bundle, "image/svg+xml": still, "text/plain": words}


def redraw_on_change(
    pictures: Sequence[widgets.HTML],
    draw: Callable[[], Sequence[str]],
    controls: Sequence[widgets.Widget],
) -> Callable[..., None]:
    """Draw now, and again whenever a control changes.

    Parameters
    ----------
    pictures : sequence of HTML
        Get the markup.
    draw : callable
        () to the markup of each picture, from the controls' present values. If it raises, its
        traceback is drawn.
    controls : sequence of Widget
        Those whose `value` matters.

    Returns
    -------
    callable
        Draws again.
    """

    def redraw(_change: Any = None) -> None:
        try:
            for picture, markup in zip(pictures, draw(), strict=True):
                picture.value = markup
        except Exception:
            pictures[0].value = f'<pre role="alert">{escape(traceback.format_exc())}</pre>'
            raise

    for control in controls:
        control.observe(redraw, names="value")
    redraw()
    return redraw


def picture_with_words(
    controls: Mapping[str, widgets.Widget], look: Callable[[], tuple[str, str]]
) -> Explorable:
    """Put a picture above its words and its controls.

    Parameters
    ----------
    controls : mapping of str to Widget
        By name; all of them redraw the picture.
    look : callable
        As for `Explorable`.

    Returns
    -------
    Explorable
        Its `controls` also have "picture" and "text".
    """
    picture, text = widgets.HTML(), widgets.HTML()
    redraw_on_change([picture, text], look, list(controls.values()))
    return Explorable(
        [picture, text, *controls.values()],
        controls={**controls, "picture": picture, "text": text},
        look=look,
    )
