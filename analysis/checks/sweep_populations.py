"""The headline regimes on every population, as one page: `python -m analysis.checks.sweep_populations FILE.md`.

Every run can be made again with the command that the page names; `result` is the beginning of its
`result_sha256`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from analysis.effects.summary import Row, Summary, summarise
from analysis.effects.words import amount, interval, name_of, unit_of
from scenarios.description.find import find_scenarios
from scenarios.execution.plan import Options, plan
from scenarios.execution.run import available_workers, execute
from sim.engine.kernel import warm
from sim.people.catalogue import names

__all__ = ["HEADLINE_REGIMES", "SHOWN", "Swept", "sweep", "write_page"]

HEADLINE_REGIMES = ("regular", "exemption", "intensive", "disregard")
SHOWN = ("on_benefit", "exit_work_ever", "hours_over_12", "income", "stress", "wellbeing")
_PEOPLE, _DRAWS, _SEEDS, _MONTH = 2_000, 30, 4, 24


class Swept(NamedTuple):
    """One population: its summary, the digest of the result and the hash of the code."""

    population: str
    summary: Summary
    digest: str
    code: str


def sweep(
    populations: Sequence[str] = (),
    *,
    people: int = _PEOPLE,
    draws: int = _DRAWS,
    seeds: int = _SEEDS,
    workers: int = 1,
) -> Iterator[Swept]:
    """Give each population in turn; all when none is named.

    Raises:
        InputError: an unknown population, sizes out of bounds.
    """
    warm()
    scenarios = find_scenarios(list(HEADLINE_REGIMES))
    for name in populations or [info.name for info in names()]:
        options = Options(population=name, people=people, months=_MONTH, draws=draws, seeds=seeds)
        result = execute(plan(scenarios, options), workers=workers)
        code = str(result.provenance.code["sha256"])
        yield Swept(name, summarise(result, months=[_MONTH]), result.digest(), code)


def write_page(found: Sequence[Swept], path: Path, *, people: int, draws: int, seeds: int, seconds: float) -> None:
    """Write the page: for every outcome the level under the regular regime and the differences from it."""
    command = (
        f"bijstand compare {' '.join(HEADLINE_REGIMES)} --population NAME --people {people} --months "
        f"{_MONTH} --draws {draws} --seeds {seeds} --posterior prior"
    )
    lines = [
        "# The headline regimes on every population",
        "",
        f"After {_MONTH} months: the level under the regular regime, and the differences from it, each "
        "with its 90% interval (luck and parameters). Bold: the interval leaves zero out. **Not "
        "calibrated**: all parameters are prior assumptions, the same for every town, so rows differ by "
        "who lives there and not by what a town's trial found. For groups within a population make the "
        "run yourself.",
        "",
        f"Made on {date.today().isoformat()} by `python -m analysis.checks.sweep_populations {path}` in "
        f"{seconds:.0f} seconds, code {found[0].code[:12]}; each row again by `{command}`.",
    ]
    for measure in SHOWN:
        lines += [
            "",
            f"## {name_of(measure, 'en')} ({unit_of(measure, 'en')})",
            "",
            "| population | " + " | ".join(HEADLINE_REGIMES) + " | label |",
            "|---|" + "---|" * (len(HEADLINE_REGIMES) + 1),
        ]
        for name, summary, *_ in found:
            level = summary.level(HEADLINE_REGIMES[0], measure, _MONTH)
            others = [summary.difference(each, measure, _MONTH) for each in HEADLINE_REGIMES[1:]]
            cells = [_cell(level), *(_cell(each) for each in others), _labels(others)]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "## Runs", "", "| population | run | result |", "|---|---|---|"]
    lines += [f"| {name} | {summary.run_id} | {digest[:16]} |" for name, summary, digest, _ in found]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(row: Row) -> str:
    change = row.kind == "difference"
    mean = amount(row.mean, row.measure, "en", difference=change)
    text = f"{mean} ({interval(row.low, row.high, row.measure, 'en', difference=change)})"
    return f"**{text}**" if change and row.differs else text


def _labels(rows: Sequence[Row]) -> str:
    """Return the label of a row of differences, once when it is the same for all."""
    labels = list(dict.fromkeys(row.label("en") for row in rows))
    return labels[0] if len(labels) == 1 else "; ".join(row.label("en") for row in rows)


def main(words: Sequence[str]) -> int:
    """Make the page; return the exit code."""
    if len(words) != 1 or not words[0].endswith(".md") or not Path(words[0]).parent.is_dir():
        sys.stderr.write("usage: python -m analysis.checks.sweep_populations FILE.md (in a folder that exists)\n")
        return 2
    began = time.perf_counter()
    found = list(sweep(workers=available_workers()))
    seconds = time.perf_counter() - began
    write_page(found, Path(words[0]), people=_PEOPLE, draws=_DRAWS, seeds=_SEEDS, seconds=seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
