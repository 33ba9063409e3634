"""How two JSON values compare: as numbers, durations, timestamps or text, whichever they spell."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from scanner.expressions.times import parse_duration, parse_timestamp
from scanner.model.values import UNKNOWN

_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)
_LARGEST = 1e300
"""No quantity in Azure comes near; what lies beyond cannot even be divided."""


def as_number(value: Any) -> float | int | None:
    """Give a number, or the number that a string spells; None for anything else. A boolean is no number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value if -_LARGEST < value < _LARGEST else None
    if isinstance(value, str) and len(value) < 400 and _NUMBER.fullmatch(value):
        try:
            return as_number(int(value))
        except ValueError:
            return as_number(float(value))
    return None


def as_text(value: Any) -> str | None:
    """Give a text in lower case, or what a boolean or a number is in JSON; None for anything else."""
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return None


def same(actual: Any, expected: Any) -> bool:
    """Compare two JSON values as Azure Policy's `equals` does, numbers and numeric strings alike."""
    if isinstance(actual, str) and isinstance(expected, str):
        return actual.lower() == expected.lower() or _same_time(actual, expected)
    if isinstance(actual, bool) or isinstance(expected, bool):
        return as_text(actual) == as_text(expected) is not None and not _is_number(actual) and not _is_number(expected)
    if _is_number(actual) and _is_number(expected):
        return bool(actual == expected)
    left, right = as_number(actual), as_number(expected)
    if left is not None and right is not None:
        return left == right
    if isinstance(actual, dict) and isinstance(expected, dict):
        return {str(k).lower() for k in actual} == {str(k).lower() for k in expected} and all(
            same(value, {str(k).lower(): v for k, v in expected.items()}[str(key).lower()])
            for key, value in actual.items()
        )
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(same(a, b) for a, b in zip(actual, expected, strict=True))
    return actual is None and expected is None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same_time(actual: str, expected: str) -> bool:
    duration = parse_duration(expected)
    if duration is not None:
        return parse_duration(actual) == duration
    moment = parse_timestamp(expected)
    return moment is not None and "T" in expected.upper() and parse_timestamp(actual) == moment


def holds_unknown(value: Any) -> bool:
    """Say whether some part of a list or mapping is unknown."""
    if isinstance(value, dict):
        return any(holds_unknown(inner) for inner in value.values())
    if isinstance(value, list):
        return any(holds_unknown(inner) for inner in value)
    return value is UNKNOWN


def comparable(expected: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Give what `expected` is worth and how to read a value like it; reading gives None for another kind."""
    number = as_number(expected)
    if number is not None:
        return number, as_number
    if isinstance(expected, str):
        if (seconds := parse_duration(expected)) is not None:
            return seconds, lambda value: parse_duration(value) if isinstance(value, str) else None
        if (moment := parse_timestamp(expected)) is not None:
            return moment, lambda value: parse_timestamp(value) if isinstance(value, str) else None
        return expected.lower(), lambda value: value.lower() if isinstance(value, str) else None
    raise ValueError("takes a number, a duration, a timestamp or a text")
