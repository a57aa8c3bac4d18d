"""A notebook as the page shows it: the same cells, whose drawings are part of the page."""

import ast
import json
import re
from copy import deepcopy
from html import escape
from pathlib import Path

from needs import draws, needs

from bpcore.view.style import LIGHT

__all__ = ["cells_of", "description", "page_of", "read"]

PAGE = (
    "On this page you can drag the pictures, run the cells and answer the exercises. Python comes "
    "with the first picture that you reach (17 MB); what you type stays in your browser. Figures "
    "that matplotlib drew are stored pictures."
)
HIDDEN = {"source_hidden": "hide-input", "outputs_hidden": "hide-output"}


def source(cell: dict) -> str:
    """Give the text of a cell."""
    return "".join(cell["source"])


def description(notebook: dict) -> str:
    """Give the question that a notebook asks."""
    return re.search(r"^> \*\*(.+?)\*\*", source(notebook["cells"][0]), re.MULTILINE)[1]


def cells_of(notebook: dict) -> list[dict]:
    """Give what the page must know to run the code cells: code, kind, and the cells they need."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    codes = [source(cell) for cell in cells]
    return [
        {
            "code": code,
            "needs": needed,
            "kind": _kind(cell),
        }
        for cell, code, needed in zip(cells, codes, needs(codes), strict=True)
    ]


def page_of(notebook: dict, name: str) -> dict:
    """Give a notebook whose drawings are SVG in the page, and whose cells have classes."""
    page = deepcopy(notebook)
    for cell in page["cells"]:
        if cell["cell_type"] != "code":
            continue
        folds = cell["metadata"].get("jupyter", {})
        tags = [tag for fold, tag in HIDDEN.items() if folds.get(fold)]
        tagged = cell["metadata"].get("tags", [])
        cell["metadata"]["tags"] = sorted({*tagged, *tags, _kind(cell)})
        for output in cell["outputs"]:
            _put_into_the_page(output, cell)
    link = f'<p class="bp-page">{PAGE} <a href="{name}" download>Download this notebook</a></p>'
    first = {"cell_type": "markdown", "id": "download", "metadata": {}, "source": link}
    page["cells"].insert(1, first)
    return page


def _kind(cell: dict) -> str:
    tags, code = cell["metadata"].get("tags", []), source(cell)
    for kind in ("exercise", "check"):
        if kind in tags:
            return kind
    if any(_is_explorable(output) for output in cell["outputs"]):
        shown = ast.unparse(ast.parse(code).body[-1])
        return "code" if shown.startswith("view.show_") else "live"  # what is no control is there
    # What asks for the installed packages would find no matplotlib there, either.
    return "figure" if draws(code) or "importlib.metadata" in code else "code"


def _is_explorable(output: dict) -> bool:
    return "image/svg+xml" in output.get("data", {})


def _put_into_the_page(output: dict, cell: dict) -> None:
    data = output.get("data", {})
    if _is_explorable(output):
        drawing = "".join(data["image/svg+xml"])
        drawing = re.sub(r'<style>.*?</style>| aria-label="[^"]*"', "", drawing, flags=re.DOTALL)
        for colour, literal in LIGHT.items():  # the page has two themes
            drawing = drawing.replace(literal, f"var(--bp-{colour})")
        words = escape("".join(data["text/plain"]))
        output["data"] = {"text/html": f'<div class="bp bp-still">{drawing}<p>{words}</p></div>'}
    elif "image/png" in data:
        alt = output["metadata"].get("image/png", {}).get("alt", "")
        cell["metadata"]["mystnb"] = {"image": {"alt": alt}}


def read(path: Path) -> dict:
    """Read a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))
