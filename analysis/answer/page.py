"""One page for a council: every text and number of it, from the data of one run, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.answer.council import Council, Group, unknowns_of
from analysis.answer.label_words import group_words, label_words
from analysis.answer.measures import spoken
from analysis.answer.money_words import amount_rows, money_lines, unit_of_rows
from analysis.answer.sentences import said
from analysis.answer.templates import say
from analysis.answer.wording import people, period, whole
from analysis.effects.words import number
from sim.problems import Say

__all__ = ["LIMITS", "WORDS", "CostRow", "GroupRow", "Page", "RuleRow", "page_of", "page_text"]

# What fits on one A4 together, but for the last steps of fitting (`analysis.answer.page_write`).
LIMITS = {"rules": 4, "groups": 6, "costs": 7, "sure": 4, "unknowns": 4, "plan_words": 35}

WORDS: dict[str, Say] = {
    "head": Say("For the council of {0}", "Voor de gemeenteraad van {0}"),
    "head_any": Say("For the municipal council", "Voor de gemeenteraad"),
    "plan": Say("What is the plan?", "Wat is het plan?"),
    "who": Say("Who", "Wie"),
    "what": Say("What", "Wat"),
    "people": Say("How many people", "Hoeveel mensen"),
    "share": Say("Part", "Deel"),
    "groups": Say("For whom does it work?", "Voor wie werkt het?"),
    "per": Say("in every 1,000", "van elke 1.000"),
    "all": Say("All {0} of the plan", "Alle {0} uit het plan"),
    "all_any": Say("Everybody in the plan", "Iedereen uit het plan"),
    "few": Say("too few people", "te weinig mensen"),
    "cost": Say("What does it cost, and who pays?", "Wat kost het, en wie betaalt?"),
    "year_all": Say("A year, all people together", "Per jaar, alle mensen samen"),
    "year_each": Say("A year, for every 1,000 people", "Per jaar, voor elke 1.000 mensen"),
    "sure": Say("How sure is this?", "Hoe zeker is dit?"),
    "unknown": Say("What do we not know?", "Wat weten we niet?"),
    "foot": Say(
        "A number such as ‘10 to 70’ is a range: we think the chance is 9 in 10 that the real number lies in it. "
        "A plus is gain, a minus is cost. Made with bijstand {version}, run {run}.",
        "Een getal als ‘10 tot 70’ is een marge: wij denken dat de kans 9 op 10 is dat het echte getal daarin ligt. "
        "Een plus is winst, een min is kosten. Gemaakt met bijstand {version}, run {run}.",
    ),
}
_MONTHS = Say(
    "January February March April May June July August September October November December",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
# What a paragraph of "how sure" begins with, in bold where it does.
_STARTS = {
    "nl": ("Vooraf", "De proeven", "Geen enkele proef", "Maar één stad", "De conclusie"),
    "en": ("At first", "The trials", "No trial", "Only one town", "The conclusion"),
}
_TONES = {"gain": "gain", "harm": "harm", "outside": "outside", "unmeasured": "outside"}


@dataclass(frozen=True)
class RuleRow:
    """Who, what, and how many people."""

    who: str
    what: str
    count: str


@dataclass(frozen=True)
class GroupRow:
    """A group with the effect on it."""

    name: str
    cell: str
    own: bool


@dataclass(frozen=True)
class CostRow:
    """A line of the accounts; `kind` is its class in the style sheet."""

    name: str
    amount: str
    range: str
    kind: str


@dataclass(frozen=True)
class Page:
    """Everything on the page; `figure` is set by whoever writes it."""

    lang: str
    head: str
    date: str
    title: str
    tone: str
    verdict: str
    size: tuple[str, ...]
    money: tuple[str, ...]
    warning: tuple[str, ...]
    label: tuple[tuple[str, str], ...]
    plan: str
    count_head: str
    rules: tuple[RuleRow, ...]
    groups_head: str
    groups_unit: str
    groups: tuple[GroupRow, ...]
    groups_note: str
    cost_head: str
    cost_unit: str
    costs: tuple[CostRow, ...]
    cost_note: str
    sure: tuple[tuple[str, str], ...]
    unknowns: tuple[str, ...]
    foot: str
    version: str
    figure: str = ""
    caption: str = ""


def page_of(
    council: Council, lang: str, *, clients: int | None = None, measured_to: int = 25, unknowns: int = 4
) -> Page:
    """Return the page in one language.

    Args:
        council: the run's data.
        lang: "en" or "nl".
        clients: people on benefit in the municipality; None gives shares and asks for it.
        measured_to: last month that trials of this treatment measured.
        unknowns: how many things not known are listed.
    """
    answer = council.answer
    words = said(answer, lang, place=council.place, clients=clients)
    net = council.net
    money = money_lines(net, council.outlay, clients, lang, verdict=answer.verdict)
    verdict = words.verdict
    if answer.verdict == "gain" and net.high < 0.0:
        verdict += " " + say("costs_money", lang)
    warning = [] if council.calibrated else [say("uncalibrated", lang)]
    hidden = answer.verdict in ("hidden", "unknown")
    groups, note = ((), "") if hidden else _groups(council, lang, clients)
    spoken_of = spoken(answer.asked.measure)
    _, _, unit = unit_of_rows(council.amounts, clients)
    sure = (*words.sure, *words.outside)
    after = "na" if lang == "nl" else "after"
    costs = _costs(council, clients, lang)
    return Page(
        lang=lang,
        head=WORDS["head" if council.place else "head_any"].to(lang).format(council.place),
        date=_day(council.created, lang),
        title=council.question.to(lang),
        tone=_TONES.get(answer.verdict, "unclear"),
        verdict=verdict,
        size=words.size,
        money=tuple(money),
        warning=tuple(warning),
        label=tuple(label_words(answer, lang)),
        plan=council.plan.to(lang),
        count_head=WORDS["people" if clients else "share"].to(lang),
        rules=tuple(
            RuleRow(rule.who.to(lang), rule.what.to(lang), _count(rule.share, clients, lang))
            for rule in council.rules[: LIMITS["rules"]]
        ),
        groups_head=f"{spoken_of.short.to(lang)}, {after} {period(answer.asked.month, lang)}",
        groups_unit=WORDS["per"].to(lang) if spoken_of.kind.form == "people" else "",
        groups=groups,
        groups_note=note,
        cost_head=WORDS["year_all" if clients else "year_each"].to(lang),
        cost_unit=unit.to(lang),
        costs=costs,
        cost_note=_cost_note(council, clients, lang),
        sure=tuple(_bold(line, lang) for line in sure),
        unknowns=tuple(unknowns_of(council, lang, measured_to=measured_to)[:unknowns]),
        foot=WORDS["foot"].to(lang).format(version=council.version, run=council.run_id),
        version=council.version,
    )


def page_text(page: Page) -> str:
    """Return the sentences of the page, without its tables: what is counted for readability."""
    sure = [f"{start} {rest}".strip() for start, rest in page.sure]
    lines = [page.title, page.verdict, *page.size, *page.money, *page.warning, page.plan, page.groups_note]
    lines += [page.cost_note.removeprefix("* "), *sure, *page.unknowns]
    return " ".join(line for line in lines if line)


def _count(share: float, clients: int | None, lang: str) -> str:
    if clients is None:
        return f"{number(100.0 * share, 0, lang)}%"
    count = share * clients
    step = 10.0 if clients >= 500 else 1.0
    return whole(round(count / step) * step if share < 1.0 else count, lang)


def _groups(council: Council, lang: str, clients: int | None) -> tuple[tuple[GroupRow, ...], str]:
    """Return the rows of groups, the plan's own first, and what may be said of them."""
    answer = council.answer
    outside = answer.verdict in ("outside", "unmeasured")
    span = answer.concluded.span
    rows: list[GroupRow] = []
    if span is not None:
        everyone = WORDS["all"].to(lang).format(people(clients, lang)) if clients else WORDS["all_any"].to(lang)
        rows.append(GroupRow(everyone, group_words(span, answer.verdict, answer.asked.measure, lang), True))
    chosen = [group for group in council.groups if group.own or not outside]
    rows += [
        GroupRow(_group_name(group, lang, clients), _cell(group, council, lang), group.own)
        for group in sorted(chosen, key=lambda each: not each.own)[: LIMITS["groups"] - 1]
    ]
    shown = [group for group in chosen if group.span is not None]
    if outside:
        return tuple(rows), say("groups_outside", lang)
    if not shown:
        return tuple(rows), ""
    apart = any(group.apart for group in shown)
    clear = any(group.clear for group in shown)
    return tuple(rows), "" if apart else say("groups_unsure" if clear else "groups_none", lang)


def _group_name(group: Group, lang: str, clients: int | None) -> str:
    if group.span is None:
        return group.name.to(lang)
    return f"{group.name.to(lang)} ({_count(group.share, clients, lang)})"


def _cell(group: Group, council: Council, lang: str) -> str:
    if group.span is None:
        return WORDS["few"].to(lang)
    verdict = council.answer.verdict if group.clear and council.answer.verdict in ("gain", "harm") else "unclear"
    return group_words(group.span, verdict, council.answer.asked.measure, lang)


def _costs(council: Council, clients: int | None, lang: str) -> tuple[CostRow, ...]:
    classes = {"part": "part", "municipality": "sum", "sum": "sum"}
    return tuple(
        CostRow(row.text.to(lang) + (" *" if row.assumed else ""), amount, ends, classes.get(row.kind, ""))
        for row, amount, ends in amount_rows(council.amounts[: LIMITS["costs"]], clients, lang)
    )


def _cost_note(council: Council, clients: int | None, lang: str) -> str:
    notes = []
    if council.price.to(lang) and any(row.assumed for row in council.amounts):
        notes.append("* " + say("price", lang, price=council.price.to(lang)) + " " + say("price_ask", lang))
    if clients is None:
        notes.append(say("clients", lang))
    return " ".join(notes)


def _bold(line: str, lang: str) -> tuple[str, str]:
    starts: Sequence[str] = _STARTS[lang]
    own = line.split(" zelf ")[0] + " zelf" if lang == "nl" and " zelf " in line[:40] else ""
    own = line.split(" itself ")[0] + " itself" if lang == "en" and " itself " in line[:40] else own
    for start in (own, *starts):
        if start and line.startswith(start):
            return start, line[len(start) :].strip()
    return "", line


def _day(created: str, lang: str) -> str:
    try:
        day = date.fromisoformat(created[:10])
    except ValueError:
        return created
    month = _MONTHS.to(lang).split(" ")[day.month - 1]
    return f"{day.day} {month} {day.year}"
