"""A resource of which an input says two things, without saying which of them will come to be."""

from __future__ import annotations

from typing import Any

from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN


def either(one: Resource, other: Resource) -> Resource:
    """Give a resource that may come to be as this or as that: what the two disagree on is UNKNOWN."""
    return Resource({**_common(one.json, other.json), "id": one.id}, one.origin)


def _common(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        missing = object()
        names = dict.fromkeys((*one, *other))
        return {name: _common(one.get(name, missing), other.get(name, missing)) for name in names}
    return one if one == other else UNKNOWN
