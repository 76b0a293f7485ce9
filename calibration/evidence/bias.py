"""Which comparisons may be off, and by how much: one latent per town and family of outcomes (``data/bias.toml``).

A town whose sources tell of an imbalance, or of a comparison group that the trial changed, has terms for its work
outcomes and its survey outcomes. The rule does not look at the sign of a finding.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from calibration.evidence.schema import Row
from calibration.evidence.standard_errors import answer_sd

__all__ = ["BiasTerm", "bias_sd", "bias_terms", "family_of", "spread_of"]

_CONTRACT = ("permanent_contract",)
# Outcomes of which more is worse: a better placed control group has less.
_REVERSED = ("income_poverty", "deprivation_poverty", "income_and_deprivation_poverty")


@dataclass(frozen=True)
class BiasTerm:
    """One latent shift of contrasts.

    Attributes:
        town, family: name of the term is ``<town>.<family>``; families are work, contract and mind.
        against: groups whose contrasts it moves.
        width: standard deviation of the shift; a share (work, contract) or standard deviations of the outcome (mind).
        kind: ``measured`` or ``assumption``.
        told, source: what the source says of the difference, and where.
    """

    town: str
    family: str
    against: tuple[str, ...]
    width: float
    kind: str
    told: str
    source: str

    @property
    def name(self) -> str:
        """``<town>.<family>``."""
        return f"{self.town}.{self.family}"

    def loading(self, row: Row) -> float:
        """Return what one unit of the term adds to a row (0: nothing), in the unit of its outcome."""
        if not row.is_contrast or family_of(row.outcome) != self.family:
            return 0.0
        sign = float(row.comparator in self.against) - float(row.arm in self.against)
        return sign * (1.0 if self.family != "mind" else spread_of(row) * (-1.0 if row.outcome in _REVERSED else 1.0))


def bias_sd(row: Row, trial: str) -> float:
    """Return the standard deviation of the bias of a row of a trial, in the unit of its outcome (0: balanced)."""
    return max((abs(term.width * term.loading(row)) for term in bias_terms() if term.town == trial), default=0.0)


def family_of(outcome: str) -> str | None:
    """Return the family of an outcome (work, contract, mind); None for processes and contacts."""
    from analysis.outcomes import outcomes

    known = outcomes().get(outcome)
    if outcome in _CONTRACT:
        return "contract"
    if known is None or known.source == "process" or known.unit == "count":
        return None
    return "mind" if known.source == "survey" else "work" if known.unit == "proportion" else None


@cache
def bias_terms() -> tuple[BiasTerm, ...]:
    """Return every term of ``data/bias.toml``."""
    text = files("calibration").joinpath("evidence", "data", "bias.toml").read_text("utf-8")
    return tuple(BiasTerm(**{**each, "against": tuple(each["against"])}) for each in tomllib.loads(text)["bias"])


def spread_of(row: Row) -> float:
    """Return one standard deviation of the answers to an outcome, in the unit of the row (a share: 0.43)."""
    from analysis.outcomes import outcomes

    return answer_sd(row.outcome, outcomes()[row.outcome].unit if row.kind == "ordinal" else row.unit)
