"""What only Azure can know is unknown at exactly the leaf it touches, and has one text in every name."""

from __future__ import annotations

import pytest

from scanner.model.inventory import Inventory
from scanner.model.resource import Origin, Resource
from scanner.model.values import UNKNOWN
from scanner.sources.options import NO_SUBSCRIPTION, ReadOptions

NOBODY_SAID = ReadOptions()
ONE = {"parameters": {"p": {"type": "string"}, "o": {"type": "object"}}}

LEAVES = [
    ("concat('a', parameters('p'))", UNKNOWN),
    ("createObject('a', parameters('p'), 'b', 1)", {"a": UNKNOWN, "b": 1}),
    ("createArray(1, parameters('p'))", [1, UNKNOWN]),
    ("concat(createArray(1), createArray(parameters('p')))", [1, UNKNOWN]),
    ("union(createObject('a', 1), createObject('b', parameters('p')))", {"a": 1, "b": UNKNOWN}),
    ("union(createObject('a', 1), parameters('o'))", UNKNOWN),
    ("union(createArray(1), createArray(parameters('p')))", UNKNOWN),
    (
        "union(createArray(createObject('n', 'a', 'k', parameters('p'))), createArray(createObject('n', 'b'), 'c'))",
        [{"n": "a", "k": UNKNOWN}, {"n": "b"}, "c"],
    ),
    (
        "union(createArray(createArray('a', parameters('p'))), createArray(createArray('b', 1), createArray('b', 1)))",
        [["a", UNKNOWN], ["b", 1]],
    ),
    (
        "union(createArray(createObject('n', 'a', 'k', parameters('p'))), createArray(createObject('n', 'a', 'k', 1)))",
        UNKNOWN,
    ),
    ("union(createArray(resourceGroup()), createArray(createObject('name', 'other')))[1]", {"name": "other"}),
    ("union(createArray(resourceGroup()), createArray(createObject('name', 'rg-ai')))", UNKNOWN),
    ("createObject('a', parameters('p'), 'b', 1).b", 1),
    ("parameters('o').anything.below[0]", UNKNOWN),
    ("tryGet(parameters('o'), 'anything')", UNKNOWN),
    ("createObject('a', 1)[parameters('p')]", UNKNOWN),
    ("length(createArray(parameters('p')))", 1),
    ("length(parameters('o'))", UNKNOWN),
    ("shallowMerge(createArray(createObject('a', 1), parameters('o')))", UNKNOWN),
    ("shallowMerge(createArray(createObject('a', 1), createObject('b', parameters('p'))))", {"a": 1, "b": UNKNOWN}),
    ("flatten(createArray(createArray(1), parameters('o')))", UNKNOWN),
    ("flatten(createArray(createArray(1), createArray(parameters('p'))))", [1, UNKNOWN]),
    ("contains(createArray('x', parameters('p')), 'x')", True),
    ("contains(createArray('x', parameters('p')), 'y')", UNKNOWN),
    ("and(false(), equals(parameters('p'), 'x'))", False),
    ("and(true(), equals(parameters('p'), 'x'))", UNKNOWN),
    ("or(true(), equals(parameters('p'), 'x'))", True),
    ("not(equals(parameters('p'), 'x'))", UNKNOWN),
    ("if(equals(parameters('p'), 'x'), 'same', 'same')", "same"),
    ("if(equals(parameters('p'), 'x'), 'one', 'two')", UNKNOWN),
    (
        "if(equals(parameters('p'), 'x'), createObject('a', 1, 'b', 2), createObject('a', 1, 'b', 3))",
        {"a": 1, "b": UNKNOWN},
    ),
    ("if(equals(parameters('p'), 'x'), createArray()[5], 'other')", UNKNOWN),
    ("coalesce(null(), parameters('p'))", UNKNOWN),
    ("map(createArray(1, parameters('p')), lambda('x', lambdaVariables('x')))", [1, UNKNOWN]),
    ("filter(createArray(1), lambda('x', equals(parameters('p'), lambdaVariables('x'))))", UNKNOWN),
    ("map(parameters('o').list, lambda('x', 1))", UNKNOWN),
    ("string(createArray(parameters('p')))", UNKNOWN),
    ("utcNow()", UNKNOWN),
    ("newGuid()", UNKNOWN),
    ("dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')", UNKNOWN),
    ("environment().suffixes.storage", UNKNOWN),
    ("listKeys('x', '2024-01-01').keys[0].value", UNKNOWN),
    ("listAccountSas('x', '2024-01-01').accountSasToken", UNKNOWN),
    ("reference('/subscriptions/s/providers/Microsoft.X/y/z').a", UNKNOWN),
    ("subscription().tenantId", UNKNOWN),
    ("tenant().tenantId", UNKNOWN),
    ("resourceGroup().location", UNKNOWN),
    ("resourceGroup().tags", UNKNOWN),
    ("deployment().name", UNKNOWN),
    ("managementGroup().name", UNKNOWN),
    ("pickZones('Microsoft.X', 'y', 'westus')", UNKNOWN),
    ("if(equals(parameters('p'), 'x'), json('{}'), reference('/subscriptions/s/providers/Microsoft.X/y/z'))", UNKNOWN),
    ("contains(if(equals(parameters('p'), 'x'), json('{}'), tenant()), 'tenantId')", UNKNOWN),
]


@pytest.mark.parametrize(("expression", "expected"), LEAVES)
def test_what_only_the_deployment_knows_is_unknown_at_its_leaf(value, expression, expected):
    assert value(expression, **ONE) == expected


def test_the_scope_is_known_where_somebody_said_it(value, templates):
    assert value("resourceGroup().id") == templates.group
    assert value("resourceGroup().name") == "rg-ai"
    assert value("subscription().subscriptionId") == templates.options.subscription


def test_hashes_are_real_where_the_scope_is_known_and_unknown_where_it_is_not(value):
    assert len(value("uniqueString(resourceGroup().id)")) == 13
    assert value("uniqueString(resourceGroup().id)", options=NOBODY_SAID) is UNKNOWN
    assert value("guid(subscription().id, 'x')", options=NOBODY_SAID) is UNKNOWN
    assert value("uniqueString('a')", options=NOBODY_SAID) == value("uniqueString('a')")


def test_the_context_says_where_and_with_which_tags_the_group_is(value, templates):
    group = {"id": templates.group, "type": "Microsoft.Resources/resourceGroups", "location": "swedencentral"}
    context = Inventory((Resource({**group, "name": "rg-ai", "tags": {"team": "search"}}, Origin("azure")),))
    options = ReadOptions(subscription=templates.options.subscription, resource_group="RG-AI", context=context)

    assert value("resourceGroup().location", options=options) == "swedencentral"
    assert value("resourceGroup().tags", options=options) == {"team": "search"}


def test_a_child_finds_its_parent_although_the_name_is_unknown(templates):
    kind = "Microsoft.CognitiveServices/accounts"
    name = "ai-', uniqueString(resourceGroup().id)"
    inventory = templates.read(
        templates.make(
            templates.resource(f"[toLower(concat('{name}))]", kind),
            templates.resource(f"[concat('{name}, '/gpt')]", f"{kind}/deployments"),
            templates.resource("[format('{0}/two', variables('account'))]", f"{kind}/deployments"),
            variables={"account": f"[concat('{name})]"},
        ),
        NOBODY_SAID,
    )

    account, first, second = inventory.resources
    assert account.id.endswith("/ai-{uniquestring(resourcegroup.id)}")
    assert f"/subscriptions/{NO_SUBSCRIPTION}/resourceGroups/unnamed-resource-group/" in account.id
    assert inventory.parent(first) is inventory.parent(second) is account


NAMES = [
    ("concat('a-', parameters('p'))", "a-{p}"),
    ("take(parameters('p'), 3)", "{take(p,3)}"),
    ("replace(concat('a-', parameters('p')), '-', '')", "a{p}"),
    ("parameters('o').names[0]", "{o.names.0}"),
    ("uniqueString(parameters('p'), 'x')", "{uniqueString(p,x)}"),
    ("if(equals(parameters('p'), 'x'), 'one', 'two')", "{if(equals(p,x),one,two)}"),
    (
        "uniqueString(concat(parameters('p'), '/what/nobody/wants/to/read'))",
        "{uniqueString(p-what-nobody-wants-to-read)}",
    ),
]


@pytest.mark.parametrize(("expression", "expected"), NAMES)
def test_an_unknown_name_is_shown_as_what_it_is_made_of(templates, expression, expected):
    (resource,) = templates.read(templates.make(templates.resource(f"[{expression}]"), **ONE)).resources

    assert resource.name == expected
    assert resource.id.rpartition("/")[2] == expected


def test_two_unknown_names_made_differently_are_two(templates):
    maps = {"one": {"AzureCloud": "a"}, "two": {"AzureCloud": "b"}}
    inventory = templates.read(
        templates.make(
            templates.resource("[variables('one')[environment().name]]"),
            templates.resource("[variables('two')[environment().name]]"),
            templates.resource("[first(map(parameters('o').x, lambda('x', concat(lambdaVariables('x'), 'a'))))]"),
            templates.resource("[first(map(parameters('o').x, lambda('x', concat(lambdaVariables('x'), 'b'))))]"),
            templates.resource("[parameters('new')]"),
            templates.resource("[parameters('other')]"),
            variables=maps,
            parameters={
                **ONE["parameters"],
                "new": {"type": "string", "defaultValue": "[newGuid()]"},
                "other": {"type": "string", "defaultValue": "[newGuid()]"},
            },
        )
    )

    assert len({resource.key for resource in inventory.resources}) == 6


def test_tags_under_an_unknown_name_make_all_tags_unknown(templates):
    resource = templates.resource(tags={"[parameters('p')]": "x", "team": "search"}, sku={"name": "basic"})

    (read,) = templates.read(templates.make(resource, **ONE)).resources

    assert read.json["tags"] is UNKNOWN
    assert read.json["sku"] == {"name": "basic"}


def test_a_name_that_is_unknown_as_a_whole_has_as_many_segments_as_its_type(templates):
    kind = "Microsoft.CognitiveServices/accounts/deployments"

    (read,) = templates.read(templates.make(templates.resource("[parameters('p')]", kind), **ONE)).resources

    assert read.id.endswith("/accounts/{p}/deployments/{p}")
