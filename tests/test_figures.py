"""What a cell shows besides explorables."""

import pytest

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
