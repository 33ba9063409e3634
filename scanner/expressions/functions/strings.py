"""Functions on text. `contains`, `replace` and `split` mind the case, the searching ones do not, as in ARM."""

from __future__ import annotations

import json
from typing import Any

from scanner.expressions.functions.arguments import MANY, Function, members, string, text, whole
from scanner.model.values import MISSING


def _concat(*parts: Any) -> Any:
    if all(isinstance(part, list) for part in parts):
        return [member for part in parts for member in part]
    if any(isinstance(part, (list, dict)) for part in parts):
        raise TypeError(parts)
    return "".join(text(part) for part in parts)


def _split(value: Any, separators: Any) -> list[str]:
    words = [string(value)]
    for separator in separators if isinstance(separators, list) else [separators]:
        words = [part for word in words for part in word.split(string(separator))]
    return words


def _pad_left(value: Any, width: Any, fill: Any = " ") -> str:
    if len(string(fill)) != 1 or whole(width) > MANY:
        raise ValueError(fill)
    return text(value).rjust(width, fill)


def _substring(value: Any, start: Any, length: Any = None) -> str:
    word = string(value)
    end = len(word) if length is None else whole(start) + whole(length)
    if not 0 <= whole(start) <= end <= len(word):
        raise ValueError(start)
    return word[start:end]


def _starts(value: Any, start: Any) -> bool:
    return string(value).lower().startswith(string(start).lower())


def _ends(value: Any, end: Any) -> bool:
    return string(value).lower().endswith(string(end).lower())


def _json(value: Any) -> Any:
    return MISSING if value is MISSING else json.loads(string(value), parse_constant=_refuse)


def _refuse(word: str) -> Any:
    raise ValueError(word)


FUNCTIONS = {
    "concat": Function(_concat, 1, MANY),
    "endswith": Function(_ends, 2, 2),
    "join": Function(lambda items, by: string(by).join(text(item) for item in members(items)), 2, 2),
    "json": Function(_json, 1, 1),
    "padleft": Function(_pad_left, 2, 3),
    "replace": Function(lambda value, old, new: string(value).replace(string(old), string(new)), 3, 3),
    "split": Function(_split, 2, 2),
    "startswith": Function(_starts, 2, 2),
    "string": Function(text, 1, 1),
    "substring": Function(_substring, 2, 3),
    "tolower": Function(lambda value: string(value).lower(), 1, 1),
    "toupper": Function(lambda value: string(value).upper(), 1, 1),
    "trim": Function(lambda value: string(value).strip(), 1, 1),
}
