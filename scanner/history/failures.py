"""Known failures in their table: read where a run looked, written as the run left them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from scanner.history.observation import Observation
from scanner.history.schema import FAILURES, FIXES, storable
from scanner.history.timeline import SECONDS_PER_DAY, Changes, Known, State
from scanner.model.history import TimeToFix
from scanner.model.reach import root_of
from scanner.model.resource import normalise_id
from scanner.model.verdict import Severity

_Item = TypeVar("_Item")
_CHUNK = 500
"""So many values stand in one statement: every SQLite takes 999."""
_KEY_LENGTH = 500
"""An index of PostgreSQL takes values of no more than 2,704 bytes."""
_TEAM_LENGTH = 200


def known_failures(connection: Connection, series: int, run: Observation) -> dict[str, Known]:
    """Give by fingerprint what was open or waived where `run` looked, and what was fixed and fails again in it."""
    found: dict[str, Known] = {}
    places = sorted(_places(run))
    kept = (FAILURES.c.series_id == series) & FAILURES.c.state.in_([State.OPEN.value, State.WAIVED.value])
    for chunk in _chunks(places, _CHUNK // 4):
        within = (FAILURES.c.key.between(f"{place.rstrip('/')}/", f"{place.rstrip('/')}0") for place in chunk)
        query = select(FAILURES).where(kept, or_(FAILURES.c.key.in_(chunk), *within))
        found.update((row.fingerprint, _known(row)) for row in connection.execute(query))
    missing = [print_ for print_, _ in run.open_failures() if print_ not in found]
    for chunk in _chunks(missing, _CHUNK):
        query = select(FAILURES).where(FAILURES.c.series_id == series, FAILURES.c.fingerprint.in_(chunk))
        found.update((row.fingerprint, _known(row)) for row in connection.execute(query))
    return found


def _places(run: Observation) -> set[str]:
    """Give what the run looked below: its scopes, and where the resources lie that are in none of them."""
    strays = {root_of(key) for key in run.reach.keys if not run.reach.covers(key)}
    return {_key(place) for place in run.reach.below | strays}


def write(connection: Connection, series: int, changes: Changes) -> None:
    """Write what a run changed."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for chunk in _chunks(changes.written, _CHUNK * 20):
        statement: Any = insert(FAILURES)
        updated = {c.name: statement.excluded[c.name] for c in FAILURES.c if not c.primary_key}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["series_id", "fingerprint"], set_=updated),
            [_row(series, known) for known in chunk],
        )


def add_fixes(connection: Connection, series: int, day: str, changes: Changes) -> None:
    """Add what a run fixed to the sums of its day, an ISO 8601 date."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement: Any = insert(FIXES)
    sums = {name: FIXES.c[name] + statement.excluded[name] for name in ("fixed", "seconds")}
    for team, seconds in changes.fix_seconds.items():
        values = {"series_id": series, "team": team, "day": day, "fixed": len(seconds), "seconds": sum(seconds)}
        connection.execute(
            statement.values(values).on_conflict_do_update(index_elements=["series_id", "team", "day"], set_=sums)
        )


def time_to_fix(connection: Connection, series: int, since: str, until: str) -> dict[str, TimeToFix]:
    """Give by team what was fixed from one ISO 8601 date to another, both inside."""
    query = select(FIXES).where(FIXES.c.series_id == series, FIXES.c.day.between(since, until))
    sums: dict[str, tuple[int, int]] = {}
    for row in connection.execute(query.order_by(FIXES.c.team)):
        fixed, seconds = sums.get(row.team, (0, 0))
        sums[row.team] = fixed + row.fixed, seconds + row.seconds
    return {
        team: TimeToFix(fixed, round(seconds / fixed / SECONDS_PER_DAY, 2)) for team, (fixed, seconds) in sums.items()
    }


def _known(row: Row[Any]) -> Known:
    return Known(
        fingerprint=row.fingerprint,
        rule_id=row.rule_id,
        resource_id=row.resource_id,
        severity=Severity(row.severity),
        team=row.team,
        inputs=row.inputs,
        since=row.since,
        seen=row.seen,
        runs=row.runs,
        reopened=row.reopened,
        state=State(row.state),
    )


def _row(series: int, known: Known) -> dict[str, Any]:
    return {
        "series_id": series,
        "fingerprint": known.fingerprint,
        "rule_id": known.rule_id,
        "resource_id": known.resource_id,
        "key": _key(normalise_id(known.resource_id)),
        "severity": known.severity.value,
        "team": known.team[:_TEAM_LENGTH],
        "inputs": known.inputs,
        "since": known.since,
        "seen": known.seen,
        "runs": known.runs,
        "reopened": known.reopened,
        "state": known.state.value,
    }


def _key(key: str) -> str:
    return storable(key)[:_KEY_LENGTH]


def _chunks(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    return (items[at : at + size] for at in range(0, len(items), size))
