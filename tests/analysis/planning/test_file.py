"""A wrong plan is refused with every problem at once; a list gives a design per value."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.planning.file import read_plan, read_plans
from sim.problems import InputError

GOOD = """
months = 24
follow_up = 24
sites = [{ town = "wageningen", per_arm = 60 }]
[[arms]]
name = "exemption"
regime = "wageningen.exemption"
[[arms]]
name = "control"
regime = "wageningen.control"
control = true
[[outcomes]]
name = "exit_work_ever"
months = [12, 24]
[decision]
worth = 5.0
"""
# What is written over GOOD, and a word of the problem that must be told.
BROKEN = {
    "follow_up": ("follow_up = 24", "follow_up = 12", "follow_up"),
    "too many people": ("per_arm = 60", "per_arm = 900", "eligible"),
    "no contrast": ('regime = "wageningen.exemption"', 'regime = "wageningen.control"', "contrast"),
    "power of 1.2": ("months = 24\n", "months = 24\npower = 1.2\n", "power"),
    "tail without end": ("months = 24\n", 'months = "always"\ntail = 6\n', "tail"),
    "reads in the tail": ("months = 24\n", "months = 20\ntail = 6\n", "tail"),
    "look after the end": ("months = 24\n", "months = 24\nlooks = [0.5, 1.5]\n", "looks"),
    "looks that fall": ("months = 24\n", "months = 24\nlooks = [0.8, 0.5, 1.0]\n", "looks"),
    "one caseworker": ("months = 24\n", 'months = 24\nlot = "caseworker"\nclusters = 2\n', "clusters"),
    "errors without clusters": ("months = 24\n", 'months = 24\nlot = "caseworker"\nclusters = 8\n', "cluster"),
    "shares of waves": ("months = 24\n", "months = 24\nwaves = [{ after = 0, share = 0.5 }]\n", "add up"),
    "shares of arms": ('name = "exemption"', 'name = "exemption"\nshare = 0.9', "add up"),
    "price without unit": ("[decision]", "[costs]\nsurvey = 30\n[decision]", "unit"),
    "price of another unit": ("[decision]", '[costs]\nsurvey = { value = 30, unit = "EUR" }\n[decision]', "unit"),
    "unknown town": ('town = "wageningen"', 'town = "wageninge"', "wageningen"),
    "unknown outcome": ('name = "exit_work_ever"', 'name = "exit_work"', "exit_work_ever"),
    "unknown regime": ('regime = "wageningen.exemption"', 'regime = "wageningen.exemtion"', "wageningen.exemption"),
    "no control": ("control = true", "control = false", "control"),
    "unknown key": ("months = 24\n", "months = 24\nfolow_up = 30\n", "follow_up"),
    "decision about nothing": ("worth = 5.0", 'worth = 5.0\nmonth = 18', "month"),
    "survey that is not held": ('name = "exit_work_ever"', 'name = "trust_people"', "surveys"),
    "correction": ("months = 24\n", 'months = 24\ncorrection = "bonferroni"\n', "holm"),
    "rule that is none": ("months = 24\n", 'months = 24\nstrata = ["age <"]\n', "strata"),
    "worth for nobody": ("[decision]", "[worth]\nuptake = 1.4\n[decision]", "uptake"),
}  # fmt: skip


def _write(folder: Path, text: str, name: str = "plan") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_good_one_is_good(tmp_path: Path) -> None:
    (one,) = read_plan(_write(tmp_path, GOOD))
    assert one.people == 120
    assert one.treatments == ("exemption",)


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_told(case: str, tmp_path: Path) -> None:
    old, new, word = BROKEN[case]
    assert old in GOOD
    with pytest.raises(InputError) as told:
        read_plan(_write(tmp_path, GOOD.replace(old, new, 1)))
    assert word in str(told.value)
    assert "plan.toml: " in str(told.value)


def test_every_problem_of_every_plan_in_one_message(tmp_path: Path) -> None:
    first = GOOD.replace("follow_up = 24", "follow_up = 12").replace("control = true", "control = false")
    second = GOOD.replace("months = 24\n", "months = 24\npower = 1.2\nlooks = [2.0]\n", 1)
    with pytest.raises(InputError) as told:
        read_plans([_write(tmp_path, first, "a"), _write(tmp_path, second, "b")])
    text = str(told.value)
    for part in ("a.toml: follow_up", "a.toml: arms", "b.toml: power", "b.toml: looks"):
        assert part in text


def test_a_list_gives_a_design_per_value(tmp_path: Path) -> None:
    text = GOOD.replace("months = 24\n", "months = [12, 24]\n", 1).replace("per_arm = 60", "per_arm = [40, 60, 80]")
    designs = read_plan(_write(tmp_path, text))
    assert sorted({(one.sites[0].treatment, one.people) for one in designs}) == [
        (12, 80), (12, 120), (12, 160), (24, 80), (24, 120), (24, 160)]  # fmt: skip
    assert len({one.name for one in designs}) == 6


def test_the_shipped_plans_are_good() -> None:
    paths = sorted(Path("plans").glob("*.toml"))
    designs = read_plans(paths)
    assert len(paths) == 7
    assert {one.plan for one in designs} == {path.stem for path in paths}
