"""The JSON Schema of policy files takes every policy that azgate takes, and refuses common mistakes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scanner.assets import asset_folder
from scanner.policies.schema import policy_schema
from scanner.policies.yaml_document import read_yaml
from scanner.policy_tests.schema import cases_schema
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.operators import OPERATORS

SCHEMA = policy_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
FOLDER = asset_folder("policies")
RULE = {
    "id": "r",
    "title": "t",
    "severity": "low",
    "resource": "Microsoft.Search/searchServices",
    "assert": {"field": "sku.name", "equals": "basic"},
}


def policy(**changes: Any) -> dict[str, Any]:
    return {"version": 1, "name": "p", "rules": [{**RULE, **changes}]}


def accepts(document: Any) -> bool:
    return VALIDATOR.is_valid(document)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_every_builtin_policy_is_valid(path):
    for document in read_yaml(path.read_bytes(), path.name):
        assert [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document.value)] == []


@pytest.mark.parametrize("path", sorted((FOLDER / "tests").glob("*.yaml")), ids=lambda path: path.name)
def test_every_builtin_test_file_is_valid(path):
    validator = Draft202012Validator(cases_schema())
    for document in read_yaml(path.read_bytes(), path.name):
        assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document.value)] == []


def test_the_schemas_are_schemas():
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator.check_schema(cases_schema())


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "a", "equals": None},
        {"field": "a", "in": ["x"], "ifMissing": "unknown"},
        {"field": "a", "in": "[parameters('list')]"},
        {"field": "a", "exists": "true"},
        {"field": "a", "greater": 3.5, "declaredDefault": 2},
        {"field": "a", "olderThan": "P7D"},
        {"value": "[parameters('x')]", "equals": True},
        {"count": {"field": "a[*]", "where": {"field": "a[*].b", "equals": 1}}, "greaterOrEquals": 1},
        {"count": {"value": [1, 2], "name": "x"}, "less": 3},
        {"allOf": [{"anyOf": [{"not": {"field": "a", "like": "*"}}]}]},
        {"requiredTags": ["team"]},
        {"requiredTags": {"tags": "[parameters('tags')]", "inherit": ["parent"]}},
        {"requiredTags": "[parameters('tags')]"},
        {"scaleToZero": {}},
        {"scaleToZero": None},
        {"rateLimit": {"maxTokensPerMinute": "[parameters('x')]"}},
        {"jobTimeLimit": {"maxJobTime": "P1D"}},
    ],
)
def test_what_azgate_takes_is_valid(condition):
    assert accepts(policy(**{"when": condition, "assert": condition}))


@pytest.mark.parametrize(
    "condition",
    [
        {"feild": "a", "equals": 1},
        {"field": "a"},
        {"field": "a", "equal": 1},
        {"field": "a", "equals": 1, "like": "x"},
        {"field": "a", "in": "x"},
        {"field": "a", "exists": "maybe", "extra": 1},
        {"field": "a", "like": 3},
        {"field": "a", "olderThan": 7},
        {"field": 3, "equals": 3},
        {"field": "a", "equals": 1, "ifMissing": "maybe"},
        {"value": 1, "equals": 1, "ifMissing": "pass"},
        {"field": "a", "value": 1, "equals": 1},
        {"allOf": []},
        {"allOf": {"field": "a", "equals": 1}},
        {"allOf": [{"field": "a", "equals": 1}], "anyOf": [{"field": "a", "equals": 1}]},
        {"not": [{"field": "a", "equals": 1}]},
        {"count": {"where": {"field": "a", "equals": 1}}, "greater": 0},
        {"count": {"field": "a[*]"}},
        {"rateLimit": {}},
        {"rateLimit": {"maxTokens": 1}},
        {"rateLimit": {"maxTokensPerMinute": "many"}},
        {"rateLimit": {"maxTokensPerMinute": 1}, "scaleToZero": {}},
        {"requiredTags": {"tags": ["a"], "inherit": ["everything"]}},
        {"requiredTag": ["team"]},
        {},
        [],
        "x",
    ],
)
def test_a_common_mistake_in_a_condition_is_not_valid(condition):
    assert not accepts(policy(**{"assert": condition}))


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": "hihg"},
        {"phase": "operating"},
        {"id": "a b"},
        {"title": ""},
        {"resource": 3},
        {"asert": {}},
        {"references": "https://example.com"},
    ],
)
def test_a_common_mistake_in_a_rule_is_not_valid(changes):
    assert not accepts(policy(**changes))


def test_a_missing_head_an_unknown_parameter_type_and_an_empty_file_are_not_valid():
    good = policy()
    assert accepts(good)
    for key in good:
        assert not accepts({name: value for name, value in good.items() if name != key})
    assert not accepts({**good, "parameters": {"a": {"type": "text"}}})
    assert not accepts({**good, "parameters": {"a": {"default": 1}}})
    assert accepts({**good, "parameters": {"a": {"type": "integer", "default": 1, "minimum": 0}}})
    assert not accepts({**good, "rules": []})


def test_every_operator_and_assertion_is_in_the_schema_with_a_description():
    condition = SCHEMA["$defs"]["condition"]

    assert condition["properties"].keys() >= OPERATORS.keys() | ASSERTIONS.keys()
    assert all(SCHEMA["$defs"][name]["description"] for name in ASSERTIONS)
    assert all(condition["properties"][name]["description"] for name in OPERATORS)


def test_a_new_assertion_and_a_new_operator_appear_by_themselves(monkeypatch):
    from pydantic import Field

    from scanner.policies import schema
    from scanner.rules.assertions.base import Assertion
    from scanner.rules.operators import Operator

    class Sparkling(Assertion):
        """A resource sparkles. Rather."""

        sparkles: int = Field(ge=1, description="How many.")

        def evaluate(self, resource, env):
            raise NotImplementedError

    def takes_words(expected):
        if not isinstance(expected, str):
            raise ValueError("takes a word")  # noqa: TRY004 - as operators do
        return lambda actual: actual == expected

    monkeypatch.setattr(schema, "ASSERTIONS", {**ASSERTIONS, "sparkling": Sparkling})
    monkeypatch.setattr(schema, "OPERATORS", {**OPERATORS, "rhymesWith": Operator(takes_words, "rhyme with {}")})
    validator = Draft202012Validator(schema.policy_schema())

    def valid(condition):
        return validator.is_valid(policy(**{"assert": condition}))

    assert valid({"sparkling": {"sparkles": 2}})
    assert valid({"sparkling": {"sparkles": "[parameters('n')]"}})
    assert not valid({"sparkling": {"sparkles": 0}})
    assert not valid({"sparkling": {}})
    assert valid({"field": "a", "rhymesWith": "b"})
    assert not valid({"field": "a", "rhymesWith": 3})


def test_making_the_schema_leaves_the_models_as_they_are():
    before = deepcopy(policy_schema())

    assert policy_schema() == before
