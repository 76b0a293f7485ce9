"""Bring a database to the newest schema, or refuse it when it is not ours or from a newer program."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from scenarios.store.database import place_of, reading, told, writing
from sim.problems import InputError, Problem, Say

__all__ = ["APPLICATION", "HEAD", "schema_version", "upgrade"]

HEAD = "0004"
# SQLite's own field for the program that a file belongs to: "BIJS".
APPLICATION = 0x42494A53
_FOLDER = Path(__file__).with_name("migrations")


def schema_version(connection: Connection) -> str | None:
    """Return the revision of a database of ours, or None when it is empty.

    Raises:
        InputError: the file belongs to another program.
    """
    tables = inspect(connection).get_table_names()
    if connection.dialect.name == "sqlite":
        owner = connection.execute(text("PRAGMA application_id")).scalar_one()
    else:
        owner = APPLICATION if not tables or {"runs", "run_scenarios"} <= set(tables) else 0
    if not tables and owner in (0, APPLICATION):
        return None
    if owner != APPLICATION or "alembic_version" not in tables:
        allowed = Say(
            "a database of bijstand: this one belongs to another program; give another --db",
            "een database van bijstand: deze is van een ander programma; geef een andere --db",
        )
        raise _refused(connection.engine, allowed)
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version is None:
        allowed = Say(
            "a database of bijstand that knows its version: this one is damaged; restore a copy",
            "een database van bijstand die zijn versie kent: deze is beschadigd; zet een kopie terug",
        )
        raise _refused(connection.engine, allowed)
    return str(version)


def upgrade(engine: Engine, *, write: bool) -> None:
    """Make sure that the database stands at `HEAD`; `write` also makes sure that it can be written to.

    Raises:
        InputError: not ours, from a newer program, or in need of a migration that may not be written.
    """
    with reading(engine) as connection:
        version = schema_version(connection)
    if version == HEAD and not write:
        return
    if version == HEAD:
        with writing(engine) as connection:  # changes nothing, but asks for all that a change needs
            connection.execute(text("UPDATE alembic_version SET version_num = version_num WHERE 1 = 0"))
        return
    _check_known(engine, version)
    lite = engine.dialect.name == "sqlite"
    with writing(engine) as connection:
        if not lite:  # two programs that start together: the second waits
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPLICATION})
        if schema_version(connection) != HEAD:  # another process may have been first
            _migrate(connection)
    if not lite:
        return
    with told(engine.url):
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
        finally:
            raw.close()


def _check_known(engine: Engine, version: str | None) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()}
    if version is not None and version not in known:
        allowed = Say(
            f"a database of schema {HEAD} or older: this one ({version}) was made by a newer bijstand; "
            "update the program or give another --db",
            f"een database van schema {HEAD} of ouder: deze ({version}) is van een nieuwere bijstand; "
            "werk het programma bij of geef een andere --db",
        )
        raise _refused(engine, allowed)


def _migrate(connection: Connection, revision: str = HEAD) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")


def _refused(engine: Engine, allowed: Say) -> InputError:
    return InputError([Problem("--db", place_of(engine.url), allowed)])
