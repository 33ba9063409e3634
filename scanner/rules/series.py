"""Metric facts: the points a rule asked for, out of what Azure Monitor answered.

Fact kind "metrics", scope the resource that has the metric; data is a list of
`{"query": {metric, aggregation, interval, start, end, dimension}, "value": <Azure's own metric object>}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, parent_key
from scanner.rules.comparison import as_number
from scanner.rules.environment import Environment
from scanner.rules.times import parse_timestamp

METRICS = "metrics"
_SLACK = timedelta(hours=1)
"""A collector may round the window to the grain; less than this is no missing data."""
_STALE = 0.1
"""The share of the window that may be missing at its end: snapshots of one night are scanned together."""
FULL = "FULL"
"""The interval of a query that gives one number for its whole window."""


@dataclass(frozen=True, slots=True)
class Points:
    """Values in time order, nulls left out; `reason` says why the metric could not be read at all."""

    points: tuple[float, ...] = ()
    reason: str = ""


def read_points(resource: Resource, query: MetricQuery, env: Environment) -> Points:
    """Give the points of `query` for `resource`. No points and no reason: Azure Monitor answered, with nothing."""
    owner = parent_key(resource.key) if query.on == "parent" else resource.key
    if owner is None:
        return Points(reason="the resource that has the metric is not known")
    fact = env.inventory.fact(METRICS, owner)
    gap = env.inventory.gap(f"{METRICS}/{query.metric}", owner) or env.inventory.gap(METRICS, owner)
    unread = Points(reason=f"it could not be read ({gap.reason})" if gap else "it was not read")
    start = env.as_of - query.window
    entry = _entry(fact.data, query, start) if fact is not None else None
    if entry is None:
        return unread
    if reason := _unfit(entry, query, env.as_of):
        return Points(reason=reason)
    wanted = resource.name.lower() if query.dimension else None
    series = [s for s in _list(entry.get("value"), "timeseries") if wanted is None or _split(s, query) == wanted]
    if gap is not None and not series:
        return unread
    bounds = _bounds(entry, query, env.as_of)
    return Points(tuple(value for one in series for value in _values(one, query.aggregation, bounds)))


def _unfit(entry: dict[str, Any], query: MetricQuery, as_of: datetime) -> str:
    """Say why what was read does not cover the window; "" where it does, or all but does."""
    since, until = _span(entry)
    if since is None or since - (as_of - query.window) > _SLACK:
        return "it was read for a shorter time than the rule looks back"
    if until is not None and as_of - until > _tolerance(query):
        return f"it was read only until {until:%Y-%m-%d %H:%M} UTC"
    return ""


def _bounds(entry: dict[str, Any], query: MetricQuery, as_of: datetime) -> tuple[datetime, datetime] | None:
    """Give between which moments a point counts; None where everything that was read does."""
    since, until = _span(entry)
    start = as_of - query.window
    whole = since is not None and start - since <= _SLACK and (until is None or until - as_of <= _SLACK)
    return None if whole or query.interval == FULL else (start, as_of)


def _span(entry: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    return _moment(entry["query"].get("start")), _moment(entry["query"].get("end"))


def _tolerance(query: MetricQuery) -> timedelta:
    return max(_SLACK, query.window * _STALE)


def _entry(data: Any, query: MetricQuery, start: datetime) -> dict[str, Any] | None:
    """Find what answers `query`: of several windows the longest, with interval FULL only the same one."""
    found: tuple[datetime, dict[str, Any]] | None = None
    for item in data if isinstance(data, list) else ():
        asked = item.get("query") if isinstance(item, dict) else None
        if not isinstance(asked, dict) or not _same(asked, query):
            continue
        since = _moment(asked.get("start")) or datetime.max.replace(tzinfo=UTC)
        if query.interval == FULL and abs(since - start) > _tolerance(query):
            continue
        if found is None or since < found[0]:
            found = since, item
    return found[1] if found else None


def _same(asked: dict[str, Any], query: MetricQuery) -> bool:
    return (
        str(asked.get("metric", "")).lower() == query.metric.lower()
        and str(asked.get("aggregation", "")).lower() == query.aggregation
        and asked.get("interval") == query.interval
        and str(asked.get("dimension") or "").lower() == query.dimension.lower()
    )


def _moment(value: Any) -> datetime | None:
    return parse_timestamp(value) if isinstance(value, str) else None


def _list(container: Any, key: str) -> list[Any]:
    value = container.get(key) if isinstance(container, dict) else None
    return value if isinstance(value, list) else []


def _split(series: Any, query: MetricQuery) -> str:
    """Give the value of the query's dimension, in lower case; Azure writes dimension names in lower case."""
    for pair in _list(series, "metadatavalues"):
        name = pair.get("name") if isinstance(pair, dict) else None
        if isinstance(name, dict) and str(name.get("value", "")).lower() == query.dimension.lower():
            return str(pair.get("value", "")).lower()
    return ""


def _values(series: Any, aggregation: str, bounds: tuple[datetime, datetime] | None) -> list[float]:
    """Give the values between `bounds`; a point without a value, or that does not say when, is none."""
    found: list[float] = []
    for point in _list(series, "data"):
        value = point.get(aggregation) if isinstance(point, dict) else None
        number = None if isinstance(value, str) else as_number(value)
        if number is None:
            continue
        if bounds is not None:
            moment = _moment(point.get("timeStamp"))
            if moment is None or not bounds[0] <= moment <= bounds[1]:
                continue
        found.append(float(number))
    return found
