"""`map`, `filter`, `sort` and the others that take a lambda.

learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-lambda
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any

from scanner.expressions.syntax import Call, ExpressionError, Literal, Tree
from scanner.sources.arm_template.deferred import Deferred, deferred, is_deferred, kind_of
from scanner.sources.arm_template.frame import Frame
from scanner.sources.arm_template.logic import Special, arguments, condition


class _UnknownError(Exception):
    """What comes out hangs on a value that is unknown."""


def _lambda(tree: Tree, frame: Frame, least: int, most: int) -> tuple[Callable[..., Any], int]:
    """Give the function that a lambda is, and how many values it takes."""
    if not isinstance(tree, Call) or tree.name.lower() != "lambda" or not tree.arguments:
        raise ExpressionError("a lambda should stand where something else does")
    *parameters, body = tree.arguments
    names = [part.value for part in parameters if isinstance(part, Literal) and isinstance(part.value, str)]
    if len(names) != len(parameters) or not least <= len(names) <= most:
        raise ExpressionError(f"a lambda has {len(parameters)} variables where {least} to {most} are possible")

    def run(*values: Any) -> Any:
        frame.deployment.reading.budget.spend()
        given = dict(zip((name.lower() for name in names), values, strict=False))
        return frame.with_locals(given).value(body)

    return run, len(names)


def _members(name: str, value: Any) -> list[Any]:
    if is_deferred(value):
        raise _UnknownError
    if not isinstance(value, list):
        raise ExpressionError(f"'{name}' takes an array, not {kind_of(value)}")
    return value


def _known(value: Any) -> Any:
    if is_deferred(value):
        raise _UnknownError
    return value


def _truth(value: Any) -> bool:
    answer = condition(value)
    if answer is None:
        raise _UnknownError
    return answer


def _map(trees: tuple[Tree, ...], frame: Frame) -> Any:
    array, body = arguments("map", trees, 2, 2)
    run, _ = _lambda(body, frame, 1, 2)
    return [run(member, index) for index, member in enumerate(_members("map", frame.value(array)))]


def _filter(trees: tuple[Tree, ...], frame: Frame) -> Any:
    array, body = arguments("filter", trees, 2, 2)
    run, _ = _lambda(body, frame, 1, 2)
    members = _members("filter", frame.value(array))
    return [member for index, member in enumerate(members) if _truth(run(member, index))]


def _reduce(trees: tuple[Tree, ...], frame: Frame) -> Any:
    array, start, body = arguments("reduce", trees, 3, 3)
    run, _ = _lambda(body, frame, 2, 3)
    result = frame.value(start)
    for index, member in enumerate(_members("reduce", frame.value(array))):
        result = run(result, member, index)
    return result


def _sort(trees: tuple[Tree, ...], frame: Frame) -> Any:
    array, body = arguments("sort", trees, 2, 2)
    run, _ = _lambda(body, frame, 2, 2)

    def order(left: Any, right: Any) -> int:
        return -1 if _truth(run(left, right)) else 1 if _truth(run(right, left)) else 0

    key: Callable[[Any], Any] = cmp_to_key(order)
    return sorted(_members("sort", frame.value(array)), key=key)


def _key(name: str, value: Any) -> str:
    if not isinstance(_known(value), str):
        raise ExpressionError(f"'{name}' needs a text as key, not {kind_of(value)}")
    return str(value)


def _to_object(trees: tuple[Tree, ...], frame: Frame) -> Any:
    array, by, *rest = arguments("toObject", trees, 2, 3)
    key, _ = _lambda(by, frame, 1, 1)
    value = _lambda(rest[0], frame, 1, 1)[0] if rest else None
    members = _members("toObject", frame.value(array))
    return {_key("toObject", key(member)): value(member) if value else member for member in members}


def _group_by(trees: tuple[Tree, ...], frame: Frame) -> Any:
    array, by = arguments("groupBy", trees, 2, 2)
    key, _ = _lambda(by, frame, 1, 1)
    groups: dict[str, list[Any]] = {}
    for member in _members("groupBy", frame.value(array)):
        groups.setdefault(_key("groupBy", key(member)), []).append(member)
    return groups


def _map_values(trees: tuple[Tree, ...], frame: Frame) -> Any:
    container, body = arguments("mapValues", trees, 2, 2)
    run, _ = _lambda(body, frame, 1, 1)
    known = _known(frame.value(container))
    if not isinstance(known, dict):
        raise ExpressionError(f"'mapValues' takes an object, not {kind_of(known)}")
    return {key: run(value) for key, value in known.items()}


def _variable(trees: tuple[Tree, ...], frame: Frame) -> Any:
    name = frame.value(arguments("lambdaVariables", trees, 1, 1)[0])
    if not isinstance(name, str) or name.lower() not in frame.locals:
        raise ExpressionError(f"no lambda around has the variable '{name}'")
    return frame.locals[name.lower()]


def _or_deferred(name: str, function: Special) -> Special:
    def run(trees: tuple[Tree, ...], frame: Frame) -> Any:
        try:
            return function(trees, frame)
        except _UnknownError:
            return _label(name, trees, frame)

    return run


def _label(name: str, trees: tuple[Tree, ...], frame: Frame) -> Deferred:
    """Name what cannot be computed after the array it would be made of."""
    return deferred(name, [frame.value(trees[0]), repr(trees[1:])])


SPECIAL: Mapping[str, Special] = {
    "lambdavariables": _variable,
    **{
        name.lower(): _or_deferred(name, function)
        for name, function in {
            "filter": _filter,
            "groupBy": _group_by,
            "map": _map,
            "mapValues": _map_values,
            "reduce": _reduce,
            "sort": _sort,
            "toObject": _to_object,
        }.items()
    },
}
