"""Every function that needs nothing but its arguments, with values of Microsoft's documentation where it has some."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import pytest

from scanner.expressions.functions import TEMPLATE
from scanner.sources.arm_template.evaluator import SPECIAL

DOGS = [
    {"name": "Evie", "age": 5, "interests": ["Ball", "Frisbee"]},
    {"name": "Casper", "age": 3, "interests": ["Other dogs"]},
    {"name": "Indy", "age": 2, "interests": ["Butter"]},
    {"name": "Kira", "age": 8, "interests": ["Rubs"]},
]
EVIE, CASPER, INDY, KIRA = DOGS

STRINGS = [
    ("base64('one, two, three')", "b25lLCB0d28sIHRocmVl"),
    ("base64ToString('b25lLCB0d28sIHRocmVl')", "one, two, three"),
    ("base64ToJson('eyJvbmUiOiAiYSJ9')", {"one": "a"}),
    ("concat('prefix-', 'x', 5)", "prefix-x5"),
    ("concat(createArray('1-1'), createArray('2-1', '2-2'))", ["1-1", "2-1", "2-2"]),
    ("contains('OneTwoThree', 'e')", True),
    ("contains('OneTwoThree', 'z')", False),
    ("contains(createObject('one', 'a'), 'ONE')", True),
    ("contains(createArray('one', 'two'), 'three')", False),
    ("dataUri('Hello')", "data:text/plain;charset=utf8;base64,SGVsbG8="),
    ("dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", "Hello, World!"),
    ("dataUriToString('data:,a%20b')", "a b"),
    ("empty('')", True),
    ("empty(createObject())", True),
    ("startsWith('abcdef', 'AB')", True),
    ("endsWith('abcdef', 'EF')", True),
    ("endsWith('abcdef', 'e')", False),
    ("first('One Two Three')", "O"),
    ("last('One Two Three')", "e"),
    (
        "format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)",
        "Hello, User. Formatted number: 8,175,133",
    ),
    ("format('{0:D3}|{0:000}|{0:X4}|{0,4}|{0,-4}|{{}}', 7)", "007|007|0007|   7|7   |{}"),
    ("format('{0} {1}', true(), createArray('a', 1))", 'True ["a",1]'),
    ("format('{0:D4} {1:X}', -7, -1)", "-0007 FFFFFFFFFFFFFFFF"),
    ("indexOf('test', 't')", 0),
    ("lastIndexOf('test', 't')", 3),
    ("indexOf('abcdef', 'CD')", 2),
    ("lastIndexOf('abcdef', 'z')", -1),
    ("json('{\"a\": [1, 2.5, null]}')", {"a": [1, 2.5, None]}),
    ("json('{\"a\": 1} // what a Bicep file takes in may have comments')", {"a": 1}),
    ("length('One Two Three')", 13),
    ("join(createArray('one', 'two'), '-')", "one-two"),
    ("padLeft('123', 10, '0')", "0000000123"),
    ("replace('123-123-1234', '-', '')", "1231231234"),
    ("split('one,two;three', createArray(',', ';'))", ["one", "two", "three"]),
    ("string(createArray('a', 'b'))", '["a","b"]'),
    ("string(createObject('valueA', 10))", '{"valueA":10}'),
    ("substring('one two three', 4, 3)", "two"),
    ("skip('one two three', 4)", "two three"),
    ("take('one two three', 2)", "on"),
    ("take('ab', 10)", "ab"),
    ("toLower('One TWO')", "one two"),
    ("toUpper('One')", "ONE"),
    ("trim('  one two  ')", "one two"),
    ("uri('http://contoso.org/firstpath', 'myscript.sh')", "http://contoso.org/myscript.sh"),
    ("uri('http://contoso.org/firstpath/', 'myscript.sh')", "http://contoso.org/firstpath/myscript.sh"),
    ("uri('http://contoso.org/firstpath/azuredeploy.json', 'myscript.sh')", "http://contoso.org/firstpath/myscript.sh"),
    ("uriComponent('http://contoso.com/resources/nested')", "http%3A%2F%2Fcontoso.com%2Fresources%2Fnested"),
    ("uriComponentToString('http%3A%2F%2Fcontoso.com')", "http://contoso.com"),
    ("uniqueString('tyeth')", "zcztcwvu6iyg6"),
    ("uniqueString('hello', 'world')", "a7wkljktk6wne"),
    ("guid('a', 'b')", str(uuid5(UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830"), "a-b"))),
    ("equals(guid('a', 'b'), guid('a-b'))", True),
]
ARRAYS = [
    ("array('a')", ["a"]),
    ("array(createArray(1))", [1]),
    ("flatten(createArray(createArray(1, 2), createArray(3)))", [1, 2, 3]),
    ("first(createArray())", None),
    ("indexFromEnd(createArray(1, 2, 3), 1)", 3),
    ("tryIndexFromEnd(createArray(1, 2, 3), 4)", None),
    ("intersection(createArray('one', 'two', 'three'), createArray('two', 'three'))", ["two", "three"]),
    ("intersection(createObject('one', 'a', 'two', 'b'), createObject('one', 'a', 'two', 'c'))", {"one": "a"}),
    ("lastIndexOf(createArray(1, 2, 1), 1)", 2),
    ("length(createObject('a', 1, 'b', 2))", 2),
    ("max(0, 3, 2, 5, 4)", 5),
    ("min(createArray(0, 3, 2, 5, 4))", 0),
    ("range(5, 3)", [5, 6, 7]),
    ("union(createArray('one', 'two'), createArray('two', 'four'))", ["one", "two", "four"]),
    ('union(json(\'{"p": {"a": 1, "l": [1]}}\'), json(\'{"p": {"l": [2]}}\'))', {"p": {"a": 1, "l": [2]}}),
    ('shallowMerge(json(\'[{"p": {"a": 1}}, {"p": {"b": 2}}]\'))', {"p": {"b": 2}}),
    ("objectKeys(createObject('b', 1, 'a', 2))", ["a", "b"]),
    ("items(createObject('b', 1, 'a', 2))", [{"key": "a", "value": 2}, {"key": "b", "value": 1}]),
    ("tryGet(createObject('a', createArray(createObject('b', 5))), 'A', 0, 'b')", 5),
    ("tryGet(createObject('a', 1), 'x', 'y')", None),
    ("createArray(1, 2)[1]", 2),
    ("createObject('Key', 1).kEY", 1),
]
NUMBERS = [
    ("add(5, 3)", 8),
    ("div(8, 3)", 2),
    ("div(-7, 2)", -3),
    ("mod(7, 3)", 1),
    ("mul(5, 3)", 15),
    ("sub(7, 3)", 4),
    ("int('4')", 4),
    ("float('3.5')", 3.5),
    ("bool('true')", True),
    ("and(true(), false(), bool(1))", False),
    ("or(false(), true())", True),
    ("not(false())", True),
    ("if(equals('a', 'a'), 'yes', fail('not taken'))", "yes"),
    ("coalesce(null(), null(), 'x', 'y')", "x"),
    ("equals(createArray('a', 'b'), createArray('a', 'b'))", True),
    ("equals('a', 'A')", False),
    ("less(1, 2)", True),
    ("lessOrEquals(2, 2)", True),
    ("greater('b', 'a')", True),
    ("greaterOrEquals(1, 2)", False),
    ("dateTimeFromEpoch(1683040573)", "2023-05-02T15:16:13Z"),
    ("dateTimeToEpoch('2023-05-02T15:16:13Z')", 1683040573),
    ("parseCidr('10.144.0.0/20').lastUsable", "10.144.15.254"),
    ("parseCidr('10.144.0.0/20').broadcast", "10.144.15.255"),
    ("parseCidr('fdad:3236:5555::/48').netmask", "ffff:ffff:ffff::"),
    ("contains(parseCidr('fdad:3236:5555::/48'), 'broadcast')", False),
    ("cidrSubnet('10.144.0.0/20', 24, 4)", "10.144.4.0/24"),
    ("cidrSubnet('fdad:3236:5555::/48', 52, 4)", "fdad:3236:5555:4000::/52"),
    ("cidrHost('10.144.3.0/24', 0)", "10.144.3.1"),
    ("cidrHost('fdad:3236:5555:3000::/52', 4)", "fdad:3236:5555:3000::5"),
]
V = {name: f"lambdaVariables('{name}')" for name in ("a", "b", "cur", "next", "dog", "i", "x", "y")}
AGES = {"Evie": 5, "Casper": 3, "Indy": 2, "Kira": 8}
GROUPS = {"f": ["foo"], "b": ["bar", "baz"]}
LAMBDAS: list[tuple[str, Any]] = [
    (f"filter(variables('dogs'), lambda('dog', greaterOrEquals({V['dog']}.age, 5)))", [EVIE, KIRA]),
    (f"filter(range(0, 10), lambda('i', equals(0, mod({V['i']}, 2))))", [0, 2, 4, 6, 8]),
    (f"filter(createArray('a', 'b'), lambda('x', 'i', equals({V['i']}, 1)))", ["b"]),
    (f"map(variables('dogs'), lambda('dog', {V['dog']}.name))", ["Evie", "Casper", "Indy", "Kira"]),
    (f"map(range(0, 1), lambda('i', createObject('n', variables('dogs')[{V['i']}].name)))", [{"n": "Evie"}]),
    (f"map(createArray('a'), lambda('x', map(createArray('b'), lambda('y', concat({V['x']}, {V['y']})))))", [["ab"]]),
    (f"reduce(createArray(5, 3, 2, 8), 1, lambda('cur', 'next', add({V['cur']}, {V['next']})))", 19),
    (f"reduce(variables('dogs'), createObject(), lambda('a', 'b', union({V['a']}, {V['b']})))", KIRA),
    (f"sort(variables('dogs'), lambda('a', 'b', less({V['a']}.age, {V['b']}.age)))", [INDY, CASPER, EVIE, KIRA]),
    (f"toObject(variables('dogs'), lambda('x', {V['x']}.name), lambda('x', {V['x']}.age))", AGES),
    (f"toObject(createArray('a'), lambda('x', {V['x']}))", {"a": "a"}),
    (f"groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring({V['x']}, 0, 1)))", GROUPS),
    (f"mapValues(createObject('a', 1), lambda('x', add({V['x']}, 1)))", {"a": 2}),
]


@pytest.mark.parametrize(("expression", "expected"), [*STRINGS, *ARRAYS, *NUMBERS, *LAMBDAS])
def test_a_function_gives_what_the_documentation_says(templates, expression, expected):
    assert templates.value(expression, variables={"dogs": DOGS}) == expected


def test_every_function_is_tried_here():
    tried = " ".join(expression for expression, _ in (*STRINGS, *ARRAYS, *NUMBERS, *LAMBDAS)).lower()

    assert not [name for name in TEMPLATE if f"{name}(" not in tried and name != "datetimeadd"]


IMPOSSIBLE = [
    ("substring('abc', 2, 5)", "'substring' cannot take a text, a number, a number"),
    ("add(1, 'x')", "'add' cannot take a number, a text"),
    ("div(1, 0)", "'div' cannot take"),
    ("toLower(5)", "'toLower' cannot take a number"),
    ("range(0, 10001)", "'range' cannot take"),
    ("json('{')", "'json' cannot take a text"),
    ("format('{2}', 'x')", "'format' cannot take"),
    ("padLeft('x', 100000000)", "'padLeft' cannot take"),
    ("mul(9223372036854775807, 2)", "a number that is too large"),
    ("createArray(1)[1]", "the array has 1 members, and none at 1"),
    ("createObject('location', 1).lokation", "did you mean 'location'?"),
    ("null().x", "null has no member 'x'"),
    ("concatt('a')", "there is no function 'concatt' (did you mean 'concat'?)"),
    ("concat()", "'concat' takes at least 1 argument, not 0"),
    ("if(true(), 1)", "'if' takes 3 arguments"),
    ("parameters('nmae')", "there is no parameter 'nmae' (did you mean 'name'?)"),
    ("variables('nmae')", "there is no variable 'nmae' (did you mean 'name'?)"),
    ("copyIndex()", "stands in no such copy loop"),
    ("map(5, lambda('x', 1))", "'map' takes an array, not a number"),
    ("map(createArray(1), 5)", "a lambda should stand where something else does"),
    ("lambdaVariables('x')", "no lambda around has the variable 'x'"),
    ("resourceId('name')", "no argument is a resource type"),
    ("resourceId('Microsoft.X/a/b', 'n')", "as many"),
    ("fail('the region is closed')", "the region is closed"),
    ("concat('a'", "where ')' should be"),
    ("own.f(1)", "there is no function 'own.f'"),
]


@pytest.mark.parametrize(("expression", "expected"), IMPOSSIBLE)
def test_an_impossible_call_is_a_gap_with_its_place(templates, expression, expected):
    sections = {"parameters": {"name": {"type": "string", "defaultValue": ""}}, "variables": {"name": ""}}

    complaint = templates.complaint(expression, **sections)

    assert complaint.startswith("/resources/0/properties/it: ")
    assert expected in complaint


def test_no_function_is_there_twice():
    assert not SPECIAL.keys() & TEMPLATE.keys() - {"contains", "tryget", "guid", "union", "uniquestring"}
