"""`azurerm_ai_services`: azurerm 3.117 and 4.81, docs/r/ai_services; gone in 5.0.

An account of kind AIServices. Defaults there: local_authentication_enabled true, public_network_access Enabled,
outbound_network_access_restricted false, network_acls.bypass AzureServices.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body, negated
from scanner.sources.terraform.mappings.cognitive_account import encryption, network_acls
from scanner.sources.terraform.mappings.mapping import Mapping, identity


def _account(arguments: Arguments) -> Json:
    return body(
        kind="AIServices",
        location=arguments.get("location"),
        sku=body(name=arguments.get("sku_name")),
        tags=arguments.get("tags"),
        identity=identity(arguments),
        properties=body(
            customSubDomainName=arguments.get("custom_subdomain_name"),
            disableLocalAuth=negated(arguments.get("local_authentication_enabled", True)),
            publicNetworkAccess=arguments.get("public_network_access", "Enabled"),
            restrictOutboundNetworkAccess=arguments.get("outbound_network_access_restricted", False),
            allowedFqdnList=arguments.get("fqdns"),
            networkAcls=arguments.block(
                "network_acls", lambda block: {"bypass": "AzureServices", **network_acls(block)}
            ),
            encryption=arguments.block("customer_managed_key", encryption),
        ),
    )


MAPPING = Mapping("azurerm_ai_services", "Microsoft.CognitiveServices/accounts", _account)
