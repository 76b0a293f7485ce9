"""The answers of a run for its report: one table a scenario and month, one label line, the figure of the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.answer.council import Council, Rule
from analysis.answer.figure_three import draw_three
from analysis.answer.line import cells
from analysis.answer.measures import UNITS, spoken
from analysis.answer.money_words import amount_rows, unit_of_rows
from analysis.answer.page import page_of
from analysis.answer.sentences import said
from analysis.answer.triple import Answer
from analysis.answer.wording import period
from analysis.effects.words import number
from analysis.figures.style import Drawing
from sim.problems import Say

__all__ = ["answer_blocks", "answer_drawings", "answer_summary", "answer_words", "money_of", "policy_rows"]

WORDS: dict[str, Say] = {
    "answers": Say("Answers: assumed, found, concluded", "Antwoorden: vooraf, proeven, conclusie"),
    "answers_caption": Say(
        "{scenario} against {baseline}, after {t}. Range 90%. + gain, - harm, = little difference, ? cannot be told, "
        ". no claim. Assumed: before any trial was looked at. Found: the trials themselves, together.",
        "{scenario} tegenover {baseline}, na {t}. Marge 90%. + winst, - verlies, = weinig verschil, ? niet te zeggen, "
        ". geen uitspraak. Vooraf: voordat er naar een proef is gekeken. Proeven: de proeven zelf, samen.",
    ),
    "unit": Say("Unit", "Eenheid"),
    "assumed_before": Say("Assumed", "Vooraf"),
    "found": Say("Trials", "Proeven"),
    "concluded": Say("Concluded", "Conclusie"),
    "support": Say("Support", "Onderbouwd"),
    "verdict": Say("In words", "In woorden"),
    "outside": Say("Outside the trials", "Buiten de proeven"),
    "policy": Say("What the policy is", "Wat het beleid is"),
    "policy_caption": Say("Who gets what, and how many they are", "Wie wat krijgt, en hoeveel mensen dat zijn"),
    "who": Say("Who", "Wie"),
    "what": Say("What", "Wat"),
    "share": Say("Part of the people", "Deel van de mensen"),
    "money": Say("What it costs, and whom", "Wat het kost, en wie betaalt"),
    "money_caption": Say(
        "Euros a year for every 1,000 people, the same run; + is gain to the party. * rests on an assumed price",
        "Euro per jaar voor elke 1.000 mensen, dezelfde run; + is winst voor de partij. * op een aangenomen prijs",
    ),
    "party": Say("Party", "Partij"),
    "amount": Say("Amount", "Bedrag"),
    "whom": Say("For whom, in the same run", "Voor wie, in dezelfde run"),
    "contents": Say("Contents", "Inhoud"),
}


def answer_words(lang: str) -> dict[str, str]:
    """Return the words of these parts."""
    return {name: text.to(lang) for name, text in WORDS.items()}


def answer_blocks(answers: Sequence[Answer], lang: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a block for each scenario and month: caption, rows, and once for all rows why it lies outside."""
    grouped: dict[tuple[str, int], list[Answer]] = {}
    for answer in answers:
        grouped.setdefault((answer.asked.scenario, answer.asked.month), []).append(answer)
    return [
        {
            "caption": WORDS["answers_caption"]
            .to(lang)
            .format(
                scenario=titles.get(scenario, scenario),
                baseline=titles.get(rows[0].asked.baseline, rows[0].asked.baseline),
                t=period(month, lang),
            ),
            "rows": [_row(answer, lang) for answer in rows],
            "outside": "; ".join(dict.fromkeys(each[lang] for answer in rows for each in answer.label.reasons)),
        }
        for (scenario, month), rows in grouped.items()
    ]


def _row(answer: Answer, lang: str) -> dict[str, str]:
    name, before, found, concluded, mark, support = cells(answer, lang, short=False)
    words = said(answer, lang)
    return {
        "measure": name,
        "unit": UNITS[spoken(answer.asked.measure).kind.form].to(lang),
        "assumed": before,
        "found": found,
        "concluded": concluded,
        "mark": mark,
        "support": support,
        "verdict": " ".join((words.verdict, *words.size)),
    }


def answer_summary(answers: Sequence[Answer], lang: str, titles: Mapping[str, str]) -> list[str]:
    """Return a few plain sentences for each scenario: the answer about work in its last month, and what it rests on."""
    told: list[str] = []
    for scenario in dict.fromkeys(answer.asked.scenario for answer in answers):
        mine = [answer for answer in answers if answer.asked.scenario == scenario]
        last = max(answer.asked.month for answer in mine)
        work = [a for a in mine if a.asked.month == last and a.asked.measure.startswith(("hours_over", "works"))]
        words = said((work or mine)[0], lang)
        told.append(f"{titles.get(scenario, scenario)}: {' '.join((words.verdict, *words.size))}")
        told.append(" ".join((*words.sure, *words.outside)))
    return [text for text in told if text]


def answer_drawings(answers: Sequence[Answer], lang: str, titles: Mapping[str, str]) -> list[Drawing]:
    """Return a figure for the work answer of each scenario in its last month, at most four."""
    drawn: list[Drawing] = []
    for scenario in dict.fromkeys(answer.asked.scenario for answer in answers):
        mine = [a for a in answers if a.asked.scenario == scenario and a.verdict not in ("hidden", "zero", "unknown")]
        mine = [answer for answer in mine if answer.concluded.span is not None]
        last = max((answer.asked.month for answer in mine), default=0)
        work = [a for a in mine if a.asked.month == last and a.asked.measure.startswith(("hours_over", "works"))]
        if work and len(drawn) < 4:
            one = draw_three(work[0], lang)
            caption = f"{titles.get(scenario, scenario)}: {one.caption}"
            drawn.append(Drawing(f"answer-{len(drawn) + 1}", caption, one.alt or one.caption, one.figure))
    return drawn


def policy_rows(policy: Mapping[str, Sequence[Rule]], lang: str, titles: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return (scenario, who, what, share) for every rule of every scenario."""
    return [
        (
            titles.get(scenario, scenario),
            rule.who.to(lang),
            rule.what.to(lang),
            f"{number(100.0 * rule.share, 0, lang)}%" if rule.share >= 0.0 else "?",
        )
        for scenario, rules in policy.items()
        for rule in rules
    ]


def money_of(page: Council | None, lang: str) -> dict[str, Any]:
    """Return the costs and groups of a run that has its council page; empty parts for any other."""
    if page is None:
        return {"money": [], "money_unit": "", "whom": [], "whom_head": ""}
    _, _, unit = unit_of_rows(page.amounts, None)
    told = page_of(page, lang)
    return {
        "money": [
            (row.text.to(lang) + (" *" if row.assumed else ""), amount, ends)
            for row, amount, ends in amount_rows(page.amounts, None, lang)
        ],
        "money_unit": unit.to(lang),
        "whom": [(row.name, row.cell) for row in told.groups],
        "whom_head": f"{told.groups_head} ({told.groups_unit})",
    }
