"""A plane through the weights of three networks: the cost on it as a map, and a ball that rolls."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bpcore import Network, _arguments, backprop, cost, costs
from bpcore.view.axes import LEFT, TOP, WIDTH, Axes
from bpcore.view.contour_map import FLAT, labels_beside, map_of, round_number, whole
from bpcore.view.explorable import Button, Choice, Explorable, Kept, Look, Run, Slider
from bpcore.view.style import group, number, svg, text_at

__all__ = ["explore_slice"]

MAP_WIDTH, MAP_HEIGHT, HEIGHT = 392, 294, 366  # px
TEXT_LEFT, LINE = 462, 24  # px
MARGIN = 0.3  # of the way between the first two places, around all three
N_GRID = 49  # along the width
N_WAY = 41  # places from the first to the second
WAY = 'class="minus" style="stroke-width: 2; stroke-dasharray: 7 5"'
PROFILE_LEFT, PROFILE_TOP, PROFILE_WIDTH, PROFILE_HEIGHT = 466, 184, 152, 70  # px
ON_WAY = 0.03  # of the way from the first place to the second: beside it, or beyond an end
CLEAR = 30, 16  # px around the ball, to the side and up, without labels
DOTS_APART = 6.0  # px between two dots of the trail
LEVEL, MOST_STEPS, STEPS_A_PICTURE = 1e-4, 2_000, 20
WITHIN, ALL = "within the plane", "with all weights"
ACROSS, UP = "across", "up"
Trail = tuple[tuple[float, float], ...]


def explore_slice(
    places: Mapping[str, Network], x: ArrayLike, y: ArrayLike, *, learning_rate: float = 2.0
) -> Explorable:
    """Show the cost on the plane through three networks' weights, and let a ball roll on it.

    The plane's horizontal axis leads from the first network to the second; 0 is half-way between
    them. Both axes have the scale of the weights, so that a length on the map is the length of a
    change of all weights and biases. The straight way from the first to the second is dashed, and
    beside the map stands the cost along it.

    Parameters
    ----------
    places : mapping of str to Network
        Three networks of the same sizes and activations, by name; none is changed.
    x : array_like, shape (n_1, m)
    y : array_like, shape (n_L, m)
        The samples; the cost is the mean of the quadratic one.
    learning_rate : float
        η > 0 of gradient descent. Dimensionless.

    Returns
    -------
    Explorable
        Its `controls`: "across", "up" (where the ball lies), "rolls" (whether a step keeps to the
        plane, as if the weights could change in its two directions only, or changes all weights;
        then the ball is drawn at the nearest point of the plane), "step", "roll", "descent".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the three lie on one line.
    """
    eta = _arguments.number(learning_rate, "learning_rate", above=0)
    plane = _plane(places)
    nets = list(places.values())
    x, y, _, _ = costs.checked_arguments(nets[0], x, y, "quadratic", 0.0)
    axes = _axes(plane.marks)
    u, v = _grid(axes)
    C = np.array([cost(plane.network(at), x, y) for at in zip(u.ravel(), v.ravel(), strict=True)])
    ground, labels, apart = map_of(axes, u, v, C.reshape(u.shape))
    scale = f"a line for each {number(apart, 1)}"
    way = np.linspace(plane.marks[0][0], plane.marks[1][0], N_WAY)
    along = np.array([cost(plane.network((u, 0.0)), x, y) for u in way])
    marked = ", ".join(
        f"{name} at ({number(at[0], 3)}, {number(at[1], 3)}) with C = {number(cost(net, x, y), 2)}"
        for (name, net), at in zip(places.items(), plane.marks, strict=True)
    )
    through = f"The plane goes through {marked}."

    def state(values: dict[str, Any]) -> tuple[int, np.ndarray, Trail]:
        """Give the steps so far, all weights, and the way; a ball that was dragged starts anew."""
        here = values[ACROSS], values[UP]
        steps, theta, trail = values["descent"]
        if trail and trail[-1] == here:
            return steps, np.array(theta), trail
        return 0, plane.weights(here), (here,)

    def look(values: dict[str, Any]) -> Look:
        here, (steps, theta, trail) = (values[ACROSS], values[UP]), state(values)
        net = _with_weights(nets[0], theta)
        g = _in_a_row(backprop(net, x, y))
        size, inside = np.linalg.norm(g), np.hypot(*plane.coordinates(g))
        share = f"{inside / size:.0%}" if size else "none"
        C_here, off = number(cost(net, x, y), 3), np.linalg.norm(theta - plane.weights(here))
        rows = [
            f"C = {C_here}",
            f"steps: {steps}",
            f"|∇C| = {number(size, 2)}",
            f"of it in the plane: {share}",
            f"off the plane: {off:.2f}",
        ]
        said = (
            f"The ball is at {number(here[0], 3)} across and {number(here[1], 3)} up, after "
            f"{steps} steps {values['rolls']}: C = {C_here}, |∇C| = {number(size, 2)}, of which "
            f"{share} lies in the plane. It is {off:.2f} off the plane."
        )
        walked = _thinned(axes, trail)
        body = group(
            [
                ground,
                labels_beside(labels, axes.x(here[0]), axes.y(here[1]), CLEAR),
                _frame(axes),
                axes.path(zip(way[[0, -1]], (0, 0), strict=True), WAY),
                _profile(list(places)[:2], here, way, along),
                axes.path([*walked, here], 'class="ink" stroke-dasharray="2 3"'),
                *(axes.dot(*at, 2.5) for at in walked),
                *(_mark(axes, at, name) for name, at in zip(places, plane.marks, strict=True)),
                *(
                    text_at(TEXT_LEFT, TOP + 24 + LINE * i, row, "left cost" if i == 0 else "left")
                    for i, row in enumerate(rows)
                ),
                text_at(TEXT_LEFT, TOP + MAP_HEIGHT - 22, "greener is lower,", "left muted"),
                text_at(TEXT_LEFT, TOP + MAP_HEIGHT - 4, scale, "left muted"),
            ]
        )
        body += axes.ball(*here, ACROSS, "the ball on the map", name_y=UP)
        title = "The cost on a plane through the weights of three networks"
        words = f"{said} {through}"
        return Look(svg(WIDTH, HEIGHT, title, words, body), words, said)

    def step(times: int = 1) -> bool:
        """Descend, unless it is level here or the next step leads off the map."""
        values = explorable.values
        steps, theta, trail = state(values)
        for _ in range(times):
            g = _in_a_row(backprop(_with_weights(nets[0], theta), x, y))
            if values["rolls"] == WITHIN:
                g = plane.vector(plane.coordinates(g))
            there = plane.place(theta - eta * g)
            if steps == MOST_STEPS or np.linalg.norm(g) < LEVEL or not _is_inside(axes, there):
                break
            steps, theta, trail = steps + 1, theta - eta * g, (*_thinned(axes, trail), there)
        across, up = trail[-1]
        explorable.set({ACROSS: across, UP: up, "descent": (steps, tuple(theta), trail)})
        return steps - state(values)[0] == times

    def roll() -> None:
        if not step(STEPS_A_PICTURE):
            explorable.controls["roll"].value = False

    first = plane.marks[0]
    controls = {
        "rolls": Choice("the ball rolls", (WITHIN, ALL), WITHIN),
        "step": Button("one step", step, "One step of gradient descent"),
        "roll": Run("roll downhill", "stop", roll),
        ACROSS: Slider(ACROSS, first[0], *axes.x_range, 0.05),
        UP: Slider(UP, first[1], *axes.y_range, 0.05),
        "descent": Kept("", (0, (), ())),
    }
    explorable = Explorable(controls, look)
    return explorable


@dataclass(frozen=True)
class _Plane:
    """A plane in the space of all weights.

    Attributes
    ----------
    net : Network
        Of the sizes and activations.
    origin : ndarray, shape (n,)
    directions : ndarray, shape (2, n)
        Of length 1, at right angles.
    marks : list of tuple of float
        The coordinates of the three networks.
    """

    net: Network
    origin: np.ndarray
    directions: np.ndarray
    marks: list[tuple[float, float]]

    def coordinates(self, vector: np.ndarray) -> np.ndarray:
        return self.directions @ vector

    def vector(self, coordinates: ArrayLike) -> np.ndarray:
        return np.asarray(coordinates) @ self.directions

    def weights(self, at: tuple[float, float]) -> np.ndarray:
        return self.origin + self.vector(at)

    def place(self, theta: np.ndarray) -> tuple[float, float]:
        """Give the point of the plane that is nearest."""
        across, up = self.coordinates(theta - self.origin)
        return float(across), float(up)

    def network(self, at: tuple[float, float]) -> Network:
        return _with_weights(self.net, self.weights(at))


def _plane(places: Mapping[str, Network]) -> _Plane:
    nets = list(places.values())
    if len(nets) != 3 or not all(isinstance(net, Network) for net in nets):
        raise ValueError(f"places must be three networks by name, got {list(places)}")
    if len({(net.sizes, *(s.name for s in net.sigma.values())) for net in nets}) > 1:
        raise ValueError("the three networks must have the same sizes and activations")
    first, second, third = (_in_a_row(net) for net in nets)
    origin, across = (first + second) / 2, second - first
    reach = float(np.linalg.norm(across))
    up = third - origin
    if reach:
        across = across / reach
        up = up - (across @ up) * across
    height = np.linalg.norm(up)
    if not reach or height < 1e-9 * reach:
        raise ValueError(f"the weights of {', '.join(places)} lie on one line: no plane is given")
    directions = np.array([across, up / height])
    sideways = round(float(across @ (third - origin)), 9)  # no −1e-16
    marks = [(-reach / 2, 0.0), (reach / 2, 0.0), (sideways, float(height))]
    return _Plane(nets[0], origin, directions, marks)


def _in_a_row(of: Any) -> np.ndarray:
    """Put all weights and biases, or their slopes, into one row."""
    return np.concatenate([part[l].ravel() for l in of.w for part in (of.w, of.b)])


def _with_weights(net: Network, theta: np.ndarray) -> Network:
    """Copy a network with other weights and biases, from one row."""
    copy, first = deepcopy(net), 0
    for l in net.w:
        for part in (copy.w, copy.b):
            shape, size = part[l].shape, part[l].size
            part[l] = theta[first : first + size].reshape(shape)
            first += size
    return copy


def _axes(marks: list[tuple[float, float]]) -> Axes:
    """Make room around the three places, with the same scale across and up."""
    (left, right), (low, high) = ((min(c), max(c)) for c in zip(*marks, strict=True))
    margin = MARGIN * (right - left)
    per_px = max((right - left + 2 * margin) / MAP_WIDTH, (high - low + 2 * margin) / MAP_HEIGHT)
    middle_x, middle_y = (left + right) / 2, (low + high) / 2
    x, y = per_px * MAP_WIDTH / 2, per_px * MAP_HEIGHT / 2
    ranges = (middle_x - x, middle_x + x), (middle_y - y, middle_y + y)
    return Axes(*ranges, LEFT + MAP_WIDTH, TOP + MAP_HEIGHT)


def _grid(axes: Axes) -> tuple[np.ndarray, np.ndarray]:
    across = np.linspace(*axes.x_range, N_GRID)
    up = np.linspace(*axes.y_range, round(N_GRID * MAP_HEIGHT / MAP_WIDTH))
    return np.meshgrid(across, up)


def _frame(axes: Axes) -> str:
    every = round_number((axes.x_range[1] - axes.x_range[0]) / 4)
    ticks = (whole(*ends, every) for ends in (axes.x_range, axes.y_range))
    return axes.frame(*ticks, "across: length of the change of all weights", "up")


def _profile(
    names: list[str], here: tuple[float, float], way: np.ndarray, along: np.ndarray
) -> str:
    """Draw the cost on the way from the first place to the second, as far as the ball has come."""
    share, off = ((u - way[0] * (i == 0)) / (way[-1] - way[0]) for i, u in enumerate(here))
    upto = np.append(way[way < here[0]], min(here[0], way[-1]))
    left = PROFILE_LEFT + PROFILE_WIDTH * (upto - way[0]) / (way[-1] - way[0])
    height = PROFILE_HEIGHT * np.interp(upto, way, along) / max(along.max(), FLAT)
    bottom, right = PROFILE_TOP + PROFILE_HEIGHT, PROFILE_LEFT + PROFILE_WIDTH
    places = [f"{x:.1f} {bottom - up:.1f}" for x, up in zip(left, height, strict=True)]
    parts = [
        f'<path d="M{PROFILE_LEFT} {bottom}H{right}"/>',
        text_at(PROFILE_LEFT, PROFILE_TOP - 12, "C on the dashed way", "left muted"),
        text_at(PROFILE_LEFT, bottom + 18, names[0], "left muted"),
        text_at(right, bottom + 18, names[1], "muted"),
    ]
    if share >= 0:
        parts.append(f'<path {WAY} d="M{"L".join(places)}"/>')
    if abs(off) < ON_WAY and -ON_WAY < share < 1 + ON_WAY:
        x, up = max(left[-1], PROFILE_LEFT), height[-1]
        parts.append(f'<circle class="shape marked" cx="{x:.1f}" cy="{bottom - up:.1f}" r="5"/>')
    return group(parts)


def _is_inside(axes: Axes, at: tuple[float, float]) -> bool:
    ends = axes.x_range, axes.y_range
    return all(low <= value <= high for value, (low, high) in zip(at, ends, strict=True))


def _thinned(axes: Axes, trail: Trail) -> Trail:
    """Leave out the last places of a trail that would run into one before."""
    kept = trail[:1]
    for at in trail[1:]:
        away = axes.x(at[0]) - axes.x(kept[-1][0]), axes.y(at[1]) - axes.y(kept[-1][1])
        kept = (*kept, at) if np.hypot(*away) >= DOTS_APART else kept
    return kept


def _mark(axes: Axes, at: tuple[float, float], name: str) -> str:
    x, y = axes.x(at[0]), axes.y(at[1])
    cross = f'<path class="ink cross" transform="translate({x:.1f} {y:.1f})" d="M-6 0h12M0 -6v12"/>'
    return cross + text_at(x, y - 11, name, "halo bold")
