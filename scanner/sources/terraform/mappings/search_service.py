"""`azurerm_search_service`: azurerm 3.117, 4.81, 5.2, docs/r/search_service.

Defaults there: local_authentication_enabled and public_network_access_enabled true, partition_count 1, hosting_mode
Default, network_rule_bypass_option None (from 4.x on), customer_managed_key_enforcement_enabled false. replica_count
has none there; Azure takes 1. authentication_failure_mode set means that keys and Entra ID are both accepted.
"""

from __future__ import annotations

from typing import Any

from scanner.model.values import UNKNOWN, Json
from scanner.sources.terraform.arguments import Arguments, body, negated, on_off
from scanner.sources.terraform.mappings.mapping import Mapping, identity, values


def _service(arguments: Arguments) -> Json:
    return body(
        location=arguments.get("location"),
        sku=body(name=arguments.get("sku")),
        tags=arguments.get("tags"),
        identity=identity(arguments),
        properties=body(
            replicaCount=arguments.get("replica_count"),
            partitionCount=arguments.get("partition_count", 1),
            hostingMode=arguments.get("hosting_mode", "Default"),
            publicNetworkAccess=on_off(arguments.get("public_network_access_enabled", True)),
            disableLocalAuth=negated(arguments.get("local_authentication_enabled", True)),
            authOptions=_auth(arguments.get("authentication_failure_mode")),
            networkRuleSet=body(
                ipRules=values(arguments.get("allowed_ips"), "value"),
                bypass=arguments.get("network_rule_bypass_option", "None"),
            ),
            encryptionWithCmk={"enforcement": on_off(arguments.get("customer_managed_key_enforcement_enabled", False))},
            semanticSearch=arguments.get("semantic_search_sku"),
        ),
    )


def _auth(failure_mode: Any) -> Any:
    if failure_mode is None or failure_mode is UNKNOWN:
        return failure_mode
    return {"aadOrApiKey": {"aadAuthFailureMode": failure_mode}}


MAPPING = Mapping("azurerm_search_service", "Microsoft.Search/searchServices", _service)
