"""Posteriors of a database: registered once by their content, by name; one may be the default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from scenarios.store.models import CHOSEN, POSTERIORS
from scenarios.store.sources import insert_source, read_source
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["MEDIA", "PosteriorRow", "choose", "chosen", "listed", "read", "register"]

MEDIA = "application/netcdf"
_WHAT = "posterior"


@dataclass(frozen=True)
class PosteriorRow:
    """One line of `bijstand posterior list`.

    Attributes:
        name: how it is called in this database.
        digest: hash of its content.
        created: moment of the fit.
        evidence: digest of the registry it was fitted to.
        rows: how many rows of evidence.
        draws: how many draws.
        towns: towns with values of their own.
        converged: whether the fit converged.
    """

    name: str
    digest: str
    created: str
    evidence: str
    rows: int
    draws: int
    towns: tuple[str, ...]
    converged: bool


def register(connection: Connection, row: PosteriorRow, data: bytes, evidence: tuple[bytes, str] | None) -> bool:
    """Insert a posterior and the evidence (bytes, media) it was fitted to; False when it is there already.

    Raises:
        InputError: another posterior has this name.
    """
    there = {each.name: each for each in listed(connection)}
    if row.name in there:
        if there[row.name].digest == row.digest:
            return False
        allowed = Say(
            f"a name that is free: {row.name} is another posterior of this database",
            f"een vrije naam: {row.name} is een andere posterior in deze database",
        )
        raise InputError([Problem("name", row.name, allowed)])
    same = next((each.name for each in there.values() if each.digest == row.digest), None)
    if same is not None:
        allowed = Say(f"nothing: it is there as {same}", f"niets: hij staat er al als {same}")
        raise InputError([Problem("name", row.name, allowed)])
    if evidence is not None:
        insert_source(connection, "evidence", row.evidence, *evidence, None)
    sha = insert_source(connection, "posterior", row.name, data, MEDIA, None)
    values = asdict(row) | {"towns": json.dumps(list(row.towns)), "converged": int(row.converged)}
    connection.execute(insert(POSTERIORS), {"sha256": sha, **values})
    return True


def listed(connection: Connection) -> list[PosteriorRow]:
    """Return the posteriors of a database, the newest fit first."""
    query = select(POSTERIORS).order_by(POSTERIORS.c.created.desc(), POSTERIORS.c.name)
    return [_row(found) for found in connection.execute(query).mappings()]


def read(connection: Connection, name: str) -> bytes:
    """Return the file of a posterior.

    Raises:
        InputError: no posterior of that name.
        ValueError: the bytes are not those that were registered.
    """
    sha = connection.execute(select(POSTERIORS.c.sha256).where(POSTERIORS.c.name == name)).scalar()
    if sha is None:
        raise InputError([one_of("posterior", name, [each.name for each in listed(connection)])])
    found = read_source(connection, str(sha))
    if found is None:
        raise ValueError("sources")
    return found[1]


def choose(connection: Connection, name: str | None) -> None:
    """Make a posterior the default; None = no default of this database.

    Raises:
        InputError: no posterior of that name, or one that did not converge.
    """
    connection.execute(delete(CHOSEN).where(CHOSEN.c.what == _WHAT))
    if name is None:
        return
    query = select(POSTERIORS).where(POSTERIORS.c.name == name)
    found = connection.execute(query).mappings().first()
    if found is None:
        raise InputError([one_of("posterior", name, [each.name for each in listed(connection)])])
    if not found["converged"]:
        allowed = Say(
            "a posterior whose fit converged: this one never becomes the default",
            "een posterior waarvan de fit geconvergeerd is: deze wordt nooit de standaard",
        )
        raise InputError([Problem("posterior", name, allowed)])
    connection.execute(insert(CHOSEN), {"what": _WHAT, "sha256": found["sha256"]})


def chosen(connection: Connection) -> str | None:
    """Return the name of the default posterior of this database, or None."""
    query = select(POSTERIORS.c.name).join(CHOSEN, CHOSEN.c.sha256 == POSTERIORS.c.sha256)
    name = connection.execute(query.where(CHOSEN.c.what == _WHAT)).scalar()
    return None if name is None else str(name)


def _row(found: Mapping[Any, Any]) -> PosteriorRow:
    values = {name: found[name] for name in PosteriorRow.__dataclass_fields__}
    towns = tuple(json.loads(values.pop("towns")))
    return PosteriorRow(**values | {"towns": towns, "converged": bool(values["converged"])})
