"""The numbers of `bijstand cost` as rows: each with its interval, its label and its run."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from analysis.cost.accounts import EFFECTS, LINES, OUTLAY, PARTIES, lines_in
from analysis.cost.capacity import Capacity, Delivered, Range, capacity
from analysis.cost.of_run import Cost, Number
from analysis.cost.prices import FLAGS, Prices
from analysis.effects.summary import APART
from analysis.effects.validity import LABELS
from analysis.inference.precision import NINETY
from sim.problems import Say

__all__ = [
    "BUDGETS",
    "CAPACITY",
    "CostRow",
    "acceptability_csv",
    "acceptability_rows",
    "cost_rows",
    "price_rows",
    "rows_csv",
    "sensitivity_csv",
    "staff_of",
    "table_csv",
]

_OVER = Say("median and 90% of the draws", "mediaan en 90% van de trekkingen")
BUDGETS: dict[str, Say] = {
    "benefits": Say("benefit budget (BUIG)", "bijstandsbudget (BUIG)"),
    "reintegration": Say("reintegration budget", "re-integratiebudget"),
    "staff": Say("caseworkers", "klantmanagers"),
}
CAPACITY: dict[str, Say] = {
    "planned": Say("contacts planned", "geplande contacten"),
    "contacts": Say("contacts had", "contacten"),
    "contact_hours": Say("hours in contact", "uren in contact"),
    "staffed_hours": Say("hours staffed by the caseload", "uren volgens de caseload"),
    "needed_hours": Say("hours to be paid", "te betalen uren"),
}


@dataclass(frozen=True)
class CostRow:
    """One number. `kind` is ``difference`` with the baseline, or ``level``; NaN is what cannot be known.

    `prices_assumed` names the prices behind it of which nobody printed the figure.
    """

    run_id: str
    section: str
    scenario: str
    baseline: str
    kind: str
    party: str
    item: str
    unit: str
    months: int
    mean: float
    low: float
    high: float
    monte_carlo_se: float
    parameter_sd: float
    interval_holds: str
    share_of_draws_above_zero: float
    validity: str
    validity_reasons: str
    calibration: str
    prices_assumed: str


def cost_rows(found: Cost, lang: str, budgets: Sequence[tuple[str, Delivered]] = ()) -> Iterator[CostRow]:
    """Give every number: accounts, budgets, effects, break-even, capacity, and what a budget delivers."""
    for scenario in found.scenarios[1:]:
        row = _Rows(found, scenario, lang)
        for party in PARTIES:
            assumed = found.assumed_of(party)
            yield row.number("account", party, "net", "EUR/person", found.net(scenario, party), assumed)
            for line in LINES:
                number = found.line(scenario, line, party)
                if number.mean or number.low or number.high:
                    yield row.number("account", party, line, "EUR/person", number, found.assumed([line]))
            even = found.break_even(scenario, party)
            when = Range(even.month, even.low, even.high)
            yield row.range("break-even", party, "month", "month", when, assumed)
            share = Range(even.share, *_wilson(even.share, even.draws))
            told = Say("so many draws (Wilson, 90%)", "zo veel trekkingen (Wilson, 90%)")
            yield row.range("break-even", party, "share of draws", "share", share, assumed, told)
        for budget in BUDGETS:
            number = found.budget(scenario, budget)
            assumed = found.assumed(lines_in(budget))
            yield row.number("budget", "municipality", budget, "EUR/person", number, assumed)
        for effect in EFFECTS.values():
            number = found.effect(scenario, effect.name)
            yield row.number("effect", "participant", effect.name, effect.unit.to("en"), number)
    for scenario in found.scenarios:
        row = _Rows(found, scenario, lang, level=True)
        asked = capacity(found, scenario)
        for name in CAPACITY:
            unit = "contacts/client/month" if name in ("planned", "contacts") else "hours/client/month"
            yield row.number("capacity", "municipality", name, unit, getattr(asked, name))
        yield row.range("capacity", "municipality", "caseworkers", "per 1000 clients", staff_of(asked))
    for scenario, given in budgets:
        row = _Rows(found, scenario, lang)
        for name, unit in (
            ("outlay", "EUR/person"),
            ("people", "people"),
            ("caseworkers", "full-time"),
            ("saved", "EUR"),
        ):
            lines = lines_in("benefits") if name == "saved" else OUTLAY
            assumed = found.assumed(lines)
            yield row.range("fixed budget", "municipality", name, unit, getattr(given, name), assumed)
        for name, gained in given.effects.items():
            unit, assumed = EFFECTS[name].unit.to("en"), found.assumed(OUTLAY)
            yield row.range("fixed budget", "participant", name, unit, gained, assumed)


def price_rows(prices: Prices, lang: str) -> list[dict[str, Any]]:
    """Return the prices as rows."""
    return [
        {
            "name": price.name,
            "text": price.text.to(lang),
            "value": price.value,
            "unit": price.unit,
            "low": price.low,
            "high": price.high,
            "date": str(price.date),
            "flag": FLAGS[price.flag].to(lang),
            "source": price.source,
        }
        for price in prices.all.values()
    ]


def rows_csv(rows: Sequence[CostRow]) -> str:
    """Return the rows as CSV; an unknown number is an empty cell."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [field.name for field in fields(CostRow)], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _known(value) for name, value in asdict(row).items()})
    return buffer.getvalue()


def table_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows of equal keys as CSV."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _known(value) for name, value in row.items()} for row in rows)
    return buffer.getvalue()


def sensitivity_csv(found: Cost, rows: Mapping[str, Sequence[tuple[str, str, str, Number]]], lang: str) -> str:
    """Return, per party and scenario, the account at the low and high reading of each price."""
    return table_csv(
        [
            {
                "run_id": found.result.run_id,
                "party": party,
                "scenario": scenario,
                "baseline": found.scenarios[0],
                "price": price,
                "reading": end,
                "price_value": getattr(found.prices.all[price], end),
                "mean": account.mean,
                "low": account.low,
                "high": account.high,
                "as_priced": found.net(scenario, party).mean,
                "validity": LABELS[found.label(scenario).validity].to(lang),
                "calibration": found.label(scenario).calibration.to(lang),
            }
            for party, listed in rows.items()
            for scenario, price, end, account in listed
        ]
    )


def acceptability_csv(found: Cost, effect: str, most: float, lang: str) -> str:
    """Return the acceptability curves as CSV."""
    return table_csv(acceptability_rows(found, effect, most, lang))


def acceptability_rows(found: Cost, effect: str, most: float, lang: str) -> list[dict[str, Any]]:
    """Return the acceptability curves: shares of the draws with Wilson's 90% interval of so many draws."""
    worth = np.linspace(0.0, most, 21)
    rows = []
    for scenario in found.scenarios[1:]:
        label = found.label(scenario)
        for party in ("municipality", "society"):
            draws = len(found.cloud(scenario, effect, party)[0])
            shares = found.acceptable(scenario, effect, party, worth)
            for value, share in zip(worth.tolist(), shares.tolist(), strict=True):
                low, high = _wilson(share, draws)
                rows.append(
                    {
                        "run_id": found.result.run_id,
                        "scenario": scenario,
                        "baseline": found.scenarios[0],
                        "party": party,
                        "effect": effect,
                        "worth_eur_per_unit": value,
                        "share_of_draws": share,
                        "low": low,
                        "high": high,
                        "draws": draws,
                        "validity": LABELS[label.validity].to(lang),
                        "calibration": label.calibration.to(lang),
                        "prices_assumed": ", ".join(found.assumed_of(party)),
                    }
                )
    return rows


def staff_of(asked: Capacity) -> Range:
    """Return the full-time caseworkers for 1,000 clients, with the interval of the hours to be paid."""
    scale = asked.caseworkers / asked.needed_hours.mean if asked.needed_hours.mean else 0.0
    return Range(asked.caseworkers, asked.needed_hours.low * scale, asked.needed_hours.high * scale)


def _wilson(share: float, count: int) -> tuple[float, float]:
    """Return Wilson's 90% interval of a share of `count` draws; NaN when there is no share."""
    squared = NINETY**2 / count
    middle = (share + squared / 2.0) / (1.0 + squared)
    half = math.sqrt(squared * (share * (1.0 - share) + squared / 4.0)) / (1.0 + squared)
    return max(middle - half, 0.0), min(middle + half, 1.0)


class _Rows:
    """Makes the rows of one scenario."""

    def __init__(self, found: Cost, scenario: str, lang: str, *, level: bool = False) -> None:
        labels = found.summary.level(scenario, "on_benefit", found.month) if level else found.label(scenario)
        self._common: dict[str, Any] = {
            "run_id": found.result.run_id,
            "scenario": scenario,
            "baseline": "" if level else found.scenarios[0],
            "kind": "level" if level else "difference",
            "months": found.month,
            "validity": LABELS[labels.validity].to(lang),
            "validity_reasons": labels.reasons.to(lang),
            "calibration": labels.calibration.to(lang),
        }
        self._lang = lang

    def number(
        self, section: str, party: str, item: str, unit: str, number: Number, assumed: Sequence[str] = ()
    ) -> CostRow:
        row = self.range(section, party, item, unit, Range(number.mean, number.low, number.high), assumed)
        return replace(
            row,
            monte_carlo_se=number.monte_carlo_se,
            parameter_sd=number.parameter_sd,
            interval_holds=APART[number.apart].to(self._lang),
            share_of_draws_above_zero=number.share_above,
        )

    def range(
        self,
        section: str,
        party: str,
        item: str,
        unit: str,
        values: Range,
        assumed: Sequence[str] = (),
        over: Say = _OVER,
    ) -> CostRow:
        return CostRow(
            section=section,
            party=party,
            item=item,
            unit=unit,
            mean=values.middle,
            low=values.low,
            high=values.high,
            monte_carlo_se=math.nan,
            parameter_sd=math.nan,
            interval_holds=over.to(self._lang),
            share_of_draws_above_zero=math.nan,
            prices_assumed=", ".join(assumed),
            **self._common,
        )


def _known(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.9g}" if math.isfinite(value) else ""
    return value
