"""Running the collectors that are needed, parents first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import CONTAINERS, SUBSCRIPTION, Resource
from scanner.sources.azure.collectors import COLLECTORS
from scanner.sources.azure.collectors.base import Collector
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.scope import ORIGIN, Scope
from scanner.sources.azure.workers import Workers, lane_path

EVERY_TYPE = "*"
"""Stands for all types that azgate reads, in a rule that names none."""


def needed_collectors(types: frozenset[str], registry: Sequence[Collector] = COLLECTORS) -> list[list[Collector]]:
    """Give the collectors for `types` and for the parents of those, in waves: each needs the wave before."""
    wanted = {one.type.lower() for one in registry} if EVERY_TYPE in types else set(types)
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


def unreadable_types(types: frozenset[str], registry: Sequence[Collector] = COLLECTORS) -> list[Gap]:
    """Say which types nobody here can read: a rule about them must not pass for want of resources."""
    known = {EVERY_TYPE} | CONTAINERS | {collector.type.lower() for collector in registry}
    detail = "azgate does not read resources of this type from live Azure"
    return [Gap("/subscriptions", one, GapReason.UNSUPPORTED, detail) for one in sorted(types - known)]


def read_resources(
    reader: Reader, workers: Workers, scope: Scope, types: frozenset[str], progress: Callable[[str], None]
) -> tuple[list[Resource], list[Gap]]:
    """Read all resources of `types` and their parents; the order is that of the subscriptions."""
    found: dict[str, Resource] = {}
    gaps = unreadable_types(types)
    by_type: dict[str, list[Resource]] = {SUBSCRIPTION: list(scope.subscriptions)}
    for wave in needed_collectors(types):
        calls = [(collector, parent) for collector in wave for parent in by_type.get(collector.parent, ())]
        for collector in wave:
            progress(f"reading {collector.type}: {len(by_type.get(collector.parent, ()))} lists")
        listings = workers.map(lambda call: call[0].collect(call[1], reader), calls, lambda call: lane_path(call[1]))
        for (collector, parent), listing in zip(calls, listings, strict=True):
            gaps.extend(fault.gap(parent.id, collector.type) for fault in listing.faults)
            members = by_type.setdefault(collector.type.lower(), [])
            for resource in (Resource(item, ORIGIN) for item in listing.items):
                if resource.key not in found and scope.holds(resource):
                    found[resource.key] = resource
                    members.append(resource)
    return list(found.values()), gaps
