"""How projected effects moved between two posteriors: numbers, and plain sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.effects.summary import Row
from analysis.effects.words import amount, interval, name_of, spoken_unit
from sim.problems import Say

__all__ = ["EffectMove", "effect_moves", "labels_of", "projection_words"]

_LUCK = 1.959963984540054
_SURER = 0.1
_NAMED = 8


@dataclass(frozen=True)
class EffectMove:
    """One effect under posteriors A and B.

    Attributes:
        a, b: the effect under each.
        shift: B minus A, in the unit of the measure.
        luck: 95% half width of what the luck of the draws and seeds alone does to the shift.
        ratio: width of the interval under B over that under A.
        ratio_luck: factor within which luck alone leaves the ratio (95%).
    """

    a: Row
    b: Row
    shift: float
    luck: float
    ratio: float
    ratio_luck: float

    @property
    def moved(self) -> bool:
        """Whether the move is more than luck."""
        return abs(self.shift) > self.luck

    @property
    def surer(self) -> bool:
        """Whether the interval changed by a tenth, and by more than luck."""
        if not self.ratio > 0:
            return False
        away = abs(math.log(self.ratio))
        return away > max(math.log(1 + _SURER), math.log(self.ratio_luck))

    @property
    def turned(self) -> bool:
        """Whether zero came into the interval, or left it."""
        return self.a.differs != self.b.differs


def effect_moves(pairs: Sequence[tuple[Row, Row]], draws: int) -> tuple[EffectMove, ...]:
    """Return how each effect moved, the clearest move first.

    Args:
        pairs: the same effect under A and under B.
        draws: of each posterior.

    People and seeds are the same under both, but draws are not paired: draw d of A has nothing to do with
    draw d of B, so that both carry the luck of `draws` draws.
    """
    found = []
    for a, b in pairs:
        variances = [
            each.parameter_sd**2 / draws + each.monte_carlo_se**2 for each in (a, b) if math.isfinite(each.parameter_sd)
        ]
        luck = _LUCK * math.sqrt(sum(variances)) if len(variances) == 2 else math.inf
        width = a.high - a.low
        ratio = (b.high - b.low) / width if width > 0 else 1.0
        spread = math.exp(_LUCK / math.sqrt(draws - 1)) if draws > 1 else math.inf
        found.append(EffectMove(a, b, b.mean - a.mean, luck, ratio, spread))
    return tuple(sorted(found, key=lambda each: -_clearness(each)))


def projection_words(moves: Sequence[EffectMove], draws: int) -> tuple[Say, ...]:
    """Return how the projections moved in sentences: what is more than luck, or that nothing is."""
    if not moves:
        return ()
    far = [each for each in moves if each.moved]
    surer = [each for each in moves if each.surer]
    told = [
        Say(
            f"Projections: of {len(moves)} effects {len(far)} moved, and the interval of {len(surer)} "
            f"changed its width, by more than the luck of {draws} draws of each posterior explains (95%).",
            f"Projecties: van {len(moves)} effecten verschoven er {len(far)}, en van {len(surer)} veranderde "
            f"de breedte van de marge, meer dan het toeval van {draws} trekkingen per posterior verklaart "
            "(95%).",
        )
    ]
    named = [each for each in moves if each.moved or each.surer][:_NAMED] or list(moves[:1])
    if not (far or surer):
        told.append(
            Say(
                "What was learned did not visibly change these projections; the nearest to a move:",
                "Wat er is geleerd, veranderde deze projecties niet zichtbaar; het dichtst bij een verschuiving:",
            )
        )
    told += [Say(*(_sentence(each, lang) for lang in ("en", "nl"))) for each in named]
    rest = len([each for each in moves if each.moved or each.surer]) - len(named)
    if rest > 0:
        told.append(Say(f"And {rest} more, in the table.", f"En nog {rest}, in de tabel."))
    return tuple(told)


def labels_of(a: Row, b: Row, lang: str) -> str:
    """Return the labels of an effect under A and B: one when they are the same."""
    one, other = a.label(lang), b.label(lang)
    return one if one == other else f"A: {one}; B: {other}"


def _clearness(each: EffectMove) -> float:
    if math.isinf(each.luck):
        return -1.0
    return abs(each.shift) / each.luck if each.luck > 0 else (math.inf if each.shift else 0.0)


def _sentence(each: EffectMove, lang: str) -> str:
    a, b = each.a, each.b
    dutch = lang == "nl"

    def told(row: Row) -> str:
        ends = interval(row.low, row.high, row.measure, lang, difference=True)
        return f"{amount(row.mean, row.measure, lang, difference=True)} ({ends})"

    about = f"{name_of(a.measure, lang)}, {'maand' if dutch else 'month'} {a.month}, {a.scenario}"
    against = f"{'tegenover' if dutch else 'against'} {a.baseline}"
    size = amount(abs(each.shift), a.measure, lang)
    if each.moved:
        way = ("omhoog" if dutch else "up") if each.shift > 0 else ("omlaag" if dutch else "down")
        moved = f"{way} {'met' if dutch else 'by'} {size}"
    else:
        moved = f"{size} verschoven, niet meer dan toeval" if dutch else f"moved {size}, no more than luck"
    line = f"{about} {against}: {told(a)} -> {told(b)} {spoken_unit(a.measure, lang)}: {moved}{_width(each, dutch)}"
    if each.turned and b.differs:
        line += "; de 90%-marge laat nul nu buiten" if dutch else "; the 90% interval now leaves zero out"
    elif each.turned:
        line += "; de 90%-marge bevat nu nul" if dutch else "; the 90% interval now holds zero"
    return f"{line}. [{labels_of(a, b, lang)}]"


def _width(each: EffectMove, dutch: bool) -> str:
    if not each.surer:
        return ""
    share = round(100 * abs(1 - each.ratio))
    if each.ratio < 1:
        return f", marge {share}% smaller" if dutch else f", interval {share}% narrower"
    return f", marge {share}% breder" if dutch else f", interval {share}% wider"
