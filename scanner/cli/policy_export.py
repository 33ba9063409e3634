"""`azgate policy export`: rules as Azure Policy definitions."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from scanner.cli.exit_codes import ExitCode


def add_export_command(subparsers: Any, command: Any) -> None:
    """Add `export`; `command(subparsers, name, run, words)` makes a parser."""
    parser = command(subparsers, "export", export_rules, "write rules as Azure Policy definitions")
    parser.epilog = (
        "One rule gives a JSON object, several an array. Why a rule is left out is said on standard error; a single "
        "rule\nthat Azure Policy cannot express is an error (exit code 2)."
    )
    words = "ids of rules (globs), in Azure's JSON"
    parser.add_argument("--azure-policy", nargs="*", action="extend", required=True, metavar="RULE", help=words)
    parser.add_argument("rule", nargs="*", metavar="RULE", help="further ids of rules (globs)")
    parser.add_argument("-p", "--policy", action="append", default=[], metavar="PATH", help="default: builtin")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="default: standard output")


def export_rules(options: argparse.Namespace) -> int:
    """Write what can be expressed, and say why the rest cannot."""
    import json

    from scanner.cli.outputs import check_path, write_output
    from scanner.errors import ConfigError, PolicyError, Problem
    from scanner.policies.azure_export import export
    from scanner.policies.loader import load_policies
    from scanner.policies.selection import matching, select
    from scanner.reports.text import one_line
    from scanner.rules.assertions.base import InexpressibleError
    from scanner.rules.place import suggestion

    patterns = [*options.azure_policy, *options.rule]
    if not patterns:
        raise ConfigError(Problem("--azure-policy names no rule", hint="name rules, or '*' for all of them"))
    check_path(options.output)
    files = load_policies(options.policy, stand_ins=True)
    ids = [rule.info.id for file in files for rule in file.rules]
    unmatched = [pattern for pattern in patterns if not matching(ids, pattern)]
    if unmatched:
        raise ConfigError(*(Problem(f"there is no rule '{word}'", hint=suggestion(word, ids)) for word in unmatched))
    definitions: list[dict[str, Any]] = []
    reasons: list[str] = []
    for file in select(files, patterns, ()):
        for rule in file.rules:
            try:
                definitions.append(export(file, rule.info.id))
            except InexpressibleError as error:
                reasons.append(f"{rule.info.id} cannot be said in Azure Policy: {error}")
    if not definitions:
        raise PolicyError(*reasons)
    single = len(definitions) == 1 and not reasons
    document = definitions[0] if single else definitions
    write_output(options.output, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    for reason in reasons:
        sys.stderr.write(f"azgate: left out: {one_line(reason)}\n")
    return ExitCode.PASSED
