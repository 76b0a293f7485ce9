"""The baseline facts: what is known of social assistance without any trial effect, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.checks.long_run import HORIZONS, LEVELS, SURVIVAL
from sim.problems import Say

__all__ = ["FACTS", "PLACES", "Fact"]

# Where a fact was found, and how it is simulated.
PLACES: dict[str, Say] = {
    "netherlands": Say(
        "The Netherlands: the regular regime, a flat labour market, new people every month from January 2018; "
        "survival and returns of a cohort of new people, followed for ten years",
        "Nederland: het reguliere regime, een vlakke arbeidsmarkt, elke maand nieuwe mensen vanaf januari 2018; "
        "blijven en terugkeer van een groep nieuwe mensen, tien jaar gevolgd",
    ),
    "oss": Say(
        "Oss, participants of the trial in their three groups, 24 months from October 2017",
        "Oss, deelnemers aan het experiment in hun drie groepen, 24 maanden vanaf oktober 2017",
    ),
    "oss_eligible": Say(
        "Oss, everybody eligible: the regular regime, 24 months",
        "Oss, iedereen die mee mocht doen: het reguliere regime, 24 maanden",
    ),
}


@dataclass(frozen=True)
class Fact:
    """A published fact with its range; without one (None), a number of the model that explains a fact."""

    name: str
    place: str
    text: Say
    unit: str
    low: float | None
    high: float | None
    source: str
    note: Say | None = None

    @property
    def published(self) -> bool:
        """Tell whether there is something to compare with."""
        return self.low is not None


_LAND = "national statistics as rounded in the model brief, not re-read"
_OSS = "Oss 2020"
_MODEL = "the model alone: explains the fact above"

_AMONG = {
    "": Say("", ""),
    "single": Say(", single", ", alleenstaand"),
    "single_parent": Say(", single parent", ", alleenstaande ouder"),
    "couple": Say(", couple", ", paar"),
}
_FLOW = Say(
    "Another reading of the same 23-30%: who was there in January and is gone by December. In a stock in balance it "
    "must lie below the flow (newcomers leave soonest), and the stock of 2018-2020 was falling.",
    "Een andere lezing van dezelfde 23-30%: wie er in januari was en in december weg is. In een bestand in evenwicht "
    "ligt die onder de stroom (wie net kwam vertrekt het eerst), en het bestand van 2018-2020 liep terug.",
)
_EARNINGS = Say(
    "Compared at the wages of January 2018: by December 2020 the net minimum wage is some 8% higher. What "
    "is left over is hours: those who work beside benefit begin with a mean of 13-14 hours and drift to "
    "about 17, because hours grow in a job and nothing but the norm stops them. In month 1 the model pays "
    "less than the 550 of the synthetic people, who were given 36 hours to the full-time wage where the "
    "engine counts 38 (decision 007).",
    "Vergeleken in lonen van januari 2018: in december 2020 is het nettominimumloon zo'n 8% hoger. Wat "
    "overblijft zijn uren: wie naast de bijstand werkt begint gemiddeld met 13-14 uur en groeit naar "
    "ongeveer 17, omdat uren in een baan toenemen en alleen de norm ze stopt. In maand 1 betaalt het "
    "model minder dan de 550 van de synthetische mensen, die 36 uur voor een volle baan kregen waar de "
    "motor 38 telt (besluit 007).",
)
_OSS_EXIT = Say(
    "At the medians too few participants leave. The report counts an end because of work, illness or "
    "disability as exit to work, so its 31% is somewhat high; late recruits were followed for 15 to 24 "
    "months only, which works the other way. Half of the participants were new and the market was tight; "
    "the model has both, and it is not enough. Nothing was tuned to these numbers: calibration may use "
    "them.",
    "Bij de medianen vertrekken te weinig deelnemers. Het rapport telt een einde door werk, ziekte of "
    "arbeidsongeschiktheid als uitstroom naar werk; de 31% is dus wat hoog. Wie laat instroomde is maar "
    "15 tot 24 maanden gevolgd, wat de andere kant op werkt. De helft van de deelnemers was nieuw en de "
    "arbeidsmarkt was krap; het model heeft beide, en het is niet genoeg. Hier is niets op afgestemd: de "
    "kalibratie mag ze gebruiken.",
)
_CLASSES = Say(
    "The report finds the classes with a latent class model on many answers (248 people, 6% "
    "misclassified). Here: active = two or more expected applications in month 1 (the cut is ours, near "
    "the published 54%); the others are divided by physical or mental complaints.",
    "Het rapport vindt de klassen met een latenteklassenmodel op veel antwoorden (248 mensen, 6% verkeerd "
    "ingedeeld). Hier: actief = twee of meer verwachte sollicitaties in maand 1 (de grens is van ons, "
    "dicht bij de gepubliceerde 54%); de anderen zijn verdeeld naar lichamelijke of psychische klachten.",
)
_LUCK = "; range: 90% sampling"


def _fact(
    name: str,
    place: str,
    en: str,
    nl: str,
    unit: str,
    low: float | None,
    high: float | None,
    source: str,
    note: Say | None = None,
) -> Fact:
    return Fact(name, place, Say(en, nl), unit, low, high, source, note)


def _land(
    name: str,
    en: str,
    nl: str,
    unit: str,
    low: float | None,
    high: float | None,
    source: str = _LAND,
    note: Say | None = None,
) -> Fact:
    return _fact(name, "netherlands", en, nl, unit, low, high, source, note)


FACTS: tuple[Fact, ...] = (
    _land(
        "outflow",
        "leaves for any reason, per person on benefit",
        "stroomt uit, per persoon in de bijstand",
        "per year",
        0.23,
        0.30,
        LEVELS["outflow"].source,
    ),
    _land(
        "out_any",
        "of the sitting stock: leaves within a year, any reason",
        "van het zittend bestand: stroomt uit binnen een jaar",
        "share",
        0.23,
        0.30,
        f"{LEVELS['outflow'].source}, read as a cohort",
        _FLOW,
    ),
    _land(
        "outflow_work",
        "leaves for work, per person on benefit",
        "stroomt uit naar werk, per persoon in de bijstand",
        "per year",
        0.075,
        0.10,
        LEVELS["outflow_work"].source,
    ),
    _land(
        "out_work",
        "of the sitting stock: leaves for work within a year",
        "van het zittend bestand: stroomt uit naar werk in een jaar",
        "share",
        0.075,
        0.10,
        f"{LEVELS['outflow_work'].source}; nationally about 8%",
    ),
    *(
        _land(name, en, nl, "share of stock", 0.07, 0.09, LEVELS["part_time"].source)
        for name, en, nl in (
            ("part_time", "works beside the benefit, mean of five years", "werkt naast de bijstand, vijf jaar"),
            ("part_time_60", "works beside the benefit after five years", "werkt naast de bijstand na vijf jaar"),
        )
    ),
    _land(
        "part_time_cohort_48",
        "of the sitting stock, still there after four years: works beside the benefit",
        "van het zittend bestand, na vier jaar nog in de bijstand: werkt ernaast",
        "share of stock",
        None,
        None,
        _MODEL,
    ),
    _land(
        "part_time_earnings",
        "mean net earnings of those, at wages of January 2018",
        "gemiddelde netto verdiensten van hen, in lonen van januari 2018",
        "EUR/month",
        500,
        600,
        _LAND,
        _EARNINGS,
    ),
    _land("part_time_earnings_first", "the same in month 1", "hetzelfde in maand 1", "EUR/month", None, None, _MODEL),
    _land(
        "part_time_earnings_then",
        "the same in euro of December 2020",
        "hetzelfde in euro van december 2020",
        "EUR/month",
        None,
        None,
        _MODEL,
    ),
    _land("part_time_hours", "mean hours of those", "gemiddelde uren van hen", "hours/week", None, None, _MODEL),
    _land(
        "stock_over_a_year",
        "on benefit for more than a year",
        "langer dan een jaar in de bijstand",
        "share of stock",
        0.83,
        0.87,
        LEVELS["stock_over_a_year"].source,
    ),
    _land(
        "over_a_year_first",
        "more than a year since the first entry, returns passed over",
        "langer dan een jaar sinds de eerste instroom, terugkeer niet geteld",
        "share of stock",
        None,
        None,
        _MODEL,
    ),
    *(
        _land(
            f"return_work_{months}",
            f"back within {months} months of leaving for work",
            f"terug binnen {months} maanden na uitstroom naar werk",
            "share",
            low,
            high,
            LEVELS[f"return_work_{months}"].source,
        )
        for months, low, high in ((12, 0.17, 0.23), (60, 0.30, 0.40))
    ),
    *(
        _land(
            f"return_any_{months}",
            f"back within {months} months of leaving for any reason",
            f"terug binnen {months} maanden na uitstroom",
            "share",
            round(LEVELS[f"return_any_{months}"].value - 0.04, 2),
            round(LEVELS[f"return_any_{months}"].value + 0.04, 2),
            f"{LEVELS[f'return_any_{months}'].source}; the range is ours",
        )
        for months in (6, 12, 24)
    ),
    *(
        _land(
            f"survival_{months}" + (f"_{household}" if household else ""),
            f"still on after {months} months{_AMONG[household].en}",
            f"na {months} maanden nog in de bijstand{_AMONG[household].nl}",
            "share of inflow",
            round(value - 0.03, 3),
            round(value + 0.03, 3),
            f"{LEVELS['survival_6'].source}, ± 0.03",
        )
        for household, values in SURVIVAL.items()
        for months, value in zip(HORIZONS, values, strict=True)
    ),
    _land(
        "work_short_spell",
        "leaves for work within a year: spell under a year",
        "uitstroom naar werk in een jaar: korter dan een jaar",
        "share",
        0.12,
        0.25,
        f"{_OSS} figure 3.1.1: falls with duration; the range is ours",
    ),
    _land(
        "work_long_spell",
        "leaves for work within a year: spell over five years",
        "uitstroom naar werk in een jaar: langer dan vijf jaar",
        "share",
        0.01,
        0.06,
        f"{_OSS} figure 3.1.1: falls with duration; the range is ours",
    ),
    _land(
        "disregard_used",
        "has earnings disregarded this month",
        "heeft vrijlating deze maand",
        "share of stock",
        0.0,
        0.08,
        f"{_LAND}: unused by most",
    ),
    _land(
        "exempted", "exempted from the duty to work", "vrijgesteld van de arbeidsplicht", "share of stock", 0.10, 0.11
    ),
    _land(
        "sanctioned",
        "sanctions per person on benefit in a year",
        "maatregelen per persoon per jaar",
        "per year",
        0.02,
        0.10,
        "assumption: order of magnitude",
    ),
    _fact(
        "oss_out_work",
        "oss",
        "left for work within 24 months",
        "uitgestroomd naar werk binnen 24 maanden",
        "share",
        0.27,
        0.35,
        f"{_OSS} table 2.3.1: 106 of 345{_LUCK}",
        _OSS_EXIT,
    ),
    _fact(
        "oss_out_any",
        "oss",
        "left for any reason within 24 months",
        "uitgestroomd binnen 24 maanden",
        "share",
        0.53,
        0.62,
        f"{_OSS} table 2.3.1: 199 of 345{_LUCK}",
        _OSS_EXIT,
    ),
    _fact(
        "oss_small_jobs",
        "oss",
        "part-time or agency work after 12 months",
        "deeltijd- of uitzendwerk na 12 maanden",
        "share",
        0.15,
        0.25,
        f"{_OSS} table 3.1.1: 20% of 188 who answered{_LUCK}",
    ),
    _fact(
        "oss_wellbeing",
        "oss",
        "well-being, mean of 24 months",
        "welbevinden, gemiddelde van 24 maanden",
        "scale 0-10",
        5.5,
        6.0,
        f"{_OSS} par. 3.1.4: 5.5 to 6",
    ),
    _fact(
        "oss_choice_freedom",
        "oss",
        "freedom of choice, mean of 24 months",
        "keuzevrijheid, gemiddelde van 24 maanden",
        "scale 0-10",
        3.5,
        4.5,
        f"{_OSS} par. 3.1.4: about 4; the width is ours",
    ),
    _fact(
        "oss_deprivation",
        "oss",
        "feels deprived, mean of 24 months",
        "ervaart armoede, gemiddelde van 24 maanden",
        "share",
        0.40,
        0.50,
        f"{_OSS} par. 3.1.4: 40 to 50%",
    ),
    _fact(
        "oss_active",
        "oss",
        "actively searching",
        "zoekt actief",
        "share",
        0.49,
        0.59,
        f"{_OSS} par. 1.2: 54% of 248{_LUCK}",
        _CLASSES,
    ),
    _fact(
        "oss_discouraged",
        "oss",
        "could work, no longer searching",
        "zou kunnen, zoekt niet meer",
        "share",
        0.12,
        0.20,
        f"{_OSS} par. 1.2: 16% of 248{_LUCK}",
        _CLASSES,
    ),
    _fact(
        "oss_passive",
        "oss",
        "not searching, with health complaints",
        "zoekt niet, met gezondheidsklachten",
        "share",
        0.25,
        0.35,
        f"{_OSS} par. 1.2: 30% of 248{_LUCK}",
        _CLASSES,
    ),
    _fact(
        "oss_eligible_out_work",
        "oss_eligible",
        "left for work within 24 months",
        "uitgestroomd naar werk binnen 24 maanden",
        "share",
        0.15,
        0.18,
        f"{_OSS} par. 3.1.1: 15% (2015-17), 18% (2017-19)",
    ),
)
