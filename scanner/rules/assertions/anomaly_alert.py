"""`anomalyAlert`: somebody hears of it when a subscription's cost leaves its usual course."""

from __future__ import annotations

from typing import Any

from scanner.model.fact_kinds import SCHEDULED_ACTIONS
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN, Json
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.planned import declared_at

_SCHEDULED_ACTION = "microsoft.costmanagement/scheduledactions"


class AnomalyAlert(Assertion):
    """The subscription has an enabled anomaly alert: a scheduled action of kind InsightAlert.

    Unknown where the scheduled actions could not be read, or where the status of a planned one is known only after
    deployment.
    """

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Scheduled actions."""
        return ((SCHEDULED_ACTIONS, None),)

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        fact = env.inventory.fact(SCHEDULED_ACTIONS, resource.id)
        gap = env.inventory.gap(SCHEDULED_ACTIONS, resource.id)
        listed = fact.data if fact is not None and isinstance(fact.data, list) else None
        if planned := declared_at(resource.id, _SCHEDULED_ACTION, env):
            listed = [*planned, *(listed or ())]
        alerts = [item for item in listed or () if isinstance(item, dict) and _word(item, "kind") == "insightalert"]
        states = [_word(alert.get("properties"), "status") for alert in alerts]
        if "enabled" in states:
            return HOLDS
        expected = "an enabled scheduled action of kind InsightAlert"
        evidence = (Evidence(SCHEDULED_ACTIONS, None if listed is None else states, expected),)
        if listed is None or gap is not None:
            reason = f"could not be read ({gap.reason})" if gap else "were not read"
            return Judgement(None, f"its scheduled actions {reason}", evidence)
        if any(_unknown(alert) for alert in alerts):
            return Judgement(None, "whether its anomaly alert is enabled is known only after deployment", evidence)
        found = f"its anomaly alert is {states[0] or 'not enabled'}" if states else "it has no anomaly alert"
        return Judgement(False, f"{found}; it must have {expected}", evidence)


def _unknown(alert: Json) -> bool:
    properties = alert.get("properties")
    return properties is UNKNOWN or (isinstance(properties, dict) and properties.get("status") is UNKNOWN)


def _word(container: Any, key: str) -> str:
    value = container.get(key) if isinstance(container, dict) else None
    return value.lower() if isinstance(value, str) else ""
