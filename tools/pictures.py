"""Copy one picture of each notebook's stored output to notebooks/images, for the README's map."""

import base64
import json
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
IMAGES = NOTEBOOKS / "images"
# Which picture of each notebook: its place among those of its kind.
CHOSEN = {
    "00": ("svg", 0),
    "01": ("svg", 3),
    "02": ("svg", 3),
    "03": ("svg", 5),
    "04": ("svg", 2),
    "05": ("svg", 1),
    "06": ("svg", 0),
    "07": ("svg", 2),
    "08": ("svg", 5),
    "09": ("svg", 3),
    "10": ("svg", 0),
    "11": ("svg", 3),
    "12": ("svg", 3),
    "13": ("svg", 0),
    "A1": ("svg", 0),
}


def pictures() -> dict[str, bytes]:
    """Give the pictures by file name."""
    return dict(picture(number, *choice) for number, choice in CHOSEN.items())


def picture(number: str, kind: str, place: int) -> tuple[str, bytes]:
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    if kind == "png":
        found = [base64.b64decode(d["image/png"]) for d in data if "image/png" in d]
        return f"{number}.png", found[place]
    found = ["".join(d["image/svg+xml"]) for d in data if "image/svg+xml" in d]
    return f"{number}.svg", found[place].encode()


if __name__ == "__main__":
    for name, content in pictures().items():
        (IMAGES / name).write_bytes(content)
