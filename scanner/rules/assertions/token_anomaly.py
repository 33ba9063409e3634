"""`tokenAnomaly`: yesterday's tokens look like those of the days before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, stdev

from pydantic import Field

from scanner.expressions.times import parse_timestamp
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource
from scanner.model.values import Json
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion
from scanner.rules.assertions.idle_deployment import DEPLOYMENT_DIMENSION
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.series import METRICS, Reading, read_series

TOKENS = "TokenTransaction"
BASELINE_DAYS = 28
FEWEST_DAYS = 7
"""Of fewer days a standard deviation says nothing."""
_DAY = timedelta(days=1)
_SLACK = timedelta(minutes=5)
"""Azure Monitor cuts a window to whole grains; a day that lacks this much is a full one."""


@dataclass(frozen=True, slots=True)
class _Days:
    """The tokens of the last full day, and of each day before it, nearest first."""

    last: datetime
    tokens: float
    before: tuple[float, ...]


class TokenAnomaly(Assertion):
    """The last full day's tokens are at most the mean plus `sigmas` standard deviations of the 28 days before.

    Fewer than `minTokens` on that day hold in any case. A day without a value is a day without tokens, but days
    before the deployment was made do not count. Unknown where fewer than 7 days are left to compare with.
    """

    sigmas: float = Field(gt=0, description="How many standard deviations above the mean are too many.")
    min_tokens: float = Field(ge=0, description="Tokens of a day below which nothing is an anomaly.")

    def query(self) -> MetricQuery:
        """Give the time series this asks for: a number for each of 29 days."""
        return MetricQuery(TOKENS, "total", "P1D", (BASELINE_DAYS + 1) * _DAY, "parent", DEPLOYMENT_DIMENSION)

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Metrics."""
        return ((METRICS, self.query()),)

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        path = f"metrics.{TOKENS} (last full day)"
        expected = f"at most mean + {self.sigmas:g} standard deviations of the {BASELINE_DAYS} days before"
        reading = read_series(resource, self.query(), env)
        if reading.reason:
            return _unknown(f"{TOKENS} is not known: {reading.reason}", path, expected)
        if not any(series.samples for series in reading.series):
            return HOLDS
        days = _days(reading, _made(resource.json), env.as_of)
        if days is None:
            return _unknown(f"{TOKENS} has no full day yet", path, expected)
        if days.tokens < self.min_tokens:
            return HOLDS
        if len(days.before) < FEWEST_DAYS:
            return _unknown(f"only {len(days.before)} days to compare {days.last:%Y-%m-%d} with", path, expected)
        mean, deviation = fmean(days.before), stdev(days.before)
        if days.tokens <= mean + self.sigmas * deviation:
            return HOLDS
        message = (
            f"{days.tokens:,.0f} tokens on {days.last:%Y-%m-%d}, after {mean:,.0f} ± {deviation:,.0f} a day in the "
            f"{len(days.before)} days before; it must be at most {mean + self.sigmas * deviation:,.0f}"
        )
        return Judgement(False, message, (Evidence(path, round(days.tokens), expected),))


def _unknown(message: str, path: str, expected: str) -> Judgement:
    return Judgement(None, message, (Evidence(path, None, expected),))


def _made(deployment: Json) -> datetime | None:
    data = deployment.get("systemData")
    created = data.get("createdAt") if isinstance(data, dict) else None
    return parse_timestamp(created) if isinstance(created, str) else None


def _days(reading: Reading, made: datetime | None, as_of: datetime) -> _Days | None:
    """Cut the points into days; None where not one day is full.

    UNVERIFIED whether Azure Monitor's daily grains start at midnight or where the window starts: the first point
    says it, whichever it is.
    """
    by_moment: dict[datetime, float] = defaultdict(float)
    for series in reading.series:
        for sample in series.samples:
            if sample.moment is not None:
                by_moment[sample.moment] += sample.value
    if not by_moment:
        return None
    first = min(by_moment)
    end = min(as_of, reading.until or as_of)
    by_day: dict[int, float] = defaultdict(float)
    for moment, value in by_moment.items():
        by_day[(moment - first) // _DAY] += value
    last = (end + _SLACK - first) // _DAY - 1
    if last < 0:
        return None
    oldest = max(moment for moment in (made, as_of - (BASELINE_DAYS + 1) * _DAY - _SLACK) if moment is not None)
    earlier = (last - back for back in range(1, BASELINE_DAYS + 1))
    before = tuple(by_day.get(day, 0.0) for day in earlier if first + day * _DAY >= oldest)
    return _Days(first + last * _DAY, by_day.get(last, 0.0), before)
