"""What the chosen rules want to be read: the only thing a live source knows of policies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from scanner.model.inventory import Inventory
from scanner.model.resource import Resource

Applies = Callable[[Resource, Inventory], bool]
"""Says, from resources alone, whether a rule may ask for the fact about this resource."""


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """One Azure Monitor time series, as a rule asks for it.

    `on` is where the metric lives: "parent" (an account's metric split by deployment) or "self".
    `dimension` splits it, "" for none; `also` are further dimensions that split it (in Azure Monitor's
    filter: `dimension eq '*' and StatusCode eq '*'`), so that each series carries one value of every one.
    `aggregation` is average | maximum | minimum | total | count; `interval` an ISO 8601 grain that Azure
    Monitor has (PT1M, PT5M, PT15M, PT30M, PT1H, PT6H, PT12H, P1D) or FULL; `window` how far back from the
    scan's clock.
    """

    metric: str
    aggregation: str
    interval: str
    window: timedelta
    on: str = "self"
    dimension: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactNeed:
    """One kind of fact, about the resources of `types` (lower case) for which `applies` holds."""

    kind: str
    types: frozenset[str]
    applies: Applies
    metric: MetricQuery | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """Everything the chosen rules want: resource types (lower case) and facts.

    `change` is what is planned: facts about the regions it comes to are wanted although nothing may be there yet.
    """

    types: frozenset[str]
    facts: tuple[FactNeed, ...] = ()
    change: Inventory = field(default_factory=Inventory)

    def of_kind(self, kind: str) -> tuple[FactNeed, ...]:
        """Give the needs of one fact kind."""
        return tuple(need for need in self.facts if need.kind == kind)
