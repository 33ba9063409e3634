"""What all of the example shares: its clock, containers, nesting, and the facts Azure tells around resources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

COLLECTED_AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WINDOW = timedelta(days=7)
UTILIZATION = "AzureOpenAIProvisionedManagedUtilizationV2"


def ago(**span: float) -> str:
    """Give the moment that long before the snapshot, as ARM writes times."""
    return stamp(COLLECTED_AT - timedelta(**span))


def stamp(moment: datetime) -> str:
    """Give a moment as ARM writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def subscription(subscription_id: str, name: str, tags: Json | None = None) -> Json:
    """Give a subscription as GET /subscriptions lists it."""
    body: Json = {
        "id": f"/subscriptions/{subscription_id}",
        "subscriptionId": subscription_id,
        "displayName": name,
        "state": "Enabled",
    }
    return {**body, "tags": tags} if tags else body


def group(subscription_id: str, name: str, location: str, tags: Json | None = None) -> Json:
    """Give a resource group."""
    return {
        "id": f"/subscriptions/{subscription_id}/resourceGroups/{name}",
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": location,
        "tags": tags or {},
        "properties": {"provisioningState": "Succeeded"},
    }


def inside(parent: Json, kind: str, name: str, /, **fields: Any) -> Json:
    """Give a resource of a resource group, or below another resource; `kind` is its full ARM type."""
    if parent["type"] == "Microsoft.Resources/resourceGroups":
        resource_id = f"{parent['id']}/providers/{kind}/{name}"
    else:
        resource_id = f"{parent['id']}/{kind.rpartition('/')[2]}/{name}"
    return {"id": resource_id, "name": name, "type": kind, **fields}


def quota_usage(name: str, current: int, limit: int) -> Json:
    """Give one line of a region's usages; `name` is the pool's."""
    return {"name": {"value": name, "localizedValue": name}, "currentValue": current, "limit": limit, "unit": "Count"}


def utilization(account_id: str, means: dict[str, float], hours: int = 6) -> Json:
    """Give the utilization of an account's provisioned deployments, with `means` as their averages in percent.

    Only the last hours have points, as for deployments that nobody called before; every sixth point is empty,
    and the points swing by 20 around the mean.
    """
    start, end = COLLECTED_AT - WINDOW, COLLECTED_AT
    step = timedelta(minutes=5)
    swing = (-20, -10, 0, 10, 20)
    series = []
    for name, mean in means.items():
        points = []
        for index in range(hours * 12):
            point: Json = {"timeStamp": stamp(end - step * (hours * 12 - index))}
            if index % 6:
                point["average"] = mean + swing[index % 6 - 1]
            points.append(point)
        dimension = {"name": {"value": "modeldeploymentname", "localizedValue": "modeldeploymentname"}, "value": name}
        series.append({"metadatavalues": [dimension], "data": points})
    return {
        "query": {
            "metric": UTILIZATION,
            "aggregation": "average",
            "interval": "PT5M",
            "start": stamp(start),
            "end": stamp(end),
            "dimension": "ModelDeploymentName",
        },
        "value": {
            "id": f"{account_id}/providers/Microsoft.Insights/metrics/{UTILIZATION}",
            "type": "Microsoft.Insights/metrics",
            "name": {"value": UTILIZATION, "localizedValue": "Provisioned-managed Utilization V2"},
            "unit": "Percent",
            "errorCode": "Success",
            "timeseries": series,
        },
    }
