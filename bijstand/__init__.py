"""What if social assistance worked differently? The questions of the command line, for Python.

    import bijstand

    found = bijstand.compare("regular", "intensive", people=2000, draws=20)
    found.frame()          # every number with its interval, label and run
    found.plot()           # matplotlib axes
    found                  # a table in a notebook

Names, units and numbers are those of the command line, to the digit. Nothing is printed; nothing is written
unless `db` (a database of runs) is given or an answer is asked to `write`. All that is wrong with a question
is told at once by `InputError`.
"""

from typing import TYPE_CHECKING, Any

from bijstand.questions import benefit, calibrate, compare, cost, dose, population, posterior, project, trial, who
from sim.problems import InputError

if TYPE_CHECKING:
    from bijstand.society import Society

__all__ = [
    "InputError",
    "Society",
    "benefit",
    "calibrate",
    "compare",
    "cost",
    "dose",
    "population",
    "posterior",
    "project",
    "trial",
    "who",
]


def __getattr__(name: str) -> Any:
    """Import `Society` when it is asked for: Mesa takes a second."""
    if name == "Society":
        from bijstand.society import Society

        return Society
    raise AttributeError(f"module 'bijstand' has no attribute {name!r}")
