"""Controls, explorables and their host, without a browser."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from base64 import b64decode

import ipywidgets as widgets
import numpy as np
import pytest
from pictures import SVG

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Button, Choice, Explorable, Kept, Look, Run, Slider
from bpcore.view.style import svg


def reciprocal() -> Explorable:
    """Words and picture are 1/n, which fails at 0."""

    def look(values: dict) -> Look:
        words = f"1/{values['n']} = {1 / values['n']:.3f}, {values['case']}"
        return Look(svg(10, 10, "a title", words, ""), words)

    def tick() -> None:
        explorable.set({"n": explorable.values["n"] + 1, "runs": explorable.values["n"] < 3})

    controls = {
        "n": Slider("n", 1, 0, 5, 1, decimals=0),
        "case": Choice("case", ["lower", "upper"], "lower"),
        "again": Button("again", lambda: explorable.set({"n": 1}), "back to 1"),
        "runs": Run("run", "stop", tick),
        "memory": Kept("", []),
    }
    explorable = Explorable(controls, look)
    return explorable


def test_words_and_picture_follow_a_control_and_observers_are_told():
    explorable, seen = reciprocal(), []
    explorable.controls["n"].observe(seen.append, names="value")
    explorable.controls["n"].value = 4
    explorable.controls["n"].value = 4  # no change
    assert explorable.words == "1/4 = 0.250, lower"
    assert explorable.words in explorable.shown.picture
    assert [(change["old"], change["new"]) for change in seen] == [(1, 4)]
    explorable.controls["n"].unobserve(seen.append)
    explorable.controls["n"].value = 2
    assert len(seen) == 1


def test_several_values_are_set_with_one_picture():
    explorable, pictures = reciprocal(), []
    explorable.watch(lambda: pictures.append(explorable.words))
    explorable.controls["case"].observe(lambda _: explorable.set({"n": 4}))
    explorable.set({"n": 0, "case": "upper"})
    assert pictures == ["1/4 = 0.250, upper"]


@pytest.mark.parametrize(("given", "taken"), [(9, 5), (-3, 0), (2.6, 3), (np.float32(4), 4)])
def test_a_number_beyond_its_range_becomes_the_end_and_a_whole_one_stays_whole(given, taken):
    slider = Slider("n", 1, 0, 5, 1, decimals=0)
    slider.value = given
    assert (slider.value, type(slider.value)) == (taken, int)


def test_the_scale_of_a_logarithmic_slider_is_the_exponent():
    slider = Slider("ε", 1e-7, 1e-16, 1.0, 0.25, log=True)
    spec = slider.spec()
    assert (spec["least"], spec["most"]) == (-16, 0)
    slider.value = 3e-9
    assert slider.value == 3e-9  # not rounded to a step


@pytest.mark.parametrize(
    ("call", "exception", "says"),
    [
        (lambda: Slider("w", 9, 0, 3, 1), ValueError, "w must be from 0 to 3, got 9"),
        (lambda: Slider("w", "x", 0, 3, 1), TypeError, "w"),
        (lambda: Choice("case", ["a"], "b"), ValueError, "case must be one of"),
        (lambda: Slider("w", 1, 0, 3, 1).observe(print, names="max"), ValueError, "'value'"),
    ],
)
def test_bad_arguments_are_refused(call, exception, says):
    with pytest.raises(exception, match=says):
        call()


def test_a_value_that_is_refused_changes_nothing():
    explorable = reciprocal()
    with pytest.raises(ValueError, match="one of"):
        explorable.controls["case"].value = "middle"
    with pytest.raises(ValueError, match="n"):
        explorable.controls["n"].value = np.nan
    assert explorable.words == "1/1 = 1.000, lower"


def test_an_exception_is_raised_shown_and_gone_with_the_next_value():
    explorable = reciprocal()
    with pytest.raises(ZeroDivisionError):
        explorable.controls["n"].value = 0
    assert "ZeroDivisionError" in explorable.widget.shown["alert"]
    explorable.controls["n"].value = 2
    assert explorable.widget.shown["alert"] == ""
    assert explorable.widget.shown["said"] == "1/2 = 0.500, lower"


def from_the_browser(explorable: Explorable, **values: object) -> dict:
    """Send values as the browser does; give what is shown then."""
    explorable.widget.set_state(values)
    return explorable.widget.shown


def test_a_move_in_the_browser_arrives_unrounded_and_is_always_answered():
    explorable = view.network_sliders()
    before = explorable.widget.shown["serial"]
    shown = from_the_browser(explorable, **{"H2→O1": 0.1 + 0.2})
    assert explorable.controls["H2→O1"].value == 0.1 + 0.2
    net = bp.examples.xor_network()
    net.w[3][0, 1] = 0.1 + 0.2
    assert f"O1 answers {bp.forward(net, [1, 0]).a[3].item():.4f}" in shown["said"]
    assert shown["serial"] == before + 1
    shown = from_the_browser(explorable, **{"H2→O1": 99.0})
    assert explorable.widget.trait_values()["H2→O1"] == 8.0
    from_the_browser(explorable, **{"H2→O1": 98.0})  # no change of the value, but an answer
    assert explorable.widget.shown["serial"] > shown["serial"]


def test_buttons_and_runs_of_the_browser_arrive():
    explorable = reciprocal()
    explorable.controls["n"].value = 4
    widget = explorable.widget
    serial = widget.shown["serial"]
    widget._handle_custom_msg({"act": "ask", "name": ""}, [])
    assert widget.shown["serial"] == serial + 1
    widget._handle_custom_msg({"act": "click", "name": "again"}, [])
    assert explorable.words.startswith("1/1")
    turn = widget.shown["turn"]
    from_the_browser(explorable, runs=True)
    assert widget.shown["turn"] > turn  # so that the browser asks for the first tick
    for _ in range(3):
        turn = widget.shown["turn"]
        for _ in range(2):  # two views ask for the same turn
            tick(widget, turn)
        assert widget.shown["turn"] == turn + 1
    assert explorable.words.startswith("1/4")
    assert widget.trait_values()["runs"] is False
    tick(widget, widget.shown["turn"])  # it was on its way when the last one ended
    assert explorable.words.startswith("1/4")


def tick(widget: widgets.Widget, turn: int) -> None:
    widget._handle_custom_msg({"act": "tick", "name": "runs", "turn": turn}, [])


def test_what_runs_is_started_from_a_cell_as_well():
    explorable = reciprocal()
    for _ in range(2):
        turn = explorable.widget.shown["turn"]
        explorable.controls["runs"].value = True
        assert explorable.widget.shown["turn"] == turn + 1  # the browser asks for a tick then
        explorable.controls["runs"].value = False


def test_a_tick_that_comes_after_reset_does_nothing():
    explorable = view.network_sliders()
    from_the_browser(explorable, train=True)
    turn = explorable.widget.shown["turn"]
    explorable.controls["reset"].click()
    message = {"act": "tick", "name": "train", "turn": turn}
    explorable.widget._handle_custom_msg(message, [])
    for name, weight in bp.examples.XOR_PUBLISHED["weight"].items():
        assert explorable.controls[name].value == weight


def test_values_of_one_message_are_taken_together():
    explorable, seen = view.network_sliders(), []
    widget = explorable.widget
    explorable.watch(lambda: seen.append(explorable.values))
    from_the_browser(explorable, **{"H1→O1": 1.0, "H2→O1": 2.0, "B2→O1": 3.0})
    assert len(seen) == 1
    assert [widget.trait_values()[name] for name in ("H1→O1", "H2→O1", "B2→O1")] == [1, 2, 3]


def test_a_button_that_raises_is_answered_with_the_exception():
    explorable = reciprocal()
    explorable.controls["again"].click = lambda: 1 / 0
    explorable.widget._handle_custom_msg({"act": "click", "name": "again"}, [])  # is logged
    assert "ZeroDivisionError" in explorable.widget.shown["alert"]
    explorable.controls["n"].value = 3
    assert explorable.widget.shown["alert"] == ""


def test_it_composes_with_boxes_links_and_observers_of_ipywidgets():
    explorable, other, seen = reciprocal(), widgets.IntSlider(1, min=0, max=5), []
    widgets.VBox([explorable.widget, other])
    assert widgets.jslink((explorable.widget, "n"), (other, "value")).source[1] == "n"
    link = widgets.link((explorable.widget, "n"), (other, "value"))
    other.value = 3
    assert explorable.words == "1/3 = 0.333, lower"
    explorable.controls["n"].value = 2
    assert other.value == 2
    link.unlink()
    explorable.widget.observe(seen.append, names="n")
    explorable.controls["n"].value = 5
    assert seen[-1]["new"] == 5


@pytest.mark.parametrize("name", ["layout", "shown"])
def test_a_control_named_like_a_part_of_a_widget_is_refused(name):
    controls = {name: Slider("n", 1, 0, 2, 1)}
    with pytest.raises(ValueError, match=f"must not be named {name}"):
        _ = Explorable(controls, lambda _: Look("", "")).widget


def test_what_is_stored_is_a_picture_that_needs_nothing_and_its_words():
    data, metadata = view.network_sliders()._repr_mimebundle_()
    picture = ElementTree.fromstring(data["image/svg+xml"])
    assert picture.tag == f"{SVG}svg"
    assert "var(" not in data["image/svg+xml"]
    assert b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert "Network, forward pass, input [1, 0], target 1" in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_explorables_need_neither_jupyter_nor_matplotlib_before_they_are_shown():
    check = (
        "import sys, bpcore as bp\n"
        "from bpcore import view\n"
        "explorables = [view.network_sliders(), view.explore_slope(bp.examples.error_curve())]\n"
        "explorables[0].controls['H2→O1'].value = 1\n"
        "assert all(each.words for each in explorables)\n"
        "wanted = {'anywidget', 'ipywidgets', 'matplotlib', 'resvg_py', 'IPython'}\n"
        "assert not wanted & set(sys.modules), wanted & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
