"""Bad input, told in one go: every problem with its path, its value, what is allowed and the nearest name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from sim.policy.number_text import NOT_A_NUMBER, parse

__all__ = ["InputError", "Problem", "Say", "nearest_name", "one_of", "within"]


class Say(NamedTuple):
    """One sentence in both languages."""

    en: str
    nl: str

    def to(self, lang: str) -> str:
        """Return the sentence in `lang` ('nl' or 'en')."""
        return self.nl if lang == "nl" else self.en


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    `path` names the place (``regime.contacts_month``, ``--date``, ``clients.csv:12:age``),
    `value` is what stood there, `allowed` says what may stand there, `nearest` is a valid name close by.
    """

    path: str
    value: object
    allowed: Say
    nearest: str | None = None

    def to(self, lang: str) -> str:
        """Return one line that a user can act upon."""
        shown = repr(self.value) if isinstance(self.value, str) else str(self.value)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        line = f"{self.path}: {shown}; " + ("toegestaan: " if lang == "nl" else "allowed: ") + self.allowed.to(lang)
        if self.nearest is not None:
            line += f" ({'bedoelde u' if lang == 'nl' else 'did you mean'} '{self.nearest}'?)"
        return line


@dataclass
class InputError(Exception):
    """All problems of one input. The command line prints them and ends with exit code 2."""

    problems: Sequence[Problem] = field(default_factory=tuple)

    def __str__(self) -> str:
        return "\n".join(problem.to("en") for problem in self.problems)

    @classmethod
    def raise_if(cls, problems: Iterable[Problem]) -> None:
        """Raise when there is at least one problem."""
        found = tuple(problems)
        if found:
            raise cls(found)


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """Return the valid name closest to `name`, or None when nothing is close."""
    known = list(names)
    lowered = {valid.lower(): valid for valid in known}
    close = get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.5)
    return lowered[close[0]] if close else None


def one_of(path: str, value: object, names: Iterable[str]) -> Problem:
    """Return the problem of a name that is not among `names`."""
    known = sorted(set(names))
    listed = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return Problem(path, value, Say(f"one of {listed}", f"één van {listed}"), nearest_name(str(value), known))


def within(path: str, value: object, low: float, high: float, unit: str = "") -> Problem:
    """Return the problem of a number outside [low, high]."""
    read = parse(value) if isinstance(value, str) else NOT_A_NUMBER
    if isinstance(read, tuple) and read is not NOT_A_NUMBER:
        return Problem(path, value, Say(*read))
    span = f"{_plain(low)} .. {_plain(high)}" + (f" {unit}" if unit else "")
    slip = _slip(value, low, high)
    return Problem(path, value, Say(f"a number in {span}{slip.en}", f"een getal van {span}{slip.nl}"))


def _slip(value: object, low: float, high: float) -> Say:
    """Name a percentage that stands where a share belongs: 50 for 0.5, 4.1 for 0.041, "50%"."""
    try:
        number = float(str(value).strip().removesuffix("%").replace(",", ".").replace("−", "-"))
    except ValueError:
        return Say("", "")
    written = isinstance(value, str) and value.strip().endswith("%")
    if written and high > 1:
        return Say(f": write {number:g}", f": schrijf {number:g}".replace(".", ","))
    if high != 1 or low < -1 or not low <= number / 100 <= high or not (written or abs(number) > 1):
        return Say("", "")
    share = f"{number:g}% is {number / 100:.6g}"
    return Say(f": {share}", f": {share.replace('.', ',')}")


def _plain(number: float) -> str:
    return f"{number:.0f}" if number == number // 1 else f"{number:g}"
