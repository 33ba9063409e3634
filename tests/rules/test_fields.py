"""Fields as Azure Policy names them: aliases, members of counted arrays, locations, and values that are computed."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.values import UNKNOWN
from scanner.rules.environment import Environment
from scanner.rules.fields import is_alias
from tests.factories import (
    ACCOUNT,
    AS_OF,
    COMPUTE,
    DEPLOYMENT,
    compiled_with_problems,
    make_group,
    make_inventory,
    make_resource,
    truth_of,
)

SEARCH = "Microsoft.Search/searchServices"
ENDPOINT = "Microsoft.Network/privateEndpoints"


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("Microsoft.Search/searchServices/sku.name", True),
        ("microsoft.search/searchservices/sku.name", True),
        ("Microsoft.CognitiveServices/accounts/deployments/model.name", True),
        ("Contoso.Things/things/x", True),
        ("ParentCo.Things/things/x", True),
        ("TagsRUs.Things/things/x", True),
        ("properties.model.name", False),
        ("tags.a/b", False),
        ("tags['a/b']", False),
        ("effectiveTags.cost/center", False),
        ("parent.tags.a/b", False),
        ("properties['a/b'].c", False),
        ("kind", False),
        ("", False),
    ],
)
def test_an_alias_begins_with_a_resource_provider(path, is_one):
    assert is_alias(path) is is_one


def test_keys_with_slashes_are_still_paths():
    body = {"tags": {"a/b": "x"}, "properties": {"c/d": {"e": 1}}}
    assert truth_of({"field": "tags.a/b", "equals": "x"}, body) is True
    assert truth_of({"field": "properties['c/d'].e", "equals": 1}, body) is True


@pytest.mark.parametrize(
    ("alias", "value"),
    [
        (f"{SEARCH}/sku.name", "standard"),
        (f"{SEARCH.upper()}/SKU.NAME", "standard"),
        (f"{SEARCH}/replicaCount", 3),
        (f"{SEARCH}/networkRuleSet.bypass", "None"),
        (f"{SEARCH}/identity.type", "SystemAssigned"),
        (f"{SEARCH}/nothing", None),
        (f"{SEARCH}/sku.nothing", None),
        (f"{SEARCH}/empty", None),
        ("Microsoft.Search/otherServices/sku.name", None),
        ("Microsoft.Search/searchServices/sharedPrivateLinkResources/status", None),
    ],
)
def test_an_alias_looks_through_the_properties_envelope_of_its_own_type(alias, value):
    service = make_resource(
        SEARCH,
        "products",
        sku={"name": "standard"},
        identity={"type": "SystemAssigned"},
        properties={"replicaCount": 3, "networkRuleSet": {"bypass": "None"}, "empty": None},
    )
    tree = {"field": alias, "exists": False} if value is None else {"field": alias, "equals": value}
    assert truth_of(tree, service) is True


def test_a_compute_has_two_envelopes():
    compute = make_resource(
        COMPUTE,
        "ws/ci",
        properties={"computeType": "ComputeInstance", "properties": {"idleTimeBeforeShutdown": "PT30M", "vmSize": "s"}},
    )
    assert truth_of({"field": f"{COMPUTE}/computeType", "equals": "computeinstance"}, compute) is True
    assert truth_of({"field": f"{COMPUTE}/idleTimeBeforeShutdown", "equals": "PT30M"}, compute) is True
    assert truth_of({"field": f"{COMPUTE}/osImageMetadata.isLatestOsImageVersion", "exists": False}, compute) is True


def test_the_nearest_envelope_that_has_the_property_wins():
    compute = make_resource(COMPUTE, "ws/c", sku=1, properties={"sku": 2, "properties": {"sku": 3, "deep": 4}})
    assert truth_of({"field": f"{COMPUTE}/sku", "equals": 1}, compute) is True
    assert truth_of({"field": f"{COMPUTE}/deep", "equals": 4}, compute) is True


def test_an_alias_on_type_name_id_or_location_means_the_property_and_not_the_resource():
    kind = "Microsoft.Compute/virtualMachines/extensions"
    extension = make_resource(kind, "vm/x", location="westeurope", properties={"type": "IaaSAntimalware"})
    assert truth_of({"field": f"{kind}/type", "equals": "IaaSAntimalware"}, extension) is True
    assert truth_of({"field": f"{kind}/name", "exists": False}, extension) is True
    assert truth_of({"field": f"{kind}/location", "exists": False}, extension) is True
    assert truth_of({"field": "type", "equals": kind}, extension) is True


@pytest.mark.parametrize(
    "alias", ["Microsoft.Compute/imagePublisher", "Microsoft.Search/sku.name", "Microsoft.Search/"]
)
def test_an_alias_names_a_type_and_a_property(alias):
    _, problems = compiled_with_problems({"field": alias, "equals": "x"})
    assert "is no " in problems.found[0].message


def connections(*states: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"/c/{at}", "name": f"c{at}", "properties": {"privateLinkServiceConnectionState": {"status": state}}}
        for at, state in enumerate(states)
    ]


STATUS = f"{SEARCH}/privateEndpointConnections[*].privateLinkServiceConnectionState.status"


@pytest.mark.parametrize(
    ("states", "approved"),
    [
        ([], 0),
        (["Approved"], 1),
        (["Pending", "approved", "Rejected", "Approved"], 2),
        ([None, "Approved"], 1),
    ],
)
def test_a_count_looks_into_the_envelopes_of_sub_resources(states, approved):
    service = make_resource(SEARCH, "s", properties={"privateEndpointConnections": connections(*states)})
    where = {"field": STATUS, "equals": "Approved"}
    count = {"field": f"{SEARCH}/privateEndpointConnections[*]", "where": where}
    assert truth_of({"count": count, "equals": approved}, service) is True


def test_a_member_without_the_property_does_not_meet_a_condition_on_it():
    service = make_resource(SEARCH, "s", properties={"privateEndpointConnections": [{"id": "/c"}, {"properties": {}}]})
    count = {"field": f"{SEARCH}/privateEndpointConnections[*]", "where": {"field": STATUS, "equals": "Approved"}}
    assert truth_of({"count": count, "equals": 0}, service) is True
    negative = {**count, "where": {"field": STATUS, "notEquals": "Approved"}}
    assert truth_of({"count": negative, "equals": 2}, service) is True
    plain = {"field": "properties.list[*]", "where": {"field": "properties.list[*].a", "equals": 1}}
    assert truth_of({"count": plain, "equals": 1}, {"properties": {"list": [{}, {"a": None}, {"a": 1}]}}) is True


def test_an_unknown_member_widens_a_count_and_an_unknown_array_leaves_it_open():
    service = make_resource(SEARCH, "s", properties={"privateEndpointConnections": connections("Approved", UNKNOWN)})
    where = {"field": STATUS, "equals": "Approved"}
    count = {"field": f"{SEARCH}/privateEndpointConnections[*]", "where": where}
    assert truth_of({"count": count, "less": 1}, service) is False
    assert truth_of({"count": count, "greater": 1}, service) is None
    hidden = make_resource(SEARCH, "s", properties={"privateEndpointConnections": UNKNOWN})
    assert truth_of({"count": count, "less": 1}, hidden) is None
    assert truth_of({"count": count, "less": 1}, make_resource(SEARCH, "s", properties=UNKNOWN)) is None


def test_an_unknown_array_inside_an_array_may_hold_any_number():
    body = {"properties": {"a": [{"b": [1]}, {"b": UNKNOWN}]}}
    assert truth_of({"count": {"field": "properties.a[*].b[*]"}, "less": 3}, body) is None
    service = make_resource(SEARCH, "s", **body)
    assert truth_of({"count": {"field": f"{SEARCH}/a[*].b[*]"}, "less": 3}, service) is None


def test_a_count_of_another_type_counts_nothing():
    service = make_resource(SEARCH, "s", properties={"privateEndpointConnections": connections("Approved")})
    count = {"field": "Microsoft.BotService/botServices/privateEndpointConnections[*]"}
    assert truth_of({"count": count, "equals": 0}, service) is True


PRIVATE_ENDPOINT = make_resource(
    ENDPOINT,
    "pe",
    properties={
        "privateLinkServiceConnections": [
            {
                "name": "one",
                "properties": {
                    "privateLinkServiceId": "/subscriptions/s/providers/Microsoft.CognitiveServices/accounts/a",
                    "groupIds": ["account"],
                },
            },
            {"name": "two", "properties": {"privateLinkServiceId": "/other", "groupIds": ["blob", "searchService"]}},
        ]
    },
)
LINKS = f"{ENDPOINT}/privateLinkServiceConnections[*]"


@pytest.mark.parametrize(
    ("group", "number"), [("account", 1), ("blob", 1), ("searchService", 1), ("none", 0), ("ACCOUNT", 1)]
)
def test_arrays_nest_in_an_alias(group, number):
    groups = f"{LINKS}.groupIds[*]"
    count = {"field": groups, "where": {"field": groups, "equals": group}}
    assert truth_of({"count": count, "equals": number}, PRIVATE_ENDPOINT) is True


@pytest.mark.parametrize(
    ("service", "group", "number"),
    [
        ("Microsoft.CognitiveServices/accounts", "account", 1),
        ("Microsoft.CognitiveServices/accounts", "blob", 0),
        ("other", "blob", 0),  # not every group of that connection is blob
        ("other", "account", 0),
    ],
)
def test_an_array_of_the_member_at_hand_holds_for_every_one_of_its_own_members(service, group, number):
    where = {
        "allOf": [
            {"field": f"{LINKS}.privateLinkServiceId", "contains": service},
            {"field": f"{LINKS}.groupIds[*]", "equals": group},
        ]
    }
    assert truth_of({"count": {"field": LINKS, "where": where}, "equals": number}, PRIVATE_ENDPOINT) is True


def test_counts_nest_over_aliases():
    groups = f"{LINKS}.groupIds[*]"
    inner = {"count": {"field": groups, "where": {"field": groups, "like": "*s*"}}, "greaterOrEquals": 1}
    assert truth_of({"count": {"field": LINKS, "where": inner}, "equals": 1}, PRIVATE_ENDPOINT) is True
    where = {"allOf": [inner, {"field": f"{LINKS}.name", "equals": "two"}]}
    assert truth_of({"count": {"field": LINKS, "where": where}, "equals": 1}, PRIVATE_ENDPOINT) is True


def test_the_documented_selections_of_an_array():
    """The table of author-policies-for-arrays, "Referencing array fields"."""
    body = {
        "tags": {"env": "prod"},
        "properties": {
            "stringArray": ["a", "b", "c"],
            "objectArray": [
                {"property": "value1", "nestedArray": [1, 2]},
                {"property": "value2", "nestedArray": [3, 4]},
            ],
        },
    }
    kind = "Microsoft.Test/resourceType"
    resource = make_resource(kind, "it", **body)

    def selects(path: str, expected: list[Any]) -> bool:
        return truth_of({"value": f"[field('{kind}/{path}')]", "equals": expected}, resource)

    assert selects("missingArray[*]", []) is True
    assert selects("missingArray[*].property", []) is True
    assert selects("stringArray", ["a", "b", "c"]) is True
    assert selects("stringArray[*]", ["a", "b", "c"]) is True
    assert selects("objectArray[*].property", ["value1", "value2"]) is True
    assert selects("objectArray[*].nestedArray", [[1, 2], [3, 4]]) is True
    assert selects("objectArray[*].nestedArray[*]", [1, 2, 3, 4]) is True
    assert truth_of({"value": f"[field('{kind}/missingArray')]", "equals": ""}, resource) is True

    where = {
        "allOf": [
            {"field": f"{kind}/objectArray[*].property", "equals": "value2"},
            {"field": f"{kind}/objectArray[*].nestedArray[*]", "greater": 2},
        ]
    }
    assert truth_of({"count": {"field": f"{kind}/objectArray[*]", "where": where}, "equals": 1}, resource) is True
    anywhere = {"count": {"field": f"{kind}/objectArray[*]", "where": {"field": "tags.env", "equals": "prod"}}}
    assert truth_of({**anywhere, "equals": 2}, resource) is True
    array = f"{kind}/stringArray[*]"
    for expression, number in (
        (f"[field('{array}')]", 0),
        (f"[first(field('{array}'))]", 3),
        (f"[current('{array}')]", 3),
        ("[current()]", 3),
    ):
        where = {"field": array, "equals": expression}
        assert truth_of({"count": {"field": array, "where": where}, "equals": number}, resource) is True


def test_field_inside_where_is_a_list_of_what_the_member_selects():
    body = {"properties": {"list": [{"a": "xyz", "in": [1, 2]}, {"in": []}]}}
    for expression, number in (
        ("[length(field('properties.list[*].a'))]", 2),  # one member each, null where it has none
        ("[length(field('properties.list[*].in'))]", 2),
        ("[length(field('properties.list[*]'))]", 2),
    ):
        where = {"value": expression, "equals": 1}
        assert truth_of({"count": {"field": "properties.list[*]", "where": where}, "equals": number}, body) is True
    where = {"value": "[length(field('properties.list[*].in[*]'))]", "equals": 2}
    assert truth_of({"count": {"field": "properties.list[*]", "where": where}, "equals": 1}, body) is True


@pytest.mark.parametrize(
    ("tree", "truth"),
    [
        ({"field": "properties.a", "equals": "[field('properties.b')]"}, True),
        ({"field": "properties.a", "equals": "[field('kind')]"}, False),
        ({"field": "properties.a", "equals": "[field('properties.none')]"}, False),
        ({"field": "properties.none", "equals": "[field('properties.none')]"}, True),
        ({"field": "properties.none", "notEquals": "[field('properties.a')]"}, True),
        ({"field": "properties.a", "equals": "[field('properties.hidden')]"}, None),
        ({"field": "properties.a", "in": ["x", "[field('properties.b')]"]}, True),
        ({"field": "properties.a", "in": "[field('properties.words')]"}, True),
        ({"field": "properties.a", "in": "[field('properties.number')]"}, None),
        ({"field": "properties.a", "in": ["[field('properties.hidden')]", "x"]}, None),
        ({"field": "properties.none", "in": ["x", "[field('properties.none')]"]}, True),
        ({"field": "properties.number", "less": "[length(field('properties.words'))]"}, False),
        ({"field": "properties.number", "greater": "[length(field('properties.words'))]"}, True),
        ({"field": "properties.number", "less": "[field('properties.none')]"}, None),
        ({"field": "name", "like": "[concat(resourceGroup().name, '*')]"}, False),
        ({"field": "properties.object", "equals": {"k": "[field('properties.b')]", "n": [7]}}, True),
        ({"field": "properties.object", "equals": {"k": "[field('kind')]", "n": [7]}}, False),
        ({"field": "[concat('properties.', parameters('which'))]", "equals": "same"}, True),
        ({"field": "properties.created", "olderThan": "[field('properties.age')]"}, True),
        ({"field": "properties.none", "less": "[field('properties.number')]", "ifMissing": "pass"}, True),
        ({"field": "properties.words[*]", "notEquals": "[field('kind')]"}, True),
        ({"count": {"field": "properties.words[*]"}, "equals": "[sub(field('properties.number'), 5)]"}, True),
    ],
)
def test_what_is_expected_may_depend_on_the_resource(tree, truth):
    body = {
        "kind": "OpenAI",
        "properties": {
            "a": "same",
            "b": "SAME",
            "words": ["x", "same"],
            "number": 7,
            "hidden": UNKNOWN,
            "object": {"K": "same", "n": [7]},
            "created": "2026-11-20T08:00:00Z",
            "age": "P3D",
        },
    }
    resource = make_resource(ACCOUNT, "it", **body)
    condition, problems = compiled_with_problems(tree, {"which": "a"})
    assert not problems.found

    env = Environment(make_inventory(resource, make_group()), AS_OF)
    assert condition.test(resource, env) is truth
    assert condition.explain(resource, env).truth is truth


@pytest.mark.parametrize(
    ("tree", "truth"),
    [
        ({"value": "x", "equals": "X"}, True),
        ({"value": 5, "greater": 4}, True),
        ({"value": ["a"], "contains": "A"}, True),
        ({"value": None, "equals": None}, True),
        ({"value": None, "equals": ""}, False),
        ({"value": "[length(field('tags'))]", "less": 3}, True),
        ({"value": "[less(length(field('tags')), 3)]", "equals": "true"}, True),
        ({"value": "[field('properties.none')]", "exists": False}, True),
        ({"value": "[field('properties.none')]", "equals": ""}, True),
        ({"value": "[field('properties.none')]", "equals": None}, True),
        ({"value": "[field('properties.none')]", "notEquals": ""}, False),
        ({"value": "[field('properties.none')]", "in": ["", "x"]}, True),
        ({"value": "[field('properties.none')]", "notIn": ["", "x"]}, False),
        ({"value": "[field('properties.none')]", "equals": "x"}, False),
        ({"value": "[field('properties.none')]", "notEquals": "x"}, True),
        ({"value": "[field('properties.none')]", "greater": 1}, False),
        ({"value": "[resourceGroup().tags[parameters('which')]]", "notEquals": ""}, False),
        ({"value": "[resourceGroup().tags.team]", "notEquals": ""}, True),
        ({"value": "[substring(field('name'), 0, 3)]", "equals": "abc"}, None),
        ({"value": "[if(greaterOrEquals(length(field('name')), 3), 'long', 'short')]", "equals": "short"}, True),
        ({"value": ["[field('kind')]", "x"], "contains": "openai"}, True),
        ({"value": "[field('properties.list[*]')]", "contains": "b"}, True),
    ],
)
def test_a_value_is_what_is_computed(tree, truth):
    resource = make_resource(ACCOUNT, "it", kind="OpenAI", tags={"a": "b"}, properties={"list": ["a", "b"]})
    condition, problems = compiled_with_problems(tree, {"which": "cost"})
    assert not problems.found

    env = Environment(make_inventory(resource, make_group({"team": "ai"})), AS_OF)
    assert condition.test(resource, env) is truth


def test_a_tag_is_inherited_as_the_built_in_definition_asks_for():
    """Azure's "Inherit a tag from the resource group if missing": violated only where the group has the tag."""
    tree = {
        "allOf": [
            {"field": "[concat('tags[', parameters('tag'), ']')]", "exists": "false"},
            {"value": "[resourceGroup().tags[parameters('tag')]]", "notEquals": ""},
        ]
    }

    def violated(tags: dict[str, str], group: dict[str, str] | None) -> Any:
        resource = make_resource(ACCOUNT, "a", tags=tags)
        others = [] if group is None else [make_group(group)]
        condition, _ = compiled_with_problems(tree, {"tag": "team"})
        return condition.test(resource, Environment(make_inventory(resource, *others), AS_OF))

    assert violated({}, {"team": "ai"}) is True
    assert violated({"Team": "x"}, {"team": "ai"}) is False
    assert violated({}, {"other": "ai"}) is False
    assert violated({}, None) is None


@pytest.mark.parametrize(
    ("tree", "truth"),
    [
        ({"field": "location", "equals": "eastus2"}, True),
        ({"field": "location", "equals": "East US 2"}, True),
        ({"field": "LOCATION", "equals": "EASTUS2"}, True),
        ({"field": "location", "in": ["West Europe", "East US 2"]}, True),
        ({"field": "location", "notIn": ["westeurope", "eastus2"]}, False),
        ({"field": "location", "like": "east*"}, True),
        ({"field": "location", "equals": "[field('properties.region')]"}, True),
        ({"field": "location", "in": "[parameters('regions')]"}, True),
        ({"field": "parent.location", "equals": "swedencentral"}, True),
        ({"field": "properties.region", "equals": "eastus2"}, False),
    ],
)
def test_locations_compare_without_blanks(tree, truth):
    account = make_resource(ACCOUNT, "acct", location="Sweden Central")
    deployment = make_resource(DEPLOYMENT, "acct/gpt", location="East US 2", properties={"region": "East US 2"})
    condition, problems = compiled_with_problems(tree, {"regions": ["East US 2"]})
    assert not problems.found

    env = Environment(make_inventory(deployment, account), AS_OF)
    judgement = condition.explain(deployment, env)
    assert judgement.truth is truth
    if truth is False:
        assert judgement.evidence[0].actual == "East US 2"


def test_a_missing_location_is_missing():
    assert truth_of({"field": "location", "exists": False}, {}) is True
    assert truth_of({"field": "location", "notEquals": "eastus2"}, {}) is True
    assert truth_of({"field": "location", "equals": "eastus2"}, {"location": UNKNOWN}) is None


def test_an_apostrophe_in_a_tags_name_is_doubled():
    body = {"tags": {"'My.Apostrophe.Tag'": "x", "it's": "y"}}
    assert truth_of({"field": "tags['''My.Apostrophe.Tag''']", "equals": "x"}, body) is True
    assert truth_of({"field": "tags['it''s']", "equals": "y"}, body) is True
    assert truth_of({"field": 'tags["it\'s"]', "equals": "y"}, body) is True
