"""Condition trees: paths, arrays, counts, missing fields, logic, and what is said where they do not hold."""

from __future__ import annotations

import pytest

from scanner.model.values import UNKNOWN
from scanner.rules.environment import Environment
from tests.factories import (
    ACCOUNT,
    AS_OF,
    DEPLOYMENT,
    compiled,
    compiled_with_problems,
    make_group,
    make_inventory,
    make_resource,
    truth_of,
)

LIMITS = {
    "properties": {
        "rateLimits": [
            {"key": "request", "count": 10, "renewalPeriod": 10},
            {"key": "token", "count": 1000, "renewalPeriod": 60},
        ],
        "none": [],
        "doubtful": [{"key": "token"}, {"key": UNKNOWN}],
        "nested": [{"rules": [{"n": 1}, {"n": 2}]}, {"rules": []}, {}],
        "word": "single",
    }
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("kind", "OpenAI"),
        ("KIND", "OpenAI"),
        ("name", "it"),
        ("type", "Microsoft.Test/things"),
        ("sku.name", "S0"),
        ("Sku.NAME", "S0"),
        ("properties.model.name", "gpt-4.1"),
        ("properties['model'].name", "gpt-4.1"),
        ('properties["model"].name', "gpt-4.1"),
        ("properties[model].name", "gpt-4.1"),
        ("properties.a.b.c.d", "deep"),
        ("tags.env", "prod"),
        ("tags['cost-center']", "42"),
        ("tags[cost-center]", "42"),
        ("tags.cost-center", "42"),
        ("tags.a.b", "dotted"),
        ("TAGS.A.B", "dotted"),
        ("tags['a.b']", "dotted"),
        ("tags[1]", "one"),
    ],
)
def test_a_path_finds_its_value_in_any_case(path, value):
    body = {
        "kind": "OpenAI",
        "sku": {"Name": "S0"},
        "tags": {"Env": "prod", "cost-center": "42", "a.b": "dotted", "1": "one"},
        "properties": {"Model": {"name": "gpt-4.1"}, "a": {"B": {"c": {"d": "deep"}}}},
    }
    assert truth_of({"field": path, "equals": value}, body) is True


@pytest.mark.parametrize(
    "path", ["nothing", "sku.name", "properties.model.name", "properties.null", "tags.env", "a.b.c.d"]
)
def test_a_path_to_nothing_is_missing(path):
    body = {"sku": "S0", "properties": {"model": [1], "null": None}, "tags": None, "a": {"b": 5}}
    assert truth_of({"field": path, "exists": False}, body) is True


def test_full_name_is_the_names_of_all_levels():
    deployment = make_resource(DEPLOYMENT, "acct/gpt")
    assert truth_of({"field": "fullName", "equals": "acct/gpt"}, deployment) is True
    assert truth_of({"field": "name", "equals": "gpt"}, deployment) is True


def test_parent_is_the_resource_that_this_one_lies_in():
    account = make_resource(ACCOUNT, "acct", kind="AIServices", location="swedencentral", tags={"a.b": "x"})
    deployment = make_resource(DEPLOYMENT, "acct/gpt")
    assert truth_of({"field": "parent.kind", "equals": "aiservices"}, deployment, account) is True
    assert truth_of({"field": "parent.tags.a.b", "equals": "x"}, deployment, account) is True
    assert truth_of({"field": "parent.kind", "equals": "AIServices"}, deployment) is None
    assert truth_of({"field": "parent.kind", "exists": True}, account) is False


def test_effective_tags_come_from_the_nearest_level():
    account = make_resource(ACCOUNT, "acct", tags={"Environment": "dev"})
    deployment = make_resource(DEPLOYMENT, "acct/gpt", tags={"environment": " "})
    group = make_group({"environment": "prod", "team": "search"})
    assert truth_of({"field": "effectiveTags.environment", "equals": "dev"}, deployment, account, group) is True
    assert truth_of({"field": "effectiveTags['team']", "equals": "search"}, deployment, account, group) is True
    assert truth_of({"field": "effectiveTags.environment", "equals": "dev"}, deployment, group) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "a..b",
        "a.",
        ".a",
        "a[",
        "a[]",
        "a]",
        "[*]",
        "a['']",
        "a[0]",
        "tags.",
        "parent",
        "parent.",
        "effectiveTags",
    ],
)
def test_what_is_no_path_is_refused_when_the_policy_is_read(path):
    _, problems = compiled_with_problems({"field": path, "equals": 1})
    assert len(problems.found) == 1
    _, problems = compiled_with_problems(
        {"count": {"field": "a[*]", "where": {"field": f"a[*].b.{path}.", "equals": 1}}, "equals": 0}
    )
    assert len(problems.found) == 1


@pytest.mark.parametrize(
    ("tree", "truth"),
    [
        ({"field": "properties.rateLimits[*].count", "greater": 5}, True),
        ({"field": "properties.rateLimits[*].count", "greater": 10}, False),
        ({"field": "properties.rateLimits[*].key", "in": ["request", "token"]}, True),
        ({"field": "properties.rateLimits[*]", "containsKey": "count"}, True),
        ({"field": "properties.rateLimits[*].absent", "exists": False}, True),
        ({"field": "properties.rateLimits[*].absent", "equals": "x"}, False),
        ({"field": "properties.none[*].count", "greater": 1000}, True),
        ({"field": "properties.absent[*].count", "greater": 1000}, True),
        ({"field": "properties.absent[*].count", "greater": 1, "ifMissing": "fail"}, False),
        ({"field": "properties.absent[*].count", "greater": 1, "ifMissing": "unknown"}, None),
        ({"field": "properties.none[*].count", "greater": 1, "ifMissing": "fail"}, True),
        ({"field": "properties.doubtful[*].key", "equals": "token"}, None),
        ({"field": "properties.doubtful[*].key", "equals": "request"}, False),
        ({"field": "properties.nested[*].rules[*].n", "greater": 0}, True),
        ({"field": "properties.nested[*].rules[*].n", "greater": 1}, False),
        ({"field": "properties.word[*]", "equals": "single"}, True),
        ({"not": {"field": "properties.rateLimits[*].count", "greater": 10}}, True),
    ],
)
def test_an_array_field_holds_for_every_member(tree, truth):
    assert truth_of(tree, LIMITS) is truth


def test_an_array_that_is_unknown_is_unknown():
    assert truth_of({"field": "properties.a[*].b", "equals": 1}, {"properties": {"a": UNKNOWN}}) is None
    assert truth_of({"count": {"field": "properties.a[*]"}, "equals": 0}, {"properties": {"a": UNKNOWN}}) is None


TOKENS = {"field": "properties.rateLimits[*].key", "equals": "token"}


@pytest.mark.parametrize(
    ("tree", "truth"),
    [
        ({"count": {"field": "properties.rateLimits[*]"}, "equals": 2}, True),
        ({"count": {"field": "properties.rateLimits[*]", "where": TOKENS}, "equals": 1}, True),
        ({"count": {"field": "properties.rateLimits[*]", "where": TOKENS}, "greater": 1}, False),
        ({"count": {"field": "PROPERTIES.RateLimits[*]", "where": TOKENS}, "equals": 1}, True),
        ({"count": {"field": "properties.none[*]", "where": TOKENS}, "equals": 0}, True),
        ({"count": {"field": "properties.absent[*]"}, "equals": 0}, True),
        (
            {
                "count": {"value": ["a", "b"], "name": "x", "where": {"value": "[current('x')]", "equals": "A"}},
                "equals": 1,
            },
            True,
        ),
        ({"count": {"value": [1, 2, 3]}, "equals": 3}, True),
    ],
)
def test_a_count_counts_the_members_that_meet_a_condition(tree, truth):
    assert truth_of(tree, LIMITS) is truth


@pytest.mark.parametrize(
    ("operator", "number", "truth"),
    [
        ("greaterOrEquals", 1, True),
        ("greaterOrEquals", 2, None),
        ("greaterOrEquals", 3, False),
        ("equals", 1, None),
        ("equals", 0, False),
        ("less", 3, True),
    ],
)
def test_members_that_are_unknown_make_a_range_of_a_count(operator, number, truth):
    where = {"field": "properties.doubtful[*].key", "equals": "token"}
    tree = {"count": {"field": "properties.doubtful[*]", "where": where}, operator: number}
    assert truth_of(tree, LIMITS) is truth


def test_counts_nest_and_each_condition_means_the_member_at_hand():
    inner = {
        "count": {
            "field": "properties.nested[*].rules[*]",
            "where": {"field": "properties.nested[*].rules[*].n", "greater": 1},
        },
        "equals": 1,
    }
    assert truth_of({"count": {"field": "properties.nested[*]", "where": inner}, "equals": 1}, LIMITS) is True


@pytest.mark.parametrize(
    ("word", "missing", "present", "unknown"),
    [("pass", True, False, None), ("fail", False, False, None), ("unknown", None, False, None)],
)
def test_if_missing_decides_about_a_field_that_is_not_there_and_about_nothing_else(word, missing, present, unknown):
    tree = {"field": "properties.limit", "less": 5, "ifMissing": word}
    assert truth_of(tree, {}) is missing
    assert truth_of(tree, {"properties": {"limit": None}}) is missing
    assert truth_of(tree, {"properties": {"limit": 9}}) is present
    assert truth_of(tree, {"properties": {"limit": UNKNOWN}}) is unknown


def test_a_declared_default_stands_in_for_what_a_template_leaves_out_and_not_for_what_azure_does():
    tree = {"field": "properties.limit", "less": 5, "declaredDefault": 3, "ifMissing": "unknown"}
    assert truth_of(tree, make_resource(ACCOUNT, "a", declared=True)) is True
    assert truth_of(tree, make_resource(ACCOUNT, "a")) is None
    assert truth_of(tree, make_resource(ACCOUNT, "a", declared=True, properties={"limit": 7})) is False


LEAVES = {
    True: {"field": "kind", "equals": "OpenAI"},
    False: {"field": "kind", "equals": "Other"},
    None: {"field": "location", "equals": "x"},
}


@pytest.mark.parametrize(
    ("word", "parts", "truth"),
    [
        ("allOf", (True, True), True),
        ("allOf", (True, None), None),
        ("allOf", (None, False), False),
        ("allOf", (False, None), False),
        ("anyOf", (False, False), False),
        ("anyOf", (None, False), None),
        ("anyOf", (None, True), True),
        ("anyOf", (True, None), True),
    ],
)
def test_allof_and_anyof_follow_kleene(word, parts, truth):
    assert truth_of({word: [LEAVES[part] for part in parts]}, {"kind": "OpenAI", "location": UNKNOWN}) is truth


@pytest.mark.parametrize(("part", "truth"), [(True, False), (False, True), (None, None)])
def test_not_turns_the_answer_round_and_leaves_unknown_alone(part, truth):
    assert truth_of({"not": LEAVES[part]}, {"kind": "OpenAI", "location": UNKNOWN}) is truth


def test_a_value_is_compared_like_a_field():
    assert truth_of({"value": True, "equals": "true"}, {}) is True
    assert truth_of({"value": None, "exists": False}, {}) is True
    assert compiled({"value": "[parameters('on')]", "equals": True}, {"on": False})


@pytest.mark.parametrize(
    ("tree", "body", "message"),
    [
        ({"field": "sku.name", "equals": "S0"}, {"sku": {"name": "F0"}}, "sku.name is F0; it must be S0"),
        ({"field": "sku.name", "equals": "S0"}, {}, "sku.name is not set; it must be S0"),
        ({"field": "sku.name", "exists": True}, {}, "sku.name is not set"),
        ({"field": "sku.name", "notEquals": ""}, {"sku": {"name": ""}}, 'sku.name is ""; it must not be ""'),
        ({"field": "a", "less": 5}, {"a": "x"}, "a is x, which cannot be compared; it must be less than 5"),
        ({"field": "a", "less": 5}, {"a": UNKNOWN}, "a is not known here; it must be less than 5"),
        (
            {"field": "a[*].b", "less": 5},
            {"a": [{"b": 1}, {"b": 7}]},
            "a[*].b is 7; it must be less than 5 in every member",
        ),
        ({"field": "a", "in": ["x", 1, True]}, {"a": "y"}, "a is y; it must be one of [x, 1, true]"),
        ({"not": {"field": "a", "equals": "y"}}, {"a": "y"}, "a is y; it must not be y"),
        ({"not": {"field": "a", "equals": "y"}}, {"a": UNKNOWN}, "a is not known here; it must be y"),
        (
            {"not": {"anyOf": [LEAVES[True], LEAVES[False]]}},
            {"kind": "OpenAI"},
            "kind is OpenAI; it must not be OpenAI",
        ),
        (
            {"not": {"allOf": [{"field": "a", "equals": 1}, {"field": "b", "exists": True}]}},
            {"a": 1, "b": 2},
            "a is 1; it must not be 1; b is 2; it must not be set",
        ),
        ({"not": {"not": {"field": "a", "equals": "y"}}}, {"a": "z"}, "a is z; it must be y"),
        ({"count": {"field": "a[*]"}, "greater": 1}, {"a": [1]}, "the number of a[*] is 1; it must be more than 1"),
        (
            {"anyOf": [{"field": "a", "equals": 1}, {"field": "b", "equals": 2}]},
            {"a": 0, "b": 0},
            "a is 0; it must be 1; or b is 0; it must be 2",
        ),
        (
            {
                "anyOf": [
                    {"allOf": [{"field": "k", "equals": "x"}, {"field": "a", "equals": 1}]},
                    {"allOf": [{"field": "k", "equals": "y"}, {"field": "b", "equals": 2}]},
                ]
            },
            {"k": "y", "a": 0, "b": 0},
            "b is 0; it must be 2",
        ),
    ],
)
def test_a_condition_that_does_not_hold_says_why(tree, body, message):
    resource = make_resource("Microsoft.Test/things", "it", **body)
    judgement = compiled(tree).explain(resource, Environment(make_inventory(resource), AS_OF))
    assert judgement.truth is not True
    assert judgement.message == message
    assert judgement.evidence


@pytest.mark.parametrize(
    "path", ["properties.adminPassword", "properties.primaryKey", "properties.key1", "properties.connectionString"]
)
def test_evidence_never_holds_what_is_secret_by_its_name(path):
    resource = make_resource("Microsoft.Test/things", "it", properties={path.partition(".")[2]: "hunter2"})
    judgement = compiled({"field": path, "exists": False}).explain(
        resource, Environment(make_inventory(resource), AS_OF)
    )
    assert "hunter2" not in judgement.message
    assert judgement.evidence[0].actual == "(redacted)"


@pytest.mark.parametrize(
    "text",
    [
        "DefaultEndpointsProtocol=https;AccountKey=abc==;",
        "Server=x;Password=abc",
        "https://x.blob.core.windows.net/c?sv=1&sig=abc",
        "-----BEGIN PRIVATE KEY-----abc",
        "eyJhbGciOi.eyJzdWIiOi.abc",
        "Authorization: Bearer abcabcabcabcabcabc",
        "train.py --api-key abc",
    ],
)
def test_evidence_never_holds_what_is_secret_by_its_own_text(text):
    resource = make_resource("Microsoft.Test/things", "it", properties={"value": {"inner": [text]}})
    tree = {"field": "properties.value", "exists": False}
    judgement = compiled(tree).explain(resource, Environment(make_inventory(resource), AS_OF))
    assert "abc" not in judgement.message
    assert judgement.evidence[0].actual == {"inner": ["(redacted)"]}


def test_a_negated_assertion_that_holds_says_so():
    resource = make_resource(DEPLOYMENT, "a/d", sku={"name": "Standard", "capacity": 50})
    condition = compiled({"not": {"rateLimit": {"maxTokensPerMinute": 100000}}})
    judgement = condition.explain(resource, Environment(make_inventory(resource), AS_OF))
    assert judgement.truth is False
    assert judgement.message == 'rateLimit {"maxTokensPerMinute": 100000} holds; it must not'
    assert [(item.actual, item.expected) for item in judgement.evidence] == [("holds", "not to hold")]
