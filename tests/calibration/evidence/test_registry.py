"""The evidence obeys its laws, and a planted error is found."""

from __future__ import annotations

import dataclasses
from importlib.resources import files

import pytest

from analysis.checks.long_run import LEVELS
from calibration.evidence.checks import check_registry, printed_number
from calibration.evidence.registry import SHIPPED, Registry, load_registry
from calibration.evidence.rows import read_rows, read_study, write_rows
from calibration.evidence.schema import FIT_USES, USES, Row
from calibration.evidence.selection import REASONS, independent_rows, left_out, role_of
from calibration.moments.table import names_of
from sim.problems import InputError


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def _with(registry: Registry, name: str, **changes: object) -> Registry:
    rows = tuple(dataclasses.replace(row, **changes) if row.id == name else row for row in registry)  # type: ignore[arg-type]
    return Registry(registry.studies, rows)


def test_every_row_is_there_and_sound(registry: Registry) -> None:
    assert check_registry(registry, names_of) == []
    counts = {name: sum(row.study == name for row in registry) for name in SHIPPED}
    assert counts == {"nijmegen": 399, "mejudice": 119, "oss": 1280, "amsterdam": 23, "external": 21, "long_run": 53}
    assert sum(row.is_target for row in registry) == 529
    assert {row.use for row in registry} <= set(USES)
    assert set(FIT_USES) <= {row.use for row in registry}


@pytest.mark.parametrize(
    ("name", "value", "marker", "horizon"),
    [
        ("nij_t3_hours_gt_12_ex_vs_co_basic", -0.16, "p<0.05", 16),
        ("nij_t3_earnings_gt_70pct_wml_in_vs_co_extra", -0.08, "n.s.", 16),
        ("nij_t5_hours_gt_8_co_vs_ref_loep", 0.17, "p<0.05", None),
        ("nij_t6_job_applications_12m_in_vs_co", 1.04, "p<0.05", 12),
        ("OSS-T231-own_direction-exitwork", 0.342342, "", 24),
        ("OSS-T317-two_treatments-vs-reference-ps_matching-ATT", 0.124, "p<0.01", 24),
        ("OSS-T318-wellbeing-intensive-m3", 5.4, "p<0.05", 24),
    ],
)
def test_figures_that_readers_know_by_heart(
    registry: Registry, name: str, value: float, marker: str, horizon: float | None
) -> None:
    row = registry[name]
    assert row.estimate == pytest.approx(value)
    assert row.marker == marker
    assert horizon is None or row.horizon_months == horizon


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"value": -0.21}),  # not as printed
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"marker": "p<0.10"}),  # another star than printed
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"marker": "p<0.3"}),
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"unit": "percent"}),
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"use": "causal"}),
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"outcome": "hours_gt_13"}),  # a target without a moment
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"municipality": "oss"}),
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"doubt": ("N99",)}),
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"se": 0.2}),  # outside its own bounds
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"specification": "extra"}),  # the same quantity twice
        ("nij_t3_hours_gt_12_ex_vs_co_loep", {"value": None, "printed": ""}),
        ("nij_t3_hours_gt_12_in_vs_ex_extra", {"value": 0.15, "printed": ""}),  # a triangle that does not close
        ("OSS-T231-intensive-exitwork", {"count": 60.0}),
        ("OSS-T231-own_direction-exitwork", {"doubt": (), "doubt_note": ""}),  # a correction without its reason
        ("S007", {"value": 0.5}),  # not the difference of its levels
        ("loep_f1_utrecht_intensive_vs_control", {"sign": "mixed"}),
        ("nij_t8_calm_and_peaceful_12m_in_vs_ex", {"doubt": ()}),
    ],
)
def test_a_planted_error_is_found(registry: Registry, name: str, changes: dict[str, object]) -> None:
    problems = check_registry(_with(registry, name, **changes), names_of)
    assert problems
    assert any(name in f"{problem.path} {problem.allowed.en}" for problem in problems)


def test_a_row_with_two_moments_is_refused(registry: Registry) -> None:
    problems = check_registry(registry, lambda row: [*names_of(row), "another"])
    assert len(problems) == sum(row.is_target for row in registry)


def test_unknown_names_come_with_the_nearest(registry: Registry) -> None:
    with pytest.raises(InputError) as caught:
        registry.select(municipality="nijmgen", outcome="hours_gt_9", use="causal")
    assert [problem.nearest for problem in caught.value.problems] == ["nijmegen", "hours_gt_8", "causal_itt"]
    with pytest.raises(InputError):
        registry["nij_t3"]


def test_the_digest_knows_every_figure(registry: Registry) -> None:
    changed = _with(registry, "S007", se=0.061810001)
    assert changed.digest() != registry.digest()
    assert load_registry().digest() == registry.digest()


def test_rows_survive_writing_and_reading(registry: Registry) -> None:
    for study in registry.studies:
        rows = [row for row in registry if row.study == study.name]
        assert read_rows(write_rows(rows), study, "again") == rows


def test_a_broken_file_lists_all_its_problems(registry: Registry) -> None:
    study = registry.studies[0]
    text = write_rows(list(registry.rows[:3])).replace("-0.11", "minus eleven").replace("364", "-5")
    with pytest.raises(InputError) as caught:
        read_rows(text, study, "file.csv")
    assert len(caught.value.problems) >= 4
    with pytest.raises(InputError, match="did you mean"):
        read_study('study = "x"\nmunicipalities = ["x"]\ntitel = "y"\n', "x.toml")
    with pytest.raises(InputError):
        read_study("study = ", "x.toml")


def test_the_files_name_tables_and_not_places_on_a_disk() -> None:
    folder = files("calibration").joinpath("evidence", "data")
    for name in SHIPPED:
        for ending in ("csv", "toml"):
            text = folder.joinpath(f"{name}.{ending}").read_text("utf-8")
            assert "shared/" not in text
            assert "seeds" not in text
            assert ".txt" not in text


@pytest.mark.parametrize(
    ("text", "number", "stars"),
    [
        ("-0,13*", -0.13, "*"),
        ("34.2%", 0.342, ""),
        (".43***", 0.43, "***"),
        ("7.6%%", 0.076, ""),
        ("0,08~", 0.08, "~"),
        ("5", 5.0, ""),
        ("4.351", 4.351, ""),
        ("1 tot 3%", None, ""),
        ("", None, ""),
    ],
)
def test_printed_cells_are_read_as_printed(text: str, number: float | None, stars: str) -> None:
    assert printed_number(text) == (number if number is None else pytest.approx(number), stars)


def test_thousands_are_thousands_where_people_are_counted() -> None:
    assert printed_number("6.030", whole_units=True)[0] == 6030
    assert printed_number("6.030")[0] == 6.03


def test_a_fit_takes_each_quantity_once(registry: Registry) -> None:
    chosen = independent_rows(registry)
    ids = {row.id for row in chosen}
    assert 150 < len(chosen) < sum(row.is_target for row in registry)
    # one specification, and no contrast of two arms beside both contrasts with control
    assert "nij_t3_hours_gt_12_ex_vs_co_extra" in ids
    assert not any(row.id.endswith(("_basic", "_in_vs_ex_extra")) for row in chosen)
    # arms against the reference follow from control against the reference
    reference = [row.arm for row in chosen if row.use == "selection_contrast" and row.study == "nijmegen"]
    assert set(reference) == {"control"}
    # levels of the arms follow from their differences and the level of the control group
    exits = {row.id for row in chosen if row.outcome == "exit_to_full_time_work_24m" and row.use == "register_level"}
    assert exits == {"OSS-T231-standard-exitwork", "OSS-T313-reference-all"}
    indices = [row for row in chosen if row.outcome in ("wellbeing_index", "job_search_confidence")]
    assert {row.kind for row in indices} == {"ordinal"}  # a number beside its items says nothing new, words do


def test_no_finding_in_words_follows_from_others(registry: Registry) -> None:
    """That a is below b and c above a does not tell the sign of c minus b: every sign is kept."""
    out = left_out(registry)
    words = [row for row in registry if row.is_target and row.kind == "ordinal"]
    assert {out[row.id] for row in words if row.id in out} <= {"repeated", "no_reading"}
    for name in (
        "loep_f1_groningen_intensive_vs_reference",
        "loep_f1_groningen_intensive_vs_exemption",
        "loep_f1_groningen_exemption_vs_reference",
        "loep_f1_utrecht_disregard_vs_other_arms",
        "loep_f1_groningen_disregard_vs_other_arms",
        "loep_f1_wageningen_disregard_vs_other_arms",
        "loep_f1_tilburg_intensive_vs_control",
        "loep_f1_wageningen_intensive_vs_control",
        "nij_txt_24m_hours_gt_12_in",
        "nij_txt_24m_since_16m_work_in",
        "nij_txt_24m_trust_index_ex",
    ):
        assert name not in out


def test_a_number_that_follows_from_others_is_left_out_with_its_reason(registry: Registry) -> None:
    out = left_out(registry)
    assert out["nij_t3_hours_gt_12_in_vs_ex_extra"] == "implied"
    assert out["nij_t3_hours_gt_12_in_vs_co_basic"] == "repeated"
    assert out["nij_t8_wellbeing_index_12m_ex_vs_co"] == "sum"
    assert out["AMS-premium-twice"] == "descriptive"
    assert set(out.values()) <= {*REASONS, *USES}
    assert {row.id for row in independent_rows(registry)} | set(out) == {row.id for row in registry}


def test_a_contrast_with_people_who_did_not_take_part_is_selection(registry: Registry) -> None:
    roles = {row.id: role_of(row, registry) for row in registry if row.is_target}
    assert roles["nij_t5_hours_gt_12_co_vs_ref_loep"] == "selection"
    assert roles["loep_txt_work_tilburg_all_arms_vs_reference_matched"] == "selection"
    assert roles["loep_f1_groningen_intensive_vs_reference"] == "effect"  # set aside by lot before sign-up
    assert roles["nij_t3_hours_gt_12_in_vs_co_extra"] == "effect"
    assert roles["OSS-T231-standard-exitwork"] == "level"


def test_another_preference_takes_another_specification(registry: Registry) -> None:
    chosen = independent_rows(registry, preference=("basic", "loep", "extra"))
    ids = {row.id for row in chosen}
    assert "nij_t3_hours_gt_12_ex_vs_co_basic" in ids
    assert "nij_t3_hours_gt_12_ex_vs_co_extra" not in ids


def test_a_row_says_what_it_is() -> None:
    row = Row("a", "s", "m", "x", "", "o", "level", "proportion", "raw", "register_level", "table 1", value=0.3)
    assert row.estimate == 0.3
    assert dataclasses.replace(row, corrected=0.4).estimate == 0.4
    assert row.is_target
    assert not row.is_contrast


def test_facts_of_the_country_carry_an_error_of_their_own(registry: Registry) -> None:
    facts = registry.select(use="population_level")
    assert {row.id for row in facts} >= {
        "long_survival_12",
        "long_survival_48",
        "long_survival_120",
        "long_return_work_60",
    }
    for row in facts:
        assert row.estimate is not None
        assert 0.005 < registry.errors[row.id].median < 0.05
        assert not row.is_target  # no trial produces them
    assert registry.errors["long_survival_48"].median == pytest.approx(0.0207, abs=1e-4)  # sampling and 0.02 together
    # the checks of the society, which may not read the evidence, hold the same figures
    told = {row.outcome: row for row in registry if row.study == "long_run"}
    assert set(LEVELS) - set(told) == {"part_time_60"}  # the stock after five years is held to today's
    for name in set(LEVELS) & set(told):
        assert told[name].estimate == LEVELS[name].value
        assert registry.errors[told[name].id].median == pytest.approx(LEVELS[name].error, rel=0.06)
