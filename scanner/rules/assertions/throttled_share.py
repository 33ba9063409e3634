"""`throttledShare`: few of a deployment's requests are refused for want of throughput."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from scanner.expressions.times import write_duration
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, Duration, in_percent
from scanner.rules.assertions.idle_deployment import DEPLOYMENT_DIMENSION, REQUESTS
from scanner.rules.assertions.metric import RETENTION
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.series import FULL, METRICS, read_series

STATUS = "StatusCode"
_THROTTLED = "429"


class ThrottledShare(Assertion):
    """At most `maxThrottledShare` of a deployment's requests in the last `window` got status 429.

    Without a single request it holds. Requests of which Azure Monitor does not say the status are unknown, unless
    they cannot change the answer.
    """

    max_throttled_share: float = Field(ge=0, le=1, description="Largest share, 0 to 1.")
    window: Duration = Field(gt=timedelta(0), le=RETENTION, description="How far back to look, at most P93D.")

    def query(self) -> MetricQuery:
        """Give the time series this asks for: one number for each deployment and status."""
        return MetricQuery(REQUESTS, "total", FULL, self.window, "parent", DEPLOYMENT_DIMENSION, (STATUS,))

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Metrics."""
        return ((METRICS, self.query()),)

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        window = write_duration(self.window.total_seconds())
        expected = f"at most {in_percent(self.max_throttled_share)} over {window}"
        path = f"metrics.{REQUESTS}[{STATUS}={_THROTTLED}]"
        answer = read_series(resource, self.query(), env)
        if answer.reason:
            message = f"how many requests are throttled is not known: {answer.reason}"
            return Judgement(None, message, (Evidence(path, None, expected),))
        total = throttled = unsaid = 0.0
        for series in answer.series:
            requests = sum(sample.value for sample in series.samples)
            status = series.labels.get(STATUS.lower(), "")
            total += requests
            throttled += requests if status == _THROTTLED else 0
            unsaid += requests if not status else 0
        if total <= 0 or (throttled + unsaid) / total <= self.max_throttled_share:
            return HOLDS
        share = throttled / total
        evidence = Evidence(path, round(share, 4), expected)
        if share <= self.max_throttled_share:
            return Judgement(None, f"Azure Monitor does not say the status of {unsaid:,.0f} requests", (evidence,))
        counted = f"{throttled:,.0f} of {total:,.0f} requests got status {_THROTTLED}"
        return Judgement(False, f"{counted}, {in_percent(share)}; it must be {expected}", (evidence,))
