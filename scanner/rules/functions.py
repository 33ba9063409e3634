"""The template functions that policy definitions use, with the meaning ARM gives them.

An argument that a function cannot take gives unknown (ARM calls that an evaluation error). A missing field is
null: empty, of length 0, equal to null only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.comparison import as_number, holds_unknown, same
from scanner.rules.operators import OPERATORS
from scanner.rules.times import parse_duration, parse_timestamp
from scanner.rules.truth import any_of

MANY = 1000


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    if value is MISSING or value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return str(value)
    raise TypeError


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _concat(*parts: Any) -> Any:
    if parts and all(isinstance(part, list) for part in parts):
        return [member for part in parts for member in part]
    return "".join(_text(part) for part in parts)


def _length(value: Any) -> int:
    if value is MISSING or value is None:
        return 0
    return len(value)


def _empty(value: Any) -> bool:
    return value is MISSING or value is None or len(value) == 0


def _contains(container: Any, item: Any) -> Any:
    if isinstance(container, str):
        return _text(item) in container
    if isinstance(container, dict):
        return any(str(key).lower() == str(item).lower() for key in container)
    found = any_of(None if holds_unknown(member) else same(member, item) for member in container)
    return UNKNOWN if found is None else found


def _split(text: Any, separators: Any) -> list[str]:
    words = [_string(text)]
    for separator in separators if isinstance(separators, list) else [separators]:
        words = [part for word in words for part in word.split(_string(separator))]
    return words


def _edge(index: int) -> Callable[[Any], Any]:
    def pick(value: Any) -> Any:
        if isinstance(value, str):
            return value[index] if value else ""
        return value[index] if value else MISSING

    return pick


def _equals(left: Any, right: Any) -> bool:
    left, right = (None if value is MISSING else value for value in (left, right))
    return same(left, right)


def _compare(name: str) -> Callable[[Any, Any], Any]:
    def compare(left: Any, right: Any) -> Any:
        if isinstance(left, str) != isinstance(right, str):
            raise TypeError
        truth = OPERATORS[name].prepare(right)(left)
        return UNKNOWN if truth is None else truth

    return compare


def _add_days(moment: Any, days: Any) -> str:
    return _shift(moment, timedelta(days=_whole(days)))


def _date_time_add(moment: Any, duration: Any, form: Any = None) -> str:
    if form is not None:
        raise ValueError("formats are not supported")
    seconds = parse_duration(_string(duration))
    if seconds is None:
        raise ValueError(duration)
    return _shift(moment, timedelta(seconds=seconds))


def _shift(moment: Any, by: timedelta) -> str:
    start = parse_timestamp(_string(moment))
    if start is None:
        raise ValueError(moment)
    return stamp(start + by)


def stamp(moment: Any) -> str:
    """Write a moment as ARM's functions do, with seven digits of a second."""
    text: str = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return text.replace("+00:00", "0Z")


def _pad_left(value: Any, width: Any, fill: Any = " ") -> str:
    if len(_string(fill)) != 1 or _whole(width) > MANY:
        raise ValueError(fill)
    return _text(value).rjust(width, fill)


def _substring(text: Any, start: Any, length: Any = None) -> str:
    end = len(_string(text)) if length is None else _whole(start) + _whole(length)
    if not 0 <= _whole(start) <= end <= len(text):
        raise ValueError(start)
    return str(text[start:end])


def _numbers(function: Callable[[list[int]], Any]) -> Callable[..., Any]:
    def call(*values: Any) -> Any:
        flat = values[0] if len(values) == 1 and isinstance(values[0], list) else values
        return function([_whole(value) for value in flat])

    return call


def _int(value: Any) -> int:
    number = as_number(value)
    if number is None or int(number) != number:
        raise ValueError(value)
    return int(number)


def to_bool(value: Any) -> bool:
    """Give a boolean, a number or a word as a boolean; raises TypeError or KeyError for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    return {"true": True, "false": False}[_string(value).lower()]


def _divide(left: Any, right: Any) -> int:
    return int(_whole(left) / _whole(right))


def _union(*parts: Any) -> Any:
    if all(isinstance(part, dict) for part in parts):
        return {key: value for part in parts for key, value in part.items()}
    found: list[Any] = []
    for member in _concat(*parts):
        if member not in found:
            found.append(member)
    return found


def _intersection(*parts: Any) -> list[Any]:
    return [member for member in parts[0] if all(member in part for part in parts[1:])]


def _skip(value: Any, count: Any) -> Any:
    return value[max(0, _whole(count)) :]


def _take(value: Any, count: Any) -> Any:
    return value[: max(0, _whole(count))]


def _starts(text: Any, start: Any) -> bool:
    return _string(text).lower().startswith(_string(start).lower())


def _ends(text: Any, end: Any) -> bool:
    return _string(text).lower().endswith(_string(end).lower())


def _index_of(value: Any, item: Any) -> int:
    if isinstance(value, str):
        return value.lower().find(_string(item).lower())
    return next((index for index, member in enumerate(value) if same(member, item)), -1)


def _whole_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function unknown where a part of an argument is: it looks at all of it."""
    return lambda *values: UNKNOWN if any(holds_unknown(value) for value in values) else function(*values)


FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "add": (lambda a, b: _whole(a) + _whole(b), 2, 2),
    "adddays": (_add_days, 2, 2),
    "bool": (to_bool, 1, 1),
    "concat": (_concat, 1, MANY),
    "contains": (_contains, 2, 2),
    "createarray": (lambda *items: list(items), 0, MANY),
    "datetimeadd": (_date_time_add, 2, 3),
    "div": (_divide, 2, 2),
    "empty": (_empty, 1, 1),
    "endswith": (_ends, 2, 2),
    "equals": (_whole_values(_equals), 2, 2),
    "false": (lambda: False, 0, 0),
    "first": (_edge(0), 1, 1),
    "greater": (_compare("greater"), 2, 2),
    "greaterorequals": (_compare("greaterOrEquals"), 2, 2),
    "indexof": (_whole_values(_index_of), 2, 2),
    "int": (_int, 1, 1),
    "intersection": (_whole_values(_intersection), 1, MANY),
    "join": (lambda items, by: _string(by).join(_text(item) for item in items), 2, 2),
    "last": (_edge(-1), 1, 1),
    "length": (_length, 1, 1),
    "less": (_compare("less"), 2, 2),
    "lessorequals": (_compare("lessOrEquals"), 2, 2),
    "max": (_numbers(max), 1, MANY),
    "min": (_numbers(min), 1, MANY),
    "mod": (lambda a, b: _whole(a) - _whole(b) * _divide(a, b), 2, 2),
    "mul": (lambda a, b: _whole(a) * _whole(b), 2, 2),
    "null": (lambda: None, 0, 0),
    "padleft": (_pad_left, 2, 3),
    "replace": (lambda text, old, new: _string(text).replace(_string(old), _string(new)), 3, 3),
    "skip": (_skip, 2, 2),
    "split": (_split, 2, 2),
    "startswith": (_starts, 2, 2),
    "string": (_text, 1, 1),
    "sub": (lambda a, b: _whole(a) - _whole(b), 2, 2),
    "substring": (_substring, 2, 3),
    "take": (_take, 2, 2),
    "tolower": (lambda text: _string(text).lower(), 1, 1),
    "toupper": (lambda text: _string(text).upper(), 1, 1),
    "trim": (lambda text: _string(text).strip(), 1, 1),
    "true": (lambda: True, 0, 0),
    "union": (_union, 1, MANY),
}
"""Name in lower case to (function, fewest arguments, most arguments)."""
