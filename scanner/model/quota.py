"""How Azure names the quota pool that an Azure OpenAI deployment draws from.

Azure lists a region's pools under `/locations/{region}/usages`; the item's `name.value` is
`OpenAI.<sku>.<model>` for OpenAI models, `AIServices.<sku>.<model>` for those of other publishers, and
model-free (`OpenAI.ProvisionedManaged`) for provisioned throughput. Where that pattern does not hold, the
model catalogue's `model.skus[].usageName` is the authority.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.model.resource import normalise_location
from scanner.model.values import Json

ACCOUNT = "microsoft.cognitiveservices/accounts"
DEPLOYMENT = "microsoft.cognitiveservices/accounts/deployments"
QUOTA_USAGES = "quotaUsages"
"""Fact kind: `value` of GET .../locations/{region}/usages, scope `location_scope()`."""
MODELS = "models"
"""Fact kind: `value` of GET .../locations/{region}/models, scope `location_scope()`."""


def location_scope(subscription_id: str, location: str) -> str:
    """Give the ARM id of a region of a subscription, as seen by Microsoft.CognitiveServices."""
    place = normalise_location(location)
    return f"/subscriptions/{subscription_id.lower()}/providers/Microsoft.CognitiveServices/locations/{place}"


def _text(container: Any, *path: str) -> str:
    for key in path:
        container = container.get(key) if isinstance(container, dict) else None
    return container if isinstance(container, str) else ""


def deployment_sku(deployment: Json) -> str:
    """Give the deployment's sku name, from `sku.name` or the older `properties.scaleSettings.scaleType`."""
    return _text(deployment, "sku", "name") or _text(deployment, "properties", "scaleSettings", "scaleType")


def candidate_pool_names(deployment: Json) -> tuple[str, ...]:
    """Give the usage names this deployment's pool may have, likeliest first; () without sku or model."""
    sku = deployment_sku(deployment)
    if not sku:
        return ()
    if "provisioned" in sku.lower():
        return (f"OpenAI.{sku}", f"AIServices.{sku}")
    model = _text(deployment, "properties", "model", "name")
    if not model:
        return ()
    publishers = ["OpenAI", "AIServices"]
    if _text(deployment, "properties", "model", "format").lower() not in {"", "openai"}:
        publishers.reverse()
    return tuple(f"{publisher}.{sku}.{model}" for publisher in publishers)


def catalogue_pool_name(deployment: Json, models: Iterable[Any]) -> str:
    """Give the usage name the model catalogue has for this deployment's model version and sku; "" for none.

    `models` are the items of `/locations/{region}/models`. The exact version wins over another version.
    """
    sku = deployment_sku(deployment).lower()
    name = _text(deployment, "properties", "model", "name").lower()
    version = _text(deployment, "properties", "model", "version").lower()
    second = ""
    for item in models:
        model = item.get("model") if isinstance(item, dict) else None
        if not isinstance(model, dict) or _text(model, "name").lower() != name:
            continue
        offers = model.get("skus")
        for offer in offers if isinstance(offers, list) else ():
            if _text(offer, "name").lower() == sku and (usage := _text(offer, "usageName")):
                if _text(model, "version").lower() == version:
                    return usage
                second = second or usage
    return second


def usage_name(usage: Any) -> str:
    """Give `name.value` of one usage item; "" where it is malformed."""
    return _text(usage, "name", "value")
