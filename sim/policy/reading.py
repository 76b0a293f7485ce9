"""A benefit case from texts, as a person types them: every problem at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sim.policy.assess import LIMITS, BenefitCase, check_values
from sim.policy.law import Law
from sim.policy.problems import InputError, Problem, Say
from sim.policy.regimes import find_regime
from sim.written_numbers import read_number, read_whole

__all__ = ["option_name", "read_amount", "read_case", "read_values"]

_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def option_name(key: str) -> str:
    """Return the option of a field: ``--net-earnings`` for ``net_earnings``."""
    return "--" + key.replace("_", "-")


def read_case(texts: Mapping[str, str], law: Law) -> BenefitCase:
    """Return the case written in `texts` (field -> text; the fields of `BenefitCase`).

    Raises:
        InputError: every text that is wrong, in one go.
    """
    values, problems = read_values(texts)
    problems += check_values(values, law, option_name)
    InputError.raise_if(problems)
    return BenefitCase(**values)


def read_values(
    texts: Mapping[str, str], name_of: Callable[[str], str] = option_name
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values that could be read, and the problems of those that could not."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, text in texts.items():
        try:
            values[key] = _READERS[key](name_of(key), text.strip())
        except InputError as error:
            problems.extend(error.problems)
    return values, problems


def read_amount(path: str, text: str, low: float, high: float, unit: str = "EUR") -> float:
    """Return an amount with at most two decimals; point or comma as decimal sign.

    Raises:
        InputError: no number, more than two decimals, or outside [low, high].
    """
    return read_number(path, text, low, high, unit, decimals=2)


def _limited(path: str, text: str, key: str) -> float:
    return read_amount(path, text, *LIMITS[key])


def _age(path: str, text: str) -> int:
    # The bounds follow from the date; `check_values` knows them.
    if not _WHOLE.fullmatch(text):
        raise InputError([Problem(path, text, Say("a whole number of years", "een heel aantal jaren"))])
    return int(text)


def _date(path: str, text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InputError(
        [Problem(path, text, Say("a date that exists, as 2018-07-01", "een bestaande datum, zoals 2018-07-01"))]
    )


_READERS: dict[str, Callable[[str, str], Any]] = {
    "household": lambda path, text: text,
    "date": _date,
    "age": _age,
    "net_earnings": lambda path, text: _limited(path, text, "net_earnings"),
    "partner_net_earnings": lambda path, text: _limited(path, text, "partner_net_earnings"),
    "cost_sharers": lambda path, text: read_whole(path, text, *LIMITS["cost_sharers"][:2]),
    "months_used": lambda path, text: read_whole(path, text, *LIMITS["months_used"][:2]),
    "regime": lambda path, text: find_regime(text, path),
    "partner_age": lambda path, text: _age(path, text) if text else None,
    "children": lambda path, text: read_whole(path, text, *LIMITS["children"][:2]),
    "sanction": lambda path, text: _limited(path, text, "sanction"),
}
