"""A progress bar for loops that may last: silent at first, then one line, wiped at the end."""

import sys
from collections.abc import Iterator
from time import monotonic

__all__ = ["progress"]

PATIENCE = 5.0  # seconds without a bar
REDRAW_AFTER = 0.2  # seconds
WIDTH = 30  # characters


def progress(steps: range, unit: str) -> Iterator[int]:
    """Iterate over `steps` and show on stderr how far it is and how long it will take.

    Parameters
    ----------
    steps : range
        ``steps.stop`` is the whole; a run that goes on from an earlier one starts above 0.
    unit : str
        What is counted, in the plural.

    Yields
    ------
    int
        The steps.
    """
    began = monotonic()
    next_drawing = began + PATIENCE
    drawn = ""
    try:
        for step in steps:
            yield step
            now = monotonic()
            if now >= next_drawing:
                done = min(step + steps.step, steps.stop)
                seconds_left = (now - began) / (done - steps.start) * (steps.stop - done)
                drawn = _bar(done, steps.stop, unit, seconds_left).ljust(len(drawn))
                print(f"\r{drawn}", end="", file=sys.stderr, flush=True)
                next_drawing = now + REDRAW_AFTER
    finally:
        if drawn:
            print(f"\r{' ' * len(drawn)}\r", end="", file=sys.stderr, flush=True)


def _bar(done: int, total: int, unit: str, seconds_left: float) -> str:
    filled = WIDTH * done // total
    minutes, seconds = divmod(round(seconds_left), 60)
    return (
        f"{'█' * filled}{'░' * (WIDTH - filled)} {done / total:4.0%}, "
        f"{done:,} of {total:,} {unit}, {minutes}:{seconds:02} left"
    )
