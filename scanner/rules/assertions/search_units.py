"""`searchUnits`: an Azure AI Search service is no larger than it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from scanner.expressions.comparison import as_number
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, reader
from scanner.rules.environment import HOLDS, Environment, Judgement

_REPLICAS, _PARTITIONS = "properties.replicaCount", "properties.partitionCount"
_ABSENT = 1
"""What Azure takes where one of the two is left out (Microsoft.Search, api-version 2025-05-01)."""


class SearchUnits(Assertion):
    """A search service's replicas times its partitions, the units it is billed by, are at most `maxSearchUnits`.

    A count that is left out is 1. Unknown where one of them cannot be read.
    """

    max_search_units: float = Field(ge=1, description="Most search units.")

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Multiply with template functions."""
        factors = ", ".join(f"coalesce(field('{path}'), {_ABSENT})" for path in (_REPLICAS, _PARTITIONS))
        return {"value": f"[mul({factors})]", "lessOrEquals": arguments.get("maxSearchUnits")}

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        read = [(path, reader(path)(resource, env)) for path in (_REPLICAS, _PARTITIONS)]
        counts = [_ABSENT if value is MISSING else as_number(value) for _, value in read]
        expected = f"at most {self.max_search_units:g} search {'unit' if self.max_search_units == 1 else 'units'}"
        evidence = tuple(
            Evidence(path, None if value in (MISSING, UNKNOWN) else value, expected) for path, value in read
        )
        replicas, partitions = counts
        if replicas is None or partitions is None:
            path = _REPLICAS if replicas is None else _PARTITIONS
            return Judgement(None, f"{path} is not known; there must be {expected}", evidence)
        if replicas * partitions <= self.max_search_units:
            return HOLDS
        message = (
            f"{replicas:g} replicas times {partitions:g} partitions are {replicas * partitions:g} search units; "
            f"there must be {expected}"
        )
        return Judgement(False, message, evidence)
