"""Posteriors of both kinds of database: registered once, read back as they were, one the default."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from scenarios.store.database import writing
from scenarios.store.posteriors import PosteriorRow
from scenarios.store.store import open_store
from sim.problems import InputError
from tests.scenarios.servers import fresh

ROW = PosteriorRow("joint", "a" * 64, "2026-11-21", "e" * 16, 140, 400, ("oss", "utrecht"), True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh(request.param, tmp_path) as found:
        yield found


def test_a_posterior_is_registered_once_and_may_be_the_default(url: str) -> None:
    older = replace(ROW, name="older", digest="b" * 64, created="2025-01-01", converged=False)
    with open_store(url, write=True) as store:
        assert store.posteriors() == []
        assert store.register_posterior(ROW, b"file", (b"rows", "application/json"))
        assert not store.register_posterior(ROW, b"file")
        assert store.register_posterior(older, b"older file")
        with pytest.raises(InputError, match="is free"):
            store.register_posterior(replace(ROW, digest="c" * 64), b"other")
        with pytest.raises(InputError, match="as joint"):
            store.register_posterior(replace(ROW, name="again"), b"file")
    with open_store(url, write=True) as store:
        assert store.posteriors() == [ROW, older]
        assert store.posterior("joint") == b"file"
        with pytest.raises(InputError, match="joint, older"):
            store.posterior("join")
        assert store.chosen_posterior() is None
        store.choose_posterior("joint")
        assert store.chosen_posterior() == "joint"
        for wrong in ("older", "absent"):
            with pytest.raises(InputError):
                store.choose_posterior(wrong)
        assert store.chosen_posterior() == "joint"
        store.choose_posterior(None)
        assert store.chosen_posterior() is None


def test_a_changed_file_is_refused(url: str) -> None:
    with open_store(url, write=True) as store:
        store.register_posterior(ROW, b"file")
        with writing(store._engine) as connection:
            connection.execute(text("UPDATE sources SET data = :data"), {"data": b"filf"})
        with pytest.raises(InputError):
            store.posterior("joint")
        kept = hashlib.sha256(b"file").hexdigest()
        assert [problem.value for problem in store.check()] == ["joint", kept]  # and the file by its own name
