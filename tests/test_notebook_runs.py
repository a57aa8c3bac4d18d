"""Every notebook as a reader runs it: twice in one kernel, and with interruptions."""

import json
import threading
import time
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

FOLDER = Path(__file__).parents[1] / "notebooks"
LONG = 0.5  # s

# Python tells this hook of every file it opens and of every connection.
WATCH = """
import os, sys
touched = []

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, (str, bytes)) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            touched.append(f"{event} {path}")
    elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.remove"):
        touched.append(f"{event} {arguments}")

sys.addaudithook(watch)
"""


class Kernel:
    def __init__(self, folder: Path) -> None:
        self.manager, self.client = start_new_kernel(cwd=str(folder))

    def run(self, code: str, interrupt_after: float | None = None) -> tuple[str, str | None]:
        """Run a cell; give what it printed, and the name of its error."""
        printed = []

        def collect(message: dict) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        timer = threading.Timer(interrupt_after or 0, self.manager.interrupt_kernel)
        if interrupt_after is not None:
            timer.start()
        reply = self.client.execute_interactive(code, timeout=120, output_hook=collect)
        timer.cancel()  # the cell was faster than before
        return "".join(printed), reply["content"].get("ename")

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def code_cells(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    kernel = Kernel(FOLDER)
    yield kernel
    kernel.stop()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_runs_again_after_interruptions_and_leaves_nothing(path: Path, kernel: Kernel):
    cells = code_cells(path)
    kernel.run(cells[0])  # what libraries do when they are first imported is theirs
    kernel.run(WATCH)
    first, seconds = [], []
    for cell in cells:
        start = time.perf_counter()
        printed, error = kernel.run(cell)
        seconds.append(time.perf_counter() - start)
        assert error is None, cell
        first.append(printed)

    for cell, before, took in zip(cells, first, seconds, strict=True):
        if took > LONG:
            _, error = kernel.run(cell, interrupt_after=took / 3)
            assert error in ("KeyboardInterrupt", None)
            kernel.run("pass")  # takes an interruption that comes too late
        printed, error = kernel.run(cell)
        assert error is None, cell
        assert printed == before or "NBVAL_IGNORE_OUTPUT" in cell

    touched, _ = kernel.run("print(*touched, sep='\\n')")
    assert touched.strip() == ""
