"""Template expressions in policies: `[parameters('maxIdleTime')]`, `[concat('tags[', parameters('tag'), ']')]`.

A text that starts with `[` and ends with `]` is an expression; `[[` in front of such a text is an escaped
bracket. What rests on parameters alone is computed when the policy is read; what rests on the resource becomes a
`Dynamic`. The grammar is in `scanner.expressions`, the functions are in `scanner.rules.functions`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scanner.expressions.syntax import ExpressionError, is_expression, unescaped
from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.expression_compiler import Compiler, Dynamic, Scope, Unset
from scanner.rules.fields import count_name
from scanner.rules.place import Place, Problems

__all__ = ["UNSET", "Dynamic", "ExpressionError", "Scope", "compile_expression", "fill_in", "is_expression"]

UNSET = Unset()
REFUSED = Dynamic(lambda _r, _e: UNKNOWN, "")
"""Stands in for an expression that is wrong: the policy is refused, and once is enough to say so."""


def fill_in(value: Any, scope: Scope, place: Place, problems: Problems) -> Any:
    """Give `value` with every expression replaced, all the way down: by a constant, or by a Dynamic."""
    if isinstance(value, dict):
        return {
            key: _fill_in_count(inner, scope, place / key, problems)
            if key == "count" and isinstance(inner, dict)
            else fill_in(inner, scope, place / key, problems)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [fill_in(inner, scope, place / index, problems) for index, inner in enumerate(value)]
    if not is_expression(value):
        return unescaped(value) if isinstance(value, str) else value
    try:
        return compile_expression(value, scope)
    except ExpressionError as error:
        problems.add(place, str(error), error.hint)
        return REFUSED


def _fill_in_count(count: dict[str, Any], scope: Scope, place: Place, problems: Problems) -> dict[str, Any]:
    """Fill in a count: only its `where` knows the member that it is at."""
    outside = {key: value for key, value in count.items() if key != "where"}
    filled: dict[str, Any] = fill_in(outside, scope, place, problems)
    if "where" in count:
        inside = replace(scope, counts=(*scope.counts, count_name(filled)))
        filled["where"] = fill_in(count["where"], inside, place / "where", problems)
    return filled


def compile_expression(text: str, scope: Scope) -> Any:
    """Compile one expression; a constant where it needs no resource. Raises ExpressionError."""
    node = Compiler(text, scope).compile()
    if node.get is not None:
        return Dynamic(node.get, text)
    if node.constant is UNKNOWN:
        raise ExpressionError(f"the expression {text} cannot be computed", "do the types of its arguments fit?")
    return _plain(node.constant)


def _plain(value: Any) -> Any:
    """Give a constant as JSON: what was not there is null."""
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return None if value is MISSING else value
