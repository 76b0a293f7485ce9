"""No row leaves without a reason, and what is told and what is fitted have one balance."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from calibration.evidence.ledger import Entry, balance, direction_of, family_of, ledger, unexplained
from calibration.evidence.registry import Registry, load_registry
from calibration.evidence.schema import Row
from calibration.evidence.selection import left_out
from calibration.likelihood.targets import select_targets
from calibration.meta_analysis.bundles import told_of
from calibration.meta_analysis.found import found


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def _entries(registry: Registry, **options: object) -> tuple[Entry, ...]:
    return ledger(registry, lambda row: told_of(row, registry), **options)  # type: ignore[arg-type]


def test_every_row_has_its_place(registry: Registry) -> None:
    entries = _entries(registry)
    assert [entry.row.id for entry in entries] == [row.id for row in registry]
    assert not unexplained(entries)
    assert {entry.row.id for entry in entries if entry.fitted} == set(select_targets(registry).ids)
    for entry in entries:
        assert entry.fitted == (not entry.reason)
        assert entry.reason_text().nl != entry.reason_text().en


@pytest.mark.parametrize("lost", ["loep_f1_groningen_intensive_vs_reference", "nij_t3_hours_gt_12_in_vs_co_extra"])
def test_a_row_that_is_lost_on_the_way_is_found(registry: Registry, lost: str) -> None:
    kept = [name for name in select_targets(registry).ids if name != lost]
    assert [entry.row.id for entry in unexplained(_entries(registry, fitted=kept))] == [lost]
    out = {name: why for name, why in left_out(registry).items() if name != "nij_t3_hours_gt_12_in_vs_ex_extra"}
    planted = _entries(registry, fitted=select_targets(registry).ids, out=out)
    assert [entry.row.id for entry in unexplained(planted)] == ["nij_t3_hours_gt_12_in_vs_ex_extra"]


def test_signs_keep_their_balance(registry: Registry) -> None:
    found = {(each.treatment, each.family): each for each in balance(_entries(registry))}
    for treatment in ("guidance", "exemption", "disregard"):
        work = found[treatment, "work"]
        assert sum(work.fitted) >= sum(work.told) - 1
        assert work.fitted[1] == work.told[1]  # no finding of harm is lost
        assert work.fitted[0] == work.told[0]
        assert abs(work.fitted[2] - work.told[2]) <= 1
    for each in found.values():
        assert all(inside <= told for inside, told in zip(each.fitted, each.told, strict=True)) or each.family == "work"
    # a rule that lets findings of harm out by another name shows
    tilted = _entries(registry, fitted=[e.row.id for e in _entries(registry) if e.fitted and e.direction != "negative"])
    lost = {(each.treatment, each.family): each for each in balance(tilted)}["guidance", "work"]
    assert lost.fitted[1] == 0 < lost.told[1]


def test_directions() -> None:
    row = Row("a", "s", "m", "x", "c", "hours_gt_8", "effect", "proportion", "loep", "causal_itt", "t", value=-0.1)
    assert direction_of(row) == "negative"
    assert direction_of(replace(row, marker="n.s.")) == "null"
    assert direction_of(replace(row, value=0.1, marker="p<0.05")) == "positive"
    told = replace(row, kind="ordinal", value=None, sign="mostly_positive")
    assert direction_of(told) == "positive"
    assert direction_of(replace(told, significant="no")) == "null"
    assert direction_of(replace(told, sign="mixed")) == ""
    assert family_of("trust_werkbedrijf") == "trust"
    assert family_of("nothing_known") == "other"


def test_the_page_tells_what_is(registry: Registry) -> None:
    """docs/evidence.md: numbers of rows, balance and the table of what the trials found are those of today."""
    page = " ".join((Path(__file__).parents[3] / "docs" / "evidence.md").read_text("utf-8").split())
    targets = select_targets(registry)
    usable = sum(row.is_target for row in registry)
    assert f"{len(targets.ids)} of {usable} rows enter; {usable - len(targets.ids)} stay out" in page
    out = Counter(targets.left_out.values())
    for reason, words in (
        ("implied", "numbers follow from others"),
        ("repeated", "repeat a quantity"),
        ("subgroup", "are numbers about part"),
        ("pooled", "are about groups"),
        ("sum", "are indices"),
    ):
        assert f"{out[reason]} {words}" in page, reason
    balances = {(each.treatment, each.family): each for each in balance(_entries(registry))}
    names = {"work": "work", "trust": "trust", "wellbeing": "well-being"}
    for treatment, family in (
        ("guidance", "work"),
        ("exemption", "work"),
        ("disregard", "work"),
        ("guidance", "trust"),
    ):
        each = balances[treatment, family]
        told, fitted = (" / ".join(str(count) for count in counts) for counts in (each.told, each.fitted))
        assert f"| {treatment}, {names[family]} | {told} | {fitted} |" in page
    for study in registry.studies:
        rows = [row for row in registry if row.study == study.name]
        assert re.search(rf"\| {study.name}[^|]*\| {len(rows)} \| {sum(row.is_target for row in rows)} \|", page)
    for treatment, measure in (
        ("guidance", "hours_over_8"),
        ("exemption", "hours_over_8"),
        ("disregard", "hours_over_8"),
    ):
        answer = found(treatment, measure)
        assert answer is not None
        low, high = (f"{100 * value:+.1f}" for value in (answer.low, answer.high))
        assert f"| {answer.trials} ({answer.numbers}) | {100 * answer.mean:+.1f} [{low}, {high}] |" in page
