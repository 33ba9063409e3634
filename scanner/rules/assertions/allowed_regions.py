"""`allowedRegions`: a resource stands in a region that may be used."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from scanner.model.resource import Resource, normalise_location
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import look_up
from scanner.rules.patterns import matching, permits_everything


class AllowedRegions(Assertion):
    """The resource's location matches a pattern of `allowedRegions`.

    "West Europe" and "westeurope" are one region, and `*` stands for anything. A resource without a location of its
    own stands where its parent does. Unknown where the location is not known.
    """

    allowed_regions: list[str] = Field(description="Patterns of regions that may be used.")

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        if permits_everything(self.allowed_regions, ()):
            return HOLDS
        expected = f"one of [{', '.join(self.allowed_regions)}]"
        location = _location(resource, env)
        if not isinstance(location, str):
            shown = None if location in (MISSING, UNKNOWN) else location
            message = f"the location is not known; it must be {expected}"
            return Judgement(None, message, (Evidence("location", shown, expected),))
        patterns = [normalise_location(region) for region in self.allowed_regions]
        if matching(normalise_location(location), patterns) is not None:
            return HOLDS
        evidence = Evidence("location", location, expected)
        return Judgement(False, f"it is in {location}; it must be in {expected}", (evidence,))


def _location(resource: Resource, env: Environment) -> Any:
    """Give the nearest location, from the resource upwards."""
    holder: Resource | None = resource
    while holder is not None:
        location = look_up(holder.json, "location", "location")
        if location is not MISSING and location != "":
            return location
        holder = env.inventory.parent(holder)
    return MISSING
