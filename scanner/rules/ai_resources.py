"""Which resources make a subscription or a resource group one that spends money on AI."""

from __future__ import annotations

from scanner.model.inventory import Inventory
from scanner.model.quota import ACCOUNT
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.rules.paths import look_up

AI_TYPES = frozenset(
    {
        ACCOUNT,
        "microsoft.machinelearningservices/workspaces",
        "microsoft.search/searchservices",
        "microsoft.botservice/botservices",
        "microsoft.fabric/capacities",
        "microsoft.securitycopilot/capacities",
    }
)
"""Top-level types, in lower case; whatever else costs money lies in one of them."""
_MODEL_KINDS = frozenset({"openai", "aiservices"})


def is_ai(resource: Resource) -> Truth:
    """Say whether this is an AI resource; of Cognitive Services accounts only those that serve models are."""
    if resource.type not in AI_TYPES:
        return False
    if resource.type != ACCOUNT:
        return True
    kind = look_up(resource.json, "kind", "kind")
    if kind is MISSING or kind is UNKNOWN:
        return None
    return isinstance(kind, str) and kind.lower() in _MODEL_KINDS


def homes(inventory: Inventory) -> dict[str, Truth]:
    """Give the normalised ids of subscriptions and resource groups that hold AI resources; None: perhaps."""

    def make() -> dict[str, Truth]:
        found: dict[str, Truth] = {}
        for kind in AI_TYPES:
            for resource in inventory.by_type.get(kind, ()):
                truth = is_ai(resource)
                if truth is not False:
                    for home in _containers(resource):
                        found[home] = found.get(home) or truth
        return found

    index: dict[str, Truth] = inventory.memo("AI homes", make)
    return index


def _containers(resource: Resource) -> list[str]:
    subscription = f"/subscriptions/{resource.subscription_id}"
    group = resource.resource_group.lower()
    return [subscription, f"{subscription}/resourcegroups/{group}"] if group else [subscription]
