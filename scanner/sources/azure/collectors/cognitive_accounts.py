"""Azure OpenAI and Foundry accounts, and the older single services of the same type."""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList

API_VERSION = "2025-09-01"

ACCOUNTS = ArmList(
    type="Microsoft.CognitiveServices/accounts",
    service=Service.COGNITIVE_SERVICES,
    api_version=API_VERSION,
)
