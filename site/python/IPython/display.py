"""Shows objects in the page as a notebook shows them."""

import sys
from typing import Any

from anywidget import post

from bpcore.view.explorable import Explorable

__all__ = ["display"]


def display(*shown: Any, raw: bool = False, metadata: dict | None = None) -> None:
    """Show objects below the cell that is running."""
    for printed in (sys.stdout, sys.stderr):
        if hasattr(printed, "send"):  # what was printed before stands above
            printed.send()
    for each in shown:
        post({"output": each if raw else _bundle(each)})


def _bundle(shown: Any) -> dict[str, Any]:
    if isinstance(shown, Explorable):
        return {"widget": shown.widget.id, "state": shown.widget.state}
    if hasattr(shown, "_repr_html_"):
        return {"text/html": shown._repr_html_(), "text/plain": repr(shown)}
    return {"text/plain": repr(shown)}
