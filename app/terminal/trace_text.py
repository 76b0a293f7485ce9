"""One life told in words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.outcomes.odds import Decision
from sim.outcomes.person_trace import Drive, TracedMonth
from sim.parameters import MECHANISMS
from sim.people.columns import codes
from sim.problems import Say

__all__ = ["tell"]

_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_STATUS = {
    "on_benefit": Say("on benefit", "in de bijstand"),
    "left_for_work": Say("out of benefit, in work", "uit de bijstand, naar werk"),
    "left_other": Say("out of benefit, for another reason", "uit de bijstand, om andere reden"),
    "not_entered": Say("not yet in benefit", "nog niet in de bijstand"),
}
_CONTRACT = {
    "none": Say("without work", "zonder werk"),
    "permanent": Say("permanent job", "vaste baan"),
    "temporary": Say("temporary job", "tijdelijke baan"),
    "agency": Say("agency work", "uitzendwerk"),
    "self_employed": Say("self-employed", "eigen bedrijf"),
}
_DRIVES = {
    "stress_drive": Say("pull on stress", "trekt aan stress"),
    "trust_drive": Say("pull on trust", "trekt aan vertrouwen"),
    "efficacy_drive": Say("pull on confidence", "trekt aan zoekvertrouwen"),
    "search_drive": Say("pull on search", "trekt aan zoeken"),
    "match_drive": Say("pull on interviews", "trekt aan gesprekken"),
    "offer_drive": Say("pull on offers", "trekt aan aanbiedingen"),
    "accept_drive": Say("pull on accepting", "trekt aan aannemen"),
    "loss_drive": Say("pull on losing the job", "trekt aan baanverlies"),
    "growth_drive": Say("pull on more hours", "trekt aan meer uren"),
}
_DECISIONS = {
    "sanction": Say("a sanction", "een maatregel"),
    "check": Say("an inquiry or claim", "een onderzoek of terugvordering"),
    "interview": Say("an interview of one's own", "een eigen sollicitatiegesprek"),
    "vacancy": Say("a vacancy through the office", "een vacature via de gemeente"),
    "offer": Say("a job offer", "een baanaanbod"),
    "accept": Say("taking the offer", "het aanbod aannemen"),
    "venture": Say("starting for oneself", "voor zichzelf beginnen"),
    "loss": Say("losing the job", "de baan verliezen"),
    "growth": Say("more hours in the job", "meer uren in de baan"),
    "exit_other": Say("leaving for another reason", "uitstroom om andere reden"),
    "reentry": Say("coming back into benefit", "terugkeer in de bijstand"),
}
# When a drive is worth telling: always, or only when it was about something.
_ALWAYS = ("stress_drive", "efficacy_drive", "search_drive")
_ABOUT = {
    "match_drive": "interview",
    "offer_drive": "offer",
    "accept_drive": "accept",
    "loss_drive": "loss",
    "growth_drive": "growth",
}


def tell(months: list[TracedMonth], lang: str) -> Iterator[str]:
    """Give the lines of a life; Dutch writes decimals with a comma."""
    for month in months:
        for line in _month(month, lang):
            yield _POINT.sub(",", line) if lang == "nl" else line
        yield ""


def _month(month: TracedMonth, lang: str) -> Iterator[str]:
    a, before = month.after, month.before
    status = _STATUS[codes("status")[int(before["status"])]].to(lang)
    work = _CONTRACT[codes("contract")[int(before["contract"])]].to(lang)
    hours = f", {before['hours']:.0f} {_say('hours a week', 'uur per week', lang)}" if before["hours"] else ""
    yield f"{_say('Month', 'Maand', lang)} {month.month}: {status}; {work}{hours}"
    contact = month.contact
    yield "  " + _say(
        f"contacts: planned {contact.planned:.2f} + sought {contact.sought:.2f}, possible "
        f"{contact.possible:.2f}: expected {contact.expected:.2f}, had {contact.had:.0f}",
        f"contacten: gepland {contact.planned:.2f} + gezocht {contact.sought:.2f}, mogelijk "
        f"{contact.possible:.2f}: verwacht {contact.expected:.2f}, gehad {contact.had:.0f}",
        lang,
    )
    yield "  " + _say(
        f"purse: norm {a['norm']:.0f}, earned {a['earnings']:.0f} (kept {a['kept']:.0f}), benefit paid "
        f"{a['paid']:.0f}, premium {a['premium']:.0f}: income {a['income']:.0f} against need "
        f"{a['need']:.0f}; savings {a['buffer']:.0f}, debt {a['debt']:.0f}",
        f"portemonnee: norm {a['norm']:.0f}, verdiend {a['earnings']:.0f} (vrij {a['kept']:.0f}), bijstand "
        f"betaald {a['paid']:.0f}, premie {a['premium']:.0f}: inkomen {a['income']:.0f} tegen nodig "
        f"{a['need']:.0f}; spaargeld {a['buffer']:.0f}, schuld {a['debt']:.0f}",
        lang,
    )
    yield "  " + _moved(month, lang)
    for name in _ALWAYS:
        yield "  " + _drive(month.drive(name), lang)
    yield "  " + _say(
        f"search: effort {a['search_effort']:.2f}, {a['search_hours']:.1f} hours a week, "
        f"{a['applications']:.1f} applications",
        f"zoeken: inzet {a['search_effort']:.2f}, {a['search_hours']:.1f} uur per week, "
        f"{a['applications']:.1f} sollicitaties",
        lang,
    )
    for name, about in _ABOUT.items():
        if month.decision(about).at_stake:
            yield "  " + _drive(month.drive(name), lang)
    for decision in month.decisions:
        if decision.at_stake or decision.happened:
            yield "  " + _decision(decision, lang)
    if a["exit_work"]:
        yield "  " + _say(
            "the household now earns its norm: it leaves benefit for work",
            "het huishouden verdient nu de norm: uitstroom naar werk",
            lang,
        )


def _moved(month: TracedMonth, lang: str) -> str:
    names = {
        "scarcity": Say("scarcity", "schaarste"),
        "stress": Say("stress", "stress"),
        "bandwidth": Say("bandwidth", "denkruimte"),
        "trust": Say("trust", "vertrouwen"),
        "efficacy": Say("confidence", "zoekvertrouwen"),
        "motivation": Say("motivation", "motivatie"),
    }
    parts = [f"{title.to(lang)} {month.before[name]:.2f} > {month.after[name]:.2f}" for name, title in names.items()]
    return f"{_say('mind', 'hoofd', lang)}: " + ", ".join(parts)


def _drive(drive: Drive, lang: str) -> str:
    """Say the total and the terms by mechanism, the largest first, without those that round to nothing."""
    base, *others = drive.terms
    by_mechanism: dict[str, float] = {}
    for term in others:
        by_mechanism[term.mechanism] = by_mechanism.get(term.mechanism, 0.0) + term.change
    order = sorted(by_mechanism.items(), key=lambda item: -abs(item[1]))
    parts = [f"{_say('start', 'begin', lang)} {base.change:+.2f}"]
    parts += [f"{MECHANISMS[name].title.to(lang)} {change:+.2f}" for name, change in order if abs(change) >= 0.005]
    return f"{_DRIVES[drive.name].to(lang)} {drive.total:+.2f}: " + "; ".join(parts)


def _decision(decision: Decision, lang: str) -> str:
    luck = decision.draw if decision.below else 1.0 - decision.draw
    answer = _say("yes", "ja", lang) if decision.happened else _say("no", "nee", lang)
    return _say(
        f"{_DECISIONS[decision.name].en}: chance {decision.chance:.1%}, luck {luck:.3f}: {answer}",
        f"{_DECISIONS[decision.name].nl}: kans {decision.chance:.1%}, lot {luck:.3f}: {answer}",
        lang,
    )


def _say(en: str, nl: str, lang: str) -> str:
    return nl if lang == "nl" else en
