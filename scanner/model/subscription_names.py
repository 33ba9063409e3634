"""What subscriptions are called, as far as an inventory knows it."""

from __future__ import annotations

from scanner.model.inventory import Inventory
from scanner.model.resource import SUBSCRIPTION


def subscription_names(inventory: Inventory) -> dict[str, str]:
    """Give display names by subscription id in lower case, sorted by id; who has none is not in it.

    `displayName` stands at the top level of a subscription, as Azure Resource Manager lists subscriptions. Where a
    change defines a subscription anew without saying its name, the name is the one it had.
    """
    before = (resource for resource in inventory.before if resource.type == SUBSCRIPTION)
    found: dict[str, str] = {}
    for resource in (*inventory.by_type.get(SUBSCRIPTION, ()), *before):
        name = resource.json.get("displayName")
        if isinstance(name, str) and name.strip() and resource.subscription_id:
            found.setdefault(resource.subscription_id, name)
    return dict(sorted(found.items()))
