"""Outcomes as they are spoken of: which way is good, in which unit, and as a verb in both languages.

Shares are people in every 1,000. ``verb ... rest`` is what that many more or fewer people do: "In every 1,000
people, about 40 more *have a job of over 8 hours*"; in Dutch the number stands between verb and rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.problems import Say

__all__ = ["SPOKEN", "UNITS", "Kind", "Spoken", "kind_of", "spoken"]

Form = Literal["people", "euros", "ten", "one", "other"]


@dataclass(frozen=True)
class Kind:
    """How numbers of an outcome are said.

    Attributes:
        form: ``people`` in every 1,000, ``euros`` a month, a score of 0 to ``ten`` or 0 to ``one``, ``other``.
        good: +1 when more is better for the person, -1 when less is.
        little: a difference so small that it makes little or none.
        factor: from the unit of the data to that of the text.
    """

    form: Form
    good: int
    little: float
    factor: float


@dataclass(frozen=True)
class Spoken:
    """One outcome in words.

    Attributes:
        kind: unit and direction.
        short: for the first column of a table, at most 20 characters.
        verb, rest: what people do.
        what: what the number is of.
        seen: what the trials saw more or less of, when that is said in another way.
    """

    kind: Kind
    short: Say
    verb: Say
    rest: Say
    what: Say
    seen: Say | None = None

    @property
    def saw(self) -> Say:
        """What the trials saw more or less of, where that is not `what`."""
        return self.what if self.seen is None else self.seen


def _people(good: int) -> Kind:
    return Kind("people", good, 0.010, 1000.0)


def _euros(good: int) -> Kind:
    return Kind("euros", good, 5.0, 1.0)


def _ten(good: int) -> Kind:
    return Kind("ten", good, 0.1, 1.0)


def _one(good: int) -> Kind:
    return Kind("one", good, 0.01, 100.0)


UNITS: dict[Form, Say] = {
    "people": Say("people in every 1,000", "mensen op elke 1.000"),
    "euros": Say("euros a month", "euro per maand"),
    "ten": Say("score of 0 to 10", "cijfer van 0 tot 10"),
    "one": Say("score of 0 to 100", "score van 0 tot 100"),
    "other": Say("difference", "verschil"),
}

_NO = Say("", "")
_JOB = Say("work", "werk")


def _job(hours: int, short: Say) -> Spoken:
    rest = Say(f"have a job of over {hours} hours", f" een baan boven {hours} uur")
    return Spoken(_people(1), short, Say("", "hebben"), rest, _JOB)


def _wage(percent: int) -> Spoken:
    short = Say(f"Wage over {percent}%", f"Loon boven {percent}%")
    rest = Say(f"earn over {percent}% of the minimum wage", f" een loon boven {percent}% van het minimumloon")
    return Spoken(_people(1), short, Say("", "hebben"), rest, _JOB)


_WELL = Say("well-being", "welzijn")


def _score(kind: Kind, short: Say, what: Say, seen: Say | None = None) -> Spoken:
    return Spoken(kind, short, _NO, _NO, what, seen)


SPOKEN: dict[str, Spoken] = {
    "on_benefit": Spoken(
        _people(-1),
        Say("Has benefit", "Heeft bijstand"),
        Say("", "hebben"),
        Say("have benefit", " bijstand"),
        Say("benefit", "bijstand"),
    ),
    "left_for_work": Spoken(
        _people(1),
        Say("Left for work", "Uit door werk"),
        Say("", "zijn"),
        Say("are out of benefit with work", " met werk uit de bijstand"),
        Say("people who left for work", "mensen die door werk weggingen"),
    ),
    "exit_work_ever": Spoken(
        _people(1),
        Say("Ever left for work", "Ooit uit door werk"),
        Say("", "zijn"),
        Say("have left benefit for work", " door werk uit de bijstand gegaan"),
        Say("people who left for work", "mensen die door werk weggingen"),
    ),
    "exit_any_ever": Spoken(
        _people(1),
        Say("Ever left", "Ooit uit bijstand"),
        Say("", "zijn"),
        Say("have left benefit", " uit de bijstand gegaan"),
        Say("people who left", "mensen die weggingen"),
    ),
    "works": Spoken(_people(1), Say("Works", "Werkt"), Say("", "werken"), Say("work", ""), _JOB),
    "hours_over_8": _job(8, Say("Small job > 8 hours", "Kleine baan > 8 uur")),
    "hours_over_12": _job(12, Say("Works > 12 hours", "Werkt > 12 uur")),
    "hours_over_27": _job(27, Say("Works > 27 hours", "Werkt > 27 uur")),
    "hours_over_32": _job(32, Say("Works > 32 hours", "Werkt > 32 uur")),
    "wml_over_50": _wage(50),
    "wml_over_70": _wage(70),
    "wml_over_100": _wage(100),
    "wage_work": Spoken(
        _people(1),
        Say("Works for a wage", "Werkt in loondienst"),
        Say("", "werken"),
        Say("work for a wage", " in loondienst"),
        _JOB,
    ),
    "permanent": Spoken(
        _people(1),
        Say("Permanent contract", "Vast contract"),
        Say("", "hebben"),
        Say("have a permanent contract", " een vast contract"),
        Say("permanent contracts", "vaste contracten"),
    ),
    "self_employed": Spoken(
        _people(1),
        Say("Self-employed", "Eigen bedrijf"),
        Say("", "hebben"),
        Say("have a firm of their own", " een eigen bedrijf"),
        Say("firms of their own", "eigen bedrijven"),
    ),
    "part_time_on_benefit": Spoken(
        _people(1),
        Say("Work beside benefit", "Werk naast bijstand"),
        Say("", "hebben"),
        Say("work beside benefit", " werk naast de bijstand"),
        _JOB,
    ),
    "returned": Spoken(
        _people(-1),
        Say("Came back", "Kwam terug"),
        Say("", "zijn"),
        Say("have come back to benefit", " terug in de bijstand gekomen"),
        Say("people who came back", "mensen die terugkwamen"),
    ),
    "sanctioned": Spoken(
        _people(-1),
        Say("Has a fine", "Heeft een straf"),
        Say("", "hebben"),
        Say("have less benefit as a fine", " een straf op de bijstand"),
        Say("fines", "straffen"),
    ),
    "deprivation": Spoken(
        _people(-1),
        Say("Feels poor", "Voelt zich arm"),
        Say("", "hebben"),
        Say("feel poor", " het gevoel dat geld ontbreekt"),
        Say("poverty", "armoede"),
    ),
    "income": _score(_euros(1), Say("Income a month", "Inkomen per maand"), Say("income", "inkomen")),
    "earnings": _score(_euros(1), Say("Wage a month", "Loon per maand"), Say("wage", "loon")),
    "stress": _score(_one(-1), Say("Stress (0-100)", "Stress (0-100)"), Say("stress", "stress")),
    "bandwidth": _score(_one(1), Say("Room to think (100)", "Denkruimte (0-100)"), Say("room to think", "denkruimte")),
    "trust": _score(
        _one(1), Say("Trust in town (100)", "Vertrouwen (0-100)"), Say("trust in the town", "vertrouwen in de gemeente")
    ),
    "social_trust": _score(
        _one(1), Say("Trust in people(100)", "Vertr. mensen (100)"), Say("trust in people", "vertrouwen in mensen")
    ),
    "efficacy": _score(
        _one(1),
        Say("Faith in search(100)", "Zoekvertrouwen (100)"),
        Say("faith in finding work", "vertrouwen in werk vinden"),
    ),
    "motivation": _score(_one(1), Say("Motivation (0-100)", "Motivatie (0-100)"), Say("will to act", "eigen wil")),
    "belonging": _score(_one(1), Say("Company (0-100)", "Gezelschap (0-100)"), Say("company of others", "gezelschap")),
    "scarcity": _score(
        _one(-1), Say("Scarcity (0-100)", "Schaarste (0-100)"), Say("worry about money", "zorg om geld")
    ),
    "wellbeing": _score(_ten(1), Say("Life score (0-10)", "Cijfer leven (0-10)"), Say("life", "het leven"), _WELL),
    "health": _score(_ten(1), Say("Health (0-10)", "Gezondheid (0-10)"), Say("health", "gezondheid")),
    "choice_freedom": _score(
        _ten(1), Say("Free to choose (10)", "Keuzevrijheid (0-10)"), Say("freedom to choose", "vrijheid om te kiezen")
    ),
    "self_reliance": _score(
        _ten(1), Say("Self-reliance (0-10)", "Redt zichzelf (0-10)"), Say("self-reliance", "zelf redden")
    ),
    "social_participation": _score(_ten(1), Say("Takes part (0-10)", "Doet mee (0-10)"), Say("taking part", "meedoen")),
    "hours": _score(
        Kind("other", 1, 0.1, 1.0),
        Say("Hours a week", "Uren per week"),
        Say("hours of work a week", "uur werk per week"),
    ),
    "months_worked": _score(
        Kind("other", 1, 0.1, 1.0),
        Say("Months with work", "Maanden met werk"),
        Say("months with work", "maanden met werk"),
    ),
    "volunteer_hours": _score(
        Kind("other", 1, 0.1, 1.0),
        Say("Volunteer hours", "Uren als vrijwilliger"),
        Say("hours as a volunteer", "uur als vrijwilliger"),
    ),
    "interviews": _score(
        Kind("other", 1, 0.01, 1.0),
        Say("Job talks a month", "Gesprekken om werk"),
        Say("job talks a month", "gesprekken om werk"),
    ),
}


def spoken(measure: str) -> Spoken:
    """Return an outcome in words.

    Raises:
        KeyError: an outcome of which no direction is good (contacts, benefit paid): it is no headline.
    """
    return SPOKEN[measure]


def kind_of(measure: str) -> Kind:
    """Return the unit and the good direction of an outcome."""
    return SPOKEN[measure].kind
