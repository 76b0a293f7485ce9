"""Answers: a table (`frame`), a figure (`plot`), a view in a notebook, the JSON record, and files when asked."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.problems import Say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    import app.answering.benefit
    import app.answering.compare
    import app.answering.cost
    import app.answering.dose
    import app.answering.project
    import app.answering.trial
    import app.answering.who
    import calibration.posteriors.posterior
    from analysis.effects.summary import Summary
    from analysis.figures.style import Drawing
    from scenarios.execution.result import RunResult
    from sim.people.population import Population

__all__ = ["Answer", "Benefit", "Compared", "Costs", "Dosed", "ForWhom", "People", "Posterior", "Projected", "Trial"]

_ENDS = ("low", "median", "high")
_SHOWN = 30  # rows of a table in a notebook


class Answer:
    """What every answer can do."""

    @property
    def label(self) -> Say:
        """How the numbers were calibrated, in both languages: it belongs with every one of them."""
        raise NotImplementedError

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what the command prints with ``--json``."""
        raise NotImplementedError

    def frame(self, lang: str = "en") -> pd.DataFrame:
        """Return every number as a row, with its interval, label and run."""
        import pandas as pd

        return pd.DataFrame(self._rows(lang))

    def plot(self, lang: str = "en") -> Axes:
        """Return the first axes of the figure; ``.figure`` is the whole of it."""
        return self._drawing(lang).figure.axes[0]

    def _repr_html_(self) -> str:
        table = self.frame()
        more = f"<p>{len(table) - _SHOWN} more rows: <code>.frame()</code></p>" if len(table) > _SHOWN else ""
        columns = [name for name in table.columns if name not in _LONG]
        return f"<p>{html.escape(self.label.en)}</p>{table[columns].head(_SHOWN).to_html(index=False)}{more}"

    def _rows(self, lang: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.record(lang)["rows"]
        return rows

    def _drawing(self, lang: str) -> Drawing:
        raise NotImplementedError


# Columns that make a table in a notebook too wide to read; `frame` has them.
_LONG = frozenset({"run_id", "interval", "interval_holds", "validity_reasons", "calibration", "people_at_least"})


@dataclass(frozen=True, repr=False)
class Compared(Answer):
    """Scenarios beside the first of them."""

    answer: app.answering.compare.Compared

    @property
    def result(self) -> RunResult:
        """The run: means by scenario, draw, seed, group, month and measure."""
        return self.answer.result

    @property
    def summary(self) -> Summary:
        """Levels and differences with their intervals."""
        return self.answer.summary

    @property
    def label(self) -> Say:
        """How the parameters were calibrated."""
        return Say(**self.result.provenance.label)

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand compare --json` prints."""
        from app.answering.compare import record_of

        return record_of(self.answer, (), lang)

    def plot(self, lang: str = "en", measures: Sequence[str] | None = None) -> Axes:
        """Draw outcomes over time, a panel for each of `measures`."""
        from analysis.report.paths import draw_paths

        titles = {name: self.result.title(name, lang) for name in self.result.scenarios}
        return draw_paths(self.summary, lang, titles, measures).figure.axes[0]

    def write(self, out: str | Path, lang: str = "en", *, report: bool = True, full: bool = False) -> list[Path]:
        """Write tables and report into ``out/<run id>``, as the command does."""
        from app.answering.compare import write

        return write(self.answer, Path(out), lang, report=report, full=full)


@dataclass(frozen=True, repr=False)
class Projected(Answer):
    """One projection for each labour market; `runs` are comparisons too."""

    answer: tuple[app.answering.project.Projection, ...]

    @property
    def label(self) -> Say:
        """How the parameters were calibrated."""
        return Say(**self.answer[0].result.provenance.label)

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand project --json` prints."""
        from app.answering.project import record_of

        return {"runs": [record_of(each, (), lang) for each in self.answer]}

    def plot(self, lang: str = "en", measures: Sequence[str] | None = None) -> Axes:
        """Draw outcomes over time in the first labour market."""
        from app.answering.compare import Compared as Found

        first = self.answer[0]
        return Compared(Found(first.result, first.summary)).plot(lang, measures)

    def _rows(self, lang: str) -> list[dict[str, Any]]:
        runs = self.record(lang)["runs"]
        return [{"market": run["market"], **row} for run in runs for row in (*run["rows"], *run["contrasts"])]


@dataclass(frozen=True, repr=False)
class Dosed(Answer):
    """The effect at every value of a lever; `shapes` are the probabilities of its curve."""

    answer: app.answering.dose.Dosed

    @property
    def label(self) -> Say:
        """How the parameters were calibrated."""
        return Say(**self.answer.result.provenance.label)

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand dose --json` prints."""
        from app.answering.dose import record_of

        return record_of(self.answer, (), lang)

    def shapes(self, lang: str = "en") -> pd.DataFrame:
        """Return the probabilities of diminishing returns and of a turning point, by measure and lever."""
        import pandas as pd

        return pd.DataFrame(self.record(lang)["shapes"])

    def _drawing(self, lang: str) -> Drawing:
        from analysis.dose.figures import draw_dose

        return draw_dose(self.answer.result, self.answer.summary, self.answer.dose, lang)


@dataclass(frozen=True, repr=False)
class ForWhom(Answer):
    """Effects by group for one goal, and the rule that was found."""

    answer: app.answering.who.WhoAnswer
    goal: str

    @property
    def label(self) -> Say:
        """How the parameters were calibrated."""
        return Say(**self.answer.who.result.provenance.label)

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand who --json` prints."""
        from app.answering.who import record_of

        return record_of(self.answer, self.goal, (), lang)

    def _drawing(self, lang: str) -> Drawing:
        from analysis.who.figures import draw_who

        return draw_who(self.answer.who, self.answer.who.result.scenarios[1], self.goal, lang)


@dataclass(frozen=True, repr=False)
class Costs(Answer):
    """Accounts per party."""

    answer: app.answering.cost.CostAnswer

    @property
    def label(self) -> Say:
        """How the parameters were calibrated."""
        return Say(**self.answer.cost.result.provenance.label)

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand cost --json` prints."""
        from app.answering.cost import record_of

        return record_of(self.answer, (), lang)

    def _drawing(self, lang: str) -> Drawing:
        from analysis.cost.figures import draw_cost_plane

        return draw_cost_plane(self.answer.cost, self.answer.effect, lang)


@dataclass(frozen=True, repr=False)
class Trial(Answer):
    """A simulated trial beside its report."""

    answer: app.answering.trial.Made

    @property
    def label(self) -> Say:
        """Where the parameters came from."""
        return self.answer.label

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand trial run --json` prints."""
        from app.answering.trial import record_of

        return record_of(self.answer, (), lang)

    def _rows(self, lang: str) -> list[dict[str, Any]]:
        return [row for table in self.record(lang)["tables"] for row in table["rows"]]

    def _drawing(self, lang: str) -> Drawing:
        from analysis.trial.figures import draw_trial

        made = self.answer
        title = made.asked.design.title.to(lang)
        return draw_trial(made.tables, lang, title, (made.label.to(lang), made.run_id))[0]


@dataclass(frozen=True, repr=False)
class Posterior(Answer):
    """What each parameter was before and after the evidence."""

    answer: calibration.posteriors.posterior.Posterior

    @property
    def label(self) -> Say:
        """Whether it may be called calibrated."""
        return self.answer.label()

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand posterior show --json` prints."""
        from app.answering.posterior import record_of

        return record_of(self.answer, everything=False)

    def _rows(self, lang: str) -> list[dict[str, Any]]:
        found = []
        for row in self.record(lang)["parameters"]:
            plain = {name: value for name, value in row.items() if name not in ("prior", "posterior")}
            for part in ("prior", "posterior"):
                plain |= {f"{part}_{end}": x for end, x in zip(_ENDS, row[part], strict=True)}
            found.append(plain)
        return found

    def plot(self, lang: str = "en") -> Axes:
        """Draw the 90% intervals before (grey) and after, in standard deviations of the prior."""
        from analysis.figures.style import GREY, axes_of, line_of
        from analysis.inference.interval import NINETY

        rows = self.frame(lang)
        with axes_of(7.6, 1.5 + 0.27 * len(rows)) as (_, panels):
            axes, blue = panels[0], line_of(1).colour
            middle = rows["prior_median"]
            unit = ((rows["prior_high"] - rows["prior_low"]) / (2 * NINETY)).replace(0.0, 1.0)
            for part, shift, colour in (("prior", -0.17, GREY), ("posterior", 0.13, blue)):
                low, at, high = ((rows[f"{part}_{end}"] - middle) / unit for end in _ENDS)
                places = [place + shift for place in range(len(rows))]
                axes.hlines(places, low, high, color=colour)
                axes.plot(at, places, "|", color=colour)
            axes.set_yticks(range(len(rows)), rows["name"], fontsize=8)
            axes.set_ylim(len(rows) - 0.4, -0.6)
            axes.set_xlabel(Say("prior standard deviations", "standaardafwijkingen van de prior").to(lang))
        return axes


@dataclass(frozen=True, repr=False)
class Benefit(Answer):
    """The benefit of one household in one month; `amounts` are euros."""

    answer: app.answering.benefit.Benefit

    @property
    def amounts(self) -> dict[str, float]:
        """Norm, disregarded, benefit, net income (and premium), to the cent."""
        return {name: round(amount, 2) for name, amount in self.answer.amounts.items()}

    @property
    def label(self) -> Say:
        """What kind of number it is."""
        return Say("computed from the law, no estimate", "berekend uit de wet, geen schatting")

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand benefit --json` prints."""
        from app.answering.benefit import record_of

        return record_of(self.answer)

    def _rows(self, lang: str) -> list[dict[str, Any]]:
        return [{"date": self.answer.case.date, "regime": self.answer.case.regime.name, **self.amounts}]

    def plot(self, lang: str = "en") -> Axes:
        """Draw net income at every level of earnings, and below it what is lost of each extra euro."""
        import numpy as np

        from analysis.figures.budget import draw_budget
        from sim.policy.curve import budget_curve

        norm = float(self.answer.result.norm)
        curve = budget_curve(self.answer.case, np.linspace(0.0, 1.3 * norm, 261), self.answer.law)
        return draw_budget([curve], norm, self.label.to(lang), lang).axes[0]


@dataclass(frozen=True, repr=False)
class People(Answer):
    """A synthetic population: a row for each person."""

    answer: Population

    @property
    def label(self) -> Say:
        """Where the people come from."""
        return Say(f"synthetic people: {self.answer.name}", f"synthetische mensen: {self.answer.name}")

    def record(self, lang: str = "en") -> dict[str, Any]:
        """Return what `bijstand population draw --json` prints of the people."""
        found = self.answer
        arms = {arm: int((found.arm == place).sum()) for place, arm in enumerate(found.arms)}
        return {
            "name": found.name,
            "people": len(found),
            "arms": arms,
            "digest": found.digest(),
            "source": found.source,
        }

    def frame(self, lang: str = "en") -> pd.DataFrame:
        """Return every person's columns (`sim.people.columns` has their units)."""
        from app.answering.population import frame_of

        return frame_of(self.answer)

    def plot(self, lang: str = "en", column: str = "age") -> Axes:
        """Draw how one column is spread over the people."""
        from analysis.figures.style import axes_of, line_of

        with axes_of(6.0, 3.6) as (_, panels):
            panels[0].hist(self.answer[column], bins=30, color=line_of(1).colour)
            panels[0].set_xlabel(column)
        return panels[0]
