"""A plan in words: what people get, told from the levers of a regime, and who they are, told from a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis.effects.words import number
from sim.problems import Say
from sim.regime.levers import LEVERS

__all__ = ["EVERYBODY", "OTHERS", "what_people_get", "who_they_are"]

EVERYBODY = Say("Everybody on benefit", "Iedereen met bijstand")
OTHERS = Say("Everybody else", "Alle anderen")
_NOTHING = Say("As it is today", "Zoals het nu gaat")
_OTHER = Say("another way of working", "een andere manier van werken")
_MOST = 3  # parts of a plan that are named; the rest is "more"
_MORE = Say("and more", "en meer")

# How often, in talks a month; the nearest within a fifth is said in words.
_OFTEN: tuple[tuple[float, Say], ...] = (
    (4.33, Say("a talk every week", "elke week een gesprek")),
    (2.17, Say("a talk every two weeks", "elke twee weken een gesprek")),
    (1.0, Say("a talk every month", "elke maand een gesprek")),
    (0.5, Say("a talk every two months", "elke twee maanden een gesprek")),
)
# Levers that only colour how another one is done: not said apart.
_QUIET = frozenset(
    {
        "tone", "personal_content", "work_content", "own_direction", "own_initiative", "quid_pro_quo",
        "statutory_disregard", "disregard_months", "disregard_cap", "premium_cap", "premium_interval", "followed",
        "programme_cost", "exit_bonus_times", "sanction_duration", "checks",
    }
)  # fmt: skip


def what_people_get(levers: Mapping[str, float], lang: str) -> str:
    """Return what a regime gives in at most three short parts; what is as it is today is not said."""
    moved = {name: value for name, value in levers.items() if name in LEVERS and value != LEVERS[name].regular}
    parts = [text.to(lang) for text in _parts(moved)]
    unsaid = [name for name in moved if name not in _QUIET and name not in _SAID]
    if not parts and moved:
        parts = [_OTHER.to(lang)]
    elif unsaid and len(parts) < _MOST:
        parts.append(_OTHER.to(lang))
    if not parts:
        return _NOTHING.to(lang)
    shown = parts[:_MOST] + ([_MORE.to(lang)] if len(parts) > _MOST else [])
    text = ", ".join(shown)
    return text[:1].upper() + text[1:]


_SAID = frozenset(
    {
        "contacts", "caseload", "group_share", "search_duty", "reintegration_duty", "enforcement", "disregard_share",
        "premium_share", "exit_bonus", "self_reliance_training", "sanction_share", "settlement_delay",
        "settlement_noise", "allowance_lag",
    }
)  # fmt: skip


def _parts(moved: Mapping[str, float]) -> list[Say]:
    found: list[Say] = []
    if "contacts" in moved:
        found.append(_talks(moved["contacts"], group="group_share" in moved))
    elif "caseload" in moved:
        fewer = moved["caseload"] < LEVERS["caseload"].regular
        count = f"{moved['caseload']:.0f}"
        say = Say(f"a caseworker for {count} people", f"een klantmanager voor {count} mensen")
        found.append(
            say if fewer else Say(f"more people per caseworker ({count})", f"meer mensen per klantmanager ({count})")
        )
    duties = [moved[name] for name in ("search_duty", "reintegration_duty") if name in moved]
    if duties:
        none = max(duties) == 0.0
        found.append(
            Say("no duty to apply for jobs", "geen plicht om te solliciteren")
            if none
            else Say("less duty to apply for jobs", "minder plicht om te solliciteren")
        )
    elif moved.get("enforcement", 1.0) < 0.5:
        found.append(Say("less strict rules", "minder streng toezicht"))
    if "disregard_share" in moved:
        found.append(_kept(moved["disregard_share"], moved.get("disregard_cap", 0.0)))
    if "premium_share" in moved:
        found.append(_premium(moved["premium_share"], moved.get("premium_cap", 0.0)))
    if "exit_bonus" in moved:
        amount = moved["exit_bonus"]
        found.append(
            Say(
                f"{number(amount, 0, 'en')} euros on finding work",
                f"{number(amount, 0, 'nl')} euro bij het vinden van werk",
            )
        )
    if "self_reliance_training" in moved:
        found.append(Say("lessons in doing it yourself", "les in zelf doen"))
    if "sanction_share" in moved:
        less = moved["sanction_share"] < LEVERS["sanction_share"].regular
        found.append(Say("lower fines", "lagere straffen") if less else Say("higher fines", "hogere straffen"))
    if {"settlement_delay", "settlement_noise", "allowance_lag"} & moved.keys():
        found.append(Say("another way to settle wages", "loon anders verrekenen"))
    return found


def _talks(contacts: float, *, group: bool) -> Say:
    if contacts <= 0.0:
        return Say("a talk only when people ask", "alleen een gesprek als mensen dat vragen")
    near = [text for often, text in _OFTEN if abs(contacts - often) <= 0.2 * often]
    yearly = contacts * 12.0
    text = near[0] if near else Say(f"{yearly:.0f} talks a year", f"{yearly:.0f} gesprekken per jaar")
    return Say(f"{text.en} in a group", f"{text.nl} in een groep") if group else text


def _share(share: float) -> Say:
    words = {1.0: Say("all", "al"), 0.5: Say("half", "de helft"), 0.25: Say("a quarter", "een kwart")}
    percent = f"{100 * share:.0f}%"
    return words.get(share, Say(percent, percent))


def _kept(share: float, cap: float) -> Say:
    part = _share(share)
    most = Say("", "") if cap >= 2000.0 else Say(f", at most {cap:.0f} euros", f", tot {cap:.0f} euro")
    if share == 1.0:
        return Say(f"keep all of the wage{most.en}", f"al het loon houden{most.nl}")
    return Say(f"keep {part.en} of the wage{most.en}", f"{part.nl} van het loon houden{most.nl}")


def _premium(share: float, cap: float) -> Say:
    part = _share(share)
    whole = Say("the wage", "het loon")
    return Say(
        f"a premium of {part.en} of {whole.en}, at most {cap:.0f} euros",
        f"een premie van {part.nl} van {whole.nl}, tot {cap:.0f} euro",
    )


_ATOMS: dict[str, Say] = {
    'household == "single"': Say("singles", "alleenstaanden"),
    'household == "single_parent"': Say("parents without a partner", "ouders zonder partner"),
    'household == "couple"': Say("people with a partner", "mensen met een partner"),
    "debt > 0": Say("with debts", "met schulden"),
    "problem_debt": Say("with debts", "met schulden"),
    "problem_debt == 1": Say("with debts", "met schulden"),
    "hours > 0": Say("with a job", "met een baan"),
    "hours == 0": Say("without a job", "zonder baan"),
    "caring": Say("who care for someone", "die voor iemand zorgen"),
    "mental": Say("with complaints of the mind", "met psychische klachten"),
    "physical": Say("with complaints of the body", "met lichamelijke klachten"),
    "poor_dutch": Say("who know little Dutch", "die weinig Nederlands kennen"),
    "low_education": Say("with little schooling", "met weinig opleiding"),
}
_RANGED: tuple[tuple[str, Say], ...] = (
    (r"age < (\d+)", Say("under {0}", "onder {0} jaar")),
    (r"age <= (\d+)", Say("up to {0}", "tot en met {0} jaar")),
    (r"age >= (\d+)", Say("of {0} or older", "van {0} jaar en ouder")),
    (r"age > (\d+)", Say("over {0}", "boven {0} jaar")),
    (r"spell_months >= (\d+)", Say("on benefit for {0} months or more", "met {0} maanden bijstand of meer")),
    (r"spell_months < (\d+)", Say("on benefit for less than {0} months", "met minder dan {0} maanden bijstand")),
    (r"obstacles >= (\d+)", Say("with {0} or more obstacles", "met {0} of meer belemmeringen")),
    (r"stress > 0?\.\d+", Say("with much stress", "met veel stress")),
    (r"stress >= 0?\.\d+", Say("with much stress", "met veel stress")),
    (r"capacity_to_act < 0?\.\d+", Say("who find it hard to act", "voor wie in actie komen lastig is")),
)
_PEOPLE = Say("people", "mensen")


def who_they_are(condition: str, lang: str) -> str:
    """Return the people of a rule in words; a part that has no words is shown as it was written."""
    parts = [part.strip() for part in re.split(r"\band\b", condition)]
    if "or" in re.findall(r"\w+", condition) or "(" in condition:
        parts = [condition.strip()]
    said = [_atom(part, lang) for part in parts]
    nouns = [text for text, noun in said if noun]
    rest = [text for text, noun in said if not noun]
    text = " ".join([nouns[0] if nouns else _PEOPLE.to(lang), *nouns[1:], *rest])
    return text[:1].upper() + text[1:]


def _atom(part: str, lang: str) -> tuple[str, bool]:
    plain = " ".join(part.replace("'", '"').split())
    if plain in _ATOMS:
        return _ATOMS[plain].to(lang), plain.startswith("household")
    for form, text in _RANGED:
        met = re.fullmatch(form, plain)
        if met:
            return text.to(lang).format(*met.groups()), False
    return (f"met: {plain}" if lang == "nl" else f"with: {plain}"), False
