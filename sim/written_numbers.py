"""Numbers as people write them, read in one place: options, files and forms all come here."""

from __future__ import annotations

import re
from decimal import Decimal

from sim.policy.number_text import NOT_A_NUMBER, parse
from sim.policy.problems import InputError, Problem, Say, within

__all__ = ["listed", "read_number", "read_whole", "try_number", "try_whole"]

_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def read_number(
    path: str, text: str, low: float, high: float, unit: str = "", *, decimals: int | None = None, decimal: str = ""
) -> float:
    """Return a number within [low, high].

    Args:
        path: where it stands, for the message.
        text: as it was typed.
        low, high: bounds, in `unit`.
        unit: of the bounds.
        decimals: the most decimals there may be.
        decimal: the decimal mark, when it is known.

    Raises:
        InputError: no number, two readings, outside the bounds, too many decimals.
    """
    number = parse(text, decimal)
    if isinstance(number, tuple):
        raise InputError([within(path, text, low, high, unit)])
    if not Decimal(str(low)) <= number <= Decimal(str(high)):
        raise InputError([within(path, text, low, high, unit)])
    if decimals is not None and number != round(number, decimals):
        raise InputError(
            [Problem(path, text, Say(f"at most {decimals} decimals", f"ten hoogste {decimals} decimalen"))]
        )
    return float(number) + 0.0  # -0 is 0


def read_whole(path: str, text: str, low: float = -(10**18), high: float = 10**18, unit: str = "") -> int:
    """Return a whole number within [low, high]; raise InputError as `read_number` does."""
    number = parse(text)
    if isinstance(number, Decimal) and number == int(number) and "." not in text and low <= number <= high:
        return int(number)
    if isinstance(number, tuple) and number is not NOT_A_NUMBER:
        raise InputError([Problem(path, text, Say(*number))])
    open_ended = abs(low) >= 10**18 and high >= 10**18
    span = "" if open_ended else f" in {low:.0f} .. {high:.0f}" + (f" {unit}" if unit else "")
    told = Say(f"a whole number{span}", f"een geheel getal{span.replace(' in ', ' van ')}")
    raise InputError([Problem(path, text, told)])


def try_number(
    path: str, text: str, low: float, high: float, problems: list[Problem], unit: str = "", *, decimal: str = ""
) -> float | None:
    """Return the number, or None with what is wrong added to `problems`."""
    try:
        return read_number(path, text, low, high, unit, decimal=decimal)
    except InputError as error:
        problems += error.problems
        return None


def try_whole(
    path: str, text: str, problems: list[Problem], low: float = -(10**18), high: float = 10**18, unit: str = ""
) -> int | None:
    """Return the whole number, or None with what is wrong added to `problems`."""
    try:
        return read_whole(path, text, low, high, unit)
    except InputError as error:
        problems += error.problems
        return None


def listed(text: str) -> list[str]:
    """Return the items of a list: parted by semicolons when there is one (so that 0,5;1,5 can be written)."""
    return [part.strip() for part in text.split(";" if ";" in text else ",")]
