"""Can be imported, and be told of a style that no picture here has."""

from types import SimpleNamespace
from typing import Any

__all__ = ["style"]

style = SimpleNamespace(use=lambda name: None)


def __getattr__(name: str) -> Any:
    raise AttributeError(
        f"matplotlib does not run in the page, so there is no {name} here: "
        "the figures of this page were stored when the notebook was run"
    )
