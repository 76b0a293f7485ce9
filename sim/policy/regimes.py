"""Regimes of the disregard: those of the law and the trials by name, a user's own from a TOML file."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sim.policy.number_text import toml_float
from sim.policy.problems import InputError, Problem, Say, nearest_name, one_of, within

__all__ = ["REGIMES", "REGIME_TEMPLATE", "BenefitRegime", "find_regime", "read_regime"]

# Larger files are no regime.
_MOST_BYTES = 65_536

# A number, or the name of a dated parameter of the law.
Amount = float | str


@dataclass(frozen=True)
class BenefitRegime:
    """How earnings are treated.

    `letters` names the disregards of art. 31.2 that the regime uses. Without letters the regime's own
    `share`, `cap` (euro per month and person), `max_months` and `min_age` (years) stand in the place of n.
    A premium comes on top of the benefit and lowers nothing.
    """

    name: str
    about: Say
    letters: str = ""
    share: Amount = 0.0
    cap: Amount = math.inf
    max_months: float = math.inf
    min_age: int = 18
    premium_share: Amount = 0.0
    premium_cap: Amount = math.inf
    premium_min_age: int = 27


REGIMES: dict[str, BenefitRegime] = {
    regime.name: regime
    for regime in (
        BenefitRegime("regular", Say("art. 31.2.n", "art. 31.2.n"), letters="n"),
        BenefitRegime(
            "single_parent",
            Say("n, then r (full care of a child under 12)", "n, daarna r (volledige zorg voor kind onder 12)"),
            letters="nr",
        ),
        BenefitRegime(
            "hours_limited",
            Say("n, then y (medically limited hours)", "n, daarna y (medisch urenbeperkt)"),
            letters="ny",
        ),
        BenefitRegime(
            "experiment_50",
            Say("disregard arm of the 2017-2021 experiments", "arm Werken Loont, experimenten 2017-2021"),
            share="experiment_disregard_rate",
            cap="experiment_disregard_cap",
        ),
        BenefitRegime("keep_all", Say("hypothetical: nothing is counted", "hypothetisch: niets telt mee"), share=1.0),
        BenefitRegime(
            "amsterdam_premium",
            Say("everything counts, a premium on top", "alles telt mee, een premie erbovenop"),
            premium_share="amsterdam_premium_rate",
            premium_cap="amsterdam_premium_cap",
        ),
    )
}

REGIME_TEMPLATE = """\
name = "half"            # how tables and figures call it
share = 0.5              # part of net earnings that is not counted, 0 .. 1
cap = 250.0              # most per month and person, euro; leave out for no cap
max_months = 24          # months it lasts; leave out for no limit
min_age = 18             # younger people keep nothing; leave out for 18
premium_share = 0.0      # premium on top of the benefit, part of net earnings, 0 .. 1; leave out for none
premium_cap = 0.0        # most per month, euro; leave out for no cap
premium_min_age = 27     # younger people get no premium; leave out for 27 (art. 31.5)
"""

# key -> (lowest, highest, unit)
_NUMBERS: dict[str, tuple[float, float, str]] = {
    "share": (0.0, 1.0, ""),
    "cap": (0.0, 50_000.0, "EUR"),
    "max_months": (0.0, 600.0, "months"),
    "min_age": (18.0, 66.0, "years"),
    "premium_share": (0.0, 1.0, ""),
    "premium_cap": (0.0, 50_000.0, "EUR"),
    "premium_min_age": (18.0, 66.0, "years"),
}
_WHOLE = {"max_months", "min_age", "premium_min_age"}


def find_regime(text: str, path: str = "regime") -> BenefitRegime:
    """Return the regime called `text`, or the one in the file `text`.

    Raises:
        InputError: no such name, or a file with problems (all of them are listed).
    """
    if text in REGIMES:
        return REGIMES[text]
    if text.endswith(".toml") or "/" in text or "\\" in text:
        return read_regime(Path(text), path)
    names = ", ".join(REGIMES)
    raise InputError(
        [
            Problem(
                path,
                text,
                Say(f"one of {names}, or a .toml file", f"één van {names}, of een .toml-bestand"),
                nearest_name(text, REGIMES),
            )
        ]
    )


def read_regime(file: Path, path: str = "regime") -> BenefitRegime:
    """Read a regime file (see `REGIME_TEMPLATE`).

    Raises:
        InputError: the file cannot be read, is no TOML, or has unknown keys, wrong types or values.
    """
    try:
        if not file.is_file():
            raise InputError([Problem(path, str(file), Say("a readable file", "een leesbaar bestand"))])
        if file.stat().st_size > _MOST_BYTES:
            raise InputError(
                [Problem(path, str(file), Say("a file of at most 64 kB", "een bestand van ten hoogste 64 kB"))]
            )
        found = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=toml_float)
    except (OSError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            [Problem(path, str(file), Say(f"a TOML file ({reason})", f"een TOML-bestand ({reason})"))]
        ) from error
    problems = [one_of(f"{path}:{key}", key, ["name", *_NUMBERS]) for key in found if key not in ("name", *_NUMBERS)]
    name = found.get("name", file.stem)
    if not isinstance(name, str) or not name.strip() or len(name) > 60 or not name.isprintable():
        problems.append(
            Problem(f"{path}:name", name, Say("a text of 1 .. 60 characters", "een tekst van 1 .. 60 tekens"))
        )
    elif name in REGIMES:
        problems.append(
            Problem(
                f"{path}:name",
                name,
                Say("a name that no built-in regime has", "een naam die geen ingebouwd regime heeft"),
            )
        )
    numbers = {key: found[key] for key in _NUMBERS if key in found}
    for key, value in numbers.items():
        low, high, unit = _NUMBERS[key]
        kinds = (int,) if key in _WHOLE else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            problems.append(within(f"{path}:{key}", value, low, high, unit))
    if "share" not in found and "premium_share" not in found:
        problems.append(
            Problem(f"{path}:share", "-", Say("share or premium_share is needed", "share of premium_share is nodig"))
        )
    for key, needs in (
        ("cap", "share"),
        ("max_months", "share"),
        ("min_age", "share"),
        ("premium_cap", "premium_share"),
        ("premium_min_age", "premium_share"),
    ):
        if key in found and needs not in found:
            problems.append(
                Problem(f"{path}:{key}", found[key], Say(f"only together with {needs}", f"alleen samen met {needs}"))
            )
    InputError.raise_if(problems)
    return BenefitRegime(
        name=name,
        about=Say(f"own regime, {file.name}", f"eigen regime, {file.name}"),
        share=float(numbers.get("share", 0.0)),
        cap=float(numbers.get("cap", math.inf)),
        max_months=float(numbers.get("max_months", math.inf)),
        min_age=int(numbers.get("min_age", 18)),
        premium_share=float(numbers.get("premium_share", 0.0)),
        premium_cap=float(numbers.get("premium_cap", math.inf)),
        premium_min_age=int(numbers.get("premium_min_age", 27)),
    )
