"""Numbers out of a researcher's cells: every way to write one wrongly gets its own answer."""

from __future__ import annotations

import re

from sim.policy.number_text import parse
from sim.problems import Problem, Say, within

__all__ = ["Reader"]


class Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(self, path: str, problems: list[Problem], decimal: str = "") -> None:
        self.path = path
        self.decimal = decimal
        self.problems = problems

    def number(
        self,
        column: str,
        text: str,
        low: float,
        high: float,
        *,
        whole: bool = False,
        share: bool = False,
        above: bool = False,
        must: bool = False,
    ) -> float | None:
        """Return the number in a cell, None when it is empty or wrong.

        Args:
            column: for the message.
            text: the cell.
            low, high: bounds; with `above`, `low` itself is out.
            whole: only whole numbers.
            share: a proportion; a value above 1 is told to be a percentage.
            must: an empty cell is a problem.
        """
        if not text:
            if must:
                self._wrong(column, "empty", Say("a number", "een getal"))
            return None
        if re.search(r"\d\s*[*~†]+$", text):
            allowed = Say("a number; stars go in the column marker", "een getal; sterren in de kolom marker")
            self._wrong(column, text, allowed)
            return None
        read = parse(text, self.decimal)
        if isinstance(read, tuple):
            told = within(column, text, -1.0, 1.0) if share else Problem(column, text, Say(*read))
            self._wrong(column, text, told.allowed)
            return None
        number = float(read)
        if whole and number != int(number):
            self._wrong(column, text, Say("a whole number", "een geheel getal"))
            return None
        if share and abs(number) > 1:
            self._wrong(column, text, within(column, text, -1.0, 1.0).allowed)
            return None
        if not low <= number <= high or (above and number == low):
            span = f"{low:g} .. {high:g}"
            self._wrong(column, text, Say(f"a number in {span}", f"een getal van {span}"))
            return None
        return number

    def _wrong(self, column: str, value: str, allowed: Say) -> None:
        self.problems.append(Problem(f"{self.path}:{column}", value, allowed))
