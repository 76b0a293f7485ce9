"""A researcher's own trial: effects, arms and a design, checked as a whole before anything is kept."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from calibration.evidence.own_file import Cells, read_blocks
from calibration.evidence.own_values import Reader
from calibration.evidence.schema import MARKERS, UNITS, Row, Size, Study
from calibration.moments.outcomes import Outcome, outcomes
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["Arm", "OwnTrial", "read_own_trial"]

SPECIFICATIONS = ("raw", "basic", "loep", "extra")
_STUDY_KEYS = (
    "name", "title", "publisher", "year", "municipality", "control", "reference", "start", "months",
    "randomised", "population", "survey", "confidence_level", "source",
)  # fmt: skip
_MUST = ("name", "title", "year", "municipality", "control")
_EFFECT_COLUMNS = (
    "id", "arm", "comparator", "outcome", "effect", "se", "ci_low", "ci_high", "marker", "sign", "n", "n_arm",
    "n_comparator", "horizon_months", "specification", "subgroup", "unit", "locator", "note",
)  # fmt: skip
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORDS = ("positive", "negative", "zero")


@dataclass(frozen=True)
class Arm:
    """One arm: a preset regime, and levers that differ from it."""

    name: str
    people: int
    regime: str
    role: str
    levers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnTrial:
    """A trial that passed every check. `warnings` are remarks that do not stop an import."""

    study: Study
    arms: tuple[Arm, ...]
    rows: tuple[Row, ...]
    head: Mapping[str, str]
    warnings: tuple[Say, ...]


def read_own_trial(path: Path) -> OwnTrial:
    """Return the trial in a file.

    Raises:
        InputError: with every problem of the whole file at once.
    """
    blocks = read_blocks(path)
    problems: list[Problem] = []
    head = _head(blocks["study"], path.name, problems)
    arms = _arms(blocks["arms"], head, path.name, problems)
    names = _names(blocks["outcomes"], problems)
    warnings: list[Say] = []
    rows = _effects(blocks["effects"], head, arms, names, problems, warnings, path.name)
    if not rows and not problems:
        problems.append(Problem(f"{path.name}:effects", "empty", Say("one effect or more", "een effect of meer")))
    InputError.raise_if(problems)
    return OwnTrial(_study(head, arms), tuple(arms.values()), tuple(rows), head, tuple(warnings))


def _head(lines: Sequence[Cells], file: str, problems: list[Problem]) -> dict[str, str]:
    from sim.measurement import studies
    from sim.people import catalogue

    head: dict[str, str] = {}
    for line in lines:
        key, value = line["key"], line["value"]
        if key not in _STUDY_KEYS:
            problems.append(one_of(f"{line.path}:key", key, _STUDY_KEYS))
        elif key in head:
            problems.append(Problem(f"{line.path}:key", key, Say("each key once", "elke sleutel eenmaal")))
        elif value:
            head[key] = value
    read = Reader(f"{file}:study", problems)
    for key in _MUST:
        if key not in head:
            problems.append(Problem(f"{file}:study:{key}", "missing", Say("a value", "een waarde")))
    for key in ("name", "municipality", "control", "reference"):
        if key in head and not _SLUG.fullmatch(head[key]):
            allowed = Say("small letters, digits and _ (at most 40)", "kleine letters, cijfers en _ (max 40)")
            problems.append(Problem(f"{file}:study:{key}", head[key], allowed))
    read.number("year", head.get("year", ""), 1900, 2200, whole=True)
    read.number("months", head.get("months", ""), 1, 600, whole=True)
    read.number("confidence_level", head.get("confidence_level", ""), 0.5, 0.999)
    if "start" in head and not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])(-01)?", head["start"]):
        allowed = Say("a month such as 2024-01", "een maand zoals 2024-01")
        problems.append(Problem(f"{file}:study:start", head["start"], allowed))
    for key, known in (
        ("randomised", ("after_sign_up", "before_sign_up")),
        ("population", tuple(info.name for info in catalogue.names())),
        ("survey", studies()),
    ):
        if key in head and head[key] not in known:
            problems.append(one_of(f"{file}:study:{key}", head[key], known))
    return head


def _arms(
    lines: Sequence[Cells], head: Mapping[str, str], file: str, problems: list[Problem]
) -> dict[str, Arm]:
    from sim.levers import LEVERS
    from sim.presets import assignment_presets, presets

    known = {*presets(), *assignment_presets()}
    arms: dict[str, Arm] = {}
    columns = ("arm", "people", "regime", *LEVERS)
    for column in sorted({column for line in lines for column in line.cells if column}):
        if column not in columns:
            problems.append(one_of(f"{file}:arms:{column}", column, columns))
    for line in lines:
        read = Reader(line.path, problems)
        name = line["arm"]
        if not _SLUG.fullmatch(name):
            allowed = Say("a name in small letters, digits and _", "een naam in kleine letters, cijfers en _")
            problems.append(Problem(f"{line.path}:arm", name, allowed))
        if name in arms:
            problems.append(Problem(f"{line.path}:arm", name, Say("each arm once", "elke groep eenmaal")))
        people = read.number("people", line["people"], 1, 1_000_000, whole=True, must=True)
        levers = {}
        for lever in LEVERS.values():
            value = read.number(lever.name, line[lever.name], lever.low, lever.high, whole=lever.whole)
            if value is not None:
                levers[lever.name] = value
        regime = line["regime"]
        if not regime:
            allowed = Say(
                "a regime that this arm is (and, in lever columns, what differs from it)",
                "een regime dat deze groep krijgt (en in hefboomkolommen wat daarvan afwijkt)",
            )
            problems.append(Problem(f"{line.path}:regime", "unmapped arm", allowed))
        elif regime not in known:
            problems.append(one_of(f"{line.path}:regime", regime, known))
        role = {head.get("control"): "control", head.get("reference"): "reference"}.get(name, "treatment")
        arms[name] = Arm(name, int(people or 1), regime, role, levers)
    for key in ("control", "reference"):
        if key in head and head[key] not in arms:
            problems.append(one_of(f"{file}:study:{key}", head[key], arms or ("(no arms)",)))
    if len([arm for arm in arms.values() if arm.role != "reference"]) < 2:
        allowed = Say("at least two arms beside a reference group", "ten minste twee groepen naast een referentie")
        problems.append(Problem(f"{file}:arms", f"{len(arms)} arms", allowed))
    return arms


def _names(lines: Sequence[Cells], problems: list[Problem]) -> dict[str, str]:
    known = outcomes()
    names: dict[str, str] = {}
    for line in lines:
        if line["ours"] not in known:
            problems.append(one_of(f"{line.path}:ours", line["ours"], known))
        elif not line["yours"] or line["yours"] in names:
            allowed = Say("each of your names once", "elk van uw namen eenmaal")
            problems.append(Problem(f"{line.path}:yours", line["yours"], allowed))
        else:
            names[line["yours"]] = line["ours"]
    return names


def _effects(
    lines: Sequence[Cells],
    head: Mapping[str, str],
    arms: Mapping[str, Arm],
    names: Mapping[str, str],
    problems: list[Problem],
    warnings: list[Say],
    file: str,
) -> list[Row]:
    for column in sorted({column for line in lines for column in line.cells if column}):
        if column not in _EFFECT_COLUMNS:
            problems.append(one_of(f"{file}:effects:{column}", column, _EFFECT_COLUMNS))
    known = outcomes()
    rows: list[Row] = []
    seen: dict[tuple[object, ...], str] = {}
    ids: dict[str, str] = {}
    for line in lines:
        name = names.get(line["outcome"], line["outcome"])
        outcome = known.get(name)
        if outcome is None:
            problems.append(one_of(f"{line.path}:outcome", line["outcome"], [*known, *names]))
        row = _effect(line, head, arms, outcome, problems, warnings)
        if row is None:
            continue
        key = (row.arm, row.comparator, row.outcome, row.horizon_months, row.specification, row.subgroup)
        if key in seen:
            allowed = Say(f"a quantity once ({seen[key]} is the same)", f"eenmaal ({seen[key]} is hetzelfde)")
            problems.append(Problem(line.path, "duplicate", allowed))
        if row.id in ids and key not in seen:
            allowed = Say(f"an id of its own ({ids[row.id]} has it)", f"een eigen id ({ids[row.id]} heeft het)")
            problems.append(Problem(f"{line.path}:id", row.id, allowed))
        seen.setdefault(key, line.path)
        ids.setdefault(row.id, line.path)
        rows.append(row)
    told = {name for row in rows for name in (row.arm, row.comparator)}
    for arm in arms.values():
        if rows and arm.name not in told:
            warnings.append(
                Say(f"arm {arm.name} has no effect in this file", f"groep {arm.name} heeft geen effect in dit bestand")
            )
    return rows


def _effect(
    line: Cells,
    head: Mapping[str, str],
    arms: Mapping[str, Arm],
    outcome: Outcome | None,
    problems: list[Problem],
    warnings: list[Say],
) -> Row | None:
    before = len(problems)
    read = Reader(line.path, problems)
    for column in ("arm", "comparator"):
        if line[column] not in arms and (column == "arm" or line[column]):
            problems.append(one_of(f"{line.path}:{column}", line[column] or "missing", arms or ("(none)",)))
    if line["comparator"] and line["arm"] == line["comparator"]:
        allowed = Say("another arm than the first", "een andere groep dan de eerste")
        problems.append(Problem(f"{line.path}:comparator", line["comparator"], allowed))
    unit = line["unit"] or (outcome.unit if outcome else "model_units")
    if unit not in UNITS:
        problems.append(one_of(f"{line.path}:unit", unit, UNITS))
    low, high = _bounds(unit, bool(line["comparator"]))
    share = unit == "proportion"
    value = read.number("effect", line["effect"], low, high, share=share)
    se = read.number("se", line["se"], 0.0, high, share=share, above=True)
    ci_low = read.number("ci_low", line["ci_low"], -math.inf, math.inf, share=share)
    ci_high = read.number("ci_high", line["ci_high"], -math.inf, math.inf, share=share)
    people = {
        column: read.number(column, line[column], 1, 1e7, whole=True) for column in ("n", "n_arm", "n_comparator")
    }
    horizon = read.number("horizon_months", line["horizon_months"], 0, 600, must=True)
    marker, sign = line["marker"], line["sign"]
    if marker not in MARKERS:
        problems.append(one_of(f"{line.path}:marker", marker, [name for name in MARKERS if name]))
    if sign and sign not in _WORDS:
        problems.append(one_of(f"{line.path}:sign", sign, _WORDS))
    specification = line["specification"] or ("basic" if outcome and outcome.source == "register" else "loep")
    if specification not in SPECIFICATIONS:
        problems.append(one_of(f"{line.path}:specification", specification, SPECIFICATIONS))
    if not line["effect"] and not sign:
        allowed = Say("an effect, or a sign in the column sign", "een effect, of een teken in de kolom sign")
        problems.append(Problem(f"{line.path}:effect", "empty", allowed))
    if len(problems) == before:
        se = _agree(line, value, se, ci_low, ci_high, marker, sign, head, problems, warnings)
    if len(problems) > before or outcome is None:
        return None
    arm, other = arms[line["arm"]], arms.get(line["comparator"])
    return Row(
        id=line["id"] or _identity(head["name"], line, outcome, horizon, specification),
        study=head["name"],
        municipality=head["municipality"],
        arm=arm.name,
        comparator=other.name if other else "",
        outcome=outcome.name,
        kind=_kind(value, other),
        unit=unit if value is not None else "ordinal",
        specification=specification if value is not None else "text",
        use=_use(outcome, value, other),
        locator=line["locator"] or head.get("source", "own trial"),
        value=value,
        sign=sign if value is None else "",
        marker=marker,
        significant="no" if marker == "n.s." else "yes" if marker else "not_stated",
        n=people["n"] or float(arm.people + (other.people if other else 0)),
        n_arm=people["n_arm"] or float(arm.people),
        n_comparator=(people["n_comparator"] or float(other.people)) if other else None,
        horizon_months=horizon,
        subgroup=line["subgroup"] or "all",
        se=se,
        se_from="reported" if se is not None else "",
        doubt_note=line["note"],
    )


def _agree(
    line: Cells,
    value: float | None,
    se: float | None,
    ci_low: float | None,
    ci_high: float | None,
    marker: str,
    sign: str,
    head: Mapping[str, str],
    problems: list[Problem],
    warnings: list[Say],
) -> float | None:
    """Return the standard error, after holding effect, error, interval, marker and sign against each other."""
    from scipy.special import ndtri

    def wrong(column: str, shown: object, en: str, nl: str) -> None:
        problems.append(Problem(f"{line.path}:{column}", str(shown), Say(en, nl)))

    if (ci_low is None) != (ci_high is None):
        wrong("ci_low", "half an interval", "both ci_low and ci_high", "zowel ci_low als ci_high")
        return se
    if value is None:
        if se is not None or ci_low is not None:
            wrong("effect", "empty", "an effect beside its error", "een effect bij de fout")
        return None
    if sign and ((sign == "positive" and value < 0) or (sign == "negative" and value > 0)):
        wrong("sign", sign, f"the sign of {value:g}", f"het teken van {value:g}")
    implied = None
    if ci_low is not None and ci_high is not None:
        if ci_low >= ci_high:
            wrong("ci_low", f"{ci_low:g} .. {ci_high:g}", "low below high", "laag onder hoog")
        elif not ci_low <= value <= ci_high:
            wrong("ci_low", f"{ci_low:g} .. {ci_high:g}", f"an interval that contains the estimate {value:g}",
                  f"een interval dat de schatting {value:g} bevat")  # fmt: skip
        else:
            level = float(head.get("confidence_level", "0.95"))
            implied = (ci_high - ci_low) / (2 * float(ndtri(0.5 + level / 2)))
    if se is not None and implied is not None and not 0.8 < implied / se < 1.25:
        wrong("se", f"{se:g}", f"about {implied:.3g}, as the interval has it", f"ongeveer {implied:.3g}, als het interval")
    error = se if se is not None else implied
    if error is None and not marker:
        wrong("se", "empty", "a standard error, an interval or a marker", "een standaardfout, interval of ster")
    if error is not None and marker:
        low, high = MARKERS[marker]
        if not 0.85 * low <= abs(value) / error <= 1.15 * high:
            wrong("marker", marker, f"the marker of t = {value / error:.2f}", f"de ster van t = {value / error:.2f}")
    return error


def _bounds(unit: str, contrast: bool) -> tuple[float, float]:
    low, high = UNITS.get(unit, (None, None))
    if low is None or high is None:
        return (-math.inf if contrast or low is None else low), math.inf
    return (low - high, high - low) if contrast else (low, high)


def _kind(value: float | None, other: Arm | None) -> str:
    if value is None:
        return "ordinal"
    return "effect" if other else "level"


def _use(outcome: Outcome, value: float | None, other: Arm | None) -> str:
    if other is None:
        level = {"register": "register_level", "survey": "survey_level", "process": "response_level"}
        use = level[outcome.source]
        return "register_level" if outcome.name == "withdrawal_after_assignment" else use
    if other.role == "reference":
        return "selection_contrast" if value is not None else "ordinal"
    if value is None:
        return "ordinal"
    return {"register": "causal_itt", "survey": "survey_panel", "process": "response_level"}[outcome.source]


def _identity(study: str, line: Cells, outcome: Outcome, horizon: float | None, specification: str) -> str:
    parts = [study, outcome.name, line["arm"], *(["vs", line["comparator"]] if line["comparator"] else [])]
    parts += [f"{horizon or 0:g}m", specification, *([line["subgroup"]] if line["subgroup"] else [])]
    return re.sub(r"[^A-Za-z0-9_.]+", "_", "_".join(parts))


def _study(head: Mapping[str, str], arms: Mapping[str, Arm]) -> Study:
    inside = [arm for arm in arms.values() if arm.role != "reference"]
    return Study(
        name=head["name"],
        title=head["title"],
        short=head["title"],
        publisher=head.get("publisher", ""),
        year=int(float(head["year"])),
        municipalities=(head["municipality"],),
        control=head["control"],
        reference=head.get("reference", ""),
        doubts={},
        participants={head["municipality"]: Size(sum(arm.people for arm in inside), len(inside))},
        assumed_sd={},
        stars={},
        shipped=False,
    )
