"""One page for the council: a few plain sentences, made from the numbers and never bolder than they are."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.effects.summary import Row, Summary
from analysis.effects.validity import LABELS, Label
from analysis.effects.words import amount, interval, name_of, number, spoken_unit
from sim.problems import Say

__all__ = ["MAIN", "council", "phrase"]

# One measure for benefit, one for work, one for the person; the first that the run recorded of each.
MAIN: tuple[tuple[str, ...], ...] = (
    ("on_benefit", "exit_work_ever"),
    ("hours_over_12", "hours_over_8", "works"),
    ("stress", "wellbeing"),
)

_COMPARED = Say(
    "{others} compared with {baseline}, for {people} simulated people ({population}) over {months} months, "
    "each with the same people and the same luck.",
    "{others} vergeleken met {baseline}, voor {people} gesimuleerde mensen ({population}) gedurende {months} "
    "maanden, steeds met dezelfde mensen en hetzelfde toeval.",
)
_ALONE = Say(
    "{baseline} simulated for {people} people ({population}) over {months} months; there is no comparison.",
    "{baseline} gesimuleerd voor {people} mensen ({population}) gedurende {months} maanden; er is geen vergelijking.",
)
_HEAD = Say("{measure} after {month} months: ", "{measure} na {month} maanden: ")
_CLEAR = Say("{scenario} {value} {unit} (90% interval {interval})", "{scenario} {value} {unit} (90%-marge {interval})")
_UNCLEAR = Say(
    "{scenario} not distinguishable from zero ({interval} {unit})",
    "{scenario} niet te onderscheiden van nul ({interval} {unit})",
)
_SEVERAL = Say(
    "{scenarios} each not distinguishable from zero (intervals in the table)",
    "{scenarios} elk niet te onderscheiden van nul (marges in de tabel)",
)
_NONE = Say("{scenario} exactly zero", "{scenario} precies nul")
_UNKNOWN = Say("{scenario} no interval, so nothing can be said", "{scenario} geen marge, dus er is niets te zeggen")
_HIDDEN = Say("{scenario} not shown (fewer than 10 people)", "{scenario} niet getoond (minder dan 10 mensen)")
_PRIOR = Say(
    "These numbers are not calibrated: they follow from assumptions with sources, not yet from the results "
    "of the trials, and are no basis for a decision.",
    "Deze cijfers zijn niet gekalibreerd: zij volgen uit aannames met bronnen, nog niet uit de uitkomsten "
    "van de proeven, en zijn geen grond voor een besluit.",
)
_FAR = Say(
    "The trials did not observe this much or this combination: {names}.",
    "De proeven hebben deze dosis of combinatie niet waargenomen: {names}.",
)
_LONG = Say(
    "From month {month} on, no scenario lies inside what the trials observed.",
    "Vanaf maand {month} ligt geen scenario binnen wat de proeven hebben waargenomen.",
)


def council(summary: Summary, lang: str, titles: dict[str, str], population: str, people: int) -> list[str]:
    """Return three to six sentences: what was compared, what differs, how sure, how far from the evidence."""
    words = {
        "baseline": titles[summary.baseline],
        "others": _listed([titles[name] for name in summary.scenarios[1:]], lang),
        "people": number(people, 0, lang),
        "population": population.capitalize(),
        "months": str(summary.months[-1]),
    }
    alone = len(summary.scenarios) == 1
    sentences = [(_ALONE if alone else _COMPARED).to(lang).format(**words)]
    month = max([month for month in summary.months if month <= 24], default=summary.months[0])
    if not alone:
        for wanted in MAIN:
            found = [name for name in wanted if name in summary.measures]
            if found:
                sentences.append(_sentence(summary, found[0], month, lang, titles))
    if not summary.calibrated:
        sentences.append(_PRIOR.to(lang))
    near = summary.months.index(month)
    far = [
        f"{titles[name]} ({LABELS[labels[near].label].to(lang)}: {labels[near].reasons(lang)})"
        for name, labels in zip(summary.scenarios, summary.validity, strict=True)
        if labels[near].label != Label.INSIDE
    ]
    if far:
        sentences.append(_FAR.to(lang).format(names=_listed(far, lang)))
    beyond = [
        later
        for place, later in enumerate(summary.months)
        if all(labels[place].label != Label.INSIDE for labels in summary.validity)
    ]
    if beyond:
        sentences.append(_LONG.to(lang).format(month=beyond[0]))
    return [sentence[:1].upper() + sentence[1:] for sentence in sentences]


def phrase(row: Row, lang: str, scenario: str) -> str:
    """Return one difference in words; a difference is claimed only when its interval leaves zero out."""
    unit = spoken_unit(row.measure, lang)
    ends = interval(row.low, row.high, row.measure, lang, difference=True)
    value = amount(row.mean, row.measure, lang, difference=True)
    if row.suppressed:
        form = _HIDDEN
    elif row.low != row.low or row.high != row.high:
        form = _UNKNOWN
    elif row.low == row.high == 0.0:
        form = _NONE
    else:
        form = _CLEAR if row.differs else _UNCLEAR
    return form.to(lang).format(scenario=scenario, value=value, unit=unit, interval=ends)


def _sentence(summary: Summary, measure: str, month: int, lang: str, titles: dict[str, str]) -> str:
    rows = [summary.difference(scenario, measure, month) for scenario in summary.scenarios[1:]]
    unclear = [row for row in rows if not (row.differs or row.suppressed or row.low == row.high == 0.0)]
    together = unclear if len(unclear) > 1 and all(row.low <= 0.0 <= row.high for row in unclear) else []
    said = [phrase(row, lang, titles[row.scenario]) for row in rows if row not in together]
    if together:
        names = _listed([titles[row.scenario] for row in together], lang)
        said.append(_SEVERAL.to(lang).format(scenarios=names))
    return _HEAD.to(lang).format(measure=name_of(measure, lang), month=month) + "; ".join(said) + "."


def _listed(names: Sequence[str], lang: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + (" en " if lang == "nl" else " and ") + names[-1]
