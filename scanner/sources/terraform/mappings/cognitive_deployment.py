"""`azurerm_cognitive_deployment`: docs/r/cognitive_deployment of azurerm 3.117 (block `scale`) and 4.81, 5.2 (`sku`).

Defaults there: capacity 1 (1,000 tokens a minute), version_upgrade_option OnceNewDefaultVersionAvailable. The type has
no argument for tags, rate limits or a spillover deployment.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.mapping import Mapping

_SPILLOVER = (
    "azurerm_cognitive_deployment has no argument for it; set properties.spilloverDeploymentName with "
    "azapi_update_resource"
)


def _deployment(arguments: Arguments) -> Json:
    sku = arguments.block("sku", lambda block: _sku(block, "name"))
    return body(
        sku=arguments.block("scale", lambda block: _sku(block, "type")) if sku is None else sku,
        properties=body(
            model=arguments.block("model", _model),
            raiPolicyName=arguments.get("rai_policy_name"),
            versionUpgradeOption=arguments.get("version_upgrade_option", "OnceNewDefaultVersionAvailable"),
            dynamicThrottlingEnabled=arguments.get("dynamic_throttling_enabled"),
        ),
    )


def _sku(block: Arguments, name: str) -> Json:
    return body(
        name=block.get(name),
        capacity=block.get("capacity", 1),
        tier=block.get("tier"),
        size=block.get("size"),
        family=block.get("family"),
    )


def _model(block: Arguments) -> Json:
    return body(format=block.get("format"), name=block.get("name"), version=block.get("version"))


MAPPING = Mapping(
    "azurerm_cognitive_deployment",
    "Microsoft.CognitiveServices/accounts/deployments",
    _deployment,
    parent="cognitive_account_id",
    parent_type="Microsoft.CognitiveServices/accounts",
    caveats=(("properties.spilloverDeploymentName", _SPILLOVER),),
)
