"""Stands in for anywidget in the page: traits whose values cross to the browser, and messages."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from traitlets import Bunch, HasTraits

__all__ = ["WIDGETS", "AnyWidget", "post"]

WIDGETS: dict[str, "AnyWidget"] = {}
_numbers = count(1)


def post(message: dict[str, Any]) -> None:
    """Send a message to the page."""
    from js import postMessage

    postMessage(json.dumps(message))


class AnyWidget(HasTraits):
    """A widget; its traits that are tagged with ``sync`` are the same in Python and in the page."""

    def __init__(self, **values: Any) -> None:
        self.id = f"widget-{next(_numbers)}"
        self._handlers: list[Callable] = []
        self._held: set[str] | None = None
        self._page_has: dict[str, Any] = {}
        super().__init__(**values)
        WIDGETS[self.id] = self

    @property
    def state(self) -> dict[str, Any]:
        """The values of all traits that the page has, too."""
        return {name: getattr(self, name) for name in self.trait_names(sync=True)}

    @contextmanager
    def hold_sync(self) -> Iterator[None]:
        """Send what changes meanwhile in one message."""
        self._held = set()
        try:
            yield
        finally:
            names, self._held = self._held, None
            self._send(names)

    def notify_change(self, change: Bunch) -> None:
        """Tell the page, and then all observers."""
        if getattr(self, "id", None) in WIDGETS and self.trait_metadata(change.name, "sync"):
            if self._held is None:
                self._send({change.name})
            else:
                self._held.add(change.name)
        super().notify_change(change)

    def _send(self, names: set[str]) -> None:
        now = {name: getattr(self, name) for name in names}
        news = {n: v for n, v in now.items() if n not in self._page_has or self._page_has[n] != v}
        if news:
            post({"widget": self.id, "state": news})

    def on_msg(self, handler: Callable) -> None:
        """Call a handler with the widget, a message and no buffers, whenever the page sends one."""
        self._handlers.append(handler)

    def take(self, state: dict[str, Any]) -> None:
        """Take values that the page has."""
        self._page_has = state
        try:
            with self.hold_trait_notifications():
                for name, value in state.items():
                    setattr(self, name, value)
        finally:
            self._page_has = {}

    def handle(self, message: dict[str, Any]) -> None:
        """Take a message of the page."""
        for handler in self._handlers:
            handler(self, message, [])

    def close(self, _nothing: None) -> None:
        """Forget the widget: the page shows it no more."""
        WIDGETS.pop(self.id, None)
