"""One schema for the evidence of all studies: what a row is, what may stand in each column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from analysis.inference.interval import NINETY
from sim.problems import Say

__all__ = [
    "COLUMNS",
    "FIT_USES",
    "KINDS",
    "MARKERS",
    "SIGNIFICANT",
    "SIGNS",
    "UNITS",
    "USES",
    "Doubt",
    "Row",
    "Size",
    "Study",
]

# What a fit may do with a row; the meaning is shown by `bijstand evidence list --uses`.
USES: Mapping[str, Say] = MappingProxyType(
    {
        "causal_itt": Say("effect of the offer in a randomised group", "effect van het aanbod, geloot"),
        "survey_panel": Say("survey difference between randomised groups", "vragenlijstverschil, geloot"),
        "ordinal": Say("sign and significance only", "alleen teken en significantie"),
        "register_level": Say("level of a group in the register", "niveau van een groep in het register"),
        "survey_level": Say("level of a group among respondents", "niveau van een groep onder respondenten"),
        "response_level": Say("share that answered", "aandeel dat antwoordde"),
        "selection_contrast": Say(
            "participants against people who did not take part: selection and attention, not an effect",
            "deelnemers tegenover niet-deelnemers: selectie en aandacht, geen effect",
        ),
        "ordinal_weak": Say(
            "sign implied, or told of several arms: right for this one three times out of four",
            "teken afgeleid, of van meer groepen: voor deze klopt het drie van de vier keer",
        ),
        "descriptive": Say("description, no comparison", "beschrijving, geen vergelijking"),
        "duplicate": Say("the same people and outcome as another row", "dezelfde mensen en uitkomst als elders"),
        "contaminated": Say(
            "sign only; comparison group not comparable, so with a bias of its own",
            "alleen teken; vergelijkingsgroep niet vergelijkbaar, dus met een eigen vertekening",
        ),
        "collective": Say(
            "about several towns at once; what it says of each town stands in rows of that town",
            "over meer gemeenten tegelijk; wat het over elke gemeente zegt staat in rijen van die gemeente",
        ),
        "doubtful": Say("probably wrong or badly identified", "waarschijnlijk fout of zwak bepaald"),
        "do_not_use": Say("cannot be right or cannot be read", "kan niet kloppen of is niet te lezen"),
        "population_level": Say(
            "a fact of the country: holds the centre of priors and is checked beside the fit, no trial produces it",
            "een feit van het land: bepaalt het midden van priors en wordt naast de fit getoetst",
        ),
        "outside_model": Say(
            "a good figure that the model has no quantity for", "goed, maar zonder tegenhanger in het model"
        ),
        "context": Say("who took part, and the rules", "wie meedeed, en de regels"),
        "prior": Say("another study, quoted", "een andere studie, geciteerd"),
    }
)
# A row with one of these uses is a target: it must have exactly one moment.
FIT_USES = (
    "causal_itt",
    "survey_panel",
    "ordinal",
    "register_level",
    "survey_level",
    "response_level",
    "selection_contrast",
    "ordinal_weak",
    "contaminated",
)
KINDS = (
    "effect",
    "difference",
    "level",
    "matched",
    "coefficient",
    "ordinal",
    "model_fit",
    "variance_share",
    "baseline",
    "external",
)
# Two-sided tests, (lowest, highest) |t|; "n.s." = tested at ten percent and not significant; empty = no marker printed.
MARKERS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "p<0.01": (2.5758293035489004, float("inf")),
        "p<0.05": (1.959963984540054, float("inf")),
        "p<0.10": (NINETY, float("inf")),
        "n.s.": (0.0, NINETY),
        # "just short of the ten percent level": p between 0.10 and 0.20
        "near p<0.10": (1.2815515655446004, NINETY),
        "": (0.0, float("inf")),
    }
)
SIGNIFICANT = ("yes", "no", "not_stated", "not_tested", "mixed", "mostly_no")
SIGNS = (
    "positive",
    "negative",
    "zero",
    "mostly_positive",
    "mostly_negative",
    "mixed",
    "not_stated",
    "between_utrecht_and_nijmegen",
)
# Unit -> lowest and highest level; None where there is no bound. Differences may reach minus the span.
UNITS: Mapping[str, tuple[float | None, float | None]] = MappingProxyType(
    {
        "proportion": (0.0, 1.0),
        "scale_0_10": (0.0, 10.0),
        "scale_1_10": (1.0, 10.0),
        "scale_1_6": (1.0, 6.0),
        "hours_per_week": (0.0, 168.0),
        "count_4_weeks": (0.0, None),
        "index_unit_unclear": (None, None),
        "eur_mean_over_trial": (0.0, None),
        "eur_per_month": (0.0, None),
        "eur_sum_12_months": (0.0, None),
        "eur": (0.0, None),
        "months": (0.0, None),
        "years": (0.0, None),
        "count": (0.0, None),
        "count_of_30": (0.0, 30.0),
        "persons": (0.0, None),
        "questionnaires": (0.0, None),
        "municipalities": (0.0, None),
        "clients_per_counsellor": (0.0, None),
        "ratio": (0.0, None),
        "correlation": (None, None),
        "logit_coefficient": (None, None),
        "model_units": (None, None),
        "proportion_per_year": (0.0, 1.0),
        "proportion_of_earnings": (0.0, 1.0),
        "ordinal": (None, None),
    }
)
# Column -> "text", "number" or "count" (a number of people; not negative).
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "id": "text",
        "municipality": "text",
        "arm": "text",
        "comparator": "text",
        "outcome": "text",
        "kind": "text",
        "unit": "text",
        "printed": "text",
        "value": "number",
        "corrected": "number",
        "low": "number",
        "high": "number",
        "level": "number",
        "level_comparator": "number",
        "sign": "text",
        "marker": "text",
        "significant": "text",
        "n": "count",
        "n_low": "count",
        "n_arm": "count",
        "n_comparator": "count",
        "count": "count",
        "specification": "text",
        "horizon_months": "number",
        "wave": "text",
        "subgroup": "text",
        "sample": "text",
        "rater": "text",
        "cited": "text",
        "use": "text",
        "locator": "text",
        "doubt": "text",
        "doubt_note": "text",
        "se": "number",
        "se_low": "number",
        "se_high": "number",
        "se_from": "text",
    }
)


@dataclass(frozen=True)
class Doubt:
    """One thing to know before using a figure."""

    code: str
    text: Say


@dataclass(frozen=True)
class Size:
    """How many people took part in a municipality, and over how many groups they were divided."""

    people: int
    arms: int


@dataclass(frozen=True)
class Study:
    """The head of one study; `shipped` is False for a researcher's own trial.

    `random_reference` names the municipalities whose reference group was set aside by lot before sign-up.
    """

    name: str
    title: str
    short: str
    publisher: str
    year: int
    municipalities: tuple[str, ...]
    control: str
    reference: str
    doubts: Mapping[str, Doubt]
    participants: Mapping[str, Size]
    assumed_sd: Mapping[str, float]
    stars: Mapping[str, str]
    shipped: bool = True
    random_reference: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One figure. Shares are 0..1; an effect on a share of +4 points is 0.04; None = not reported.

    `value` is the figure as printed and `corrected` our arithmetic on the report's own numbers; `low` and
    `high` bound a quoted range. A `difference` made here from two printed levels carries both. `se` is a
    recommended standard error with the bounds it is known to lie in. `n_low` is the lower end of an N printed as a
    range. `wave` names a survey wave, or "since_m16" for a change since month 16.
    """

    id: str
    study: str
    municipality: str
    arm: str
    comparator: str
    outcome: str
    kind: str
    unit: str
    specification: str
    use: str
    locator: str
    printed: str = ""
    value: float | None = None
    corrected: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    level_comparator: float | None = None
    sign: str = ""
    marker: str = ""
    significant: str = ""
    n: float | None = None
    n_low: float | None = None
    n_arm: float | None = None
    n_comparator: float | None = None
    count: float | None = None
    horizon_months: float | None = None
    wave: str = ""
    subgroup: str = "all"
    sample: str = ""
    rater: str = ""
    cited: str = ""
    doubt: tuple[str, ...] = field(default=())
    doubt_note: str = ""
    se: float | None = None
    se_low: float | None = None
    se_high: float | None = None
    se_from: str = ""

    @property
    def estimate(self) -> float | None:
        """Return the corrected value where there is one, else the printed one."""
        return self.value if self.corrected is None else self.corrected

    @property
    def is_target(self) -> bool:
        """Return whether a fit could use the row."""
        return self.use in FIT_USES

    @property
    def since_month(self) -> int | None:
        """Return the month a change is counted from (``wave`` = "since_m16"), None for a state."""
        return int(self.wave.removeprefix("since_m")) if self.wave.startswith("since_m") else None

    @property
    def is_contrast(self) -> bool:
        """Return whether the row compares two groups."""
        return bool(self.comparator)
