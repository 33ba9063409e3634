"""`metric`: what Azure Monitor measured over a window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from scanner.expressions.times import write_duration
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, Duration, InexpressibleError, in_percent
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.series import METRICS, Points, read_points

RETENTION = timedelta(days=93)
"""How long Azure Monitor keeps platform metrics."""

_COMPARISONS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "less": ("less than", lambda a, b: a < b),
    "less_or_equals": ("at most", lambda a, b: a <= b),
    "greater": ("more than", lambda a, b: a > b),
    "greater_or_equals": ("at least", lambda a, b: a >= b),
}
_STATISTICS: dict[str, Callable[[Sequence[float], float], float]] = {
    "mean": lambda points, _: sum(points) / len(points),
    "minimum": lambda points, _: min(points),
    "maximum": lambda points, _: max(points),
    "sum": lambda points, _: sum(points),
    "shareAtLeast": lambda points, threshold: sum(point >= threshold for point in points) / len(points),
}
_WORDS = {
    "mean": "the mean of",
    "minimum": "the minimum of",
    "maximum": "the maximum of",
    "sum": "the sum of",
}


class Metric(Assertion):
    """A statistic of a metric over a window meets one comparison.

    `scope: parent` reads the metric of the resource's parent, split by `dimension`, whose value is the resource's
    name (how Azure Monitor keeps a deployment's metrics on its account). Points without a value are no points.
    No point at all is unknown, or with `noData: zero` counts as one zero if the reading itself succeeded.
    `shareAtLeast` is the share (0 to 1) of points at or above `threshold`. `also` splits the metric further, and
    the statistic is over the points of all series. `fallback` is an older name of the metric, whose points count
    where there are none by its newer name.
    """

    name: str = Field(description="Azure Monitor's name of the metric.")
    scope: Literal["self", "parent"] = Field(default="self", description="Which resource has the metric.")
    dimension: str = Field(default="", description="Dimension whose value is the resource's name.")
    also: list[str] = Field(default=[], description="Further dimensions that split the metric.")
    fallback: str = Field(default="", description="Older name of the metric.")
    aggregation: Literal["average", "minimum", "maximum", "total", "count"] = "average"
    interval: Literal["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D", "FULL"] = "PT1H"
    window: Duration = Field(
        gt=timedelta(0), le=RETENTION, description="How far back from the scan's clock, at most P93D."
    )
    statistic: Literal["mean", "minimum", "maximum", "sum", "shareAtLeast"] = "mean"
    threshold: float | None = Field(default=None, description="For shareAtLeast, in the metric's unit.")
    unit: str = Field(default="", description="Word behind the number in messages, such as %.")
    no_data: Literal["unknown", "zero"] = "unknown"
    less: float | None = None
    less_or_equals: float | None = None
    greater: float | None = None
    greater_or_equals: float | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        if sum(getattr(self, name) is not None for name in _COMPARISONS) != 1:
            raise ValueError("takes exactly one of less, lessOrEquals, greater, greaterOrEquals")
        if (self.statistic == "shareAtLeast") != (self.threshold is not None):
            raise ValueError("'threshold' belongs to statistic: shareAtLeast, which needs it")
        return self

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Refuse: no definition can ask Azure Monitor."""
        del arguments
        raise InexpressibleError("it rests on what Azure Monitor measured, which Azure Policy does not see")

    def queries(self) -> tuple[MetricQuery, ...]:
        """Give the time series this asks for, the preferred one first."""
        names = (self.name, self.fallback) if self.fallback else (self.name,)
        return tuple(
            MetricQuery(
                name, self.aggregation, self.interval, self.window, self.scope, self.dimension, tuple(self.also)
            )
            for name in names
        )

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Metrics."""
        return tuple((METRICS, query) for query in self.queries())

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        comparison = next(name for name in _COMPARISONS if getattr(self, name) is not None)
        limit: float = getattr(self, comparison)
        word, holds = _COMPARISONS[comparison]
        window = write_duration(self.window.total_seconds())
        expected = f"{word} {self._number(limit)} over {window}"
        name, series = self._measured(resource, env)
        path = f"metrics.{name}"
        points = series.points
        if not points and self.no_data == "zero" and not series.reason:
            points = (0.0,)
        if not points:
            reason = series.reason or f"Azure Monitor has no data of it in the last {window}"
            message = f"{self.name} is not known: {reason}"
            return Judgement(None, message, (Evidence(path, None, expected),))
        value = _STATISTICS[self.statistic](points, self.threshold or 0.0)
        if holds(value, limit):
            return HOLDS
        what = _WORDS.get(self.statistic) or f"the share of points at or above {self.threshold:g}{self.unit} of"
        message = f"{what} {name} is {self._number(value)}; it must be {expected}"
        return Judgement(False, message, (Evidence(f"{path} ({self.statistic})", _rounded(value), expected),))

    def _measured(self, resource: Resource, env: Environment) -> tuple[str, Points]:
        """Give the points, and the name they go by: the first one's, or its fallback's where only that has any."""
        read = [(query.metric, read_points(resource, query, env)) for query in self.queries()]
        return next((each for each in read if each[1].points), read[0])

    def _number(self, value: float) -> str:
        if self.statistic == "shareAtLeast":
            return in_percent(value)
        return f"{_rounded(value):g}{self.unit}"


def _rounded(value: float) -> Any:
    return round(value, 4) if abs(value) < 1000 else round(value)
