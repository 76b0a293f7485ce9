"""Trials of designs, estimated and kept: per trial, outcome, month, arm and size the estimate and its error.

Designs that differ in numbers of people only (or in what is asked of the same trials) are one *family*: one
simulation of the largest serves all. A task is a few sets of parameters of one family; its numbers depend on nothing
else, and it is kept on disk by the hash of everything that can change them, so that another alpha, correction,
threshold or one of `STANDARD` simulates nothing anew and a stopped plan goes on.

*Stated effects* are imposed on the twin (all arms under the control regime): of a share, a zero becomes a one with
chance e / (1 - p), p being the share among the other trials of the same parameters. The share of the trial's own
control group would tie the effect to that group's luck.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from analysis.estimators.batch import Batch, least_squares
from analysis.estimators.clusters import FEW, cr2
from analysis.estimators.specifications import CATEGORIES, covariates_of
from analysis.outcomes import outcomes
from analysis.planning.design import Design, one_step
from scenarios.description.parameter_source import Drawn
from scenarios.execution.processes import Pool
from sim.engine.kernel import warm
from sim.random_numbers import stream, uniform
from sim.trial.planned import Site, SiteTrials, simulate_site

__all__ = ["STANDARD", "Family", "Library", "Question", "estimated", "families_of", "simulate_families"]

Array = npt.NDArray[np.float64]
# Register outcomes that are always estimated: who asks for them later gets them from what was kept.
STANDARD = ("exit_work_ever", "exit_any_ever", "hours_gt_8", "hours_gt_12", "earnings_gt_70pct_wml", "on_benefit")
# Sizes of the curves, as shares of the largest.
_SIZES = (0.25, 0.5, 0.75, 1.0)
_TOGETHER = 8
_SMALLEST = 8


@dataclass(frozen=True, order=True)
class Question:
    """One thing that is estimated in every trial."""

    outcome: str
    month: int
    specification: str
    errors: str


@dataclass(frozen=True)
class Family:
    """Designs of the same trials: sites at their largest, sizes (people by site), questions, effects in points."""

    sites: tuple[Site, ...]
    sizes: tuple[tuple[int, ...], ...]
    questions: tuple[Question, ...]
    stated: tuple[float, ...]
    trials: int
    seed: int

    @property
    def treatments(self) -> tuple[str, ...]:
        """Arms that are compared with the control group."""
        return tuple(arm.name for arm in self.sites[0].arms if not arm.control)

    def size_of(self, design: Design, share: float = 1.0) -> int:
        """Return the place of the size of a design, or of its first `share` of the people."""
        return self.sizes.index(_size([site.people for site in design.sites], share))


@dataclass(frozen=True)
class Library:
    """What the trials of a family found: K sets of parameters, R trials each.

    Attributes:
        estimates, errors: [K, R, sizes, questions, treatments, 2 + stated]: of the trial, of its twin, of the twin with
            each stated effect imposed.
        degrees: [K, R, sizes, questions, 2 + stated]; `people`: analysed, [K, R, sizes, questions].
        share: mean of the twin, [K, questions, sites]; `spread`: its variance between people, same shape.
        effect: paired difference between trial and twin of those in the arm, answers that go missing included,
            [K, questions, treatments]; `effect_error`: its Monte Carlo error.
    """

    family: Family
    estimates: Array
    errors: Array
    degrees: Array
    people: Array
    share: Array
    spread: Array
    effect: Array
    effect_error: Array

    def question(self, outcome: str, month: int, specification: str = "raw", errors: str = "hc2") -> int:
        """Return the place of a question."""
        return self.family.questions.index(Question(outcome, month, specification, errors))


def families_of(designs: Sequence[Design], trials: int, seed: int) -> tuple[list[Family], list[int]]:
    """Return the families, and the family of each design."""
    keys: list[tuple[object, ...]] = []
    members: list[list[Design]] = []
    place = []
    for one in designs:
        key = (tuple(replace(site, people=0) for site in one.sites), one.stated)
        if key not in keys:
            keys.append(key)
            members.append([])
        place.append(keys.index(key))
        members[place[-1]].append(one)
    return [_family(group, trials, seed) for group in members], place


def _family(designs: Sequence[Design], trials: int, seed: int) -> Family:
    counts = np.array([[site.people for site in one.sites] for one in designs])
    most = counts.max(axis=0)
    sizes = {_size(most, share) for share in _SIZES}
    for one, row in zip(designs, counts, strict=True):
        sizes |= {_size(row, share) for share in (1.0, *one.looks)}
    questions = set()
    for one in designs:
        for reading in one.readings:
            for month in reading.months:
                questions.add(Question(reading.outcome, month, reading.specification, reading.errors))
                # Errors of clusters are dear, and without clusters they say nothing: only what is asked.
                if one.sites[0].lot.by == "person":
                    questions |= {Question(name, month, "raw", "hc2") for name in STANDARD}
    sites = tuple(replace(site, people=int(n)) for site, n in zip(designs[0].sites, most, strict=True))
    return Family(sites, tuple(sorted(sizes)), tuple(sorted(questions)), designs[0].stated, trials, seed)


def _size(people: Sequence[int] | npt.NDArray[np.int64], share: float) -> tuple[int, ...]:
    return tuple(max(_SMALLEST, int(np.ceil(share * n))) for n in people)


def simulate_families(
    families: Sequence[Family],
    drawn: Sequence[Sequence[Drawn]],
    *,
    folder: Path | None,
    code: str,
    pool: Pool,
    progress: Callable[[int, int], None] | None = None,
) -> list[Library]:
    """Return the libraries of all families; tasks that are kept in `folder` are not simulated again.

    Args:
        families: what to simulate.
        drawn: per family and site, the sets of parameters, K each.
        folder: where tasks are kept; None = nowhere.
        code: hash of the program, so that another version keeps its own.
        pool: processes.
        progress: called with (tasks done, tasks); it may raise to cancel.
    """
    tasks, where = [], []
    found: dict[tuple[int, int], dict[str, Array]] = {}
    firsts: list[list[int]] = []
    for number, (family, sets) in enumerate(zip(families, drawn, strict=True)):
        many = len(sets[0].parameters)
        firsts.append(list(range(0, many, _TOGETHER)))
        for first in firsts[-1]:
            last = min(first + _TOGETHER, many)
            parts = tuple(
                Drawn(one.parameters[first:last], {k: v[first:last] for k, v in one.places.items()}) for one in sets
            )
            path = None if folder is None else folder / f"{_digest(family, parts, first, code)}.npz"
            kept = None if path is None else _kept(path)
            if kept is None:
                tasks.append((_task, (family, parts, first)))
                where.append((number, first, path))
            else:
                found[number, first] = kept
    if tasks:
        warm()  # compiled before the first trial: interpreted ones are fifty times slower
    whole = sum(map(len, firsts))
    if progress is not None:
        progress(len(found), whole)
    for task, result in pool.run(tasks):
        number, first, path = where[task]
        if path is not None:
            _keep(path, result)
        found[number, first] = result
        if progress is not None:
            progress(len(found), whole)
    return [
        Library(
            family,
            **{name: np.concatenate([found[number, first][name] for first in firsts[number]]) for name in _NAMES},
        )
        for number, family in enumerate(families)
    ]


_NAMES = ("estimates", "errors", "degrees", "people", "share", "spread", "effect", "effect_error")


def _task(family: Family, drawn: tuple[Drawn, ...], first: int) -> dict[str, Array]:
    rows = []
    for number in range(len(drawn[0].parameters)):
        parameters = [(one.parameters[number], {k: float(v[number]) for k, v in one.places.items()}) for one in drawn]
        rows.append(_draw(family, parameters, first + number))
    # Single precision: seven digits of an estimate are more than its error needs, at half the room.
    return {name: np.stack([row[name] for row in rows]).astype(np.float32) for name in _NAMES}


def _draw(family: Family, parameters: Sequence[tuple[Array, Mapping[str, float]]], draw: int) -> dict[str, Array]:
    known = outcomes()
    measures: list[str] = []
    asked: list[str] = []
    for question in family.questions:
        outcome = known[question.outcome]
        if outcome.source == "survey":
            asked += outcome.parts
        else:
            measures += [*outcome.parts, *(["wage_work"] if outcome.wage_only else [])]
    months = tuple(sorted({question.month for question in family.questions}))
    sites = []
    seen: dict[str, int] = {}
    for site, (vector, place) in zip(family.sites, parameters, strict=True):
        before = seen.get(site.town.eligible, 0)
        seen[site.town.eligible] = before + 1
        sites.append(
            simulate_site(
                site,
                vector,
                place,
                seed=family.seed,
                draw=draw,
                trials=family.trials,
                months=months,
                measures=tuple(dict.fromkeys(measures)),
                survey_items=tuple(dict.fromkeys(asked)),
                sites_before=before,
            )
        )
    return estimated(family, sites, draw)


def estimated(family: Family, sites: Sequence[SiteTrials], draw: int) -> dict[str, Array]:
    """Return the estimates of the trials of one set of parameters (see `Library`, without K)."""
    questions, treatments = family.questions, len(family.treatments)
    worlds = 2 + len(family.stated)
    r, z, q = family.trials, len(family.sizes), len(questions)
    out = {
        "estimates": np.full((r, z, q, treatments, worlds), np.nan),
        "errors": np.full((r, z, q, treatments, worlds), np.nan),
        "degrees": np.full((r, z, q, worlds), np.nan),
        "people": np.zeros((r, z, q)),
        "share": np.full((q, len(sites)), np.nan),
        "spread": np.full((q, len(sites)), np.nan),
        "effect": np.full((q, treatments), np.nan),
        "effect_error": np.full((q, treatments), np.nan),
    }
    place = _places(family)
    values, base = [], []
    for question in questions:
        each = [_values(one, question, site) for one, site in zip(sites, family.sites, strict=True)]
        stated = [
            _imposed(twin, one, site_place, question.outcome, family.stated, family.seed, draw, number)
            for number, ((_, twin, _, _), one, site_place) in enumerate(zip(each, sites, place, strict=True))
        ]
        # [worlds, trials, people of all sites]
        values.append(np.concatenate([np.stack([w[0], w[1], *s]) for w, s in zip(each, stated, strict=True)], axis=2))
        base.append(each)
    base_values = [None if e[0][3] is None else np.concatenate([w[3] for w in e], axis=1) for e in base]
    for number, each in enumerate(base):
        _truths(out, number, each, sites, place)
    starts = np.cumsum([0, *(site.people for site in family.sites)])
    for size, people in enumerate(family.sizes):
        rows = np.concatenate([start + np.arange(n) for start, n in zip(starts, people, strict=False)])
        groups: dict[tuple[str, str, int], list[int]] = {}
        for number, question in enumerate(questions):
            own = number if base_values[number] is not None else -1
            groups.setdefault((question.specification, question.errors, own), []).append(number)
        for (specification, errors, own), members in groups.items():
            extra = None if own == -1 else base_values[own]
            x = _regressors(family, sites, specification, place, extra)[:, rows]
            y = np.stack([values[member][:, :, rows] for member in members], axis=-1)  # [worlds, r, n, members]
            y = np.moveaxis(y, 0, -1).reshape(r, len(rows), -1)
            cluster = _clusters(family, sites)[:, rows] if errors == "cluster" else None
            found = _solved(x, y, treatments, errors, cluster)
            shape = (r, len(members), worlds)
            for target, values_of in (("estimates", found.values), ("errors", found.errors)):
                out[target][:, size, members] = np.moveaxis(values_of.reshape(*shape, treatments), 2, 3)
            out["degrees"][:, size, members] = found.degrees.reshape(shape)
            out["people"][:, size, members] = found.n.reshape(shape)[:, :, 0]
    return out


def _solved(x: Array, y: Array, wanted: int, errors: str, groups: npt.NDArray[np.int64] | None) -> Batch:
    if errors != "cluster" or groups is None:
        return least_squares(x, y, np.arange(wanted), errors="hc2" if errors == "hc2" else "classical")
    if int(groups.max()) + 1 >= FEW:
        return least_squares(x, y, np.arange(wanted), errors="cluster", groups=groups)
    found = least_squares(x, y, np.arange(wanted))
    spread, degrees = np.full(found.values.shape, np.nan), np.full(found.degrees.shape, np.nan)
    for trial in range(len(x)):
        z = np.column_stack([np.ones(x.shape[1]), x[trial]])
        for column in range(y.shape[2]):
            rows = ~np.isnan(y[trial, :, column])
            for arm in range(wanted):
                error, free = cr2(y[trial, rows, column], z[rows], groups[trial, rows], 1 + arm)
                spread[trial, column, arm], degrees[trial, column] = (error, free) if error > 0 else (np.nan, free)
    return Batch(found.values, spread, found.n, degrees)


def _places(family: Family) -> list[npt.NDArray[np.int64]]:
    """Return per site the number of the treatment of each arm, -1 for the control group."""
    found = []
    for site in family.sites:
        order = {name: number for number, name in enumerate(family.treatments)}
        found.append(np.array([-1 if arm.control else order[arm.name] for arm in site.arms], dtype=np.int64))
    return found


def _values(
    trials: SiteTrials, question: Question, site: Site
) -> tuple[Array, Array, tuple[Array, Array] | None, Array | None]:
    """Return the outcome of the trial and of its twin, [trials, people], all answers, and the answer at the start."""
    outcome = outcomes()[question.outcome]
    if outcome.source == "survey":
        wave, parts = site.surveys.index(question.month), outcome.parts

        def asked(table: Mapping[str, Array], at: int) -> Array:
            total: Array = sum((weight * table[name][at] for name, weight in parts.items()), np.zeros(1))
            return total

        base = asked(trials.survey, 0) if question.month > 0 else None
        everybody = (asked(trials.survey_all, wave), asked(trials.survey_all_twin, wave))
        return asked(trials.survey, wave), asked(trials.survey_twin, wave), everybody, base
    month = trials.months.index(question.month)

    def register(table: Mapping[str, Array]) -> Array:
        total: Array = sum((weight * table[name][month] for name, weight in outcome.parts.items()), np.zeros(1))
        return total * table["wage_work"][month] if outcome.wage_only else total

    return register(trials.register), register(trials.register_twin), None, None


def _truths(
    out: dict[str, Array],
    number: int,
    each: Sequence[tuple[Array, Array, tuple[Array, Array] | None, Array | None]],
    sites: Sequence[SiteTrials],
    place: Sequence[npt.NDArray[np.int64]],
) -> None:
    """Write means and variances of the twin by site, and the paired effect of each treatment over all sites."""
    for site, (_, twin, everybody, _) in enumerate(each):
        whole = twin if everybody is None else everybody[1]
        out["share"][number, site], out["spread"][number, site] = np.nanmean(whole), np.nanvar(whole)
    for arm in range(out["effect"].shape[1]):
        means = []
        for (mine, twin, everybody, _), trials, places in zip(each, sites, place, strict=True):
            first, second = (mine, twin) if everybody is None else everybody
            there = places[trials.arm] == arm
            means.append((np.where(there, first - second, 0.0).sum(axis=1), there.sum(axis=1)))
        total = np.sum([one for one, _ in means], axis=0) / np.sum([n for _, n in means], axis=0)
        out["effect"][number, arm] = total.mean()
        out["effect_error"][number, arm] = total.std(ddof=1) / np.sqrt(len(total)) if len(total) > 1 else np.nan


def _imposed(
    twin: Array,
    trials: SiteTrials,
    place: npt.NDArray[np.int64],
    name: str,
    stated: Sequence[float],
    seed: int,
    draw: int,
    site: int,
) -> list[Array]:
    """Return the twin with each effect (points) imposed on all treatments."""
    treated = place[trials.arm] >= 0
    if not one_step(name):
        return [np.where(treated, twin + effect, twin) for effect in stated]
    drawn = uniform(stream("stated effect", seed, site, draw), "stated_effect", 0, trials.person.ravel()).reshape(
        twin.shape
    )
    known = ~np.isnan(twin)
    ones, count = np.where(known, twin, 0.0).sum(axis=1), known.sum(axis=1)
    others = count.sum() - count
    share = (ones.sum() - ones) / np.maximum(others, 1) if len(twin) > 1 else np.full(1, ones.sum() / count.sum())
    found = []
    for points in stated:
        effect = points / 100.0
        if effect >= 0:
            chance = np.clip(effect / np.maximum(1.0 - share, 1e-9), 0.0, 1.0)[:, None]
            found.append(np.where(treated & (twin == 0.0) & (drawn < chance), 1.0, twin))
        else:
            chance = np.clip(-effect / np.maximum(share, 1e-9), 0.0, 1.0)[:, None]
            found.append(np.where(treated & (twin == 1.0) & (drawn < chance), 0.0, twin))
    return found


def _regressors(
    family: Family,
    sites: Sequence[SiteTrials],
    specification: str,
    place: Sequence[npt.NDArray[np.int64]],
    base: Array | None,
) -> Array:
    """Return regressors without constant, [trials, people, k]: treatments, sites, strata, covariates, first answer."""
    columns = []
    number = np.concatenate([places[one.arm] for one, places in zip(sites, place, strict=True)], axis=1)
    columns += [(number == arm).astype(np.float64) for arm in range(len(family.treatments))]
    where = np.repeat(np.arange(len(sites)), [site.people for site in family.sites])
    columns += [np.broadcast_to((where == site).astype(np.float64), number.shape) for site in range(1, len(sites))]
    names = [name for name in sites[0].covariates if name.startswith("stratum")]
    names += [name for name in covariates_of(specification) if name in sites[0].covariates]
    for name in names:
        values = np.concatenate([one.covariates[name] for one in sites], axis=1)
        if name in CATEGORIES:
            columns += [(values == level).astype(np.float64) for level in np.unique(values)[1:]]
        elif np.ptp(values) > 0:
            columns.append(values)
    if base is not None:
        known = ~np.isnan(base)
        mean = np.where(known, base, 0.0).sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
        columns += [np.where(known, base, mean), (~known).astype(np.float64)]
    return np.stack(columns, axis=2)


def _clusters(family: Family, sites: Sequence[SiteTrials]) -> npt.NDArray[np.int64]:
    found, before = [], 0
    for site, one in zip(family.sites, sites, strict=True):
        found.append(one.cluster + before)
        before += site.lot.clusters if site.lot.by != "person" else site.people
    return np.concatenate(found, axis=1)


def _digest(family: Family, drawn: Sequence[Drawn], first: int, code: str) -> str:
    text = hashlib.sha256(f"{code}|{first}|{family!r}".encode())
    for one in drawn:
        text.update(np.ascontiguousarray(one.parameters).tobytes())
        for name in sorted(one.places):
            text.update(name.encode() + np.ascontiguousarray(one.places[name]).tobytes())
    return text.hexdigest()[:32]


def _kept(path: Path) -> dict[str, Array] | None:
    """Return a kept task; None when there is none, or half of one."""
    try:
        with np.load(path) as data:
            return {name: data[name] for name in _NAMES}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):  # a broken archive is simulated again
        return None


def _keep(path: Path, result: Mapping[str, Array]) -> None:
    from sim.files import write_whole

    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **result)  # type: ignore[arg-type]
    write_whole(path, buffer.getvalue())
