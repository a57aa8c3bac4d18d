"""A real JupyterLab, a web server and a real Chromium, for the browser tests and measurements."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, Page, expect, sync_playwright

__all__ = [
    "MINUTE",
    "TOKEN",
    "chromium",
    "jupyterlab",
    "notebook",
    "open_alone",
    "run_all_cells",
    "web_server",
]

TOKEN = "test"
MINUTE = 60_000  # ms
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
OWN_FOLDERS = (
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
)


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """Start Chromium; None if there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS.split())
        yield browser
        browser.close()


@contextmanager
def jupyterlab(home: Path) -> Iterator[str]:
    """Start JupyterLab on a folder, with settings of its own in it; give its address."""
    tracker = home / "JUPYTERLAB_SETTINGS_DIR/@jupyterlab/notebook-extension"
    tracker.mkdir(parents=True)
    (tracker / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = f"-m jupyterlab --no-browser --ip 127.0.0.1 --port {port} --allow-root"
    options = [f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0"]
    with (home / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, *command.split(), *options, f"--ServerApp.root_dir={home}"],
            env={**os.environ, **{name: str(home / name) for name in OWN_FOLDERS}},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, server, home / "log")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:  # on a busy machine, its kernels take long to shut down
            server.kill()
            server.wait()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """Hand out a folder of plain files; give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _wait_until_up(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


def notebook(*codes: str) -> dict:
    """Give a notebook with these code cells, as JSON holds it."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [cell | {"id": f"cell-{i}", "source": code} for i, code in enumerate(codes)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def open_alone(page: Page, lab: str, path: str) -> None:
    """Open a notebook after the one before has been closed and its kernel shut down."""
    page.goto("about:blank")
    kernels = f"{lab}/api/kernels"
    for kernel in page.request.get(f"{kernels}?token={TOKEN}").json():
        page.request.delete(f"{kernels}/{kernel['id']}?token={TOKEN}")
    page.goto(f"{lab}/lab/tree/{path}?token={TOKEN}&reset")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=MINUTE)


def run_all_cells(page: Page) -> None:
    """Clear the notebook, run all cells, and wait until the last one has run."""
    for menu, command in (("Edit", "Clear Outputs of All Cells"), ("Run", "Run All Cells")):
        page.get_by_role("menuitem", name=menu, exact=True).click()
        page.get_by_role("menuitem", name=command, exact=True).click()
    last_prompt = page.locator(".jp-CodeCell .jp-InputArea-prompt").last
    expect(last_prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=MINUTE)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=MINUTE)
