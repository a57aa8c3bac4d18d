"""The stored notebooks: executed, checked, readable where nothing runs. nbval compares outputs."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from notebook_files import (
    FOLDER,
    PATHS,
    ROOT,
    all_cells,
    cells,
    every_notebook,
    opens_exercises,
    source,
    stored_text,
    varies,
)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sources(path: Path, kind: str) -> str:
    return "\n".join(source(c) for c in cells(path, kind))


def shown(path: Path) -> str:
    return "".join(stored_text(c) for c in cells(path, "code"))


def tags(path: Path) -> set[str]:
    return set(re.findall(r"\\tag\{([^}]*)\}", sources(path, "markdown")))


def test_notebooks_are_numbered():
    numbers = [path.name[:3] for path in PATHS]
    assert len(set(numbers)) == len(PATHS)
    assert all(re.fullmatch(r"\d\d_|A\d_", number) for number in numbers)


@every_notebook
def test_every_numbered_equation_is_checked_and_holds(path: Path):
    checked = set(re.findall(r'verify\(\s*"([^"]+)"', sources(path, "code")))
    known = set().union(*(tags(earlier) for earlier in PATHS if earlier <= path))
    assert tags(path) <= checked <= known
    assert tags(path) <= set(re.findall(r"^\(([^)]+)\) .*left .* right ", shown(path), re.M))


@every_notebook
def test_no_equation_number_is_given_twice(path: Path):
    found = re.findall(r"\\tag\{([^}]*)\}", sources(path, "markdown"))
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
            if "image/svg+xml" in data:
                assert "<desc>" in "".join(data["image/svg+xml"])
                assert len("".join(data["text/plain"])) > 40


@every_notebook
def test_stored_without_what_changes_with_every_run(path: Path):
    """Random numbers of widgets, and where the kernel happened to cut what a cell prints."""
    for cell in cells(path, "code"):
        kinds = [kind for output in cell["outputs"] for kind in output.get("data", {})]
        assert "application/vnd.jupyter.widget-view+json" not in kinds, "run make notebooks"
        streams = [output["output_type"] == "stream" for output in cell["outputs"]]
        assert not any(map(all, pairwise(streams))), "run make notebooks"


@every_notebook
def test_opens_and_ends_as_all_do(path: Path):
    texts = [source(c) for c in cells(path, "markdown")]
    assert re.match(rf"# {path.name[:2]} · ", texts[0])
    for part in ("You will be able to", "You need", "Time"):
        assert f"*{part}" in texts[0]
    assert any(part.startswith("## What you know now") for part in texts)
    assert re.search(r"\]\([A\d]\d_\w+\.ipynb\)", texts[-1])


@every_notebook
def test_links_lead_somewhere(path: Path):
    """Of those inside: no test asks another machine."""
    for target in re.findall(r"\]\(([^)]+)\)", sources(path, "markdown")):
        assert target.startswith("https://") or (FOLDER / target).exists(), target


@every_notebook
def test_cells_are_short(path: Path):
    assert max(source(c).count("\n") + 1 for c in cells(path, "code")) <= 20
    for c in cells(path, "markdown"):
        assert len(source(c).split()) <= 220


def reading_minutes(path: Path) -> float:
    """Prose at 130 words a minute, code at 4 s a line, equations 20 s, stills 1 min, others 3."""
    seconds, is_exercise = 0.0, False
    for c in all_cells(path):
        if source(c).startswith("## "):
            is_exercise = opens_exercises(c)
        if is_exercise:
            continue
        if c["cell_type"] == "markdown":
            prose = source(c).split("$$")[::2]
            seconds += 60 / 130 * len(re.findall(r"\w+", " ".join(prose))) + 20 * (len(prose) - 1)
        else:
            shown = [output.get("data", {}) for output in c["outputs"]]
            drawn = "".join("".join(data.get("image/svg+xml", "")) for data in shown)
            seconds += 4 * (source(c).count("\n") + 1)
            seconds += 60 * any("image/png" in data for data in shown)
            seconds += 180 * ("data-knob" in drawn or "data-set" in drawn)
    return seconds / 60


@every_notebook
def test_minutes_are_about_those_of_reading_it(path: Path):
    """Wide enough that a sentence more or less changes nothing."""
    said = re.search(r"\*Time\* (\d+) minutes", sources(path, "markdown")).group(1)
    assert int(said) % 5 == 0
    assert abs(int(said) - reading_minutes(path)) <= max(6, 0.25 * int(said))
    row = re.search(rf"\|[^|]*\b{path.stem[:2]} [^|]*\|.*", text(ROOT / "TEACHING.md")).group(0)
    assert f"| {said} |" in row


@every_notebook
def test_words_are_in_the_glossary(path: Path):
    assert "](glossary.md)" in source(cells(path, "markdown")[-1])


GLOSSARY = re.findall(
    r"^\| (.+) \| (.+) \| (.+) \| (.+) \| \[([A\d]\d)\]\((.+)\) \|$",
    text(FOLDER / "glossary.md"),
    re.M,
)


def test_the_glossary_is_in_order():
    terms = [term for term, *_ in GLOSSARY]
    assert len(terms) > 40
    assert terms == sorted(terms, key=str.casefold)


@pytest.mark.parametrize("row", GLOSSARY, ids=lambda row: row[0])
def test_a_word_is_explained_where_the_glossary_says(row):
    term, simplified, traditional, _, number, name = row
    assert name.startswith(number)
    assert term.casefold() in sources(FOLDER / name, "markdown").casefold()
    assert re.search(r"[\u4e00-\u9fff]", simplified)
    assert re.search(r"[\u4e00-\u9fff]", traditional)


def test_few_cells_escape_the_comparison_and_each_says_why():
    code = [c for path in PATHS for c in cells(path, "code")]
    ignored = [source(c) for c in code if varies(c)]
    assert len(ignored) <= len(code) / 10
    assert all(code.startswith("# NBVAL_IGNORE_OUTPUT\n# ") for code in ignored)
