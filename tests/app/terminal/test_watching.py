"""Without a terminal there is one line of progress a minute, on standard error."""

from __future__ import annotations

import pytest

from app.terminal import watching
from sim.problems import Say


def test_a_line_a_minute_and_no_more(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = [0.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: clock[0])
    tell = watching._minutely("nl")
    for second in range(0, 200, 5):
        clock[0] = float(second)
        tell(Say("simulating", "simuleren"), second, 200)
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.partition(" ")[2] for line in said.err.splitlines()] == [
        "simuleren: 60/200",
        "simuleren: 120/200",
        "simuleren: 180/200",
    ]
