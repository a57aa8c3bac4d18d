"""``python -m bpcore.checker`` on a folder, in part hostile; and the copy for nbgrader."""

import csv
import json
import os
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from learners import WRONG, Backward
from notebook_files import FOLDER, ROOT, source
from test_style import luminance

from bpcore.checker.pile import submissions
from bpcore.checker.submission import EQUATIONS, NETWORKS, load, places, points, shares
from bpcore.view.pile_page import STYLE

RIGHT = """
import bpcore as bp

def my_backprop(net, x, y):
    z, a = bp.forward(net, x).z, bp.forward(net, x).a
    L, m, delta = net.L, x.shape[1], {}
    delta[L] = (a[L] - y) * net.sigma[L].prime(z[L])
    for l in range(L - 1, 1, -1):
        delta[l] = (net.w[l + 1].T @ delta[l + 1]) * net.sigma[l].prime(z[l])
    dC_db = {l: delta[l].mean(axis=1, keepdims=True) for l in delta}
    dC_dw = {l: delta[l] @ a[l - 1].T / m for l in delta}
    return {"w": dC_dw, "b": dC_db, "delta": delta}
"""
BP2_SLIP = RIGHT.replace("delta[l + 1]) * net.sigma[l].prime(z[l])", "delta[l + 1])")
NOTEBOOK = (
    "%matplotlib inline\nimport numpy as np",
    "1 / 0",
    "def my_backprop(net, x, y): ...",
    ["!pip list\n", *RIGHT.splitlines(keepends=True)],
    "while True:\n    pass",
)
FORGED = '{"remark": "Forged.", "reports": []}'
ANSWER = 'import os\nanswer = os.path.join(os.environ["HOME"], "..", "answer.json")\n'
ALL, NOTHING = (1, 1, 1, 1), (0, 0, 0, 0)
TOO_LONG, ENDED = r"It took longer than 3 s and was stopped\.", "Its process ended before there"
UNREADABLE = "This submission has no readable answer"
# Name, code, points of each equation, what the remark begins with.
PILE = [
    ("right", RIGHT, ALL, r"All right\.$"),
    ("slip", BP2_SLIP, (1, 0, 1, 1), r"BP2, layer 2: the factor σ′\(z\[l\]\) is missing"),
    ("no_delta", BP2_SLIP.replace(', "delta": delta', ""), (1, 0, 1, 1), "BP2, layer 2: the fac"),
    (  # where the layers are equal it is named, and in the others the code stops
        "transpose",
        RIGHT.replace("net.w[l + 1].T", "net.w[l + 1]"),
        (1 / 4, 0, 3 / 11, 3 / 11),
        r"BP2, layers 2 and 3: w\[l\+1\] is not transposed",
    ),
    ("heaton", RIGHT.replace("(a[L] - y)", "(y - a[L])"), ALL, "BP1, layer 3: every slope has the"),
    ("stub", "def student(net, x, y):\n    return ...", NOTHING, "Your function returns nothing"),
    ("syntax", f"{RIGHT}    return (", NOTHING, r"It defines no .*SyntaxError.*\(syntax.py, line"),
    ("other_name", "def gradient(net, x, y): pass", NOTHING, "It defines no function called my_"),
    ("imported", "from bpcore import backprop", NOTHING, "It defines no function called my_back"),
    (
        "borrowed",
        "import bpcore\ndef backprop(net, x, y): return bpcore.backprop(net, x, y)",
        ALL,
        r"All right\. It calls bpcore's own backprop\.$",
    ),
    ("stops_later", f"{RIGHT}\nopen('mine.csv')", ALL, "All right. Beside the function, your code"),
    ("numpy", RIGHT, ALL, r"All right\.$"),
    ("=1+1", RIGHT, ALL, r"All right\.$"),
    (
        "markup",
        "def backprop(net, x, y): raise ValueError('<script>\\x1b')",
        NOTHING,
        "Your code st",
    ),
    ("secret", "import os\nprint(os.environ['SECRET'])", NOTHING, "It defines .*KeyError"),
    ("loop", f"{RIGHT}\nwhile True: pass", NOTHING, TOO_LONG),
    ("flood", "while True: print('x' * 10**6)", NOTHING, TOO_LONG),
    ("sys_exit", f"{RIGHT}\nraise SystemExit", ALL, "All right. Beside the function"),
    ("os_exit", "import os\ndef backprop(net, x, y): os._exit(0)", NOTHING, ENDED),
    ("fakes", f"import os\nprint('{FORGED}', flush=True)\nos._exit(0)", NOTHING, ENDED),
    ("nonsense", f"{ANSWER}open(answer, 'w').write('[' * 10**5)\nos._exit(0)", NOTHING, UNREADABLE),
    ("wrong_type", f"{ANSWER}open(answer, 'w').write('[1]')\nos._exit(0)", NOTHING, UNREADABLE),
]
HOSTILE = [  # on Linux
    (
        "endless",
        RIGHT.replace("    L, m", "    while True: pass\n    L, m"),
        NOTHING,
        r"Your code was still running after 0\.6 seconds\W+in line 6",
    ),
    (
        "memory",
        "def backprop(net, x, y): return bytearray(3 * 10**9)",
        NOTHING,
        "Your.*MemoryError",
    ),
    (
        "writer",
        "with open('x', 'wb') as f: f.write(bytes(10**8))",
        NOTHING,
        "It defines .*too large",
    ),
    (
        "parent",
        "import os, time\nopen('PID', 'w').write(str(os.getpid()))\n"
        "os.kill(os.getppid(), 9)\ntime.sleep(99)",
        NOTHING,
        ENDED,
    ),
    ("pipe", f"{ANSWER}os.mkfifo(answer)\nos._exit(0)", NOTHING, UNREADABLE),
    (
        "fork",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n"
        f"    open('PID', 'w').write(str(os.getpid()))\n    time.sleep(99)\nos.wait()\n{RIGHT}",
        ALL,
        r"All right\.$",
    ),
]
if sys.platform == "linux":
    PILE += HOSTILE


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory):
    """Grade the pile, and a notebook; give what the command has printed, and its folder."""
    folder = tmp_path_factory.mktemp("pile")
    for name, code, _, _ in PILE:
        code = code.replace("PID", str(folder.parent / f"{name}.pid"))
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (folder / "notebook.ipynb").write_text(notebook(NOTEBOOK), encoding="utf-8")
    command = [sys.executable, "-m", "bpcore.checker", folder, "--seconds", "3"]
    environment = {**os.environ, "SECRET": "1", "PYTHONUTF8": "1"}
    start = time.monotonic()
    printed = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert time.monotonic() - start < 60
    return printed.stdout, folder


def notebook(cells) -> str:
    cells = [{"cell_type": "code", "source": source} for source in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "while True"}, *cells]})


@pytest.fixture(scope="module")
def table(graded) -> dict[str, dict]:
    with (graded[1] / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["name"].removeprefix("'"): row for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("name", "points", "remark"),
    [(name, points, remark) for name, _, points, remark in PILE]
    + [("notebook", ALL, r"All right\.$")],
)
def test_each_submission_gives_one_row(table, name, points, remark):
    row = table[name]
    assert [float(row[equation]) for equation in EQUATIONS] == pytest.approx(points, abs=1e-4)
    assert float(row["points"]) == pytest.approx(sum(points), abs=1e-4)
    assert re.match(remark, row["remark"]), row["remark"]
    assert (row["all right"] == "yes") == row["remark"].startswith("All right.")


def test_the_table_has_no_other_row_and_names_slips(table):
    assert set(table) == {"notebook", *(name for name, *_ in PILE)}
    assert {name for name, row in table.items() if row["slips"] == "sigma_prime_missing"} == {
        "slip",
        "no_delta",
    }


def test_a_spreadsheet_takes_no_name_for_a_formula(graded):
    assert "\n'=1+1," in (graded[1] / "results.csv").read_text(encoding="utf-8")


def test_the_folder_has_only_the_results_in_addition(graded):
    files = {path.name for path in graded[1].iterdir()}
    assert files - {f"{name}.py" for name, *_ in PILE} == {
        "notebook.ipynb",
        "results.csv",
        "results.html",
    }


def test_the_command_prints_a_line_for_each_and_where_the_files_lie(graded):
    printed, folder = graded
    head, *lines = printed.splitlines()
    assert head.split() == ["name", *EQUATIONS, "points", "remark"]
    assert any(
        line.split()[:6] == ["slip", "1.00", "0.00", "1.00", "1.00", "3.00"] for line in lines
    )
    assert lines[-2].startswith(f"{len(PILE) + 1} submissions in ")
    assert str(folder / "results.csv") in lines[-1]


def test_no_submission_steers_a_terminal(graded):
    results = [path.read_text(encoding="utf-8") for path in graded[1].glob("results.*")]
    assert len(results) == 2
    assert not [text for text in (graded[0], *results) if "\x1b" in text]


class Page(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def all(self, wanted):
        return [attributes for tag, attributes in self.elements if tag == wanted]


def test_the_page_holds_all_sentences_and_needs_no_script(graded):
    text = (graded[1] / "results.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.all("script")
    assert not page.all("link")
    assert "&lt;script&gt;" in text
    assert (
        len(re.findall(r"<p>BP2, layers? [\w ]+: the factor σ′\(z\[l\]\) is missing", text)) >= 10
    )
    assert text.count("<h4>3 → 5 → 2 neurons, sigmoid, output sigmoid, 7 samples</h4>") > 10
    assert len(page.all("caption")) == 1
    assert all(cell["scope"] in ("row", "col") for cell in page.all("th"))
    ids = [section["id"] for section in page.all("section")]
    assert [link["href"] for link in page.all("a")] == [f"#{each}" for each in ids]
    assert len(set(ids)) == len(PILE) + 1


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast_of_the_page_in_both_themes(theme):
    colours = {}
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)[: theme + 1]:
        colours |= dict(re.findall(r"--(\w+): (#\w{6})", block))
    for paper in ("paper", "stripe"):
        for ink in ("ink", "muted", "link", "wrong"):
            darker, lighter = sorted(luminance(colours[name]) for name in (ink, paper))
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, paper)


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's subreaper")
@pytest.mark.parametrize("name", ["fork", "parent"])
def test_nothing_that_a_submission_starts_survives_it(graded, name):
    pid = (graded[1].parent / f"{name}.pid").read_text()
    stat = Path("/proc", pid, "stat")
    assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_names_are_paths_without_what_all_have_in_common(tmp_path: Path):
    def named(*files):
        for file in files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).touch()
        found = submissions(tmp_path)
        for file in files:
            (tmp_path / file).unlink()
        return {name: path.relative_to(tmp_path).as_posix() for name, path in found.items()}

    assert named("ada/four/04.ipynb", "bob/four/04.ipynb") == {
        "ada": "ada/four/04.ipynb",
        "bob": "bob/four/04.ipynb",
    }
    assert set(named("ada.py", "sub/bob.py", "notes.txt", ".hidden/x.py", "__pycache__/y.py")) == {
        "ada",
        "sub/bob",
    }
    assert set(named("ada.py", "ada.ipynb")) == {"ada.py", "ada.ipynb"}
    assert set(named("ada/main.py")) == {"ada/main"}
    assert named() == {}


def test_an_empty_folder_is_an_error(tmp_path: Path):
    command = [sys.executable, "-m", "bpcore.checker", tmp_path]
    told = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert told.returncode == 2
    assert "there is no .py and no .ipynb in" in told.stderr


def test_options_reach_the_checker(tmp_path: Path):
    with_penalty = RIGHT.replace(".T / m", ".T / m + 0.1 / m * net.w[l]").replace(
        " * net.sigma[L].prime(z[L])", ""
    )
    (tmp_path / "ada.py").write_text(with_penalty.replace("my_backprop", "gradient"))
    command = [sys.executable, "-m", "bpcore.checker", tmp_path, "--function", "gradient"]
    command += ["--cost", "cross_entropy", "--l2", "0.1", "--activation", "sigmoid"]
    printed = subprocess.run(command, capture_output=True, encoding="utf-8").stdout
    assert "4.00  All right." in printed
    page = (tmp_path / "results.html").read_text(encoding="utf-8")
    assert "Cost: cross-entropy, penalty λ = 0.1." in page
    assert page.count("sigmoid, output sigmoid") == len(NETWORKS)


def test_a_notebook_of_the_series_is_run_up_to_its_exercise():
    function, stopped, sources = load(FOLDER / "04_four_equations.ipynb", ["my_backprop"])
    assert points(function) == dict.fromkeys(EQUATIONS, 0)
    assert stopped == ""
    assert len(sources) < 40  # and none of the checks below it


@pytest.mark.parametrize("cost", ["quadratic", "cross_entropy"])
@pytest.mark.parametrize(("equation", "slip"), WRONG)
def test_no_slip_hides_in_the_networks(equation, slip, cost):
    seen = set()

    def student(net, x, y):
        slips = {(equation, l): slip for l in net.w}
        backward = Backward(net, x, y, cost=cost, l2=0.1, slips=slips)
        seen.update(backward.visible)
        return backward.gradient()

    got = points(student, cost=cost, l2=0.1)
    assert (got[equation] < 1) == bool(seen)
    assert seen or slip in ("other_cost", "not_transposed")
    assert all(got[other] == 1 for other in EQUATIONS if other != equation)


def test_what_is_not_judged_does_not_count():
    right = [places(len(sizes)) for sizes, _, _ in NETWORKS]
    without = [[place for place in each if place != ("BP2", 2)] for each in right]
    assert shares([(each, []) for each in right]) == dict.fromkeys(EQUATIONS, 1)
    assert shares([(each, [("BP2", 2)]) for each in without]) == dict.fromkeys(EQUATIONS, 1)
    assert shares([(each, []) for each in without])["BP2"] == 3 / 7
    assert shares([]) == dict.fromkeys(EQUATIONS, 0)


def test_no_number_of_samples_is_a_layers_size():
    assert all(m not in sizes for sizes, _, m in NETWORKS)
    assert any(len(set(sizes[1:])) == 1 for sizes, _, _ in NETWORKS)


GRADED = 19  # the place of nbgrader's test among the code cells of the copy


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the teacher's page's command, in a course folder, and give what it has written."""
    page = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    tool, target = re.search(r"^python PATH/(\S+) (\S+)$", page, re.M).groups()
    course = tmp_path_factory.mktemp("course")
    subprocess.run([sys.executable, ROOT / tool, target], cwd=course, check=True)
    return course / target


def code_cells(path: Path) -> list[dict]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_the_copy_for_nbgrader_has_one_exercise_and_one_test_below_it(copy):
    cells = code_cells(copy)
    marked = [cell for cell in cells if "nbgrader" in cell["metadata"]]
    exercise, test = (cell["metadata"]["nbgrader"] for cell in marked)
    # All that nbgrader's schema 3 asks of such cells.
    common = {"schema_version": 3, "task": False}
    answered = {"grade": False, "locked": False, "solution": True, "grade_id": "four_equations"}
    assert exercise == common | answered
    graded = {"grade": True, "locked": True, "solution": False, "points": 4}
    assert test == common | graded | {"grade_id": "four_equations_test"}
    assert [cells.index(cell) for cell in marked] == [GRADED - 2, GRADED]  # around the check
    assert len({cell["id"] for cell in cells}) == len(cells)


def test_the_copy_for_nbgrader_shows_no_solution(copy):
    original = FOLDER / "04_four_equations.ipynb"
    solution = "<summary>Solution</summary>"
    assert solution in original.read_text(encoding="utf-8")
    assert solution not in copy.read_text(encoding="utf-8")
    assert "<summary>Help" in copy.read_text(encoding="utf-8")
    stubs = [source(cell) for cell in code_cells(original)]
    cells = code_cells(copy)
    del cells[GRADED]
    assert [cut(source(cell), "SOLUTION").rstrip() for cell in cells] == stubs


def cut(code: str, region: str) -> str:
    """Take out a region, as nbgrader does."""
    return re.sub(rf"^### BEGIN {region}.*^### END {region}$", "", code, flags=re.M | re.S)


@pytest.mark.parametrize(("learner", "grade"), [("right", 4), ("BP2 wrong", 3), ("empty", 0)])
def test_the_copy_for_nbgrader_runs_and_its_last_line_is_the_grade(copy, learner, grade):
    names = {"__name__": "__main__"}
    *cells, test = (source(cell) for cell in code_cells(copy)[: GRADED + 1])
    for code in cells:
        if learner == "empty":
            code = cut(code, "SOLUTION")
        elif learner == "BP2 wrong":
            code = code.replace(
                "(w[l + 1].T @ delta[l + 1]) * ", "2 * (w[l + 1].T @ delta[l + 1]) * "
            )
        exec(code, names)
    before, last = test.rsplit("\n", 2)[:2]
    exec(before, names)
    assert eval(last, names) == grade
    assert cut(test, "HIDDEN TESTS").strip() == "# Graded: one point for each equation."


def test_a_functions_warnings_do_not_reach_nbgraders_test_cell(capsys):
    def noisy(net, x, y):
        print("noise", file=sys.stderr)
        return None

    assert points(noisy) == dict.fromkeys(EQUATIONS, 0)
    assert capsys.readouterr() == ("", "")
