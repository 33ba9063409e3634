"""`azgate history`: list, show, compare and prune stored runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.cli.history import add_database, add_series, opened, run_number
from scanner.cli.text_output import add_exit_code, add_text_output, text_outputs, write_texts


def add_history_commands(subparsers: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add `history` and its commands; `command(subparsers, name, run, words)` makes one."""
    words = "list, show, compare and prune stored runs"
    group = subparsers.add_parser("history", help=words, description=f"{words[:1].upper()}{words[1:]}.")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    parser = command(commands, "list", list_runs, "list the stored runs, oldest first")
    add_database(parser)
    add_series(parser)
    add_text_output(parser, "table")
    parser = command(commands, "show", show, "show what a run found and changed, and how old its failures are")
    parser.add_argument("run_id", nargs="?", type=run_number, metavar="RUN", help="default: newest")
    add_database(parser)
    add_series(parser)
    add_text_output(parser, "text")
    parser = command(commands, "diff", diff, "say what changed from one run to another")
    parser.add_argument("old", type=run_number, metavar="OLD", help="id of the earlier run")
    parser.add_argument("new", type=run_number, metavar="NEW", help="id of the later run")
    add_database(parser)
    add_text_output(parser, "text")
    add_exit_code(parser)
    _prune(commands, command)


def _prune(commands: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    parser = command(commands, "prune", prune, "remove old runs; the newest of each series always stays")
    add_database(parser)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--keep", type=run_number, metavar="N", help="all but the newest N runs of each series")
    which.add_argument("--older-than", type=_age, metavar="DURATION", help="runs that began before, such as P90D")


def _age(text: str) -> timedelta:
    from scanner.expressions.times import parse_duration

    seconds = parse_duration(text)
    seconds = parse_duration(f"P{text}") if seconds is None else seconds
    if seconds is None or not 0 < seconds < 1e10:
        raise argparse.ArgumentTypeError(f"'{text}' is no duration such as P90D or 90d")
    return timedelta(seconds=seconds)


def list_runs(options: argparse.Namespace) -> int:
    """`azgate history list`."""
    from scanner.cli.history_text import runs_as_json, runs_as_table

    outputs = text_outputs(options, "table")
    runs = opened(options).runs(options.history_series)
    write_texts(outputs, lambda: runs_as_table(runs), lambda: runs_as_json(runs))
    return 0


def show(options: argparse.Namespace) -> int:
    """`azgate history show`."""
    from scanner.cli.history_text import history_as_json, history_as_text
    from scanner.reports.saved import load_result

    outputs = text_outputs(options, "text")
    run, result, history = opened(options).load(load_result, options.run_id, options.history_series)
    write_texts(outputs, lambda: history_as_text(run, result, history), lambda: history_as_json(run, result, history))
    return 0


def diff(options: argparse.Namespace) -> int:
    """`azgate history diff`: see `azgate diff`."""
    from scanner.cli.diff import write_difference
    from scanner.reports.saved import load_result

    outputs = text_outputs(options, "text")
    store = opened(options)
    old, new = (store.load(load_result, number)[1] for number in (options.old, options.new))
    return write_difference(old, new, outputs, exit_code=options.exit_code)


def prune(options: argparse.Namespace) -> int:
    """`azgate history prune`."""
    from scanner.cli.history_text import pruned_text

    store = opened(options)
    before = None
    if options.older_than is not None:
        before = (datetime.now(UTC) - options.older_than).strftime("%Y-%m-%dT%H:%M:%SZ")
    removed = store.prune(keep=options.keep, before=before)
    sys.stdout.write(pruned_text(removed, len(store.runs())))
    return 0
