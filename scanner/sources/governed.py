"""Which ARM types azgate may have rules for: where one of these cannot be read it is a gap, others are only counted."""

from __future__ import annotations

_PROVIDERS = (
    "microsoft.botservice/",
    "microsoft.cognitiveservices/",
    "microsoft.consumption/budgets",
    "microsoft.costmanagement/scheduledactions",
    "microsoft.fabric/",
    "microsoft.machinelearningservices/",
    "microsoft.resources/tags",
    "microsoft.search/",
    "microsoft.securitycopilot/",
)


def is_governed(kind: str) -> bool:
    """Say whether a type is that of an AI service, or of what AI services are governed by: budgets, alerts, tags."""
    return kind.lower().startswith(_PROVIDERS)
