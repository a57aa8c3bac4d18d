"""Numbers, colours and markup that all pictures share."""

from html import escape
from math import isfinite

__all__ = ["SATURATED_BELOW", "STYLE", "THEME", "number", "power", "signed", "svg"]

SATURATED_BELOW = 0.05  # of σ′(z); the sigmoid's largest slope is 0.25

# JupyterLab's colours, or our own where there is no JupyterLab.
# Okabe and Ito's blue and vermillion, darkened for text on white; their light pair on black.
THEME = """
.bp { --bp-ink: var(--jp-ui-font-color0, #1a1a1a); --bp-muted: #595959;
  --bp-paper: var(--jp-layout-color0, #ffffff); --bp-plus: #0069a6; --bp-minus: #b54a00;
  --bp-mark: #f6e7b0; --bp-rule: #8a8a8a; color: var(--bp-ink); }
[data-jp-theme-light="false"] .bp { --bp-muted: #b8b8b8; --bp-plus: #6cbdec; --bp-minus: #f0a94a;
  --bp-mark: #4d4420; --bp-rule: #8a8a8a; }
"""

STYLE = (
    THEME
    + """
svg.bp { width: 100%; height: auto;
  font-family: system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
svg.bp text { fill: var(--bp-ink); text-anchor: middle; font-size: 14px; }
svg.bp .muted { fill: var(--bp-muted); font-size: 13px; }
svg.bp .left { text-anchor: start; }
svg.bp .big { font-size: 14px; font-weight: 600; }
svg.bp .halo { paint-order: stroke; stroke: var(--bp-paper); stroke-width: 4px;
  stroke-linejoin: round; }
svg.bp .paper { fill: var(--bp-paper); }
svg.bp line, svg.bp path { fill: none; stroke: var(--bp-rule); stroke-width: 1; }
svg.bp .shape { fill: var(--bp-paper); stroke: var(--bp-ink); stroke-width: 1.6; }
svg.bp .marked { fill: var(--bp-mark); stroke: var(--bp-ink); stroke-width: 3; }
svg.bp .ink { stroke: var(--bp-ink); }
svg.bp line.plus, svg.bp path.plus { stroke: var(--bp-plus); }
svg.bp line.minus, svg.bp path.minus { stroke: var(--bp-minus); }
svg.bp text.plus { fill: var(--bp-plus); }
svg.bp text.minus { fill: var(--bp-minus); }
.bp-aside { order: 1; }
.bp-weights { order: 2; }
@media (max-width: 1100px) { .bp-aside { order: 3; } }
.bp-panel { background: var(--bp-paper); line-height: 1.45; font-size: 14px; }
.bp-panel h4 { margin: 8px 0 4px; font-size: 15px; }
.bp-panel p { margin: 0 0 4px; }
.bp-tables { display: flex; flex-wrap: wrap; gap: 4px 28px; align-items: flex-start; }
.bp-panel table { border-collapse: collapse; margin: 6px 0; font-variant-numeric: tabular-nums; }
.bp-panel th, .bp-panel td { padding: 0 6px; text-align: right; font-size: 13px;
  line-height: 1.3;
  color: var(--bp-ink); }
.bp-panel th:first-child { text-align: left; }
.bp-panel thead th { border-bottom: 1px solid var(--bp-rule); }
.bp-panel tr.marked { background: var(--bp-mark); font-weight: 600; }
"""
)

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 4) -> str:
    """Write a number with `digits` significant digits; whole numbers without a decimal point.

    Outside 10⁻⁴ … 10⁵ it is a power of ten with two significant digits.

    Parameters
    ----------
    value : float
        Dimensionless.
    digits : int
        At least 1.

    Returns
    -------
    str
        With a true minus sign; never "−0".
    """
    value = float(value)
    exponent = int(f"{value:.{digits - 1}e}".split("e")[1]) if isfinite(value) else 0
    if abs(value) < 1e5 and value == int(value):
        text = str(int(value))
    elif -5 < exponent < 5 or not isfinite(value):
        text = f"{value:.{max(0, digits - 1 - exponent)}f}"
    else:
        mantissa, exponent = f"{value:.1e}".split("e")
        text = f"{mantissa}·10{power(int(exponent))}"
    return text.replace("-", "−")


def power(exponent: int) -> str:
    """Write an exponent in superscript digits."""
    return str(exponent).translate(_SUPERSCRIPT)


def signed(value: float, digits: int = 4) -> str:
    """Write a number as `number` does, with a plus sign if it is positive."""
    return ("+" if value > 0 else "") + number(value, digits)


def svg(width: int, height: int, title: str, description: str, body: str) -> str:
    """Wrap drawing elements into a picture with a name and a description for screen readers.

    Parameters
    ----------
    width, height : int
        Of the coordinate system, in px at full size; the picture scales down with its place.
    title, description : str
        Plain text.
    body : str
        SVG elements.

    Returns
    -------
    str
        A complete ``<svg>`` element.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bp" role="img" '
        f'viewBox="0 0 {width} {height}" style="max-width: {width}px">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"<style>{STYLE}</style>"
        f'<rect class="paper" width="{width}" height="{height}"/>{body}</svg>'
    )
