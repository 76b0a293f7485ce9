"""For whom and at what cost, as one page: `python -m app.pages.answers docs/validation/for_whom_and_cost.md`.

For whom do intensive guidance and exemption work, who is better and worse off, would a rule that tailors do
more than one regime for all, what does it cost whom, and when does it pay? For Nijmegen and for the
Netherlands, under the posterior when there is one; every number with its interval, label and run. Figures
come in a folder of the page's name. Options that `bijstand who` and `bijstand cost` share may follow.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis.inference.interval import NINETY
from app.answering import cost, who
from app.answering.observed import PriceChanges
from app.options import price_options, read_words
from app.pages.made import origin, refused, sizes
from sim.problems import InputError

if TYPE_CHECKING:
    from analysis.cost.of_run import Cost
    from analysis.figures.style import Drawing
    from analysis.inference.interval import Interval
    from analysis.who.by_group import Who
    from analysis.who.tailor import Tailored
    from app.answering.cost import CostAnswer
    from app.answering.who import WhoAnswer
    from scenarios.execution.result import RunResult

__all__ = ["GOALS", "PLACES", "POLICIES", "main", "page"]

POLICIES = ("intensive", "exemption")
PLACES = {"nijmegen": "Nijmegen", "netherlands": "The Netherlands"}
# Months of work for the purse, well-being for the people: each is shown by group and tailored for.
GOALS = ("months_worked", "wellbeing")
SHOWN = ("months_worked", "on_benefit", "income", "stress", "wellbeing", "trust")
SIZES = ("--people", "3000", "--draws", "40", "--seeds", "4")
BUDGET: dict[str, Any] = {"budget": 250_000.0, "clients": 1000}
WORTHS = (0.0, 0.1, 0.2, 0.5, 1.0)
# The page says these itself.
FIXED = ("--population", "--against", "--json", "--figures", "--no-figures", "--lang")
EFFECT = "months_worked"


@dataclass(frozen=True)
class Place:
    """What was found in one place."""

    name: str
    whom: WhoAnswer
    money: CostAnswer

    @property
    def who(self) -> Who:
        """Effects by group."""
        return self.whom.who

    @property
    def rules(self) -> Mapping[str, Tailored]:
        """The rule for each goal."""
        return self.whom.rules

    @property
    def cost(self) -> Cost:
        """The accounts."""
        return self.money.cost


def page(words: Sequence[str], file: Path) -> tuple[str, dict[str, Drawing]]:
    """Simulate with the options of `words`; return the page, and its figures by the name of their file.

    Raises:
        InputError: options that `bijstand who` or `bijstand cost` refuses.
    """
    began = time.perf_counter()
    found = [_lived(name, words) for name in PLACES]
    seconds = time.perf_counter() - began
    figures: dict[str, Drawing] = {}
    lines = [*_head(found[0], file, seconds, words), *_short(found)]
    for each in found:
        drawn = dict(_figures(each))
        figures |= drawn
        lines += [*_for_whom(each, drawn, file), *_at_what_cost(each, drawn, file)]
    lines += [*_prices(found[0]), *_runs(found, words), ""]
    return "\n".join(lines), figures


def _lived(name: str, words: Sequence[str]) -> Place:
    given, problems = read_words([*sizes(SIZES, words), "--population", name], price_options)
    common: dict[str, Any] = {
        "settings": given["settings"],
        "prices": PriceChanges(given["given_prices"], given["price_file"]),
    }
    whom = who.who(who.WhoRequest(POLICIES, goals=GOALS, **common), problems=problems)
    money = cost.cost(cost.CostRequest(POLICIES, effect=EFFECT, **BUDGET, **common), problems=problems)
    return Place(name, whom, money)


def _head(found: Place, file: Path, seconds: float, words: Sequence[str]) -> Iterator[str]:
    about = found.who.result.provenance
    yield "# For whom, and at what cost"
    yield ""
    yield (
        f"Made on {datetime.now(UTC).date().isoformat()} by `python -m app.pages.answers {file.as_posix()}"
        f"{' ' + ' '.join(words) if words else ''}` in {seconds:.0f} seconds. "
        f"Parameters: **{about.label['en']}**."
    )
    yield ""
    for sentence in origin(found.who.result, found.who.summary):
        yield sentence
        yield ""
    yield "How to read it:"
    yield ""
    yield (
        "- Intensive guidance and exemption from duties, each in place of the regular regime, for the same "
        f"people with the same luck, {found.who.month} months long. All intervals are 90% intervals."
    )
    yield (
        "- *Luck* is what more repetitions would take away; *parameters* is what only better knowledge of "
        "people would (each ± half of a 90% interval)."
    )
    yield (
        "- *Shrunk* effects of small groups are drawn towards those of their family; groups of fewer than "
        "ten people are hidden. See [for whom](../for-whom.md)."
    )
    yield (
        "- *Better and worse off* compare a person with that same person under the other regime, with the "
        "same luck. No trial can see that; no data have tested these shares."
    )
    yield (
        "- Labels tell [how far from the evidence](../validity.md) a number is. They are about behaviour, "
        "not about prices: euros marked *prices assumed* hang on prices that nobody printed (listed below), "
        "and no interval holds that. See [costs](../costs.md)."
    )


def _short(found: Sequence[Place]) -> Iterator[str]:
    yield ""
    yield "## In short"
    for place in found:
        yield ""
        yield f"**{PLACES[place.name]}**"
        yield ""
        for scenario in POLICIES:
            yield f"- {_said_for_whom(place, scenario)}"
            yield f"- {_said_at_what_cost(place, scenario)}"
        yield from (f"- {_said_rule(rule)}" for rule in place.rules.values())


def _said_for_whom(place: Place, scenario: str) -> str:
    from analysis.effects.words import spoken_unit
    from analysis.who.outcomes import OUTCOMES
    from analysis.who.tables import stand_out

    found, said = place.who, []
    for goal in GOALS:
        row = found.select(scenario, goal)[0]
        each = OUTCOMES[goal]
        clear, shown = stand_out(found, scenario, goal)
        said.append(
            f"{each.text.en} {_spoken(row.effect, each.measure)} {spoken_unit(each.measure, 'en')}; "
            f"{_share(row.better)} better off, {_share(row.worse)} worse off; "
            f"{len(clear)} of {shown} groups clearly differ from everybody"
        )
    title = found.result.title(scenario, "en")
    return f"{title}, everybody: {'. '.join(_capital(each) for each in said)} ({_about(place, scenario)})."


def _said_at_what_cost(place: Place, scenario: str) -> str:
    from analysis.cost.accounts import PARTIES
    from analysis.effects.words import number

    cost = place.cost
    said = []
    for party in PARTIES:
        net = cost.net(scenario, party)
        ends = [number(end, 0, "en", signed=True) for end in (net.low, net.high)]
        span = " to ".join(ends) if net.low == net.low else "no interval"
        sure = "" if net.low > 0.0 or net.high < 0.0 else ", not distinguishable from zero"
        said.append(f"{PARTIES[party].en} {number(net.mean, 0, 'en', signed=True)} EUR per person ({span}{sure})")
    title = cost.result.title(scenario, "en")
    label = f"{cost.label(scenario).label('en')}, prices assumed; run {cost.result.run_id}"
    return f"{title}, money over {cost.month} months: {'; '.join(said)} ({label})."


def _said_rule(rule: Tailored) -> str:
    from analysis.effects.words import spoken_unit
    from analysis.who.outcomes import OUTCOMES

    each = OUTCOMES[rule.goal]
    if rule.scenario is None:
        return f"A rule that tailors for {each.text.en}: none; {rule.reason.en}."
    gain = _spoken(rule.gains[rule.goal], each.measure)
    label = rule.label.label("en") if rule.label is not None else ""
    run = rule.result.run_id if rule.result is not None else ""
    return (
        f"A rule that tailors for {each.text.en} ({_rule(rule)}) brings {gain} "
        f"{spoken_unit(each.measure, 'en')} more than {rule.single} for all ({label}; run {run})."
    )


def _rule(rule: Tailored) -> str:
    return "; ".join(
        f"{f'`{when}`' if when else 'everybody else'}: {scenario}, {100.0 * share:.0f}% of the people"
        for when, scenario, share in rule.rules
    )


def _for_whom(place: Place, drawn: Mapping[str, Drawing], file: Path) -> Iterator[str]:
    from analysis.who.tables import contrast_line, who_table, worth_of

    found = place.who
    yield ""
    yield f"## {PLACES[place.name]}: for whom"
    for scenario in POLICIES:
        title = found.result.title(scenario, "en")
        yield ""
        yield f"### {title}"
        yield ""
        yield from _everybody(found, scenario)
        for goal in GOALS:
            yield ""
            yield f"{_capital(contrast_line(found, scenario, goal).en)}."
            yield ""
            name, heads, rows = who_table(found, scenario, goal, "en")
            yield from _folded(f"{name}, by group", heads, rows)
            yield ""
            yield f"Better or worse off: {worth_of(goal).en}."
        yield ""
        yield from _labels(found.result, found.label(scenario).label("en"), found.label(scenario).reasons.en)
        yield from _shown(drawn, f"{place.name}_who_gains_{scenario}", file)
    yield ""
    yield "### One regime for all, or a rule?"
    for rule in place.rules.values():
        yield from _tailored(rule)


def _everybody(found: Who, scenario: str) -> Iterator[str]:
    from analysis.effects.words import amount, unit_of
    from analysis.who.outcomes import OUTCOMES

    yield "| everybody | effect | luck | parameters | better off | worse off | label |"
    yield "|---|---|---|---|---|---|---|"
    for name in SHOWN:
        row, each = found.select(scenario, name)[0], OUTCOMES[name]
        luck, parameters = (
            f"± {amount(NINETY * size, each.measure, 'en')}"
            for size in (row.effect.monte_carlo_se, row.effect.parameter_sd)
        )
        unit = unit_of(each.measure, "en", difference=True)
        yield (
            f"| {each.text.en} ({unit}{' per month' if each.monthly and '/month' not in unit else ''}) | "
            f"{_spoken(row.effect, each.measure)} | {luck} | {parameters} | {_share(row.better)} | "
            f"{_share(row.worse)} | {found.label(scenario).label('en')} |"
        )


def _tailored(rule: Tailored) -> Iterator[str]:
    from analysis.effects.words import amount
    from analysis.who.outcomes import OUTCOMES
    from analysis.who.tables import gain_table

    each = OUTCOMES[rule.goal]
    yield ""
    yield f"**For {each.text.en}**, learned from {rule.trained} people, tested on {rule.tested} others: "
    if rule.scenario is None:
        yield f"no rule. {_capital(rule.reason.en)}."
        return
    assert rule.result is not None
    learned = amount(rule.learned, each.measure, "en", difference=True)
    yield (
        f"{_rule(rule)}. Where it was learned it seemed to bring {learned}; the table is about people, luck "
        f"and draws that it was not learned from. Run {rule.result.run_id}."
    )
    yield ""
    title, heads, rows = gain_table(rule, "en")
    yield from _table(heads, rows)
    yield ""
    yield f"{title}. An outlay of + is dearer; euros at assumed prices. `*`: what it was learned for."


def _at_what_cost(place: Place, drawn: Mapping[str, Drawing], file: Path) -> Iterator[str]:
    from analysis.cost.text import account_table, budget_table, capacity_table, effect_table

    found = place.cost
    yield ""
    yield f"## {PLACES[place.name]}: at what cost"
    for heading, (title, heads, rows) in (
        ("Accounts, and when they break even", account_table(found, "en")),
        ("What one gets for it", effect_table(found, "en", EFFECT)),
        ("What it asks of the office", capacity_table(found, "en")),
        ("What a fixed budget delivers", budget_table(found, place.money.budgets, "en")),
    ):
        yield ""
        yield f"### {heading}"
        yield ""
        yield f"{title}."
        yield ""
        yield from _table(heads, rows)
    yield ""
    yield "### Is a month of work worth it?"
    yield ""
    yield from _acceptable(found, place.money.worth)
    yield ""
    yield "### What hangs on the prices"
    yield ""
    yield from _sensitive(place)
    yield ""
    for scenario in POLICIES:
        row = found.label(scenario)
        name = found.result.title(scenario, "en")
        yield from _labels(found.result, f"{name}: {row.label('en')}", row.reasons.en)
    for name in ("cost_plane", "acceptability", "cost_paths"):
        yield from _shown(drawn, f"{place.name}_{name}", file)


def _acceptable(found: Cost, worth: float) -> Iterator[str]:
    from analysis.cost.tables import acceptability_rows
    from analysis.effects.words import number

    rows = acceptability_rows(found, EFFECT, worth, "en")
    steps = sorted({row["worth_eur_per_unit"] for row in rows})
    chosen = [steps[round(share * (len(steps) - 1))] for share in WORTHS]
    draws = rows[0]["draws"]
    yield (
        f"Share of the {draws} draws in which the effect is worth its cost, when a month of work more is "
        "worth so many euros (90% interval of so many draws)."
    )
    yield ""
    heads = [f"{number(each, 0, 'en')} EUR" for each in chosen]
    listed = []
    for scenario in POLICIES:
        for party in ("municipality", "society"):
            mine = {
                row["worth_eur_per_unit"]: row for row in rows if (row["scenario"], row["party"]) == (scenario, party)
            }
            cells = [
                f"{100 * mine[each]['share_of_draws']:.0f}% "
                f"({100 * mine[each]['low']:.0f} to {100 * mine[each]['high']:.0f})"
                for each in chosen
            ]
            label = f"{found.label(scenario).label('en')}; prices assumed"
            listed.append([scenario, party, *cells, label])
    yield from _table(["scenario", "party", *heads, "label"], listed)


def _sensitive(place: Place) -> Iterator[str]:
    from analysis.cost.of_run import sensitivity
    from analysis.effects.words import number

    found = place.cost
    yield "The account of the municipality (EUR per person) at a low and a high reading of each price."
    yield ""
    rows: dict[tuple[str, str], list[str]] = {}
    moved: dict[tuple[str, str], float] = {}
    for scenario, price, end, account in sensitivity(place.money.plan, found, "municipality"):
        ends = [number(each, 0, "en", signed=True) for each in (account.low, account.high)]
        value = number(account.mean, 0, "en", signed=True)
        rows.setdefault((scenario, price), [scenario, f"`{price}`"]).extend(
            [f"{getattr(found.prices.all[price], end):g}: {value} ({' to '.join(ends)})"]
        )
        far = abs(account.mean - found.net(scenario, "municipality").mean)
        moved[scenario, price] = max(moved.get((scenario, price), 0.0), far)
    listed = [
        [*rows[key], f"{found.label(key[0]).label('en')}; prices assumed"]
        for key in sorted(rows, key=lambda key: (POLICIES.index(key[0]), -moved[key]))
        if moved[key] >= 0.5
    ]
    yield from _table(["scenario", "price", "low reading", "high reading", "label"], listed)
    yield ""
    yield "Prices that move the account by less than half a euro are left out."


def _prices(place: Place) -> Iterator[str]:
    from analysis.cost.prices import FLAGS

    prices = place.cost.prices
    guessed = [price for price in prices.all.values() if price.guessed]
    yield ""
    yield "## Prices"
    yield ""
    yield (
        f"{len(guessed)} of the {len(prices.all)} prices are assumptions: nobody printed them. Put in your "
        "own with `--price NAME=VALUE`."
    )
    yield ""
    yield from _table(
        ["price", "what it is", "value", "low to high", "unit", "price level", "flag", "source"],
        [
            [
                f"`{price.name}`",
                price.text.en,
                f"{price.value:g}",
                f"{price.low:g} to {price.high:g}",
                price.unit,
                str(price.date),
                f"**{FLAGS[price.flag].en}**" if price.guessed else FLAGS[price.flag].en,
                price.source,
            ]
            for price in prices.all.values()
        ],
    )


def _runs(found: Sequence[Place], words: Sequence[str]) -> Iterator[str]:
    yield ""
    yield "## Runs"
    yield ""
    listed = []
    for place in found:
        runs = [("who", place.who.result), ("cost", place.cost.result)]
        runs += [(f"rule: {goal}", rule.result) for goal, rule in place.rules.items() if rule.result is not None]
        for what, result in runs:
            about = result.provenance
            listed.append(
                [
                    result.run_id,
                    what,
                    str(about.population["name"]),
                    str(about.population["people"]),
                    f"{len(result.parameters)} x {len(result.seeds)}",
                    str(len(result.failures)),
                    result.digest()[:16],
                ]
            )
    yield from _table(["run", "what", "population", "people", "draws x seeds", "failed replicates", "result"], listed)
    yield ""
    yield "Each again:"
    yield ""
    yield "```"
    for name in PLACES:
        shown = " ".join((*POLICIES, "--population", name, *sizes(SIZES, words)))
        yield from (f"bijstand who {shown} --goal {goal}" for goal in GOALS)
        budget = " ".join(f"--{key} {value:.0f}" for key, value in BUDGET.items())
        yield f"bijstand cost {shown} {budget}"
    yield "```"


def _figures(place: Place) -> Iterator[tuple[str, Drawing]]:
    from analysis.cost.figures import draw_acceptability, draw_cost_paths, draw_cost_plane
    from analysis.who.figures import draw_who

    drawings = [draw_who(place.who, scenario, GOALS[0], "en") for scenario in POLICIES]
    drawings += [
        draw_cost_plane(place.cost, EFFECT, "en"),
        draw_acceptability(place.cost, EFFECT, "en", place.money.worth),
        draw_cost_paths(place.cost, "en"),
    ]
    yield from ((f"{place.name}_{drawing.name}", drawing) for drawing in drawings)


def _shown(drawn: Mapping[str, Drawing], name: str, file: Path) -> Iterator[str]:
    yield ""
    yield f"![{drawn[name].caption}]({file.stem}/{name}.png)"


def _labels(result: RunResult, label: str, reasons: str) -> Iterator[str]:
    yield f"**{label}**: {reasons or 'observed'}. Run {result.run_id}.  "


def _about(place: Place, scenario: str) -> str:
    return f"{place.who.label(scenario).label('en')}; run {place.who.result.run_id}"


def _spoken(found: Interval, measure: str) -> str:
    from analysis.effects.words import amount, interval

    ends = interval(found.low, found.high, measure, "en", difference=True)
    clear = found.low > 0.0 or found.high < 0.0
    sure = "" if clear else ", not distinguishable from zero"
    return f"{amount(found.mean, measure, 'en', difference=True)} (90% interval {ends}{sure})"


def _share(found: Interval) -> str:
    return f"{100 * found.mean:.0f}% ({100 * found.low:.0f} to {100 * found.high:.0f})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _folded(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"<details><summary>{title}</summary>"
    yield ""
    yield from _table(heads, rows)
    yield ""
    yield "</details>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(cell.strip().replace("|", "\\|") for cell in row) + " |"


def main(words: Sequence[str]) -> int:
    """Make the page and its figures; return the exit code."""
    if not words or not words[0].endswith(".md") or not Path(words[0]).parent.is_dir():
        sys.stderr.write("usage: python -m app.pages.answers FILE.md [options of bijstand who and cost]\n")
        return 2
    fixed = [word for word in words[1:] if word.partition("=")[0] in FIXED]
    if fixed:
        sys.stderr.write(f"{', '.join(fixed)}: the page decides this itself\n")
        return 2
    from analysis.figures.style import png
    from sim.engine.kernel import warm
    from sim.files import write_whole

    warm()
    file = Path(words[0])
    try:
        text, figures = page(words[1:], file)
    except (InputError, click.ClickException) as error:
        return refused(error)
    folder = file.with_suffix("")
    folder.mkdir(exist_ok=True)
    for name, drawing in figures.items():
        write_whole(folder / f"{name}.png", png(drawing.figure, dpi=110))
    write_whole(file, text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
