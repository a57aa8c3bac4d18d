"""What a cell shows besides explorables."""

from base64 import b64decode
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from bpcore import view
from bpcore.view import figures


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    found: list[dict] = []
    monkeypatch.setattr(figures, "display", lambda data, raw: found.append(data))
    return found


def test_what_is_printed_meanwhile_is_folded(displayed: list[dict], capsys):
    with view.folded("In <numbers>"):
        print("a < b")
        print("c")
    assert capsys.readouterr().out == ""
    (bundle,) = displayed
    assert bundle["text/plain"] == "a < b\nc\n"
    assert "<summary>In &lt;numbers&gt;</summary>" in bundle["text/html"]
    assert "a &lt; b\nc\n" in bundle["text/html"]
    assert " open" not in bundle["text/html"]


def test_an_error_in_it_is_not_folded(displayed: list[dict]):
    with pytest.raises(ZeroDivisionError), view.folded("In numbers"):
        print(1 / 0)
    assert not displayed


def test_a_figure_is_a_small_png_with_its_words(monkeypatch: pytest.MonkeyPatch):
    found = []
    monkeypatch.setattr(figures, "display", lambda data, **rest: found.append((data, rest)))
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.plot([0, 1], [1, 0])
    plain = BytesIO()
    figure.savefig(plain, format="png", bbox_inches="tight")
    view.show_figure(figure, "A line that falls")
    ((data, rest),) = found
    assert rest["metadata"] == {"image/png": {"alt": "A line that falls"}}
    small = b64decode(data["image/png"])
    assert len(small) < 0.6 * len(plain.getvalue())
    drawn, shrunk = (
        np.asarray(Image.open(BytesIO(png)).convert("RGB"), float)
        for png in (plain.getvalue(), small)
    )
    assert drawn.shape == shrunk.shape
    assert np.abs(drawn - shrunk).mean() < 1  # of 255
    assert not plt.fignum_exists(figure.number)


def test_a_figure_without_words_is_refused():
    with pytest.raises(ValueError, match="alt must say"):
        view.show_figure(plt.figure(), " ")
