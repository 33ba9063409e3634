"""`idleDeployment`: somebody calls a model deployment."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from scanner.expressions.times import write_duration
from scanner.model.needs import MetricQuery
from scanner.model.quota import deployment_sku
from scanner.model.resource import Resource
from scanner.model.verdict import Evidence, Severity
from scanner.rules.assertions.base import Assertion, Duration
from scanner.rules.assertions.metric import RETENTION
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.series import FULL, METRICS, read_points

REQUESTS = "AzureOpenAIRequests"
DEPLOYMENT_DIMENSION = "ModelDeploymentName"


class IdleDeployment(Assertion):
    """A model deployment got at least one request in the last `window`.

    Azure Monitor keeps no series for a deployment that nobody called: an answer without one is zero requests, a
    failed reading is unknown. An idle deployment whose sku is provisioned is paid for by the hour, so it counts as
    high, whatever the rule's severity.
    """

    window: Duration = Field(gt=timedelta(0), le=RETENTION, description="How far back to look, at most P93D.")

    def query(self) -> MetricQuery:
        """Give the time series this asks for: one number for the whole window."""
        return MetricQuery(REQUESTS, "total", FULL, self.window, "parent", DEPLOYMENT_DIMENSION)

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Metrics."""
        return ((METRICS, self.query()),)

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        provisioned = "provisioned" in deployment_sku(resource.json).lower()
        severity = Severity.HIGH if provisioned else None
        window = write_duration(self.window.total_seconds())
        expected = f"more than 0 over {window}"
        path = f"metrics.{REQUESTS} (sum)"
        answer = read_points(resource, self.query(), env)
        if answer.reason:
            message = f"whether anybody calls it is not known: {answer.reason}"
            return Judgement(None, message, (Evidence(path, None, expected),), severity)
        if sum(answer.points) > 0:
            return HOLDS
        message = f"no request in the last {window}"
        if provisioned:
            message += "; provisioned throughput is billed by the hour, used or not"
        return Judgement(False, message, (Evidence(path, 0, expected),), severity)
