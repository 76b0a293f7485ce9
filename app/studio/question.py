"""A what-if question and its address: the whole question stands in the URL, with a version number.

``/en/ask?v=1&pop=nijmegen&months=24&a=regular&b=intensive&b.contacts=2&b.who=debt > 0`` asks what two contacts a
month for people with debts would do, against the regular regime. Only levers that were moved are named, so a link
stays short and means the same tomorrow. This module knows regimes and levers, but neither numpy nor the model.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from sim.people import recipe
from sim.problems import InputError, Problem, Say, one_of, within
from sim.regime.levers import LEVERS, Lever
from sim.regime.read import regimes_from_dict
from sim.regime.regime import Regime

__all__ = ["LETTERS", "VERSION", "Question", "Side", "default_question", "from_query", "starts", "to_query", "to_toml"]

VERSION = 1
LETTERS = ("a", "b", "c", "d")
_MONTHS = (6, 120)
_LONGEST_RULE = 300


@dataclass(frozen=True)
class Side:
    """One regime of the question: a ready one to start from, and the levers that were moved.

    `who` is the rule that says who gets it ("" = everybody); the others get the first regime.
    """

    start: str
    levers: Mapping[str, float] = field(default_factory=dict)
    who: str = ""

    @property
    def changed(self) -> bool:
        """Whether it is more than a ready regime."""
        return bool(self.levers or self.who)


@dataclass(frozen=True)
class Question:
    """Up to four regimes for one population; the first is what the others are compared with."""

    population: str
    months: int
    sides: tuple[Side, ...]


@cache
def starts() -> Mapping[str, Regime]:
    """Return the ready regimes to start from, by name."""
    text = files("sim.regime").joinpath("headline.toml").read_text("utf-8")
    return regimes_from_dict(tomllib.loads(text)["regimes"])


def default_question() -> Question:
    """Return the question that an empty address asks."""
    return Question("nijmegen", 24, (Side("regular"), Side("intensive")))


def value_of(side: Side, lever: Lever) -> float:
    """Return where a lever stands on a side: moved, as the ready regime has it, or regular."""
    ready = starts()[side.start].levers
    return float(side.levers.get(lever.name, ready.get(lever.name, lever.regular)))


def from_query(query: Mapping[str, str], own: Iterable[str] = ()) -> Question:
    """Return the question of an address; `own` names imported populations that may be asked about.

    Raises:
        InputError: every problem of the address at once, each naming its field.
    """
    if not any(name in query for name in ("pop", "months", *LETTERS)):
        return default_question()
    problems: list[Problem] = []
    known = {"v", "pop", "months", "answer", *LETTERS}
    if query.get("v", str(VERSION)) != str(VERSION):
        problems.append(Problem("v", query["v"], Say(f"{VERSION}", f"{VERSION}")))
    populations = [*recipe.names(), *own]
    population = query.get("pop", "nijmegen")
    if population not in populations:
        problems.append(one_of("pop", population, populations))
    months = _number("months", query.get("months", "24"), *_MONTHS, whole=True, problems=problems)
    sides: list[Side] = []
    for letter in LETTERS:
        start = query.get(letter, "")
        mine = {key: text for key, text in query.items() if key.startswith(f"{letter}.")}
        known |= {f"{letter}.{name}" for name in (*LEVERS, "who", "from")}
        if not start:
            continue
        if start not in starts():
            problems.append(one_of(letter, start, starts()))
            continue
        if mine.get(f"{letter}.from", start) != start:  # the levers in the form are those of another start
            mine = {key: text for key, text in mine.items() if key == f"{letter}.who"}
        sides.append(_side(letter, start, mine, problems))
    if not sides:
        problems.append(Problem("a", "", Say("at least one regime", "ten minste één regime")))
    problems += [one_of(key, key, known) for key in query if key not in known]
    InputError.raise_if(problems)
    return Question(population, int(months), tuple(sides))


def _side(letter: str, start: str, given: Mapping[str, str], problems: list[Problem]) -> Side:
    levers: dict[str, float] = {}
    for name, lever in LEVERS.items():
        text = given.get(f"{letter}.{name}", "")
        if not text.strip():
            continue
        value = _number(f"{letter}.{name}", text, lever.low, lever.high, whole=lever.whole, problems=problems)
        if value != value_of(Side(start), lever):  # a lever that stands where it stood says nothing
            levers[name] = value
    who = given.get(f"{letter}.who", "").strip()
    if len(who) > _LONGEST_RULE or any(ord(sign) < 32 for sign in who):
        allowed = Say(
            f"at most {_LONGEST_RULE} characters on one line", f"hoogstens {_LONGEST_RULE} tekens op één regel"
        )
        problems.append(Problem(f"{letter}.who", who[:40], allowed))
    return Side(start, levers, who)


def _number(path: str, text: str, low: float, high: float, *, whole: bool, problems: list[Problem]) -> float:
    """Return a number as people write it: one comma or point as the decimal sign."""
    cleaned = text.strip().replace(",", ".")
    try:
        value = float(cleaned)
    except ValueError:
        value = float("nan")
    if not low <= value <= high or (whole and value != int(value)):
        problems.append(within(path, text, low, high))
        return low
    return value


def to_query(question: Question) -> str:
    """Return the address of a question: the same question, the same address."""
    pairs: list[tuple[str, str]] = [("v", str(VERSION)), ("pop", question.population), ("months", str(question.months))]
    for letter, side in zip(LETTERS, question.sides, strict=False):
        pairs.append((letter, side.start))
        pairs += [(f"{letter}.{name}", f"{side.levers[name]:g}") for name in LEVERS if name in side.levers]
        pairs += [(f"{letter}.who", side.who)] * bool(side.who)
    return urlencode(pairs)


def title_of(side: Side, letter: str, lang: str) -> str:
    """Return what a side is called."""
    title = starts()[side.start].title.to(lang)
    changed = {"en": "changed", "nl": "aangepast"}[lang]
    return f"{letter.upper()}: {title}" + (f" ({changed})" if side.changed else "")


def to_toml(question: Question, place: int) -> str:
    """Return one side of a question as a scenario file, which `bijstand compare` reads."""
    side, letter = question.sides[place], LETTERS[place]
    lines = [
        f'name = "{letter}_{side.start[:30]}"',
        f"title = {{ en = {_text(title_of(side, letter, 'en'))}, nl = {_text(title_of(side, letter, 'nl'))} }}",
        f"population = {_text(question.population)}",
        f"months = {question.months}",
    ]
    regime = side.start if not side.levers else f"changed_{letter}"
    first = question.sides[0]
    other = first.start if not first.levers else "changed_a"
    if side.who:
        rule = f"{{ when = {_text(side.who)}, regime = {_text(regime)} }}"
        lines += ["", "[assignment]", f"rules = [{rule}]", f"otherwise = {_text(other)}"]
    else:
        lines.append(f"regime = {_text(regime)}")
    tables = {regime: side} | ({other: first} if side.who else {})
    for name, each in tables.items():
        if each.levers:
            lines += ["", f"[regimes.{name}]", f"based_on = {_text(each.start)}", f"[regimes.{name}.levers]"]
            lines += [f"{lever} = {value:g}" for lever, value in each.levers.items()]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Return a TOML string (JSON's is one)."""
    return json.dumps(text, ensure_ascii=False)
