"""Azure Monitor metrics: by batch where there is a batch endpoint, else resource by resource."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.inventory import Fact, GapReason
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource
from scanner.model.values import Json
from scanner.sources.azure.facts.base import FactContext, FactsRead
from scanner.sources.azure.facts.metric_answers import Answer, entries_by_id, joined, judge
from scanner.sources.azure.facts.metric_calls import ask_batch, ask_resource
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
from scanner.sources.azure.faults import ReadError
from scanner.sources.azure.workers import lane_path

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
            answers.update(_ask_batch(context, base, call))
        except ReadError as error:
            if error.fault.reason not in _PASSING:
                break
            if error.fault.reason is GapReason.UNSUPPORTED and len(call.queries) > 1:
                # One metric of several may be what Azure does not take.
                calls[:0] = call.singly()
    return answers


def _ask_batch(context: FactContext, base: str, call: Call) -> _Answers:
    """Ask for all metrics of one call, piece by piece of the window; raises ReadError."""
    found: dict[tuple[str, MetricQuery], list[Answer]] = {}
    spans = pieces(call.queries[0], context.as_of)
    for piece in spans:
        entries = entries_by_id(ask_batch(context.reader, base, call.owners, call.queries, piece))
        for owner in call.owners:
            values = entries.get(owner.key)
            for query in call.queries if values is not None else ():
                found.setdefault((owner.key, query), []).append(judge(values or [], query))
    return {key: joined(parts, key[1]) for key, parts in found.items() if len(parts) == len(spans)}


def _by_resource(context: FactContext, owner: Resource, queries: tuple[MetricQuery, ...]) -> _Answers:
    """Ask Azure Resource Manager for some metrics of one resource; several that fail are asked one by one."""
    spans = pieces(queries[0], context.as_of)
    try:
        parts = [ask_resource(context.reader, owner, queries, one) for one in spans]
    except ReadError as error:
        if error.fault.reason is not GapReason.UNSUPPORTED or len(queries) == 1:
            return {(owner.key, query): Answer(fault=error.fault) for query in queries}
        singly: _Answers = {}
        for query in queries:
            singly.update(_by_resource(context, owner, (query,)))
        return singly
    return {(owner.key, query): joined([judge(values, query) for values in parts], query) for query in queries}
