"""`scaleToZero`: an Azure ML cluster gives back its last node, and soon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from scanner.expressions.comparison import as_number
from scanner.expressions.times import parse_duration, write_duration
from scanner.expressions.truth import all_of
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, Duration, InexpressibleError
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import field_getter, parse_path

_SETTINGS = "properties.properties.scaleSettings"
MIN_NODES = f"{_SETTINGS}.minNodeCount"
IDLE_TIME = f"{_SETTINGS}.nodeIdleTimeBeforeScaleDown"
DEFAULT_MIN_NODES = 0
DEFAULT_IDLE_TIME = "PT120S"
"""What Azure ML assumes where a template leaves the two out (AmlCompute scale settings, REST reference)."""

_min_nodes = field_getter(parse_path(MIN_NODES))
_idle_time = field_getter(parse_path(IDLE_TIME))


class ScaleToZero(Assertion):
    """An AmlCompute cluster has `minNodeCount` 0 and, with `maxIdleTime`, scales down in that time.

    With `minNodes: false` only the idle time is judged. A value that a live resource does not report is
    unknown; in a template or plan the provider's default counts (0 nodes, PT120S).
    """

    min_nodes: bool = Field(default=True, description="Whether minNodeCount must be 0.")
    max_idle_time: Duration | None = Field(default=None, description="Longest idle time before a node is released.")

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Ask for 0 nodes, or none named: the provider's default is 0. Azure Policy cannot compare durations."""
        if arguments.get("maxIdleTime") is not None:
            raise InexpressibleError("Azure Policy compares durations, such as nodeIdleTimeBeforeScaleDown, as texts")
        return {"anyOf": [{"field": MIN_NODES, "exists": False}, {"field": MIN_NODES, "equals": DEFAULT_MIN_NODES}]}

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        declared = resource.origin.declared
        judgements: list[Judgement] = []
        if self.min_nodes:
            nodes = _min_nodes(resource, env)
            nodes = DEFAULT_MIN_NODES if nodes is MISSING and declared else nodes
            number = as_number(nodes)
            judgements.append(_judge(MIN_NODES, nodes, None if number is None else number == 0, "0"))
        if self.max_idle_time is not None:
            idle = _idle_time(resource, env)
            idle = DEFAULT_IDLE_TIME if idle is MISSING and declared else idle
            seconds = parse_duration(idle) if isinstance(idle, str) else None
            limit = self.max_idle_time.total_seconds()
            truth = None if seconds is None else seconds <= limit
            judgements.append(_judge(IDLE_TIME, idle, truth, f"at most {write_duration(limit)}"))
        truth = all_of(judgement.truth for judgement in judgements)
        if truth:
            return HOLDS
        deciding = [judgement for judgement in judgements if judgement.truth is truth]
        evidence = tuple(item for judgement in deciding for item in judgement.evidence)
        return Judgement(truth, "; ".join(judgement.message for judgement in deciding), evidence)


def _judge(path: str, actual: Any, truth: Truth, expected: str) -> Judgement:
    name = path.rpartition(".")[2]
    if actual is MISSING:
        message = f"{name} is not reported, so it cannot be judged; it must be {expected}"
    elif actual is UNKNOWN:
        message = f"{name} is known only after deployment; it must be {expected}"
    elif truth is None:
        message = f"{name} is {actual!r}, which cannot be read; it must be {expected}"
    else:
        message = f"{name} is {actual}; it must be {expected}"
    value = None if actual is MISSING or actual is UNKNOWN else actual
    return Judgement(truth, message, (Evidence(path, value, expected),))
