"""The book in a real Chromium: two of its pages, as a reader uses them. All hosts but this one are
blocked."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import MINUTE, web_server
from playwright.sync_api import Browser, Locator, Page, expect

import bpcore as bp
from bpcore import view

ROOT = Path(__file__).parents[1]
WEIGHTS = list(bp.examples.XOR_PUBLISHED["weight"])
SENTENCE = "is not what it should be"
expect.set_options(timeout=20_000)


def build(site: Path, target: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, site / "build.py", target]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory):
    """Build the book once, and hand it out; give its address, and its folder."""
    if shutil.which("npm") is None and not list((ROOT / "site/cache").glob("*.tgz")):
        if os.environ.get("CI"):
            pytest.fail("no npm: the site must be built here")
        pytest.skip("no npm, which fetches Pyodide and MathJax")
    folder = tmp_path_factory.mktemp("site") / "book"
    done = build(ROOT / "site", folder)
    assert done.returncode == 0, done.stderr
    with web_server(folder) as address:
        yield address, folder


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """What the pages have asked of other hosts, or in vain."""
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, site, asked: list[str]):
    address, _ = site
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.on("response", lambda answer: answer.ok or asked.append(answer.url))

    def only_here(route):
        if route.request.url.startswith((address, "data:")):
            return route.continue_()
        asked.append(route.request.url)
        return route.abort()

    page.context.route("**/*", only_here)
    yield page
    page.close()


@pytest.fixture(scope="module")
def start_here(page: Page, site) -> Page:
    page.goto(f"{site[0]}/notebooks/00_start_here.html")
    return page


@pytest.fixture(scope="module")
def gradients(page: Page, site) -> Page:
    page.goto(f"{site[0]}/notebooks/01_gradients.html")
    return page


def check(page: Page, answer: str) -> Locator:
    """Write an answer to the first exercise, and have it checked; give where the reply stands."""
    page.get_by_label("Your answer").first.fill(answer)
    cell = page.locator(".tag_check").first
    cell.get_by_role("button", name="Check").click()
    return cell.locator(".cell_output")


def run(page: Page, code: str) -> Locator:
    """Run code in the cell of the first exercise; give what it shows."""
    page.get_by_label("Your answer").first.fill(code)
    cell = page.locator(".tag_exercise").first
    cell.get_by_role("button", name="Run", exact=False).first.click()
    return cell.locator(".cell_output")


def test_a_still_is_there_at_once_and_nine_named_sliders_follow(start_here: Page):
    expect(start_here.locator(".tag_live .bp svg").first).to_be_visible(timeout=2000)
    network = start_here.locator(".bp-explorable").first
    expect(network).to_be_visible(timeout=MINUTE)
    ours = view.network_sliders(panel=False)
    words = network.locator(".bp-words")
    expect(words).to_have_text(ours.shown.said or ours.words)
    for name in WEIGHTS:
        kind = "bias" if name[0] == "B" else "weight"
        knob = network.get_by_role("slider", name=f"{kind} {name}", exact=True)
        knob.press("PageUp")
        control = ours.controls[name]
        step = control.step
        control.value = round((control.value + 10 * step) / step) * step
        expect(words).to_have_text(ours.shown.said or ours.words)
    drawn = network.locator("svg").first.text_content()
    assert drawn == re.sub(r"<[^>]*>", "", ours.shown.picture)


def test_a_weight_is_dragged(start_here: Page):
    network = start_here.locator(".bp-explorable").first
    network.get_by_role("button", name="Published weights").click()
    words = network.locator(".bp-words")
    expect(words).to_contain_text("O1 answers 0.7550")
    network.evaluate("element => element.scrollIntoView()")
    line = network.locator('[data-knob="H2→O1"] line.hit')
    x, y = line.evaluate(
        """line => {
          const middle = (a) => (line[a + "1"].baseVal.value + line[a + "2"].baseVal.value) / 2;
          const at = new DOMPoint(middle("x"), middle("y")).matrixTransform(line.getScreenCTM());
          return [at.x, at.y];
        }"""
    )
    start_here.mouse.move(x, y)
    start_here.mouse.down()
    start_here.mouse.move(x, y - 60, steps=10)
    start_here.mouse.up()
    expect(words).not_to_contain_text("O1 answers 0.7550")


def test_axe_finds_no_serious_fault(start_here: Page):
    found = Axe().run(start_here).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert not serious, [(each["id"], each["nodes"][0]["html"]) for each in serious]


def test_an_answer_is_checked_and_kept(gradients: Page):
    reply = check(gradients, "slope_by_hand = 2 * np.pi\nwhich_way = 'up'")
    expect(reply).to_contain_text("you have cos(π) = +1, and it is −1", timeout=MINUTE)
    right = "slope_by_hand = -2 * np.pi\nwhich_way = 'up'"
    expect(check(gradients, right)).to_have_text("Exercise 1: right, -6.283185307.")
    gradients.reload()
    expect(gradients.get_by_label("Your answer").first).to_have_value(right)


def test_an_error_is_told_as_jupyter_tells_it(gradients: Page):
    shown = run(gradients, "def share(n):\n    return 1 / n\n\nshare(0)")
    told = r"-----\nZeroDivisionError +Traceback.*\nCell In\[\d+\], line 4\n.*----> 4 share\(0\)"
    expect(shown).to_contain_text(re.compile(told, re.DOTALL))
    expect(shown).to_contain_text("ZeroDivisionError: division by zero")


def test_an_endless_loop_is_stopped_and_python_comes_back(gradients: Page):
    shown = run(gradients, "while True:\n    print('on and on')")
    expect(shown).to_contain_text("on and on")
    gradients.get_by_role("button", name="Stop").click()
    expect(shown).to_contain_text("Python was stopped")
    expect(run(gradients, "print(6 * 7)")).to_have_text("42", timeout=MINUTE)


def test_it_can_be_read_on_a_telephone(gradients: Page):
    gradients.set_viewport_size({"width": 390, "height": 800})
    width = gradients.evaluate("document.documentElement.scrollWidth")
    gradients.set_viewport_size({"width": 1366, "height": 768})
    assert width <= 390


def test_other_pages_open_too_and_nothing_was_asked_of_another_host(page: Page, site, asked):
    for path in ("index.html", "TEACHING.html", "notebooks/glossary.html", "search.html?q=delta"):
        page.goto(f"{site[0]}/{path}")
    expect(page.locator("#search-results li").first).to_be_visible()
    assert asked == []


def test_opened_as_a_file_the_stills_stay_and_a_sentence_says_why(browser: Browser, site):
    page = browser.new_page()
    page.goto((site[1] / "notebooks/00_start_here.html").as_uri())
    expect(page.locator(".bp-why").first).to_contain_text("opened as a file", timeout=5000)
    expect(page.locator(".bp-still svg").first).to_be_visible()
    page.close()


@pytest.mark.parametrize("part", ["wheels/numpy*.whl", "cache/pyodide*.tgz"])
def test_a_broken_part_stops_the_build_with_a_sentence(site, tmp_path: Path, part: str):
    copy = tmp_path / "site"
    shutil.copytree(ROOT / "site", copy)
    broken = next(copy.glob(part))
    broken.write_bytes(broken.read_bytes()[:-1] + b"?")
    done = build(copy, tmp_path / "book")
    assert done.returncode != 0
    assert SENTENCE in done.stderr
    assert "Traceback" not in done.stderr


def test_each_page_says_what_it_is(site):
    for path in sorted((site[1] / "notebooks").glob("*.html")):
        head = path.read_text(encoding="utf-8").partition("</head>")[0]
        assert re.search(r"<title>[^<]+ - See why", head)
        assert re.search('<meta name="description" content="[^"]{20,}"', head)
        picture = re.search('og:image" content="([^"]+)"', head)[1]
        assert (site[1] / picture).is_file()
    assert sum(path.stat().st_size for path in site[1].rglob("*")) < 40e6
