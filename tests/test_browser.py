"""Explorables in a real JupyterLab, in a real Chromium: dragged, touched, and used with keys.

Most tests use one notebook that has every explorable once. It is run once, and each test takes back
what it has moved. Two notebooks of the series are run as their readers do.
"""

import json
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import MINUTE, TOKEN, jupyterlab, notebook, open_alone, run_all_cells
from pictures import xor_network_of
from playwright.sync_api import Browser, Locator, Page, expect

import bpcore as bp
from bpcore.view.network_picture import network_picture
from bpcore.view.sample import Sample
from bpcore.view.style import STYLE, THEME, number

ROOT = Path(__file__).parents[1]
MEASURES = ROOT / "tests" / "measures.js"
USUAL, NARROW = {"width": 1366, "height": 768}, {"width": 900, "height": 768}
WEIGHTS = list(bp.examples.XOR_PUBLISHED["weight"])
GALLERY = {
    "forward": "view.network_sliders()",
    "backward": "view.network_sliders(view='backward')",
    "deep": """
net = bp.Network([3, 4, 3, 2], activation='tanh', output_activation='softmax', seed=2)
deep = view.network_sliders(net, [0.1, 0.2, 0.3], [1, 0], view='backward')""",
    "slope": "view.explore_slope(bp.examples.error_curve())",
    "descent": """
def descend(w, rate, steps):
    path = [w]
    while len(path) <= steps and -2 <= path[-1] <= 3:
        path.append(path[-1] - rate * float(bp.examples.error_curve().slope(path[-1])))
    return path
descent = view.explore_descent(bp.examples.error_curve(), descend)""",
    "epsilon": "view.explore_epsilon(bp.examples.xor_network(), *bp.examples.xor_data())",
    "price": "view.explore_price(lambda sizes: (1e-9 * max(sizes) ** 2, 1e-9 * max(sizes) ** 4))",
    "rate": """
def costs_with(lr):
    net = bp.examples.xor_network()
    return bp.train(net, *bp.examples.xor_data(), optimizer=bp.SGD(lr), epochs=100).cost
rate = view.explore_learning_rate(costs_with)""",
    "depth": """
def size(values):
    return np.array([np.sqrt(np.mean(values[l] ** 2)) for l in sorted(values) if l > 1])
def sizes_of(net):
    x, y = np.ones((4, 1)), np.zeros((1, 1))
    a = size(bp.forward(net, x).a)
    return size(bp.backprop(net, x, y).delta), a, a
def deep_network(hidden, activation, scale):
    return bp.Network([4] * (hidden + 1) + [1], activation=activation)
depth = view.explore_depth(deep_network, sizes_of)""",
    "epochs": """
x, y = bp.examples.xor_data()
nets = [bp.Network([2, 2, 1], seed=seed) for seed in range(20)] * 15
epochs = view.explore_epochs(nets, [bp.cost(net, x, y) for net in nets], x, y)""",
    "race": """
bowl = view.Landscape(lambda t: t[0] ** 2 + 4 * t[1] ** 2, lambda t: t * [2, 8], (-4.0, 1.0))
race = view.explore_race({'bowl': bowl}, {'plain': bp.SGD, 'Adam': bp.Adam},
                         {'plain': 0.1, 'Adam': 0.1})""",
    "path": "view.explore_path(bp.Network([2, 3, 3, 2], seed=5), [0.3, 0.9], [0, 1])",
    "equation": "view.explore_equation('BP2', 'H1')",
    "matrices": """
net = bp.Network([3, 4, 3, 2], seed=4)
matrices = view.explore_equation('BP2', 'H2.1', net, [0.1, 0.2, 0.3], [1, 0], matrices=True)""",
    "activation": "view.explore_activation()",
    "graph": """steps = {'p': ('·', 'w', 'a'), 'q': ('+', 'p', 'b'), 'C': ('·', 'q', 'a')}
places = {'w': (0, 0.5), 'a': (0, 2), 'b': (1, 0), 'p': (1, 1), 'q': (2, 0.6), 'C': (3, 1.3)}
graph = view.explore_graph(steps, {'w': 3, 'a': 2, 'b': 1}, places, step=4, forward='w')""",
    "names": "view.explore_names()",
    "plane": "view.explore_plane()",
    "two_weights": "view.explore_two_weights()",
    "nudge": "view.explore_nudge(bp.Network([2, 3, 3, 2], seed=5), [0.3, 0.9], [0, 1])",
    "collecting": "view.explore_collecting(bp.Network([2, 3, 3, 2], seed=5), [0.3, 0.9], [0, 1])",
    "drawing": """
net = bp.Network([64, 30, 10], output_activation='softmax')
bp.train(net, *bp.examples.digits(), cost='cross_entropy', optimizer=bp.SGD(0.5),
         batch_size=32, epochs=10)
drawing = view.explore_drawing(net, {'a 3': bp.examples.digits()[0][:, 3]})""",
    "break_even": "view.explore_break_even(1.6e-4, 7e-4, 1e-3)",
    "ring": "view.explore_ring()",
    "speed_up": "view.explore_speed_up(1_000_000, 7e-5)",
    "pipeline": "view.explore_pipeline()",
    "fragile": """
from bpcore.view.explorable import Explorable, Look, Slider
from bpcore.view.style import svg
def look(values):
    words = f"1/n = {1 / values['n']:.3f}"
    return Look(svg(300, 60, "one over n", words, f'<text x="60" y="30">{words}</text>'), words)
fragile = Explorable({"n": Slider("n", 1, 0, 5, 1, decimals=0)}, look)""",
}
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def page(browser: Browser):
    page = browser.new_page(viewport=USUAL, has_touch=True)
    yield page
    page.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory):
    """Start JupyterLab on a copy of what is read; give its address."""
    home = tmp_path_factory.mktemp("lab")
    for folder in ("notebooks", "benchmarks"):
        shutil.copytree(
            ROOT / folder, home / folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
        )
    first = "import numpy as np\nimport bpcore as bp\nfrom bpcore import view"
    codes = [code if f"{n} =" in code else f"{n} = {code}" for n, code in GALLERY.items()]
    cells = [f"{code}\n{name}" for name, code in zip(GALLERY, codes, strict=True)]
    one = f"{first}\n{GALLERY['slope']}"
    for name, codes in {"gallery": [first, *cells], "one": [one], "outputs": [OUTPUTS]}.items():
        path = home / "notebooks" / f"{name}.ipynb"
        path.write_text(json.dumps(notebook(*codes)), encoding="utf-8")
    with jupyterlab(home) as address:
        yield address


@pytest.fixture
def run_notebook(page: Page, lab: str):
    """Give a function that opens a notebook, if it is not open already, and runs all its cells."""

    def run(name: str) -> None:
        if name not in page.url:
            open_notebook(page, lab, name)
        run_all_cells(page)
        assert_no_error(page)

    return run


def open_notebook(page: Page, lab: str, name: str) -> None:
    page.set_viewport_size(USUAL)
    open_alone(page, lab, f"notebooks/{name}.ipynb")


def assert_no_error(page: Page) -> None:
    outputs = page.locator(".jp-Notebook .jp-OutputArea")
    for kind in ("error", "stderr"):
        shown = outputs.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]')
        expect(shown).to_have_count(0)
    expect(outputs.get_by_text("Error displaying widget")).to_have_count(0)
    expect(outputs.get_by_role("alert")).to_have_count(0)


@pytest.fixture
def shown(page: Page, lab: str):
    """Give a function from the name of an explorable to its place in the browser."""
    if "gallery" not in page.url:
        open_notebook(page, lab, "gallery")
        run_all_cells(page)
        assert_no_error(page)

    def of(name: str) -> Locator:
        found = page.locator(".bp-explorable").nth(list(GALLERY).index(name))
        found.evaluate("element => element.closest('.jp-Cell').scrollIntoView()")
        return found

    return of


def knob(explorable: Locator, name: str) -> Locator:
    return explorable.locator(f'[data-knob="{name}"]')


def weight_knob(explorable: Locator, name: str) -> Locator:
    kind = "bias" if name[0] == "B" else "weight"
    return explorable.get_by_role("slider", name=f"{kind} {name}", exact=True)


def value(knob: Locator) -> float:
    return float(knob.get_attribute("aria-valuenow"))


def assert_value(knob: Locator, expected: float, within: float = 1e-9) -> None:
    """Wait until a knob has a value: its picture comes a moment after the hand."""
    deadline = time.monotonic() + 5
    while abs(value(knob) - expected) > within and time.monotonic() < deadline:
        time.sleep(0.01)
    assert value(knob) == pytest.approx(expected, abs=within)


def grip(knob: Locator) -> tuple[float, float]:
    """Find a place where a hand would get hold of a knob and of nothing else."""
    place = knob.evaluate(
        """knob => {
          const line = knob.querySelector("line.hit");
          const box = knob.getBoundingClientRect(), matrix = knob.getScreenCTM();
          const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2);
          const along = (t) => line
            ? new DOMPoint(line.x1.baseVal.value * (1 - t) + line.x2.baseVal.value * t,
                line.y1.baseVal.value * (1 - t) + line.y2.baseVal.value * t).matrixTransform(matrix)
            : middle;
          for (const t of [0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.2, 0.8]) {
            const at = along(t);
            if (knob.contains(document.elementFromPoint(at.x, at.y))) return [at.x, at.y];
          }
        }"""
    )
    assert place, f"nothing of {knob} can be reached"
    return tuple(place)


def drag(page: Page, knob: Locator, right: float, down: float, moves: int = 4) -> None:
    x, y = grip(knob)
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(1, moves + 1):
        page.mouse.move(x + right * i / moves, y + down * i / moves)
    page.mouse.up()


def touch(page: Page, knob: Locator, down: float) -> None:
    x, y = grip(knob)
    finger = page.context.new_cdp_session(page)

    def send(kind: str, *points: dict) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for i in range(1, 5):
        send("touchMove", {"x": x, "y": y + down * i / 4})
    send("touchEnd")


def drawn(explorable: Locator, neuron: str) -> Locator:
    return explorable.locator(f'[data-neuron="{neuron}"] .big')


def net_of(explorable: Locator) -> bp.Network:
    """Build the network whose weights the drawing tells a screen reader."""
    return xor_network_of({name: value(weight_knob(explorable, name)) for name in WEIGHTS})


def assert_answers(explorable: Locator, x: list[float], y: list[float]) -> None:
    """Wait until the words tell what the drawn weights give: a last picture may be on its way."""
    deadline = time.monotonic() + 5
    while not (told := answers(explorable, x, y)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert told, explorable.locator(".bp-words").text_content()


def answers(explorable: Locator, x: list[float], y: list[float]) -> bool:
    net, words = net_of(explorable), explorable.locator(".bp-words").text_content()
    answer, C = number(bp.forward(net, x).a[3].item()), number(bp.cost(net, x, y))
    return f"O1 answers {answer}, target {y[0]}" in words and f"C = {C}" in words


@pytest.fixture
def network(shown):
    network = shown("forward")
    yield network
    network.get_by_role("button", name="Published weights").click()
    expect(weight_knob(network, "H2→O1")).to_have_attribute("aria-valuetext", "0.58")


@pytest.mark.parametrize("how", ["mouse", "finger"])
def test_every_weight_is_dragged_on_the_drawing(page: Page, network: Locator, how: str):
    px_of_a_weight = 60 * network.locator("svg").first.evaluate("svg => svg.getScreenCTM().a")
    for name in WEIGHTS:
        line = weight_knob(network, name)
        before = value(line)
        drag(page, line, 3, -30) if how == "mouse" else touch(page, line, -30)
        assert_value(line, before + 30 / px_of_a_weight, within=0.011)
        assert_answers(network, [1, 0], [1])


def test_a_weight_is_moved_with_every_key_and_jupyterlab_keeps_out(page: Page, network: Locator):
    cells, line = page.locator(".jp-Cell").count(), weight_knob(network, "H2→O1")
    published = bp.examples.XOR_PUBLISHED["weight"]["H2→O1"]
    line.focus()
    for key, expected in {
        "ArrowRight": 0.59,
        "ArrowUp": 0.6,
        "ArrowLeft": 0.59,
        "ArrowDown": 0.58,
        "PageUp": 0.68,
        "PageDown": 0.58,
        "End": 8,
        "Home": -8,
    }.items():
        page.keyboard.press(key)
        assert_value(line, expected)
        assert_answers(network, [1, 0], [1])
        expect(line).to_be_focused()  # whatever has been drawn meanwhile
    page.keyboard.press("Escape")
    assert_value(line, published)
    for key in "ddab":  # JupyterLab would delete the cell, and add some
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(network.locator(".bp-panel h4")).to_have_text("H2→O1, forward")
    expect(line).to_be_focused()
    assert page.locator(".jp-Cell").count() == cells


def test_a_native_slider_moves_the_same_weight(page: Page, network: Locator):
    handle = network.get_by_role("slider", name="H2→O1", exact=True)
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(weight_knob(network, "H2→O1")).to_have_attribute("aria-valuetext", "0.63")
    assert_answers(network, [1, 0], [1])


@pytest.mark.parametrize("key", ["Home", "End"])
def test_every_weight_at_its_extreme_gives_finite_numbers(page: Page, network: Locator, key: str):
    for name in WEIGHTS:
        weight_knob(network, name).focus()
        page.keyboard.press(key)
        assert_value(weight_knob(network, name), -8 if key == "Home" else 8)
    assert_answers(network, [1, 0], [1])
    expect(network).to_contain_text("saturated")
    assert not re.search(r"nan|inf|Traceback", network.text_content())


def test_two_fast_drags_lose_nothing(page: Page, network: Locator):
    px_of_a_weight = 60 * network.locator("svg").first.evaluate("svg => svg.getScreenCTM().a")
    for name in ("H1→O1", "H2→O1"):
        drag(page, weight_knob(network, name), 0, -40, moves=40)
    for name in ("H1→O1", "H2→O1"):
        expected = bp.examples.XOR_PUBLISHED["weight"][name] + 40 / px_of_a_weight
        assert_value(weight_knob(network, name), expected, within=0.011)
    assert_answers(network, [1, 0], [1])


def test_escape_takes_a_drag_back(page: Page, network: Locator):
    line = weight_knob(network, "H1→O1")
    x, y = grip(line)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 50)
    page.keyboard.press("Escape")
    page.mouse.move(x, y - 60)
    page.mouse.up()
    assert_value(line, bp.examples.XOR_PUBLISHED["weight"]["H1→O1"])
    assert_answers(network, [1, 0], [1])


def test_drawing_table_and_sliders_point_at_the_same_thing(page: Page, network: Locator):
    network.locator(".bp-slider", has_text="H2→O1").hover()
    lit = network.locator(".bp-lit")
    names = {"H2→O1"}
    assert {e.get_attribute("data-for") or e.get_attribute("data-knob") for e in lit.all()} == names
    assert lit.count() == 3  # the line, its number, the slider
    network.locator("tr[data-for='H1']").hover()
    expect(network.locator('[data-neuron="H1"]')).to_have_class("bp-lit")


def test_a_click_on_a_neuron_or_a_line_explains_it(page: Page, network: Locator):
    neuron = network.get_by_role("button", name="neuron H1")
    expect(neuron).to_have_attribute("aria-pressed", "false")
    neuron.click()
    expect(network.locator(".bp-panel h4")).to_have_text("H1, forward")
    expect(neuron).to_have_attribute("aria-pressed", "true")
    page.mouse.click(*grip(weight_knob(network, "H2→O1")))
    expect(network.locator(".bp-panel h4")).to_have_text("H2→O1, forward")
    network.get_by_role("button", name="neuron O1").focus()
    page.keyboard.press("Enter")
    expect(network.locator(".bp-panel h4")).to_have_text("O1, forward")
    network.get_by_label("Explain").select_option("the whole step")


def test_buttons_menus_and_passes_work_from_the_keyboard(page: Page, network: Locator):
    network.get_by_role("button", name="[0, 0] → 0").focus()
    page.keyboard.press("Space")
    assert_answers(network, [0, 0], [0])
    network.get_by_role("button", name="backward").focus()
    page.keyboard.press("Enter")
    delta = bp.backprop(bp.examples.xor_network(), [0, 0], [0]).delta[3].item()
    expect(drawn(network, "O1")).to_have_text(number(delta))
    network.get_by_role("button", name="◂ back").click()
    expect(network.locator(".bp-panel h4")).to_contain_text("BP3")
    network.get_by_label("Step", exact=True).focus()
    page.keyboard.press("Home")
    expect(network.locator(".bp-panel h4")).to_contain_text("input")
    network.get_by_label("Step", exact=True).select_option("5 · cost C")
    network.get_by_role("button", name="[1, 0] → 1").click()


def test_fast_clicks_on_the_step_button_lose_nothing(page: Page, network: Locator):
    net = bp.examples.xor_network()
    for _ in range(20):
        g = bp.backprop(net, [1, 0], [1])
        for l in net.w:
            net.w[l] -= 0.7 * g.w[l]
            net.b[l] -= 0.7 * g.b[l]
    network.get_by_role("button", name="One step").focus()
    for _ in range(20):
        page.keyboard.press("Enter")
        page.wait_for_timeout(15)
    expect(network.locator(".bp-words")).to_contain_text(f"after {bp.cost(net, [1, 0], [1]):.6f}")
    expect(drawn(network, "O1")).to_have_text(number(bp.forward(net, [1, 0]).a[3].item()))


def test_training_is_watched_stopped_and_ends_when_it_is_right(page: Page, network: Locator):
    network.get_by_role("button", name="Train until it is right").click()
    expect(network.locator(".gauge")).to_contain_text(re.compile(r"steps: [1-9]\d\d"))
    network.get_by_role("button", name="Stop training").click()
    expect(network.get_by_role("button", name="Train until it is right")).to_be_visible()
    page.wait_for_timeout(200)
    stopped = network.locator(".gauge").inner_html()
    page.wait_for_timeout(300)
    assert network.locator(".gauge").inner_html() == stopped
    network.get_by_role("button", name="Train until it is right").click()
    expect(network.locator(".bp-words")).to_contain_text(
        "All answers are right, after 3450", timeout=MINUTE
    )
    x, y = bp.examples.xor_data()
    assert (abs(bp.forward(net_of(network), x).a[3] - y) < 0.1).all()
    expect(network).to_contain_text("4 of 4 within 0.1")


PASSES = ("forward", "backward")
OUTPUTS = """
import matplotlib.pyplot as plt
import bpcore as bp
from bpcore import view
print("text")
figure, axes = plt.subplots()
view.show_figure(figure, "two axes")
bp.verify("2", 1, 1)
bp.diagnose(bp.backprop, bp.examples.xor_network(), *bp.examples.xor_data())"""
KNOBS = {
    "slope": ("w", 60, 0),
    "descent": ("start", 40, 0),
    "epsilon": ("epsilon", 60, 0),
    "price": ("hidden layers", 60, 0),
    "rate": ("lr", 60, 0),
    "depth": ("hidden layers", -60, 0),
    "epochs": ("epoch", 60, 0),
    "activation": ("z", 60, 0),
    "nudge": ("dw", 0, -30),
}


@pytest.mark.parametrize("name", KNOBS)
def test_every_picture_is_dragged_itself(page: Page, shown, name: str):
    explorable, (of, right, down) = shown(name), KNOBS[name]
    handle, shown_words = knob(explorable, of).first, explorable.locator(".bp-words")
    first = shown_words.inner_text()
    handle.press("ArrowUp")  # what is hidden until the first move stays in sight from here on
    expect(shown_words).not_to_have_text(first)
    before, words = value(handle), shown_words.inner_text()
    drag(page, handle, right, down)
    expect(shown_words).not_to_have_text(words)
    native = explorable.locator(f'.bp-slider[data-for="{of}"] input')
    assert (float(native.input_value()) > before) == (right > down)
    assert_value(handle, float(native.input_value()), within=0.26)
    page.keyboard.press("Escape")
    assert_value(handle, before)
    expect(shown_words).to_have_text(words)


def test_an_explorable_starts_again(page: Page, shown):
    slope, asked = shown("slope"), "Decide, then drag"
    knob(slope, "w").focus()
    page.keyboard.press("End")
    expect(slope.locator(".bp-words")).not_to_contain_text(asked)
    slope.get_by_role("button", name="start again").click()
    expect(slope.locator(".bp-words")).to_contain_text(asked)


def test_a_hand_on_the_picture_stops_what_plays(page: Page, shown):
    epochs = shown("epochs")
    epochs.get_by_role("button", name="play").click()
    expect(epochs.locator(".bp-words")).not_to_contain_text("After 0 epochs")
    x, y = grip(knob(epochs, "epoch"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y)
    page.wait_for_timeout(300)
    words = epochs.locator(".bp-words").inner_text()
    page.wait_for_timeout(300)
    assert epochs.locator(".bp-words").inner_text() == words
    page.mouse.up()
    expect(epochs.locator(".bp-words")).to_contain_text("After 299 epochs")
    epochs.get_by_role("button", name="start again").click()


@pytest.mark.parametrize("name", ["race", "two_weights"])
def test_a_ball_is_dragged_in_two_directions(page: Page, shown, name: str):
    race = shown(name)
    ball = race.locator("[data-knob-y]")
    words, place = race.locator(".bp-words").inner_text(), ball.get_attribute("aria-valuetext")
    drag(page, ball, 40, -30)
    expect(race.locator(".bp-words")).not_to_have_text(words)
    moved = ball.get_attribute("aria-valuetext")
    numbers = [
        [float(n) for n in re.findall(r"-?[\d.]+$|-?[\d.]+(?=,)", text.replace("−", "-"))]
        for text in (place, moved)
    ]
    assert numbers[1][0] > numbers[0][0]
    assert numbers[1][1] > numbers[0][1]
    ball.focus()
    page.keyboard.press("ArrowDown")
    expect(ball).not_to_have_attribute("aria-valuetext", moved)


def test_a_path_is_chosen_by_clicking_neurons(page: Page, shown):
    path = shown("path")
    path.get_by_role("button", name=re.compile("neuron H2.3")).click()
    expect(path.locator(".bp-words")).to_contain_text("I1 → H2.3 → H3.1 → O1")
    path.get_by_role("button", name=re.compile("neuron O2")).focus()
    page.keyboard.press("Enter")
    expect(path.locator(".bp-words")).to_contain_text("I1 → H2.3 → H3.1 → O2")


def test_a_cut_through_the_inputs_is_dragged(page: Page, shown):
    plane = shown("plane")
    cut, words = knob(plane, "B1→H2").first, plane.locator(".bp-words")
    before, said = value(cut), words.inner_text()
    drag(page, cut, 80, -40)  # away from where z of H2 is above 0 for all four
    expect(words).not_to_have_text(said)
    assert value(cut) < before
    plane.get_by_role("button", name="Published weights").click()
    expect(words).to_have_text(said)


def test_the_collecting_front_is_moved_along_the_layers(page: Page, shown):
    collecting = shown("collecting")
    words, front = collecting.locator(".bp-words"), knob(collecting, "collected")
    expect(words).to_contain_text("nothing collected")
    drag(page, front, -160, 0)
    expect(words).not_to_contain_text("nothing collected")
    front.focus()
    page.keyboard.press("End")
    expect(words).to_contain_text("δ")
    collecting.get_by_role("button", name="nothing").click()
    expect(words).to_contain_text("nothing collected")


def test_an_equation_is_asked_of_another_neuron_and_its_line_dragged(page: Page, shown):
    equation = shown("equation")
    words, net = equation.locator(".bp-words"), bp.examples.xor_network()
    equation.get_by_role("button", name="neuron H2").click()
    delta = bp.backprop(net, [1, 0], [1]).delta[2][1, 0]
    expect(words).to_contain_text("H2: δ = (w·δ of O1)·σ′(z) = 0.5817·")
    expect(words).to_contain_text(f"= {number(delta)}")
    weight_knob(equation, "H2→O1").focus()
    page.keyboard.press("Home")
    net.w[3][0, 1] = -8
    delta = bp.backprop(net, [1, 0], [1]).delta[2][1, 0]
    expect(words).to_contain_text(f"= {number(delta)}")
    equation.get_by_role("button", name="Published weights").click()
    expect(words).to_contain_text("0.5817")


def test_a_digit_is_drawn_with_mouse_finger_and_keys(page: Page, shown):
    drawing = shown("drawing")
    words, board = drawing.locator(".bp-words"), drawing.get_by_role("application")
    expect(words).to_contain_text("reads 3")
    clear = drawing.get_by_role("button", name="Clear")
    clear.click()
    expect(words).to_contain_text("Nothing is drawn yet")

    def at(x: float, y: float) -> tuple[float, float]:
        box = board.locator("> rect").bounding_box()
        return box["x"] + x / 32 * box["width"], box["y"] + y / 32 * box["height"]

    seven = [at(8, 3), at(24, 3), at(14, 29)]
    page.mouse.move(*seven[0])
    page.mouse.down()
    page.mouse.move(*seven[1], steps=8)
    page.mouse.move(*seven[2], steps=8)
    page.mouse.up()
    expect(board.locator(".trail")).to_have_attribute("d", "")  # all of it has come back
    expect(words).to_contain_text("reads 7")
    before = words.inner_text()
    page.mouse.move(*at(24, 12))
    page.mouse.down()
    page.mouse.move(*at(24, 29))
    expect(words).not_to_have_text(before)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(words).to_contain_text(before)

    clear.click()
    scrolled = "document.querySelector('.jp-WindowedPanel-outer').scrollTop"
    top = page.evaluate(scrolled)
    finger = page.context.new_cdp_session(page)
    for kind, *place in [("touchStart", at(16, 3)), ("touchMove", at(16, 29)), ("touchEnd",)]:
        points = [{"x": x, "y": y} for x, y in place]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(words).to_contain_text("reads 1")
    assert page.evaluate(scrolled) == top

    board.focus()
    page.keyboard.press("Delete")
    expect(words).to_contain_text("Nothing is drawn yet")
    for key in ["ArrowUp"] * 26 + [" "] + ["ArrowDown"] * 26 + ["Enter", "ArrowLeft"]:
        page.keyboard.press(key)
    expect(words).to_contain_text("Pen off the board at 15 across, 29 down. The network reads 1")
    expect(board).to_be_focused()
    drawing.get_by_role("button", name="start again").click()
    expect(words).to_contain_text("reads 3")


def test_a_callback_that_raises_is_shown_and_forgotten_with_the_next_move(page: Page, shown):
    fragile = shown("fragile")
    handle = fragile.get_by_role("slider")
    handle.focus()
    page.keyboard.press("Home")
    expect(fragile.get_by_role("alert")).to_contain_text("ZeroDivisionError")
    page.keyboard.press("End")
    expect(fragile.get_by_role("alert")).to_have_count(0)
    expect(fragile.locator(".bp-words")).to_have_text("1/n = 0.200")


@pytest.mark.parametrize("size", [USUAL, NARROW], ids=["usual", "narrow"])
def test_nothing_overlaps_or_is_cut_off(page: Page, shown, size: dict):
    page.set_viewport_size(size)
    page.wait_for_timeout(300)
    try:
        page.add_script_tag(path=MEASURES)
        found = {name: shown(name).evaluate("root => overlaps(root)") for name in GALLERY}
    finally:
        page.set_viewport_size(USUAL)
    assert not {name: overlaps for name, overlaps in found.items() if overlaps}


@pytest.mark.parametrize("name", [name for name in GALLERY if name != "deep"])
def test_picture_and_controls_are_seen_together(page: Page, shown, name: str):
    explorable = shown(name)
    output = explorable.locator("xpath=ancestor::*[contains(@class, 'jp-Cell-outputArea')]")
    output.evaluate("element => element.scrollIntoView()")
    view = page.locator(".jp-WindowedPanel-outer").bounding_box()
    parts = [".bp-picture", ".bp-sliders", ".bp-top"]
    for part in filter(None, (explorable.locator(part).bounding_box() for part in parts)):
        assert part["y"] + part["height"] <= view["y"] + view["height"] + 1, (name, part, view)


def serious_faults(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page, context=".bp-explorable").response["violations"]
    return [
        (fault["id"], node["html"][:160])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_no_serious_fault(page: Page, shown, theme: str):
    shown("forward")
    try:
        choose_theme(page, theme)
        assert serious_faults(page) == []
    finally:
        choose_theme(page, "Light")


def choose_theme(page: Page, theme: str) -> None:
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^JupyterLab {theme}$")).click()
    is_light = str(theme == "Light").lower()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)


def test_numbers_on_a_drawing_touch_neither_neurons_nor_each_other(browser: Browser):
    """Boxes of 200 random networks, measured by the browser."""
    rng = np.random.default_rng(1)
    page = browser.new_page()
    page.set_content(f"<style>{THEME}{STYLE}</style><div style='width: 1100px'></div>")
    page.add_script_tag(path=MEASURES)
    for i in range(200):
        sizes = rng.integers(1, 7, rng.integers(2, 6))
        net = bp.Network([*map(int, sizes)], activation=str(rng.choice(["tanh", "relu"])))
        for l in net.w:
            net.w[l] *= 10.0 ** rng.uniform(-3, 1)
            net.b[l] = rng.standard_normal(net.b[l].shape) * 10.0 ** rng.uniform(-6, 1)
        sample = Sample(net, rng.standard_normal(sizes[0]), rng.standard_normal(sizes[-1]))
        steps = [j for j, step in enumerate(sample.steps) if step.pass_ == PASSES[i % 2]]
        picture = network_picture(sample, steps[-1], None, 8.0)
        assert page.evaluate("markup => touching(markup)", picture) == [], (sizes, i)
    page.close()


@pytest.fixture
def alone(page: Page, lab: str) -> Locator:
    """The slope explorer in a notebook of its own, just run."""
    open_notebook(page, lab, "one")
    run_all_cells(page)
    return page.locator(".bp-explorable")


def assert_says_to_run_the_cell(page: Page, explorable: Locator) -> None:
    expect(explorable.locator("svg.bp").first).to_be_visible()
    knob(explorable, "w").focus()
    page.keyboard.press("ArrowRight")
    expect(explorable.locator(".bp-silent")).to_be_visible()
    expect(explorable.locator(".bp-silent")).to_contain_text("Run All Cells")


def test_a_picture_whose_kernel_has_restarted_says_what_to_do(page: Page, alone: Locator):
    expect(alone.locator(".bp-silent")).to_be_hidden()
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_text("Restart Kernel…", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert_says_to_run_the_cell(page, alone)


def save_with_widgets(page: Page, stored: str) -> None:
    """Save until the state of the widgets is in the file: at first it may not be known yet."""
    for _ in range(20):
        page.get_by_role("menuitem", name="File", exact=True).click()
        page.get_by_role("menuitem", name=re.compile("^Save Notebook")).first.click()
        page.wait_for_timeout(500)
        if "widgets" in page.request.get(stored).json()["content"]["metadata"]:
            return
    pytest.fail("the widgets were not saved")


def test_so_does_one_whose_notebook_is_opened_again(page: Page, lab: str, alone: Locator):
    save_with_widgets(page, f"{lab}/api/contents/notebooks/one.ipynb?token={TOKEN}")
    open_notebook(page, lab, "one")
    assert_says_to_run_the_cell(page, alone)


def test_an_untrusted_notebook_shows_pictures_before_it_is_run(page: Page, lab: str):
    open_notebook(page, lab, "00_start_here")
    still = page.locator(".jp-OutputArea-output img").first
    expect(still).to_be_visible()
    assert still.evaluate("img => img.naturalWidth") > 600


def test_the_first_notebook_runs_as_its_reader_runs_it(page: Page, run_notebook):
    run_notebook("00_start_here")
    network = page.locator(".bp-explorable").first
    network.scroll_into_view_if_needed()
    drag(page, weight_knob(network, "H2→O1"), 0, -30)
    assert_answers(network, [1, 0], [1])


def test_every_kind_of_output_is_shown(page: Page, run_notebook):
    run_notebook("outputs")
    outputs = page.locator(".jp-Notebook .jp-OutputArea")
    for output in (
        outputs.locator('[data-mime-type="application/vnd.jupyter.stdout"]'),
        outputs.locator('[data-mime-type="image/png"] img'),
        outputs.locator('[data-mime-type="text/html"] svg'),
        outputs.locator('[data-mime-type="text/html"] table.bp-verify'),
    ):
        expect(output).to_be_visible()
