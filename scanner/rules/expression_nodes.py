"""How a parsed expression is computed: at once where it rests on constants, else for every resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from scanner.expressions.comparison import holds_unknown
from scanner.expressions.functions import Function
from scanner.model.values import UNKNOWN
from scanner.rules.environment import Getter


class Node(NamedTuple):
    """A compiled expression: a constant, or a getter."""

    constant: Any = None
    get: Getter | None = None


def apply(function: Function, arguments: tuple[Node, ...]) -> Node:
    """Call at once where every argument is a constant, else for every resource; an impossible call is unknown."""
    inner, unknown = function.call, _is_unknown if function.structural else holds_unknown

    def call(values: Sequence[Any]) -> Any:
        if any(unknown(value) for value in values):
            return UNKNOWN
        try:
            return inner(*values)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError, RecursionError):
            return UNKNOWN

    if all(argument.get is None for argument in arguments):
        return Node(call([argument.constant for argument in arguments]))
    return Node(get=lambda resource, env: call([_get(argument, resource, env) for argument in arguments]))


def _is_unknown(value: Any) -> bool:
    return value is UNKNOWN


def apply_later(function: Function, arguments: tuple[Node, ...]) -> Node:
    """Make a call of a function that may decide although an argument is unknown: it gets functions, not values."""

    def call(resource: Any, env: Any) -> Any:
        try:
            return function.call(
                *(lambda argument=argument: _get(argument, resource, env) for argument in arguments),
            )
        except (TypeError, ValueError):
            return UNKNOWN

    if all(argument.get is None for argument in arguments):
        return Node(call(None, None))
    return Node(get=call)


def _get(node: Node, resource: Any, env: Any) -> Any:
    return node.constant if node.get is None else node.get(resource, env)
