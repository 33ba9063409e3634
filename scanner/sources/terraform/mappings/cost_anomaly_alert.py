"""`azurerm_cost_anomaly_alert`: azurerm 4.81 and 5.2, docs/r/cost_anomaly_alert.

A scheduled action of kind InsightAlert. Without `subscription_id` it is about the provider's subscription.
"""

from __future__ import annotations

from scanner.model.values import UNKNOWN, Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.mapping import SUBSCRIPTION, Mapping


def _alert(arguments: Arguments) -> Json:
    recipients = arguments.get("email_addresses")
    return {
        "kind": "InsightAlert",
        "properties": body(
            displayName=arguments.get("display_name"),
            status="Enabled",
            notification=recipients if recipients is None or recipients is UNKNOWN else {"to": recipients},
        ),
    }


MAPPING = Mapping(
    "azurerm_cost_anomaly_alert",
    "Microsoft.CostManagement/scheduledActions",
    _alert,
    parent="subscription_id",
    parent_type=SUBSCRIPTION,
)
