"""Writes the compiled month: `sim/_kernel.py`, generated from the mechanisms themselves.

The work space of a block of people is one flat array of rows; every stage becomes a plain loop over the
block with constant offsets, which LLVM turns into SIMD. The generated file only calls the functions of
`sim.mechanisms`; it holds no model of its own. `python -m sim.compiler` writes it again; a test and the
engine compare its hash with the sources.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from sim.measures import MEASURES
from sim.mechanisms.base import Stage
from sim.month import MECHANISMS, stages
from sim.people.columns import FLOWS, STATES, TRAITS
from sim.random_numbers import BLOCKS, DECISIONS
from sim.rows import DRIVES, PLACE, WORK
from sim.schedule import LEVER_ROWS
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS

__all__ = ["BLOCK", "COUNTERS", "LEVELS", "ROWS", "arguments", "row_of", "source_hash", "write"]

# People per block: the work space of a block stays in the second-level cache.
BLOCK = 128

# Continuous states (float64 between months) and whole-number states (float32, exact).
LEVELS: tuple[str, ...] = tuple(name for name, column in STATES.items() if not column.whole)
COUNTERS: tuple[str, ...] = tuple(name for name, column in STATES.items() if column.whole)


def row_of(argument: str) -> str:
    """Return the row that an argument of a stage reads (``bg_x`` and ``lever_x`` are lever rows)."""
    for row in (f"lever_{name}" for name in LEVER_ROWS):
        if argument == row:
            return row
    return f"lever_{argument}" if argument.startswith("bg_") else argument


def arguments(stage: Stage) -> tuple[str, ...]:
    """Return the argument names of a stage."""
    return tuple(inspect.signature(stage.function).parameters)


def _rows() -> dict[str, int]:
    names = [*TRAITS, *LEVELS, *COUNTERS, *FLOWS, *DRIVES, *WORK, *PLACE]
    names += [f"lever_{name}" for name in LEVER_ROWS]
    names += [f"u_{name}" for name in DECISIONS]
    return {name: number for number, name in enumerate(names)}


# Row number of everything in the work space.
ROWS: dict[str, int] = _rows()


@cache
def source_hash() -> str:
    """Return a hash of every source that the compiled month depends on."""
    root = Path(str(files("sim")))
    names = sorted(path for folder in ("mechanisms", "policy") for path in (root / folder).glob("*.py"))
    names += [
        root / f"{name}.py" for name in ("month", "measures", "rows", "schedule", "lever_path", "levers")
    ]
    names += [root / f"{name}.py" for name in ("setting", "random_numbers", "compiler", "jit")]
    names.append(root / "people" / "columns.py")
    text = hashlib.sha256()
    for path in names:
        text.update(path.read_bytes())
    return text.hexdigest()


def _slot(row: str) -> str:
    return f"B[{ROWS[row] * BLOCK} + i]"


def _stage(stage: Stage) -> list[str]:
    name = f"{stage.mechanism}_{stage.name}"
    given = []
    for argument in arguments(stage):
        if argument == "p":
            given.append("p")
        elif argument == "month":
            given.append("month")
        else:
            given.append(_slot(row_of(argument)))
    call = f"{stage.mechanism}.{stage.name}({', '.join(given)})"
    lines = ["@njit(**OPTIONS)", f"def {name}(B, n, p, month):", "    for i in range(n):"]
    if len(stage.writes) == 1:
        lines.append(f"        {_slot(stage.writes[0])} = {call}")
    else:
        lines.append(f"        {', '.join(f'v{k}' for k in range(len(stage.writes)))} = {call}")
        lines += [f"        {_slot(row)} = v{k}" for k, row in enumerate(stage.writes)]
    return [*lines, "", ""]


def _measure(number: int, expression: str) -> list[str]:
    def slot(match: re.Match[str]) -> str:
        word = match.group(0)
        return _slot(word) if word in ROWS else word

    body = re.sub(r"[a-z_][a-z_0-9]*", slot, expression)
    return [
        "@njit(**OPTIONS)",
        f"def measure_{number}(B, n, X):",
        "    for i in range(n):",
        f"        X[i] = {body}",
        "",
        "",
    ]


def _philox() -> list[str]:
    lines = ["@njit(**OPTIONS)", "def draw(B, n, person, lo, k0, k1, month, block, offset):"]
    lines += [
        "    for i in range(n):",
        "        c0 = person[lo + i] & LOW",
        "        c1 = person[lo + i] >> SHIFT",
    ]
    lines += ["        c2 = month", "        c3 = block", "        a = k0", "        b = k1"]
    for turn in range(10):
        lines += [
            "        h = M0 * c0",
            "        g = M1 * c2",
            "        c0 = (g >> SHIFT) ^ c1 ^ a",
            "        c1 = g & LOW",
            "        c2 = (h >> SHIFT) ^ c3 ^ b",
            "        c3 = h & LOW",
        ]
        if turn < 9:
            lines += ["        a = (a + W0) & LOW", "        b = (b + W1) & LOW"]
    for lane in range(4):
        lines.append(f"        B[offset + {lane * BLOCK} + i] = (np.float64(c{lane}) + 0.5) * UNIT")
    return [*lines, "", ""]


def _tuples() -> list[str]:
    lines = [f"Month = namedtuple('Month', {list(MONTH_FIELDS)!r})"]
    for name, mechanism in MECHANISMS.items():
        fields = [each.name.split(".")[1] for each in mechanism.parameters] or ["none"]
        lines.append(f"P_{name} = namedtuple('P_{name}', {fields!r})")
    return [*lines, "", ""]


def _advance(order: Sequence[Stage]) -> list[str]:
    lines = [
        "@njit(**OPTIONS)",
        "def advance(traits, levels, counters, person, municipality, caseworker, instance, group, load, place,",
        "            V, levers, calendar, k0, k1, first, last, lo, hi, chosen, sums, counts, kept, flows):",
        '    """Move the people lo..hi through the months first..last-1 (rows of `calendar`)."""',
        f"    B = np.zeros({len(ROWS) * BLOCK})",
        f"    X = np.zeros({BLOCK})",
    ]
    index = 0
    for name, mechanism in MECHANISMS.items():
        size = len(mechanism.parameters)
        values = ", ".join(f"V[{index + k}]" for k in range(size)) or "0.0"
        lines.append(f"    p_{name} = P_{name}({values})")
        index += size
    lines += [
        f"    for start in range(lo, hi, {BLOCK}):",
        f"        n = min({BLOCK}, hi - start)",
        f"        for r in range({len(TRAITS)}):",
        "            for i in range(n):",
        f"                B[({ROWS[next(iter(TRAITS))]} + r) * {BLOCK} + i] = traits[r, start + i]",
        f"        for r in range({len(LEVELS)}):",
        "            for i in range(n):",
        f"                B[({ROWS[LEVELS[0]]} + r) * {BLOCK} + i] = levels[r, start + i]",
        f"        for r in range({len(COUNTERS)}):",
        "            for i in range(n):",
        f"                B[({ROWS[COUNTERS[0]]} + r) * {BLOCK} + i] = counters[r, start + i]",
        "        for i in range(n):",
        f"            {_slot('load')} = load[caseworker[start + i]]",
    ]
    for k, row in enumerate(PLACE):
        lines += [
            "        for i in range(n):",
            f"            {_slot(row)} = place[{k}, municipality[start + i]]",
        ]
    lines += [
        "        for m in range(first, last):",
        f"            lever_row = max(m - {SETTLE_MONTHS} + 1, 0)",
        "            if m == first or levers.changed[lever_row]:",
        f"                for r in range({len(LEVER_ROWS)}):",
        "                    for i in range(n):",
        f"                        B[({ROWS['lever_' + LEVER_ROWS[0]]} + r) * {BLOCK} + i] = (",
        "                            levers.table[lever_row, r, instance[start + i]]",
        "                        )",
        f"            month = Month({', '.join(f'calendar[m, {k}]' for k in range(len(MONTH_FIELDS)))})",
        f"            key = np.uint64((m - {SETTLE_MONTHS - 1}) & 0xFFFFFFFF)",
    ]
    first_draw = ROWS[f"u_{next(iter(DECISIONS))}"]
    lines += [
        f"            draw(B, n, person, start, k0, k1, key, np.uint64({block}), {(first_draw + 4 * block) * BLOCK})"
        for block in range(BLOCKS)
    ]
    lines += [f"            {each.mechanism}_{each.name}(B, n, p_{each.mechanism}, month)" for each in order]
    lines += [
        f"            at = m - {SETTLE_MONTHS}",
        "            if at >= 0:",
        "                for i in range(n):",
        f"                    if {_slot('status')} < 2.5:",
        "                        counts[at, group[start + i]] += 1",
        "                for q in range(len(chosen)):",
        "                    number = chosen[q]",
    ]
    for number, _ in enumerate(MEASURES):
        lines.append(f"                    {'if' if number == 0 else 'elif'} number == {number}:")
        lines.append(f"                        measure_{number}(B, n, X)")
    lines += [
        "                    for i in range(n):",
        f"                        if {_slot('status')} < 2.5:",
        "                            sums[at, group[start + i], q] += np.int64(math.floor(X[i] * FIXED + 0.5))",
        "        for q in range(len(kept)):",
        "            for i in range(n):",
        f"                flows[q, start + i] = B[kept[q] * {BLOCK} + i]",
        f"        for r in range({len(LEVELS)}):",
        "            for i in range(n):",
        f"                levels[r, start + i] = B[({ROWS[LEVELS[0]]} + r) * {BLOCK} + i]",
        f"        for r in range({len(COUNTERS)}):",
        "            for i in range(n):",
        f"                counters[r, start + i] = B[({ROWS[COUNTERS[0]]} + r) * {BLOCK} + i]",
        "",
    ]
    return lines


def write() -> str:
    """Return the text of the generated module."""
    order = stages()
    used = sorted({each.mechanism for each in order})
    lines = [
        '"""The compiled month. Generated by `python -m sim.compiler`: do not edit."""',
        "",
        f"# sources: {source_hash()}",
        "import math",
        "from collections import namedtuple",
        "",
        "import numpy as np",
        "from numba import njit",
        "",
        f"from sim.mechanisms import {', '.join(used)}",
        "from sim.jit import OPTIONS, where, maximum, minimum",
        "",
        f"SOURCES = {source_hash()!r}",
        "M0 = np.uint64(0xD2511F53)",
        "M1 = np.uint64(0xCD9E8D57)",
        "W0 = np.uint64(0x9E3779B9)",
        "W1 = np.uint64(0xBB67AE85)",
        "LOW = np.uint64(0xFFFFFFFF)",
        "SHIFT = np.uint64(32)",
        "UNIT = 1.0 / 4294967296.0",
        "FIXED = 1048576.0",
        "",
        "Levers = namedtuple('Levers', ['table', 'changed'])",
    ]
    lines += _tuples()
    for stage in order:
        lines += _stage(stage)
    for number, measure in enumerate(MEASURES.values()):
        lines += _measure(number, measure.expression)
    lines += _philox()
    lines += _advance(order)
    return "\n".join(lines)


if __name__ == "__main__":
    Path(str(files("sim").joinpath("_kernel.py"))).write_text(write(), encoding="utf-8")
