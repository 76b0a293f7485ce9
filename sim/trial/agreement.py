"""Whether the dates of a trial agree: waves, registers, months of treatment, months that are reported."""

from __future__ import annotations

from collections.abc import Iterator

from sim.problems import Problem, Say
from sim.trial.design import Arm, TrialDesign, Wave, months_between
from sim.trial.own_regimes import regimes_of

__all__ = ["remarks", "timing_problems", "treated_months"]


def treated_months(design: TrialDesign, arm: Arm, wave: Wave) -> int | None:
    """Return the months of treatment of an arm's people in a wave, up to the end of the registers.

    None: the treatment has no end of its own, or people choose among regimes.
    """
    regime = regimes_of(design.regimes).get(arm.regime)
    if regime is None or not regime.ends:
        return None
    ends = [design.follow_up(wave)]
    ends += [] if regime.months is None else [regime.months]
    ends += [] if regime.to_date is None else [months_between(wave.start, regime.to_date)]
    return max(0, min(ends))


def timing_problems(design: TrialDesign, path: str) -> Iterator[Problem]:
    """Yield what cannot be: a report beyond the registers, a treatment that was over before it began."""
    if not design.waves or any(design.follow_up(wave) < 1 for wave in design.waves):
        return  # told already
    last = design.months
    for number, month in enumerate(design.report_months, start=1):
        if not 0 <= month <= last:
            allowed = Say(
                f"at most {last}: the registers end {last} months after the first start (end = {design.end})",
                f"hoogstens {last}: de registers eindigen {last} maanden na de eerste start (end = {design.end})",
            )
            yield Problem(f"{path}.report_months[{number}]", month, allowed)
    for arm in design.participant_arms:
        if arm.role == "treatment" and all(treated_months(design, arm, wave) == 0 for wave in design.waves):
            allowed = Say(
                "a regime that has not ended before anybody starts", "een regime dat niet eindigt voor iemand start"
            )
            yield Problem(f"{path}.arms.{arm.name}.regime", arm.regime, allowed)


def remarks(design: TrialDesign) -> tuple[Say, ...]:
    """Return, in a sentence each, where the design does what its reader may not expect."""
    found: list[Say] = []
    follow = sorted({design.follow_up(wave) for wave in design.waves})
    for arm in design.participant_arms:
        if arm.role != "treatment":
            continue
        short = sorted(
            {
                (months, design.follow_up(wave))
                for wave in design.waves
                if (months := treated_months(design, arm, wave)) is not None and months < design.follow_up(wave)
            }
        )
        if short:
            stops, until = short[0]
            found.append(
                Say(
                    f"arm {arm.name}: treatment stops after {stops} months, the registers end after {until}; later "
                    "months measure what is left of it",
                    f"groep {arm.name}: de behandeling stopt na {stops} maanden, de registers eindigen na {until}; "
                    "latere maanden meten wat ervan over is",
                )
            )
    late = [month for month in design.report_months if month > follow[0]]
    if late:
        found.append(
            Say(
                f"month {', '.join(map(str, late))}: only waves that started early enough are followed that long "
                f"(follow-up of {follow[0]} to {follow[-1]} months)",
                f"maand {', '.join(map(str, late))}: alleen groepen die vroeg genoeg startten zijn zo lang gevolgd "
                f"({follow[0]} tot {follow[-1]} maanden)",
            )
        )
    asked = [month for month in design.survey.months if month > follow[0]]
    if asked:
        found.append(
            Say(
                f"survey month {', '.join(map(str, asked))} falls at the end of the follow-up of a wave "
                f"({', '.join(map(str, follow))} months)",
                f"enquêtemaand {', '.join(map(str, asked))} valt aan het eind van de follow-up van een groep "
                f"({', '.join(map(str, follow))} maanden)",
            )
        )
    return tuple(found)
