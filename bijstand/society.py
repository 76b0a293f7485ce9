"""A calibrated society for people who know Mesa: one draw of the posterior, one replicate, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from bijstand.questions import settings_of
from sim.model import SocietyModel
from sim.outcomes.measures import HEADLINE
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from bijstand.questions import Settings
    from scenarios.description.schema import Scenario

__all__ = ["Society"]


class Society(SocietyModel):
    """The society that draw `draw` and replicate `replicate` of a run of this scenario simulates, bit for bit.

    Attributes:
        label: how its parameters were calibrated, in both languages.

    Example:
        >>> society = Society("intensive", draw=3, people=100, months=6, posterior="prior")
        >>> society.step()
        >>> society.month
        1
    """

    def __init__(
        self,
        scenario: str | Scenario = "regular",
        *,
        draw: int | None = None,
        replicate: int = 1,
        measures: tuple[str, ...] = HEADLINE,
        **settings: Unpack[Settings],
    ) -> None:
        """Place the people at month 0.

        Args:
            scenario: name, file or as read.
            draw: number of the parameter set, from 1, in the order of a run with the same base seed; None = the
                medians.
            replicate: number of the repetition, from 1.
            measures: what the data collector reports.
            settings: population, posterior, people, months, seed, inflow, as for `bijstand.compare`.

        Raises:
            InputError: every problem at once.
        """
        from scenarios.description.find import find_scenarios
        from scenarios.execution.payload import work_of
        from scenarios.execution.plan import plan
        from scenarios.execution.run import begin

        problems: list[Problem] = []
        from_one = Say("a whole number of 1 or more", "een geheel getal vanaf 1")
        for name, number in (("draw", draw), ("replicate", replicate)):
            if number is not None and number < 1:
                problems.append(Problem(name, number, from_one))
        asked = settings_of({**settings, "draws": max(draw, 2) if draw else 1, "seeds": max(replicate, 1)})
        options = asked.options(problems)
        try:
            found = find_scenarios([scenario])
        except InputError as error:
            raise InputError([*problems, *error.problems]) from None
        InputError.raise_if(problems)
        ready = plan(found, options)
        (job,) = work_of(ready).jobs(0, (((draw or 1) - 1, replicate - 1),))
        self.label = Say(**begin(ready).provenance.label)
        super().__init__(ready.population, job=job, setting=ready.sides[0].setting, measures=measures, luck=replicate)
