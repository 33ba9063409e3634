"""Every template function: what it gives, for what is missing, for what is unknown, and for what it cannot take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Environment
from scanner.rules.expressions import Dynamic, Scope, compile_expression
from scanner.rules.functions import CONTEXT, FUNCTIONS, LAZY
from tests.factories import (
    AS_OF,
    DEPLOYMENT,
    SUBSCRIPTION,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
)

BODY = {
    "kind": "OpenAI",
    "location": "East US 2",
    "tags": {"Env": "prod", "empty": ""},
    "properties": {
        "number": 7,
        "flag": True,
        "list": ["a", "B", "c"],
        "numbers": [3, 1, 2],
        "none": [],
        "object": {"b": 2, "A": 1},
        "half": [1, UNKNOWN],
        "hidden": UNKNOWN,
        "json": '{"a": [1, 2.5, null]}',
    },
}
LIST, NUMBERS, OBJECT = ("field('properties.list')", "field('properties.numbers')", "field('properties.object')")
NOTHING, HIDDEN, HALF = ("field('properties.nothing')", "field('properties.hidden')", "field('properties.half')")


def value_of(text: str, *others: Resource, resource: Resource | None = None) -> Any:
    """Give what an expression is worth; constant or not must make no difference to the caller."""
    found = compile_expression(f"[{text}]", Scope({"deep": {"Key": ["x"]}}))
    subject = resource or make_resource("Microsoft.Test/things", "it", **BODY)
    if not isinstance(found, Dynamic):
        return found
    return found.get(subject, Environment(make_inventory(subject, *others), AS_OF))


TEXT = [
    ("concat('a', 'b', 'c')", "abc"),
    ("concat('a', 5, true(), false(), null())", "a5TrueFalse"),
    ("concat(createArray(1), createArray(2, 3))", [1, 2, 3]),
    (f"concat({NOTHING}, 'x')", "x"),
    (f"concat('a', {LIST})", UNKNOWN),
    (f"concat({HIDDEN}, 'x')", UNKNOWN),
    (f"concat({HALF}, createArray())", UNKNOWN),
    ("toLower('AbC')", "abc"),
    ("toUpper('AbC')", "ABC"),
    (f"toLower({NOTHING})", ""),
    ("toLower(field('properties.number'))", UNKNOWN),
    (f"toUpper({HIDDEN})", UNKNOWN),
    ("trim('  a b ')", "a b"),
    (f"trim({NOTHING})", ""),
    ("string(5)", "5"),
    ("string(true())", "True"),
    ("string(createArray('a', 1))", '["a",1]'),
    ("string(createObject('a', 1))", '{"a":1}'),
    (f"string({NOTHING})", ""),
    (f"string({HALF})", UNKNOWN),
    ("padLeft('7', 3, '0')", "007"),
    ("padLeft(7, 3, '0')", "007"),
    ("padLeft('1234', 3)", "1234"),
    ("padLeft('a', 3)", "  a"),
    ("padLeft(field('kind'), 8, 'ab')", UNKNOWN),
    ("padLeft(field('kind'), 100000)", UNKNOWN),
    ("replace('a-b-c', '-', '')", "abc"),
    ("replace('aAa', 'a', 'x')", "xAx"),
    (f"replace({NOTHING}, 'a', 'b')", ""),
    ("split('a,b;c', ',')", ["a", "b;c"]),
    ("split('a,b;c', createArray(',', ';'))", ["a", "b", "c"]),
    ("split('abc', 'x')", ["abc"]),
    (f"split({NOTHING}, ',')", [""]),
    ("split(field('kind'), '')", UNKNOWN),
    ("join(createArray('a', 1), '-')", "a-1"),
    (f"join({NOTHING}, '-')", ""),
    ("join(field('kind'), '-')", UNKNOWN),
    ("substring('abcdef', 2)", "cdef"),
    ("substring('abcdef', 2, 3)", "cde"),
    ("substring('abcdef', 6, 0)", ""),
    ("substring(field('kind'), 4, 3)", UNKNOWN),
    ("substring(field('kind'), -1)", UNKNOWN),
    ("substring(field('kind'), 0, -1)", UNKNOWN),
    ("startsWith('OpenAI', 'open')", True),
    ("startsWith('OpenAI', 'x')", False),
    (f"startsWith({NOTHING}, 'x')", False),
    (f"startsWith({HIDDEN}, 'x')", UNKNOWN),
    ("endsWith('OpenAI', 'AI')", True),
    ("endsWith('OpenAI', 'ai')", True),
    ("endsWith('OpenAI', 'open')", False),
    ("json(field('properties.json'))", {"a": [1, 2.5, None]}),
    ("json(field('properties.json')).a[0]", 1),
    ("json(field('kind'))", UNKNOWN),
    ("json(concat(field('properties.nothing'), 'NaN'))", UNKNOWN),
    (f"json({NOTHING})", MISSING),
]
COLLECTIONS = [
    ("length('abc')", 3),
    (f"length({LIST})", 3),
    (f"length({OBJECT})", 2),
    ("length(field('properties.list[*]'))", 3),
    (f"length({NOTHING})", 0),
    ("length(field('properties.nothing[*]'))", 0),
    (f"length({HALF})", 2),
    (f"length({HIDDEN})", UNKNOWN),
    ("length(field('properties.number'))", UNKNOWN),
    ("empty('')", True),
    ("empty('a')", False),
    ("empty(field('properties.none'))", True),
    (f"empty({LIST})", False),
    (f"empty({NOTHING})", True),
    ("empty(null())", True),
    ("empty(createObject())", True),
    (f"empty({HALF})", False),
    (f"empty({HIDDEN})", UNKNOWN),
    ("empty(field('properties.number'))", UNKNOWN),
    ("contains('OneTwo', 'eT')", True),
    ("contains('OneTwo', 'et')", False),
    ("contains('a1', 1)", True),
    (f"contains({LIST}, 'B')", True),
    (f"contains({LIST}, 'b')", False),
    (f"contains({NUMBERS}, 3)", True),
    (f"contains({NUMBERS}, '3')", False),
    (f"contains({OBJECT}, 'a')", True),
    (f"contains({OBJECT}, 'x')", False),
    ("contains(field('tags'), 'env')", True),
    (f"contains({NOTHING}, 'x')", False),
    (f"contains({HALF}, 1)", True),
    (f"contains({HALF}, 9)", UNKNOWN),
    (f"contains({HIDDEN}, 'x')", UNKNOWN),
    ("first('abc')", "a"),
    (f"first({LIST})", "a"),
    ("first('')", ""),
    ("first(field('properties.none'))", MISSING),
    (f"first({NOTHING})", MISSING),
    (f"first({HALF})", 1),
    ("first(field('properties.number'))", UNKNOWN),
    ("last('abc')", "c"),
    (f"last({LIST})", "c"),
    (f"last({HALF})", UNKNOWN),
    (f"last({NOTHING})", MISSING),
    ("skip('abc', 1)", "bc"),
    (f"skip({LIST}, 2)", ["c"]),
    (f"skip({LIST}, -1)", ["a", "B", "c"]),
    (f"skip({LIST}, 9)", []),
    (f"skip({HALF}, 2)", []),
    (f"skip({LIST}, 'x')", UNKNOWN),
    ("take('abc', 2)", "ab"),
    (f"take({LIST}, 1)", ["a"]),
    (f"take({LIST}, 0)", []),
    (f"take({HALF}, 1)", [1]),
    ("take(field('properties.object'), 1)", UNKNOWN),
    ("indexOf('OpenAI', 'ai')", 4),
    ("indexOf('OpenAI', 'x')", -1),
    (f"indexOf({LIST}, 'B')", 1),
    (f"indexOf({LIST}, 'b')", -1),
    (f"indexOf({HALF}, 1)", UNKNOWN),
    ("lastIndexOf('abcabc', 'B')", 4),
    ("lastIndexOf(createArray(1, 2, 1), 1)", 2),
    ("lastIndexOf('abc', 'x')", -1),
    ("createArray()", []),
    ("createArray('a', 1, createArray())", ["a", 1, []]),
    ("createObject('a', 1, 'b', createArray(2))", {"a": 1, "b": [2]}),
    ("createObject('a', field('kind'), 'b')", UNKNOWN),
    ("array('a')", ["a"]),
    ("array(createArray('a'))", ["a"]),
    (f"array({NOTHING})", []),
    ("union(createArray(1, 2), createArray(2, 3))", [1, 2, 3]),
    ("union(createArray('a'), createArray('A'))", ["a", "A"]),
    ("union(createObject('a', 1, 'b', 1), createObject('b', 2))", {"a": 1, "b": 2}),
    (f"union({LIST}, {OBJECT})", UNKNOWN),
    (f"union({HALF}, createArray())", UNKNOWN),
    ("intersection(createArray(1, 2, 3), createArray(3, 2), createArray(2))", [2]),
    ("intersection(createArray(1), createArray('1', true()))", []),
    ("intersection(createObject('a', 1, 'b', 2), createObject('a', 1, 'b', 3))", {"a": 1}),
    ("range(2, 3)", [2, 3, 4]),
    ("range(1, sub(0, field('properties.number')))", UNKNOWN),
    ("range(1, mul(100000, field('properties.number')))", UNKNOWN),
    (f"items({OBJECT})", [{"key": "A", "value": 1}, {"key": "b", "value": 2}]),
    (f"items({LIST})", UNKNOWN),
    ("tryGet(field('tags'), 'env')", "prod"),
    ("tryGet(field('tags'), 'none')", MISSING),
    ("tryGet(parameters('deep'), 'key', 0)", "x"),
    ("tryGet(parameters('deep'), 'none', 0)", None),
    (f"tryGet({NOTHING}, 'x')", MISSING),
]
NUMBERS_AND_CONVERSIONS = [
    ("add(1, 2)", 3),
    ("sub(1, 2)", -1),
    ("mul(3, -2)", -6),
    ("div(7, 2)", 3),
    ("div(-7, 2)", -3),
    ("div(7, -2)", -3),
    ("div(field('properties.number'), 0)", UNKNOWN),
    ("mod(7, 3)", 1),
    ("mod(-7, 3)", -1),
    ("mod(field('properties.number'), 0)", UNKNOWN),
    ("add(1, field('properties.flag'))", UNKNOWN),
    (f"add(1, {NOTHING})", UNKNOWN),
    ("max(1, 3, 2)", 3),
    (f"max({NUMBERS})", 3),
    ("min(1, 3, 2)", 1),
    (f"min({NUMBERS})", 1),
    ("min(field('properties.none'))", UNKNOWN),
    ("min(field('kind'), 1)", UNKNOWN),
    ("int('5')", 5),
    ("int(5)", 5),
    ("int('5.0')", 5),
    ("int(concat(field('kind'), '5'))", UNKNOWN),
    ("int(concat('5.', field('properties.number')))", UNKNOWN),
    ("float('2.5')", 2.5),
    ("float(field('kind'))", UNKNOWN),
    ("bool('TRUE')", True),
    ("bool('false')", False),
    ("bool(1)", True),
    ("bool(0)", False),
    ("bool(field('kind'))", UNKNOWN),
    (f"bool({NOTHING})", UNKNOWN),
]
COMPARISONS = [
    ("equals('a', 'a')", True),
    ("equals('a', 'A')", False),
    ("equals(1, 1)", True),
    ("equals(1, '1')", False),
    ("equals(true(), 1)", False),
    ("equals(createArray('a', 'b'), createArray('a', 'b'))", True),
    ("equals(createArray('a'), createArray('A'))", False),
    ("equals(createObject('a', 1), createObject('a', 1))", True),
    ("equals(null(), null())", True),
    ("equals(null(), '')", False),
    (f"equals({NOTHING}, null())", True),
    (f"equals({NOTHING}, '')", True),
    (f"equals('', {NOTHING})", True),
    (f"equals({NOTHING}, {NOTHING})", True),
    (f"equals({NOTHING}, 'x')", False),
    (f"equals({HIDDEN}, 'x')", UNKNOWN),
    (f"equals({HALF}, createArray(1, 2))", UNKNOWN),
    ("greater(2, 1)", True),
    ("greater(1, 1)", False),
    ("greater('A', 'a')", True),
    ("greater('b', 'A')", True),
    ("less('A', 'a')", False),
    ("less('a', 'B')", True),
    ("less(1, 2)", True),
    ("less(1, field('kind'))", UNKNOWN),
    ("less(field('properties.list'), field('properties.list'))", UNKNOWN),
    ("lessOrEquals(1, 1)", True),
    ("lessOrEquals(2, 1)", False),
    ("greaterOrEquals(1, 1)", True),
    ("greaterOrEquals('2021-10-01', '2017-04-18')", True),
    ("less('2026-11-24', '2026-11-24T08:00:00Z')", True),
    ("less('PT59M', 'PT1H')", True),
    (f"less({NOTHING}, 'a')", True),
    (f"less({HIDDEN}, 1)", UNKNOWN),
    ("true()", True),
    ("false()", False),
    ("null()", None),
]
LOGIC = [
    ("if(true(), 'a', 'b')", "a"),
    ("if(false(), 'a', 'b')", "b"),
    ("if('True', 'a', 'b')", "a"),
    ("if(true(), 'a', div(1, 0))", "a"),
    ("if(field('kind'), 'a', 'b')", UNKNOWN),
    (f"if({HIDDEN}, 'a', 'b')", UNKNOWN),
    (f"if({HIDDEN}, 'a', 'a')", "a"),
    (f"if({HIDDEN}, 1, true())", UNKNOWN),
    (f"if({HIDDEN}, {HIDDEN}, {HIDDEN})", UNKNOWN),
    ("and(true(), true())", True),
    ("and(true(), false())", False),
    (f"and({HIDDEN}, false())", False),
    (f"and({HIDDEN}, true())", UNKNOWN),
    ("or(false(), false())", False),
    ("or(false(), true())", True),
    (f"or({HIDDEN}, true())", True),
    (f"or({HIDDEN}, false())", UNKNOWN),
    ("or(false(), field('kind'))", UNKNOWN),
    ("not(true())", False),
    ("not('false')", True),
    (f"not({HIDDEN})", UNKNOWN),
    (f"not({NOTHING})", UNKNOWN),
    ("coalesce(null(), 'a')", "a"),
    (f"coalesce({NOTHING}, 'a')", "a"),
    (f"coalesce('', {HIDDEN})", ""),
    (f"coalesce({HIDDEN}, 'a')", UNKNOWN),
    (f"coalesce({NOTHING}, {NOTHING})", MISSING),
]
DATES = [
    ("utcNow()", "2026-11-24T08:00:00.0000000Z"),
    ("addDays(utcNow(), -30)", "2026-10-25T08:00:00.0000000Z"),
    ("addDays('2026-12-31T00:00:00Z', 1)", "2027-01-01T00:00:00.0000000Z"),
    ("addDays(utcNow(), 99999999)", UNKNOWN),
    ("addDays(field('kind'), 1)", UNKNOWN),
    (f"addDays({NOTHING}, 1)", UNKNOWN),
    ("addDays(utcNow(), '1')", UNKNOWN),
    ("dateTimeAdd('2026-11-24T08:00:00Z', 'PT1H')", "2026-11-24T09:00:00.0000000Z"),
    ("dateTimeAdd('2026-11-24T08:00:00Z', '-P1D')", "2026-11-23T08:00:00.0000000Z"),
    ("dateTimeAdd(utcNow(), field('kind'))", UNKNOWN),
]
ADDRESSES = [
    ("ipRangeContains('10.0.0.0/24', '10.0.0.7')", True),
    ("ipRangeContains('10.0.0.0/24', '10.0.1.7')", False),
    ("ipRangeContains('10.0.0.0/8', '10.1.0.0/16')", True),
    ("ipRangeContains('10.1.0.0/16', '10.0.0.0/8')", False),
    ("ipRangeContains('192.168.0.1-192.168.0.9', '192.168.0.3')", True),
    ("ipRangeContains('192.168.0.1-192.168.0.9', '192.168.0.8-192.168.0.10')", False),
    ("ipRangeContains('10.0.0.5', '10.0.0.5')", True),
    ("ipRangeContains('2001:0DB8::/110', '2001:0DB8::3:FFFE')", True),
    ("ipRangeContains('10.0.0.0/24', concat(field('properties.nothing'), '2001:0DB8::1'))", UNKNOWN),
    ("ipRangeContains('10.0.0.9-10.0.0.1', concat(field('properties.nothing'), '10.0.0.3'))", UNKNOWN),
    ("ipRangeContains('10.0.0.0/24', field('kind'))", UNKNOWN),
    (f"ipRangeContains('10.0.0.0/24', {HIDDEN})", UNKNOWN),
]
AROUND = [
    ("requestContext().apiVersion", UNKNOWN),
    ("greaterOrEquals(requestContext().apiVersion, '2021-10-01')", UNKNOWN),
    ("tryGet(requestContext().identity, 'idtyp')", UNKNOWN),
    ("policy().assignmentId", UNKNOWN),
]
TABLES = [*TEXT, *COLLECTIONS, *NUMBERS_AND_CONVERSIONS, *COMPARISONS, *LOGIC, *DATES, *ADDRESSES, *AROUND]


@pytest.mark.parametrize(("text", "value"), TABLES)
def test_a_function_gives_what_arm_gives(text, value):
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


def test_every_function_stands_in_a_table():
    called = " ".join(text for text, _ in TABLES).lower()
    missing = [name for name in (*FUNCTIONS, *LAZY, *CONTEXT) if f"{name}(" not in called]
    assert missing == ["resourcegroup", "subscription"]  # these have tests of their own


def test_every_function_is_documented_and_none_that_is_not_there():
    page = (Path(__file__).parents[2] / "docs" / "azure-policy.md").read_text("utf-8")
    table = page.split("| functions | |", 1)[1].split("\n\n", 1)[0]
    named = {name.lower() for name in re.findall(r"`(\w+)`", table)}
    assert named == {*FUNCTIONS, *LAZY, *CONTEXT, "field", "current", "parameters"}


def test_the_resource_group_is_read_from_the_inventory():
    group = make_group({"Env": "prod"})
    assert value_of("resourceGroup().name", group) == "rg-ai"
    assert value_of("resourceGroup().tags.env", group) == "prod"
    assert value_of("resourceGroup().tags['nothing']", group) is MISSING
    assert value_of("ResourceGroup().id", group) == group.id


def test_of_a_resource_group_that_was_not_read_only_its_name_is_known():
    deployment = make_resource(DEPLOYMENT, "acct/gpt")
    assert value_of("resourceGroup().name", resource=deployment) == "rg-ai"
    assert value_of("resourceGroup().id", resource=deployment) == f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ai"
    assert value_of("resourceGroup().location", resource=deployment) is UNKNOWN
    assert value_of("resourceGroup().tags.env", resource=deployment) is UNKNOWN
    assert value_of("resourceGroup().managedBy", resource=deployment) is UNKNOWN


def test_a_resource_outside_any_group_has_none():
    loose = make_resource("Microsoft.Test/things", "it", id="/providers/Microsoft.Test/things/it")
    assert value_of("resourceGroup()", resource=loose) is MISSING
    assert value_of("empty(resourceGroup().name)", resource=loose) is True
    assert value_of("subscription()", resource=loose) is MISSING


def test_the_subscription_is_read_from_the_inventory():
    subscription = make_subscription({"team": "ai"})
    assert value_of("subscription().subscriptionId", subscription) == SUBSCRIPTION
    assert value_of("subscription().tags.team", subscription) == "ai"
    assert value_of("subscription().id") == f"/subscriptions/{SUBSCRIPTION}"
    assert value_of("subscription().displayName") is UNKNOWN


def test_a_group_or_subscription_is_its_own():
    group, subscription = make_group({"a": "b"}), make_subscription()
    assert value_of("resourceGroup().tags.a", resource=group) == "b"
    assert value_of("subscription().id", resource=subscription) == subscription.id
    assert value_of("resourceGroup()", resource=subscription) is MISSING
