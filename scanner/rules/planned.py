"""What an input declares below a scope, and Azure otherwise lists as facts about it: budgets, alerts."""

from __future__ import annotations

from scanner.model.resource import normalise_id
from scanner.model.values import Json
from scanner.rules.environment import Environment


def declared_at(scope: str, kind: str, env: Environment) -> list[Json]:
    """Give the resources of a type (in lower case) that extend `scope` itself, not something in it."""
    below = f"{normalise_id(scope)}/providers/{kind}/"
    return [one.json for one in env.inventory.by_type.get(kind, ()) if one.key.startswith(below)]
