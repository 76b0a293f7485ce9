"""The laws that the evidence must obey; `bijstand evidence check` prints what does not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from calibration.evidence.ordinal import read_finding
from calibration.evidence.registry import Registry
from calibration.evidence.schema import KINDS, MARKERS, SIGNIFICANT, SIGNS, UNITS, USES, Row, Study
from sim.problems import Problem, Say, one_of

__all__ = ["check_registry", "printed_number", "triangles"]

_WHOLE = ("persons", "count", "eur", "eur_per_month", "eur_sum_12_months", "questionnaires")
MomentNames = Callable[[Row], Sequence[str]]
_POOLED = Say("a figure that its own parts allow", "een cijfer dat bij de eigen delen past")


def check_registry(registry: Registry, moments: MomentNames) -> list[Problem]:
    """Return everything that is wrong with the evidence, in the order of the rows.

    Args:
        registry: the evidence.
        moments: names of the moments that claim a row (`calibration.moments.table.names_of`).
    """
    problems: list[Problem] = []
    seen: dict[tuple[object, ...], str] = {}
    for row in registry:
        study = registry.study(row.study)
        path = f"{row.study}:{row.id}"
        for law in (_words, _place, _range, _print, _counts, _error, _doubts):
            problems += law(row, study, path)
        if row.is_target:
            problems += _target(row, path, moments(row))
            key = _identity(row)
            if key in seen:
                allowed = Say(f"a quantity once; {seen[key]} is the same", f"eenmaal; {seen[key]} is hetzelfde")
                problems.append(Problem(path, "the same quantity", allowed))
            seen.setdefault(key, row.id)
    problems += _triangles(registry)
    for study in registry.studies:
        used = {code for row in registry if row.study == study.name for code in row.doubt}
        for code in study.doubts:
            if code not in used and study.shipped:
                allowed = Say("a doubt that some row has", "een twijfel die bij een rij hoort")
                problems.append(Problem(f"{study.name}:doubts.{code}", "not used", allowed))
    return problems


def printed_number(text: str, *, whole_units: bool = False) -> tuple[float | None, str]:
    """Return the number and the stars of a printed cell: '-0,13*' gives (-0.13, '*'), '34.2%' (0.342, '').

    With `whole_units` (people, euros) a point before three digits marks thousands: '6.030' gives 6030.
    """
    found = re.fullmatch(r"€?\s*([-−]?)(\d*)([.,]\d+)?\s*(%{0,2})\s*(\*{0,3}|~|n\.s\.)", text.strip())
    if found is None or not (found[2] or found[3]):
        return None, ""
    whole, fraction = found[2], found[3] or ""
    if not whole and fraction:
        whole = "0"
    if fraction.startswith(".") and len(fraction) == 4 and whole_units:
        whole, fraction = whole + fraction[1:], ""  # 1.234 is a Dutch thousand
    number = float(whole + fraction.replace(",", "."))
    if found[4]:
        number /= 100
    return (-number if found[1] else number), found[5]


def _words(row: Row, study: Study, path: str) -> Iterator[Problem]:
    for column, names in (("use", USES), ("kind", KINDS), ("unit", UNITS), ("marker", MARKERS)):
        if getattr(row, column) not in names:
            yield one_of(f"{path}:{column}", getattr(row, column), names)
    if row.significant and row.significant not in SIGNIFICANT:
        yield one_of(f"{path}:significant", row.significant, SIGNIFICANT)
    if row.kind == "ordinal" and row.sign not in SIGNS:
        yield one_of(f"{path}:sign", row.sign, SIGNS)
    if row.marker.startswith("p<") and row.significant == "no":
        yield Problem(
            f"{path}:marker", row.marker, Say("no marker when not significant", "geen ster zonder significantie")
        )
    if not row.locator and study.shipped:
        yield Problem(f"{path}:locator", "empty", Say("table or paragraph", "tabel of paragraaf"))


def _place(row: Row, study: Study, path: str) -> Iterator[Problem]:
    if row.municipality not in study.municipalities:
        yield one_of(f"{path}:municipality", row.municipality, study.municipalities)


def _range(row: Row, study: Study, path: str) -> Iterator[Problem]:
    low, high = UNITS.get(row.unit, (None, None))
    contrast = row.is_contrast or row.kind in ("effect", "difference", "coefficient", "matched", "external")
    contrast = contrast or row.specification == "difference"
    if contrast:
        span = None if low is None or high is None else high - low
        low, high = (None, None) if span is None else (-span, span)
    if row.kind == "coefficient":
        return  # weakly identified ones may lie outside the scale; they are flagged
    for column in ("value", "corrected"):
        value = getattr(row, column)
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            allowed = Say(f"{low} .. {high} ({row.unit})", f"{low} .. {high} ({row.unit})")
            yield Problem(f"{path}:{column}", value, allowed)
    if row.level is not None and row.level_comparator is not None and row.value is not None:
        difference = row.level - row.level_comparator
        if abs(difference - row.value) > 2e-5 * max(1.0, abs(difference)):
            allowed = Say(f"{difference:g}, the difference of its levels", f"{difference:g}, het verschil")
            yield Problem(f"{path}:value", row.value, allowed)


def _print(row: Row, study: Study, path: str) -> Iterator[Problem]:
    if not row.printed or row.value is None or row.kind in ("external", "ordinal"):
        return
    number, stars = printed_number(row.printed, whole_units=row.unit in _WHOLE)
    if number is None:
        return
    if row.unit.startswith("proportion") and abs(number - 100 * row.value) < 1e-6:
        number /= 100  # a table of percentages
    if abs(number - row.value) > 5.1e-4 * max(1.0, abs(number)):
        yield Problem(f"{path}:value", row.value, Say(f"{row.printed}, as printed", f"{row.printed}, als gedrukt"))
    if study.stars and row.kind in ("effect", "coefficient", "matched"):
        meant = study.stars.get(stars, "")
        if meant != (row.marker if row.marker.startswith("p<") else ""):
            yield Problem(
                f"{path}:marker", row.marker, Say(f"as printed: {row.printed}", f"als gedrukt: {row.printed}")
            )


def _counts(row: Row, study: Study, path: str) -> Iterator[Problem]:
    people = row.n_arm or row.n
    if row.count is None or not people or row.kind == "baseline":
        return
    if row.count > people:
        yield Problem(f"{path}:count", row.count, Say(f"at most {people:g}", f"hoogstens {people:g}"))
    elif row.estimate is not None and abs(row.count / people - row.estimate) > 0.009:
        yield Problem(f"{path}:count", row.count, _POOLED)


def _error(row: Row, study: Study, path: str) -> Iterator[Problem]:
    if row.se is not None and not row.se > 0:
        yield Problem(f"{path}:se", row.se, Say("above 0", "boven 0"))
    if row.se is None or row.se_from == "matching_benchmark":
        return
    if (row.se_low is not None and row.se_low > row.se) or (row.se_high is not None and row.se_high < row.se):
        allowed = Say("between se_low and se_high", "tussen se_low en se_high")
        yield Problem(f"{path}:se", row.se, allowed)


def _doubts(row: Row, study: Study, path: str) -> Iterator[Problem]:
    for code in row.doubt:
        if code not in study.doubts:
            yield one_of(f"{path}:doubt", code, study.doubts)
    if row.corrected is not None and not (row.doubt and row.doubt_note):
        allowed = Say("a doubt and a note beside a correction", "een twijfel en een noot bij een correctie")
        yield Problem(f"{path}:corrected", row.corrected, allowed)
    if row.use in ("doubtful", "do_not_use", "contaminated") and not row.doubt:
        allowed = Say("a doubt that says why", "een twijfel die zegt waarom")
        yield Problem(f"{path}:use", row.use, allowed)


def _target(row: Row, path: str, names: Sequence[str]) -> Iterator[Problem]:
    if len(names) != 1:
        allowed = Say("exactly one moment", "precies één moment")
        yield Problem(path, f"moments: {', '.join(names) or 'none'}", allowed)
    if row.kind == "ordinal":
        if read_finding(row) is None:
            yield Problem(f"{path}:sign", row.sign, Say("a sign that can be read", "een leesbaar teken"))
    elif row.estimate is None:
        yield Problem(f"{path}:value", "empty", Say("a number", "een getal"))
    if not row.arm:
        yield Problem(f"{path}:arm", "empty", Say("an arm", "een groep"))


def _identity(row: Row) -> tuple[object, ...]:
    return (
        row.study,
        row.municipality,
        row.arm,
        row.comparator,
        row.outcome,
        row.horizon_months,
        row.wave,
        row.subgroup,
        row.specification,
        row.kind,
        row.sample,
        row.rater,
    )


def _triangles(registry: Registry) -> Iterator[Problem]:
    """Yield contrasts that contradict each other: (a - c) - (b - c) must be the printed a - b."""
    for row, implied in triangles(registry, registry):
        allowed = Say(f"{implied:.3g} by the other two", f"{implied:.3g} volgens de andere twee")
        yield Problem(f"{row.study}:{row.id}:value", str(row.value), allowed)


def triangles(
    rows: Iterable[Row], registry: Registry, *, errors: Mapping[str, float] | None = None
) -> Iterator[tuple[Row, float]]:
    """Yield contrasts that are not what two others imply, with what they imply.

    Args:
        rows: among which to look.
        registry: of these rows.
        errors: standard errors by row id; the largest of the three is added to what rounding allows, since
            regressions of their own, with covariates of their own, need not add up.
    """
    groups: dict[tuple[object, ...], dict[tuple[str, str], Row]] = defaultdict(dict)
    for row in rows:
        if row.kind == "effect" and row.is_target and row.value is not None:
            key = (
                row.study,
                row.municipality,
                row.outcome,
                row.horizon_months,
                row.wave,
                row.subgroup,
                row.specification,
            )
            groups[key][(row.arm, row.comparator)] = row
    for found in groups.values():
        for (arm, other), row in found.items():
            outside = registry.study(row.study).reference  # another regression, on other people
            for common in {comparator for _, comparator in found} - {arm, other, outside}:
                first, second = found.get((arm, common)), found.get((other, common))
                if first is None or second is None or row.value is None:
                    continue
                implied = (first.value or 0.0) - (second.value or 0.0)
                # three roundings of half the last digit; estimators with baselines per pair differ a little
                slack = 0.0151 if row.unit == "proportion" else 0.021
                if errors is not None:
                    slack += max(errors.get(each.id, 0.0) for each in (row, first, second))
                if abs(implied - row.value) > slack:
                    yield row, implied
