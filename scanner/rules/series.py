"""Metric facts: the points a rule asked for, out of what Azure Monitor answered.

Fact kind "metrics", scope the resource that has the metric; data is a list of
`{"query": {metric, aggregation, interval, start, end, dimension}, "value": <Azure's own metric object>}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, parent_key
from scanner.rules.environment import Environment
from scanner.rules.times import parse_timestamp

METRICS = "metrics"
_SLACK = timedelta(hours=1)
"""A collector may round the window to the grain; less than this is no missing data."""


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
    entry = _entry(fact.data, query) if fact is not None else None
    if entry is None:
        gap = env.inventory.gap(f"{METRICS}/{query.metric}", owner) or env.inventory.gap(METRICS, owner)
        return Points(reason=f"it could not be read ({gap.reason})" if gap else "it was not read")
    start = env.as_of - query.window
    known_since = _moment(entry["query"].get("start"))
    if known_since is None or known_since - start > _SLACK:
        return Points(reason="it was read for a shorter time than the rule looks back")
    cut = start if start - known_since > _SLACK else None
    wanted = resource.name.lower() if query.dimension else None
    series = [s for s in _list(entry.get("value"), "timeseries") if wanted is None or _split(s, query) == wanted]
    values = [value for one in series for value in _values(one, query.aggregation, cut)]
    return Points(tuple(values))


def _entry(data: Any, query: MetricQuery) -> dict[str, Any] | None:
    """Find what answers `query`; of several windows the longest."""
    found = None
    for item in data if isinstance(data, list) else ():
        asked = item.get("query") if isinstance(item, dict) else None
        if not isinstance(asked, dict):
            continue
        same = (
            str(asked.get("metric", "")).lower() == query.metric.lower()
            and str(asked.get("aggregation", "")).lower() == query.aggregation
            and asked.get("interval") == query.interval
            and str(asked.get("dimension") or "").lower() == query.dimension.lower()
        )
        if same and (found is None or str(asked.get("start")) < str(found["query"].get("start"))):
            found = item
    return found


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


def _values(series: Any, aggregation: str, cut: datetime | None) -> list[float]:
    found: list[float] = []
    for point in _list(series, "data"):
        value = point.get(aggregation) if isinstance(point, dict) else None
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            continue
        if cut is not None:
            moment = _moment(point.get("timeStamp"))
            if moment is None or moment < cut:
                continue
        found.append(float(value))
    return found
