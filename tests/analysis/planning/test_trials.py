"""Simulated power against the closed form averaged over the draws' own shares; size of the tests; sizes in one run."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from analysis.planning.closed import wald_power
from analysis.planning.design import Design, Reading
from analysis.planning.file import read_plan
from analysis.planning.lengths import lengths, pair_of
from analysis.planning.power import found_significant, shown
from analysis.planning.protocol import protocol_text
from analysis.planning.trials import Library, families_of, simulate_families
from scenarios.description.parameter_source import Drawn
from scenarios.execution.processes import Pool
from sim.parameters import draw_priors
from sim.problems import Say
from sim.trial.clusters import Lot

_LABEL = Say("not calibrated", "niet gekalibreerd")
_DRAWS, _TRIALS = 120, 5


@lru_cache(maxsize=1)
def _design() -> Design:
    (one,) = read_plan(Path("plans/nijmegen_as_run.toml"))
    arms = (replace(one.sites[0].arms[1], share=0.5), replace(one.sites[0].arms[2], share=0.5))
    site = replace(one.sites[0], arms=arms, people=200, follow_up=24)
    readings = (Reading("exit_work_ever", (12, 24)), Reading("hours_gt_12", (24,), "loep"))
    return replace(one, sites=(site,), readings=readings, decision=replace(one.decision, month=24))


def _simulate(
    designs: list[Design], draws: int = _DRAWS, workers: int = 1, folder: Path | None = None
) -> list[Library]:
    families, place = families_of(designs, _TRIALS, 7)
    drawn = [[Drawn(draw_priors(draws, 1), {})] * len(family.sites) for family in families]
    with Pool(workers) as pool:
        found = simulate_families(families, drawn, folder=folder, code="test", pool=pool)
    return [found[number] for number in place]


@lru_cache(maxsize=1)
def _library() -> Library:
    return _simulate([_design()])[0]


@pytest.mark.long
def test_power_is_that_of_the_closed_form_and_a_wrong_size_is_caught() -> None:
    design, library = _design(), _library()
    n = _DRAWS * _TRIALS
    worst, caught = 0.0, 0.0
    for month in (12, 24):
        question = library.question("exit_work_ever", month)
        p = library.share[:, question, 0].astype(float)
        for size in [number for number, one in enumerate(library.family.sizes) if one[0] in (100, 150, 200)]:
            people = library.family.sizes[size][0] / 2
            for number, points in enumerate(design.stated):
                t = (
                    library.estimates[:, :, size, question, 0, 2 + number]
                    / library.errors[:, :, size, question, 0, 2 + number]
                )
                power = (np.abs(t) > 1.97).mean()
                for kept, factor in ((True, 1.0), (False, 1.2)):
                    closed = float(wald_power(p, points / 100, factor * people, factor * people).mean())
                    error = np.sqrt(max(closed * (1 - closed), 0.25 / n) / n)
                    away = abs(power - closed) / error
                    worst = max(worst, away) if kept else worst
                    caught = caught if kept else max(caught, away)
    # 24 comparisons, of which the largest of independent normal scores passes 3.5 once in ninety times.
    assert worst < 3.5
    assert caught > 4.5


@pytest.mark.long
def test_without_effect_a_test_is_wrong_as_often_as_it_says() -> None:
    design, library = _design(), _library()
    n = _DRAWS * _TRIALS
    for hits in found_significant(design, library, 1).values():
        assert np.nanmean(hits) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / n))
    lot = replace(design, sites=(replace(design.sites[0], lot=Lot("caseworker", 12)),))
    lot = replace(lot, readings=(Reading("exit_work_ever", (24,), "raw", "cluster"),), stated=(10.0,))
    found = _simulate([lot], draws=40)[0]
    hits = found_significant(lot, found, 1)
    for each in hits.values():
        assert np.nanmean(each) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 200))


def test_the_effect_is_not_tied_to_the_luck_of_the_control_group() -> None:
    """The trap: an effect imposed at the rate of the trial's own control group makes the estimate too sharp."""
    library = _library()
    question = library.question("exit_work_ever", 24)
    size = len(library.family.sizes) - 1
    estimates = library.estimates[:, :, size, question, 0, :].astype(float)
    for number, points in enumerate(_design().stated):
        mean = (estimates[:, :, 2 + number] - estimates[:, :, 1]).mean()
        assert mean == pytest.approx(points / 100, abs=0.004)


def test_any_number_of_workers_and_a_second_call_give_the_same_bits(tmp_path: Path) -> None:
    design = replace(_design(), sites=(replace(_design().sites[0], people=60),))
    one, two = _simulate([design], draws=20)[0], _simulate([design], draws=20, workers=2, folder=tmp_path)[0]
    kept = sorted(tmp_path.glob("*.npz"))
    assert len(kept) == 3
    kept[0].unlink()  # stopped before it was done
    kept[1].write_bytes(kept[1].read_bytes()[:100])  # and in the middle of writing
    again = _simulate([design], draws=20, folder=tmp_path)[0]
    other = _simulate([replace(design, alpha=0.1, correction="holm")], draws=20, folder=tmp_path)[0]
    for name in ("estimates", "errors", "people", "effect"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
        np.testing.assert_array_equal(getattr(one, name), getattr(again, name))
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_size_read_from_a_larger_trial_is_that_trial() -> None:
    small = replace(_design(), sites=(replace(_design().sites[0], people=100),))
    alone = _simulate([small], draws=20)[0]
    whole = _simulate([_design(), small], draws=20)[1]
    question = whole.question("exit_work_ever", 24)
    a = whole.estimates[:, :, whole.family.size_of(small), question, 0, :2]
    b = alone.estimates[:, :, alone.family.size_of(small), question, 0, :2]
    # The same people, arms and luck: only a caseworker whose last clients come later differs.
    assert np.corrcoef(a[..., 1].ravel(), b[..., 1].ravel())[0, 1] > 0.95
    np.testing.assert_allclose(a.mean(), b.mean(), atol=0.02)


def test_what_is_shown() -> None:
    design, library = _design(), _library()
    rows = shown(design, library)
    assert len(rows) == 3
    for one in rows:
        powers = [count.value for _, count in sorted(one.powers.items())]
        assert powers == sorted(powers)
        assert one.mde > 0
        assert one.needed > 0
        assert 0 <= one.right.value <= 1
        assert one.type_m > 1.0 or np.isnan(one.type_m)
        assert np.isnan(one.volunteers)
    strict = shown(replace(design, correction="holm"), library)
    assert all(a.assurance.value <= b.assurance.value for a, b in zip(strict, rows, strict=True))
    looked = shown(replace(design, looks=(0.5, 1.0)), library)
    assert abs(looked[1].size.value - 0.05) < 0.035


def test_short_against_long_is_paired() -> None:
    short = replace(_design(), readings=(Reading("exit_work_ever", (18, 24)),))
    site = replace(short.sites[0], treatment=18, announced=False, people=80)
    short = replace(short, sites=(site,), tail=0)
    long = replace(short, sites=(replace(site, treatment=24),))
    assert pair_of([long, short]) == (1, 0)
    found = lengths(short, long, tuple(_simulate([short, long], draws=20)))  # type: ignore[arg-type]
    same, later = found.rows
    assert same.gap == 0.0  # month 18: the end comes as a surprise, so all before it is the same
    assert same.effect_gap == 0.0
    assert later.effect_gap != 0.0
    assert found.sentence.en != found.sentence.nl


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_the_protocol_gives_each_assumption_a_source(lang: str) -> None:
    design = _design()
    text = protocol_text(design, shown(design, _library()), _LABEL, lang)
    for word in (("fitted to the eight trials", "Estimand", "smallest"), ("gefit op de acht proeven", "Loting"))[
        lang == "nl"
    ][:2]:
        assert word in text
    (oss,) = read_plan(Path("plans/oss_as_run.toml"))
    row = replace(shown(design, _library())[1], outcome="exit_work_ever", month=24, arm="intensive")
    told = protocol_text(oss, [row], _LABEL, lang)
    assert ("24.8" if lang == "en" else "24,8") in told
    assert ("without saying for which effect" if lang == "en" else "zonder te zeggen voor welk effect") in told
