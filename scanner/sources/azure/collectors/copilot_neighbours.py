"""What stands beside models and is billed like them: search, bots, Fabric, Security Copilot, Power Platform.

Search, Bot and Fabric are what their SDKs ask for. That Resource Graph lists Security Copilot and Power Platform
is UNVERIFIED, and Security Copilot has neither a public specification nor an SDK (its version is that of
templates in use): a type of which Resource Graph shows nothing is asked of Azure Resource Manager.
"""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList


def _list(kind: str, api_version: str) -> ArmList:
    return ArmList(
        type=kind,
        service=Service.RESOURCES,
        api_version=api_version,
        supplementary=True,
        in_resource_graph=True,
    )


SEARCH_SERVICES = _list("Microsoft.Search/searchServices", "2025-05-01")
BOT_SERVICES = _list("Microsoft.BotService/botServices", "2022-09-15")
FABRIC_CAPACITIES = _list("Microsoft.Fabric/capacities", "2023-11-01")
SECURITY_COPILOT_CAPACITIES = _list("Microsoft.SecurityCopilot/capacities", "2023-12-01-preview")
POWER_PLATFORM_ACCOUNTS = _list("Microsoft.PowerPlatform/accounts", "2020-10-30-preview")
POWER_PLATFORM_POLICIES = _list("Microsoft.PowerPlatform/enterprisePolicies", "2020-10-30-preview")
