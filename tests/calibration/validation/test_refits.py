"""Refits without rows, on a machinery whose moments are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from calibration.fit.amortised import Amortised, refit, synthetic_likelihood
from calibration.validation.leave_out import leave_out, leave_out_all, masks, pooled_law
from calibration.validation.refits import part_of, predict
from calibration.validation.sbc import CASES, misspecified
from calibration.validation.sensitivity import _laplace, _moved
from sim.problems import InputError, Say
from tests.calibration.machines import small_machinery


def test_the_parts_of_a_likelihood_add_up_when_towns_are_apart() -> None:
    core = small_machinery()
    of = np.array(core.targets.of)
    z = 0.5 * np.random.default_rng(1).standard_normal((5, core.space.dimension))
    whole = core.likelihood().log(core.emulator.means(z), z)
    total = np.zeros(5)
    for town in core.targets.towns:
        part = part_of(core, of == town)
        assert part.targets.towns == (town,)
        total += part.likelihood.log(part.core.emulator.means(z), z)
    assert total == pytest.approx(whole)
    with pytest.raises(InputError):
        part_of(core, np.zeros(len(of), dtype=bool))


def test_predictions_have_the_spread_of_the_sampling_error() -> None:
    core = small_machinery()
    part = part_of(core, np.array([row.use == "causal_itt" for row in core.targets.rows]))
    found = predict(part, np.zeros((6000, core.space.dimension)), seed=3)
    assert np.std(found.replicated, axis=0) == pytest.approx(np.sqrt(np.diag(found.sampling)), rel=0.05)
    assert np.corrcoef(found.replicated.T)[0, 1] == pytest.approx(0.3, abs=0.05)
    assert found.means.mean(axis=0) == pytest.approx(np.zeros(len(part.columns)), abs=1e-9)


def test_every_town_is_left_out_once_and_arms_are_kept_from_the_controls() -> None:
    core = small_machinery()
    known = masks(core)
    towns = {name for name in known if name.startswith("town.")}
    assert towns == {f"town.{town}" for town in core.targets.towns}
    for name in towns:
        _, kept, out = known[name]
        assert not (kept & out).any()
        assert (kept | out).all()
    _, kept, out = known["controls"]
    treated = {"own_direction", "intensive", "exemption_disregard", "intensive_disregard", "exemption"}
    assert not any(row.arm in treated for row, keep in zip(core.targets.rows, kept, strict=True) if keep)
    assert all(row.arm in treated for row, keep in zip(core.targets.rows, out, strict=True) if keep)
    with pytest.raises(InputError, match=r"town\.oss"):
        leave_out_all(core, only=["town.os"])


def test_a_model_that_knows_the_answer_beats_no_effect() -> None:
    core = small_machinery()
    rows = core.targets.rows
    # the emulator of Nijmegen says what Nijmegen found; nothing is uncertain
    towns = dict(core.emulator.towns)
    place = core.targets.places["nijmegen"]
    weights = np.zeros_like(towns["nijmegen"].weights)
    weights[0] = core.targets.observed[place]
    towns["nijmegen"] = replace(towns["nijmegen"], weights=weights)
    knowing = replace(core, emulator=replace(core.emulator, towns=towns))
    out = np.array([town == "nijmegen" for town in core.targets.of])
    found = leave_out(knowing, "town.nijmegen", Say("", ""), ~out, out, draws=200)
    model, none, pooled = (found.score(name) for name in ("model", "no_effect", "pooled"))
    assert model is not None
    assert none is not None
    assert pooled is not None
    assert model.rows == sum(row.use in ("causal_itt", "survey_panel") for row in np.array(rows)[out])
    assert model.crps < none.crps
    assert model.log > max(none.log, pooled.log) - 1e-9
    assert none.crps_gain == 0.0
    assert found.inside(0.9)[0] == found.inside(0.9)[1]


def test_the_pooled_rival_takes_the_nearest_rows() -> None:
    row = next(row for row in small_machinery().targets.rows if row.use == "causal_itt")
    same = replace(row, id="a", municipality="utrecht")
    unit = replace(row, id="b", municipality="utrecht", outcome="other")
    far = replace(row, id="c", municipality="utrecht", outcome="other", unit="eur")
    assert pooled_law(row, []) == (0.0, 0.0)
    assert pooled_law(row, [(far, 9.0, 1.0)]) == (0.0, 0.0)
    assert pooled_law(row, [(far, 9.0, 1.0), (unit, 0.2, 0.1)]) == pytest.approx((0.2, 0.1))
    assert pooled_law(row, [(unit, 0.2, 0.1), (same, 0.4, 0.05)]) == pytest.approx((0.4, 0.05))


def test_a_refit_holds_the_truth_and_the_misfit_sees_spoilt_figures() -> None:
    core = small_machinery()
    rng = np.random.default_rng(7)
    truth = rng.standard_normal(core.space.dimension)
    y = core.emulator.means(truth[None])[0]
    for town, place in core.targets.places.items():
        y[place] += rng.multivariate_normal(np.zeros(len(place)), core.covariances[town].matrix)
    counted = np.array([row.unit == "proportion" and row.kind == "level" for row in core.targets.rows])
    y[counted] = np.clip(y[counted], 0.05, 0.95)
    settings = {"chains": 6, "draws": 60, "warm": 80, "thin": 6}
    good = refit(core, synthetic_likelihood(core, y), seed=1, **settings)
    short = {"chains": 2, "draws": 4, "warm": 4, "thin": 1}
    twice = [refit(core, synthetic_likelihood(core, y), seed=1, **short).z for _ in range(2)]
    assert np.array_equal(*twice)
    assert good.rhat < 1.3
    free = [core.space.index[name] for name in core.space.free]
    scaled = (truth[free] - good.z[:, free].mean(axis=0)) / good.z[:, free].std(axis=0)
    assert np.abs(scaled).max() < 4
    assert good.z[:, free].std(axis=0).mean() < 0.98  # the rows taught something
    made = Amortised(core)
    for errors, least in ((5.0, chi2.ppf(0.95, good.freedom)), (9.0, good.misfit + 20)):
        spoilt = y.copy()
        for town, place in core.targets.places.items():
            spoilt[place] += errors * core.covariances[town].sd * (-1.0) ** np.arange(len(place))
        spoilt[counted] = y[counted]
        assert good.misfit < least < refit(core, synthetic_likelihood(core, spoilt), seed=1, **short).misfit
    for case in CASES:
        moved = misspecified(made, y, case, 1)
        assert not np.array_equal(moved, y) or case == "one_outcome"
        assert np.isfinite(moved).all()
    with pytest.raises(InputError):
        misspecified(made, y, "nonsense", 1)


def test_moments_moved_towards_the_figures_fit_better() -> None:
    core = small_machinery()
    likelihood = core.likelihood()
    misfit, evidence = _laplace(core, likelihood)
    gap = np.nan_to_num(core.targets.observed)
    closer = _laplace(_moved(core, gap), likelihood)
    further = _laplace(_moved(core, -gap), likelihood)
    assert closer[0] < misfit < further[0]
    assert closer[1] > evidence > further[1]
