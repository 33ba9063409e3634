"""Commitment plans that several accounts of a subscription share."""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.collectors.cognitive_accounts import API_VERSION

COMMITMENT_PLANS = ArmList(
    type="Microsoft.CognitiveServices/commitmentPlans",
    service=Service.COGNITIVE_SERVICES,
    api_version=API_VERSION,
    supplementary=True,
    in_resource_graph=True,
)
