"""`azurerm_machine_learning_workspace`: azurerm 3.117, 4.81, 5.2, docs/r/machine_learning_workspace.

Defaults there: kind Default, sku_name Basic, public_network_access_enabled true (4.x; in 3.x the provider computes it
where neither it nor public_access_behind_virtual_network_enabled is set), v1_legacy_mode_enabled and
serverless_compute.public_ip_enabled false. The provider sends sku_name as tier, too.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body, negated, on_off
from scanner.sources.terraform.mappings.mapping import Mapping, identity


def _workspace(arguments: Arguments) -> Json:
    sku = arguments.get("sku_name", "Basic")
    public = arguments.get(
        "public_network_access_enabled", arguments.get("public_access_behind_virtual_network_enabled", True)
    )
    return body(
        kind=arguments.get("kind", "Default"),
        location=arguments.get("location"),
        sku=body(name=sku, tier=sku),
        tags=arguments.get("tags"),
        identity=identity(arguments),
        properties=body(
            applicationInsights=arguments.get("application_insights_id"),
            containerRegistry=arguments.get("container_registry_id"),
            description=arguments.get("description"),
            encryption=arguments.block("encryption", encryption),
            friendlyName=arguments.get("friendly_name"),
            hbiWorkspace=arguments.get("high_business_impact"),
            imageBuildCompute=arguments.get("image_build_compute_name"),
            keyVault=arguments.get("key_vault_id"),
            managedNetwork=arguments.block("managed_network", managed_network),
            primaryUserAssignedIdentity=arguments.get("primary_user_assigned_identity"),
            publicNetworkAccess=on_off(public),
            serverlessComputeSettings=arguments.block("serverless_compute", _serverless),
            storageAccount=arguments.get("storage_account_id"),
            systemDatastoresAuthMode=arguments.get("storage_account_access_type"),
            v1LegacyMode=arguments.get("v1_legacy_mode_enabled", False),
        ),
    )


def managed_network(block: Arguments) -> Json:
    """Give `managedNetwork`."""
    return body(isolationMode=block.get("isolation_mode"))


def encryption(block: Arguments) -> Json:
    """Give `encryption`: there is the block only where a key of the customer is used."""
    return body(
        status="Enabled",
        keyVaultProperties=body(keyIdentifier=block.get("key_id"), keyVaultArmId=block.get("key_vault_id")),
    )


def _serverless(block: Arguments) -> Json:
    return body(
        serverlessComputeCustomSubnet=block.get("subnet_id"),
        serverlessComputeNoPublicIP=negated(block.get("public_ip_enabled", False)),
    )


MAPPING = Mapping("azurerm_machine_learning_workspace", "Microsoft.MachineLearningServices/workspaces", _workspace)
