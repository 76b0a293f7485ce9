"""The rule of the labels, on cases."""

from __future__ import annotations

import pytest

from analysis.effects.positions import evidence_of_trials
from analysis.effects.validity import Circumstances, Evidence, Label, judge, worst

EVIDENCE = Evidence.of(
    [
        {"disregard_share": (0.5,), "disregard_cap": (200,)},
        {"contacts": (2.0,), "disregard_share": (0.5,), "disregard_cap": (202,)},
        {"premium_share": (0.5, 0.3), "premium_cap": (200, 217)},
        {"search_duty": (0.0,), "contacts": (0.0,)},
    ]
)


@pytest.mark.parametrize(
    ("month", "regime", "population", "label"),
    [
        (16, {}, "nijmegen", Label.INSIDE),
        (25, {"contacts": (2.0,)}, "oss", Label.INSIDE),
        (26, {"contacts": (2.0,)}, "oss", Label.EXTRAPOLATED),
        (50, {"contacts": (2.0,)}, "oss", Label.EXTRAPOLATED),
        (51, {"contacts": (2.0,)}, "oss", Label.SPECULATIVE),
        (26, {}, "nijmegen", Label.EXTRAPOLATED),
        (48, {"premium_share": (0.5, 0.3)}, "amsterdam", Label.INSIDE),
        (49, {"premium_share": (0.5, 0.3)}, "amsterdam", Label.EXTRAPOLATED),
        (30, {"premium_share": (0.5,), "contacts": (2.0,)}, "amsterdam", Label.EXTRAPOLATED),
        # keep everything: 0.5 outside a range of 0 to 0.5
        (24, {"disregard_share": (1.0,)}, "nijmegen", Label.EXTRAPOLATED),
        # one stretch to the edge, and one month more than observed
        (26, {"disregard_share": (1.0,)}, "nijmegen", Label.SPECULATIVE),
        (24, {"contacts": (4.0,)}, "nijmegen", Label.EXTRAPOLATED),
        (24, {"contacts": (4.1,)}, "nijmegen", Label.SPECULATIVE),
        # no arm ever moved the caseload in this evidence
        (12, {"caseload": (75.0,)}, "nijmegen", Label.SPECULATIVE),
        (12, {"caseload": (125.0,), "contacts": (1.0,)}, "nijmegen", Label.EXTRAPOLATED),
        # each lever observed, never together
        (12, {"premium_share": (0.5,), "search_duty": (0.0,)}, "nijmegen", Label.EXTRAPOLATED),
        (12, {}, "netherlands", Label.EXTRAPOLATED),
        (12, {}, "my clients", Label.EXTRAPOLATED),
        (12, {}, "nijmegen-trial", Label.INSIDE),
    ],
)
def test_label(month, regime, population, label):
    assert judge(month, [regime], population, EVIDENCE).label == label


def test_a_longer_horizon_never_looks_safer():
    distances = [judge(month, [{"contacts": (3.0,)}], "oss", EVIDENCE).distance for month in range(1, 121)]
    assert distances == sorted(distances)
    assert distances[0] < distances[-1]


def test_every_value_of_a_ramp_counts():
    steps = judge(12, [{"contacts": (1.0, 2.0, 6.0)}], "oss", EVIDENCE)
    assert steps.parts[0].value == 6.0
    assert steps.parts[0].distance == pytest.approx(2.0)


def test_distances_are_listed_per_lever_in_both_languages():
    found = judge(30, [{"contacts": (3.0,), "disregard_share": (0.75,)}], "utopia", EVIDENCE)
    assert [part.what for part in found.parts] == ["lever contacts", "lever disregard_share", "horizon", "population"]
    assert "month 30, observed up to month 25" in found.reasons("en")
    assert "maand 30, waargenomen tot en met maand 25" in found.reasons("nl")
    assert "deel van de verdiensten dat men houdt 0,75, waargenomen 0 tot 0,5" in found.reasons("nl")


def test_inside_lists_nothing():
    assert judge(12, [{}], "nijmegen", EVIDENCE).parts == ()


def test_a_difference_is_as_weak_as_its_weakest_side():
    near, far = judge(12, [{}], "oss", EVIDENCE), judge(12, [{"contacts": (8.0,)}], "oss", EVIDENCE)
    assert worst([near, far]).label == Label.SPECULATIVE
    assert worst([near, near]).label == Label.INSIDE


@pytest.mark.parametrize(
    ("month", "around", "label"),
    [
        (24, Circumstances(), Label.INSIDE),
        # after the end: people were followed for one month
        (24, Circumstances(ended=24), Label.INSIDE),
        (13, Circumstances(ended=12), Label.INSIDE),
        (14, Circumstances(ended=12), Label.EXTRAPOLATED),
        (25, Circumstances(ended=0), Label.EXTRAPOLATED),
        (26, Circumstances(ended=0), Label.SPECULATIVE),
        (6, Circumstances(ended=12), Label.INSIDE),
        # another labour market than the one that was
        (6, Circumstances(market="tight", real_market=False), Label.EXTRAPOLATED),
        # the law
        (12, Circumstances(law_known=12), Label.INSIDE),
        (13, Circumstances(law_known=12), Label.EXTRAPOLATED),
        (24, Circumstances(law_known=0), Label.EXTRAPOLATED),
    ],
)
def test_label_by_circumstances(month, around, label):
    assert judge(month, [{"contacts": (2.0,)}], "oss", EVIDENCE, around).label == label


def test_amsterdam_was_followed_for_a_year_after_the_end():
    premium, around = {"premium_share": (0.5, 0.3)}, Circumstances(ended=36)
    assert judge(48, [premium], "amsterdam", EVIDENCE, around).label == Label.INSIDE
    found = judge(49, [premium], "amsterdam", EVIDENCE, around)
    assert {part.what for part in found.parts} == {"horizon", "tail"}


def test_a_law_four_years_beyond_is_the_edge_of_extrapolation():
    # Alone, as far as its own part goes: the horizon is judged beside it.
    parts = {
        month: {part.what: part for part in judge(month, [], "oss", EVIDENCE, Circumstances(law_known=12)).parts}
        for month in (60, 61)
    }
    assert parts[60]["law"].label == Label.EXTRAPOLATED
    assert parts[61]["law"].label == Label.SPECULATIVE


@pytest.mark.parametrize(
    ("month", "regime", "population", "around", "label"),
    [
        (24, {"contacts": (1.0,)}, "nijmegen", Circumstances(), Label.INSIDE),
        (24, {"disregard_share": (0.5,), "disregard_cap": (202.0,)}, "oss", Circumstances(), Label.INSIDE),
        (26, {"contacts": (1.0,)}, "nijmegen", Circumstances(), Label.EXTRAPOLATED),
        (48, {"contacts": (1.0,)}, "nijmegen", Circumstances(ended=48), Label.EXTRAPOLATED),
        (60, {"contacts": (1.0,)}, "nijmegen", Circumstances(), Label.SPECULATIVE),
        (48, {"contacts": (1.0,)}, "nijmegen", Circumstances(ended=24), Label.EXTRAPOLATED),
        (72, {"contacts": (1.0,)}, "nijmegen", Circumstances(ended=24), Label.SPECULATIVE),
        (24, {"disregard_share": (1.0,), "disregard_cap": (202.0,)}, "oss", Circumstances(), Label.EXTRAPOLATED),
        (24, {"disregard_share": (1.0,), "disregard_cap": (3000.0,)}, "oss", Circumstances(), Label.SPECULATIVE),
        (26, {"disregard_share": (1.0,), "disregard_cap": (202.0,)}, "oss", Circumstances(), Label.SPECULATIVE),
        (24, {"contacts": (4.0,)}, "nijmegen", Circumstances(), Label.EXTRAPOLATED),
        (24, {"contacts": (1.0,)}, "nijmegen", Circumstances(real_market=False), Label.EXTRAPOLATED),
        (24, {"contacts": (1.0,)}, "netherlands", Circumstances(), Label.EXTRAPOLATED),
        (48, {"premium_share": (0.5,), "premium_cap": (200.0,)}, "amsterdam", Circumstances(), Label.INSIDE),
    ],
)
def test_the_cases_of_the_page_under_the_real_evidence(month, regime, population, around, label):
    """The table of docs/validity.md."""
    assert judge(month, [regime], population, evidence_of_trials(), around).label == label
