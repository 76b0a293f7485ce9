"""What the trials themselves say of a treatment and an outcome, without the model: the "found" beside every answer.

One line per trial: its best number, else the surest of its findings in words (each arm of the treatment, against the
control group; a disregard also against the other arms, because no trial compares it with a control group in numbers).
`calibration.meta_analysis.synthesis` puts the lines together. Where fewer than two trials measured the outcome that is
asked, the outcome of the same family that most trials measured stands in, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.inference.interval import NINETY
from calibration.evidence.bias import bias_sd, spread_of
from calibration.evidence.ordinal import Reading, read_finding
from calibration.evidence.registry import Registry, load_registry
from calibration.evidence.schema import Row
from calibration.evidence.selection import PREFERENCE, role_of
from calibration.evidence.standard_errors import StandardError, answer_sd, ordinal_error
from calibration.meta_analysis.bundles import TREATMENTS, told_of
from calibration.meta_analysis.rows import Line, one_line, told_in_words
from calibration.meta_analysis.synthesis import Evidence, synthesise
from sim.outcomes.measures import MEASURES
from sim.problems import InputError, Say, one_of
from sim.regime.regime import Regime

__all__ = ["FAMILIES", "MEASURED", "Found", "TownFinding", "found"]

# Measure of the model -> outcomes of the reports that are the same quantity (best first); "-" turns the sign.
MEASURED: Mapping[str, tuple[str, ...]] = {
    "hours_over_8": ("hours_gt_8",),
    "hours_over_12": ("hours_gt_12",),
    "hours_over_27": ("hours_gt_27", "exit_to_full_time_work_24m"),
    "wml_over_70": ("earnings_gt_70pct_wml",),
    "exit_work_ever": ("exit_to_full_time_work_24m", "hours_gt_27"),
    "permanent": ("permanent_contract",),
    "self_employed": ("exit_to_self_employment",),
    "wellbeing": ("wellbeing_index", "wellbeing", "life_satisfaction"),
    "health": ("health_index", "subjective_health", "general_health"),
    "trust": ("trust_municipality", "institutional_trust"),
    "social_trust": ("trust_people", "social_trust"),
    "stress": ("-calm_and_peaceful",),
    "efficacy": ("job_search_confidence", "can_find_work_with_effort"),
    "search_hours": ("job_search_hours",),
    "applications": ("job_applications",),
    "interviews": ("job_interview_invitations",),
    "volunteer_hours": ("volunteering_hours",),
    "care_hours": ("informal_care_hours",),
    "choice_freedom": ("choice_freedom",),
    "self_reliance": ("self_reliance",),
    "social_participation": ("social_participation", "voluntary_activities_index"),
    "deprivation": ("deprivation_poverty",),
}
# Measures of one family stand in for each other; all measures of a family are shares, or scales of one length.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "work": ("hours_over_8", "hours_over_12", "hours_over_27", "wml_over_70", "exit_work_ever"),
    "trust": ("trust", "social_trust"),
    "wellbeing": ("wellbeing", "health"),
}
_ALSO = {"work": ("works", "wage_work", "hours_over_32", "wml_over_50", "wml_over_100", "left_for_work")}
# Standard deviation of the model's own measures by unit: findings on scales are compared in standard deviations,
# because reports name another scale than their numbers have (doubts N5, N6, N8 of Nijmegen).
_SD: Mapping[str, float] = {"share": 0.43, "0..1": 0.2, "0..10": 2.0, "hours/week": 5.5, "per month": 1.3}
_FEW = 2


@dataclass(frozen=True)
class TownFinding:
    """The finding of one trial in the unit of the measure; `low`, `high`: 90%, None where only words were told."""

    town: str
    trial: str
    month: int | None
    measure: str
    arm: str
    against: str
    direction: int
    row: str
    rows: tuple[str, ...]
    significant: str
    bias: float
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    told: Say | None = None
    error: float = 0.0
    reading: Reading | None = None

    def as_json(self) -> dict[str, object]:
        """Return the finding as plain data."""
        names = ("town", "trial", "month", "measure", "arm", "against", "estimate", "low", "high", "direction", "row")
        return {name: getattr(self, name) for name in names}

    @property
    def evidence(self) -> Evidence:
        """The finding as a line of the synthesis."""
        if self.estimate is not None or self.reading is None:
            return Evidence(self.error, self.estimate, bias=self.bias)
        return Evidence(self.error, None, self.reading.low, self.reading.high, self.reading.truth, self.bias)


@dataclass(frozen=True)
class Found:
    """Random-effects answer of the trials; see `calibration.meta_analysis.synthesis` for the priors.

    Attributes:
        treatment, measure: as asked. measured: the measure that was pooled; `neighbour` when it is another one.
        against: ``control``, or ``other_arms`` for a disregard.
        mean, low, high: mean effect over towns with its 90% interval; `new_town_*` the effect in another town.
        tau, tau_low, tau_high: spread between towns. above_zero: probability that the mean is above 0.
        towns: one finding per trial. asked: findings on the measure that was asked.
    """

    treatment: str
    measure: str
    measured: str
    neighbour: bool
    against: str
    mean: float
    low: float
    high: float
    new_town_low: float
    new_town_high: float
    tau: float
    tau_low: float
    tau_high: float
    above_zero: float
    towns: tuple[TownFinding, ...]
    asked: tuple[TownFinding, ...]

    @property
    def trials(self) -> int:
        """Number of trials that count."""
        return len(self.towns)

    @property
    def numbers(self) -> int:
        """Trials that printed a number."""
        return sum(one.estimate is not None for one in self.towns)

    @property
    def directions(self) -> int:
        """Trials that told only a direction."""
        return self.trials - self.numbers

    @property
    def positive(self) -> int:
        """Trials that found more."""
        return sum(one.direction > 0 for one in self.towns)

    @property
    def negative(self) -> int:
        """Trials that found less."""
        return sum(one.direction < 0 for one in self.towns)

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of all rows of the evidence that count."""
        return tuple(dict.fromkeys(name for one in self.towns for name in one.rows))

    def own(self, town: str) -> TownFinding | None:
        """Return what a town itself found: on the measure that was asked if it can, else on the pooled one."""
        return next((one for one in (*self.asked, *self.towns) if one.town == town), None)

    def shrunken(self, trial: str) -> tuple[float, float, float]:
        """Return the effect in the town of a trial given all trials: (mean, low, high) at 90%.

        Raises:
            InputError: a trial that is not among `towns`.
        """
        names = [one.trial for one in self.towns]
        InputError.raise_if([one_of("trial", trial, names)] if trial not in names else [])
        return synthesise([one.evidence for one in self.towns], scale=_scale(self.measured)).town(names.index(trial))

    def as_json(self, town: str = "") -> dict[str, object]:
        """Return the answer as plain data; `own` is the finding of `town`."""
        own = self.own(town) if town else None
        names = ("mean", "low", "high", "new_town_low", "new_town_high", "tau", "tau_low", "tau_high", "above_zero")
        return {
            **{name: getattr(self, name) for name in names},
            "measure": self.measured,
            "neighbour": self.neighbour,
            "against": self.against,
            **{name: getattr(self, name) for name in ("trials", "numbers", "directions", "positive", "negative")},
            "own": None if own is None else own.as_json(),
            "towns": [one.as_json() for one in self.towns],
        }


def found(
    treatment: str, measure: str, *, registry: Registry | None = None, regimes: Mapping[str, Regime] | None = None
) -> Found | None:
    """Return what the trials found, or None when no trial measured this outcome or a neighbour.

    Args:
        treatment: guidance, exemption or disregard.
        measure: a measure of the model, or an outcome of the evidence.
        registry: the evidence; the shipped one when left out.
        regimes: what the arms of imported trials get ('trial.arm' -> regime).

    Raises:
        InputError: names that do not exist.
    """
    evidence = load_registry() if registry is None else registry
    problems = [one_of("treatment", treatment, TREATMENTS)] if treatment not in TREATMENTS else []
    name = next((key for key, outcomes in MEASURED.items() if measure == outcomes[0]), measure)
    if name not in MEASURED and name not in MEASURES:
        problems.append(one_of("measure", measure, {*MEASURES, *(outcomes[0] for outcomes in MEASURED.values())}))
    InputError.raise_if(problems)
    key = (evidence.digest(), treatment, name, tuple(sorted(regimes or ())))
    if key not in _KNOWN:
        if len(_KNOWN) > 500:
            _KNOWN.clear()
        _KNOWN[key] = _found(treatment, name, evidence, regimes or {})
    return _KNOWN[key]


_KNOWN: dict[tuple[object, ...], Found | None] = {}


def _found(treatment: str, measure: str, registry: Registry, regimes: Mapping[str, Regime]) -> Found | None:
    asked = _findings(treatment, measure, registry, regimes) if measure in MEASURED else ()
    used, measured = asked, measure
    if len(asked) < _FEW:
        family = next((each for each in FAMILIES if measure in (*FAMILIES[each], *_ALSO.get(each, ()))), None)
        for other in FAMILIES[family] if family else ():
            there = _findings(treatment, other, registry, regimes)
            if len(there) > len(used):
                used, measured = there, other
    if not used:
        return None
    answer = synthesise([one.evidence for one in used], scale=_scale(measured))
    mean, low, high = answer.mean
    tau, tau_low, tau_high = answer.tau
    _, new_low, new_high = answer.new_town
    return Found(
        treatment,
        measure,
        measured,
        measured != measure,
        "other_arms" if treatment == "disregard" else "control",
        mean,
        low,
        high,
        new_low,
        new_high,
        tau,
        tau_low,
        tau_high,
        answer.above_zero,
        used,
        asked,
    )


def _findings(
    treatment: str, measure: str, registry: Registry, regimes: Mapping[str, Regime]
) -> tuple[TownFinding, ...]:
    """Return one finding per trial that measured this treatment on this measure."""
    outcomes = [name.removeprefix("-") for name in MEASURED[measure]]
    errors = registry.errors
    best: dict[tuple[str, str], tuple[tuple[object, ...], Row]] = {}
    for row in registry:
        if row.outcome not in outcomes or not row.is_target or row.kind == "matched" or row.subgroup != "all":
            continue
        if row.since_month is not None or role_of(row, registry) != "effect":
            continue
        if told_of(row, registry, regimes) != treatment:
            continue
        # words against the other arms say more of a disregard than a sign against the control group that they imply
        if treatment == "disregard" and registry.study(row.study).shipped and row.comparator == "control":
            continue
        if row.kind == "ordinal" and read_finding(row) is None:
            continue
        order = PREFERENCE.index(row.specification) if row.specification in PREFERENCE else len(PREFERENCE)
        rank = (row.kind == "ordinal", outcomes.index(row.outcome), order, -(row.horizon_months or 0.0), row.id)
        key = (registry.trial(row), row.arm)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, row)
    trials: dict[str, list[Row]] = defaultdict(list)
    for (trial, _), (_, row) in sorted(best.items()):
        trials[trial].append(row)
    made = (_finding(trial, measure, rows, registry, errors) for trial, rows in sorted(trials.items()))
    return tuple(one for one in made if one is not None)


def _finding(
    trial: str, measure: str, rows: Sequence[Row], registry: Registry, errors: Mapping[str, StandardError]
) -> TownFinding | None:
    """Return the finding of one trial: the mean of its arms with numbers, else the surest of its words."""
    lines: list[Line] = []
    for row in rows:
        study = registry.study(row.study)
        factor = _factor(row, measure, study.assumed_sd.get(row.outcome))
        if row.kind != "ordinal" and row.estimate is not None and row.id in errors:
            error = abs(factor) * errors[row.id].median
            lines.append(Line(row.municipality, (row.arm,), (row.id,), error, factor * row.estimate))
        elif row.kind == "ordinal" and row.municipality in study.participants:
            reading = read_finding(row)
            if reading is not None and factor < 0:
                reading = Reading(-reading.high, -reading.low, reading.truth)
            error = ordinal_error(row, study).median * _scale(measure)
            lines.append(Line(row.municipality, (row.arm,), (row.id,), error, None, reading, told_in_words(row)))
    if not lines:
        return None
    line = one_line(lines)
    row = next(one for one in rows if one.id == line.rows[0])
    bias = bias_sd(row, trial) * abs(1.0 if _scale(measure) == 1.0 else _sd(measure) / spread_of(row))
    if line.estimate is not None:
        direction = (line.estimate > 0) - (line.estimate < 0)
        half = NINETY * line.error
        span: tuple[float, float] | tuple[None, None] = (line.estimate - half, line.estimate + half)
        significant = "yes" if abs(line.estimate) > half else "no"
    else:
        reading = line.reading or Reading(0.0, 0.0)
        direction = int(reading.low >= 0) - int(reading.high <= 0)
        span, significant = (None, None), row.significant if row.significant in ("yes", "no") else ""
    return TownFinding(
        town=row.municipality,
        trial=trial,
        month=None if row.horizon_months is None else int(row.horizon_months),
        measure=measure,
        arm=", ".join(line.arms),
        against=row.comparator,
        direction=direction,
        row=row.id,
        rows=line.rows,
        significant=significant,
        bias=bias,
        estimate=line.estimate,
        low=span[0],
        high=span[1],
        told=line.told,
        error=line.error,
        reading=line.reading,
    )


def _factor(row: Row, measure: str, assumed: float | None) -> float:
    """Return what a figure is multiplied by to stand in the unit of the measure; `assumed`: its standard deviation."""
    sign = -1.0 if f"-{row.outcome}" in MEASURED[measure] else 1.0
    if row.kind == "ordinal" or row.unit == "proportion":
        return sign
    return sign * _sd(measure) / (assumed or answer_sd(row.outcome, row.unit))


def _scale(measure: str) -> float:
    """Return how many times further a measure spreads than a share."""
    return _sd(measure) / _SD["share"]


def _sd(measure: str) -> float:
    return _SD[MEASURES[measure].unit]
