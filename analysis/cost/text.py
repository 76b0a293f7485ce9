"""The tables that `bijstand cost` prints: a title, headers and cells, in two languages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from analysis.cost.accounts import EFFECTS, LINES, OUTLAY, PARTIES
from analysis.cost.capacity import Delivered, Range, capacity
from analysis.cost.of_run import BreakEven, Cost, Number
from analysis.cost.prices import FLAGS, Prices
from analysis.cost.tables import BUDGETS, CAPACITY, staff_of
from analysis.effects.words import number
from analysis.inference.interval import NINETY
from sim.problems import Say

__all__ = ["account_table", "budget_table", "capacity_table", "effect_table", "price_lines"]

# Title, headers, rows.
Table = tuple[str, list[str], list[list[str]]]


def account_table(found: Cost, lang: str) -> Table:
    """Return accounts by party and line, with luck and parameters apart, and the break-even month."""
    rate = number(100.0 * found.prices["discount_rate"], 2, lang)
    base = found.result.title(found.scenarios[0], lang)
    title = Say(
        f"EUR per person in {found.month} months against '{base}', discounted at {rate}% (+ is a gain)",
        f"Euro per persoon in {found.month} maanden ten opzichte van '{base}', "
        f"verdisconteerd tegen {rate}% (+ is voordeel)",
    ).to(lang)
    heads = Say(
        "scenario|party|line|amount|90% interval|luck|parameters|break-even month|share of draws|label",
        "scenario|partij|post|bedrag|90%-marge|toeval|parameters|terugverdiend in maand|in trekkingen|label",
    )
    rows: list[list[str]] = []
    for scenario in found.scenarios[1:]:
        label = found.label(scenario).label(lang)
        for party, text in PARTIES.items():
            even = _even(found.break_even(scenario, party), lang)
            total = Say("together", "samen").to(lang)
            priced = label + _guessed(found.assumed_of(party), lang)
            rows.append([scenario, text.to(lang), total, *_money(found.net(scenario, party), lang), *even, priced])
            if party == "society":
                continue
            for line in LINES.values():
                amount = found.line(scenario, line.name, party)
                if amount.mean or amount.low or amount.high:
                    budget = f" ({BUDGETS[line.budget].to(lang)})" if party == "municipality" else ""
                    words = f"  {line.text.to(lang)}{budget if line.budget != 'staff' else ''}"
                    priced = label + _guessed(found.assumed([line.name]), lang)
                    rows.append([scenario, text.to(lang), words, *_money(amount, lang), "", "", priced])
    return title, heads.to(lang).split("|"), rows


def effect_table(found: Cost, lang: str, chosen: str) -> Table:
    """Return effects in natural units; the one of the cost plane with what a unit costs the municipality."""
    title = Say(
        f"Effects per person over {found.month} months, natural units, not discounted",
        f"Effecten per persoon over {found.month} maanden, natuurlijke eenheden, niet verdisconteerd",
    ).to(lang)
    heads = Say(
        "scenario|effect|unit|difference|90% interval|luck|parameters|"
        "EUR per unit, municipality (median, 90% of the draws)|label",
        "scenario|effect|eenheid|verschil|90%-marge|toeval|parameters|"
        "euro per eenheid, gemeente (mediaan, 90% van de trekkingen)|label",
    )
    rows = []
    for scenario in found.scenarios[1:]:
        for effect in EFFECTS.values():
            gained = found.effect(scenario, effect.name)
            price = ""
            if effect.name == chosen:
                price = _per_unit(found, scenario, effect.name, lang)
            cells = _cells(gained, 0 if effect.name == "income" else 3, lang)
            guessed = found.assumed_of("municipality") if price else ()
            label = found.label(scenario).label(lang) + _guessed(guessed, lang)
            rows.append([scenario, effect.text.to(lang), effect.unit.to(lang), *cells, price, label])
    return title, heads.to(lang).split("|"), rows


def capacity_table(found: Cost, lang: str) -> Table:
    """Return what every scenario asks of the office."""
    title = Say("What it asks of the office, per client and month", "Wat het van de uitvoering vraagt").to(lang)
    heads = [
        "scenario",
        *(text.to(lang) for text in CAPACITY.values()),
        Say("full-time caseworkers per 1,000 clients", "voltijds klantmanagers per 1.000 klanten").to(lang),
        "label",
    ]
    rows = []
    for scenario in found.scenarios:
        asked = capacity(found, scenario)
        cells = []
        for name in CAPACITY:
            each: Number = getattr(asked, name)
            cells.append(f"{number(each.mean, 2, lang)} ({_span(each.low, each.high, 2, lang)})")
        label = found.summary.level(scenario, "on_benefit", found.month).label(lang)
        rows.append([scenario, *cells, _spread(staff_of(asked), 1, lang), label])
    return title, heads, rows


def budget_table(found: Cost, budgets: Sequence[tuple[str, Delivered]], lang: str) -> Table:
    """Return what a fixed budget delivers."""
    first = budgets[0][1]
    euros = number(first.budget, 0, lang)
    title = Say(
        f"What {euros} EUR delivers to at most {first.clients} people in {found.month} months "
        "(median and 90% of the draws)",
        f"Wat {euros} euro oplevert voor hoogstens {first.clients} mensen in {found.month} maanden "
        "(mediaan en 90% van de trekkingen)",
    ).to(lang)
    heads = Say(
        "scenario|outlay per person|people reached|extra caseworkers|saved on benefits|months with work|"
        "well-being|label",
        "scenario|uitgaven per persoon|bereikte mensen|extra klantmanagers|bespaard op bijstand|"
        "maanden werk|welbevinden|label",
    )
    rows = []
    for scenario, given in budgets:
        cells = [
            _spread(each, decimals, lang)
            for each, decimals in (
                (given.outlay, 0),
                (given.people, 0),
                (given.caseworkers, 1),
                (given.saved, 0),
                (given.effects["months_worked"], 0),
                (given.effects["wellbeing"], 0),
            )
        ]
        label = found.label(scenario).label(lang) + _guessed(found.assumed(OUTLAY), lang)
        rows.append([scenario, *cells, label])
    return title, heads.to(lang).split("|"), rows


def price_lines(prices: Prices, lang: str) -> Iterator[str]:
    """Give the prices, one a line: value, date, flag and source."""
    yield Say("Prices (change them with --price name=value):", "Prijzen (wijzig met --price naam=waarde):").to(lang)
    for price in prices.all.values():
        value = number(price.value, 4 if abs(price.value) < 0.1 and price.value else 2, lang)
        flag = FLAGS[price.flag].to(lang).upper() if price.flag == "assumption" else FLAGS[price.flag].to(lang)
        yield f"  {price.name} = {value} {price.unit}, {price.date.year} [{flag}] {price.text.to(lang)}"
    yield Say(
        "Not in the accounts: health care, crime, children, unpaid work, and what others gain or lose on the "
        "labour market. Allowances follow the model's own taper; nobody printed their size.",
        "Niet in de rekeningen: zorg, criminaliteit, kinderen, onbetaald werk, en wat anderen op de "
        "arbeidsmarkt winnen of verliezen. Toeslagen volgen de afbouw van het model; hun omvang is nergens "
        "gepubliceerd.",
    ).to(lang)


def _money(amount: Number, lang: str) -> list[str]:
    return _cells(amount, 0, lang)


def _cells(amount: Number, decimals: int, lang: str) -> list[str]:
    apart = [
        f"± {number(NINETY * each, decimals, lang)}" if math.isfinite(each) else "?"
        for each in (amount.monte_carlo_se, amount.parameter_sd)
    ]
    middle = number(amount.mean, decimals, lang, signed=True)
    return [middle, _span(amount.low, amount.high, decimals, lang, signed=True), *apart]


def _span(low: float, high: float, decimals: int, lang: str, *, signed: bool = False) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return Say("none", "geen").to(lang)
    ends = [number(end, decimals, lang, signed=signed) for end in (low, high)]
    return Say(" to ", " tot ").to(lang).join(ends)


def _spread(values: Range, decimals: int, lang: str) -> str:
    return f"{number(values.middle, decimals, lang)} ({_span(values.low, values.high, decimals, lang)})"


def _even(even: BreakEven, lang: str) -> tuple[str, str]:
    if even.never_apart:
        return Say("no difference", "geen verschil").to(lang), ""
    share = f"{number(100.0 * even.share, 0, lang)}%"
    if math.isnan(even.month):
        return Say("not within the run", "niet binnen de looptijd").to(lang), share
    return f"{number(even.month, 0, lang)} ({_span(even.low, even.high, 0, lang)})", share


def _per_unit(found: Cost, scenario: str, effect: str, lang: str) -> str:
    """Return what a unit costs the municipality; in words where a ratio would mislead."""
    gained, spent = found.cloud(scenario, effect, "municipality")
    if not (gained.any() or spent.any()):
        return Say("no difference", "geen verschil").to(lang)
    ends = found.per_unit(scenario, effect, "municipality")
    if math.isnan(ends[0]):
        return Say("see the curve", "zie de curve").to(lang)
    middle, low, high = (_unit_price(each, lang) for each in ends)
    to = Say("to", "tot").to(lang)
    return middle if low == middle == high else f"{middle} ({low} {to} {high})"


def _unit_price(value: float, lang: str) -> str:
    if math.isinf(value):
        return Say("no gain", "geen winst").to(lang)
    return Say("saves", "bespaart").to(lang) if value <= 0.0 else number(value, 0, lang)


def _guessed(assumed: Sequence[str], lang: str) -> str:
    """Return what a label adds when prices behind the number are nobody's figure."""
    return Say("; prices assumed", "; prijzen aangenomen").to(lang) if assumed else ""
