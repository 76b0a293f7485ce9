"""Open a database and turn everything that can be wrong with one into a message that says what to do."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from sim.problems import InputError, Problem, Say, one_of

__all__ = [
    "AwayError",
    "LostError",
    "connect",
    "exists",
    "file_of",
    "is_file",
    "masked",
    "place_of",
    "reading",
    "told",
    "writing",
]

_WRITE = "bijstand_write"
_KINDS = ("sqlite", "postgresql")


class AwayError(InputError):
    """The database cannot be read or written just now; that says nothing about what is stored in it."""


class LostError(AwayError):
    """The database does not answer any more: what was stored is safe, and the same may be tried again."""


def is_file(url: str) -> bool:
    """Return whether a URL means a file of SQLite, and not a server.

    Raises:
        InputError: not a URL, or of another kind of database.
    """
    return _parsed(url).get_backend_name() == "sqlite"


def exists(url: str) -> bool:
    """Return whether there is something to open: the file is there, or it is a server.

    Raises:
        InputError: as `is_file`.
    """
    return not is_file(url) or file_of(url).exists()


def place_of(url: str | URL) -> str:
    """Return how a database is called in messages: its file, or its URL without the password."""
    parsed = _parsed(url) if isinstance(url, str) else url
    if parsed.get_backend_name() == "sqlite":
        return str(_file(parsed))
    return masked(parsed.set(drivername="postgresql").render_as_string(hide_password=True))


def masked(url: str) -> str:
    """Return a text that may be meant as a URL without the passwords in it, in whatever form they stand."""
    return _SECRET.sub(r"\1***", _LOGIN.sub(r"\1:***@", url))


def file_of(url: str) -> Path:
    """Return the file of a SQLite URL.

    Raises:
        InputError: not a URL, another database than SQLite, or no file in it.
    """
    return _file(_parsed(url))


def connect(url: str, *, timeout: float = 30.0, create: bool = True) -> Engine:
    """Return an engine for the database at `url`; nothing is read or written yet.

    Args:
        url: ``sqlite:///path/to/file.sqlite`` or ``postgresql://user@host/database``.
        timeout: seconds to wait for another writer.
        create: whether a missing file may be made.

    Raises:
        InputError: bad URL, a folder in place of a file, a missing folder or file.
    """
    parsed = _parsed(url)
    return _server(parsed, timeout) if parsed.get_backend_name() != "sqlite" else _lite(parsed, timeout, create)


def _server(parsed: URL, timeout: float) -> Engine:
    """Return an engine for PostgreSQL: a dead connection is noticed, a reader sees one state."""
    arguments: dict[str, Any] = {"connect_timeout": max(2, min(10, int(timeout)))}
    if "options" not in parsed.query:
        arguments["options"] = f"-c lock_timeout={max(1, int(timeout * 1000))}"
    if "host" not in parsed.query:
        arguments |= {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
    engine = create_engine(parsed.set(drivername="postgresql+psycopg"), poolclass=NullPool, connect_args=arguments)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(_WRITE):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return engine


def _lite(parsed: URL, timeout: float, create: bool) -> Engine:
    path = _file(parsed)
    folder = path.parent
    if path.is_dir():
        raise _wrong(path, Say("a file, not a folder", "een bestand, geen map"))
    if not folder.is_dir():
        allowed = Say("a file in an existing folder: make the folder first", "een bestand in een bestaande map")
        raise _wrong(path, allowed)
    if not create and not path.exists():
        allowed = Say(
            "an existing database (`bijstand run ... --db URL` makes one)",
            "een bestaande database (`bijstand run ... --db URL` maakt er een)",
        )
        raise _wrong(path, allowed)
    # One connection per use: no pooled handle survives a fork or keeps a lock.
    engine = create_engine(parsed, poolclass=NullPool)
    own_timeout = "timeout" in parsed.query
    patience = float(str(parsed.query["timeout"])) if own_timeout else timeout

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        cursor = connection.cursor()
        if not own_timeout:
            cursor.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITE):
            _begin_to_write(connection, patience)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_to_write(connection: Connection, patience: float) -> None:
    """Take the lock of a writer at once: two that read first and write later could only deadlock.

    SQLite lets who has just come ask more often than who has waited long, so that one of eight writers may
    wait for ever. Here who waits asks more and more often.
    """
    until, pause = time.monotonic() + patience, 0.05
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except DBAPIError as error:
                name = str(getattr(error.orig, "sqlite_errorname", ""))
                if not name.startswith("SQLITE_BUSY") or time.monotonic() > until:
                    raise
            time.sleep(pause)
            pause = max(0.002, 0.93 * pause)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database."""
    with told(engine.url), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose changes become visible together, at the end, or not at all."""
    with told(engine.url), engine.connect() as plain:
        connection = plain.execution_options(**{_WRITE: True})
        with connection.begin():
            yield connection


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turn what the database engine says into one `InputError` that names the file and the remedy."""
    try:
        yield
    except DBAPIError as error:
        if url.get_backend_name() != "sqlite":
            raise _told_by_server(url, error) from error
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        known = next((say for prefix, say in _SAID.items() if name.startswith(prefix)), None)
        if known is None and str(error.orig).startswith(_INCOMPLETE):
            known = _CORRUPT
        if known is None:
            raise
        raise _told(str(_file(url)), known) from error
    except UnicodeDecodeError as error:
        raise _told(place_of(url), _CORRUPT) from error


def _told_by_server(url: URL, error: DBAPIError) -> Exception:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    known = next((say for prefix, say in _SERVER.items() if state.startswith(prefix)), None)
    place = place_of(url)
    if known is not None:
        return _told(place, known)
    if error.connection_invalidated or (state[:2] in ("", "08", "57") and isinstance(error, OperationalError)):
        why = next((line.strip() for line in str(error.orig).splitlines() if line.strip()), "")[:200]
        allowed = Say(
            f"a database that answers ({why}); what was stored before is safe",
            f"een database die antwoordt ({why}); wat al was opgeslagen is veilig",
        )
        return LostError([Problem("--db", place, allowed)])
    return error


def _told(place: str, known: Say) -> InputError:
    kind = InputError if known is _CORRUPT else AwayError
    return kind([Problem("--db", place, known)])


# What SQLite says of a database of ours that lacks a part, or holds bytes that are no text.
_INCOMPLETE = ("no such table", "no such column", "Could not decode to UTF-8")
# A password in the login of a URL (well formed or not), and among its settings.
_LOGIN = re.compile(r"(//[^/@:]*):[^@/]*@")
_SECRET = re.compile(r"((?:password|passwd|passfile|sslpassword|pwd)=)[^&\s]*", re.IGNORECASE)
_CORRUPT = Say(
    "a sound database: this one is damaged; nothing was written to it. Restore a copy, or give another --db",
    "een gave database: deze is beschadigd; er is niets in geschreven. Zet een kopie terug of geef een andere --db",
)
# SQLite's error names, the longest prefix first; an error that is not here is a defect of ours and stays one.
_SAID: dict[str, Say] = {
    "SQLITE_BUSY": Say(
        "a database that nobody holds locked: wait until the other program is ready, then try again",
        "een database die niemand bezet houdt: wacht tot het andere programma klaar is en probeer opnieuw",
    ),
    "SQLITE_LOCKED": Say(
        "a database that nobody holds locked: wait until the other program is ready, then try again",
        "een database die niemand bezet houdt: wacht tot het andere programma klaar is en probeer opnieuw",
    ),
    "SQLITE_READONLY": Say(
        "a database that may be written to: change its permissions, or give another --db",
        "een database waarin geschreven mag worden: verander de rechten of geef een andere --db",
    ),
    "SQLITE_PERM": Say("a database that may be read", "een database die gelezen mag worden"),
    "SQLITE_AUTH": Say("a database that may be read", "een database die gelezen mag worden"),
    "SQLITE_CANTOPEN": Say(
        "a file that can be opened: check the folder and its permissions",
        "een bestand dat geopend kan worden: controleer de map en de rechten",
    ),
    "SQLITE_NOTADB": Say(
        "a database of bijstand: this file is not a database", "een database van bijstand: dit is geen database"
    ),
    "SQLITE_CORRUPT": _CORRUPT,
    "SQLITE_FULL": Say(
        "room on the disk: the disk is full; the runs that were stored before are safe",
        "ruimte op de schijf: de schijf is vol; wat al was opgeslagen is veilig",
    ),
    "SQLITE_IOERR": Say(
        "a disk that can be read and written: it gave an error; the runs that were stored before are safe",
        "een schijf die gelezen en geschreven kan worden: er kwam een fout; wat al was opgeslagen is veilig",
    ),
}

# The same for the states of PostgreSQL.
_SERVER: dict[str, Say] = {
    "53100": _SAID["SQLITE_FULL"],
    "55P03": _SAID["SQLITE_BUSY"],
    "25006": _SAID["SQLITE_READONLY"],
    "42501": Say(
        "a database in which you may make and change tables: ask its owner",
        "een database waarin u tabellen mag maken en wijzigen: vraag de eigenaar",
    ),
    "28": Say("a user and password that the server takes", "een gebruiker en wachtwoord die de server kent"),
    "3D000": Say("an existing database: make it first (createdb)", "een bestaande database: maak die eerst (createdb)"),
    "XX001": _CORRUPT,
    "42P01": _CORRUPT,
    "42703": _CORRUPT,
    "22021": Say("texts without NUL characters", "teksten zonder NUL-tekens"),
}


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        allowed = Say(
            "a database URL: sqlite:///path/to/file.sqlite or postgresql://user@host/database",
            "een database-URL: sqlite:///pad/naar/bestand.sqlite of postgresql://gebruiker@host/database",
        )
        shown = masked(url)
        raise InputError([Problem("--db", shown, allowed, None if "//" in url else f"sqlite:///{shown}")]) from None
    if parsed.get_backend_name() not in _KINDS:
        raise InputError([one_of("--db", parsed.drivername, _KINDS)])
    return parsed


def _file(parsed: URL) -> Path:
    name = parsed.database or ""
    if name in ("", ":memory:"):
        allowed = Say("a file: sqlite:///path/to/file.sqlite", "een bestand: sqlite:///pad/naar/bestand.sqlite")
        raise InputError([Problem("--db", str(parsed), allowed)])
    return Path(name.removeprefix("file:"))


def _wrong(path: Path, allowed: Say) -> InputError:
    return InputError([Problem("--db", str(path), allowed)])
