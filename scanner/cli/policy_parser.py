"""The grammar of `azgate policy`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from scanner.cli import policy
from scanner.cli.policy_export import add_export_command

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
    _list(commands, command)
    _explain(commands, command)
    _schema(commands, command)
    add_export_command(commands, command)


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


def _list(subparsers: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    parser = command(subparsers, "list", policy.list_rules, "list the rules of policies")
    _add_paths(parser, "policy file or folder; default: builtin")
    parser.add_argument(
        "-o",
        "--output",
        "--format",
        action="append",
        default=[],
        metavar="FORMAT[=PATH]",
        help="table, json or markdown; without PATH to standard output; default: table",
    )


def _explain(subparsers: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    parser = command(subparsers, "explain", policy.explain, "say what a rule asserts, why, and what to do about it")
    parser.add_argument("rule", metavar="RULE", help="id of the rule")
    parser.add_argument("-p", "--policy", action="append", default=[], metavar="PATH", help="default: builtin")
    parser.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="override; VALUE is YAML"
    )
    parser.add_argument("--parameters", action="append", default=[], metavar="FILE", help="overrides, YAML or JSON")


def _schema(subparsers: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    parser = command(subparsers, "schema", policy.schema, "print the JSON Schema of policy files, for editors")
    parser.add_argument("--tests", action="store_true", help="the schema of test files instead")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="default: standard output")


def _add_paths(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("path", nargs="*", metavar="PATH", help=words)
