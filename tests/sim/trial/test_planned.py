"""A planned site: nested sizes, lots, twins, lengths of treatment, and who withdraws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.parameters import defaults
from sim.trial.clusters import Lot
from sim.trial.planned import PlannedArm, Site, SiteTrials, simulate_site
from sim.trial.read import design
from sim.trial.response_law import Loss, fitted_loss

_ARMS = (
    PlannedArm("intensive", "nijmegen.intensive_disregard", 0.5),
    PlannedArm("control", "nijmegen.control", 0.5, True),
)
SITE = Site(
    "nijmegen", replace(design("nijmegen"), eligible_people=700), 120, _ARMS, "", 12, False, 12, date(2017, 12, 1),
    ((0, 0.8), (4, 0.2)), Lot(), (), replace(fitted_loss(), withdrawn=0.1), (0, 12), 0.9,
)  # fmt: skip


def _run(site: Site, trials: int = 4, months: tuple[int, ...] = (6, 12), **more: object) -> SiteTrials:
    settings = {"seed": 3, "draw": 2, "trials": trials, "months": months, "measures": ("works", "exit_work_ever")}
    return simulate_site(site, defaults(), {}, **(settings | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("lot", [Lot(), Lot("caseworker", 6), Lot("district", 6)])
def test_the_first_people_are_the_smaller_trial(lot: Lot) -> None:
    whole, part = _run(replace(SITE, lot=lot)), _run(replace(SITE, lot=lot, people=60))
    np.testing.assert_array_equal(whole.person[:, :60], part.person)
    for name in ("arm", "cluster", "wave"):
        np.testing.assert_array_equal(getattr(whole, name)[:, :60], getattr(part, name))
    # Months too, but for the caseload of a caseworker whose last clients come after the first sixty.
    same = (whole.register["works"][:, :, :60] == part.register["works"]).mean()
    assert same > (0.97 if lot.by == "person" else 0.9)


def test_arms_have_their_shares_at_every_size_and_fall_anew_in_every_trial() -> None:
    found = _run(replace(SITE, arms=(replace(_ARMS[0], share=0.25), replace(_ARMS[1], share=0.75))), trials=12)
    for n in (40, 60, 80, 120):
        count = (found.arm[:, :n] == 0).sum(axis=1)
        assert (np.abs(count - n / 4) <= 5).all()
    assert len({found.arm[trial, :20].tobytes() for trial in range(12)}) == 12


def test_a_cluster_has_one_arm() -> None:
    found = _run(replace(SITE, lot=Lot("caseworker", 6)))
    for trial in range(4):
        for cluster in range(6):
            assert len(set(found.arm[trial][found.cluster[trial] == cluster])) == 1
        assert len(set(found.arm[trial])) == 2


def test_the_twin_has_no_effect_and_the_same_luck() -> None:
    found = _run(replace(SITE, arms=(replace(_ARMS[1], name="same", control=False), _ARMS[1])))
    for name in ("works", "exit_work_ever"):
        np.testing.assert_array_equal(found.register[name], found.register_twin[name])
    treated = _run(SITE)
    assert (treated.register["works"] != treated.register_twin["works"]).any()
    np.testing.assert_array_equal(treated.arm, found.arm)


def test_a_short_treatment_is_the_beginning_of_a_long_one_only_when_nobody_knows() -> None:
    short = replace(SITE, follow_up=30, treatment=18)
    long = replace(short, treatment=None)
    months = (6, 12, 18, 30)
    told, untold, forever = (_run(one, trials=8, months=months).register["works"] for one in (
        replace(short, announced=True), short, long))  # fmt: skip
    np.testing.assert_array_equal(untold[:3], forever[:3])
    assert (untold[3] != forever[3]).any()
    assert (told[:3] != forever[:3]).any()


def test_whoever_withdraws_is_treated_as_usual() -> None:
    gone = _run(replace(SITE, loss=replace(fitted_loss(), withdrawn=1.0)))
    assert gone.withdrawn.all()
    as_usual = replace(
        SITE, arms=(replace(_ARMS[0], regime="nijmegen.regular"), replace(_ARMS[1], regime="nijmegen.regular"))
    )
    np.testing.assert_array_equal(gone.register["works"], _run(as_usual).register["works"])
    law = Loss(0.9, 0.2, 0.1, 0.3)
    cohorts = law.cohorts(48)
    assert [month for month, _ in cohorts] == [0, 12, 24, 36]
    assert sum(share for _, share in cohorts) == pytest.approx(1 - 0.9 * np.exp(-0.9))


def test_answers_are_lost_by_the_law() -> None:
    found = _run(SITE, survey_items=("trust_municipality",))
    answered = ~np.isnan(found.survey["trust_municipality"])
    assert answered[0].mean() == pytest.approx(0.9 * SITE.loss.answers(0), abs=0.05)
    assert answered[1].mean() == pytest.approx(0.9 * SITE.loss.answers(12), abs=0.05)
    assert fitted_loss().answers(48) < fitted_loss().answers(24) < fitted_loss().answers(0) <= 1
    assert not _run(SITE).survey


def test_sites_with_own_people_differ_and_draws_have_luck_of_their_own() -> None:
    first = _run(SITE)
    assert (_run(replace(SITE, name="elsewhere")).person != first.person).any()
    other = _run(SITE, draw=3)
    assert (other.arm != first.arm).any()
