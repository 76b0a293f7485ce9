"""The parameter sets that runs drew from: kept once by their hash, named by the runs that used them."""

from __future__ import annotations

from sqlalchemy import Connection

from scenarios.description.parameter_source import MEDIA, ParameterSource
from scenarios.store.sources import insert_source, read_source

__all__ = ["insert_parameters", "read_parameters"]


def insert_parameters(connection: Connection, source: ParameterSource | None, run_id: str | None) -> None:
    """Insert what a run draws from, unless it is the priors; `run_id` names the complete run that used it."""
    if source is not None:
        insert_source(connection, "parameters", source.name, source.to_bytes(), MEDIA, run_id)


def read_parameters(connection: Connection, sha256: str | None) -> ParameterSource | None:
    """Return the parameter sets of a hash; None for no hash.

    Raises:
        ValueError: they are not there, or were changed.
        InputError: they are of another version of the model.
    """
    if sha256 is None:
        return None
    found = read_source(connection, sha256)
    if found is None:
        raise ValueError("sources")
    return ParameterSource.from_bytes(found[1])
