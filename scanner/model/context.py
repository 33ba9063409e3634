"""A change laid over what already exists: what it touches is judged, the rest is there to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from scanner.model.fact_kinds import BUDGETS, SCHEDULED_ACTIONS
from scanner.model.inventory import Fact, Gap, GapReason, Inventory, SourceInfo
from scanner.model.quota import MODELS, QUOTA_USAGES
from scanner.model.resource import CONTAINERS, Resource, normalise_id, parent_key

CHANGE_FACTS = frozenset({QUOTA_USAGES, MODELS, BUDGETS, SCHEDULED_ACTIONS})
"""Fact kinds that hold for a change too; what was measured (metrics) or set on a resource says nothing of a new one."""


def in_context(change: Inventory, context: Inventory) -> Inventory:
    """Lay `change` over `context`.

    Resources of the context are not judged, except subscriptions and resource groups in which the change does
    something. What the change removes or defines anew is taken out of the context and kept in `before`; what it only
    mentions (an `existing` resource of a template) is taken from the context, which knows more of it. Of the
    context's gaps those stay that may hide something the change is judged by; a subscription of the change of which
    the context holds nothing is one more.
    """
    removed = _Below(normalise_id(name) for name in change.removed)
    places = _places(change)
    ours = tuple(one for one in change.resources if one.origin.judged or one.key not in context.by_key)
    defined = {one.key for one in ours}
    kept: list[Resource] = []
    before: list[Resource] = []
    for resource in context.resources:
        if resource.key in defined or removed.holds(resource.key):
            before.append(resource)
        else:
            judged = resource.type in CONTAINERS and resource.key in places
            kept.append(_copy(resource, judged=judged))
    known = CHANGE_FACTS & context.fact_kinds
    have = {(fact.kind, normalise_id(fact.scope)) for fact in change.facts}
    facts = [_without(fact, removed) for fact in context.facts if (fact.kind, normalise_id(fact.scope)) not in have]
    return replace(
        change,
        resources=(*ours, *kept),
        facts=(*change.facts, *facts),
        gaps=(
            *change.gaps,
            *(gap for gap in context.gaps if _matters(gap, places)),
            *_not_covered(change, context),
        ),
        sources=tuple(_knowing(source, known) for source in change.sources),
        context=(*change.context, *context.sources),
        before=(*change.before, *before),
        _memo={},
    )


class _Below:
    """Ids, and whatever lies below one of them."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = frozenset(keys)

    def holds(self, key: str) -> bool:
        if not self.keys:
            return False
        at = len(key)
        while at > 0:
            if key[:at] in self.keys:
                return True
            at = key.rfind("/", 0, at)
        return False


def _copy(resource: Resource, *, judged: bool) -> Resource:
    return Resource(resource.json, replace(resource.origin, judged=judged))


def _places(change: Inventory) -> frozenset[str]:
    """Give the keys of everything the judged part of a change lies in: parents, resource groups, subscriptions."""
    found: set[str] = set()
    for key in (*(one.key for one in change.resources if one.origin.judged), *map(normalise_id, change.removed)):
        parent = parent_key(key)
        while parent:
            found.add(parent)
            parent = parent_key(parent)
        parts = key.split("/")
        if len(parts) > 2 and parts[1] == "subscriptions":
            found.add("/".join(parts[:3]))
            if len(parts) > 4 and parts[3] == "resourcegroups":
                found.add("/".join(parts[:5]))
    return frozenset(found)


def _not_covered(change: Inventory, context: Inventory) -> list[Gap]:
    """Give a gap for each subscription that the change is about and the context knows nothing of."""
    there = {resource.subscription_id for resource in context.resources}
    there |= {key.split("/")[2] for key in map(normalise_id, context.scopes) if key.startswith("/subscriptions/")}
    wanted = dict.fromkeys(one.subscription_id for one in change.resources if one.origin.judged)
    missing = [name for name in wanted if name and name not in there]
    kind = "Microsoft.Resources/subscriptions"
    return [Gap(f"/subscriptions/{name}", kind, GapReason.NOT_FOUND, _why_missing(name)) for name in missing]


def _why_missing(subscription: str) -> str:
    if subscription.strip("0-"):
        return "the context holds nothing of this subscription, so the change is not judged by what exists there"
    return "the change does not say which subscription it is for; --subscription does"


def _matters(gap: Gap, places: frozenset[str]) -> bool:
    """Say whether a gap of the context may hide what the change is judged by: a type, or a fact of its surroundings."""
    scope = normalise_id(gap.scope)
    near = scope in places or any(scope.startswith(f"{place}/providers/") for place in places if place.count("/") == 2)
    return near and (gap.what in CHANGE_FACTS or gap.what.lower() in CONTAINERS)


def _without(fact: Fact, removed: _Below) -> Fact:
    """Give the fact without the members (budgets, say) that the change removes."""
    if not removed.keys or not isinstance(fact.data, list):
        return fact
    left = [item for item in fact.data if not removed.holds(_key(item))]
    return fact if len(left) == len(fact.data) else Fact(fact.kind, fact.scope, left)


def _key(item: Any) -> str:
    identity = item.get("id") if isinstance(item, dict) else None
    return normalise_id(identity) if isinstance(identity, str) else ""


def _knowing(source: SourceInfo, kinds: frozenset[str]) -> SourceInfo:
    return replace(source, fact_kinds=source.fact_kinds | kinds)
