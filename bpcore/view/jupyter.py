"""Explorables in Jupyter: a widget, and a still for where no kernel runs."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Any as AnyTrait
from traitlets import Dict, List

from bpcore.view.explorable import Explorable, Kept
from bpcore.view.figures import small_png
from bpcore.view.style import STYLE, THEME, still

__all__ = ["ExplorableWidget", "mimebundle", "png"]

HERE = Path(__file__).parent
ZOOM = 1.25  # of the still, in px per px of the drawing


class ExplorableWidget(anywidget.AnyWidget):
    """Shows an explorable in the browser; each control's value is a trait of the control's name.

    Parameters
    ----------
    explorable : Explorable

    Raises
    ------
    ValueError
        If a control has the name of something else that a widget has.
    """

    _esm = HERE / "explorable.js"
    _css = THEME + STYLE + (HERE / "explorable.css").read_text(encoding="utf-8")
    controls = List().tag(sync=True)
    shown = Dict().tag(sync=True)

    def __init__(self, explorable: Explorable) -> None:
        controls = {n: c for n, c in explorable.controls.items() if not isinstance(c, Kept)}
        taken = [name for name in controls if hasattr(ExplorableWidget, name)]
        if taken:
            raise ValueError(f"a control must not be named {', '.join(taken)}: a widget has that")
        self._explorable, self._values = explorable, tuple(controls)
        self._runs = [control for control in controls.values() if control.kind == "run"]
        self._serial = self._turn = 0
        self._is_showing = self._was_running = False
        self.add_traits(**{n: AnyTrait(c.value).tag(sync=True) for n, c in controls.items()})
        super().__init__(controls=[{"name": n} | c.spec() for n, c in controls.items()])
        self._show()
        explorable.watch(self._show)
        self.observe(self._take, names=list(controls))
        self.on_msg(self._do)

    def _show(self) -> None:
        look, self._serial = self._explorable.shown, self._serial + 1
        is_running = any(control.value for control in self._runs)
        self._turn += is_running and not self._was_running
        self._is_showing, self._was_running = True, is_running
        try:
            with self.hold_sync():  # one message, and no picture without its values
                for name in self._values:
                    setattr(self, name, self._explorable.controls[name].value)
                self.shown = {
                    "picture": look.picture,
                    "said": look.said or look.words,
                    "aside": look.aside,
                    "notes": dict(look.notes),
                    "alert": self._explorable.alert,
                    "serial": self._serial,  # an answer must differ from the one before
                    "turn": self._turn,
                }
        finally:
            self._is_showing = False

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Whatever the browser says, it gets a picture back."""
        serial = self._serial
        yield
        if self._serial == serial:
            self._show()

    def _take(self, _change: dict[str, Any]) -> None:
        """Take all values that have come in one message."""
        controls = self._explorable.controls
        now = {name: getattr(self, name) for name in self._values}
        moved = {name: value for name, value in now.items() if value != controls[name].value}
        if self._is_showing or not moved:
            return
        with self._answering():
            self._explorable.set(moved)

    def _do(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        control = self._explorable.controls.get(message["name"])
        with self._answering():
            try:
                if message["act"] == "click":
                    control.click()
                elif message["act"] == "paint":
                    control.paint(message["marks"])
                elif message["act"] == "tick" and control.value and message["turn"] == self._turn:
                    self._turn += 1  # a second view asks for the same turn
                    control.tick()
            except Exception:
                if message["act"] == "tick":
                    control.value = False
                self._explorable.show_exception()
                raise


def mimebundle(explorable: Explorable) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what Jupyter stores and shows of an explorable.

    Returns
    -------
    tuple of dict
        The widget, its first state as SVG and PNG (JupyterLab shows SVG of trusted notebooks only)
        and in words; and the words again, as the text alternative.
    """
    bundle, metadata = explorable.widget._repr_mimebundle_()
    svg, words = still(explorable.shown.picture), explorable.words
    pictures = {"image/svg+xml": svg, "image/png": b64encode(png(svg)).decode()}
    alternative = {"image/png": {"alt": words}}
    return {**bundle, **pictures, "text/plain": words}, {**metadata, **alternative}


def png(svg: str) -> bytes:
    """Draw an SVG element that needs nothing but itself, in the colours of a light page."""
    import resvg_py  # not there in a browser, where the still is not needed

    # The same on every machine; matplotlib itself is not needed for it, and takes long to import.
    fonts = Path(find_spec("matplotlib").origin).parent / "mpl-data" / "fonts" / "ttf"
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        background="white",
        zoom=ZOOM,
        skip_system_fonts=True,
        font_dirs=[str(fonts)],
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
    )
    return small_png(drawn)
