"""Compare scenarios with the first of them, or simulate one: asked, simulated, summed up, written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.beside import answers_of_run, assumed_of_run, policy_of_run, records_of, write_answers
from app.answering.request import USUAL, RunSettings, Watch
from app.answering.runner import open_runner
from app.output_folder import write_folder
from sim.problems import InputError, Problem

if TYPE_CHECKING:
    from analysis.answer.build import Place
    from analysis.answer.council import Rule
    from analysis.answer.triple import Answer, Span
    from analysis.effects.summary import Summary
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import RunResult

__all__ = ["CompareRequest", "Compared", "compare", "record_of", "summed_up", "write"]


@dataclass(frozen=True)
class CompareRequest:
    """Scenarios by name, file or as read; the first is the baseline."""

    scenarios: tuple[str | Scenario, ...]
    settings: RunSettings = USUAL


@dataclass(frozen=True)
class Compared:
    """A run of scenarios, what it says, and for each headline number what was assumed, found and concluded."""

    result: RunResult
    summary: Summary
    answers: tuple[Answer, ...] = ()
    policy: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)


def compare(request: CompareRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> Compared:
    """Run the scenarios under common random numbers and sum up their levels and differences.

    Args:
        request: what to run.
        watch: who looks on.
        problems: what is known to be wrong already, told together with what is found here.

    Raises:
        InputError: every problem; nothing was simulated.
        FailedRunError, CancelledRunError: the run began and was not finished.
    """
    found = list(problems)
    watch = watch or Watch()
    ready = _plan(request, watch, found)
    found += request.settings.problems()
    if found or ready is None:
        raise InputError(found)
    command = "run" if len(request.scenarios) == 1 else "compare"
    with open_runner(request.settings) as runner:
        result = runner.run(ready, command, watch)
        found_out = summed_up(result, assumed_of_run(result, ready, runner, watch))
        return replace(found_out, policy=policy_of_run(ready, result, runner))


def summed_up(result: RunResult, assumed: Mapping[Place, Span] | None = None) -> Compared:
    """Return a run with its summary and answers."""
    from analysis.effects.summary import summarise

    summary = summarise(result)
    return Compared(result, summary, answers_of_run(result, summary, assumed))


def write(found: Compared, out: Path, lang: str, *, report: bool = True, full: bool = False) -> list[Path]:
    """Write tables (and report) into ``out/<run id>``; return the files."""
    from analysis.effects import tables

    result, summary = found.result, found.summary

    def files(folder: Path) -> list[Path]:
        shown = list(summary.rows(measures=tables.headline_measures(summary), months=summary.key_months()))
        paths = [folder / "results.csv", folder / "summary.json"]
        tables.write_csv(summary, paths[0], lang, rows=shown)
        record = json.loads(tables.to_json(summary, lang, rows=shown)) | {"answers": records_of(found.answers)}
        paths[1].write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        paths += write_answers(found.answers, folder, result.run_id)
        if full:
            paths.append(tables.write_csv(summary, folder / "results_full.csv.gz", lang))
        if report:
            from analysis.report.content import Beside
            from analysis.report.write import write_report

            beside = Beside(found.policy)
            paths += write_report(
                result, summary, folder, lang, formats=("html", "xlsx"), answers=found.answers, beside=beside
            )
        return paths

    return write_folder(out, result.run_id, files, run_id=result.run_id)


def record_of(found: Compared, files: Sequence[Path], lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    from analysis.effects.tables import headline_measures, to_json

    result, summary = found.result, found.summary
    rows = summary.rows(measures=headline_measures(summary), months=summary.key_months(), groups=["all"])
    return {
        **json.loads(to_json(summary, lang, rows=rows)),
        "answers": records_of(found.answers),
        "label": result.provenance.label[lang],
        "result_sha256": result.digest(),
        "folder": str(files[0].parent) if files else None,
        "files": [str(path) for path in files],
        "failures": [vars(failure) for failure in result.failures],
    }


def _plan(request: CompareRequest, watch: Watch, problems: list[Problem]) -> Plan | None:
    from scenarios.description.find import find_scenarios
    from scenarios.execution.plan import plan

    scenarios: list[Scenario] = []
    try:
        scenarios = find_scenarios(request.scenarios)
    except InputError as error:
        problems += error.problems
    options = request.settings.options(problems, watch)
    try:
        return plan(scenarios, options) if scenarios and not problems else None
    except InputError as error:
        problems += error.problems
        return None
