"""How hard a text is to read, counted without a dictionary, and the words that a council page never says.

Flesch-Douma for Dutch, Flesch for English (R. Flesch, "A new readability yardstick", 1948; W.H. Douma, "De
leesbaarheid van landbouwbladen", 1960). A syllable is a group of vowels; a number is one. A score is no proof
that a text is B1: readers are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["TARGETS", "Readability", "Target", "forbidden", "forbidden_in", "misses", "readability", "syllables"]

_SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[^\s])")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’-][A-Za-zÀ-ÿ]+)*|[−+-]?\d[\d.,]*")
_VOWELS = re.compile(r"[aeiouyáéíóúàèêëïöüâîôû]+")
_LONG = 4
_RANGE = 3  # numbers in a sentence: of every 1,000, from, to


@dataclass(frozen=True)
class Readability:
    """Counts over the sentences of a text: shares are of sentences and of words."""

    sentences: int
    words_per_sentence: float
    longest: int
    over_fifteen: float
    score: float
    long_words: float


@dataclass(frozen=True)
class Target:
    """What a page must reach; a sentence with a range (of 1,000, from, to) may be `longest_with_range` words long."""

    words_per_sentence: float
    longest: int
    longest_with_range: int
    over_fifteen: float
    score: float
    long_words: float


TARGETS: dict[str, Target] = {
    "nl": Target(10.0, 18, 22, 0.08, 75.0, 0.03),
    "en": Target(12.0, 20, 20, 0.10, 70.0, 0.03),
}

_AVOID = Path(__file__).with_name("data") / "avoid.toml"


@cache
def forbidden(lang: str) -> tuple[str, ...]:
    """Return the words that no sentence for a council says."""
    return tuple(tomllib.loads(_AVOID.read_text(encoding="utf-8"))[lang])


def syllables(word: str, lang: str) -> int:
    """Return the syllables of a word; a number is one."""
    text = word.lower()
    if any(letter.isdigit() for letter in text):
        return 1
    if lang == "nl":
        # A diaeresis begins a syllable: geïnd; "ij" is one vowel.
        text = re.sub(r"([aeiou])([ëïöü])", r"\1-\2", text.replace("ij", "y"))
        return max(1, len(_VOWELS.findall(text)))
    count = len(_VOWELS.findall(text))
    if count > 1 and re.search(r"[^aeiouyl]e$|[aeiou]le$", text):
        count -= 1  # a mute e
    elif count > 1 and re.search(r"[^td]ed$", text):
        count -= 1
    return max(1, count)


def readability(text: str, lang: str) -> Readability:
    """Return the counts of a text in whole sentences."""
    lines = [line for line in _SENTENCE.split(text.strip()) if _WORD.search(line)]
    words = [_WORD.findall(line) for line in lines]
    flat = [word for line in words for word in line]
    sounds = [syllables(word, lang) for word in flat]
    per_sentence, per_word = len(flat) / len(lines), sum(sounds) / len(flat)
    score = (
        206.84 - 77.0 * per_word - 0.93 * per_sentence
        if lang == "nl"
        else 206.84 - 84.6 * per_word - 1.015 * per_sentence
    )
    return Readability(
        sentences=len(lines),
        words_per_sentence=per_sentence,
        longest=max(len(line) for line in words),
        over_fifteen=sum(len(line) > 15 for line in words) / len(lines),
        score=score,
        long_words=sum(sound >= _LONG for sound in sounds) / len(flat),
    )


def misses(text: str, lang: str) -> list[str]:
    """Return what a text misses of the targets of its language, in words; nothing when it meets them."""
    found, target = readability(text, lang), TARGETS[lang]
    too_long = []
    for line in _SENTENCE.split(text.strip()):
        ranged = len(re.findall(r"\d[\d.,]*", line)) >= _RANGE
        most = target.longest_with_range if ranged else target.longest
        if len(_WORD.findall(line)) > most:
            too_long.append(f"a sentence of {len(_WORD.findall(line))} words: {line}")
    checks: Iterable[tuple[bool, str]] = (
        (found.words_per_sentence > target.words_per_sentence, f"{found.words_per_sentence:.1f} words a sentence"),
        (found.over_fifteen > target.over_fifteen, f"{100 * found.over_fifteen:.0f}% of sentences over 15 words"),
        (found.score < target.score, f"score {found.score:.0f}"),
        (found.long_words > target.long_words, f"{100 * found.long_words:.1f}% words of four syllables or more"),
    )
    return [text for missed, text in checks if missed] + too_long


def forbidden_in(text: str, lang: str) -> list[str]:
    """Return the words of a text that a council page does not say."""
    return [word for word in forbidden(lang) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I)]
