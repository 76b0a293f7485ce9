"""What the headline hangs on: the same fit with figures turned, left out or added, and what it then answers.

The headline is the effect of the headline presets on works over 12 hours at month 24, in a town of the trials and
in one that was not studied. Every variant is a refit on the emulator of the moments: figures on work with their
sign turned, findings on guidance left out, a large trial that was not held, bias terms of another width, a town or
a kind of rows left out, town effects with half or double the spread. A model that can say no moves with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.checks.prior_effects import TREATMENTS, simulated_effects
from calibration.evidence.bias import family_of
from calibration.evidence.ordinal import Reading, read_finding
from calibration.fit.emulator import TownEmulator, fit_town
from calibration.fit.joint import Data, Machinery
from calibration.fit.sampler import diagnose
from calibration.fit.space import POOLED, Space
from calibration.fit.truth import smoothed_weights
from calibration.likelihood.joint import Likelihood, TownLikelihood
from calibration.validation.refits import part_of
from scenarios.execution.processes import Pool, one_thread
from sim.problems import Say

__all__ = [
    "BIAS_WIDTHS",
    "Answer",
    "Headline",
    "Sizes",
    "Variant",
    "answers",
    "guidance_rows",
    "headline_variants",
    "mirrored",
    "spread_reweighed",
    "teach_headline",
    "with_trial",
    "work_rows",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Progress = Callable[[Say, int, int], None]

MEASURE, MONTH = "hours_over_12", 24
# Widths of the bias term on work outcomes at which the headline is shown, in points; the third is the widest of all.
BIAS_WIDTHS = (0.0, 1.5, 3.3, 6.0)
# A trial that was not held: people, effect in points, standard error of a difference of two halves of 2,000.
_LARGE, _EFFECTS, _ERROR = 2000, (-0.08, 0.08), 0.0179
_GUIDANCE = ("intensive", "extra_attention")
_POOLED_ARMS = ("all_arms", "two_treatments", "all_participants", "other_arms")
_BATCH = 16


@dataclass(frozen=True)
class Sizes:
    """How large: sets that teach the headline's emulator, people and seeds of each; draws and warm-up of a refit."""

    sets: int = 384
    people: int = 1500
    seeds: int = 2
    chains: int = 4
    draws: int = 100
    warm: int = 100
    seed: int = 1


@dataclass(frozen=True)
class Headline:
    """The effect of each treatment as a function of the inputs of a town (people and background of `population`).

    `r2` is out of sample, over the sets that taught it.
    """

    space: Space
    population: str
    fitted: TownEmulator

    def effects(self, z: Array, town: str | None) -> Array:
        """Return the effects [K, treatments] in a town of the fit, or in one that was not studied (None)."""
        return self.fitted.predict(_plain_inputs(self.space, z, town))

    @property
    def r2(self) -> Array:
        """Out-of-sample R2 by treatment."""
        return self.fitted.r2


@dataclass(frozen=True)
class Answer:
    """One effect under one posterior, as a share: mean, 90% interval, chance above zero."""

    treatment: str
    town: str
    mean: float
    sd: float
    low: float
    high: float
    above: float


@dataclass(frozen=True)
class Variant:
    """The answers of one refit; `rhat` is the largest of the responses, `k_hat` of weights where those were used."""

    name: str
    text: Say
    answers: tuple[Answer, ...]
    rhat: float = float("nan")
    k_hat: float = float("nan")

    def of(self, treatment: str, town: str) -> Answer:
        """Return one answer."""
        return next(each for each in self.answers if (each.treatment, each.town) == (treatment, town))


def teach_headline(core: Machinery, draws: Array, sizes: Sizes, pool: Pool, population: str = "nijmegen") -> Headline:
    """Return the emulator of the headline: half of its sets from the prior, half from `draws` of the posterior."""
    space = core.space
    rng = np.random.default_rng(sizes.seed)
    half = sizes.sets // 2
    wide = rng.standard_normal((half, space.dimension))
    near = draws[rng.integers(len(draws), size=sizes.sets - half)]
    z = np.vstack([wide, near])
    towns = [*core.targets.towns, None]
    inputs = np.vstack(
        [_plain_inputs(space, z[k : k + 1], towns[k % len(towns)]) for k in range(len(z))]
    )  # all towns teach one function of the inputs
    tasks: list[tuple[Callable[..., Array], tuple[object, ...]]] = [
        (_effects, (space.values(inputs[first : first + _BATCH]), population, sizes.people, sizes.seeds))
        for first in range(0, len(z), _BATCH)
    ]
    values = np.empty((len(z), len(TREATMENTS)))
    for number, found in pool.run(tasks):
        values[number * _BATCH : (number + 1) * _BATCH] = found
    batch = np.arange(len(z), dtype=np.int64) // _BATCH
    with one_thread():
        fitted = fit_town(inputs, values, batch, space.curved, np.zeros(len(TREATMENTS)), None)
    return Headline(space, population, fitted)


def answers(
    headline: Headline, z: Array, towns: Sequence[str | None], weights: Array | None = None
) -> tuple[Answer, ...]:
    """Return every treatment's effect in every town under draws [S, D] (equally likely, or with weights)."""
    share = np.full(len(z), 1.0 / len(z)) if weights is None else weights
    found = []
    for town in towns:
        effects = headline.effects(z, town)
        for column, treatment in enumerate(TREATMENTS):
            values = effects[:, column]
            order = np.argsort(values)
            below = np.cumsum(share[order])
            low, high = (float(values[order][np.searchsorted(below, level)]) for level in (0.05, 0.95))
            mean = float(share @ values)
            sd = float(np.sqrt(share @ np.square(values - mean)))
            found.append(Answer(treatment, town or "new", mean, sd, low, high, float(share @ (values > 0))))
    return tuple(found)


def work_rows(core: Machinery) -> Mask:
    """Return which rows are effects of a treatment on work."""
    return np.array(
        [
            role == "effect" and family_of(row.outcome) in ("work", "contract")
            for row, role in zip(core.targets.rows, core.targets.roles, strict=True)
        ]
    )


def guidance_rows(core: Machinery) -> Mask:
    """Return which rows are effects of guidance: one side of the contrast is an arm with it, or pools one."""
    marks = (*_GUIDANCE, *_POOLED_ARMS)
    return np.array(
        [
            role == "effect" and any(mark in name for mark in marks for name in (row.arm, row.comparator))
            for row, role in zip(core.targets.rows, core.targets.roles, strict=True)
        ]
    )


def mirrored(core: Machinery, rows: Mask) -> Data:
    """Return the published figures with the sign of these rows turned, in numbers and in words."""
    y = core.targets.observed.copy()
    y[rows] *= -1.0
    readings: dict[str, Reading | None] = {}
    for row, turned in zip(core.targets.rows, rows, strict=True):
        if row.kind != "ordinal":
            continue
        told = read_finding(row)
        if told is not None and turned:
            told = Reading(-told.high, -told.low, told.truth)
        readings[row.id] = told
    return Data(y, readings)


def with_trial(core: Machinery, likelihood: Likelihood, row: int, effect: float, error: float) -> Likelihood:
    """Return the likelihood with a trial more: an effect with its error on what `row` is about, without a bias."""
    spread = float(np.hypot(error, core.emulator.error_sd[row]))
    none = np.zeros(0)
    extra = TownLikelihood(
        at=np.array([row]),
        numbers=1,
        y=np.array([effect]),
        d0=np.array([spread]),
        log_sd=np.zeros(1),
        score=np.array([-1]),
        factor=np.eye(1),
        inverse=np.eye(1),
        lower=none,
        upper=none,
        truth=none,
        counted=np.zeros(0, dtype=np.int64),
        count=none,
        people=none,
    )
    # Its people are others, whom no imbalance touches: the bias of the row is taken off the moment again.
    return replace(likelihood, towns={**likelihood.towns, "a trial more": _Unbiased(extra, likelihood, row)})


class _Unbiased(TownLikelihood):
    """One row whose moment is not shifted by the bias of the row it was taken from."""

    def __init__(self, each: TownLikelihood, likelihood: Likelihood, row: int) -> None:
        for name in TownLikelihood.__dataclass_fields__:
            object.__setattr__(self, name, getattr(each, name))
        object.__setattr__(self, "shift", (likelihood.bias_at, likelihood.bias[:, row]))

    shift: tuple[NDArray[np.int64], Array]

    def _own(self, means: Array, z: Array) -> Array:
        own = means.copy()
        own[:, self.at] -= (z[:, self.shift[0]] @ self.shift[1])[:, None]
        return own

    def residuals(self, means: Array, z: Array) -> tuple[Array, Array]:
        return super().residuals(self._own(means, z), z)

    def gradient(self, means: Array, z: Array) -> tuple[Array, Array]:
        in_means, in_z = super().gradient(means, z)
        in_z[:, self.shift[0]] -= in_means[:, self.at] * self.shift[1]
        return in_means, in_z


def _with_bias(likelihood: Likelihood, core: Machinery, width: float) -> Likelihood:
    """Return the likelihood with every bias on work outcomes this wide."""
    bias = likelihood.bias.copy()
    names = {at: name for name, at in core.space.index.items()}
    for number, at in enumerate(likelihood.bias_at):
        name = names[int(at)].removeprefix("bias.")
        if name in core.space.biases and name.endswith(".work"):
            bias[number] *= width / core.space.biases[name]
    return replace(likelihood, bias=bias)


def spread_reweighed(space: Space, z: Array, factor: float) -> tuple[Array, float]:
    """Return weights of draws under spreads between towns of `factor` times the scale, and their k-hat."""
    total = np.zeros(len(z))
    for name in POOLED:
        if name.startswith("response."):
            tau = space.spread(z, name) / POOLED[name]
            total += 0.5 * np.square(tau) * (1.0 - 1.0 / factor**2) - np.log(factor)
    return smoothed_weights(total)


def headline_variants(
    core: Machinery,
    headline: Headline,
    draws: Array,
    *,
    town: str = "nijmegen",
    sizes: Sizes | None = None,
    names: Sequence[str] = (),
    pool: Pool | None = None,
    progress: Progress | None = None,
) -> tuple[Variant, ...]:
    """Return the headline under the fit and under every variant of it (those of `names` only, when given).

    Args:
        core: machinery of the fit.
        headline: of `teach_headline`.
        draws: of the posterior [S, D].
        town: a town of the fit, beside one that was not studied.
        sizes: of the refits.
        names: which variants.
        pool: processes; one refit is one task.
        progress: called with (what, done, all).
    """
    size = sizes or Sizes()
    towns = [town, None]
    rng = np.random.default_rng(size.seed)
    wide = rng.standard_normal((2000, core.space.dimension))
    found = [
        Variant("prior", Say("no rows: the prior", "geen rijen: de prior"), answers(headline, wide, towns)),
        Variant("fit", Say("the fit", "de fit"), answers(headline, draws, towns)),
    ]
    for factor, en, nl in ((0.5, "half", "half"), (2.0, "double", "dubbel")):
        weights, k_hat = spread_reweighed(core.space, draws, factor)
        text = Say(f"{en} the spread between towns (weights)", f"{nl} zoveel spreiding tussen gemeenten (gewichten)")
        found.append(Variant(f"tau_{en}", text, answers(headline, draws, towns, weights), k_hat=k_hat))
    made = _likelihoods(core, town)
    chosen = {name: each for name, each in made.items() if not names or name in names}
    tasks: list[tuple[Callable[..., tuple[Array, float]], tuple[object, ...]]] = [
        (_refitted, (machinery, likelihood(), size)) for _, machinery, likelihood in chosen.values()
    ]
    made_of: dict[int, tuple[Array, float]] = {}
    for number, result in (pool or Pool(1)).run(tasks):
        made_of[number] = result
        if progress:
            progress(Say("refits", "herfits"), len(made_of), len(tasks))
    for number, (name, (text, _, _)) in enumerate(chosen.items()):
        z, rhat = made_of[number]
        found.append(Variant(name, text, answers(headline, z, towns), rhat))
    return tuple(found)


def _refitted(machinery: Machinery, likelihood: Likelihood, size: Sizes) -> tuple[Array, float]:
    chains = machinery.sample(likelihood, draws=size.draws, warm=size.warm, chains=size.chains, seed=size.seed)
    look = np.array([at for label, at in machinery.space.index.items() if label.startswith("response.")])
    return chains.flat(), float(diagnose(chains, look)["rhat"][:-1].max())


_Made = tuple[Say, Machinery, Callable[[], Likelihood]]


def _likelihoods(core: Machinery, town: str) -> Mapping[str, _Made]:
    targets = core.targets
    work, guidance = work_rows(core), guidance_rows(core)
    uses = np.array([row.use for row in targets.rows])
    of = np.array(targets.of)
    whole = core.likelihood()
    turned = core.likelihood(mirrored(core, work))
    made: dict[str, _Made] = {
        "mirrored": (
            Say("every finding on work turned round", "elke bevinding over werk omgedraaid"),
            core,
            lambda: turned,
        )
    }

    def without(name: str, text: Say, gone: Mask) -> None:
        if gone.any() and not gone.all():
            part = part_of(core, ~gone)
            made[name] = (text, part.core, lambda: part.likelihood)

    without("no_guidance", Say("without findings on guidance", "zonder bevindingen over begeleiding"), guidance)
    control = targets.designs[town].control if town in targets.designs else None
    rows = [
        place
        for place in np.flatnonzero(work & guidance & (of == town))
        if control is not None
        and targets.rows[place].comparator == control.name
        and targets.rows[place].outcome in ("hours_gt_12", "hours_gt_8")
    ]
    for effect in _EFFECTS if rows else ():
        sign = f"{100 * effect:+.0f}"
        text = Say(
            f"and a trial of {_LARGE} people in {town} that finds {sign} points",
            f"en een proef met {_LARGE} mensen in {town} die {sign} procentpunt vindt",
        )
        made[f"trial_{sign}"] = (text, core, _trial(core, whole, int(rows[0]), effect))
    for width in BIAS_WIDTHS:
        text = Say(f"bias terms of {width:g} points", f"biastermen van {width:g} procentpunt")
        made[f"bias_{width:g}"] = (text, core, _biased(core, whole, width / 100.0))
    for name in targets.towns:
        without(f"without_{name}", Say(f"without {name}", f"zonder {name}"), of == name)
    for use in dict.fromkeys(uses):
        without(f"without_{use}", Say(f"without rows of {use}", f"zonder rijen van {use}"), uses == use)
    for use in ("causal_itt", "survey_panel", "ordinal", "selection_contrast"):
        mine = (of == town) & (uses == use)
        without(f"without_{town}_{use}", Say(f"without {town}: {use}", f"zonder {town}: {use}"), mine)
    negative = work & np.array([_negative(each) for each in targets.rows])
    without("without_negative", Say("without negative findings on work", "zonder negatieve werkbevindingen"), negative)
    return made


def _negative(row: object) -> bool:
    from calibration.evidence.schema import Row

    assert isinstance(row, Row)
    if row.kind == "ordinal":
        told = read_finding(row)
        return told is not None and told.high <= 0.0
    return row.estimate is not None and row.estimate < 0.0


def _trial(core: Machinery, whole: Likelihood, row: int, effect: float) -> Callable[[], Likelihood]:
    return lambda: with_trial(core, whole, row, effect, _ERROR)


def _biased(core: Machinery, whole: Likelihood, width: float) -> Callable[[], Likelihood]:
    return lambda: _with_bias(whole, core, width)


def _plain_inputs(space: Space, z: Array, town: str | None) -> Array:
    """Return the inputs that all towns have: the headline's levers stand as they are written."""
    return np.asarray(space.inputs(z, town)[:, : len(space.input_names)])


def _effects(values: Array, population: str, people: int, seeds: int) -> Array:
    found = simulated_effects(
        values, population=population, people=people, seeds=seeds, month=MONTH, measures=(MEASURE,)
    )
    return np.asarray(found.mean(axis=1)[:, :, 0])
