"""What a collector is, and the kind that covers nearly all of Azure Resource Manager."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scanner.model.resource import SUBSCRIPTION, Resource
from scanner.sources.azure.clients import Service
from scanner.sources.azure.faults import Fault
from scanner.sources.azure.paging import Listing
from scanner.sources.azure.reader import Reader

_log = logging.getLogger(__name__)
_NO_SUCH_TYPE = frozenset(
    {
        "invalidresourcenamespace",
        "invalidresourcetype",
        "noregisteredproviderfound",
        "missingsubscriptionregistration",
    }
)
"""Azure's codes, with status 400 or 409, for a provider that this cloud or subscription does not have."""


class Collector(Protocol):
    """Reads the resources of one type below one parent."""

    @property
    def type(self) -> str:
        """The ARM type it reads, in Azure's spelling; gaps name it."""

    @property
    def parent(self) -> str:
        """The ARM type, in lower case, below whose resources it reads: a subscription's or another collector's."""

    @property
    def in_resource_graph(self) -> bool:
        """Whether Resource Graph is asked first, for many subscriptions at a time."""

    @property
    def only_by_name(self) -> bool:
        """Whether a rule about every type leaves this one out."""

    def reads(self, parent: Resource) -> bool:
        """Say whether there can be any below this parent."""

    def collect(self, parent: Resource, reader: Reader) -> Listing:
        """Read all of them below `parent`; never raises, a failure is in the listing."""


@dataclass(frozen=True, slots=True)
class ArmList:
    """A collector for a plain ARM list: GET below the parent, `value` and `nextLink`.

    Below a subscription the path is `/providers/{type}`, below a resource the last word of the type.
    `parent_kinds` (lower case) are the kinds of parent that can have any; a parent without a kind is asked.
    A `supplementary` type may be unknown to a cloud or a subscription: then there is nothing to read, and
    that is no gap.
    """

    type: str
    service: Service
    api_version: str
    parent: str = SUBSCRIPTION
    parameters: Mapping[str, str] = field(default_factory=dict)
    parent_kinds: frozenset[str] = frozenset()
    supplementary: bool = False
    in_resource_graph: bool = False
    only_by_name: bool = False

    def reads(self, parent: Resource) -> bool:
        """Say whether the parent is of a kind that has any."""
        kind = parent.json.get("kind")
        return not self.parent_kinds or not isinstance(kind, str) or kind.lower() in self.parent_kinds

    def collect(self, parent: Resource, reader: Reader) -> Listing:
        """Read all pages."""
        tail = f"providers/{self.type}" if self.parent == SUBSCRIPTION else self.type.rpartition("/")[2]
        parameters = {"api-version": self.api_version, **self.parameters}
        listing = reader.pages(self.service, f"{parent.id.rstrip('/')}/{tail}", parameters)
        if self.supplementary and not listing.items and any(cannot_hold(fault) for fault in listing.faults):
            _log.debug("%s: %s has none of these: %s", self.type, parent.id, listing.faults[0].detail)
            return Listing()
        return listing


def cannot_hold(fault: Fault) -> bool:
    """Say whether a list failed because there is no such type here, which is as good as an empty list."""
    return fault.status == 404 or (fault.status in {400, 409} and fault.code.lower() in _NO_SUCH_TYPE)
