"""The section of a protocol that a plan fills: every assumption with its source, in Dutch or English."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.outcomes import outcomes
from analysis.planning.closed import arcsine_mde
from analysis.planning.cost import cost_of
from analysis.planning.design import Design, one_step
from analysis.planning.many import boundaries
from analysis.planning.power import Shown
from sim.problems import Say
from sim.trial.response_law import fitted_loss

__all__ = ["protocol_text"]


def protocol_text(design: Design, rows: Sequence[Shown], label: Say, lang: str) -> str:
    """Return the filled section, Markdown: question, estimand, sites, lot, outcomes, analysis, size, looks, data."""
    site = design.sites[0]
    sources = dict(design.sources)
    one = next(
        each
        for each in rows
        if (each.outcome, each.month, each.arm) == (design.decision.outcome, design.decision.month, design.decision.arm)
    )
    months = "-" if site.treatment is None else str(site.treatment - design.tail)
    parts: list[tuple[Say, list[Say]]] = [
        (Say("Question", "Vraag"), [design.question]),
        (
            Say("Estimand", "Wat wordt geschat"),
            [
                Say(
                    f"The effect of being assigned to an arm (intention to treat) on "
                    f"'{outcomes()[one.outcome].text.en}' "
                    f"in month {one.month} after the own start, among those who sign up, against the control group; "
                    f"in percentage points. The decision: {one.arm} is adopted from {design.decision.worth:g} points.",
                    f"Het effect van toewijzing aan een groep (intention to treat) op "
                    f"'{outcomes()[one.outcome].text.nl}' "
                    f"in maand {one.month} na de eigen start, onder wie zich aanmeldt, tegen de controlegroep; "
                    f"in procentpunten. Het besluit: {one.arm} wordt ingevoerd vanaf {design.decision.worth:g} punten.",
                )
            ],
        ),
        (
            Say("Sites and people", "Locaties en mensen"),
            [
                Say(
                    f"{each.town.title.en}: {each.people} people out of {each.town.eligible_people} eligible; "
                    f"excluded: "
                    f"{', '.join(each.town.exclusions) or 'nobody'}",
                    f"{each.town.title.nl}: {each.people} mensen van {each.town.eligible_people}; uitgesloten: "
                    f"{', '.join(each.town.exclusions) or 'niemand'}",
                )
                for each in design.sites
            ],
        ),
        (
            Say("Arms", "Groepen"),
            [
                Say(
                    f"{arm.name}: {arm.regime}{' by rule' if arm.rules else ''}, {100 * arm.share:.0f}% of the people"
                    + (" (control)" if arm.control else ""),
                    f"{arm.name}: {arm.regime}{' volgens een regel' if arm.rules else ''}, {100 * arm.share:.0f}% van "
                    "de mensen" + (" (controle)" if arm.control else ""),
                )
                for arm in site.arms
            ]
            + [
                Say(
                    f"Treatment of {months} months, then a tail of {design.tail} that is not read; follow-up "
                    f"{site.follow_up} "
                    f"months; the end is {'announced' if site.announced else 'not announced'}.",
                    f"Behandeling van {months} maanden, dan een uitloop van {design.tail} die niet wordt "
                    f"gelezen; nameting "
                    f"tot maand {site.follow_up}; het einde is "
                    f"{'aangekondigd' if site.announced else 'niet aangekondigd'}.",
                )
            ],
        ),
        (
            Say("Lot", "Loting"),
            [
                Say(
                    f"By {site.lot.by}, in blocks along the order of sign-up, within: "
                    f"{', '.join(site.strata) or 'no strata'}.",
                    f"Per {_LOTS[site.lot.by]}, in blokken in volgorde van aanmelding, binnen: "
                    f"{', '.join(site.strata) or 'geen strata'}.",
                )
            ],
        ),
        (
            Say("Outcomes and analysis", "Uitkomsten en analyse"),
            [
                Say(
                    f"{each.of.text.en}: months {_listed(each.months)}; least squares, covariates "
                    f"'{each.specification}', "
                    f"errors {each.errors}"
                    + ("; answer at the start as covariate" if each.of.source == "survey" else ""),
                    f"{each.of.text.nl}: maanden {_listed(each.months)}; kleinste kwadraten, covariaten "
                    f"'{each.specification}', fouten {each.errors}"
                    + ("; antwoord bij de start als covariaat" if each.of.source == "survey" else ""),
                )
                for each in design.readings
            ],
        ),
        (Say("Sample size", "Steekproefgrootte"), _size(design, one, label)),
        (Say("Looks and several tests", "Tussentijds kijken en meer toetsen"), _tests(design)),
        (Say("Assumptions and their sources", "Aannames en hun bronnen"), _assumptions(design, sources, label)),
        (
            Say("Data", "Gegevens"),
            [
                Say(
                    f"Registers of municipality and Statistics Netherlands by month; surveys in months "
                    f"{_listed(site.surveys) or '-'}. Cost: {sum(cost_of(design).values()):,.0f} euro.",
                    f"Registers van gemeente en CBS per maand; enquêtes in maanden {_listed(site.surveys) or '-'}. "
                    f"Kosten: {sum(cost_of(design).values()):,.0f} euro.".replace(",", "."),
                )
            ],
        ),
    ]
    head = Say("Protocol", "Protocol").to(lang)
    lines = [f"# {head}: {design.title.to(lang)}", ""]
    for title, told in parts:
        lines += [f"## {title.to(lang)}", "", *(f"- {each.to(lang)}" for each in told if each.to(lang)), ""]
    return "\n".join(lines)


_LOTS = {"person": "persoon", "caseworker": "klantmanager", "district": "wijk"}


def _size(design: Design, one: Shown, label: Say) -> list[Say]:
    found = [
        Say(
            f"{one.people} people in all arms: {100 * design.power:.0f}% power, two-sided "
            f"{100 * design.alpha:g}%, for an "
            f"effect of {one.mde:.1f} ± {one.mde_error:.1f} points at a level of {one.level:.1f}%: "
            f"{one.mde:.0f} people "
            f"per 100. Simulated under: {label.en}.",
            f"{one.people} mensen in alle groepen: {100 * design.power:.0f}% power, tweezijdig "
            f"{100 * design.alpha:g}%, voor "
            f"een effect van {_c(one.mde)} ± {_c(one.mde_error)} punten bij een niveau van {_c(one.level)}%: "
            f"{one.mde:.0f} "
            f"mensen per 100. Gesimuleerd onder: {label.nl}.",
        ),
        Say(
            f"For the {design.decision.worth:g} points of the decision {_number(one.needed)} people are needed.",
            f"Voor de {design.decision.worth:g} punten van het besluit zijn {_number(one.needed)} mensen nodig.",
        ),
    ]
    if one_step(one.outcome):
        each = design.per_arm
        first, second = (100 * arcsine_mde(one.level / 100.0, each, power, design.alpha) for power in (0.8, 0.95))
        found.append(
            Say(
                f"By the formula for two shares {each:.0f} per arm detect {first:.1f} points at 80% and "
                f"{second:.1f} at 95% "
                "power, without withdrawal. A power without the effect it is for says nothing.",
                f"Volgens de formule voor twee aandelen vinden {each:.0f} per groep {_c(first)} punten bij 80% en "
                f"{_c(second)} bij 95% power, zonder uitval. Een power zonder het effect waarvoor zegt niets.",
            )
        )
    if design.plan.startswith("oss"):
        found.append(
            Say(
                "The report asked 95% power and took 100 per arm, without saying for which effect. At its exit "
                "share of "
                "29.4% 100 per arm detect 24.8 points at 95% and 19.2 at 80%; for the difference that it found (34.2 "
                "against 29.4%) the power was 12%.",
                "Het rapport vroeg 95% power en nam 100 per groep, zonder te zeggen voor welk effect. Bij het "
                "uitstroomaandeel van 29,4% vinden 100 per groep 24,8 punten bij 95% en 19,2 bij 80%; voor het "
                "gevonden "
                "verschil (34,2 tegen 29,4%) was de power 12%.",
            )
        )
    return found


def _tests(design: Design) -> list[Say]:
    many = sum(len(one.months) for one in design.readings) * len(design.treatments)
    found = [
        Say(
            f"{many} tests (outcomes, months, arms); correction: {design.correction.replace('_', '-')}.",
            f"{many} toetsen (uitkomsten, maanden, groepen); correctie: {_CORRECTIONS[design.correction]}.",
        )
    ]
    if design.looks:
        bounds = ", ".join(f"{each:.2f}" for each in boundaries(design.looks, design.alpha, design.spending))
        shares = ", ".join(f"{100 * each:.0f}%" for each in design.looks)
        found.append(
            Say(
                f"Looks after {shares} of the people, bounds on z: {bounds} ({design.spending.replace('_', '-')}).",
                f"Kijkmomenten na {shares} van de mensen, grenzen op z: {bounds} "
                f"({design.spending.replace('_', '-')}).",
            )
        )
    else:
        found.append(Say("No look before the end.", "Er wordt niet voor het einde gekeken."))
    return found


_CORRECTIONS = {"none": "geen", "holm": "Holm", "benjamini_hochberg": "Benjamini-Hochberg"}


def _assumptions(design: Design, sources: dict[str, str], label: Say) -> list[Say]:
    loss, usual = design.sites[0].loss, fitted_loss()
    fitted = Say("fitted to the eight trials", "gefit op de acht proeven")
    given = Say(sources.get("loss", "given in the plan"), sources.get("loss", "opgegeven in het plan"))
    rows = [
        (
            Say(f"answers at the start {100 * loss.start:.0f}%", f"antwoorden bij de start {100 * loss.start:.0f}%"),
            fitted if loss.start == usual.start else given,
        ),
        (
            Say(
                f"answers lost a year {100 * loss.yearly:.0f}%",
                f"antwoorden verloren per jaar {100 * loss.yearly:.0f}%",
            ),
            fitted if loss.yearly == usual.yearly else given,
        ),
        (
            Say(
                f"withdrawal after the lot {100 * loss.withdrawn:.1f}%",
                f"terugtrekking na loting {100 * loss.withdrawn:.1f}%",
            ),
            fitted if loss.withdrawn == usual.withdrawn else given,
        ),
        (
            Say(
                f"delivery of the planned difference {100 * design.sites[0].delivery:.0f}%",
                f"geleverd deel van het geplande verschil {100 * design.sites[0].delivery:.0f}%",
            ),
            Say(design.sites[0].town.delivery.source or "plan", design.sites[0].town.delivery.source or "plan"),
        ),
        (Say("base rates and their spread", "basiskansen en hun spreiding"), label),
        (
            Say("prices of the trial", "prijzen van de proef"),
            Say("; ".join(dict.fromkeys(p.source for _, p in design.costs.prices)), "aannames, tenzij opgegeven"),
        ),
    ]
    found = [Say(f"{what.en}: {where.en}", f"{what.nl}: {where.nl}") for what, where in rows]
    return found + [Say(f"{key}: {text}", f"{key}: {text}") for key, text in sorted(sources.items()) if key != "loss"]


def _listed(months: Sequence[int]) -> str:
    return ", ".join(str(month) for month in months)


def _number(value: float) -> str:
    return f"{math.ceil(value / 10) * 10:.0f}" if math.isfinite(value) else "> 1 000 000"


def _c(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
