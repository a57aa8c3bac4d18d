"""The slider network: drag the weights of a real network and watch both passes."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from bpcore import Network, _arguments, examples
from bpcore.view.explorable import Explorable, redraw_on_change
from bpcore.view.network_panel import network_panel
from bpcore.view.network_picture import network_picture, network_words
from bpcore.view.sample import Neuron, Sample, Weight
from bpcore.view.style import number

__all__ = ["slider_network"]

LARGEST_WEIGHT = 8.0
WHOLE_STEP = "the whole step"


class WeightSlider(widgets.FloatSlider):
    """A slider that keeps the exact weight it was given.

    The browser rounds a value to the slider's steps as soon as it draws it, and sends the rounded
    value back as if the reader had moved the slider. Such an echo is not taken, not even a late one
    that comes after newer values were set.
    """

    def __init__(self, name: str, weight: float) -> None:
        super().__init__(
            weight,
            min=-LARGEST_WEIGHT,
            max=LARGEST_WEIGHT,
            step=0.01,
            description=name,
            readout_format="+.2f",
            style={"description_width": "58px"},
            layout={"width": "98%"},
        )
        self._awaited = {self._mark(weight)}
        self.observe(lambda change: self._awaited.add(self._mark(change["new"])), names="value")

    def _mark(self, value: float) -> int:
        return round((value - self.min) / self.step)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take a state that comes from the browser, unless it echoes a value of our own."""
        if "value" in sync_data:
            mark = self._mark(sync_data["value"])
            newest, echo = mark == self._mark(self.value), mark in self._awaited
            if newest or not echo:
                self._awaited.clear()
            if newest or echo:
                return
        super().set_state(sync_data)
        self._awaited.clear()


def slider_network(
    *, view: str = "forward", sample: int = 0, learning_rate: float = 0.7
) -> Explorable:
    """Show the published XOR network with a slider for each of its nine weights and biases.

    Parameters
    ----------
    view : {"forward", "backward"}
        Which pass is shown first.
    sample : int
        Which of the four columns of `bpcore.examples.xor_data` is shown first, from 0.
    learning_rate : float
        η > 0 of the step button, dimensionless. Default: that of the published training.

    Returns
    -------
    Explorable
        Its `controls`: a slider a weight, by name ("I1→H1"), and "input", "view", "step",
        "explain", "back", "on", "downhill", "published", "status", "picture", "panel".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; the message names it.
    """
    x, y = examples.xor_data()
    _arguments.choice(view, {"forward": None, "backward": None}, "view")
    if _arguments.integer(sample, "sample", least=0) >= x.shape[1]:
        raise ValueError(f"sample must be below {x.shape[1]}, got {sample}")
    learning_rate = _arguments.number(learning_rate, "learning_rate", above=0)
    published = Sample(examples.xor_network(), x[:, sample], y[:, sample])
    sliders = {
        published.name(v): WeightSlider(published.name(v), published.w(v))
        for v in published.weights
    }
    items = {published.name(item): item for item in (*published.neurons, *published.weights)}
    labels = [f"{i} · {step.label}" for i, step in enumerate(published.steps, start=1)]
    passes = [step.pass_ for step in published.steps]
    last_step = {name: len(passes) - 1 - passes[::-1].index(name) for name in set(passes)}

    inputs = [(f"{_column(x, i)} → {number(y[0, i])}", i) for i in range(x.shape[1])]
    choose_input = _toggle(inputs, sample)
    choose_view = _toggle([("Forward", "forward"), ("Backward", "backward")], view)
    choose_step = _dropdown("Step", [(label, i) for i, label in enumerate(labels)], last_step[view])
    back, on = _button("◂ back", "One step back"), _button("on ▸", "One step on")
    explain = _dropdown("Explain", [(WHOLE_STEP, WHOLE_STEP), *items.items()], WHOLE_STEP)
    downhill = _button(f"Step downhill (η = {learning_rate:g})", "v ← v − η ∂C/∂v, for all")
    reset = _button("Published weights", "Back to the published weights")
    picture = widgets.HTML(layout={"flex": "1 1 440px", "max_width": "680px"})
    panel, status = widgets.HTML(layout={"flex": "1 1 300px"}), widgets.HTML()
    panel.add_class("bp-aside")

    def network() -> Network:
        net = examples.xor_network()
        for v in published.weights:
            parameters = net.b if v.k == 0 else net.w
            parameters[v.l][v.j - 1, max(0, v.k - 1)] = sliders[published.name(v)].value
        return net

    def shown() -> Sample:
        i = choose_input.value
        return Sample(network(), x[:, i], y[:, i])

    def asked() -> Neuron | Weight | None:
        return None if explain.value == WHOLE_STEP else explain.value

    def look() -> tuple[str, str]:
        now, step = shown(), choose_step.value
        return network_picture(now, step, asked(), LARGEST_WEIGHT), network_words(now, step)

    def draw() -> tuple[str, str]:
        now = (shown(), choose_step.value, asked())
        return network_picture(*now, LARGEST_WEIGHT), network_panel(*now)

    def set_weights(values: dict[str, float]) -> None:
        for name, value in values.items():
            sliders[name].unobserve(redraw, names="value")
            sliders[name].value = value
            sliders[name].observe(redraw, names="value")
        redraw()  # nine sliders have moved, one picture is drawn

    def step_downhill(_button: widgets.Button) -> None:
        before = shown()
        set_weights(
            {before.name(v): before.w(v) - learning_rate * before.dC_dw(v) for v in before.weights}
        )
        status.value = f"<b>C</b> before {before.C:.6f}, after {shown().C:.6f}"
        clipped = [name for name, slider in sliders.items() if abs(slider.value) == LARGEST_WEIGHT]
        if clipped:
            status.value += f", stopped at ±{LARGEST_WEIGHT:g}: {', '.join(clipped)}"

    def back_to_published(_button: widgets.Button) -> None:
        set_weights({published.name(v): published.w(v) for v in published.weights})
        status.value = ""

    def move(by: int) -> None:
        choose_step.value = min(max(choose_step.value + by, 0), len(labels) - 1)

    def on_step(change: dict) -> None:
        explain.value = WHOLE_STEP
        choose_view.value = passes[change["new"]]

    def on_view(change: dict) -> None:
        if passes[choose_step.value] != change["new"]:
            choose_step.value = last_step[change["new"]]

    choose_step.observe(on_step, names="value")
    choose_view.observe(on_view, names="value")
    back.on_click(lambda _: move(-1))
    on.on_click(lambda _: move(+1))
    downhill.on_click(step_downhill)
    reset.on_click(back_to_published)
    redraw = redraw_on_change(
        [picture, panel], draw, [choose_input, choose_step, explain, *sliders.values()]
    )
    for control in (choose_input, *sliders.values()):  # what the status says is of the past then
        control.observe(lambda _: setattr(status, "value", ""), names="value")

    groups = [
        widgets.VBox(
            [widgets.HTML(f"<b>into {published.name(q)}</b>")]
            + [sliders[published.name(v)] for v in published.weights if (v.l, v.j) == (q.l, q.j)],
            layout={"flex": "1 1 30%", "min_width": "220px"},
        )
        for q in published.neurons
        if q.l > 1
    ]
    weights = _row(*groups, _row(downhill, reset, status)).add_class("bp-weights")
    weights.layout.flex = "1 1 100%"
    return Explorable(
        [
            _row(widgets.HTML("Input"), choose_input),
            _row(choose_view, back, choose_step, on, explain),
            _row(picture, panel, weights),
        ],
        controls={
            **sliders,
            "input": choose_input,
            "view": choose_view,
            "step": choose_step,
            "explain": explain,
            "back": back,
            "on": on,
            "downhill": downhill,
            "published": reset,
            "status": status,
            "picture": picture,
            "panel": panel,
        },
        look=look,
    )


def _column(x: np.ndarray, i: int) -> str:
    return f"[{', '.join(number(value) for value in x[:, i])}]"


def _toggle(options: list, value: object) -> widgets.ToggleButtons:
    style = {"button_width": "92px"}
    return widgets.ToggleButtons(
        options=options, value=value, style=style, layout={"width": "auto"}
    )


def _dropdown(description: str, options: list, value: object) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=options,
        value=value,
        description=description,
        style={"description_width": "auto"},
        layout={"width": "auto"},
    )


def _button(description: str, tooltip: str) -> widgets.Button:
    return widgets.Button(description=description, tooltip=tooltip, layout={"width": "auto"})


def _row(*children: widgets.Widget) -> widgets.Box:
    return widgets.Box(children, layout={"flex_flow": "row wrap", "align_items": "flex-start"})
