"""The graded pile as a page: one table, and below it the sentences of every report."""

from collections.abc import Sequence
from html import escape

from bpcore.checker.pile import Row
from bpcore.checker.submission import EQUATIONS

__all__ = ["page"]

STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --muted: #595959; --paper: #ffffff;
  --stripe: #f2f2f2; --rule: #8a8a8a; --link: #0069a6; --wrong: #b54a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --muted: #b8b8b8; --paper: #111111;
  --stripe: #1e1e1e; --link: #6cbdec; --wrong: #f0a94a; } }
body { margin: 0 auto; padding: 16px; max-width: 1200px; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 24px; } h2 { font-size: 20px; margin-top: 32px; }
h3 { font-size: 17px; margin: 0 0 4px; overflow-wrap: anywhere; }
h4 { font-size: 16px; margin: 12px 0 4px; color: var(--muted); }
section { border-top: 1px solid var(--rule); padding: 12px 0; } .muted { color: var(--muted); }
a { color: var(--link); } p { margin: 0 0 6px; max-width: 75ch; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: 8px; }
th, td { padding: 6px 10px; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--rule); }
tbody tr:nth-child(even) { background: var(--stripe); }
tbody th { font-weight: 600; overflow-wrap: anywhere; min-width: 7em; }
.number { text-align: right; } td.less { color: var(--wrong); font-weight: 700; }
td.words { min-width: 14em; overflow-wrap: anywhere; }
"""
EXPLAINED = (
    "Points of an equation: the share of all its places, in all layers of all networks, where it "
    "is right. Less than 1 is bold. Right slopes in another convention have all points, and a "
    "remark."
)


def page(rows: Sequence[Row], title: str, task: str) -> str:
    """Write a page that needs nothing else, not even a script.

    Parameters
    ----------
    rows : sequence of Row
    title, task : str
        What was graded, and on which cost.

    Returns
    -------
    str
        HTML.
    """
    head = "".join(f'<th scope="col" class="number">{name}</th>' for name in (*EQUATIONS, "points"))
    body = "".join(_row(number, row) for number, row in enumerate(rows))
    reports = "".join(_reports(number, row) for number, row in enumerate(rows))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1><p>{escape(task)}. {EXPLAINED}</p>"
        '<div class="wide" role="region" aria-label="Table of results" tabindex="0">'
        f'<table><caption>Points, and what was found</caption><thead><tr><th scope="col">name</th>'
        f'{head}<th scope="col">remark</th><th scope="col">slips</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div><h2>All reports</h2>{reports}</main></body></html>\n"
    )


def _row(number: int, row: Row) -> str:
    cells = "".join(_points(row.points[equation], 1) for equation in EQUATIONS)
    total = _points(row.total, len(EQUATIONS))
    return (
        f'<tr><th scope="row"><a href="#r{number}">{escape(row.name)}</a></th>{cells}{total}'
        f'<td class="words">{escape(row.remark)}</td>'
        f'<td class="words">{escape(", ".join(row.slips))}</td></tr>\n'
    )


def _points(points: float, of: int) -> str:
    less = " less" if points < of else ""
    return f'<td class="number{less}">{points:.2f}</td>'


def _reports(number: int, row: Row) -> str:
    said = "".join(
        f"<h4>{escape(title)}</h4>" + "".join(f"<p>{escape(line)}</p>" for line in lines)
        for title, lines in row.reports
    )
    return (
        f'<section id="r{number}"><h3>{escape(row.name)}: {row.total:.2f} of {len(EQUATIONS)} '
        f'points</h3><p class="muted">{escape(row.file)}</p><p>{escape(row.remark)}</p>'
        f"{said}</section>\n"
    )
