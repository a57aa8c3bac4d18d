"""The sum of all machines on every machine, in a ring: which part travels where, step by step."""

from typing import Any

import numpy as np

from bpcore.view.axes import WIDTH
from bpcore.view.explorable import Button, Explorable, Look, Slider
from bpcore.view.style import group, svg, text_at

__all__ = ["explore_ring"]

FEWEST, MOST = 2, 6  # machines
LEFT, TOP, CELLS, ROWS = 116, 76, 360, 264  # px; the last two: of all cells together
CELL = 26  # px, the height of one
SENT_AT = 572  # px
HEIGHT = TOP + ROWS + 20  # px


def explore_ring(machines: int = 4) -> Explorable:
    """Show a table of machines and parts of the gradient, and what each step sends to whom.

    Parameters
    ----------
    machines : int
        At first, 2 to 6.

    Returns
    -------
    Explorable
        Its `controls`: "machines", "step", "back", "next".

    Raises
    ------
    TypeError, ValueError
        If machines is not a whole number from 2 to 6.
    """
    step = Slider("step", 0, 0, _last(MOST), 1, decimals=0)

    def by(change: int) -> None:
        now = min(step.value, _last(explorable.values["machines"]))
        step.value = now + change

    def look(values: dict[str, Any]) -> Look:
        K = values["machines"]
        done = min(values["step"], _last(K))
        held = _held(K, done)
        what = "adding up" if done < K else "handing on"
        what = "done" if done == _last(K) else "before the first step" if done == 0 else what
        words = (
            f"{K} machines, step {done} of {_last(K)}, {what}: each machine has sent {done} "
            f"part{'s' * (done != 1)} of N/{K} numbers, which is {done / K:.3g} N. The whole sum "
            f"stands in {np.sum(held == K)} of {K * K} places."
        )
        title = "A table of machines and parts; arrows show what the last step has sent"
        return Look(svg(WIDTH, HEIGHT, title, words, _table(held) + _arrows(K, done)), words)

    controls = {
        "back": Button("◀ one back", lambda: by(-1), "takes the last step back"),
        "next": Button("next step ▶", lambda: by(1), "every machine sends one part to the next"),
        "machines": Slider("machines", machines, FEWEST, MOST, 1, decimals=0),
        "step": step,
    }
    explorable = Explorable(controls, look)
    return explorable


def _last(K: int) -> int:
    return 2 * (K - 1)


def _sent(K: int, step: int) -> list[int]:
    """Give the part that each machine sends to the next one in a step, counted from 1."""
    return [(i + 1 - step) % K for i in range(K)]


def _held(K: int, steps: int) -> np.ndarray:
    """Count how many machines' shares each machine has of each part: row by row."""
    held = np.ones((K, K), int)
    for step in range(1, steps + 1):
        before = held.copy()
        for i, part in enumerate(_sent(K, step)):
            receiver = (i + 1) % K
            held[receiver, part] = before[i, part] + (before[receiver, part] if step < K else 0)
    return held


def _middle(K: int, i: int, part: int) -> tuple[float, float]:
    return LEFT + CELLS * (part + 0.5) / K, TOP + ROWS * (i + 0.5) / K


def _table(held: np.ndarray) -> str:
    K, width = len(held), CELLS / len(held) - 6
    parts = [text_at(LEFT, 18, "how many machines' shares are added up in each part", "left muted")]
    parts.append(text_at(SENT_AT, TOP - 36, "whole parts here", "muted"))
    for part in range(K):
        x, _ = _middle(K, 0, part)
        parts.append(text_at(x, TOP - 36, f"part {part + 1}", "muted"))
    for i, row in enumerate(held):
        _, y = _middle(K, i, 0)
        parts.append(text_at(LEFT - 60, y + 5, f"machine {i + 1}", ""))
        parts.append(text_at(SENT_AT, y + 5, f"{np.sum(row == K)} of {K}", ""))
        for part, shares in enumerate(row):
            x, _ = _middle(K, i, part)
            is_whole = shares == K
            place = f'x="{x - width / 2:.1f}" y="{y - CELL / 2:.1f}" width="{width:.1f}"'
            shade = f"fill: var(--bp-plus); fill-opacity: {0.5 * shares / K:.2f}"
            look = 'class="box marked"' if is_whole else f'class="box" style="{shade}"'
            parts.append(f'<rect {look} {place} height="{CELL}" rx="4"/>')
            parts.append(text_at(x, y + 5, "all" if is_whole else f"{shares}", "bold"))
    return group(parts)


def _arrows(K: int, step: int) -> str:
    """Draw what the step has sent, each down to the next machine; from the last to the first."""
    if step == 0:
        return group([])
    parts = []
    for i, part in enumerate(_sent(K, step)):
        x, y = _middle(K, i, part)
        x += min(CELLS / K / 2 - 10, 20)
        start, end = y + CELL / 2 - 3, y + ROWS / K - CELL / 2 + 3
        if i < K - 1:
            parts.append(_down(x, start, end))
        else:
            first = TOP + (ROWS / K - CELL) / 2 + 3  # where it comes in
            parts.append(_down(x, start, start + 26) + _down(x, first - 26, first))
    return group(parts)


def _down(x: float, start: float, end: float) -> str:
    return (
        f'<path class="ink" style="stroke-width: 2.4" d="M{x:.1f} {start:.1f}V{end - 5:.1f}"/>'
        f'<path style="fill: var(--bp-ink); stroke: none" d="M{x:.1f} {end:.1f}l-5 -8h10z"/>'
    )
