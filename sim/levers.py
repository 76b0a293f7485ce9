"""The levers of a regime: unit, bounds, neutral value and source, declared once.

A regime is a set of values on these levers (`sim.regime`); nothing in the month asks which regime
somebody is in, only where the levers stand.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.problems import Say

__all__ = ["LEVERS", "Lever"]


@dataclass(frozen=True)
class Lever:
    """One lever: `regular` is its value in the regular regime of 2018.

    `felt`: people must get used to a new value (adaptation); what the law or the office does follows at once.
    `practice`: in the hands of the caseworker, so that incomplete delivery and control drift work on it.
    `whole`: only whole numbers make sense.
    """

    name: str
    unit: str
    low: float
    high: float
    regular: float
    text: Say
    source: str
    felt: bool = False
    practice: bool = False
    whole: bool = False


def _lever(
    name: str,
    unit: str,
    low: float,
    high: float,
    regular: float,
    en: str,
    nl: str,
    source: str,
    *,
    felt: bool = False,
    practice: bool = False,
    whole: bool = False,
) -> Lever:
    return Lever(name, unit, low, high, regular, Say(en, nl), source, felt, practice, whole)


_ALL = (
    _lever(
        "search_duty",
        "0..1",
        0,
        1,
        1.0,
        "duty to look for work",
        "sollicitatieplicht",
        "art. 9.1.a; Nijmegen 2020 par. 3.2 (0 when exempted)",
        felt=True,
    ),
    _lever(
        "reintegration_duty",
        "0..1",
        0,
        1,
        1.0,
        "duty to use reintegration services",
        "re-integratieplicht",
        "art. 9.1.b; Nijmegen 2020 par. 3.2",
        felt=True,
    ),
    _lever(
        "quid_pro_quo",
        "0..1",
        0,
        1,
        0.3,
        "unpaid service in return (tegenprestatie)",
        "tegenprestatie",
        "art. 9.1.c; used by few municipalities: 0.3 is an assumption",
        felt=True,
    ),
    _lever(
        "enforcement",
        "0..1",
        0,
        1,
        1.0,
        "how strictly duties are enforced",
        "handhaving van de plichten",
        "Oss 2020 par. 2.1: sanctions exceptional in the own direction arm (0.2 is an assumption)",
        felt=True,
    ),
    _lever(
        "sanction_share",
        "share of the norm",
        0,
        1,
        0.6,
        "share of the norm withheld in a sanction",
        "deel van de norm bij een maatregel",
        "art. 18 (100%), local ordinances 30-100%",
    ),
    _lever(
        "sanction_duration",
        "months",
        0,
        6,
        1.0,
        "months of a sanction",
        "maanden van een maatregel",
        "art. 18.5: 1 to 3 months",
    ),
    _lever(
        "contacts",
        "contacts/month",
        0,
        8,
        0.25,
        "planned contacts, taken by the office",
        "geplande contacten op initiatief van de gemeente",
        "Me Judice 2020 table 1: none to 26 a year; regular count not published: 0.25 is an assumption",
        practice=True,
    ),
    _lever(
        "own_initiative",
        "0..1",
        0,
        1,
        0.3,
        "room for contact on the client's own initiative",
        "ruimte voor contact op eigen initiatief",
        "Nijmegen 2020 par. 3.3; Utrecht",
        felt=True,
        practice=True,
    ),
    _lever(
        "group_share",
        "share of contacts",
        0,
        1,
        0.0,
        "contacts in a group of about ten",
        "deel van de contacten in een groep",
        "Nijmegen 2020 par. 3.3: monthly group coaching",
        practice=True,
    ),
    _lever(
        "personal_content",
        "share of contacts",
        0,
        1,
        0.1,
        "content: personal development",
        "inhoud: persoonlijke ontwikkeling",
        "Nijmegen 2020 par. 3.3",
        practice=True,
    ),
    _lever(
        "work_content",
        "share of contacts",
        0,
        1,
        0.5,
        "content: vacancies and brokerage",
        "inhoud: vacatures en bemiddeling",
        "Oss 2020: intensive mediation; Deventer: job broker",
        practice=True,
    ),
    _lever(
        "caseload",
        "clients/caseworker",
        20,
        400,
        125.0,
        "clients per caseworker",
        "klanten per klantmanager",
        "Oss 2020: 125, then 75-90",
    ),
    _lever(
        "own_direction",
        "0..1",
        0,
        1,
        0.1,
        "own direction: the client decides",
        "eigen regie",
        "Oss 2020 own direction arm; Amsterdam self-direction group",
        felt=True,
        practice=True,
    ),
    _lever(
        "self_reliance_training",
        "0..1",
        0,
        1,
        0.0,
        "teaching self-reliance",
        "leren zelfredzaamheid",
        "Me Judice 2020 table 1 (Tilburg, Wageningen); Oss 2020 par. 3.3",
        practice=True,
    ),
    _lever(
        "tone",
        "-1..1",
        -1,
        1,
        -0.2,
        "tone: suspicion (-1) to trust given (+1)",
        "toon: wantrouwen (-1) tot vertrouwen (+1)",
        "Oss 2020 focus groups; regular is an assumption",
        felt=True,
        practice=True,
    ),
    _lever(
        "checks",
        "inquiries/year",
        0,
        2,
        0.05,
        "fraud inquiries and recovery claims",
        "rechtmatigheidsonderzoeken en terugvorderingen",
        "assumption; Oss 2020: legality check stays in every arm",
    ),
    _lever(
        "statutory_disregard",
        "0/1",
        0,
        1,
        1.0,
        "the statutory disregards 31.2 n, r, y apply",
        "wettelijke vrijlating (31.2 n, r, y)",
        "Participatiewet art. 31.2; the trials' 50% came in place of it (Me Judice 2020 table 1)",
        whole=True,
    ),
    _lever(
        "disregard_share",
        "share of earnings",
        0,
        1,
        0.0,
        "share of earnings kept under the regime",
        "deel van de verdiensten dat men houdt",
        "Me Judice 2020 table 1: 0.50",
        felt=True,
    ),
    _lever(
        "disregard_cap",
        "EUR/month",
        0,
        3000,
        0.0,
        "most that is kept per month",
        "maximum vrijlating per maand",
        "Me Judice 2020 table 1: 202; Nijmegen 2020: 200",
    ),
    _lever(
        "disregard_months",
        "months",
        0,
        600,
        0.0,
        "months in which the regime's disregard may be used",
        "maanden vrijlating",
        "Nijmegen 2020: whole trial",
        whole=True,
    ),
    _lever(
        "premium_share",
        "share of earnings",
        0,
        1,
        0.0,
        "share of earnings paid back as a premium",
        "deeltijdpremie: deel van de verdiensten",
        "Amsterdam 2022 ch. 1: 0.50, from March 2021 0.30",
        felt=True,
    ),
    _lever(
        "premium_cap",
        "EUR/month",
        0,
        1000,
        0.0,
        "most premium per month of work",
        "maximum premie per maand",
        "Amsterdam 2022 ch. 1: 200, from March 2021 217",
    ),
    _lever(
        "premium_interval",
        "months",
        1,
        12,
        6.0,
        "months between premium payments",
        "maanden tussen premiebetalingen",
        "Amsterdam: June and November",
        whole=True,
    ),
    _lever(
        "exit_bonus",
        "EUR",
        0,
        5000,
        0.0,
        "bonus on leaving benefit for work",
        "uitstroombonus",
        "Me Judice 2020 table 1, Tilburg: 2392; total or per payment is not clear",
        felt=True,
    ),
    _lever(
        "exit_bonus_times",
        "times",
        0,
        10,
        2.0,
        "how often the bonus can be had",
        "aantal keren uitstroombonus",
        "Me Judice 2020 table 1, Tilburg: at most twice",
        whole=True,
    ),
    _lever(
        "settlement_delay",
        "months",
        0,
        4,
        1.0,
        "delay of the earnings settlement",
        "vertraging van de inkomstenverrekening",
        "Nijmegen 2020 par. 2.3: complaint; 1 is an assumption",
    ),
    _lever(
        "settlement_noise",
        "0..1",
        0,
        1,
        0.5,
        "unpredictability of the settlement",
        "onvoorspelbaarheid van de verrekening",
        "Nijmegen 2020 par. 2.3; 0.5 is an assumption",
    ),
    _lever(
        "allowance_lag",
        "months",
        0,
        12,
        6.0,
        "lag with which rent and care allowances follow income",
        "naloop van toeslagen",
        "Nijmegen 2020 par. 2.3; assumption",
    ),
    _lever(
        "followed",
        "0..1",
        0,
        1,
        0.0,
        "being followed in a trial: interviews, home visits",
        "gevolgd worden in een proef",
        "Nijmegen 2020 par. 1.4 (Hawthorne, John Henry)",
    ),
    _lever(
        "programme_cost",
        "EUR/month",
        0,
        3000,
        0.0,
        "cost of the programme beside caseworker hours",
        "programmakosten per klant",
        "scenario input",
    ),
)

LEVERS: dict[str, Lever] = {lever.name: lever for lever in _ALL}
