"""Both sides of an equation as a small table."""

from html import escape

from bpcore.checking import Comparison

__all__ = ["table"]

# Each table brings its style along, so it is short: JupyterLab's own colours, no others. Fixed
# widths keep the tables of several checks in line; the rest undoes JupyterLab's look of tables.
STYLE = """
.bp-verify { border-collapse: collapse; margin: 0; }
.bp-verify tbody tr { background: none !important; }
.bp-verify th, .bp-verify td { padding: 0 1ch 0 0 !important; border: 0; background: none;
 color: var(--jp-ui-font-color0, inherit); text-align: left !important; white-space: pre;
 font: 13px/1.35 var(--jp-code-font-family, monospace); }
.bp-verify th, .bp-verify .place { min-width: 7ch; }
.bp-verify .side { min-width: 18ch; }
.bp-verify .name, .bp-verify .place { opacity: 0.75; }
.bp-verify .verdict { font-family: system-ui, sans-serif; white-space: normal; }
@media (max-width: 1100px) { .bp-verify tr { display: flex; flex-wrap: wrap; } }
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
        head = f'<th scope="row">{escape(label)}</th><td class="place">{escape(place)}</td>'
        rows.append(head + cells)
        label, names = "", ("    ", "     ")  # as wide, so that the numbers stay in line
    rows[-1] += f'<td class="verdict"><b>✓</b> {escape(comparison.verdict)}</td>'
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table class="bp-verify"><style>{STYLE}</style><tbody>{body}</tbody></table>'
