"""Dose-response: one lever or two over a range, against the background, under the same people and luck.

A point is the scenario with the lever at one value for the whole treatment. Two questions are put to the
curves of the single draws, once the luck of the seeds is taken out of them (Gaussian empirical Bayes: a curve
is drawn towards the mean curve as far as luck, not parameters, sets it apart):

* diminishing returns: does the first half of the range bring more per unit than the second?
* a turning point: does the best value lie strictly inside the range, with at least a tenth of the gain lost
  again at the end of it? (A curve that only flattens out does not turn.)

Enough is the lowest dose with nine tenths of the largest gain. The probabilities are shares of such curves.
`treatment_months` is a lever too: how long the treatment lasts, always with the same follow-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.effects.positions import circumstances, evidence_of_trials, positions
from analysis.effects.summary import Row, Summary
from analysis.effects.validity import Validity, judge, worst
from scenarios.description.schema import Scenario
from scenarios.description.vary import Variation, background_of, vary
from scenarios.execution.result import RunResult
from sim.problems import InputError, Problem, Say
from sim.regime.assignment import Everybody
from sim.regime.levers import LEVERS

__all__ = [
    "LOWER_IS_BETTER",
    "TREATMENT",
    "Axis",
    "Dose",
    "Shape",
    "axis_text",
    "dose_of",
    "dose_scenarios",
    "label_at",
    "shape_of",
    "smoothed",
]

Array = npt.NDArray[np.float64]

TREATMENT = "treatment_months"
_TREATMENT_TEXT = Say("months of treatment", "maanden behandeling")
LOWER_IS_BETTER = frozenset({"on_benefit", "stress", "benefit_paid", "premium_paid", "deprivation", "debt"})
# Levers of which less is a higher dose.
_DOWNWARDS = frozenset({"caseload", "settlement_delay", "settlement_noise", "checks", "allowance_lag"})
_SAMPLES, _SEED = 200, 20170701
_CLEAR = 0.1  # part of a gain that is worth a word


@dataclass(frozen=True)
class Axis:
    """One lever and the values it takes, from low to high."""

    lever: str
    values: tuple[float, ...]

    @property
    def regular(self) -> float | None:
        """The value in the regular regime, None for the length of a treatment."""
        return None if self.lever == TREATMENT else LEVERS[self.lever].regular

    @property
    def seen(self) -> tuple[float, float] | None:
        """The range that the trials observed, None for the length of a treatment."""
        return None if self.lever == TREATMENT else evidence_of_trials().levers[self.lever]


@dataclass(frozen=True)
class Shape:
    """What the curves say of one measure along one axis, as probabilities under the parameters.

    Attributes:
        measure, lever: what of what.
        diminishing: the first half of the range brings more per unit than the second.
        turning: the best value lies strictly inside the range, and the end of it is clearly worse.
        enough: probability of each value that it is the lowest dose with nine tenths of the gain.
        enough_low, enough_high: 90% interval of that dose.
    """

    measure: str
    lever: str
    diminishing: float
    turning: float
    enough: tuple[float, ...]
    enough_low: float
    enough_high: float


@dataclass(frozen=True)
class Dose:
    """A dose-response in one month.

    Attributes:
        axes: one or two.
        points: values of every point, the last axis fastest; point p is scenario p + 1 of the run.
        rows: effect per measure and point against the background.
        shapes: per measure and axis.
        month: when.
    """

    run_id: str
    scenario: str
    axes: tuple[Axis, ...]
    points: tuple[tuple[float, ...], ...]
    measures: tuple[str, ...]
    rows: tuple[tuple[Row, ...], ...]
    shapes: tuple[Shape, ...]
    month: int


def axis_text(lever: str) -> Say:
    """Return what a lever is called, with its unit."""
    if lever == TREATMENT:
        return _TREATMENT_TEXT
    each = LEVERS[lever]
    return Say(f"{each.text.en} ({each.unit})", f"{each.text.nl} ({_dutch(each.unit)})")


def dose_scenarios(scenario: Scenario, axes: Sequence[Axis]) -> tuple[list[Scenario], tuple[tuple[float, ...], ...]]:
    """Return the background and the scenario at every point of the axes, with the values of the points.

    Raises:
        InputError: a scenario in which not everybody gets one regime, values without effect: all problems.
    """
    if not isinstance(scenario.assignment, Everybody):
        allowed = Say("a scenario in which everybody gets one regime", "een scenario waarin iedereen één regime krijgt")
        raise InputError([Problem("--scenario", scenario.name, allowed)])
    points: list[tuple[float, ...]] = [()]
    for axis in axes:
        points = [(*point, value) for point in points for value in axis.values]
    problems: list[Problem] = []
    made = [background_of(scenario, "background")]
    for number, point in enumerate(points, start=1):
        given = dict(zip([axis.lever for axis in axes], point, strict=True))
        words = [f"{name} {value:g}" for name, value in given.items()]
        months = given.pop(TREATMENT, None)
        lasting = 0 if months is not None and months >= scenario.months else months
        change = Variation(
            levers=given, months=None if lasting is None else int(lasting), announced=True if lasting else None
        )
        title = Say(", ".join(words), ", ".join(words).replace(".", ","))
        try:
            made.append(vary(scenario, f"dose-{number}", title, change))
        except InputError as error:
            problems += [
                Problem(_place(p.path), f"{title.en}: {p.value}", p.allowed, p.nearest) for p in error.problems
            ]
    InputError.raise_if(list(dict.fromkeys(problems)))
    return made, tuple(points)


def dose_of(
    result: RunResult,
    summary: Summary,
    scenario: str,
    axes: Sequence[Axis],
    points: tuple[tuple[float, ...], ...],
    measures: Sequence[str],
    month: int,
) -> Dose:
    """Return effects and shapes in `month` of a run of `dose_scenarios`."""
    rows = tuple(
        tuple(summary.difference(name, measure, month) for name in result.scenarios[1:]) for measure in measures
    )
    at = [int(each) for each in result.months].index(month)
    shapes: list[Shape] = []
    sizes = tuple(len(axis.values) for axis in axes)
    for measure in measures:
        values = result.measure(measure)[..., 0, at]
        curves = np.moveaxis(values[1:] - values[0], 0, -1)  # draw, seed, point
        grid = curves.reshape(*curves.shape[:2], *sizes)
        for place, axis in enumerate(axes):
            others = tuple(2 + other for other in range(len(axes)) if other != place)
            along = grid.mean(axis=others) if others else grid
            shapes.append(shape_of(along, axis, measure))
    return Dose(summary.run_id, scenario, tuple(axes), points, tuple(measures), rows, tuple(shapes), month)


def label_at(result: RunResult, axes: Sequence[Axis], point: Sequence[float], month: int) -> Validity:
    """Return the validity of a difference at any point of the axes, simulated or not."""
    given = dict(zip([axis.lever for axis in axes], point, strict=True))
    moved = dict(positions(result)[-1][0]) if positions(result)[-1] else {}
    around = circumstances(result)[-1]
    length = given.pop(TREATMENT, None)
    if length is not None:
        around = replace(around, ended=int(length) if length < result.months[-1] else None)
    for name, value in given.items():
        moved.pop(name, None)
        if value != LEVERS[name].regular:
            moved[name] = (value,)
    population = str(result.provenance.population.get("name", ""))
    seen = evidence_of_trials()
    here = judge(month, [moved], population, seen, around)
    return worst([here, judge(month, positions(result)[0], population, seen, circumstances(result)[0])])


def shape_of(curves: Array, axis: Axis, measure: str) -> Shape:
    """Return the shape along an axis; `curves` [draw, seed, value] are differences with the background.

    NaN where the curve is flat, has fewer than three values, or the run fewer than two draws.
    """
    values = np.array(axis.values)
    sign = -1.0 if measure in LOWER_IS_BETTER else 1.0
    unknown = Shape(measure, axis.lever, np.nan, np.nan, (np.nan,) * len(values), np.nan, np.nan)
    whole = curves[np.isfinite(curves).all(axis=(1, 2))]
    if len(values) < 3 or len(whole) < 2 or np.ptp(whole, axis=-1).max() < 1e-12:
        return unknown
    turned = slice(None, None, -1) if axis.lever in _DOWNWARDS else slice(None)
    sampled, values = sign * smoothed(whole)[:, turned], values[turned]  # from a low dose to a high one
    middle, last = len(values) // 2, len(values) - 1
    early = (sampled[:, middle] - sampled[:, 0]) / abs(values[middle] - values[0])
    late = (sampled[:, last] - sampled[:, middle]) / abs(values[last] - values[middle])
    highest = sampled.max(axis=1)
    gain = highest - sampled.min(axis=1)
    inside = (highest > sampled[:, 0]) & (highest - sampled[:, last] > _CLEAR * gain)
    enough = (sampled >= (highest - _CLEAR * (highest - sampled[:, 0]))[:, None]).argmax(axis=1)
    share = np.bincount(enough, minlength=len(values))[turned] / len(enough)
    low, high = np.quantile(values[enough], (0.05, 0.95), method="inverted_cdf")
    return Shape(
        measure,
        axis.lever,
        float(np.mean(early > late)),
        float(np.mean(inside)),
        tuple(float(each) for each in share),
        float(low),
        float(high),
    )


def smoothed(curves: Array) -> Array:
    """Return curves as the parameters may make them, [samples, value], from `curves` [draw, seed, value].

    The covariance over the seeds of one draw is luck; what the draws differ beyond it is the parameters'.
    With one seed luck cannot be told apart and stays in.
    """
    draws, seeds = curves.shape[:2]
    means = curves.mean(axis=1)
    away = curves - means[:, None]
    luck = np.einsum("dkp,dkq->pq", away, away) / max(draws * (seeds - 1), 1) / seeds
    centred = means - means.mean(axis=0)
    total = centred.T @ centred / (draws - 1)
    own = _positive(total - luck)
    gain = own @ np.linalg.pinv(own + luck, hermitian=True)
    centre = means.mean(axis=0) + centred @ gain.T
    left = _positive(own - gain @ own) + (own + luck) / draws
    scale, turn = np.linalg.eigh(left)
    root = turn * np.sqrt(np.maximum(scale, 0.0))
    noise = np.random.default_rng(_SEED).normal(size=(draws, _SAMPLES, curves.shape[-1]))
    sampled: Array = (centre[:, None] + noise @ root.T).reshape(-1, curves.shape[-1])
    return sampled


def _positive(matrix: Array) -> Array:
    """Return the nearest covariance: negative variances become zero."""
    scale, turn = np.linalg.eigh((matrix + matrix.T) / 2.0)
    nearest: Array = (turn * np.maximum(scale, 0.0)) @ turn.T
    return nearest


def _place(path: str) -> str:
    """Return where a problem with a point belongs: a lever by its name."""
    return path.rsplit(".", 1)[-1] if ".levers." in path else path


def _dutch(unit: str) -> str:
    known = {
        "contacts/month": "contacten/maand",
        "EUR/month": "euro/maand",
        "EUR": "euro",
        "months": "maanden",
        "times": "keer",
        "clients/caseworker": "klanten/klantmanager",
        "share of earnings": "deel van de verdiensten",
        "share of the norm": "deel van de norm",
        "share of contacts": "deel van de contacten",
        "inquiries/year": "onderzoeken/jaar",
    }
    return known.get(unit, unit)
