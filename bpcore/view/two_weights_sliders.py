"""The cost over two weights as a map: a ball to drag, the slope in every direction, and −∇C."""

from collections.abc import Callable, Sequence
from functools import partial
from math import dist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, _arguments, backprop, costs
from bpcore.view.axes import LEFT, TOP, WIDTH, Axes, arrow
from bpcore.view.contour_map import Label, labels_beside, map_of, round_number, whole
from bpcore.view.explorable import Button, Choice, Explorable, Kept, Look, Run, Slider
from bpcore.view.sample import Sample, Weight, given, with_weights
from bpcore.view.style import group, number, signed, svg, text_at

__all__ = ["explore_two_weights"]

HEIGHT, SIDE, RING = 386, 310, 36  # px; SIDE is that of the map
WAVE_LEFT, WAVE_WIDTH, WAVE_HEIGHT = 422, 206, 140  # px
TEXT_LEFT, TEXT_TOP, LINE = 394, 242, 22  # px
REACH = 3.0  # of both weights, to either side of 0, unless the network has a larger one
N_GRID = 41
CLEAR = RING + 22, RING + 8  # px around the ball, to the side and up, without labels
DOTS_APART = 8.5  # px between two dots of the trail
N_ZOOM = 8  # times that the grid around the lowest point is made four times finer
NUDGE = 1e-3  # length of the step whose cost is measured in each direction
LEVEL, MOST_STEPS = 1e-4, 500  # where a descent ends: |∇C| below LEVEL, or after so many steps
CROSS = "M-7 0h14M0 -7v14"
DEGREES = np.arange(360)
SHOW = ("one direction", "all directions", "arrow −∇C")


def explore_two_weights(
    net: Network | None = None,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    across: str = "H1→O1",
    up: str = "H2→O1",
    show: str = SHOW[-1],
    learning_rate: float = 30.0,
    rates: tuple[float, float] | None = None,
) -> Explorable:
    """Show the cost over two weights of a network, the others held still, as a map with a ball.

    Parameters
    ----------
    net : Network, optional
        Is not changed. Default: the published XOR network.
    x : array_like, shape (n_1, m) or (n_1,), optional
    y : array_like, shape (n_L, m) or (n_L,), optional
        The samples; the cost is the mean of the quadratic one. Default: the four of XOR.
    across, up : str
        Two different weights or biases, by their names on the network's drawing, such as "H1→O1"
        or "B2→O1".
    show : {"one direction", "all directions", "arrow −∇C"}
        What is shown at first of the slopes at the ball; each shows what those before it do.
    learning_rate : float
        η > 0: the arrow is −η∇C, one step of gradient descent. Dimensionless.
    rates : tuple of two floats, optional
        The ends of a slider for η, 0 < least ≤ `learning_rate` ≤ most. Default: none; η stays.

    Returns
    -------
    Explorable
        Its `controls`: "reveal", the two names, "direction" (of a step, 0 to 360 degrees, from
        `across` to `up`), "step", "roll", "trail"; with `rates` also "learning rate".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; the message names it.
    """
    net, x, y = given(net, x, y)
    x, y, C, _ = costs.checked_arguments(net, x, y, "quadratic", 0.0)
    first = Sample(net, x[:, 0], y[:, 0])
    known = {first.name(v): v for v in first.weights}
    pair = tuple(_arguments.choice(n, known, w) for n, w in ((across, "across"), (up, "up")))
    if across == up:
        raise ValueError(f"across and up must be two different weights, got {across!r} twice")
    _arguments.choice(show, dict.fromkeys(SHOW), "show")
    eta_first = _arguments.number(learning_rate, "learning_rate", above=0)
    rate = {} if rates is None else {"learning rate": _rate(eta_first, rates)}
    start = [v.of(net) for v in pair]
    reach = max(REACH, float(np.ceil(1.2 * np.abs(start).max())))
    axes = Axes((-reach, reach), (-reach, reach), LEFT + SIDE, TOP + SIDE)
    cost_at = partial(_costs, net, x, y, C, pair)
    ground, labels, spacing, steepest = _ground(cost_at, axes)
    lowest = _lowest(cost_at, reach)
    ticks = whole(-reach, reach, round_number(reach / 3))
    names = (across, up)

    def gradient(place: Sequence[float]) -> np.ndarray:
        slopes = backprop(with_weights(net, dict(zip(pair, place, strict=True))), x, y)
        return np.array([v.of(slopes) for v in pair])

    def place(values: dict[str, Any]) -> tuple[float, float]:
        return values[across], values[up]

    def trail(values: dict[str, Any]) -> tuple[tuple[float, float], ...]:
        here = place(values)
        return values["trail"] if values["trail"][-1:] == (here,) else (here,)

    def rate_of(values: dict[str, Any]) -> float:
        return values.get("learning rate", eta_first)

    def look(values: dict[str, Any]) -> Look:
        here, stage, eta = place(values), SHOW.index(values["reveal"]), rate_of(values)
        g, degrees = gradient(here), values["direction"]
        C_here, slopes, tried = _slopes_around(cost_at, here, degrees)
        best = int(np.argmin(slopes))
        rows = [f"C = {number(C_here)}", f"your direction, {degrees}°: {signed(tried, 3)}"]
        told = [f"In your direction, {degrees}°, the slope of C is {signed(tried)}."]
        if stage > 0:
            rows.append(f"lowest of 360, {best}°: {signed(slopes[best], 3)}")
            told.append(f"Of 360 directions {best}° has the lowest slope, {signed(slopes[best])}.")
        if stage > 1:
            rows += [f"slope along {n}: {signed(s, 3)}" for n, s in zip(names, g, strict=True)]
            rows.append(f"arrow: −η∇C with η = {eta:g}")
            told.append(_on_arrow(names, g, eta))
        walked, events = trail(values), []
        if len(walked) > 1:
            events.append(f"{len(walked) - 1} {'step' if len(walked) == 2 else 'steps'} so far.")
        if np.hypot(*g) < LEVEL:
            events.append("It is nearly level here: every direction has a slope near 0.")
        elif np.abs(here - eta * g).max() > reach:
            events.append("The next step would leave the map.")
        at = " and ".join(f"{n} = {number(w)}" for n, w in zip(names, here, strict=True))
        said = " ".join([f"At {at} the cost is C = {number(C_here)}.", *events])
        if lowest is not None:
            told.append(_on_lowest(names, lowest))
        body = group(
            [
                ground,
                labels_beside(labels, axes.x(here[0]), axes.y(here[1]), CLEAR),
                axes.frame(ticks, ticks, across, up),
                axes.inside(
                    _marks(axes, walked, np.radians(degrees), eta * g if stage > 1 else None)
                ),
                *(_row(i, text) for i, text in enumerate(rows)),
                f'<text class="left muted" x="{TEXT_LEFT}" y="{TOP + SIDE + 42}">{spacing}</text>',
            ]
        )
        body += _wave(slopes, steepest, degrees, tried, stage, g)
        body += axes.ball(*here, across, f"the ball on the map, {across} and {up}", name_y=up)
        if lowest is not None:
            at_lowest = f"translate({axes.x(lowest[0]):.1f} {axes.y(lowest[1]):.1f})"
            look_through = 'class="ink cross" pointer-events="none"'  # the ball stays to be dragged
            body += f'<path {look_through} transform="{at_lowest}" d="{CROSS}"/>'
        words = " ".join([said, *told])
        title = f"The cost over the weights {across} and {up}"
        return Look(svg(WIDTH, HEIGHT, title, words, body), words, said)

    def step() -> None:
        """Go one step, unless it is level here or the step leads off the map."""
        values = explorable.values
        g = gradient(place(values))
        there = tuple(map(float, np.array(place(values)) - rate_of(values) * g))
        if np.abs(there).max() <= reach and np.hypot(*g) >= LEVEL:
            explorable.set({across: there[0], up: there[1], "trail": (*trail(values), there)})

    def roll() -> None:
        before = place(explorable.values)
        step()
        if before == place(explorable.values) or len(trail(explorable.values)) > MOST_STEPS:
            explorable.controls["roll"].value = False

    controls = {
        "reveal": Choice("show", SHOW, show),
        "step": Button("one step", step, "One step of gradient descent, along the arrow"),
        "roll": Run("roll downhill", "stop", roll),
        **rate,
        across: Slider(across, start[0], -reach, reach, 0.01),
        up: Slider(up, start[1], -reach, reach, 0.01),
        "direction": Slider("direction °", 30, 0, 360, 1, decimals=0),
        "trail": Kept("", ()),
    }
    explorable = Explorable(controls, look)
    return explorable


def _rate(eta: float, rates: tuple[float, float]) -> Slider:
    """Make the slider for η, with about a hundred stops."""
    if not isinstance(rates, tuple | list) or len(rates) != 2:
        raise TypeError(f"rates must be two numbers, the ends of a slider, got {rates!r}")
    least, most = (_arguments.number(end, "each of rates", above=0) for end in rates)
    if least >= most:
        raise ValueError(f"rates must grow from the first to the second, got {rates!r}")
    step = round_number((most - least) / 100)
    decimals = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    return Slider("rate η", eta, least, most, step, decimals=decimals)


def _costs(
    net: Network,
    x: np.ndarray,
    y: np.ndarray,
    C: costs.Cost,
    pair: tuple[Weight, Weight],
    *values: np.ndarray,
) -> np.ndarray:
    """Compute the mean cost at many values of two weights at once, as columns of one batch."""
    n, m = len(values[0]), x.shape[1]
    extra = [np.repeat(now - v.of(net), m) for v, now in zip(pair, values, strict=True)]
    z, a = {}, {1: np.tile(x, n)}
    for l in range(2, net.L + 1):
        z[l] = net.w[l] @ a[l - 1] + net.b[l]
        for v, by in zip(pair, extra, strict=True):
            if v.l == l:
                z[l][v.j - 1] += by * (a[l - 1][v.k - 1] if v.k else 1)
        a[l] = net.sigma[l](z[l])
    each = C.per_sample(z[net.L], a[net.L], np.tile(y, n), net.sigma[net.L])
    return each.reshape(n, m).mean(axis=1)


def _ground(
    cost_at: Callable[[np.ndarray, np.ndarray], np.ndarray], axes: Axes
) -> tuple[str, list[Label], str, float]:
    """Draw the contour lines, place their labels, say how far apart they are; find max |∇C|."""
    grid = np.linspace(*axes.x_range, N_GRID)
    u, v = np.meshgrid(grid, grid)
    C = cost_at(u.ravel(), v.ravel()).reshape(u.shape)
    steepest = max(float(np.hypot(*np.gradient(C, grid, grid)).max()), LEVEL)
    ground, labels, apart = map_of(axes, u, v, C)
    return ground, labels, f"a line for each {number(apart, 1)} of C", steepest


def _lowest(
    cost_at: Callable[[np.ndarray, np.ndarray], np.ndarray], reach: float
) -> np.ndarray | None:
    """Find the lowest point of the map on ever finer grids; None if it lies at the edge."""
    centre, half = np.zeros(2), reach
    for zoom in range(N_ZOOM):
        grid = np.linspace(-half, half, N_GRID)
        u, v = np.meshgrid(centre[0] + grid, centre[1] + grid)
        best = cost_at(u.ravel(), v.ravel()).argmin()
        centre = np.array([u.ravel()[best], v.ravel()[best]])
        if zoom == 0 and np.abs(centre).max() >= reach:
            return None
        half /= 4
    return centre


def _slopes_around(
    cost_at: Callable[[np.ndarray, np.ndarray], np.ndarray], here: Sequence[float], degrees: int
) -> tuple[float, np.ndarray, float]:
    """Measure C at a place, and its slope in all directions, and in the one that is tried."""
    turns = np.radians([*DEGREES, degrees])
    steps = NUDGE * np.array([np.cos(turns), np.sin(turns)])
    C = cost_at(*(np.hstack([np.zeros((2, 1)), steps]) + np.array(here).reshape(2, 1)))
    slopes = (C[1:] - C[0]) / NUDGE
    return float(C[0]), slopes[:-1], float(slopes[-1])


def _marks(
    axes: Axes, walked: Sequence[tuple[float, float]], needle: float, step: np.ndarray | None
) -> str:
    """Draw the trail, the direction that is tried on its ring, and the arrow with its legs."""
    x, y = axes.x(walked[-1][0]), axes.y(walked[-1][1])
    parts = [axes.path(walked, 'class="ink" stroke-dasharray="2 3"')] if len(walked) > 1 else []
    parts += [axes.dot(*place, 3) for place in _thinned(axes, walked)]
    parts.append(f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{RING}"/>')
    turned = f'transform="translate({x:.1f} {y:.1f}) rotate({-np.degrees(needle):g})"'
    parts.append(f'<path class="ink needle" {turned} d="M0 0H{RING}m-8 -5l8 5l-8 5"/>')
    if step is not None:
        scale = SIDE / (axes.x_range[1] - axes.x_range[0])
        right, down = -scale * step[0], scale * step[1]
        parts += [
            _leg(-step[0], f"M{x:.1f} {y:.1f}h{right:.1f}"),
            _leg(-step[1], f"M{x + right:.1f} {y:.1f}v{down:.1f}"),
            arrow(x, y, right, down),
        ]
    return "".join(parts)


def _thinned(axes: Axes, walked: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out the dots of a trail that would run into one before."""
    kept: list[tuple[float, float]] = []
    at: list[tuple[float, float]] = []
    for place in walked[:-1]:
        here = axes.x(place[0]), axes.y(place[1])
        if all(dist(here, other) >= DOTS_APART for other in at):
            kept.append(place)
            at.append(here)
    return kept


def _leg(change: float, d: str) -> str:
    """Draw how far one weight goes: up solid, down dashed."""
    look = 'class="plus"' if change > 0 else 'class="minus" stroke-dasharray="7 4"'
    return f'<path {look} style="stroke-width: 2.4" d="{d}"/>'


def _wave(
    slopes: np.ndarray, steepest: float, degrees: int, tried: float, stage: int, g: np.ndarray
) -> str:
    """Draw the slope in every direction, and a ball at the one that is tried."""
    most = 1.15 * steepest
    axes = Axes((0, 360), (-most, most), LEFT + WAVE_WIDTH, TOP + WAVE_HEIGHT)
    tick = round_number(steepest)
    parts = [
        axes.frame(
            {turn: f"{turn}°" for turn in (0, 90, 180, 270, 360)},
            {value: signed(value, 1) for value in (-tick, 0.0, tick)},
            "direction of the step: → 0°, ↑ 90°",
            "slope of C in that direction",
        ),
        axes.path([(0, 0), (360, 0)], ""),
    ]
    if stage > 0:
        points = zip([*DEGREES, 360], [*slopes, slopes[0]], strict=True)
        parts.append(axes.path(points, 'class="ink" style="stroke-width: 2"'))
        best = int(np.argmin(slopes))
        parts.append(axes.dot(best, slopes[best], 5))
    if stage > 1 and np.hypot(*g) > 0:
        turn = float(np.degrees(np.arctan2(-g[1], -g[0])) % 360)
        parts.append(
            axes.path([(turn, -most), (turn, 0.75 * most)], 'class="ink" stroke-dasharray="5 4"')
        )
        at = min(max(axes.x(turn), LEFT + 20), LEFT + WAVE_WIDTH - 20)
        parts.append(text_at(at, TOP + 14, "−∇C", "halo bold"))
    ball = axes.ball(degrees, tried, "direction", "the direction that is tried")
    moved = f'<g transform="translate({WAVE_LEFT - LEFT} 0)">'
    return f"{moved}{group(parts)}{ball}</g>"


def _row(i: int, text: str) -> str:
    classes = "left cost" if i == 0 else "left"
    return f'<text class="{classes}" x="{TEXT_LEFT}" y="{TEXT_TOP + LINE * i}">{text}</text>'


def _on_lowest(names: tuple[str, str], lowest: np.ndarray) -> str:
    at = " and ".join(f"{n} = {number(w, 3)}" for n, w in zip(names, lowest, strict=True))
    return f"The lowest point of the map, the cross, is at {at}."


def _on_arrow(names: tuple[str, str], g: np.ndarray, eta: float) -> str:
    slopes = " and ".join(f"{signed(s)} along {n}" for n, s in zip(names, g, strict=True))
    turn = np.degrees(np.arctan2(-g[1], -g[0])) % 360
    ways = " and ".join(
        f"{n} {'down' if s > 0 else 'up'}" for n, s in zip(names, g, strict=True) if s
    )
    if not ways:
        return f"The slopes are {slopes}."
    return (
        f"The slopes are {slopes}: the arrow −η∇C with η = {eta:g} turns {ways}, toward "
        f"{number(turn, 4)}°, and is {number(eta * np.hypot(*g), 3)} long."
    )
