"""Rules such as ``obstacles >= 2 and stress > 0.6``: a small safe language over what is known of people.

Names are traits and states (`sim.people.columns`), `obstacles` (the number of the five impediments),
`municipality` and `arm`. Coded columns are compared with their labels: ``household == "couple"``. Numbers,
comparisons, ``and``, ``or``, ``not``, ``+ - * /``; nothing is called, looked up or executed.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim.people.columns import FLOWS, STATES, TRAITS
from sim.problems import InputError, Problem, Say, nearest_name

__all__ = ["LONGEST", "Columns", "Expression", "read_condition", "read_number"]

LONGEST = 1000
Columns = Callable[[str], npt.NDArray[Any]]
_Kind = Literal["number", "truth", "flag", "code", "label", "unknown"]

_IMPEDIMENTS = ("poor_dutch", "physical", "mental", "addiction", "low_education")
_KNOWN = TRAITS | STATES
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}


@dataclass(frozen=True)
class Expression:
    """A checked expression; call it with columns by name to get one value per person."""

    text: str
    path: str
    names: frozenset[str]
    labels: Mapping[str, tuple[str, ...]] = field(repr=False, compare=False)
    tree: ast.expr = field(repr=False, compare=False)

    @property
    def states(self) -> frozenset[str]:
        """Names that the month changes: only these make a reassessment worthwhile."""
        return self.names & STATES.keys()

    def __call__(self, columns: Columns) -> npt.NDArray[Any]:
        """Return truth values or numbers, shape [n] (or [] when no column is named).

        Raises:
            InputError: when it divides by zero for somebody.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.asarray(self._value(self.tree, columns))

    def _value(self, node: ast.expr, columns: Columns) -> Any:
        if isinstance(node, ast.Constant):
            assert isinstance(node.value, int | float)
            return float(node.value)
        if isinstance(node, ast.Name):
            return _column(node.id, columns)
        if isinstance(node, ast.BoolOp):
            parts = [self._value(part, columns) != 0 for part in node.values]
            joined = parts[0]
            for part in parts[1:]:
                joined = joined & part if isinstance(node.op, ast.And) else joined | part
            return joined
        if isinstance(node, ast.UnaryOp):
            value = self._value(node.operand, columns)
            return np.equal(value, 0) if isinstance(node.op, ast.Not) else np.negative(value)
        if isinstance(node, ast.BinOp):
            left, right = self._value(node.left, columns), self._value(node.right, columns)
            if isinstance(node.op, ast.Div) and np.any(np.equal(right, 0)):
                count = int(np.sum(np.broadcast_to(np.equal(right, 0), np.broadcast(left, right).shape)))
                allowed = Say("a divisor that is never 0", "een deler die nooit 0 is")
                shown = f"{self.text} ({max(count, 1)} times a division by 0)"
                raise InputError((Problem(self.path, shown, allowed),))
            return _ARITHMETIC[type(node.op)](left, right)
        if isinstance(node, ast.Compare):
            return self._compared(node, columns)
        raise AssertionError(f"unchecked {type(node).__name__}")

    def _compared(self, node: ast.Compare, columns: Columns) -> Any:
        sides = [node.left, *node.comparators]
        joined: Any = True
        for left, operator, right in zip(sides[:-1], node.ops, sides[1:], strict=True):
            values = []
            for side, other in ((left, right), (right, left)):
                if isinstance(side, ast.Constant) and isinstance(side.value, str):
                    assert isinstance(other, ast.Name)
                    values.append(float(self.labels[other.id].index(side.value)))
                else:
                    values.append(self._value(side, columns))
            joined = joined & _COMPARE[type(operator)](*values)
        return joined


def read_condition(
    text: object, path: str = "when", labels: Mapping[str, Sequence[str]] | None = None
) -> tuple[Expression | None, list[Problem]]:
    """Return the rule in `text`, or None, with everything that is wrong with it.

    Args:
        text: what the user wrote.
        path: where it stands.
        labels: labels of names that the population brings (``municipality``, ``arm``).
    """
    return _read(text, path, labels or {}, truth=True)


def read_number(
    text: object, path: str = "of", labels: Mapping[str, Sequence[str]] | None = None
) -> tuple[Expression | None, list[Problem]]:
    """Return the number in `text` (a truth value counts 0 or 1), or None, with everything wrong with it."""
    return _read(text, path, labels or {}, truth=False)


def _read(
    text: object, path: str, labels: Mapping[str, Sequence[str]], *, truth: bool
) -> tuple[Expression | None, list[Problem]]:
    example = Say("a rule such as obstacles >= 2 and stress > 0.6", "een regel als obstacles >= 2 and stress > 0.6")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        return None, [Problem(path, text, example)]
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, [Problem(path, text, example)]
    every = {name: column.codes for name, column in _KNOWN.items() if column.codes}
    every |= {name: tuple(known) for name, known in labels.items()}
    reader = _Reader(path, every)
    try:
        kind = reader.kind(tree)
    except RecursionError:
        return None, [Problem(path, text, example)]
    if truth and not reader.problems and kind not in ("truth", "flag"):
        allowed = Say("a comparison that is true or false", "een vergelijking die waar of onwaar is")
        reader.problems.append(Problem(path, text, allowed))
    if not truth and not reader.problems and kind not in ("number", "truth", "flag"):
        allowed = Say("a number, or a comparison", "een getal, of een vergelijking")
        reader.problems.append(Problem(path, text, allowed))
    if reader.problems:
        return None, reader.problems
    return Expression(text.strip(), path, frozenset(reader.names), every, tree), []


class _Reader:
    """Walks an expression once: finds the kind of each part, and whatever is not allowed."""

    def __init__(self, path: str, labels: Mapping[str, tuple[str, ...]]) -> None:
        self.path = path
        self.labels = labels
        self.problems: list[Problem] = []
        self.names: set[str] = set()

    def wrong(self, node: ast.AST, en: str, nl: str, nearest: str | None = None) -> _Kind:
        self.problems.append(Problem(self.path, ast.unparse(node), Say(en, nl), nearest))
        return "unknown"

    def kind(self, node: ast.expr) -> _Kind:
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self._truth(part)
            return "truth"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self._truth(node.operand)
            return "truth"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            self._number(node.operand)
            return "number"
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            self._number(node.left)
            self._number(node.right)
            if isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant) and node.right.value == 0:
                return self.wrong(node, "a divisor other than 0", "een andere deler dan 0")
            return "number"
        if isinstance(node, ast.Compare):
            return self._compare(node)
        return self.wrong(
            node,
            "names, numbers, labels, comparisons, and, or, not, + - * /",
            "namen, getallen, labels, vergelijkingen, and, or, not, + - * /",
        )

    def _name(self, node: ast.Name) -> _Kind:
        name = node.id
        if name in FLOWS and name not in _KNOWN:
            return self.wrong(
                node,
                "a trait or a state: a monthly flow is not known when the rule is read",
                "een kenmerk of toestand: een maandstroom is nog niet bekend als de regel wordt gelezen",
            )
        if name == "obstacles":
            self.names |= set(_IMPEDIMENTS)
            return "number"
        if name in self.labels:
            self.names.add(name)
            return "code"
        if name not in _KNOWN:
            known = [*_KNOWN, "obstacles", *self.labels]
            return self.wrong(
                node,
                "a trait or a state (bijstand columns), or obstacles",
                "een kenmerk of toestand (bijstand columns), of obstacles",
                nearest_name(name, known),
            )
        self.names.add(name)
        return "flag" if _KNOWN[name].unit == "0/1" else "number"

    def _constant(self, node: ast.Constant) -> _Kind:
        value = node.value
        if isinstance(value, str):
            return "label"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.wrong(node, "a number or a label in quotes", "een getal of een label in aanhalingstekens")
        try:
            finite = math.isfinite(float(value))
        except OverflowError:
            finite = False
        return "number" if finite else self.wrong(node, "a finite number", "een eindig getal")

    def _truth(self, node: ast.expr) -> None:
        if self.kind(node) not in ("truth", "flag", "unknown"):
            self.wrong(node, "a comparison that is true or false", "een vergelijking die waar of onwaar is")

    def _number(self, node: ast.expr) -> None:
        if self.kind(node) not in ("number", "truth", "flag", "unknown"):
            self.wrong(
                node, "a number (compare a code with its label)", "een getal (vergelijk een code met haar label)"
            )

    def _compare(self, node: ast.Compare) -> _Kind:
        sides = [node.left, *node.comparators]
        kinds = [self.kind(side) for side in sides]
        for position, operator in enumerate(node.ops):
            if type(operator) not in _COMPARE:
                self.wrong(node, "< <= > >= == !=", "< <= > >= == !=")
                continue
            self._pair(node, sides[position : position + 2], kinds[position : position + 2], operator)
        return "truth"

    def _pair(self, node: ast.Compare, sides: list[ast.expr], kinds: list[_Kind], operator: ast.cmpop) -> None:
        if "unknown" in kinds:
            return
        if set(kinds) <= {"number", "flag", "truth"}:
            return
        if set(kinds) == {"code", "label"} and isinstance(operator, ast.Eq | ast.NotEq):
            code, label = sides if kinds[0] == "code" else sides[::-1]
            assert isinstance(code, ast.Name)
            assert isinstance(label, ast.Constant)
            known = self.labels[code.id]
            if label.value not in known:
                listed = ", ".join(known[:12])
                near = nearest_name(str(label.value), known)
                self.wrong(label, f"one of {listed}", f"één van {listed}", near)
            return
        self.wrong(
            node,
            'a code compared with a label by == or !=, as in household == "couple"',
            'een code met == of != vergeleken met een label, zoals household == "couple"',
        )


def _column(name: str, columns: Columns) -> npt.NDArray[Any]:
    if name == "obstacles":
        total = np.zeros_like(columns(_IMPEDIMENTS[0]), dtype=np.float64)
        for impediment in _IMPEDIMENTS:
            total = total + columns(impediment)
        return total
    return columns(name)
