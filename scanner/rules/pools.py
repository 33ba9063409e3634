"""Quota pools: which one a deployment draws from, and the pools themselves as resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.expressions.comparison import as_number
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
from scanner.model.resource import Origin, Resource, normalise_id, normalise_location, parent_key
from scanner.model.values import MISSING, UNKNOWN, Json
from scanner.rules.environment import Environment
from scanner.rules.paths import field_getter, parse_path

POOL = "microsoft.cognitiveservices/locations/usages"
_capacity = field_getter(("sku", "capacity"))
_legacy_capacity = field_getter(parse_path("properties.scaleSettings.capacity"))
_TOKEN_BILLED = frozenset({"standard", "globalstandard", "datazonestandard", "developertier"})


@dataclass(frozen=True, slots=True)
class Pool:
    """A quota pool. `reason` says why `limit` is None; `name` is the usage name, "" where not even that is known.

    `key` is what the pool goes by in `planned_capacity`.
    """

    name: str
    location: str = ""
    scope: str = ""
    current: Any = None
    limit: Any = None
    reason: str = ""

    @property
    def key(self) -> str:
        """The pool's id in lower case."""
        return f"{self.scope}/usages/{self.name}".lower()


def has_pool(deployment: Json) -> bool:
    """Say whether a deployment draws from a tokens-per-minute or PTU pool: batch deployments do not."""
    sku = deployment_sku(deployment).lower()
    return "provisioned" in sku or sku in _TOKEN_BILLED


def find_pool(deployment: Resource, env: Environment) -> Pool:
    """Give the pool of a deployment: subscription + region of its account + usage name of (sku, model)."""
    return _pool(deployment, env.inventory.parent(deployment), env)


def _pool_before(deployment: Resource, env: Environment) -> Pool:
    """Give the pool that a deployment drew from before the change, which may move its account to another region."""
    account = _before(env).get(parent_key(deployment.key) or "")
    return _pool(deployment, account or env.inventory.parent(deployment), env)


def _before(env: Environment) -> dict[str, Resource]:
    """Give what the change removes or defines anew, as it was, by normalised id."""
    found: dict[str, Resource] = env.inventory.memo(
        "before by key", lambda: {resource.key: resource for resource in env.inventory.before}
    )
    return found


def _pool(deployment: Resource, account: Resource | None, env: Environment) -> Pool:
    names = candidate_pool_names(deployment.json)
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
        word = names[0] if names else "for this sku and model"
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
    properties {currentValue, limit, deployments: [ids], plannedChange?, reason?}; currentValue and limit absent where
    unknown, plannedChange (in the pool's units) only where a change is judged.
    """

    def make() -> tuple[Resource, ...]:
        found: dict[str, Resource] = {}
        able = {source.kind for source in env.inventory.sources if QUOTA_USAGES in source.fact_kinds}
        for deployment in env.inventory.judged_by_type.get(DEPLOYMENT, ()):
            # A pool belongs to the source that can know it, whatever other input names a deployment of it first.
            if not has_pool(deployment.json) or (able and deployment.origin.source not in able):
                continue
            pool = find_pool(deployment, env)
            if not pool.name or not pool.scope:
                continue
            resource = found.setdefault(pool.key, _resource(pool, deployment.origin, planned_capacity(pool, env)))
            resource.json["properties"]["deployments"].append(deployment.id)
        return tuple(found.values())

    pools: tuple[Resource, ...] = env.inventory.memo("quota pools", make)
    return pools


def planned_capacity(pool: Pool, env: Environment) -> Any:
    """Give by how much the change that is judged grows the pool's allocation, in its units; may be negative.

    MISSING where nothing is planned, UNKNOWN where a capacity is known only after deployment.
    """

    def make() -> dict[str, Any]:
        found: dict[str, Any] = {}
        for deployment in env.inventory.by_type.get(DEPLOYMENT, ()):
            if deployment.origin.declared:
                _add(found, deployment, find_pool(deployment, env), 1, env)
        removed = frozenset(map(normalise_id, env.inventory.removed))
        for deployment in env.inventory.before:
            # One that only goes with its account keeps its quota until the account is purged.
            if deployment.type == DEPLOYMENT and (deployment.key in env.inventory.by_key or deployment.key in removed):
                _add(found, deployment, _pool_before(deployment, env), -1, env)
        return found

    planned: dict[str, Any] = env.inventory.memo("planned capacity", make)
    return planned.get(pool.key, MISSING)


def grows(deployment: Resource, env: Environment) -> bool:
    """Say whether a planned deployment takes more of its pool than it has: it is new there, or is made larger."""
    old = _before(env).get(deployment.key)
    if old is None or _pool_before(old, env).key != find_pool(deployment, env).key:
        return True
    held, wanted = as_number(capacity_of(old, env)), as_number(capacity_of(deployment, env))
    return held is None or wanted is None or wanted > held


def _add(found: dict[str, Any], deployment: Resource, pool: Pool, sign: int, env: Environment) -> None:
    if not has_pool(deployment.json):
        return
    number = as_number(capacity_of(deployment, env))
    so_far = found.get(pool.key, 0)
    found[pool.key] = UNKNOWN if number is None or so_far is UNKNOWN else so_far + sign * number


def capacity_of(deployment: Resource, env: Environment) -> Any:
    """Give `sku.capacity`, or what older api-versions have in its place; MISSING or UNKNOWN where there is none."""
    capacity = _capacity(deployment, env)
    return _legacy_capacity(deployment, env) if capacity is MISSING else capacity


def _resource(pool: Pool, origin: Origin, planned: Any) -> Resource:
    properties: Json = {"deployments": []}
    if pool.limit is not None:
        properties |= {"currentValue": pool.current, "limit": pool.limit}
    if planned is not MISSING:
        properties["plannedChange"] = planned
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
