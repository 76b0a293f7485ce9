"""A researcher's own trial: every problem at once, nothing by half, and afterwards like a shipped one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibration.evidence.checks import check_registry
from calibration.evidence.own.store import remove_trial, store_trial
from calibration.evidence.own.trial import OwnTrial, read_own_trial
from calibration.evidence.registry import load_registry
from calibration.evidence.standard_errors import infer_standard_errors
from calibration.evidence.template import template_csv, write_template
from calibration.moments.table import names_of
from sim.problems import InputError, Problem
from sim.trial.read import read_design


def _read(folder: Path, text: str) -> OwnTrial:
    path = folder / "trial.csv"
    path.write_text(text, encoding="utf-8")
    return read_own_trial(path)


def _problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        _read(folder, text)
    return list(caught.value.problems)


def test_csv_and_excel_templates_are_the_same_trial(tmp_path: Path) -> None:
    first = read_own_trial(write_template(tmp_path / "a.csv"))
    second = read_own_trial(write_template(tmp_path / "b.xlsx"))
    assert first == second
    assert len(first.rows) == 7
    for path in ("a.csv", "c.txt", "no/such/folder/a.csv"):
        with pytest.raises(InputError):
            write_template(tmp_path / path)


def test_semicolons_and_cp1252_are_read_too(tmp_path: Path) -> None:
    text = template_csv().replace(",", ";").replace("your institute", "Universiteit één")
    (tmp_path / "trial.csv").write_bytes(text.encode("cp1252"))
    assert read_own_trial(tmp_path / "trial.csv").study.publisher == "Universiteit één"


def test_an_imported_trial_is_like_a_shipped_one(tmp_path: Path) -> None:
    source = write_template(tmp_path / "a.csv")
    trial = read_own_trial(source)
    target = store_trial(trial, tmp_path / "evidence", source)
    registry = load_registry(tmp_path / "evidence")
    rows = registry.select(study="arnhem")
    assert list(rows) == list(trial.rows)
    assert check_registry(registry, names_of) == []
    assert all(len(names_of(row)) == 1 for row in rows if row.is_target)
    assert sum(row.is_target for row in rows) == 7
    errors = infer_standard_errors(registry.rows, registry.studies)
    by = {row.id: row for row in rows}
    assert errors["arnhem_hours_gt_12_coaching_vs_control_24m_loep"].median == 0.044
    # the interval -0.107 .. 0.067 at 95%
    assert errors["arnhem_hours_gt_12_letting_go_vs_control_24m_loep"].median == pytest.approx(0.0444, abs=1e-4)
    # a star only: 0.09 at ten percent lies between 1.64 and infinity, with people and level known
    star = errors["arnhem_hours_gt_8_coaching_vs_control_24m_loep"]
    assert 0.035 < star.median < 0.055
    assert by["arnhem_life_satisfaction_letting_go_vs_control_24m_loep"].kind == "ordinal"
    design = read_design(target / "arnhem.toml")
    assert [arm.name for arm in design.arms] == ["coaching", "letting_go", "control"]
    assert design.people == 537
    assert (target / "source.csv").read_bytes() == source.read_bytes()


def test_levers_of_an_arm_are_what_its_people_get(tmp_path: Path) -> None:
    from sim.regime.presets import presets
    from sim.trial.own_regimes import regimes_of

    text = template_csv().replace("coaching,180,intensive,", "coaching,180,intensive,2.5")
    trial = _read(tmp_path, text)
    assert trial.arms[0].levers == {"contacts": 2.5}
    target = store_trial(trial, tmp_path / "evidence", tmp_path / "trial.csv")
    design = read_design(target / "arnhem.toml")
    assert [arm.regime for arm in design.arms] == ["arnhem.coaching", "exemption", "regular"]
    own = regimes_of(design.regimes)["arnhem.coaching"]
    assert own.levers["contacts"] == 2.5
    rest = {name: value for name, value in presets()["intensive"].levers.items() if name != "contacts"}
    assert {name: own.levers[name] for name in rest} == rest


def test_rows_of_subgroups_are_kept_but_not_simulated(tmp_path: Path) -> None:
    text = template_csv().replace("specification,locator", "specification,locator,subgroup")
    trial = _read(tmp_path, text.replace(EFFECT, EFFECT + ",women"))
    assert {row.use for row in trial.rows if row.subgroup == "women"} == {"outside_model"}
    assert not any(row.use == "outside_model" for row in trial.rows if row.subgroup == "all")
    assert any("women" in warning.en for warning in trial.warnings)


EFFECT = "coaching,control,works over 12 hours,0.045,0.044,,,,,24,loep,table 2"


@pytest.mark.parametrize(
    ("old", "new", "where", "told"),
    [
        (EFFECT, EFFECT.replace("0.045", "four"), ":effect", "a number"),
        (EFFECT, EFFECT.replace("0.045", "4.5"), ":effect", "4.5% is 0.045"),
        (EFFECT, EFFECT.replace("0.045", "4.5%"), ":effect", "4.5% is 0.045"),
        (EFFECT, EFFECT.replace("0.045", "0.045*"), ":effect", "column marker"),
        (EFFECT, EFFECT.replace("0.045", "nan"), ":effect", "a number"),
        (EFFECT, EFFECT.replace("0.045", "1_0"), ":effect", "a number"),
        (EFFECT, EFFECT.replace("0.044", "0"), ":se", "no doubt"),
        (EFFECT, EFFECT.replace("0.044", "-0.1"), ":se", "a number in"),
        (EFFECT, EFFECT.replace("0.044", ""), ":se", "an interval or a marker"),
        (EFFECT, EFFECT.replace("0.044,,", "0.044,0.1,0.2"), ":ci_low", "contains the estimate"),
        (EFFECT, EFFECT.replace("0.044,,", "0.044,0.2,-0.2"), ":ci_low", "low below high"),
        (EFFECT, EFFECT.replace("0.044,,", "0.044,-0.5,0.5"), ":se", "as the interval has it"),
        (EFFECT, EFFECT.replace("0.044,,", "0.044,-0.05,"), ":ci_low", "both"),
        (EFFECT, EFFECT.replace("0.044,,,,", "0.044,,,p<0.01,"), ":marker", "t = 1.02"),
        (EFFECT, EFFECT.replace("0.044,,,,", "0.044,,,***,"), ":marker", "one of"),
        (EFFECT, EFFECT.replace("0.044,,,,", "0.044,,,,negative"), ":sign", "the sign of"),
        (EFFECT, EFFECT.replace("coaching", "coachin"), ":arm", "one of"),
        (EFFECT, EFFECT.replace("coaching", ""), ":arm", "one of"),
        (EFFECT, EFFECT.replace("coaching", "control"), ":comparator", "another arm"),
        (EFFECT, EFFECT.replace("works over 12 hours", "hours_gt_13"), ":outcome", "one of"),
        (EFFECT, EFFECT.replace(",24,", ",two years,"), ":horizon_months", "a number"),
        (EFFECT, EFFECT.replace(",24,", ",,"), ":horizon_months", "a number"),
        (EFFECT, EFFECT.replace("loep", "lope"), ":specification", "one of"),
        (EFFECT, EFFECT + "\n" + EFFECT, "", "a quantity once"),
        (EFFECT, EFFECT + ",too many", "", "12 cells"),
        ("coaching,180,intensive", "coaching,180,", ":regime", "a regime"),
        ("coaching,180,intensive", "coaching,180,intensief", ":regime", "one of"),
        ("coaching,180,intensive,", "coaching,180,tailored,2", ":regime", "not a choice between several"),
        ("trust_municipality", "self_reliance", ":outcome", "the survey of nijmegen asks"),
        ("coaching,180", "coaching,many", ":people", "a number"),
        ("coaching,180", "coaching,", ":people", "a number"),
        ("coaching,180", "coaching,1.5", ":people", "a whole number"),
        ("coaching,180,intensive,", "coaching,180,intensive,99", ":contacts", "0 .. 8"),
        ("letting_go,175,exemption,\n", "", ":arm", "one of"),
        ("letting_go,175", "coaching,175", ":arm", "each arm once"),
        ("regime,contacts", "regime,contact", ":contact", "one of"),
        ("control,control", "control,controls", ":control", "one of"),
        ("year,2024", "year,soon", ":year", "a number"),
        ("name,arnhem", "name,Arnhem City", ":name", "small letters"),
        ("name,arnhem", "nam,arnhem", ":key", "one of"),
        ("start,2018-01", "start,January", ":start", "2024-01"),
        ("population,netherlands", "population,holland", ":population", "one of"),
        ("survey,nijmegen", "survey,leiden", ":survey", "one of"),
        ("works over 12 hours,hours_gt_12\n", "works over 12 hours,hours_gt_1\n", ":ours", "one of"),
        ("[arms]", "[arm]", "", "one of study, arms"),
        ("[effects]\n", "", "", "a block [effects]"),
        ("arm,comparator,outcome,effect", "arm,comparator,outcom,effect", "", "columns arm, outcome"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path: Path, old: str, new: str, where: str, told: str) -> None:
    text = template_csv()
    assert old in text
    problems = _problems(tmp_path, text.replace(old, new, 1))
    assert any(where in problem.path and told in problem.to("en") for problem in problems)
    assert all(problem.to("nl") != problem.to("en") for problem in problems)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    text = template_csv()
    text = text.replace("0.045", "4.5").replace("-0.107", "0.02").replace("p<0.10", "p<10")
    text = text.replace("trust_municipality", "trust_municipal").replace("coaching,180,intensive", "coaching,x,")
    text = text.replace("year,2024", "year,")
    problems = _problems(tmp_path, text)
    found = " | ".join(problem.to("en") for problem in problems)
    for told in ("4.5%", "contains the estimate", "p<10", "trust_municipality'?", "unmapped arm", ":year"):
        assert told in found
    assert len(problems) >= 7


def test_nothing_is_kept_when_anything_is_wrong(tmp_path: Path) -> None:
    source = write_template(tmp_path / "a.csv")
    store_trial(read_own_trial(source), tmp_path / "evidence", source)
    before = sorted(path.name for path in (tmp_path / "evidence").rglob("*"))
    with pytest.raises(InputError, match="exists already"):
        store_trial(read_own_trial(source), tmp_path / "evidence", source)
    store_trial(read_own_trial(source), tmp_path / "evidence", source, replace=True)
    other = tmp_path / "b.csv"
    text = template_csv().replace("name,arnhem", "name,other").replace("arm,comparator", "id,arm,comparator", 1)
    text = text.replace("coaching,control,works", "S007,coaching,control,works", 1)
    other.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        store_trial(read_own_trial(other), tmp_path / "evidence", other)
    assert sorted(path.name for path in (tmp_path / "evidence").rglob("*")) == before
    remove_trial("arnhem", tmp_path / "evidence")
    assert list((tmp_path / "evidence").iterdir()) == []
    with pytest.raises(InputError):
        remove_trial("arnhem", tmp_path / "evidence")


def test_a_disk_that_refuses_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import calibration.evidence.own.store as store

    source = write_template(tmp_path / "a.csv")
    trial = read_own_trial(source)

    def full(path: Path, content: bytes) -> None:
        if path.name == "rows.csv":
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr(store, "_write", full)
    with pytest.raises(InputError, match="No space left"):
        store_trial(trial, tmp_path / "evidence", source)
    assert list((tmp_path / "evidence").iterdir()) == []


def test_names_of_shipped_studies_are_taken(tmp_path: Path) -> None:
    trial = _read(tmp_path, template_csv().replace("name,arnhem", "name,oss"))
    with pytest.raises(InputError, match="no shipped trial"):
        store_trial(trial, tmp_path / "evidence", tmp_path / "trial.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"\x00\x01\x02",
        b"%PDF-1.4 hello",
        b"PK\x03\x04 not a zip",
        b"\xd0\xcf\x11\xe0 old excel",
        b"\xff\xfe[\x00s\x00",
        b"[study]",
        b"[study]\n[arms]\n[effects]\n",
        b"arm,effect\na,1\n",
        b'[study]\nkey,value\nname,"unclosed\n',
        b"[study]\nkey,value\n" * 3,
        b"[effects]\n" + b"arm,outcome\n" + b"a,b\n" * 20_001,
        "[study]\nkey,value\nname,\u202earnhem\n".encode(),
    ],
)
def test_files_that_are_no_trial_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trial.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_own_trial(path)


def test_places_that_are_no_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.csv", Path("bad\x00name.csv"), Path("/dev/null")):
        with pytest.raises(InputError):
            read_own_trial(path)


def _told(error: InputError) -> None:
    assert error.problems
    assert all(problem.to("en") and problem.to("nl") for problem in error.problems)


_SIZES = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_SIZES
@given(st.binary(max_size=400))
def test_garbage_never_ends_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "garbage.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_own_trial(path)


@_SIZES
@given(st.integers(0, 2**32 - 1))
def test_a_damaged_template_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    """Cells, lines and characters are swapped, dropped, doubled or replaced by odd ones."""
    rng = random.Random(seed)
    odd = [
        "",
        "NaN",
        "inf",
        "-",
        "1e999",
        "=1+1",
        "é",
        "\u2212",
        '"',
        ",",
        "12%",
        "[effects]",
        "p<0.05",
        "-1",
        "0",
        "999999999999",
        "control",
        "hours_gt_8",
        "\t",
        "true",
        "0x10",
        "²",
        "１２",
    ]
    lines = template_csv().split("\n")
    for _ in range(rng.randint(1, 5)):
        place = rng.randrange(len(lines))
        what = rng.randrange(4)
        if what == 0:
            cells = lines[place].split(",")
            cells[rng.randrange(len(cells))] = rng.choice(odd)
            lines[place] = ",".join(cells)
        elif what == 1:
            lines[place] = lines[rng.randrange(len(lines))]
        elif what == 2:
            del lines[place]
        else:
            spot = rng.randrange(len(lines[place]) + 1)
            lines[place] = lines[place][:spot] + rng.choice(odd) + lines[place][spot:]
    path = tmp_path / "damaged.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        trial = read_own_trial(path)
    except InputError as error:
        _told(error)
        return
    assert trial.rows
    target = store_trial(trial, tmp_path / "evidence", path, replace=True)
    registry = load_registry(tmp_path / "evidence")
    assert check_registry(registry, names_of) == []
    read_design(target / f"{trial.study.name}.toml")
    remove_trial(trial.study.name, tmp_path / "evidence")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1))
def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    path = tmp_path / "t.xlsx"
    path.unlink(missing_ok=True)
    content = bytearray(write_template(path).read_bytes())
    for _ in range(rng.randint(1, 40)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    path.write_bytes(bytes(content[: rng.randint(len(content) // 2, len(content))]))
    try:
        read_own_trial(path)
    except InputError as error:
        _told(error)


@pytest.mark.parametrize(
    ("old", "new", "where", "told"),
    [
        (",,,,24,loep,table 2", ",,,,36,loep,table 2", ":horizon_months", "the trial ends"),
        ("0.045,0.044", "0.045,0", ":se", "no doubt at all"),
        ("0.045,0.044", "0.045,0.000", ":se", "no doubt at all"),
        ("-0.02,,-0.107,0.067", "-0.02,,-0.30,0.00", ":ci_low", "another scale"),
        ("-0.02,,-0.107,0.067", "-0.02,,-0.03,0.20", ":ci_low", "another scale"),
    ],
)
def test_what_cannot_be_meant_is_asked_back_in_words(tmp_path: Path, old: str, new: str, where: str, told: str) -> None:
    text = template_csv()
    assert old in text
    problems = _problems(tmp_path, text.replace(old, new, 1))
    assert any(where in problem.path and told in problem.to("en") for problem in problems)


@pytest.mark.parametrize("interval", ["-0.10,0.07", "-0.11,0.06", "-0.107,0.067", "-0.1,0.1"])
def test_rounding_makes_no_interval_lopsided(tmp_path: Path, interval: str) -> None:
    text = template_csv().replace("-0.02,,-0.107,0.067", f"-0.02,,{interval}")
    (tmp_path / "a.csv").write_text(text)
    assert read_own_trial(tmp_path / "a.csv").rows
