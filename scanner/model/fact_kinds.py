"""The names of facts that Azure keeps as extensions of a resource or a subscription."""

from __future__ import annotations

DIAGNOSTIC_SETTINGS = "diagnosticSettings"
"""`value` of GET {id}/providers/Microsoft.Insights/diagnosticSettings; scope the resource."""
BUDGETS = "budgets"
"""`value` of GET {scope}/providers/Microsoft.Consumption/budgets; scope a subscription or resource group."""
SCHEDULED_ACTIONS = "scheduledActions"
"""`value` of GET {subscription}/providers/Microsoft.CostManagement/scheduledActions; scope the subscription.

Fields as in azure-mgmt-costmanagement 5.0.0 (api-version 2025-03-01): kind Email | InsightAlert, properties
{displayName, status Enabled | Expired | Disabled, ...}. UNVERIFIED whether the list holds alerts that somebody made
for himself alone.
"""
