"""`import bijstand` asks what the command line asks: the same numbers to the digit, refusals, tables, figures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import bijstand
from app.cli import run
from calibration.posteriors.file import save
from tests.calibration.sample_posteriors import small

SMALL: dict[str, Any] = {"people": 60, "months": 6, "draws": 2, "seeds": 1, "posterior": "prior", "workers": 1}
WORDS = [word for name, value in SMALL.items() for word in (f"--{name}", str(value))]


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


ASKED: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "compare": (
        lambda: bijstand.compare("regular", "intensive", **SMALL),
        ["regular", "intensive", *WORDS, "--no-report"],
    ),
    "project": (
        lambda: bijstand.project("intensive", treatment=[3, "always"], **SMALL),
        ["intensive", "--treatment", "3,always", *WORDS, "--no-report"],
    ),
    "dose": (
        lambda: bijstand.dose("contacts", values=[0, 2], **SMALL),
        ["contacts", "--values", "0,2", *WORDS, "--no-report"],
    ),
    "who": (
        lambda: bijstand.who("intensive", goal="stress", **SMALL),
        ["intensive", "--goal", "stress", *WORDS, "--no-figures"],
    ),
    "cost": (
        lambda: bijstand.cost("intensive", price=["discount_rate=0.03"], **SMALL),
        ["intensive", "--price", "discount_rate=0.03", *WORDS, "--no-figures"],
    ),
    "benefit": (
        lambda: bijstand.benefit(date="2018-07-01", net_earnings=400),
        ["--date", "2018-07-01", "--net-earnings", "400"],
    ),
    "trial": (lambda: bijstand.trial("utrecht", replicates=2), ["run", "utrecht", "--replicates", "2", "--no-figures"]),
}
# What belongs to one call and not to the question.
_OWN = ("run_id", "folder", "files", "result_sha256", "created")


def numbers(record: Any) -> Any:
    """Return a record without what belongs to one call."""
    if isinstance(record, dict):
        return {name: numbers(value) for name, value in record.items() if name not in _OWN}
    return [numbers(value) for value in record] if isinstance(record, list) else record


@pytest.mark.parametrize("name", list(ASKED))
def test_numbers_are_those_of_the_command_line_to_the_digit(
    name: str, empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask, words = ASKED[name]
    answer = ask()
    assert capsys.readouterr().out == ""
    assert not list(empty.iterdir())
    assert run([name, *words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    mine = json.loads(json.dumps(_plain(answer.record())))
    assert numbers(mine) == numbers(told)
    frame = answer.frame()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) > 0
    assert isinstance(answer.plot(), Axes)
    assert answer.label.en.split(";")[0] in answer._repr_html_()


def _plain(record: Any) -> Any:
    """Return a record with NaN as None, as JSON has it."""
    if isinstance(record, dict):
        return {name: _plain(value) for name, value in record.items()}
    if isinstance(record, list | tuple):
        return [_plain(value) for value in record]
    if isinstance(record, float | np.floating):
        return float(record) if np.isfinite(record) else None
    return (
        record.item()
        if isinstance(record, np.generic)
        else record
        if record is None or isinstance(record, bool | int)
        else str(record)
    )


def test_all_that_is_wrong_is_told_at_once_with_the_nearest_name(empty: Path) -> None:
    with pytest.raises(bijstand.InputError, match="did you mean 'people'"):
        bijstand.compare("regular", peple=100)  # type: ignore[call-arg]
    with pytest.raises(bijstand.InputError, match="did you mean 'net_earnings'"):
        bijstand.benefit(net_earning=100)
    with pytest.raises(bijstand.InputError) as refused:
        bijstand.compare("regular", "intensve", people=1, draws=0, posterior="prior")
    assert len(refused.value.problems) == 3
    with pytest.raises(bijstand.InputError) as refused:
        bijstand.Society("intensve", draw=0, people=1, posterior="prior")
    assert {problem.path for problem in refused.value.problems} == {"draw", "--people", "scenario"}


def test_a_society_for_mesa_is_the_run_of_its_draw_and_replicate() -> None:
    """Draw by number: the months that Mesa steps are those of the run, and another draw gives others."""
    sizes: dict[str, Any] = {**SMALL, "draws": 3, "seeds": 2}
    found = bijstand.compare("intensive", **sizes).result
    means = {}
    for draw, replicate in ((3, 1), (2, 2)):
        society = bijstand.Society("intensive", draw=draw, replicate=replicate, people=60, months=6, posterior="prior")
        assert society.label.en.startswith("not calibrated")
        society.run_model()
        table = society.datacollector.get_model_vars_dataframe()
        means[draw] = table["stress"].to_numpy()
        run_of_it = found.measure("stress")[0, draw - 1, replicate - 1, 0]
        assert np.array_equal(means[draw], run_of_it)
    assert not np.array_equal(means[3], means[2])


def test_people_and_posteriors_are_those_of_the_command_line(
    empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    people = bijstand.population("oss", people=50, seed=3)
    assert run(["population", "draw", "oss", "--people", "50", "--seed", "3", "--out", "people.csv"]) == 0
    pd.testing.assert_frame_equal(people.frame(), pd.read_csv("people.csv"), check_dtype=False)
    assert isinstance(people.plot(column="age"), Axes)
    monkeypatch.setattr("calibration.posteriors.posterior.SHIPPED", empty / "shipped.nc")
    save(small("hand"), Path("hand.nc"))
    capsys.readouterr()
    assert run(["posterior", "show", "hand.nc", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = bijstand.posterior("hand.nc")
    assert json.loads(json.dumps(_plain(found.record()))) == told
    assert isinstance(found.plot(), Axes)
    assert found.frame()["posterior_median"].tolist() == [row["posterior"][1] for row in told["parameters"]]
    with pytest.raises(bijstand.InputError, match="no-such-posterior"):
        bijstand.posterior("no-such-posterior")


def test_importing_it_is_light() -> None:
    """Neither Mesa nor the simulator is imported before a question is asked."""
    code = "import sys, bijstand; print([name for name in ('mesa', 'matplotlib', 'sqlalchemy') if name in sys.modules])"
    root = str(Path(bijstand.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": root}, check=True
    )
    assert done.stdout.strip() == "[]"
