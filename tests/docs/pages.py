"""The pages that are tested, and their code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
RUNNABLE = [
    ROOT / "README.md",
    ROOT / "README.nl.md",
    ROOT / "docs/posteriors.md",
    ROOT / "docs/runs.md",
    ROOT / "docs/costs.md",
    ROOT / "docs/for-whom.md",
    *(
        ROOT / "docs/tutorials" / f"{name}.md"
        for name in ("policy", "policy.nl", "planner", "planner.nl", "researcher", "living_evidence")
    ),
]
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w.]+\.toml)`")


@dataclass(frozen=True)
class Block:
    """A code block; `file` is the last file named in the paragraph before it."""

    kind: str
    text: str
    file: str | None


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        before = text[: match.start()].rstrip().rsplit("\n\n", 1)[-1]
        named = _FILE.findall(before)
        yield Block(match[1], match[2], named[-1] if named else None)


def steps(block: Block) -> list[tuple[str, list[str]]]:
    """Return the commands of a console block, each with the texts that its output must hold."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line.strip())
    return found


def code_spans(page: Path) -> Iterator[str]:
    """Return inline code and the lines of code blocks, continued lines joined."""
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        yield from match[2].replace("\\\n", " ").splitlines()
    yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", _FENCE.sub("", text)))
