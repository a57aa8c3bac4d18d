"""What must stay true of the project as a whole."""

import ast
import re
import runpy
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "bpcore"
MATHEMATICS = sorted(path for path in PACKAGE.glob("*.py") if path.stem != "__init__")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PYPROJECT = tomllib.loads(text("pyproject.toml"))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in PACKAGE.rglob("*.py")}
# A check, a report, or a pile of them, is drawn only where it is looked at.
WHEN_SHOWN = {
    ("bpcore.checking", "bpcore.view.comparison_table"),
    ("bpcore.checker.diagnosis", "bpcore.view.report_picture"),
    ("bpcore.checker.__main__", "bpcore.view.pile_page"),
    ("bpcore.view.explorable", "bpcore.view.jupyter"),
}


def imported_modules(path: Path) -> set[str]:
    """All modules that a file imports, wherever in the file it does."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            modules |= {name if name in MODULES else node.module for name in names}
    return modules


def storey(module: str) -> int:
    """0 for the mathematics, 1 for the checker, 2 for the pictures."""
    part = module.split(".")[1] if module != "bpcore" else "view"  # `bpcore` itself has all below
    return {"checker": 1, "view": 2}.get(part, 0)


ARROWS = {
    name: {
        other for other in imported_modules(path) & set(MODULES) if (name, other) not in WHEN_SHOWN
    }
    for name, path in MODULES.items()
}


def test_no_module_imports_one_of_a_storey_above():
    upward = [
        (name, other)
        for name, others in ARROWS.items()
        for other in others
        if name != "bpcore" and storey(other) > storey(name)
    ]
    assert upward == []
    assert all(drawing in imported_modules(MODULES[name]) for name, drawing in WHEN_SHOWN)


def test_no_modules_import_each_other_in_a_circle():
    try:
        TopologicalSorter(ARROWS).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize("path", MATHEMATICS, ids=lambda path: path.name)
def test_the_mathematics_imports_only_numpy_and_the_standard_library(path: Path):
    modules = imported_modules(path)
    assert {m.split(".")[0] for m in modules} <= sys.stdlib_module_names | {"numpy", "bpcore"}


def test_importing_bpcore_loads_no_drawing_library():
    """Nor does drawing a report."""
    check = (
        "import sys, bpcore, bpcore.view.report_picture;"
        "assert not {'matplotlib', 'ipywidgets', 'IPython'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True)


def test_no_module_hides_a_public_function():
    import bpcore

    modules = {name.removeprefix("bpcore.").split(".")[0] for name in MODULES} - {"examples"}
    assert not modules & set(bpcore.__all__)


def test_every_name_of_the_pictures_is_there():
    from bpcore import view

    assert all(getattr(view, name).__name__ == name for name in dir(view))
    with pytest.raises(AttributeError, match=r"has no 'network_slidres'; it has .*network_sliders"):
        view.network_slidres  # noqa: B018


def test_conda_environment_agrees_with_pyproject():
    lines = [line.strip("- ") for line in text("environment.yml").splitlines()]
    project = PYPROJECT["project"]
    assert {line for line in lines if ">=" in line} == {
        *project["dependencies"],
        *project["optional-dependencies"]["notebooks"],
    }
    assert lines[-1] == "e .[notebooks]"  # and nothing that only the tests need
    # repo2docker overlooks python>=3.11, and takes a Python that is older.
    (python,) = [line for line in lines if line.startswith("python")]
    major, minor = map(int, re.fullmatch(r"python=(\d+)\.(\d+)", python).groups())
    assert project["requires-python"] == ">=3.11"
    assert (major, minor) >= (3, 11)


def test_numpy_is_the_only_dependency():
    assert [re.match(r"\w+", d).group() for d in PYPROJECT["project"]["dependencies"]] == ["numpy"]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-uv.lock"])
def test_lock_files_pin_with_hashes_and_name_no_host(name: str):
    lock = text(name)
    assert not re.search(r"://|index-url|find-links", lock)
    for pin in re.findall(r"^[\w.-]+==.*(?:\n    .*)*", lock, re.M):
        assert "--hash=sha256:" in pin


def test_lock_file_covers_every_requirement():
    locked = set(re.findall(r"^([\w.-]+)==", text("requirements.lock"), re.M))
    project = PYPROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["notebooks"]]
    wanted += [need for group in PYPROJECT["dependency-groups"].values() for need in group]
    assert {re.match(r"[\w.-]+", d).group() for d in wanted} <= locked


def test_the_readmes_example_runs(capsys: pytest.CaptureFixture):
    readme = text("README.md")
    names = {}
    exec(re.search(r"```python\n(.*?)```", readme, re.S).group(1), names)
    printed = capsys.readouterr().out.strip()
    assert f"# {printed}" in readme
    assert names["report"].ok
    assert names["history"].cost[-1] < names["history"].cost[0]


def test_the_teachers_example_runs(capsys: pytest.CaptureFixture):
    exec(re.search(r"```python\n(.*?)```", text("TEACHING.md"), re.S).group(1), {})
    assert capsys.readouterr().out.startswith("False\nBP4, layers 2, 3 and 4: the penalty's")


def test_the_readmes_pictures_are_those_of_the_notebooks():
    tool = runpy.run_path(str(ROOT / "tools" / "pictures.py"))
    for name, content in tool["pictures"]().items():
        assert (tool["IMAGES"] / name).read_bytes() == content, "run make pictures"
        assert re.search(rf'notebooks/images/{name}" alt="[^"]{{20,}}"', text("README.md"))


@pytest.mark.parametrize("name", ["README.md", "TEACHING.md", "CONTRIBUTING.md"])
def test_links_of_the_pages_lead_somewhere(name: str):
    for target in re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", text(name)):
        target = "".join(target)
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_code_and_notebooks_pass_the_linter():
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "check", ROOT], check=True)
    subprocess.run([*ruff, "format", "--check", ROOT], check=True)
