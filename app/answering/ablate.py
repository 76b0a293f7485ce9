"""Mechanisms off, one at a time: what each does to the outcomes and to the effect of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.request import USUAL, RunSettings, Watch
from app.answering.runner import SIMULATING, failures_told
from app.output_folder import write_folder
from sim.problems import InputError, Problem

if TYPE_CHECKING:
    from analysis.checks.ablation import Ablation
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Plan

__all__ = ["AblateRequest", "ablate", "record_of", "write"]

_SIZES = {"people": 2000, "months": 24, "draws": 10, "seeds": 2}


@dataclass(frozen=True)
class AblateRequest:
    """A scenario, and the mechanisms to switch off (none named: each in turn)."""

    scenario: str | Scenario
    settings: RunSettings = USUAL
    mechanisms: tuple[str, ...] = ()


def ablate(request: AblateRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> Ablation:
    """Switch every mechanism off in turn; nothing is stored.

    Raises:
        InputError: every problem; nothing was simulated.
        FailedRunError, CancelledRunError: the run began and was not finished.
    """
    from analysis.checks.ablation import ablate as without_each
    from analysis.checks.ablation import plan_ablation
    from scenarios.description.find import find_scenarios

    watch = watch or Watch()
    found, settings = [*problems, *request.settings.problems()], request.settings
    options = settings.options(found, watch, **_SIZES)
    made: Plan | None = None
    try:
        made = plan_ablation(find_scenarios([request.scenario])[0], options, request.mechanisms)
    except InputError as error:
        found += [each for each in error.problems if each not in found]
    if found or made is None:
        raise InputError(found)
    with failures_told():
        return without_each(made, progress=watch.of(SIMULATING), workers=settings.threads())


def write(found: Ablation, out: Path, lang: str) -> list[Path]:
    """Write table and figure into ``out/ablation_<scenario>``; return the files."""
    from analysis.checks.ablation import ablation_csv
    from analysis.checks.ablation_figure import draw_ablation
    from analysis.figures import style

    def files(folder: Path) -> list[Path]:
        table = folder / "ablation.csv"
        table.write_text(ablation_csv(found), encoding="utf-8")
        return [table, *style.save(draw_ablation(found, lang).figure, folder, "ablation")]

    return write_folder(out, f"ablation_{found.scenario}", files, renew=True)


def record_of(found: Ablation, files: Sequence[Path], lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    shown = {key: value for key, value in asdict(found).items() if key not in ("rows", "title", "label")}
    words = {"title": found.title.to(lang), "label": found.label.to(lang)}
    rows = [{**asdict(row), "differs": row.differs} for row in found.rows]
    return {**shown, **words, "rows": rows, "files": [str(path) for path in files]}
