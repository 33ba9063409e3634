"""Template functions that see more than their arguments: those that may not need all of them, and the surroundings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.model.resource import RESOURCE_GROUP, SUBSCRIPTION, Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Environment, Getter
from scanner.rules.functions import stamp, to_bool

Later = Callable[[], Any]


def _truth(value: Any) -> bool | None:
    if value is UNKNOWN:
        return None
    return to_bool(value)


def _if(condition: Later, then: Later, otherwise: Later) -> Any:
    truth = _truth(condition())
    if truth is None:
        left, right = then(), otherwise()
        return left if left is not UNKNOWN and left == right and type(left) is type(right) else UNKNOWN
    return then() if truth else otherwise()


def _and(*parts: Later) -> Any:
    truths = [_truth(part()) for part in parts]
    return False if False in truths else UNKNOWN if None in truths else True


def _or(*parts: Later) -> Any:
    truths = [_truth(part()) for part in parts]
    return True if True in truths else UNKNOWN if None in truths else False


def _not(part: Later) -> Any:
    truth = _truth(part())
    return UNKNOWN if truth is None else not truth


def _coalesce(*parts: Later) -> Any:
    for part in parts:
        value = part()
        if value is not MISSING and value is not None:
            return value
    return MISSING


LAZY: dict[str, Callable[..., Any]] = {"if": _if, "and": _and, "or": _or, "not": _not, "coalesce": _coalesce}
"""Functions that can decide although an argument is unknown."""


def _container(key: str, env: Environment) -> Any:
    holder = env.inventory.by_key.get(key)
    return holder.json if holder is not None else UNKNOWN


class _Partial(dict[str, Any]):
    """A container of which only the id is known: every other property is unknown."""


def _resource_group(resource: Resource, env: Environment) -> Any:
    if not resource.resource_group and resource.type != RESOURCE_GROUP:
        return MISSING
    name = resource.resource_group
    key = f"/subscriptions/{resource.subscription_id}/resourcegroups/{name.lower()}"
    body = _container(key, env)
    fallback = {"name": name, "id": resource.id.partition("/providers/")[0], "location": UNKNOWN, "tags": UNKNOWN}
    return body if isinstance(body, dict) else _Partial(fallback)


def _subscription(resource: Resource, env: Environment) -> Any:
    if not resource.subscription_id and resource.type != SUBSCRIPTION:
        return MISSING
    key = f"/subscriptions/{resource.subscription_id}"
    body = _container(key, env)
    known = {"id": key, "subscriptionId": resource.subscription_id}
    if isinstance(body, dict):
        return {**known, **body}
    return _Partial(known | {"displayName": UNKNOWN, "tenantId": UNKNOWN, "tags": UNKNOWN})


CONTEXT: dict[str, Getter] = {
    "utcnow": lambda _, env: stamp(env.as_of),
    "resourcegroup": _resource_group,
    "subscription": _subscription,
    # The api-version of the request that made a resource is not part of the resource.
    "requestcontext": lambda _r, _e: _Partial({"apiVersion": UNKNOWN, "identity": UNKNOWN}),
}
"""Functions that read the resource's surroundings."""
