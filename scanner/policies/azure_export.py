"""The way back: azgate's rules as Azure Policy definitions, where Azure Policy can say the same.

An alias is derived from the ARM path it stands for. Azure refuses a definition whose alias it does not
publish, so an exported definition is checked when it is created (`az provider show --expand resourceTypes/aliases`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.expressions.times import parse_duration
from scanner.policies.azure_aliases import alias, as_expression, translated
from scanner.policies.language import ParameterModel
from scanner.policies.loader import PolicyFile, WrittenRule
from scanner.policies.words import parameters_in
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.assertions.base import InexpressibleError
from scanner.rules.expressions import is_expression
from scanner.rules.operators import OPERATORS
from scanner.rules.paths import EACH
from scanner.rules.rule import DERIVED

_TYPES = {
    "string": "String",
    "duration": "String",
    "integer": "Integer",
    "number": "Float",
    "boolean": "Boolean",
    "array": "Array",
    "object": "Object",
}
_TEXTUAL = frozenset({"exists", "containsKey", "notContainsKey"})
"""Operators that do not care whether a text is a duration."""
_OUTSIDE_ARM = ("microsoft.graph/", "github.")
"""What types of things begin with that Azure Resource Manager does not have."""
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
    return _Exporter(file.declared, list(written.model.resource)).definition(written, file.name)


class _Exporter:
    """Translates one rule about resources of `types`."""

    def __init__(self, declared: Mapping[str, ParameterModel], types: list[str]) -> None:
        self.declared = declared
        self.types = types
        self.durations = {name.lower() for name, model in declared.items() if model.type == "duration"}

    def definition(self, written: WrittenRule, policy: str) -> dict[str, Any]:
        model = written.model
        foreign = [kind for kind in self.types if kind.lower() in DERIVED or kind.lower().startswith(_OUTSIDE_ARM)]
        if foreign:
            raise InexpressibleError(f"{', '.join(foreign)} is no resource type of Azure Resource Manager")
        one = len(self.types) == 1
        parts: list[Any] = [{"field": "type", **({"equals": self.types[0]} if one else {"in": self.types})}]
        if model.when is not None:
            parts.append(self.condition(model.when, asserted=False))
        parts.append({"not": self.condition(model.assertion, asserted=True)})
        effect = "effect" if "effect" not in {name.lower() for name in self.declared} else "azurePolicyEffect"
        test = {"allOf": parts}
        return {
            "name": model.id,
            "properties": {
                "displayName": model.title,
                "policyType": "Custom",
                # Deployments, computes and the like have no tags or location of their own: Indexed would skip them.
                "mode": "All",
                "description": model.rationale.strip(),
                "metadata": {"category": "AI governance", "azgateRule": model.id, "azgatePolicy": policy},
                "parameters": {**self._parameters(test), effect: _EFFECT},
                "policyRule": {"if": test, "then": {"effect": f"[parameters('{effect}')]"}},
            },
        }

    def _parameters(self, body: Any) -> dict[str, Any]:
        used = parameters_in(body)
        return {name: _declaration(model) for name, model in self.declared.items() if name.lower() in used}

    def condition(self, node: Any, *, asserted: bool) -> Any:
        """Translate a condition tree; inside `count` the paths of members are translated alike."""
        for word in ("allOf", "anyOf"):
            if word in node:
                return {word: [self.condition(part, asserted=asserted) for part in node[word]]}
        if "not" in node:
            return {"not": self.condition(node["not"], asserted=asserted)}
        if "count" in node:
            operator = next(key for key in node if key in OPERATORS)
            return {"count": self._count(node["count"], asserted), operator: self._expected(operator, node[operator])}
        if "field" in node or "value" in node:
            return self._leaf(node, asserted)
        name = next(key for key in node if key in ASSERTIONS)
        arguments = node[name] if isinstance(node[name], dict) else {"tags": node[name]}
        try:
            found = ASSERTIONS[name].to_azure_policy(arguments if node[name] is not None else {})
        except InexpressibleError as error:
            raise InexpressibleError(f"{name}: {error}") from None
        return self.condition(found, asserted=asserted)

    def _count(self, count: dict[str, Any], asserted: bool) -> dict[str, Any]:
        result = dict(count)
        if "field" in count:
            result["field"] = alias(count["field"], self.types)
        if "value" in count:
            result["value"] = self._texts(count["value"])
        if "where" in count:
            result["where"] = self.condition(count["where"], asserted=asserted)
        return result

    def _leaf(self, node: dict[str, Any], asserted: bool) -> Any:
        operator = next(key for key in node if key in OPERATORS)
        if "declaredDefault" in node:
            raise InexpressibleError("Azure Policy does not know what a provider assumes for a field that is left out")
        expected = {operator: self._expected(operator, node[operator])}
        if "value" in node:
            return {"value": self._texts(node["value"]), **expected}
        path, missing = node["field"], node.get("ifMissing")
        if missing is not None and EACH in path:
            raise InexpressibleError(f"Azure Policy cannot tell members without a value from others ({path})")
        other = as_expression(path)
        if other is not None:
            return {"value": other, **expected}
        field = translated(path, self.types) if is_expression(path) else alias(path, self.types)
        return _with_missing({"field": field, **expected}, missing, asserted=asserted)

    def _expected(self, operator: str, expected: Any) -> Any:
        if OPERATORS[operator].needs_clock:
            raise InexpressibleError(f"Azure Policy has no operator '{operator}'")
        if operator not in _TEXTUAL and self._holds_duration(expected):
            raise InexpressibleError("Azure Policy compares durations as texts: to it PT60M and PT1H are two things")
        return self._texts(expected)

    def _holds_duration(self, expected: Any) -> bool:
        if isinstance(expected, list):
            return any(self._holds_duration(member) for member in expected)
        if is_expression(expected):
            return bool(parameters_in(expected) & self.durations)
        return isinstance(expected, str) and parse_duration(expected) is not None

    def _texts(self, value: Any) -> Any:
        """Translate the expressions in a value."""
        if isinstance(value, list):
            return [self._texts(member) for member in value]
        if isinstance(value, dict):
            return {key: self._texts(inner) for key, inner in value.items()}
        return translated(value, self.types) if isinstance(value, str) else value


def _declaration(model: ParameterModel) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _TYPES[model.type]}
    if model.default is not None:
        found["defaultValue"] = model.default
    if model.allowed_values is not None:
        found["allowedValues"] = model.allowed_values
    if model.description:
        found["metadata"] = {"description": model.description}
    return found


def _with_missing(leaf: dict[str, Any], answer: str | None, *, asserted: bool) -> Any:
    if answer == "pass":
        return {"anyOf": [{"field": leaf["field"], "exists": False}, leaf]}
    if answer == "fail":
        return {"allOf": [{"field": leaf["field"], "exists": True}, leaf]}
    if answer == "unknown" and asserted:
        raise InexpressibleError(f"Azure Policy has no 'unknown' for a missing field ({leaf['field']})")
    # What a rule needs to know to apply is always part of a request to Azure, so `unknown` cannot occur there.
    return leaf
