"""Which cells of a notebook a cell needs: those that bind the names it reads, and so on."""

import ast
import re
import symtable
from dataclasses import dataclass, field
from pathlib import Path

from bpcore import view

__all__ = ["draws", "needs"]

# What draws with matplotlib, which does not run in the page.
FIGURES = {"plt"} | {
    name
    for path in Path(view.__file__).parent.glob("*.py")
    if "from matplotlib" in (code := path.read_text(encoding="utf-8"))
    for name in re.findall(r"^def (show_\w+)", code, re.MULTILINE)
}
OWN_NAMES = (ast.For, ast.With, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass
class Uses:
    """What a cell does with the notebook's names."""

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)


def draws(code: str) -> bool:
    """Whether a cell draws a figure: only its stored picture can be shown in the page."""
    nodes = list(ast.walk(ast.parse(code)))
    if any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes):
        return False
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in nodes}
    return bool(FIGURES & names)


def needs(codes: list[str]) -> list[list[int]]:
    """For each cell the places of the cells that must have been run, in their order.

    A name is looked for upwards, and the nearest cell that binds it is taken, with those after it
    that change what it names. The stored words of every widget are compared with those that its
    needed cells lead to (tests/test_needs.py).
    """
    uses = [_uses(code) for code in codes]

    def of(name: str, reader: int, last: int) -> set[int]:
        above = [k for k in range(reader) if name in uses[k].binds]
        above = above or [k for k in range(last) if name in uses[k].binds]  # read when it is called
        if not above:
            return set()
        return {above[-1], *(k for k in range(above[-1], last) if name in uses[k].changes)}

    found = []
    for last in range(len(codes)):
        taken, new = set(), {last}
        while new:
            taken |= new
            new = {k for r in new for name in uses[r].reads for k in of(name, r, last)} - taken
        found.append(sorted(taken - {last}))
    return found


def _uses(code: str) -> Uses:
    cell = Uses()
    for statement in ast.parse(code).body:
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
        here = table.get_symbols()
        reads = {s.get_name() for s in here if s.is_referenced()} | _globals_of(table)
        binds = {s.get_name() for s in here if s.is_assigned() or s.is_imported()}
        own = binds if isinstance(statement, OWN_NAMES) else set()
        cell.reads |= reads - own - cell.binds
        cell.binds |= binds
        cell.changes |= _changed(statement)
    cell.reads |= cell.changes - cell.binds
    return cell


def _globals_of(table: symtable.SymbolTable) -> set[str]:
    below = table.get_children()
    return {s.get_name() for t in below for s in t.get_symbols() if s.is_global()} | {
        name for t in below for name in _globals_of(t)
    }


def _changed(statement: ast.stmt) -> set[str]:
    """Names of what is changed in place: by a store into it, or by a call made for its effect."""
    changed = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            changed.add(_root(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            changed |= {_root(node.value.func)} - {"bp", "view", "print", "plt"}
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "train":
            changed |= {_root(each) for each in node.args}
    return changed - {""}


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
