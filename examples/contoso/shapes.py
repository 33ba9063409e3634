"""What all of the example shares: its clock, its containers, and how ids nest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

COLLECTED_AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


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
