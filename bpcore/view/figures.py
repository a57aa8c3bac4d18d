"""Still figures with a text alternative, and answers that wait until they are asked for."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from html import escape
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from IPython.display import display

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["folded", "show_figure", "small_png"]

COLOURS = 64


@contextmanager
def folded(summary: str) -> Iterator[None]:
    """Fold away what is printed meanwhile, under a line that opens it.

    JupyterLab unfolds a hidden output whenever its cell is run; this stays folded.

    Parameters
    ----------
    summary : str
        The line.
    """
    with redirect_stdout(StringIO()) as printed:
        yield
    text = printed.getvalue()
    pre = f"<pre style='margin: 0'>{escape(text)}</pre>"
    html = f"<details style='padding-left: 5px'><summary>{escape(summary)}</summary>{pre}</details>"
    display({"text/html": html, "text/plain": text}, raw=True)


def show_figure(figure: "Figure", alt: str) -> None:
    """Display a matplotlib figure once, with a text alternative stored beside it.

    Parameters
    ----------
    figure : Figure
        Is closed afterwards, so that it does not appear a second time.
    alt : str
        What the figure shows, in words.

    Raises
    ------
    ValueError
        If `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("alt must say what the figure shows, got an empty text")
    from matplotlib import pyplot as plt  # not there in a browser

    drawn = BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight")
    plt.close(figure)
    small = small_png(drawn.getvalue())
    bundle = {"image/png": b64encode(small).decode(), "text/plain": str(figure)}
    display(bundle, metadata={"image/png": {"alt": alt}}, raw=True)


def small_png(drawn: bytes) -> bytes:
    """Give a picture as a PNG of 64 colours, a third of the size: it is stored in the notebook."""
    from PIL import Image  # not there in a browser

    small = BytesIO()
    Image.open(BytesIO(drawn)).convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()
