"""A researcher's own trial beside its figures: found by name among the imports, computed by its moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    from analysis.trial.cell import Cell
    from analysis.trial.tables import Published
    from calibration.evidence.registry import Registry
    from calibration.evidence.schema import Row
    from sim.trial.data import TrialData
    from sim.trial.design import TrialDesign

__all__ = ["OwnFigures", "found_design", "imported"]


class OwnFigures:
    """The figures of an imported trial: its rows as cells, what was published, and how they are computed."""

    def __init__(self, registry: Registry, rows: Sequence[Row]) -> None:
        self.rows = tuple(row for row in rows if row.is_target)
        self._registry = registry

    @property
    def cells(self) -> list[Cell]:
        """One cell per row, in the order of the rows."""
        from analysis.trial.cell import Cell

        found = []
        for row in self.rows:
            table = f"{self._registry.study(row.study).short}, {row.locator}"
            month = "" if row.horizon_months is None else f"{row.horizon_months:g}m"
            found.append(Cell(table, row.outcome, row.arm, row.comparator, row.specification, month, row.subgroup))
        return found

    @property
    def published(self) -> dict[Cell, Published]:
        """What the researcher reported."""
        from analysis.trial.tables import Published

        return {
            cell: Published(row.estimate, row.sign, row.marker, self._registry.doubts(row))
            for cell, row in zip(self.cells, self.rows, strict=True)
        }

    @property
    def names(self) -> dict[str, Say]:
        """What the outcomes are called."""
        from analysis.outcomes import outcomes

        known = outcomes()
        return {row.outcome: known[row.outcome].text for row in self.rows}

    @property
    def measures(self) -> tuple[str, ...]:
        """Register outcomes that a simulation must keep."""
        from calibration.moments.prepared import registers_needed
        from sim.trial.measure import REGISTER

        return tuple(dict.fromkeys([*REGISTER, *registers_needed(self.rows)]))

    def months(self, design: TrialDesign) -> tuple[int, ...]:
        """Return the months after the start that a simulation must keep."""
        from calibration.moments.prepared import months_needed

        return months_needed(self.rows, tuple(design.follow_up(wave) for wave in design.waves))

    def compute(self) -> Callable[[TrialData], dict[Cell, float]]:
        """Return the function that gives every figure of one simulated trial."""
        from calibration.moments.evaluate import evaluate

        cells = self.cells

        def figures(trial: TrialData) -> dict[Cell, float]:
            return dict(zip(cells, (float(value) for value in evaluate(trial, self.rows)), strict=True))

        return figures


def imported(folder: Path) -> tuple[str, ...]:
    """Return the names of the trials that were imported in a folder."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(head.parent.name for head in folder.glob("[!.]*/study.toml")))


def found_design(name: str, folder: Path) -> tuple[TrialDesign, OwnFigures | None]:
    """Return the design of a shipped trial, an imported one (with its figures) or a design file.

    Raises:
        InputError: no such trial, or a damaged one.
    """
    from sim.trial.read import NAMES, design, read_design

    if name in NAMES or name.endswith(".toml"):
        return design(name), None
    own = imported(folder)
    if name not in own:
        raise InputError((one_of("trial", name, (*NAMES, *own)),))
    from calibration.evidence.registry import load_registry

    registry = load_registry(folder, only=[name])
    figures = OwnFigures(registry, registry.rows)
    if not figures.rows:
        allowed = Say("a figure that the model can compute", "een cijfer dat het model kan berekenen")
        raise InputError((Problem(f"{name}: rows", "none", allowed),))
    return read_design(folder / name / f"{name}.toml"), figures
