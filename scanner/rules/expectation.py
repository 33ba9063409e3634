"""What a leaf expects: an operator made ready, whether its value is a constant or depends on the resource."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scanner.expressions.comparison import holds_unknown
from scanner.expressions.truth import all_of, any_of
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.rules.environment import Environment
from scanner.rules.expressions import Dynamic
from scanner.rules.operators import OPERATORS, Operator, prepare
from scanner.rules.place import Place, Problems

Spelling = Callable[[Any], Any]
"""Turns values that are written in several ways into one spelling."""
_COMPARES_TEXT = frozenset({"equals", "notEquals", "in", "notIn"})


@dataclass(frozen=True, slots=True)
class Expectation:
    """An operator with what it expects: `test(value, resource, env)`, and the words for a report.

    `fixed` is the test without a resource, where the expected value is a constant and no clock is needed.
    """

    test: Callable[[Any, Resource, Environment], Truth]
    words: str
    fixed: Callable[[Any, Any], Truth] | None = None


def in_words(expected: Any) -> str:
    """Give what a policy expects, short enough for a sentence."""
    if isinstance(expected, Dynamic):
        return expected.text
    if isinstance(expected, list):
        return "[" + ", ".join(in_words(item) for item in expected) + "]"
    if isinstance(expected, str) and expected.strip():
        return expected
    return json.dumps(expected, ensure_ascii=False, default=in_words)


def squeezed(value: Any) -> Any:
    """Spell a location, or a list of them, without blanks: "East US 2" and "eastus2" are one."""
    if isinstance(value, list):
        return [squeezed(member) for member in value]
    return "".join(value.split()) if isinstance(value, str) else value


def expectation(
    problems: Problems, operator: str, expected: Any, place: Place, spelling: Spelling | None = None
) -> Expectation | None:
    """Prepare an operator; None, and a problem, where it cannot take `expected`."""
    kind = OPERATORS[operator]
    if is_dynamic(expected):
        words = kind.words.format(in_words(expected))
        return Expectation(
            lambda value, resource, env: _at_run_time(kind, expected, value, resource, env, spelling), words
        )
    try:
        test = prepare(kind, expected if spelling is None else spelling(expected))
    except ValueError as error:
        problems.add(place / operator, f"'{operator}' {error}, not {in_words(expected)}")
        return None
    if operator == "exists":
        words = "be set" if str(expected).lower() == "true" else "not be set"
    else:
        words = kind.words.format(in_words(expected))
    if spelling is not None:
        spelled = spelling
        return Expectation(lambda value, _, env: test(spelled(value), env.as_of), words)
    fixed = None if kind.needs_clock else test
    return Expectation(lambda value, _, env: test(value, env.as_of), words, fixed)


def is_dynamic(value: Any) -> bool:
    """Say whether `value`, or something in it, depends on the resource."""
    if isinstance(value, list):
        return any(is_dynamic(member) for member in value)
    if isinstance(value, dict):
        return any(is_dynamic(inner) for inner in value.values())
    return isinstance(value, Dynamic)


def resolved(value: Any, resource: Resource, env: Environment) -> Any:
    """Give a dynamic value for this resource."""
    if isinstance(value, list):
        return [resolved(member, resource, env) for member in value]
    if isinstance(value, dict):
        return {key: resolved(inner, resource, env) for key, inner in value.items()}
    return value.get(resource, env) if isinstance(value, Dynamic) else value


def _at_run_time(
    kind: Operator, expected: Any, value: Any, resource: Resource, env: Environment, spelling: Spelling | None
) -> Truth:
    wanted = _nulled(resolved(expected, resource, env))
    if wanted is UNKNOWN or holds_unknown(wanted):
        return None
    if spelling is not None:
        wanted, value = spelling(wanted), spelling(value)
    try:
        return prepare(kind, wanted)(value, env.as_of)
    except (ValueError, TypeError):
        return None


def _nulled(value: Any) -> Any:
    if isinstance(value, list):
        return [_nulled(member) for member in value]
    if isinstance(value, dict):
        return {key: _nulled(inner) for key, inner in value.items()}
    return None if value is MISSING else value


def of_computed_value(operator: str, expected: Expectation) -> Expectation:
    """Take a missing value for the empty text too: `field()` gives that for a field that is not there."""
    if operator not in _COMPARES_TEXT:
        return expected
    combine = all_of if operator.startswith("not") else any_of

    def test(value: Any, resource: Resource, env: Environment) -> Truth:
        if value is not MISSING:
            return expected.test(value, resource, env)
        return combine(expected.test(each, resource, env) for each in (MISSING, ""))

    return Expectation(test, expected.words)
