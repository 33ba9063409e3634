"""Effective tags: a resource's own, then its parents', its resource group's, its subscription's.

Names match in any case and a blank value is no tag, so the next level is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.model.inventory import Inventory
from scanner.model.resource import RESOURCE_GROUP, SUBSCRIPTION, Resource, parent_key
from scanner.model.values import MISSING, UNKNOWN, Truth

EVERY_LEVEL = ("parent", "resourceGroup", "subscription")
_OBSERVED = frozenset({"azure", "snapshot"})


@dataclass(frozen=True, slots=True)
class EffectiveTag:
    """`value` is text, MISSING or UNKNOWN; `source` the level it came from, or the one that could not be read.

    `present` is the truth of "there is a value, whichever": a farther level may have one although a
    nearer one, whose value would win, could not be read.
    """

    value: Any
    source: str = ""
    present: Truth = True


def tag_text(value: Any) -> str:
    """Give a tag's value as Azure compares it: text without surrounding blanks; a list or mapping is no value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def _folded(resource: Resource, inventory: Inventory) -> dict[str, Any] | None:
    """Give non-blank tags by lower-case name; None where the tags as a whole are unknown."""
    raw = resource.json.get("tags")
    if raw is UNKNOWN:
        return None
    if not isinstance(raw, dict) or not raw:
        return {}

    def make() -> dict[str, Any]:
        return {
            str(name).lower(): value if value is UNKNOWN else tag_text(value)
            for name, value in raw.items()
            if value is UNKNOWN or tag_text(value)
        }

    found: dict[str, Any] = inventory.memo(("tags", resource.key), make)
    return found


def _levels(resource: Resource, inherit: tuple[str, ...], inventory: Inventory) -> list[tuple[str, Resource | None]]:
    """List (level, resource); the resource is None where it should have been read but was not.

    An input that never holds a level (a resource group beside a plain ARM file) leaves that level out:
    there the rule judges what it was given. A parent that is not there leaves the question open.
    """
    levels: list[tuple[str, Resource | None]] = [("resource", resource)]
    if "parent" in inherit:
        key = parent_key(resource.key)
        while key:
            levels.append(("parent", inventory.by_key.get(key)))
            key = parent_key(key)
    observed = resource.origin.source in _OBSERVED
    subscription = f"/subscriptions/{resource.subscription_id}"
    if "resourceGroup" in inherit and resource.resource_group:
        group = inventory.by_key.get(f"{subscription}/resourcegroups/{resource.resource_group.lower()}")
        if group or observed or inventory.gap(RESOURCE_GROUP, subscription):
            levels.append(("resource group", group))
    if "subscription" in inherit and resource.subscription_id:
        holder = inventory.by_key.get(subscription)
        if holder or observed or inventory.gap(SUBSCRIPTION, subscription):
            levels.append(("subscription", holder))
    return levels


def effective_tag(resource: Resource, folded: str, inherit: tuple[str, ...], inventory: Inventory) -> EffectiveTag:
    """Give the effective tag of that lower-case name.

    The value is UNKNOWN where a nearer level that could hold it was not read, even if a farther one
    has it: the nearer one would win.
    """
    unread = ""
    for level, holder in _levels(resource, inherit, inventory):
        tags = _folded(holder, inventory) if holder is not None else None
        if tags is None or tags.get(folded) is UNKNOWN:
            unread = unread or level
        elif folded in tags:
            return EffectiveTag(UNKNOWN, unread) if unread else EffectiveTag(tags[folded], level)
    return EffectiveTag(UNKNOWN, unread, present=None) if unread else EffectiveTag(MISSING, present=False)


def effective_tags(resource: Resource, inventory: Inventory) -> dict[str, str]:
    """Give all known effective tags, named as their nearest holder spells them, for reports."""
    result: dict[str, str] = {}
    seen: set[str] = set()
    for _, holder in _levels(resource, EVERY_LEVEL, inventory):
        tags = holder.tags if holder is not None else {}
        for name, value in tags.items():
            folded = str(name).lower()
            if folded not in seen and value is not UNKNOWN and tag_text(value):
                seen.add(folded)
                result[str(name)] = tag_text(value)
    return result
