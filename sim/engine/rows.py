"""Rows of the work space that are neither columns of a person nor levers: drives and place numbers.

A *drive* is a linear predictor that mechanisms add to, one after the other; the trace reads each
mechanism's term as the difference it made.
"""

from __future__ import annotations

__all__ = ["DRIVES", "PLACE", "WORK"]

# row -> (unit, meaning)
DRIVES: dict[str, tuple[str, str]] = {
    "stress_drive": ("log-odds", "target of stress"),
    "trust_drive": ("log-odds", "target of trust in the municipality"),
    "efficacy_drive": ("log-odds", "target of self-efficacy"),
    "belonging_drive": ("log-odds", "target of contact with others"),
    "search_drive": ("log-odds", "search effort"),
    "match_drive": ("log", "interviews per unit of search"),
    "broker_drive": ("log", "brokered vacancies"),
    "offer_drive": ("log-odds", "an offer after an interview"),
    "small_drive": ("log-odds", "offers of small jobs against large ones"),
    "accept_drive": ("log-odds", "accepting an offer"),
    "loss_drive": ("log-odds", "losing the job this month"),
    "growth_drive": ("log-odds", "more hours in the job this month"),
    "volunteer_drive": ("log-odds", "target of volunteering"),
    "venture_drive": ("log-odds", "starting self-employment"),
    "leave_drive": ("log-odds", "leaving benefit for another reason than work this month"),
    "back_drive": ("log-odds", "returning to benefit this month"),
}

WORK: dict[str, tuple[str, str]] = {
    "present": ("0/1", "has entered"),
    "in_benefit": ("0/1", "on benefit at the start of the month"),
    "working": ("0/1", "has paid work at the start of the month"),
    "age_now": ("years", "age this month"),
    "norm": ("EUR/month", "norm of the household"),
    "tone_now": ("-1..1", "tone felt"),
    "kept_share": ("share of earnings", "share kept of a small extra amount earned, as felt"),
    "kept_cap": ("EUR/month", "cap of what is kept, as felt"),
    "statutory_kept": ("EUR/month", "kept under the statutory disregard"),
    "regime_kept": ("EUR/month", "kept under the regime's disregard"),
    "checked": ("0/1", "a fraud inquiry or recovery claim this month"),
    "bite": ("0..1", "what a sanction would cost: loss / (1 + loss), loss in months of the norm"),
    "threat": ("0..1", "threat of a sanction where duties are felt"),
    "pushed": ("0..3", "effort pushed by duties and by the coach"),
    "sanction_new": ("0/1", "a sanction begins this month"),
    "unexpected": ("EUR", "change in cash that could not be foreseen"),
    "need": ("EUR/month", "what the household spends"),
    "elsewhere": ("EUR/month", "income of who left benefit without work"),
    "allowances_lost": ("EUR/month", "allowances lost with income above the norm: at once or claimed back"),
    "contact_minutes": ("minutes/contact", "time of the office for a contact, shared in a group"),
    "staffed_hours": ("hours/month", "time of caseworkers for a client of this caseload"),
    "hours_cap": ("hours/week", "most hours that health and care allow"),
    "discouraged": ("0..1", "how discouraged"),
    "exposure_guidance": ("usual doses", "guidance beyond the background, as felt"),
    "exposure_exemption": ("usual doses", "duties lifted from the background, as felt"),
    "exposure_disregard": ("usual doses", "earnings kept beyond the background, as felt"),
    "offer_odds": ("ratio", "odds of an offer over what the mechanisms give"),
    "offer_odds_own": ("ratio", "the same after an own interview"),
    "brokered": ("per month", "brokered vacancies"),
    "offer_hours": ("hours/week", "hours of the offer"),
    "offer_fit": ("0..1", "fit of the offer"),
    "offer_contract": ("code", "contract of the offer"),
    "offer_wage": ("ratio", "hourly wage of the offer over the minimum"),
    "offer_gain": ("share of the norm", "what the offer would add to income"),
    "skilled": ("ratio", "what a contact with the caseworker is worth"),
    "settlement_error": ("share", "largest error of the settlement"),
    "settlement_taper": ("share", "allowances lost with income above the norm"),
    "load": ("ratio", "clients of the caseworker now over at the start"),
}

# Numbers of a municipality, constant in a run but for `capacity`, which the budget loop moves.
PLACE: dict[str, tuple[float, str, str]] = {
    "place_match": (0.0, "log", "local deviation of job finding"),
    "place_other": (0.0, "log-odds", "local deviation of other exits"),
    "place_capacity": (1.0, "ratio", "caseworker hours over the start (budget loop)"),
}
