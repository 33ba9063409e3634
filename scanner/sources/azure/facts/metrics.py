"""Azure Monitor metrics: by batch where there is a batch endpoint, else resource by resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from scanner.model.inventory import Fact, GapReason
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, type_of_id
from scanner.model.values import Json
from scanner.sources.azure.clients import Service
from scanner.sources.azure.facts.base import FactContext, FactsRead
from scanner.sources.azure.facts.metric_answers import TOP, Answer, dimensions, entries_by_id, joined, judge
from scanner.sources.azure.facts.metric_plan import (
    METRICS,
    BatchGroup,
    Call,
    batch_groups,
    common_calls,
    pieces,
    plan,
    span,
    stamp,
)
from scanner.sources.azure.faults import Fault, ReadError
from scanner.sources.azure.workers import lane_path

API_VERSION = "2024-02-01"

_PASSING = frozenset({GapReason.SERVER_ERROR, GapReason.THROTTLED, GapReason.UNSUPPORTED, GapReason.MALFORMED})
"""Failures of one batch call that say nothing about the next one."""

_Answers = dict[tuple[str, MetricQuery], Answer]


class MetricFacts:
    """Reads `metrics`: one fact per resource that owns a metric, with all its queries."""

    kinds = frozenset({METRICS})

    def read(self, context: FactContext) -> FactsRead:
        """Ask the batch endpoints first, then Azure Resource Manager for what they did not answer."""
        questions = plan(context)
        pairs = [(owner, question.query) for question in questions for owner in question.owners]
        if not pairs:
            return FactsRead()
        context.progress(f"reading {len(pairs)} metrics of {len({owner.key for owner, _ in pairs})} resources")
        answers: _Answers = {}
        for part in context.workers.map(lambda group: _by_batch(context, group), batch_groups(questions)):
            answers.update(part)
        for part in context.workers.map(
            lambda call: _by_resource(context, *call), _unanswered(pairs, answers), lambda call: lane_path(call[0])
        ):
            answers.update(part)
        return _facts(context, pairs, answers)


def _unanswered(
    pairs: Sequence[tuple[Resource, MetricQuery]], answers: _Answers
) -> list[tuple[Resource, tuple[MetricQuery, ...]]]:
    rest: dict[str, tuple[Resource, list[MetricQuery]]] = {}
    for owner, query in pairs:
        if (owner.key, query) not in answers:
            rest.setdefault(owner.key, (owner, []))[1].append(query)
    return [(owner, queries) for owner, asked in rest.values() for queries in common_calls(asked)]


def _facts(context: FactContext, pairs: Sequence[tuple[Resource, MetricQuery]], answers: _Answers) -> FactsRead:
    read = FactsRead()
    data: dict[str, list[Json]] = {}
    ids: dict[str, str] = {}
    for owner, query in pairs:
        answer = answers[owner.key, query]
        if answer.fault is not None:
            read.gaps.append(answer.fault.gap(owner.id, f"{METRICS}/{query.metric}"))
        if answer.metric is not None:
            start, end = span(query, context.as_of)
            asked = {
                "metric": query.metric,
                "aggregation": query.aggregation,
                "interval": query.interval,
                "start": stamp(start),
                "end": stamp(end),
                "dimension": query.dimension,
                **({"also": list(query.also)} if query.also else {}),
            }
            ids.setdefault(owner.key, owner.id)
            data.setdefault(owner.key, []).append({"query": asked, "value": answer.metric})
    read.facts = [Fact(METRICS, ids[key], entries) for key, entries in data.items()]
    return read


def _by_batch(context: FactContext, group: BatchGroup) -> _Answers:
    """Ask the region's batch endpoint; what it does not answer is left out."""
    base = context.endpoints.metrics_base(group.region) if group.region else None
    answers: _Answers = {}
    if base is None:
        return answers
    calls = list(group.calls)
    while calls:
        call = calls.pop(0)
        try:
            answers.update(_ask_batch(context, base, group.subscription, call))
        except ReadError as error:
            if error.fault.reason not in _PASSING:
                break
            if error.fault.reason is GapReason.UNSUPPORTED and len(call.queries) > 1:
                # One metric of several may be what Azure does not take.
                calls[:0] = call.singly()
    return answers


def _ask_batch(context: FactContext, base: str, subscription: str, call: Call) -> _Answers:
    """Ask for all metrics of one call, piece by piece of the window; raises ReadError."""
    found: dict[tuple[str, MetricQuery], list[Answer]] = {}
    spans = pieces(call.queries[0], context.as_of)
    for start, end in spans:
        parameters = {
            "api-version": API_VERSION,
            "starttime": stamp(start),
            "endtime": stamp(end),
            **_common_parameters(call.owners[0], call.queries, "filter"),
        }
        entries = entries_by_id(
            context.reader.post_metrics(
                base,
                f"/subscriptions/{subscription}/metrics:getBatch",
                parameters,
                {"resourceids": [owner.id.lower() for owner in call.owners]},
            )
        )
        for owner in call.owners:
            values = entries.get(owner.key)
            for query in call.queries if values is not None else ():
                found.setdefault((owner.key, query), []).append(judge(values or [], query))
    return {key: joined(parts, key[1]) for key, parts in found.items() if len(parts) == len(spans)}


def _by_resource(context: FactContext, owner: Resource, queries: tuple[MetricQuery, ...]) -> _Answers:
    """Ask Azure Resource Manager for some metrics of one resource; several that fail are asked one by one."""
    spans = pieces(queries[0], context.as_of)
    try:
        parts = [_ask_resource(context, owner, queries, one) for one in spans]
    except ReadError as error:
        if error.fault.reason is not GapReason.UNSUPPORTED or len(queries) == 1:
            return {(owner.key, query): Answer(fault=error.fault) for query in queries}
        singly: _Answers = {}
        for query in queries:
            singly.update(_by_resource(context, owner, (query,)))
        return singly
    return {(owner.key, query): joined([judge(values, query) for values in parts], query) for query in queries}


def _ask_resource(
    context: FactContext, owner: Resource, queries: tuple[MetricQuery, ...], piece: tuple[datetime, datetime]
) -> list[Any]:
    parameters = {
        "api-version": API_VERSION,
        "timespan": "/".join(stamp(moment) for moment in piece),
        **_common_parameters(owner, queries, "$filter"),
    }
    body = context.reader.get(
        Service.MONITOR, f"{owner.id.rstrip('/')}/providers/Microsoft.Insights/metrics", parameters
    )
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
