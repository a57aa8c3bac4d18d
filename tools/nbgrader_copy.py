"""Make a copy of notebook 04 for nbgrader, whose exercise 1 gives a point for each equation.

``python tools/nbgrader_copy.py source/four/04_four_equations.ipynb`` in nbgrader's course folder.
The notebook of the series stays as it is.
"""

import json
import re
import sys
from pathlib import Path

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "04_four_equations.ipynb"
SOLUTION = re.compile(r"<details>\n<summary>Solution</summary>(.*?)</details>\s*", re.S)
TEST = """\
# Graded: one point for each equation.
### BEGIN HIDDEN TESTS
from bpcore.checker.submission import points

of_each = points(my_backprop)
print(of_each)
sum(of_each.values())
### END HIDDEN TESTS"""


def nbgrader_copy() -> dict:
    """Give the notebook with the solution in its exercise, a test below it, and no other solution.

    Returns
    -------
    dict
        As JSON holds it.
    """
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = notebook["cells"]
    place = next(i for i, c in enumerate(cells) if "exercise" in c["metadata"].get("tags", []))
    texts = "\n".join("".join(c["source"]) for c in cells[place:] if c["cell_type"] == "markdown")
    (solution,) = re.findall(r"```python\n(.*?)```", SOLUTION.search(texts).group(1), re.S)

    # What nbgrader cuts out for the learners; the stub stays before it.
    exercise = cells[place]
    stub = "".join(exercise["source"])
    exercise["source"] = f"{stub}\n\n\n### BEGIN SOLUTION\n{solution}### END SOLUTION"
    exercise["metadata"]["nbgrader"] = _marks("four_equations", solution=True)
    marks = _marks("four_equations_test", grade=True, locked=True) | {"points": 4}
    test = {"cell_type": "code", "id": "cell-graded", "metadata": {"nbgrader": marks}}
    test |= {"source": TEST, "outputs": [], "execution_count": None}
    cells.insert(place + 2, test)  # below the check
    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell["source"] = SOLUTION.sub("", "".join(cell["source"]))
    return notebook


def _marks(name: str, **true: bool) -> dict:
    no = dict.fromkeys(("grade", "locked", "solution", "task"), False)
    return {"grade_id": name, "schema_version": 3, **no, **true}


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(nbgrader_copy(), ensure_ascii=False, indent=1), encoding="utf-8")
