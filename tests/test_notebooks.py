"""The stored notebooks: executed, checked, readable where nothing runs. nbval compares outputs."""

import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def cells(path: Path, kind: str) -> list[dict]:
    found = [c for c in json.loads(text(path))["cells"] if c["cell_type"] == kind]
    return [c for c in found if "".join(c["source"]).strip()]


def source(path: Path, kind: str) -> str:
    return "\n".join("".join(c["source"]) for c in cells(path, kind))


def printed(path: Path) -> str:
    outputs = [output for c in cells(path, "code") for output in c["outputs"]]
    return "".join("".join(output.get("text", "")) for output in outputs)


def tags(path: Path) -> set[str]:
    return set(re.findall(r"\\tag\{([^}]*)\}", source(path, "markdown")))


def test_notebooks_are_numbered():
    numbers = [path.name[:3] for path in PATHS]
    assert len(set(numbers)) == len(PATHS)
    assert all(re.fullmatch(r"\d\d_", number) for number in numbers)


@every_notebook
def test_every_numbered_equation_is_checked_and_holds(path: Path):
    checked = set(re.findall(r'verify\(\s*"([^"]+)"', source(path, "code")))
    known = set().union(*(tags(earlier) for earlier in PATHS if earlier <= path))
    assert tags(path) <= checked <= known
    assert tags(path) <= set(re.findall(r"^\(([^)]+)\) holds to", printed(path), re.M))


@every_notebook
def test_no_equation_number_is_given_twice(path: Path):
    found = re.findall(r"\\tag\{([^}]*)\}", source(path, "markdown"))
    assert len(found) == len(set(found))


@every_notebook
def test_stored_executed_in_order_without_errors(path: Path):
    code = cells(path, "code")
    assert [c["execution_count"] for c in code] == list(range(1, len(code) + 1))
    outputs = [output for c in code for output in c["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


@every_notebook
def test_stored_without_traces_of_a_machine(path: Path):
    stored = text(path)
    assert not re.search(r"/(home|Users|root|tmp|work)/|[A-Z]:\\\\", stored)
    metadata = json.loads(stored)["metadata"]
    assert "widgets" not in metadata
    assert not re.search(r'"execution": \{', stored)


@every_notebook
def test_every_picture_has_words(path: Path):
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            data = output.get("data", {})
            if "image/png" in data:
                assert len(output["metadata"]["image/png"]["alt"]) > 40
            if "application/vnd.jupyter.widget-view+json" in data:
                assert "<desc>" in "".join(data["image/svg+xml"])
                assert len("".join(data["text/plain"])) > 40


@every_notebook
def test_opens_and_ends_as_all_do(path: Path):
    texts = ["".join(c["source"]) for c in cells(path, "markdown")]
    assert re.match(rf"# {path.name[:2]} · ", texts[0])
    for part in ("You will be able to", "You need", "Time"):
        assert f"*{part}" in texts[0]
    assert any(part.startswith("## What you know now") for part in texts)
    assert re.search(r"\]\(\d\d_\w+\.ipynb\)", texts[-1])


@every_notebook
def test_links_lead_somewhere(path: Path):
    for target in re.findall(r"\]\(([^)]+)\)", source(path, "markdown")):
        assert (FOLDER / target).exists(), target


@every_notebook
def test_cells_are_short(path: Path):
    assert max("".join(c["source"]).count("\n") + 1 for c in cells(path, "code")) <= 20
    for c in cells(path, "markdown"):
        assert len("".join(c["source"]).split()) <= 220


def test_few_cells_escape_the_comparison_and_each_says_why():
    code = [c for path in PATHS for c in cells(path, "code")]
    ignored = [
        "".join(c["source"])
        for c in code
        if "nbval-ignore-output" in c["metadata"].get("tags", []) or "NBVAL" in "".join(c["source"])
    ]
    assert len(ignored) <= len(code) / 10
    assert all(code.startswith("# NBVAL_IGNORE_OUTPUT\n# ") for code in ignored)
