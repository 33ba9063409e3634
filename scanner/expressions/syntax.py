"""The grammar of template expressions: a text in brackets becomes a tree of literals, calls and accesses.

learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeAlias

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[(),.\[\]]))"
)
_BLANK = re.compile(r"\s*\Z")
_MAX_DEPTH = 64
"""As in Azure Policy; a chain of accessors counts too."""
_MAX_LENGTH = 81_920
_MAX_NUMBER = 2**63


class ExpressionError(ValueError):
    """What is wrong with an expression, in words; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Literal(NamedTuple):
    """A text or a whole number."""

    value: Any


class Call(NamedTuple):
    """A call of a function, by the name it was written with (`namespace.name` for one of the user's own)."""

    name: str
    arguments: tuple[Tree, ...]


class Access(NamedTuple):
    """A property (`.name`, `['name']`) or a member (`[0]`)."""

    target: Tree
    key: Tree


Tree: TypeAlias = Literal | Call | Access


def is_expression(value: Any) -> bool:
    """Say whether `value` is a template expression; `[[` in front escapes a bracket."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]") and not value.startswith("[[")


def unescaped(text: str) -> str:
    """Give what a text that is no expression says: without the bracket that escapes another one."""
    return text[1:] if text.startswith("[[") and text.endswith("]") else text


def shown(text: str) -> str:
    """Give an expression as a message quotes it."""
    return text if len(text) <= 200 else f"{text[:200]}..."


def parse(text: str, *, namespaces: bool = False) -> Tree:
    """Parse one expression, brackets included; raises ExpressionError.

    `namespaces` allows calls of the user's own functions, `namespace.name(...)`, which policies have not.
    """
    return _Parser(text, namespaces=namespaces).parse()


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, *, namespaces: bool) -> None:
        self.text = shown(text)
        self.namespaces = namespaces
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

    def _peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead][1] if self.at + ahead < len(self.tokens) else ""

    def _take(self, expected: str = "") -> tuple[str, str]:
        if self.at >= len(self.tokens) or (expected and self.tokens[self.at][1] != expected):
            found = f"'{self._peek()}'" if self._peek() else "the end"
            wanted = f"'{expected}'" if expected else "a value"
            raise ExpressionError(f"the expression {self.text} has {found} where {wanted} should be")
        self.at += 1
        return self.tokens[self.at - 1]

    def parse(self) -> Tree:
        node = self._value(0)
        if self.at < len(self.tokens):
            raise ExpressionError(f"the expression {self.text} goes on with '{self._peek()}' where it should end")
        return node

    def _value(self, depth: int) -> Tree:
        self._bound(depth)
        kind, token = self._take()
        node: Tree
        if kind == "text":
            node = Literal(token[1:-1].replace("''", "'"))
        elif kind == "number":
            node = Literal(self._number(token))
        elif kind == "word" and self._peek() == "(":
            node = Call(token, self._arguments(depth))
        elif kind == "word" and self.namespaces and self._peek() == "." and self._peek(2) == "(":
            self._take(".")
            node = Call(f"{token}.{self._take()[1]}", self._arguments(depth))
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

    def _accessors(self, node: Tree, depth: int) -> Tree:
        while self._peek() in {".", "["}:
            depth += 1
            self._bound(depth)
            key: Tree
            if self._take()[1] == ".":
                kind, word = self._take()
                if kind != "word":
                    raise ExpressionError(f"the expression {self.text} has '{word}' where a property should be")
                key = Literal(word)
            else:
                key = self._value(depth)
                self._take("]")
            node = Access(node, key)
        return node

    def _arguments(self, depth: int) -> tuple[Tree, ...]:
        self._take("(")
        found: list[Tree] = []
        if self._peek() != ")":
            found.append(self._value(depth + 1))
            while self._peek() == ",":
                self._take()
                found.append(self._value(depth + 1))
        self._take(")")
        return tuple(found)
