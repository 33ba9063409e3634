"""What Azure tells around the resources: quota, models, metrics, logs, budgets and alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from contoso.cognitive import COGNITIVE
from contoso.metrics import CACHE, CALLS, GPU, REQUESTS, STATUSES, TOKENS, UTILIZATION, answer, steady, swinging
from contoso.names import (
    DEEPSEEK,
    DEVELOPMENT,
    EMBEDDING,
    GPT_4O,
    GPT_5_MINI,
    GPT_41,
    GPT_41_MINI,
    OLD_EMBEDDING,
    PRODUCTION,
)
from contoso.shapes import Json, ago

from scanner.model.inventory import Fact
from scanner.model.quota import candidate_pool_names, location_scope

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
        {
            "OpenAI.GlobalStandard.gpt-4.1": 600,
            "OpenAI.GlobalStandard.gpt-4.1-mini": 2000,
            "OpenAI.GlobalProvisionedManaged": 100,
            "AccountCount": 30,
        },
    ),
)
RETIREMENTS = {
    GPT_4O: -57,
    GPT_41: -202,
    GPT_41_MINI: -202,
    GPT_5_MINI: -400,
    EMBEDDING: -500,
    OLD_EMBEDDING: 52,
    DEEPSEEK: None,
}
"""Model to the days since its inference was retired; negative is to come. Made up, like the company."""


def facts(resources: list[Json]) -> Iterator[Fact]:
    """Give every fact, as far as the scanner could read them."""
    ids = {item["name"]: item["id"] for item in resources if "name" in item}
    yield from _quota(resources)
    for owner, region, _ in POOLS:
        yield Fact("models", location_scope(owner, region), [_model(name) for name in RETIREMENTS])
    yield from _assistant(ids)
    yield from _search(ids)
    yield from _machines(ids)
    yield from _logs(ids)
    yield from _money()


def _quota(resources: list[Json]) -> Iterator[Fact]:
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
        yield Fact(
            "quotaUsages",
            location_scope(owner, region),
            [
                {
                    "name": {"value": name, "localizedValue": name},
                    "currentValue": allocated[owner, region, name] + allocated[owner, "", name],
                    "limit": limit,
                    "unit": "Count",
                }
                for name, limit in limits.items()
            ],
        )


def _model(name: str) -> Json:
    publisher, model, version = name.split("/")
    found: Json = {"format": publisher, "name": model, "version": version, "lifecycleStatus": "GenerallyAvailable"}
    retired = RETIREMENTS[name]
    if retired is not None:
        found["deprecation"] = {"inference": ago(days=retired), "deprecationStatus": "Planned"}
    if name == GPT_4O:
        found["replacementConfig"] = {"targetModelName": "gpt-4.1", "targetModelVersion": "2025-04-14"}
    return {"kind": "OpenAI" if publisher == "OpenAI" else "AIServices", "skuName": "S0", "model": found}


def _assistant(ids: dict[str, str]) -> Iterator[Fact]:
    """Measure accounts that are called all day, with deployments that are nearly idle, wholly idle, and overrun."""
    owner = ids["contoso-assistant-prod"]
    yield Fact(
        "metrics",
        owner,
        [
            answer(owner, UTILIZATION, {("chat",): swinging(84, 72), ("summaries",): swinging(21.5, 72)}),
            answer(owner, REQUESTS, {("chat",): [1204511], ("chat-spill",): [9022], ("summaries",): [1890]}),
            answer(
                owner,
                STATUSES,
                {
                    ("chat", "200"): [280410],
                    ("chat", "429"): [3120],
                    ("chat-spill", "200"): [2105],
                    ("summaries", "200"): [440],
                },
            ),
            answer(owner, TOKENS, {("chat",): steady(61_000_000), ("chat-spill",): steady(90_000)}),
            answer(owner, CACHE, {("chat",): swinging(52, 24)}),
        ],
    )
    owner = ids["contoso-assistant-dev"]
    yield Fact(
        "metrics",
        owner,
        [
            answer(owner, UTILIZATION, {("chat-ptu",): swinging(96.5, 72)}),
            answer(owner, REQUESTS, {("chat",): [530], ("load-test",): [411900], ("chat-ptu",): [820340]}),
            answer(
                owner,
                STATUSES,
                {
                    ("chat", "200"): [120],
                    ("load-test", "200"): [180200],
                    ("load-test", "429"): [51070],
                    ("chat-ptu", "200"): [190222],
                    ("chat-ptu", "429"): [1204],
                },
            ),
            answer(owner, TOKENS, {("chat",): steady(40_000), ("chat-ptu",): steady(2_100_000)}),
            answer(owner, CACHE, {("chat-ptu",): [8.5, 11.0] * 12}),
        ],
    )


def _search(ids: dict[str, str]) -> Iterator[Fact]:
    """Measure a ranker that took six times its tokens yesterday, and a reasoner that nobody calls."""
    owner = ids["contoso-search-prod"]
    yield Fact(
        "metrics",
        owner,
        [
            answer(owner, REQUESTS, {("ranker",): [2044810], ("embeddings",): [880120]}),
            answer(owner, STATUSES, {("ranker", "200"): [510220], ("embeddings", "200"): [200300]}),
            answer(owner, TOKENS, {("ranker",): steady(800_000, 5_200_000), ("embeddings",): steady(70_000)}),
            answer(owner, CACHE, {}),
        ],
    )


def _machines(ids: dict[str, str]) -> Iterator[Fact]:
    """Measure GPUs that compute and GPUs that wait, an endpoint that is called and one that is not."""
    for name, mean in (("mlw-forecasting", 71), ("mlw-research", 24)):
        yield Fact("metrics", ids[name], [answer(ids[name], GPU, {(): swinging(mean, 24)})])
    yield Fact("metrics", ids["demand-api"], [answer(ids["demand-api"], CALLS, {(): [3.5, 12, 8.25, 0]})])
    yield Fact("metrics", ids["ner-demo"], [answer(ids["ner-demo"], CALLS, {})])


def _logs(ids: dict[str, str]) -> Iterator[Fact]:
    """Say which logs are exported; an empty list is Azure's answer where none is."""
    exported = {
        "contoso-assistant-prod": ["Audit", "RequestResponse"],
        "contoso-search-prod": ["Audit"],
        "contoso-assistant-dev": [],
        "mlw-forecasting": ["AmlComputeClusterEvent"],
        "mlw-research": [],
        "contoso-products": ["OperationLogs"],
        "contoso-products-dev": [],
        "contoso-products-load": [],
    }
    for name, categories in exported.items():
        logs = [{"category": category, "categoryGroup": None, "enabled": True} for category in categories]
        settings = [{"name": "to-log-analytics", "properties": {"logs": logs, "metrics": []}}] if logs else []
        yield Fact("diagnosticSettings", ids[name], settings)


def _money() -> Iterator[Fact]:
    """Give production a budget that warns and an anomaly alert, development a budget that tells nobody."""
    notifications = {
        kind: {
            "enabled": True,
            "operator": "GreaterThan",
            "threshold": 90,
            "thresholdType": kind,
            "contactEmails": ["finops@contoso.com"],
        }
        for kind in ("Actual", "Forecasted")
    }
    for owner, amount, notified in ((PRODUCTION, 90000, notifications), (DEVELOPMENT, 12000, {})):
        properties = {
            "category": "Cost",
            "amount": amount,
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": "2026-01-01T00:00:00Z", "endDate": "2027-12-31T00:00:00Z"},
            "notifications": notified,
        }
        yield Fact("budgets", f"/subscriptions/{owner}", [{"name": "ai", "properties": properties}])
    alert = {"kind": "InsightAlert", "name": "anomalies", "properties": {"displayName": "AI", "status": "Enabled"}}
    yield Fact("scheduledActions", f"/subscriptions/{PRODUCTION}", [alert])
    yield Fact("scheduledActions", f"/subscriptions/{DEVELOPMENT}", [])
