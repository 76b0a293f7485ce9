"""The plans that come with the program, by name, and what may be changed of one without writing a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["changed", "ready_plans"]

# In a checkout the folder at the top; in an installation beside this file (pyproject.toml puts it there).
_PLACES = (Path(__file__).parents[2] / "plans", Path(__file__).with_name("plans"))
_LINES = {
    "months": re.compile(r"^months = \d+$", re.MULTILINE),
    "follow_up": re.compile(r"^follow_up = \d+$", re.MULTILINE),
    "per_arm": re.compile(r"per_arm = \d+"),
}


def ready_plans() -> dict[str, Path]:
    """Return the shipped plans by name."""
    folder = next((place for place in _PLACES if place.is_dir()), None)
    return {} if folder is None else {path.stem: path for path in sorted(folder.glob("*.toml"))}


def changed(text: str, values: Mapping[str, Sequence[int]]) -> str:
    """Return a shipped plan with other ``months``, ``follow_up`` or ``per_arm``; several make a design each."""
    for name, numbers in values.items():
        said = str(numbers[0]) if len(numbers) == 1 else str(list(numbers))
        start, *_ = _LINES[name].pattern.lstrip("^").split(r"\d")
        count = 1 if name != "per_arm" else 0
        text = _LINES[name].sub(f"{start}{said}", text, count=count)
    return text
