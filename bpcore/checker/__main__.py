"""``python -m bpcore.checker FOLDER`` grades a pile of solutions of the four equations."""

import argparse
import shutil
import time
from pathlib import Path

from bpcore.activations import ACTIVATIONS
from bpcore.checker.pile import Row, grade, submissions, write_table
from bpcore.checker.submission import EQUATIONS, FUNCTIONS, OUTPUTS


def main() -> None:
    """Grade a folder, write results.csv and results.html into it, and print a short table."""
    parser = argparse.ArgumentParser(prog="python -m bpcore.checker", description=__doc__)
    parser.add_argument("folder", type=Path, help="with one .py or .ipynb for each submission")
    parser.add_argument("--function", help=f"its name; default: {', '.join(FUNCTIONS)}")
    parser.add_argument("--cost", choices=OUTPUTS, default="quadratic")
    parser.add_argument("--l2", type=float, default=0.0, metavar="λ")
    parser.add_argument(
        "--activation",
        choices=[name for name in ACTIVATIONS if name != "softmax"],
        help="of all networks; default: a different one for each",
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="for each submission")
    asked = parser.parse_args()
    pile = submissions(asked.folder)
    if not pile:
        parser.error(f"there is no .py and no .ipynb in {asked.folder}")

    start = time.perf_counter()
    rows = grade(
        pile,
        [asked.function] if asked.function else FUNCTIONS,
        asked.seconds,
        cost=asked.cost,
        l2=asked.l2,
        activation=asked.activation,
    )
    _print(rows, time.perf_counter() - start)
    _write(rows, asked)


def _print(rows: list[Row], seconds: float) -> None:
    width = max(len("name"), *(min(len(row.name), 30) for row in rows))
    room = max(20, shutil.get_terminal_size().columns - width - 34)
    print(f"{'name':{width}}   {'   '.join(EQUATIONS)}  points  remark")
    for row in rows:
        numbers = "  ".join(f"{row.points[equation]:.2f}" for equation in EQUATIONS)
        remark = row.remark if len(row.remark) <= room else f"{row.remark[: room - 1]}…"
        print(f"{row.name[:30]:{width}}  {numbers}  {row.total:6.2f}  {remark}")
    print(f"{len(rows)} submissions in {seconds:.0f} s.")


def _write(rows: list[Row], asked: argparse.Namespace) -> None:
    from bpcore.view.pile_page import page  # only here is anything drawn

    table, drawn = asked.folder / "results.csv", asked.folder / "results.html"
    for path in (table, drawn):
        path.unlink(missing_ok=True)  # were it a link, we would write elsewhere
    write_table(rows, table)
    penalty = f", penalty λ = {asked.l2:g}" if asked.l2 else ""
    title = f"{asked.folder.resolve().name}: {len(rows)} submissions"
    drawn.write_text(
        page(rows, title, f"Cost: {asked.cost.replace('_', '-')}{penalty}"), encoding="utf-8"
    )
    print(f"The table is in {table}, a page with all sentences in {drawn}.")


if __name__ == "__main__":
    main()
