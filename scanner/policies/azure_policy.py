"""Azure Policy definitions, as Azure itself writes them, made into rules.

A resource violates a definition where its `if` holds. Which resources it is about, `azure_applicability` says; for
the `...IfNotExists` effects it is those for which the whole `if` holds, and there the existence condition decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model.result import RuleInfo
from scanner.model.verdict import Severity
from scanner.policies.azure_applicability import applicability, confined_types, in_mode
from scanner.policies.azure_existence import existence_condition
from scanner.policies.azure_words import condition_words, entry, key_of
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.conditions import NEVER, Compiler
from scanner.rules.environment import Condition
from scanner.rules.expressions import Scope, fill_in
from scanner.rules.place import Place, Problems, suggestion
from scanner.rules.rule import Rule

_SEVERITIES = {
    "deny": Severity.HIGH,
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
_EFFECTS = (
    *(
        "addToNetworkGroup",
        "append",
        "audit",
        "auditIfNotExists",
        "deny",
        "denyAction",
        "deployIfNotExists",
        "disabled",
    ),
    *("enforceOPAConstraint", "enforceRegoPolicy", "enforceSetting", "manual", "modify", "mutate"),
)
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
        return str(self.say("displayName") or self.key)

    @property
    def declared(self) -> dict[str, Any]:
        """Its parameters, in azgate's words."""
        written = self.say("parameters")
        return {name: parameter_body(body) for name, body in written.items()} if isinstance(written, dict) else {}

    @property
    def place_of_parameters(self) -> Place:
        """Where they are declared."""
        return entry(self.properties, "parameters", self.place)[1]

    def say(self, word: str) -> Any:
        """Give one of its properties, None where it is not there."""
        return entry(self.properties, word, self.place)[0]


def is_definition(value: Any) -> bool:
    """Say whether this document is a policy definition, with or without its ARM envelope."""
    if not isinstance(value, dict):
        return False
    inner, _ = envelope(value, Place("", {}))
    return key_of(inner, "policyRule") in inner


def envelope(value: Mapping[str, Any], place: Place) -> tuple[Mapping[str, Any], Place]:
    """Give what stands in the ARM envelope, and where; the value itself where it has none."""
    inner, at = entry(value, "properties", place)
    return (inner, at) if isinstance(inner, dict) else (value, place)


def identifier(value: Mapping[str, Any], inner: Mapping[str, Any], label: str) -> str:
    """Give a name for a definition: the id's last segment, its name, its display name, or the file's."""
    place = Place("", {})
    words = (entry(value, word, place)[0] for word in ("id", "policyDefinitionId", "resourceId", "name"))
    named = next((word for word in words if isinstance(word, str) and word), None)
    text = str(named or entry(inner, "displayName", place)[0] or label)
    return clean(text.rstrip("/").rpartition("/")[2]) or "definition"


def clean(text: str) -> str:
    """Give `text` as it may stand in a rule's id."""
    return _IDENTIFIER.sub("-", text).strip("-.")


def read_definition(value: Mapping[str, Any], place: Place, label: str) -> Definition:
    """Take a definition out of its envelope."""
    inner, at = envelope(value, place)
    return Definition(identifier(value, inner, label), inner, at, label)


def parameter_body(declared: Any) -> Any:
    """Give Azure's parameter declaration in azgate's words."""
    if not isinstance(declared, dict):
        return declared
    place = Place("", {})
    metadata, kind = entry(declared, "metadata", place)[0], entry(declared, "type", place)[0]
    allowed, default = entry(declared, "allowedValues", place)[0], entry(declared, "defaultValue", place)[0]
    body: dict[str, Any] = {"type": "string" if str(kind).lower() == "datetime" else kind, "default": default}
    if isinstance(allowed, list):
        body["allowedValues"] = allowed
    if isinstance(metadata, dict) and isinstance(metadata.get("description"), str):
        body["description"] = metadata["description"]
    return body


def make_rule(definition: Definition, rule_id: str, parameters: Mapping[str, Any], problems: Problems) -> Rule | None:
    """Compile a definition; None, and problems with line and column, where it is wrong."""
    body, place = entry(definition.properties, "policyRule", definition.place)
    if not isinstance(body, dict):
        problems.add(place, "a policyRule is a mapping with 'if' and 'then'")
        return None
    (test, at_test), (then, at_then) = entry(body, "if", place), entry(body, "then", place)
    if not isinstance(test, dict) or not isinstance(then, dict):
        problems.add(place, "a policyRule has 'if' and 'then', which are mappings")
        return None
    mode = str(definition.say("mode") or "All")
    if mode.lower() not in {"all", "indexed"}:
        _refuse_misspelt(mode, ("All", "Indexed"), "mode", entry(definition.properties, "mode", place)[1], problems)
        reason = f"its mode {mode} is judged inside the service (data plane), which no resource shows"
        return _not_asked(_info(definition, rule_id, ""), reason)
    written, at_effect = entry(then, "effect", at_then)
    counted = len(problems.found)
    effect = fill_in(written, Scope(parameters), at_effect, problems)
    if len(problems.found) > counted:
        return None
    if not isinstance(effect, str) or not effect:
        problems.add(at_effect, "the effect must be a text that is known when the definition is read")
        return None
    info = _info(definition, rule_id, effect.lower())
    if effect.lower() not in _SEVERITIES:
        _refuse_misspelt(effect, _EFFECTS, "effect", at_effect, problems)
        reason = f"its effect {effect} is none that a resource can be judged by"
        return _not_asked(info, _NOT_JUDGED.get(effect.lower(), reason))
    tree = fill_in(condition_words(test), Scope(parameters), at_test, problems)
    matches = Compiler(problems, ASSERTIONS).compile(tree, at_test)
    if len(problems.found) > counted:
        return None
    types = confined_types(tree)
    if effect.lower() in _EXISTENCE:
        found = existence_condition(then, Scope(parameters), at_then, Compiler(problems, ASSERTIONS))
        if found is None:
            return None
        applies = in_mode(mode, tree, matches.test, matches)
        return Rule(info, info.severity, types, applies, found.condition, obstacle=found.obstacle, reads=found.reads)
    violation = Compiler(problems, ASSERTIONS).compile({"not": tree}, at_test)
    return Rule(info, info.severity, types, _applies(mode, tree, at_test), violation)


def _refuse_misspelt(word: str, known: tuple[str, ...], what: str, place: Place, problems: Problems) -> None:
    """Tell a word that is nearly a known one; Azure may have further ones, which only are not evaluated."""
    meant = suggestion(word, known)
    if word.lower() not in {name.lower() for name in known} and meant.startswith("did you mean"):
        problems.add(place, f"'{word}' is no {what}", meant)


def _applies(mode: str, tree: Any, place: Place) -> Condition:
    """Give "may match": what is undecided about a resource does not exclude it."""
    may_match = Compiler(Problems(), ASSERTIONS).compile(applicability(tree), place)
    return in_mode(mode, tree, lambda resource, env: may_match.test(resource, env) is not False, may_match)


def _info(definition: Definition, rule_id: str, effect: str) -> RuleInfo:
    return RuleInfo(
        id=rule_id,
        title=definition.title,
        severity=_SEVERITIES.get(effect, Severity.MEDIUM),
        phase="operate",
        maturity="crawl",
        policy=definition.label,
        rationale=str(definition.say("description") or ""),
        remediation="Bring the resource in line with the Azure Policy definition it violates.",
    )


def _not_asked(info: RuleInfo, reason: str) -> Rule:
    # About no type: live Azure need not be read for what is not judged.
    return Rule(info, info.severity, (), None, NEVER, obstacle=lambda _: reason)
