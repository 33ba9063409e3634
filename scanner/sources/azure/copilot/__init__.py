"""Copilot seats and their use, which lie outside Azure Resource Manager and are read only when asked for.

They become resources in ARM's shape, with the service's own object as `properties`:
`/providers/Microsoft.Graph/subscribedSkus/{skuId}`, `/providers/Microsoft.Graph/copilotUsageUsers/{name}`,
`/providers/GitHub.Copilot/organizations/{org}`, `.../organizations/{org}/seats/{login}` and
`/providers/GitHub.Copilot/enterprises/{enterprise}/seats/{login}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Gap
from scanner.model.resource import Resource
from scanner.sources.azure import AzureOptions
from scanner.sources.azure.clients import Clients
from scanner.sources.azure.copilot import github, microsoft365
from scanner.sources.azure.workers import Workers

GITHUB_TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the name of a variable
TYPES = frozenset({*microsoft365.TYPES, *github.TYPES})
"""All types that are read here, in lower case."""
PERIODS = ("D7", "D30", "D90", "D180", "ALL")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beside Azure; `token` is GitHub's, "" where GitHub was not asked for."""

    graph: bool
    period: str
    organizations: tuple[str, ...]
    enterprises: tuple[str, ...]
    token: str = field(repr=False)

    @property
    def not_asked(self) -> Mapping[str, str]:
        """Types (lower case) that nobody asked for, and how to."""
        found: dict[str, str] = {}
        if not self.graph:
            found |= dict.fromkeys(microsoft365.TYPES, "Microsoft Graph is read only with --graph")
        if not self.organizations:
            found |= dict.fromkeys(github.ORGANIZATION_TYPES, "GitHub is read only with --github-org")
        if not self.enterprises:
            found |= dict.fromkeys(github.ENTERPRISE_TYPES, "GitHub is read only with --github-enterprise")
        return found


def asked_of(options: AzureOptions) -> Asked:
    """Check what was asked for; raises SourceError where it cannot be read at all."""
    names = (*options.github_organizations, *options.github_enterprises)
    for name in names:
        if not re.fullmatch(r"\w[\w.-]*", name):
            raise SourceError(Problem(f"{name!r} is not the name of a GitHub organization or enterprise"))
    if options.copilot_period not in PERIODS:
        message = f"there is no Copilot usage report of the period {options.copilot_period!r}"
        raise SourceError(Problem(message, hint=f"use one of {', '.join(PERIODS)}"))
    token = options.environ.get(GITHUB_TOKEN, "").strip() if names else ""
    if names and not re.fullmatch(r"[!-~]+", token):
        # The value is never repeated.
        what = "holds what cannot be a token" if token else "is not set"
        hint = "set it to a token of an owner with the scope manage_billing:copilot or read:org (read:enterprise)"
        raise SourceError(Problem(f"GitHub was asked for and {GITHUB_TOKEN} {what}", hint=hint))
    return Asked(
        graph=options.graph,
        period=options.copilot_period,
        organizations=_distinct(options.github_organizations),
        enterprises=_distinct(options.github_enterprises),
        token=token,
    )


def read_copilot(
    clients: Clients, workers: Workers, asked: Asked, types: frozenset[str], progress: Callable[[str], None]
) -> tuple[list[Resource], list[Gap]]:
    """Read what was asked for of `types` (lower case); never raises for a failure of the services."""
    readings: list[Callable[[], tuple[list[Resource], list[Gap]]]] = []
    if asked.graph:
        readings += microsoft365.readings(clients, asked.period, types)
    readings += github.readings(clients, asked.token, asked.organizations, asked.enterprises, types)
    if readings:
        progress("reading Copilot licences and seats")
    resources: dict[str, Resource] = {}
    gaps: list[Gap] = []
    for found, missing in workers.map(lambda read: read(), readings):
        gaps.extend(missing)
        for resource in found:
            resources.setdefault(resource.key, resource)
    return list(resources.values()), gaps


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({name.lower(): name for name in reversed(names)}.values())[::-1]
