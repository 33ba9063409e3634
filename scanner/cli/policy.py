"""The commands of `azgate policy`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from scanner.policy_tests.loader import Suite


def test(options: argparse.Namespace) -> int:
    """`azgate policy test`."""
    from scanner.cli.outputs import parse_outputs, write_output
    from scanner.policy_tests import console, junit
    from scanner.policy_tests.loader import load_suite
    from scanner.policy_tests.run import run_suite

    outputs = parse_outputs(options.output, ("console", "junit"))
    suite = load_suite(options.path)
    result = run_suite(suite, _chosen(suite, options.rule))
    for output in outputs:
        if output.format == "junit":
            write_output(output.path, junit.render(result, datetime.now(UTC)))
        else:
            _write_text(output.path, lambda color, width: console.render(result, color=color, width=width))
    return ExitCode.PASSED if result.good else ExitCode.FAILED


def _chosen(suite: Suite, patterns: Sequence[str]) -> frozenset[str] | None:
    """Give the ids that `--rule` means; None without any."""
    from scanner.policies.selection import select

    if not patterns:
        return None
    return frozenset(rule.info.id for file in select(suite.policies, patterns, ()) for rule in file.rules)


def validate(options: argparse.Namespace) -> int:
    """`azgate policy validate`."""
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


def list_rules(options: argparse.Namespace) -> int:
    """`azgate policy list`."""
    from scanner.cli.outputs import parse_outputs, write_output
    from scanner.cli.policy_text import rule_list, rule_table
    from scanner.policies.catalogue_page import catalogue_page
    from scanner.policies.loader import load_policies
    from scanner.policies.rule_sheet import rule_sheets

    flags = [flag if "=" in flag else f"{flag}=-" for flag in options.output]
    outputs = parse_outputs(flags, ("table", "json", "markdown"))
    sheets = rule_sheets(load_policies(options.path, stand_ins=True))
    for output in outputs:
        if output.format == "table":
            _write_text(output.path, lambda color, width: rule_table(sheets, color=color, width=width))
        else:
            write_output(output.path, rule_list(sheets) if output.format == "json" else catalogue_page(sheets))
    return ExitCode.PASSED


def explain(options: argparse.Namespace) -> int:
    """`azgate policy explain`."""
    from scanner.cli.outputs import STDOUT
    from scanner.cli.policy_text import rule_page
    from scanner.errors import ConfigError, PolicyError, Problem
    from scanner.policies.loader import load_policies
    from scanner.policies.parameters import overrides_from_flags
    from scanner.policies.rule_sheet import rule_sheets
    from scanner.policies.sections import read_parameter_file
    from scanner.policy_tests.examples import example
    from scanner.policy_tests.language import Expected
    from scanner.policy_tests.loader import load_suite
    from scanner.rules.place import suggestion
    from scanner.sources.json_document import read_bytes

    overrides = [o for file in options.parameters for o in read_parameter_file(read_bytes(file), file).overrides]
    files = load_policies(options.policy, [*overrides, *overrides_from_flags(options.parameter)], stand_ins=True)
    sheets = {sheet.info.id.lower(): sheet for sheet in rule_sheets(files)}
    sheet = sheets.get(options.rule.lower())
    if sheet is None:
        hint = suggestion(options.rule, [known.info.id for known in sheets.values()])
        raise ConfigError(Problem(f"there is no rule '{options.rule}'", hint=hint))
    try:
        cases = [case for file in load_suite(options.policy).files for case in file.cases]
    except PolicyError as error:
        sys.stderr.write(f"azgate: warning: no examples: the test files have {len(error.problems)} errors\n")
        cases = []
    passing, failing = (example(cases, sheet.info.id, wanted) for wanted in (Expected.PASS, Expected.FAIL))
    _write_text(STDOUT, lambda color, width: rule_page(sheet, passing, failing, color=color, width=width))
    return ExitCode.PASSED


def schema(options: argparse.Namespace) -> int:
    """`azgate policy schema`."""
    import json

    from scanner.cli.outputs import check_path, write_output
    from scanner.policies.schema import policy_schema
    from scanner.policy_tests.schema import cases_schema

    check_path(options.output)
    document = cases_schema() if options.tests else policy_schema()
    write_output(options.output, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return ExitCode.PASSED


def _write_text(path: str, draw: Callable[[bool, int], str]) -> None:
    """Write text that is drawn for where it goes: with colour and the whole width on a terminal only."""
    from scanner.cli.outputs import STDOUT, write_output

    terminal = path == STDOUT and sys.stdout.isatty()
    color = terminal and not os.environ.get("NO_COLOR")
    width = min(shutil.get_terminal_size((80, 24)).columns, 120) if terminal else 80
    write_output(path, draw(color, width))
