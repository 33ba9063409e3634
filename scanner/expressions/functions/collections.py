"""Functions on arrays and objects, and those that take text as well (`length`, `first`, `contains`, ...)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.expressions.comparison import holds_unknown
from scanner.expressions.functions.arguments import (
    MANY,
    Function,
    identical,
    mark,
    members,
    sequence,
    string,
    text,
    whole,
)
from scanner.expressions.truth import any_of
from scanner.model.values import MISSING, UNKNOWN

_LONGEST = 10_000
"""What `range()` may make at most, as in ARM."""


def _length(value: Any) -> int:
    if value is MISSING or value is None:
        return 0
    if not isinstance(value, (str, list, dict)):
        raise TypeError(value)
    return len(value)


def _same_member(member: Any, item: Any) -> bool | None:
    return None if holds_unknown(member) or holds_unknown(item) else identical(member, item)


def _contains(container: Any, item: Any) -> Any:
    if isinstance(container, dict):
        return any(str(key).lower() == string(item).lower() for key in container)
    if isinstance(container, list):
        found = any_of(_same_member(member, item) for member in container)
        return UNKNOWN if found is None else found
    return text(item) in string(container)


def _edge(index: int) -> Callable[[Any], Any]:
    def pick(value: Any) -> Any:
        parts = sequence(value)
        return parts[index] if parts else MISSING if value is MISSING or isinstance(value, list) else ""

    return pick


def _position(*, last: bool) -> Callable[[Any, Any], int]:
    def find(value: Any, item: Any) -> int:
        if isinstance(value, list):
            found = [index for index, member in enumerate(value) if identical(member, item)]
            return -1 if not found else found[-1] if last else found[0]
        folded = string(value).lower()
        return folded.rfind(string(item).lower()) if last else folded.find(string(item).lower())

    return find


def _merged(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """Merge objects all the way down, as ARM does; arrays in them are replaced."""
    result = dict(left)
    for key, value in right.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = _merged(result[key], value) if both else value
    return result


def _union(*parts: Any) -> Any:
    if all(isinstance(part, dict) for part in parts):
        merged: dict[str, Any] = {}
        for part in parts:
            merged = _merged(merged, part)
        return merged
    found: dict[str, Any] = {}
    for member in (member for part in parts for member in members(part)):
        found.setdefault(mark(member), member)
    return list(found.values())


def _intersection(first: Any, *others: Any) -> Any:
    if isinstance(first, dict):
        return {
            key: value
            for key, value in first.items()
            if all(isinstance(other, dict) and key in other and identical(value, other[key]) for other in others)
        }
    marks = [{mark(candidate) for candidate in members(other)} for other in others]
    return [member for member in members(first) if all(mark(member) in other for other in marks)]


def _range(start: Any, count: Any) -> list[int]:
    if not 0 <= whole(count) <= _LONGEST:
        raise ValueError(count)
    return list(range(whole(start), start + count))


def _array(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is MISSING else [value]


def _object(*pairs: Any) -> dict[str, Any]:
    if len(pairs) % 2:
        raise ValueError(pairs)
    return {string(key): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}


def _items(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return [{"key": key, "value": value[key]} for key in sorted(value, key=str.lower)]


def _try_get(container: Any, *keys: Any) -> Any:
    for key in keys:
        container = access(container, key)
    return container


class Partial(dict[str, Any]):
    """An object of which only some properties are known: every other one is unknown."""


def access(container: Any, key: Any) -> Any:
    """Give a property in any case, or a member by its index; MISSING where it is not there."""
    if container is UNKNOWN:
        return UNKNOWN
    if isinstance(container, list) and isinstance(key, int) and not isinstance(key, bool):
        return container[key] if -1 < key < len(container) else MISSING
    if not isinstance(container, dict):
        return MISSING
    folded = str(key).lower()
    absent = UNKNOWN if isinstance(container, Partial) else MISSING
    return next((value for name, value in container.items() if str(name).lower() == folded), absent)


FUNCTIONS = {
    "array": Function(_array, 1, 1, structural=True),
    "contains": Function(_contains, 2, 2, structural=True),
    "createarray": Function(lambda *parts: list(parts), 0, MANY, structural=True),
    "createobject": Function(_object, 0, MANY, structural=True),
    "empty": Function(lambda value: _length(value) == 0, 1, 1, structural=True),
    "first": Function(_edge(0), 1, 1, structural=True),
    "indexof": Function(_position(last=False), 2, 2),
    "intersection": Function(_intersection, 2, MANY),
    "items": Function(_items, 1, 1, structural=True),
    "last": Function(_edge(-1), 1, 1, structural=True),
    "lastindexof": Function(_position(last=True), 2, 2),
    "length": Function(_length, 1, 1, structural=True),
    "range": Function(_range, 2, 2),
    "skip": Function(lambda value, count: sequence(value)[max(0, whole(count)) :], 2, 2, structural=True),
    "take": Function(lambda value, count: sequence(value)[: max(0, whole(count))], 2, 2, structural=True),
    "tryget": Function(_try_get, 2, MANY, structural=True),
    "union": Function(_union, 2, MANY),
}
