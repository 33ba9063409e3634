"""Computes expressions of a template, where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from scanner.expressions.functions import TEMPLATE
from scanner.expressions.syntax import Access, ExpressionError, Literal, Tree, parse
from scanner.sources.arm_template import lambdas, logic, references, surroundings
from scanner.sources.arm_template.calls import call
from scanner.sources.arm_template.deferred import Deferred, Half, deferred, is_deferred, kind_of
from scanner.sources.arm_template.frame import Frame
from scanner.sources.arm_template.logic import Special, arguments
from scanner.sources.arm_template.nearest import nearest


def _parameters(trees: tuple[Tree, ...], frame: Frame) -> Any:
    name = _name("parameters", trees, frame)
    if isinstance(name, Deferred):
        return name
    if frame.arguments is None:
        return frame.deployment.parameter(name)
    if name.lower() not in frame.arguments:
        raise ExpressionError(f"the function has no parameter '{name}'", nearest(name, frame.arguments))
    return frame.arguments[name.lower()]


def _variables(trees: tuple[Tree, ...], frame: Frame) -> Any:
    name = _name("variables", trees, frame)
    return name if isinstance(name, Deferred) else frame.deployment.variable(name)


def _name(function: str, trees: tuple[Tree, ...], frame: Frame) -> str | Deferred:
    """Give the name of what is asked for, or what it is worth where its name is unknown."""
    name = frame.value(arguments(function, trees, 1, 1)[0])
    if is_deferred(name):
        return deferred(function, [name])
    if not isinstance(name, str):
        raise ExpressionError(f"'{function}' takes a name, not {kind_of(name)}")
    return name


SPECIAL: Mapping[str, Special] = {
    "parameters": _parameters,
    "variables": _variables,
    **logic.SPECIAL,
    **lambdas.SPECIAL,
    **surroundings.SPECIAL,
    **references.SPECIAL,
}
NAMES = frozenset({*SPECIAL, *TEMPLATE})


@lru_cache(maxsize=8192)
def tree_of(text: str) -> Tree:
    """Parse an expression; raises ExpressionError."""
    return parse(text, namespaces=True)


def evaluate(tree: Tree, frame: Frame) -> Any:
    """Compute the tree of an expression; raises ExpressionError where the template is wrong."""
    frame.deployment.reading.budget.spend()
    if isinstance(tree, Literal):
        return tree.value
    if isinstance(tree, Access):
        return _member(evaluate(tree.target, frame), evaluate(tree.key, frame))
    name = tree.name.lower()
    special = SPECIAL.get(name)
    if special is not None:
        return special(tree.arguments, frame)
    if name in TEMPLATE:
        values = [evaluate(argument, frame) for argument in tree.arguments]
        return call(tree.name, values, frame.deployment.reading.budget)
    if "." in name:
        return frame.deployment.call_own(tree.name, [evaluate(argument, frame) for argument in tree.arguments], frame)
    if name.startswith("list"):
        return references.list_keys(tree.name, tree.arguments, frame)
    raise ExpressionError(f"there is no function '{tree.name}'", nearest(tree.name, NAMES))


def _member(container: Any, key: Any) -> Any:
    """Give a property in any case, or a member; raises ExpressionError where there is none."""
    if isinstance(container, (Deferred, Half)):
        return container.member(key.text if is_deferred(key) else key)
    if is_deferred(key):
        return deferred("member", [container, key])
    if isinstance(container, dict):
        if key in container:
            return container[key]
        folded = str(key).lower()
        for name, value in container.items():
            if name.lower() == folded:
                return value
        raise ExpressionError(f"the object has no property '{str(key)[:60]}'", nearest(str(key), container))
    if isinstance(container, list) and isinstance(key, int) and not isinstance(key, bool):
        if -1 < key < len(container):
            return container[key]
        raise ExpressionError(f"the array has {len(container)} members, and none at {key}")
    raise ExpressionError(f"{kind_of(container)} has no member '{str(key)[:60]}'")
