"""JSON Schema (draft 2020-12) of policy files, for editors: built from the models and registries that azgate reads by.

A new operator or named assertion appears by itself. The schema knows shapes; what it cannot say (an unknown
parameter, a default out of range) `azgate policy validate` does.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from scanner.model.values import Json
from scanner.policies.language import ParameterModel, PolicyModel, RuleModel
from scanner.policies.words import first_sentence
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.assertions.base import Assertion
from scanner.rules.operators import OPERATORS, Operator

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CONDITION: Json = {"$ref": "#/$defs/condition"}
_EXPRESSION: Json = {"$ref": "#/$defs/expression"}
_SAMPLES: dict[str, tuple[Any, ...]] = {
    "string": ("text", "P7D", "2026-01-01T00:00:00Z", "true"),
    "number": (1,),
    "boolean": (True,),
    "array": (["text"],),
    "object": ({"key": "value"},),
    "null": (None,),
}
"""A value or two of each JSON type: what an operator takes is found by asking it."""


def policy_schema() -> Json:
    """Give the schema of a policy file."""
    defs: Json = {
        "rule": model_schema(RuleModel),
        "parameter": model_schema(ParameterModel),
        "condition": _condition(),
        "count": _count(),
        "expression": {
            "description": "An expression, such as [parameters('name')].",
            "type": "string",
            "pattern": r"^\[(?!\[)[\s\S]*\]$",
        },
        **{name: _assertion(kind) for name, kind in ASSERTIONS.items()},
    }
    defs["rule"]["properties"] |= {
        "when": {"description": "The rule applies where this holds.", **_CONDITION},
        "assert": {"description": "The rule passes where this holds.", **_CONDITION},
    }
    policy = model_schema(PolicyModel)
    policy["properties"]["parameters"]["additionalProperties"] = {"$ref": "#/$defs/parameter"}
    policy["properties"]["rules"]["items"] = {"$ref": "#/$defs/rule"}
    return {"$schema": DIALECT, "title": "azgate policy file", **policy, "$defs": defs}


def model_schema(model: type[BaseModel]) -> Json:
    """Give pydantic's schema of a model, without the titles it makes up, and with what it refers to put in place."""
    schema = model.model_json_schema()
    found: Json = _tidy(schema, schema.pop("$defs", {}))
    return found


def _tidy(node: Any, defs: Json) -> Any:
    if isinstance(node, list):
        return [_tidy(member, defs) for member in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = defs[node["$ref"].rpartition("/")[2]]
        return _tidy({**target, **{key: value for key, value in node.items() if key != "$ref"}}, defs)
    tidy: Json = {}
    for key, value in node.items():
        if key == "properties":
            tidy[key] = {name: _tidy(inner, defs) for name, inner in value.items()}
        elif key == "description":
            tidy[key] = inspect.cleandoc(value)
        elif key != "title" and not (key == "default" and value in (None, "", [], {})):
            tidy[key] = _tidy(value, defs)
    return tidy


def _condition() -> Json:
    """Give the schema of a condition: one head, and beside `field`, `value` and `count` one operator."""
    groups: Json = {
        "allOf": {"description": "Holds where all of these do.", "type": "array", "minItems": 1, "items": _CONDITION},
        "anyOf": {"description": "Holds where one of these does.", "type": "array", "minItems": 1, "items": _CONDITION},
        "not": {"description": "Holds where this does not.", **_CONDITION},
    }
    subjects: Json = {
        "field": {
            "description": "A path such as properties.model.name, tags.team, effectiveTags.team or parent.kind.",
            "type": "string",
        },
        "value": {"description": "A value, most often an expression."},
        "count": {"$ref": "#/$defs/count"},
    }
    assertions = {name: {"$ref": f"#/$defs/{name}"} for name in ASSERTIONS}
    one_operator: Json = {"oneOf": [{"required": [name]} for name in OPERATORS]}
    only_for_fields = {"properties": {"ifMissing": False, "declaredDefault": False}}
    return {
        "description": "A condition, as in Azure Policy, or a named assertion.",
        "type": "object",
        "properties": {
            **groups,
            **subjects,
            "ifMissing": {
                "description": "What a field that is not there counts as.",
                "enum": ["pass", "fail", "unknown"],
            },
            "declaredDefault": {"description": "What the provider assumes where a template leaves the field out."},
            **{name: _operator(operator) for name, operator in OPERATORS.items()},
            **assertions,
        },
        "additionalProperties": False,
        "oneOf": [{"required": [head]} for head in (*groups, *subjects, *assertions)],
        "dependentSchemas": {
            **{head: {"maxProperties": 1} for head in (*groups, *assertions)},
            "field": one_operator,
            "value": {**one_operator, **only_for_fields},
            "count": {**one_operator, **only_for_fields},
        },
    }


def _count() -> Json:
    return {
        "description": "How many members of an array meet a condition.",
        "type": "object",
        "properties": {
            "field": {"description": "A path that ends in [*].", "type": "string"},
            "value": {"description": "A list.", "anyOf": [{"type": "array"}, _EXPRESSION]},
            "name": {"description": "By which current() knows the member of `value`.", "type": "string"},
            "where": {"description": "Which members count; all without it.", **_CONDITION},
        },
        "additionalProperties": False,
        "oneOf": [{"required": ["field"]}, {"required": ["value"]}],
    }


def _operator(operator: Operator) -> Json:
    """Give what an operator takes, found by asking it for each JSON type."""
    types = [kind for kind, samples in _SAMPLES.items() if any(_takes(operator, sample) for sample in samples)]
    description = f"Must {operator.words.format('this')}."
    if len(types) == len(_SAMPLES):
        return {"description": description}
    if "string" in types:
        return {"description": description, "type": types[0] if len(types) == 1 else types}
    return {"description": description, "anyOf": [*({"type": kind} for kind in types), _EXPRESSION]}


def _takes(operator: Operator, sample: Any) -> bool:
    try:
        operator.prepare(sample)
    except (ValueError, TypeError):
        return False
    return True


def _assertion(kind: type[Assertion]) -> Json:
    """Give the schema of an assertion's arguments; each of them, and all of them, may be an expression."""
    arguments = model_schema(kind)
    description = arguments.pop("description", first_sentence(kind))
    arguments["properties"] = {name: _or_expression(body) for name, body in arguments["properties"].items()}
    forms: list[Json] = [arguments]
    if _accepts(kind, ["text"]):
        forms.append({"description": "In short.", "type": "array", "items": {"type": "string"}})
    if _accepts(kind, {}):
        forms.append({"type": "null"})
    return {"description": description, "anyOf": [*forms, _EXPRESSION]}


def _accepts(kind: type[Assertion], arguments: Any) -> bool:
    try:
        kind.model_validate(arguments)
    except ValidationError:
        return False
    return True


def _or_expression(body: Json) -> Json:
    """Let an argument be an expression as well, where it is not any text already."""
    if body.get("type") == "string" and not body.keys() & {"enum", "pattern"}:
        return body
    outside: Json = {key: body[key] for key in ("description", "default") if key in body}
    inside: Json = {key: value for key, value in body.items() if key not in outside}
    forms: Iterable[Json] = inside["anyOf"] if inside.keys() == {"anyOf"} else [inside]
    return {**outside, "anyOf": [*(form for form in forms if form != {"type": "null"}), _EXPRESSION]}
