"""Reasons for doubt in a table and in three sentences."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.doubt import Doubt
from analysis.answer.measures import spoken
from analysis.answer.rounding import plain
from analysis.answer.triple import Span
from analysis.answer.wording import signed
from analysis.effects.words import number
from sim.problems import Say

__all__ = ["doubt_rows", "doubt_sentences"]

_TURNS = Say("{0}: the number would become {1}.", "{0}: dan wordt het getal {1}.")
_NONE = Say("No reason moves the number clearly.", "Geen enkele reden verschuift het getal duidelijk.")


def doubt_rows(doubts: Sequence[Doubt], measure: str, lang: str) -> list[list[str]]:
    """Return reason, move, number, k-hat and effective draws; a move that cannot be told is a question mark."""
    kind = spoken(measure).kind
    rows = []
    for each in doubts:
        shown, decimals = plain(each.span, kind)
        moved = signed(each.moved * kind.factor, decimals, lang) if each.sound else "?"
        rows.append(
            [
                each.text.to(lang),
                moved,
                _told(shown, decimals, lang),
                number(each.k_hat, 2, lang),
                f"{each.effective:.0f}",
            ]
        )
    return rows


def doubt_sentences(doubts: Sequence[Doubt], whole: Span, measure: str, lang: str) -> list[str]:
    """Return the three strongest reasons that the draws can tell, a sentence each."""
    kind = spoken(measure).kind
    least = 0.02 * whole.half
    told = [each for each in doubts if each.sound and abs(each.moved) > least][:3]
    lines = []
    for each in told:
        reason = each.text.to(lang)
        text = _told(*plain(each.span, kind), lang)
        lines.append(_TURNS.to(lang).format(reason[:1].upper() + reason[1:], text))
    return lines or [_NONE.to(lang)]


def _told(span: Span, decimals: int, lang: str) -> str:
    mean, low, high = (signed(value, decimals, lang) for value in (span.mean, span.low, span.high))
    return f"{mean} ({low} {'tot' if lang == 'nl' else 'to'} {high})"
