"""The resources that lie in another one: an account's deployments, a workspace's jobs."""

from __future__ import annotations

from scanner.model.inventory import Inventory
from scanner.model.resource import Resource, parent_key

_Index = dict[str, list[Resource]]


def children_of(parent_id: str, kind: str, inventory: Inventory) -> list[Resource]:
    """Give the resources of a type (lower case) that lie in the resource with this normalised id."""

    def make() -> _Index:
        found: _Index = {}
        for resource in inventory.by_type.get(kind, ()):
            found.setdefault(parent_key(resource.key) or "", []).append(resource)
        return found

    index: _Index = inventory.memo(("children", kind), make)
    return index.get(parent_id, [])
