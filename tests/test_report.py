"""A report in words and as a drawing."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import bpcore as bp

NET = bp.Network([3, 4, 4, 2], seed=1)
X, Y = np.random.default_rng(1).random((3, 5)), np.random.default_rng(2).random((2, 5))


def changed(part, l, change):
    """A learner who is right but for one array."""

    def student(net, x, y):
        g = bp.backprop(net, x, y)
        arrays = {name: dict(getattr(g, name)) for name in ("w", "b", "delta")}
        arrays[part][l] = change(arrays[part][l])
        return arrays

    return student


def drawn(report: bp.Report) -> ET.Element:
    html = report._repr_html_()
    return ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


def texts(svg: ET.Element, style: str) -> list[str]:
    return [node.text for node in svg.iter("text") if node.get("class") == style]


def wrong(svg: ET.Element, shape: str) -> int:
    return sum(node.get("class") == "wrong" for node in svg.iter(shape))


def test_words_of_a_right_gradient():
    assert str(bp.diagnose(bp.backprop, NET, X, Y)) == (
        "All right: BP1 (layer 4), BP2 (layers 2 and 3), "
        "BP3 (layers 2, 3 and 4), BP4 (layers 2, 3 and 4)."
    )


def test_words_of_a_slip():
    report = bp.diagnose(changed("w", 3, np.negative), NET, X, Y)
    assert str(report).splitlines() == [
        "BP4, layer 3: the sign is wrong.",
        "Right: BP1 (layer 4), BP2 (layers 2 and 3), BP3 (layers 2, 3 and 4), "
        "BP4 (layers 2 and 4).",
    ]


def test_the_same_slip_in_several_layers_is_one_sentence():
    def forgets_the_mean(net, x, y):
        g = bp.backprop(net, x, y)
        return {"w": {l: 5 * g.w[l] for l in g.w}, "b": g.b, "delta": g.delta}

    report = bp.diagnose(forgets_the_mean, NET, X, Y)
    assert [finding.layer for finding in report.findings] == [4, 3, 2]
    assert str(report).startswith("BP4, layers 2, 3 and 4: this is the sum")


@pytest.mark.parametrize(
    ("part", "l", "shape", "number", "tag"),
    [
        ("w", 3, "line", 16, "BP4 ✗"),
        ("w", 4, "line", 8, "BP4 ✗"),
        ("b", 2, "rect", 4, "BP3 ✗"),
        ("delta", 3, "circle", 4 + 4, "BP2 ✗"),  # from a wrong δ[3], δ[2] does not follow
        ("delta", 4, "circle", 2 + 4, "BP1 ✗"),
    ],
)
def test_the_drawing_marks_the_wrong_place(part, l, shape, number, tag):
    svg = drawn(bp.diagnose(changed(part, l, lambda array: array + 1), NET, X, Y))
    assert tag in texts(svg, "wrong")
    assert wrong(svg, shape) == number
    assert re.search(rf"{tag[:3]}, layer {l}: wrong", svg.find("desc").text)


def test_a_right_gradient_has_no_mark():
    svg = drawn(bp.diagnose(bp.backprop, NET, X, Y))
    assert not [node for node in svg.iter() if node.get("class") == "wrong"]
    assert texts(svg, "faint").count("BP4 ✓") == 3
    assert {"layer 1", "layer 2", "layer 3", "layer 4"} <= set(texts(svg, "faint"))


def test_weights_are_named_between_their_layers():
    svg = drawn(bp.diagnose(bp.backprop, NET, X, Y))
    middles = {(int(line.get("x1")) + int(line.get("x2"))) / 2 for line in svg.iter("line")}
    assert {int(node.get("x")) for node in svg.iter("text") if "BP4" in node.text} == middles


def test_a_finding_of_no_layer_marks_all():
    def named_by_letters(net, x, y):
        g = bp.backprop(net, x, y)
        return {"w": dict(zip("abc", g.w.values(), strict=True)), "b": g.b, "delta": g.delta}

    assert texts(drawn(bp.diagnose(named_by_letters, NET, X, Y)), "wrong") == ["BP4 ✗"] * 3


def test_what_an_open_line_hides_is_not_judged():
    marks = texts(drawn(bp.diagnose(changed("delta", 3, lambda array: ...), NET, X, Y)), "faint")
    assert {"BP1 ✓", "BP2 …", "BP2 ?"} <= set(marks)


def test_an_open_line_is_not_a_mistake():
    svg = drawn(bp.diagnose(changed("w", 3, lambda array: ...), NET, X, Y))
    assert "BP4 …" in texts(svg, "faint")
    assert not [node for node in svg.iter() if node.get("class") == "wrong"]


def test_a_function_that_fails_is_only_words():
    html = bp.diagnose(lambda net, x, y: "<b>", NET, X, Y)._repr_html_()
    assert "<svg" not in html
    assert "got a str" in html


def test_words_in_html_are_escaped():
    def fails(net, x, y):
        raise ValueError("<script>")

    assert "<script>" not in bp.diagnose(fails, NET, X, Y)._repr_html_()


def test_large_layers_are_drawn_in_part_and_say_their_size():
    net = bp.Network([30, 20, 1])
    svg = drawn(bp.diagnose(bp.backprop, net, np.ones(30), [1.0]))
    assert len(list(svg.iter("circle"))) == 4 + 4 + 1
    assert {"layer 1 (30)", "layer 2 (20)", "layer 3"} <= set(texts(svg, "faint"))
    assert int(svg.get("viewBox").split()[3]) < 300
