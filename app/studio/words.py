"""The studio's own sentences, in both languages; names of measures and levers come from where they are declared."""

from __future__ import annotations

from sim.problems import Say

__all__ = ["GROUPS", "T"]

# Levers in the order in which people think of them.
GROUPS: tuple[tuple[str, Say, tuple[str, ...]], ...] = (
    (
        "money",
        Say("Money: what people may keep", "Geld: wat mensen mogen houden"),
        (
            "disregard_share",
            "disregard_cap",
            "disregard_months",
            "statutory_disregard",
            "premium_share",
            "premium_cap",
            "premium_interval",
            "exit_bonus",
            "exit_bonus_times",
        ),
    ),
    (
        "guidance",
        Say("Guidance: talks and coaching", "Begeleiding: gesprekken en coaching"),
        (
            "contacts",
            "caseload",
            "own_initiative",
            "group_share",
            "work_content",
            "personal_content",
            "tone",
            "programme_cost",
        ),
    ),
    (
        "duties",
        Say("Duties and sanctions", "Plichten en maatregelen"),
        (
            "search_duty",
            "reintegration_duty",
            "quid_pro_quo",
            "enforcement",
            "sanction_share",
            "sanction_duration",
            "checks",
        ),
    ),
    ("room", Say("Own direction", "Eigen regie"), ("own_direction", "self_reliance_training")),
    (
        "paperwork",
        Say("Settlement and being followed", "Verrekening en gevolgd worden"),
        ("settlement_delay", "settlement_noise", "allowance_lag", "followed"),
    ),
)

T: dict[str, Say] = {
    "studio": Say("Welfare studio", "Bijstandstudio"),
    "skip": Say("Skip to the answer", "Naar het antwoord"),
    "menu": Say("Views", "Onderdelen"),
    "ask": Say("What if", "Wat als"),
    "evidence": Say("The evidence", "Het bewijs"),
    "calibration": Say("Calibration", "IJking"),
    "plan": Say("Plan a trial", "Een proef plannen"),
    "runs": Say("Runs", "Simulaties"),
    "budget": Say("Budget of a household", "Budget van een huishouden"),
    "council": Say("One page for the council", "Eén pagina voor de raad"),
    "language": Say("Nederlands", "English"),
    "lead": Say(
        "Change a policy and see what it would do. The first regime is what the others are compared with.",
        "Verander het beleid en zie wat dat zou doen. De andere regelingen worden met de eerste vergeleken.",
    ),
    "population": Say("For whom", "Voor wie"),
    "months": Say("Months", "Maanden"),
    "months_help": Say("6 to 120; the trials lasted at most 25", "6 tot 120; de proeven duurden hoogstens 25"),
    "regime": Say("Regime", "Regeling"),
    "start_from": Say("Start from", "Begin met"),
    "none": Say("no regime", "geen regeling"),
    "who": Say("Only for", "Alleen voor"),
    "who_help": Say(
        'a rule, such as household == "single" and debt > 0; empty: everybody',
        'een regel, zoals household == "single" and debt > 0; leeg: iedereen',
    ),
    "levers": Say("Move levers", "Knoppen verzetten"),
    "usual": Say("usual", "gebruikelijk"),
    "allowed": Say("from", "van"),
    "to": Say("to", "tot"),
    "source": Say("Source", "Bron"),
    "number": Say("number", "getal"),
    "show": Say("Show the answer", "Toon het antwoord"),
    "answer": Say("The answer", "Het antwoord"),
    "problems": Say("This cannot be computed yet", "Dit is nog niet te berekenen"),
    "allowed_is": Say("allowed", "toegestaan"),
    "nearest": Say("did you mean", "bedoelde u"),
    "preview": Say("Preview", "Voorlopig"),
    "preview_text": Say(
        "a quick sketch with few people and few draws; it is refined while you read",
        "een snelle schets met weinig mensen en trekkingen; hij wordt verfijnd terwijl u leest",
    ),
    "refined": Say("Refined", "Verfijnd"),
    "refining": Say("Refining", "Verfijnen"),
    "stop": Say("Stop", "Stop"),
    "stopped": Say("The computation was stopped.", "Het rekenen is gestopt."),
    "busy": Say(
        "The machine is busy with other questions; try again in a moment.",
        "De computer is bezig met andere vragen; probeer het zo opnieuw.",
    ),
    "defect": Say(
        "This is a fault of the program, not of your question. What was stored is safe.",
        "Dit is een fout in het programma, niet in uw vraag. Wat bewaard is, is veilig.",
    ),
    "stale": Say(
        "You changed the question after this answer was made: it is the answer to the question before.",
        "U veranderde de vraag nadat dit antwoord was gemaakt: het hoort bij de vraag van daarvoor.",
    ),
    "baseline": Say("compared with", "vergeleken met"),
    "after": Say("after {months} months", "na {months} maanden"),
    "interval": Say("90% range", "marge 90%"),
    "chart": Say("Chart", "Grafiek"),
    "table": Say("Table", "Tabel"),
    "sources": Say("Source", "Bron"),
    "month": Say("month", "maand"),
    "mean": Say("mean", "gemiddelde"),
    "people_line": Say(
        "{people} people, {draws} sets of parameters, {seeds} repetitions; run {run}",
        "{people} mensen, {draws} trekkingen van parameters, {seeds} herhalingen; run {run}",
    ),
    "words": Say("The regimes in words", "De regelingen in woorden"),
    "download": Say("Download as a scenario file", "Download als scenariobestand"),
    "keep": Say("Keep this answer as a run", "Bewaar dit antwoord als simulatie"),
    "same_as": Say("the same as", "hetzelfde als"),
    "changed_to": Say("changed to", "veranderd in"),
    "was": Say("was", "was"),
    "nobody": Say("There is no answer yet.", "Er is nog geen antwoord."),
    "waiting": Say(
        "The engine is warming up; the answer comes by itself.", "De motor warmt op; het antwoord komt vanzelf."
    ),
    "privacy": Say(
        "Everything stays on this computer. Groups of fewer than ten people are not shown.",
        "Alles blijft op deze computer. Groepen van minder dan tien mensen worden niet getoond.",
    ),
}
