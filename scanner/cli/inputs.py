"""What the command line says of its inputs: how they are read, and what they are a change to."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from scanner.cli.live import live_flags
from scanner.errors import ConfigError, Problem

if TYPE_CHECKING:
    from scanner.sources.options import ReadOptions

_LIVE = "live"
_STDIN = "-"
_WHERE = ("--subscription", "--resource-group")
"""Beside INPUT these say where a template or plan is deployed to."""


def add_change_options(parser: argparse.ArgumentParser) -> None:
    """Add what is said of templates, plans and what-if results."""
    group = parser.add_argument_group("changes (templates, plans, what-if)")
    group.add_argument(
        "--template-parameters",
        action="append",
        default=[],
        metavar="FILE",
        help="parameter file of the templates, or NAME=VALUE; the last wins",
    )
    group.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="FILE",
        help="snapshot of what exists, or live: quota, tags and budgets of the change are judged against it",
    )
    group.add_argument("--changed-only", action="store_true", help="do not judge what the change leaves as it is")


def check_inputs(options: argparse.Namespace) -> None:
    """Raise ConfigError where flags do not go with the inputs."""
    changes = {
        "--template-parameters": options.template_parameters,
        "--context": options.context,
        "--changed-only": options.changed_only,
    }
    given = [flag for flag, value in changes.items() if value]
    if not options.input and given:
        raise ConfigError(Problem(f"{', '.join(given)}: only for files", hint="name the template or plan as INPUT"))
    if _STDIN in options.input and _STDIN in options.context:
        raise ConfigError(f"standard input ('{_STDIN}') can be read only once")
    if not options.input or _LIVE in options.context:
        return
    flags = live_flags(options)
    if foreign := [flag for flag in flags if flag not in _WHERE]:
        raise ConfigError(f"{', '.join(foreign)}: only for a live scan; leave INPUT away")
    if len(options.subscription) > 1 or len(options.resource_group) > 1:
        raise ConfigError(f"{' and '.join(flags)}: beside INPUT, the one that it is deployed to")


def read_options(options: argparse.Namespace) -> ReadOptions:
    """Give what readers of files are told."""
    from scanner.sources.options import ReadOptions

    return ReadOptions(
        template_parameters=tuple(options.template_parameters),
        changed_only=options.changed_only,
        subscription=options.subscription[0] if len(options.subscription) == 1 else "",
        resource_group=options.resource_group[0] if len(options.resource_group) == 1 else "",
    )
