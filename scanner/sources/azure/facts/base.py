"""What a reader of facts is: it runs after the resources and sees which of them a rule asks about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scanner.model.inventory import Fact, Gap, Inventory
from scanner.model.needs import FactNeed, Needs
from scanner.model.resource import Resource
from scanner.sources.azure.endpoints import Endpoints
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.resources import EVERY_TYPE
from scanner.sources.azure.workers import Workers


@dataclass(frozen=True, slots=True)
class FactContext:
    """What a fact reader works with; `inventory` has the resources and gaps read so far."""

    needs: Needs
    inventory: Inventory
    reader: Reader
    workers: Workers
    endpoints: Endpoints
    as_of: datetime
    progress: Callable[[str], None]

    def resources_for(self, need: FactNeed) -> list[Resource]:
        """Give the resources about which the rule behind `need` may ask."""
        inventory = self.inventory
        members = [one for one in inventory.resources if one.type in need.types or EVERY_TYPE in need.types]
        return [resource for resource in members if need.applies(resource, inventory)]


@dataclass(slots=True)
class FactsRead:
    """Facts, and gaps for those that could not be read."""

    facts: list[Fact] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


class FactReader(Protocol):
    """Reads one family of facts."""

    @property
    def kinds(self) -> frozenset[str]:
        """The fact kinds it can read."""

    def read(self, context: FactContext) -> FactsRead:
        """Read what the needs of these kinds ask for; never raises for Azure's failures."""
