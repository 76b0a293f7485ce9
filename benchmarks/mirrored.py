"""Do mirrored draws help? Variance of the mean of a mirrored pair over that of two independent replicates.

`python -m benchmarks.mirrored [--people 390] [--pairs 400]` prints the table of `docs/engine.md`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sim.engine.simulate import Job, Record, simulate
from sim.outcomes.measures import MEASURES
from sim.parameters import defaults
from sim.people import catalogue
from sim.people.population import Population
from sim.random_numbers import stream
from sim.regime.assignment import Everybody
from sim.regime.presets import preset
from sim.regime.schedule import compile_schedule
from sim.setting import make_setting

__all__ = ["MEASURED", "measure"]

Array = npt.NDArray[np.float64]
MEASURED = (
    "on_benefit",
    "exit_work_ever",
    "hours_over_8",
    "hours_over_12",
    "hours_over_27",
    "income",
    "stress",
    "wellbeing",
    "trust",
)
_RESAMPLES = 2000


def measure(people: Population, pairs: int, month: int = 24) -> dict[str, Array]:
    """Return, for each of MEASURED, estimate and both ends of a 90% interval, shape [measures, 3].

    ``level``: a mirrored pair against two independent replicates, under `regular`; ``effect``: the same for
    `intensive` against `regular`; ``common``: what common random numbers gain for that effect.
    """
    treated, plain = (_lived(people, regime, pairs, month) for regime in ("intensive", "regular"))
    effect = treated - plain
    return {
        "level": _with_interval(lambda rows: _mirrored(plain[rows]), pairs),
        "effect": _with_interval(lambda rows: _mirrored(effect[rows]), pairs),
        "common": _with_interval(lambda rows: _common(treated[rows], plain[rows]), pairs),
    }


def _lived(people: Population, regime: str, pairs: int, month: int) -> Array:
    """Return means at the end of the month, shape [pairs, 2, measures]: a replicate and its mirror image."""
    regimes = {name: preset(name) for name in dict.fromkeys((regime, "regular"))}
    schedule = compile_schedule(people, regimes, Everybody(regime), months=month, background=regimes["regular"])
    keys = [stream("mirrored", number) for number in range(pairs)]
    jobs = [Job(defaults(), schedule, key, mirror=mirror) for key in keys for mirror in (False, True)]
    outcomes = simulate(people, jobs, make_setting(people.start, month), Record(series=MEASURED))
    return np.array([outcome.means()[-1, 0] for outcome in outcomes]).reshape(pairs, 2, -1)


def _mirrored(values: Array) -> Array:
    """Variance of the mean of a pair over half the variance of one."""
    alone = values.reshape(-1, values.shape[-1]).var(axis=0, ddof=1) / 2.0
    ratio: Array = values.mean(axis=1).var(axis=0, ddof=1) / alone
    return ratio


def _common(treated: Array, plain: Array) -> Array:
    one, two = treated[:, 0], plain[:, 0]
    gain: Array = (one.var(axis=0, ddof=1) + two.var(axis=0, ddof=1)) / (one - two).var(axis=0, ddof=1)
    return gain


def _with_interval(work: Callable[[npt.NDArray[np.int64]], Array], pairs: int) -> Array:
    luck = np.random.default_rng(1)
    again = [work(luck.integers(0, pairs, pairs)) for _ in range(_RESAMPLES)]
    return np.stack([work(np.arange(pairs)), *np.quantile(again, (0.05, 0.95), axis=0)], axis=1)


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=390)
    parser.add_argument("--pairs", type=int, default=400)
    asked = parser.parse_args()
    found = measure(catalogue.load("nijmegen", asked.people), asked.pairs)
    print(f"{asked.pairs} pairs of {asked.people} people\n")
    print("| | level | effect of `intensive` against `regular` | gain of common random numbers |")
    print("|---|---|---|---|")
    for number, name in enumerate(MEASURED):
        cells = [
            f"{at:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
            for (at, low, high), digits in zip(
                (found[kind][number] for kind in ("level", "effect", "common")), (2, 2, 1), strict=True
            )
        ]
        print(f"| {MEASURES[name].text.to('en')} | {' | '.join(cells)} |")


if __name__ == "__main__":
    _main()
