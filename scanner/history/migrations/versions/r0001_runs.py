"""The first tables: series, runs and their documents, failures, fixes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "azgate_series",
        sa.Column("id", key, primary_key=True, autoincrement=True),
        sa.Column("name", _text(), nullable=False, unique=True),
    )
    op.create_table(
        "azgate_runs",
        sa.Column("id", key, primary_key=True, autoincrement=True),
        _series(),
        sa.Column("started_at", _text(), nullable=False),
        sa.Column("as_of", _text(), nullable=False),
        sa.Column("tool_version", _text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("resources", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("open_failures", sa.JSON(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer()),
        sqlite_autoincrement=True,
    )
    op.create_index("azgate_runs_by_series", "azgate_runs", ["series_id", "id"])
    op.create_table(
        "azgate_documents",
        sa.Column("run_id", sa.BigInteger(), sa.ForeignKey("azgate_runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "azgate_failures",
        _series(primary_key=True),
        sa.Column("fingerprint", _text(), primary_key=True),
        *(sa.Column(name, _text(), nullable=False) for name in ("rule_id", "resource_id", "key", "severity")),
        *(sa.Column(name, _text(), nullable=False) for name in ("team", "inputs", "since", "seen")),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("state", _text(), nullable=False),
    )
    op.create_index("azgate_failures_by_place", "azgate_failures", ["series_id", "state", "key"])
    op.create_table(
        "azgate_fixes",
        _series(primary_key=True),
        sa.Column("team", _text(), primary_key=True),
        sa.Column("day", _text(), primary_key=True),
        sa.Column("fixed", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
    )


def _text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _series(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "series_id", sa.BigInteger(), sa.ForeignKey("azgate_series.id"), primary_key=primary_key, nullable=False
    )
