"""Writes the inventory snapshot of an example company to standard output.

    python examples/make_contoso.py > examples/contoso.inventory.json

Contoso runs an assistant and a product search in production, develops both in a second subscription, trains
forecasts, does research, buys copilots, and has a sandbox in which the scanner may read accounts and little else.
Every rule of the built-in pack passes somewhere and fails somewhere, but for those that allow everything until
somebody says otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from contoso.copilot import copilots
from contoso.development import development, research, sandbox
from contoso.facts import facts
from contoso.forecasting import forecasting
from contoso.learning import LEARNING
from contoso.metrics import REQUESTS, TOKENS, UTILIZATION
from contoso.names import DEVELOPMENT, PRODUCTION, SANDBOX
from contoso.production import production
from contoso.shapes import COLLECTED_AT, Json

from scanner.model.inventory import Gap, GapReason, Inventory, SourceInfo
from scanner.model.quota import location_scope
from scanner.model.resource import Origin, Resource
from scanner.sources.snapshot import write

FACT_KINDS = frozenset({"budgets", "diagnosticSettings", "metrics", "models", "quotaUsages", "scheduledActions"})


def gaps(resources: list[Json]) -> Iterator[Gap]:
    """Give what the scanner could not read, in Azure's words."""
    ids = {item["name"]: item["id"] for item in resources if "name" in item}
    root = f"/subscriptions/{SANDBOX}"
    region = location_scope(SANDBOX, "francecentral")
    yield _forbidden(
        root, "Microsoft.Resources/subscriptions/resourceGroups", "Microsoft.Resources/subscriptions/resourceGroups"
    )
    yield _forbidden(region, "quotaUsages", "Microsoft.CognitiveServices/locations/usages")
    yield _forbidden(region, "models", "Microsoft.CognitiveServices/locations/models")
    yield _forbidden(root, "budgets", "Microsoft.Consumption/budgets")
    yield _forbidden(root, "scheduledActions", "Microsoft.CostManagement/scheduledActions")
    for name in ("contoso-hackathon", "contoso-pilot"):
        yield _forbidden(ids[name], "diagnosticSettings", "Microsoft.Insights/diagnosticSettings")
        for question in (UTILIZATION, REQUESTS, TOKENS):
            yield _forbidden(ids[name], f"metrics/{question.metric}", "Microsoft.Insights/metrics")
    studio = ids["mlw-forecasting"]
    yield Gap(studio, f"{LEARNING}/workspaces/jobs", GapReason.TRUNCATED, "page 2 of the list could not be read")


def _forbidden(scope: str, what: str, kind: str) -> Gap:
    refused = "AuthorizationFailed: The client does not have authorization to perform action"
    return Gap(scope, what, GapReason.FORBIDDEN, f"{refused} '{kind}/read'")


def build() -> Inventory:
    """Put the company together."""
    parts = (production(), forecasting(), development(), research(), sandbox(), copilots())
    resources = [item for part in parts for item in part]
    return Inventory(
        resources=tuple(Resource(item, Origin("azure")) for item in resources),
        facts=tuple(facts(resources)),
        gaps=tuple(gaps(resources)),
        sources=(SourceInfo("azure", "https://management.azure.com", FACT_KINDS),),
        scopes=tuple(f"/subscriptions/{one}" for one in (PRODUCTION, DEVELOPMENT, SANDBOX)),
        collected_at=COLLECTED_AT,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(write(build()).encode())
