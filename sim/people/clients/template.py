"""A mapping to start from and a small client file made up by us, so that the import can be tried at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from sim.random_numbers import stream, uniform

__all__ = ["EXAMPLE_ROWS", "example_csv", "mapping_template"]

EXAMPLE_ROWS = 240
_REFERENCE = date(2024, 1, 1)
_HEADS = (
    *("clientnummer", "klantmanager", "geboortedatum", "geslacht", "leefvorm", "jongste_kind"),
    *("volwassenen_in_huis", "opleiding", "ingangsdatum", "uren_per_week", "contract", "inkomsten_vorig_jaar"),
    *("taal", "psychisch", "lichamelijk", "ontheffing"),
)

_TEMPLATE = """\
# {title}
version = 1

[file]
reference_date = 2024-01-01      # {reference}
# sheet = "Blad1"                # {sheet}
# delimiter = ";"                # {delimiter}
# encoding = "utf-8"             # {encoding}
decimal = ","                    # {decimal}
blank_words = ["", "-", "onbekend"]

[clients]
id = "clientnummer"              # {id}
municipality = "Voorbeeldstad"   # {municipality}
caseworker_column = "klantmanager"
caseload = 60                    # {caseload}

# {columns}
[columns]
age = {{ column = "geboortedatum", kind = "date", format = "%d-%m-%Y" }}
male = {{ column = "geslacht", kind = "codes", scheme = "letters" }}
household = {{ column = "leefvorm", kind = "codes", scheme = "participatiewet" }}
youngest_child_age = {{ column = "jongste_kind", unit = "years", blank = -1 }}
cost_sharers = {{ column = "volwassenen_in_huis", cap = true }}
education = {{ column = "opleiding", kind = "codes", scheme = "cbs", blank = "draw" }}
spell_months = {{ column = "ingangsdatum", kind = "date", format = ["%d-%m-%Y", "%Y%m%d"] }}
hours = {{ column = "uren_per_week", unit = "hours/week", blank = 0 }}
contract = {{ column = "contract", scheme = "dutch", blank = "none" }}
earnings_before = {{ column = "inkomsten_vorig_jaar", unit = "EUR/year", blank = 0 }}
poor_dutch = {{ column = "taal", yes = ["beperkt"], no = ["goed"] }}
mental = {{ column = "psychisch", kind = "yes_no" }}
physical = {{ column = "lichamelijk", kind = "yes_no" }}
work_duty_exempt = {{ column = "ontheffing", kind = "yes_no", blank = 0 }}
# {parts}
# household = {{ kind = "partner_and_children", partner = "partner", children = "aantal_kinderen" }}

# {missing}
[missing]
donors = "netherlands"
donor_people = 10000
seed = 1
otherwise = "draw"               # {otherwise}

[missing.columns]
reporting_trait = 0              # {constant}
"""

_COMMENTS: dict[str, tuple[str, str]] = {
    "title": (
        "Mapping of a client file: which file column is which of ours.",
        "Koppeling van een cliëntenbestand: welke kolom van het bestand welke van ons is.",
    ),
    "reference": ("ages and spells are counted to this day", "leeftijd en duur worden tot deze dag geteld"),
    "sheet": ("Excel only; the first sheet otherwise", "alleen Excel; anders het eerste werkblad"),
    "delimiter": (', ; or "tab"; found by itself otherwise', ', ; of "tab"; anders vanzelf gevonden'),
    "encoding": ("or cp1252; found by itself otherwise", "of cp1252; anders vanzelf gevonden"),
    "decimal": ("the decimal mark", "het decimaalteken"),
    "id": ("only to find doubles; not stored", "alleen om dubbelen te vinden; niet bewaard"),
    "municipality": ('or municipality_column = "..."', 'of municipality_column = "..."'),
    "caseload": ("for clients without a caseworker", "voor cliënten zonder klantmanager"),
    "columns": (
        'blank = "refuse" (the default), "draw" or a value: what an empty cell means.',
        'blank = "refuse" (standaard), "draw" of een waarde: wat een lege cel betekent.',
    ),
    "parts": ("A household from two columns:", "Een huishouden uit twee kolommen:"),
    "missing": (
        "What your file does not have: drawn from look-alikes in a shipped population, or one value for all.",
        "Wat uw bestand niet heeft: getrokken uit gelijkenden in een meegeleverde populatie, of één waarde.",
    ),
    "otherwise": ('or "refuse": name every column yourself', 'of "refuse": noem elke kolom zelf'),
    "constant": ("one value for everybody", "één waarde voor iedereen"),
}


def mapping_template(lang: str) -> str:
    """Return the mapping that fits `example_csv`, with comments in `lang`."""
    return _TEMPLATE.format(**{name: pair[lang == "nl"] for name, pair in _COMMENTS.items()})


def example_csv() -> str:
    """Return 240 made-up clients, two of whom cannot exist (row 42 is aged twelve, row 77 works 70 hours)."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(_HEADS)
    ids = np.arange(EXAMPLE_ROWS, dtype=np.int64)
    key = stream("made-up clients")
    lucks = np.stack([uniform(key, "population", number, ids) for number in range(1, 15)], axis=1)
    writer.writerows(_client(number, luck.tolist()) for number, luck in enumerate(lucks))
    return text.getvalue()


def _client(number: int, luck: Sequence[float]) -> list[str]:
    row = number + 2
    age = 12.5 if row == 42 else 20 + 45 * luck[0]
    couple, parent = luck[1] < 0.2, 0.2 <= luck[1] < 0.42
    child = parent or (couple and luck[2] < 0.5)
    child_age = int(min(17, luck[3] * (age - 17)))
    works = luck[4] < 0.1 or row == 77
    spell = timedelta(days=int(min(30 + 3000 * luck[5] ** 2, (age - 18) * 365 if age > 18 else 30)))
    hours = 70 if row == 77 else 4 + int(20 * luck[6])
    earned = f"{1200 + 4800 * luck[7]:.2f}".replace(".", ",") if works or luck[7] < 0.1 else ""
    return [
        f"C{number + 1:04d}",
        f"KM{1 + int(4 * luck[8])}",
        (_REFERENCE - timedelta(days=int(age * 365.25))).strftime("%d-%m-%Y"),
        "M" if luck[9] < 0.48 else "V",
        "gehuwd" if couple else "alleenstaande ouder" if parent else "alleenstaande",
        str(child_age) if child else "",
        "2" if couple else "1" if luck[10] < 0.85 else "3",
        "onbekend" if luck[11] < 0.08 else "laag" if luck[11] < 0.6 else "middelbaar" if luck[11] < 0.9 else "hoog",
        (_REFERENCE - spell).strftime("%d-%m-%Y"),
        str(hours) if works else "",
        ("vast", "tijdelijk", "uitzend")[int(3 * luck[12])] if works else "",
        earned,
        "beperkt" if luck[13] < 0.3 else "goed",
        "ja" if luck[12] < 0.35 else "nee",
        "ja" if luck[10] < 0.4 else "nee",
        "ja" if luck[8] < 0.1 else "",
    ]
