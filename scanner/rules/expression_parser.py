"""The grammar of template expressions, which is that of ARM templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.rules.environment import Getter
from scanner.rules.expression_nodes import Node, apply, apply_later
from scanner.rules.fields import index_name, member_or_field, selection
from scanner.rules.functions import CONTEXT, FUNCTIONS, LAZY, Function
from scanner.rules.functions.collections import access
from scanner.rules.place import suggestion

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[(),.\[\]]))"
)
_BLANK = re.compile(r"\s*\Z")
_MAX_DEPTH = 64
"""As in Azure Policy; a chain of accessors counts too."""
_MAX_LENGTH = 81_920
_MAX_NUMBER = 2**63
_ACCESS = Function(access, 2, 2, structural=True)


class ExpressionError(ValueError):
    """What is wrong with an expression, in words; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


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


class Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text if len(text) <= 200 else f"{text[:200]}..."
        self.scope = scope
        if len(text) > _MAX_LENGTH:
            raise ExpressionError(f"the expression {text[:40]}... is longer than {_MAX_LENGTH} characters")
        self.tokens = self._tokens(text[1:-1])
        self.at = 0

    def _tokens(self, body: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        at = 0
        while not _BLANK.match(body, at):
            match = _TOKEN.match(body, at)
            if match is None or match.lastgroup is None:
                raise ExpressionError(f"the expression {self.text} is not understood at '{body[at:].strip()[:20]}'")
            tokens.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        return tokens

    def _peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _take(self, expected: str = "") -> tuple[str, str]:
        if self.at >= len(self.tokens) or (expected and self.tokens[self.at][1] != expected):
            found = f"'{self._peek()}'" if self._peek() else "the end"
            wanted = f"'{expected}'" if expected else "a value"
            raise ExpressionError(f"the expression {self.text} has {found} where {wanted} should be")
        self.at += 1
        return self.tokens[self.at - 1]

    def parse(self) -> Node:
        """Parse and compile all of it; raises ExpressionError."""
        node = self._value(0)
        if self.at < len(self.tokens):
            raise ExpressionError(f"the expression {self.text} goes on with '{self._peek()}' where it should end")
        return node

    def _value(self, depth: int) -> Node:
        self._bound(depth)
        kind, token = self._take()
        if kind == "text":
            node = Node(token[1:-1].replace("''", "'"))
        elif kind == "number":
            node = Node(self._number(token))
        elif kind == "word" and self._peek() == "(":
            node = self._function(token, self._arguments(depth))
        else:
            raise ExpressionError(f"the expression {self.text} has '{token}' where a value should be")
        return self._accessors(node, depth)

    def _bound(self, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise ExpressionError(f"the expression {self.text[:40]}... is nested more than {_MAX_DEPTH} deep")

    def _number(self, token: str) -> int:
        if len(token) > 20 or not -_MAX_NUMBER <= int(token) < _MAX_NUMBER:
            raise ExpressionError(f"the number {token[:25]} in the expression {self.text} is too large")
        return int(token)

    def _accessors(self, node: Node, depth: int) -> Node:
        while self._peek() in {".", "["}:
            depth += 1
            self._bound(depth)
            if self._take()[1] == ".":
                kind, word = self._take()
                if kind != "word":
                    raise ExpressionError(f"the expression {self.text} has '{word}' where a property should be")
                key = Node(word)
            else:
                key = self._value(depth)
                self._take("]")
            node = apply(_ACCESS, (node, key))
        return node

    def _arguments(self, depth: int) -> tuple[Node, ...]:
        self._take("(")
        found: list[Node] = []
        if self._peek() != ")":
            found.append(self._value(depth + 1))
            while self._peek() == ",":
                self._take()
                found.append(self._value(depth + 1))
        self._take(")")
        return tuple(found)

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
