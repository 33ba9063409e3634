"""`azurerm_consumption_budget_resource_group`: azurerm 3.117, 4.81, 5.2, docs/r/consumption_budget_resource_group."""

from __future__ import annotations

from scanner.sources.terraform.mappings.budgets import BUDGET, budget
from scanner.sources.terraform.mappings.mapping import GROUP, Mapping

MAPPING = Mapping(
    "azurerm_consumption_budget_resource_group", BUDGET, budget, parent="resource_group_id", parent_type=GROUP
)
