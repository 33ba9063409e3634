"""Model deployments of an account: what holds tokens per minute and provisioned throughput."""

from __future__ import annotations

from scanner.model.quota import ACCOUNT
from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.collectors.cognitive_accounts import API_VERSION

DEPLOYMENTS = ArmList(
    type="Microsoft.CognitiveServices/accounts/deployments",
    parent=ACCOUNT,
    service=Service.COGNITIVE_SERVICES,
    api_version=API_VERSION,
)
