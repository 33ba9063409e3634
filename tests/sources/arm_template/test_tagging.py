"""Tests of tags that a template sets with a resource of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.model.context import in_context
from scanner.model.inventory import Inventory
from scanner.model.resource import Origin, Resource
from scanner.model.values import UNKNOWN

GROUP_TYPE = "Microsoft.Resources/subscriptions/resourceGroups"


@pytest.fixture
def tags(templates):
    def make(values, **body):
        return templates.resource("default", "Microsoft.Resources/tags", properties={"tags": values}, **body)

    return make


@pytest.fixture
def read(templates):
    def run(*resources, context=(), **sections):
        options = replace(templates.options, context=Inventory(tuple(context)))
        inventory = templates.read(templates.make(*resources, **sections), options)
        assert not inventory.gaps
        return inventory.by_key

    return run


def test_the_tags_of_the_group_are_those_that_the_template_sets(templates, tags, read):
    group = read(tags({"team": "ml", "at": "[utcNow()]"}))[templates.group.lower()]

    assert group.json["tags"] == {"team": "ml", "at": UNKNOWN}
    assert group.json["location"] is UNKNOWN
    assert (group.json["type"], group.name) == (GROUP_TYPE, "rg-ai")
    assert not group.origin.judged
    assert group.origin.pointer == "/resources/0"


def test_they_take_the_place_of_those_that_the_group_has(templates, tags, read):
    json = {"id": templates.group, "type": GROUP_TYPE, "location": "westeurope", "tags": {"old": "1"}}
    context = [Resource(json, Origin("snapshot", "context.json"))]

    change = read(tags({"team": "ml"}), context=context)
    group = in_context(Inventory(tuple(change.values())), Inventory(tuple(context))).by_key[templates.group.lower()]

    assert (group.json["location"], group.json["tags"]) == ("westeurope", {"team": "ml"})
    assert (group.origin.source, group.origin.judged) == ("snapshot", True)


@pytest.mark.parametrize(
    "scope", ["Microsoft.Search/searchServices/s", "[resourceId('Microsoft.Search/searchServices', 's')]"]
)
def test_the_tags_of_a_resource_are_replaced(templates, tags, read, scope):
    service = templates.resource("s", tags={"old": "1"}, sku={"name": "basic"})

    found = read(service, tags({"team": "ml"}, scope=scope, dependsOn=["s"]))

    (judged,) = [resource for resource in found.values() if resource.name == "s"]
    assert (judged.json["tags"], judged.json["sku"]) == ({"team": "ml"}, {"name": "basic"})
    assert judged.origin.judged
    assert judged.origin.pointer == "/resources/0"
    assert templates.group.lower() not in found


@pytest.mark.parametrize("where", ["resource", "deployment"])
def test_tags_that_may_not_be_set_are_unknown_where_they_change_something(templates, tags, read, where):
    perhaps = {"condition": "[parameters('c')]"}
    setter = tags({"team": "ml", "new": "1"}, scope="Microsoft.Search/searchServices/s")
    if where == "resource":
        setter.update(perhaps)
    else:
        setter = templates.nested(templates.make(setter), **perhaps)
    service = templates.resource("s", tags={"team": "ml", "old": "1"})

    found = read(service, setter, parameters={"c": {"type": "bool"}})

    (judged,) = [resource for resource in found.values() if resource.name == "s"]
    assert judged.json["tags"] == {"team": "ml", "old": UNKNOWN, "new": UNKNOWN}


def test_tags_that_are_unknown_as_a_whole_leave_those_of_the_group_unknown(templates, tags, read):
    group = read(tags("[union(resourceGroup().tags, createObject('team', 'ml'))]"))[templates.group.lower()]

    assert group.json["tags"] is UNKNOWN
