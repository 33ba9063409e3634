"""The tables of a history as they are now; `migrations` is how they came to be.

Their names begin with `azgate_`, so that a PostgreSQL database may hold other things too. A run is its numbers
(`runs`) and its whole result, compressed (`documents`). A known failure is one row (`failures`), however many runs
had it: what a new run costs depends on what it found and what was open where it looked, not on all history. What was
fixed is added up by team and day (`fixes`), so that a mean needs no old rows either.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

VERSION_TABLE = "azgate_history_version"
METADATA = MetaData()


class AnyText(TypeDecorator[str]):
    """Text of any origin: what no database takes (lone surrogates, NUL) is stored as an escape.

    The columns sort by code point, in PostgreSQL too (collation "C"), as Python does.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Escape what cannot be stored."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """Give `text` as databases take it."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _key() -> Column[int]:
    # SQLite counts up a row's own number only where the type is INTEGER.
    kind = BigInteger().with_variant(Integer(), "sqlite")
    return Column("id", kind, primary_key=True, autoincrement=True)


SERIES = Table(
    "azgate_series",
    METADATA,
    _key(),
    Column("name", AnyText, nullable=False, unique=True),
)

RUNS = Table(
    "azgate_runs",
    METADATA,
    _key(),
    Column("series_id", BigInteger, ForeignKey("azgate_series.id"), nullable=False),
    Column("started_at", AnyText, nullable=False),
    Column("as_of", AnyText, nullable=False),
    Column("tool_version", AnyText, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("resources", Integer, nullable=False),
    Column("rules", Integer, nullable=False),
    Column("outcomes", JSON, nullable=False),
    Column("open_failures", JSON, nullable=False),
    Column("gaps", Integer, nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("score", Integer),
    Index("azgate_runs_by_series", "series_id", "id"),
    sqlite_autoincrement=True,
)

DOCUMENTS = Table(
    "azgate_documents",
    METADATA,
    Column("run_id", BigInteger, ForeignKey("azgate_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("result", LargeBinary, nullable=False),
    Column("changes", LargeBinary, nullable=False),
)

FAILURES = Table(
    "azgate_failures",
    METADATA,
    Column("series_id", BigInteger, ForeignKey("azgate_series.id"), primary_key=True),
    Column("fingerprint", AnyText, primary_key=True),
    Column("rule_id", AnyText, nullable=False),
    Column("resource_id", AnyText, nullable=False),
    Column("key", AnyText, nullable=False),
    Column("severity", AnyText, nullable=False),
    Column("team", AnyText, nullable=False),
    Column("inputs", AnyText, nullable=False),
    Column("since", AnyText, nullable=False),
    Column("seen", AnyText, nullable=False),
    Column("runs", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("state", AnyText, nullable=False),
    Index("azgate_failures_by_place", "series_id", "state", "key"),
)

FIXES = Table(
    "azgate_fixes",
    METADATA,
    Column("series_id", BigInteger, ForeignKey("azgate_series.id"), primary_key=True),
    Column("team", AnyText, primary_key=True),
    Column("day", AnyText, primary_key=True),
    Column("fixed", Integer, nullable=False),
    Column("seconds", BigInteger, nullable=False),
)
