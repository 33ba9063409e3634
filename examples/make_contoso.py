"""Writes the inventory snapshot of an example company to standard output.

    python examples/make_contoso.py > examples/contoso.inventory.json

Contoso runs an assistant and a product search in production, develops both in a second subscription, trains
forecasts, and has a sandbox whose resource groups, quota and metrics the scanner may not read. Every rule of the
built-in pack passes somewhere and fails somewhere.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from contoso.cognitive import COGNITIVE
from contoso.estate import DEVELOPMENT, PRODUCTION, SANDBOX, estate
from contoso.learning import LEARNING
from contoso.shapes import COLLECTED_AT, UTILIZATION, Json, quota_usage, utilization

from scanner.model.inventory import Fact, Gap, GapReason, Inventory, SourceInfo
from scanner.model.quota import candidate_pool_names, location_scope
from scanner.model.resource import Origin, Resource
from scanner.sources.snapshot import write

POOLS: tuple[tuple[str, str, dict[str, int]], ...] = (
    (
        PRODUCTION,
        "swedencentral",
        {
            "OpenAI.ProvisionedManaged": 300,
            "OpenAI.GlobalProvisionedManaged": 200,
            "OpenAI.GlobalStandard.gpt-4.1": 1000,
            "OpenAI.Standard.gpt-4o": 150,
        },
    ),
    (
        PRODUCTION,
        "westeurope",
        {
            "OpenAI.DataZoneStandard.gpt-4.1-mini": 2000,
            "OpenAI.Standard.text-embedding-3-large": 120,
            "AIServices.GlobalStandard.DeepSeek-R1": 5000,
        },
    ),
    (
        DEVELOPMENT,
        "eastus2",
        {"OpenAI.GlobalStandard.gpt-4.1": 600, "OpenAI.GlobalProvisionedManaged": 100, "AccountCount": 30},
    ),
)


def quota(resources: list[Json]) -> Iterator[Fact]:
    """Count each region's pools: regional ones by region, global and data zone ones by subscription."""
    homes = {item["id"]: item["location"] for item in resources if item.get("type") == f"{COGNITIVE}/accounts"}
    allocated: Counter[tuple[str, str, str]] = Counter()
    for item in resources:
        if item.get("type") == f"{COGNITIVE}/accounts/deployments" and "sku" in item:
            owner, region = item["id"].split("/")[2], homes[item["id"].rpartition("/deployments/")[0]]
            sku = item["sku"]["name"]
            where = "" if sku.startswith(("Global", "DataZone")) else region
            allocated[owner, where, candidate_pool_names(item)[0]] += item["sku"]["capacity"]
    for owner, region, limits in POOLS:
        usages = [
            quota_usage(name, allocated[owner, region, name] + allocated[owner, "", name], limit)
            for name, limit in limits.items()
        ]
        yield Fact("quotaUsages", location_scope(owner, region), usages)


def facts(resources: list[Json]) -> Iterator[Fact]:
    """Give quota and utilization, as far as the scanner could read them."""
    yield from quota(resources)
    production_account = _id(resources, "contoso-assistant-prod")
    yield Fact("metrics", production_account, [utilization(production_account, {"chat": 84.0, "summaries": 21.5})])
    development_account = _id(resources, "contoso-assistant-dev")
    yield Fact("metrics", development_account, [utilization(development_account, {"chat-ptu": 96.5})])


def _id(resources: list[Json], name: str) -> str:
    found: str = next(item["id"] for item in resources if item.get("name") == name)
    return found


def gaps(resources: list[Json]) -> Iterator[Gap]:
    """Give what the scanner could not read, in Azure's words."""
    refused = "AuthorizationFailed: The client does not have authorization to perform action"
    root = f"/subscriptions/{SANDBOX}"
    groups = "Microsoft.Resources/subscriptions/resourceGroups"
    yield Gap(root, groups, GapReason.FORBIDDEN, f"{refused} 'Microsoft.Resources/subscriptions/resourceGroups/read'")
    yield Gap(
        location_scope(SANDBOX, "francecentral"),
        "quotaUsages",
        GapReason.FORBIDDEN,
        f"{refused} 'Microsoft.CognitiveServices/locations/usages/read'",
    )
    pilot = _id(resources, "contoso-pilot")
    yield Gap(pilot, f"metrics/{UTILIZATION}", GapReason.FORBIDDEN, f"{refused} 'Microsoft.Insights/metrics/read'")
    studio = _id(resources, "mlw-forecasting")
    yield Gap(studio, f"{LEARNING}/workspaces/jobs", GapReason.TRUNCATED, "page 2 of the list could not be read")


def build() -> Inventory:
    """Put the company together."""
    resources = estate()
    return Inventory(
        resources=tuple(Resource(item, Origin("azure")) for item in resources),
        facts=tuple(facts(resources)),
        gaps=tuple(gaps(resources)),
        sources=(SourceInfo("azure", "https://management.azure.com", frozenset({"metrics", "models", "quotaUsages"})),),
        scopes=tuple(f"/subscriptions/{one}" for one in (PRODUCTION, DEVELOPMENT, SANDBOX)),
        collected_at=COLLECTED_AT,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(write(build()).encode())
