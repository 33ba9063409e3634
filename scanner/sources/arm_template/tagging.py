"""Tags that a template sets with a resource of their own, `Microsoft.Resources/tags`.

They take the place of all tags of what they are set on, a resource, a resource group or a subscription
(learn.microsoft.com/azure/azure-resource-manager/management/tag-resources-templates).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scanner.model.inventory import Inventory
from scanner.model.resource import Resource, normalise_id, type_of_id
from scanner.model.values import UNKNOWN, Json
from scanner.sources.alternatives import either

_TAGS = "microsoft.resources/tags"
_UNSEEN = ("location", "tags", "properties")


def tagged(resources: Iterable[Resource], doubtful: frozenset[str], context: Inventory) -> tuple[Resource, ...]:
    """Give the resources with the tags that others of them set; what those are set on is added, to be looked at.

    `doubtful` are the keys of resources of which only the deployment knows whether they will be there. What is not
    in the template is taken from the context, and is unknown but for its tags where that does not hold it.
    """
    found = {resource.key: resource for resource in resources}
    for setter in [resource for resource in found.values() if resource.type.lower() == _TAGS]:
        target = setter.id.rpartition("/providers/")[0]
        if not type_of_id(target):
            continue
        key = normalise_id(target)
        before = found.get(key) or _before(target, setter, context)
        after = Resource({**before.json, "tags": _tags_of(setter)}, before.origin)
        found[key] = either(before, after) if setter.key in doubtful else after
    return tuple(found.values())


def _before(target: str, setter: Resource, context: Inventory) -> Resource:
    """Give what the context knows of something that the template does not declare, but changes."""
    known = context.by_key.get(normalise_id(target))
    if known is not None:
        return Resource(known.json, replace(known.origin, judged=True))
    return Resource(_unseen(target), replace(setter.origin, judged=False))


def _tags_of(setter: Resource) -> object:
    properties = setter.json.get("properties")
    tags = properties.get("tags") if isinstance(properties, dict) else properties
    return {} if tags is None else tags


def _unseen(target: str) -> Json:
    name = target.rpartition("/")[2]
    return {"id": target, "type": type_of_id(target), "name": name, **dict.fromkeys(_UNSEEN, UNKNOWN)}
