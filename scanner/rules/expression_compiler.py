"""How a policy's expression is compiled: what it may refer to, and what becomes of its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.expressions.functions import Function
from scanner.expressions.functions.collections import access
from scanner.expressions.syntax import Access, ExpressionError, Literal, Tree, parse, shown
from scanner.rules.environment import Getter
from scanner.rules.expression_nodes import Node, apply, apply_later
from scanner.rules.fields import index_name, member_or_field, selection
from scanner.rules.functions import CONTEXT, FUNCTIONS, LAZY
from scanner.rules.place import suggestion

_ACCESS = Function(access, 2, 2, structural=True)


class Unset:
    """A parameter that was declared without a default and got no value: an error only where it is used."""

    def __repr__(self) -> str:
        return "(no value)"


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A value that depends on the resource: how to get it, and the text it was written as."""

    get: Getter
    text: str


def evaluated(getter: Getter) -> Getter:
    """Give what `field()` and its like read: of the resource that is evaluated."""
    return getter


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may refer to: parameters by name, and the names of enclosing counts (fields.count_name).

    `of` turns a getter into one that reads the resource which `field()` is about.
    """

    parameters: Mapping[str, Any]
    counts: tuple[str, ...] = ()
    of: Callable[[Getter], Getter] = evaluated


class Compiler:
    """Turns the tree of one expression into constants and getters."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = shown(text)
        self.scope = scope
        self.tree = parse(text)

    def compile(self) -> Node:
        """Compile all of it; raises ExpressionError."""
        return self._node(self.tree)

    def _node(self, tree: Tree) -> Node:
        if isinstance(tree, Literal):
            return Node(tree.value)
        if isinstance(tree, Access):
            return apply(_ACCESS, (self._node(tree.target), self._node(tree.key)))
        return self._function(tree.name, tuple(self._node(argument) for argument in tree.arguments))

    def _function(self, name: str, arguments: tuple[Node, ...]) -> Node:
        folded = name.lower()
        if folded == "parameters":
            return self._parameter(self._word(name, arguments))
        if folded == "field":
            return self._reader(selection, self._word(name, arguments))
        if folded == "current":
            return self._current(self._word(name, arguments) if arguments else "")
        if folded in CONTEXT:
            self._count(name, arguments, 0, 0)
            return Node(get=self.scope.of(CONTEXT[folded]))
        function = LAZY.get(folded) or FUNCTIONS.get(folded)
        if function is None:
            known = ["parameters", "field", "current", *CONTEXT, *LAZY, *FUNCTIONS]
            hint = suggestion(name, known) if len(name) > 2 else ""
            raise ExpressionError(f"the function '{name}' is not supported", hint if "did you" in hint else "")
        self._count(name, arguments, function.least, function.most)
        return apply_later(function, arguments) if folded in LAZY else apply(function, arguments)

    def _count(self, name: str, arguments: Sequence[Node], least: int, most: int) -> None:
        if least <= len(arguments) <= most:
            return
        wanted = "no" if not most else str(least) if least == most else f"{least} to {most}"
        words = f"{wanted} argument{'' if most == 1 else 's'}"
        raise ExpressionError(f"'{name}' takes {words}, not {len(arguments)}, in the expression {self.text}")

    def _word(self, name: str, arguments: Sequence[Node]) -> str:
        if len(arguments) != 1 or arguments[0].get is not None or not isinstance(arguments[0].constant, str):
            raise ExpressionError(f"'{name}' takes one text in the expression {self.text}")
        return arguments[0].constant

    def _parameter(self, name: str) -> Node:
        known = {key.lower(): key for key in self.scope.parameters}
        if name.lower() not in known:
            hint = suggestion(name, self.scope.parameters) or "declare it under parameters"
            raise ExpressionError(f"unknown parameter '{name}'", hint)
        value = self.scope.parameters[known[name.lower()]]
        if isinstance(value, Unset):
            raise ExpressionError(f"the parameter '{name}' has no default", f"give --parameter {name}=VALUE")
        return Node(get=value.get) if isinstance(value, Dynamic) else Node(value)

    def _reader(self, make: Callable[[str, tuple[str, ...]], Getter], path: str) -> Node:
        try:
            return Node(get=self.scope.of(make(path, self.scope.counts)))
        except ValueError as error:
            raise ExpressionError(str(error)) from None

    def _current(self, name: str) -> Node:
        counts = self.scope.counts
        if not counts:
            raise ExpressionError(f"current() in {self.text} stands in no count")
        wanted = name or counts[-1]
        indexes = {count.lower() for count in counts}
        path = index_name(wanted) if index_name(wanted).lower() in indexes else wanted
        if path.lower() not in indexes and not any(path.lower().startswith(count) for count in indexes):
            raise ExpressionError(f"current('{name}') in {self.text} names no count around it")
        try:
            return Node(get=member_or_field(path, counts))
        except ValueError as error:
            raise ExpressionError(str(error)) from None
