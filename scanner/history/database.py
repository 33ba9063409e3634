"""One database: a SQLite file, or PostgreSQL by its URL. Transactions, locks, and errors that give no secret away.

SQLite keeps its rollback journal: a write-ahead log needs memory that all writers share, which a file share has not.
A writer takes the lock before it reads, so that two that run at once wait for each other and lose nothing; what a
killed process left half done is undone by whoever opens the file next.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, pool, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from scanner.errors import ConfigError, HistoryError, Problem

WAIT_SECONDS = 300
"""How long one waits for others that write."""
_LOCK = 0x617A67617465
"""The advisory lock of PostgreSQL that writers hold; "azgate" in ASCII."""
_MAGIC = b"SQLite format 3\0"
_SCHEMES = {"postgresql", "postgres", "postgresql+psycopg"}
_PERCENT = "percent-encode user and password in it, or leave the password to PGPASSWORD or a passfile"


class Database:
    """A database that may be asked for transactions; `name` is what messages call it, without any secret."""

    def __init__(self, place: str) -> None:
        """Take a path or a `postgresql://` URL; raises ConfigError for any other, connects to nothing."""
        self.is_file = "://" not in place
        if self.is_file:
            if not place or place == "-":
                raise ConfigError("--history must name a file, or a database as postgresql://...")
            self._url = URL.create("sqlite", database=str(Path(place).resolve()))
            self._secrets: list[str] = []
            self.name = place
        else:
            self._url, self._secrets = _postgresql(place)
            self.name = _shown(self._url)
        self._engine: Engine | None = None

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(self._url.database or "")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is for reading."""
        with self._transaction(writing=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction that no other writer runs beside: all of it counts or nothing."""
        with self._transaction(writing=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Connection]:
        problem: HistoryError | None = None
        try:
            engine = self._connected().execution_options(azgate_writing=writing)
            with engine.begin() as connection:
                if writing and not self.is_file:
                    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            problem = self._failure(error)
        if problem is not None:
            # Not `from error`: neither a driver's message nor its traceback is known to be free of secrets.
            raise problem from None

    def _connected(self) -> Engine:
        if self._engine is None:
            if self.is_file:
                self._refuse_other_files()
            self._engine = _sqlite_engine(self._url) if self.is_file else _postgresql_engine(self._url)
        return self._engine

    def _refuse_other_files(self) -> None:
        """Raise HistoryError for a file that is no database: SQLite takes a very short one for an empty database."""
        try:
            with self.path.open("rb") as stream:
                begin = stream.read(len(_MAGIC))
        except OSError:
            return  # SQLite says why, or makes the file
        if begin and begin != _MAGIC:
            raise HistoryError(Problem("is not a database", self.name, hint=_HINTS["file is not a database"]))

    def _failure(self, error: SQLAlchemyError | sqlite3.Error) -> HistoryError:
        said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        for secret in self._secrets:
            said = said.replace(secret, "***")
        hint = next((words for part, words in _HINTS.items() if part in said), "")
        return HistoryError(Problem(" ".join(said.split()), self.name, hint=hint))


_HINTS = {
    "file is not a database": "--history names an azgate history, or a file that does not exist yet",
    "database is locked": "another process holds it; try again",
    "lock timeout": "other scanners are writing; try again",
    "disk is full": "nothing was stored; make room and scan again",
    "disk I/O error": "nothing was stored; look at the disk and scan again",
    "readonly database": "the file and its folder must be writable",
    "unable to open database": "the folder must exist and be accessible",
}


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, poolclass=pool.NullPool, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin as said below, and hold tables made in them too
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        if not Path(url.database or "").stat().st_size:
            cursor.execute("PRAGMA auto_vacuum = FULL")  # what is pruned makes the file smaller
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("azgate_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql_engine(url: URL) -> Engine:
    try:
        return create_engine(url, poolclass=pool.NullPool, hide_parameters=True)
    except ImportError:
        hint = "pip install 'azgate[postgresql]'"
        raise ConfigError(Problem("PostgreSQL needs a driver that is not installed", hint=hint)) from None


def _postgresql(place: str) -> tuple[URL, list[str]]:
    """Give the URL and what must never be shown of it; raises ConfigError that shows nothing of it either."""
    scheme = place.partition("://")[0].lower()
    if scheme not in _SCHEMES:
        raise ConfigError(Problem(f"--history {scheme}://...: unknown", hint="a path, or postgresql://HOST/DATABASE"))
    try:
        url = make_url(f"postgresql+psycopg://{place.partition('://')[2]}")
    except (ArgumentError, ValueError):
        url = None
    if url is None or "@" in (url.host or ""):
        raise ConfigError(Problem("the URL of --history cannot be read", hint=_PERCENT)) from None
    words = [url.password, *(value for key, value in url.query.items() if "password" in key.lower())]
    secrets = [str(word) for word in words if word]
    secrets += [quote(word, safe="") for word in secrets]
    return url.update_query_dict({"connect_timeout": url.query.get("connect_timeout", "10")}), secrets


def _shown(url: URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"
