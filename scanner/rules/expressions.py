"""Template expressions in policies: `[parameters('maxIdleTime')]`, `[concat('tags[', parameters('tag'), ']')]`.

A text that starts with `[` and ends with `]` is an expression; `[[` at the start is an escaped bracket. What
rests on parameters alone is computed when the policy is read; what rests on the resource becomes a `Dynamic`.
The grammar is that of ARM template expressions; the functions are in `scanner.rules.functions`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Getter
from scanner.rules.fields import member_or_field
from scanner.rules.functions import CONTEXT, FUNCTIONS, LAZY
from scanner.rules.place import Place, Problems, suggestion

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[(),.\[\]]))"
)
_MAX_DEPTH = 50


def is_expression(value: Any) -> bool:
    """Say whether `value` is a template expression."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]") and not value.startswith("[[")


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A value that depends on the resource: how to get it, and the text it was written as."""

    get: Getter
    text: str


class _Unset:
    """A parameter that was declared without a default and got no value: an error only where it is used."""

    def __repr__(self) -> str:
        return "(no value)"


UNSET = _Unset()


REFUSED = Dynamic(lambda _r, _e: UNKNOWN, "")
"""Stands in for an expression that is wrong: the policy is refused, and once is enough to say so."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A compiled expression: a constant, or a getter."""

    constant: Any = None
    get: Getter | None = None


class ExpressionError(ValueError):
    """What is wrong with an expression, in words; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(slots=True)
class Scope:
    """What an expression may refer to: parameters by name, and the `[*]` paths or names of enclosing counts."""

    parameters: Mapping[str, Any]
    counts: tuple[str, ...] = ()


def fill_in(value: Any, scope: Scope, place: Place, problems: Problems) -> Any:
    """Give `value` with every expression replaced, all the way down: by a constant, or by a Dynamic."""
    if isinstance(value, dict):
        inner = scope
        if isinstance(value.get("count"), dict):
            name = value["count"].get("field") or value["count"].get("name") or "value[*]"
            inner = Scope(scope.parameters, (*scope.counts, str(name)))
        return {key: fill_in(v, inner if key == "count" else scope, place / key, problems) for key, v in value.items()}
    if isinstance(value, list):
        return [fill_in(inner, scope, place / index, problems) for index, inner in enumerate(value)]
    if not is_expression(value):
        return value[1:] if isinstance(value, str) and value.startswith("[[") else value
    try:
        return compile_expression(value, scope)
    except ExpressionError as error:
        problems.add(place, str(error), error.hint)
        return REFUSED


def compile_expression(text: str, scope: Scope) -> Any:
    """Compile one expression; a constant where it needs no resource. Raises ExpressionError."""
    node = _Parser(text, scope).parse()
    if node.get is not None:
        return Dynamic(node.get, text)
    if node.constant is UNKNOWN:
        raise ExpressionError(f"the expression {text} cannot be computed", "do the types of its arguments fit?")
    return None if node.constant is MISSING else node.constant


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.tokens = self._tokens(text[1:-1])
        self.at = 0

    def _tokens(self, body: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        at = 0
        while body[at:].strip():
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
            raise ExpressionError(f"the expression {self.text} has {found} where '{expected or 'a value'}' should be")
        self.at += 1
        return self.tokens[self.at - 1]

    def parse(self) -> _Node:
        node = self._value(0)
        if self.at < len(self.tokens):
            raise ExpressionError(f"the expression {self.text} goes on with '{self._peek()}' where it should end")
        return node

    def _value(self, depth: int) -> _Node:
        if depth > _MAX_DEPTH:
            raise ExpressionError(f"the expression {self.text[:40]}... is nested more than {_MAX_DEPTH} deep")
        kind, token = self._take()
        if kind == "text":
            node = _Node(token[1:-1].replace("''", "'"))
        elif kind == "number":
            node = _Node(int(token))
        elif kind == "word" and self._peek() == "(":
            node = self._call(token, depth)
        else:
            raise ExpressionError(f"the expression {self.text} has '{token}' where a value should be")
        return self._accessors(node, depth)

    def _accessors(self, node: _Node, depth: int) -> _Node:
        while self._peek() in {".", "["}:
            if self._take()[1] == ".":
                kind, word = self._take()
                if kind != "word":
                    raise ExpressionError(f"the expression {self.text} has '{word}' where a property should be")
                key = _Node(word)
            else:
                key = self._value(depth + 1)
                self._take("]")
            node = _apply(_access, (node, key))
        return node

    def _call(self, name: str, depth: int) -> _Node:
        self._take("(")
        arguments: list[_Node] = []
        while self._peek() != ")":
            arguments.append(self._value(depth + 1))
            if self._peek() != ")":
                self._take(",")
        self._take(")")
        return self._function(name, arguments)

    def _function(self, name: str, arguments: Sequence[_Node]) -> _Node:
        folded = name.lower()
        if folded == "parameters":
            return self._parameter(self._word(name, arguments))
        if folded == "field":
            return self._field(self._word(name, arguments))
        if folded == "current":
            return self._current(self._word(name, arguments) if arguments else "")
        if folded in CONTEXT:
            if arguments and folded != "utcnow":
                raise ExpressionError(f"'{name}' takes no argument in the expression {self.text}")
            return _Node(get=CONTEXT[folded])
        if folded in LAZY:
            return _lazy(LAZY[folded], tuple(arguments))
        if folded not in FUNCTIONS:
            known = ["parameters", "field", "current", *CONTEXT, *LAZY, *FUNCTIONS]
            hint = suggestion(name, known) if len(name) > 2 else ""
            raise ExpressionError(f"the function '{name}' is not supported", hint if "did you" in hint else "")
        function, least, most = FUNCTIONS[folded]
        if not least <= len(arguments) <= most:
            raise ExpressionError(f"'{name}' takes {least} to {most} arguments, not {len(arguments)}, in {self.text}")
        return _apply(function, tuple(arguments))

    def _word(self, name: str, arguments: Sequence[_Node]) -> str:
        if len(arguments) != 1 or arguments[0].get is not None or not isinstance(arguments[0].constant, str):
            raise ExpressionError(f"'{name}' takes one text in the expression {self.text}")
        return arguments[0].constant

    def _parameter(self, name: str) -> _Node:
        known = {key.lower(): key for key in self.scope.parameters}
        if name.lower() not in known:
            hint = suggestion(name, self.scope.parameters) or "declare it under parameters"
            raise ExpressionError(f"unknown parameter '{name}'", hint)
        value = self.scope.parameters[known[name.lower()]]
        if value is UNSET:
            raise ExpressionError(f"the parameter '{name}' has no default", f"give --parameter {name}=VALUE")
        return _Node(value)

    def _field(self, path: str) -> _Node:
        try:
            return _Node(get=member_or_field(path, self.scope.counts))
        except ValueError as error:
            raise ExpressionError(str(error)) from None

    def _current(self, name: str) -> _Node:
        if not self.scope.counts:
            raise ExpressionError(f"current() in {self.text} stands in no count")
        wanted = name or self.scope.counts[-1]
        try:
            return _Node(get=member_or_field(wanted, self.scope.counts))
        except ValueError as error:
            raise ExpressionError(str(error)) from None


def _apply(function: Callable[..., Any], arguments: tuple[_Node, ...]) -> _Node:
    """Call at once where every argument is a constant, else for every resource; an impossible call is unknown."""

    def call(values: Sequence[Any]) -> Any:
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        try:
            return function(*values)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError):
            return UNKNOWN

    if all(argument.get is None for argument in arguments):
        return _Node(call([argument.constant for argument in arguments]))
    return _Node(get=lambda resource, env: call([_get(argument, resource, env) for argument in arguments]))


def _lazy(function: Callable[..., Any], arguments: tuple[_Node, ...]) -> _Node:
    """Functions that may decide although an argument is unknown: they get functions, not values."""

    def call(resource: Any, env: Any) -> Any:
        try:
            return function(*(lambda argument=argument: _get(argument, resource, env) for argument in arguments))
        except (TypeError, ValueError):
            return UNKNOWN

    if all(argument.get is None for argument in arguments):
        return _Node(call(None, None))
    return _Node(get=call)


def _get(node: _Node, resource: Any, env: Any) -> Any:
    return node.constant if node.get is None else node.get(resource, env)


def _access(container: Any, key: Any) -> Any:
    if isinstance(container, list) and isinstance(key, int):
        return container[key] if -1 < key < len(container) else MISSING
    if isinstance(container, dict):
        folded = str(key).lower()
        return next((value for name, value in container.items() if str(name).lower() == folded), MISSING)
    return MISSING
