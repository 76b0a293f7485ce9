"""Outcomes, each defined once as an expression over a person's rows in one month.

``state``: at the end of the month; ``flow``: of the month; ``ever``: by the end of the month; ``sum``: since
the start; ``scale``: what a survey would find before its noise. Shares are 0 or 1 per person. The engine
compiles the expressions; NumPy and the trace evaluate the same text (`sim.policy.elementwise` only).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.problems import Say

__all__ = ["HEADLINE", "MEASURES", "Measure"]

Kind = Literal["state", "flow", "ever", "sum", "scale"]


@dataclass(frozen=True)
class Measure:
    """One outcome; `expression` reads columns, work rows and drives by name."""

    name: str
    unit: str
    kind: Kind
    text: Say
    expression: str


def _share(condition: str) -> str:
    return f"where({condition}, 1.0, 0.0)"


# Hours are counted at the minimum wage, as the reports do ("over 70% of the minimum wage" = earnings).
_ALL: tuple[tuple[str, str, Kind, str, str, str], ...] = (
    ("on_benefit", "share", "state", "on benefit", "in de bijstand", _share("status < 0.5")),
    (
        "left_for_work",
        "share",
        "state",
        "out of benefit in work",
        "uitgestroomd naar werk",
        _share("(status > 0.5) & (status < 1.5)"),
    ),
    (
        "left_other",
        "share",
        "state",
        "out of benefit for another reason",
        "uitgestroomd om andere reden",
        _share("(status > 1.5) & (status < 2.5)"),
    ),
    (
        "exit_work_ever",
        "share",
        "ever",
        "ever left for work",
        "ooit uitgestroomd naar werk",
        _share("first_exit_work > 0.5"),
    ),
    ("exit_any_ever", "share", "ever", "ever left benefit", "ooit uitgestroomd", _share("first_exit_any > 0.5")),
    ("works", "share", "state", "has paid work", "heeft betaald werk", _share("hours > 0.0")),
    ("hours_over_8", "share", "state", "works more than 8 hours", "werkt meer dan 8 uur", _share("hours > 8.0")),
    ("hours_over_12", "share", "state", "works more than 12 hours", "werkt meer dan 12 uur", _share("hours > 12.0")),
    ("hours_over_27", "share", "state", "works more than 27 hours", "werkt meer dan 27 uur", _share("hours > 27.0")),
    ("hours_over_32", "share", "state", "works more than 32 hours", "werkt meer dan 32 uur", _share("hours > 32.0")),
    (
        "wml_over_50",
        "share",
        "state",
        "earns more than 50% of the minimum wage",
        "verdient meer dan 50% van het minimumloon",
        _share("hours * wage > 19.0"),
    ),
    (
        "wml_over_70",
        "share",
        "state",
        "earns more than 70% of the minimum wage",
        "verdient meer dan 70% van het minimumloon",
        _share("hours * wage > 26.6"),
    ),
    (
        "wml_over_100",
        "share",
        "state",
        "earns more than the minimum wage",
        "verdient meer dan het minimumloon",
        _share("hours * wage > 38.0"),
    ),
    (
        "wage_work",
        "share",
        "state",
        "works for a wage",
        "werkt in loondienst",
        _share("(hours > 0.0) & (contract < 3.5)"),
    ),
    (
        "permanent",
        "share",
        "state",
        "has a permanent contract",
        "heeft een vast contract",
        _share("(contract > 0.5) & (contract < 1.5)"),
    ),
    ("self_employed", "share", "state", "is self-employed", "is zelfstandige", _share("contract > 3.5")),
    (
        "part_time_on_benefit",
        "share",
        "state",
        "works beside the benefit",
        "werkt naast de bijstand",
        _share("(status < 0.5) & (hours > 0.0)"),
    ),
    ("hours", "hours/week", "state", "hours of work", "uren werk", "hours"),
    ("earnings", "EUR/month", "flow", "net earnings", "netto verdiensten", "earnings"),
    (
        "income",
        "EUR/month",
        "flow",
        "disposable income of the household",
        "besteedbaar inkomen van het huishouden",
        "income",
    ),
    ("benefit_paid", "EUR/month", "flow", "benefit paid", "uitbetaalde bijstand", "paid"),
    ("premium_paid", "EUR/month", "flow", "premium and bonus paid", "uitbetaalde premie en bonus", "premium"),
    ("benefit_sum", "EUR", "sum", "benefit paid since the start", "bijstand sinds de start", "benefit_sum"),
    ("earnings_sum", "EUR", "sum", "net earnings since the start", "netto verdiensten sinds de start", "earnings_sum"),
    ("income_sum", "EUR", "sum", "income since the start", "inkomen sinds de start", "income_sum"),
    (
        "months_worked",
        "months",
        "sum",
        "months worked since the start",
        "maanden gewerkt sinds de start",
        "months_worked",
    ),
    (
        "returned",
        "share",
        "ever",
        "ever returned to benefit",
        "ooit teruggekeerd in de bijstand",
        _share("returns > 0.5"),
    ),
    ("sanctioned", "share", "flow", "a sanction runs", "maatregel loopt", "sanctioned"),
    ("contacts", "contacts/month", "flow", "contacts with the office", "contacten met de gemeente", "contacts"),
    ("stress", "0..1", "state", "stress", "stress", "stress"),
    ("bandwidth", "0..1", "state", "bandwidth", "denkruimte", "bandwidth"),
    ("trust", "0..1", "state", "trust in the municipality", "vertrouwen in de gemeente", "trust"),
    ("social_trust", "0..1", "state", "trust in other people", "vertrouwen in andere mensen", "social_trust"),
    ("efficacy", "0..1", "state", "self-efficacy in job search", "zoekvertrouwen", "efficacy"),
    ("motivation", "0..1", "state", "autonomous motivation", "autonome motivatie", "motivation"),
    ("belonging", "0..1", "state", "contact with others", "sociale contacten", "belonging"),
    ("scarcity", "0..1", "state", "scarcity felt", "ervaren schaarste", "scarcity"),
    ("search_hours", "hours/week", "flow", "hours of job search", "uren zoeken naar werk", "search_hours"),
    ("applications", "per month", "flow", "applications", "sollicitaties", "applications"),
    ("interviews", "per month", "flow", "job interviews", "sollicitatiegesprekken", "interviews"),
    ("volunteer_hours", "hours/week", "flow", "hours of volunteering", "uren vrijwilligerswerk", "volunteer_hours"),
    ("care_hours", "hours/week", "flow", "hours of informal care", "uren mantelzorg", "care_hours"),
    ("debt", "EUR", "state", "problem debt", "problematische schuld", "debt"),
    ("buffer", "EUR", "state", "savings", "spaargeld", "buffer"),
    ("wellbeing", "0..10", "scale", "well-being", "welbevinden", "wellbeing"),
    ("health", "0..10", "scale", "subjective health", "ervaren gezondheid", "health"),
    ("choice_freedom", "0..10", "scale", "freedom of choice", "keuzevrijheid", "choice_freedom"),
    ("self_reliance", "0..10", "scale", "self-reliance", "zelfredzaamheid", "self_direction"),
    ("social_participation", "0..10", "scale", "social participation", "sociale participatie", "participation_score"),
    ("deprivation", "share", "scale", "feels deprived", "ervaart armoede", "deprivation"),
)

MEASURES: dict[str, Measure] = {
    name: Measure(name, unit, kind, Say(en, nl), expression) for name, unit, kind, en, nl, expression in _ALL
}

# What tables show first.
HEADLINE: tuple[str, ...] = (
    "on_benefit",
    "exit_work_ever",
    "hours_over_8",
    "hours_over_12",
    "hours_over_27",
    "wml_over_70",
    "permanent",
    "part_time_on_benefit",
    "income",
    "stress",
    "wellbeing",
    "trust",
)
