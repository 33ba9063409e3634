"""Functions that read other resources: `reference`, `references`, `resourceInfo`, and the `list...` of keys.

What a resource of the same deployment declares is what Azure will say of it; whatever Azure adds is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scanner.expressions.syntax import Tree
from scanner.model.resource import normalise_id
from scanner.sources.arm_template.deferred import Declared, Half, as_text, deferred
from scanner.sources.arm_template.frame import Frame
from scanner.sources.arm_template.logic import Special, arguments

if TYPE_CHECKING:
    from scanner.sources.arm_template.entry import Entry


def _reference(trees: tuple[Tree, ...], frame: Frame) -> Any:
    target, *rest = (frame.value(tree) for tree in arguments("reference", trees, 1, 3))
    name = as_text(target)
    whole = len(rest) == 2 and isinstance(rest[1], str) and rest[1].lower() == "full"
    entry = frame.deployment.find(name)
    if entry is not None:
        return _declared(entry, whole=whole)
    found = frame.deployment.reading.options.context.by_key.get(normalise_id(name))
    label = deferred("reference", [target]).text
    if found is None:
        return Half({}, label)
    known = found.json if whole else found.json.get("properties")
    return Half(known, label) if isinstance(known, dict) else Half({}, label)


def _declared(entry: Entry, *, whole: bool) -> Any:
    label = deferred("reference", [entry.name]).text
    if entry.deployment_inside is not None:
        properties: Any = Half({"outputs": entry.deployment_inside.outputs}, label)
        return Half({"properties": properties, **_identity(entry)}, label) if whole else properties
    body = entry.body
    if whole:
        return Declared({**body, **_identity(entry)}, label)
    properties = body.get("properties")
    return Declared(properties, label) if isinstance(properties, dict) else Half({}, label)


def _identity(entry: Entry) -> dict[str, Any]:
    scope = entry.scope
    return {"resourceId": entry.id, "subscriptionId": scope.subscription, "resourceGroupName": scope.group}


def _references(trees: tuple[Tree, ...], frame: Frame) -> Any:
    target, *rest = (frame.value(tree) for tree in arguments("references", trees, 1, 3))
    entries = frame.deployment.loop(as_text(target))
    if entries is None:
        return deferred("references", [target])
    whole = any(isinstance(word, str) and word.lower() == "full" for word in rest)
    return [_declared(entry, whole=whole) for entry in entries]


def _resource_info(trees: tuple[Tree, ...], frame: Frame) -> Any:
    target = frame.value(arguments("resourceInfo", trees, 1, 1)[0])
    entry = frame.deployment.find(as_text(target))
    label = deferred("resourceInfo", [target]).text
    if entry is None:
        return Half({}, label)
    return Half({"id": entry.id_value, "name": entry.name_value, "type": entry.type}, label)


def list_keys(name: str, trees: tuple[Tree, ...], frame: Frame) -> Any:
    """Give what `listKeys` and its like give, which is never known and mostly secret."""
    return deferred(name, [frame.value(tree) for tree in trees[:1]])


SPECIAL: Mapping[str, Special] = {
    "reference": _reference,
    "references": _references,
    "resourceinfo": _resource_info,
}
