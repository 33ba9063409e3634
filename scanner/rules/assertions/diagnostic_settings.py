"""`diagnosticSettings`: a resource's logs go somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from scanner.model.fact_kinds import DIAGNOSTIC_SETTINGS
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import descend

_ALL_LOGS = "alllogs"


class DiagnosticSettings(Assertion):
    """At least one diagnostic setting of the resource exports an enabled log category.

    With `logCategories`, one of those, or the category group `allLogs`. Metrics are no logs. Unknown where the
    settings could not be read.
    """

    log_categories: list[str] = Field(default=[], description="Categories of which one must be exported; any without.")

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Diagnostic settings."""
        return ((DIAGNOSTIC_SETTINGS, None),)

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        fact = env.inventory.fact(DIAGNOSTIC_SETTINGS, resource.id)
        gap = env.inventory.gap(DIAGNOSTIC_SETTINGS, resource.id)
        settings = fact.data if fact is not None and isinstance(fact.data, list) else None
        exported = list(_enabled_logs(settings or []))
        wanted = {category.lower() for category in self.log_categories}
        if any(not wanted or category in wanted or group == _ALL_LOGS for category, group in exported):
            return HOLDS
        what = f"the log {' or '.join(self.log_categories)}" if wanted else "a log category"
        expected = f"one that exports {what}"
        shown = sorted({word for pair in exported for word in pair if word})
        evidence = (Evidence(DIAGNOSTIC_SETTINGS, None if settings is None else shown, expected),)
        if settings is None or gap is not None:
            reason = f"could not be read ({gap.reason})" if gap else "were not read"
            return Judgement(None, f"its diagnostic settings {reason}", evidence)
        found = f"export {', '.join(shown)}" if shown else "export no log" if settings else "do not exist"
        return Judgement(False, f"diagnostic settings {found}; there must be {expected}", evidence)


def _enabled_logs(settings: list[Any]) -> Iterator[tuple[str, str]]:
    """Give the (category, category group) of every enabled log, in lower case; one of the two is blank."""
    for setting in settings:
        logs = descend(setting, (("properties", "properties"), ("logs", "logs")))
        for log in logs if isinstance(logs, list) else ():
            if isinstance(log, dict) and log.get("enabled") is True:
                category, group = (str(log.get(key) or "").lower() for key in ("category", "categoryGroup"))
                if category or group:
                    yield category, group
