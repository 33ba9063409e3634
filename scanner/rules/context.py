"""Functions that read what is around the resource: its group, its subscription, the clock."""

from __future__ import annotations

from typing import Any

from scanner.expressions.functions.collections import Partial
from scanner.expressions.functions.dates import stamp
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Environment, Getter


def _resource_group(resource: Resource, env: Environment) -> Any:
    name = resource.resource_group
    if not name:
        return MISSING
    holder = env.inventory.by_key.get(f"/subscriptions/{resource.subscription_id}/resourcegroups/{name.lower()}")
    if holder is not None:
        return holder.json
    identity = "/".join(resource.id.strip("/").split("/")[:4])
    return Partial({"name": name, "id": f"/{identity}", "type": "Microsoft.Resources/resourceGroups"})


def _subscription(resource: Resource, env: Environment) -> Any:
    if not resource.subscription_id:
        return MISSING
    key = f"/subscriptions/{resource.subscription_id}"
    holder = env.inventory.by_key.get(key)
    known = {"id": key, "subscriptionId": resource.subscription_id}
    return Partial(known) if holder is None else {**known, **holder.json}


CONTEXT: dict[str, Getter] = {
    "utcnow": lambda _, env: stamp(env.as_of),
    "resourcegroup": _resource_group,
    "subscription": _subscription,
    # The request that made a resource, and the assignment of the policy, are no part of what is scanned.
    "requestcontext": lambda _r, _e: UNKNOWN,
    "policy": lambda _r, _e: UNKNOWN,
}
