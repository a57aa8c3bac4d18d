"""A report as a drawing: the network, the wrong places marked, the sentences beside it."""

from collections.abc import Sequence
from html import escape

from bpcore.checker.diagnosis import Report
from bpcore.checker.forward_slips import FORWARD
from bpcore.checker.student import equation_of_delta
from bpcore.view.style import THEME

__all__ = ["picture"]

STEP, GAP, RADIUS = 104, 36, 11  # px
LEGEND_WIDTH = 130  # px
MOST = 4  # neurons drawn of one layer
MARKS = {"right": "✓", "wrong": "✗", "not tried": "…", "not judged": "?"}
LEGEND = {
    "right": "✓ right",
    "wrong": "✗ wrong",
    "not tried": "… not tried yet",
    "not judged": "? cannot be judged",
}
STYLE = """
.bp-report { display: flex; flex-wrap: wrap; gap: 8px 28px; align-items: center;
  background: var(--bp-paper); font-size: 14px; line-height: 1.45; }
.bp-report svg { flex: 0 1 auto; max-width: 100%; height: auto;
  font-family: system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
.bp-report .words { flex: 1 1 280px; max-width: 62ch; }
.bp-report p { margin: 0 0 6px; }
.bp-report text { fill: var(--bp-ink); font-size: 13px; text-anchor: middle; }
.bp-report line { stroke: var(--bp-rule); stroke-width: 1; }
.bp-report circle, .bp-report rect { fill: var(--bp-paper); stroke: var(--bp-rule);
  stroke-width: 1.4; }
.bp-report .wrong { stroke: var(--bp-minus); stroke-width: 3; }
.bp-report line.wrong { stroke-width: 2.2; stroke-dasharray: 7 4; }
.bp-report text.wrong { fill: var(--bp-minus); stroke: none; font-weight: 700; }
.bp-report text.faint { fill: var(--bp-muted); }
.bp-report text.left { text-anchor: start; }
"""


def picture(report: Report) -> str:
    """Draw a report.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        HTML with an SVG in it.
    """
    L = len(report.sizes)
    state = dict.fromkeys(report.right, "right")
    state |= {(each.equation, each.layer): "not judged" for each in report.not_judged}
    for finding in report.findings:
        mark = "not tried" if finding.slip == "not_tried" else "wrong"
        for l in [finding.layer] if finding.layer else range(2, L + 1):
            # What is right in a convention of its own is not marked as wrong.
            if finding.equation and state.get((finding.equation, l)) != "right":
                state[finding.equation, l] = mark
    words = "".join(f"<p>{escape(line)}</p>" for line in report.lines())
    svg = _svg(report.sizes, state) if state else ""
    return (
        f'<div class="bp bp-report"><style>{THEME}{STYLE}</style>{svg}'
        f'<div class="words">{words}</div></div>'
    )


def _svg(sizes: Sequence[int], state: dict[tuple[str, int], str]) -> str:
    L = len(sizes)
    bottom = 24 + GAP * min(max(sizes), MOST)
    parts = []
    for l in range(2, L + 1):
        parts += _edges(sizes, l, bottom, state.get(("BP4", l)))
    for l in range(1, L + 1):
        of_delta = equation_of_delta(l, L)
        ys = _ys(sizes[l - 1], bottom)
        parts += _neurons(l, ys, state.get((of_delta, l)))
        size = f" ({sizes[l - 1]})" if sizes[l - 1] > MOST else ""
        parts.append(_text(_x(l), bottom + 14, f"layer {l}{size}", "faint"))
        if l > 1:
            parts += _biases(l, ys, state.get(("BP3", l)))
            parts.append(_tag(_x(l), bottom + 38, of_delta, state.get((of_delta, l))))
            parts.append(_tag(_x(l), bottom + 74, "BP3", state.get(("BP3", l))))
            parts.append(_tag(_x(l) - STEP / 2, bottom + 56, "BP4", state.get(("BP4", l))))
        if (FORWARD, l) in state:
            parts.append(_tag(_x(l), -4, "forward", state[FORWARD, l]))
    used = {state.get(place, "not judged") for place in _places(L)} | set(state.values())
    legend = [LEGEND[mark] for mark in MARKS if mark in used]
    in_a_line = max(1, STEP * L // LEGEND_WIDTH)
    for i, words in enumerate(legend):
        row, column = divmod(i, in_a_line)
        parts.append(_text(8 + LEGEND_WIDTH * column, bottom + 100 + 18 * row, words, "faint left"))
    head = 18 if any(place[0] == FORWARD for place in state) else 0
    width, height = STEP * L, head + bottom + 92 + 18 * -(-len(legend) // in_a_line)
    marked = "; ".join(f"{e}, layer {l}: {s}" for (e, l), s in sorted(state.items(), key=str))
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img">'
        f"<title>A network of {L} layers, with what is right and wrong in it</title>"
        f'<desc>{marked}.</desc><g transform="translate(0 {head})">{"".join(parts)}</g></svg>'
    )


def _places(L: int) -> list[tuple[str, int]]:
    return [(e, l) for l in range(2, L + 1) for e in (equation_of_delta(l, L), "BP3", "BP4")]


def _x(l: int) -> float:
    return STEP * (l - 0.5)


def _ys(n: int, bottom: float) -> list[float]:
    shown = min(n, MOST)
    return [bottom / 2 + GAP * (i - (shown - 1) / 2) for i in range(shown)]


def _style(state: str | None) -> str:
    return ' class="wrong"' if state == "wrong" else ""


def _edges(sizes: Sequence[int], l: int, bottom: float, state: str | None) -> list[str]:
    return [
        f'<line x1="{_x(l - 1):.0f}" y1="{y1:.0f}" x2="{_x(l):.0f}" y2="{y2:.0f}"{_style(state)}/>'
        for y1 in _ys(sizes[l - 2], bottom)
        for y2 in _ys(sizes[l - 1], bottom)
    ]


def _neurons(l: int, ys: list[float], state: str | None) -> list[str]:
    return [f'<circle cx="{_x(l):.0f}" cy="{y:.0f}" r="{RADIUS}"{_style(state)}/>' for y in ys]


def _biases(l: int, ys: list[float], state: str | None) -> list[str]:
    return [
        f'<rect x="{_x(l) + 6:.0f}" y="{y - 15:.0f}" width="8" height="8"{_style(state)}/>'
        for y in ys
    ]


def _tag(x: float, y: float, equation: str, state: str | None) -> str:
    state = state or "not judged"
    return _text(x, y, f"{equation} {MARKS[state]}", "wrong" if state == "wrong" else "faint")


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{style}">{text}</text>'
