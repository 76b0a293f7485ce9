"""The design of a trial, as data: people, sign-up, arms, waves, delivery, registers and surveys.

Shipped designs are `designs/*.toml`; a user's own file has the same form (`read_design`). Every number that
is not published carries its prior spread and its source; `with_values` moves one, as a fit does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from sim.problems import InputError, Problem, Say, nearest_name, one_of

__all__ = ["Arm", "Number", "Survey", "Term", "TrialDesign", "Wave", "months_between", "with_values"]

Role = Literal["treatment", "control", "reference"]
Moment = Literal["after_sign_up", "before_sign_up"]


@dataclass(frozen=True)
class Number:
    """One number of a design: `kind` is published, derived or assumption; `sd` is its prior spread."""

    value: float
    low: float
    high: float
    sd: float = 0.0
    kind: str = "assumption"
    source: str = ""


_EVERYBODY = Number(1.0, 0.0, 1.0)


@dataclass(frozen=True)
class Term:
    """A part of a score in log-odds: coefficient times `of` (an expression), in `arms` only when given."""

    name: str
    of: str
    coefficient: Number
    arms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arm:
    """One arm.

    Attributes:
        name: as in the evidence.
        regime: name of a preset regime or assignment (``nijmegen.control``).
        role: treatment, control or reference.
        text: how tables call it.
        randomised: people assigned (of a reference: people followed).
        itt: people in the analysis; the rest was assigned by mistake.
        withdrawn: people of `itt` who refused after assignment; they get the regular treatment.
        response: share of people who answer, by survey wave.
        source: where the sizes come from.
    """

    name: str
    regime: str
    role: Role
    text: Say
    randomised: int
    itt: int
    withdrawn: int
    response: tuple[float, ...]
    source: str


@dataclass(frozen=True)
class Wave:
    """A `share` of the participants starts on `start`; `newest` takes those with the shortest spell."""

    start: date
    share: float
    newest: bool
    reference_share: float


@dataclass(frozen=True)
class Survey:
    """When people are asked, in which words (`study` of the measurement model), and who answers.

    Attributes:
        study: a name of `sim.outcomes.measurement.studies()`.
        months: months after a person's start; later than the follow-up means: at its end.
        net: by wave, whether rates are of people who did not withdraw (False: of everybody in the ITT).
        persistence: share of the variance of a person's willingness that is the same in every wave.
        terms: what moves willingness.
    """

    study: str
    months: tuple[int, ...]
    net: tuple[bool, ...]
    persistence: Number
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class TrialDesign:
    """A trial as it was, or is to be, run.

    Attributes:
        name, title, municipality: short name, title, name of the background regime's municipality.
        participants: population of participants in the catalogue (published baseline, with its imbalance).
        eligible: population from which people are recruited, and of which the reference is taken.
        eligible_people: its size.
        exclusions: rules (`sim.regime.rules`) that exclude people of `eligible`.
        arms: arms in the order of the tables; at most one reference, last.
        moment: when people are assigned.
        strata: rules; people are assigned within every combination of them.
        volunteering: what makes people sign up.
        reference_random: the reference is a random group (True) or those who did not sign up.
        waves: start dates; `end`: last day of the registers.
        leaving_terms: what makes people refuse after assignment.
        delivery: share of the planned difference that arrives (`sim.regime.schedule`).
        contamination: share of the control people who are treated as arm `contamination_arm`.
        drift: share of the way to `drift_towards` that practice outside the arms covers in a year.
        followed: lever of the participation effect in all arms; None = as the regimes have it.
        survey: the survey.
        report_months: months that the report uses.
        source: the report.
        invited: share of those eligible who are invited, by lot; the others cannot sign up.
        regimes: the design's own regimes as text (`sim.trial.own_regimes`); empty = presets only.
    """

    name: str
    title: Say
    municipality: str
    participants: str
    eligible: str
    eligible_people: int
    exclusions: tuple[str, ...]
    arms: tuple[Arm, ...]
    moment: Moment
    strata: tuple[str, ...]
    volunteering: tuple[Term, ...]
    reference_random: bool
    waves: tuple[Wave, ...]
    end: date
    leaving_terms: tuple[Term, ...]
    delivery: Number
    contamination: Number
    contamination_arm: str
    drift: Number
    drift_towards: str
    followed: float | None
    survey: Survey
    report_months: tuple[int, ...]
    source: str
    invited: Number = _EVERYBODY
    regimes: str = ""

    @property
    def participant_arms(self) -> tuple[Arm, ...]:
        """The arms whose people signed up (or were assigned), reference left out."""
        return tuple(arm for arm in self.arms if arm.role != "reference")

    @property
    def reference(self) -> Arm | None:
        """The reference group, where there is one."""
        return next((arm for arm in self.arms if arm.role == "reference"), None)

    @property
    def control(self) -> Arm | None:
        """The control group, where there is one."""
        return next((arm for arm in self.arms if arm.role == "control"), None)

    @property
    def people(self) -> int:
        """People assigned to an arm, reference left out."""
        return sum(arm.randomised for arm in self.participant_arms)

    @property
    def months(self) -> int:
        """Longest follow-up of any wave, in months."""
        return max(self.follow_up(wave) for wave in self.waves)

    def follow_up(self, wave: Wave) -> int:
        """Return the full months between a wave's start and the end of the registers."""
        return months_between(wave.start, self.end)

    def survey_months(self, wave: Wave) -> tuple[int, ...]:
        """Return the months of the surveys of a wave; the last ones fall at the end of its follow-up."""
        return tuple(min(month, self.follow_up(wave)) for month in self.survey.months)

    def numbers(self) -> dict[str, Number]:
        """Return every number that can be moved, by path."""
        found = {"delivery": self.delivery, "contamination": self.contamination, "drift": self.drift}
        found["invited"] = self.invited
        found["survey.persistence"] = self.survey.persistence
        for group, terms in self._terms().items():
            found |= {f"{group}.{term.name}": term.coefficient for term in terms}
        return found

    def _terms(self) -> dict[str, tuple[Term, ...]]:
        return {"volunteering": self.volunteering, "withdrawal": self.leaving_terms, "response": self.survey.terms}


def months_between(start: date, end: date) -> int:
    """Return the full calendar months from the first day of a month to a last day."""
    return (end.year - start.year) * 12 + end.month - start.month + 1


def with_values(design: TrialDesign, values: Mapping[str, float]) -> TrialDesign:
    """Return the design with other numbers by path (`TrialDesign.numbers`); InputError on all problems."""
    known = design.numbers()
    problems: list[Problem] = []
    for path, value in values.items():
        if path not in known:
            problems.append(one_of(f"{design.name}.{path}", path, known))
        elif not known[path].low <= value <= known[path].high:
            span = f"{known[path].low:g} .. {known[path].high:g}"
            problems.append(Problem(f"{design.name}.{path}", value, Say(span, span), nearest_name(path, known)))
    InputError.raise_if(problems)

    def moved(group: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        return tuple(replace(term, coefficient=number(f"{group}.{term.name}", term.coefficient)) for term in terms)

    def number(path: str, old: Number) -> Number:
        return replace(old, value=float(values[path])) if path in values else old

    survey = replace(
        design.survey,
        persistence=number("survey.persistence", design.survey.persistence),
        terms=moved("response", design.survey.terms),
    )
    return replace(
        design,
        delivery=number("delivery", design.delivery),
        contamination=number("contamination", design.contamination),
        drift=number("drift", design.drift),
        invited=number("invited", design.invited),
        volunteering=moved("volunteering", design.volunteering),
        leaving_terms=moved("withdrawal", design.leaving_terms),
        survey=survey,
    )
