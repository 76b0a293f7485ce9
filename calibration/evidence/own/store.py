"""Keep an imported trial: a folder written whole or not at all, in the form of the shipped studies.

``study.toml`` and ``rows.csv`` are read by `calibration.evidence.registry`, ``<name>.toml`` by
`sim.trial.read` (arms whose levers differ from a preset are regimes of their own there); ``source`` is the
file as it was given.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from calibration.evidence.own.head import Arm
from calibration.evidence.own.trial import OwnTrial
from calibration.evidence.registry import SHIPPED, load_registry
from calibration.evidence.rows import write_rows
from sim.problems import InputError, Problem, Say
from sim.trial.read import NAMES

__all__ = ["design_toml", "remove_trial", "store_trial"]

_RESPONSE = (0.9, 0.8, 0.7)


def store_trial(trial: OwnTrial, folder: Path, source: Path, *, replace: bool = False) -> Path:
    """Write the trial to `folder`/<name>; return that folder.

    Raises:
        InputError: the name is taken (without `replace`), an id is of another study, the disk refuses.
    """
    target = folder / trial.study.name
    _free(trial, folder, target, replace)
    files = {
        "study.toml": _study_toml(trial),
        "rows.csv": write_rows(list(trial.rows)),
        f"{trial.study.name}.toml": design_toml(trial),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{trial.study.name}.partial-", dir=folder))
        try:
            for name, text in files.items():
                _write(partial / name, text.encode())
            _write(partial / f"source{source.suffix.lower()}", source.read_bytes())
            if target.exists():
                old = Path(tempfile.mkdtemp(prefix=f".{trial.study.name}.partial-", dir=folder))
                os.rename(target, old / target.name)
                os.rename(partial, target)
                shutil.rmtree(old)
            else:
                os.rename(partial, target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        allowed = Say("a folder that can be written", "een map die beschreven kan worden")
        raise InputError((Problem(str(target), error.strerror or "not written", allowed),)) from None
    return target


def remove_trial(name: str, folder: Path) -> None:
    """Take an imported trial out; raise InputError when there is none."""
    target = folder / name
    known = [head.parent.name for head in folder.glob("*/study.toml")] if folder.is_dir() else []
    if name not in known:
        from sim.problems import one_of

        raise InputError((one_of("trial", name, known or ("(none imported)",)),))
    try:
        gone = Path(tempfile.mkdtemp(prefix=f".{name}.partial-", dir=folder))
        os.rename(target, gone / name)
        shutil.rmtree(gone)
    except OSError as error:
        allowed = Say("a folder that can be removed", "een map die weg kan")
        raise InputError((Problem(str(target), error.strerror or "not removed", allowed),)) from None


def design_toml(trial: OwnTrial) -> str:
    """Return the design of the trial in the form of `sim.trial.read`; what was not told is an assumption."""
    head = trial.head
    start = date.fromisoformat(f"{head.get('start', '2018-01')[:7]}-01")
    months = int(head.get("months", "24"))
    end_month = start.year * 12 + start.month - 1 + months
    end = date.fromordinal(date(end_month // 12, end_month % 12 + 1, 1).toordinal() - 1)
    people = sum(arm.people for arm in trial.arms if arm.role != "reference")
    eligible = max(people * 4, people + sum(arm.people for arm in trial.arms if arm.role == "reference"))
    horizons = sorted({int(row.horizon_months or 0) for row in trial.rows if row.horizon_months} | {months})
    population = head.get("population", "netherlands")
    title = json.dumps(trial.study.title, ensure_ascii=False)
    lines = [
        f"title = {{ en = {title}, nl = {title} }}",
        f'municipality = "{trial.study.municipalities[0]}"',
        f'participants = "{population}"',
        f'eligible = "{population}"',
        f"eligible_people = {eligible}",
        f"end = {end.isoformat()}",
        f"report_months = {[month for month in horizons if month <= months]}",
        f"source = {title}",
        "",
        "[randomisation]",
        f'moment = "{head.get("randomised", "after_sign_up")}"',
        "",
        "[survey]",
        f'study = "{head.get("survey", "nijmegen")}"',
        f"months = [0, {max(1, months // 2)}, {months}]",
        "net = [true, true, true]",
    ]
    ordered = sorted(trial.arms, key=lambda arm: arm.role == "reference")
    for arm in ordered:
        lines += ["", *_arm_lines(arm, trial.study.name)]
    for arm in (arm for arm in ordered if arm.levers):
        lines += ["", *_regime_lines(arm, trial)]
    lines += ["", "[[waves]]", f"start = {start.isoformat()}", "share = 1.0", "reference_share = 1.0"]
    return "\n".join(lines) + "\n"


def _regime_lines(arm: Arm, trial: OwnTrial) -> list[str]:
    """Return the regime of an arm: the preset it is based on, and the levers that differ."""
    head = f'regimes."{trial.study.name}.{arm.name}"'
    text = json.dumps(arm.name)
    lines = [f"[{head}]", f"title = {{ en = {text}, nl = {text} }}", f'based_on = "{arm.regime}"']
    lines += [f'role = "{arm.role}"', f"source = {json.dumps(trial.study.title, ensure_ascii=False)}"]
    lines.append(f"[{head}.levers]")
    return lines + [f'{name} = {{ value = {value!r}, kind = "published" }}' for name, value in arm.levers.items()]


def _arm_lines(arm: Arm, study: str) -> list[str]:
    lines = [
        "[[arms]]",
        f'name = "{arm.name}"',
        f'regime = "{f"{study}.{arm.name}" if arm.levers else arm.regime}"',
        f'role = "{arm.role}"',
        f"randomised = {arm.people}",
    ]
    if arm.role != "reference":
        lines.append(f"response = {list(_RESPONSE)}")
        lines.append('source = "survey response is an assumption"')
    return lines


def _study_toml(trial: OwnTrial) -> str:
    study = trial.study
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in (
            ("study", study.name),
            ("title", study.title),
            ("short", study.short),
            ("publisher", study.publisher),
            ("year", study.year),
            ("municipalities", list(study.municipalities)),
            ("control", study.control),
            ("reference", study.reference),
        )
    ]
    lines += ["", "[participants]"]
    for place, size in study.participants.items():
        lines.append(f"{place} = {{ people = {size.people}, arms = {size.arms} }}")
    return "\n".join(lines) + "\n"


def _free(trial: OwnTrial, folder: Path, target: Path, replace: bool) -> None:
    problems: list[Problem] = []
    if trial.study.name in (*SHIPPED, *NAMES):
        allowed = Say("a name that no shipped trial has", "een naam die geen meegeleverde proef heeft")
        problems.append(Problem("study:name", trial.study.name, allowed))
    if os.path.lexists(target) and not (replace and (target / "study.toml").is_file()):
        allowed = Say("a new trial (or --replace)", "een nieuwe trial (of --replace)")
        problems.append(Problem(str(target), "exists already", allowed))
    if folder.exists() and not folder.is_dir():
        problems.append(Problem(str(folder), "a file", Say("a folder", "een map")))
    InputError.raise_if(problems)
    registry = load_registry(folder)
    taken: Mapping[str, str] = {row.id: row.study for row in registry if row.study != trial.study.name}
    InputError.raise_if(
        Problem(
            "effects:id", row.id, Say(f"an id that {taken[row.id]} has not", f"een id dat {taken[row.id]} niet heeft")
        )
        for row in trial.rows
        if row.id in taken
    )


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
