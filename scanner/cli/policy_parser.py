"""The grammar of `azgate policy`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from scanner.cli import policy

_TEST_CODES = """\
exit codes:
  0  every expectation is met, and every rule has a case that passes and one that fails
  1  an expectation is not met, or a rule has no such cases
  2  a wrong option, policy or test file
"""


def add_policy_commands(subparsers: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add `policy` and its commands; `command(subparsers, name, run, words)` makes one."""
    words = "write, check and read policies"
    group = subparsers.add_parser("policy", help=words, description="Write, check and read policies.")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _test(commands, command)
    _validate(commands, command)


def _test(subparsers: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    parser = command(subparsers, "test", policy.test, "run the test cases that lie beside policies")
    parser.epilog = _TEST_CODES
    _add_paths(parser, "policy or test file, or folder; default: builtin")
    parser.add_argument("--rule", action="append", default=[], metavar="ID", help="only these rules (globs)")
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help="console or junit; PATH - is standard output; default: console",
    )


def _validate(subparsers: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    parser = command(subparsers, "validate", policy.validate, "check policy and test files, all errors at once")
    _add_paths(parser, "policy or test file, or folder; default: builtin")
    parser.add_argument("--strict", action="store_true", help="a warning is an error")


def _add_paths(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("path", nargs="*", metavar="PATH", help=words)
