"""The layers of a network on several machines, as an assembly line: who works when, who waits."""

from typing import Any

from bpcore.view.axes import LEFT, RIGHT, WIDTH
from bpcore.view.explorable import Explorable, Look, Slider
from bpcore.view.style import group, svg, text_at

__all__ = ["explore_pipeline"]

MOST_MACHINES, MOST_BATCHES = 6, 16
BACKWARD = 2  # times as long as forward: two products with each weight for one
TOP, ROW, BAR = 32, 40, 30  # px
BOTTOM = TOP + MOST_MACHINES * ROW
HEIGHT = BOTTOM + 50  # px
ROOM = 12  # px, for each digit on a bar


def explore_pipeline() -> Explorable:
    """Show when each machine works on which part of the batch, there and back.

    Time is measured in that of one machine for the whole batch; every machine has an equal share
    of the layers, and all messages are instant.

    Returns
    -------
    Explorable
        Its `controls`: "machines", "parts".

    Notes
    -----
    The order is that of Huang et al., *GPipe* (NeurIPS 2019): all parts forward, then all back.
    """
    controls = {
        "machines": Slider("machines K", 4, 1, MOST_MACHINES, 1, decimals=0),
        "parts": Slider("parts q of the batch", 1, 1, MOST_BATCHES, 1, decimals=0),
    }

    def look(values: dict[str, Any]) -> Look:
        K, q = values["machines"], values["parts"]
        work = _schedule(K, q)
        end = max(end for _, _, _, _, end in work)
        idle = max(0.0, 1 - 1 / (K * end))  # rounding
        words = (
            f"{K} machine{'s' * (K > 1)}, the batch in {q} part{'s' * (q > 1)}: it takes "
            f"{end:.3g} of the time of one machine, so it is {1 / end:.3g} times as "
            f"fast. Each machine waits {100 * idle:.0f} % of that time."
        )
        title = "A bar for each piece of work, in the row of the machine that does it, along time"
        return Look(svg(WIDTH, HEIGHT, title, words, _chart(K, work, end)), words)

    return Explorable(controls, look)


def _schedule(K: int, q: int) -> list[tuple[str, int, int, float, float]]:
    """Give all work: the direction, the machine and the part, both from 0, its start and its end.

    Each piece starts when its machine is free and what it needs is there.
    """
    forward = 1 / (K * q * (1 + BACKWARD))
    free, ready, work = [0.0] * K, [0.0] * q, []
    for direction, seconds in (("forward", forward), ("backward", BACKWARD * forward)):
        for i in range(K) if direction == "forward" else reversed(range(K)):
            for part in range(q):
                start = max(free[i], ready[part])
                free[i] = ready[part] = start + seconds
                work.append((direction, i, part, start, free[i]))
    return work


def _x(time: float) -> float:
    return LEFT + 50 + (RIGHT - LEFT - 50) * time


def _chart(K: int, work: list[tuple[str, int, int, float, float]], end: float) -> str:
    parts = [_key(LEFT + 50, "plus", "forward"), _key(LEFT + 170, "minus", "backward")]
    parts.append(text_at(LEFT + 330, 17, "empty: the machine waits", "left muted"))
    for i in range(K):
        y = TOP + ROW * i
        parts.append(text_at(LEFT, y + 20, f"machine {i + 1}", ""))
        place = f'x="{_x(0):.1f}" y="{y}" width="{_x(end) - _x(0):.1f}" height="{BAR}"'
        parts.append(f'<rect class="box" {place}/>')
    for direction, i, part, start, stop in work:
        kind = "plus" if direction == "forward" else "minus"
        x, width, y = _x(start), _x(stop) - _x(start), TOP + ROW * i
        parts.append(_bar(kind, x, y, width))
        if width > ROOM * len(f"{part + 1}"):
            parts.append(text_at(x + width / 2, y + 20, f"{part + 1}", "tight"))
    axis = f"M{_x(0):.1f} {BOTTOM}H{_x(1):.1f}"
    for time in (0, 0.25, 0.5, 0.75, 1):
        axis += f"M{_x(time):.1f} {BOTTOM}v5"
        parts.append(text_at(_x(time), BOTTOM + 22, f"{time:g}", "muted"))
    parts.append(f'<path d="{axis}"/>')
    parts.append(text_at(_x(0.5), BOTTOM + 42, "time; 1 is that of one machine alone", ""))
    return group(parts)


def _bar(kind: str, x: float, y: float, width: float) -> str:
    """Draw a piece of work; the way back has its edge dashed, so that colour is not all."""
    dashes = "; stroke-dasharray: 3 2" if kind == "minus" else ""
    look = f"fill: var(--bp-{kind}); fill-opacity: 0.35; stroke: var(--bp-{kind}){dashes}"
    return f'<rect style="{look}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}"/>'


def _key(left: float, kind: str, text: str) -> str:
    small = _bar(kind, left, 3, 18).replace(f'height="{BAR}"', 'height="18"')
    return small + text_at(left + 26, 17, text, "left")
