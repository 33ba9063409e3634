"""Azure Policy reads the words of a definition in any case; these give them in the documented one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.rules.conditions import LOGIC, SUBJECTS
from scanner.rules.operators import OPERATORS
from scanner.rules.place import Place

_WORDS = {word.lower(): word for word in (*LOGIC, *SUBJECTS, *OPERATORS, "where", "name")}


def key_of(mapping: Mapping[str, Any], word: str) -> str:
    """Give the key of `mapping` that is `word` in any case; `word` itself where there is none."""
    if word in mapping:
        return word
    return next((key for key in mapping if key.lower() == word.lower()), word)


def entry(mapping: Mapping[str, Any], word: str, place: Place) -> tuple[Any, Place]:
    """Give what `word` says, None where nothing, and where it stands."""
    key = key_of(mapping, word)
    return mapping.get(key), place / key


def condition_words(node: Any) -> Any:
    """Give a condition tree with its words in the documented case; what it compares is left as it is."""
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        word = _WORDS.get(str(key).lower(), str(key))
        if word in {"allOf", "anyOf"} and isinstance(value, list):
            result[word] = [condition_words(part) for part in value]
        elif word in {"not", "count", "where"}:
            result[word] = condition_words(value)
        else:
            result[word] = value
    return result
