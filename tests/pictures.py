"""What a widget shows, read from its markup and compared with bpcore."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np

import bpcore as bp
from bpcore.view.explorable import Explorable
from bpcore.view.style import number, short

SVG = "{http://www.w3.org/2000/svg}"


def net_of(widget: Explorable) -> bp.Network:
    """Build the network that the sliders show, without the code under test."""
    return xor_network_of({n: c.value for n, c in widget.controls.items() if "→" in n})


def xor_network_of(w: dict[str, float]) -> bp.Network:
    net = bp.Network([2, 2, 1])
    net.w[2] = [[w["I1→H1"], w["I2→H1"]], [w["I1→H2"], w["I2→H2"]]]
    net.b[2] = [w["B1→H1"], w["B1→H2"]]
    net.w[3] = [[w["H1→O1"], w["H2→O1"]]]
    net.b[3] = [w["B2→O1"]]
    return net


def drawing(widget: Explorable) -> ElementTree.Element:
    return ElementTree.fromstring(widget.shown.picture)


def texts(picture: ElementTree.Element, kind: str, name: str) -> list[str]:
    group = picture.find(f".//{SVG}g[@data-{kind}='{name}']")
    return [text.text or "" for text in group.iter(f"{SVG}text")]


def table_row(widget: Explorable, name: str) -> list[str]:
    row = rf"<th scope='row'>(?:▸ )?{name}</th>(.*?)</tr>"
    return re.findall(r"<td>(.*?)</td>", re.search(row, widget.shown.aside).group(1))


def fitted(value: float) -> str:
    return number(value) if len(number(value)) <= 7 else short(value).removeprefix("+")


def cell(value: float) -> str:
    return number(value) if len(number(value)) <= 8 else number(value, 3)


def assert_shows(widget: Explorable, x, y) -> None:
    """Compare every number on the drawing, in the table and beside the sliders with bpcore's."""
    net, picture = net_of(widget), drawing(widget)
    trace, g = bp.forward(net, x), bp.backprop(net, x, y)
    backward = widget.controls["view"].value == "backward"
    for l, name, j in ((2, "H1", 0), (2, "H2", 1), (3, "O1", 0)):
        z, a, delta = trace.z[l][j, 0], trace.a[l][j, 0], g.delta[l][j, 0]
        slope = net.sigma[l].prime(z)
        z_text = f"z {short(z).removeprefix('+')}"
        numbers = [fitted(delta), "δ"] if backward else [fitted(a), z_text]
        assert texts(picture, "neuron", name)[1:3] == numbers
        delta_cell = cell(delta) if backward else "·"
        assert table_row(widget, name) == [cell(z), cell(a), cell(slope), delta_cell]
    for name in bp.examples.XOR_PUBLISHED["weight"]:
        w, dC_dw = widget.controls[name].value, at(g, name)
        numbers = [short(w), short(dC_dw)] if backward else [short(w)]
        assert texts(picture, "weight", name) == numbers
        symbol = "b" if name[0] == "B" else "w"
        note = f"∂C/∂{symbol} {short(dC_dw)}" if backward else ""
        assert widget.shown.notes[name] == note
    assert f"C = {number(bp.cost(net, x, y))}" in [t.text for t in picture.iter(f"{SVG}text")]


def at(g: bp.Gradient, name: str) -> float:
    """Find the entry of a gradient that belongs to a connection such as "I1→H2"."""
    source, target = name.split("→")
    l, j = (2 if target[0] == "H" else 3), int(target[1]) - 1
    return g.b[l][j, 0] if source[0] == "B" else g.w[l][j, int(source[1]) - 1]


def assert_shows_slope(widget: Explorable) -> None:
    curve = bp.examples.error_curve()
    for w in np.linspace(0, 3, 13):
        widget.controls["w"].value = w
        assert f"slope {number(curve.slope(w))}," in widget.words


def path_points(picture: ElementTree.Element, classes: str, i: int = 0) -> np.ndarray:
    lines = [line for line in picture.iter(f"{SVG}path") if line.get("class") == classes]
    numbers = re.findall(r"-?[\d.]+", lines[i].get("d"))
    return np.array(numbers, float).reshape(-1, 2)


def way_to_a_knob(parent: ElementTree.Element) -> list[int]:
    """Tell where a drawing has its first knob: as the how-manieth child of which element."""
    for i, child in enumerate(parent):
        if child.get("data-knob"):
            return [i]
        if deeper := way_to_a_knob(child):
            return [i, *deeper]
    return []
