"""Where resources are deployed to, and the ids they have there.

learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources and scope-functions
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.expressions.syntax import ExpressionError
from scanner.sources.options import NO_SUBSCRIPTION

NO_RESOURCE_GROUP = "unnamed-resource-group"
"""Stands in ids for a resource group that nobody named."""
NO_MANAGEMENT_GROUP = "unnamed-management-group"
TENANT, MANAGEMENT_GROUP, SUBSCRIPTION, RESOURCE_GROUP = ("tenant", "managementGroup", "subscription", "resourceGroup")
_OF_SCHEMA = {
    "tenantdeploymenttemplate.json": TENANT,
    "managementgroupdeploymenttemplate.json": MANAGEMENT_GROUP,
    "subscriptiondeploymenttemplate.json": SUBSCRIPTION,
    "deploymenttemplate.json": RESOURCE_GROUP,
}
_GROUPS = frozenset({"microsoft.resources/resourcegroups", "microsoft.resources/subscriptions/resourcegroups"})
_OF_TENANT = ("microsoft.management/managementgroups", "microsoft.subscription/aliases")


@dataclass(frozen=True, slots=True)
class Scope:
    """A tenant, management group, subscription or resource group; only what lies above it is set."""

    kind: str = RESOURCE_GROUP
    subscription: str = ""
    group: str = ""
    management_group: str = ""

    @property
    def id(self) -> str:
        """The id that resources there begin with; "" for the tenant."""
        if self.kind == MANAGEMENT_GROUP:
            return f"/providers/Microsoft.Management/managementGroups/{self.management_group}"
        if self.kind == TENANT:
            return ""
        subscription = f"/subscriptions/{self.subscription}"
        return f"{subscription}/resourceGroups/{self.group}" if self.kind == RESOURCE_GROUP else subscription

    @property
    def subscription_id(self) -> str:
        """The ARM id of its subscription, "" where it lies in none."""
        return f"/subscriptions/{self.subscription}" if self.subscription else ""


def stands_in(text: str) -> bool:
    """Say whether a text holds the name of something that nobody named."""
    return NO_SUBSCRIPTION in text or NO_RESOURCE_GROUP in text or NO_MANAGEMENT_GROUP in text


def scope_kind(schema: object) -> str:
    """Give what kind of scope a template is for, by its `$schema`; a resource group where that says nothing."""
    name = str(schema).rstrip("#").rpartition("/")[2].lower()
    return _OF_SCHEMA.get(name, RESOURCE_GROUP)


def root_scope(kind: str, subscription: str, group: str) -> Scope:
    """Give the scope that a template of this kind is deployed to."""
    if kind == TENANT:
        return Scope(TENANT)
    if kind == MANAGEMENT_GROUP:
        return Scope(MANAGEMENT_GROUP, management_group=NO_MANAGEMENT_GROUP)
    subscription = subscription or NO_SUBSCRIPTION
    if kind == SUBSCRIPTION:
        return Scope(SUBSCRIPTION, subscription)
    return Scope(RESOURCE_GROUP, subscription, group or NO_RESOURCE_GROUP)


def scope_of_id(text: str) -> Scope | None:
    """Read a scope from an ARM id such as `/subscriptions/s/resourceGroups/g`; None where it is that of a resource."""
    parts = [part for part in text.split("/") if part]
    lowered = [part.lower() for part in parts]
    if not parts:
        return Scope(TENANT)
    if "microsoft.management" in lowered[:2] and lowered[-2:-1] == ["managementgroups"] and len(parts) <= 4:
        return Scope(MANAGEMENT_GROUP, management_group=parts[-1])
    if lowered[0] == "subscriptions" and len(parts) == 2:
        return Scope(SUBSCRIPTION, parts[1])
    if lowered[0] == "subscriptions" and lowered[2:3] == ["resourcegroups"] and len(parts) == 4:
        return Scope(RESOURCE_GROUP, parts[1], parts[3])
    return None


def resource_path(kind: str, names: Sequence[str]) -> str:
    """Give `Microsoft.X/a/n/b/m` for a type and its names; raises ExpressionError where their numbers differ."""
    provider, _, rest = kind.rstrip("/").partition("/")
    types = rest.split("/")
    if len(types) != len(names) or not rest:
        raise ExpressionError(
            f"the type {kind} has {len(types)} segments after its provider, and the name {len(names)}: "
            "they must be as many"
        )
    return "/".join((provider, *(part for pair in zip(types, names, strict=True) for part in pair)))


def resource_id(scope: Scope, kind: str, names: Sequence[str], on: str = "") -> str:
    """Give the id of a resource in a scope; `on` is the id of the resource it extends."""
    lowered = kind.lower()
    if lowered in _GROUPS and len(names) == 1:
        return f"/subscriptions/{scope.subscription}/resourceGroups/{names[0]}"
    base = "" if not on and lowered.startswith(_OF_TENANT) else (on or scope.id)
    return f"{base}/providers/{resource_path(kind, names)}"


def fitted(kind: str, name: str, *, known: bool) -> list[str]:
    """Give the segments of a name, as many as the type needs where the name is not `known` and so may hold more."""
    parts = name.split("/")
    wanted = kind.count("/")
    if known or len(parts) >= wanted:
        return parts
    return [parts[0]] * (wanted - len(parts)) + parts
