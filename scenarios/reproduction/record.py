"""Write down what a plan is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np

from scenarios.description.find import word_of
from scenarios.execution.plan import Plan, Side, inflow_months
from scenarios.reproduction.provenance import (
    LABEL,
    Provenance,
    array_hash,
    code_hash,
    code_version,
    engine_hash,
    environment,
    law_record,
    text_hash,
)
from sim.parameters import PARAMETERS, digest
from sim.people.population import Population
from sim.regime.regime import Regime

__all__ = ["provenance_of"]


def provenance_of(plan: Plan, started: datetime, timings: Mapping[str, float]) -> Provenance:
    """Return the provenance of a run of `plan`."""
    setting = plan.sides[0].setting
    last = setting.start.year * 12 + setting.start.month - 1 + plan.months - 1
    law = law_record(f"{setting.start}", f"{last // 12}-{last % 12 + 1:02d}-01")
    projected = np.flatnonzero(setting.projected > 0)
    law["months_beyond_known_law"] = len(projected)
    return Provenance(
        created=started.isoformat(timespec="milliseconds"),
        label=_label(plan),
        code={"version": code_version(), "sha256": code_hash(), "engine": engine_hash()},
        environment=environment(),
        population=_population(plan.population),
        scenarios=[_scenario(side) for side in plan.sides],
        law=law,
        parameters=_parameters(plan),
        seeds={"base": plan.seed, "count": len(plan.keys)},
        settings={"months": plan.months, "groups": list(plan.cells.groups), "measures": list(plan.record.series)},
        sources={} if plan.source is None else {"parameters": plan.source.sha256},
        timings=dict(timings),
    )


def _label(plan: Plan) -> dict[str, str]:
    if plan.source is None:
        return LABEL
    said = plan.source.label._asdict()
    if not plan.medians:
        return said
    alone = {"en": "medians, without parameter uncertainty", "nl": "medianen, zonder parameteronzekerheid"}
    return {lang: f"{text}; {alone[lang]}" for lang, text in said.items()}


def _parameters(plan: Plan) -> dict[str, Any]:
    kind = "prior" if plan.source is None else "posterior"
    made: dict[str, Any] = {
        "source": f"{kind} medians" if plan.medians else f"{kind} draws",
        "sha256": digest(plan.draws),
        "draws": len(plan.draws),
        "names": list(PARAMETERS),
    }
    if plan.source is None:
        return made
    shifts = [plan.places[name] for name in sorted(plan.places)]
    return made | {
        "places_sha256": array_hash(np.stack(shifts)) if shifts else "",
        "posterior": {
            "name": plan.source.name,
            "sha256": plan.source.digest,
            "town": plan.source.town_of(plan.sides[0].scenario.population) or "",
            "draws": len(plan.source),
            "calibrated": plan.source.calibrated,
            **plan.source.facts,
        },
    }


def _population(population: Population) -> dict[str, Any]:
    return {
        "name": population.name,
        "sha256": population.digest(),
        "people": len(population),
        "start": str(population.start),
        "municipalities": list(population.municipalities),
        "arms": list(population.arms),
        "source": population.source,
    }


def _scenario(side: Side) -> dict[str, Any]:
    scenario = side.scenario
    return {
        "name": scenario.name,
        "sha256": text_hash(scenario.text),
        "text": scenario.text,
        "place": scenario.place,
        "title": scenario.title._asdict(),
        "word": word_of(scenario),
        "population": scenario.population,
        "people": scenario.people,
        "inflow_months": inflow_months(scenario),
        "regimes": {name: _regime(regime) for name, regime in scenario.regimes.items()},
        "background": _regime(scenario.background),
        "assignment": _plain(scenario.assignment),
        "start_month": scenario.start_month,
        "delivery": scenario.delivery,
        "drift": {"per_year": scenario.drift, "towards": scenario.drift_towards},
        "market": scenario.market,
        "lockdown": scenario.lockdown,
        "parameters": dict(scenario.parameters),
        "parameters_sha256": digest(side.parameters),
        "mechanisms_off": list(scenario.mechanisms_off),
    }


def _regime(regime: Regime) -> dict[str, Any]:
    return {
        "title": regime.title._asdict(),
        "levers": dict(regime.levers),
        "changes": [_plain(change) | {"origins": None} for change in regime.changes],
        "months": regime.months,
        "to_date": None if regime.to_date is None else str(regime.to_date),
        "announced": regime.announced,
        "after": regime.after,
        "role": regime.role,
    }


def _plain(thing: Any) -> dict[str, Any]:
    """Return a dataclass as JSON-ready values: dates become texts, tuples lists."""
    return {"kind": type(thing).__name__, **{name: _value(value) for name, value in asdict(thing).items()}}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value(each) for each in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
