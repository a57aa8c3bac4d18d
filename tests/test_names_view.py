"""One line of a network, its three names, and its place in the matrix."""

import re

import numpy as np
import pytest
from pictures import SVG, drawing

import bpcore as bp
from bpcore import view
from bpcore.view.style import still

SIZES = [[2, 2, 1], [3, 5, 2], [1, 1], [5, 5, 5, 5]]


def marked(picture, tag: str) -> list:
    return [e for e in picture.iter(f"{SVG}{tag}") if "marked" in (e.get("class") or "")]


@pytest.mark.parametrize("sizes", SIZES)
def test_every_line_finds_its_number(sizes: list[int]):
    """Python's own indexing, with the indices that the picture names, finds the number it shows."""
    net = bp.Network(sizes, seed=4)
    for l in net.b:
        net.b[l] = np.random.default_rng(l).normal(size=net.b[l].shape)
    widget = view.explore_names(net)
    options = widget.controls["line"].options
    assert len(options) == net.n_parameters
    seen = set()
    for name in options[:: max(1, len(options) // 25)]:
        widget.controls["line"].value = name
        code = re.search(r"net\.[wb]\[\d\]\[\d, \d\]", widget.words).group()
        shown = float(widget.words.split(" = ")[-1].split(";")[0].replace("−", "-"))
        assert eval(code) == pytest.approx(shown, abs=1e-3)
        seen.add(code)
        picture = drawing(widget)
        cells = [
            g for g in picture.iter(f"{SVG}g") if g.get("data-to") == name and marked(g, "rect")
        ]
        assert [t.text for t in cells[0].iter(f"{SVG}text")] == [
            f"{eval(code):.2f}".replace("-", "−")
        ]
        l, j, k = map(int, re.findall(r"\d", code))
        is_bias = code.startswith("net.b")
        source = f"B{l - 1}" if is_bias else neuron(net, l - 1, k + 1)
        assert name == f"{source}→{neuron(net, l, j + 1)}"
        indices = f"{j + 1}" if is_bias else f"{j + 1}{k + 1}"
        assert [t.text for t in picture.iter(f"{SVG}tspan")] == [f"{l}", indices]
        assert f"shapes ({sizes[l - 1]}, {sizes[l - 2]}) and ({sizes[l - 1]}, 1)" in (
            widget.shown.picture
        )
        assert "var(" not in still(widget.shown.picture)
    assert len(seen) == len(options[:: max(1, len(options) // 25)])


def neuron(net: bp.Network, l: int, j: int) -> str:
    letter = "I" if l == 1 else "O" if l == net.L else "H"
    return f"{letter}{l}.{j}" if letter == "H" and net.L > 3 else f"{letter}{j}"


def test_lights_the_line_its_ends_its_row_and_its_column():
    widget = view.explore_names()
    assert "I2→H1 is w²₁₂: to neuron j = 1 of layer 2, from neuron k = 2" in widget.words
    picture = drawing(widget)
    strong = [g for g in picture.iter(f"{SVG}g") if g.find(f"{SVG}line[@class='ink']") is not None]
    assert [g.get("data-to") for g in strong] == ["I2→H1"]
    assert len(marked(picture, "circle")) == 2
    beside = [
        g.get("data-to")
        for g in picture.iter(f"{SVG}g")
        for r in g.findall(f"{SVG}rect")
        if "fill-opacity" in (r.get("style") or "")
    ]
    assert beside == ["I1→H1", "I2→H2"]
    cell = next(r for r in picture.iter(f"{SVG}rect") if r.get("class") == "marked")
    header = next(t for t in picture.iter(f"{SVG}text") if t.get("class") == "bold tight")
    assert 0 < float(header.get("x")) - float(cell.get("x")) < float(cell.get("width"))
    bold = [t.text for t in picture.iter(f"{SVG}text") if t.get("class") == "bold tight"]
    assert bold == ["I2", "to H1"]


def test_a_click_on_a_line_or_on_a_cell_asks_for_it():
    picture = drawing(view.explore_names())
    asked = [g.get("data-to") for g in picture.iter(f"{SVG}g") if g.get("data-set") == "line"]
    assert sorted(set(asked)) == sorted(bp.examples.XOR_PUBLISHED["weight"])
    assert len(asked) == 9 + 6  # the lines, and the cells of layer 2


@pytest.mark.parametrize("sizes", [[6, 1], [1, 1, 1, 1, 1]])
def test_refuses_what_is_too_large(sizes: list[int]):
    with pytest.raises(ValueError, match="at most 4 layers of at most 5 neurons"):
        view.explore_names(bp.Network(sizes))


def test_leaves_the_network_alone():
    net = bp.Network([2, 2, 1])
    widget = view.explore_names(net)
    net.w[2][0, 1] = 7.0
    widget.controls["line"].value = "I1→H1"
    widget.controls["line"].value = "I2→H1"
    assert "= 7" not in widget.words
