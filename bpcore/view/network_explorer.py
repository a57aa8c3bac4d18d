"""The network under the reader's hand: drag its weights, and watch both passes and its training."""

from typing import Any

from numpy.typing import ArrayLike

from bpcore import SGD, DivergenceError, Network, _arguments, cost, train
from bpcore.view.explorable import Button, Choice, Explorable, Kept, Look, Run, Slider
from bpcore.view.network_panel import cost_panel, is_right, network_panel
from bpcore.view.network_picture import WHOLE_STEP, network_picture, network_words
from bpcore.view.sample import (
    FEW_INPUTS,
    FEW_SAMPLES,
    Sample,
    Weight,
    end_of_sliders,
    given,
    sample_names,
    with_weights,
)
from bpcore.view.style import number, short

__all__ = ["network_sliders"]

STEPS_A_PICTURE, MOST_STEPS = 50, 20_000
FEW_WEIGHTS = 12  # what fits unfolded


def network_sliders(
    net: Network | None = None,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    view: str = "forward",
    sample: int = 0,
    learning_rate: float = 0.7,
    panel: bool = True,
) -> Explorable:
    """Show a network whose weights and biases can be dragged, on its drawing and with sliders.

    Parameters
    ----------
    net : Network, optional
        At most 5 layers of at most 6 neurons; is not changed. Default: the published XOR network.
    x : array_like, shape (n_1, m), optional
    y : array_like, shape (n_L, m), optional
        The samples; the cost is the quadratic one. Default: those of XOR.
    view : {"forward", "backward"}
        Which pass is shown first.
    sample : int
        Which column of x is shown first, from 0.
    learning_rate : float
        η > 0 of the step and of the training, dimensionless. Default: that of the published
        training.
    panel : bool
        Whether the cost, the arithmetic and the numbers of all neurons stand beside the drawing,
        with the controls that belong to them: the steps of both passes, and training.

    Returns
    -------
    Explorable
        Its `controls`: a slider a weight, by name ("I1→H1"), "input", "view", "reset" and, with the
        panel, "step", "explain", "back", "on", "train", "downhill".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; the message names it.
    """
    is_published = net is None
    net, x, y = given(net, x, y)
    _arguments.choice(view, {"forward": None, "backward": None}, "view")
    if _arguments.integer(sample, "sample", least=0) >= x.shape[1]:
        raise ValueError(f"sample must be below {x.shape[1]}, got {sample}")
    optimizer = SGD(_arguments.number(learning_rate, "learning_rate", above=0))

    first = Sample(net, x[:, sample], y[:, sample])
    weights = {first.name(v): v for v in first.weights}
    items = {first.name(q): q for q in first.neurons} | weights
    samples = sample_names(x, y)
    steps = [f"{i} · {step.label}" for i, step in enumerate(first.steps, start=1)]
    passes = [step.pass_ for step in first.steps]
    last_step = {name: steps[len(passes) - 1 - passes[::-1].index(name)] for name in set(passes)}
    largest = end_of_sliders(first)

    def network(values: dict[str, Any]) -> Network:
        return with_weights(net, {v: values[name] for name, v in weights.items()})

    def shown(values: dict[str, Any]) -> Sample:
        i = samples.index(values["input"])
        return Sample(network(values), x[:, i], y[:, i])

    def place(values: dict[str, Any]) -> dict[str, float]:
        return {name: values[name] for name in weights}

    def costs_so_far(values: dict[str, Any]) -> list[float]:
        costs, at = values["costs"]
        return costs if at == place(values) else [cost(network(values), x, y)]

    def look(values: dict[str, Any]) -> Look:
        now, step = shown(values), steps.index(values["step"])
        asked = items.get(values["explain"])
        news, at = values["news"]
        outputs = [q for q in now.neurons if q.l == net.L]
        answers = ", ".join(f"{now.name(q)} answers {number(now.a(q))}" for q in outputs)
        targets = ", ".join(number(target) for target in now.y)
        targets = f"target{'s' * (len(now.y) > 1)} {targets}"
        said = f"{answers}, {targets}, C = {number(now.C)} for this sample."
        said = said if now.knows_cost(step) else f"Step {values['step']}."
        beside = ""
        if panel:
            beside = cost_panel(now.net, x, y, samples, values["input"], costs_so_far(values))
            beside += network_panel(now, step, asked)
        return Look(
            picture=network_picture(now, step, asked, largest, explains=panel),
            words=network_words(now, step),
            said=f"{news} {said}" if at == (values["input"], place(values)) else said,
            aside=beside,
            notes={name: _slope(now, v, step) for name, v in weights.items()},
        )

    def step_downhill() -> None:
        values = explorable.values
        before = shown(values)
        lower = {n: before.w(v) - learning_rate * before.dC_dw(v) for n, v in weights.items()}
        after = _clipped(lower, largest)
        C = shown(values | after).C
        news = f"C before {before.C:.6f}, after {C:.6f}{_stopped(lower, largest)}."
        costs = [*costs_so_far(values), cost(network(after), x, y)]
        explorable.set({**after, "costs": (costs, after), "news": (news, (values["input"], after))})

    def some_training() -> None:
        values = explorable.values
        trained, costs = network(values), costs_so_far(values)
        costs = costs[-1:] if len(costs) > MOST_STEPS else costs  # and on from there
        steps = 0 if is_right(trained, x, y).all() else STEPS_A_PICTURE
        try:
            history = train(trained, x, y, optimizer=optimizer, epochs=steps).cost if steps else []
        except DivergenceError as error:
            history = error.history.cost
        lower = {name: v.of(trained) for name, v in weights.items()}
        after = _clipped(lower, largest)
        costs = [*costs, *map(float, history[1:])]
        held = _stopped(lower, largest)
        if after != lower:
            costs[-1] = cost(network(after), x, y)
        end = ""
        if is_right(network(after), x, y).all():
            end = f"All answers are right, after {len(costs) - 1} steps."
        elif len(history) <= STEPS_A_PICTURE:
            end = "Training stopped: the next step would make C infinite. Choose a smaller η."
        elif after == place(values):
            end = f"Training has come to an end{held}: no knob moves any more."
        elif len(costs) > MOST_STEPS:
            end = f"Not right after {len(costs) - 1} steps{held}. "
            end += "Drag a weight, and train on from there."
        news = {"news": (end, (values["input"], after)), "train": False} if end else {}
        explorable.set({**after, "costs": (costs, after), **news})

    def reset() -> None:
        published = {name: first.w(v) for name, v in weights.items()}
        explorable.set(published | {"explain": WHOLE_STEP} | ({"train": False} if panel else {}))

    def move(by: int) -> None:
        at = steps.index(explorable.controls["step"].value) + by
        explorable.controls["step"].value = steps[min(max(at, 0), len(steps) - 1)]

    few = len(samples) <= FEW_SAMPLES and len(x) <= FEW_INPUTS
    eta = f"η = {learning_rate:g}"
    controls = {
        "input": Choice("Input", samples, samples[sample], "choice" if few else "menu"),
        "train": Run("Train until it is right", "Stop training", some_training),
        "downhill": Button(
            f"One step ({eta})", step_downhill, "One step downhill for this sample: w ← w − η ∂C/∂w"
        ),
        "reset": Button(
            "Published weights" if is_published else "Initial weights", reset, "Start again"
        ),
        "view": Choice("Pass", ["forward", "backward"], view),
        "back": Button("◂ back", lambda: move(-1), "One step back"),
        "step": Choice("Step", steps, last_step[view], "menu"),
        "on": Button("on ▸", lambda: move(+1), "One step on"),
        "explain": Choice("Explain", [WHOLE_STEP, *items], WHOLE_STEP, "menu"),
        "costs": Kept("", ([], {})),
        "news": Kept("", ("", None)),
    }
    if not panel:
        for name in ("train", "downhill", "back", "on"):
            del controls[name]
        controls |= {name: Kept("", controls[name].value) for name in ("step", "explain")}
    for name, v in weights.items():
        group, is_open = f"into {name.split('→')[1]}", len(weights) <= FEW_WEIGHTS
        controls[name] = Slider(
            name, first.w(v), -largest, largest, 0.01, group=group, is_open=is_open
        )

    def on_step(change: dict) -> None:
        pass_ = passes[steps.index(change["new"])]
        explorable.set({"explain": WHOLE_STEP, "view": pass_})

    def on_view(change: dict) -> None:
        if passes[steps.index(controls["step"].value)] != change["new"]:
            controls["step"].value = last_step[change["new"]]

    controls["step"].observe(on_step)  # before the picture follows
    controls["view"].observe(on_view)
    explorable = Explorable(controls, look)
    return explorable


def _clipped(weights: dict[str, float], largest: float) -> dict[str, float]:
    return {name: min(max(w, -largest), largest) for name, w in weights.items()}


def _stopped(weights: dict[str, float], largest: float) -> str:
    beyond = [name for name, w in weights.items() if abs(w) > largest]
    return f", stopped at ±{largest:g}: {', '.join(beyond)}" if beyond else ""


def _slope(sample: Sample, v: Weight, step: int) -> str:
    if sample.first_step(v, "backward") > step:
        return ""
    return f"∂C/∂{'b' if v.k == 0 else 'w'} {short(sample.dC_dw(v))}"
