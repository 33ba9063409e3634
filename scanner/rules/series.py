"""Metric facts: the points a rule asked for, out of what Azure Monitor answered.

Fact kind "metrics", scope the resource that has the metric; data is a list of
`{"query": {metric, aggregation, interval, start, end, dimension, also}, "value": <Azure's own metric object>}`.
`also` is a list of further dimensions, and may be left out where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.expressions.comparison import as_number
from scanner.expressions.times import parse_timestamp
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, parent_key
from scanner.rules.environment import Environment

METRICS = "metrics"
_SLACK = timedelta(hours=1)
"""A collector may round the window to the grain; less than this is no missing data."""
_STALE = 0.1
"""The share of the window that may be missing at its end: snapshots of one night are scanned together."""
FULL = "FULL"
"""The interval of a query that gives one number for its whole window."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value; `moment` is where its grain starts, None where Azure Monitor does not say."""

    moment: datetime | None
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """One time series, nulls left out; `labels` are lower-case dimension to lower-case value."""

    labels: Mapping[str, str]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What answers a query: its series, and when it was read until (None: as long as the rule looks).

    `reason` says why it could not be read at all.
    """

    series: tuple[Series, ...] = ()
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """Values in time order, nulls left out; `reason` says why the metric could not be read at all."""

    points: tuple[float, ...] = ()
    reason: str = ""


def read_points(resource: Resource, query: MetricQuery, env: Environment) -> Points:
    """Give the points of `query` for `resource`. No points and no reason: Azure Monitor answered, with nothing."""
    answer = _answer(resource, query, env)
    values = (value for one in answer.series for value in _values(one, query.aggregation, answer.bounds))
    return Points(tuple(values), answer.reason)


def read_series(resource: Resource, query: MetricQuery, env: Environment) -> Reading:
    """Give the time series of `query` for `resource`. No series and no reason: Azure Monitor answered, with nothing."""
    answer = _answer(resource, query, env)
    found = (Series(_labels(one), _samples(one, query.aggregation, answer.bounds)) for one in answer.series)
    return Reading(tuple(found), answer.until, answer.reason)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The series as Azure Monitor wrote them, and between which moments their points count (None: all do)."""

    series: tuple[Any, ...] = ()
    bounds: tuple[datetime, datetime] | None = None
    until: datetime | None = None
    reason: str = ""


def _answer(resource: Resource, query: MetricQuery, env: Environment) -> _Answer:
    owner = parent_key(resource.key) if query.on == "parent" else resource.key
    if owner is None:
        return _Answer(reason="the resource that has the metric is not known")
    fact = env.inventory.fact(METRICS, owner)
    gap = env.inventory.gap(f"{METRICS}/{query.metric}", owner) or env.inventory.gap(METRICS, owner)
    unread = _Answer(reason=f"it could not be read ({gap.reason})" if gap else "it was not read")
    entry = _entry(fact.data, query, env.as_of - query.window) if fact is not None else None
    if entry is None:
        return unread
    if reason := _unfit(entry, query, env.as_of):
        return _Answer(reason=reason)
    series = _list(entry.get("value"), "timeseries")
    if query.dimension and series:
        series = _split(series, query.dimension.lower(), env).get(resource.name.lower(), [])
    if gap is not None and not series:
        return unread
    return _Answer(tuple(series), _bounds(entry, query, env.as_of), _span(entry)[1])


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
        and sorted(str(name).lower() for name in _list(asked, "also")) == sorted(name.lower() for name in query.also)
    )


def _moment(value: Any) -> datetime | None:
    return parse_timestamp(value) if isinstance(value, str) else None


def _list(container: Any, key: str) -> list[Any]:
    value = container.get(key) if isinstance(container, dict) else None
    return value if isinstance(value, list) else []


def _split(series: list[Any], dimension: str, env: Environment) -> dict[str, list[Any]]:
    """Give the series by their value of a dimension; made once, since every deployment of an account asks."""

    def make() -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for one in series:
            found.setdefault(_labels(one).get(dimension, ""), []).append(one)
        return found

    # The list is the inventory's own (an absent one is empty, and never asked for) and lives as long as the index.
    index: dict[str, list[Any]] = env.inventory.memo((METRICS, dimension, id(series)), make)
    return index


def _labels(series: Any) -> dict[str, str]:
    """Give the values of the dimensions that split the metric, in lower case as Azure writes their names."""
    found: dict[str, str] = {}
    for pair in _list(series, "metadatavalues"):
        name = pair.get("name") if isinstance(pair, dict) else None
        if isinstance(name, dict):
            found.setdefault(str(name.get("value", "")).lower(), str(pair.get("value", "")).lower())
    return found


def _samples(series: Any, aggregation: str, bounds: tuple[datetime, datetime] | None) -> tuple[Sample, ...]:
    points = _list(series, "data")
    found = ((point, _value(point, aggregation, bounds)) for point in points)
    return tuple(Sample(_moment(point.get("timeStamp")), value) for point, value in found if value is not None)


def _values(series: Any, aggregation: str, bounds: tuple[datetime, datetime] | None) -> list[float]:
    found = (_value(point, aggregation, bounds) for point in _list(series, "data"))
    return [value for value in found if value is not None]


def _value(point: Any, aggregation: str, bounds: tuple[datetime, datetime] | None) -> float | None:
    """Give a point's value; None where it has none, lies outside `bounds`, or does not say when."""
    value = point.get(aggregation) if isinstance(point, dict) else None
    number = None if isinstance(value, str) else as_number(value)
    if number is None:
        return None
    if bounds is not None:
        moment = _moment(point.get("timeStamp"))
        if moment is None or not bounds[0] <= moment <= bounds[1]:
            return None
    return float(number)
