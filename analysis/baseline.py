"""Baseline facts: what is known of social assistance without any trial, beside what the model gives.

The regular regime on a population of the Netherlands with monthly inflow, under prior draws: a model that
misses these facts has no business with effects. A misfit is shown, not hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.assignment import Everybody
from sim.engine import Job, Outcome, Record, simulate
from sim.parameters import defaults, draw_priors
from sim.people.catalogue import load
from sim.people.population import Population
from sim.presets import preset
from sim.problems import Say
from sim.random_numbers import stream
from sim.schedule import compile_schedule
from sim.setting import make_setting

__all__ = ["FACTS", "Fact", "FactRow", "baseline_facts", "write_facts"]

_MONTHS = 36
_COLUMNS = (
    "status",
    "hours",
    "earnings",
    "kept",
    "spell_months",
    "first_exit_work",
    "first_exit_any",
    "sanctions_sum",
)

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Fact:
    """A published fact: `low`..`high` is its range (a point when equal)."""

    name: str
    text: Say
    unit: str
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class FactRow:
    """A fact beside the model: at the prior medians, and the 90% interval over prior draws."""

    fact: Fact
    medians: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Tell whether the published range and the interval over prior draws meet."""
        return self.low <= self.fact.high and self.high >= self.fact.low


def _fact(name: str, en: str, nl: str, unit: str, low: float, high: float, source: str) -> Fact:
    return Fact(name, Say(en, nl), unit, low, high, source)


_LAND = "national statistics named in the project's brief (not re-read at the source)"
FACTS: tuple[Fact, ...] = (
    _fact(
        "out_any",
        "leaves within a year, any reason",
        "stroomt uit binnen een jaar",
        "share",
        0.23,
        0.30,
        _LAND,
    ),
    _fact(
        "out_work",
        "leaves for work within a year",
        "stroomt uit naar werk in een jaar",
        "share",
        0.075,
        0.10,
        "Oss 2020 par. 1.2 (7.5-10% a year; nationally about 8%)",
    ),
    _fact(
        "part_time",
        "works beside the benefit",
        "werkt naast de bijstand",
        "share of stock",
        0.07,
        0.09,
        _LAND,
    ),
    _fact(
        "part_time_earnings",
        "mean net earnings of those",
        "gemiddelde netto verdiensten van hen",
        "EUR/month",
        500,
        600,
        _LAND,
    ),
    _fact(
        "over_a_year",
        "on benefit for more than a year",
        "langer dan een jaar in de bijstand",
        "share of stock",
        0.83,
        0.87,
        _LAND,
    ),
    _fact(
        "returns_first_year",
        "back within a year of leaving for work",
        "terug binnen een jaar na uitstroom naar werk",
        "share",
        0.15,
        0.22,
        f"{_LAND}; Oss 2020 par. 1.2: 15% in two years",
    ),
    _fact(
        "stays_6",
        "still on after 6 months",
        "na 6 maanden nog in de bijstand",
        "share of inflow",
        0.65,
        0.69,
        _LAND,
    ),
    _fact(
        "stays_12",
        "still on after 12 months",
        "na 12 maanden nog in de bijstand",
        "share of inflow",
        0.51,
        0.55,
        _LAND,
    ),
    _fact(
        "stays_24",
        "still on after 24 months",
        "na 24 maanden nog in de bijstand",
        "share of inflow",
        0.36,
        0.40,
        _LAND,
    ),
    _fact(
        "work_short_spell",
        "leaves for work within a year: spell under a year",
        "uitstroom naar werk in een jaar: korter dan een jaar",
        "share",
        0.12,
        0.25,
        "Oss 2020 figure 3.1.1 (falls with duration; range ours)",
    ),
    _fact(
        "work_long_spell",
        "leaves for work within a year: spell over five years",
        "uitstroom naar werk in een jaar: langer dan vijf jaar",
        "share",
        0.01,
        0.06,
        "Oss 2020 figure 3.1.1 (falls with duration; range ours)",
    ),
    _fact(
        "disregard_used",
        "has earnings disregarded this month",
        "heeft vrijlating deze maand",
        "share of stock",
        0.0,
        0.08,
        f"{_LAND}: unused by most",
    ),
    _fact(
        "exempted",
        "exempted from the duty to work",
        "vrijgesteld van de arbeidsplicht",
        "share of stock",
        0.10,
        0.11,
        _LAND,
    ),
    _fact(
        "sanctioned",
        "sanctions per person on benefit in a year",
        "maatregelen per persoon per jaar",
        "per year",
        0.02,
        0.10,
        "assumption: order of magnitude",
    ),
)


def baseline_facts(people: int = 8_000, draws: int = 40, seed: int = 1, threads: int = 2) -> list[FactRow]:
    """Return every fact beside the model.

    Args:
        people: stock of the Netherlands that is simulated, with inflow to scale.
        draws: prior draws for the interval.
        seed: of the luck and of the draws.
        threads: threads over draws.
    """
    population = load("netherlands", people=people, inflow_months=_MONTHS)
    setting = make_setting(population.start, _MONTHS, market="flat", lockdown=False)
    regular = preset("regular")
    schedule = compile_schedule(
        population, {"regular": regular}, Everybody("regular"), months=_MONTHS, background=regular
    )
    record = Record(snapshots=tuple(range(1, _MONTHS + 1)), columns=_COLUMNS)
    found: list[dict[str, float]] = []
    vectors = [defaults(), *draw_priors(draws, seed)]
    for first in range(0, len(vectors), threads):
        jobs = [Job(each, schedule, stream("baseline", seed)) for each in vectors[first : first + threads]]
        found += [
            _facts(population, each) for each in simulate(population, jobs, setting, record, threads=threads)
        ]
    rows = []
    for fact in FACTS:
        drawn = np.array([each[fact.name] for each in found[1:]])
        low, high = np.quantile(drawn, [0.05, 0.95]) if len(drawn) else (np.nan, np.nan)
        rows.append(FactRow(fact, found[0][fact.name], float(low), float(high)))
    return rows


def _facts(population: Population, outcome: Outcome) -> dict[str, float]:
    column = dict(zip(_COLUMNS, outcome.snapshots.transpose(1, 0, 2), strict=True))
    status = column["status"]
    stock: Bools = population["status"] < 0.5
    work, any_ = column["first_exit_work"][-1], column["first_exit_any"][-1]
    entry = population["entry_month"]
    arrived: Bools = (entry > 0) & (entry <= _MONTHS - 24)
    lasted = np.where(any_ > 0, any_ - entry + 1, np.inf)
    now: Bools = status[-1] < 0.5
    year: Bools = status[11] < 0.5
    left = np.flatnonzero((work > 0) & (work <= _MONTHS - 12))
    back = [bool((status[int(work[i]) : int(work[i]) + 12, i] < 0.5).any()) for i in left]
    spell = population["spell_months"]

    def within_year(exits: npt.NDArray[np.float64], who: Bools) -> float:
        return float(((exits > 0) & (exits <= 12))[who].mean())

    return {
        "out_any": within_year(any_, stock),
        "out_work": within_year(work, stock),
        "part_time": float((column["hours"][-1][now] > 0).mean()),
        "part_time_earnings": float(column["earnings"][-1][now & (column["hours"][-1] > 0)].mean()),
        "over_a_year": float((column["spell_months"][-1][now] > 12).mean()),
        "returns_first_year": float(np.mean(back)) if back else float("nan"),
        **{f"stays_{m}": float((lasted[arrived] > m).mean()) for m in (6, 12, 24)},
        "work_short_spell": within_year(work, stock & (spell < 12)),
        "work_long_spell": within_year(work, stock & (spell >= 60)),
        "disregard_used": float((column["kept"][11][year] > 0).mean()),
        "exempted": float(population["work_duty_exempt"][stock].mean()),
        "sanctioned": float(column["sanctions_sum"][11][year].mean()),
    }


def write_facts(rows: Sequence[FactRow], path: Path, lang: str = "en") -> None:
    """Write the facts as a Markdown table."""
    dutch = lang == "nl"
    head = (
        "| feit | gepubliceerd | model | 90% over priors | past | bron |"
        if dutch
        else "| fact | published | model at prior medians | 90% over prior draws | fits | source |"
    )
    yes, no = ("ja", "NEE") if dutch else ("yes", "NO")
    lines = [head, "|---|---|---|---|---|---|"]
    for row in rows:
        fact = row.fact
        known = f"{fact.low:g}" if fact.low == fact.high else f"{fact.low:g} .. {fact.high:g}"
        lines.append(
            f"| {fact.text.to(lang)} ({fact.unit}) | {known} | {row.medians:.3g} | {row.low:.3g} .. {row.high:.3g} "
            f"| {yes if row.inside else no} | {fact.source} |"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
