"""Azure Policy definitions, as Azure itself writes them, made into rules.

A resource violates a definition where its `if` holds. Which resources it is about follows Azure Policy's
applicability logic (learn.microsoft.com/azure/governance/policy/concepts/policy-applicability): for most effects
those for which the conditions on type, name and kind allow it; for the `...IfNotExists` effects those for which
the whole `if` holds, and there the existence condition decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model.resource import CONTAINERS
from scanner.model.result import RuleInfo
from scanner.model.values import UNKNOWN
from scanner.model.verdict import Severity
from scanner.policies.azure_existence import existence_condition
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.conditions import NEVER, Compiler
from scanner.rules.environment import Condition, Environment
from scanner.rules.expressions import Dynamic, Scope, fill_in
from scanner.rules.place import Place, Problems
from scanner.rules.rule import EVERY_TYPE, Rule

_SEVERITIES = {
    "deny": Severity.HIGH,
    "denyaction": Severity.HIGH,
    "audit": Severity.MEDIUM,
    "auditifnotexists": Severity.MEDIUM,
    "deployifnotexists": Severity.MEDIUM,
    "modify": Severity.MEDIUM,
    "append": Severity.MEDIUM,
}
"""Effect to severity: what Azure would refuse is high, what it would report or repair is medium."""
_EXISTENCE = frozenset({"auditifnotexists", "deployifnotexists"})
_NOT_JUDGED = {
    "disabled": "its effect is disabled",
    "manual": "its effect is manual: people attest it, no resource shows it",
    "denyaction": "its effect is denyAction: it judges requests to delete, not resources",
}
_APPLICABILITY = frozenset({"type", "name", "kind"})
_IDENTIFIER = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Definition:
    """A policy definition as written: `properties` as Azure has them, and where it stands."""

    key: str
    properties: Mapping[str, Any]
    place: Place
    label: str

    @property
    def title(self) -> str:
        """Its display name."""
        return str(self.properties.get("displayName") or self.key)


def is_definition(value: Any) -> bool:
    """Say whether this document is a policy definition, with or without its ARM envelope."""
    return isinstance(value, dict) and "policyRule" in _properties(value)


def _properties(value: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = value.get("properties")
    return inner if isinstance(inner, dict) else value


def read_definition(value: Mapping[str, Any], place: Place, label: str) -> Definition:
    """Take a definition out of its envelope; its key is the id's last segment, its name, or its display name."""
    inner = _properties(value)
    at = place / "properties" if inner is not value else place
    named = value.get("id") or value.get("name") or inner.get("displayName") or label
    key = _IDENTIFIER.sub("-", str(named).rstrip("/").rpartition("/")[2]).strip("-.") or "definition"
    return Definition(key, inner, at, label)


def parameter_body(declared: Any) -> Any:
    """Give Azure's parameter declaration in azgate's words."""
    if not isinstance(declared, dict):
        return declared
    metadata = declared.get("metadata")
    body: dict[str, Any] = {"type": declared.get("type")}
    if isinstance(body["type"], str) and body["type"].lower() == "datetime":
        body["type"] = "string"
    if "defaultValue" in declared:
        body["default"] = declared["defaultValue"]
    if isinstance(declared.get("allowedValues"), list):
        body["allowedValues"] = declared["allowedValues"]
    if isinstance(metadata, dict) and isinstance(metadata.get("description"), str):
        body["description"] = metadata["description"]
    return body


def make_rule(definition: Definition, rule_id: str, parameters: Mapping[str, Any], problems: Problems) -> Rule | None:
    """Compile a definition; None, and problems with line and column, where it is wrong."""
    place = definition.place / "policyRule"
    body = definition.properties.get("policyRule")
    if not isinstance(body, dict) or not isinstance(body.get("if"), dict) or not isinstance(body.get("then"), dict):
        problems.add(place, "a policyRule has 'if' and 'then'")
        return None
    mode = str(definition.properties.get("mode") or "All")
    if mode.lower() not in {"all", "indexed"}:
        reason = f"its mode {mode} is judged inside the service (data plane), which no resource shows"
        return _not_asked(_info(definition, rule_id, ""), reason)
    then = fill_in(body["then"].get("effect"), Scope(parameters), place / "then" / "effect", problems)
    if not isinstance(then, str):
        problems.add(place / "then", "the effect must be a text known when the definition is read")
        return None
    effect = then.lower()
    info = _info(definition, rule_id, effect)
    if effect in _NOT_JUDGED or effect not in _SEVERITIES:
        return _not_asked(info, _NOT_JUDGED.get(effect, f"its effect {then} is none that a resource can be judged by"))
    counted = len(problems.found)
    compiler = Compiler(problems, ASSERTIONS)
    tree = fill_in(body["if"], Scope(parameters), place / "if", problems)
    matches = compiler.compile(tree, place / "if")
    if len(problems.found) > counted:
        return None
    types = _types(tree)
    if effect in _EXISTENCE:
        found = existence_condition(body["then"], Scope(parameters), place / "then", compiler)
        if found is None:
            return None
        exists, obstacle = found
        return Rule(info, info.severity, types, _of_mode(matches, mode), exists, obstacle=obstacle)
    applies = Compiler(problems, ASSERTIONS).compile(_applicability(tree), place / "if")
    violation = Condition(
        lambda resource, env: None if (truth := matches.test(resource, env)) is None else not truth,
        Compiler(problems, ASSERTIONS).compile({"not": tree}, place / "if").explain,
    )
    return Rule(info, info.severity, types, _of_mode(applies, mode), violation)


def _info(definition: Definition, rule_id: str, effect: str) -> RuleInfo:
    return RuleInfo(
        id=rule_id,
        title=definition.title,
        severity=_SEVERITIES.get(effect, Severity.MEDIUM),
        phase="operate",
        maturity="crawl",
        policy=definition.label,
        rationale=str(definition.properties.get("description") or ""),
        remediation="Bring the resource in line with the Azure Policy definition it violates.",
    )


def _not_asked(info: RuleInfo, reason: str) -> Rule:
    return Rule(info, info.severity, (), None, NEVER, obstacle=lambda _: reason)


def _types(tree: Any) -> tuple[str, ...]:
    """Give the types the condition is confined to, EVERY_TYPE where it is to none."""
    return tuple(dict.fromkeys(_confined(tree) or (EVERY_TYPE,)))


def _confined(tree: Any) -> list[str] | None:
    if not isinstance(tree, dict):
        return None
    if isinstance(tree.get("allOf"), list):
        found = [kinds for kinds in map(_confined, tree["allOf"]) if kinds is not None]
        return min(found, key=len) if found else None
    if isinstance(tree.get("anyOf"), list):
        branches = [_confined(part) for part in tree["anyOf"]]
        if any(branch is None for branch in branches):
            return None
        return [kind for branch in branches if branch is not None for kind in branch]
    if str(tree.get("field", "")).lower() != "type":
        return None
    words = [tree["equals"]] if "equals" in tree else tree.get("in")
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return [word.lower() for word in words]
    return None


_UNDECIDED = Dynamic(lambda _r, _e: UNKNOWN, "what the definition asks about")


def _applicability(tree: Any) -> Any:
    """Give the condition with everything but type, name and kind undecided."""
    if isinstance(tree, dict):
        for word in ("allOf", "anyOf"):
            if isinstance(tree.get(word), list):
                return {word: [_applicability(part) for part in tree[word]]}
        if "not" in tree:
            return {"not": _applicability(tree["not"])}
        if str(tree.get("field", "")).lower() in _APPLICABILITY:
            return tree
    return {"value": _UNDECIDED, "equals": True}


def _of_mode(condition: Condition, mode: str) -> Condition:
    """Turn "not excluded" into "applies", and leave containers to mode All, as `Indexed` does."""
    indexed = mode.lower() == "indexed"

    def test(resource: Any, env: Environment) -> bool:
        if indexed and resource.type in CONTAINERS:
            return False
        return condition.test(resource, env) is not False

    return Condition(test, condition.explain)
