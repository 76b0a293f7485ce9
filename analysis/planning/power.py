"""What a design would show: power for stated effects, smallest effect, people needed, assurance, type S and M, bias.

Counted figures come with the Monte Carlo error of counting; smooth ones use the sampling error of every set of
parameters (whose spread is taken from the trials themselves) and serve the smallest effect, the curves and the search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtr

from analysis.planning.closed import wald_power
from analysis.planning.design import Design, in_points, one_step
from analysis.planning.many import adjusted, boundaries
from analysis.planning.trials import Library

__all__ = ["Counted", "Shown", "Smooth", "found_significant", "shown", "shrunken", "smooth_of", "when"]

Array = npt.NDArray[np.float64]
_DRAWS_OF_BOOTSTRAP = 60
_MOST_PEOPLE = 1e6


@dataclass(frozen=True)
class Counted:
    """A share of trials with its Monte Carlo error; `n` trials, those that could not be estimated left out and told."""

    value: float
    error: float
    n: int


@dataclass(frozen=True)
class Smooth:
    """The sampling error of an estimate by effect and set of parameters.

    Attributes:
        effects: grid of effects in the unit of the outcome, [G].
        sd: reported error at those effects, [K, G]; `factor`: true spread over reported error.
        critical: bound on |estimate / error|.
        people: participants of the size it was measured at.
    """

    effects: Array
    sd: Array
    factor: float
    critical: float
    people: float

    def power(self, effect: npt.ArrayLike, people: float | None = None) -> Array:
        """Return the power for an effect (one, or one per set), [K]; other sizes by the root of n."""
        e = np.broadcast_to(np.asarray(effect, dtype=np.float64), (len(self.sd),))
        scale = 1.0 if people is None else np.sqrt(self.people / people)
        place = np.clip(e, self.effects[0], self.effects[-1])
        above = np.clip(np.searchsorted(self.effects, place), 1, max(len(self.effects) - 1, 1))
        rows, low = np.arange(len(e)), self.effects[above - 1]
        high = self.effects[above] if len(self.effects) > 1 else low + 1.0
        weight = (place - low) / (high - low)
        upper = self.sd[rows, above] if len(self.effects) > 1 else self.sd[rows, 0]
        sd = ((1.0 - weight) * self.sd[rows, above - 1] + weight * upper) * scale
        wide = self.factor * sd
        found: Array = ndtr((e - self.critical * sd) / wide) + ndtr((-e - self.critical * sd) / wide)
        return found

    def mde(self, power: float, people: float | None = None, rows: npt.NDArray[np.int64] | None = None) -> float:
        """Return the smallest effect that is found with `power`, averaged over the sets (`rows` of them)."""
        chosen = self if rows is None else Smooth(self.effects, self.sd[rows], self.factor, self.critical, self.people)
        top = float(chosen.sd.max()) * 12.0 * (1.0 if people is None else np.sqrt(self.people / people))
        if chosen.power(top, people).mean() < power:
            return float("nan")
        return float(brentq(lambda e: chosen.power(e, people).mean() - power, 0.0, top))

    def needed(self, effect: float, power: float) -> float:
        """Return the participants for whom an effect is found with `power`; infinite when none suffice."""
        if effect == 0 or self.power(effect, _MOST_PEOPLE).mean() < power:
            return float("inf")
        return float(brentq(lambda n: self.power(effect, n).mean() - power, 4.0, _MOST_PEOPLE))


@dataclass(frozen=True)
class Shown:
    """What a design shows of one outcome in one month for one arm; effects and errors in points.

    Attributes:
        outcome, month, arm: what.
        people: participants; `analysed`: with an answer, on average.
        level: mean of the control regime; `level_sd`: between sets of parameters.
        size: how often the twin without effect is called significant.
        powers: by stated effect.
        closed: the same by the closed form (NaN where there is none).
        mde, mde_error: smallest effect at the power asked.
        needed: participants for the effect that the decision is about.
        effect, effect_sd: what the model expects, and the spread of what we believe.
        sampling: standard error of the estimate.
        assurance, smooth_assurance: probability of a significant result.
        type_s: share of the significant results with the wrong sign; `type_m`: how far they exaggerate.
        right: how often the estimate leads to the right decision.
        volunteers, volunteers_error: effect among those who sign up minus that in the caseload (NaN: not reckoned).
        missing, missing_error: what answers that are missing do to the estimate.
        failed: trials without an estimate.
    """

    outcome: str
    month: int
    arm: str
    people: int
    analysed: float
    level: float
    level_sd: float
    size: Counted
    powers: Mapping[float, Counted]
    closed: Mapping[float, float]
    mde: float
    mde_error: float
    needed: float
    effect: float
    effect_sd: float
    sampling: float
    assurance: Counted
    smooth_assurance: float
    type_s: Counted
    type_m: float
    right: Counted
    volunteers: float
    volunteers_error: float
    missing: float
    missing_error: float
    failed: int


def shown(
    design: Design, library: Library, caseload: Mapping[tuple[str, int, str], Array] | None = None
) -> list[Shown]:
    """Return what a design shows, for every outcome, month and arm.

    Args:
        design: the design; `library`: the trials of its family.
        caseload: effect in the whole caseload by outcome, month and arm, [K], in units of the outcome.
    """
    found = []
    significant = {world: found_significant(design, library, world) for world in range(2 + len(design.stated))}
    place = _tests(design, library)
    for (reading, month), question in place.items():
        for arm, name in enumerate(design.treatments):
            effects = (caseload or {}).get((design.readings[reading].outcome, month, name))
            found.append(_one(design, library, reading, month, question, arm, significant, effects))
    return found


def found_significant(design: Design, library: Library, world: int) -> dict[tuple[int, int], Array]:
    """Return by (question, treatment) whether each trial is significant, [K, R]; NaN where it has no estimate.

    Args:
        design: its alpha, correction and looks; `library`: the trials.
        world: 0 = the trials, 1 = their twins, 2 and on = the stated effects.
    """
    place = list(_tests(design, library).values())
    sizes = [library.family.size_of(design, look) for look in design.looks or (1.0,)]
    tests = [(question, arm) for question in place for arm in range(len(design.treatments))]
    z = np.stack([np.stack([_z(library, size, q, arm, world) for q, arm in tests], axis=-1) for size in sizes])
    if not design.looks:
        p = adjusted(2.0 * ndtr(-np.abs(z[0])), design.correction)
        return {test: np.where(np.isnan(p[..., n]), np.nan, p[..., n] <= design.alpha) for n, test in enumerate(tests)}
    # With looks each test has its own bounds; several tests share alpha equally (Bonferroni), whatever the correction.
    share = design.alpha if design.correction == "none" else design.alpha / len(tests)
    bounds = boundaries(design.looks, share, design.spending)
    crossed = np.max(np.stack([np.abs(one) >= bound for one, bound in zip(z, bounds, strict=True)]), axis=0)
    last = np.isnan(z[-1])
    return {test: np.where(last[..., n], np.nan, crossed[..., n]) for n, test in enumerate(tests)}


def when(design: Design, library: Library, question: int, arm: int, world: int = 0) -> Array:
    """Return how often a design with looks stops at each of them, [looks]: the first bound that is crossed."""
    bounds = boundaries(design.looks, design.alpha, design.spending)
    stopped = np.zeros(len(design.looks))
    going: npt.NDArray[np.bool_] | None = None
    for number, (look, bound) in enumerate(zip(design.looks, bounds, strict=True)):
        z = np.abs(_z(library, library.family.size_of(design, look), question, arm, world))
        going = np.ones(z.shape, dtype=bool) if going is None else going
        stopped[number] = (going & (z >= bound)).mean()
        going = going & ~(z >= bound)
    return stopped


def smooth_of(design: Design, library: Library, question: int, arm: int) -> Smooth:
    """Return the sampling error of an estimate as a function of the effect, at the size of the design."""
    size = library.family.size_of(design)
    name = library.family.questions[question].outcome
    errors = library.errors[:, :, size, question, arm, :].astype(np.float64)
    estimates = library.estimates[:, :, size, question, arm, 1].astype(np.float64)
    grid = np.array([0.0, *(points / in_points(name) for points in design.stated)])
    order = np.argsort(grid)
    with np.errstate(invalid="ignore"):
        sd = np.sqrt(np.nanmean(errors[:, :, 1:] ** 2, axis=1))[:, order]
        factor = float(np.sqrt(np.nanmean(estimates**2) / np.nanmean(errors[:, :, 1] ** 2)))
    degrees = float(np.nanmedian(library.degrees[:, :, size, question, 1]))
    from scipy.special import stdtrit

    critical = float(stdtrit(degrees, 1.0 - design.alpha / 2.0))
    return Smooth(grid[order], np.maximum(sd, 1e-9), max(factor, 1e-6), critical, float(design.people))


def shrunken(effect: Array, error: Array) -> Array:
    """Return effects with the noise of their estimation taken out of their spread, [K].

    Without it the spread of what we believe, and with it assurance, would be too wide (Jensen).
    """
    noise = float(np.nanmean(error**2)) if np.isfinite(error).any() else 0.0
    spread = float(np.var(effect))
    keep = np.sqrt(max(spread - noise, 0.0) / spread) if spread > 0 else 0.0
    found: Array = effect.mean() + keep * (effect - effect.mean())
    return found


def _one(
    design: Design,
    library: Library,
    reading: int,
    month: int,
    question: int,
    arm: int,
    significant: Mapping[int, Mapping[tuple[int, int], Array]],
    caseload: Array | None,
) -> Shown:
    name = design.readings[reading].outcome
    unit = in_points(name)
    size = library.family.size_of(design)
    estimates = library.estimates[:, :, size, question, arm, :].astype(np.float64)
    test = (question, arm)
    effect = shrunken(library.effect[:, question, arm].astype(np.float64), library.effect_error[:, question, arm])
    smooth = smooth_of(design, library, question, arm)
    hit = significant[0][test] == 1.0
    truth = np.broadcast_to(effect[:, None], hit.shape)
    worth = design.decision.worth / unit
    mine, wrong = estimates[:, :, 0], np.sign(estimates[:, :, 0]) != np.sign(truth)
    known = ~np.isnan(mine)
    exaggeration = float(np.abs(mine[hit]).mean() / np.abs(truth[hit]).mean()) if hit.any() else float("nan")
    rows = np.random.default_rng(design.people).integers(0, len(effect), (_DRAWS_OF_BOOTSTRAP, len(effect)))
    mde = smooth.mde(design.power)
    spread = float(np.std([smooth.mde(design.power, rows=each) for each in rows], ddof=1))
    # The counting error of the power at the smallest effect, as effect: what a bootstrap over sets does not see.
    slope = float(smooth.power(mde * 1.01).mean() - smooth.power(mde * 0.99).mean()) / (0.02 * mde) if mde > 0 else 1.0
    counting = np.sqrt(design.power * (1.0 - design.power) / max(int(known.sum()), 1)) / max(slope, 1e-9)
    difference = np.full(1, np.nan) if caseload is None else effect - caseload
    lost, lost_error = _missing(library, size, question, arm, name, estimates[:, :, 0])
    return Shown(
        outcome=name,
        month=month,
        arm=design.treatments[arm],
        people=design.people,
        analysed=float(library.people[:, :, size, question].mean()),
        level=float(library.share[:, question].mean()) * unit,
        level_sd=float(library.share[:, question].mean(axis=1).std()) * unit,
        size=_share(significant[1][test]),
        powers={points: _share(significant[2 + n][test]) for n, points in enumerate(design.stated)},
        closed={points: _closed(design, library, question, name, points) for points in design.stated},
        mde=mde * unit,
        mde_error=float(np.hypot(spread, counting)) * unit,
        needed=smooth.needed(worth, design.power),
        effect=float(effect.mean()) * unit,
        effect_sd=float(effect.std()) * unit,
        sampling=float(np.sqrt(np.mean(smooth.sd[:, smooth.effects.searchsorted(0.0)] ** 2))) * smooth.factor * unit,
        assurance=_share(significant[0][test]),
        smooth_assurance=float(smooth.power(effect).mean()),
        type_s=_share(np.where(hit, wrong, np.nan)),
        type_m=exaggeration,
        right=_share(np.where(known, (mine >= worth) == (truth >= worth), np.nan)),
        volunteers=float(difference.mean()) * unit,
        volunteers_error=float(difference.std(ddof=1) / np.sqrt(len(difference))) * unit
        if len(difference) > 1
        else np.nan,
        missing=lost * unit,
        missing_error=lost_error * unit,
        failed=int((~known).sum()),
    )


def _missing(library: Library, size: int, question: int, arm: int, name: str, mine: Array) -> tuple[float, float]:
    from analysis.outcomes import outcomes

    if outcomes()[name].source != "survey":
        return 0.0, 0.0
    gap = np.nanmean(mine, axis=1) - library.effect[:, question, arm]
    return float(np.nanmean(gap)), float(np.nanstd(gap) / np.sqrt(len(gap)))


def _closed(design: Design, library: Library, question: int, name: str, points: float) -> float:
    """Return the closed form averaged over the sets' own shares; only for one site, a lot by person and no looks."""
    plain = len(design.sites) == 1 and design.sites[0].lot.by == "person" and not design.looks
    if not plain or not one_step(name) or design.correction != "none":
        return float("nan")
    site = design.sites[0]
    shares = [arm.share for arm in site.arms if not arm.control]
    treated = site.people * shares[0]
    control = site.people * site.arms[site.control].share
    p = library.share[:, question, 0].astype(np.float64)
    return float(wald_power(p, points / 100.0, treated, control, design.alpha).mean())


def _tests(design: Design, library: Library) -> dict[tuple[int, int], int]:
    return {
        (number, month): library.question(reading.outcome, month, reading.specification, reading.errors)
        for number, reading in enumerate(design.readings)
        for month in reading.months
    }


def _z(library: Library, size: int, question: int, arm: int, world: int) -> Array:
    """Return the normal score of the t-test of every trial, [K, R]; NaN without an estimate."""
    estimate = library.estimates[:, :, size, question, arm, world].astype(np.float64)
    error = library.errors[:, :, size, question, arm, world].astype(np.float64)
    degrees = library.degrees[:, :, size, question, world].astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = estimate / np.where(error > 0, error, np.nan)
        z: Array = np.sign(t) * -ndtri(np.maximum(stdtr(degrees, -np.abs(t)), 1e-300))
    return z


def _share(hits: Array) -> Counted:
    """Return the mean of what is known, with the error of counting over sets of parameters and trials."""
    known = ~np.isnan(hits)
    n = int(known.sum())
    if n == 0:
        return Counted(float("nan"), float("nan"), 0)
    value = float(np.where(known, hits, 0.0).sum() / n)
    return Counted(value, float(np.sqrt(max(value * (1.0 - value), 1.0 / n) / n)), n)
