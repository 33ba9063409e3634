"""`azurerm_consumption_budget_subscription`: azurerm 3.117, 4.81, 5.2, docs/r/consumption_budget_subscription."""

from __future__ import annotations

from scanner.sources.terraform.mappings.budgets import BUDGET, budget
from scanner.sources.terraform.mappings.mapping import SUBSCRIPTION, Mapping

MAPPING = Mapping(
    "azurerm_consumption_budget_subscription", BUDGET, budget, parent="subscription_id", parent_type=SUBSCRIPTION
)
