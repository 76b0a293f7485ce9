"""24 against 48 months: which question each answers, the paired difference, and one sentence: which is better for what.

Both designs have the same people and the same luck, so that the difference of what they show is sharper than each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.planning.cost import cost_of
from analysis.planning.design import Design, in_points
from analysis.planning.power import Shown, found_significant, shown, shrunken
from analysis.planning.trials import Library
from sim.problems import Say

__all__ = ["Compared", "Lengths", "lengths", "pair_of"]


@dataclass(frozen=True)
class Compared:
    """One question for one arm: what the short and the long treatment show; `None` = it cannot show it.

    `gap`, `gap_error`: assurance of the long minus that of the short one, paired over trials; `effect_gap`: difference
    of the expected effects in points, with the spread over what we believe.
    """

    question: Say
    outcome: str
    arm: str
    short: Shown | None
    long: Shown | None
    gap: float
    gap_error: float
    effect_gap: float
    effect_gap_sd: float


@dataclass(frozen=True)
class Lengths:
    """The page: two designs, their costs, questions, and the sentence."""

    short: Design
    long: Design
    costs: tuple[float, float]
    rows: tuple[Compared, ...]
    sentence: Say


def pair_of(designs: Sequence[Design]) -> tuple[int, int] | None:
    """Return the two designs of one size and the same arms whose treatments differ most in length, if there are."""
    best: tuple[int, int, int] | None = None
    for first, a in enumerate(designs):
        for second, b in enumerate(designs):
            same = [(s.name, s.people, s.arms) for s in a.sites] == [(s.name, s.people, s.arms) for s in b.sites]
            one, two = a.sites[0].treatment or 999, b.sites[0].treatment or 999
            if same and one < two and (best is None or two - one > best[0]):
                best = (two - one, first, second)
    return None if best is None else best[1:]


def lengths(short: Design, long: Design, libraries: tuple[Library, Library]) -> Lengths:
    """Return the comparison; both libraries have the same sets of parameters and trials."""
    mine = {(one.outcome, one.month, one.arm): one for one in shown(short, libraries[0])}
    theirs = {(one.outcome, one.month, one.arm): one for one in shown(long, libraries[1])}
    end = (short.sites[0].treatment or 0) - short.tail
    last = max(month for reading in long.readings for month in reading.months)
    rows: list[Compared] = []
    for reading in short.readings:
        for arm in short.treatments:
            for question, month in (
                (Say(f"does it work while it lasts (month {end})", f"werkt het zolang het duurt (maand {end})"), end),
                (
                    Say(
                        f"month {last}: what is left ({last - end} months after the short one), what comes late (long)",
                        f"maand {last}: wat blijft ({last - end} maanden na de korte), wat laat komt (lange)",
                    ),
                    last,
                ),
            ):
                key = (reading.outcome, month, arm)
                if key in mine and key in theirs:
                    rows.append(_compared(question, key, short, long, libraries, mine[key], theirs[key]))
    costs = (sum(cost_of(short).values()), sum(cost_of(long).values()))
    return Lengths(short, long, costs, tuple(rows), _sentence(short, long, rows))


def _compared(
    question: Say,
    key: tuple[str, int, str],
    short: Design,
    long: Design,
    libraries: tuple[Library, Library],
    first: Shown,
    second: Shown,
) -> Compared:
    outcome, month, arm = key
    hits, effects = [], []
    for design, library in zip((short, long), libraries, strict=True):
        reading = next(one for one in design.readings if one.outcome == outcome)
        place = library.question(outcome, month, reading.specification, reading.errors)
        treatment = design.treatments.index(arm)
        hits.append(found_significant(design, library, 0)[place, treatment])
        effect = library.effect[:, place, treatment].astype(np.float64)
        effects.append(shrunken(effect, library.effect_error[:, place, treatment]) * in_points(outcome))
    # Trials of one set of parameters are not independent of each other: the error is that of the means by set.
    gap = np.nanmean(hits[1] - hits[0], axis=1)
    difference = effects[1] - effects[0]
    return Compared(
        question, outcome, arm, first, second, float(np.nanmean(gap)), float(np.nanstd(gap) / np.sqrt(len(gap))),
        float(difference.mean()), float(difference.std()),
    )  # fmt: skip


def _sentence(short: Design, long: Design, rows: Sequence[Compared]) -> Say:
    """Return which is better for what, and how sure, from the outcome and arm of the decision."""
    mine = [one for one in rows if one.outcome == short.decision.outcome and one.arm == short.decision.arm]
    if not mine:
        return Say("The two cannot be compared.", "De twee zijn niet te vergelijken.")
    late = mine[-1]
    assert late.short is not None
    assert late.long is not None
    a, b = ((one.sites[0].treatment or 0) - one.tail for one in (short, long))
    sure = abs(late.gap) > 2.0 * late.gap_error
    better_en, better_nl = ("longer", "lange") if late.gap > 0 else ("shorter", "korte")
    x, y = late.short, late.long
    which = (
        Say(
            f"the {better_en} one is likelier to find its effect (difference {100 * late.gap:+.1f} "
            f"± {100 * late.gap_error:.1f} points of probability)",
            f"de {better_nl} proef vindt zijn effect eerder (verschil {100 * late.gap:+.1f} "
            f"± {100 * late.gap_error:.1f} punten kans)",
        )
        if sure
        else Say(
            f"neither is likelier to find its effect (difference {100 * late.gap:+.1f} ± {100 * late.gap_error:.1f})",
            f"geen van beide vindt zijn effect eerder (verschil {100 * late.gap:+.1f} ± {100 * late.gap_error:.1f})",
        )
    )
    unlikely = max(x.assurance.value, y.assurance.value) < 0.15
    so_en = "; both are unlikely to show what the model expects" if unlikely else ""
    so_nl = "; beide zullen waarschijnlijk niet tonen wat het model verwacht" if unlikely else ""
    return Say(
        f"For whether it works while it lasts {a} months do, at the lower cost; only {b} months tell what comes late, "
        f"and only {a} months with a follow-up tell what is left afterwards: in month {x.month} {which.en}{so_en} "
        f"({100 * x.assurance.value:.0f}% against {100 * y.assurance.value:.0f}%; smallest effect "
        f"{x.mde:.1f} against {y.mde:.1f} points).",
        f"Voor de vraag of het werkt zolang het duurt volstaan {a} maanden, tegen lagere kosten; alleen {b} maanden "
        f"tonen wat laat komt, en alleen {a} maanden met nameting wat er daarna blijft: in maand {x.month} "
        f"{which.nl}{so_nl} ({100 * x.assurance.value:.0f}% tegen {100 * y.assurance.value:.0f}%; kleinste effect "
        f"{x.mde:.1f} tegen {y.mde:.1f} punten).",
    )
