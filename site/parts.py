"""The parts of the site that are not in this tree: fetched once, and checked at every build.

`.venv/bin/python site/parts.py` fetches what is missing; with `pin`, what parts.toml now names,
and writes the new hashes into it.
"""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

__all__ = ["CACHE", "PartError", "lay", "lay_wheels"]

HERE = Path(__file__).parent
PARTS = HERE / "parts.toml"
CACHE = HERE / "cache"


class PartError(Exception):
    """A part is missing, or is not what its hash says."""


def lay(name: str, target: Path) -> None:
    """Put the files of a part into a folder, as parts.toml says which.

    Raises
    ------
    PartError
        If it cannot be had, or is not what it should be.
    """
    part = tomllib.loads(PARTS.read_text(encoding="utf-8"))[name]
    archive = _checked(name, part["sha256"], _archive(name, part))
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            path = member.name.removeprefix("package/")
            if path in part["keep"] or (f"{path.rpartition('/')[0]}/" in part["keep"]):
                to = target / path
                to.parent.mkdir(parents=True, exist_ok=True)
                with tar.extractfile(member) as source, to.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    missing = [path for path in part["keep"] if not (target / path).exists()]
    if missing:
        raise PartError(f"{archive.name} has no {', '.join(missing)}, which parts.toml names")


def lay_wheels(names: Sequence[str], pyodide: Path) -> None:
    """Put wheels of site/wheels beside Pyodide, whose own lock file gives their hashes.

    Raises
    ------
    PartError
        If one is missing, or is not what it should be.
    """
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in names:
        wheel = HERE / "wheels" / lock[name]["file_name"]
        if not wheel.exists():
            raise PartError(f"this Pyodide needs {wheel}, which is missing")
        shutil.copy(_checked(name, lock[name]["sha256"], wheel), pyodide)


def _archive(name: str, part: dict) -> Path:
    archive = CACHE / f"{name}-{part['version']}.tgz"
    if not archive.exists():
        CACHE.mkdir(exist_ok=True)
        if shutil.which("npm") is None:
            raise PartError(f"{archive} is missing, and npm, which fetches it, is not installed")
        command = ["npm", "pack", "--silent", f"{part['npm']}@{part['version']}"]
        done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False)
        if not archive.exists():
            said = done.stderr.strip() or f"npm made {done.stdout.strip()}"
            raise PartError(f"npm does not fetch {command[-1]}: {said}")
    return archive


def _checked(name: str, expected: str, path: Path) -> Path:
    found = sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise PartError(
            f"{name} is not what it should be: {path} has the sha256 {found}, and {expected} is "
            "asked for. Remove the file, so that it is fetched again."
        )
    return path


def _pin() -> None:
    text = PARTS.read_text(encoding="utf-8")
    for name, part in tomllib.loads(text).items():
        found = sha256(_archive(name, part).read_bytes()).hexdigest()
        text = re.sub(rf'(\[{name}\][^[]*sha256 = ")\w*"', rf'\g<1>{found}"', text)
    PARTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["pin"]:
            _pin()
        for name, part in tomllib.loads(PARTS.read_text(encoding="utf-8")).items():
            print(_checked(name, part["sha256"], _archive(name, part)))
    except PartError as error:
        sys.exit(str(error))
