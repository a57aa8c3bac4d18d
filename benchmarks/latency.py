"""From the hand to the picture: how long after a move of the mouse the drawing is painted.

A weight of the XOR network is dragged in a real JupyterLab, in a real Chromium without a screen.
Once slowly: each move waits for the picture of the one before. Then 60 moves a second, as a hand
makes them. Each move counts until the first painted picture that shows its value or a later one.
Prints a table and writes it, with the machine's description, to results/latency.json.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from machine import machine, origin
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from lab import chromium, jupyterlab, notebook, open_alone, run_all_cells  # noqa: E402

RESULT = Path(__file__).parent / "results" / "latency.json"
CELL = "from bpcore import view\nview.network_sliders(view='backward')"
SLOW_MOVES, FAST_MOVES = 200, 300
FRAME = 1000 / 60  # ms
WATCH = """() => {
  const root = document.querySelector(".bp-explorable");
  const native = root.querySelector('.bp-slider[data-for="H2→O1"] output');
  const shown = () => root.querySelector('[data-weight="H2→O1"] text').textContent;
  const read = (text) => Number(text.replace("−", "-"));
  window.moves = [];
  window.paints = [];
  const note = () => moves.push([performance.now(), read(native.textContent)]);
  root.addEventListener("pointermove", note);
  new MutationObserver(() => {
    const value = read(shown());
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => paints.push([performance.now(), value]);
      painted.port2.postMessage(0);
    });
  }).observe(root.querySelector(".bp-picture"),
    { subtree: true, childList: true, characterData: true, attributes: true });
}"""
GRIP = """() => {
  const line = document.querySelector('[data-knob="H2→O1"] line.hit'), m = line.getScreenCTM();
  const middle = (a) => (line[a + "1"].baseVal.value + line[a + "2"].baseVal.value) / 2;
  const at = new DOMPoint(middle("x"), middle("y")).matrixTransform(m);
  return [at.x, at.y];
}"""


def latencies(page: Page, moves: int, *, waits: bool) -> np.ndarray:
    """Drag upward by half a px a move; give the ms from each move to its picture."""
    page.get_by_role("button", name="Published weights").click()
    page.wait_for_timeout(500)
    page.evaluate("() => { moves.length = paints.length = 0; }")
    x, y = page.evaluate(GRIP)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 5)
    page.wait_for_timeout(300)
    page.evaluate("() => { moves.length = paints.length = 0; }")
    for i in range(moves):
        page.mouse.move(x, y - 5 - 0.5 * i)  # always upward, so that each value comes once
        page.wait_for_timeout(120 if waits else FRAME)
    page.wait_for_timeout(500)
    page.mouse.up()
    moved, painted = (np.array(page.evaluate(name)) for name in ("moves", "paints"))
    moved = moved[np.diff(moved[:, 1], prepend=np.inf) != 0]  # the others change no digit
    print(f"{len(moved)} moves, {len(painted)} pictures", file=sys.stderr)
    return np.array([_until_seen(*move, moved, painted) for move in moved])


def _until_seen(at: float, value: float, moved: np.ndarray, painted: np.ndarray) -> float:
    later = moved[moved[:, 0] >= at][:, 1]
    for when, shown in painted[painted[:, 0] > at]:
        if np.abs(later - shown).min() < 0.006:
            return when - at
    return np.inf


def main() -> None:
    with chromium() as browser, tempfile.TemporaryDirectory() as home:
        if browser is None:
            sys.exit("no Chromium: there is nothing to measure with")
        Path(home, "drag.ipynb").write_text(json.dumps(notebook(CELL)), encoding="utf-8")
        with jupyterlab(Path(home)) as lab:
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            open_alone(page, lab, "drag.ipynb")
            run_all_cells(page)
            page.locator(".bp-explorable").scroll_into_view_if_needed()
            page.evaluate(WATCH)
            slow = latencies(page, SLOW_MOVES, waits=True)
            fast = latencies(page, FAST_MOVES, waits=False)
    half = len(fast) // 2
    rows = {
        "one move at a time": slow,
        "60 moves a second, first half": fast[:half],
        "60 moves a second, second half": fast[half:],
    }
    table = {
        name: {"median ms": float(np.median(ms)), "p95 ms": float(np.percentile(ms, 95))}
        for name, ms in rows.items()
    }
    print(f"{'from a move to its painted picture':36}{'median':>9}{'95 %':>9}")
    for name, row in table.items():
        print(f"{name:36}{row['median ms']:6.0f} ms{row['p95 ms']:6.0f} ms")
    print(f"The limit: at 60 pictures a second, each waits up to {FRAME:.0f} ms for its turn.")
    result = machine() | origin() | {"latency": table}
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
