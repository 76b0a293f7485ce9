"""The profile of an imported population: counts, shares and means that give away no group under ten.

A table shows a group only when everything it says about the group counts at least `SMALLEST` people. The
groups that are not shown are always at least two and, taken together, pass the same test: subtracting what is
shown from the total gives no more than that larger group (complementary suppression).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.people.clients.impute import Imputed
from sim.people.clients.words import AMOUNTS, FLAGS, GROUPINGS, Grouping
from sim.people.population import Population
from sim.problems import Say
from sim.small_groups import SMALLEST, hide

__all__ = ["profile"]

_BY = ("age", "male", "household", "education", "migration", "spell_months")


def profile(
    population: Population,
    rows: Mapping[str, int],
    imputed: Sequence[Imputed],
    comparison: Population | None,
    refused: Mapping[str, tuple[Say, int]],
) -> dict[str, Any]:
    """Return the profile as plain data (texts as ``{"en": ..., "nl": ...}``; None = not shown).

    Args:
        population: the imported people.
        rows: rows read, kept, refused.
        imputed: what was filled in.
        comparison: a shipped population to put beside it.
        refused: reason -> (text, number of rows).
    """
    by = [GROUPINGS[name] for name in _BY]
    if len(population.municipalities) > 1:
        names = tuple(Say(name, name) for name in population.municipalities)
        by.append(Grouping("municipality", Say("municipality", "gemeente"), names))
    return {
        "name": population.name,
        "label": _text(Say("counted in the imported file", "geteld in het geïmporteerde bestand")),
        "digest": population.digest(),
        "start": population.start.isoformat(),
        "smallest_group": SMALLEST,
        "people": len(population) if len(population) >= SMALLEST else None,
        "rows": {name: count if len(population) >= SMALLEST else None for name, count in rows.items()},
        "compared_with": comparison.name if comparison is not None else None,
        "refused": [
            {"reason": reason, "text": _text(text), "rows": count if count >= SMALLEST else None}
            for reason, (text, count) in sorted(refused.items())
        ],
        "imputed": [_imputed(one, len(population)) for one in imputed],
        "distributions": [_distribution(one, population, comparison) for one in (*GROUPINGS.values(), *FLAGS.values())],
        "amounts": [entry for name in AMOUNTS if (entry := _amount(name, population, comparison)) is not None],
        "by_group": [_by_group(one, population) for one in by],
    }


def _imputed(one: Imputed, people: int) -> dict[str, Any]:
    # Between one and nine people filled in, or left, would be a group under ten.
    clear = one.rows >= SMALLEST and (one.rows == people or people - one.rows >= SMALLEST)
    return {
        "column": one.column,
        "how": one.how,
        "by": one.by,
        "all": one.rows == people,
        "rows": one.rows if clear else None,
    }


def _counts(grouping: Grouping, population: Population) -> npt.NDArray[np.int64]:
    return np.bincount(_groups(grouping, population), minlength=len(grouping.names)).astype(np.int64)


def _groups(grouping: Grouping, population: Population) -> npt.NDArray[np.int64]:
    if grouping.column == "municipality":
        return population.municipality.astype(np.int64)
    return grouping.of(population)


def _distribution(grouping: Grouping, population: Population, comparison: Population | None) -> dict[str, Any]:
    counts = _counts(grouping, population)
    hidden = hide(counts[:, None]) | (len(population) < SMALLEST)
    other = None if comparison is None else _counts(grouping, comparison) / max(len(comparison), 1)
    cells = [
        {
            "group": _text(name),
            "people": None if hidden[number] else int(counts[number]),
            "share": None if hidden[number] else round(float(counts[number] / counts.sum()), 4),
            "compared": None if other is None else round(float(other[number]), 4),
        }
        for number, name in enumerate(grouping.names)
    ]
    return {"column": grouping.column, "text": _text(grouping.text), "groups": cells}


def _amount(name: str, population: Population, comparison: Population | None) -> dict[str, Any] | None:
    text, step = AMOUNTS[name]
    values = np.asarray(population[name], dtype=np.float64)
    if len(values) < 4 * SMALLEST or np.all(values == values[0]) or 0 < np.sum(values != 0) < SMALLEST:
        return None
    other = np.asarray(comparison[name], dtype=np.float64) if comparison is not None else None
    spread = 0.0 if other is None else float(np.sqrt((values.var() + other.var()) / 2))
    quartiles = [round(round(float(part) / step) * step, 4) for part in np.quantile(values, (0.25, 0.5, 0.75))]
    return {
        "column": name,
        "text": _text(text),
        "mean": round(float(values.mean()), 2),
        "quartiles": quartiles,
        "compared_mean": None if other is None else round(float(other.mean()), 2),
        "standardised_difference": (
            round(float((values.mean() - other.mean()) / spread), 2) if other is not None and spread > 0 else None
        ),
    }


def _by_group(grouping: Grouping, population: Population) -> dict[str, Any]:
    groups = _groups(grouping, population)
    size = len(grouping.names)
    people = np.bincount(groups, minlength=size).astype(np.int64)
    whole = hide(people[:, None]) | (len(population) < SMALLEST)
    shares, means = [], []
    for name, flag in FLAGS.items():
        yes = np.bincount(groups, weights=population[name], minlength=size).astype(np.int64)
        hidden = hide(np.stack([yes, people - yes], axis=1))
        # A share with few decimals gives away how many people it was counted over, hence `whole`.
        shown = ~hidden & ~whole & (people > 0)
        values = np.divide(yes, people, out=np.zeros(size), where=people > 0)
        shares.append({"column": name, "text": _text(flag.text), "shares": _shown(values, shown, 4)})
    for name in ("age", "spell_months", "earnings_before"):
        amounts = np.asarray(population[name], dtype=np.float64)
        some = np.bincount(groups, weights=amounts != 0, minlength=size).astype(np.int64)
        total = np.bincount(groups, weights=amounts, minlength=size)
        shown = ~hide(np.stack([some], axis=1)) & (some > 0) & ~whole
        values = np.divide(total, people, out=np.zeros(size), where=people > 0)
        means.append({"column": name, "text": _text(AMOUNTS[name][0]), "means": _shown(values, shown, 1)})
    return {
        "column": grouping.column,
        "text": _text(grouping.text),
        "groups": [
            {"group": _text(name), "people": None if whole[number] else int(people[number])}
            for number, name in enumerate(grouping.names)
        ],
        "shares": shares,
        "means": means,
    }


def _shown(values: npt.NDArray[np.float64], shown: npt.NDArray[np.bool_], digits: int) -> list[float | None]:
    return [round(float(value), digits) if one else None for value, one in zip(values, shown, strict=True)]


def _text(say: Say) -> dict[str, str]:
    return {"en": say.en, "nl": say.nl}
