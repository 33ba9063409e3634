"""Conditions in plain English."""

from __future__ import annotations

import pytest

from scanner.policies.loader import load_policies
from scanner.policies.rule_sheet import rule_sheets
from scanner.policies.words import condition_lines, first_sentence, parameters_in, third_person
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.operators import OPERATORS


def text(node, **parameters):
    return [f"{'  ' * line.depth}{line.text}" for line in condition_lines(node, parameters)]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"field": "sku.name", "equals": "F2"}, ["`sku.name` is F2"]),
        ({"field": "sku.name", "notEquals": "F2"}, ["`sku.name` is not F2"]),
        ({"field": "sku.name", "in": ["F2", "F4"]}, ["`sku.name` is one of [F2, F4]"]),
        ({"field": "sku.name", "notContains": "x"}, ["`sku.name` does not contain x"]),
        ({"field": "sku.name", "match": "F#"}, ["`sku.name` matches F#"]),
        ({"field": "tags", "containsKey": "team"}, ["`tags` has the key team"]),
        ({"field": "tags", "notContainsKey": "team"}, ["`tags` does not have the key team"]),
        ({"field": "a", "exists": True}, ["`a` is set"]),
        ({"field": "a", "exists": "false"}, ["`a` is not set"]),
        (
            {"field": "a", "less": 3, "ifMissing": "unknown"},
            ["`a` is less than 3 (where it is missing, it is unknown)"],
        ),
        (
            {"field": "a", "less": 3, "declaredDefault": 0},
            ["`a` is less than 3; left out of a template it is 0"],
        ),
        ({"field": "a[*].b", "equals": 1}, ["`a[*].b` is 1, in every member"]),
        ({"field": "a", "lessOrEquals": "[parameters('Max')]"}, ["`a` is at most 5 (parameter Max)"]),
        ({"value": "[parameters('max')]", "equals": 5}, ["5 (parameter max) is 5"]),
        ({"field": "a", "equals": "[field('b')]"}, ["`a` is `[field('b')]`"]),
        (
            {"allOf": [{"field": "a", "equals": 1}, {"not": {"field": "b", "equals": 2}}]},
            ["all of these hold:", "  `a` is 1", "  this does not hold:", "    `b` is 2"],
        ),
        (
            {"anyOf": [{"field": "a", "equals": 1}]},
            ["at least one of these holds:", "  `a` is 1"],
        ),
        ({"count": {"field": "a[*]"}, "greater": 0}, ["the number of members of `a[*]` is more than 0"]),
        (
            {"count": {"field": "a[*]", "where": {"field": "a[*].k", "equals": "t"}}, "equals": 1},
            ["the number of members of `a[*]` that meet what follows is 1:", "  `a[*].k` is t, in every member"],
        ),
        (
            {"rateLimit": {"maxTokensPerMinute": "[parameters('max')]"}},
            [
                "**rateLimit**: A deployment's tokens per minute do not exceed `maxTokensPerMinute`.",
                "  maxTokensPerMinute: 5 (parameter max)",
            ],
        ),
        ({"requiredTags": ["team"]}, ["**requiredTags**: " + first_sentence(ASSERTIONS["requiredTags"]), "  [team]"]),
    ],
)
def test_a_condition_is_said_in_words(node, expected):
    assert text(node, max=5) == expected


def test_every_operator_can_be_said():
    for name, operator in OPERATORS.items():
        words = third_person(operator.words)
        assert words.split()[0] in {"is", "does", "has", "matches", "contains", "exists:"} or name == "exists", words


def test_every_assertion_has_a_first_sentence():
    assert [name for name, kind in ASSERTIONS.items() if not first_sentence(kind).endswith(".")] == []


def test_the_parameters_of_a_condition_are_found_inside_expressions():
    node = {
        "allOf": [
            {"field": "a", "equals": "[concat(parameters('One'), parameters('two'))]"},
            {"value": 1, "in": ["[parameters('three')]"]},
        ]
    }

    assert parameters_in(node) == {"one", "two", "three"}


def test_an_azure_policy_definition_is_said_as_what_violates_it(tmp_path):
    path = tmp_path / "d.json"
    path.write_text(
        '{"properties": {"displayName": "d", "policyRule": {"if": {"allOf": ['
        '{"field": "type", "equals": "Microsoft.Search/searchServices"}, {"field": "sku.name", "equals": "free"}]},'
        ' "then": {"effect": "audit"}}}}',
        "utf-8",
    )

    (sheet,) = rule_sheets(load_policies([str(path)]))

    assert sheet.violates
    assert [line.text for line in sheet.passes] == [
        "all of these hold:",
        "`type` is Microsoft.Search/searchServices",
        "`sku.name` is free",
    ]
