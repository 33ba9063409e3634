"""`azurerm_ai_foundry`: azurerm 4.81 and 5.2, docs/r/ai_foundry; not in 3.x.

A machine learning workspace of kind Hub. Default there: public_network_access Enabled.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.machine_learning_workspace import encryption, managed_network
from scanner.sources.terraform.mappings.mapping import Mapping, identity


def _hub(arguments: Arguments) -> Json:
    return body(
        kind="Hub",
        location=arguments.get("location"),
        tags=arguments.get("tags"),
        identity=identity(arguments),
        properties=body(
            applicationInsights=arguments.get("application_insights_id"),
            containerRegistry=arguments.get("container_registry_id"),
            description=arguments.get("description"),
            encryption=arguments.block("encryption", encryption),
            friendlyName=arguments.get("friendly_name"),
            hbiWorkspace=arguments.get("high_business_impact_enabled"),
            keyVault=arguments.get("key_vault_id"),
            managedNetwork=arguments.block("managed_network", managed_network),
            primaryUserAssignedIdentity=arguments.get("primary_user_assigned_identity"),
            publicNetworkAccess=arguments.get("public_network_access", "Enabled"),
            storageAccount=arguments.get("storage_account_id"),
        ),
    )


MAPPING = Mapping("azurerm_ai_foundry", "Microsoft.MachineLearningServices/workspaces", _hub)
