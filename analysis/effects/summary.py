"""What the scenarios do: means, paired differences with the baseline, and how sure each of them is.

Every scenario meets the same draws and the same seeds, so a difference is taken replicate by replicate before
anything is averaged: shared luck falls out, and a scenario that changes nothing differs by exactly zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.effects.positions import circumstances, evidence_of_trials, positions
from analysis.effects.validity import LABELS, Evidence, Label, Validity, judge, worst
from analysis.effects.words import bounds_of
from analysis.inference.variance import Apart, Parts, decompose
from scenarios.execution.result import RunResult
from scenarios.reproduction.provenance import LABEL
from sim.problems import InputError, Problem, Say, one_of
from sim.small_groups import hide_in_strata

__all__ = ["APART", "LEVEL", "Row", "Summary", "summarise"]

LEVEL = 0.9

APART: dict[Apart, Say] = {
    Apart.NOTHING: Say("no interval: one replicate", "geen marge: één herhaling"),
    Apart.MONTE_CARLO_ONLY: Say(
        "chance only: one draw of the parameters, their uncertainty is not in the interval",
        "alleen toeval: één trekking van de parameters, hun onzekerheid zit niet in de marge",
    ),
    Apart.TOGETHER: Say(
        "parameters and chance together: one seed, they cannot be told apart",
        "parameters en toeval samen: één herhaling per trekking, niet te scheiden",
    ),
    Apart.BOTH: Say("parameters and chance, told apart", "parameters en toeval, gescheiden"),
}


@dataclass(frozen=True)
class Row:
    """One published number with everything that must stand beside it; NaN is what cannot be known.

    Attributes:
        run_id: the run that made it.
        kind: ``level`` or ``difference`` (with `baseline`, paired).
        scenario, baseline, group, measure, month: what it is about; `baseline` is empty for a level.
        mean, low, high: the number and its 90% interval.
        monte_carlo_se: standard error from the luck of the seeds alone.
        parameter_sd: standard deviation from the parameters alone.
        share_above, share_below: share of the draws above and below zero.
        apart: what the interval holds.
        replicates, failed: replicates used, and those that failed and were left out.
        people: fewest people in the group over the replicates.
        suppressed: fewer than ten people, or lest such a group be found by subtraction: nothing is shown.
        validity, distance, reasons: the validity label, and why.
        calibration: ``calibrated``, or ``not calibrated`` while the parameters are priors.
    """

    run_id: str
    kind: str
    scenario: str
    baseline: str
    group: str
    measure: str
    month: int
    mean: float
    low: float
    high: float
    monte_carlo_se: float
    parameter_sd: float
    share_above: float
    share_below: float
    apart: Apart
    replicates: int
    failed: int
    people: int
    suppressed: bool
    validity: Label
    distance: float
    reasons: Say
    calibration: Say

    @property
    def differs(self) -> bool:
        """Whether the interval leaves zero out."""
        return bool(self.low > 0.0 or self.high < 0.0)

    def label(self, lang: str) -> str:
        """Return both labels in one phrase: calibration and validity."""
        words = (self.calibration.to(lang), LABELS[self.validity].to(lang))
        return ", ".join(word for word in words if word)


@dataclass(frozen=True)
class Summary:
    """All levels and differences of a run.

    Attributes:
        run_id: the run.
        scenarios: names; the first is the baseline.
        groups, months, measures: the other axes.
        levels: arrays [scenario, group, month, measure].
        differences: the same shape; the baseline differs by zero from itself.
        people: fewest people [scenario, group, month].
        hidden: of which nothing is shown, the same shape (`sim.small_groups`).
        validity: [scenario][month] of levels; a difference takes the worst of both sides.
        calibration: ``calibrated`` when the parameters come from a posterior that converged.
        draws, seeds: size of the table of replicates.
        failed: failed replicates by scenario.
        marks: months of headline tables, when they are not the usual ones.
    """

    run_id: str
    scenarios: tuple[str, ...]
    groups: tuple[str, ...]
    months: tuple[int, ...]
    measures: tuple[str, ...]
    levels: Parts
    differences: Parts
    people: npt.NDArray[np.int64]
    hidden: npt.NDArray[np.bool_]
    validity: tuple[tuple[Validity, ...], ...]
    calibration: Say
    draws: int
    seeds: int
    failed: Mapping[str, int]
    marks: tuple[int, ...] = ()

    @property
    def baseline(self) -> str:
        """The scenario that differences are taken from."""
        return self.scenarios[0]

    @property
    def calibrated(self) -> bool:
        """Whether the parameters were taught by trial data."""
        return not self.calibration.en.startswith("not")

    def level(self, scenario: str, measure: str, month: int, group: str = "all") -> Row:
        """Return one mean."""
        return self._row("level", *self._place(scenario, group, month, measure))

    def difference(self, scenario: str, measure: str, month: int, group: str = "all") -> Row:
        """Return one paired difference with the baseline."""
        return self._row("difference", *self._place(scenario, group, month, measure))

    def rows(
        self,
        *,
        kinds: Sequence[str] = ("level", "difference"),
        measures: Sequence[str] | None = None,
        months: Sequence[int] | None = None,
        groups: Sequence[str] | None = None,
    ) -> Iterator[Row]:
        """Give the rows by kind, scenario, group, measure and month; the baseline has no difference row."""
        for kind in kinds:
            for s, _ in enumerate(self.scenarios):
                if kind == "difference" and s == 0:
                    continue
                for g in _chosen(self.groups, groups):
                    for m in _chosen(self.measures, measures):
                        for t in _chosen(self.months, months):
                            yield self._row(kind, s, g, t, m)

    def key_months(self) -> tuple[int, ...]:
        """Return the months of headline tables: the marks, or 16, 24 where recorded and a later last one."""
        if self.marks:
            return self.marks
        last = self.months[-1]
        chosen = [month for month in self.months if month in (16, 24)]
        if not chosen or last > 24:
            chosen.append(last)
        return tuple(chosen)

    @cached_property
    def _labels(self) -> dict[tuple[tuple[int, ...], int], tuple[Validity, Say]]:
        """Return validity and reasons by the scenarios of a number and the place of its month."""
        labels: dict[tuple[tuple[int, ...], int], tuple[Validity, Say]] = {}
        for s, _ in enumerate(self.scenarios):
            both: tuple[tuple[int, ...], ...] = ((s,), (0, s))
            for sides in both:
                for t, _ in enumerate(self.months):
                    valid = worst([self.validity[side][t] for side in sides])
                    labels[sides, t] = (valid, Say(valid.reasons("en"), valid.reasons("nl")))
        return labels

    def _place(self, scenario: str, group: str, month: int, measure: str) -> tuple[int, int, int, int]:
        wanted: tuple[tuple[str, object, tuple[object, ...]], ...] = (
            ("scenario", scenario, self.scenarios),
            ("group", group, self.groups),
            ("month", month, self.months),
            ("measure", measure, self.measures),
        )
        InputError.raise_if(
            one_of(path, value, [str(name) for name in known]) for path, value, known in wanted if value not in known
        )
        return (
            self.scenarios.index(scenario),
            self.groups.index(group),
            self.months.index(month),
            self.measures.index(measure),
        )

    def _row(self, kind: str, s: int, g: int, t: int, m: int) -> Row:
        difference = kind == "difference"
        parts, at = self.differences if difference else self.levels, (s, g, t, m)
        sides = (0, s) if difference else (s,)
        valid, reasons = self._labels[sides, t]
        fewest = min(int(self.people[side, g, t]) for side in sides)
        return Row(
            run_id=self.run_id,
            kind=kind,
            scenario=self.scenarios[s],
            baseline=self.scenarios[0] if difference else "",
            group=self.groups[g],
            measure=self.measures[m],
            month=self.months[t],
            mean=float(parts.mean[at]),
            low=float(parts.low[at]),
            high=float(parts.high[at]),
            monte_carlo_se=float(parts.monte_carlo_se[at]),
            parameter_sd=float(parts.parameter_sd[at]),
            share_above=float(parts.share_above[at]),
            share_below=float(parts.share_below[at]),
            apart=Apart(int(parts.apart[at])),
            replicates=int(parts.used[at]),
            failed=self.draws * self.seeds - int(parts.used[at]),
            people=fewest,
            suppressed=any(bool(self.hidden[side, g, t]) for side in sides),
            validity=valid.label,
            distance=valid.distance,
            reasons=reasons,
            calibration=self.calibration,
        )


def summarise(result: RunResult, months: Sequence[int] | None = None, *, evidence: Evidence | None = None) -> Summary:
    """Return levels and paired differences of `result`, with intervals, sources of uncertainty and labels.

    Args:
        result: a run.
        months: recorded months to keep; None keeps all.
        evidence: what the trials observed; None reads it from the published regimes.

    Raises:
        InputError: months that were not recorded.
    """
    recorded = tuple(int(month) for month in result.months)
    kept = recorded if months is None else tuple(months)
    InputError.raise_if(
        Problem("months", month, Say(f"{recorded[0]} .. {recorded[-1]}", f"{recorded[0]} t/m {recorded[-1]}"))
        for month in kept
        if month not in recorded
    )
    at = [recorded.index(month) for month in kept]
    values, people = result.values[..., at, :], result.people[..., at]
    there = np.asarray(np.isfinite(values).any(axis=(3, 4, 5)))
    fewest = np.where(there[..., None, None], people, np.iinfo(np.int64).max).min(axis=(1, 2))
    fewest = np.where(np.asarray(there.any(axis=(1, 2)))[:, None, None], fewest, 0)

    levels = _bounded(_stack([decompose(one, LEVEL) for one in values]), result.measures)
    differences = _stack([decompose(one - values[0], LEVEL) for one in values])
    seen = evidence if evidence is not None else evidence_of_trials()
    # Every scenario hides what any of them hides: the same people, and no difference that tells a hidden one.
    small = np.moveaxis(hide_in_strata(result.groups, np.moveaxis(fewest, 1, -1)), -1, 1)
    worked = np.asarray(there.any(axis=(1, 2)))
    small = small | small[worked].any(axis=0)
    provenance = result.provenance
    name = str(provenance.population.get("name", ""))
    return Summary(
        run_id=result.run_id,
        scenarios=result.scenarios,
        groups=result.groups,
        months=kept,
        measures=result.measures,
        levels=_hide(levels, small),
        differences=_hide(differences, small),
        people=fewest,
        hidden=small,
        validity=tuple(
            tuple(judge(month, regimes, name, seen, around) for month in kept)
            for regimes, around in zip(positions(result), circumstances(result), strict=True)
        ),
        calibration=_calibration(provenance.label),
        draws=result.values.shape[1],
        seeds=result.values.shape[2],
        failed={name: int((~there[s]).sum()) for s, name in enumerate(result.scenarios)},
    )


def _calibration(label: Mapping[str, str]) -> Say:
    english = label.get("en", LABEL["en"])
    if english.startswith("not calibrated"):
        return Say("not calibrated", "niet gekalibreerd")
    if english.startswith("calibrated on an older"):
        return Say("calibrated (older model)", "gekalibreerd (ouder model)")
    return Say("calibrated", "gekalibreerd")


def _stack(parts: Sequence[Parts]) -> Parts:
    return Parts(*(np.stack([getattr(part, field.name) for part in parts]) for field in fields(Parts)))


def _bounded(levels: Parts, measures: Sequence[str]) -> Parts:
    """Return levels whose intervals stay where the measure can be: a share is never above all people."""
    least, most = np.array([bounds_of(measure) for measure in measures]).T
    return replace(levels, low=np.clip(levels.low, least, most), high=np.clip(levels.high, least, most))


def _hide(parts: Parts, small: npt.NDArray[np.bool_]) -> Parts:
    hidden = small[..., None]
    names = [field.name for field in fields(Parts) if field.name not in ("used", "apart")]
    return replace(parts, **{name: np.where(hidden, np.nan, getattr(parts, name)) for name in names})


def _chosen(known: Sequence[object], wanted: Sequence[object] | None) -> list[int]:
    return [place for place, name in enumerate(known) if wanted is None or name in wanted]
