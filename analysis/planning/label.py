"""How far what a design shows lies from what the trials observed: the label of every outcome, month and arm."""

from __future__ import annotations

from analysis.effects.positions import evidence_of_trials
from analysis.effects.validity import Circumstances, Validity, judge
from analysis.planning.design import Design
from sim.regime.levers import LEVERS
from sim.trial.own_regimes import regimes_of

__all__ = ["validity_of"]


def validity_of(design: Design, month: int, arm: str) -> Validity:
    """Return the validity of what `arm` does in `month`; power for a stated effect rests on the usual levels only."""
    site = design.sites[0]
    known = regimes_of(site.regimes)
    one = next(each for each in site.arms if each.name == arm)
    names = [one.regime, *(regime for _, regime in one.rules)]
    regimes = []
    for name in names:
        if name not in known:
            continue
        values: dict[str, list[float]] = {}
        for levers in (known[name].levers, *(change.levers for change in known[name].changes)):
            for lever, value in levers.items():
                values.setdefault(lever, []).append(float(value))
        regimes.append({k: tuple(v) for k, v in values.items() if any(each != LEVERS[k].regular for each in v)})
    ended = site.treatment if site.treatment is not None and site.treatment < month else None
    around = Circumstances(ended, site.market, site.market == "historic" and site.lockdown)
    return judge(month, regimes, site.town.name, evidence_of_trials(), around)
