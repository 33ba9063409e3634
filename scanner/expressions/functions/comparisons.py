"""`equals`, `less` and the like as functions. Unlike the operators of a condition they mind the case of a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.expressions.comparison import comparable
from scanner.expressions.functions.arguments import Function, identical
from scanner.expressions.times import parse_duration, parse_timestamp
from scanner.model.values import MISSING, UNKNOWN


def _equals(left: Any, right: Any) -> bool:
    # What a field that is not there compares as: null, and the empty text that field() gives for it.
    if left is MISSING or right is MISSING:
        other = right if left is MISSING else left
        return other is MISSING or other is None or other == ""
    return identical(left, right)


def _is_time(value: str) -> bool:
    return parse_duration(value) is not None or parse_timestamp(value) is not None


def _in_culture(value: str) -> tuple[str, str]:
    """Order texts as .NET's invariant culture does: by letter, and of one letter the small one first."""
    return value.lower(), value.swapcase()


def _compare(name: str) -> Callable[[Any, Any], Any]:
    def compare(left: Any, right: Any) -> Any:
        left, right = ("" if value is MISSING else value for value in (left, right))
        if isinstance(left, str) and isinstance(right, str) and not (_is_time(left) and _is_time(right)):
            return _ORDERS[name](_in_culture(left), _in_culture(right))
        if isinstance(left, str) != isinstance(right, str):
            raise TypeError
        limit, read = comparable(right)
        worth = read(left)
        return UNKNOWN if worth is None else _ORDERS[name](worth, limit)

    return compare


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "less": lambda a, b: a < b,
    "lessOrEquals": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greaterOrEquals": lambda a, b: a >= b,
}

FUNCTIONS = {
    "equals": Function(_equals, 2, 2),
    "false": Function(lambda: False, 0, 0),
    "null": Function(lambda: None, 0, 0),
    "true": Function(lambda: True, 0, 0),
    **{name.lower(): Function(_compare(name), 2, 2) for name in _ORDERS},
}
