"""Facts that Azure keeps as extensions of a resource or a subscription: one list below its id.

No batch exists for any of them, so each is read only where a rule asks. Sources of paths and api-versions:
budgets and scheduled actions are what azure-mgmt-consumption 11.0.0 and azure-mgmt-costmanagement 5.0.0 ask for,
diagnostic settings what Azure's published type index (Azure/bicep-types-az) has as their newest version.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model.fact_kinds import BUDGETS, DIAGNOSTIC_SETTINGS, SCHEDULED_ACTIONS
from scanner.model.inventory import Fact
from scanner.model.resource import Resource
from scanner.sources.azure.clients import Service
from scanner.sources.azure.facts.base import FactContext, FactsRead
from scanner.sources.azure.workers import lane_path


@dataclass(frozen=True, slots=True)
class Extension:
    """One list below a resource's id."""

    kind: str
    type: str
    service: Service
    api_version: str


EXTENSIONS = (
    Extension(DIAGNOSTIC_SETTINGS, "Microsoft.Insights/diagnosticSettings", Service.MONITOR, "2021-05-01-preview"),
    Extension(BUDGETS, "Microsoft.Consumption/budgets", Service.RESOURCES, "2024-08-01"),
    Extension(SCHEDULED_ACTIONS, "Microsoft.CostManagement/scheduledActions", Service.RESOURCES, "2025-03-01"),
)


class ExtensionFacts:
    """Reads the extensions of the resources and subscriptions a rule asks about, each list once."""

    kinds = frozenset(extension.kind for extension in EXTENSIONS)

    def read(self, context: FactContext) -> FactsRead:
        """Read every list that some need applies to."""
        calls = [(extension, owner) for extension in EXTENSIONS for owner in _owners(context, extension.kind)]
        read = FactsRead()
        if not calls:
            return read
        context.progress(f"reading {len(calls)} lists of {', '.join(dict.fromkeys(one.kind for one, _ in calls))}")
        listings = context.workers.map(
            lambda call: context.reader.pages(
                call[0].service,
                f"{call[1].id.rstrip('/')}/providers/{call[0].type}",
                {"api-version": call[0].api_version},
                identified=False,
            ),
            calls,
            lambda call: lane_path(call[1]),
        )
        for (extension, owner), listing in zip(calls, listings, strict=True):
            read.gaps.extend(fault.gap(owner.id, extension.kind) for fault in listing.faults)
            if listing.items or not listing.faults:
                read.facts.append(Fact(extension.kind, owner.id, listing.items))
        return read


def _owners(context: FactContext, kind: str) -> list[Resource]:
    found: dict[str, Resource] = {}
    for need in context.needs.of_kind(kind):
        for resource in context.resources_for(need):
            found.setdefault(resource.key, resource)
    return list(found.values())
