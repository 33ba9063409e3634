"""`auditIfNotExists` and `deployIfNotExists`: whether a related resource is as the definition wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.rules.comparison import same
from scanner.rules.conditions import Compiler
from scanner.rules.environment import HOLDS, Condition, Environment, Judgement
from scanner.rules.expressions import Scope, fill_in
from scanner.rules.leaves import resolved
from scanner.rules.place import Place
from scanner.rules.truth import all_of, any_of

Obstacle = Callable[[Environment], str]


def existence_condition(
    then: dict[str, Any], scope: Scope, place: Place, compiler: Compiler
) -> tuple[Condition, Obstacle] | None:
    """Compile `then.details`: the condition that a related resource exists, and what hinders asking.

    None, and problems, where the details are wrong. It cannot be asked where the inventory holds no
    resource of the related type at all: then nobody read them.
    """
    details, at = then.get("details"), place / "details"
    counted = len(compiler.problems.found)
    if not isinstance(details, dict) or "type" not in details:
        compiler.problems.add(at, "an ...IfNotExists effect needs details with the type of the related resource")
        return None
    kind = fill_in(details["type"], scope, at / "type", compiler.problems)
    name = fill_in(details.get("name"), scope, at / "name", compiler.problems)
    group = fill_in(details.get("resourceGroupName"), scope, at / "resourceGroupName", compiler.problems)
    reach = fill_in(details.get("existenceScope"), scope, at / "existenceScope", compiler.problems)
    wanted: Condition | None = None
    if details.get("existenceCondition") is not None:
        tree = fill_in(details["existenceCondition"], scope, at / "existenceCondition", compiler.problems)
        wanted = compiler.compile(tree, at / "existenceCondition")
    if not isinstance(kind, str):
        compiler.problems.add(at / "type", "the related type must be known when the definition is read")
    if len(compiler.problems.found) > counted or not isinstance(kind, str):
        return None
    related = _Related(kind.lower(), name, group, str(reach or "resourceGroup").lower())

    def test(resource: Resource, env: Environment) -> Truth:
        return any_of(
            all_of((matched, True if wanted is None else wanted.test(other, env)))
            for other, matched in related.of(resource, env)
        )

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = test(resource, env)
        if truth:
            return HOLDS
        found = len(related.of(resource, env))
        what = "meets the existence condition" if found else "is there"
        message = f"no related {kind} {what} ({found} looked at)"
        return Judgement(truth, message, (Evidence(kind, found, "one that meets the existence condition"),))

    def obstacle(env: Environment) -> str:
        if env.inventory.by_type.get(related.kind):
            return ""
        return f"it asks for related resources of type {kind}, of which the inventory holds none"

    return Condition(test, explain), obstacle


class _Related:
    """Finds related resources: children of the resource, else those in its resource group or subscription."""

    def __init__(self, kind: str, name: Any, group: Any, reach: str) -> None:
        self.kind = kind
        self.name = name
        self.group = group
        self.reach = reach

    def of(self, resource: Resource, env: Environment) -> list[tuple[Resource, Truth]]:
        """Give candidates with the truth of "its name is the one asked for"."""
        prefix = self._prefix(resource, env)
        if prefix is None:
            return []
        name = resolved(self.name, resource, env)
        found = env.inventory.by_type.get(self.kind, ())
        return [(other, _named(other, name)) for other in found if other.key.startswith(prefix)]

    def _prefix(self, resource: Resource, env: Environment) -> str | None:
        if self.kind.startswith(f"{resource.type}/"):
            return f"{resource.key}/"
        if self.kind in _EXTENSIONS:
            return f"{resource.key}/providers/"
        if self.reach == "subscription":
            return f"/subscriptions/{resource.subscription_id}/"
        group = resolved(self.group, resource, env)
        name = group if isinstance(group, str) and group else resource.resource_group
        return f"/subscriptions/{resource.subscription_id}/resourcegroups/{name.lower()}/" if name else None


_EXTENSIONS = frozenset({"microsoft.insights/diagnosticsettings", "microsoft.authorization/locks"})
"""Types that lie on a resource rather than beside it."""


def _named(resource: Resource, name: Any) -> Truth:
    if name is None:
        return True
    if name is UNKNOWN:
        return None
    return isinstance(name, str) and same(resource.name, name.rpartition("/")[2])
