"""Which metric is asked of which resource, however many rules ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, normalise_location
from scanner.sources.azure.facts.base import FactContext

METRICS = "metrics"
BATCH_SIZE = 50
"""Resource ids one batch call takes; all of one subscription, region and type."""


@dataclass(frozen=True, slots=True)
class Question:
    """One distinct query and the resources that own the metric."""

    query: MetricQuery
    owners: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class BatchGroup:
    """Questions about resources that one batch endpoint can answer together."""

    subscription: str
    region: str
    questions: tuple[Question, ...]

    def calls(self) -> Iterator[Question]:
        """Give the questions cut to what one call takes."""
        for question in self.questions:
            for start in range(0, len(question.owners), BATCH_SIZE):
                yield Question(question.query, question.owners[start : start + BATCH_SIZE])


def plan(context: FactContext) -> list[Question]:
    """Give the distinct questions; of two that differ in the window alone, the longer one.

    With interval FULL a window is one number, from which no shorter one can be had: those stay apart.
    """
    queries: dict[tuple[object, ...], MetricQuery] = {}
    owners: dict[tuple[object, ...], dict[str, Resource]] = {}
    for need in context.needs.of_kind(METRICS):
        query = need.metric
        if query is None:
            continue
        full = query.interval.upper() == "FULL"
        key = (
            query.metric.lower(),
            query.aggregation.lower(),
            query.interval.upper(),
            query.dimension.lower(),
            tuple(sorted(name.lower() for name in query.also)),
            query.window if full else None,
        )
        known = queries.get(key, query)
        queries[key] = replace(known, window=max(known.window, query.window))
        for resource in context.resources_for(need):
            owner = context.inventory.parent(resource) if query.on == "parent" else resource
            if owner is not None:
                owners.setdefault(key, {})[owner.key] = owner
    return [Question(queries[key], tuple(members.values())) for key, members in owners.items()]


def batch_groups(questions: list[Question]) -> list[BatchGroup]:
    """Sort the questions by subscription, region and type."""
    groups: dict[tuple[str, str, str], dict[MetricQuery, list[Resource]]] = {}
    for question in questions:
        for owner in question.owners:
            key = (owner.subscription_id, normalise_location(owner.location), owner.type)
            groups.setdefault(key, {}).setdefault(question.query, []).append(owner)
    return [
        BatchGroup(
            subscription_in(next(iter(asked.values()))[0]),
            region,
            tuple(Question(query, tuple(members)) for query, members in asked.items()),
        )
        for (_, region, _), asked in groups.items()
    ]


def subscription_in(resource: Resource) -> str:
    """Give the id of the resource's subscription in Azure's spelling; "" outside any."""
    words = resource.id.strip("/").split("/")
    return words[1] if resource.subscription_id else ""


def span(query: MetricQuery, as_of: datetime) -> tuple[str, str]:
    """Give the first and the last moment of the window, as Azure Monitor writes them."""
    end = as_of.astimezone(UTC).replace(microsecond=0)
    return _stamp(end - query.window), _stamp(end)


def _stamp(moment: datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
