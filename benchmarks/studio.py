"""What a visitor of the studio waits for, and what it weighs: ``python -m benchmarks.studio FOLDER``.

Starts the studio as a user does and asks it over HTTP. Writes ``studio.json`` and ``studio.md``. Times are by the
clock: say how busy the machine was.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["main", "measure"]

_MOVES = 20
_VISITORS = 8
_SECONDS = 60
_ASK = "/en/answer?v=1&pop=nijmegen&months=24&a=regular&b=intensive&b.contacts={}"

# What is measured: (key, words, bar).
BARS: tuple[tuple[str, str, float], ...] = (
    ("first_byte", "start to first byte, s", 2.0),
    ("preview_median", "preview (1,000 people, 8 draws, 2 regimes, 24 months), median of 20 moves, s", 1.0),
    ("preview_19_of_20", "the same, 19 of 20 below, s", 2.0),
    ("refined", "refined answer (2,000 people, 20 draws, 2 seeds, 4 regimes), s", 15.0),
    ("progress_gap", "longest silence while refining, s", 1.5),
    ("stop", "stop to an idle engine, s", 2.0),
    ("server_mb", "memory of the server, MB", 60.0),
    ("engine_mb", "memory of the preview engine, MB", 300.0),
    ("slowest_of_8", "slowest answer of eight visitors who move sliders for a minute, s", 5.0),
)


def measure(out: Path, seconds: float = _SECONDS) -> dict[str, Any]:
    """Return the figures of `BARS`.

    Args:
        out: an empty folder for the studio's database.
        seconds: how long eight visitors keep asking.
    """
    words = [sys.executable, "-m", "app.cli", "studio", "--port", "0", "--out", str(out)]
    began = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        place = urlsplit(program.stdout.readline().split()[1]).netloc
        try:
            _get(place, "/en/ask")
            first = time.perf_counter() - began
            _get(place, _ASK.format(1.1))  # waits until the engine is warm
            ready = time.perf_counter() - began
            moves = [_timed(place, _ASK.format(1.0 + 0.1 * move)) for move in range(2, _MOVES + 2)]
            refined, gap = _refined(place)
            return {
                "load": os.getloadavg()[0],
                "first_byte": first,
                "engine_ready": ready,
                "preview_median": statistics.median(moves),
                "preview_19_of_20": sorted(moves)[-2],
                "refined": refined,
                "progress_gap": gap,
                "stop": _stopped(place, program.pid),
                "server_mb": _memory(program.pid),
                "engine_mb": min(_memory(each) for each in _children(program.pid)),
                "slowest_of_8": _eight(place, seconds),
            }
        finally:
            program.terminate()


def _get(place: str, path: str, cookie: str = "") -> tuple[int, str, str]:
    link = http.client.HTTPConnection(place, timeout=120)
    link.request("GET", path, headers={"cookie": cookie} if cookie else {})
    reply = link.getresponse()
    found = reply.status, reply.read().decode(), (reply.getheader("set-cookie") or "").split(";")[0]
    link.close()
    return found


def _timed(place: str, path: str, cookie: str = "") -> float:
    began = time.perf_counter()
    status, _, _ = _get(place, path, cookie)
    assert status in (200, 204), status
    return time.perf_counter() - began


def _refined(place: str) -> tuple[float, float]:
    """Return the seconds until the refined answer, and the longest silence before it."""
    began = last = time.perf_counter()
    gap = 0.0
    link = http.client.HTTPConnection(place, timeout=120)
    link.request("GET", "/en/refine?v=1&pop=nijmegen&months=24&a=regular&b=intensive&c=exemption&d=disregard")
    reply = link.getresponse()
    while line := reply.readline():
        if line.startswith(b"event:"):
            now = time.perf_counter()
            gap, last = max(gap, now - last), now
    link.close()
    return last - began, gap


def _stopped(place: str, server: int) -> float:
    """Return the seconds from closing the stream of a long answer until no engine works any more."""
    link = http.client.HTTPConnection(place, timeout=120)
    link.request("GET", "/en/refine?v=1&pop=netherlands&months=120&a=regular&b=intensive&c=exemption&d=disregard")
    link.getresponse().readline()
    time.sleep(2.0)
    link.close()
    began = time.perf_counter()
    while time.perf_counter() - began < 10.0:
        before = sum(_ticks(each) for each in _children(server))
        time.sleep(0.1)
        if sum(_ticks(each) for each in _children(server)) - before <= 1:
            break
    return time.perf_counter() - began


def _eight(place: str, seconds: float) -> float:
    slowest = [0.0] * _VISITORS

    def visit(number: int) -> None:
        cookie = _get(place, "/en/ask")[2]
        until, move = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            move += 1
            path = _ASK.format(round(1.0 + 0.01 * (move % 300) + number / 1000, 3))
            slowest[number] = max(slowest[number], _timed(place, path, cookie))
            time.sleep(0.5)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(_VISITORS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return max(slowest)


def _children(pid: int) -> list[int]:
    """Return the engine processes of the server."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def _memory(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def main(words: list[str]) -> int:
    """Measure, and write the page; return the exit code."""
    if len(words) != 1 or not Path(words[0]).is_dir():
        sys.stderr.write("usage: python -m benchmarks.studio FOLDER\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    target = Path(words[0])
    (target / "studio.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    lines = [
        "# The studio: what a visitor waits for",
        "",
        f"Made by `python -m benchmarks.studio docs/validation`, by the clock, two cores at load {found['load']:.1f}.",
        "",
        "| | measured | bar | |",
        "|---|--:|--:|---|",
        *(
            f"| {text} | {found[key]:.2f} | {bar:g} | {'holds' if found[key] <= bar else '**missed**'} |"
            for key, text, bar in BARS
        ),
        "",
        "Accessibility and widths are tests (`tests/app/studio/test_browser.py`): axe-core 4.14.1 with the rules of",
        "WCAG 2.2 A and AA and best practice in each view, both languages, 375 and 1280 px, light and forced colours;",
        "no page wider than its window at 320, 375, 768 and 1280 px; no request to another machine.",
        "",
    ]
    (target / "studio.md").write_text("\n".join(lines), encoding="utf-8")
    sys.stdout.write("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
