"""A researcher's own trial: effects, arms and a design, checked as a whole before anything is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.outcomes import outcomes
from calibration.evidence.own.effect import EFFECT_COLUMNS, read_effect
from calibration.evidence.own.file import Cells, read_blocks
from calibration.evidence.own.head import Arm, read_arms, read_head
from calibration.evidence.schema import Row, Size, Study
from calibration.moments.prepared import asked_in
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["OwnTrial", "read_own_trial"]


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
    head = read_head(blocks["study"], path.name, problems)
    arms = read_arms(blocks["arms"], head, path.name, problems)
    names = _names(blocks["outcomes"], problems)
    warnings: list[Say] = []
    rows = _effects(blocks["effects"], head, arms, names, problems, warnings, path.name)
    if not rows and not problems:
        problems.append(Problem(f"{path.name}:effects", "empty", Say("one effect or more", "een effect of meer")))
    InputError.raise_if(problems)
    return OwnTrial(_study(head, arms), tuple(arms.values()), tuple(rows), head, tuple(warnings))


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
    given = sorted({column for line in lines for column in line.cells if column})
    problems += [
        one_of(f"{file}:effects:{column}", column, EFFECT_COLUMNS) for column in given if column not in EFFECT_COLUMNS
    ]
    known = outcomes()
    survey = head.get("survey", "nijmegen")
    rows: list[Row] = []
    seen: dict[tuple[object, ...], str] = {}
    ids: dict[str, str] = {}
    for line in lines:
        name = names.get(line["outcome"], line["outcome"])
        outcome = known.get(name)
        if outcome is None:
            problems.append(one_of(f"{line.path}:outcome", line["outcome"], [*known, *names]))
        elif outcome.source == "survey" and not asked_in(outcome, survey):
            allowed = Say(
                f"an outcome that the survey of {survey} asks (see the key survey)",
                f"een uitkomst die de vragenlijst van {survey} vraagt (zie de sleutel survey)",
            )
            problems.append(Problem(f"{line.path}:outcome", line["outcome"], allowed))
        row = read_effect(line, head, arms, outcome, problems)
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
    apart = sorted({row.subgroup for row in rows if row.use == "outside_model"})
    if apart:
        listed = ", ".join(apart)
        warnings.append(
            Say(
                f"rows of subgroups ({listed}) are kept and listed, but not simulated or pooled",
                f"rijen van subgroepen ({listed}) worden bewaard en getoond, niet gesimuleerd of gepoold",
            )
        )
    told = {name for row in rows for name in (row.arm, row.comparator)}
    warnings += [
        Say(f"arm {name} has no effect in this file", f"groep {name} heeft geen effect in dit bestand")
        for name in arms
        if rows and name not in told
    ]
    return rows


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
