"""Functions on objects and arrays that templates have and policies lack."""

from __future__ import annotations

from typing import Any

from scanner.expressions.functions.arguments import Function, members, whole
from scanner.model.values import MISSING


def _flatten(value: Any) -> list[Any]:
    return [member for part in members(value) for member in members(part)]


def _shallow_merge(parts: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for part in members(parts):
        if not isinstance(part, dict):
            raise TypeError(part)
        merged.update(part)
    return merged


def _object_keys(value: Any) -> list[str]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return sorted(value, key=str.lower)


def _from_end(value: Any, index: Any) -> Any:
    """Give a member counted from the end, where 1 is the last one."""
    if not 1 <= whole(index) <= len(members(value)):
        raise IndexError(index)
    return value[-index]


def _try_from_end(value: Any, index: Any) -> Any:
    return _from_end(value, index) if 1 <= whole(index) <= len(members(value)) else MISSING


FUNCTIONS = {
    "flatten": Function(_flatten, 1, 1, structural=True),
    "indexfromend": Function(_from_end, 2, 2, structural=True),
    "objectkeys": Function(_object_keys, 1, 1, structural=True),
    "shallowmerge": Function(_shallow_merge, 1, 1, structural=True),
    "tryindexfromend": Function(_try_from_end, 2, 2, structural=True),
}
