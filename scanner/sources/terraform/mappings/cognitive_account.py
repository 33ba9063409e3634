"""`azurerm_cognitive_account`: azurerm 3.117, 4.81, 5.2, docs/r/cognitive_account.

Defaults there: local_auth_enabled and public_network_access_enabled true; outbound_network_access_restricted and
project_management_enabled (new in 4.x) false.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body, negated, on_off
from scanner.sources.terraform.mappings.mapping import Mapping, identity, values


def account(arguments: Arguments) -> Json:
    """Give a Microsoft.CognitiveServices/accounts body."""
    return body(
        kind=arguments.get("kind"),
        location=arguments.get("location"),
        sku=body(name=arguments.get("sku_name")),
        tags=arguments.get("tags"),
        identity=identity(arguments),
        properties=body(
            customSubDomainName=arguments.get("custom_subdomain_name"),
            disableLocalAuth=negated(arguments.get("local_auth_enabled", True)),
            publicNetworkAccess=on_off(arguments.get("public_network_access_enabled", True)),
            restrictOutboundNetworkAccess=arguments.get("outbound_network_access_restricted", False),
            allowedFqdnList=arguments.get("fqdns"),
            dynamicThrottlingEnabled=arguments.get("dynamic_throttling_enabled"),
            allowProjectManagement=arguments.get("project_management_enabled"),
            networkAcls=arguments.block("network_acls", network_acls),
            encryption=arguments.block("customer_managed_key", encryption),
            userOwnedStorage=arguments.blocks("storage", _storage),
        ),
    )


def network_acls(block: Arguments) -> Json:
    """Give `networkAcls`; without the block the account is open to every network."""
    return body(
        defaultAction=block.get("default_action"),
        bypass=block.get("bypass"),
        ipRules=values(block.get("ip_rules"), "value"),
        virtualNetworkRules=block.blocks("virtual_network_rules", lambda rule: body(id=rule.get("subnet_id"))),
    )


def encryption(block: Arguments) -> Json:
    """Give `encryption`: the key is the customer's, and named by one URL in Terraform."""
    return body(
        keySource="Microsoft.KeyVault",
        keyVaultProperties=body(
            keyVaultUri=block.get("key_vault_key_id"), identityClientId=block.get("identity_client_id")
        ),
    )


def _storage(block: Arguments) -> Json:
    return body(resourceId=block.get("storage_account_id"), identityClientId=block.get("identity_client_id"))


MAPPING = Mapping("azurerm_cognitive_account", "Microsoft.CognitiveServices/accounts", account)
