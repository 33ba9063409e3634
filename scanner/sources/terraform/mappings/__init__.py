"""Every azurerm type that azgate maps to ARM JSON: one module each, and one line here."""

from __future__ import annotations

from scanner.sources.terraform.mappings import (
    ai_foundry,
    ai_foundry_project,
    ai_services,
    bot_channels_registration,
    bot_service_azure_bot,
    bot_web_app,
    cognitive_account,
    cognitive_account_project,
    cognitive_deployment,
    consumption_budget_resource_group,
    consumption_budget_subscription,
    cost_anomaly_alert,
    fabric_capacity,
    machine_learning_compute_cluster,
    machine_learning_compute_instance,
    machine_learning_inference_cluster,
    machine_learning_synapse_spark,
    machine_learning_workspace,
    resource_group,
    search_service,
    subscription,
)

_MAPPINGS = (
    cognitive_account.MAPPING,
    ai_services.MAPPING,
    cognitive_deployment.MAPPING,
    cognitive_account_project.MAPPING,
    ai_foundry.MAPPING,
    ai_foundry_project.MAPPING,
    machine_learning_workspace.MAPPING,
    machine_learning_compute_cluster.MAPPING,
    machine_learning_compute_instance.MAPPING,
    machine_learning_inference_cluster.MAPPING,
    machine_learning_synapse_spark.MAPPING,
    search_service.MAPPING,
    bot_service_azure_bot.MAPPING,
    bot_web_app.MAPPING,
    bot_channels_registration.MAPPING,
    fabric_capacity.MAPPING,
    consumption_budget_subscription.MAPPING,
    consumption_budget_resource_group.MAPPING,
    cost_anomaly_alert.MAPPING,
    resource_group.MAPPING,
    subscription.MAPPING,
)
MAPPINGS = {mapping.terraform: mapping for mapping in _MAPPINGS}
"""Mappings by Terraform type."""

AI_PREFIXES = (
    "azurerm_ai_",
    "azurerm_bot_",
    "azurerm_cognitive_",
    "azurerm_fabric_",
    "azurerm_machine_learning_",
    "azurerm_search_",
)
"""Terraform types of AI services. One that is neither mapped nor passed over is a gap."""

PASSED_OVER = (
    "azurerm_bot_channel_",
    "azurerm_bot_connection",
    "azurerm_cognitive_account_connection_",
    "azurerm_cognitive_account_customer_managed_key",
    "azurerm_cognitive_account_rai_",
    "azurerm_machine_learning_datastore_",
    "azurerm_machine_learning_workspace_network_outbound_rule_",
    "azurerm_search_shared_private_link_service",
)
"""Beginnings of AI types on purpose not mapped: settings of another resource, which nothing is governed by."""
