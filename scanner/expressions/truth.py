"""Kleene's three-valued logic: True, False, and None for unknown."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.values import Truth


def all_of(parts: Iterable[Truth]) -> Truth:
    """Be false as soon as one part is false, else unknown if a part is unknown, else true."""
    result: Truth = True
    for part in parts:
        if part is False:
            return False
        if part is None:
            result = None
    return result


def any_of(parts: Iterable[Truth]) -> Truth:
    """Be true as soon as one part is true, else unknown if a part is unknown, else false."""
    result: Truth = False
    for part in parts:
        if part is True:
            return True
        if part is None:
            result = None
    return result


def negate(part: Truth) -> Truth:
    """Unknown stays unknown."""
    return None if part is None else not part


def implies(premise: Truth, conclusion: Truth) -> Truth:
    """`not premise or conclusion`: a rule whose `when` is unknown but whose assertion holds is no violation."""
    return any_of((negate(premise), conclusion))
