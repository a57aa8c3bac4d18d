"""A reader of a notebook: runs every cell twice, is impatient with slow ones, and is watched."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from types import FrameType

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from notebook_files import FOLDER, cells, source
from threadpoolctl import threadpool_limits
from traitlets.config import Config

IMPATIENCE = 0.2  # s
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT
OUTSIDE = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system")
OUTSIDE += ("os.remove", "os.rename", "os.mkdir", "os.rmdir")


class Watch:
    """Writes down what happens to files and to the network while it is on."""

    def __init__(self) -> None:
        self.seen, self.is_on = [], False
        sys.addaudithook(self.note)  # for good: Python does not let it go again

    def note(self, event: str, arguments: tuple) -> None:
        if not self.is_on:
            return
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes) and flags & TO_WRITE:
                self.seen.append(f"{event} {path}")
        elif event in OUTSIDE:
            self.seen.append(f"{event} {arguments}")

    def __enter__(self) -> None:
        self.is_on = True

    def __exit__(self, *_: object) -> None:
        self.is_on = False


WATCH = Watch()


class Reader:
    """Someone who reads a notebook from its first cell to its last, in this process.

    `first` and `again` are what the cells show, in order; `touched` is what they have done to
    files and to the network.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        InteractiveShell.clear_instance()
        no_history = Config(HistoryManager={"enabled": False})
        self.shell = InteractiveShell.instance(config=no_history)

    def read(self) -> None:
        codes = [source(cell) for cell in cells(self.path, "code")]
        self.run(codes[0])  # what libraries do when they are first imported is theirs
        WATCH.seen.clear()
        self.first, self.again = [], []
        for code in codes:
            self.first.append(self.run(code))
            self.again.append(self.run_impatiently(code))
        self.touched = list(WATCH.seen)

    def run(self, code: str) -> str:
        """Run a cell; give what it prints, and then what it displays, in words."""
        with chdir(FOLDER), self.shell.display_trap, capture_output() as shown, WATCH:
            result = self.shell.run_cell(code)
        result.raise_error()
        displayed = [output.data["text/plain"] + "\n" for output in shown.outputs]
        return shown.stdout + "".join(displayed)

    def run_impatiently(self, code: str) -> str:
        """Run a cell, but interrupt it if that takes long, and then run it to its end."""
        with alarm(IMPATIENCE, self.shell.user_ns) as interruptions:
            try:
                shown = self.run(code)
            except KeyboardInterrupt:
                if not interruptions:  # someone stops the tests
                    raise
        return self.run(code) if interruptions else shown


@contextmanager
def alarm(seconds: float, namespace: dict) -> Iterator[list]:
    """Interrupt what runs in a namespace, once; what else may run then is left alone."""
    interruptions = []
    if not hasattr(signal, "setitimer"):  # on Windows nobody is impatient
        yield interruptions
        return

    def interrupt(_: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_globals is not namespace:
            frame = frame.f_back
        if frame is not None:
            interruptions.append(seconds)
            raise KeyboardInterrupt

    kept = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield interruptions
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, kept)


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Read a notebook; whatever it changes in Python or its libraries is put back afterwards."""
    reader, kept = Reader(path), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        with mpl.rc_context(), np.errstate(), np.printoptions(), threadpool_limits():
            reader.read()
            yield reader
    finally:
        plt.close("all")
        sys.dont_write_bytecode = kept
        reader.shell.restore_sys_module_state()
        InteractiveShell.clear_instance()
