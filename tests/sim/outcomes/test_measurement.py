"""The measurement model: scales keep to their bounds, move with the states, and a person stays a person."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes.measurement import answers, item_response, items, measures_of, studies
from sim.problems import InputError
from sim.random_numbers import Draws

N = 4000
PERSON = np.arange(N, dtype=np.int64)


def states(study: str, **other: float) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    high = {"wellbeing": 10, "health": 10, "choice_freedom": 10, "self_reliance": 10, "social_participation": 10}
    made = {name: rng.random(N) * high.get(name, 1.0) for name in measures_of(study)}
    return made | {name: np.full(N, value) for name, value in other.items()}


@pytest.mark.parametrize("study", studies())
def test_answers_keep_to_floor_ceiling_and_step(study: str) -> None:
    given = answers(study, 1, states(study), np.zeros(N), Draws(7, PERSON))
    assert set(given) == set(items(study))
    for name, values in given.items():
        item = items(study)[name]
        assert values.min() >= item.low
        assert values.max() <= item.high
        if item.step:
            steps = (values - item.low) / item.step
            np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)
        if item.kind == "share":
            assert set(np.unique(values)) == {0.0, 1.0}


def test_a_person_keeps_a_level_and_every_wave_has_its_own_noise() -> None:
    now = states("nijmegen", stress=0.5, wellbeing=6.0)
    first, again, later = (answers("nijmegen", wave, now, np.zeros(N), Draws(7, PERSON)) for wave in (0, 0, 1))
    name = "life_satisfaction"
    np.testing.assert_array_equal(first[name], again[name])
    assert (first[name] != later[name]).mean() > 0.5
    item = items("nijmegen")[name]
    expected = item.person_sd**2 * 0.5 / (item.person_sd**2 * 0.5 + item.noise_sd**2)
    assert np.corrcoef(first[name], later[name])[0, 1] == pytest.approx(expected, abs=0.06)


def test_answers_belong_to_the_person_not_to_the_company() -> None:
    now = states("oss")
    everybody = answers("oss", 2, now, np.zeros(N), Draws(3, PERSON))
    some = slice(100, 140)
    few = answers("oss", 2, {k: v[some] for k, v in now.items()}, np.zeros(40), Draws(3, PERSON[some]))
    for name, values in few.items():
        np.testing.assert_array_equal(values, everybody[name][some])


def test_stress_lowers_and_trust_raises_what_loads_on_them() -> None:
    calm, tense = (
        answers("nijmegen", 1, states("nijmegen", stress=level, trust=1 - level), np.zeros(N), Draws(1, PERSON))
        for level in (0.2, 0.8)
    )
    for name in ("calm_and_peaceful", "not_nervous", "trust_municipality", "trust_werkbedrijf"):
        assert calm[name].mean() > tense[name].mean() + 0.5
    np.testing.assert_array_equal(calm["contact_family"], tense["contact_family"])


def test_somebody_who_answers_high_answers_everything_high() -> None:
    given = answers("oss", 0, states("oss"), np.where(PERSON % 2 == 0, 1.5, -1.5), Draws(1, PERSON))
    for name in ("wellbeing", "subjective_health", "social_trust"):
        assert given[name][::2].mean() > given[name][1::2].mean() + 0.5


def test_an_index_is_the_stretched_mean_of_its_parts() -> None:
    given = answers("nijmegen", 2, states("nijmegen"), np.zeros(N), Draws(1, PERSON))
    item = items("nijmegen")["job_search_confidence"]
    parts = np.mean([given[name] for name in item.parts], axis=0)
    np.testing.assert_allclose(given[item.name], 1.0 + 2.25 * (parts - 1.0))
    assert item.high == 1.0 + 2.25 * 4.0


def test_counts_of_nothing_are_nothing() -> None:
    given = answers("nijmegen", 1, states("nijmegen", applications=0.0), np.zeros(N), Draws(1, PERSON))
    assert given["job_applications"].max() == 0.0


def test_a_factor_moves_one_item_only() -> None:
    now = states("oss")
    plain = answers("oss", 1, now, np.zeros(N), Draws(1, PERSON))
    moved = answers("oss", 1, now, np.zeros(N), Draws(1, PERSON), {"wellbeing": 0.5})
    assert (plain["wellbeing"] != moved["wellbeing"]).any()
    np.testing.assert_array_equal(plain["social_trust"], moved["social_trust"])


def test_published_numbers_of_answers_per_item() -> None:
    answered = item_response("nijmegen", 2, Draws(5, PERSON))
    assert answered["expects_to_find_work"].mean() == pytest.approx(192 / 230, abs=0.02)
    assert "life_satisfaction" not in answered


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="nijmegen"):
        items("nijmgen")
    with pytest.raises(InputError, match="wellbeing"):
        answers("oss", 0, states("oss"), np.zeros(N), Draws(1, PERSON), {"welbeing": 1.0})
