"""`auditIfNotExists` and `deployIfNotExists`: whether a related resource is as the definition wants it.

What is related: learn.microsoft.com/azure/governance/policy/concepts/effect-audit-if-not-exists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from scanner.expressions.truth import all_of, any_of
from scanner.model.inventory import Inventory
from scanner.model.resource import Resource, normalise_id
from scanner.model.values import UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.policies.azure_words import condition_words, entry
from scanner.rules.conditions import Compiler
from scanner.rules.environment import HOLDS, Condition, Environment, Getter, Judgement
from scanner.rules.expectation import resolved
from scanner.rules.expressions import Scope, fill_in
from scanner.rules.place import Place

_LIVE = "azure"
_EVALUATED = "()if"
"""The name under which the resource of the `if` is bound while related ones are looked at."""
_SCOPES = frozenset({"resourcegroup", "subscription"})
_EXTENSIONS = frozenset(
    {
        "microsoft.authorization/locks",
        "microsoft.authorization/roleassignments",
        "microsoft.eventgrid/eventsubscriptions",
        "microsoft.guestconfiguration/guestconfigurationassignments",
        "microsoft.insights/datacollectionruleassociations",
        "microsoft.insights/diagnosticsettings",
        "microsoft.maintenance/configurationassignments",
        "microsoft.security/advancedthreatprotectionsettings",
        "microsoft.security/defenderforstoragesettings",
    }
)
"""Types that lie on a resource rather than beside it."""


@dataclass(frozen=True, slots=True)
class Existence:
    """The condition that a related resource exists, what hinders asking it, and the type that has to be read."""

    condition: Condition
    obstacle: Callable[[Environment], str]
    reads: frozenset[str]


def existence_condition(then: dict[str, Any], scope: Scope, place: Place, compiler: Compiler) -> Existence | None:
    """Compile `then.details`; None, and problems, where they are wrong."""
    details, at = entry(then, "details", place)
    counted = len(compiler.problems.found)
    related = _related(details, scope, at, compiler) if isinstance(details, dict) else None
    wanted = _wanted(details, scope, at, compiler) if isinstance(details, dict) else None
    if related is None and len(compiler.problems.found) == counted:
        compiler.problems.add(at, "an ...IfNotExists effect needs details with the type of the related resource")
    if related is None or len(compiler.problems.found) > counted:
        return None

    def test(resource: Resource, env: Environment) -> Truth:
        env.bindings[_EVALUATED] = resource
        found = any_of(
            all_of((matched, True if wanted is None else wanted.test(other, env)))
            for other, matched in related.of(resource, env)
        )
        return None if found is False and related.may_be_unread(resource, env) else found

    def explain(resource: Resource, env: Environment) -> Judgement:
        truth = test(resource, env)
        if truth:
            return HOLDS
        found = sum(matched is not False for _, matched in related.of(resource, env))
        what = "meets the existence condition" if found else "is there"
        message = f"no related {related.name_of_type} {what} ({found} looked at)"
        if truth is None:
            message = f"cannot tell whether a related {related.name_of_type} {what}: not all of it is known"
        evidence = Evidence(related.name_of_type, found, "one that meets the existence condition")
        return Judgement(truth, message, (evidence,))

    return Existence(Condition(test, explain), related.obstacle, frozenset({related.kind}))


def _of_evaluated(getter: Getter) -> Getter:
    """Read from the resource of the `if`: what `field()` means in an existence condition."""
    return lambda _, env: getter(env.bindings[_EVALUATED], env)


def _wanted(details: dict[str, Any], scope: Scope, place: Place, compiler: Compiler) -> Condition | None:
    written, at = entry(details, "existenceCondition", place)
    if written is None:
        return None
    inside = replace(scope, of=_of_evaluated)
    return compiler.compile(fill_in(condition_words(written), inside, at, compiler.problems), at)


def _related(details: dict[str, Any], scope: Scope, place: Place, compiler: Compiler) -> _Related | None:
    def said(word: str) -> tuple[Any, Place]:
        value, at = entry(details, word, place)
        return fill_in(value, scope, at, compiler.problems), at

    (kind, at_kind), (name, _), (group, _), (reach, at_reach) = (
        said(word) for word in ("type", "name", "resourceGroupName", "existenceScope")
    )
    if kind is None:
        return None
    if not isinstance(kind, str) or "/" not in kind:
        compiler.problems.add(at_kind, "the related type must be an ARM type that is known when the definition is read")
        return None
    reach = "resourceGroup" if reach is None else reach
    if not isinstance(reach, str) or reach.lower() not in _SCOPES:
        compiler.problems.add(at_reach, "existenceScope is resourceGroup or subscription")
        return None
    return _Related(kind, kind.lower(), name, group, reach.lower())


@dataclass(frozen=True, slots=True)
class _Related:
    """Finds related resources: children of the resource, else those in its resource group or subscription."""

    name_of_type: str
    kind: str
    name: Any
    group: Any
    reach: str

    def of(self, resource: Resource, env: Environment) -> list[tuple[Resource, Truth]]:
        """Give candidates with the truth of "it is the one asked for"."""
        prefix = self._prefix(resource, env)
        name = resolved(self.name, resource, env)
        found = env.inventory.by_type.get(self.kind, ())
        if prefix is UNKNOWN:
            return [(other, None) for other in found]
        return [(other, _named(other, name)) for other in found if other.key.startswith(prefix)]

    def may_be_unread(self, resource: Resource, env: Environment) -> bool:
        """Say whether a gap may be why no related resource is there: absence is not compliance, nor a violation."""
        prefix = self._prefix(resource, env)
        scopes = (normalise_id(gap.scope) for gap in env.inventory.gaps if gap.what.lower() in {self.kind, "resources"})
        return any(prefix is UNKNOWN or _overlap(prefix, scope) for scope in scopes)

    def obstacle(self, env: Environment) -> str:
        """Say that nobody read the related type: it is not in the inventory, and live Azure was not asked for it."""
        if env.inventory.by_type.get(self.kind):
            return ""
        unread = any(gap.what.lower() == self.kind for gap in env.inventory.gaps)
        if not unread and any(source.kind == _LIVE for source in env.inventory.sources):
            return ""
        return f"it asks for related resources of type {self.name_of_type}, of which the inventory holds none"

    def _prefix(self, resource: Resource, env: Environment) -> Any:
        """Give what the ids of related resources begin with; UNKNOWN where the name of their group is not known."""
        if self.kind.startswith(f"{resource.type}/"):
            return f"{resource.key}/"
        if self.kind in _EXTENSIONS or _lie_on_others(self.kind, env.inventory):
            return f"{resource.key}/providers/"
        group = resolved(self.group, resource, env)
        if group is UNKNOWN:
            return UNKNOWN
        name = group if isinstance(group, str) and group else resource.resource_group
        if self.reach == "subscription" or not name:
            return f"/subscriptions/{resource.subscription_id}/"
        return f"/subscriptions/{resource.subscription_id}/resourcegroups/{name.lower()}/"


def _lie_on_others(kind: str, inventory: Inventory) -> bool:
    members = inventory.by_type.get(kind, ())
    return bool(members) and all(member.key.count("/providers/") > 1 for member in members)


def _overlap(prefix: str, scope: str) -> bool:
    """Say whether a gap at `scope` may hide something below `prefix`; one that is no ARM id is a file's."""
    if not scope.startswith(("/subscriptions", "/providers")):
        return True
    return prefix.startswith(f"{scope}/") or f"{scope}/".startswith(prefix)


def _named(resource: Resource, name: Any) -> Truth:
    """Say whether the last segments of the full name are those of `name`, in which `?` stands for any."""
    if name is None:
        return True
    if name is UNKNOWN:
        return None
    if not isinstance(name, str):
        return False
    wanted = name.lower().split("/")
    has = resource.key.rpartition("/providers/")[2].split("/")[2::2]
    return len(wanted) <= len(has) and all(
        word in {"?", own} for word, own in zip(reversed(wanted), reversed(has), strict=False)
    )
