"""What a scan looked at, so that the absence of a finding can be told from good news."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scanner.model.inventory import Inventory
from scanner.model.reach import Reach, inside
from scanner.model.resource import normalise_id


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
    def reach(self) -> Reach:
        """How far the inventory goes."""
        return Reach(self.inventory.scopes, self.inventory.by_key.keys(), self.inventory.gaps)

    def overlaps(self, start: str, *, glob: bool) -> bool:
        """Say whether ids that are (or, of a glob, begin with) the normalised `start` may lie in the scopes."""
        return not self.scopes or any(
            inside(start, scope) or (glob and scope.startswith(start)) for scope in self.scopes
        )

    def saw(self, resource_id: str) -> bool:
        """Say whether this resource was read or would have been, were it still there; see `Reach.saw`.

        What is there to be looked at but not judged was not seen.
        """
        resource = self.inventory.by_key.get(normalise_id(resource_id))
        return resource.origin.judged if resource else self.reach.saw(resource_id)
