"""Quota pools: which one a deployment draws from, and the pools themselves as resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.model.inventory import Fact, Gap
from scanner.model.quota import (
    DEPLOYMENT,
    MODELS,
    QUOTA_USAGES,
    candidate_pool_names,
    catalogue_pool_name,
    deployment_sku,
    location_scope,
    usage_name,
)
from scanner.model.resource import Origin, Resource, normalise_location
from scanner.model.values import Json
from scanner.rules.environment import Environment

POOL = "microsoft.cognitiveservices/locations/usages"
_TOKEN_BILLED = frozenset({"standard", "globalstandard", "datazonestandard", "developertier"})


@dataclass(frozen=True, slots=True)
class Pool:
    """A quota pool. `reason` says why `limit` is None; `name` is the usage name, "" where not even that is known."""

    name: str
    location: str = ""
    scope: str = ""
    current: Any = None
    limit: Any = None
    reason: str = ""


def has_pool(deployment: Json) -> bool:
    """Say whether a deployment draws from a tokens-per-minute or PTU pool: batch deployments do not."""
    sku = deployment_sku(deployment).lower()
    return "provisioned" in sku or sku in _TOKEN_BILLED


def find_pool(deployment: Resource, env: Environment) -> Pool:
    """Give the pool of a deployment: subscription + region of its account + usage name of (sku, model)."""
    names = candidate_pool_names(deployment.json)
    account = env.inventory.parent(deployment)
    if account is None or not account.location:
        return Pool(names[0] if names else "", reason="the deployment's account, and so its region, was not read")
    place = normalise_location(account.location)
    scope = location_scope(deployment.subscription_id, place)
    usages = _usages(scope, env)
    if not isinstance(usages, dict):
        return Pool(names[0] if names else "", place, scope, reason=usages)
    found = next((usages[name.lower()] for name in names if name.lower() in usages), None)
    if found is None:
        models = env.inventory.fact(MODELS, scope)
        listed = catalogue_pool_name(deployment.json, models.data) if models and isinstance(models.data, list) else ""
        found = usages.get(listed.lower())
        names = (listed, *names) if listed else names
    if found is None:
        word = names[0] if names else "this sku and model"
        return Pool(names[0] if names else "", place, scope, reason=f"the region {place} lists no quota pool {word}")
    limit, current = found.get("limit"), found.get("currentValue")
    return Pool(usage_name(found), place, scope, current, limit, "" if limit is not None else "the pool has no limit")


def _usages(scope: str, env: Environment) -> dict[str, Json] | str:
    """Give a region's usages by lower-case name, or the reason why there are none."""

    def make() -> dict[str, Json] | str:
        fact: Fact | None = env.inventory.fact(QUOTA_USAGES, scope)
        if fact is not None and isinstance(fact.data, list):
            return {usage_name(item).lower(): item for item in fact.data if usage_name(item)}
        gap: Gap | None = env.inventory.gap(QUOTA_USAGES, scope)
        region = scope.rpartition("/")[2]
        return (
            f"the quota usages of {region} could not be read ({gap.reason})"
            if gap
            else (f"the quota usages of {region} were not read")
        )

    found: dict[str, Json] | str = env.inventory.memo((QUOTA_USAGES, scope), make)
    return found


def quota_pools(env: Environment) -> tuple[Resource, ...]:
    """Give each pool with at least one deployment as a resource, known or not.

    Shape: id `/subscriptions/{s}/providers/Microsoft.CognitiveServices/locations/{region}/usages/{name}`,
    properties {currentValue, limit, deployments: [ids], reason?}; currentValue and limit absent where unknown.
    """

    def make() -> tuple[Resource, ...]:
        found: dict[str, Resource] = {}
        able = {source.kind for source in env.inventory.sources if QUOTA_USAGES in source.fact_kinds}
        for deployment in env.inventory.by_type.get(DEPLOYMENT, ()):
            # A pool belongs to the source that can know it, whatever other input names a deployment of it first.
            if not has_pool(deployment.json) or (able and deployment.origin.source not in able):
                continue
            pool = find_pool(deployment, env)
            if not pool.name or not pool.scope:
                continue
            resource = found.setdefault(f"{pool.scope}/usages/{pool.name}".lower(), _resource(pool, deployment.origin))
            resource.json["properties"]["deployments"].append(deployment.id)
        return tuple(found.values())

    pools: tuple[Resource, ...] = env.inventory.memo("quota pools", make)
    return pools


def _resource(pool: Pool, origin: Origin) -> Resource:
    properties: Json = {"deployments": []}
    if pool.limit is not None:
        properties |= {"currentValue": pool.current, "limit": pool.limit}
    if pool.reason:
        properties["reason"] = pool.reason
    return Resource(
        {
            "id": f"{pool.scope}/usages/{pool.name}",
            "type": "Microsoft.CognitiveServices/locations/usages",
            "name": pool.name,
            "location": pool.location,
            "properties": properties,
        },
        origin,
    )
