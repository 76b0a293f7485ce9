"""`bijstand calibrate`: bad input is told at once, before anything is simulated; a small fit is whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import run
from calibration.posteriors.posterior import load_posterior


def test_everything_wrong_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    priors = tmp_path / "priors.toml"
    priors.write_text('[parameters]\n"market.rat" = { sd = 1 }\n')
    words = [
        "calibrate",
        "--only",
        "nijmegn",
        "--horizons",
        "x",
        "--seed",
        "y",
        "--name",
        "Not Good",
        "--priors",
        str(priors),
    ]
    assert run([*words, "--work", str(tmp_path / "work")]) == 2
    told = capsys.readouterr().err
    for word in ("'nijmegen'", "--horizons", "--seed", "--name", "'market.rate'"):
        assert word in told
    assert "Traceback" not in told
    assert not (tmp_path / "work").exists()
    assert run(["--lang", "nl", *words]) == 2
    assert "5 problemen met de invoer" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_refused_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "--only", "utrecht", "--out", str(tmp_path)]) == 2
    assert "--out" in capsys.readouterr().err


@pytest.mark.slow
def test_a_quick_fit_writes_a_posterior_that_is_not_called_converged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "small.nc"
    words = [
        "calibrate",
        "--only",
        "tilburg",
        "--quick",
        "--workers",
        "1",
        "--name",
        "small",
        "--json",
        "--synthetic",
        "3",
        "--out",
        str(file),
        "--work",
        str(tmp_path / "work"),
    ]
    assert run(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert not told["converged"]
    assert set(told["diagnostics"]["truth"]) == {each["name"] for each in told["parameters"]}
    posterior = load_posterior(file)
    assert posterior.digest == told["digest"]
    chains = posterior.attributes["diagnostics"]["chains"]
    assert chains["names"] == [*posterior.latent_names, "log likelihood"]
    assert max(chains["rhat"]) == told["diagnostics"]["rhat_max"]
    assert run(words) == 2  # the folder holds this fit already
    assert "--resume" in capsys.readouterr().err
    assert run([*words, "--resume"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == told["digest"]
