"""The words of a report in both languages, by place."""

from __future__ import annotations

from sim.problems import Say

__all__ = ["WORDS", "reading", "unknowns", "words"]

WORDS: dict[str, Say] = {
    "title": Say("Social assistance regimes compared", "Bijstandsregimes vergeleken"),
    "not_calibrated": Say("NOT CALIBRATED", "NIET GEKALIBREERD"),
    "not_calibrated_text": Say(
        "The parameters are prior assumptions with their sources. They have not yet been tested "
        "against the results "
        "of the trials. The numbers show what the assumptions imply, not what will happen.",
        "De parameters zijn aannames vooraf, met hun bronnen. Ze zijn nog niet getoetst aan de "
        "uitkomsten van de "
        "proeven. De cijfers laten zien wat uit de aannames volgt, niet wat er zal gebeuren.",
    ),
    "summary": Say("Summary for the council", "Samenvatting voor de raad"),
    "headline": Say("The main numbers", "De belangrijkste cijfers"),
    "headline_caption": Say(
        "Per month the mean and, under it, the paired difference with the baseline, with 90% "
        "intervals. A difference in bold "
        "has an interval "
        "without zero.",
        "Per maand het gemiddelde en daaronder het gepaarde verschil met de basis, met 90%-marges. "
        "Bij een vet verschil "
        "ligt nul buiten de "
        "marge.",
    ),
    "measure": Say("Measure", "Maat"),
    "month": Say("Month", "Maand"),
    "in_month": Say("Month {0}", "Maand {0}"),
    "scenario": Say("Scenario", "Scenario"),
    "mean": Say("Mean (90% interval)", "Gemiddelde (90%-marge)"),
    "difference": Say("Difference (90% interval)", "Verschil (90%-marge)"),
    "baseline": Say("baseline", "basis"),
    "above": Say("Draws above / below zero", "Trekkingen boven / onder nul"),
    "label": Say("Label", "Label"),
    "run": Say("Run", "Run"),
    "to": Say("to", "tot"),
    "few": Say("fewer than 10 people: not shown", "minder dan 10 mensen: niet getoond"),
    "figures": Say("Figures", "Figuren"),
    "text_of_figure": Say("This figure in words", "Deze figuur in woorden"),
    "groups": Say("By group", "Per groep"),
    "groups_caption": Say(
        "Differences with the baseline by group, month {0}. Groups under 10 people are not shown.",
        "Verschillen met de basis per groep, maand {0}. Groepen onder de 10 mensen worden niet getoond.",
    ),
    "group": Say("Group", "Groep"),
    "contrasts": Say("Longer, after the end, announced", "Langer, na het einde, aangekondigd"),
    "contrasts_caption": Say(
        "Contrasts between policies under the same luck, each with an interval of its own. Luck and "
        "parameters as in the table below.",
        "Contrasten tussen beleid onder hetzelfde toeval, elk met een eigen marge. Toeval en parameters als "
        "in de tabel hieronder.",
    ),
    "question": Say("Question", "Vraag"),
    "read": Say("How to read these numbers", "Hoe u deze cijfers leest"),
    "sure": Say("How sure are they?", "Hoe zeker zijn ze?"),
    "sure_caption": Say(
        "Where the uncertainty of each difference comes from. Luck: standard error from the seeds. "
        "Parameters: "
        "standard deviation over the draws. '?' is what this run cannot tell.",
        "Waar de onzekerheid van elk verschil vandaan komt. Toeval: standaardfout door de "
        "herhalingen. Parameters: "
        "standaardafwijking over de trekkingen. '?' is wat deze run niet kan zeggen.",
    ),
    "luck": Say("From luck", "Door toeval"),
    "parameters": Say("From parameters", "Door parameters"),
    "holds": Say("The interval holds", "De marge bevat"),
    "replicates": Say("Replicates used (failed)", "Herhalingen gebruikt (mislukt)"),
    "unknown": Say("What is not known", "Wat we niet weten"),
    "assumed": Say("What was assumed", "Wat is aangenomen"),
    "levers_caption": Say(
        "Levers that a scenario moves, beside the regular regime of 2018; all other levers stand as they did.",
        "Knoppen die een scenario verzet, naast het reguliere regime van 2018; alle andere blijven staan.",
    ),
    "lever": Say("Lever", "Knop"),
    "unit": Say("Unit", "Eenheid"),
    "value": Say("Value", "Waarde"),
    "regular": Say("Regular", "Regulier"),
    "no_levers": Say("No scenario moves a lever.", "Geen scenario verzet een knop."),
    "validity": Say("How far from the evidence?", "Hoe ver van het bewijs?"),
    "validity_caption": Say(
        "Label and distance in the last month. Distance 0 was observed in the trials; up to 1 is "
        "extrapolated; "
        "beyond 1 is speculative.",
        "Label en afstand in de laatste maand. Afstand 0 is waargenomen in de proeven; tot en met 1 is "
        "geëxtrapoleerd; verder is speculatief.",
    ),
    "distance": Say("Distance", "Afstand"),
    "reasons": Say("Reasons", "Redenen"),
    "none": Say("none", "geen"),
    "provenance": Say("Where the numbers come from", "Waar de cijfers vandaan komen"),
    "provenance_caption": Say("What this run was made with", "Waarmee deze run is gemaakt"),
    "again": Say("Make it again", "Opnieuw maken"),
    "again_text": Say(
        "The same version of the program with the same input gives the same numbers, to the last digit.",
        "Dezelfde versie van het programma geeft met dezelfde invoer dezelfde cijfers, tot op het laatste cijfer.",
    ),
    "item": Say("Item", "Onderdeel"),
    "created": Say("Made on", "Gemaakt op"),
    "code": Say("Program", "Programma"),
    "population": Say("Population", "Populatie"),
    "law": Say("Law", "Wet"),
    "draws": Say("Draws of the parameters", "Trekkingen van de parameters"),
    "seeds": Say("Seeds per draw", "Herhalingen per trekking"),
    "seed": Say("Base seed", "Basisgetal van het toeval"),
    "environment": Say("Environment", "Omgeving"),
    "scenario_hash": Say("Scenario {0} (hash)", "Scenario {0} (hash)"),
    "set_parameters": Say("Parameters set by the scenario", "Parameters die het scenario vastzet"),
    "off": Say("Mechanisms switched off", "Uitgezette mechanismen"),
}

_READ = (
    Say(
        "A mean is taken over all simulated people who have entered, whether still on benefit or "
        "not. Shares are "
        "percentages; a difference between shares is in percentage points (pp).",
        "Een gemiddelde gaat over alle gesimuleerde mensen die zijn ingestroomd, nog in de bijstand "
        "of niet. Aandelen "
        "zijn percentages; een verschil tussen aandelen is in procentpunten (pp).",
    ),
    Say(
        "Every scenario meets the same people and the same luck. What differs is the policy only. A "
        "scenario that "
        "changes nothing differs by exactly zero.",
        "Elk scenario heeft dezelfde mensen en hetzelfde toeval. Alleen het beleid verschilt. Een "
        "scenario dat niets "
        "verandert, verschilt precies nul.",
    ),
    Say(
        "A 90% interval holds the expected outcome nine times in ten, if the model and its "
        "assumptions are right. "
        "When the interval of a difference includes zero, the difference is not distinguishable from zero.",
        "Een 90%-marge bevat de verwachte uitkomst negen van de tien keer, als het model en zijn "
        "aannames kloppen. "
        "Ligt nul in de marge van een verschil, dan is dat verschil niet te onderscheiden van nul.",
    ),
    Say(
        "Inside: horizon and dose were observed in the trials. Extrapolated: somewhat beyond. Speculative: far beyond.",
        "Binnen het bewijs: duur en dosis zijn in de proeven waargenomen. Geëxtrapoleerd: iets daarbuiten. "
        "Speculatief: ver daarbuiten.",
    ),
)

_UNKNOWN = (
    Say(
        "Whether the mechanisms of the model are the right ones; the interval does not hold that doubt.",
        "Of de mechanismen van het model de juiste zijn; die twijfel zit niet in de marge.",
    ),
    Say(
        "Whether a municipality can deliver a regime as it is described here.",
        "Of een gemeente een regime kan uitvoeren zoals het hier is beschreven.",
    ),
    Say(
        "How people who did not volunteer for a trial would respond.",
        "Hoe mensen reageren die zich niet voor een proef hebben aangemeld.",
    ),
)


def words(lang: str) -> dict[str, str]:
    """Return all words in `lang`."""
    return {name: text.to(lang) for name, text in WORDS.items()}


def reading(lang: str) -> list[str]:
    """Return how to read the numbers."""
    return [text.to(lang) for text in _READ]


def unknowns(lang: str) -> list[str]:
    """Return what no run of this model knows."""
    return [text.to(lang) for text in _UNKNOWN]
