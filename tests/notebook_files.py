"""The notebooks as files: which there are, and what is stored in their cells."""

import json
import re
from configparser import ConfigParser
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@cache
def all_cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def cells(path: Path, kind: str) -> list[dict]:
    return [c for c in all_cells(path) if c["cell_type"] == kind and source(c).strip()]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def is_tagged(cell: dict, tag: str) -> bool:
    return tag in cell["metadata"].get("tags", [])


def opens_exercises(cell: dict) -> bool:
    """Whether a section of exercises begins here: the last one, or one in the middle."""
    return source(cell).startswith(("## Exercises", "## Now you"))


def varies(cell: dict) -> bool:
    """Whether another output than the stored one is right as well."""
    marks = (source(cell), *cell["metadata"].get("tags", []))
    return any("nbval" in mark.casefold() for mark in marks)


def steady(text: str) -> str:
    """Leave out what is chance, by the rules that nbval follows, too."""
    rules = ConfigParser()
    rules.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    for name in rules.sections():
        text = re.sub(rules[name]["regex"], rules[name]["replace"], text)
    return text


def stored_text(cell: dict) -> str:
    """What a cell printed when it was stored, and then what it displayed, in words."""
    printed = [output["text"] for output in cell["outputs"] if "text" in output]
    displayed = [output["data"]["text/plain"] for output in cell["outputs"] if "data" in output]
    return "".join(map("".join, printed)) + "".join("".join(text) + "\n" for text in displayed)
