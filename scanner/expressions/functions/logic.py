"""`if`, `and`, `or`, `not`, `coalesce`: they may decide although an argument is unknown, so they take it later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.expressions.functions.arguments import MANY, Function, identical, truth
from scanner.expressions.truth import all_of, any_of, negate
from scanner.model.values import MISSING, UNKNOWN, Truth

Later = Callable[[], Any]


def _truth(part: Later) -> Truth:
    value = part()
    return None if value is UNKNOWN else truth(value)


def _value(answer: Truth) -> Any:
    return UNKNOWN if answer is None else answer


def _if(condition: Later, then: Later, otherwise: Later) -> Any:
    chosen = _truth(condition)
    if chosen is None:
        left, right = then(), otherwise()
        return left if left is not UNKNOWN and right is not UNKNOWN and identical(left, right) else UNKNOWN
    return then() if chosen else otherwise()


def _coalesce(*parts: Later) -> Any:
    value: Any = MISSING
    for part in parts:
        value = part()
        if value is not MISSING and value is not None:
            return value
    return value


LAZY = {
    "and": Function(lambda *parts: _value(all_of(_truth(part) for part in parts)), 2, MANY),
    "coalesce": Function(_coalesce, 1, MANY),
    "if": Function(_if, 3, 3),
    "not": Function(lambda part: _value(negate(_truth(part))), 1, 1),
    "or": Function(lambda *parts: _value(any_of(_truth(part) for part in parts)), 2, MANY),
}
