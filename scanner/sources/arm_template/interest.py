"""Which parts of a template may hold what azgate has rules for; of the others only a number is told."""

from __future__ import annotations

from typing import Any

from scanner.sources.governed import is_governed


def concerns_rules(value: Any, depth: int = 0) -> bool:
    """Say whether a resource, or a template inside it, has a type that rules are about, or one that is not in sight."""
    if depth > 200:
        return True
    if isinstance(value, dict):
        kind = value.get("type")
        if isinstance(kind, str) and is_governed(kind):
            return True
        if "templateLink" in value:
            return True
        return any(concerns_rules(inner, depth + 1) for inner in value.values() if isinstance(inner, (dict, list)))
    return isinstance(value, list) and any(concerns_rules(inner, depth + 1) for inner in value)
