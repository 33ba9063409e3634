"""What Azure Monitor answers: found by name, judged, and put together where it was asked in pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.model.inventory import GapReason
from scanner.model.needs import MetricQuery
from scanner.model.resource import normalise_id
from scanner.model.values import Json
from scanner.sources.azure.facts.metric_plan import FULL
from scanner.sources.azure.faults import Fault, clean

TOP = 1000
"""Series per resource; without it Azure gives ten and does not say that there were more."""

_COMBINE: dict[str, Callable[[list[float]], float]] = {"total": sum, "count": sum, "maximum": max, "minimum": min}


@dataclass(frozen=True, slots=True)
class Answer:
    """Azure's metric object, or why there is none; both where it is there but incomplete."""

    metric: Json | None = None
    fault: Fault | None = None


def entries_by_id(body: Any) -> dict[str, list[Any]]:
    """Give each resource's list of metrics out of a batch; an entry without one is as good as not there."""
    entries = body.get("values") if isinstance(body, dict) else None
    found: dict[str, list[Any]] = {}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            owner, values = entry.get("resourceid"), entry.get("value")
            if isinstance(owner, str) and isinstance(values, list):
                found[normalise_id(owner)] = values
    return found


def judge(values: list[Any], query: MetricQuery) -> Answer:
    """Find the metric among those of one resource, and say whether it can be relied on."""
    metric = next((item for item in values if _name(item) == query.metric.lower()), None)
    if metric is None:
        return Answer(fault=Fault(GapReason.MALFORMED, f"the answer has no metric {query.metric}"))
    code = metric.get("errorCode", "Success")
    if str(code).lower() != "success":
        detail = clean(f"{code}: {metric.get('errorMessage') or 'Azure Monitor gave no reason'}")
        return Answer(fault=Fault(GapReason.SERVER_ERROR, detail))
    series = metric.get("timeseries")
    if not isinstance(series, list):
        return Answer(fault=Fault(GapReason.MALFORMED, "the metric has no list of time series"))
    if dimensions(query) and len(series) >= TOP:
        detail = f"{len(series)} series by {' and '.join(dimensions(query))}: Azure gives no more than {TOP}"
        return Answer(metric, Fault(GapReason.TRUNCATED, detail))
    return Answer(metric)


def dimensions(query: MetricQuery) -> list[str]:
    """Give the dimensions that split the metric."""
    return [one for one in (query.dimension, *query.also) if one]


def joined(parts: Sequence[Answer], query: MetricQuery) -> Answer:
    """Make one answer of those of the window's pieces, in time order; a piece that is missing is missed in all."""
    fault = next((part.fault for part in parts if part.fault is not None), None)
    metrics = [part.metric for part in parts if part.metric is not None]
    if len(metrics) < len(parts):
        return Answer(fault=fault)
    if len(metrics) == 1:
        return parts[0]
    series: dict[Any, Json] = {}
    for one in (one for metric in metrics for one in metric["timeseries"] if isinstance(one, dict)):
        points = one.get("data")
        known = series.setdefault(_labels(one), {**one, "data": []})
        known["data"].extend(points if isinstance(points, list) else ())
    if query.interval.upper() == FULL:
        for one in series.values():
            one["data"] = _one_point(one["data"], query.aggregation)
    return Answer({**metrics[0], "timeseries": list(series.values())}, fault)


def _one_point(points: list[Any], aggregation: str) -> list[Any]:
    found = [point for point in points if isinstance(point, dict)]
    values = [point[aggregation] for point in found if isinstance(point.get(aggregation), int | float)]
    return [{**found[0], aggregation: _COMBINE[aggregation.lower()](values)}] if values else found[:1]


def _labels(series: Json) -> Any:
    pairs = series.get("metadatavalues")
    found = (pair for pair in pairs if isinstance(pair, dict)) if isinstance(pairs, list) else ()
    return tuple(sorted((_name(pair), str(pair.get("value"))) for pair in found))


def _name(item: Any) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    value = name.get("value") if isinstance(name, dict) else None
    return value.lower() if isinstance(value, str) else ""
