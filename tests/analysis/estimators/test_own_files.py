"""Microdata as people keep it: labels, codes, marks and formats change no estimate, and nobody vanishes unsaid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import statsmodels.api as sm

from analysis.estimators import linear, nearest_neighbour
from analysis.estimators.clusters import FEW, cr2
from analysis.estimators.frame import TrialFrame, read_microdata
from analysis.estimators.result import Estimate
from sim.problems import InputError

# 48 people: arm, outcome, a number, a code with zeros.
ROWS = [
    (("coach", "usual", "letter")[n % 3], round(((n * 37) % 19) / 2 + (n % 3 == 0) * 1.25, 2), 20 + n % 7, f"0{n % 5}")
    for n in range(48)
]
TABLE = pd.DataFrame(ROWS, columns=["arm", "y", "age", "km"])


def of(data: TrialFrame | pd.DataFrame, **more: object) -> Estimate:
    return linear.estimate(data, "y", "coach", control="usual", covariates=("age", "km"), **more)  # type: ignore[arg-type]


def text(folder: Path, content: str, encoding: str = "utf-8", name: str = "m.csv") -> TrialFrame:
    (folder / name).write_bytes(content.encode(encoding))
    return read_microdata(folder / name)


def csv(separator: str = ",", decimal: str = ".", arm: str = "arm") -> str:
    lines = [separator.join((arm, "y", "age", "km"))]
    lines += [separator.join((a, f"{y}".replace(".", decimal), f"{x}", k)) for a, y, x, k in ROWS]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("separator", "decimal", "encoding"),
    [(",", ".", "utf-8-sig"), (";", ",", "cp1252"), ("\t", ",", "utf-8"), (";", ".", "utf-8")],
)
def test_separator_mark_and_encoding_change_nothing(tmp_path, separator, decimal, encoding):
    found = of(text(tmp_path, csv(separator, decimal), encoding))
    assert (found.value, found.standard_error) == (of(TABLE).value, of(TABLE).standard_error)


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "dta", "sav"])
def test_every_format_is_read_by_the_one_reader(tmp_path, kind):
    path = tmp_path / f"m.{kind}"
    if kind == "xlsx":
        TABLE.to_excel(path, index=False)
    elif kind == "parquet":
        TABLE.to_parquet(path)
    elif kind == "dta":
        TABLE.to_stata(path, write_index=False)
    else:
        coded = TABLE.assign(arm=TABLE["arm"].map({"coach": 1.0, "usual": 2.0, "letter": 3.0}))
        labels = {"arm": {1.0: "coach", 2.0: "usual", 3.0: "letter"}}
        pyreadstat.write_sav(coded, str(path), variable_value_labels=labels)
    found = of(read_microdata(path))
    assert found.value == pytest.approx(of(TABLE).value, abs=1e-12)
    assert found.standard_error == pytest.approx(of(TABLE).standard_error, abs=1e-12)


def test_a_damaged_file_of_any_format_is_a_message(tmp_path):
    for start, name in (
        (b"PAR1", "a.parquet"),
        (b"$FL2@(#)", "a.sav"),
        (b"<stata_dta>", "a.dta"),
        (b"PK\x03\x04", "a.xlsx"),
    ):
        (tmp_path / name).write_bytes(start + b"\x07damaged" * 40)
        with pytest.raises(InputError):
            read_microdata(tmp_path / name)


def test_labels_differ_by_blanks_and_case_only_and_what_differed_is_named(tmp_path):
    """A trailing space made another arm: +6.000 of 12 controls in place of +4.000 of 24."""
    mixed = csv().replace("usual,", "Usual ,", 5).replace("coach,", "COACH,", 2)
    found = of(text(tmp_path, mixed))
    assert (found.value, found.standard_error) == (of(TABLE).value, of(TABLE).standard_error)
    said = " ".join(note.en for note in found.notes)
    assert "'Usual ' 5" in said
    assert "'COACH' 2" in said
    assert "'letter' 16" in said


@pytest.mark.parametrize("label", ["NA", "None", "null", "n/a", "nan", "geen", "none", "-"])
def test_an_arm_may_be_called_anything(tmp_path, label):
    renamed = text(tmp_path, csv().replace("usual,", f"{label},"))
    found = linear.estimate(renamed, "y", "coach", control=label, covariates=("age", "km"))
    assert (found.value, found.n, found.n_control) == (of(TABLE).value, 48, 16)
    third = text(tmp_path, csv().replace("letter,", f"{label},"))
    assert of(third).n == 48  # the other arms share the residual variance


def test_codes_keep_their_zeros(tmp_path):
    """'01' and '1' are two caseworkers."""
    lines = ["arm,y,km"] + [
        f"{('coach', 'usual')[n % 2]},{n % 9},{('01', '1', '02', '2', '03', '3')[n % 6]}" for n in range(60)
    ]
    data = text(tmp_path, "\n".join(lines))
    found = linear.estimate(data, "y", "coach", control="usual", cluster="km")
    frame = pd.read_csv(tmp_path / "m.csv", dtype={"km": str})
    groups = np.unique(frame["km"], return_inverse=True)[1]
    x = np.column_stack([np.ones(60), frame["arm"] == "coach"]).astype(float)
    assert found.standard_error == pytest.approx(cr2(frame["y"].to_numpy(float), x, groups, 1)[0])
    assert len(set(groups)) == 6
    as_covariate = linear.estimate(data, "y", "coach", control="usual", covariates=("km",))
    assert as_covariate.degrees == 60 - 6 - 0  # six levels: five indicators, one of which the arm already is


def test_a_lone_group_is_refused_by_row_unless_the_file_shows_its_mark(tmp_path):
    with pytest.raises(InputError) as caught:
        linear.estimate(text(tmp_path, "arm,y\n" + "coach,1.400\nusual,300\n" * 3), "y", "coach", control="usual")
    assert "row 2: 1.400" in str(caught.value)
    assert "write 1400, or 1.40" in str(caught.value)
    shown = text(tmp_path, "arm;y\n" + "coach;1.400\nusual;300,50\ncoach;1.401\nusual;300\n")
    assert linear.estimate(shown, "y", "coach", control="usual").value == pytest.approx(1400.5 - 300.25)


def test_a_covariate_without_values_is_not_controlled_for(tmp_path):
    found = linear.estimate(TABLE.assign(age=np.nan), "y", "coach", control="usual", covariates=("age", "km"))
    assert found.covariates == ("km",)
    assert "age is unknown for everybody" in found.notes[-1].en


def test_a_missing_cluster_of_somebody_left_out_does_not_matter():
    data = TABLE.assign(km=TABLE["km"].astype(object))
    data.loc[[0, 1], "y"] = np.nan
    data.loc[0, "km"] = None
    assert linear.estimate(data, "y", "coach", control="usual", cluster="km").n == 46
    data.loc[3, "km"] = None
    with pytest.raises(InputError, match="everybody who is compared"):
        linear.estimate(data, "y", "coach", control="usual", cluster="km")


def test_a_constant_outcome_has_no_error_and_no_p_value():
    found = linear.estimate(TABLE.assign(y=100.1), "y", "coach", control="usual", covariates=("age",))
    assert found.value == 0.0
    assert np.isnan([found.standard_error, found.low, found.high, found.p_value]).all()


@pytest.mark.parametrize("groups", [(1, 1), (1, 4), (4, 1)])
def test_one_cluster_in_an_arm_gives_no_interval_but_a_sentence(groups):
    rng = np.random.default_rng(2)
    rows = [(arm, f"{arm}{n % many}", rng.normal()) for arm, many in zip("ab", groups, strict=True) for n in range(20)]
    found = linear.estimate(pd.DataFrame(rows, columns=["arm", "km", "y"]), "y", "a", control="b", cluster="km")
    assert np.isfinite(found.value)
    assert np.isnan([found.standard_error, found.low, found.high, found.p_value]).all()
    assert "no interval" in found.notes[-1].en


def test_two_groups_per_arm_of_one_size_are_the_t_test_of_their_means():
    """A known answer: CR2 with equal groups is the two-sample t test of group means, two degrees of freedom."""
    y = np.array([1.0, 2, 3, 4, 6, 5, 9, 8])
    groups = np.repeat([0, 1, 2, 3], 2)
    x = np.column_stack([np.ones(8), np.repeat([0.0, 1.0], 4)])
    error, degrees = cr2(y, x, groups, 1)
    means = y.reshape(4, 2).mean(axis=1)
    spread = (means[:2].var(ddof=1) + means[2:].var(ddof=1)) / 2
    assert error == pytest.approx(np.sqrt(spread))
    assert degrees == pytest.approx(2.0)


def test_groups_of_one_person_give_the_robust_errors_hc2():
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(30), np.arange(30) % 2, rng.normal(size=30)])
    y = rng.normal(size=30)
    fitted = sm.OLS(y, x).fit(cov_type="HC2")
    assert cr2(y, x, np.arange(30), 1)[0] == pytest.approx(fitted.bse[1])


def test_few_groups_cover_as_often_as_they_say():
    """Six caseworkers, three for each arm: CR2 covers; the plain sandwich with 5 degrees does not."""
    runs, held = 300, {"cr2": 0, "plain": 0}
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        worker = np.repeat(np.arange(6), 15)
        arm = np.where(worker < 3, "coach", "usual")
        y = 0.8 * rng.normal(size=6)[worker] + rng.normal(size=90)
        data = pd.DataFrame({"arm": arm, "km": worker, "y": y})
        found = linear.estimate(data, "y", "coach", control="usual", cluster="km", level=0.90)
        held["cr2"] += found.low <= 0.0 <= found.high
        x = np.column_stack([np.ones(90), arm == "coach"]).astype(float)
        plain = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": worker}, use_t=True).conf_int(0.10)[1]
        held["plain"] += plain[0] <= 0.0 <= plain[1]
    spread = 3 * np.sqrt(0.9 * 0.1 / runs)
    assert 0.9 - spread <= held["cr2"] / runs <= 0.9 + spread
    assert held["plain"] / runs < 0.9 - spread
    assert FEW > 6


@pytest.mark.parametrize("target", ["att", "ate"])
def test_errors_of_matching_do_not_depend_on_the_order_of_rows(target):
    """Three orders of one file gave 2.585, 2.747 and 2.136."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame(
        {"arm": ["coach"] * 20 + ["usual"] * 20, "x": rng.integers(0, 2, 40), "y": rng.normal(10, 6, 40).round()}
    )
    found = [
        nearest_neighbour.estimate(
            data.sample(frac=1, random_state=seed), "y", "coach", control="usual", covariates=("x",), target=target
        )
        for seed in range(12)
    ]
    assert np.ptp([one.value for one in found]) < 1e-9
    assert np.ptp([one.standard_error for one in found]) < 1e-9


def test_ties_share_the_variance_of_their_cell():
    """The known answer of one 0/1 covariate: pairs differ by cell means, noise is the variance within cells."""
    y = np.array([0.0, 5, 8, 14, 19, 15, 21, 26, 22, 2, 7, 9])
    data = pd.DataFrame({"arm": ["coach"] * 6 + ["usual"] * 6, "x": [0, 0, 0, 1, 1, 1] * 2, "y": y})
    found = nearest_neighbour.estimate(data, "y", "coach", control="usual", covariates=("x",), correct_bias=False)
    cells = y.reshape(4, 3)
    gain = y[:6] - np.repeat(cells[2:].mean(axis=1), 3)
    # Each control is used once in all (a third by each of three), so reuse adds (1 - 1/3) of its cell's variance.
    noise = 2 / 3 * 3 * (cells[2].var(ddof=1) + cells[3].var(ddof=1))
    expected = np.sqrt(((gain - gain.mean()) ** 2).sum() + noise) / 6
    assert found.standard_error == pytest.approx(expected)
