"""Brings a database to the tables of this azgate; safe when two processes begin at once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from scanner.errors import HistoryError, Problem
from scanner.history.database import Database
from scanner.history.migrations import REVISIONS
from scanner.history.schema import VERSION_TABLE

NEWEST = REVISIONS[-1]


def prepare(database: Database, *, create: bool) -> None:
    """Make the tables where there are none and `create` says so, and bring older ones up to date.

    Raises HistoryError for a database without a history, of a newer azgate, or (SQLite) of another program.
    """
    with database.reading() as connection:
        if _revision(connection, database) == NEWEST:
            return
    with database.writing() as connection:
        # Somebody else may have been faster while this process waited for the lock.
        revision = _revision(connection, database)
        if revision is None and not create:
            raise HistoryError(Problem("holds no history yet", database.name, hint="azgate scan --history stores runs"))
        if revision != NEWEST:
            upgrade(connection)


def check(connection: Connection, database: Database) -> None:
    """Raise HistoryError where a newer azgate has changed the tables since they were prepared."""
    if _revision(connection, database) != NEWEST:
        raise HistoryError(Problem("is no azgate history any more", database.name, hint="scan again"))


def upgrade(connection: Connection, revision: str = NEWEST) -> None:
    """Take the steps up to `revision` inside the connection's transaction: all of them or none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _revision(connection: Connection, database: Database) -> str | None:
    """Give the revision of the tables, None where there are none."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables and database.is_file:
            raise HistoryError(Problem("is the database of another program, not an azgate history", database.name))
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    if found is None:
        return None
    if found not in REVISIONS:
        message = f"was written by a newer azgate (revision {found}; this one knows up to {NEWEST})"
        raise HistoryError(Problem(message, database.name, hint="use that azgate, or another database"))
    return str(found)
