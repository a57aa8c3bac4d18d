"""Both sides of an equation as a small table."""

from html import escape

from bpcore.checking import Comparison
from bpcore.view.style import THEME

__all__ = ["table"]

# Fixed widths, so that the tables of several checks stand in line below each other. All else is
# there because JupyterLab has its own opinion of tables.
STYLE = """
.bp.bp-verify { table-layout: auto; border-collapse: collapse; margin: 0; }
.bp.bp-verify tbody tr { background: none; padding: 0; }
.bp.bp-verify th, .bp.bp-verify td { padding: 0 1ch 0 0; border: 0; background: none;
  color: var(--bp-ink); text-align: left; vertical-align: baseline; white-space: pre;
  font: 13px/1.35 var(--jp-code-font-family, monospace); }
.bp.bp-verify th, .bp.bp-verify .place { min-width: 7ch; }
.bp.bp-verify .side { min-width: 18ch; }
.bp.bp-verify .name, .bp.bp-verify .place { color: var(--bp-muted); }
.bp.bp-verify .verdict { font-family: system-ui, sans-serif; white-space: normal; }
.bp.bp-verify b { color: var(--bp-plus); }
@media (max-width: 700px) {
  .bp.bp-verify tr { display: flex; flex-wrap: wrap; }
  .bp.bp-verify th, .bp.bp-verify td { padding-right: 0.5ch; }
  .bp.bp-verify th, .bp.bp-verify .place { min-width: 6ch; }
  .bp.bp-verify .side { min-width: 17ch; }
  .bp.bp-verify .verdict { margin-left: 13ch; }
}
"""


def table(comparison: Comparison) -> str:
    """Draw a comparison.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    str
        An HTML table: a row for each entry, the verdict in the last.
    """
    rows = []
    label, names = f"({comparison.equation})", ("left", "right")
    for place, left, right in comparison.rows:
        cells = "".join(
            f'<td class="side"><span class="name">{name}</span> {number}</td>'
            for name, number in zip(names, (left, right), strict=True)
        )
        rows.append(f'<th scope="row">{escape(label)}</th><td class="place">{place}</td>{cells}')
        label, names = "", ("    ", "     ")  # as wide, so that the numbers stay in line
    rows[-1] += f'<td class="verdict"><b>✓</b> {escape(comparison.verdict)}</td>'
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table class="bp bp-verify"><style>{THEME}{STYLE}</style><tbody>{body}</tbody></table>'
