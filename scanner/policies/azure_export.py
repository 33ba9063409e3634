"""The way back: azgate's rules as Azure Policy definitions, where Azure Policy can say the same.

An alias is derived from the ARM path it stands for. Azure refuses a definition whose alias it does not
publish, so an exported definition is checked when it is created (`az provider show --expand resourceTypes/aliases`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.policies.language import ParameterModel
from scanner.policies.loader import PolicyFile, WrittenRule
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.assertions.base import InexpressibleError
from scanner.rules.expressions import is_expression
from scanner.rules.fields import is_alias
from scanner.rules.operators import OPERATORS
from scanner.rules.rule import DERIVED
from scanner.rules.times import parse_duration

_TYPES = {
    "string": "String",
    "duration": "String",
    "integer": "Integer",
    "number": "Float",
    "boolean": "Boolean",
    "array": "Array",
    "object": "Object",
}
_AS_THEY_ARE = frozenset({"type", "name", "kind", "location", "id", "fullname", "identity.type", "tags"})
_ORDERED = frozenset({"less", "lessOrEquals", "greater", "greaterOrEquals"})
_EFFECT = {
    "type": "String",
    "defaultValue": "Audit",
    "allowedValues": ["Audit", "Deny", "Disabled"],
    "metadata": {"displayName": "Effect", "description": "What Azure Policy does where the rule is violated."},
}


def export(file: PolicyFile, rule_id: str) -> dict[str, Any]:
    """Give one rule of `file` as a definition; raises InexpressibleError with the reason where it is none."""
    for key, definition in file.definitions.items():
        if key.lower() == rule_id.lower():
            return {"name": definition.key, "properties": dict(definition.properties)}
    written = next((rule for rule in file.written if rule.model.id.lower() == rule_id.lower()), None)
    if written is None:
        raise InexpressibleError("its definition is not among the policy files")
    return _Exporter(file.declared).definition(written, file.name)


class _Exporter:
    """Translates one rule; `used` collects the parameters it refers to."""

    def __init__(self, declared: Mapping[str, ParameterModel]) -> None:
        self.declared = declared
        self.types: list[str] = []

    def definition(self, written: WrittenRule, policy: str) -> dict[str, Any]:
        model = written.model
        self.types = list(model.resource)
        if any(kind.lower() in DERIVED for kind in self.types):
            raise InexpressibleError(f"{', '.join(self.types)} is no resource type of Azure Resource Manager")
        kinds = (
            {"field": "type", "equals": self.types[0]} if len(self.types) == 1 else {"field": "type", "in": self.types}
        )
        parts = [kinds]
        if model.when is not None:
            parts.append(self.condition(model.when, asserted=False))
        parts.append({"not": self.condition(model.assertion, asserted=True)})
        body = {"if": {"allOf": parts}, "then": {"effect": "[parameters('effect')]"}}
        return {
            "name": model.id,
            "properties": {
                "displayName": model.title,
                "policyType": "Custom",
                # Deployments, computes and the like have no tags or location of their own: Indexed would skip them.
                "mode": "All",
                "description": model.rationale.strip(),
                "metadata": {"category": "AI governance", "azgateRule": model.id, "azgatePolicy": policy},
                "parameters": {**self._parameters(body), "effect": _EFFECT},
                "policyRule": body,
            },
        }

    def _parameters(self, body: Any) -> dict[str, Any]:
        text = repr(body).lower()
        found: dict[str, Any] = {}
        for name, model in self.declared.items():
            if f"parameters('{name.lower()}')" not in text.replace('\\"', "'").replace("\\'", "'"):
                continue
            found[name] = {"type": _TYPES[model.type], "defaultValue": model.default}
            if model.allowed_values is not None:
                found[name]["allowedValues"] = model.allowed_values
            if model.description:
                found[name]["metadata"] = {"description": model.description}
        return found

    def condition(self, node: Any, *, asserted: bool) -> Any:
        """Translate a condition tree; inside `count` the paths of members are translated alike."""
        for word in ("allOf", "anyOf"):
            if word in node:
                return {word: [self.condition(part, asserted=asserted) for part in node[word]]}
        if "not" in node:
            return {"not": self.condition(node["not"], asserted=asserted)}
        for name, assertion in ASSERTIONS.items():
            if name in node:
                arguments = node[name] if isinstance(node[name], dict) else {"tags": node[name]}
                try:
                    translated = assertion.to_azure_policy(arguments if node[name] is not None else {})
                except InexpressibleError as error:
                    raise InexpressibleError(f"{name}: {error}") from None
                return self.condition(translated, asserted=asserted)
        if "count" in node:
            return {**node, "count": self._count(node["count"], asserted)}
        return self._leaf(node, asserted)

    def _count(self, count: dict[str, Any], asserted: bool) -> dict[str, Any]:
        result = dict(count)
        if "field" in count:
            result["field"] = self._field(count["field"])
        if "where" in count:
            result["where"] = self.condition(count["where"], asserted=asserted)
        return result

    def _leaf(self, node: dict[str, Any], asserted: bool) -> Any:
        operator = next(key for key in node if key in OPERATORS)
        if OPERATORS[operator].needs_clock:
            raise InexpressibleError(f"Azure Policy has no operator '{operator}'")
        if operator in _ORDERED and self._is_duration(node[operator]):
            raise InexpressibleError("Azure Policy compares texts, not durations")
        leaf = {key: value for key, value in node.items() if key in {"field", "value", operator}}
        if "field" in leaf:
            leaf["field"] = self._field(leaf["field"])
        return self._with_missing(leaf, node.get("ifMissing"), asserted)

    def _with_missing(self, leaf: dict[str, Any], answer: str | None, asserted: bool) -> Any:
        if answer == "pass":
            return {"anyOf": [{"field": leaf["field"], "exists": False}, leaf]}
        if answer == "fail":
            return {"allOf": [{"field": leaf["field"], "exists": True}, leaf]}
        if answer == "unknown" and asserted:
            raise InexpressibleError("Azure Policy has no 'unknown' for a missing field")
        # What a rule needs to know to apply is always part of a request to Azure, so `unknown` cannot occur there.
        return leaf

    def _is_duration(self, expected: Any) -> bool:
        if is_expression(expected):
            names = [name for name, model in self.declared.items() if model.type == "duration"]
            return any(f"parameters('{name.lower()}')" in expected.lower() for name in names)
        return isinstance(expected, str) and parse_duration(expected) is not None

    def _field(self, path: str) -> str:
        folded = path.lower()
        head = folded.partition(".")[0].partition("[")[0]
        if is_expression(path) or folded in _AS_THEY_ARE or head == "tags" or is_alias(path):
            return path
        if head in {"effectivetags", "parent", "systemdata"}:
            raise InexpressibleError(f"Azure Policy cannot look at {path}")
        if len(self.types) > 1:
            raise InexpressibleError(f"an alias belongs to one resource type, but {path} is asked of several")
        rest = path
        while rest.lower().startswith("properties."):
            rest = rest[len("properties.") :]
        return f"{self.types[0]}/{rest}"
