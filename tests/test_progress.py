"""The progress bar: silent for short loops, honest in long ones, and gone at the end."""

import pytest

from bpcore import _progress as module
from bpcore._progress import progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """A clock that a test turns by hand."""
    now = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


def test_a_short_loop_prints_nothing(capsys: pytest.CaptureFixture):
    assert list(progress(range(5), "steps")) == [0, 1, 2, 3, 4]
    assert capsys.readouterr().err == ""


def test_a_long_loop_tells_how_far_it_is_and_how_long_it_takes(clock, capsys):
    bars = []
    for _ in progress(range(200, 1000, 100), "nudges"):
        clock[0] += 10.0
        bars.append(capsys.readouterr().err)
    wiped = capsys.readouterr().err
    assert "50%, 500 of 1,000 nudges, 0:50 left" in bars[3]  # 3 of 8 steps, 10 s each
    assert all(bar.startswith("\r") for bar in bars[1:])
    assert wiped.endswith("\r")
    assert not wiped.splitlines()[-1].strip()


def test_the_last_step_may_be_shorter(clock, capsys):
    for _ in progress(range(0, 25, 10), "samples"):
        clock[0] += 10.0
    assert "100%, 25 of 25 samples, 0:00 left" in capsys.readouterr().err


def test_an_interrupted_loop_wipes_its_bar(clock, capsys):
    steps = progress(range(10), "steps")
    for _ in range(5):
        next(steps)
        clock[0] += 10.0
    steps.close()  # what leaving the loop early does
    assert capsys.readouterr().err.endswith("\r")
