"""What a collector is, and the kind that covers nearly all of Azure Resource Manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scanner.model.resource import SUBSCRIPTION, Resource
from scanner.sources.azure.clients import Service
from scanner.sources.azure.paging import Listing
from scanner.sources.azure.reader import Reader


class Collector(Protocol):
    """Reads the resources of one type below one parent."""

    @property
    def type(self) -> str:
        """The ARM type it reads, in Azure's spelling; gaps name it."""

    @property
    def parent(self) -> str:
        """The ARM type, in lower case, below whose resources it reads: a subscription's or another collector's."""

    def collect(self, parent: Resource, reader: Reader) -> Listing:
        """Read all of them below `parent`; never raises, a failure is in the listing."""


@dataclass(frozen=True, slots=True)
class ArmList:
    """A collector for a plain ARM list: GET below the parent, `value` and `nextLink`.

    Below a subscription the path is `/providers/{type}`, below a resource the last word of the type.
    """

    type: str
    service: Service
    api_version: str
    parent: str = SUBSCRIPTION
    parameters: Mapping[str, str] = field(default_factory=dict)

    def collect(self, parent: Resource, reader: Reader) -> Listing:
        """Read all pages."""
        tail = f"providers/{self.type}" if self.parent == SUBSCRIPTION else self.type.rpartition("/")[2]
        parameters = {"api-version": self.api_version, **self.parameters}
        return reader.pages(self.service, f"{parent.id.rstrip('/')}/{tail}", parameters)
