"""Which model a fit was made with: its priors, and the equations of its mechanisms."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from importlib.resources import files

from sim.parameters import PARAMETERS

__all__ = ["mechanisms_digest", "priors_digest"]


def priors_digest() -> str:
    """Return a hash of the names, units, bounds and priors of all parameters."""
    told = [repr((p.name, p.value, p.unit, p.low, p.high, p.sd, p.law, p.off, p.free)) for p in PARAMETERS.values()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


@cache
def mechanisms_digest() -> str:
    """Return a hash of the equations of all mechanisms; words (docstrings, comments) do not count."""
    text = hashlib.sha256()
    folder = files("sim").joinpath("mechanisms")
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".py"):
            tree = _Equations().visit(ast.parse(entry.read_text("utf-8")))
            text.update(entry.name.encode())
            text.update(ast.dump(tree).encode())
    return text.hexdigest()[:16]


class _Equations(ast.NodeTransformer):
    """Leaves out docstrings."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._bare(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._bare(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._bare(node)

    def _bare(self, node: ast.Module | ast.FunctionDef | ast.ClassDef) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        self.generic_visit(node)
        return node
