"""The headline projections as one page: `python -m app.pages.projections docs/validation/projections.md`.

Would 48 months have done more than 24? Would keeping everything have done more than keeping half? For
Nijmegen and for the Netherlands, under the posterior when there is one, each answer with its interval, what
the interval is made of, its label and its run. Options of `bijstand project` may follow the file.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.inference.interval import NINETY
from app.answering.project import Projection, ProjectRequest, project
from app.options import given_only, projection_options, read_words
from app.pages.made import origin, refused, sizes
from sim.problems import InputError

if TYPE_CHECKING:
    from analysis.effects.summary import Row

__all__ = ["QUESTIONS", "main", "page"]

POLICIES = ("intensive", "disregard", "keep_all")
SETTINGS = ("--treatment", "24,48", "--months", "72")
MARKETS = ("--treatment", "48", "--months", "48", "--market", "tight,slack")
PLACES = {"nijmegen": "Nijmegen", "netherlands": "The Netherlands"}
SIZES = ("--people", "3000", "--precision", "0.3", "--most", "300")
MARKET_SIZES = ("--people", "2000", "--precision", "0.5", "--most", "200")
MEASURES = ("on_benefit", "exit_work_ever", "hours_over_12", "income", "stress", "wellbeing")

# Question, the kind of row that answers it, scenario, baseline, months.
QUESTIONS: tuple[tuple[str, str, str, str, tuple[int, ...]], ...] = (
    ("What do 24 months of intensive coaching do?", "difference", "intensive-24m", "", (24, 48, 72)),
    ("What do 48 months of intensive coaching do?", "difference", "intensive-48m", "", (24, 48, 72)),
    ("What do 48 months add to 24 (intensive coaching)?", "longer", "intensive-48m", "intensive-24m", (48, 72)),
    (
        "How much does the effect change 24 and 48 months after the end (24 months of coaching)?",
        "since_end",
        "intensive-24m",
        "",
        (48, 72),
    ),
    ("What does keeping 50% do (24 months)?", "difference", "disregard-24m", "", (24, 48)),
    ("What does keeping 100% do (24 months)?", "difference", "keep_all-24m", "", (24, 48)),
    ("What does 100% add to 50% (24 months)?", "between", "keep_all-24m", "disregard-24m", (24, 48)),
    ("What does 100% add to 50% (48 months)?", "between", "keep_all-48m", "disregard-48m", (48, 72)),
)


def page(words: Sequence[str], file: str) -> str:
    """Run the projections with the options of `words` and return the page.

    Raises:
        InputError: options that `bijstand project` refuses.
    """
    began = time.perf_counter()
    places = {name: _project(POLICIES, ("--population", name, *SETTINGS, *sizes(SIZES, words))) for name in PLACES}
    markets = _project(("intensive", "keep_all"), (*MARKETS, *sizes(MARKET_SIZES, words)))
    seconds = time.perf_counter() - began
    first = places["nijmegen"][0]
    return "\n".join(
        [
            *_head(first, file, seconds, words),
            *(line for name, found in places.items() for line in _place(PLACES[name], found[0])),
            *_markets(markets),
            *_runs([found[0] for found in places.values()] + markets, words),
            "",
        ]
    )


def _project(scenarios: Sequence[str], words: Sequence[str]) -> list[Projection]:
    given, problems = read_words(words, *projection_options)
    return list(project(ProjectRequest(tuple(scenarios), **given_only(given)), problems=problems))


def _head(found: Projection, file: str, seconds: float, words: Sequence[str]) -> Iterator[str]:
    label = found.result.provenance.label["en"]
    yield "# Projections: longer, and stronger"
    yield ""
    yield (
        f"Made on {datetime.now(UTC).date().isoformat()} by `python -m app.pages.projections {file}"
        f"{' ' + ' '.join(words) if words else ''}` in {seconds:.0f} seconds. Parameters: **{label}**."
    )
    for sentence in origin(found.result, found.summary):
        yield ""
        yield sentence
    yield ""
    yield (
        "Every policy has the same people, luck and months as the regular regime. Each cell is the "
        "difference with its 90% interval; bold: the interval leaves zero out. Below each: `luck`, what more "
        "seeds would take away, `parameters`, what only better knowledge would (each ± half of a 90% "
        "interval), and the share of the draws above zero. Labels: [how far from the evidence]"
        "(../validity.md). People know when a treatment ends."
    )


def _place(title: str, found: Projection) -> Iterator[str]:
    from analysis.effects.words import name_of, unit_of

    yield ""
    yield f"## {title}"
    yield ""
    yield from _answers(found)
    rows = {(row.kind, row.scenario, row.baseline, row.measure, row.month): row for row in _all_rows(found)}
    for question, kind, scenario, baseline, months in QUESTIONS:
        base = baseline or found.summary.baseline
        yield ""
        yield f"### {question}"
        yield ""
        yield "| outcome | " + " | ".join(f"month {month}" for month in months) + " |"
        yield "|---|" + "---|" * len(months)
        for measure in MEASURES:
            cells = [_cell(rows[kind, scenario, base, measure, month]) for month in months]
            unit = unit_of(measure, "en", difference=True)
            yield f"| {name_of(measure, 'en')} ({unit}) | " + " | ".join(cells) + " |"
        labels = [rows[kind, scenario, base, MEASURES[0], month] for month in months]
        yield ""
        yield from (f"Month {row.month}: **{row.label('en')}**: {row.reasons.en or 'observed'}.  " for row in labels)
        yield f"Run {found.result.run_id}."
    if found.precision is not None:
        yield ""
        yield found.precision.en[:1].upper() + found.precision.en[1:] + "."


def _answers(found: Projection) -> Iterator[str]:
    """Give the two headline questions in a sentence each, never bolder than the numbers."""
    rows = {(row.kind, row.scenario, row.baseline, row.measure, row.month): row for row in _all_rows(found)}
    longer, more = ("longer", "intensive-48m", "intensive-24m"), ("between", "keep_all-48m", "disregard-48m")
    for text, key in (
        ("48 months of intensive coaching in place of 24, in month 48", longer),
        ("Keeping 100% in place of 50% for 48 months, in month 48", more),
    ):
        said = [_said(rows[(*key, measure, 48)]) for measure in ("on_benefit", "exit_work_ever", "hours_over_12")]
        label = rows[(*key, "on_benefit", 48)].label("en")
        yield f"- **{text}**: {'; '.join(said)} ({label}; run {found.result.run_id})."


def _said(row: Row) -> str:
    from analysis.effects.words import amount, interval, name_of, spoken_unit

    name = name_of(row.measure, "en").lower()
    ends = interval(row.low, row.high, row.measure, "en", difference=True)
    value = amount(row.mean, row.measure, "en", difference=True)
    clear = "" if row.differs else ", not distinguishable from zero"
    above = f"above zero in {100 * row.share_above:.0f}% of the draws"
    return f"{name} {value} {spoken_unit(row.measure, 'en')} (90% interval {ends}{clear}; {above})"


def _all_rows(found: Projection) -> Iterator[Row]:
    yield from found.summary.rows(kinds=("difference",), measures=MEASURES, months=found.summary.key_months())
    yield from found.contrasts


def _cell(row: Row) -> str:
    from analysis.effects.words import amount, interval

    mean = amount(row.mean, row.measure, "en", difference=True)
    text = f"{mean} ({interval(row.low, row.high, row.measure, 'en', difference=True)})"
    luck, parameters = (amount(NINETY * size, row.measure, "en") for size in (row.monte_carlo_se, row.parameter_sd))
    shown = f"**{text}**" if row.differs else text
    return f"{shown}<br>luck ± {luck}, parameters ± {parameters}, {100 * row.share_above:.0f}% above 0"


def _markets(found: Sequence[Projection]) -> Iterator[str]:
    from analysis.effects.words import name_of, unit_of

    yield ""
    yield "## Would it differ in another labour market?"
    yield ""
    yield "Nijmegen, month 48, 48 months of treatment. A market that did not happen is never *inside*."
    yield ""
    heads = [f"{policy.base}, {each.market}" for each in found for policy in each.policies]
    yield "| outcome | " + " | ".join(heads) + " |"
    yield "|---|" + "---|" * len(heads)
    for measure in MEASURES:
        cells = [
            _cell(each.summary.difference(policy.scenario.name, measure, 48))
            for each in found
            for policy in each.policies
        ]
        unit = unit_of(measure, "en", difference=True)
        yield f"| {name_of(measure, 'en')} ({unit}) | {' | '.join(cells)} |"
    labels = [
        each.summary.difference(policy.scenario.name, MEASURES[0], 48) for each in found for policy in each.policies
    ]
    yield "| label | " + " | ".join(row.label("en") for row in labels) + " |"
    yield "| run | " + " | ".join(row.run_id for row in labels) + " |"


def _runs(found: Sequence[Projection], words: Sequence[str]) -> Iterator[str]:
    yield ""
    yield "## Runs"
    yield ""
    yield "| run | population | people | market | draws x seeds | posterior | result |"
    yield "|---|---|---|---|---|---|---|"
    for each in found:
        result = each.result
        about = result.provenance
        source = about.parameters.get("posterior")
        name = str(source.get("name", "")) if isinstance(source, dict) else about.parameters["source"]
        repeated = f"{len(result.parameters)} x {len(result.seeds)}"
        yield (
            f"| {result.run_id} | {about.population['name']} | {about.population['people']} | "
            f"{each.market} | {repeated} | {name} | {result.digest()[:16]} |"
        )
    yield ""
    yield "Each again:"
    yield ""
    yield "```"
    for name in PLACES:
        shown = " ".join(("--population", name, *SETTINGS, *sizes(SIZES, words)))
        yield f"bijstand project {' '.join(POLICIES)} {shown}"
    shown = " ".join((*MARKETS, *sizes(MARKET_SIZES, words)))
    yield f"bijstand project intensive keep_all {shown}"
    yield "```"


def main(words: Sequence[str]) -> int:
    """Make the page; return the exit code."""
    if not words or not words[0].endswith(".md") or not Path(words[0]).parent.is_dir():
        sys.stderr.write("usage: python -m app.pages.projections FILE.md [options of bijstand project]\n")
        return 2
    from sim.engine.kernel import warm
    from sim.files import write_whole

    warm()
    try:
        text = page(words[1:], words[0])
    except (InputError, click.UsageError) as error:
        return refused(error)
    write_whole(Path(words[0]), text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
