"""Baseline facts: what is known of social assistance without any trial, beside what the model gives.

The regular regime on a population of the Netherlands with monthly inflow, a cohort of new recipients, and the people
of Oss, under draws of the priors or of a posterior: a model that misses these facts has no business with effects. A
misfit is shown, not hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.checks.baseline_facts import FACTS, PLACES, Fact
from analysis.checks.long_run import LONG_RUN, STOCK, long_run, stock_facts
from scenarios.description.parameter_source import ParameterSource
from sim.engine.kernel import warm
from sim.engine.simulate import Job, Outcome, Record, simulate
from sim.files import write_whole
from sim.parameters import defaults, draw_priors
from sim.people.catalogue import load
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of, within
from sim.random_numbers import stream
from sim.regime.assignment import Everybody
from sim.regime.presets import background_of, preset, presets, trial_assignment
from sim.regime.schedule import compile_schedule
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS, Setting, make_setting

__all__ = ["FACTS", "PLACES", "Fact", "FactRow", "baseline_facts", "check_sizes", "facts_table", "write_facts"]

Floats = npt.NDArray[np.float64]

_MONTHS = {"netherlands": 36, "oss": 24, "oss_eligible": 24}
_MOST_PEOPLE, _MOST_DRAWS = 100_000, 1_000
# Applications expected in a month from which somebody searches actively (ours: see the note of the fact).
_ACTIVE = 2.0
_COLUMNS: dict[str, tuple[str, ...]] = {
    "netherlands": ("status", "hours", "earnings", "kept", "first_exit_work", "sanctions_sum"),
    "oss": (
        "hours",
        "contract",
        "applications",
        "wellbeing",
        "choice_freedom",
        "deprivation",
        "first_exit_work",
        "first_exit_any",
    ),
    "oss_eligible": ("first_exit_work",),
}

Bools = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.NDArray[np.float64]]  # each [months, people]


@dataclass(frozen=True)
class FactRow:
    """A fact beside the model: at the medians of the parameters, and the 90% interval over draws."""

    fact: Fact
    medians: float
    low: float
    high: float

    @property
    def inside(self) -> bool | None:
        """Tell whether the published range meets the interval over draws; None when there is none."""
        if self.fact.low is None or self.fact.high is None:
            return None
        return self.low <= self.fact.high and self.high >= self.fact.low

    @property
    def medians_inside(self) -> bool | None:
        """Tell whether the value at the medians lies in the published range."""
        if self.fact.low is None or self.fact.high is None:
            return None
        return self.fact.low <= self.medians <= self.fact.high


def baseline_facts(
    people: int = 8_000,
    draws: int = 40,
    seed: int = 1,
    threads: int = 2,
    places: Sequence[str] = (),
    source: ParameterSource | None = None,
) -> list[FactRow]:
    """Return every fact beside the model.

    Args:
        people: stock of each place that is simulated, the Netherlands with inflow to scale.
        draws: draws for the interval; 2 at least.
        seed: of the luck and of the draws.
        threads: threads over draws.
        places: keys of `PLACES`; all when empty.
        source: the posterior that is drawn from; None = the priors. The Netherlands is the mean of its towns: it
            takes no shift of a place; Oss has its own.

    Raises:
        InputError: sizes out of bounds, unknown places.
    """
    InputError.raise_if(check_sizes(people, draws, places) + ([] if source is None else source.too_many(draws)))
    warm()
    rows: list[FactRow] = []
    for place in places or tuple(PLACES):
        found = _simulated(place, people, _vectors(place, draws, seed, source), seed, threads)
        for fact in FACTS:
            if fact.place == place:
                drawn = np.array([each[fact.name] for each in found[1:]])
                low_end, high_end = np.nanquantile(drawn, [0.05, 0.95])
                rows.append(FactRow(fact, found[0][fact.name], float(low_end), float(high_end)))
    return rows


def check_sizes(people: int | None, draws: int | None, places: Sequence[str]) -> list[Problem]:
    """Return what is wrong with sizes and places; None is passed over."""
    problems: list[Problem] = []
    for name, value, low, high in (("people", people, 100, _MOST_PEOPLE), ("draws", draws, 2, _MOST_DRAWS)):
        if value is not None and not low <= value <= high:
            problems.append(within(f"--{name}", value, low, high))
    problems += [one_of("NAME", place, tuple(PLACES)) for place in places if place not in PLACES]
    return problems


# Parameters and, for a town of a posterior, shifts of the place.
_Vector = tuple[Floats, Mapping[str, Floats]]


def _vectors(place: str, draws: int, seed: int, source: ParameterSource | None) -> list[_Vector]:
    """Return the medians and then every draw, of the priors or of a posterior."""
    if source is None:
        return [(each, {}) for each in (defaults(), *draw_priors(draws, seed))]
    town = None if place == "netherlands" else source.town_of(place)
    found: list[_Vector] = []
    for drawn in (source.draw(1, town, seed), source.draw(draws, town, seed)):
        for number, values in enumerate(drawn.parameters):
            own = {} if town is None else {name: shift[number : number + 1] for name, shift in drawn.places.items()}
            found.append((values, own))
    return found


def _simulated(place: str, people: int, vectors: Sequence[_Vector], seed: int, threads: int) -> list[dict[str, float]]:
    """Return the facts at the medians and then for every draw."""
    months = _MONTHS[place]
    land = place == "netherlands"
    population = load(place, people=people, inflow_months=months if land else 0)
    setting = make_setting(population.start, months, market="flat" if land else "historic", lockdown=False)
    assignment = trial_assignment("oss", population.arms) if place == "oss" else Everybody("regular")
    background = preset("regular") if land else background_of("oss")
    regimes = {**presets(), "regular": background}
    schedule = compile_schedule(population, regimes, assignment, months=months, background=background)
    record = Record(snapshots=tuple(range(1, months + 1)), columns=_COLUMNS[place])
    found: list[dict[str, float]] = []
    for first in range(0, len(vectors), threads):
        block = vectors[first : first + threads]
        jobs = [Job(each, schedule, stream("baseline", seed), place=dict(shifts)) for each, shifts in block]
        outcomes = simulate(population, jobs, setting, record, threads=threads)
        found += [_READ[place](population, _columns(each, place), setting) for each in outcomes]
    if land:
        plain = [each for each, _ in vectors]
        cohort = long_run(plain, people=people, seed=seed, threads=threads)
        stock = stock_facts(plain, people=people, seed=seed, threads=threads)
        for facts, spells, flows in zip(found, cohort, stock, strict=True):
            facts |= dict(zip(LONG_RUN, spells.tolist(), strict=True)) | dict(zip(STOCK, flows.tolist(), strict=True))
    return found


def _columns(outcome: Outcome, place: str) -> Columns:
    return dict(zip(_COLUMNS[place], outcome.snapshots.transpose(1, 0, 2), strict=True))


def _netherlands(population: Population, column: Columns, setting: Setting) -> dict[str, float]:
    status, hours, earnings = column["status"], column["hours"], column["earnings"]
    months = len(status)
    stock: Bools = population["status"] < 0.5
    work = column["first_exit_work"][-1]
    entry, spell = population["entry_month"], population["spell_months"]
    on: Bools = status < 0.5
    now: Bools = on[-1]
    beside: Bools = on & (hours > 0)
    wage = setting.table[SETTLE_MONTHS:, MONTH_FIELDS.index("wml_net")]

    def within_year(exits: npt.NDArray[np.float64], who: Bools) -> float:
        return float(((exits > 0) & (exits <= 12))[who].mean())

    pay = _mean(earnings[-1][beside[-1]])
    return {
        "part_time_earnings": pay * float(wage[0] / wage[-1]),
        "part_time_earnings_first": _mean(earnings[0][beside[0]]),
        "part_time_earnings_then": pay,
        "part_time_hours": _mean(hours[-1][beside[-1]]),
        "over_a_year_first": float(((spell + months - np.maximum(entry - 1, 0))[now] > 12).mean()),
        "work_short_spell": within_year(work, stock & (spell < 12)),
        "work_long_spell": within_year(work, stock & (spell >= 60)),
        "disregard_used": float((column["kept"][11][on[11]] > 0).mean()),
        "exempted": float(population["work_duty_exempt"][stock].mean()),
        "sanctioned": float(column["sanctions_sum"][11][on[11]].mean()),
    }


def _oss(population: Population, column: Columns, setting: Setting) -> dict[str, float]:
    del setting
    hours, agency = column["hours"][11], np.round(column["contract"][11]) == 3
    active: Bools = column["applications"][0] >= _ACTIVE
    ill: Bools = population["physical"] + population["mental"] > 0
    return {
        "oss_out_work": float((column["first_exit_work"][-1] > 0).mean()),
        "oss_out_any": float((column["first_exit_any"][-1] > 0).mean()),
        "oss_small_jobs": float(((hours > 0) & ((hours < 32) | agency)).mean()),
        "oss_wellbeing": float(column["wellbeing"].mean()),
        "oss_choice_freedom": float(column["choice_freedom"].mean()),
        "oss_deprivation": float(column["deprivation"].mean()),
        "oss_active": float(active.mean()),
        "oss_discouraged": float((~active & ~ill).mean()),
        "oss_passive": float((~active & ill).mean()),
    }


def _oss_eligible(population: Population, column: Columns, setting: Setting) -> dict[str, float]:
    del population, setting
    return {"oss_eligible_out_work": float((column["first_exit_work"][-1] > 0).mean())}


_READ: dict[str, Callable[[Population, Columns, Setting], dict[str, float]]] = {
    "netherlands": _netherlands,
    "oss": _oss,
    "oss_eligible": _oss_eligible,
}


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")


_HEADS = Say(
    "fact|published|at the medians|90% over draws|fits|source",
    "feit|gepubliceerd|bij de medianen|90% over trekkingen|past|bron",
)
_FITS: dict[tuple[bool | None, bool | None], Say] = {
    (True, True): Say("yes", "ja"),
    (False, True): Say("draws only", "alleen draws"),
    (True, False): Say("medians only", "alleen medianen"),
    (False, False): Say("NO", "NEE"),
    (None, None): Say("", ""),
}


def facts_table(rows: Sequence[FactRow], lang: str = "en") -> tuple[tuple[str, ...], list[tuple[str, tuple[str, ...]]]]:
    """Return headers, and (place, cells) for every row."""
    cells: list[tuple[str, tuple[str, ...]]] = []
    for row in rows:
        fact = row.fact
        known = "" if fact.low is None or fact.high is None else f"{fact.low:g} .. {fact.high:g}"
        cells.append(
            (
                fact.place,
                (
                    f"{fact.text.to(lang)} ({fact.unit})",
                    known,
                    f"{row.medians:.3g}",
                    f"{row.low:.3g} .. {row.high:.3g}",
                    _FITS[row.medians_inside, row.inside].to(lang),
                    fact.source,
                ),
            )
        )
    return tuple(_HEADS.to(lang).split("|")), cells


def write_facts(
    rows: Sequence[FactRow], path: Path, lang: str = "en", made: str = "", posterior: Say | None = None
) -> None:
    """Write the facts as Markdown: a table for each place, and what to know of the rows that do not fit.

    `posterior` is the label of the posterior that was drawn from; None = the priors.

    Raises:
        InputError: the file cannot be written.
    """
    heads, cells = facts_table(rows, lang)
    lines = [Say("# Baseline facts", "# Feiten en model").to(lang), "", _intro(rows, made, posterior).to(lang)]
    for place in dict.fromkeys(row.fact.place for row in rows):
        lines += ["", f"## {PLACES[place].to(lang)}", "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
        lines += [f"| {' | '.join(row)} |" for where, row in cells if where == place]
    notes: dict[str, list[str]] = {}
    for row in rows:
        if row.fact.note is not None:
            notes.setdefault(row.fact.note.to(lang), []).append(row.fact.text.to(lang))
    if notes:
        lines += ["", Say("## What to know", "## Wat u moet weten").to(lang), ""]
        lines += [f"- **{'; '.join(names)}.** {note}" for note, names in notes.items()]
    try:
        write_whole(path, ("\n".join(lines) + "\n").encode())
    except OSError as error:
        allowed = Say(
            f"a place that can be written ({error.strerror})", f"een plek die beschreven kan worden ({error.strerror})"
        )
        raise InputError((Problem("--out", str(path), allowed),)) from None


def _intro(rows: Sequence[FactRow], made: str, posterior: Say | None) -> Say:
    told = [row for row in rows if row.fact.published]
    medians, meet = sum(bool(row.medians_inside) for row in told), sum(bool(row.inside) for row in told)
    today = date.today().isoformat()
    where = Say("the priors (not calibrated)", "de priors (niet gekalibreerd)")
    tuned = Say(
        "The priors of leaving, returning, finding and losing work, of movers and stayers and of newcomers were tuned "
        "to the facts of the Netherlands: that they fit checks the tuning and proves nothing. Nothing was tuned to the "
        "participants of Oss.",
        "De priors van vertrek, terugkeer, werk vinden en verliezen, van blijvers en doorstromers en van nieuwe mensen "
        "zijn op de feiten van Nederland afgestemd: dat die passen toetst het afstemmen en bewijst niets. Op de "
        "deelnemers van Oss is niets afgestemd.",
    )
    if posterior is not None:
        where = Say(f"a posterior ({posterior.en})", f"een posterior ({posterior.nl})")
        tuned = Say(
            "The Netherlands takes the parameters of a municipality that nobody studied, without a shift of its place.",
            "Nederland krijgt de parameters van een niet onderzochte gemeente, zonder verschuiving van de plaats.",
        )
    return Say(
        f"What is known of social assistance without any trial effect, beside the model under {where.en}. {medians} of "
        f"{len(told)} published ranges hold the value at the medians; {meet} meet the 90% over draws. *Fits*: yes = "
        "both; draws only = the medians miss and the draws meet it; medians only = the reverse; NO = neither.\n\n"
        f"{tuned.en}\n\nMade on {today} by `{made}`.",
        f"Wat over de bijstand bekend is zonder effecten van experimenten, naast het model onder {where.nl}. {medians} "
        f"van {len(told)} gepubliceerde bereiken bevatten de waarde bij de medianen; {meet} raken de 90% over "
        "trekkingen. *Past*: ja = beide; alleen draws = de medianen missen en de draws raken; alleen medianen = "
        f"andersom; NEE = geen van beide.\n\n{tuned.nl}\n\nGemaakt op {today} met `{made}`.",
    )
