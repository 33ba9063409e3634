"""On which line of a file a resource's property stands, or the part of it that is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from scanner.sources.json_document import JsonDocument
from scanner.sources.json_positions import pointer, tokens

_STEP = re.compile(r"\['(?P<quoted>[^']*)'\]|\[(?P<index>\d+)\]|\[[^\]]*\]|(?P<word>[^.\[\]]+)")
_EFFECTIVE_TAGS = "effectivetags"


class Places:
    """The places of one document. The lines of all of them are found the first time that one is asked for."""

    def __init__(self, document: JsonDocument) -> None:
        self._document = document

    def locator(self, root: str) -> Callable[[str], int | None]:
        """Give what finds the line of a path of the resource at the JSON pointer `root`."""
        return lambda path: self.line(root, path)

    def line(self, root: str, path: str) -> int | None:
        """Give the line of a path such as `properties.model.name`, or of as much of it as stands there.

        None where not even its first part stands in the resource, or the resource is not there.
        """
        value: Any = self._document.value
        for token in tokens(root):
            value = _member(value, token)[1]
        at = root
        for step in _steps(path):
            key, value = _member(value, step)
            if key is None:
                break
            at += pointer(key)
        return None if at == root else self._lines.get(at)

    @cached_property
    def _lines(self) -> dict[str, int]:
        return self._document.lines(_pointers(self._document.value))


def _steps(path: str) -> Iterator[str]:
    for number, match in enumerate(_STEP.finditer(path)):
        step = match["quoted"] or match["index"] or match["word"]
        if step is None:
            return  # `[*]`, `[key=token]`: no single place
        yield "tags" if number == 0 and step.lower() == _EFFECTIVE_TAGS else step


def _member(value: Any, step: str) -> tuple[str | int | None, Any]:
    """Give the key and value of a member, in any case; (None, None) where there is none."""
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return int(step), value[int(step)]
    if isinstance(value, dict):
        if step in value:
            return step, value[step]
        folded = step.lower()
        return next(((key, inner) for key, inner in value.items() if key.lower() == folded), (None, None))
    return None, None


def _pointers(value: Any) -> Iterator[str]:
    """Give the pointer of everything in a document, without recursion."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        at, inner = waiting.pop()
        yield at
        members = inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        waiting.extend((at + pointer(key), member) for key, member in members)
