"""What was read: resources, facts about them, and gaps where reading failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from scanner.model.resource import CONTAINERS, Resource, normalise_id, parent_key


class GapReason(StrEnum):
    """Why something could not be read. The words stand in reports and snapshots."""

    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    NOT_FOUND = "notFound"
    CONFLICT = "conflict"
    THROTTLED = "throttled"
    SERVER_ERROR = "serverError"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read.

    `scope` is the ARM id (or the file) it belongs to, `what` the ARM type or the fact kind that is
    missing there, `detail` a sentence for people, free of secrets.
    """

    scope: str
    what: str
    reason: GapReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known *around* resources, as Azure said it.

    `kind` is a fact kind ("quotaUsages", "metrics", "models", ...), `scope` the ARM id it is about,
    `data` the JSON of that kind (each kind's shape is documented in docs/inventory.md).
    """

    kind: str
    scope: str
    data: Any


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One input of a scan.

    `kind` names the reader ("azure", "snapshot", "arm-json"), `name` the file or endpoint, `fact_kinds`
    what that input can hold beside resources; a rule whose facts no input can hold is not evaluated.
    `not_asked` are the types (in lower case) that were not read because nobody asked for them, and why: their
    absence says nothing.
    """

    kind: str
    name: str
    fact_kinds: frozenset[str] = frozenset()
    not_asked: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Inventory:
    """Resources, facts and gaps of one or more sources at one time. Never changed once made.

    `collected_at` is set where all of it describes one moment (a live scan, a snapshot). `overruled` are the ids
    of resources that stood in the input again, with other contents: those are not here. `removed` are the ids of
    what a change takes away: not here either, and what is below them goes with them. `notes` are sentences about
    the input for whoever reads a report, such as how much of it is nothing azgate knows rules for.

    Where this is a change laid over what exists, `context` are the sources of what exists, and `before` the
    resources of it that the change removes or defines anew, as they were.
    """

    resources: tuple[Resource, ...] = ()
    facts: tuple[Fact, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sources: tuple[SourceInfo, ...] = ()
    scopes: tuple[str, ...] = ()
    collected_at: datetime | None = None
    overruled: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    context: tuple[SourceInfo, ...] = ()
    before: tuple[Resource, ...] = ()
    _memo: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def by_key(self) -> Mapping[str, Resource]:
        """Resources by normalised id."""
        return {resource.key: resource for resource in self.resources}

    @cached_property
    def by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        """Resources by ARM type in lower case, in the order they were read."""
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return {kind: tuple(members) for kind, members in found.items()}

    @cached_property
    def judged_by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        """What gets findings, by ARM type in lower case; the rest is there to be looked at."""
        if all(resource.origin.judged for resource in self.resources):
            return self.by_type
        found = {kind: tuple(r for r in members if r.origin.judged) for kind, members in self.by_type.items()}
        return {kind: members for kind, members in found.items() if members}

    @cached_property
    def scanned(self) -> tuple[Resource, ...]:
        """What is judged, without containers (subscriptions and resource groups)."""
        return tuple(r for r in self.resources if r.origin.judged and r.type not in CONTAINERS)

    @cached_property
    def _facts(self) -> Mapping[tuple[str, str], Fact]:
        return {(fact.kind, normalise_id(fact.scope)): fact for fact in self.facts}

    @cached_property
    def _gaps(self) -> Mapping[tuple[str, str], Gap]:
        return {(gap.what.lower(), normalise_id(gap.scope)): gap for gap in self.gaps}

    @cached_property
    def fact_kinds(self) -> frozenset[str]:
        """Every fact kind that some source of this inventory can hold."""
        return frozenset().union(*(source.fact_kinds for source in self.sources))

    def fact(self, kind: str, scope: str) -> Fact | None:
        """Give the fact of `kind` about `scope` (any spelling of the id), None where there is none."""
        return self._facts.get((kind, normalise_id(scope)))

    def gap(self, what: str, scope: str) -> Gap | None:
        """Give the gap that says why `what` (a type or a fact kind) of `scope` is not there."""
        return self._gaps.get((what.lower(), normalise_id(scope)))

    def parent(self, resource: Resource) -> Resource | None:
        """Give the resource that `resource` lies in, None where it has none or it was not read."""
        key = parent_key(resource.key)
        return self.by_key.get(key) if key else None

    def memo(self, key: Any, make: Any) -> Any:
        """Give what `make()` returned the first time it was asked for `key`: indexes over facts live here."""
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]


def distinct(resources: Iterable[Resource]) -> tuple[tuple[Resource, ...], tuple[str, ...]]:
    """Give the first resource of each id, and the ids of those that came again with other contents."""
    found: dict[str, Resource] = {}
    overruled: dict[str, None] = {}
    for resource in resources:
        first = found.setdefault(resource.key, resource)
        if first is not resource and differ(first, resource):
            overruled[first.id] = None
    return tuple(found.values()), tuple(overruled)


def differ(one: Resource, other: Resource) -> bool:
    """Say whether two readings of a resource have other contents."""
    return any(one.json.get(key) != other.json.get(key) for key in _JUDGED)


_JUDGED = ("properties", "sku", "tags", "kind", "location")
"""Beside these, two ways of reading a resource differ without meaning anything by it."""


def merge(inventories: Iterable[Inventory]) -> Inventory:
    """Make one inventory of several; the first of two resources with one id wins.

    `collected_at` is kept where every part has one, and is then the latest: ages are never understated.
    """
    parts = list(inventories)
    if len(parts) == 1:
        return parts[0]
    resources, overruled = distinct(resource for part in parts for resource in part.resources)
    facts: dict[tuple[str, str], Fact] = {}
    for part in parts:
        for fact in part.facts:
            facts.setdefault((fact.kind, normalise_id(fact.scope)), fact)
    times = [part.collected_at for part in parts]
    known = [time for time in times if time is not None]
    return Inventory(
        resources=resources,
        facts=tuple(facts.values()),
        gaps=tuple(dict.fromkeys(gap for part in parts for gap in part.gaps)),
        sources=tuple(source for part in parts for source in part.sources),
        scopes=tuple(dict.fromkeys(scope for part in parts for scope in part.scopes)),
        collected_at=max(known) if known and len(known) == len(times) else None,
        overruled=tuple(dict.fromkeys((*(name for part in parts for name in part.overruled), *overruled))),
        removed=tuple(dict.fromkeys(name for part in parts for name in part.removed)),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )
