"""Foundry projects of an account; only accounts of kind AIServices have any."""

from __future__ import annotations

from scanner.model.quota import ACCOUNT
from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.collectors.cognitive_accounts import API_VERSION

PROJECTS = ArmList(
    type="Microsoft.CognitiveServices/accounts/projects",
    parent=ACCOUNT,
    parent_kinds=frozenset({"aiservices"}),
    service=Service.COGNITIVE_SERVICES,
    api_version=API_VERSION,
    supplementary=True,
)
