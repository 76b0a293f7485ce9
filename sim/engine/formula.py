"""Reads a stage, a rule of law or a measure as a formula and works it out in any algebra.

Stages are written in a small language: assignments, ``+ - * /``, comparisons joined by ``&`` and ``|``,
calls of functions written in the same language, and the three primitives `where`, `floor` and `power_of_two`
of `sim.policy.elementwise`. `work_out` walks through the text of a function and asks an `Algebra` for each
step. The compiler's algebra writes machine code, the benchmark's algebra writes Python for one person.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol

from sim.policy import elementwise
from sim.policy.problems import nearest_name

__all__ = ["Algebra", "check_language", "work_out", "work_out_text"]

Value = Any


class Algebra(Protocol):
    """What can be done with values; the values themselves are the algebra's own business.

    An algebra may have a mapping `shortcuts` of functions that it works out itself, from their arguments by name.
    """

    def constant(self, number: float) -> Value:
        """Return a number."""

    def arithmetic(self, sign: str, a: Value, b: Value) -> Value:
        """Return ``a + b``, ``a - b``, ``a * b`` or ``a / b``."""

    def negative(self, a: Value) -> Value:
        """Return ``-a``."""

    def compare(self, sign: str, a: Value, b: Value) -> Value:
        """Return the truth of ``a < b``, ``<=``, ``>``, ``>=``, ``==`` or ``!=``."""

    def join(self, sign: str, a: Value, b: Value) -> Value:
        """Return ``a & b`` or ``a | b`` of two truths."""

    def where(self, condition: Value, yes: Value, no: Value) -> Value:
        """Return `yes` where `condition` holds, else `no`."""

    def floor(self, a: Value) -> Value:
        """Return the largest whole number not above `a`."""

    def power_of_two(self, k: Value) -> Value:
        """Return 2 to the power of a whole number."""

    def named(self, name: str, value: Value) -> Value:
        """Return a value that may be used often (the formula gives it a name)."""


_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_JOINS = {ast.BitAnd: "&", ast.BitOr: "|"}
_COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def work_out(function: Callable[..., Any], given: Mapping[str, Value], algebra: Algebra) -> Value:
    """Return the value (or tuple of values) of a function in the small language.

    Args:
        function: a plain Python function; its text is read.
        given: its arguments by name; an argument with attributes (``p``, ``month``) is a mapping.
        algebra: what the steps mean.

    Raises:
        TypeError: the function uses something outside the language.
    """
    names: dict[str, Value] = dict(given)
    reader = _Reader(names, function.__globals__, algebra, function)
    for statement in _body(function):
        if isinstance(statement, ast.Return) and statement.value is not None:
            return reader.value(statement.value)
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            reader.assign(statement.targets[0], reader.value(statement.value))
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            raise reader.unsupported(statement)
    raise TypeError(f"{function.__qualname__} returns nothing")


def work_out_text(text: str, given: Mapping[str, Value], algebra: Algebra) -> Value:
    """Return the value of an expression (`sim.outcomes.measures`) over named values."""
    reader = _Reader(given, vars(elementwise), algebra)
    return reader.value(ast.parse(text, mode="eval").body)


class _Reader:
    def __init__(
        self, names: Any, outside: Mapping[str, Any], algebra: Algebra, function: Callable[..., Any] | None = None
    ) -> None:
        self.names, self.outside, self.algebra, self.function = names, outside, algebra, function

    def unsupported(self, node: ast.AST, nearest: str | None = None) -> TypeError:
        """Return the refusal of an expression: file, line, function, text, and the nearest name there is."""
        place = ""
        if self.function is not None:
            code = self.function.__code__
            line = code.co_firstlineno + getattr(node, "lineno", 1) - 1
            place = f"{code.co_filename}:{line}: {self.function.__qualname__}: "
        hint = "" if nearest is None else f" (did you mean {nearest}?)"
        return TypeError(f"{place}{ast.unparse(node)} is not in the language of stages{hint}")

    def assign(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self.names[target.id] = self.algebra.named(target.id, value)
        elif isinstance(target, ast.Tuple) and isinstance(value, tuple) and len(target.elts) == len(value):
            for part, each in zip(target.elts, value, strict=True):
                self.assign(part, each)
        else:
            raise self.unsupported(target)

    def value(self, node: ast.expr) -> Value:
        algebra = self.algebra
        match node:
            case ast.Constant(value=bool()):
                raise self.unsupported(node)
            case ast.Constant(value=int() | float() as number):
                return algebra.constant(float(number))
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in self.names:
                known = self.names[owner]
                if not isinstance(known, Mapping) or name not in known:
                    near = nearest_name(name, known) if isinstance(known, Mapping) else None
                    raise self.unsupported(node, None if near is None else f"{owner}.{near}")
                return known[name]
            case ast.Tuple(elts=parts):
                return tuple(self.value(part) for part in parts)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return algebra.negative(self.value(inner))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return algebra.arithmetic(_ARITHMETIC[type(op)], self.value(left), self.value(right))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _JOINS:
                return algebra.join(_JOINS[type(op)], self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                return algebra.compare(_COMPARISONS[type(op)], self.value(left), self.value(right))
            case ast.Call(func=ast.Name(id=name)):
                return self._call(node, self.outside.get(name))
        raise self.unsupported(node)

    def _name(self, node: ast.expr, name: str) -> Value:
        if name in self.names:
            return self.names[name]
        number = self.outside.get(name)
        if isinstance(number, int | float) and not isinstance(number, bool):
            return self.algebra.constant(float(number))
        raise self.unsupported(node, nearest_name(name, self.names))

    def _call(self, node: ast.Call, function: Any) -> Value:
        if not inspect.isfunction(function):
            raise self.unsupported(node)
        words = {word.arg: self.value(word.value) for word in node.keywords if word.arg}
        bound = inspect.signature(function).bind(*(self.value(each) for each in node.args), **words)
        given = dict(bound.arguments)
        if function is elementwise.where:
            return self.algebra.where(given["condition"], given["yes"], given["no"])
        if function is elementwise.floor:
            return self.algebra.floor(given["x"])
        if function is elementwise.power_of_two:
            return self.algebra.power_of_two(given["k"])
        own = getattr(self.algebra, "shortcuts", {}).get(function)
        if own is not None:
            return own(**given)
        named = {
            name: value if isinstance(value, Mapping) else self.algebra.named(name, value)
            for name, value in given.items()
        }
        return work_out(function, named, self.algebra)


def check_language(function: Callable[..., Any], given: Mapping[str, Value]) -> None:
    """Refuse a function that no engine but NumPy's could run, or that names a parameter that there is not.

    Args:
        function: a stage.
        given: its arguments by name; only the keys of mappings matter.

    Raises:
        TypeError: with file, line, expression and nearest name.
    """
    work_out(function, given, _NOTHING)


class _Nothing:
    """The algebra without values: every step is possible, and gives nothing."""

    def _step(self, *_given: Value) -> None:
        return None

    constant = arithmetic = negative = compare = join = where = floor = power_of_two = named = _step


_NOTHING: Any = _Nothing()


@cache
def _body(function: Callable[..., Any]) -> tuple[ast.stmt, ...]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        raise TypeError(f"{function.__qualname__} is not a plain function")
    return tuple(tree.body[0].body)
