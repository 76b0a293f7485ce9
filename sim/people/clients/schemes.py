"""Words and units of client systems: ready-made value tables, yes/no words, unit conversions.

A scheme is a value table a user names instead of writing it out. Words are compared without case or
surrounding blanks (`fold`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.people.columns import FLOWS, STATES, TRAITS, Column
from sim.problems import Say

__all__ = ["BLANK_WORDS", "IMPORTABLE", "NO_WORDS", "SCHEMES", "UNITS", "YES_WORDS", "code_value", "fold", "span"]

# Starting states that an office can know or a donor can lend; the engine owns the other states.
_STATES = (
    *("stress", "bandwidth", "trust", "social_trust", "efficacy", "motivation", "rejection", "belonging"),
    *("volunteering", "caring", "skill", "fit", "wage", "hours", "buffer", "debt", "owed", "premium_due"),
    *("scarcity", "contract", "job_months", "spell_months", "disregard_months", "statutory_months"),
    "sanction_months",
)

# Everybody in a client file is in the sitting stock, and quality belongs to the caseworker.
IMPORTABLE: Mapping[str, Column] = MappingProxyType(
    {name: column for name, column in TRAITS.items() if name not in ("entry_month", "quality")}
    | {name: STATES[name] for name in _STATES}
    # What somebody earns now, net: read into hours and wage.
    | {"earnings": FLOWS["earnings"]}
)

BLANK_WORDS = ("", "-", "onbekend", "unknown", "n.v.t.", "nvt", "n/a", "na", "null", "none", "nan", "leeg")
YES_WORDS = ("ja", "j", "yes", "y", "1", "waar", "true", "x")
NO_WORDS = ("nee", "n", "no", "0", "onwaar", "false")

# our unit -> the file's unit -> (factor, offset): ours = file * factor + offset
UNITS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "years": {"years": (1, 0), "months": (1 / 12, 0), "days": (1 / 365.25, 0)},
    "months": {"months": (1, 0), "years": (12, 0), "weeks": (12 * 7 / 365.25, 0), "days": (12 / 365.25, 0)},
    "EUR/month": {
        "EUR/month": (1, 0),
        "EUR/year": (1 / 12, 0),
        "EUR/4weeks": (13 / 12, 0),
        "EUR/week": (52 / 12, 0),
        "cents/month": (0.01, 0),
    },
    "EUR": {"EUR": (1, 0), "cents": (0.01, 0), "thousand EUR": (1000, 0)},
    "hours/week": {
        "hours/week": (1, 0),
        "hours/4weeks": (0.25, 0),
        "hours/month": (12 / 52, 0),
        "hours/year": (1 / 52, 0),
    },
    "0..1": {
        "0..1": (1, 0),
        "percent": (0.01, 0),
        "0..10": (0.1, 0),
        "1..5": (0.25, -0.25),
        "1..7": (1 / 6, -1 / 6),
        "1..10": (1 / 9, -1 / 9),
    },
}

_DUTCH_UNITS = {
    "years": "jaar",
    "months": "maanden",
    "EUR": "euro",
    "EUR/month": "euro per maand",
    "hours/week": "uur per week",
    "persons": "personen",
    "standard deviations": "standaardafwijkingen",
    "ratio": "maal het minimumloon",
    "rejections": "afwijzingen",
}

_Tables = dict[str, dict[str, tuple[str, ...]]]

_HOUSEHOLD: _Tables = {
    "participatiewet": {
        "single": ("alleenstaande", "alleenstaand"),
        "single_parent": ("alleenstaande ouder", "eenoudergezin"),
        "couple": ("gehuwd", "gehuwden", "samenwonend", "gezamenlijke huishouding", "echtpaar"),
    },
    "cbs": {
        "single": ("alleenstaande", "alleenstaand", "eenpersoonshuishouden"),
        "single_parent": ("eenouderhuishouden", "eenoudergezin", "ouder in eenouderhuishouden"),
        "couple": (
            "paar",
            "paar zonder kinderen",
            "paar met kinderen",
            "partner in paar zonder kinderen",
            "partner in paar met kinderen",
        ),
    },
    "english": {
        "single": ("single", "single person", "alone"),
        "single_parent": ("single parent", "lone parent", "single_parent"),
        "couple": ("couple", "married", "cohabiting", "couple with children", "couple without children"),
    },
    "letters": {"single": ("a",), "single_parent": ("ao",), "couple": ("g", "s", "gh")},
}
_EDUCATION: _Tables = {
    "cbs": {"low": ("laag",), "middle": ("middelbaar", "midden"), "high": ("hoog",)},
    "english": {"low": ("low",), "middle": ("middle", "medium"), "high": ("high",)},
    "diplomas": {
        "low": ("geen", "basisonderwijs", "vmbo", "mavo", "lbo", "mbo 1", "mbo1", "praktijkonderwijs"),
        "middle": ("havo", "vwo", "mbo", "mbo 2", "mbo 3", "mbo 4", "mbo2", "mbo3", "mbo4"),
        "high": ("hbo", "wo", "hbo bachelor", "wo bachelor", "wo master", "universiteit"),
    },
}
_MIGRATION: _Tables = {
    "cbs": {
        "none": ("nederlands", "nederlandse achtergrond", "geen", "geen migratieachtergrond"),
        "western": ("westers", "westerse migratieachtergrond"),
        "non_western": ("niet-westers", "niet westers", "niet-westerse migratieachtergrond"),
    },
    "english": {"none": ("none", "dutch"), "western": ("western",), "non_western": ("non-western",)},
    "continent": {
        "none": ("nederland",),
        "western": ("europa", "europa (exclusief nederland)"),
        "non_western": ("buiten europa",),
    },
}
_CONTRACT: _Tables = {
    "dutch": {
        "none": ("geen",),
        "permanent": ("vast", "onbepaalde tijd"),
        "temporary": ("tijdelijk", "bepaalde tijd", "flexibel"),
        "agency": ("uitzend", "uitzendkracht", "oproep"),
        "self_employed": ("zelfstandig", "zzp", "zelfstandige"),
    },
    "english": {
        "none": ("none",),
        "permanent": ("permanent",),
        "temporary": ("temporary",),
        "agency": ("agency",),
        "self_employed": ("self-employed", "self employed"),
    },
}
_MALE: _Tables = {
    "letters": {"1": ("m",), "0": ("v", "f")},
    "words": {"1": ("man", "male", "mannelijk"), "0": ("vrouw", "female", "vrouwelijk")},
}


def fold(word: str) -> str:
    """Return a word as it is compared: no case, single blanks."""
    return " ".join(word.split()).casefold()


def code_value(target: str, word: object) -> float | None:
    """Return the number behind one of our codes (a label, a number, true or false); None when impossible."""
    column = IMPORTABLE[target]
    if isinstance(word, str):
        if word in column.codes:
            return float(column.codes.index(word))
        try:
            number = float(word)
        except ValueError:
            return None
    elif isinstance(word, bool | int | float):
        number = float(word)
    else:
        return None
    fits = column.low <= number <= column.high and not (column.whole and number != int(number))
    return number if fits else None


def span(target: str) -> Say:
    """Return the possible values of one of our columns, with the unit in both languages."""
    column = IMPORTABLE[target]
    if column.codes:
        return Say(" | ".join(column.codes), " | ".join(column.codes))
    text = f"{column.low:g} .. {column.high:g}"
    return Say(f"{text} {column.unit}", f"{text} {_DUTCH_UNITS.get(column.unit, column.unit)}")


def _tables(target: str, schemes: _Tables) -> dict[str, dict[str, float]]:
    tables: dict[str, dict[str, float]] = {}
    for scheme, labels in schemes.items():
        table = tables[scheme] = {}
        for label, words in labels.items():
            value = code_value(target, label)
            if value is not None:
                table.update(dict.fromkeys(words, value))
    return tables


# our column -> scheme -> folded word -> our code
SCHEMES: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    target: _tables(target, schemes)
    for target, schemes in {
        "household": _HOUSEHOLD,
        "education": _EDUCATION,
        "migration": _MIGRATION,
        "contract": _CONTRACT,
        "male": _MALE,
    }.items()
}
