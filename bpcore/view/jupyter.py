"""Explorables in Jupyter: a widget, and a still for where no kernel runs."""

from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import anywidget
import matplotlib
import resvg_py
from PIL import Image
from traitlets import Any as AnyTrait
from traitlets import Dict, List

from bpcore.view.explorable import Explorable, Kept
from bpcore.view.style import STYLE, THEME, still

__all__ = ["ExplorableWidget", "mimebundle", "png"]

HERE = Path(__file__).parent
ZOOM = 1.5  # of the still, in px per px of the drawing
COLOURS = 64
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")  # the same on every machine


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
        taken = [name for name in controls if hasattr(anywidget.AnyWidget, name)]
        if taken:
            raise ValueError(f"a control must not be named {', '.join(taken)}: a widget has that")
        self._explorable, self._values = explorable, tuple(controls)
        self._serial = self._turns = 0
        self.add_traits(**{n: AnyTrait(c.value).tag(sync=True) for n, c in controls.items()})
        super().__init__(controls=[{"name": n} | c.spec() for n, c in controls.items()])
        self._show()
        explorable.watch(self._show)
        self.observe(self._take, names=list(controls))
        self.on_msg(self._do)

    def _show(self) -> None:
        look, self._serial = self._explorable.shown, self._serial + 1
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
                "turns": self._turns,
            }

    def _take(self, change: dict[str, Any]) -> None:
        control = self._explorable.controls[change["name"]]
        if control.value == change["new"]:
            return
        serial, self._turns = self._serial, self._turns + (control.kind == "run")
        control.value = change["new"]
        if self._serial == serial:  # the browser waits for an answer
            self._show()

    def _do(self, _widget: Any, message: dict[str, str], _buffers: list) -> None:
        ((act, name),) = message.items()
        serial, self._turns = self._serial, self._turns + (act == "tick")
        if act != "ask":
            getattr(self._explorable.controls[name], act)()
        if self._serial == serial:
            self._show()


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
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        background="white",
        zoom=ZOOM,
        skip_system_fonts=True,
        font_dirs=[str(FONTS)],
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
    )
    small = BytesIO()  # a third of the size: it is stored in the notebook
    Image.open(BytesIO(drawn)).convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()
