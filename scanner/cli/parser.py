"""The grammar of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

from scanner.cli import commands
from scanner.cli.diff import add_diff_command
from scanner.cli.doctor import add_doctor_command
from scanner.cli.history import add_history_options, add_report_options
from scanner.cli.history_commands import add_history_commands
from scanner.cli.inputs import add_change_options
from scanner.cli.policy_parser import add_policy_commands
from scanner.cli.waivers import add_waiver_options
from scanner.reports import REPORTS
from scanner.version import VERSION

_EXIT_CODES = """\
exit codes:
  0  the gate passed
  1  the gate failed: a new failure at or above --fail-on
  2  bad usage, configuration, policy or input; nothing was evaluated
  3  incomplete: gaps or unknowns, and no --allow-gaps
  4  a defect in azgate
"""
_SEVERITIES = ("critical", "high", "medium", "low", "info", "never")
_PERIODS = ("D7", "D30", "D90", "D180", "ALL")
_CLOUDS = ("AzureCloud", "AzureUSGovernment", "AzureChinaCloud")


def timestamp(text: str) -> datetime:
    """Read --as-of; a time without an offset is UTC."""
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        moment = datetime.min.replace(tzinfo=UTC)
    if moment.year < 1970:
        raise argparse.ArgumentTypeError(f"'{text}' is no timestamp such as 2026-11-24T08:00:00Z")
    return moment


def _seconds(text: str) -> float:
    """Read a duration: seconds, or ISO 8601."""
    from scanner.expressions.times import parse_duration

    try:
        seconds = float(text)
    except ValueError:
        parsed = parse_duration(text)
        if parsed is None:
            raise argparse.ArgumentTypeError(f"'{text}' is no duration such as 90 (seconds) or PT1M30S") from None
        seconds = parsed
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError(f"'{text}' must be more than 0 and less than 11 days")
    return seconds


def _between(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"'{text}' must be a whole number from {least} to {most}")
        return int(text)

    return number


def build_parser() -> argparse.ArgumentParser:
    """Give azgate's whole grammar."""
    parser = _parser(
        _Parser,
        prog="azgate",
        description="Policy-as-code governance for AI workloads on Azure.",
        epilog=_EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"azgate {VERSION}")
    parser.add_argument("--debug", action="store_true", help="show tracebacks and debug logs")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _scan(subparsers)
    _collect(subparsers)
    _report(subparsers)
    add_diff_command(subparsers, _command)
    add_history_commands(subparsers, _command)
    add_doctor_command(subparsers, _command, _add_live_options)
    add_policy_commands(subparsers, _command)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser that repeats no password of a URL, wherever on the command line it stands."""

    def error(self, message: str) -> NoReturn:
        from scanner.model.secrets import without_url_passwords

        super().error(without_url_passwords(message))


def _parser(make: Any, *args: Any, **kwargs: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = make(
        *args, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **kwargs
    )
    return parser


def _command(subparsers: Any, name: str, run: Any, words: str) -> argparse.ArgumentParser:
    parser = _parser(subparsers.add_parser, name, help=words, description=words[:1].upper() + words[1:] + ".")
    parser.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)
    return parser


def _scan(subparsers: Any) -> None:
    parser = _command(subparsers, "scan", commands.scan, "evaluate policies on files or, without INPUT, on live Azure")
    parser.epilog = _EXIT_CODES
    parser.add_argument(
        "input",
        nargs="*",
        metavar="INPUT",
        help="inventory snapshot, ARM JSON, ARM or Bicep template, Terraform plan, what-if; - is standard input",
    )
    add_change_options(parser)
    _add_policy_options(parser)
    _add_live_options(parser)
    add_waiver_options(parser)
    add_history_options(parser)
    gate = parser.add_argument_group("gate")
    gate.add_argument("--fail-on", choices=_SEVERITIES, default="low", metavar="SEVERITY", help="default: low")
    gate.add_argument("--allow-gaps", action="store_true", help="gaps and unknowns do not change the exit code")
    _add_output(parser)
    _add_as_of(parser)


def _collect(subparsers: Any) -> None:
    parser = _command(subparsers, "collect", commands.collect, "read live Azure into an inventory snapshot")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the snapshot; - is standard output")
    parser.add_argument("--resume", action="store_true", help="go on with a collection into FILE that broke off")
    _add_policy_options(parser)
    _add_live_options(parser)
    _add_as_of(parser)


def _report(subparsers: Any) -> None:
    parser = _command(subparsers, "report", commands.report, "render a saved JSON result or a stored run again")
    words = "a result that `scan -o json=...` wrote; - is standard input"
    parser.add_argument("result", nargs="?", metavar="RESULT.json", help=words)
    add_report_options(parser)
    _add_output(parser)


def _add_policy_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("policies")
    group.add_argument("-p", "--policy", action="append", default=[], metavar="PATH", help="file or folder, or builtin")
    group.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="override; VALUE is YAML")
    group.add_argument("--parameters", action="append", default=[], metavar="FILE", help="overrides, YAML or JSON")
    group.add_argument("--rule", action="append", default=[], metavar="ID", help="only these rules (globs)")
    group.add_argument("--exclude-rule", action="append", default=[], metavar="ID", help="not these rules (globs)")


def _add_live_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("live Azure (read-only)")
    group.add_argument(
        "--subscription", action="append", default=[], metavar="ID", help="default: all that are visible"
    )
    group.add_argument(
        "--management-group", action="append", default=[], metavar="ID", help="all subscriptions below it"
    )
    group.add_argument("--resource-group", action="append", default=[], metavar="NAME", help="default: all")
    group.add_argument(
        "--concurrency", type=_between(1, 256), default=32, metavar="N", help="calls at a time; default: 32"
    )
    group.add_argument(
        "--max-wait",
        type=_seconds,
        default=300.0,
        metavar="DURATION",
        help="for a throttled subscription; default: PT5M",
    )
    group.add_argument(
        "--connect-timeout", type=_seconds, default=10.0, metavar="DURATION", help="of one call; default: PT10S"
    )
    group.add_argument(
        "--read-timeout", type=_seconds, default=60.0, metavar="DURATION", help="of one call; default: PT1M"
    )
    group.add_argument("--cloud", choices=_CLOUDS, default=_CLOUDS[0], help=f"default: {_CLOUDS[0]}")
    copilot = parser.add_argument_group("Copilot (read only when asked for)")
    copilot.add_argument(
        "--graph", action="store_true", help="Microsoft 365 Copilot licences and use, of Microsoft Graph"
    )
    copilot.add_argument(
        "--copilot-period", choices=_PERIODS, default="D30", help="days of the usage report; default: D30"
    )
    copilot.add_argument(
        "--github-org", action="append", default=[], metavar="ORG", help="GitHub Copilot seats, with GITHUB_TOKEN"
    )
    copilot.add_argument(
        "--github-enterprise", action="append", default=[], metavar="NAME", help="the same of a whole enterprise"
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help=f"{', '.join(REPORTS)}; PATH - is standard output; default: {next(iter(REPORTS))}",
    )


def _add_as_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=timestamp, metavar="TIMESTAMP", help="the clock of the evaluation")
