"""Reads a design from TOML and refuses a wrong one with every problem at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.measurement import studies
from sim.people import catalogue
from sim.presets import TRIALS, assignment_presets
from sim.problems import InputError, Problem, Say, one_of, within
from sim.rules import read_condition, read_number
from sim.trial.design import Arm, Number, Survey, Term, TrialDesign, Wave, months_between
from sim.trial.own_regimes import read_own, regimes_of

__all__ = ["NAMES", "design", "design_from_data", "read_design"]

NAMES: tuple[str, ...] = tuple(TRIALS)
_LABELS: dict[str, tuple[str, ...]] = {"municipality": (), "arm": ()}
_TEXT = Say("a text", "een tekst")
_ROLES = ("treatment", "control", "reference")
_MOMENTS = ("after_sign_up", "before_sign_up")
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
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError((Problem(str(path), str(error), Say("a TOML file", "een TOML-bestand")),)) from None
    return design_from_data(path.stem, data, str(path))


@cache
def _shipped(name: str) -> TrialDesign:
    text = files("sim").joinpath("trial", "designs", f"{name}.toml").read_text(encoding="utf-8")
    return design_from_data(name, tomllib.loads(text), name)


def design_from_data(name: str, data: Mapping[str, Any], path: str) -> TrialDesign:
    """Return the design that `data` describes; raise InputError with every problem."""
    read = _Reader(path)
    for key in data:
        if key not in _TOP:
            read.problems.append(one_of(f"{path}.{key}", key, _TOP))
    populations = [info.name for info in catalogue.names()]
    randomisation = read.table(data, "randomisation")
    survey = read.table(data, "survey")
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
        reference_random=bool(data.get("reference_random", False)),
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
            tuple(int(m) for m in read.reals(survey, "months", 0, 600, "survey.")),
            tuple(bool(value) for value in read.many(survey, "net", "survey.")),
            read.number(survey, "persistence", 0.0, 1.0, Number(0.5, 0.0, 1.0), "survey."),
            read.terms(survey, "terms", "survey."),
        ),
        report_months=tuple(int(m) for m in read.reals(data, "report_months", 0, 600)),
        source=read.text(data, "source", ""),
        invited=read.number(data, "invited", 0.0, 1.0, Number(1.0, 0.0, 1.0)),
        regimes=own,
    )
    read.problems += _disagreements(built, path)
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
            f"at least the {built.people} people of the arms", f"ten minste de {built.people} mensen"
        )
        problems.append(Problem(f"{path}.eligible_people", built.eligible_people, allowed))
    waves = len(built.survey.months)
    if len(built.survey.net) != waves:
        allowed = Say(f"one value for each of {waves} waves", f"één waarde voor elk van {waves} metingen")
        problems.append(Problem(f"{path}.survey.net", len(built.survey.net), allowed))
    for arm in built.participant_arms:
        if len(arm.response) != waves:
            allowed = Say(
                f"one share for each of {waves} waves", f"één aandeel voor elk van {waves} metingen"
            )
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


class _Reader:
    """Reads values and collects what is wrong with them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.regimes: set[str] = set()

    def table(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = data.get(key, {})
        if isinstance(value, Mapping):
            return value
        self._wrong(key, value, Say("a table", "een tabel"))
        return {}

    def rows(self, data: Mapping[str, Any], key: str, place: str = "") -> list[Mapping[str, Any]]:
        value = data.get(key, [])
        if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
            return value
        self._wrong(place + key, value, Say("a list of tables", "een lijst van tabellen"))
        return []

    def text(self, data: Mapping[str, Any], key: str, otherwise: str, place: str = "") -> str:
        value = data.get(key, otherwise)
        if isinstance(value, str):
            return value
        self._wrong(place + key, value, _TEXT)
        return otherwise

    def say(self, data: Mapping[str, Any], key: str, otherwise: Say, place: str = "") -> Say:
        value = data.get(key, otherwise._asdict())
        if isinstance(value, Mapping) and all(isinstance(value.get(lang), str) for lang in ("en", "nl")):
            return Say(value["en"], value["nl"])
        self._wrong(place + key, value, Say("texts en and nl", "teksten en en nl"))
        return otherwise

    def choice(self, data: Mapping[str, Any], key: str, names: Any, place: str = "") -> str:
        value = data.get(key)
        if value in names:
            return str(value)
        self.problems.append(one_of(f"{self.path}.{place}{key}", value if value else "missing", names))
        return str(next(iter(names)))

    def real(
        self,
        data: Mapping[str, Any],
        key: str,
        low: float,
        high: float,
        place: str = "",
        *,
        whole: bool = False,
        otherwise: float | None = None,
    ) -> float:
        value = data.get(key, otherwise)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and low <= float(value) <= high and (not whole or float(value).is_integer()):
            return float(value)
        self.problems.append(
            within(f"{self.path}.{place}{key}", "missing" if value is None else value, low, high)
        )
        return low

    def reals(
        self, data: Mapping[str, Any], key: str, low: float, high: float, place: str = ""
    ) -> list[float]:
        values = data.get(key, [])
        if not isinstance(values, list):
            self._wrong(place + key, values, Say("a list of numbers", "een lijst van getallen"))
            return []
        return [self.real({key: value}, key, low, high, place) for value in values]

    def many(self, data: Mapping[str, Any], key: str, place: str = "") -> list[Any]:
        values = data.get(key, [])
        if isinstance(values, list):
            return values
        self._wrong(place + key, values, Say("a list", "een lijst"))
        return []

    def day(self, data: Mapping[str, Any], key: str, place: str) -> date:
        value = data.get(key)
        if isinstance(value, date):
            return value
        self._wrong(place + key, "missing" if value is None else value, Say("a date", "een datum"))
        return date(2018, 1, 1)

    def number(
        self, data: Mapping[str, Any], key: str, low: float, high: float, otherwise: Number, place: str = ""
    ) -> Number:
        if key not in data:
            return otherwise
        row = data[key] if isinstance(data[key], Mapping) else {"value": data[key]}
        return Number(
            self.real(row, "value", low, high, f"{place}{key}."),
            low,
            high,
            self.real(row, "sd", 0.0, 100.0, f"{place}{key}.", otherwise=0.0),
            self.text(row, "kind", "assumption", f"{place}{key}."),
            self.text(row, "source", "", f"{place}{key}."),
        )

    def conditions(self, data: Mapping[str, Any], key: str, place: str = "") -> tuple[str, ...]:
        values = data.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self._wrong(place + key, values, Say("a list of rules", "een lijst van regels"))
            return ()
        for number, value in enumerate(values, start=1):
            self.problems += read_condition(value, f"{self.path}.{place}{key}[{number}]", _LABELS)[1]
        return tuple(values)

    def terms(self, data: Mapping[str, Any], key: str, place: str = "") -> tuple[Term, ...]:
        found = []
        for number, row in enumerate(self.rows(data, key, place), start=1):
            where = f"{place}{key}[{number}]."
            of = self.text(row, "of", "missing", where)
            self.problems += read_number(of, f"{self.path}.{where}of", _LABELS)[1]
            moved = self.number(row, "coefficient", -10.0, 10.0, Number(0.0, -10.0, 10.0), where)
            arms = tuple(str(arm) for arm in self.many(row, "arms", where))
            found.append(Term(self.text(row, "name", f"term{number}", where), of, moved, arms))
        return tuple(found)

    def arm(self, row: Mapping[str, Any], index: int) -> Arm:
        place = f"arms[{index + 1}]."
        name = self.text(row, "name", "missing", place)
        regime = self.text(row, "regime", "missing", place)
        if regime not in self.regimes:
            self.problems.append(one_of(f"{self.path}.{place}regime", regime, sorted(self.regimes)))
        size = int(self.real(row, "randomised", 1, 1_000_000, place, whole=True))
        return Arm(
            name,
            regime,
            self.choice(row, "role", _ROLES, place),  # type: ignore[arg-type]
            self.say(row, "text", Say(name, name), place),
            size,
            int(self.real(row, "itt", 1, 1_000_000, place, whole=True, otherwise=size)),
            int(self.real(row, "withdrawn", 0, 1_000_000, place, whole=True, otherwise=0)),
            tuple(self.reals(row, "response", 0.0, 1.0, place)),
            self.text(row, "source", "", place),
        )

    def wave(self, row: Mapping[str, Any], index: int) -> Wave:
        place = f"waves[{index + 1}]."
        start = self.day(row, "start", place)
        if start.day != 1:
            self._wrong(f"{place}start", start, Say("the first of a month", "de eerste van een maand"))
        share = self.real(row, "share", 0.0, 1.0, place)
        return Wave(
            start,
            share,
            bool(row.get("newest", False)),
            self.real(row, "reference_share", 0.0, 1.0, place, otherwise=1.0 if index == 0 else 0.0),
        )

    def _wrong(self, key: str, value: object, allowed: Say) -> None:
        self.problems.append(Problem(f"{self.path}.{key}", value, allowed))
