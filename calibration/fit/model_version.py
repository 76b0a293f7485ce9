"""Which model a fit was made with: its priors, and the equations of its mechanisms."""

from __future__ import annotations

import hashlib
import io
import tokenize
from functools import cache
from importlib.resources import files

from sim.month import MONTH
from sim.parameters import PARAMETERS

__all__ = ["equations_of", "mechanisms_digest", "priors_digest"]

# Tokens that say nothing of an equation; where a line or block ends is in the tokens that stay.
_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)
_BLOCK = {tokenize.NEWLINE: "<line>", tokenize.INDENT: "<in>", tokenize.DEDENT: "<out>"}


def priors_digest() -> str:
    """Return a hash of the names, units, bounds and priors of all parameters."""
    told = [
        repr((p.name, p.value, p.unit, p.low, p.high, p.sd, p.law, p.off, p.free, p.between))
        for p in PARAMETERS.values()
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


@cache
def mechanisms_digest() -> str:
    """Return a hash of the equations of a month and their order; words (docstrings, comments) do not count.

    It is made from the tokens of the text, which no version of Python reads differently.
    """
    text = hashlib.sha256(repr(MONTH).encode())
    sim = files("sim")
    places = [sim.joinpath("policy/elementwise.py"), *sim.joinpath("mechanisms").iterdir()]
    for entry in sorted(places, key=lambda each: each.name):
        if entry.name.endswith(".py") and entry.name not in ("__init__.py", "base.py"):
            text.update(entry.name.encode())
            text.update(equations_of(entry.read_text("utf-8")).encode())
    return text.hexdigest()[:16]


def equations_of(text: str) -> str:
    """Return the tokens of a module without comments, docstrings and layout, one a line."""
    kept: list[str] = []
    fresh = True  # at the beginning of a statement: a string here is a docstring
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _LAYOUT or (fresh and token.type == tokenize.STRING):
            continue
        kept.append(_BLOCK.get(token.type, token.string))
        fresh = token.type in _BLOCK
    # What is left of a docstring is an empty line.
    return "\n".join(
        each for place, each in enumerate(kept) if each != "<line>" or kept[place - 1 : place] != ["<line>"]
    )
