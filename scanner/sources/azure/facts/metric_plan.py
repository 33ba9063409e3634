"""Which metric is asked of which resource, however many rules ask, and in how few calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, normalise_location
from scanner.sources.azure.facts.base import FactContext

METRICS = "metrics"
BATCH_SIZE = 50
"""Resource ids one batch call takes; all of one subscription, region and type."""
NAMES_A_CALL = 20
"""Metric names one call takes. Documented per resource; that a batch takes as many is UNVERIFIED."""
LONGEST_SPAN = timedelta(days=30)
"""A longer window is asked in pieces: a chart of the portal spans no more, and the API's own limit is UNVERIFIED."""
FULL = "FULL"
"""The interval that gives one number for the whole window."""


@dataclass(frozen=True, slots=True)
class Question:
    """One distinct query and the resources that own the metric."""

    query: MetricQuery
    owners: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """Queries that differ in the metric's name alone, and the resources that own all of these metrics."""

    queries: tuple[MetricQuery, ...]
    owners: tuple[Resource, ...]

    def singly(self) -> Iterator[Call]:
        """Give the same as one call for each metric."""
        return (Call((query,), self.owners) for query in self.queries)


@dataclass(frozen=True, slots=True)
class BatchGroup:
    """What one batch endpoint can answer, in as few calls as it takes."""

    subscription: str
    region: str
    calls: tuple[Call, ...]


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
        full = query.interval.upper() == FULL
        key = (query.metric.lower(), *_form(query), query.window if full else None)
        known = queries.get(key, query)
        queries[key] = replace(known, window=max(known.window, query.window))
        for resource in context.resources_for(need):
            owner = context.inventory.parent(resource) if query.on == "parent" else resource
            if owner is not None:
                owners.setdefault(key, {})[owner.key] = owner
    return [Question(queries[key], tuple(members.values())) for key, members in owners.items()]


def _form(query: MetricQuery) -> tuple[object, ...]:
    """Give what of a query stands in a call beside the metric's name and the window."""
    also = tuple(sorted(name.lower() for name in query.also))
    return query.aggregation.lower(), query.interval.upper(), query.dimension.lower(), also


def batch_groups(questions: Iterable[Question]) -> list[BatchGroup]:
    """Sort the questions by subscription, region and type, and those of one form into common calls."""
    places: dict[tuple[str, str, str], dict[str, tuple[Resource, list[MetricQuery]]]] = {}
    for question in questions:
        for owner in question.owners:
            place = (owner.subscription_id, normalise_location(owner.location), owner.type)
            places.setdefault(place, {}).setdefault(owner.key, (owner, []))[1].append(question.query)
    return [
        BatchGroup(subscription_in(next(iter(asked.values()))[0]), region, tuple(_calls(asked.values())))
        for (_, region, _), asked in places.items()
    ]


def _calls(asked: Iterable[tuple[Resource, list[MetricQuery]]]) -> Iterator[Call]:
    """Put resources of which the same is asked into common calls, cut to what one call takes."""
    alike: dict[tuple[MetricQuery, ...], list[Resource]] = {}
    for owner, queries in asked:
        for names in common_calls(queries):
            alike.setdefault(names, []).append(owner)
    for names, owners in alike.items():
        for start in range(0, len(owners), BATCH_SIZE):
            yield Call(names, tuple(owners[start : start + BATCH_SIZE]))


def common_calls(queries: Sequence[MetricQuery]) -> Iterator[tuple[MetricQuery, ...]]:
    """Give the queries in groups that differ in the metric alone, cut to what one call takes."""
    forms: dict[tuple[object, ...], list[list[MetricQuery]]] = {}
    for query in queries:
        groups = forms.setdefault((*_form(query), query.window), [[]])
        if len(groups[-1]) == NAMES_A_CALL:
            groups.append([])
        groups[-1].append(query)
    return (tuple(group) for groups in forms.values() for group in groups)


def subscription_in(resource: Resource) -> str:
    """Give the id of the resource's subscription in Azure's spelling; "" outside any."""
    words = resource.id.strip("/").split("/")
    return words[1] if resource.subscription_id else ""


def span(query: MetricQuery, as_of: datetime) -> tuple[datetime, datetime]:
    """Give the first and the last moment of the window."""
    end = as_of.astimezone(UTC).replace(microsecond=0)
    return (end - query.window).replace(microsecond=0), end


def pieces(query: MetricQuery, as_of: datetime) -> list[tuple[datetime, datetime]]:
    """Give the spans to ask for: the window, or pieces of it that meet at midnight, where every grain begins.

    One average of a long window cannot be put together from those of its pieces: it stays whole.
    """
    start, end = span(query, as_of)
    if query.interval.upper() == FULL and query.aggregation.lower() == "average":
        return [(start, end)]
    found: list[tuple[datetime, datetime]] = []
    while end - start > LONGEST_SPAN:
        cut = end - LONGEST_SPAN
        midnight = cut.replace(hour=0, minute=0, second=0)
        cut = midnight if midnight == cut else midnight + timedelta(days=1)
        found.append((cut, end))
        end = cut
    return [(start, end), *reversed(found)]


def stamp(moment: datetime) -> str:
    """Write a moment as Azure Monitor does."""
    return moment.replace(tzinfo=None).isoformat() + "Z"
