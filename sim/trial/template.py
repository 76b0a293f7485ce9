"""A trial to start from: small, complete, with a comment for every setting."""

from __future__ import annotations

__all__ = ["design_template"]

_TEMPLATE = """\
# {head}
title = {{ en = "{title_en}", nl = "{title_nl}" }}
municipality = "netherlands"       # {municipality}
participants = "netherlands"       # {participants}
eligible = "netherlands"
eligible_people = 4000             # {eligible_people}
exclusions = ["age < 27"]          # {exclusions}
end = 2021-12-31                   # {end}
report_months = [12, 24, 36, 48]   # {report_months}
source = "own design"
delivery = 0.9                     # {delivery}

[randomisation]
moment = "after_sign_up"           # {moment}
strata = []                        # {strata}

[[waves]]                          # {waves}
start = 2018-01-01
share = 1.0

[survey]
study = "nijmegen"                 # {study}
months = [0, 24, 48]               # {survey_months}
net = [true, true, true]           # {net}

[[arms]]
name = "coached"
regime = "weekly_talks"            # {regime}
role = "treatment"
randomised = 200
response = [0.85, 0.75, 0.65]      # {response}

[[arms]]
name = "usual"
regime = "regular"
role = "control"
randomised = 200
response = [0.85, 0.75, 0.65]

[regimes.weekly_talks]             # {own}
title = {{ en = "a talk every fortnight", nl = "elke twee weken een gesprek" }}
based_on = "intensive"
months = 48                        # {months}

[regimes.weekly_talks.levers]
contacts = 2.0                     # {contacts}
"""

_COMMENTS = {
    "head": ("A trial of your own: bijstand trial check FILE, then bijstand trial run FILE", "Een eigen proef:"),
    "title_en": ("A trial of 48 months", "A trial of 48 months"),
    "title_nl": ("Een proef van 48 maanden", "Een proef van 48 maanden"),
    "municipality": ("name of your own; labels the tables", "eigen naam; staat bij de tabellen"),
    "participants": ("bijstand population list", "bijstand population list"),
    "eligible_people": ("from whom people sign up", "van wie mensen zich aanmelden"),
    "exclusions": ("rules; traits: bijstand columns", "regels; kenmerken: bijstand columns"),
    "end": ("last day of the registers", "laatste dag van de registers"),
    "report_months": ("months after the own start, up to the end", "maanden na de eigen start, tot het einde"),
    "delivery": ("share of the planned difference that arrives", "deel van het geplande verschil dat aankomt"),
    "moment": ("or before_sign_up", "of before_sign_up"),
    "strata": ('rules, such as "male == 1"', 'regels, zoals "male == 1"'),
    "waves": ("several start dates: shares add up to 1", "meer startdata: aandelen tellen op tot 1"),
    "study": ("or oss: whose questions are asked", "of oss: wiens vragen gesteld worden"),
    "survey_months": ("months after the own start", "maanden na de eigen start"),
    "net": ("response is of people who did not withdraw", "respons van wie zich niet afmeldde"),
    "regime": ("a preset, or one of [regimes] below", "een preset, of een uit [regimes] hieronder"),
    "response": ("share that answers, by wave", "aandeel dat antwoordt, per meting"),
    "own": ("levers: bijstand levers", "hefbomen: bijstand levers"),
    "months": ("months of treatment; leave out: no end", "maanden behandeling; weglaten: geen einde"),
    "contacts": ("contacts a month", "contacten per maand"),
}


def design_template(lang: str) -> str:
    """Return a design that can be run as it is, with comments in `lang`."""
    return _TEMPLATE.format(**{key: pair[lang == "nl"] for key, pair in _COMMENTS.items()})
