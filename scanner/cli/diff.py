"""`azgate diff`: what changed from one saved result to another, without a database."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from scanner.cli.text_output import add_exit_code, add_text_output, text_outputs, write_texts
from scanner.errors import ConfigError

if TYPE_CHECKING:
    from scanner.cli.outputs import Output
    from scanner.model.result import ScanResult

_EXIT_CODES = """\
exit codes:
  0  both results were read and compared
  1  with --exit-code: NEW has failures that OLD has not
  2  bad usage, or a file that is no result
"""


def add_diff_command(subparsers: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add `diff`; `command(subparsers, name, run, words)` makes it."""
    parser = command(subparsers, "diff", diff, "say what changed from one saved result to another")
    parser.epilog = _EXIT_CODES
    parser.add_argument("old", metavar="OLD.json", help="the earlier result; - is standard input")
    parser.add_argument("new", metavar="NEW.json", help="the later result; - is standard input")
    add_text_output(parser, "text")
    add_exit_code(parser)


def diff(options: argparse.Namespace) -> int:
    """`azgate diff`."""
    from scanner.reports.saved import load_result
    from scanner.sources.json_document import STDIN, decode, read_bytes, shown_name

    outputs = text_outputs(options, "text")
    if options.old == options.new == STDIN:
        raise ConfigError("standard input can be only one of the two results")
    old, new = (load_result(decode(read_bytes(file), file), shown_name(file)) for file in (options.old, options.new))
    return write_difference(old, new, outputs, exit_code=options.exit_code)


def write_difference(old: ScanResult, new: ScanResult, outputs: Sequence[Output], *, exit_code: bool) -> int:
    """Write what changed, and give the exit code."""
    from scanner.cli.diff_text import difference_as_json, difference_as_text
    from scanner.cli.exit_codes import ExitCode
    from scanner.history.difference import compare

    found = compare(old, new)
    write_texts(outputs, lambda: difference_as_text(old, new, found), lambda: difference_as_json(old, new, found))
    return ExitCode.FAILED if exit_code and found.new else ExitCode.PASSED
