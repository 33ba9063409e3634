"""Templates that multiply themselves, or are nothing but wrong: an end in time, and a gap."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.inventory import GapReason
from scanner.sources.arm_template import read, recognises
from scanner.sources.json_document import JsonDocument
from scanner.sources.options import ReadOptions
from tests.factories import json_document

SEARCH = {"type": "Microsoft.Search/searchServices", "apiVersion": "1", "name": "x"}
PATIENCE = 30.0


def chain(step: str, last: object, length: int = 60) -> dict:
    return {f"v{at}": step.replace("#", f"variables('v{at + 1}')") for at in range(length)} | {f"v{length}": last}


def loops(depth: int) -> object:
    return {"copy": [{"name": "p", "count": 800, "input": loops(depth - 1)}]} if depth else "x"


def deployments(depth: int, count: int) -> dict:
    if not depth:
        return SEARCH
    properties = {
        "expressionEvaluationOptions": {"scope": "inner"},
        "template": {"resources": [deployments(depth - 1, count)]},
    }
    loop = {"name": "l", "count": count}
    name = "[concat('d', copyIndex())]"
    return {"type": "Microsoft.Resources/deployments", "name": name, "copy": loop, "properties": properties}


def own_function() -> list:
    output = {"type": "int", "value": "[n.f(add(parameters('x'), 1))]"}
    return [{"namespace": "n", "members": {"f": {"parameters": [{"name": "x", "type": "int"}], "output": output}}}]


RANGE = "range(0, 10000)"
LONG = f"[map({RANGE}, lambda('x', concat(variables('v0'), string(lambdaVariables('x')))))]"
TEXT = "[string(variables('v1'))]"
HOSTILE = {
    "copies of copies": {"resources": [{**SEARCH, "properties": loops(4)}]},
    "copies of deployments": {"resources": [deployments(5, 800)]},
    "deployments without end": {"resources": [deployments(40, 1)]},
    "a text that doubles": {"variables": chain("[concat(#, #)]", "0123456789")},
    "an array that doubles": {"variables": chain("[createArray(#, #)]", "x")},
    "an array that doubles, as text": {
        "variables": chain("[createArray(#, #)]", "x") | {"v0": "[string(variables('v1'))]"}
    },
    "a replacement that multiplies": {"variables": chain("[replace(#, 'a', 'aaaaaaaaaa')]", "a")},
    "a number that squares": {"variables": chain("[mul(#, #)]", 1234567)},
    "a chain of variables": {"variables": chain("[#]", "x", 5000)},
    "a deep expression": {"variables": {"v0": f"[{'concat(' * 3000}'x'{')' * 3000}]"}},
    "a deep text of JSON": {"variables": {"v0": f"[json('{'[' * 30_000}')]"}},
    "a wide text": {"variables": {"v0": "[format('{0,999999999}', 'x')]"}},
    "a wide padding": {"variables": {"v0": "[padLeft('x', 999999999)]"}},
    "a long range": {"variables": {"v0": "[range(0, 999999999)]"}},
    "ranges in ranges": {"variables": {"v0": f"[map({RANGE}, lambda('x', map({RANGE}, lambda('y', {RANGE}))))]"}},
    "long texts": {
        "variables": chain("[concat(#, #)]", "0123456789", 16) | {"v": f"[map({RANGE}, lambda('x', {LONG}))]"}
    },
    "a function that calls itself": {"functions": own_function(), "variables": {"v0": "[n.f(1)]"}},
    "a function without an output": {
        "functions": [{"namespace": "n", "members": {"f": {"parameters": 3, "output": "x"}}}],
        "variables": {"v0": "[n.f()]"},
    },
    "a comment that does not end": {"variables": {"v0": f"[json('{'/* ' * 27_000}')]"}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_comes_to_an_end_with_a_gap(name):
    resource = {**SEARCH, "name": "reader", "properties": {"a": "[variables('v0')]", "b": "[variables('v')]"}}
    template = {"contentVersion": "1", "resources": [resource], "variables": {"v0": 1, "v": 1}, **HOSTILE[name]}
    started = time.monotonic()

    inventory = read(json_document(template), ReadOptions())

    assert time.monotonic() - started < PATIENCE
    assert inventory.gaps
    reasons = {gap.reason for gap in inventory.gaps}
    assert reasons <= {GapReason.MALFORMED, GapReason.TRUNCATED, GapReason.UNSUPPORTED}


EXPRESSIONS = [
    "[parameters('p')]",
    "[variables('v')]",
    "[copyIndex()]",
    "[resourceGroup().id]",
    "[reference('x').a]",
    "[null()]",
    "[",
    "[]",
    "[[x]",
    "[n.f(1)]",
    "[concat(parameters('p'),1)]",
    "[if(parameters('p'),1,2)]",
    "[createObject('a',parameters('p'))]",
    "[length(variables('v'))]",
    "[map(variables('v'),lambda('x',lambdaVariables('x')))]",
    "#/definitions/t",
    "inner",
    "outer",
    "/",
    "a/b",
    "Microsoft.Search/searchServices",
    "Microsoft.Resources/deployments",
]
KEYS = [
    "type",
    "name",
    "copy",
    "count",
    "input",
    "condition",
    "properties",
    "template",
    "templateLink",
    "parameters",
    "value",
    "resources",
    "defaultValue",
    "variables",
    "outputs",
    "functions",
    "members",
    "namespace",
    "output",
    "scope",
    "existing",
    "expressionEvaluationOptions",
    "definitions",
    "$ref",
    "nullable",
    "reference",
    "tags",
    "p",
    "v",
    "x",
    "relativePath",
]
ANYTHING = st.recursive(
    st.sampled_from(["", *EXPRESSIONS])
    | st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=400, deadline=None)
@given(sections=st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=6), resources=st.lists(ANYTHING, max_size=3))
def test_any_json_is_read_or_a_gap(sections, resources):
    template = {"contentVersion": "1.0.0.0", **sections, "resources": resources}
    assert recognises(template)

    inventory = read(JsonDocument(template, json.dumps(template), "t.json"), ReadOptions())

    assert all(resource.id.startswith("/") for resource in inventory.resources)


@settings(max_examples=400, deadline=None)
@given(text=st.text(alphabet="abcf(),.'[]01 parmetsvi_", max_size=60))
def test_any_text_is_an_expression_or_a_gap(text):
    resource = {**SEARCH, "properties": {"a": f"[{text}]"}}

    inventory = read(json_document({"contentVersion": "1", "resources": [resource]}), ReadOptions())

    assert len(inventory.resources) == 1


NAMES = st.text(alphabet="abc-", min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(prefix=NAMES, suffix=NAMES, count=st.integers(0, 4))
def test_children_of_any_unknown_name_find_their_parents(prefix, suffix, count):
    name = f"concat('{prefix}', uniqueString(resourceGroup().id), copyIndex(), '{suffix}')"
    loop = {"name": "l", "count": count}
    kind = "Microsoft.CognitiveServices/accounts"
    template = {
        "contentVersion": "1",
        "resources": [
            {"type": kind, "name": f"[{name}]", "copy": loop},
            {"type": f"{kind}/deployments", "name": f"[format('{{0}}/gpt', {name})]", "copy": loop},
        ],
    }

    inventory = read(json_document(template), ReadOptions())

    children = [resource for resource in inventory.resources if resource.type.endswith("/deployments")]
    assert len(children) == count == len(inventory.resources) - count
    assert all(inventory.parent(child) is not None for child in children)
