"""What people call a run, and which run it was changed from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from scenarios.store.models import NAMES, RUNS
from sim.problems import InputError, Problem, Say

__all__ = ["RunName", "give", "read", "titled"]

_LONGEST = 120


@dataclass(frozen=True)
class RunName:
    """`title` as somebody gave it ("" = none); `parent`: id of the run it was changed from ("" = none)."""

    title: str = ""
    parent: str = ""


def give(connection: Connection, run_id: str, title: str | None, parent: str | None) -> RunName:
    """Write the name of a run; what is None stays as it is."""
    problems: list[Problem] = []
    known = {row[0] for row in connection.execute(select(RUNS.c.id).where(RUNS.c.id.in_([run_id, parent or ""])))}
    problems += [
        Problem("run", each, Say("a run in this database", "een simulatie in deze database"))
        for each in (run_id, parent)
        if each and each not in known
    ]
    if title is not None and (len(title) > _LONGEST or not title.isprintable()):
        allowed = Say(f"one line of at most {_LONGEST} characters", f"één regel van hoogstens {_LONGEST} tekens")
        problems.append(Problem("title", ascii(title[:40]), allowed))
    InputError.raise_if(problems)
    before = read(connection, run_id).get(run_id, RunName())
    after = RunName(before.title if title is None else title.strip(), before.parent if parent is None else parent)
    connection.execute(delete(NAMES).where(NAMES.c.run_id == run_id))
    if after != RunName():
        connection.execute(insert(NAMES).values(run_id=run_id, title=after.title, parent=after.parent))
    return after


def read(connection: Connection, run_id: str | None = None) -> dict[str, RunName]:
    """Return names by run; of one run when its id is given."""
    query = select(NAMES.c.run_id, NAMES.c.title, NAMES.c.parent)
    if run_id is not None:
        query = query.where(NAMES.c.run_id == run_id)
    return {row[0]: RunName(row[1], row[2]) for row in connection.execute(query)}


def titled(connection: Connection, title: str) -> list[str]:
    """Return the ids of the complete runs with this title (case does not count), at most six."""
    query = select(NAMES.c.run_id, NAMES.c.title).join(RUNS, RUNS.c.id == NAMES.c.run_id).order_by(NAMES.c.run_id)
    same = [row[0] for row in connection.execute(query) if row[1].casefold() == title.strip().casefold()]
    return [str(each) for each in same[:6]]
