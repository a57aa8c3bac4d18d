"""Notebooks in a real JupyterLab, in a real Chromium, used with the keyboard.

Each test runs all cells of its notebook anew, and tests of one notebook follow each other: the page
stays open until another notebook is wanted.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

import bpcore as bp
from bpcore.view.style import number

ROOT = Path(__file__).parents[1]
TOKEN = "test"
MINUTE = 60_000  # ms
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: the browser tests must run here")
        pytest.skip("no Chromium")
    quiet = "--disable-gpu --disable-quic --no-first-run --disable-background-networking"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", *quiet.split()]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(browser: Browser):
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory):
    """Start JupyterLab on a copy of what is read, with settings of its own; give its address."""
    home = tmp_path_factory.mktemp("lab")
    for folder in ("notebooks", "benchmarks"):
        shutil.copytree(
            ROOT / folder, home / folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
        )
    tracker = home / "JUPYTERLAB_SETTINGS_DIR/@jupyterlab/notebook-extension"
    tracker.mkdir(parents=True)
    (tracker / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    own = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR", "LAB_SETTINGS_DIR", "LAB_WORKSPACES_DIR")
    folders = {name: str(home / name) for name in ("IPYTHONDIR", *(_jupyter(n) for n in own))}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = f"-m jupyterlab --no-browser --ip 127.0.0.1 --port {port} --allow-root"
    options = [f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0"]
    with (home / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, *command.split(), *options, f"--ServerApp.root_dir={home}"],
            env={**os.environ, **folders},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, server, home / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _jupyter(name: str) -> str:
    return f"JUPYTER{name}" if name.startswith("LAB_") else f"JUPYTER_{name}"


def _wait_until_up(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}")
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture
def run_notebook(page: Page, lab: str):
    """Give a function that opens a notebook, if it is not open already, and runs all its cells."""

    def run(name: str) -> None:
        if name not in page.url:
            open_alone(page, lab, name)
        run_all_cells(page)
        assert_no_error(page)

    return run


def open_alone(page: Page, lab: str, name: str) -> None:
    """Open a notebook after the one before has been closed and its kernel shut down."""
    page.goto("about:blank")
    kernels = f"{lab}/api/kernels"
    for kernel in page.request.get(f"{kernels}?token={TOKEN}").json():
        page.request.delete(f"{kernels}/{kernel['id']}?token={TOKEN}")
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?token={TOKEN}&reset")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=MINUTE)


def run_all_cells(page: Page) -> None:
    """Clear the notebook, run all cells, and wait until the last one has run."""
    for menu, command in (("Edit", "Clear Outputs of All Cells"), ("Run", "Run All Cells")):
        page.get_by_role("menuitem", name=menu, exact=True).click()
        page.get_by_role("menuitem", name=command, exact=True).click()
    last_prompt = page.locator(".jp-CodeCell .jp-InputArea-prompt").last
    expect(last_prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=MINUTE)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=MINUTE)


def assert_no_error(page: Page) -> None:
    outputs = page.locator(".jp-Notebook .jp-OutputArea")
    for kind in ("error", "stderr"):
        shown = outputs.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]')
        expect(shown).to_have_count(0)
    expect(outputs.get_by_text("Error displaying widget")).to_have_count(0)
    expect(outputs.get_by_role("alert")).to_have_count(0)


def slider(page: Page, name: str) -> Locator:
    return page.locator(".widget-hslider").filter(has_text=name).get_by_role("slider")


def drawn(page: Page, neuron: str) -> Locator:
    return page.locator(f'svg.bp [data-neuron="{neuron}"] .big')


def xor_output(**changed: float) -> float:
    net = bp.examples.xor_network()
    net.w[3][0, 1] = changed.get("H2→O1", net.w[3][0, 1])
    return bp.forward(net, [1, 0]).a[3].item()


def test_a_weight_moved_with_the_keyboard_moves_the_answer(page: Page, run_notebook):
    run_notebook("00_start_here")
    expect(drawn(page, "O1")).to_have_text(number(xor_output()))

    handle = slider(page, "H2→O1")
    handle.scroll_into_view_if_needed()
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert float(handle.get_attribute("aria-valuetext")) == pytest.approx(0.63)
    expect(drawn(page, "O1")).to_have_text(number(xor_output(**{"H2→O1": 0.63})))


def test_the_step_button_lowers_the_cost_and_published_brings_it_back(page: Page, run_notebook):
    run_notebook("00_start_here")
    C = bp.cost(bp.examples.xor_network(), [1, 0], [1])
    button = page.get_by_role("button", name=re.compile("Step downhill"))
    button.focus()
    page.keyboard.press("Enter")
    status = page.locator(".widget-html").get_by_text("before")
    expect(status).to_contain_text(f"before {C:.6f}")
    after = float(re.search(r"after ([\d.]+)", status.inner_text()).group(1))
    assert after < C
    expect(page.locator("svg.bp")).to_contain_text(f"C = {number(after)[:6]}")

    page.get_by_role("button", name="Published weights").click()
    expect(drawn(page, "O1")).to_have_text(number(xor_output()))


@pytest.mark.parametrize("key", ["Home", "End"])
def test_every_weight_at_its_extreme_gives_finite_numbers(page: Page, run_notebook, key: str):
    run_notebook("00_start_here")
    handles = page.locator(".jp-OutputArea .widget-hslider").get_by_role("slider")
    assert handles.count() == 9
    for i in range(9):
        handles.nth(i).focus()
        page.keyboard.press(key)
    panel = page.locator(".bp-panel")
    expect(panel).to_contain_text("−8" if key == "Home" else "8")
    expect(page.locator("svg.bp")).to_contain_text("saturated")
    assert not re.search(r"nan|inf|Traceback", page.locator("svg.bp").text_content())


def test_input_view_and_step_work_from_the_keyboard(page: Page, run_notebook):
    run_notebook("00_start_here")
    answer = bp.forward(bp.examples.xor_network(), [0, 0]).a[3].item()
    page.get_by_role("button", name="[0, 0] → 0").focus()
    page.keyboard.press("Space")
    expect(drawn(page, "O1")).to_have_text(number(answer))

    page.get_by_role("button", name="Backward").focus()
    page.keyboard.press("Space")
    delta = bp.backprop(bp.examples.xor_network(), [0, 0], [0]).delta[3].item()
    expect(drawn(page, "O1")).to_have_text(number(delta, 3))

    page.get_by_role("button", name="◂ back").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".bp-panel h4")).to_contain_text("BP3")

    # JupyterLab keeps a bare arrow key for itself: a menu is opened with the space bar.
    page.get_by_label("Explain").focus()
    for key in ("Space", "End", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".bp-panel h4")).to_contain_text("B2→O1")


def test_fast_clicks_on_the_step_button_lose_nothing(page: Page, run_notebook):
    """The browser answers late; its answers must not undo what the kernel has done since."""
    run_notebook("00_start_here")
    net = bp.examples.xor_network()
    for _ in range(20):
        g = bp.backprop(net, [1, 0], [1])
        for l in net.w:
            net.w[l] -= 0.7 * g.w[l]
            net.b[l] -= 0.7 * g.b[l]
    page.get_by_role("button", name=re.compile("Step downhill")).focus()
    for _ in range(20):
        page.keyboard.press("Enter")
        page.wait_for_timeout(15)
    expect(page.locator(".widget-html-content").filter(has_text="before")).to_contain_text(
        f"after {bp.cost(net, [1, 0], [1]):.6f}"
    )
    expect(drawn(page, "O1")).to_have_text(number(bp.forward(net, [1, 0]).a[3].item()))


def test_the_point_on_the_error_curve_moves_with_the_keyboard(page: Page, run_notebook):
    run_notebook("01_gradients")
    handle = page.locator(".widget-hslider").get_by_role("slider").first
    handle.focus()
    page.keyboard.press("ArrowRight")
    slope = number(bp.examples.error_curve().slope(1.405))
    text = page.locator(".widget-html-content").filter(has_text=re.compile(r"^At w"))
    expect(text).to_contain_text("w = 1.405 the error is")
    expect(text).to_contain_text(f"slope {slope}, negative")


def test_a_path_is_chosen_with_the_keyboard(page: Page, run_notebook):
    run_notebook("07_sum_over_paths")
    page.get_by_role("button", name="H2.3").focus()
    page.keyboard.press("Space")
    expect(page.locator(".bp-panel tr.marked")).to_contain_text("I1 → H2.3 → H3.1 → O1")


def test_every_kind_of_output_is_shown(page: Page, run_notebook):
    run_notebook("05_checking")
    outputs = page.locator(".jp-Notebook .jp-OutputArea")
    for shown in (
        outputs.locator('[data-mime-type="application/vnd.jupyter.stdout"]'),
        outputs.locator('[data-mime-type="image/png"] img'),
        outputs.locator('[data-mime-type="text/html"] svg'),
        outputs.locator(".widget-vbox svg.bp"),
    ):
        expect(shown.first).to_be_visible()


def test_an_epsilon_is_chosen_with_the_keyboard(page: Page, run_notebook):
    run_notebook("05_checking")
    page.locator(".widget-hslider").get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    text = page.locator(".widget-html-content").filter(has_text=re.compile("^ε = "))
    expect(text).to_contain_text("ε = 1.8e-07")
