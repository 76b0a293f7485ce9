"""The studio's own sentences, in both languages; names of measures and levers come from where they are declared."""

from __future__ import annotations

from sim.problems import Say
from sim.regime.levers import LEVERS

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
            "unserved",
            "tailoring",
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
        ("settlement_delay", "settlement_noise", "allowance_lag", "followed", "compared"),
    ),
)

# A lever that nobody gave a place stands at the end, so that a new one can be moved at once.
_PLACED = {name for _, _, names in GROUPS for name in names}
_LEFT = tuple(name for name in LEVERS if name not in _PLACED)
GROUPS = (*GROUPS, ("other", Say("Other", "Overig"), _LEFT)) if _LEFT else GROUPS

T: dict[str, Say] = {
    "studio": Say("Welfare studio", "Bijstandstudio"),
    "skip": Say("Skip to the content", "Naar de inhoud"),
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
    "assumed": Say("Assumed before", "Vooraf gedacht"),
    "trials": Say("The trials found", "De proeven vonden"),
    "concluded": Say("Concluded", "Conclusie"),
    "why": Say("In words, and how sure", "In woorden, en hoe zeker"),
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
    "net_income": Say("Net income (EUR/month)", "Netto inkomen (euro/maand)"),
    "net_earnings": Say("Net earnings (EUR/month)", "Netto verdiensten (euro/maand)"),
    "budget_lead": Say(
        "What a household has left at every level of earnings, under each regime, by the law of the date.",
        "Wat een huishouden overhoudt bij elke verdienste, onder elke regeling, met de wet van de datum.",
    ),
    "household": Say("Household", "Huishouden"),
    "single": Say("single", "alleenstaand"),
    "single_parent": Say("single parent", "alleenstaande ouder"),
    "couple": Say("couple", "paar"),
    "date": Say("Date", "Datum"),
    "age": Say("Age", "Leeftijd"),
    "cost_sharers": Say("People who share the costs", "Mensen die de kosten delen"),
    "months_used": Say("Months of disregard used before", "Maanden vrijlating eerder gebruikt"),
    "norm": Say("norm", "norm"),
    "plan_lead": Say(
        "What would a trial show, what does it cost, and is it worth it? Start from a ready plan and change its size "
        "and length.",
        "Wat zou een proef laten zien, wat kost die, en is hij het waard? Begin met een klaar plan en verander de "
        "omvang en de duur.",
    ),
    "per_arm": Say("People in each group", "Mensen in elke groep"),
    "follow_up": Say("Months of follow-up", "Maanden volgen"),
    "plan_help": Say(
        "empty: as the plan says; several numbers (24, 48) make a design each",
        "leeg: zoals in het plan; meer getallen (24, 48) geven elk een ontwerp",
    ),
    "plan_time": Say(
        "200 simulated trials of each design: the shape, in up to a minute. `bijstand plan` does 2,000.",
        "200 gesimuleerde proeven per ontwerp: de grote lijn, in hoogstens een minuut. `bijstand plan` doet er 2.000.",
    ),
    "protocol": Say("Protocol text", "Protocoltekst"),
    "plan_foot": Say("{trials} trials of each design; {run}", "{trials} proeven per ontwerp; {run}"),
    "council_side": Say("The plan", "Het plan"),
    "clients": Say("People on benefit in your municipality", "Mensen met bijstand in uw gemeente"),
    "kind": Say("As", "Als"),
    "make_page": Say("Make the page", "Maak de pagina"),
    "council_help": Say(
        "One A4 with the plan, the answer, how sure, for whom and what it costs; it takes up to a minute.",
        "Eén A4 met het plan, het antwoord, hoe zeker, voor wie en wat het kost; het duurt tot een minuut.",
    ),
    "to_ask": Say("Back to the question", "Terug naar de vraag"),
    "to_budget": Say("Budget of a household under these regimes", "Budget van een huishouden onder deze regelingen"),
    "evidence_lead": Say(
        "What the trials themselves found. A square is a number with its 90% range, a triangle only a direction, "
        "the diamond all trials together.",
        "Wat de proeven zelf vonden. Een vierkant is een getal met zijn marge van 90%, een driehoek alleen een "
        "richting, de ruit alle proeven samen.",
    ),
    "treatment": Say("Treatment", "Aanpak"),
    "outcome": Say("Outcome", "Uitkomst"),
    "study": Say("Study", "Studie"),
    "no_trial": Say("No trial measured this.", "Geen enkele proef heeft dit gemeten."),
    "neighbour": Say(
        "The trials did not measure this outcome; shown is one of the same kind.",
        "De proeven maten deze uitkomst niet; getoond is een verwante uitkomst.",
    ),
    "town": Say("Town", "Stad"),
    "arm": Say("Group", "Groep"),
    "against": Say("against", "tegenover"),
    "found_there": Say("Found (as printed)", "Gevonden (als gedrukt)"),
    "model": Say("Model (90% predictive range)", "Model (voorspelde marge 90%)"),
    "misfit": Say("outside the range", "buiten de marge"),
    "misfits": Say(
        "{count} of these figures lie outside the model's 90% predictive range.",
        "{count} van deze cijfers liggen buiten de voorspelde marge van 90% van het model.",
    ),
    "no_model": Say(
        "The model's own figures are not shown: there is no posterior of this version of the model.",
        "De cijfers van het model zelf ontbreken: er is geen posterior van deze versie van het model.",
    ),
    "doubts": Say("Doubts", "Twijfels"),
    "rows": Say("The figures, one by one", "De cijfers, één voor één"),
    "calibration_lead": Say(
        "Bring the effects of your own trial: take the template, fill it in, upload it. Every problem is told by "
        "row and column; nothing leaves this computer.",
        "Breng de effecten van uw eigen proef: neem het sjabloon, vul het in, zet het hier neer. Elk probleem wordt "
        "per rij en kolom genoemd; niets verlaat deze computer.",
    ),
    "template": Say("Template", "Sjabloon"),
    "file": Say("File (.csv or .xlsx, at most 5 MB)", "Bestand (.csv of .xlsx, hoogstens 5 MB)"),
    "keep_trial": Say("Keep it as evidence of this studio", "Bewaar het als bewijs van deze studio"),
    "check": Say("Check the file", "Controleer het bestand"),
    "trial": Say("Trial", "Proef"),
    "read": Say("{rows} rows read", "{rows} rijen gelezen"),
    "kept": Say("It is kept; you can fit it.", "Het is bewaard; u kunt het laten fitten."),
    "fit": Say("Fit (a quick fit of some minutes)", "Fit (een snelle fit van enkele minuten)"),
    "fits": Say("Fits under way and done", "Fits die lopen en klaar zijn"),
    "waiting_before": Say("{count} before it", "{count} ervoor"),
    "learned": Say("What was learned", "Wat er geleerd is"),
    "parameter": Say("Parameter", "Parameter"),
    "share_learned": Say("share learned", "deel geleerd"),
    "shift": Say("moved (prior sd)", "verschoven (prior-sd)"),
    "no_runs": Say(
        "No runs yet: keep an answer of the what-if view.", "Nog geen simulaties: bewaar een antwoord bij Wat als."
    ),
    "run": Say("Run", "Simulatie"),
    "made": Say("made (UTC)", "gemaakt (UTC)"),
    "scenarios": Say("regimes", "regelingen"),
    "unfinished": Say("Not finished", "Niet afgerond"),
    "resume": Say("Finish it", "Maak het af"),
    "side_by_side": Say("Side by side", "Naast elkaar"),
    "choose_two": Say("choose two", "kies er twee"),
    "rename": Say("Name", "Naam"),
    "save": Say("Save", "Bewaar"),
    "verify": Say("Prove: make it again and compare", "Bewijs: maak het opnieuw en vergelijk"),
    "proved": Say(
        "Made again: {checked} of {of} replicates, the same bit for bit.",
        "Opnieuw gemaakt: {checked} van {of} herhalingen, bit voor bit hetzelfde.",
    ),
    "not_proved": Say("Made again: it came out otherwise.", "Opnieuw gemaakt: er kwam iets anders uit."),
    "parent": Say("changed from", "veranderd uit"),
    "downloads": Say("Downloads", "Downloads"),
    "report": Say("report", "rapport"),
    "scenario_files": Say("Scenario files", "Scenariobestanden"),
    "keep_text": Say(
        "Simulates it with 5,000 people, 30 draws and 4 repetitions, and keeps it; `bijstand runs` sees it too.",
        "Simuleert met 5.000 mensen, 30 trekkingen en 4 herhalingen, en bewaart het; `bijstand runs` ziet het ook.",
    ),
    "title": Say("Title", "Titel"),
}
