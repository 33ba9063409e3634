"""Values that only the deployment will know: unknown in a resource, but with a text that stands for them in names.

The same unknown always has the same text, so that a child still finds its parent: `uniqueString(resourceGroup().id)`
gives `{uniqueString(resourceGroup.id)}` wherever it stands, and `concat('ai-', ...)` of it gives `ai-{...}`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from scanner.expressions.syntax import ExpressionError
from scanner.model.values import MISSING, UNKNOWN

LOCAL = "https://template.invalid"
"""Begins the address of a template that lies in a file, so that addresses beside it lead to the files beside it."""
_UNSAFE = re.compile(r"[^\w.(),-]+")
_LONGEST = 48
_PARTS = 500


class Deferred:
    """One unknown value; `text` stands for it in names and ids, unknown parts of it in braces."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def member(self, key: Any) -> Any:
        """Give a property of it, which is as unknown."""
        return Deferred(f"{{{_safe(f'{self.text}.{key}')}}}")

    def __repr__(self) -> str:
        return f"Deferred({self.text!r})"


class Half(dict[str, Any]):
    """An object of which only some properties are known; every other one is deferred."""

    def __init__(self, known: dict[str, Any], text: str) -> None:
        super().__init__(known)
        self.text = text

    def member(self, key: Any) -> Any:
        """Give a property in any case."""
        folded = str(key).lower()
        for name, value in self.items():
            if name.lower() == folded:
                return value
        return Deferred(f"{{{_safe(f'{self.text}.{key}')}}}")


class Declared(Half):
    """What a template declares of a resource, or of a part of it: to each part of that Azure may add something."""

    def member(self, key: Any) -> Any:
        """Give a property in any case, and say that it may hold more than is declared."""
        text = f"{self.text}.{key}"
        value = super().member(key)
        if isinstance(value, dict) and not is_deferred(value) and str(key).lower() != "tags":
            return Declared(value, text)
        if isinstance(value, list):
            return [Declared(inner, text) if type(inner) is dict else inner for inner in value]
        return value


def local_address(path: Path) -> str:
    """Give the address of a file or folder, by its absolute path."""
    return LOCAL + path.as_uri().removeprefix("file://")


def local_path(address: str) -> Path:
    """Give the file that such an address, or one made from it, leads to."""
    path = unquote(urlsplit(address).path)
    return Path(path.removeprefix("/") if os.name == "nt" else path)


class Budget:
    """How much one template may be worked on: a hostile one multiplies what it says without end.

    The largest real ones, of three megabytes, take some 40,000 steps.
    """

    __slots__ = ("left",)

    def __init__(self, steps: int = 1_000_000) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Count steps; raises ExhaustedError where none are left."""
        self.left -= steps
        if self.left < 0:
            raise ExhaustedError


class ExhaustedError(Exception):
    """The template goes beyond every limit that Azure Resource Manager has."""


def deferred(name: str, values: Iterable[Any] = ()) -> Deferred:
    """Give what a call of `name` with these values is, where it cannot be computed here."""
    shown = ",".join(_shown(value) for value in values)
    if len(name) + len(shown) > _LONGEST:
        shown = _digest(shown)
    return Deferred(f"{{{_safe(f'{name}({shown})' if shown else name)}}}")


def is_deferred(value: Any) -> bool:
    """Say whether a value, taken as a whole, is unknown in part at least."""
    return isinstance(value, (Deferred, Half))


def holds_deferred(value: Any, budget: Budget) -> bool:
    """Say whether some part of a value is unknown."""
    if isinstance(value, (str, int, float)) or value is None:
        return False
    budget.spend(1 + len(value) if isinstance(value, (list, dict)) else 1)
    if is_deferred(value):
        return True
    if isinstance(value, dict):
        return any(holds_deferred(inner, budget) for inner in value.values())
    return isinstance(value, list) and any(holds_deferred(inner, budget) for inner in value)


def published(value: Any, budget: Budget) -> Any:
    """Give a value as a resource shows it: unknown at every leaf that is."""
    if isinstance(value, str):
        return UNKNOWN if LOCAL in value else value
    if isinstance(value, (int, float)) or value is None:
        return value
    budget.spend()
    if is_deferred(value):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: published(inner, budget) for key, inner in value.items()}
    if isinstance(value, list):
        return [published(inner, budget) for inner in value]
    return None if value is MISSING else value


def worded(value: Any) -> Any:
    """Give a value with the texts of what is unknown in it, all the way down."""
    if is_deferred(value):
        return value.text
    if isinstance(value, list):
        return [worded(inner) for inner in value]
    if isinstance(value, dict):
        return {key: worded(inner) for key, inner in value.items()}
    return value


def as_text(value: Any) -> str:
    """Give a name, or the text that stands for it; raises ExpressionError where it is none."""
    if is_deferred(value):
        return str(value.text)
    if isinstance(value, str):
        return value
    raise ExpressionError(f"{kind_of(value)} stands where a text should be")


def kind_of(value: Any) -> str:
    """Give what a message calls a value, which it must not show: it may be secret."""
    if value is None or value is MISSING:
        return "null"
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "an array"}
    return kinds.get(type(value), "an object")


def _shown(value: Any) -> str:
    if is_deferred(value):
        return str(value.text)
    text = str(value) if isinstance(value, (str, int)) else " ".join(_parts(value, [_PARTS]))
    return text if len(text) <= 24 else _digest(text)


def _parts(value: Any, left: list[int]) -> Iterator[str]:
    """Spell out an array or object, as far as it takes to tell it from others."""
    left[0] -= 1
    if left[0] < 0:
        return
    if is_deferred(value):
        yield value.text
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _parts(inner, left)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner, left)
    else:
        yield str(value)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def _safe(text: str) -> str:
    """Give a text that is one segment of an id, without braces of its own."""
    plain = _UNSAFE.sub("-", text.replace("{", "").replace("}", ""))
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}-{_digest(plain)}"
