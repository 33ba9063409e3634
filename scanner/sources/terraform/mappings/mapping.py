"""How one type of azurerm resource becomes a resource in ARM JSON shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scanner.model.values import UNKNOWN, Json
from scanner.sources.terraform.arguments import Arguments, body

GROUP = "Microsoft.Resources/subscriptions/resourceGroups"
SUBSCRIPTION = "Microsoft.Resources/subscriptions"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One azurerm type.

    `arm` is the ARM type; `body` makes everything below `id`, `name` and `type` of the arguments. `parent` is the
    argument that holds the id of what the resource lies in, and `parent_type` its ARM type; without one it lies in
    the group named by `resource_group_name`. A `sibling` of its parent lies in the parent's resource group.
    `id_argument` is the argument that holds the ARM id or, of a subscription, its bare GUID. `caveats` are what a
    reader of a finding about a path has to know of the type: (path in ARM JSON, sentence).
    """

    terraform: str
    arm: str
    body: Callable[[Arguments], Json]
    parent: str = ""
    parent_type: str = GROUP
    sibling: bool = False
    name: str = "name"
    id_argument: str = "id"
    caveats: tuple[tuple[str, str], ...] = ()


def identity(arguments: Arguments) -> Any:
    """Give ARM's `identity` of the block that every azurerm resource with an identity has."""
    return arguments.block("identity", _identity)


def _identity(block: Arguments) -> Json:
    ids = block.get("identity_ids")
    named = ids
    if isinstance(ids, list):
        named = UNKNOWN if UNKNOWN in ids else {str(one): {} for one in ids}
    return body(type=block.get("type"), userAssignedIdentities=named)


def values(found: Any, key: str) -> Any:
    """Give `[{key: value}, ...]` for a list of values."""
    return [{key: one} for one in found] if isinstance(found, list) else found
