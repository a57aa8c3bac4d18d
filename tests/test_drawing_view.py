"""A drawn digit: what the network sees, its outputs and the slopes back at the pixels."""

import re

import numpy as np
import pytest
from oracles import random_network
from pictures import SVG, drawing

import bpcore as bp
from bpcore import view
from bpcore.view.explorable import Explorable
from bpcore.view.ink import AS_DRAWN, fitted, packed, reduced, unpacked
from bpcore.view.style import number, still

X, Y = bp.examples.digits()
# Strokes of plain digits in a box of 10 by 10, x and y from its upper left corner.
STROKES = {
    0: [[(5, 0), (2, 2), (1, 5), (2, 8), (5, 10), (8, 8), (9, 5), (8, 2), (5, 0)]],
    1: [[(2, 3), (5, 0), (5, 10)]],
    2: [[(1, 2), (3, 0), (7, 0), (8, 2), (7, 5), (1, 10), (9, 10)]],
    3: [[(1, 1), (4, 0), (7, 1), (7, 4), (4, 5), (8, 6), (8, 9), (4, 10), (1, 9)]],
    4: [[(6, 0), (1, 6), (9, 6)], [(7, 3), (7, 10)]],
    5: [[(8, 0), (2, 0), (2, 4), (6, 4), (8, 6), (8, 8), (5, 10), (1, 9)]],
    6: [[(7, 0), (4, 2), (2, 6), (3, 9), (5, 10), (8, 9), (8, 6), (5, 5), (2, 7)]],
    7: [[(1, 0), (9, 0), (4, 10)], [(3, 5), (8, 5)]],
    8: [[(5, 5), (2, 3), (3, 0), (7, 0), (8, 3), (5, 5), (2, 7), (3, 10), (7, 10), (8, 7), (5, 5)]],
    9: [[(8, 3), (5, 5), (2, 3), (3, 0), (6, 0), (8, 2), (8, 6), (6, 10)]],
}


@pytest.fixture(scope="module")
def net() -> bp.Network:
    """30 hidden neurons, trained on the first 1400 digits."""
    net = bp.Network([64, 30, 10], output_activation="softmax")
    options = {"cost": "cross_entropy", "batch_size": 32, "epochs": 20}
    bp.train(net, X[:, :1400], Y[:, :1400], optimizer=bp.SGD(0.5), **options)
    return net


def board(net: bp.Network, digit: int = 3) -> Explorable:
    return view.explore_drawing(net, {"one": X[:, digit], "an 8": X[:, 8].reshape(8, 8)})


def marks_of(strokes: list, size: float, left: float, top: float) -> list:
    places = [[[left + x * size * 0.75, top + y * size] for x, y in each] for each in strokes]
    return [mark for each in places for mark in [None, *each]]


def seen_by_counting(ink: np.ndarray) -> np.ndarray:
    x = np.zeros((8, 8))
    for row in range(32):
        for column in range(32):
            x[row // 4, column // 4] += ink[row, column] / 16
    return x.reshape(64)


def greys(widget: Explorable) -> np.ndarray:
    """Read the 64 greys off the picture."""
    x = np.zeros((8, 8))
    for path in drawing(widget).iter(f"{SVG}path"):
        found = re.search(r"fill-opacity: ([\d.]+)", path.get("style", ""))
        for left, top in re.findall(r"M(\d+) (\d+)", path.get("d")) if found else ():
            if int(top) < 200:
                x[(int(top) - 36) // 20, (int(left) - 386) // 20] = float(found[1])
    return x.reshape(64)


def wishes(widget: Explorable) -> np.ndarray:
    """Read the lengths of the signs off the picture; minus where there is no upright arm."""
    found = np.zeros(64)
    for path in drawing(widget).iter(f"{SVG}path"):
        if path.get("class") in ("plus", "minus") and "2.20px" in path.get("style"):
            for x, y, length in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path.get("d")):
                column = int((float(x) + float(length) / 2 - 386) // 20)
                pixel = 8 * int((float(y) - 246) // 20) + column
                found[pixel] = float(length) * (1 if path.get("class") == "plus" else -1)
    return found


def outputs(widget: Explorable) -> list[list[str]]:
    """The texts beside each digit: itself, its a, itself again, its δ."""
    rows = drawing(widget).findall(f".//{SVG}g[@data-set='target']")
    return [[text.text for text in row.iter(f"{SVG}text")] for row in rows]


def test_a_board_is_reduced_by_counting():
    rng = np.random.default_rng(1)
    for share in (0, 0.1, 0.5, 1):
        ink = rng.random((32, 32)) < share
        assert (reduced(ink) == seen_by_counting(ink)).all()
        assert (unpacked(packed(ink)) == ink).all()


def test_a_digit_of_the_data_set_becomes_a_board_that_is_reduced_to_it(net: bp.Network):
    widget = view.explore_drawing(net)
    for i in range(0, 1797, 60):
        widget.controls["ink"].value = X[:, i]
        assert (seen_by_counting(unpacked(widget.values["ink"])) == X[:, i]).all()


@pytest.mark.parametrize("i", [0, 3, 4, 17])
def test_every_number_is_the_networks(net: bp.Network, i: int):
    widget = board(net, i)
    assert greys(widget) == pytest.approx(X[:, i], abs=0.006)
    a = bp.forward(net, X[:, i]).a[3][:, 0]
    for target in ("0", "8", "rival"):
        widget.controls["target"].value = target
        aim = int(np.argsort(a)[-2]) if target == "rival" else int(target)
        y = np.eye(10)[aim]
        for digit, texts in enumerate(outputs(widget)):
            assert texts[0] == texts[2] == str(digit)
            assert texts[1] == f"{a[digit]:.2f}"
            assert float(texts[3].replace("−", "-")) == pytest.approx(a[digit] - y[digit], abs=5e-3)
        C = bp.cost(net, X[:, i], y, cost="cross_entropy")
        assert f"Aimed at {aim}: C = {number(C, 3)}." in widget.words
        assert f"reads {a.argmax()} with {a.max():.2f}, then" in widget.words


def slopes_by_differences(net: bp.Network, x: np.ndarray, target: int) -> np.ndarray:
    def C(x: np.ndarray) -> float:
        return bp.cost(net, x, np.eye(10)[target], cost="cross_entropy")

    steps = 1e-5 * np.eye(64)
    return np.array([(C(x + step) - C(x - step)) / 2e-5 for step in steps])


@pytest.mark.parametrize("target", [5, 8])
def test_signs_and_words_are_the_slopes_at_the_pixels(net: bp.Network, target: int):
    widget = board(net)
    widget.controls["target"].value = str(target)
    wish = -slopes_by_differences(net, X[:, 3], target)
    largest = abs(wish).max()
    clear = abs(abs(wish) / largest - 0.08) > 1e-3
    lengths = 2 * (2.5 + 5.5 * abs(wish) / largest) * np.sign(wish) * (abs(wish) > 0.08 * largest)
    assert wishes(widget)[clear] == pytest.approx(lengths[clear], abs=0.11)
    assert (abs(lengths) > 0).sum() > 20
    for what, sign, room in (("More", 1, X[:, 3] < 1), ("Less", -1, X[:, 3] > 0)):
        best = int(np.where(room, sign * wish, -np.inf).argmax())
        place = f"row {best // 8 + 1}, column {best % 8 + 1}"
        by = number(sign * wish[best], 3)
        assert f"{what} ink lowers C fastest at {place}: by {by} for each unit" in widget.words


def test_ink_where_the_board_says_makes_it_another_digit(net: bp.Network):
    widget = view.explore_drawing(net)
    widget.controls["ink"].paint(marks_of(STROKES[3], 2.4, 8, 4))
    widget.set({"target": "8", "hints": "on"})
    assert "reads 3" in widget.words
    hinted = [
        path
        for path in drawing(widget).find(f".//{SVG}g[@data-paint]").iter(f"{SVG}path")
        if path.get("class") == "plus"
    ]
    arms = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", hinted[0].get("d"))
    longest = max(float(length) for *_, length in arms)
    places = [
        [float(x) + float(length) / 2, float(y)]
        for x, y, length in arms
        if float(length) > 0.8 * longest
    ]
    _, frame = fitted(unpacked(widget.values["ink"]))
    in_the_box = np.array(frame.to_box(*np.array(places).T))
    assert in_the_box % 4 == pytest.approx(np.full((2, len(places)), 2), abs=0.15)  # mid-pixel
    widget.controls["ink"].paint([mark for place in places for mark in (None, place)])
    assert "reads 8" in widget.words


def test_digits_drawn_small_and_large_are_read(net: bp.Network):
    widget, wrong = view.explore_drawing(net), []
    for size, left, top in ((1.8, 2, 3), (2.0, 15, 8), (2.6, 7, 3)):
        for digit, strokes in STROKES.items():
            widget.controls["clear"].click()
            widget.controls["ink"].paint(marks_of(strokes, size, left, top))
            if f"The network reads {digit} " not in widget.words:
                wrong.append((digit, size))
    assert len(wrong) <= 1, wrong
    widget.controls["clear"].click()
    widget.controls["ink"].paint(marks_of(STROKES[4], 1.8, 2, 3))
    widget.controls["fit"].value = "as drawn"
    assert "The network reads 4" not in widget.words  # the data set has no small ones


def test_what_is_fitted_is_like_the_data(net: bp.Network):
    boards = [board(net, i).values["ink"] for i in range(1400, 1797, 4)]
    x = np.array([reduced(fitted(unpacked(each))[0]) for each in boards]).T
    is_right = bp.forward(net, x).a[3].argmax(0) == Y[:, 1400::4].argmax(0)
    assert is_right.mean() > 0.85
    ink, _ = fitted(_leaning_line(6.0))
    assert ink.any(axis=1).all()
    assert abs(np.flatnonzero(ink[0])[0] - np.flatnonzero(ink[-1])[0]) <= 2


def _leaning_line(lean: float, left: int = 12, top: int = 5) -> np.ndarray:
    ink = np.zeros((32, 32), bool)
    for row in range(18):
        start = left + int(lean * row / 18)
        ink[top + row, start : start + 4] = True
    return ink


def test_where_it_is_drawn_does_not_matter():
    assert (fitted(_leaning_line(5))[0] == fitted(_leaning_line(5, 3, 9))[0]).all()


def test_a_place_in_the_box_is_found_on_the_board_and_back():
    _, frame = fitted(_leaning_line(-7))
    places = np.random.default_rng(2).uniform(0, 32, (2, 50))
    assert frame.to_box(*frame.to_board(*places)) == pytest.approx(places)
    assert AS_DRAWN.to_board(*places) == pytest.approx(places)


def near(x: float, y: float, end: tuple[float, float], radius: float) -> np.ndarray:
    """Fields within a radius of a line, by walking along it."""
    walk = np.linspace((x, y), end, 400)
    middles = np.stack(np.meshgrid(np.arange(32) + 0.5, np.arange(32) + 0.5), axis=-1)
    return (np.linalg.norm(middles[:, :, np.newaxis] - walk, axis=-1) <= radius).any(axis=-1)


def test_the_pen_inks_and_erases_what_is_near_its_way(net: bp.Network):
    widget = view.explore_drawing(net)
    ink = widget.controls["ink"]
    ink.paint([None, [4.2, 6.1]])
    ink.paint([[20.3, 25.7], None, [28, 3]])  # the stroke goes on in another message
    expected = near(4.2, 6.1, (20.3, 25.7), 2) | near(28, 3, (28, 3), 2)
    assert (unpacked(ink.value) != expected).sum() <= 2  # at the rim
    before = unpacked(ink.value)
    widget.controls["pen"].value = "erase"
    ink.paint([None, [0, 16.1], [40, 16.1]])  # beyond the board
    expected = before & ~near(0, 16.1, (40, 16.1), 2.5)
    assert (unpacked(ink.value) == expected).all()
    assert widget.values["start"] == "your own"


def test_keys_move_the_pen_and_clear(net: bp.Network):
    widget = view.explore_drawing(net)
    ink = widget.controls["ink"]
    ink.paint(["ArrowUp"] * 5 + ["ArrowLeft"])
    assert widget.shown.said.startswith("Pen off the board at 15 across, 11 down. Nothing is drawn")
    assert not unpacked(ink.value).any()
    ink.paint([" ", *["ArrowDown"] * 9])
    assert widget.shown.said.startswith("Pen on the board at 15 across, 20 down. The network reads")
    assert (unpacked(ink.value) == near(15, 11, (15, 20), 2)).all()
    drawn = ink.value
    ink.paint(["Enter", *["ArrowRight"] * 40])
    assert "Pen off the board at 32 across, 20 down" in widget.shown.said
    assert ink.value == drawn
    ink.paint([" "])
    ink.value = drawn  # from outside: the pen is lifted
    assert "Pen" not in widget.shown.said
    ink.paint(["ArrowUp"])
    assert ink.value == drawn
    ink.paint(["Delete"])
    assert "Nothing is drawn yet" in widget.shown.said


def test_escape_takes_the_last_stroke_back_and_no_more(net: bp.Network):
    widget = board(net)
    ink = widget.controls["ink"]
    first = ink.value
    ink.paint([None, [2, 2], [9, 2], None])
    one = ink.value
    ink.paint([[2, 9], [9, 9]])
    ink.paint([[9, 20]])
    ink.paint([[9, 25], "Escape", None])
    assert ink.value == one != first
    ink.paint(["Escape"])
    assert ink.value == one
    ink.paint(["Delete", "Escape"])
    assert ink.value == one
    ink.paint([" ", "ArrowDown", "ArrowDown", "Escape", "ArrowDown"])
    assert ink.value == one


def test_a_picture_of_the_menu_is_shown_as_drawn_and_clearing_fits_again(net: bp.Network):
    widget = board(net)
    assert (widget.values["start"], widget.values["fit"]) == ("one", "as drawn")
    widget.controls["clear"].click()
    assert (widget.values["start"], widget.values["fit"]) == ("your own", "fitted")
    widget.controls["start"].value = "an 8"
    assert greys(widget) == pytest.approx(X[:, 8], abs=0.006)
    widget.set({"ink": X[:, 3]})
    assert widget.values["start"] == "one"
    widget.controls["ink"].paint([[1, 1]])
    assert widget.values["start"] == "your own"


@pytest.mark.parametrize("sizes", [[64, 10], [64, 30, 10], [64, 6, 5, 4, 10]])
def test_nothing_breaks_at_the_ends(sizes: list[int]):
    nets = [random_network(sizes, output_activation="softmax", activation="tanh")]
    nets.append(bp.Network(sizes, output_activation="softmax"))
    nets[1].w[2] = np.zeros((sizes[1], 64))
    for net in nets:
        widget = view.explore_drawing(net)
        for ink in (np.zeros((32, 32)), np.ones((32, 32)), np.eye(32), X[:, 5]):
            for fit in ("fitted", "as drawn"):
                for hints in ("on", "off"):
                    widget.set({"ink": ink, "fit": fit, "hints": hints})
                    assert not re.search("nan|inf|Traceback", widget.shown.picture + widget.words)
                    assert "var(" not in still(widget.shown.picture)
                    parts = drawing(widget).findall("*")
                    assert parts[3].get("data-paint") == "ink"  # it keeps its place, and the focus
    widget.controls["ink"].value = np.ones((32, 32))
    assert "More ink" not in widget.words
    widget.controls["clear"].click()
    assert widget.words.startswith("Nothing is drawn yet. To an empty picture the network answers")
    assert "Less ink" not in widget.words


def test_marks_come_from_the_browser(net: bp.Network):
    widget = board(net).widget
    before = widget.ink
    message = {"act": "paint", "name": "ink", "marks": [None, [3.0, 3.0], [3.0, 29.5], None]}
    widget._handle_custom_msg(message, [])
    assert unpacked(widget.ink)[3:29, 3].all()
    assert widget.start == "your own"
    widget.ink = before  # as starting again does
    assert widget.start == "one"


@pytest.mark.parametrize(
    ("ink", "error", "says"),
    [
        (np.ones((28, 28)), ValueError, r"ink has shape \(28, 28\); expected \(32, 32\), or"),
        (np.full((32, 32), 0.5), ValueError, "must hold only 0 and 1"),
        (X[:, 0] * 16, ValueError, "from 0 .* to 1, but it reaches from 0 to 15"),
        (np.full(64, np.nan), ValueError, "finite"),
        (["a"] * 64, TypeError, "real numbers, got text"),
        ("f" * 255 + "g", ValueError, "256 hexadecimal digits"),
        ("ff", ValueError, "256 hexadecimal digits, got 2"),
    ],
)
def test_what_is_no_drawing_is_refused(net: bp.Network, ink, error: type, says: str):
    widget = view.explore_drawing(net)
    before = widget.values
    with pytest.raises(error, match=says):
        widget.controls["ink"].value = ink
    assert widget.values == before


def test_the_network_is_the_one_that_was_given():
    net = bp.Network([64, 10], output_activation="softmax")
    widget = board(net)
    words = widget.words
    net.w[2] = -net.w[2]
    widget.set({"target": "1"})
    widget.set({"target": "rival"})
    assert widget.words == words


def test_what_reads_no_digits_is_refused():
    for bad in (
        bp.Network([64, 30, 10]),
        bp.Network([63, 10], output_activation="softmax"),
        bp.Network([64, 2], output_activation="softmax"),
    ):
        with pytest.raises(ValueError, match=r"net must have 64 inputs, .* and 10 softmax outputs"):
            view.explore_drawing(bad)
    with pytest.raises(TypeError, match="net must be a Network, got str"):
        view.explore_drawing("net")
    net = bp.Network([64, 10], output_activation="softmax")
    with pytest.raises(TypeError, match="pictures must be a dict from names to pictures, got nd"):
        view.explore_drawing(net, X)
    with pytest.raises(ValueError, match="picture 'a 3' has shape"):
        view.explore_drawing(net, {"a 3": X})
    with pytest.raises(ValueError, match="'your own' is what a drawing"):
        view.explore_drawing(net, {"your own": X[:, 3]})
