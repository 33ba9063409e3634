"""The commands of `azgate policy`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.policy_tests.loader import Suite


def test(options: argparse.Namespace) -> int:
    """`azgate policy test`."""
    from scanner.cli.exit_codes import ExitCode
    from scanner.cli.outputs import STDOUT, parse_outputs, write_output
    from scanner.policy_tests import console, junit
    from scanner.policy_tests.loader import load_suite
    from scanner.policy_tests.run import run_suite

    outputs = parse_outputs(options.output, ("console", "junit"))
    suite = load_suite(options.path)
    result = run_suite(suite, _chosen(suite, options.rule))
    for output in outputs:
        terminal = output.path == STDOUT and sys.stdout.isatty()
        color = terminal and not os.environ.get("NO_COLOR")
        text = (
            junit.render(result, datetime.now(UTC))
            if output.format == "junit"
            else console.render(result, color=color, width=_width(terminal))
        )
        write_output(output.path, text)
    return ExitCode.PASSED if result.good else ExitCode.FAILED


def _chosen(suite: Suite, patterns: Sequence[str]) -> frozenset[str] | None:
    """Give the ids that `--rule` means; None without any."""
    from scanner.policies.selection import select

    if not patterns:
        return None
    return frozenset(rule.info.id for file in select(suite.policies, patterns, ()) for rule in file.rules)


def _width(terminal: bool) -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, 120) if terminal else 80


def validate(options: argparse.Namespace) -> int:
    """`azgate policy validate`."""
    from scanner.cli.exit_codes import ExitCode
    from scanner.errors import PolicyError
    from scanner.policies.field_check import field_warnings
    from scanner.policy_tests.loader import load_suite
    from scanner.reports.text import one_line

    suite = load_suite(options.path)
    warnings = field_warnings(suite.policies)
    if warnings and options.strict:
        raise PolicyError(*warnings)
    for warning in warnings:
        sys.stderr.write(f"azgate: warning: {one_line(str(warning))}\n")
    paths = {file.path for file in suite.policies}
    rules = sum(len(file.rules) for file in suite.policies)
    sys.stdout.write(f"{_count(len(paths), 'file')}, {_count(rules, 'rule')}: valid\n")
    if suite.files:
        cases = sum(len(file.cases) for file in suite.files)
        sys.stdout.write(f"{_count(len(suite.files), 'test file')}, {_count(cases, 'case')}: valid\n")
    return ExitCode.PASSED


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
