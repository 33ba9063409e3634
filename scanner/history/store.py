"""A history: runs go in, and come out again with what changed. A run is stored whole or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import date, datetime, timedelta

from scanner.errors import HistoryError, Problem
from scanner.history import documents, failures, runs
from scanner.history.database import Database
from scanner.history.migrate import check, prepare
from scanner.history.observation import Observation
from scanner.history.schema import storable
from scanner.history.series import default_series
from scanner.history.timeline import advance
from scanner.model.history import History, Run
from scanner.model.result import ScanResult

FIX_DAYS = 90
"""A mean time to fix is that of the last 90 days before the run."""
_TOLERANCE = timedelta(days=1)
Load = Callable[[str, str], ScanResult]
"""Reads a result from its JSON text; the second argument names it in messages."""


class Store:
    """The history in one database. Every method raises HistoryError where the database does not do its part."""

    def __init__(self, place: str) -> None:
        """Take a path or a `postgresql://` URL; raises ConfigError for anything else."""
        self._database = Database(place)
        self.name = self._database.name

    @property
    def file(self) -> str | None:
        """The path of a SQLite file, None for PostgreSQL."""
        return str(self._database.path) if self._database.is_file else None

    def open_for_writing(self) -> None:
        """Make the tables or bring them up to date, and make sure that a run could be written now."""
        prepare(self._database, create=True)
        with self._database.writing() as connection:
            nested = connection.begin_nested()
            runs.series_id(connection, f"azgate-{datetime.now().astimezone().isoformat()}")
            nested.rollback()

    def open_for_reading(self) -> None:
        """Bring older tables up to date; raises HistoryError where there is no history."""
        if self._database.is_file and not self._database.path.is_file():
            word = "is a folder, not a file" if self._database.path.is_dir() else "there is no such file"
            raise HistoryError(Problem(word, self.name, hint="azgate scan --history stores runs"))
        prepare(self._database, create=False)

    def add(self, result: ScanResult, text: str, series: str = "") -> tuple[Run, History]:
        """Store a result and its JSON `text`; gives its run, and its history up to and with it.

        Without a name the series is the result's own, see `series`.
        """
        _refuse_the_future(result)
        name = storable(series or default_series(result))
        run, whole, numbers = Observation(result), documents.packed(text), runs.numbers(result)
        run.findings, run.reach  # noqa: B018 - made before the lock is taken
        day = date.fromisoformat(run.as_of[:10])
        first = (day - timedelta(days=FIX_DAYS)).isoformat()
        with self._database.writing() as connection:
            check(connection, self._database)
            number = runs.series_id(connection, name)
            changes = advance(failures.known_failures(connection, number, run), run)
            failures.write(connection, number, changes)
            failures.add_fixes(connection, number, day.isoformat(), changes)
            times = failures.time_to_fix(connection, number, first, day.isoformat())
            changed = documents.changes_text(run, changes, times)
            stored = runs.add_run(connection, number, numbers, whole, documents.packed(changed))
            trend = runs.trend(connection, stored)
        return stored, documents.history_of(result, changed, trend)

    def load(self, load: Load, number: int | None = None, series: str | None = None) -> tuple[Run, ScanResult, History]:
        """Give a stored run, the newest (of a series) without a number, with its result and history."""
        with self._database.reading() as connection:
            run = runs.one_run(connection, number, series)
            if run is None:
                raise self._absent(number, series, runs.all_runs(connection))
            whole, changed = runs.documents(connection, run.id)
            trend = runs.trend(connection, run)
        try:
            result = load(documents.unpacked(whole), f"{self.name} run {run.id}")
            return run, result, documents.history_of(result, documents.unpacked(changed), trend)
        except (zlib.error, ValueError, TypeError, KeyError):
            hint = "the other runs can be read; a backup of the database may have it"
            raise HistoryError(Problem(f"run {run.id} is damaged", self.name, hint=hint)) from None

    def runs(self, series: str | None = None) -> list[Run]:
        """Give the numbers of all runs (of a series), oldest first."""
        with self._database.reading() as connection:
            return runs.all_runs(connection, series)

    def prune(self, *, keep: int | None = None, before: str | None = None) -> list[Run]:
        """Remove all but the newest `keep` runs of each series, or those that started before a time.

        The newest run of a series always stays. Gives what was removed, oldest first.
        """
        with self._database.writing() as connection:
            newer: dict[str, int] = {}
            removed: list[Run] = []
            for run in reversed(runs.all_runs(connection)):
                rank = newer.setdefault(run.series, 0)
                old = run.started_at < before if before is not None else rank >= (keep or 1)
                if rank and old:
                    removed.append(run)
                newer[run.series] = rank + 1
            removed.reverse()
            runs.remove(connection, removed)
        return removed

    def _absent(self, number: int | None, series: str | None, known: list[Run]) -> HistoryError:
        if not known:
            return HistoryError(Problem("holds no run yet", self.name, hint="azgate scan --history stores runs"))
        if number is not None:
            what = f"there is no run {number}" + (f" in the series '{series}'" if series else "")
        else:
            what = f"there is no series '{series}'"
        names = ", ".join(sorted({run.series for run in known}))
        hint = f"runs {known[0].id} to {known[-1].id}; series: {names}"
        return HistoryError(Problem(what, self.name, hint=hint))


def _refuse_the_future(result: ScanResult) -> None:
    """Raise HistoryError for a clock ahead of the machine's: every later run would be older than it."""
    as_of, started = (datetime.fromisoformat(text) for text in (result.scan.as_of, result.scan.started_at))
    if as_of > started + _TOLERANCE:
        hint = "leave --as-of away, or do without --history"
        raise HistoryError(
            Problem(f"a history takes no run of the future: its clock says {result.scan.as_of}", hint=hint)
        )
