"""Functions on whole numbers, and conversions to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.expressions.comparison import as_number
from scanner.expressions.functions.arguments import MANY, Function, truth, whole


def _over(function: Callable[[list[int]], int]) -> Callable[..., int]:
    def call(*values: Any) -> int:
        flat = values[0] if len(values) == 1 and isinstance(values[0], list) else values
        return function([whole(value) for value in flat])

    return call


def _int(value: Any) -> int:
    number = as_number(value)
    if number is None or int(number) != number:
        raise ValueError(value)
    return int(number)


def _float(value: Any) -> float:
    number = as_number(value)
    if number is None:
        raise ValueError(value)
    return float(number)


def _divide(left: Any, right: Any) -> int:
    """Divide towards zero, as ARM does."""
    quotient = abs(whole(left)) // abs(whole(right))
    return quotient if (left < 0) == (right < 0) else -quotient


FUNCTIONS = {
    "add": Function(lambda a, b: whole(a) + whole(b), 2, 2),
    "bool": Function(truth, 1, 1),
    "div": Function(_divide, 2, 2),
    "float": Function(_float, 1, 1),
    "int": Function(_int, 1, 1),
    "max": Function(_over(max), 1, MANY),
    "min": Function(_over(min), 1, MANY),
    "mod": Function(lambda a, b: whole(a) - whole(b) * _divide(a, b), 2, 2),
    "mul": Function(lambda a, b: whole(a) * whole(b), 2, 2),
    "sub": Function(lambda a, b: whole(a) - whole(b), 2, 2),
}
