"""How good a measured slope is, for every ε: its error, the two causes of it, and a magnifier."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, _arguments, backprop, cost, finite_difference
from bpcore.view.axes import LEFT, TOP, WIDTH, Axes
from bpcore.view.explorable import Choice, Control, Explorable, Look, Slider
from bpcore.view.sample import Sample, Weight, given, with_weights
from bpcore.view.style import group, number, power, signed, svg, text_at

__all__ = ["explore_epsilon"]

HEIGHT, RIGHT, BOTTOM = 378, 400, 318  # px
LENS, LENS_AT = 200, 432  # px: the side of the magnifier, and where its left side is
SIDE, RISE = 1.25, 1.6  # what the magnifier shows, in nudges to each side
PLACES = np.linspace(-SIDE, SIDE, 151)
LETTER = 7.2  # px, about the width of one
LEAST, MOST, STEP = -16, 1, 0.125  # exponents of ε
LOWEST, HIGHEST = -20, 1  # exponents of the error that are drawn
NAMES = {"forward": "forward difference", "central": "central difference"}
NAMES |= {"complex": "complex step"}
SCHEMES = tuple(NAMES)
NUMBERS = {"float64": 2.0**-53, "float32": 2.0**-24}  # and their unit roundoff
TRUNCATION = 'class="plus" style="stroke-width: 1.8"'
ROUNDING = 'class="minus" style="stroke-width: 1.8; stroke-dasharray: 7 4"'
MEASURED = 'class="ink" style="stroke-width: 1.6"'
FORMULAS = {  # of the errors by truncation and by rounding
    "forward": ("½ε|C″|", "2uC / ε"),
    "central": ("⅙ε²|C‴|", "uC / ε"),
    "complex": ("⅙ε²|C‴|", "u|C′|"),
}
MAGNIFIED = {"forward": "w and w + ε", "central": "w ± ε", "complex": "w"}
GRADES = {"forward": (1, -1), "central": (2, -1), "complex": (2, 0)}


def explore_epsilon(
    net: Network | None = None,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    line: str = "I1→H2",
    schemes: Sequence[str] = SCHEMES,
    theory: bool = True,
) -> Explorable:
    """Show the error of a measured slope against ε, which can be dragged, and the cost around w.

    Parameters
    ----------
    net : Network, optional
        Is not changed; its activations must be smooth. Default: the published XOR network.
    x : array_like, shape (n_1, m) or (n_1,), optional
    y : array_like, shape (n_L, m) or (n_L,), optional
        The samples; the cost is the mean of the quadratic one. Default: the four of XOR.
    line : str
        The weight or bias, by its name on the network's drawing.
    schemes : sequence of {"forward", "central", "complex"}
        Those that can be chosen; the first is shown. With more than one, float32 can be chosen.

    theory : bool
        Whether the two lines of the theory are drawn. Without them, the error is drawn only as far
        down as ε has been dragged, so that its course can be found.

    Returns
    -------
    Explorable
        Its `controls`: "epsilon"; with more than one scheme also "scheme" and "numbers".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the slope of the line, its C″ or its C‴ is 0; the message
        names it.

    Notes
    -----
    The slope that the error is measured from is that of backpropagation in float64. C″ and C‴ are
    its differences, with nudges of 10⁻⁴ and 10⁻³; the unit roundoff u is 2⁻⁵³ or 2⁻²⁴.
    """
    net, x, y = given(net, x, y)
    sample = Sample(net, x[:, 0], y[:, 0])
    weight = _arguments.choice(line, {sample.name(v): v for v in sample.weights}, "line")
    if isinstance(schemes, str) or not len(schemes):
        raise ValueError(f"schemes must be at least one of {SCHEMES}, got {schemes!r}")
    for name in schemes:
        _arguments.choice(name, dict.fromkeys(SCHEMES), "scheme")
    costs = cache(partial(_OneWeight, net, x, y, weight))
    if 0 in (costs("float64").slope, costs("float64").second, costs("float64").third):
        raise ValueError(f"the slope of {line}, its C″ or its C‴ is 0 for this network and samples")
    controls: dict[str, Control] = {
        "epsilon": Slider("nudge ε", 1.0, 10.0**LEAST, 10.0**MOST, STEP, log=True)
    }
    if len(schemes) > 1:
        controls["scheme"] = Choice("difference", schemes, schemes[0])
        controls["numbers"] = Choice("numbers", list(NUMBERS), "float64")
    axes = Axes((LEAST, MOST), (LOWEST, HIGHEST), RIGHT, BOTTOM)

    ticks = {p: f"10{power(p)}" for p in range(LEAST, MOST + 1, 4)}
    levels = {p: f"10{power(p)}" for p in range(LOWEST, HIGHEST, 4)}
    frame = axes.frame(ticks, levels, "nudge ε", f"error of the slope of {line}")

    @cache
    def curves(scheme: str, numbers: str, least: float) -> tuple[str, str]:
        of = costs(numbers)
        lines, labels = _lines(axes, of, scheme) if theory else ([], [])
        return group([_measured(axes, of, scheme, least), *lines]), group(labels)

    def look(values: dict[str, Any]) -> Look:
        eps, scheme = values["epsilon"], values.get("scheme", schemes[0])
        of = costs(values.get("numbers", "float64"))
        error, causes = of.error(scheme, eps), of.causes(scheme, eps)
        words = f"{NAMES[scheme]}, {of.numbers}, ε = {number(eps, 2)}: the error is "
        words += f"{number(error, 2)}."
        rows = [text_at(LENS_AT, 262, f"measured error: {number(error, 2)}", "left bold")]
        heights = [_height(error)]
        if theory:
            named = [f"{f}: {number(v, 2)}" for f, v in zip(FORMULAS[scheme], causes, strict=True)]
            words += f" Expected: truncation {named[0]}, rounding {named[1]}."
            rows.append(text_at(LENS_AT, 284, f"truncation {named[0]}", "left plus"))
            rows.append(text_at(LENS_AT, 304, f"rounding {named[1]}", "left minus"))
            rows.append(_shares(*causes))
            heights += map(_height, causes)
        drawn, labels = curves(scheme, of.numbers, LEAST if theory else np.log10(eps))
        body = frame + drawn + group(rows) + _lens(of, scheme, eps)
        body += axes.upright(np.log10(eps), heights, "epsilon", "the nudge ε") + labels
        title = "The error of a measured slope against ε, both axes logarithmic"
        return Look(svg(WIDTH, HEIGHT, title, words, body), words)

    return Explorable(controls, look)


class _OneWeight:
    """The cost over one weight, in numbers of one kind, and how well its slope is measured."""

    def __init__(
        self, net: Network, x: np.ndarray, y: np.ndarray, weight: Weight, numbers: str
    ) -> None:
        self.numbers, self._sample, self._weight = numbers, (x, y), weight
        hidden, output = net.sigma[2].name, net.sigma[net.L].name
        like = {"activation": hidden, "output_activation": output}
        self._net = Network(net.sizes, **like, dtype=np.dtype(numbers))
        exact = Network(net.sizes, **like)  # the same weights, once they are rounded
        for l in net.w:
            self._net.w[l], self._net.b[l] = net.w[l], net.b[l]
            exact.w[l], exact.b[l] = self._net.w[l], self._net.b[l]
        self.w, self.u = weight.of(exact), NUMBERS[numbers]

        def slope(nudge: float) -> float:
            there = with_weights(exact, {weight: self.w + nudge})
            return weight.of(backprop(there, x, y))

        self.C, self.slope = cost(exact, x, y), slope(0)
        self.second = abs(slope(1e-4) - slope(-1e-4)) / 2e-4
        self.third = abs(slope(1e-3) - 2 * self.slope + slope(-1e-3)) / 1e-6
        self.error = cache(self._error)
        self._nudged = deepcopy(self._net)

    def cost_at(self, nudge: float) -> float:
        """The cost, in these numbers, when the weight is nudged."""
        self._weight.set(self._nudged, self.w + nudge)
        return float(cost(self._nudged, *self._sample))

    def _error(self, scheme: str, eps: float) -> float:
        measured = finite_difference(self._net, *self._sample, scheme=scheme, eps=eps)
        return abs(self._weight.of(measured) - self.slope)

    def causes(self, scheme: str, eps: float) -> tuple[float, float]:
        """What the theory expects of truncation, and of rounding."""
        if scheme == "forward":
            return eps / 2 * self.second, 2 * self.u * self.C / eps
        truncation = eps**2 / 6 * self.third
        return truncation, self.u * (self.C / eps if scheme == "central" else abs(self.slope))


def _height(error: float) -> float:
    return float(np.log10(np.clip(error, 10.0**LOWEST, 10.0**HIGHEST)))


def _measured(axes: Axes, of: _OneWeight, scheme: str, least: float) -> str:
    """Draw the measured error down to an exponent of ε."""
    exponents = [least, *(p for p in np.arange(LEAST, MOST + STEP / 2, STEP) if p > least)]
    return axes.path(((p, _height(of.error(scheme, 10.0**p))) for p in exponents), MEASURED)


def _lines(axes: Axes, of: _OneWeight, scheme: str) -> tuple[list[str], list[str]]:
    """Draw the two lines of the theory, and write their formulas and slopes."""
    at_one, grades = np.log10(of.causes(scheme, 1.0)), GRADES[scheme]
    meet = (at_one[1] - at_one[0]) / (grades[0] - grades[1])
    places = np.linspace(LEAST, MOST, 1001)
    lines, labels = [], []
    for i, (look, colour) in enumerate(((TRUNCATION, "plus"), (ROUNDING, "minus"))):
        heights = at_one[i] + grades[i] * places
        (inside,) = np.nonzero((heights >= LOWEST) & (heights <= HIGHEST))
        ends = [(places[k], heights[k]) for k in inside[[0, -1]]]
        lines.append(axes.path(ends, look))
        text = f"{FORMULAS[scheme][i]}: slope {signed(grades[i])}"
        turn = np.arctan2(axes.y(grades[i]) - axes.y(0), axes.x(1) - axes.x(0))
        room = (
            LETTER * (len(text) / 2 + 1) * np.cos(turn) / (axes.x(1) - axes.x(0))
        )  # in decades of ε
        place = (meet + ends[i - 1][0]) / 2
        place = min(max(place, ends[0][0] + room), ends[1][0] - room)
        height = at_one[i] + grades[i] * place
        labels.append(_label(axes, place, height, grades[i], text, colour))
    return lines, labels


def _label(axes: Axes, place: float, height: float, grade: int, text: str, colour: str) -> str:
    """Write along a line, on the side where the measured error is not."""
    x, y = axes.x(place), axes.y(height)
    turn = np.degrees(np.arctan2(axes.y(grade) - axes.y(0), axes.x(1) - axes.x(0)))
    below = 17 if grade > 0 else -8 if grade else -36
    return (
        f'<text class="halo {colour}" x="{x:.1f}" y="{y + below:.1f}" '
        f'transform="rotate({turn:.1f} {x:.1f} {y:.1f})">{text}</text>'
    )


def _shares(truncation: float, rounding: float) -> str:
    """Draw which part of both causes together each of them is."""
    share = truncation / (truncation + rounding)
    width, said = LENS * share, round(100 * share)
    rest = f'x1="{LENS_AT + width:.1f}" x2="{LENS_AT + LENS}" y1="322" y2="322"'
    return (
        f'<line class="plus" style="stroke-width: 12" x1="{LENS_AT}" '
        f'x2="{LENS_AT + width:.1f}" y1="322" y2="322"/>'
        f'<line class="minus" style="stroke-width: 12; stroke-dasharray: 7 2" {rest}/>'
        + text_at(LENS_AT, 350, f"{said} % truncation, {100 - said} % rounding", "left muted")
    )


def _lens(of: _OneWeight, scheme: str, eps: float) -> str:
    """Draw the cost around w, magnified so that its tangent is the diagonal, and the secant."""
    axes = Axes((-SIDE, SIDE), (-RISE, RISE), LEFT + LENS, TOP + LENS)
    here = of.cost_at(0.0)

    def risen(place: float) -> float:
        return (of.cost_at(place * eps) - here) / (eps * of.slope)

    parts = [
        f'<rect class="box" x="{LEFT}" y="{TOP}" width="{LENS}" height="{LENS}"/>',
        axes.path(((s, s) for s in (-SIDE, SIDE)), 'stroke-dasharray="1 3"'),
        axes.path(_stairs(risen), 'class="ink" style="stroke-width: 1.6"'),
    ]
    ends = {"forward": (0, 1), "central": (-1, 1), "complex": ()}[scheme]
    if ends:
        points = [(s, risen(s)) for s in ends]
        parts.append(axes.path(points, 'class="plus" style="stroke-width: 2.4"'))
        parts += [axes.dot(*point, 5) for point in points]
    region = f"{LEFT} {TOP} {LENS} {LENS}"
    return (
        text_at(LENS_AT, TOP - 4, f"C near {MAGNIFIED[scheme]}, magnified", "left tight")
        + f'<svg x="{LENS_AT}" y="{TOP + 6}" width="{LENS}" height="{LENS}" viewBox="{region}" '
        f'overflow="hidden">{group(parts)}</svg>'
    )


def _stairs(risen: Callable[[float], float]) -> list[tuple[float, float]]:
    """Follow a function, with both ends of each level part, and without the points between."""
    points = [(s, float(np.clip(risen(s), -9, 9))) for s in PLACES]
    return [
        p
        for i, p in enumerate(points)
        if i in (0, len(points) - 1) or not points[i - 1][1] == p[1] == points[i + 1][1]
    ]
