"""Makes what thousands of findings share once: what a report shows of a rule, a resource, a verdict."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import fields
from operator import attrgetter
from typing import Generic, TypeVar

from scanner.model.verdict import Evidence, Verdict

T = TypeVar("T")
_MOST_VERDICTS = 4_096
"""Verdicts whose text is kept: they may all differ."""
_PLAIN = frozenset({str, int, bool, type(None)})
_MEMBERS = attrgetter(*(member.name for member in fields(Evidence)))


class OncePerObject(Generic[T]):
    """Gives what `make` gives of an object; objects are told apart by identity, and whoever has them keeps them."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[T], str]) -> None:
        self._make = make
        self._made: dict[int, str] = {}

    def __call__(self, item: T) -> str:
        """Give what was made of the object."""
        made = self._made.get(id(item))
        if made is None:
            made = self._made[id(item)] = self._make(item)
        return made


class OncePerVerdict:
    """Gives what `make` gives of a verdict; verdicts that say the same are one."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[Verdict], str]) -> None:
        self._make = make
        self._made: dict[Hashable, str] = {}

    def __call__(self, verdict: Verdict) -> str:
        """Give what was made of such a verdict."""
        kinds = [type(evidence.actual) for evidence in verdict.evidence]
        if not _PLAIN.issuperset(kinds):
            return self._make(verdict)
        # The kinds belong to the key, since 1 equals true; floats are left out, since there are two zeros.
        key = (verdict.message, *kinds, *map(_MEMBERS, verdict.evidence))
        made = self._made.get(key)
        if made is None:
            made = self._make(verdict)
            if len(self._made) < _MOST_VERDICTS:
                self._made[key] = made
        return made
