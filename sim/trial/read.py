"""Reads a design from TOML and refuses a wrong one with every problem at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sim import municipalities
from sim.outcomes.measurement import studies
from sim.people import catalogue
from sim.policy.number_text import toml_float
from sim.problems import InputError, Problem, Say, one_of
from sim.regime.presets import TRIALS, assignment_presets
from sim.trial.agreement import timing_problems
from sim.trial.design import Number, Survey, TrialDesign, months_between
from sim.trial.own_regimes import read_own, regimes_of
from sim.trial.reader import Reader

__all__ = ["NAMES", "design", "design_from_data", "read_design"]

NAMES: tuple[str, ...] = tuple(TRIALS)
_MOMENTS = ("after_sign_up", "before_sign_up")
_RANDOMISATION = ("moment", "strata", "source", "note")
_SURVEY = ("study", "months", "net", "persistence", "terms", "source", "note")
_TOP = (
    "title",
    "municipality",
    "participants",
    "eligible",
    "eligible_people",
    "exclusions",
    "invited",
    "regimes",
    "arms",
    "randomisation",
    "volunteering",
    "reference_random",
    "waves",
    "end",
    "withdrawal",
    "delivery",
    "contamination",
    "contamination_arm",
    "drift",
    "drift_towards",
    "followed",
    "survey",
    "report_months",
    "source",
)


def design(name: str) -> TrialDesign:
    """Return a shipped design, or the design of a TOML file; raise InputError with the nearest name."""
    if name.endswith(".toml"):
        return read_design(Path(name))
    if name not in NAMES:
        raise InputError((one_of("trial", name, NAMES),))
    return _shipped(name)


def read_design(path: Path) -> TrialDesign:
    """Return the design of a file; raise InputError with every problem."""
    if not path.is_file():
        raise InputError((Problem(str(path), "missing", Say("a file", "een bestand")),))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=toml_float)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError((Problem(str(path), str(error), Say("a TOML file", "een TOML-bestand")),)) from None
    return design_from_data(path.stem, data, str(path))


@cache
def _shipped(name: str) -> TrialDesign:
    return design_from_data(name, municipalities.data(name, "trial"), name)


def design_from_data(name: str, data: Mapping[str, Any], path: str) -> TrialDesign:
    """Return the design that `data` describes; raise InputError with every problem."""
    read = Reader(path)
    for key in data:
        if key not in _TOP:
            read.problems.append(one_of(f"{path}.{key}", key, _TOP))
    populations = [info.name for info in catalogue.names()]
    randomisation = read.table(data, "randomisation", _RANDOMISATION)
    survey = read.table(data, "survey", _SURVEY)
    own = read_own(data.get("regimes"), path, read.problems)
    read.regimes = {*regimes_of(own), *assignment_presets()}
    arms = tuple(read.arm(row, index) for index, row in enumerate(read.rows(data, "arms")))
    built = TrialDesign(
        name=name,
        title=read.say(data, "title", Say(name, name)),
        municipality=read.text(data, "municipality", name),
        participants=read.choice(data, "participants", populations),
        eligible=read.choice(data, "eligible", populations),
        eligible_people=int(read.real(data, "eligible_people", 1, 1_000_000, whole=True)),
        exclusions=read.conditions(data, "exclusions"),
        arms=arms,
        moment=read.choice(randomisation, "moment", _MOMENTS, "randomisation."),  # type: ignore[arg-type]
        strata=read.conditions(randomisation, "strata", "randomisation."),
        volunteering=read.terms(data, "volunteering"),
        reference_random=read.truth(data, "reference_random"),
        waves=tuple(read.wave(row, index) for index, row in enumerate(read.rows(data, "waves"))),
        end=read.day(data, "end", ""),
        leaving_terms=read.terms(data, "withdrawal"),
        delivery=read.number(data, "delivery", 0.0, 2.0, Number(1.0, 0.0, 2.0)),
        contamination=read.number(data, "contamination", 0.0, 1.0, Number(0.0, 0.0, 1.0)),
        contamination_arm=read.text(data, "contamination_arm", ""),
        drift=read.number(data, "drift", 0.0, 1.0, Number(0.0, 0.0, 1.0)),
        drift_towards=read.text(data, "drift_towards", ""),
        followed=None if "followed" not in data else read.real(data, "followed", 0.0, 1.0),
        survey=Survey(
            read.choice(survey, "study", studies(), "survey."),
            tuple(int(m) for m in read.reals(survey, "months", 0, 600, "survey.", whole=True)),
            tuple(
                read.truth({f"net[{number}]": value}, f"net[{number}]", "survey.")
                for number, value in enumerate(read.many(survey, "net", "survey."), start=1)
            ),
            read.number(survey, "persistence", 0.0, 1.0, Number(0.5, 0.0, 1.0), "survey."),
            read.terms(survey, "terms", "survey."),
        ),
        report_months=tuple(int(m) for m in read.reals(data, "report_months", 0, 600, whole=True)),
        source=read.text(data, "source", ""),
        invited=read.number(data, "invited", 0.0, 1.0, Number(1.0, 0.0, 1.0)),
        regimes=own,
    )
    read.problems += [*_disagreements(built, path), *timing_problems(built, path)]
    InputError.raise_if(read.problems)
    return built


def _disagreements(built: TrialDesign, path: str) -> list[Problem]:
    """Return what is wrong between parts."""
    problems: list[Problem] = []
    names = [arm.name for arm in built.arms]
    problems += [
        Problem(f"{path}.arms", name, Say("each arm once", "elke groep één keer"))
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if sum(arm.role == "reference" for arm in built.arms) > 1 or any(
        arm.role == "reference" for arm in built.arms[:-1]
    ):
        allowed = Say("one reference group, in the last place", "één referentiegroep, als laatste")
        problems.append(Problem(f"{path}.arms", "reference", allowed))
    if len(built.participant_arms) < 2:
        allowed = Say("at least two arms with people", "ten minste twee groepen met mensen")
        problems.append(Problem(f"{path}.arms", len(built.participant_arms), allowed))
    if built.eligible_people < built.people:
        allowed = Say(
            f"at least the {built.people} people of the arms: raise it, or lower `randomised`",
            f"ten minste de {built.people} mensen van de groepen: verhoog dit, of verlaag `randomised`",
        )
        problems.append(Problem(f"{path}.eligible_people", built.eligible_people, allowed))
    waves = len(built.survey.months)
    if len(built.survey.net) != waves:
        allowed = Say(f"one value for each of {waves} waves", f"één waarde voor elk van {waves} metingen")
        problems.append(Problem(f"{path}.survey.net", len(built.survey.net), allowed))
    for arm in built.participant_arms:
        if len(arm.response) != waves:
            allowed = Say(f"one share for each of {waves} waves", f"één aandeel voor elk van {waves} metingen")
            problems.append(Problem(f"{path}.arms.{arm.name}.response", len(arm.response), allowed))
        if not arm.withdrawn <= arm.itt <= arm.randomised:
            allowed = Say("withdrawn <= itt <= randomised", "withdrawn <= itt <= randomised")
            problems.append(Problem(f"{path}.arms.{arm.name}", (arm.withdrawn, arm.itt), allowed))
    if not built.waves:
        allowed = Say("at least one [[waves]] with a start", "ten minste één [[waves]] met een start")
        problems.append(Problem(f"{path}.waves", "missing", allowed))
    total = sum(wave.share for wave in built.waves)
    if built.waves and abs(total - 1.0) > 1e-6:
        problems.append(Problem(f"{path}.waves", f"sum {total:g}", Say("shares that add up to 1", "som 1")))
    for number, wave in enumerate(built.waves, start=1):
        if not 1 <= months_between(wave.start, built.end) <= 600:
            allowed = Say(f"a start before the end ({built.end})", f"een start voor het einde ({built.end})")
            problems.append(Problem(f"{path}.waves[{number}].start", wave.start, allowed))
    if built.contamination.value > 0 and built.contamination_arm not in names:
        problems.append(one_of(f"{path}.contamination_arm", built.contamination_arm, names))
    if built.drift.value > 0 and built.drift_towards not in regimes_of(built.regimes):
        problems.append(one_of(f"{path}.drift_towards", built.drift_towards, regimes_of(built.regimes)))
    return problems
