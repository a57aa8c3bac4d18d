"""What all interactive pictures share: controls by name, and a pure function from their values to
what is shown. Nothing here needs Jupyter."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log10
from typing import Any

from bpcore import _arguments

__all__ = [
    "Button",
    "Choice",
    "Control",
    "Explorable",
    "Kept",
    "Look",
    "Painting",
    "Run",
    "Slider",
]


class Control:
    """A value that a reader sets: `value`, and `observe` to be told of its changes.

    Parameters
    ----------
    label : str
        What stands beside it.
    value : object
        At first.
    """

    kind = ""

    def __init__(self, label: str, value: Any) -> None:
        self.label = label
        self._observers: list[Callable[[dict], None]] = []
        self._value = self._first = self._accept(value)

    @property
    def value(self) -> Any:
        """The present value. A number beyond the ends of its range becomes the end."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        old, self._value = self._value, self._accept(value)
        if self._value != old:
            change = {"name": "value", "owner": self, "old": old, "new": self._value}
            for handler in list(self._observers):
                handler(change)

    def observe(self, handler: Callable[[dict], None], names: str = "value") -> None:
        """Call `handler` with a dict that has "old" and "new" whenever the value changes."""
        if names != "value":
            raise ValueError(f"a control has only a 'value' to observe, got names={names!r}")
        self._observers.append(handler)

    def unobserve(self, handler: Callable[[dict], None], names: str = "value") -> None:
        """Stop calling a handler."""
        self._observers.remove(handler)

    def _accept(self, value: Any) -> Any:
        return value

    def spec(self) -> dict[str, Any]:
        """Describe the control to the browser."""
        return {"kind": self.kind, "label": self.label, "first": self._first}


class Slider(Control):
    """A number in a range, both dimensionless.

    Parameters
    ----------
    label : str
    value, least, most : float
    step : float
        Of one press of an arrow key; on a logarithmic slider, of the exponent.
    log : bool
        Whether equal ways are equal factors.
    decimals : int
        Shown of the value; 0 makes it a whole number. A logarithmic slider shows two digits.
    group : str
        The heading under which it stands, if it needs any.
    is_open : bool
        Whether its group is unfolded at first.

    Raises
    ------
    TypeError, ValueError
        If the value is not a finite number, or at first not in its range.
    """

    kind = "range"

    def __init__(
        self,
        label: str,
        value: float,
        least: float,
        most: float,
        step: float,
        *,
        log: bool = False,
        decimals: int = 2,
        group: str = "",
        is_open: bool = True,
    ) -> None:
        self.least, self.most, self.step, self.log = least, most, step, log
        self.decimals, self.group, self.is_open = decimals, group, is_open
        if not least <= _arguments.number(value, label) <= most * (1 + 1e-12):
            raise ValueError(f"{label} must be from {least:g} to {most:g}, got {value}")
        super().__init__(label, value)

    def _accept(self, value: Any) -> float:
        within = min(max(_arguments.number(value, self.label), self.least), self.most)
        return round(within) if self.decimals == 0 and not self.log else float(within)

    def scale(self, value: float) -> float:
        """Give the place of a value on the slider: the value or, if it is logarithmic, log₁₀."""
        return log10(value) if self.log else value

    def spec(self) -> dict[str, Any]:
        ends = {"least": self.scale(self.least), "most": self.scale(self.most), "step": self.step}
        looks = {"log": self.log, "decimals": self.decimals}
        return super().spec() | ends | looks | {"group": self.group, "open": self.is_open}


class Choice(Control):
    """One of several options, by its text.

    Parameters
    ----------
    label : str
    options : sequence of str
    value : str
    look : {"choice", "menu", "range"}
        A button for each, a menu, or the stops of a slider.

    Raises
    ------
    ValueError
        If the value is none of the options.
    """

    def __init__(
        self, label: str, options: Sequence[str], value: str, look: str = "choice"
    ) -> None:
        self.options, self.kind = list(options), look
        super().__init__(label, value)

    def _accept(self, value: Any) -> str:
        if value not in self.options:
            raise ValueError(f"{self.label} must be one of {self.options}, got {value!r}")
        return value

    def spec(self) -> dict[str, Any]:
        stops = {"least": 0, "most": len(self.options) - 1, "step": 1, "group": ""}
        return super().spec() | stops | {"options": self.options}


class Button(Control):
    """A button; `click` does what it does.

    Parameters
    ----------
    label : str
    click : callable
        Without arguments.
    hint : str
        What it does, in words.
    """

    kind = "button"

    def __init__(self, label: str, click: Callable[[], None], hint: str) -> None:
        self.click, self.hint = click, hint
        super().__init__(label, None)

    def spec(self) -> dict[str, Any]:
        return super().spec() | {"hint": self.hint}


class Run(Control):
    """A button that starts and stops: as long as its value is true, `tick` is called.

    Parameters
    ----------
    label, stop : str
        What stands on it while it is off, and while it is on.
    tick : callable
        Without arguments: one picture's worth of work. It sets the value to false when done.
    """

    kind = "run"

    def __init__(self, label: str, stop: str, tick: Callable[[], None]) -> None:
        self.stop, self.tick = stop, tick
        super().__init__(label, False)

    def spec(self) -> dict[str, Any]:
        return super().spec() | {"stop": self.stop}


class Painting(Control):
    """A value that is painted on the picture; `paint` takes what the hand did, in its order.

    Parameters
    ----------
    label : str
    value : object
        JSON can hold it.
    paint : callable
        Takes a list of marks: a place, ``[x, y]`` in the units of the board; None, where the hand
        was lifted; or the name of a key, as the browser calls it.
    """

    kind = "paint"

    def __init__(self, label: str, value: Any, paint: Callable[[list], None]) -> None:
        self.paint = paint
        super().__init__(label, value)


class Kept(Control):
    """A value that is kept with the controls, but that the browser shows no control for."""


@dataclass(frozen=True)
class Look:
    """What is shown for some values of the controls.

    Attributes
    ----------
    picture : str
        An ``<svg>`` element. What has the attribute ``data-knob`` can be dragged and moves the
        slider of that name, by ``data-x`` and ``data-y`` of its scale for each px to the right and
        down; with ``data-knob-y``, the way down moves that one. A click on what has ``data-set``
        sets that choice to ``data-to``. What has ``data-for`` is marked wherever it is shown.
        What has ``data-paint`` is the board of the painting of that name; in it, a ``<path
        class="trail">`` has the board's units, and shows what has not come back yet.
    words : str
        The same in words.
    said : str
        One sentence under the picture, read aloud when it changes; `words`, if it is empty.
    aside : str
        HTML beside the picture.
    notes : mapping of str to str
        HTML beside a slider, by its name.
    """

    picture: str
    words: str
    said: str = ""
    aside: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


class Explorable:
    """Controls, and a picture that follows them.

    Parameters
    ----------
    controls : mapping of str to Control
        By name.
    look : callable
        The values of all controls, by name, to a `Look`.
    """

    def __init__(
        self, controls: Mapping[str, Control], look: Callable[[dict[str, Any]], Look]
    ) -> None:
        self.controls = dict(controls)
        self.alert = ""
        self._look, self._is_setting = look, False
        self._watchers: list[Callable[[], None]] = []
        self._shown = look(self.values)
        for control in self.controls.values():
            control.observe(self._redraw)

    @property
    def values(self) -> dict[str, Any]:
        """The present value of each control, by name."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def shown(self) -> Look:
        """What is shown at present."""
        return self._shown

    @property
    def words(self) -> str:
        """What the picture shows at present."""
        return self._shown.words

    @property
    def widget(self) -> Any:
        """The ipywidgets widget that shows this, made when first asked for.

        Each control's value is one of its traits, so that it can be put into boxes and linked.
        """
        if not hasattr(self, "_widget"):
            from bpcore.view.jupyter import ExplorableWidget

            self._widget = ExplorableWidget(self)
        return self._widget

    def set(self, values: Mapping[str, Any]) -> None:
        """Set several controls, by name, and draw once."""
        was_setting, self._is_setting = self._is_setting, True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._is_setting = was_setting
            self._redraw()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every new picture, or `alert`."""
        self._watchers.append(watcher)

    def show_exception(self) -> None:
        """Show the exception that is being handled in the picture's place, until the next move."""
        self._tell(traceback.format_exc())

    def _redraw(self, _change: Any = None) -> None:
        if self._is_setting:
            return
        try:
            self._shown = self._look(self.values)
        except Exception:
            self.show_exception()
            raise
        self._tell("")

    def _tell(self, alert: str) -> None:
        self.alert = alert
        for watcher in self._watchers:
            watcher()

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        from bpcore.view.jupyter import mimebundle

        return mimebundle(self)
