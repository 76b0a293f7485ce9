"""Threads that stay: everybody gets the same bits, nobody waits for himself, and an error stops all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from sim.engine import thread_pool as crew
from sim.engine.simulate import Job, Record, Society, simulate
from sim.engine.thread_pool import share
from sim.parameters import defaults
from sim.people.population import Population
from sim.problems import InputError
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.setting import Setting, make_setting
from tests.reference.people import plain_people, schedule_of

MONTHS = 5
RECORD = Record(series=("stress", "hours"))
_ROOT = Path(__file__).resolve().parents[3]
Case = tuple[Population, list[Job], Setting, Record]


@pytest.fixture(scope="module")
def case() -> Case:
    people = plain_people(5000)
    schedule = schedule_of(people, preset("intensive"), months=MONTHS)
    jobs = [Job(defaults(), schedule, stream("crew", number)) for number in range(4)]
    return people, jobs, make_setting(people.start, MONTHS), RECORD


@pytest.mark.parametrize(("turns", "threads"), [(0, 2), (1, 4), (2, 1), (7, 3), (64, 8)])
def test_every_turn_is_taken_once(turns, threads):
    taken = share(range(turns), threads, list)
    assert len(taken) == max(min(turns, threads), 1)
    assert sorted(turn for some in taken for turn in some) == list(range(turns))


def test_who_is_done_takes_the_last_turns_of_another():
    begun, others_done = threading.Event(), threading.Event()

    def work(turns):
        mine = []
        for turn in turns:
            if turn == 0:
                begun.set()
                assert others_done.wait(20)
            assert begun.wait(20)  # nobody takes turn 0 away before its owner has begun
            mine.append(turn)
        others_done.set()
        return mine

    first, second = share(range(10), 2, work)
    assert first == [0]
    assert second == [5, 6, 7, 8, 9, 4, 3, 2, 1]


def test_a_turn_may_share_turns_itself():
    def outer(turns):
        return [sum(map(sum, share(range(turn + 5), 3, list))) for turn in turns]

    found = [number for some in share(range(6), 3, outer) for number in some]
    assert sorted(found) == [sum(range(turn + 5)) for turn in range(6)]


def test_two_callers_never_wait_for_each_other():
    """Both callers' threads are at work at the same time: the barrier lets nobody through before."""
    together = threading.Barrier(4, timeout=20)

    def work(turns):
        return [together.wait() for _ in turns]

    with ThreadPoolExecutor(2) as callers:
        found = list(callers.map(lambda _: share(range(2), 2, work), range(2)))
    assert sorted(place for call in found for some in call for place in some) == [0, 1, 2, 3]


def test_threads_stay():
    def who(turns):
        list(turns)
        return threading.get_ident()

    assert share(range(8), 2, who) == share(range(8), 2, who)
    before = len(crew._idle)
    for _ in range(20):
        share(range(8), 2, who)
    assert len(crew._idle) == before


def test_an_error_stops_all_and_is_told_when_nobody_is_at_work():
    at_work: set[int] = set()
    taken: list[int] = []

    def work(turns):
        for turn in turns:
            at_work.add(turn)
            taken.append(turn)
            time.sleep(0.05)
            at_work.discard(turn)
            if turn == 0:
                raise ValueError("turn 0")

    with pytest.raises(ValueError, match="turn 0"):
        share(range(400), 3, work)
    assert at_work == set()
    assert len(taken) < 12
    assert sum(map(len, share(range(5), 3, list))) == 5


def test_who_is_interrupted_leaves_nobody_at_work(monkeypatch):
    """The caller is interrupted while it waits for its threads."""
    begun = threading.Event()
    taken: list[int] = []
    done: list[int] = []

    def work(turns):
        for turn in turns:
            taken.append(turn)
            begun.set()
            time.sleep(0.05)
            done.append(turn)

    def interrupted(self, timeout=None):
        assert begun.wait(20)
        raise KeyboardInterrupt

    monkeypatch.setattr("concurrent.futures.Future.result", interrupted)
    with pytest.raises(KeyboardInterrupt):
        share(range(400), 2, work)
    assert sorted(taken) == sorted(done)
    assert len(taken) < 8


def test_a_society_that_was_stopped_half_way_does_not_go_on(case, monkeypatch):
    people, jobs, setting, record = case
    society = Society(people, jobs[0], setting, record, threads=2)
    society.run_to(1)
    advance = society._advance

    def fails(first, last, lo, hi, sums, counts):
        if lo:
            raise KeyboardInterrupt
        advance(first, last, lo, hi, sums, counts)

    monkeypatch.setattr(society, "_advance", fails)
    with pytest.raises(KeyboardInterrupt):
        society.run_to(2)
    monkeypatch.setattr(society, "_advance", advance)
    with pytest.raises(RuntimeError, match="stopped"):
        society.run_to(2)


@pytest.mark.parametrize("month", [0, MONTHS + 1, 1000])
def test_months_that_are_over_or_do_not_exist_are_refused(case, month):
    society = Society(case[0], case[1][0], case[2], case[3])
    society.run_to(2)
    with pytest.raises(InputError, match="month"):
        society.run_to(month)
    society.run_to(2)
    assert society.month == 2


@pytest.mark.parametrize("backend", ["compiled", "numpy"])
def test_many_callers_at_once_get_the_bits_of_one(case, backend):
    people, jobs, setting, record = case
    alone = [simulate(people, [job], setting, record, backend="compiled")[0] for job in jobs]
    with ThreadPoolExecutor(4) as callers:
        calls = [
            callers.submit(simulate, people, [job], setting, record, threads=2 + number % 3, backend=backend)
            for number, job in enumerate(jobs)
        ]
    for call, expected in zip(calls, alone, strict=True):
        assert np.array_equal(call.result()[0].sums, expected.sums)
        assert np.array_equal(call.result()[0].counts, expected.counts)


def test_watching_sees_everybody_at_once_and_may_call_the_engine(case):
    people, jobs, setting, record = case
    seen: list[int] = []

    def watch(month, stage, writes, rows):
        if month == 1 and len(seen) < 2:
            seen.append(len(rows["stress"]))
            simulate(people, jobs[:1], setting, Record(), threads=2)

    Society(people, jobs[0], setting, record, threads=2, watch=watch).run_to(1)
    assert seen == [5000, 5000]


_CASE = """
import os, signal, sys, threading
import numpy as np
from tests.sim.engine.test_thread_pool import *
case = case.__wrapped__() if hasattr(case, "__wrapped__") else case._get_wrapped_function()()
people, jobs, setting, record = case
def run():
    return simulate(people, jobs[:1], setting, record, threads=2, backend="compiled")[0].sums
"""


def _program(text: str) -> str:
    """Run a program of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-W", "ignore::DeprecationWarning", "-c", _CASE + text],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_a_crew_of_its_own():
    """It is forked while threads are idle, while others are at work, and while one is loading."""
    said = _program("""
from sim.engine import kernel
expected = run()
stop = threading.Event()
def others():
    while not stop.is_set():
        run()
busy = threading.Thread(target=others)
busy.start()
kernel._loading.acquire()
for _ in range(3):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os._exit(0 if np.array_equal(run(), expected) else 1)
    assert os.waitpid(child, 0)[1] == 0
kernel._loading.release()
stop.set()
busy.join()
print(np.array_equal(run(), expected))
""")
    assert said == "True\n"


def test_a_thread_goes_on_after_the_main_thread_has_ended():
    said = _program("""
expected = run()
def late():
    threading.main_thread().join()
    print(np.array_equal(run(), expected))
threading.Thread(target=late).start()
""")
    assert said == "True\n"
