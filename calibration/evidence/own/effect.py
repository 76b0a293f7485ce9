"""One effect of a researcher's trial: read, held against its own error, and turned into a row."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from analysis.outcomes import Outcome
from calibration.evidence.own.file import Cells
from calibration.evidence.own.head import Arm
from calibration.evidence.own.values import Reader
from calibration.evidence.schema import MARKERS, UNITS, Row
from sim.problems import Problem, Say, one_of

__all__ = ["EFFECT_COLUMNS", "SPECIFICATIONS", "read_effect"]

SPECIFICATIONS = ("raw", "basic", "loep", "extra")
EFFECT_COLUMNS = (
    "id",
    "arm",
    "comparator",
    "outcome",
    "effect",
    "se",
    "ci_low",
    "ci_high",
    "marker",
    "sign",
    "n",
    "n_arm",
    "n_comparator",
    "horizon_months",
    "specification",
    "subgroup",
    "unit",
    "locator",
    "note",
)
_WORDS = ("positive", "negative", "zero")


def read_effect(
    line: Cells, head: Mapping[str, str], arms: Mapping[str, Arm], outcome: Outcome | None, problems: list[Problem]
) -> Row | None:
    """Return the row of one line; None when something is wrong, which joins `problems`."""
    before = len(problems)
    read = Reader(line.path, problems, line.decimal)
    problems += [
        one_of(f"{line.path}:{column}", line[column] or "missing", arms or ("(none)",))
        for column in ("arm", "comparator")
        if line[column] not in arms and (column == "arm" or line[column])
    ]
    if line["comparator"] and line["arm"] == line["comparator"]:
        allowed = Say("another arm than the first", "een andere groep dan de eerste")
        problems.append(Problem(f"{line.path}:comparator", line["comparator"], allowed))
    unit = line["unit"] or (outcome.unit if outcome else "model_units")
    if unit not in UNITS:
        problems.append(one_of(f"{line.path}:unit", unit, UNITS))
    low, high = _bounds(unit, bool(line["comparator"]))
    share = unit == "proportion"
    value = read.number("effect", line["effect"], low, high, share=share)
    se = read.number("se", line["se"], 0.0, high, share=share)
    if se == 0.0:
        allowed = Say(
            "an error above 0: 0 says that there is no doubt at all; if it was rounded, give more decimals",
            "een fout boven 0: 0 zegt dat er geen twijfel is; is er afgerond, geef dan meer decimalen",
        )
        problems.append(Problem(f"{line.path}:se", line["se"], allowed))
    ci_low = read.number("ci_low", line["ci_low"], -math.inf, math.inf, share=share)
    ci_high = read.number("ci_high", line["ci_high"], -math.inf, math.inf, share=share)
    people = {
        column: read.number(column, line[column], 1, 1e7, whole=True) for column in ("n", "n_arm", "n_comparator")
    }
    horizon = read.number("horizon_months", line["horizon_months"], 0, 600, must=True)
    ends = int(head.get("months", "24"))
    if horizon is not None and horizon > ends:
        allowed = Say(
            f"a month up to {ends}, where the trial ends (key months): another month, or a longer trial?",
            f"een maand tot en met {ends}, het einde van de proef (sleutel months): andere maand, of langere proef?",
        )
        problems.append(Problem(f"{line.path}:horizon_months", line["horizon_months"], allowed))
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
        se = _agree(line, value, se, ci_low, ci_high, marker, sign, head, problems)
    if len(problems) > before or outcome is None:
        return None
    arm, other = arms[line["arm"]], arms.get(line["comparator"])
    return Row(
        id=line["id"] or _identity(head.get("name", ""), line, outcome, horizon, specification),
        study=head.get("name", ""),
        municipality=head.get("municipality", ""),
        arm=arm.name,
        comparator=other.name if other else "",
        outcome=outcome.name,
        kind=_kind(value, other),
        unit=unit if value is not None else "ordinal",
        specification=specification if value is not None else "text",
        use=_use(outcome, value, other) if line["subgroup"] in ("", "all") else "outside_model",
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
) -> float | None:
    """Return the standard error, after holding effect, error, interval, marker and sign together."""
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
            wrong(
                "ci_low",
                f"{ci_low:g} .. {ci_high:g}",
                f"an interval that contains the estimate {value:g}",
                f"een interval dat de schatting {value:g} bevat",
            )
        elif _lopsided(line, value, ci_low, ci_high):
            wrong(
                "ci_low",
                f"{ci_low:g} .. {ci_high:g}",
                f"as far below the estimate as above it ({value - ci_low:g} and {ci_high - value:g}): is it of another "
                "scale (odds, logs), or a typing error? Otherwise give the standard error itself",
                f"even ver onder de schatting als erboven ({value - ci_low:g} en {ci_high - value:g}): is het een "
                "andere schaal (odds, logaritmen), of een typefout? Geef anders de standaardfout zelf",
            )
        else:
            level = float(head.get("confidence_level", "0.95"))
            implied = (ci_high - ci_low) / (2 * float(ndtri(0.5 + level / 2)))
    if se is not None and implied is not None and not 0.8 < implied / se < 1.25:
        wrong(
            "se", f"{se:g}", f"about {implied:.3g}, as the interval has it", f"ongeveer {implied:.3g}, als het interval"
        )
    error = se if se is not None else implied
    if error is None and not marker and ci_low is None:
        wrong("se", "empty", "a standard error, an interval or a marker", "een standaardfout, interval of ster")
    if error is not None and marker:
        low, high = MARKERS[marker]
        if not 0.85 * low <= abs(value) / error <= 1.15 * high:
            wrong("marker", marker, f"the marker of t = {value / error:.2f}", f"de ster van t = {value / error:.2f}")
    return error


def _lopsided(line: Cells, value: float, low: float, high: float) -> bool:
    """Tell whether an interval reaches clearly further on one side than on the other, rounding apart."""
    # Both ends and the estimate are printed to so many decimals; each may be half a unit off.
    decimals = min(len(line[name].replace(",", ".").partition(".")[2]) for name in ("effect", "ci_low", "ci_high"))
    below, above = value - low, high - value
    return abs(below - above) > max(0.2 * max(below, above), 2.0 * 10.0**-decimals)


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
