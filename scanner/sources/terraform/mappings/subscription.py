"""`azurerm_subscription`: azurerm 3.117, 4.81, 5.2, docs/r/subscription.

Its `id` is that of an alias; the subscription's own is `subscription_id`, a GUID.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.mapping import SUBSCRIPTION, Mapping


def _subscription(arguments: Arguments) -> Json:
    return body(displayName=arguments.get("subscription_name"), tags=arguments.get("tags"))


MAPPING = Mapping(
    "azurerm_subscription",
    SUBSCRIPTION,
    _subscription,
    parent_type="",
    name="subscription_id",
    id_argument="subscription_id",
)
