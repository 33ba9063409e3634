"""Effective tags: a resource's own, then its parents', its resource group's, its subscription's.

Names match in any case and a blank value is no tag, so the next level is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from scanner.model.inventory import Inventory
from scanner.model.resource import RESOURCE_GROUP, SUBSCRIPTION, Resource, parent_key
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.rules.environment import Judgement

EVERY_LEVEL = ("parent", "resourceGroup", "subscription")
_OBSERVED = frozenset({"azure", "snapshot"})
_Tags: TypeAlias = Mapping[str, tuple[str, Any]]
"""Tags that are not blank: lower-case name to the name as it is spelled and the text, or UNKNOWN."""
_Level: TypeAlias = tuple[str, _Tags | None]
"""A level's name and its tags; None, and a sentence about it, where they were not read or are unknown as a whole."""
_NO_TAGS: _Tags = {}


class EffectiveTag(NamedTuple):
    """`value` is text, MISSING or UNKNOWN; `source` the level it came from, or why it is UNKNOWN.

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


def _own(resource: Resource, inventory: Inventory) -> _Tags | None:
    """Give the resource's own tags; None where they are unknown as a whole."""
    raw = resource.json.get("tags")
    if raw is UNKNOWN:
        return None
    if not isinstance(raw, dict) or not raw:
        return _NO_TAGS

    def make() -> _Tags:
        texts = {str(name): value if value is UNKNOWN else tag_text(value) for name, value in raw.items()}
        return {name.lower(): (name, text) for name, text in texts.items() if text}

    found: _Tags = inventory.memo(("tags", resource.key), make)
    return found


def _level(name: str, holder: Resource, inventory: Inventory) -> _Level:
    tags = _own(holder, inventory)
    return (_not_known(name), None) if tags is None else (name, tags)


def _not_known(level: str) -> str:
    """Say that a plan or template does not know tags, or does not show them."""
    return f"the tags of the {level} are not known here"


def _above(resource: Resource, inherit: tuple[str, ...], inventory: Inventory) -> tuple[_Level, ...]:
    """Give the levels above the resource, nearest first.

    Neighbours (all deployments of an account, say) have the same ones: they are put together once.
    """
    found: tuple[_Level, ...] = inventory.memo(
        ("levels", *_surroundings(resource), inherit), lambda: tuple(_levels(resource, inherit, inventory))
    )
    return found


def _surroundings(resource: Resource) -> tuple[str, str]:
    """Give what the levels above a resource depend on: neighbours of one source have the same."""
    key = resource.key
    return key.rpartition("/")[0] if "/providers/" in key else key, resource.origin.source


def shared_with_neighbours(
    question: object, resource: Resource, inventory: Inventory, answer: Callable[[], Judgement]
) -> Judgement:
    """Answer a question about effective tags once for all neighbours that have no tags of their own.

    `question` stands for everything else the answer depends on. Thousands of deployments inherit all they have.
    """
    if _own(resource, inventory) is not _NO_TAGS:
        return answer()
    found: Judgement = inventory.memo((question, *_surroundings(resource)), answer)
    return found


def _seen(subscription_id: str, inventory: Inventory) -> bool:
    """Say whether the subscription was read in Azure, so that its groups were too: beside a plan, as its context."""
    holder = inventory.by_key.get(f"/subscriptions/{subscription_id}")
    return holder is not None and holder.origin.source in _OBSERVED


def _levels(resource: Resource, inherit: tuple[str, ...], inventory: Inventory) -> list[_Level]:
    """Put the levels together.

    An input that never holds a level (a resource group beside a plain ARM file) leaves that level out:
    there the rule judges what it was given. A parent that is not there leaves the question open.
    """
    observed = resource.origin.source in _OBSERVED or _seen(resource.subscription_id, inventory)

    def level(name: str, holder: Resource | None) -> _Level:
        return (f"the {name} was not read", None) if holder is None else _level(name, holder, inventory)

    levels: list[_Level] = []
    if "parent" in inherit:
        key = parent_key(resource.key)
        while key:
            levels.append(level("parent", inventory.by_key.get(key)))
            key = parent_key(key)
    subscription = f"/subscriptions/{resource.subscription_id}"
    if "resourceGroup" in inherit and resource.resource_group:
        group = inventory.by_key.get(f"{subscription}/resourcegroups/{resource.resource_group.lower()}")
        if group or observed or inventory.gap(RESOURCE_GROUP, subscription):
            levels.append(level("resource group", group))
    if "subscription" in inherit and resource.subscription_id:
        holder = inventory.by_key.get(subscription)
        if holder or observed or inventory.gap(SUBSCRIPTION, subscription):
            levels.append(level("subscription", holder))
    return levels


def effective_tag(resource: Resource, folded: str, inherit: tuple[str, ...], inventory: Inventory) -> EffectiveTag:
    """Give the effective tag of that lower-case name.

    The value is UNKNOWN where a nearer level that could hold it was not read, even if a farther one
    has it: the nearer one would win.
    """
    unread = ""
    for level, tags in (_level("resource", resource, inventory), *_above(resource, inherit, inventory)):
        found = None if tags is None else tags.get(folded)
        if tags is None:
            unread = unread or level
        elif found is not None and found[1] is UNKNOWN:
            unread = unread or _not_known(level)
        elif found is not None:
            return EffectiveTag(UNKNOWN, unread) if unread else EffectiveTag(found[1], level)
    return EffectiveTag(UNKNOWN, unread, present=None) if unread else EffectiveTag(MISSING, present=False)


def effective_tags(resource: Resource, inventory: Inventory) -> dict[str, str]:
    """Give all known effective tags, named as their nearest holder spells them, for reports. Never changed."""
    if _own(resource, inventory) is not _NO_TAGS:
        return _effective_tags(resource, inventory)
    found: dict[str, str] = inventory.memo(
        ("effective tags", *_surroundings(resource)), lambda: _effective_tags(resource, inventory)
    )
    return found


def _effective_tags(resource: Resource, inventory: Inventory) -> dict[str, str]:
    nearest: dict[str, tuple[str, str]] = {}
    for tags in (_own(resource, inventory), *(level[1] for level in _above(resource, EVERY_LEVEL, inventory))):
        for folded, (name, text) in (tags or _NO_TAGS).items():
            if text is not UNKNOWN:
                nearest.setdefault(folded, (name, text))
    return dict(nearest.values())
