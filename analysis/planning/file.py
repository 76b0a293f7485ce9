"""A plan as one TOML file, checked as a whole: every problem at once. Whatever is a list gives a design per value.

The keys are described in docs/tutorials/planner.md; `KEYS` is the table of contents.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from analysis.estimators.specifications import SPECIFICATIONS
from analysis.outcomes import outcomes
from analysis.planning.cost import read_costs
from analysis.planning.design import CORRECTIONS, ERRORS, SPENDING, Decision, Design, Reading, Worth
from scenarios.description.fields import Fields
from scenarios.description.toml_file import read_toml
from sim.outcomes.measurement import items
from sim.problems import InputError, Problem, Say, one_of
from sim.regime.presets import assignment_presets
from sim.regime.rules import read_condition
from sim.setting import MARKETS
from sim.trial.clusters import Lot
from sim.trial.design import TrialDesign
from sim.trial.own_regimes import read_own, regimes_of
from sim.trial.planned import PlannedArm, Site
from sim.trial.read import NAMES, design
from sim.trial.response_law import Loss, fitted_loss

__all__ = ["KEYS", "read_plan", "read_plans"]

KEYS = (
    "title", "question", "sites", "arms", "regimes", "months", "tail", "announced", "follow_up", "start", "waves",
    "exclusions", "lot", "strata", "clusters", "loss", "surveys", "outcomes", "effects", "alpha", "power", "correction",
    "looks", "spending", "decision", "costs", "worth", "delivery", "market", "lockdown", "sources",
)  # fmt: skip
# Keys that may be a list: every combination is a design.
_SCALARS = (
    "months", "tail", "announced", "follow_up", "start", "lot", "clusters", "alpha", "power", "correction", "spending",
    "delivery", "market", "lockdown",
)  # fmt: skip
_MOST_DESIGNS = 400
_MOST_PEOPLE = 4000
_LONGEST = 180
_LABELS: dict[str, tuple[str, ...]] = {"municipality": (), "arm": ()}


def read_plans(paths: list[Path]) -> list[Design]:
    """Return every design of every file; raise InputError with every problem of every file."""
    found: list[Design] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found += read_plan(path)
        except InputError as error:
            problems += error.problems
    names = [path.stem for path in paths]
    allowed = Say("each plan once, by a name of its own", "elk plan één keer, met een eigen naam")
    problems += [Problem(str(path), path.stem, allowed) for path in paths if names.count(path.stem) > 1]
    InputError.raise_if(problems)
    return found


def read_plan(path: Path) -> list[Design]:
    """Return the designs of a plan."""
    _, data = read_toml(path)
    problems: list[Problem] = []
    found: list[Design] = []
    combinations = _combinations(data)
    if math.prod(len(values) for _, values in combinations) > _MOST_DESIGNS:
        allowed = Say(f"at most {_MOST_DESIGNS} combinations", f"hoogstens {_MOST_DESIGNS} combinaties")
        raise InputError([Problem(path.name, "too many designs", allowed)])
    for values in product(*(each for _, each in combinations)):
        varied = [(key, value) for (key, _), value in zip(combinations, values, strict=True)]
        wrong: list[Problem] = []
        one = _design(path.stem, _filled(data, varied), varied, wrong)
        problems += [Problem(f"{path.name}: {p.path}", p.value, p.allowed, p.nearest) for p in wrong]
        if one is not None and not wrong:
            found.append(one)
    unique = {(p.path, str(p.value)): p for p in problems}
    InputError.raise_if(unique.values())
    return found


def _combinations(data: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    found = [(key, data[key]) for key in _SCALARS if isinstance(data.get(key), list) and data[key]]
    sites = data.get("sites")
    for number, site in enumerate(sites if isinstance(sites, list) else []):
        for key in ("people", "per_arm"):
            values = site.get(key) if isinstance(site, Mapping) else None
            found += [(f"sites[{number + 1}].{key}", values)] if isinstance(values, list) and values else []
    return found


def _filled(data: Mapping[str, Any], varied: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(data)
    if isinstance(data.get("sites"), list):
        found["sites"] = [dict(site) if isinstance(site, Mapping) else site for site in data["sites"]]
    for key, value in varied:
        if key.startswith("sites["):
            place, name = key[6:].split("].")
            found["sites"][int(place) - 1][name] = value
        else:
            found[key] = value
    return found


def _design(
    name: str, data: Mapping[str, Any], varied: list[tuple[str, Any]], problems: list[Problem]
) -> Design | None:
    fields = Fields(data, "", KEYS, problems)
    fields.needed(("sites", "arms", "outcomes", "decision"))
    months = _months(fields)
    tail = fields.whole("tail", 0, 60, 0, "months") or 0
    if tail and months is None:
        fields.wrong("tail", tail, Say("a treatment with an end (months)", "een behandeling met een einde (months)"))
    follow_up = fields.whole("follow_up", 1, _LONGEST, months or 24, "months") or 24
    own = read_own(data.get("regimes"), "plan", problems)
    arms, own = _arms(fields, own)
    readings = tuple(_reading(place, entry, problems) for place, entry in fields.tables("outcomes"))
    _check_months(fields, readings, follow_up, months, tail)
    lot = Lot(fields.choice("lot", ("person", "caseworker", "district"), "person"), 0)  # type: ignore[arg-type]
    if lot.by != "person":
        lot = replace(lot, clusters=fields.whole("clusters", 2, 400, 12) or 12)
        _check_clusters(fields, lot, arms, readings)
    elif "clusters" in fields:
        allowed = Say("only with lot = 'caseworker' or 'district'", "alleen bij lot = 'caseworker' of 'district'")
        fields.wrong("clusters", data["clusters"], allowed)
    surveys = tuple(_whole_list(fields, "surveys", 0, _LONGEST))
    _check_surveys(fields, readings, surveys, follow_up)
    strata = _rules(fields, "strata")
    loss = _loss(data.get("loss", {}), problems)
    waves = _waves(fields)
    start = fields.day("start") or date(2018, 1, 1)
    announced = fields.truth("announced", True)
    if announced and "announced" in fields and months is None:
        allowed = Say("a treatment with an end (months)", "een behandeling met een einde (months)")
        fields.wrong("announced", True, allowed)
    sites: list[Site] = []
    for number, (place, entry) in enumerate(fields.tables("sites")):
        site = _site(place, entry, arms, fields, problems)
        if site is None:
            continue
        town, people, label = site
        sites.append(
            Site(
                name=label or f"{town.name}:{sum(one.town.name == town.name for one in sites)}",
                town=town,
                people=people,
                arms=arms,
                regimes=own,
                treatment=None if months is None else months + tail,
                announced=announced and months is not None,
                follow_up=follow_up,
                start=start,
                waves=waves,
                lot=lot,
                strata=strata,
                loss=loss,
                surveys=surveys,
                delivery=fields.number("delivery", 0, 2, town.delivery.value),
                market=fields.choice("market", MARKETS, "historic"),
                lockdown=fields.truth("lockdown", True),
            )
        )
        problems += _item_problems(f"sites[{number + 1}]", town, readings)
    stated = tuple(_numbers(fields, "effects", (5.0, 10.0, 15.0, 20.0), -100.0, 100.0))
    looks = tuple(_numbers(fields, "looks", (), 0.0, math.inf))
    _check_looks(fields, looks)
    decision = _decision(fields, readings, arms)
    costs = read_costs(data.get("costs", {}), "costs", problems)
    worth = _worth(fields)
    alpha, power = fields.number("alpha", 0.0001, 0.5, 0.05), fields.number("power", 0.05, 0.999, 0.8)
    correction = fields.choice("correction", CORRECTIONS, "none")
    spending = fields.choice("spending", SPENDING, "obrien_fleming")
    title, question = fields.say("title", name), fields.say("question", "")
    sources = tuple(sorted((str(key), str(value)) for key, value in fields.table("sources").items()))
    if problems or not sites or not readings:
        return None
    shown = "".join(f" {key.split('.')[-1]}={value}" for key, value in varied)
    return Design(
        name=name + shown,
        plan=name,
        varied=tuple(varied),
        title=title,
        question=question,
        sites=tuple(sites),
        tail=tail,
        readings=readings,
        stated=stated,
        alpha=alpha,
        power=power,
        correction=correction,
        looks=looks,
        spending=spending,
        decision=decision,
        costs=costs,
        worth=worth,
        sources=sources,
    )


def _months(fields: Fields) -> int | None:
    if fields.data.get("months") == "always":
        return None
    return fields.whole("months", 1, _LONGEST, 24, "months, or 'always'")


def _arms(fields: Fields, own: str) -> tuple[tuple[PlannedArm, ...], str]:
    problems, found = fields.problems, []
    keys = ("name", "regime", "based_on", "levers", "rules", "otherwise", "control", "share")
    entries = list(fields.tables("arms"))
    for place, entry in entries:
        arm = Fields(entry, place, keys, problems)
        arm.needed(("name",))
        name = arm.name("name", "arm")
        if "levers" in arm:
            table = {"levers": arm.table("levers"), "based_on": arm.data.get("based_on", [])}
            made = read_own({f"planned_{name}": table}, place, problems)
            own, regime = "\n".join(part for part in (own, made) if part), f"planned_{name}"
        else:
            known = {*regimes_of(own), *assignment_presets()}
            key = "otherwise" if "rules" in arm else "regime"
            regime = arm.choice(key, known, "regular")
        rules = tuple(_rule(where, one, own, problems) for where, one in arm.tables("rules"))
        share = arm.number("share", 0.0, 1.0, 1.0 / max(len(entries), 1))
        found.append(PlannedArm(name, regime, share, arm.truth("control", False), rules))
    names = [arm.name for arm in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        fields.wrong("arms", name, Say("each arm once", "elke groep één keer"))
    if found and sum(arm.control for arm in found) != 1:
        allowed = Say("one arm with control = true", "één groep met control = true")
        fields.wrong("arms", f"{sum(arm.control for arm in found)} control groups", allowed)
    if len(found) == 1:
        fields.wrong("arms", 1, Say("at least two arms", "ten minste twee groepen"))
    total = sum(arm.share for arm in found)
    if found and abs(total - 1.0) > 1e-6:
        fields.wrong("arms", f"shares add up to {total:g}", Say("shares that add up to 1", "aandelen met som 1"))
    known_regimes = regimes_of(own)
    control = next((arm for arm in found if arm.control), None)
    for one in found:
        if control is None or one.control or one.rules or one.regime not in known_regimes:
            continue
        mine, usual = known_regimes[one.regime], known_regimes.get(control.regime)
        if usual is not None and (mine.levers, mine.changes) == (usual.levers, usual.changes):
            allowed = Say(
                f"another regime than the control group ({control.regime}): there is no contrast",
                f"een ander regime dan de controlegroep ({control.regime}): er is geen contrast",
            )
            fields.wrong(f"arms.{one.name}", one.regime, allowed)
    return tuple(found), own


def _rule(place: str, entry: object, own: str, problems: list[Problem]) -> tuple[str, str]:
    rule = Fields(entry, place, ("when", "regime"), problems)
    when = rule.text("when", "age > 0")
    problems += read_condition(when, f"{place}.when", _LABELS)[1]
    return when, rule.choice("regime", regimes_of(own), "regular")


def _reading(place: str, entry: object, problems: list[Problem]) -> Reading:
    table = Fields(entry, place, ("name", "months", "specification", "errors"), problems)
    table.needed(("name", "months"))
    usable = [name for name, one in outcomes().items() if one.source != "process" and not one.since_start]
    name = table.choice("name", usable, "exit_work_ever")
    months = tuple(_whole_list(table, "months", 1, _LONGEST))
    specification = table.choice("specification", [n for n in SPECIFICATIONS if n != "extra"], "raw")
    return Reading(name, months or (1,), specification, table.choice("errors", ERRORS, "hc2"))


def _check_months(fields: Fields, readings: tuple[Reading, ...], follow_up: int, months: int | None, tail: int) -> None:
    for reading in readings:
        for month in reading.months:
            if month > follow_up:
                allowed = Say(
                    f"at least {month} months: {reading.outcome} is read in month {month}",
                    f"ten minste {month} maanden: {reading.outcome} wordt gelezen in maand {month}",
                )
                fields.wrong("follow_up", follow_up, allowed)
            if months is not None and months < month <= months + tail:
                allowed = Say(
                    f"up to month {months}, or after {months + tail}: people brace for the end in the tail",
                    f"tot en met maand {months}, of na {months + tail}: de uitloop wordt niet gelezen",
                )
                fields.wrong(f"outcomes.{reading.outcome}.months", month, allowed)
    names = [reading.outcome for reading in readings]
    for name in sorted({name for name in names if names.count(name) > 1}):
        fields.wrong("outcomes", name, Say("each outcome once, with all its months", "elke uitkomst één keer"))


def _check_clusters(fields: Fields, lot: Lot, arms: tuple[PlannedArm, ...], readings: tuple[Reading, ...]) -> None:
    if lot.clusters < 2 * len(arms):
        allowed = Say(
            f"at least {2 * len(arms)}: with one {lot.by} in an arm its own way and the effect cannot be told apart",
            f"ten minste {2 * len(arms)}: met één {lot.by} per groep zijn eigen manier en effect niet te scheiden",
        )
        fields.wrong("clusters", lot.clusters, allowed)
    for reading in readings:
        if reading.errors != "cluster":
            allowed = Say(f"'cluster': the lot is by {lot.by}", f"'cluster': er wordt geloot per {lot.by}")
            fields.wrong(f"outcomes.{reading.outcome}.errors", reading.errors, allowed)


def _check_surveys(fields: Fields, readings: tuple[Reading, ...], surveys: tuple[int, ...], follow_up: int) -> None:
    asked = [reading for reading in readings if reading.of.source == "survey"]
    for month in surveys:
        if month > follow_up:
            fields.wrong("surveys", month, Say(f"0 .. {follow_up}", f"0 .. {follow_up}"))
    for reading in asked:
        for month in reading.months:
            if month not in surveys:
                allowed = Say(f"a survey in month {month} (surveys)", f"een enquête in maand {month} (surveys)")
                fields.wrong(f"outcomes.{reading.outcome}.months", month, allowed)
    if asked and surveys and 0 not in surveys:
        fields.wrong("surveys", list(surveys), Say("a survey at the start (0)", "een enquête bij de start (0)"))


def _site(
    place: str, entry: object, arms: tuple[PlannedArm, ...], fields: Fields, problems: list[Problem]
) -> tuple[TrialDesign, int, str] | None:
    site = Fields(entry, place, ("town", "population", "people", "per_arm", "name"), problems)
    if ("town" in site) == ("population" in site):
        site.wrong(
            "town", "missing", Say("a town, or a population of your own", "een gemeente, of een eigen populatie")
        )
        return None
    if ("people" in site) == ("per_arm" in site):
        site.wrong("people", "missing", Say("people, or per_arm", "people, of per_arm"))
        return None
    each = site.whole("per_arm", 2, _MOST_PEOPLE, None)
    people = each * len(arms) if each is not None else site.whole("people", 4, _MOST_PEOPLE, 4) or 4
    if "town" in site:
        if site.data["town"] not in NAMES:
            problems.append(one_of(site.place("town"), site.data["town"], NAMES))
            return None
        town = design(str(site.data["town"]))
    else:
        own = _own_town(site, problems)
        if own is None:
            return None
        town = own
    if "exclusions" in fields:
        town = replace(town, exclusions=_rules(fields, "exclusions"))
    left = _left(town, problems, site.place("town"))
    if people > left:
        allowed = Say(
            f"at most the {left} people who are eligible", f"hoogstens de {left} mensen die in aanmerking komen"
        )
        site.wrong("people" if "people" in site else "per_arm", people, allowed)
        return None
    return town, people, site.text("name")


def _own_town(site: Fields, problems: list[Problem]) -> TrialDesign | None:
    """Return a town for people of the user's own: who signs up and answers as in Nijmegen, under the regular regime."""
    from scenarios.description.people import is_population, is_shipped, people_of, population_problem

    name = site.text("population")
    if not is_population(name):
        problems.append(population_problem(site.place("population"), name))
        return None
    size = len(people_of(name, None, None, 0)) if not is_shipped(name) else 4000
    usual = design("nijmegen")
    return replace(
        usual, name=name, title=Say(name, name), municipality="", eligible=name, eligible_people=size, exclusions=()
    )


def _left(town: TrialDesign, problems: list[Problem], place: str) -> int:
    from sim.trial.pool import pool_of

    try:
        return pool_of(town, 1, 2).smallest
    except InputError as error:
        problems += [Problem(f"{place}: {p.path}", p.value, p.allowed, p.nearest) for p in error.problems]
        return _MOST_PEOPLE


def _item_problems(place: str, town: TrialDesign, readings: tuple[Reading, ...]) -> Iterator[Problem]:
    known = items(town.survey.study)
    for reading in readings:
        if reading.of.source == "survey":
            for item in reading.of.parts:
                if item not in known:
                    yield one_of(f"{place}: outcomes.{reading.outcome}", item, known)


def _waves(fields: Fields) -> tuple[tuple[int, float], ...]:
    found = []
    for place, entry in fields.tables("waves"):
        wave = Fields(entry, place, ("after", "share"), fields.problems)
        found.append((wave.whole("after", 0, 60, 0, "months") or 0, wave.number("share", 0.0, 1.0, 1.0)))
    if not found:
        return ((0, 1.0),)
    total = sum(share for _, share in found)
    if abs(total - 1.0) > 1e-6:
        fields.wrong("waves", f"shares add up to {total:g}", Say("shares that add up to 1", "aandelen met som 1"))
    return tuple(found)


def _loss(data: object, problems: list[Problem]) -> Loss:
    usual = fitted_loss()
    table = Fields(
        data, "loss", ("answers", "answers_lost_yearly", "withdrawn", "withdrawn_yearly", "source"), problems
    )
    return replace(
        usual,
        start=table.number("answers", 0.01, 1.0, usual.start),
        yearly=table.number("answers_lost_yearly", 0.0, 5.0, usual.yearly),
        withdrawn=table.number("withdrawn", 0.0, 0.95, usual.withdrawn),
        withdrawn_yearly=table.number("withdrawn_yearly", 0.0, 5.0, 0.0),
    )


def _decision(fields: Fields, readings: tuple[Reading, ...], arms: tuple[PlannedArm, ...]) -> Decision:
    table = Fields(fields.data.get("decision", {}), "decision", ("outcome", "month", "arm", "worth"), fields.problems)
    names = [reading.outcome for reading in readings] or ["?"]
    treated = [arm.name for arm in arms if not arm.control] or ["?"]
    if "decision" in fields:
        table.needed(("worth",))
    outcome = table.choice("outcome", names, names[0])
    reading = next((one for one in readings if one.outcome == outcome), None)
    last = max(reading.months) if reading else 1
    month = table.whole("month", 1, _LONGEST, last) or last
    if reading is not None and month not in reading.months:
        listed = ", ".join(str(m) for m in reading.months)
        table.wrong("month", month, Say(f"a month in which it is read: {listed}", f"een gelezen maand: {listed}"))
    return Decision(outcome, month, table.choice("arm", treated, treated[0]), table.number("worth", -100, 100, 5.0))


def _worth(fields: Fields) -> Worth:
    from analysis.cost.accounts import EFFECTS, PARTIES

    keys = ("population", "months", "uptake", "delay", "party", "per_unit", "discount")
    table = Fields(fields.data.get("worth", {}), "worth", keys, fields.problems)
    per_unit = Fields(table.table("per_unit"), "worth.per_unit", EFFECTS, fields.problems)
    usual = Worth()
    return Worth(
        table.whole("population", 0, 10_000_000, 0) or 0,
        table.whole("months", 6, 360, usual.months, "months") or usual.months,
        table.number("uptake", 0.0, 1.0, usual.uptake),
        table.whole("delay", 0, 240, usual.delay, "months") or 0,
        table.choice("party", [*PARTIES, "society"], usual.party),
        {name: per_unit.number(name, -1e6, 1e6, 0.0, "EUR") for name in per_unit.data if name in EFFECTS},
        table.number("discount", 0.0, 0.3, usual.discount),
    )


def _check_looks(fields: Fields, looks: tuple[float, ...]) -> None:
    for look in looks:
        if look > 1.0:
            fields.wrong(
                "looks", look, Say("shares of the people up to 1: the end", "aandelen van de mensen tot 1: het einde")
            )
    if looks and (list(looks) != sorted(set(looks)) or looks[0] < 0.1 or looks[-1] != 1.0):
        allowed = Say("shares that rise, from 0.1 on, the last is 1", "oplopende aandelen vanaf 0,1; de laatste is 1")
        fields.wrong("looks", list(looks), allowed)


def _rules(fields: Fields, key: str) -> tuple[str, ...]:
    given = fields.data.get(key, [])
    if not isinstance(given, list) or not all(isinstance(rule, str) for rule in given):
        fields.wrong(key, given, Say("a list of rules", "een lijst van regels"))
        return ()
    for number, rule in enumerate(given, start=1):
        fields.problems += read_condition(rule, f"{key}[{number}]", _LABELS)[1]
    return tuple(given)


def _numbers(fields: Fields, key: str, default: tuple[float, ...], low: float, high: float) -> list[float]:
    given = fields.data.get(key)
    if given is None:
        return list(default)
    listed = given if isinstance(given, list) else [given]
    table = Fields(
        {f"{number}": value for number, value in enumerate(listed)},
        key,
        [str(n) for n in range(len(listed))],
        fields.problems,
    )
    return [table.number(str(number), low, high, 1.0) for number in range(len(listed))]


def _whole_list(fields: Fields, key: str, low: int, high: int) -> list[int]:
    given = fields.data.get(key)
    if given is None:
        return []
    listed = given if isinstance(given, list) else [given]
    table = Fields(
        {f"{number}": value for number, value in enumerate(listed)},
        fields.place(key),
        [str(n) for n in range(len(listed))],
        fields.problems,
    )
    found = [table.whole(str(number), low, high, None, "months") for number in range(len(listed))]
    return sorted({value for value in found if value is not None})
