"""What a council page is made of: one run's effects, groups and costs, as data that can be stored with the run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from analysis.answer.measures import kind_of
from analysis.answer.money_words import Amount
from analysis.answer.triple import Answer, Span, record, stored
from sim.problems import Say

__all__ = ["Council", "Group", "Rule", "council_json", "council_of", "question_of", "unknowns_of"]

_UNKNOWNS = Path(__file__).with_name("data") / "unknowns.toml"
LONGEST_TITLE = 52
_QUESTIONS: dict[str, Say] = {
    "guidance": Say("Does more guidance help people {in}to work?", "Helpt meer begeleiding mensen {in}aan werk?"),
    "exemption": Say("Do more people {in}work with fewer duties?", "Gaan mensen {in}werken met minder plichten?"),
    "disregard": Say("Do more people work if they keep wages?", "Gaan mensen werken als zij loon mogen houden?"),
}
_ANY = Say("What does ‘{title}’ do?", "Wat doet ‘{title}’?")


@dataclass(frozen=True)
class Rule:
    """Who gets what: `share` of the people who are there at the start."""

    who: Say
    what: Say
    share: float


@dataclass(frozen=True)
class Group:
    """The effect on a group; `span` is None where fewer than ten people are in it.

    Attributes:
        own: a group of the plan's own rules, not one that was asked for.
        clear: the effect leaves zero out, told as a verdict is.
        apart: it differs from that on everybody else.
    """

    name: Say
    share: float
    span: Span | None
    own: bool = False
    clear: bool = False
    apart: bool = False


@dataclass(frozen=True)
class Council:
    """Everything on the page but the number of people and the language.

    Attributes:
        run_id, created, version: the run.
        place: the municipality, or empty.
        question: the title.
        plan: the plan in one or two sentences, at most 35 words.
        answer: the answer that the page is about.
        treatment: the main treatment.
        rules, groups, amounts: the tables.
        net, outlay: the municipality's account and what it lays out, euros a year a person.
        price: the price that was assumed, or empty.
        years: length of the plan.
        calibrated: the parameters were fitted to the trials.
        notes: other things not known, from this run.
    """

    run_id: str
    created: str
    version: str
    place: str
    question: Say
    plan: Say
    answer: Answer
    treatment: str
    rules: tuple[Rule, ...]
    groups: tuple[Group, ...]
    amounts: tuple[Amount, ...]
    net: Span
    outlay: Span
    price: Say
    years: float
    calibrated: bool
    notes: tuple[Say, ...] = ()

    def without(self, *, groups: int | None = None, parts: bool = False) -> Council:
        """Return the same with at most so many groups that were asked for, or without the parts of the costs."""
        kept = self.groups
        if groups is not None:
            own = [group for group in self.groups if group.own]
            kept = (*own, *[group for group in self.groups if not group.own][:groups])
        amounts = tuple(row for row in self.amounts if not (parts and row.kind == "part"))
        return replace(self, groups=kept, amounts=amounts)


def unknowns_of(council: Council, lang: str, *, measured_to: int) -> list[str]:
    """Return at most four things that are not known: of this treatment and outcome first, then of all plans."""
    form = kind_of(council.answer.asked.measure).form
    ranked: list[tuple[int, str]] = [(0, note.to(lang)) for note in council.notes]
    for entry in _unknowns():
        treatments, outcomes = entry.get("treatments"), entry.get("outcomes")
        if (treatments and council.treatment not in treatments) or (outcomes and form not in outcomes):
            continue
        rank = 1 if treatments or outcomes else 2
        ranked.append((rank, str(entry[lang]).format(after=measured_to)))
    return [text for _, text in sorted(ranked, key=lambda each: each[0])][:4]


@cache
def _unknowns() -> Sequence[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = tomllib.loads(_UNKNOWNS.read_text(encoding="utf-8"))["unknown"]
    return found


def question_of(treatment: str | None, measure: str, place: str, title: Say) -> Say:
    """Return the question of the page, at most 52 characters: about the treatment, else about its name."""
    work = kind_of(measure).form == "people"
    form = _QUESTIONS[treatment] if work and treatment in _QUESTIONS else _ANY
    return Say(*(_question(form.to(lang), lang, place, title) for lang in ("en", "nl")))


def _question(form: str, lang: str, place: str, title: Say) -> str:
    within = f"in {place} " if place else ""
    text = form.replace("{in}", within).replace("{title}", title.to(lang))
    if len(text) > LONGEST_TITLE:
        text = form.replace("{in}", "").replace("{title}", title.to(lang))
    if len(text) > LONGEST_TITLE:
        text = "Wat doet dit plan?" if lang == "nl" else "What does this plan do?"
    return text


def council_json(council: Council) -> dict[str, Any]:
    """Return the page's data as JSON."""
    plain = {name: value for name, value in vars(council).items() if name != "answer"}
    data: dict[str, Any] = {name: _plain(value) for name, value in plain.items()}
    return data | {"answer": record(council.answer)}


def council_of(data: Mapping[str, Any]) -> Council:
    """Return the page's data from its JSON."""

    def text(entry: Any) -> Say:
        return Say(str(entry["en"]), str(entry["nl"]))

    def span(entry: Any) -> Span | None:
        return None if entry is None else Span(**entry)

    def known(entry: Any) -> Span:
        return Span(**entry)

    return Council(
        run_id=str(data["run_id"]),
        created=str(data["created"]),
        version=str(data["version"]),
        place=str(data["place"]),
        question=text(data["question"]),
        plan=text(data["plan"]),
        answer=stored(data["answer"]),
        treatment=str(data["treatment"]),
        rules=tuple(Rule(text(each["who"]), text(each["what"]), float(each["share"])) for each in data["rules"]),
        groups=tuple(
            Group(
                text(each["name"]),
                float(each["share"]),
                span(each["span"]),
                bool(each["own"]),
                bool(each["clear"]),
                bool(each["apart"]),
            )
            for each in data["groups"]
        ),
        amounts=tuple(
            Amount(each["name"], text(each["text"]), each["kind"], known(each["span"]), bool(each["assumed"]))
            for each in data["amounts"]
        ),
        net=known(data["net"]),
        outlay=known(data["outlay"]),
        price=text(data["price"]),
        years=float(data["years"]),
        calibrated=bool(data["calibrated"]),
        notes=tuple(text(each) for each in data["notes"]),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Say):
        return {"en": value.en, "nl": value.nl}
    if isinstance(value, Span):
        return asdict(value)
    if isinstance(value, Rule | Group | Amount):
        return {name: _plain(each) for name, each in vars(value).items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
