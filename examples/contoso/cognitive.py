"""Azure OpenAI and Foundry resources, in the shapes in which Azure's REST API answers."""

from __future__ import annotations

from typing import Any

from contoso.shapes import Json, ago, inside

COGNITIVE = "Microsoft.CognitiveServices"


def account(
    parent: Json, name: str, location: str, kind: str = "OpenAI", tags: Json | None = None, *, keyless: bool = False
) -> Json:
    """Give a Cognitive Services account; unless it is `keyless`, Azure says nothing of keys, and they work."""
    properties: Json = {
        "endpoint": f"https://{name}.openai.azure.com/",
        "customSubDomainName": name,
        "publicNetworkAccess": "Enabled",
        "provisioningState": "Succeeded",
        "dateCreated": ago(days=300),
    }
    if keyless:
        properties["disableLocalAuth"] = True
    if kind == "AIServices":
        properties |= {"endpoint": f"https://{name}.cognitiveservices.azure.com/", "allowProjectManagement": True}
    return inside(
        parent,
        f"{COGNITIVE}/accounts",
        name,
        location=location,
        kind=kind,
        sku={"name": "S0"},
        tags=tags or {},
        properties=properties,
    )


def project(parent: Json, name: str, description: str) -> Json:
    """Give a Foundry project; Azure names it `account/project`."""
    body = inside(
        parent,
        f"{COGNITIVE}/accounts/projects",
        name,
        location=parent["location"],
        kind="AIServices",
        properties={"displayName": name, "description": description, "provisioningState": "Succeeded"},
    )
    return {**body, "name": f"{parent['name']}/{name}"}


def deployment(
    parent: Json,
    name: str,
    model: str,
    sku: str,
    capacity: int | None,
    *,
    age: int = 120,
    tags: Json | None = None,
    **properties: Any,
) -> Json:
    """Give a model deployment; `model` is `format/name/version`, `age` days. Without capacity it predates skus.

    `properties` replace the usual ones; None takes one away.
    """
    publisher, model_name, version = model.split("/")
    inner: Json = {
        "model": {"format": publisher, "name": model_name, "version": version},
        "provisioningState": "Succeeded",
        "versionUpgradeOption": "OnceNewDefaultVersionAvailable",
        "raiPolicyName": "Microsoft.DefaultV2",
    }
    fields: Json = {}
    if capacity is None:
        inner["scaleSettings"] = {"scaleType": sku}
    else:
        fields["sku"] = {"name": sku, "capacity": capacity}
        inner |= {"currentCapacity": capacity, "rateLimits": _rate_limits(sku, capacity)}
    if tags:
        fields["tags"] = tags
    created = ago(days=age)
    return inside(
        parent,
        f"{COGNITIVE}/accounts/deployments",
        name,
        **fields,
        properties={name: value for name, value in {**inner, **properties}.items() if value is not None},
        systemData={"createdAt": created, "createdByType": "User", "lastModifiedAt": created},
    )


def deleted_account(subscription_id: str, group_name: str, name: str, location: str, kind: str) -> Json:
    """Give an account that was deleted and is not purged yet; its id has the group behind the region."""
    place = f"/subscriptions/{subscription_id}/providers/{COGNITIVE}/locations/{location}/resourceGroups/{group_name}"
    return {
        "id": f"{place}/deletedAccounts/{name}",
        "name": name,
        "type": f"{COGNITIVE}/deletedAccounts",
        "location": location,
        "kind": kind,
        "properties": {"deletionDate": ago(days=1), "scheduledPurgeDate": ago(days=-1)},
    }


def _rate_limits(sku: str, capacity: int) -> list[Json]:
    limits = [{"key": "request", "renewalPeriod": 10, "count": capacity}]
    if "Provisioned" not in sku and "Batch" not in sku:
        limits.append({"key": "token", "renewalPeriod": 60, "count": capacity * 1000})
    return limits
