"""Titles and labels of the tables of trials, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analysis.trial.cell import WAVES, Cell
from sim.outcomes.measurement import items
from sim.problems import Say
from sim.trial.design import TrialDesign

__all__ = ["TITLES", "arm_name", "how_name", "month_name", "outcome_name", "title_of"]

TITLES: Mapping[str, Say] = MappingProxyType(
    {
        "table 2": Say("Table 2. People at the start, by arm", "Tabel 2. Deelnemers bij de start, per groep"),
        "table 3": Say(
            "Table 3. Work and part-time work for a wage after 16 months (share points)",
            "Tabel 3. Werk en deeltijdwerk in loondienst na 16 maanden (aandeel)",
        ),
        "table 4": Say("Table 4. Self-employment", "Tabel 4. Zelfstandigheid"),
        "table 5": Say(
            "Table 5. Arms against non-applicants after 16 months (selection, attention and effect)",
            "Tabel 5. Groepen tegenover niet-aanmelders na 16 maanden (selectie, aandacht en effect)",
        ),
        "table 6": Say("Table 6. Confidence in and intensity of job search", "Tabel 6. Zoeken naar werk"),
        "table 7": Say(
            "Table 7. Volunteering, informal care, trust and contact",
            "Tabel 7. Vrijwilligerswerk, mantelzorg, vertrouwen en contact",
        ),
        "table 8": Say("Table 8. Health and well-being", "Tabel 8. Gezondheid en welbevinden"),
        "table 2.3.1": Say(
            "Table 2.3.1. Exit from benefit on the last day (share)", "Tabel 2.3.1. Uitstroom per einddatum (aandeel)"
        ),
        "table 3.1.3": Say(
            "Table 3.1.3. Exit to work by stock and inflow, withdrawals included (share)",
            "Tabel 3.1.3. Uitstroom naar werk, bestand en instroom, met afmelders (aandeel)",
        ),
        "table 3.1.4": Say(
            "Table 3.1.4. Exit to work by stock and inflow, withdrawals excluded (share)",
            "Tabel 3.1.4. Uitstroom naar werk, bestand en instroom, zonder afmelders (aandeel)",
        ),
        "table 3.1.6": Say(
            "Table 3.1.6. Exit to work, predicted margins of a logit (share)",
            "Tabel 3.1.6. Uitstroom naar werk, voorspelde kansen uit een logit (aandeel)",
        ),
        "table 3.1.7": Say(
            "Table 3.1.7. Exit to work after matching (share points)",
            "Tabel 3.1.7. Uitstroom naar werk na matching (aandeel)",
        ),
        "table 3.1.8": Say("Table 3.1.8. Well-being (0-10)", "Tabel 3.1.8. Welbevinden (0-10)"),
        "table 3.1.9": Say("Table 3.1.9. Subjective health (0-10)", "Tabel 3.1.9. Ervaren gezondheid (0-10)"),
        "table 3.1.10": Say("Table 3.1.10. Freedom of choice (0-10)", "Tabel 3.1.10. Keuzevrijheid (0-10)"),
        "table 3.1.11": Say("Table 3.1.11. Social participation (0-10)", "Tabel 3.1.11. Sociale participatie (0-10)"),
        "table 3.1.12": Say("Table 3.1.12. Self-reliance (0-10)", "Tabel 3.1.12. Zelfredzaamheid (0-10)"),
        "table 3.1.13": Say("Table 3.1.13. Trust (0-10)", "Tabel 3.1.13. Vertrouwen (0-10)"),
        "table 3.1.14": Say("Table 3.1.14. Poverty (share)", "Tabel 3.1.14. Armoede (aandeel)"),
        "figure 1 (text)": Say(
            "Work at the end, LOEP model (Me Judice 2020, figure 1: sign and significance only)",
            "Werk aan het eind, LOEP-model (Me Judice 2020, figuur 1: alleen teken en significantie)",
        ),
        "figure 2 (text)": Say(
            "Survey outcomes at the end, LOEP model (Me Judice 2020, figure 2: sign and significance only)",
            "Enquête aan het eind, LOEP-model (Me Judice 2020, figuur 2: alleen teken en significantie)",
        ),
    }
)
_OUTCOMES: Mapping[str, Say] = MappingProxyType(
    {
        "age_years": Say("age (years)", "leeftijd (jaren)"),
        "male": Say("men", "mannen"),
        "non_western_migration_background": Say("non-western background", "niet-westerse achtergrond"),
        "current_welfare_spell_months": Say("months on benefit", "maanden bijstand"),
        "earnings_3_to_15_months_before_start": Say("wages, year before (EUR)", "loon, jaar vooraf (euro)"),
        "little_chance_of_work_addiction": Say("hindered by addiction", "belemmerd door verslaving"),
        "little_chance_of_work_physical": Say("hindered by physical complaints", "lichamelijke klachten"),
        "little_chance_of_work_mental": Say("hindered by mental complaints", "psychische klachten"),
        "earnings_gt_70pct_wml": Say("earns over 70% of the minimum wage", "verdient meer dan 70% WML"),
        "hours_gt_27": Say("works over 27 hours", "werkt meer dan 27 uur"),
        "hours_gt_12": Say("works over 12 hours", "werkt meer dan 12 uur"),
        "hours_gt_8": Say("works over 8 hours", "werkt meer dan 8 uur"),
        "permanent_contract": Say("permanent contract", "vast contract"),
        "self_employment_earnings_eur": Say("earned as self-employed (EUR)", "verdiend als zelfstandige (euro)"),
        "self_employment_side_income": Say("self-employed beside benefit", "zelfstandig naast bijstand"),
        "exit_to_self_employment": Say("left for self-employment", "uitgestroomd naar zelfstandigheid"),
        "self_employed_full_or_part_time": Say("self-employed", "zelfstandig (vol en deeltijd)"),
        "exit_to_full_time_work_24m": Say("left for work", "uitgestroomd naar werk"),
        "exit_other_reasons_24m": Say("left for another reason", "uitgestroomd om andere reden"),
        "social_trust": Say("trust in other people", "vertrouwen in de medemens"),
    }
)
_GROUPS: Mapping[str, Say] = MappingProxyType(
    {
        "all_participants": Say("all participants", "alle deelnemers"),
        "two_treatments": Say("both treatments", "beide behandelingen"),
        "total_population": Say("everybody", "totale populatie"),
    }
)
_PARTS: Mapping[str, Say] = MappingProxyType(
    {
        "raw": Say("", ""),
        "ols": Say("", ""),
        "mejudice_fig1": Say("LOEP", "LOEP"),
        "mejudice_fig2": Say("LOEP", "LOEP"),
        "basic": Say("basic", "basis"),
        "loep": Say("LOEP", "LOEP"),
        "extra": Say("extra", "extra"),
        "logit": Say("logit", "logit"),
        "nn_matching_att": Say("nearest neighbour, ATT", "naaste buur, ATT"),
        "nn_matching_ate": Say("nearest neighbour, ATE", "naaste buur, ATE"),
        "ps_matching_att": Say("propensity, ATT", "propensity, ATT"),
        "ps_matching_ate": Say("propensity, ATE", "propensity, ATE"),
        "sitting_stock": Say("sitting stock", "zittend bestand"),
        "new_inflow": Say("new inflow", "nieuwe instroom"),
        "incl_withdrawals": Say("", ""),
        "mixed_incl_excl": Say("", ""),
        "questionnaire_respondents": Say("", ""),
        "excl_withdrawals": Say("without withdrawals", "zonder afmelders"),
        "all": Say("", ""),
        "": Say("", ""),
    }
)


# Trials that the LOEP comparison describes; others are shown with the same models, without a report.
_COMPARED = ("deventer", "groningen", "nijmegen", "tilburg", "utrecht", "wageningen")
_ALONE: Mapping[str, Say] = MappingProxyType(
    {
        "figure 1 (text)": Say(
            "Work at the end (linear model with the LOEP covariates)",
            "Werk aan het eind (lineair model met de LOEP-controlevariabelen)",
        ),
        "figure 2 (text)": Say(
            "Survey outcomes at the end (linear model with the LOEP covariates)",
            "Enquête aan het eind (lineair model met de LOEP-controlevariabelen)",
        ),
    }
)


def title_of(design: TrialDesign, table: str) -> Say:
    """Return the title of a table; one that no report has keeps its own name."""
    if table in _ALONE and design.name not in _COMPARED:
        return _ALONE[table]
    return TITLES.get(table, Say(table, table))


def outcome_name(design: TrialDesign, outcome: str) -> Say:
    """Return what an outcome is called; an unknown one keeps its own name."""
    if outcome in _OUTCOMES:
        return _OUTCOMES[outcome]
    known = items(design.survey.study)
    return known[outcome].text if outcome in known else Say(outcome, outcome)


def arm_name(design: TrialDesign, arm: str) -> Say:
    """Return what an arm, or a group of arms, is called."""
    if arm in _GROUPS:
        return _GROUPS[arm]
    return next((one.text for one in design.arms if one.name == arm), Say(arm, arm))


def how_name(design: TrialDesign, cell: Cell) -> Say:
    """Return specification, month and subgroup of a figure in words; every figure has its month."""
    parts = [_part(cell.specification), month_name(design, cell), _part(cell.subgroup), _part(cell.sample)]
    return Say(", ".join(part.en for part in parts if part.en), ", ".join(part.nl for part in parts if part.nl))


def month_name(design: TrialDesign, cell: Cell) -> Say:
    """Return the month after the own start in which a figure was measured."""
    asked = design.survey.months
    word = cell.when.removesuffix("m")
    if word.isdigit():
        return _month(int(word))
    if cell.when in WAVES and WAVES.index(cell.when) < len(asked):
        return _month(asked[WAVES.index(cell.when)])
    if cell.when == "pooled" and asked:
        return Say(f"all waves (months {asked[0]}-{asked[-1]})", f"alle metingen (maand {asked[0]}-{asked[-1]})")
    if cell.when:
        return _part(cell.when)
    if cell.table == "figure 2 (text)" and asked:
        return _month(asked[-1])
    return _month(design.months if cell.table == "figure 1 (text)" else 0)


def _month(number: int) -> Say:
    return Say(f"month {number}", f"maand {number}") if number else Say("at the start", "bij de start")


def _part(word: str) -> Say:
    return _PARTS.get(word, Say("", ""))
