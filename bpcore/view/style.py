"""Numbers, colours and markup that all pictures share."""

from collections.abc import Iterable
from html import escape
from math import isfinite

__all__ = [
    "LIGHT",
    "STYLE",
    "THEME",
    "group",
    "number",
    "power",
    "short",
    "sign_class",
    "signed",
    "still",
    "svg",
    "text_at",
]

# Okabe and Ito's blue and vermillion, darkened for text on white; their light pair on black.
LIGHT = {
    "ink": "#1a1a1a",
    "muted": "#595959",
    "paper": "#ffffff",
    "plus": "#0069a6",
    "minus": "#b54a00",
    "mark": "#f6e7b0",
    "rule": "#8a8a8a",
    "green": "#00805c",
    "purple": "#8a2be2",
    "pink": "#a0527f",
    "olive": "#8a6d00",
}
DARK = {
    "muted": "#b8b8b8",
    "plus": "#6cbdec",
    "minus": "#f0a94a",
    "mark": "#4d4420",
    "green": "#1fa577",
    "purple": "#c77dff",
    "pink": "#d98bb5",
    "olive": "#c9ab3f",
}
# JupyterLab's own colours where there is a JupyterLab.
OF_JUPYTERLAB = {"ink": "--jp-ui-font-color0", "paper": "--jp-layout-color0"}


def _variables(colours: dict[str, str]) -> str:
    return " ".join(
        f"--bp-{name}: "
        + (f"var({OF_JUPYTERLAB[name]}, {colour});" if name in OF_JUPYTERLAB else f"{colour};")
        for name, colour in colours.items()
    )


THEME = f"""
.bp {{ {_variables(LIGHT)} color: var(--bp-ink); }}
[data-jp-theme-light="false"] .bp {{ {_variables(DARK)} }}
"""

# Of the drawings; what only a widget has is in explorable.css.
STYLE = """
svg.bp { width: 100%; height: auto;
  font-family: system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
svg.bp text { fill: var(--bp-ink); text-anchor: middle; font-size: 14px; }
svg.bp .muted { fill: var(--bp-muted); font-size: 13px; }
svg.bp .left { text-anchor: start; }
svg.bp .big { font-size: 14px; font-weight: 600; }
svg.bp .label { font-size: 14px; }
svg.bp .bold { font-weight: 700; }
svg.bp .tight { font-size: 13px; }
svg.bp .cost { font-size: 22px; font-weight: 700; }
svg.bp .halo { paint-order: stroke; stroke: var(--bp-paper); stroke-width: 4px;
  stroke-linejoin: round; }
svg.bp .paper { fill: var(--bp-paper); }
svg.bp line, svg.bp path { fill: none; stroke: var(--bp-rule); stroke-width: 1; }
svg.bp .shape { fill: var(--bp-paper); stroke: var(--bp-ink); stroke-width: 1.6; }
svg.bp .marked { fill: var(--bp-mark); stroke: var(--bp-ink); stroke-width: 3; }
svg.bp .box { fill: var(--bp-paper); stroke: var(--bp-rule); stroke-width: 1.2; }
svg.bp .box.marked { fill: var(--bp-mark); stroke: var(--bp-ink); stroke-width: 1.6; }
svg.bp .shape.pale { stroke: var(--bp-rule); stroke-width: 1; }
svg.bp line.pale { stroke-opacity: 0.55; }
svg.bp .ring { fill: none; stroke: var(--bp-ink); stroke-width: 1.6; stroke-dasharray: 3 3; }
svg.bp path.arrow { stroke-width: 2; }
svg.bp .hit { fill: none; stroke: none; }
svg.bp .ink { stroke: var(--bp-ink); }
svg.bp line.plus, svg.bp path.plus { stroke: var(--bp-plus); }
svg.bp line.minus, svg.bp path.minus { stroke: var(--bp-minus); }
svg.bp text.plus { fill: var(--bp-plus); }
svg.bp text.minus { fill: var(--bp-minus); }
"""

SHORT = 8  # signs
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 4) -> str:
    """Write a number with `digits` significant digits; whole numbers without a decimal point.

    Outside 10⁻⁴ … 10⁵ it is a power of ten with at most two significant digits.

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
        mantissa, exponent = f"{value:.{min(digits, 2) - 1}e}".split("e")
        text = f"{mantissa}·10{power(int(exponent))}"
    return text.replace("-", "−")


def short(value: float) -> str:
    """Write a number with a sign and three significant digits, or fewer, to take little room."""
    texts = [signed(value, digits) for digits in (3, 2, 1)]
    return next((text for text in texts if len(text) <= SHORT), texts[-1])


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
        An ``<svg>`` element, which `STYLE` and `THEME` dress.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bp" role="img" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f'<rect class="paper" width="{width}" height="{height}"/>{body}</svg>'
    )


def group(parts: Iterable[str]) -> str:
    """Make one element of a varying number, so that a knob drawn next keeps its place and focus."""
    return f"<g>{''.join(parts)}</g>"


def text_at(x: float, y: float, text: str, classes: str, size: float | None = None) -> str:
    """Write a text at a place, with a size in px if it is not that of its classes."""
    if not text:
        return ""
    style = f' style="font-size: {size:.1f}px"' if size else ""
    return f'<text class="{classes}"{style} x="{x:.1f}" y="{y:.1f}">{text}</text>'


def sign_class(value: float) -> str:
    """Give the class whose colour says the sign of a value."""
    return "plus" if value > 0 else "minus" if value < 0 else "none"


def still(picture: str) -> str:
    """Dress an ``<svg>`` element so that it needs nothing but itself, in the light colours."""
    dressed = picture.replace("<title>", f"<style>{STYLE}</style><title>", 1)
    for name, colour in LIGHT.items():
        dressed = dressed.replace(f"var(--bp-{name})", colour)
    return dressed
