"""`--history` of `scan` and `report`: the run that is stored, and the one that is drawn again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import ConfigError, HistoryError, Problem

if TYPE_CHECKING:
    from scanner.cli.outputs import Output
    from scanner.history.store import Store
    from scanner.model.result import ScanResult

DATABASE = "SQLite file, or postgresql://HOST/DATABASE"
_LONGEST_NAME = 200


def add_history_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `scan` that store its run."""
    group = parser.add_argument_group("history")
    group.add_argument("--history", metavar="DB", help=f"store this run, and show trends: {DATABASE}")
    group.add_argument(
        "--history-series",
        metavar="NAME",
        help="what this run is one of many looks at; default: azure, or the names of the files",
    )


class HistoryTarget:
    """The history that a scan goes into. That it can be written is known before anything is read."""

    def __init__(self, store: Store, series: str) -> None:
        """Take an open store."""
        self._store, self._series = store, series
        self._failure: HistoryError | None = None

    def stored(self, result: ScanResult) -> ScanResult:
        """Store the result and give it with its history; where that fails, without: reports come first."""
        from scanner.reports import render

        try:
            run, history = self._store.add(result, render("json", result), self._series)
        except HistoryError as error:
            self._failure = error
            return result
        counts = f"{len(history.new)} new, {len(history.reopened)} reopened, {len(history.fixed)} ended"
        sys.stderr.write(f"azgate: history {self._store.name}: run {run.id} stored ({counts})\n")
        return replace(result, history=history)

    def settle(self) -> None:
        """Raise what kept the run from being stored, once everything else is written."""
        if self._failure is not None:
            sys.stderr.write("azgate: the reports were written; the history was not:\n")
            raise self._failure


def history_target(options: argparse.Namespace, outputs: Sequence[Output]) -> HistoryTarget | None:
    """Give the history to write, None without --history; raises ScannerError where it could not be written now."""
    from scanner.cli.outputs import check_path, would_write

    series = options.history_series
    if options.history is None:
        if series is not None:
            raise ConfigError("--history-series names a part of a history; name that: --history DB")
        return None
    if series is not None and not 0 < len(series.strip()) <= _LONGEST_NAME:
        raise ConfigError(f"--history-series must have 1 to {_LONGEST_NAME} characters")
    if options.as_of is not None and options.as_of > datetime.now(UTC) + timedelta(days=1):
        raise ConfigError("--as-of lies in the future: a history takes only what was")
    store = _store(options)
    if store.file is not None:
        check_path(store.file)
        baseline = options.write_baseline
        if would_write(outputs, store.file) or (baseline and Path(baseline).resolve() == Path(store.file)):
            raise ConfigError(f"--history and another output would both go to {store.name}; give each its own path")
    store.open_for_writing()
    return HistoryTarget(store, series or "")


def stored_result(options: argparse.Namespace) -> ScanResult:
    """Give the run that `report --history` names, with its history."""
    from scanner.reports.saved import load_result

    store = opened(options)
    _, result, history = store.load(load_result, options.run_id, options.history_series)
    return replace(result, history=history)


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `report` that name a stored run."""
    add_database(parser, required=False)
    parser.add_argument(
        "--run", dest="run_id", type=run_number, metavar="ID", help="a run of the history; default: newest"
    )
    add_series(parser)


def check_report_options(options: argparse.Namespace) -> None:
    """Raise ConfigError where `report` is told of no result, or of two."""
    if options.history is None:
        if options.result is None:
            raise ConfigError(Problem("report needs a result", hint="RESULT.json, or --history DB"))
        if options.run_id is not None or options.history_series is not None:
            raise ConfigError("--run, --history-series: a run of which history? --history DB")
    elif options.result is not None:
        raise ConfigError(f"{options.result} or --history: one result at a time")


def run_number(text: str) -> int:
    """Read the id of a run, or how many there are."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 0 < int(text) < 2**31):
        raise argparse.ArgumentTypeError(f"'{text}' must be a whole number from 1 to {2**31 - 1}")
    return int(text)


def add_database(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the option that names the database."""
    parser.add_argument("--history", required=required, metavar="DB", help=DATABASE)


def add_series(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses a series."""
    parser.add_argument("--history-series", metavar="NAME", help="only the runs of this series")


def _store(options: argparse.Namespace) -> Store:
    from scanner.history.store import Store

    return Store(options.history)


def opened(options: argparse.Namespace) -> Store:
    """Give the history that --history names, ready to be read."""
    store = _store(options)
    store.open_for_reading()
    return store
