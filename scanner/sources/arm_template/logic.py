"""Functions that may decide although an argument is unknown, and so compute their arguments themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scanner.expressions.functions.arguments import identical, truth
from scanner.expressions.functions.collections import access
from scanner.expressions.syntax import ExpressionError, Tree
from scanner.expressions.truth import all_of, any_of, negate
from scanner.model.values import MISSING, Truth
from scanner.sources.arm_template.calls import attempt, call
from scanner.sources.arm_template.deferred import Deferred, Half, deferred, holds_deferred, is_deferred
from scanner.sources.arm_template.frame import Frame

Special = Callable[[tuple[Tree, ...], Frame], Any]


def condition(value: Any) -> Truth:
    """Read a condition: None where only the deployment knows it; raises ExpressionError where it is none."""
    if is_deferred(value):
        return None
    answer: bool = attempt("bool", lambda: truth(value), [value])
    return answer


def arguments(name: str, trees: tuple[Tree, ...], least: int, most: int) -> tuple[Tree, ...]:
    """Give the arguments of a call; raises ExpressionError where there are too many or too few."""
    if not least <= len(trees) <= most:
        raise ExpressionError(f"'{name}' takes {least if least == most else f'{least} to {most}'} arguments")
    return trees


def _value(answer: Truth, name: str) -> Any:
    return deferred(name) if answer is None else answer


def _if(trees: tuple[Tree, ...], frame: Frame) -> Any:
    test, then, otherwise = arguments("if", trees, 3, 3)
    answered = frame.value(test)
    chosen = condition(answered)
    if chosen is not None:
        return frame.value(then if chosen else otherwise)
    return _either(_perhaps(then, frame), _perhaps(otherwise, frame), answered, frame)


def _perhaps(tree: Tree, frame: Frame) -> Any:
    """Compute a branch that may never be taken: what is wrong there may never matter."""
    try:
        return frame.value(tree)
    except ExpressionError:
        return deferred("if")


def _either(left: Any, right: Any, test: Any, frame: Frame) -> Any:
    """Give what is the same in both branches, unknown where they differ."""
    frame.deployment.reading.budget.spend()
    whole = not is_deferred(left) and not is_deferred(right)
    if whole and isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        return {key: _either(left[key], right[key], test, frame) for key in left}
    known = not holds_deferred([left, right], frame.deployment.reading.budget)
    if known and identical(left, right):
        return left
    return deferred("if", [test, left, right])


def _and(trees: tuple[Tree, ...], frame: Frame) -> Any:
    return _value(all_of(condition(frame.value(tree)) for tree in trees), "and")


def _or(trees: tuple[Tree, ...], frame: Frame) -> Any:
    return _value(any_of(condition(frame.value(tree)) for tree in trees), "or")


def _not(trees: tuple[Tree, ...], frame: Frame) -> Any:
    return _value(negate(condition(frame.value(arguments("not", trees, 1, 1)[0]))), "not")


def _coalesce(trees: tuple[Tree, ...], frame: Frame) -> Any:
    value: Any = None
    for tree in trees:
        value = frame.value(tree)
        if value is not None:
            return value
    return value


def _contains(trees: tuple[Tree, ...], frame: Frame) -> Any:
    """Find a member among those that are known, before asking whether it is one of the others."""
    container, item = (frame.value(tree) for tree in arguments("contains", trees, 2, 2))
    budget = frame.deployment.reading.budget
    if isinstance(container, Half) and isinstance(item, str):
        return any(key.lower() == item.lower() for key in container) or deferred("contains", [container, item])
    if isinstance(container, list) and holds_deferred(container, budget) and not is_deferred(item):
        known = [member for member in container if not holds_deferred(member, budget)]
        return call("contains", [known, item], budget) or deferred("contains", ["array", item])
    return call("contains", [container, item], budget)


def _union(trees: tuple[Tree, ...], frame: Frame) -> Any:
    """Unite arrays although some members are unknown, where those cannot be the same as others."""
    values = [frame.value(tree) for tree in trees]
    budget = frame.deployment.reading.budget
    if len(values) < 2 or not all(isinstance(value, list) for value in values) or not holds_deferred(values, budget):
        return call("union", values, budget)
    found: list[Any] = []
    for member in (member for value in values for member in value):
        budget.spend(1 + len(found))
        known = any_of(_same(member, other) for other in found)
        if known is None:
            return deferred("union", values)
        if not known:
            found.append(member)
    return found


def _same(one: Any, other: Any) -> Truth:
    """Compare two values as far as they are known."""
    if isinstance(one, Deferred) or isinstance(other, Deferred):
        return None
    if isinstance(one, dict) and isinstance(other, dict):
        partly = is_deferred(one) or is_deferred(other)
        if not partly and one.keys() != other.keys():
            return False
        agree = all_of(_same(value, other[key]) for key, value in one.items() if key in other)
        return agree and (None if partly else True)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all_of(_same(a, b) for a, b in zip(one, other, strict=True))
    return identical(one, other)


def _try_get(trees: tuple[Tree, ...], frame: Frame) -> Any:
    container, *keys = (frame.value(tree) for tree in arguments("tryGet", trees, 2, 100))
    for key in keys:
        if isinstance(container, (Deferred, Half)):
            container = container.member(key)
        elif is_deferred(key):
            return deferred("tryGet", keys)
        else:
            container = access(container, key)
    return None if container is MISSING else container


def _fail(trees: tuple[Tree, ...], frame: Frame) -> Any:
    message = frame.value(arguments("fail", trees, 1, 1)[0])
    raise ExpressionError(f"the template refuses what it is given: {message if isinstance(message, str) else ''}")


SPECIAL: Mapping[str, Special] = {
    "and": _and,
    "coalesce": _coalesce,
    "contains": _contains,
    "fail": _fail,
    "if": _if,
    "not": _not,
    "or": _or,
    "tryget": _try_get,
    "union": _union,
}
