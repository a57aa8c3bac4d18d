"""The book in a browser: how soon a page is seen and is live, how fast it answers, and its size.

The page is notebook 00, in a real Chromium without a screen, from a server on this machine, with
nothing in the browser's cache. Then a weight is dragged, as in latency.py, and two minutes longer.
Prints a table and writes it, with the machine's description, to results/site.json.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from latency import FAST_MOVES, GRIP, SLOW_MOVES, WATCH, latencies
from machine import machine, origin
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from lab import MINUTE, chromium, web_server  # noqa: E402

RESULT = Path(__file__).parent / "results" / "site.json"
PAGE = "notebooks/00_start_here.html"
TIMES = 5
PLAY = 120  # seconds
STARTED = """() => {
  const seen = (look, name) => new MutationObserver((_, observer) => {
    if (!document.querySelector(look)) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window[name] = performance.now())));
  }).observe(document, { subtree: true, childList: true });
  seen(".bp-still svg", "stillAt");
  seen(".bp-explorable svg", "liveAt");
}"""


def start(page: Page, address: str) -> tuple[float, float]:
    """Open the page; give the ms from its HTML until a still and a live picture are painted."""
    page.add_init_script(f"({STARTED})()")
    page.goto(f"{address}/{PAGE}")
    page.wait_for_function("window.liveAt", timeout=MINUTE)
    html = page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")
    return page.evaluate("stillAt") - html, page.evaluate("liveAt") - html


def heap(page: Page) -> float:
    """Give the MB that the page's JavaScript holds."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"] / 1e6


def play(page: Page, seconds: float) -> None:
    """Drag a weight up and down."""
    page.get_by_role("button", name="Published weights").click()
    x, y = page.evaluate(GRIP)
    page.mouse.move(x, y)
    page.mouse.down()
    end, i = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        i += 1
        page.mouse.move(x, y - 60 * np.sin(i / 20))
        page.wait_for_timeout(15)
    page.mouse.up()


def megabytes(paths: list[Path]) -> float:
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def main() -> None:
    with chromium() as browser, tempfile.TemporaryDirectory() as home:
        if browser is None:
            sys.exit("no Chromium: there is nothing to measure with")
        site = Path(home, "site")
        subprocess.run([sys.executable, ROOT / "site" / "build.py", site], check=True)
        with web_server(site) as address:
            starts = []
            for _ in range(TIMES):
                page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
                starts.append(start(page, address))
                if len(starts) < TIMES:
                    page.context.close()
            loaded = (
                "performance.getEntries().reduce((all, e) => all + (e.decodedBodySize ?? 0), 0)"
            )
            of_page = page.evaluate(loaded) / 1e6  # what the worker loads is not among it
            page.locator(".bp-explorable").first.evaluate("element => element.scrollIntoView()")
            page.evaluate(WATCH)
            slow = latencies(page, SLOW_MOVES, waits=True)
            fast = latencies(page, FAST_MOVES, waits=False)
            play(page, PLAY / 10)
            before = heap(page)
            play(page, PLAY)
            after = heap(page)
        whole = megabytes(list(site.rglob("*")))
    stills, lives = np.transpose(starts)
    rows = {
        "HTML to the first still, median": (np.median(stills), "ms"),
        "HTML to the first live picture, median": (np.median(lives) / 1000, "s"),
        "HTML to the first live picture, slowest": (lives.max() / 1000, "s"),
        "move to picture, one at a time, median": (np.median(slow), "ms"),
        "move to picture, one at a time, 95 %": (np.percentile(slow, 95), "ms"),
        "move to picture, 60 a second, 95 %": (np.percentile(fast, 95), "ms"),
        "the page's JavaScript before two minutes of dragging": (before, "MB"),
        "the page's JavaScript after them": (after, "MB"),
        "one page without Python": (of_page, "MB"),
        "the whole site": (whole, "MB"),
    }
    for name, (value, unit) in rows.items():
        print(f"{name:54}{value:8.1f} {unit}")
    table = {f"{name}, {unit}": round(float(value), 3) for name, (value, unit) in rows.items()}
    result = machine() | origin() | {"site": table}
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
