"""What a scan looked at, so that the absence of a finding can be told from good news."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scanner.model.inventory import Gap, Inventory
from scanner.model.resource import normalise_id, type_of_id

_CONTAINERS = "microsoft.resources"
_ROOTS = ("/subscriptions", "/providers")


@dataclass(frozen=True)
class Coverage:
    """`loaded` are the ids of all rules of the loaded policies, `evaluated` of those asked about every resource."""

    inventory: Inventory
    loaded: frozenset[str]
    evaluated: frozenset[str]

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """The ids that live Azure was read below, normalised; none for files that do not say so."""
        return tuple(normalise_id(scope) for scope in self.inventory.scopes)

    @cached_property
    def _read_below(self) -> tuple[str, ...]:
        """The scopes; for inputs that name none, the subscriptions of which they hold a resource."""
        return self.scopes or tuple(dict.fromkeys(_root(resource.key) for resource in self.inventory.resources))

    def overlaps(self, start: str, *, glob: bool) -> bool:
        """Say whether ids that are (or, of a glob, begin with) the normalised `start` may lie in the scopes."""
        return not self.scopes or any(
            _inside(start, scope) or (glob and scope.startswith(start)) for scope in self.scopes
        )

    def saw(self, resource_id: str) -> bool:
        """Say whether this resource was read or would have been, were it still there.

        Not so outside the scopes, nor where a gap may hide it: absence is not compliance.
        """
        key = normalise_id(resource_id)
        if key in self.inventory.by_key:
            return True
        return any(_inside(key, scope) for scope in self._read_below) and not any(
            _hides(gap, key) for gap in self.inventory.gaps
        )


def _root(key: str) -> str:
    parts = key.split("/")
    return "/".join(parts[:3] if parts[1] == "subscriptions" else parts[:2])


def _inside(key: str, scope: str) -> bool:
    return key == scope or key.startswith(f"{scope.rstrip('/')}/")


def _hides(gap: Gap, key: str) -> bool:
    """Say whether a gap may be why a resource is not there.

    A missing type may hide everything of its provider (resources are derived from others), a missing
    resource group or subscription what is in it, anything else (a file's entries) all below its scope.
    """
    scope = normalise_id(gap.scope)
    if any(_inside(scope, root) for root in _ROOTS) and not _inside(key, scope):
        return False
    provider, slash, _ = gap.what.lower().partition("/")
    return not slash or provider in {_CONTAINERS, type_of_id(key).partition("/")[0]}
