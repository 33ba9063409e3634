"""Azure Monitor metrics: by batch where there is a batch endpoint, else resource by resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.model.inventory import Fact, GapReason
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, normalise_id, type_of_id
from scanner.model.values import Json
from scanner.sources.azure.clients import Service
from scanner.sources.azure.facts.base import FactContext, FactsRead
from scanner.sources.azure.facts.metric_plan import METRICS, BatchGroup, Question, batch_groups, plan, span
from scanner.sources.azure.faults import Fault, ReadError, clean

API_VERSION = "2024-02-01"
TOP = 1000
"""Series per resource; without it Azure gives ten and does not say that there were more."""

_PASSING = frozenset({GapReason.SERVER_ERROR, GapReason.THROTTLED, GapReason.UNSUPPORTED, GapReason.MALFORMED})
"""Failures of one batch call that say nothing about the next one."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """Azure's metric object, or why there is none; both where it is there but incomplete."""

    metric: Json | None = None
    fault: Fault | None = None


_Answers = dict[tuple[str, MetricQuery], _Answer]


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
        rest = [(owner, query) for owner, query in pairs if (owner.key, query) not in answers]
        for pair, answer in zip(
            rest, context.workers.map(lambda pair: _by_resource(context, *pair), rest), strict=True
        ):
            answers[pair[0].key, pair[1]] = answer
        return _facts(context, pairs, answers)


def _facts(context: FactContext, pairs: list[tuple[Resource, MetricQuery]], answers: _Answers) -> FactsRead:
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
                "start": start,
                "end": end,
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
    for question in group.calls():
        query = question.query
        try:
            body = context.reader.post_metrics(
                base,
                f"/subscriptions/{group.subscription}/metrics:getBatch",
                _batch_parameters(context, question),
                {"resourceids": [owner.id.lower() for owner in question.owners]},
            )
        except ReadError as error:
            if error.fault.reason not in _PASSING:
                break
            continue
        entries = _entries_by_id(body)
        for owner in question.owners:
            values = entries.get(owner.key)
            if values is not None:
                answers[owner.key, query] = _judge(values, query)
    return answers


def _batch_parameters(context: FactContext, question: Question) -> dict[str, str]:
    query = question.query
    start, end = span(query, context.as_of)
    return {
        "api-version": API_VERSION,
        "starttime": start,
        "endtime": end,
        **_common_parameters(question.owners[0], query),
        **_split("filter", query),
    }


def _by_resource(context: FactContext, owner: Resource, query: MetricQuery) -> _Answer:
    """Ask Azure Resource Manager for one metric of one resource."""
    parameters = {
        "api-version": API_VERSION,
        "timespan": "/".join(span(query, context.as_of)),
        **_common_parameters(owner, query),
        **_split("$filter", query),
    }
    path = f"{owner.id.rstrip('/')}/providers/Microsoft.Insights/metrics"
    try:
        body = context.reader.get(Service.MONITOR, path, parameters)
    except ReadError as error:
        return _Answer(fault=error.fault)
    values = body.get("value") if isinstance(body, dict) else None
    if not isinstance(values, list):
        return _Answer(fault=Fault(GapReason.MALFORMED, "the answer has no `value`"))
    return _judge(values, query)


def _split(name: str, query: MetricQuery) -> dict[str, str]:
    """Ask for one series a value of the query's dimensions; a filter joins dimensions with `and`."""
    dimensions = [one for one in (query.dimension, *query.also) if one]
    return {name: " and ".join(f"{one} eq '*'" for one in dimensions), "top": str(TOP)} if dimensions else {}


def _common_parameters(owner: Resource, query: MetricQuery) -> dict[str, str]:
    declared = owner.json.get("type")
    return {
        "interval": query.interval,
        "metricnamespace": declared if isinstance(declared, str) and declared else type_of_id(owner.id),
        "metricnames": query.metric,
        "aggregation": query.aggregation,
    }


def _entries_by_id(body: Any) -> dict[str, list[Any]]:
    """Give each resource's list of metrics; an entry without one is as good as not there."""
    entries = body.get("values") if isinstance(body, dict) else None
    found: dict[str, list[Any]] = {}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            owner, values = entry.get("resourceid"), entry.get("value")
            if isinstance(owner, str) and isinstance(values, list):
                found[normalise_id(owner)] = values
    return found


def _judge(values: list[Any], query: MetricQuery) -> _Answer:
    """Find the metric among those of one resource, and say whether it can be relied on."""
    metric = next((item for item in values if _name(item) == query.metric.lower()), None)
    if metric is None:
        return _Answer(fault=Fault(GapReason.MALFORMED, f"the answer has no metric {query.metric}"))
    code = metric.get("errorCode", "Success")
    if str(code).lower() != "success":
        detail = clean(f"{code}: {metric.get('errorMessage') or 'Azure Monitor gave no reason'}")
        return _Answer(fault=Fault(GapReason.SERVER_ERROR, detail))
    series = metric.get("timeseries")
    if not isinstance(series, list):
        return _Answer(fault=Fault(GapReason.MALFORMED, "the metric has no list of time series"))
    if query.dimension and len(series) >= TOP:
        detail = f"{len(series)} series by {query.dimension}: Azure gives no more than {TOP}"
        return _Answer(metric, Fault(GapReason.TRUNCATED, detail))
    return _Answer(metric)


def _name(item: Any) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    value = name.get("value") if isinstance(name, dict) else None
    return value.lower() if isinstance(value, str) else ""
