"""`-o text` or `-o json`: commands that draw no report."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.cli.outputs import Output


def add_text_output(parser: argparse.ArgumentParser, word: str) -> None:
    """Add -o for commands whose output is text (called `word`) or JSON."""
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FORMAT[=PATH]",
        help=f"{word} or json; without PATH to standard output; default: {word}",
    )


def add_exit_code(parser: argparse.ArgumentParser) -> None:
    """Add --exit-code."""
    parser.add_argument("--exit-code", action="store_true", help="exit 1 where there are new failures")


def text_outputs(options: argparse.Namespace, word: str) -> list[Output]:
    """Read the -o of `add_text_output`."""
    from scanner.cli.outputs import parse_outputs

    flags = [flag if "=" in flag else f"{flag}=-" for flag in options.output]
    return parse_outputs(flags, (word, "json"))


def write_texts(outputs: Sequence[Output], text: Callable[[], str], as_json: Callable[[], str]) -> None:
    """Write each output as text or JSON."""
    from scanner.cli.outputs import write_output

    for output in outputs:
        write_output(output.path, as_json() if output.format == "json" else text())
