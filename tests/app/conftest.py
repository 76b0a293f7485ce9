"""The tests of the command line are about priors, also where a posterior is shipped, unless they say so."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def nothing_is_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("calibration.posterior.SHIPPED", tmp_path / "no posterior.nc")
