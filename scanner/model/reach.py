"""How far a scan looked, so that the absence of a resource can be told from good news."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from scanner.model.inventory import Gap
from scanner.model.resource import normalise_id, type_of_id

_CONTAINERS = "microsoft.resources"
_ROOTS = ("/subscriptions", "/providers")
_EVERYTHING = "/"
_ANYTHING = ""


@dataclass(frozen=True)
class Reach:
    """`scopes` are the ids that were read below (none for files), `keys` the normalised ids of what was read."""

    scopes: tuple[str, ...]
    keys: Collection[str]
    gaps: tuple[Gap, ...]

    @cached_property
    def below(self) -> frozenset[str]:
        """The normalised scopes; for inputs that name none, the subscriptions of which they hold a resource."""
        return frozenset(map(normalise_id, self.scopes) if self.scopes else map(root_of, self.keys))

    def saw(self, resource_id: str) -> bool:
        """Say whether this resource was read or would have been, were it still there.

        Not so outside the scopes, nor where a gap may hide it: absence is not compliance.
        """
        key = normalise_id(resource_id)
        if key in self.keys:
            return True
        return self.covers(key) and not self._hidden(key)

    def covers(self, key: str) -> bool:
        """Say whether a normalised id is one of `below` or lies in one."""
        return not self.below.isdisjoint(_ancestors(key))

    def _hidden(self, key: str) -> bool:
        """Say whether a gap may be why a resource is not there.

        A missing type may hide everything of its provider (resources are derived from others), a missing
        resource group or subscription what is in it, anything else (a file's entries) all below its scope.
        """
        enough = {_ANYTHING, _CONTAINERS, type_of_id(key).partition("/")[0]}
        return any(not enough.isdisjoint(self._missing[scope]) for scope in _ancestors(key) if scope in self._missing)

    @cached_property
    def _missing(self) -> dict[str, set[str]]:
        """The providers of which something is missing, by scope; a scope that is no ARM id may hide anything."""
        found: dict[str, set[str]] = {}
        for gap in self.gaps:
            scope = normalise_id(gap.scope)
            place = scope if any(inside(scope, root) for root in _ROOTS) else _EVERYTHING
            provider, slash, _ = gap.what.lower().partition("/")
            found.setdefault(place, set()).add(provider if slash else _ANYTHING)
        return found


def inside(key: str, scope: str) -> bool:
    """Say whether a normalised id is a scope or lies in it."""
    return key == scope or key.startswith(f"{scope.rstrip('/')}/")


def root_of(key: str) -> str:
    """Give the subscription that a normalised id lies in; of any other id, its first two segments."""
    parts = key.split("/")
    return "/".join(parts[:3] if parts[1] == "subscriptions" else parts[:2])


def _ancestors(key: str) -> Iterator[str]:
    """Give the id itself and everything it lies in."""
    at = len(key)
    while at > 0:
        yield key[:at]
        at = key.rfind("/", 0, at)
    yield _EVERYTHING
