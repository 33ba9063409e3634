"""Running the collectors that are needed, parents first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import CONTAINERS, SUBSCRIPTION, Resource
from scanner.sources.azure.collectors import COLLECTORS
from scanner.sources.azure.collectors.base import Collector
from scanner.sources.azure.copilot import TYPES as COPILOT
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.resource_graph import GraphAnswer, read_graph
from scanner.sources.azure.scope import ORIGIN, Scope
from scanner.sources.azure.workers import Workers, lane_path

EVERY_TYPE = "*"
"""Stands for all types that azgate reads, in a rule that names none."""


def needed_collectors(types: frozenset[str], registry: Sequence[Collector] = COLLECTORS) -> list[list[Collector]]:
    """Give the collectors for `types` and for the parents of those, in waves: each needs the wave before."""
    wanted = set(types)
    if EVERY_TYPE in types:
        wanted |= {one.type.lower() for one in registry if not one.only_by_name}
    for collector in reversed(registry):
        if collector.type.lower() in wanted:
            wanted.add(collector.parent)
    waves: list[list[Collector]] = []
    depth = {SUBSCRIPTION: -1}
    for collector in registry:
        if collector.type.lower() in wanted:
            level = depth[collector.parent] + 1
            depth[collector.type.lower()] = level
            waves.extend([] for _ in range(level + 1 - len(waves)))
            waves[level].append(collector)
    return waves


def collector_of(kind: str) -> Collector:
    """Give the collector of an ARM type, in any case; raises KeyError for one that nobody reads."""
    return {one.type.lower(): one for one in COLLECTORS}[kind.lower()]


def unreadable_types(types: frozenset[str], registry: Sequence[Collector] = COLLECTORS) -> list[Gap]:
    """Say which types nobody here can read: a rule about them must not pass for want of resources."""
    known = {EVERY_TYPE} | CONTAINERS | COPILOT | {collector.type.lower() for collector in registry}
    detail = "azgate does not read resources of this type from live Azure"
    return [Gap("/subscriptions", one, GapReason.UNSUPPORTED, detail) for one in sorted(types - known)]


def unasked_types(types: frozenset[str], registry: Sequence[Collector] = COLLECTORS) -> dict[str, str]:
    """Give the types (lower case) that are not read for `types`, and why: their absence says nothing."""
    asked = {collector.type.lower() for wave in needed_collectors(types, registry) for collector in wave}
    return {
        one.type.lower(): f"no rule that was chosen when Azure was read asks for {one.type}"
        for one in registry
        if one.type.lower() not in asked
    }


def read_resources(
    reader: Reader,
    workers: Workers,
    scope: Scope,
    types: frozenset[str],
    progress: Callable[[str], None],
    dated: frozenset[str] = frozenset(),
) -> tuple[list[Resource], list[Gap]]:
    """Read all resources of `types` and their parents; the order is that of the subscriptions.

    Of `dated` types (lower case) it matters when a resource was made, which rows of Resource Graph do not say.
    """
    found: dict[str, Resource] = {}
    gaps = unreadable_types(types)
    by_type: dict[str, list[Resource]] = {SUBSCRIPTION: list(scope.subscriptions)}
    waves = needed_collectors(types)
    graph = _ask_graph(reader, workers, scope, waves, progress)

    def keep(collector: Collector, resources: Iterable[Resource]) -> None:
        members = by_type.setdefault(collector.type.lower(), [])
        for resource in resources:
            if resource.key not in found and scope.holds(resource):
                found[resource.key] = resource
                members.append(resource)

    for wave in waves:
        calls, cut = _to_ask(wave, by_type, graph, dated)
        gaps.extend(cut)
        for kind, lists in Counter(collector.type for collector, _ in calls).items():
            progress(f"reading {kind}: {lists} lists")
        listings = workers.map(lambda call: call[0].collect(call[1], reader), calls, lambda call: lane_path(call[1]))
        for (collector, parent), listing in zip(calls, listings, strict=True):
            gaps.extend(fault.gap(parent.id, collector.type) for fault in listing.faults)
            keep(collector, (Resource(item, ORIGIN) for item in listing.items))
        for collector in wave:
            keep(collector, graph.resources.get(collector.type.lower(), ()))
    return list(found.values()), gaps


def _ask_graph(
    reader: Reader,
    workers: Workers,
    scope: Scope,
    waves: Sequence[Sequence[Collector]],
    progress: Callable[[str], None],
) -> GraphAnswer:
    types = [collector.type for wave in waves for collector in wave if collector.in_resource_graph]
    if types:
        progress(f"asking Resource Graph for {len(types)} types")
    # By a worker, though it is one call: this thread must be free to end when the scan is interrupted.
    return workers.map(lambda one: read_graph(reader, one, scope.subscriptions), [types])[0]


def _to_ask(
    wave: Sequence[Collector],
    by_type: Mapping[str, Sequence[Resource]],
    graph: GraphAnswer,
    dated: frozenset[str],
) -> tuple[list[tuple[Collector, Resource]], list[Gap]]:
    """Give the lists that Resource Graph does not stand for, and gaps for those that it answered in part."""
    calls: list[tuple[Collector, Resource]] = []
    gaps: list[Gap] = []
    for collector in wave:
        for parent in by_type.get(collector.parent, ()):
            if not _is_answered(collector, parent, graph, dated):
                calls.extend([(collector, parent)] if collector.reads(parent) else [])
            elif (fault := graph.cut.get(parent.subscription_id)) is not None:
                # With the scope of the list that it stands for: that is where rules look for it.
                gaps.append(fault.gap(parent.id, collector.type))
    return calls, gaps


def _is_answered(collector: Collector, parent: Resource, graph: GraphAnswer, dated: frozenset[str]) -> bool:
    """Say whether Resource Graph gave all that there is below `parent`, and all that matters about it."""
    kind = collector.type.lower()
    return (
        collector.in_resource_graph
        and graph.covers(kind, parent.subscription_id)
        and not (kind in dated and graph.has_below(kind, parent))
    )
