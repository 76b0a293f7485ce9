"""Which rows are pooled: one line per trial, for an outcome and a lever; two trials in one municipality are two.

The lever of an arm is read from its regime: exemption (duty to search at most half), intensive (contacts at
least twice the regular number), disregard (more of the earnings kept). An arm that pulls several counts under
the first of intensive, exemption, disregard, because no trial tells them apart within one arm.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibration.evidence.bias import bias_sd
from calibration.evidence.ordinal import Reading, read_finding
from calibration.evidence.registry import Registry
from calibration.evidence.schema import Row
from calibration.evidence.selection import PREFERENCE
from calibration.evidence.standard_errors import ordinal_error
from calibration.meta_analysis.pool import METHODS, Method, Pooled, pool, pool_with_findings
from sim.problems import InputError, Problem, Say, one_of
from sim.regime.regime import Regime

__all__ = [
    "FAMILIES",
    "LEVER_NAMES",
    "Line",
    "lever_of",
    "lines_for",
    "one_line",
    "pool_lines",
    "title_of",
    "told_in_words",
]

LEVER_NAMES: Mapping[str, Say] = {
    "exemption": Say("exemption from duties", "ontheffing van plichten"),
    "intensive": Say("intensive guidance", "intensieve begeleiding"),
    "disregard": Say("more earnings kept", "meer bijverdienen"),
}
# Outcomes that are pooled under one name: the same threshold, other definitions.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "full_time_work": ("exit_to_full_time_work_24m", "hours_gt_27"),
    "small_jobs": ("hours_gt_8",),
    "work_over_12_hours": ("hours_gt_12",),
    "earnings_over_70": ("earnings_gt_70pct_wml",),
    "permanent_contract": ("permanent_contract",),
}
_FAMILY_TEXTS: Mapping[str, Say] = {
    "full_time_work": Say("full-time work", "voltijds werk"),
    "small_jobs": Say("works over 8 hours", "werkt meer dan 8 uur"),
    "work_over_12_hours": Say("works over 12 hours", "werkt meer dan 12 uur"),
    "earnings_over_70": Say("earns over 70% of the minimum wage", "verdient meer dan 70% van het minimumloon"),
    "permanent_contract": Say("has a permanent contract", "heeft een vast contract"),
}
_SIGN_TEXTS: Mapping[str, Say] = {
    "positive": Say("positive", "positief"),
    "negative": Say("negative", "negatief"),
    "zero": Say("about zero", "ongeveer nul"),
    "mostly_positive": Say("mostly positive", "meestal positief"),
    "mostly_negative": Say("mostly negative", "meestal negatief"),
}
_MARKER_TEXTS: Mapping[str, Say] = {
    "": Say("significance not stated", "significantie niet vermeld"),
    "n.s.": Say("not significant", "niet significant"),
}
# Estimates of two arms of one municipality share its control group.
_SHARED = 0.5


@dataclass(frozen=True)
class Line:
    """One trial: an estimate, or a finding in words, with its standard error.

    `trial` is the municipality for the shipped evidence (all its studies tell of one trial), else the imported study;
    `bias` the standard deviation of a shift because its groups differed.
    """

    municipality: str
    arms: tuple[str, ...]
    rows: tuple[str, ...]
    error: float
    estimate: float | None = None
    reading: Reading | None = None
    told: Say | None = None
    trial: str = ""
    bias: float = 0.0

    @property
    def name(self) -> str:
        """What to call it: the municipality, with the study beside it where that is another name."""
        return self.municipality if self.trial in ("", self.municipality) else f"{self.municipality} ({self.trial})"


def lever_of(
    trial: str, arm: str, regimes: Mapping[str, Regime] | None = None, *, municipality: str = ""
) -> str | None:
    """Return the lever an arm stands for; None for a control, a reference or an arm of unknown regime.

    Args:
        trial, arm: as the trial and the evidence have them.
        regimes: what the arms of a researcher's own trials get ('trial.arm' -> regime).
        municipality: where the trial was held, when that is another name.
    """
    from sim.regime.presets import background_of, presets

    name = f"{trial}.{arm}"
    regime = (regimes or {}).get(name) or presets().get(name)
    if regime is None or regime.role != "treatment":
        return None
    background = background_of(municipality or trial).levers
    from sim.regime.levers import LEVERS

    def at(lever: str) -> float:
        return float(regime.levers.get(lever, background.get(lever, LEVERS[lever].regular)))

    if at("contacts") >= 2 * LEVERS["contacts"].regular and at("search_duty") > 0.5:
        return "intensive"
    if at("search_duty") <= 0.5:
        return "exemption"
    if at("disregard_share") > LEVERS["disregard_share"].regular or at("premium_share") > 0:
        return "disregard"
    return None


def lines_for(
    registry: Registry, outcome: str, lever: str, *, findings: bool = True, regimes: Mapping[str, Regime] | None = None
) -> tuple[Line, ...]:
    """Return one line per trial that compared the lever with its own control group.

    Args:
        registry: the evidence.
        outcome: a name of `FAMILIES` or of an outcome of the evidence.
        lever: a name of `LEVER_NAMES`.
        findings: take findings told in words along.
        regimes: arms of own trials, as in `lever_of`.

    Raises:
        InputError: unknown names, or nothing to pool.
    """
    wanted = FAMILIES.get(outcome, (outcome,))
    known = {row.outcome for row in registry if row.is_target and row.is_contrast}
    problems = [] if wanted[0] in known or outcome in FAMILIES else [one_of("outcome", outcome, {*known, *FAMILIES})]
    if lever not in LEVER_NAMES:
        problems.append(one_of("lever", lever, LEVER_NAMES))
    InputError.raise_if(problems)
    errors = registry.errors
    found: dict[str, list[Line]] = defaultdict(list)
    for row in _preferred(registry, wanted):
        if lever_of(registry.trial(row), row.arm, regimes, municipality=row.municipality) != lever:
            continue
        study, trial = registry.study(row.study), registry.trial(row)
        bias = bias_sd(row, trial)
        if row.kind == "ordinal":
            reading = read_finding(row)
            if not findings or reading is None or row.municipality not in study.participants:
                continue
            error = ordinal_error(row, study).median
            told = told_in_words(row)
            line = Line(row.municipality, (row.arm,), (row.id,), error, None, reading, told, trial, bias)
        elif row.id in errors and row.estimate is not None:
            error = errors[row.id].median
            line = Line(row.municipality, (row.arm,), (row.id,), error, row.estimate, trial=trial, bias=bias)
        else:
            continue
        found[line.trial].append(line)
    lines = tuple(one_line(lines) for _, lines in sorted(found.items()))
    if not lines:
        every = _preferred(registry, wanted)
        there = {lever_of(registry.trial(row), row.arm, regimes, municipality=row.municipality) for row in every} - {
            None
        }
        listed = ", ".join(sorted(str(name) for name in there)) or "none"
        allowed = Say(
            f"a lever that a trial compared with its control group on this outcome: {listed}",
            f"een maatregel die een trial op deze uitkomst met de controlegroep vergeleek: {listed}",
        )
        raise InputError((Problem("pool", f"{outcome}, {lever}", allowed),))
    return lines


def title_of(outcome: str, lever: str) -> Say:
    """Return the heading of a pooled outcome in both languages."""
    from analysis.outcomes import outcomes

    known = outcomes().get(outcome)
    what = _FAMILY_TEXTS.get(outcome) or (known.text if known else Say(outcome, outcome))
    pulled = LEVER_NAMES[lever]
    return Say(f"{what.en}: {pulled.en}", f"{what.nl}: {pulled.nl}")


def pool_lines(
    lines: Sequence[Line], *, method: str = "reml", level: float = 0.95, knapp_hartung: bool = False
) -> Pooled:
    """Pool the lines; findings in words make it a maximum likelihood fit."""
    if method not in METHODS:
        raise InputError((one_of("method", method, METHODS),))
    chosen: Method = next(name for name in METHODS if name == method)
    numbers = [line for line in lines if line.estimate is not None]
    estimates = [line.estimate or 0.0 for line in numbers]
    errors = [math.hypot(line.error, line.bias) for line in numbers]
    words = [line for line in lines if line.reading is not None]
    told = [(line.reading, line.error) for line in words if line.reading is not None]
    if told:
        return pool_with_findings(estimates, errors, told, biases=[line.bias for line in words], level=level)
    return pool(estimates, errors, method=chosen, level=level, knapp_hartung=knapp_hartung)


def _preferred(registry: Registry, wanted: Sequence[str]) -> list[Row]:
    """Return contrasts with a control group: one horizon and specification per arm, the best one."""
    best: dict[tuple[str, str], tuple[tuple[object, ...], Row]] = {}
    for row in registry:
        if not row.is_target or row.outcome not in wanted or row.subgroup != "all" or not row.comparator:
            continue
        study = registry.study(row.study)
        against = (study.control, study.reference) if row.kind == "ordinal" else (study.control,)
        if row.comparator not in against or row.use == "selection_contrast" or row.kind == "matched":
            continue
        order = PREFERENCE.index(row.specification) if row.specification in PREFERENCE else len(PREFERENCE)
        rank = (row.kind == "ordinal", wanted.index(row.outcome), order, -(row.horizon_months or 0), row.id)
        key = (registry.trial(row), row.arm)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, row)
    return [row for _, row in best.values()]


def one_line(lines: Sequence[Line]) -> Line:
    """Return one line for a trial: the mean of its estimates, or the surest of its findings."""
    numbers = [line for line in lines if line.estimate is not None]
    if not numbers:
        return max(lines, key=lambda line: (line.reading.truth if line.reading else 0.0, line.rows))
    k = len(numbers)
    total = sum(line.error for line in numbers)
    variance = sum(line.error**2 for line in numbers) * (1 - _SHARED) + _SHARED * total**2
    return Line(
        numbers[0].municipality,
        tuple(line.arms[0] for line in numbers),
        tuple(line.rows[0] for line in numbers),
        math.sqrt(variance) / k,
        sum(line.estimate or 0.0 for line in numbers) / k,
        trial=numbers[0].trial,
        bias=max(line.bias for line in numbers),
    )


def told_in_words(row: Row) -> Say:
    """Return sign and marker of a finding in words, in both languages."""
    sign = _SIGN_TEXTS.get(row.sign, Say(row.sign, row.sign))
    marker = _MARKER_TEXTS.get(row.marker, Say(row.marker, row.marker))
    return Say(f"{sign.en}, {marker.en}", f"{sign.nl}, {marker.nl}")
