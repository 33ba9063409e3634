"""The two calls that give metrics: the batch endpoint's, and Azure Resource Manager's of one resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from scanner.model.inventory import GapReason
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, type_of_id
from scanner.sources.azure.clients import Service
from scanner.sources.azure.facts.metric_answers import TOP, dimensions
from scanner.sources.azure.facts.metric_plan import stamp, subscription_in
from scanner.sources.azure.faults import Fault, ReadError
from scanner.sources.azure.reader import Reader

API_VERSION = "2024-02-01"
Piece = tuple[datetime, datetime]


def ask_batch(
    reader: Reader, base: str, owners: Sequence[Resource], queries: Sequence[MetricQuery], piece: Piece
) -> Any:
    """Give what the batch endpoint answers about some resources of one subscription; raises ReadError."""
    parameters = {
        "api-version": API_VERSION,
        "starttime": stamp(piece[0]),
        "endtime": stamp(piece[1]),
        **_common_parameters(owners[0], queries, "filter"),
    }
    path = f"/subscriptions/{subscription_in(owners[0])}/metrics:getBatch"
    return reader.post_metrics(base, path, parameters, {"resourceids": [owner.id.lower() for owner in owners]})


def ask_resource(reader: Reader, owner: Resource, queries: Sequence[MetricQuery], piece: Piece) -> list[Any]:
    """Give what Azure Resource Manager answers about one resource; raises ReadError."""
    parameters = {
        "api-version": API_VERSION,
        "timespan": "/".join(stamp(moment) for moment in piece),
        **_common_parameters(owner, queries, "$filter"),
    }
    body = reader.get(Service.MONITOR, f"{owner.id.rstrip('/')}/providers/Microsoft.Insights/metrics", parameters)
    values = body.get("value") if isinstance(body, dict) else None
    if not isinstance(values, list):
        raise ReadError(Fault(GapReason.MALFORMED, "the answer has no `value`"))
    return values


def _common_parameters(owner: Resource, queries: Sequence[MetricQuery], filter_parameter: str) -> Mapping[str, str]:
    """Give what is the same whoever answers; a filter asks for one series for each value of the dimensions."""
    query = queries[0]
    declared = owner.json.get("type")
    split = " and ".join(f"{one} eq '*'" for one in dimensions(query))
    return {
        "interval": query.interval,
        "metricnamespace": declared if isinstance(declared, str) and declared else type_of_id(owner.id),
        "metricnames": ",".join(one.metric for one in queries),
        "aggregation": query.aggregation,
        **({filter_parameter: split, "top": str(TOP)} if split else {}),
    }
