"""Which parts of a template may hold what azgate has rules for; of the others only a number is told."""

from __future__ import annotations

from typing import Any

_PROVIDERS = (
    "microsoft.botservice/",
    "microsoft.cognitiveservices/",
    "microsoft.fabric/",
    "microsoft.machinelearningservices/",
    "microsoft.search/",
    "microsoft.securitycopilot/",
)


def concerns_ai(value: Any, depth: int = 0) -> bool:
    """Say whether a resource, or a template inside it, has the type of an AI service, or one that is not in sight."""
    if depth > 200:
        return True
    if isinstance(value, dict):
        kind = value.get("type")
        if isinstance(kind, str) and kind.lower().startswith(_PROVIDERS):
            return True
        if "templateLink" in value:
            return True
        return any(concerns_ai(inner, depth + 1) for inner in value.values() if isinstance(inner, (dict, list)))
    return isinstance(value, list) and any(concerns_ai(inner, depth + 1) for inner in value)
