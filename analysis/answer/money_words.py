"""What a plan costs, in sentences and as a table whose parts add up to what is printed under them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.answer.templates import say
from analysis.answer.triple import Span
from analysis.answer.wording import euros_a_year, signed
from sim.problems import Say

__all__ = ["Amount", "adding", "amount_rows", "money_lines", "unit_of_rows"]

PER_PEOPLE = 1000  # what amounts are for when nobody said how many people there are


@dataclass(frozen=True)
class Amount:
    """One line of the accounts, in euros a year for one person; positive is a gain to the party.

    Attributes:
        name: machine name.
        text: what it is called.
        kind: ``part`` of the municipality, ``municipality``, ``party`` or ``sum``.
        span: euros a year for a person.
        assumed: a price behind it is an assumption.
    """

    name: str
    text: Say
    kind: str
    span: Span
    assumed: bool = False


def money_lines(net: Span, outlay: Span, clients: int | None, lang: str, *, verdict: str = "") -> list[str]:
    """Return what it costs the municipality in one or two sentences.

    Args:
        net: its whole account, euros a year a person, positive is a gain.
        outlay: what it lays out beside benefits, positive is a cost.
        clients: people; None gives amounts for every 1,000 people.
        lang: "en" or "nl".
        verdict: of the answer; nothing is said of saving when the effect was never tried.
    """
    people = clients or PER_PEOPLE
    each = "" if clients else say("each", lang)
    whole, spent = _times(net, people), _times(outlay, people)
    if whole.low == whole.high == 0.0:
        return [say("cost_zero", lang)]
    if whole.high < 0.0:
        x, ends = euros_a_year(-whole.mean, -whole.high, -whole.low, lang)
        return [say("cost", lang, x=x, range=ends, each=each)]
    if whole.low > 0.0 and verdict not in ("outside", "unmeasured"):
        x, ends = euros_a_year(whole.mean, whole.low, whole.high, lang)
        return [say("save", lang, x=x, range=ends, each=each)]
    if spent.low > 0.0:
        x, ends = euros_a_year(spent.mean, spent.low, spent.high, lang)
        return [say("outlay", lang, x=x, range=ends, each=each)]
    low, high = (_end(abs(end), lang) for end in (min(whole.low, 0.0), max(whole.high, 0.0)))
    return [say("cost_unclear", lang, lo=low, hi=high, each=each)]


def unit_of_rows(rows: Sequence[Amount], clients: int | None) -> tuple[float, int, Say]:
    """Return the unit of a table of amounts: its size in euros, decimals and name."""
    people = clients or PER_PEOPLE
    largest = max((abs(end) * people for row in rows for end in (row.span.low, row.span.high)), default=0.0)
    if largest >= 1_000_000.0:
        return 1_000_000.0, 1, Say("million euros", "miljoen euro")
    if largest >= 20_000.0:
        return 1_000.0, 0, Say("thousand euros", "duizend euro")
    return 1.0, 0, Say("euros", "euro")


def amount_rows(rows: Sequence[Amount], clients: int | None, lang: str) -> list[tuple[Amount, str, str]]:
    """Return each row with its printed amount and range; parts add up to the printed totals."""
    unit, decimals, _ = unit_of_rows(rows, clients)
    people, step = clients or PER_PEOPLE, 10.0**-decimals
    scaled = {row.name: _times(row.span, people / unit) for row in rows}
    shown = {name: round(span.mean / step) for name, span in scaled.items()}
    total = [row.name for row in rows if row.kind == "sum"]
    parties = [row.name for row in rows if row.kind in ("municipality", "party")]
    parts = [row.name for row in rows if row.kind == "part"]
    if total:
        shown |= adding(shown[total[0]], {name: scaled[name].mean / step for name in parties})
    own = [row.name for row in rows if row.kind == "municipality"]
    if own and parts:
        shown |= adding(shown[own[0]], {name: scaled[name].mean / step for name in parts})
    told = []
    for row in rows:
        span = scaled[row.name]
        low = math.floor(span.low / step + 1e-9) * step
        high = math.ceil(span.high / step - 1e-9) * step
        to = " tot " if lang == "nl" else " to "
        ends = to.join(signed(end, decimals, lang) for end in (low, high))
        told.append((row, signed(shown[row.name] * step, decimals, lang), ends))
    return told


def adding(total: int, parts: dict[str, float]) -> dict[str, int]:
    """Return whole numbers for parts that add up to `total`; what is left goes to the largest part."""
    rounded = {name: round(value) for name, value in parts.items()}
    left = total - sum(rounded.values())
    if left and parts:
        largest = max(parts, key=lambda name: abs(parts[name]))
        rounded[largest] += left
    return rounded


def _times(span: Span, factor: float) -> Span:
    return Span(span.mean * factor, span.low * factor, span.high * factor)


def _end(value: float, lang: str) -> str:
    """Return one amount, rounded outward by its own size."""
    step = 100_000.0 if value >= 1e6 else 10.0 ** max(math.floor(math.log10(max(value, 1.0))), 3)
    outward = math.ceil(value / step - 1e-9) * step
    return euros_a_year(outward, outward, outward, lang)[0]
