"""Resources that a template declares more than once: which declaration is deployed last, and so counts.

Azure Resource Manager refuses two in one template, but not in deployments that lie in it: many a template makes an
account, and lets a module that waits for it say more of it. Deployments that do not wait for each other run at once
(learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.expressions.syntax import ExpressionError
from scanner.model.inventory import differ
from scanner.model.resource import Resource
from scanner.sources.alternatives import either
from scanner.sources.arm_template.deferred import ExhaustedError, worded
from scanner.sources.arm_template.deployment import Deployment
from scanner.sources.arm_template.entry import Entry
from scanner.sources.arm_template.filling import compute

Declaration = tuple[Entry, Resource]
_MOST = 20
"""Declarations of one resource, beyond which nobody asks for their order."""


@dataclass(slots=True)
class Repeats:
    """The ids of what is declared more than once in different ways: where the last one counts, where none does."""

    settled: dict[str, None] = field(default_factory=dict)
    unsettled: dict[str, None] = field(default_factory=dict)


def once(declared: Iterable[Declaration]) -> tuple[list[Resource], Repeats]:
    """Give every resource once, in the order in which they are declared first.

    What is deployed last counts. Where that cannot be told, or it may not be deployed at all, what the declarations
    disagree on is UNKNOWN.
    """
    groups: dict[str, list[Declaration]] = {}
    for entry, resource in declared:
        groups.setdefault(resource.key, []).append((entry, resource))
    repeats, order = Repeats(), _Order()
    return [_settled(group, order, repeats) for group in groups.values()], repeats


def _settled(group: list[Declaration], order: _Order, repeats: Repeats) -> Resource:
    first = group[0][1]
    if not any(differ(first, other) for _, other in group[1:]):
        return first
    last = group if len(group) > _MOST else order.last(group)
    result = last[0][1]
    for _, resource in last[1:]:
        result = either(result, resource)
    unsettled = any(differ(last[0][1], resource) for _, resource in last[1:])
    (repeats.unsettled if unsettled else repeats.settled)[first.id] = None
    return result


class _Order:
    """In which order resources are deployed, as far as what they wait for says."""

    def __init__(self) -> None:
        self._named: dict[int, dict[str, list[Entry]]] = {}

    def last(self, group: list[Declaration]) -> list[Declaration]:
        """Give the declarations that no other one is sure to come after.

        All of them where that takes too long to tell, or they wait for each other, which Azure refuses.
        """
        try:
            last = [pair for pair in group if not any(self._surely_after(other, pair[0]) for other, _ in group)]
        except ExhaustedError:
            return group
        return last or group

    def _surely_after(self, later: Entry, earlier: Entry) -> bool:
        if later is earlier or later.doubtful:
            return False
        one, other = next(pair for pair in zip(later.line, earlier.line, strict=False) if pair[0] is not pair[1])
        return one.deployment is other.deployment and self._waits_for(one, other)

    def _waits_for(self, one: Entry, other: Entry) -> bool:
        waiting, seen = [one], {id(one)}
        for entry in waiting:
            for before in self._dependencies(entry):
                if before is other:
                    return True
                if id(before) not in seen:
                    seen.add(id(before))
                    waiting.append(before)
        return False

    def _dependencies(self, entry: Entry) -> Iterator[Entry]:
        """Give what a resource waits for, in its own template; what cannot be computed is left out."""
        said = entry.raw.get("dependsOn")
        named = self._names(entry.deployment)
        for part in said if isinstance(said, list) else ():
            entry.deployment.reading.budget.spend()
            try:
                name = worded(compute(part, entry.frame))
            except ExpressionError:
                continue
            yield from named.get(name.lower(), ()) if isinstance(name, str) else ()

    def _names(self, deployment: Deployment) -> dict[str, list[Entry]]:
        """Give the resources of a template by everything that `dependsOn` may call them, in lower case."""
        found = self._named.get(id(deployment))
        if found is None:
            found = self._named[id(deployment)] = {}
            for entry in deployment.entries:
                loop = entry.raw.get("copy")
                copied = str(loop.get("name")) if isinstance(loop, dict) else ""
                names = (entry.symbol, entry.label, copied, entry.name, entry.id, f"{entry.type}/{entry.name}")
                for name in {name.lower() for name in names if name}:
                    found.setdefault(name, []).append(entry)
        return found
