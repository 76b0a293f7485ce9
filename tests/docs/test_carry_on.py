"""The worked examples for who carries on: each is carried out in a copy of the program, and does what the page says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, steps

_PAGE = (ROOT / "docs/carry-on.md").read_text(encoding="utf-8")
_SECTIONS = dict(re.findall(r"^## An? (\w+)\n(.*?)(?=^## |\Z)", _PAGE, flags=re.MULTILINE | re.DOTALL))
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(r"`([\w/]+\.(?:py|toml))`(?:, after `(.+?)`[:,])?")


@pytest.mark.parametrize("name", ["outcome", "mechanism", "command"])
def test_an_example_is_carried_out_in_a_copy(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    ignore = shutil.ignore_patterns("__pycache__", "*.nc")
    for room in ("sim", "scenarios", "analysis", "calibration", "app", "bijstand"):
        shutil.copytree(ROOT / room, copy / room, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", copy)
    ran = 0
    section = _SECTIONS[name]
    for block in _FENCE.finditer(section):
        kind, text = block.groups()
        if kind == "console":
            for command, expected in steps(Block(kind, text, None)):
                words = [sys.executable, "-m", "app.cli", *shlex.split(command)[1:]]
                environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
                done = subprocess.run(words, cwd=copy, env=environment, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stderr
                assert all(line in done.stdout for line in expected), done.stdout
                ran += 1
            continue
        before = section[: block.start()].rstrip().rsplit("\n\n", 1)[-1]
        file, after = _PLACE.findall(before)[-1]
        path = copy / file
        if kind == "insert":
            lines = path.read_text().splitlines(keepends=True)
            at = next(place for place, line in enumerate(lines) if line.strip() == after)
            path.write_text("".join([*lines[: at + 1], text, *lines[at + 1 :]]))
        else:
            path.write_text((path.read_text() + "\n" if path.exists() else "") + text)
    assert ran
