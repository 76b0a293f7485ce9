"""One studio for all tests without a browser: its engines start once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.studio.server import Settings, make_app

ADDRESS = "http://127.0.0.1:8321"


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    out: Path = tmp_path_factory.mktemp("studio")
    settings = Settings(database=f"sqlite:///{out / 'runs.sqlite'}", out=str(out), lang="nl", posterior="prior")
    with TestClient(make_app(settings), base_url=ADDRESS, follow_redirects=False) as client:
        yield client
