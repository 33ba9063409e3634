"""On which line of a JSON text a value begins, for the few values that somebody asks about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from json.decoder import WHITESPACE, scanstring  # type: ignore[attr-defined]
from typing import Any

_DECODER = json.JSONDecoder(strict=False)


def pointer(*steps: str | int) -> str:
    """Give the JSON pointer (RFC 6901) that these keys and indexes make."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def tokens(name: str) -> list[str]:
    """Give the keys and indexes of a JSON pointer."""
    parts = name.split("/")[1:]
    return [part.replace("~1", "/").replace("~0", "~") for part in parts] if "~" in name else parts


def stands_in(value: Any, name: str) -> bool:
    """Say whether a JSON pointer points at something in a document."""
    for token in tokens(name):
        if isinstance(value, dict):
            if token not in value:
                return False
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return False
    return True


class _Wanted:
    """A place in the document: whether somebody asks for it, and what they ask for below it."""

    __slots__ = ("below", "pointers")

    def __init__(self) -> None:
        self.pointers: list[str] = []
        self.below: dict[str, _Wanted] = {}


class _DoneError(Exception):
    """Everything that was asked for is found."""


def lines_of(text: str, pointers: Iterable[str]) -> dict[str, int]:
    """Give the line, from 1, on which the value at each JSON pointer begins; a pointer to nothing is left out.

    `text` is valid JSON. What nobody asks about is passed over by the decoder of the standard library, written in
    C: a document of 100 MB costs about as much as reading it once more.
    """
    asked = list(dict.fromkeys(pointers))
    if not asked:
        return {}
    offsets = _Search(text, _tree(asked), len(asked)).run()
    lines: dict[str, int] = {}
    line, at = 1, 0
    for name, offset in sorted(offsets.items(), key=lambda item: item[1]):
        line += text.count("\n", at, offset)
        at = offset
        lines[name] = line
    return lines


def _tree(pointers: list[str]) -> _Wanted:
    root = _Wanted()
    for name in pointers:
        node = root
        for token in tokens(name):
            node = node.below.setdefault(token, _Wanted())
        node.pointers.append(name)
    return root


class _Search:
    """One walk over a text, into those containers alone in which something is wanted."""

    def __init__(self, text: str, root: _Wanted, missing: int) -> None:
        self.text = text
        self.root = root
        self.missing = missing
        self.found: dict[str, int] = {}

    def run(self) -> dict[str, int]:
        with suppress(_DoneError):
            self._value(self._blank(0), self.root)
        return self.found

    def _blank(self, at: int) -> int:
        end: int = WHITESPACE.match(self.text, at).end()
        return end

    def _value(self, at: int, wanted: _Wanted | None) -> int:
        """Pass over the value at `at`; give where it ends."""
        if wanted is not None:
            for name in wanted.pointers:
                self.found[name] = at
                self.missing -= 1
            if not self.missing:
                raise _DoneError
            sign = self.text[at : at + 1]
            if wanted.below and sign == "{":
                return self._object(at + 1, wanted)
            if wanted.below and sign == "[":
                return self._array(at + 1, wanted)
        end: int
        _, end = _DECODER.raw_decode(self.text, at)
        return end

    def _object(self, at: int, wanted: _Wanted) -> int:
        at = self._blank(at)
        while self.text[at] != "}":
            key: Any
            key, at = scanstring(self.text, at + 1, False)
            at = self._blank(self._blank(at) + 1)
            at = self._next(self._value(at, wanted.below.get(key)))
        return at + 1

    def _array(self, at: int, wanted: _Wanted) -> int:
        at = self._blank(at)
        index = 0
        while self.text[at] != "]":
            at = self._next(self._value(at, wanted.below.get(str(index))))
            index += 1
        return at + 1

    def _next(self, at: int) -> int:
        """Go from the end of a member to the next one, or to the closing bracket."""
        at = self._blank(at)
        return self._blank(at + 1) if self.text[at] == "," else at
