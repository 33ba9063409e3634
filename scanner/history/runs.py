"""Runs in their table: the numbers of each, those of about the same scopes, and what is pruned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from scanner.history.observation import is_open
from scanner.history.schema import DOCUMENTS, FAILURES, RUNS, SERIES
from scanner.model.history import Run
from scanner.model.resource import normalise_id
from scanner.model.result import ScanResult
from scanner.model.score import score
from scanner.model.verdict import Outcome, Severity

TREND = 100
"""A trend has so many runs at most."""
_LOOKED_AT = 500
"""It is looked for among so many runs of the series."""


def series_id(connection: Connection, name: str) -> int:
    """Give the number of a series, made where there is none of that name."""
    found = connection.execute(select(SERIES.c.id).where(SERIES.c.name == name)).scalar()
    if found is None:
        found = connection.execute(insert(SERIES).values(name=name).returning(SERIES.c.id)).scalar_one()
    return int(found)


def numbers(result: ScanResult) -> dict[str, Any]:
    """Give what a row of `RUNS` says of a result, without its series."""
    scan, summary = result.scan, result.summary
    severities = [finding.severity for finding in result.findings if is_open(finding)]
    return {
        "started_at": scan.started_at,
        "as_of": scan.as_of,
        "tool_version": result.tool_version,
        "sources": list(scan.sources),
        "scopes": list(scan.scopes),
        "resources": summary.resources,
        "rules": summary.rules,
        "outcomes": {outcome.value: count for outcome, count in summary.outcomes.items()},
        "open_failures": {severity.value: severities.count(severity) for severity in Severity},
        "gaps": summary.gaps,
        "exit_code": result.gate.exit_code,
        "score": score(result.findings),
    }


def add_run(connection: Connection, series: int, values: Mapping[str, Any], result: bytes, changes: bytes) -> Run:
    """Add a run and its documents."""
    number = connection.execute(insert(RUNS).values(series_id=series, **values).returning(RUNS.c.id)).scalar_one()
    connection.execute(insert(DOCUMENTS).values(run_id=number, result=result, changes=changes))
    return _run(connection.execute(_runs().where(RUNS.c.id == number)).one())


def one_run(connection: Connection, number: int | None, series: str | None) -> Run | None:
    """Give a run by its id, without one the newest (of a series); None where there is none."""
    query = _runs().order_by(RUNS.c.id.desc()).limit(1)
    if number is not None:
        query = query.where(RUNS.c.id == number)
    if series is not None:
        query = query.where(SERIES.c.name == series)
    row = connection.execute(query).first()
    return None if row is None else _run(row)


def all_runs(connection: Connection, series: str | None = None) -> list[Run]:
    """Give the runs (of a series), oldest first."""
    query = _runs().order_by(RUNS.c.id)
    if series is not None:
        query = query.where(SERIES.c.name == series)
    return [_run(row) for row in connection.execute(query)]


def trend(connection: Connection, last: Run) -> tuple[Run, ...]:
    """Give `last` and the runs before it that looked at about the same, oldest first.

    About the same: at least half of the scopes that either names are named by both.
    """
    query = _runs().where(SERIES.c.name == last.series, RUNS.c.id <= last.id).order_by(RUNS.c.id.desc())
    earlier = (_run(row) for row in connection.execute(query.limit(_LOOKED_AT)))
    alike = [run for run in earlier if _alike(run, last)]
    return tuple(reversed(alike[:TREND]))


def _alike(one: Run, other: Run) -> bool:
    ours, theirs = (set(map(normalise_id, run.scopes)) for run in (one, other))
    return 2 * len(ours & theirs) >= len(ours | theirs)


def remove(connection: Connection, runs: list[Run]) -> None:
    """Remove runs, and the failures that no run knows that is left."""
    for run in runs:
        connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.run_id == run.id))
        connection.execute(delete(RUNS).where(RUNS.c.id == run.id))
    oldest = select(RUNS.c.series_id, func.min(RUNS.c.as_of).label("as_of")).group_by(RUNS.c.series_id)
    for row in connection.execute(oldest).all():
        gone = (FAILURES.c.series_id == row.series_id) & (FAILURES.c.seen < row.as_of)
        connection.execute(delete(FAILURES).where(gone))


def _runs() -> Select[Any]:
    return select(RUNS, SERIES.c.name.label("series")).join(SERIES, SERIES.c.id == RUNS.c.series_id)


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        started_at=row.started_at,
        as_of=row.as_of,
        tool_version=row.tool_version,
        sources=tuple(row.sources),
        scopes=tuple(row.scopes),
        resources=row.resources,
        rules=row.rules,
        outcomes={outcome: row.outcomes.get(outcome.value, 0) for outcome in Outcome},
        open_failures={severity: row.open_failures.get(severity.value, 0) for severity in Severity},
        gaps=row.gaps,
        exit_code=row.exit_code,
        score=row.score,
        series=row.series,
    )


def documents(connection: Connection, number: int) -> tuple[bytes, bytes]:
    """Give the stored result and changes of a run that exists."""
    row = connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.run_id == number)).one()
    return bytes(row.result), bytes(row.changes)
