"""A roofline: what memory and arithmetic of this machine allow, against what one agent-month asks."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

from sim.engine.formula import work_out
from sim.engine.kernel import Library
from sim.engine.layout import COUNTERS, LEVELS, arguments
from sim.month import MECHANISMS, stages
from sim.people.columns import TRAITS
from sim.random_numbers import BLOCKS
from sim.setting import MONTH_FIELDS

__all__ = ["machine_limits", "work_of_a_month"]

# Months between two meetings of people and offices (caseloads are counted every quarter).
_SPAN = 3
_STEPS = 12

_TEXT = f"""
define void @triad(ptr noalias %a, ptr noalias %b, ptr noalias %c, i64 %n) {{
entry:
  br label %body
body:
  %i = phi i64 [0, %entry], [%next, %body]
  %pb = getelementptr inbounds double, ptr %b, i64 %i
  %pc = getelementptr inbounds double, ptr %c, i64 %i
  %pa = getelementptr inbounds double, ptr %a, i64 %i
  %vb = load double, ptr %pb
  %vc = load double, ptr %pc
  %m = fmul double %vc, 3.0
  %s = fadd double %vb, %m
  store double %s, ptr %pa
  %next = add nsw i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %body, label %done
done:
  ret void
}}
define void @chain(ptr noalias %a, i64 %n, i64 %times) {{
entry:
  br label %outer
outer:
  %t = phi i64 [0, %entry], [%tn, %after]
  br label %body
body:
  %i = phi i64 [0, %outer], [%next, %body]
  %p = getelementptr inbounds double, ptr %a, i64 %i
  %x0 = load double, ptr %p
  {{steps}}
  store double %x{_STEPS}, ptr %p
  %next = add nsw i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %body, label %after
after:
  %tn = add nsw i64 %t, 1
  %again = icmp slt i64 %tn, %times
  br i1 %again, label %outer, label %done
done:
  ret void
}}
"""


def machine_limits() -> dict[str, float]:
    """Return measured bandwidth (GB/s, triad) and arithmetic (GFLOP/s, multiply and add apart), one core."""
    steps = "\n  ".join(
        f"%y{k} = fmul double %x{k}, 0x3FEFFFFFE0000000\n  %x{k + 1} = fadd double %y{k}, 0x3F847AE140000000"
        for k in range(_STEPS)
    )
    library = Library.of(_TEXT.replace("{steps}", steps))
    size = 8_000_000
    a, b, c = (np.ones(size) for _ in range(3))
    triad = library.function("triad", "pppi")
    places = [array.ctypes.data for array in (a, b, c)]
    bandwidth = 3 * 8 * size / _median(lambda: triad(*places, size))
    small, times = np.ones(1024), 50_000
    chain = library.function("chain", "pii")
    flops = 2.0 * _STEPS * 1024 * times / _median(lambda: chain(small.ctypes.data, 1024, times))
    return {"bandwidth_gb_s": bandwidth / 1e9, "gflop_s": flops / 1e9}


def work_of_a_month() -> dict[str, float]:
    """Return operations and bytes of one agent-month, counted from the stages themselves."""
    count = _Count()
    fields = dict.fromkeys(MONTH_FIELDS)
    for stage in stages():
        own = {each.name.split(".")[1]: None for each in MECHANISMS[stage.mechanism].parameters}
        given: dict[str, Any] = {
            name: own if name == "p" else fields if name == "month" else None for name in arguments(stage)
        }
        work_out(stage.function, given, count)
    people = 8 + 2 + 4 + 2 + 2
    held = 4 * len(TRAITS) + 8 * len(LEVELS) + 4 * len(COUNTERS)
    back = 8 * len(LEVELS) + 4 * len(COUNTERS)
    return {
        "arithmetic": float(count.arithmetic_steps),
        "divisions": float(count.divisions),
        "comparisons_and_selects": float(count.choices),
        "whole_number_steps_of_draws": float(BLOCKS * 10 * 10),
        "bytes": (people + held + back) / _SPAN,
    }


def _median(work: Any) -> float:
    found = []
    for _ in range(7):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return statistics.median(found)


class _Count:
    """The algebra that counts."""

    def __init__(self) -> None:
        self.arithmetic_steps = self.divisions = self.choices = 0

    def constant(self, number: float) -> Any:
        return number

    def arithmetic(self, sign: str, a: Any, b: Any) -> Any:
        if not (isinstance(a, float) and isinstance(b, float)):
            self.arithmetic_steps += 1
            self.divisions += sign == "/"
        return None

    def negative(self, a: Any) -> Any:
        return a

    def compare(self, sign: str, a: Any, b: Any) -> Any:
        self.choices += 1

    def join(self, sign: str, a: Any, b: Any) -> Any:
        self.choices += 1

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        self.choices += 1

    def floor(self, a: Any) -> Any:
        self.arithmetic_steps += 1

    def power_of_two(self, k: Any) -> Any:
        self.arithmetic_steps += 1

    def named(self, name: str, value: Any) -> Any:
        return value
