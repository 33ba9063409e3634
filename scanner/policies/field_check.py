"""Warns about field paths that no known resource of a rule has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from scanner.errors import Problem
from scanner.policies.known_fields import doubt
from scanner.policies.loader import PolicyFile, WrittenRule
from scanner.rules.expressions import is_expression
from scanner.rules.place import Place, Problems

_FIELD_CALL = re.compile(r"\bfield\(\s*'([^']+)'\s*\)", re.IGNORECASE)


def field_warnings(files: Iterable[PolicyFile]) -> list[Problem]:
    """Give a warning for every path that is probably misspelt: at run time it would only ever be missing."""
    found = Problems()
    for file in files:
        for rule in file.written:
            _check(rule, found)
    return found.found


def _check(rule: WrittenRule, found: Problems) -> None:
    types = rule.model.resource
    for part, node in (("when", rule.model.when), ("assert", rule.model.assertion)):
        for path, place in _paths(node, rule.place / part):
            meant = doubt(path, types)
            if meant is not None:
                owner = f"a {types[0]} has no" if len(types) == 1 else "no resource of this rule has the"
                hint = f"did you mean '{meant}'?" if meant else "it would always be missing"
                found.add(place, f"{owner} field '{path}'", hint)


def _paths(node: Any, place: Place) -> Iterator[tuple[str, Place]]:
    """Give every field path below `node`: those of `field`, and those of `field()` in an expression."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "field" and isinstance(value, str) and not is_expression(value):
                yield value, place / key
            else:
                yield from _paths(value, place / key)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _paths(value, place / index)
    elif is_expression(node):
        for match in _FIELD_CALL.finditer(node):
            yield match.group(1), place
