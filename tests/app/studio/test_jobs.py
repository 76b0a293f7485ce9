"""Engines: replaced when they die, given up when they cannot start; newer questions replace older ones."""

from __future__ import annotations

import asyncio

import pytest

from app.studio import answers, jobs
from app.studio.jobs import Engine, ReplacedError, StoppedError, TooBusyError


def test_an_engine_that_cannot_start_is_given_up_and_questions_are_told() -> None:
    async def go() -> int:
        # Without settings, warming up fails in the process.
        engine = Engine("cold", {}, replace=False)
        await engine.open()
        job = engine.ask("me", "whatif", {}, limit=60.0)
        with pytest.raises(StoppedError):
            await asyncio.wait_for(job.result, 120)
        with pytest.raises(TooBusyError):
            engine.ask("me", "whatif", {}, limit=1.0)
        await engine.close()
        return engine._cold

    assert asyncio.run(go()) == jobs._MOST_COLD
    assert "whatif" in answers.ANSWERS


def test_a_newer_question_replaces_the_older_of_the_same_visitor_only() -> None:
    async def go() -> None:
        engine = Engine("never ready", {"database": "", "out": "", "posterior": "prior"}, replace=True)
        engine._loop = asyncio.get_running_loop()  # not opened: questions wait
        first, other = engine.ask("me", "whatif", {}, limit=1.0), engine.ask("you", "whatif", {}, limit=1.0)
        second = engine.ask("me", "whatif", {}, limit=1.0)
        with pytest.raises(ReplacedError):
            await first.result
        assert not other.result.done()
        assert not second.result.done()
        assert engine.place(second) == 1

    asyncio.run(go())


def test_a_full_queue_is_told() -> None:
    async def go() -> None:
        engine = Engine("full", {"database": "", "out": "", "posterior": "prior"}, replace=False)
        engine._loop = asyncio.get_running_loop()
        for number in range(jobs._MOST_WAITING):
            engine.ask(str(number), "whatif", {}, limit=1.0)
        with pytest.raises(TooBusyError):
            engine.ask("one more", "whatif", {}, limit=1.0)

    asyncio.run(go())
