"""Build the site: the whole series as a book of plain files, with Python for the browser beside it.

    python site/build.py FOLDER [ADDRESS]

An address, as https://example.org/book/, is needed for a site map and for pictures of shared links.
"""

import json
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pages
import parts
from sphinx.application import Sphinx

from bpcore.view.jupyter import png
from bpcore.view.style import STYLE, THEME

HERE = Path(__file__).parent
ROOT = HERE.parent
FIRST = "Take hold of a real network, drag its weights, and see why backpropagation works."
IN_JUPYTERLAB = '[data-jp-theme-light="false"]'
WHEELS = ("numpy", "contourpy", "traitlets", "threadpoolctl")


class BuildError(Exception):
    """The book cannot be built from what is there."""


def build(site: Path, address: str = "") -> None:
    """Build the site into a folder, which is replaced.

    Raises
    ------
    PartError
        If a part is missing, or is not what it should be.
    BuildError
        If a page has a fault, as a link that leads nowhere.
    """
    with TemporaryDirectory() as folder:
        source, made = Path(folder, "source"), Path(folder, "made")
        _lay_parts(source / "_parts")
        descriptions = _lay_pages(source)
        settings = {
            "descriptions": descriptions,
            "html_baseurl": address,
            "html_static_path": [str(HERE / "page"), str(source / "_parts")],
            "html_extra_path": [str(source / "_extra")],
        }
        faults = StringIO()
        trees = Path(folder, "doctrees")
        Sphinx(source, HERE, made, trees, "html", settings, status=None, warning=faults).build()
        if faults.getvalue():
            raise BuildError(f"the book has faults:\n{faults.getvalue()}")
        if address:
            found = sorted(page.relative_to(made) for page in made.rglob("*.html"))
            (made / "sitemap.txt").write_text("".join(f"{address}{page}\n" for page in found))
        (made / ".nojekyll").touch()  # else GitHub Pages leaves out folders that begin with _
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(made, site, ignore=shutil.ignore_patterns(".buildinfo*", "objects.inv"))


def _lay_parts(folder: Path) -> None:
    parts.lay("mathjax", folder / "mathjax")
    parts.lay("pyodide", folder / "pyodide")
    parts.lay_wheels(WHEELS, folder / "pyodide")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "pyodide"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    shutil.copytree(HERE / "python", folder / "python")
    shutil.copy(HERE / "needs.py", folder / "python")
    (folder / "python/notebooks").mkdir()  # Python stands here, and some cells read the records
    shutil.copytree(ROOT / "benchmarks/results", folder / "python/benchmarks/results")
    shutil.make_archive(str(folder / "pyodide/page"), "zip", folder / "python")
    shutil.rmtree(folder / "python")
    files = sorted((folder / "pyodide").iterdir())
    wheel = next(path.name for path in files if path.name.startswith("bpcore-"))
    told = {"wheel": wheel, "packages": WHEELS, "bytes": sum(path.stat().st_size for path in files)}
    (folder / "pyodide/files.json").write_text(json.dumps(told), encoding="utf-8")
    shutil.copy(ROOT / "bpcore/view/explorable.js", folder)
    widget = (ROOT / "bpcore/view/explorable.css").read_text(encoding="utf-8")
    (folder / "explorable.css").write_text(_themes() + STYLE + widget, encoding="utf-8")


def _themes() -> str:
    """Give the drawings' colours, by the book's switch, or else the reader's system."""
    light, dark = THEME.replace("}", "}§", 1).split("§")
    chosen = dark.replace(IN_JUPYTERLAB, 'body[data-theme="dark"]')
    usual = dark.replace(IN_JUPYTERLAB, 'body:not([data-theme="light"])')
    return f"{light}{chosen}@media (prefers-color-scheme: dark) {{{usual}}}"


def _lay_pages(source: Path) -> dict[str, dict]:
    """Lay what Sphinx reads; give title, description and picture of each page."""
    shutil.copytree(ROOT / "notebooks/images", source / "notebooks/images")
    for path in (HERE / "index.md", ROOT / "README.md", ROOT / "TEACHING.md"):
        text = path.read_text(encoding="utf-8")
        (source / path.name).write_text(text.replace("](README.md)", "](index.md)"), "utf-8")
    shutil.copy(ROOT / "notebooks/glossary.md", source / "notebooks")
    shutil.copytree(ROOT / "tools", source / "tools")
    share, extra = source / "_parts/share", source / "_extra/notebooks"
    share.mkdir()
    extra.mkdir(parents=True)
    shutil.copy(ROOT / "notebooks/images/network.png", share)
    described = {"index": {"description": FIRST, "picture": "network.png"}}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook, page = pages.read(path), f"notebooks/{path.stem}"
        shutil.copy(path, extra)
        cells = json.dumps(pages.cells_of(notebook), ensure_ascii=False)
        (extra / f"{path.stem}.cells.json").write_text(cells, encoding="utf-8")
        laid = json.dumps(pages.page_of(notebook, path.name), ensure_ascii=False)
        (source / f"{page}.ipynb").write_text(laid, encoding="utf-8")
        picture = _share_picture(path.stem.split("_")[0], share)
        described[page] = {"description": pages.description(notebook), "picture": picture}
    return described


def _share_picture(number: str, share: Path) -> str:
    drawn = ROOT / "notebooks/images" / f"{number}.svg"
    if drawn.exists():
        (share / f"{number}.png").write_bytes(png(drawn.read_text(encoding="utf-8")))
    else:
        shutil.copy(drawn.with_suffix(".png"), share)
    return f"{number}.png"


if __name__ == "__main__":
    try:
        build(Path(sys.argv[1]), *sys.argv[2:])
    except (BuildError, parts.PartError) as error:
        sys.exit(str(error))
