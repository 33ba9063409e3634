"""What the command line says of live Azure, and of what is read beside it."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.sources.azure import AzureOptions

_CHOOSING = ("subscription", "management_group", "resource_group", "graph", "github_org", "github_enterprise")


def azure_options(options: argparse.Namespace) -> AzureOptions:
    """Give the options of the live source."""
    from scanner.sources.azure import AzureOptions

    return AzureOptions(
        cloud=options.cloud,
        subscriptions=tuple(options.subscription),
        management_groups=tuple(options.management_group),
        resource_groups=tuple(options.resource_group),
        graph=options.graph,
        copilot_period=options.copilot_period,
        github_organizations=tuple(options.github_org),
        github_enterprises=tuple(options.github_enterprise),
        environ=os.environ,
        concurrency=options.concurrency,
        max_wait=options.max_wait,
        connect_timeout=options.connect_timeout,
        read_timeout=options.read_timeout,
    )


def live_flags(options: argparse.Namespace) -> list[str]:
    """Give the flags that were given and say what is read live: none of them goes with a file."""
    return [f"--{name.replace('_', '-')}" for name in _CHOOSING if getattr(options, name)]
