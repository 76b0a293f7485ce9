"""What a plan shows, as tables and sentences: the same for the terminal and for a page, in Dutch or English."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from analysis.effects.validity import LABELS
from analysis.inference.precision import NINETY
from analysis.outcomes import outcomes
from analysis.planning.label import validity_of
from analysis.planning.search import front, told
from sim.problems import Say

if TYPE_CHECKING:
    from analysis.planning.caseload import Caseload
    from analysis.planning.design import Design
    from analysis.planning.lengths import Lengths
    from analysis.planning.power import Counted, Shown
    from analysis.planning.search import Candidate
    from analysis.planning.value import Value

__all__ = ["Answer", "Table", "page_text", "sentences", "tables"]

Table = tuple[str, list[str], list[list[str]]]


class Worth(Protocol):
    """What is read of the value of a design."""

    @property
    def evpi(self) -> Value:
        """Value of knowing everything, per person."""

    @property
    def by_mechanism(self) -> dict[str, Value]:
        """Value of knowing one mechanism."""

    @property
    def evsi(self) -> Value:
        """Value of the trial."""

    @property
    def reweighed(self) -> Value:
        """The same by reweighing."""

    @property
    def population(self) -> int:
        """Whom it concerns."""

    @property
    def whole(self) -> Value:
        """In euros for all of them."""

    @property
    def cost(self) -> float:
        """Of the trial."""

    @property
    def benefit(self) -> Value:
        """Expected net benefit of sampling."""

    @property
    def agree(self) -> bool:
        """Whether both ways agree."""


class Answer(Protocol):
    """What is read of the answer of `app.answering.planning`."""

    @property
    def designs(self) -> tuple[Design, ...]:
        """All designs."""

    @property
    def shown(self) -> tuple[tuple[Shown, ...], ...]:
        """What each shows."""

    @property
    def caseloads(self) -> tuple[Caseload, ...]:
        """Policies for the whole caseload."""

    @property
    def values(self) -> Sequence[Worth]:
        """Value of information."""

    @property
    def lengths(self) -> Lengths | None:
        """Short against long."""

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Designs within the budget."""

    @property
    def draws(self) -> int:
        """Sets of parameters."""

    @property
    def label(self) -> Say:
        """Of the parameters."""

    @property
    def run_id(self) -> str:
        """Name of the answer."""

    @property
    def notes(self) -> tuple[Say, ...]:
        """What must be known."""


def tables(answer: Answer, lang: str) -> list[Table]:
    """Return the tables of an answer: per design power and beliefs, then lengths, value, front."""
    found: list[Table] = []
    for design, rows in zip(answer.designs, answer.shown, strict=True):
        found += [_power(design, rows, lang), _beliefs(design, rows, lang)]
    if answer.lengths is not None:
        found.append(_lengths(answer.lengths, lang))
    if answer.values:
        found.append(_values(answer, lang))
    if len(answer.candidates) > 1:
        found.append(_front(answer, lang))
    return found


def sentences(answer: Answer, lang: str) -> list[str]:
    """Return what goes with the tables: label, advice, warnings."""
    found = [
        Say(
            f"{answer.label.en}; {answer.draws} sets of parameters; power of stated effects rests on base rates and "
            f"loss of answers only; run {answer.run_id}.",
            f"{answer.label.nl}; {answer.draws} parametersets; de power voor opgegeven effecten hangt alleen af van "
            f"basiskansen en uitval; run {answer.run_id}.",
        )
    ]
    found += [_advice(design, rows) for design, rows in zip(answer.designs, answer.shown, strict=True)]
    if answer.lengths is not None:
        found.append(answer.lengths.sentence)
    for design, worth in zip(answer.designs, answer.values, strict=False):
        if not worth.agree:
            found.append(
                Say(
                    f"{design.name}: the two ways to reckon EVSI differ by more than twice their error: trust neither.",
                    f"{design.name}: de twee manieren voor EVSI verschillen meer dan tweemaal hun fout: vertrouw geen.",
                )
            )
    if len(answer.values) > 1:
        found.append(_ranking(answer))
    found += [*told(front(answer.candidates))[:6], *answer.notes]
    return [one.to(lang) for one in found]


def page_text(answer: Answer, lang: str) -> str:
    """Return the whole answer as Markdown."""
    lines = [f"# {Say('Plan of a trial', 'Plan van een proef').to(lang)}", ""]
    made = Say("Made by", "Gemaakt met").to(lang)
    names = " ".join(f"plans/{name}.toml" for name in dict.fromkeys(one.plan for one in answer.designs))
    lines += [f"{made} `bijstand{' --lang nl' if lang == 'nl' else ''} plan {names}`.", ""]
    for sentence in sentences(answer, lang):
        lines += [sentence, ""]
    for title, headers, rows in tables(answer, lang):
        lines += [f"## {title}", "", "| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
        lines.append("")
    return "\n".join(lines)


def _advice(design: Design, rows: Sequence[Shown]) -> Say:
    """Say what the design shows about its decision and what would show it when it does not."""
    mine = [one for one in rows if (one.outcome, one.month, one.arm) == _asked(design)]
    one = mine[0]
    text = outcomes()[one.outcome].text
    en = (
        f"{design.title.en}: with {one.people} people an effect of {one.mde:.1f} points on '{text.en}' in month "
        f"{one.month} is found with {100 * design.power:.0f}% power; the decision is about {design.decision.worth:g} "
        f"points, for which {_people(one.needed, 'en')} people are needed. The model expects {one.effect:+.1f} points "
        f"(± {NINETY * one.effect_sd:.1f}); a significant result has a probability of {_percent(one.assurance, 'en')}."
    )
    nl = (
        f"{design.title.nl}: met {one.people} mensen wordt een effect van {_c(one.mde)} punten op '{text.nl}' in maand "
        f"{one.month} gevonden met {100 * design.power:.0f}% power; het besluit gaat over {_c(design.decision.worth)} "
        f"punten, waarvoor {_people(one.needed, 'nl')} mensen nodig zijn. Het model verwacht "
        f"{_c(one.effect, '+')} punten "
        f"(± {_c(NINETY * one.effect_sd)}); een significante uitkomst heeft een kans van "
        f"{_percent(one.assurance, 'nl')}."
    )
    if one.assurance.value < 0.15:
        other = min(rows, key=lambda row: -row.assurance.value)
        sd = max(one.effect_sd, 1e-9)
        contrast = one.mde / max(abs(one.effect) + sd, 1e-9)
        en += (
            f" That is unlikely. What would help: a contrast about {contrast:.1f} times as large, more towns with one "
            f"regime up to {_people(one.needed, 'en')} people, another outcome ({other.outcome}, month {other.month}, "
            f"{other.arm}: {_percent(other.assurance, 'en')}), or a smaller claim: that the effect is below "
            f"{one.mde:.0f} points."
        )
        nl += (
            f" Dat is onwaarschijnlijk. Wat zou helpen: een ongeveer {_c(contrast)} keer zo groot contrast, meer "
            f"gemeenten met één regime tot {_people(one.needed, 'nl')} mensen, een andere uitkomst ({other.outcome}, "
            f"maand {other.month}, {other.arm}: {_percent(other.assurance, 'nl')}), of een kleinere bewering: dat het "
            f"effect onder {one.mde:.0f} punten ligt."
        )
    return Say(en, nl)


def _asked(design: Design) -> tuple[str, int, str]:
    return design.decision.outcome, design.decision.month, design.decision.arm


def _power(design: Design, rows: Sequence[Shown], lang: str) -> Table:
    headers = Say("outcome|month|arm|level|size", "uitkomst|maand|groep|niveau|onterecht").to(lang).split("|")
    headers += [Say(f"power at {e:g}", f"power bij {e:g}").to(lang) for e in design.stated]
    headers += Say("smallest effect|people needed|label", "kleinste effect|nodig (mensen)|label").to(lang).split("|")
    body = []
    for one in rows:
        powers = []
        for points, count in one.powers.items():
            closed = one.closed[points]
            beside = "" if math.isnan(closed) else f" ({_n(100 * closed, lang, 0)})"
            powers.append(_percent(count, lang) + beside)
        label = LABELS[validity_of(design, one.month, one.arm).label].to(lang)
        body.append(
            [
                outcomes()[one.outcome].text.to(lang),
                str(one.month),
                one.arm,
                f"{_n(one.level, lang)} ± {_n(one.level_sd, lang)}",
                _percent(one.size, lang),
                *powers,
                f"{_n(one.mde, lang)} ± {_n(one.mde_error, lang)}",
                _people(one.needed, lang),
                label,
            ]
        )
    title = Say(
        f"{design.title.en} ({design.name}): power, in brackets the closed form",
        f"{design.title.nl} ({design.name}): power, tussen haakjes de formule",
    )
    return title.to(lang), headers, body


def _beliefs(design: Design, rows: Sequence[Shown], lang: str) -> Table:
    headers = (
        Say(
            "outcome|month|arm|expected|standard error|assurance|wrong sign|exaggeration|right "
            "decision|volunteers|missing",
            "uitkomst|maand|groep|verwacht|standaardfout|kans significant|verkeerd teken|overdrijving|juist besluit|"
            "vrijwilligers|ontbrekend",
        )
        .to(lang)
        .split("|")
    )
    body = [
        [
            outcomes()[one.outcome].text.to(lang),
            str(one.month),
            one.arm,
            f"{_n(one.effect, lang, sign=True)} ± {_n(NINETY * one.effect_sd, lang)}",
            _n(one.sampling, lang),
            _percent(one.assurance, lang),
            _percent(one.type_s, lang),
            _n(one.type_m, lang),
            _percent(one.right, lang),
            _pair(one.volunteers, one.volunteers_error, lang),
            _pair(one.missing, one.missing_error, lang),
        ]
        for one in rows
    ]
    title = Say(f"{design.title.en}: what the model expects", f"{design.title.nl}: wat het model verwacht")
    return title.to(lang), headers, body


def _lengths(found: Lengths, lang: str) -> Table:
    names = (found.short.title.to(lang), found.long.title.to(lang))
    headers = Say("question|outcome|arm", "vraag|uitkomst|groep").to(lang).split("|")
    headers += [*names, Say("difference in assurance", "verschil in kans").to(lang)]
    headers += [Say("difference in effect", "verschil in effect").to(lang)]
    body = []
    for one in found.rows:
        cells = [
            "-" if each is None else f"{_n(each.effect, lang, sign=True)} ({_percent(each.assurance, lang)})"
            for each in (one.short, one.long)
        ]
        body.append(
            [
                one.question.to(lang),
                outcomes()[one.outcome].text.to(lang),
                one.arm,
                *cells,
                f"{_n(100 * one.gap, lang, sign=True)} ± {_n(100 * one.gap_error, lang)}",
                f"{_n(one.effect_gap, lang, sign=True)} ± {_n(NINETY * one.effect_gap_sd, lang)}",
            ]
        )
    costs = [_euro(each, lang) for each in found.costs]
    title = Say(
        f"Short against long (costs {costs[0]} and {costs[1]})", f"Kort tegen lang (kosten {costs[0]} en {costs[1]})"
    )
    return title.to(lang), headers, body


def _values(answer: Answer, lang: str) -> Table:
    headers = (
        Say(
            "design|cost|EVPI a person|EVSI a person|by reweighing|population|trial is worth|net|largest mechanisms",
            "ontwerp|kosten|EVPI per persoon|EVSI per persoon|met herweging|populatie|proef is waard|netto|"
            "grootste mechanismen",
        )
        .to(lang)
        .split("|")
    )
    body = []
    for design, one in zip(answer.designs, answer.values, strict=True):
        top = sorted(one.by_mechanism.items(), key=lambda pair: -pair[1].value)[:3]
        body.append(
            [
                design.name,
                _euro(one.cost, lang),
                *(
                    f"{_euro(each.value, lang)} ± {_euro(each.error, lang)}"
                    for each in (one.evpi, one.evsi, one.reweighed)
                ),
                str(one.population),
                f"{_euro(one.whole.value, lang)} ± {_euro(one.whole.error, lang)}",
                f"{_euro(one.benefit.value, lang)} ± {_euro(one.benefit.error, lang)}",
                ", ".join(f"{name} {_euro(value.value, lang)}" for name, value in top),
            ]
        )
    worth = answer.designs[0].worth
    title = Say(
        f"Value of information ({worth.months} months, {100 * worth.discount:g}% a year, uptake "
        f"{100 * worth.uptake:g}%, {worth.delay} months' delay; {worth.party})",
        f"Waarde van informatie ({worth.months} maanden, {100 * worth.discount:g}% per jaar, bereik "
        f"{100 * worth.uptake:g}%, {worth.delay} maanden vertraging; {worth.party})",
    )
    return title.to(lang), headers, body


def _ranking(answer: Answer) -> Say:
    """Rank designs by net benefit, those closer than the error together."""
    order = sorted(range(len(answer.values)), key=lambda n: -answer.values[n].benefit.value)
    text = answer.designs[order[0]].name
    for first, second in pairwise(order):
        a, b = answer.values[first].benefit, answer.values[second].benefit
        apart = a.value - b.value > 2.0 * math.hypot(a.error, b.error)
        text += (" > " if apart else " ~ ") + answer.designs[second].name
    return Say(
        f"By expected net benefit (~: closer than the error, not ranked): {text}.",
        f"Naar verwachte netto-opbrengst (~: dichter bijeen dan de fout, geen rangorde): {text}.",
    )


def _front(answer: Answer, lang: str) -> Table:
    headers = Say(
        "plan|people|months|sites|cost|smallest effect|assurance",
        "plan|mensen|maanden|locaties|kosten|kleinste effect|kans",
    )
    body = [
        [
            one.name,
            str(one.people),
            str(one.months),
            str(one.sites),
            _euro(one.cost, lang),
            _n(one.mde, lang),
            f"{_n(100 * one.assurance, lang)}%",
        ]
        for one in front(answer.candidates)
    ]
    title = Say(
        "Designs that no other beats in cost and assurance", "Ontwerpen die geen ander verslaat in kosten en kans"
    )
    return title.to(lang), headers.to(lang).split("|"), body


def _c(value: float, sign: str = "") -> str:
    return f"{value:{sign}.1f}".replace(".", ",")


def _n(value: float, lang: str, digits: int = 1, *, sign: bool = False) -> str:
    if math.isnan(value):
        return "-"
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    return text.replace(".", ",") if lang == "nl" else text


def _pair(value: float, error: float, lang: str) -> str:
    return "-" if math.isnan(value) else f"{_n(value, lang, sign=True)} ± {_n(error, lang)}"


def _percent(count: Counted, lang: str) -> str:
    return "-" if math.isnan(count.value) else f"{_n(100 * count.value, lang)}% ± {_n(100 * count.error, lang)}"


def _people(value: float, lang: str) -> str:
    if not math.isfinite(value):
        return Say("more than a million", "meer dan een miljoen").to(lang)
    text = f"{math.ceil(value / 10) * 10:,}"
    return text.replace(",", ".") if lang == "nl" else text


def _euro(value: float, lang: str) -> str:
    text = f"{value:,.0f}"
    return "€ " + (text.replace(",", ".") if lang == "nl" else text)
