"""Two neurons, two straight cuts: a 2-2-1 network in the plane of its inputs, and in the plane of
its hidden activations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot, log
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import SGD, Network, forward, train
from bpcore.view.explorable import Button, Choice, Explorable, Kept, Look, Run, Slider
from bpcore.view.network_panel import is_right
from bpcore.view.sample import LARGEST_WEIGHT, Sample, given, with_weights
from bpcore.view.shading import shaded_square
from bpcore.view.style import group, number, svg

__all__ = ["explore_plane"]

WIDTH, HEIGHT, TOP, SIDE = 660, 424, 44, 252  # px; SIDE is that of both squares
BOTTOM = TOP + SIDE
LEARNING_RATE, MOST_STEPS = 0.7, 20_000
STEPS_A_PICTURE, FIRST_STEPS, LATER = 20, 4_000, 200  # LATER: a picture, after FIRST_STEPS
SHADES = ("H1", "H2", "answer")
SOFT = log(9)  # |z| where a sigmoid is 0.1 or 0.9
MESH = np.linspace(0, 1, 5)  # lines of the grid, which the hidden layer bends
DISC = 8  # px, the radius of a sample
LETTER = 7.5  # px, about the width of one
BOX = np.array([15.0, 11.0])  # px, half the sides of a neuron's name on its line
ANCHORS = {"H1": (1.25, 0.2), "H2": (-0.42, 0.82), "O1": (0.25, 0.2)}  # near which names stand
INSET = 18  # px; a line outside the square leaves its name this far inside
SHORTEST, LONGER = 24, 4  # px, of an arrow: at least, and more for each unit of ‖w‖
LEVEL = 1e-9  # ‖w‖ below which there is no line


def explore_plane(
    net: Network | None = None,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    shade: str = "H2",
    training: bool = True,
) -> Explorable:
    """Show the line z = 0 of each neuron of a 2-2-1 network, and which samples it separates.

    Left, the plane of the inputs with the lines of both hidden neurons, shaded by what one of them
    or the network says; right, the same samples where the hidden layer puts them, with the line of
    the output neuron. A line can be dragged, which changes its bias, and turned by its arrow, which
    changes its weights.

    Parameters
    ----------
    net : Network, optional
        2 inputs, 2 hidden neurons, 1 output, all sigmoid, with weights from −8 to 8; is not
        changed. Default: the published XOR network.
    x : array_like, shape (2, m), optional
        The samples, with coordinates from −0.6 to 1.6, dimensionless. Default: those of XOR.
    y : array_like, shape (1, m), optional
        Their targets, 0 or 1.
    shade : {"H1", "H2", "answer"}
        Whose output is the shading of the left plane at first.
    training : bool
        Whether a button trains the network.

    Returns
    -------
    Explorable
        Its `controls`: a slider for each weight, by name ("I1→H1"), and "shade", "sharper",
        "softer" (which multiply the weights and the bias of the shaded neuron by 2 or ½), "train",
        "reset", "tell" (which samples each line separates).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; the message names it.
    """
    is_published = net is None
    net, x, y = given(net, x, y)
    _refuse_what_has_no_plane(net, x, y)
    first = Sample(net, x[:, 0], y[:, 0])
    weights = {first.name(v): v for v in first.weights}
    largest = max(abs(first.w(v)) for v in first.weights)
    if largest > LARGEST_WEIGHT:
        raise ValueError(
            f"weights and biases must be from −{LARGEST_WEIGHT:g} to {LARGEST_WEIGHT:g}, "
            f"the largest is ±{largest:g}"
        )

    def network(values: dict[str, Any]) -> Network:
        return with_weights(net, {v: values[name] for name, v in weights.items()})

    def place(values: dict[str, Any]) -> dict[str, float]:
        return {name: values[name] for name in weights}

    def look(values: dict[str, Any]) -> Look:
        now, shade = network(values), values["shade"]
        steps, at = values["trained"]
        news = f"After {steps} steps of training. " if steps and at == place(values) else ""
        if news and max(map(abs, at.values())) == LARGEST_WEIGHT:
            news += f"A weight is held at the end of its slider, ±{LARGEST_WEIGHT:g}. "
        if news and steps >= MOST_STEPS and not is_right(now, x, y).all():
            news += f"Training got stuck from this start. {way_out} "
        counts, cuts = _counts(now, x, y), _cuts(now, x)
        said = f"{news}{cuts if values['told'] == place(values) else counts}"
        words = f"{news}Shaded on the left: {_said_by(shade)}. {cuts} {counts}"
        title = "The inputs with the lines of H1 and H2; the hidden activations with that of O1"
        return Look(svg(WIDTH, HEIGHT, title, words, _picture(now, x, y, shade)), words, said)

    def some_training() -> None:
        values = explorable.values
        now, (steps, at) = network(values), values["trained"]
        steps = steps if at == place(values) else 0
        if is_right(now, x, y).all() or steps >= MOST_STEPS:
            explorable.set({"train": False})
            return
        more = STEPS_A_PICTURE if steps < FIRST_STEPS else LATER
        train(now, x, y, optimizer=SGD(LEARNING_RATE), epochs=more)
        after = {name: v.of(now) for name, v in weights.items()}
        after = {n: min(max(w, -LARGEST_WEIGHT), LARGEST_WEIGHT) for n, w in after.items()}
        trained = (steps + more, after)
        goes_on = not is_right(network(after), x, y).all()
        explorable.set({**after, "trained": trained, "train": goes_on})

    def multiply(factor: float) -> None:
        """Multiply what leads into the shaded neuron, by less where a slider would end."""
        values = explorable.values
        neuron = "O1" if values["shade"] == "answer" else values["shade"]
        into = {name: values[name] for name in weights if name.endswith(neuron)}
        most = LARGEST_WEIGHT / max(*map(abs, into.values()), LEVEL)
        explorable.set({name: w * min(factor, most) for name, w in into.items()})

    def reset() -> None:
        explorable.set(
            {name: first.w(v) for name, v in weights.items()}
            | ({"train": False} if training else {})
        )

    back = "Published weights" if is_published else "Initial weights"
    way_out = f"Press {back}." if is_published else "Try another one."
    three = "the weights and the bias of the shaded neuron (answer: of O1)"
    controls = {
        "shade": Choice("Shade", SHADES, shade),
        "sharper": Button("numbers × 2", lambda: multiply(2), f"Double {three}"),
        "softer": Button("numbers ÷ 2", lambda: multiply(0.5), f"Halve {three}"),
        "train": Run("Train until it is right", "Stop training", some_training),
        "reset": Button(back, reset, "Start again"),
        "tell": Button(
            "Tell me",
            lambda: explorable.set({"told": place(explorable.values)}),
            "Say which samples each line separates",
        ),
        "trained": Kept("", (0, {})),
        "told": Kept("", {}),
    }
    if not training:
        del controls["train"]
    for name, v in weights.items():
        controls[name] = Slider(name, first.w(v), -LARGEST_WEIGHT, LARGEST_WEIGHT, 0.01)
    explorable = Explorable(controls, look)
    return explorable


@dataclass(frozen=True)
class Square:
    """A plane on the drawing.

    Attributes
    ----------
    left : int
        In px.
    reach : tuple of float
        The ends of both coordinates.
    """

    left: int
    reach: tuple[float, float]

    @property
    def scale(self) -> float:
        """Px of one unit."""
        return SIDE / (self.reach[1] - self.reach[0])

    def place(self, point: ArrayLike) -> np.ndarray:
        """Convert two coordinates to a place in px."""
        across, up = self.scale * (np.asarray(point, float) - self.reach[0])
        return np.array([self.left + across, BOTTOM - up])


UNIT = 196  # px, from 0 to 1 on the right
INPUTS, HIDDEN = Square(44, (-0.6, 1.6)), Square(376, (-1 / 7, 8 / 7))


def _refuse_what_has_no_plane(net: Network, x: np.ndarray, y: np.ndarray) -> None:
    if tuple(net.sizes) != (2, 2, 1):
        raise ValueError(f"net has the sizes {list(net.sizes)}; two planes can show [2, 2, 1] only")
    names = [net.sigma[l].name for l in (2, 3)]
    if names != ["sigmoid", "sigmoid"]:
        raise ValueError(f"the neurons of net must be sigmoid, got {' and '.join(names)}")
    (low, high), outside = INPUTS.reach, x[(x < INPUTS.reach[0]) | (x > INPUTS.reach[1])]
    if outside.size:
        raise ValueError(f"x must be from {low} to {high} to be in the picture, got {outside[0]}")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"the targets y must be 0 or 1, got {y[~np.isin(y, (0, 1))][0]}")


def _line(
    w: np.ndarray, b: float, square: Square, anchor: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Give the point of the line w·p + b = 0 nearest an anchor, and the line's ends in the square.

    Without a line, the point is the anchor itself.
    """
    (low, high), size = square.reach, hypot(*w)
    if size < LEVEL:
        return anchor, None
    foot = anchor - (w @ anchor + b) / size * (w / size)
    along, begin, end = np.array([-w[1], w[0]]) / size, -np.inf, np.inf
    for at, step in zip(foot, along, strict=True):
        if abs(step) < LEVEL:
            begin = begin if low <= at <= high else np.inf
        else:
            ends = sorted(((low - at) / step, (high - at) / step))
            begin, end = max(begin, ends[0]), min(end, ends[1])
    if begin >= end:
        return foot, None
    inset = min(INSET / square.scale, (end - begin) / 2)
    nearest = min(max(0.0, begin + inset), end - inset)
    return foot + nearest * along, np.array([foot + begin * along, foot + end * along])


def _picture(net: Network, x: np.ndarray, y: np.ndarray, shade: str) -> str:
    trace = forward(net, x)
    to_O1 = net.w[3], net.b[3]

    def as_O1_answers(a: np.ndarray) -> np.ndarray:
        return net.sigma[3](to_O1[0] @ a + to_O1[1])

    def shaded(points: np.ndarray) -> np.ndarray:
        at = forward(net, points)
        return at.a[3][0] if shade == "answer" else at.a[2][SHADES.index(shade)]

    lines = [(INPUTS, net.w[2][j], net.b[2][j, 0], f"H{j + 1}") for j in (0, 1)]
    lines.append((HIDDEN, net.w[3][0], net.b[3][0, 0], "O1"))
    parts = [
        shaded_square(shaded, INPUTS.reach, INPUTS.left, TOP, SIDE),
        # No activation leads outside.
        shaded_square(as_O1_answers, (0, 1), *HIDDEN.place([0, 1]).round().astype(int), UNIT),
        _grid(net),
        *(_soft(*line[:3]) for line in lines if line[3] in (shade, "O1")),
        _frame(INPUTS, (f"the inputs: {_said_by(shade)}", "I1", "I2")),
        _frame(HIDDEN, ("as O1 sees them, and what it says", "a of H1", "a of H2")),
    ]
    drawn, knobs = zip(*(_cut(*line, shade) for line in lines), strict=True)
    samples = group([_samples(x, y, shaded(x)), _moved(x, y, trace.a[2])])
    return "".join([group(parts), group(drawn), samples, *knobs, _legend(shade)])


def _said_by(shade: str) -> str:
    return "the answer" if shade == "answer" else f"what {shade} says"


def _grid(net: Network) -> str:
    """Draw a grid over the unit square of the inputs, and where the hidden layer puts it."""
    fine = np.linspace(0, 1, 4 * len(MESH) - 3)
    lines = [np.array([np.full_like(fine, at), fine]) for at in MESH]
    lines += [line[::-1] for line in lines]
    bent = np.split(forward(net, np.hstack(lines)).a[2], len(lines), axis=1)
    parts = []
    for square, each in [(INPUTS, line) for line in lines] + [(HIDDEN, line) for line in bent]:
        places = " L".join("{:.1f} {:.1f}".format(*square.place(point)) for point in each.T)
        parts.append(f'<path class="ink" style="stroke-opacity: 0.45" d="M{places}"/>')
    return group(parts)


def _soft(square: Square, w: np.ndarray, b: float) -> str:
    """Draw where a neuron says 0.1 and 0.9."""
    parts = []
    for z in (-SOFT, SOFT):
        _, ends = _line(w, b - z, square, np.zeros(2))
        if ends is not None:
            (x1, y1), (x2, y2) = (square.place(end) for end in ends)
            at = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            parts.append(f'<line class="ink" stroke-dasharray="5 4" {at}/>')
    return group(parts)


def _frame(square: Square, titles: tuple[str, str, str]) -> str:
    left, middle = square.left, square.left + SIDE / 2
    height = TOP + SIDE / 2
    parts = [
        f'<path d="M{left} {TOP}h{SIDE}v{SIDE}h-{SIDE}z"/>',
        f'<text class="big" x="{middle}" y="22">{titles[0]}</text>',
        f'<text x="{middle}" y="{BOTTOM + 22}">{titles[1]}</text>',
        f'<text x="{left - 24}" y="{height}" '
        f'transform="rotate(-90 {left - 24} {height})">{titles[2]}</text>',
    ]
    for value in (0, 1):
        x, y = square.place([value, value])
        parts.append(f'<path d="M{x:.1f} {BOTTOM}v5M{left} {y:.1f}h-5"/>')
        parts.append(f'<text class="muted" x="{x:.1f}" y="{BOTTOM + 20}">{value}</text>')
        parts.append(f'<text class="muted" x="{left - 12}" y="{y + 5:.1f}">{value}</text>')
    return "".join(parts)


def _disc(place: np.ndarray, targets: Iterable[float]) -> str:
    """Draw a sample, or several at one place, with what the answer should be."""
    left, top = place
    text = "/".join(sorted({number(target) for target in targets}))
    return (
        f'<circle class="{"shape" if text == "0" else "marked"}" cx="{left:.1f}" cy="{top:.1f}" '
        f'r="{DISC + 3 * (len(text) - 1)}"/>'
        f'<text class="tight" x="{left:.1f}" y="{top + 5:.1f}">{text}</text>'
    )


def _samples(x: np.ndarray, y: np.ndarray, shaded: np.ndarray) -> str:
    parts = []
    for point, target, a in zip(x.T, y[0], shaded, strict=True):
        left, top = place = INPUTS.place(point)
        parts.append(
            f"{_disc(place, [target])}"
            f'<text class="halo" x="{left:.1f}" y="{top + 25:.1f}">{a:.2f}</text>'
        )
    return group(parts)


def _moved(x: np.ndarray, y: np.ndarray, a: np.ndarray) -> str:
    """Draw the samples at their hidden activations; those at one place share a label."""
    places = np.array([HIDDEN.place(point) for point in a.T])
    middle = places.mean(axis=0)[0]
    discs = [_disc(places[c].mean(axis=0), y[0, c]) for c in _together(places, DISC)]
    taken, labels = [_box(*place, 2 * DISC) for place in places], []
    for cluster in _together(places, 1.5 * DISC):
        left, top = places[cluster].mean(axis=0)
        text = " ".join(_name(x[:, i]) for i in cluster)
        width = LETTER * len(text)
        beside, half = DISC + 5 + width / 2, width / 2
        outward = beside if left >= middle else -beside
        inside = min(max(left, HIDDEN.left + half), HIDDEN.left + SIDE - half)
        ways = [
            (left + outward, top),
            (left - outward, top),
            (inside, top + 23),
            (inside, top - 23),
        ]
        box = min((_box(*way, width) for way in ways), key=lambda box: _covered(box, taken))
        taken.append(box)
        labels.append(
            f'<text class="halo tight" x="{(box[0] + box[2]) / 2:.1f}" y="{box[3] - 3:.1f}">{text}'
            "</text>"
        )
    return group(discs + labels)


def _box(left: float, top: float, width: float) -> tuple[float, float, float, float]:
    """Give the ends of what stands around a place, as high as a line of text."""
    return left - width / 2, top - 8, left + width / 2, top + 8


def _covered(box: tuple[float, ...], taken: list[tuple[float, ...]]) -> float:
    """Say how much of the others, and of what lies outside the square, a box covers, in px²."""

    def common(a: tuple[float, ...], b: tuple[float, ...]) -> float:
        wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        return max(wide, 0) * max(high, 0)

    square = HIDDEN.left, TOP, HIDDEN.left + SIDE, BOTTOM
    return sum(common(box, each) for each in taken) + common(box, box) - common(box, square)


def _together(places: np.ndarray, reach: float) -> list[list[int]]:
    """Group places that are closer than `reach`, in px, to the first of their group."""
    groups: list[list[int]] = []
    for i, at in enumerate(places):
        near = next((each for each in groups if hypot(*(places[each[0]] - at)) < reach), None)
        if near:
            near.append(i)
        else:
            groups.append([i])
    return groups


def _cut(square: Square, w: np.ndarray, b: float, name: str, shade: str) -> tuple[str, str]:
    """Draw the line z = 0 of a neuron, and its knobs: its name, and the arrow to z > 0."""
    l, sources, its_shade = (3, ("H1", "H2"), "answer") if name == "O1" else (2, ("I1", "I2"), name)
    width = 3 if shade in (its_shade, "answer") or name == "O1" else 1.6
    point, ends = _line(w, b, square, np.array(ANCHORS[name]))
    corner = np.array([square.left, TOP], float)
    place = np.clip(square.place(point), corner + INSET, corner + SIDE - INSET)
    line, dash = "", ' stroke-dasharray="3 3"'
    if ends is not None:
        (x1, y1), (x2, y2) = (square.place(each) for each in ends)
        place, dash = square.place(point), ""
        at = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        line = (
            f'<g data-for="B{l - 1}→{name}"><line class="hit" {at}/>'
            f'<line class="ink" style="stroke-width: {width}" {at}/></g>'
        )
    size = hypot(*w)
    way = np.array([w[0], -w[1]]) / size if size >= LEVEL else np.array([1.0, 0.0])
    tip = place + (SHORTEST + LONGER * size) * way
    (x, y), (tip_x, tip_y) = place, tip
    side = np.array([-way[1], way[0]])
    (x1, y1), (x2, y2) = tip - 9 * way + 5 * side, tip - 9 * way - 5 * side
    head = f"M{x1:.1f} {y1:.1f}L{tip_x:.1f} {tip_y:.1f}L{x2:.1f} {y2:.1f}" if size >= LEVEL else ""
    slant = f'data-x="{1 / 40:.4f}" data-knob-y="{sources[1]}→{name}" data-y="{-1 / 40:.4f}"'
    shift = f'data-x="{-w[0] / square.scale:.5g}" data-y="{w[1] / square.scale:.5g}"'
    half_width, half_height = BOX
    return line, (
        f'<g data-knob="{sources[0]}→{name}" {slant} aria-label="arrow of {name}: its weights">'
        f'<circle class="hit" cx="{tip_x:.1f}" cy="{tip_y:.1f}" r="9"/>'
        f'<path class="ink" style="stroke-width: 2.6" '
        f'd="M{x:.1f} {y:.1f}L{tip_x:.1f} {tip_y:.1f}{head}"/>'
        f'<circle class="shape" cx="{tip_x:.1f}" cy="{tip_y:.1f}" r="4"/></g>'
        f'<g data-knob="B{l - 1}→{name}" {shift} data-set="shade" data-to="{its_shade}" '
        f'aria-label="line of {name}: its bias">'
        f'<rect class="shape" x="{x - half_width:.1f}" y="{y - half_height:.1f}" '
        f'width="{2 * half_width:.1f}" height="{2 * half_height:.1f}" rx="6"{dash}/>'
        f'<text class="tight" x="{x:.1f}" y="{y + 5:.1f}">{name}</text></g>'
    )


def _legend(shade: str) -> str:
    lines = (
        f"discs: the samples with their targets; below each, on the left: {_said_by(shade)}",
        "blue: above 0.5; orange stripes: below; dashed lines: where a neuron says 0.1 and 0.9",
        "an arrow is a neuron's two weights: it points to z &gt; 0, and grows with them",
        "fine grid: inputs from 0 to 1; on the right, where H1 and H2 put them",
    )
    return "".join(
        f'<text class="muted left" x="20" y="{BOTTOM + 52 + 20 * i}">{line}</text>'
        for i, line in enumerate(lines)
    )


def _name(point: Sequence[float]) -> str:
    return f"[{', '.join(number(value, 2) for value in point)}]"


def _counts(net: Network, x: np.ndarray, y: np.ndarray) -> str:
    trace, m = forward(net, x), x.shape[1]
    yes_1, yes_2 = (trace.z[2] > 0).sum(axis=1)
    right = int(((trace.a[3] > 0.5) == (y > 0.5)).sum())
    return (
        f"H1 says yes to {yes_1} of {m} samples, H2 to {yes_2}. "
        f"{right} of {m} answers are on the right side of 0.5, "
        f"{int(is_right(net, x, y).sum())} within 0.1 of the target."
    )


def _cuts(net: Network, x: np.ndarray) -> str:
    trace, names = forward(net, x), [_name(point) for point in x.T]
    neurons = ("H1", trace.z[2][0]), ("H2", trace.z[2][1]), ("O1", trace.z[3][0])
    return " ".join(f"{neuron} {_separated(names, z)}." for neuron, z in neurons)


def _separated(names: Sequence[str], z: np.ndarray) -> str:
    """Say which samples a line has on its smaller side."""
    sides = {"z > 0": z > 0, "z ≤ 0" if (z == 0).any() else "z < 0": z <= 0}
    side, inside = min(sides.items(), key=lambda item: item[1].sum())
    if not inside.any():
        return f"separates nothing: {next(s for s in sides if s != side)} for all samples"
    few = [name for name, is_inside in zip(names, inside, strict=True) if is_inside]
    listed = " and ".join(filter(None, [", ".join(few[:-1]), few[-1]]))
    return f"separates {listed} from the rest: {side} there"
