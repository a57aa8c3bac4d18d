"""Still figures with a text alternative."""

from IPython.display import display
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

__all__ = ["show_figure"]


def show_figure(figure: Figure, alt: str) -> None:
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
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)
