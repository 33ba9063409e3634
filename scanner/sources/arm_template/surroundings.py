"""Functions that say where a template is deployed to: `resourceGroup()`, `subscription()`, `resourceId()`, ..."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scanner.expressions.functions.arguments import text
from scanner.expressions.syntax import ExpressionError, Tree
from scanner.model.resource import normalise_id
from scanner.sources.arm_template.calls import call
from scanner.sources.arm_template.deferred import Deferred, Half, as_text, deferred, is_deferred
from scanner.sources.arm_template.frame import RESOURCE_LOOP, Frame
from scanner.sources.arm_template.logic import Special, arguments
from scanner.sources.arm_template.scopes import RESOURCE_GROUP, SUBSCRIPTION, Scope, resource_path, stands_in


def _known(frame: Frame, identity: str) -> dict[str, Any]:
    """Give what the template declares of a container, or the context says of it; {} where neither does."""
    reading = frame.deployment.reading
    key = normalise_id(identity)
    declared = reading.entries.get(key)
    if declared is not None and declared.present is True and not declared.existing:
        return dict(declared.body)
    found = reading.options.context.by_key.get(key)
    return dict(found.json) if found is not None else {}


def _resource_group(_: tuple[Tree, ...], frame: Frame) -> Any:
    scope = frame.deployment.home
    if scope.kind != RESOURCE_GROUP:
        return deferred("resourceGroup()")
    known = {**_known(frame, scope.id), "id": scope.id, "name": scope.group}
    return Half({"type": "Microsoft.Resources/resourceGroups", **known}, "resourceGroup()")


def _subscription(_: tuple[Tree, ...], frame: Frame) -> Any:
    scope = frame.deployment.home
    if not scope.subscription:
        return deferred("subscription()")
    known = {**_known(frame, scope.subscription_id), "id": scope.subscription_id}
    return Half({**known, "subscriptionId": scope.subscription}, "subscription()")


def _management_group(_: tuple[Tree, ...], frame: Frame) -> Any:
    scope = frame.deployment.home
    if not scope.management_group:
        return deferred("managementGroup()")
    return Half({"id": scope.id, "name": scope.management_group}, "managementGroup()")


def _deployment(_: tuple[Tree, ...], frame: Frame) -> Any:
    """Know the name where it is a nested one, and where the template lies where it is a file."""
    found = frame.deployment
    known: dict[str, Any] = {"name": found.name} if found.name else {}
    if found.location is not None:
        known["location"] = found.location()
    if found.uri:
        link = Half({"uri": found.uri}, "deployment().properties.templateLink")
        known["properties"] = Half({"templateLink": link}, "deployment().properties")
    return Half(known, "deployment()")


def _only_azure_knows(name: str) -> Special:
    def run(trees: tuple[Tree, ...], frame: Frame) -> Any:
        return deferred(f"{name}()", [frame.value(tree) for tree in trees])

    return run


def _half(name: str) -> Special:
    return lambda _trees, _frame: Half({}, f"{name}()")


def _id(make: Callable[[Scope, Sequence[str]], str]) -> Special:
    def run(trees: tuple[Tree, ...], frame: Frame) -> Any:
        values = [frame.value(tree) for tree in trees]
        parts = [as_text(value) for value in values]
        identity = make(frame.deployment.home, parts)
        return Deferred(identity) if any(is_deferred(value) for value in values) else identity

    return run


def _from_type(parts: Sequence[str], most: int) -> tuple[Sequence[str], str]:
    """Split what stands before the type from the path of the resource."""
    at = next((index for index, part in enumerate(parts[: most + 1]) if "/" in part and part[0] != "/"), None)
    if at is None:
        raise ExpressionError("no argument is a resource type such as Microsoft.X/y")
    return parts[:at], resource_path(parts[at], parts[at + 1 :])


def _resource_id(scope: Scope, parts: Sequence[str]) -> str:
    before, path = _from_type(parts, 2)
    before = [part.rpartition("/")[2] for part in before]  # some give the id of the subscription
    if scope.kind == RESOURCE_GROUP:
        group = before[-1] if before else scope.group
        subscription = before[0] if len(before) == 2 else scope.subscription
        return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{path}"
    if len(before) == 2:
        return f"/subscriptions/{before[0]}/resourceGroups/{before[1]}/providers/{path}"
    if scope.kind == SUBSCRIPTION:
        return f"/subscriptions/{before[0] if before else scope.subscription}/providers/{path}"
    return f"/subscriptions/{before[0]}/providers/{path}" if before else f"{scope.id}/providers/{path}"


def _subscription_resource_id(scope: Scope, parts: Sequence[str]) -> str:
    before, path = _from_type(parts, 1)
    return f"/subscriptions/{before[0] if before else scope.subscription}/providers/{path}"


def _management_group_resource_id(scope: Scope, parts: Sequence[str]) -> str:
    before, path = _from_type(parts, 1)
    group = before[0] if before else scope.management_group
    return f"/providers/Microsoft.Management/managementGroups/{group}/providers/{path}"


def _tenant_resource_id(_: Scope, parts: Sequence[str]) -> str:
    return f"/providers/{_from_type(parts, 0)[1]}"


def _extension_resource_id(_: Scope, parts: Sequence[str]) -> str:
    if len(parts) < 3:
        raise ExpressionError("'extensionResourceId' takes a resource id, a type and its names")
    return f"{parts[0].rstrip('/')}/providers/{resource_path(parts[1], parts[2:])}"


def _hash(name: str) -> Special:
    """Make a hash, but not of a subscription or resource group that nobody named: that would be a wrong one."""

    def run(trees: tuple[Tree, ...], frame: Frame) -> Any:
        values = [frame.value(tree) for tree in trees]
        if any(is_deferred(value) or (isinstance(value, str) and stands_in(value)) for value in values):
            return deferred(name, [_short(value, frame) for value in values])
        return call(name, values, frame.deployment.reading.budget)

    return run


def _short(value: Any, frame: Frame) -> Any:
    home = frame.deployment.home
    if isinstance(value, str):
        if value == home.id:
            return Deferred(f"{home.kind}.id")
        if value in {home.subscription, home.subscription_id}:
            return Deferred("subscription.id")
    return value


def _copy_index(trees: tuple[Tree, ...], frame: Frame) -> int:
    values = [frame.value(tree) for tree in arguments("copyIndex", trees, 0, 2)]
    name = values.pop(0).lower() if values and isinstance(values[0], str) else RESOURCE_LOOP
    offset = values[0] if values else 0
    if len(values) > 1 or not isinstance(offset, int) or isinstance(offset, bool):
        raise ExpressionError("'copyIndex' takes the name of a loop and an offset")
    if name not in frame.loops:
        raise ExpressionError(f"copyIndex({text(name)}) stands in no such copy loop")
    return frame.loops[name] + offset


_UNSETTLED = (
    "buildUri",
    "externalInput",
    "getSecret",
    "newGuid",
    "parseUri",
    "pickZones",
    "providers",
    "toLogicalZone",
    "toLogicalZones",
    "toPhysicalZone",
    "toPhysicalZones",
    "utcNow",
)

SPECIAL: Mapping[str, Special] = {
    "copyindex": _copy_index,
    "deployer": _half("deployer"),
    "deployment": _deployment,
    "environment": _half("environment"),
    "extensionresourceid": _id(_extension_resource_id),
    "guid": _hash("guid"),
    "managementgroup": _management_group,
    "managementgroupresourceid": _id(_management_group_resource_id),
    "resourcegroup": _resource_group,
    "resourceid": _id(_resource_id),
    "subscription": _subscription,
    "subscriptionresourceid": _id(_subscription_resource_id),
    "tenant": _half("tenant"),
    "tenantresourceid": _id(_tenant_resource_id),
    "uniquestring": _hash("uniqueString"),
    **{name.lower(): _only_azure_knows(name) for name in _UNSETTLED},
}
