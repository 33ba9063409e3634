"""Breadth: Resource Graph where it answers, Azure Resource Manager where it does not or shows nothing."""

import json
from datetime import timedelta

import pytest

from scanner.model.needs import FactNeed, MetricQuery
from scanner.sources.azure.resource_graph import ROWS_A_PAGE, SUBSCRIPTIONS_A_QUERY
from tests.sources.azure.fakes import ARM, GRAPH, GROUP, SUBSCRIPTION, gaps_of, needs, subscription

SEARCH_TYPE = "Microsoft.Search/searchServices"
BOT_TYPE = "Microsoft.BotService/botServices"
ENDPOINT_TYPE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
SEARCH = f"{GROUP}/providers/{SEARCH_TYPE}/find"
OTHER = "/subscriptions/0b000000-0000-0000-0000-000000000002"
NEEDS = needs(SEARCH_TYPE.lower(), BOT_TYPE.lower())
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/ml"


def row(path=SEARCH, arm_type=SEARCH_TYPE, **more):
    """A row as Resource Graph writes it: the type in lower case, null and "" for what is not there."""
    empty = {"kind": "", "location": "eastus2", "tags": None, "sku": None, "identity": None}
    return {"id": path, "name": path.rpartition("/")[2], "type": arm_type.lower(), **empty, "properties": {}, **more}


def arm_item(path=SEARCH, kind=SEARCH_TYPE):
    return {"id": path, "name": path.rpartition("/")[2], "type": kind, "properties": {}}


def serve_workspace(arm, *more):
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(f"{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces", {"id": WORKSPACE}, *more)


@pytest.fixture
def tenant(arm):
    """Two subscriptions without groups."""
    arm.lists("/subscriptions", subscription(), subscription(OTHER))
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(f"{OTHER}/resourcegroups")
    return arm


def queries(arm):
    return [json.loads(call.body) for call in arm.calls if call.path == GRAPH]


def lists(arm):
    """The lists that were asked of Azure Resource Manager, below the subscriptions."""
    return [call.path for call in arm.calls if "/providers/" in call.path and call.path != GRAPH]


def test_one_query_takes_the_place_of_the_lists(tenant):
    bot = f"{OTHER}/resourceGroups/rg/providers/{BOT_TYPE}/helper"
    tenant.graph(
        row(sku={"name": "basic"}, tags={"Owner": "ai"}, properties={"replicaCount": 1, "newField": [1]}),
        row(bot, BOT_TYPE, kind="azurebot"),
    )
    inventory = tenant.collect(NEEDS)
    assert [one.json for one in inventory.scanned] == [
        {
            "id": SEARCH,
            "type": SEARCH_TYPE,
            "name": "find",
            "location": "eastus2",
            "tags": {"Owner": "ai"},
            "sku": {"name": "basic"},
            "properties": {"replicaCount": 1, "newField": [1]},
        },
        {
            "id": bot,
            "type": BOT_TYPE,
            "name": "helper",
            "kind": "azurebot",
            "location": "eastus2",
            "properties": {},
        },
    ]
    assert not inventory.gaps
    assert not lists(tenant)
    (call,) = [call for call in tenant.calls if call.path == GRAPH]
    assert (call.method, call.query) == ("POST", {"api-version": "2021-03-01"})
    assert call.headers["Authorization"] == "Bearer token-for-https://management.azure.com/.default"
    assert json.loads(call.body) == {
        "subscriptions": [SUBSCRIPTION.rpartition("/")[2], OTHER.rpartition("/")[2]],
        "query": "resources | where type in~ ('microsoft.botservice/botservices', 'microsoft.search/searchservices')"
        " | project id, name, type, kind, location, tags, sku, identity, properties | order by id asc",
        "options": {"resultFormat": "objectArray", "$top": 1000},
    }


def test_types_that_no_rule_needs_are_not_asked_for(tenant):
    tenant.collect(needs("microsoft.resources/subscriptions"))
    assert not queries(tenant)


def test_pages_are_followed_with_their_token(tenant):
    more = f"{OTHER}/resourceGroups/rg/providers/{SEARCH_TYPE}/more"
    tenant.graph(row(), token="next-1")
    tenant.graph(row(more), row(f"{OTHER}/resourceGroups/rg/providers/{BOT_TYPE}/b", BOT_TYPE))
    inventory = tenant.collect(NEEDS)
    assert [one.name for one in inventory.scanned] == ["find", "more", "b"]
    first, second = (one["options"] for one in queries(tenant))
    assert first == {"resultFormat": "objectArray", "$top": ROWS_A_PAGE}
    assert second == {**first, "$skipToken": "next-1"}
    assert not inventory.gaps


def test_many_subscriptions_are_asked_for_in_groups(arm, monkeypatch):
    monkeypatch.setattr("scanner.sources.azure.resource_graph.SUBSCRIPTIONS_A_QUERY", 3)
    paths = [f"/subscriptions/0c000000-0000-0000-0000-000000000{number:03}" for number in range(5)]
    arm.lists("/subscriptions", *(subscription(one) for one in paths))
    for one in paths:
        arm.lists(f"{one}/resourcegroups")
    services = [f"{one}/resourceGroups/rg/providers/{SEARCH_TYPE}/s" for one in paths]
    arm.graph(*(row(one) for one in reversed(services[:3])))
    arm.graph(*(row(one) for one in services[3:]))
    inventory = arm.collect(needs(SEARCH_TYPE.lower()))
    assert [len(one["subscriptions"]) for one in queries(arm)] == [3, 2]
    assert SUBSCRIPTIONS_A_QUERY == 300
    assert [one.id for one in inventory.scanned] == services
    assert not inventory.gaps


def test_a_type_of_which_there_is_no_row_is_asked_of_azure_resource_manager(tenant):
    tenant.graph(row(), row(f"{OTHER}/resourceGroups/rg/providers/{SEARCH_TYPE}/more"))
    hidden = f"{GROUP}/providers/{BOT_TYPE}/hidden"
    tenant.lists(f"{SUBSCRIPTION}/providers/{BOT_TYPE}", arm_item(hidden, BOT_TYPE))
    tenant.error(f"{OTHER}/providers/{BOT_TYPE}", 403, "AuthorizationFailed")
    inventory = tenant.collect(NEEDS)
    assert {one.name for one in inventory.scanned} == {"find", "more", "hidden"}
    assert gaps_of(inventory) == {(OTHER, BOT_TYPE, "forbidden")}
    assert sorted(lists(tenant)) == [f"{one}/providers/{BOT_TYPE}" for one in (SUBSCRIPTION, OTHER)]


def test_a_subscription_of_which_there_is_no_row_is_asked_of_azure_resource_manager(tenant):
    tenant.graph(row(), row(f"{GROUP}/providers/{BOT_TYPE}/b", BOT_TYPE))
    tenant.error(f"{OTHER}/providers/{SEARCH_TYPE}", 403, "AuthorizationFailed")
    tenant.lists(f"{OTHER}/providers/{BOT_TYPE}")
    inventory = tenant.collect(NEEDS)
    assert gaps_of(inventory) == {(OTHER, SEARCH_TYPE, "forbidden")}
    assert sorted(lists(tenant)) == [f"{OTHER}/providers/{BOT_TYPE}", f"{OTHER}/providers/{SEARCH_TYPE}"]


@pytest.mark.parametrize(
    "trouble",
    [
        {"json": {"error": {"code": "Forbidden", "message": "no"}}, "status": 403},
        {"json": {"error": {"code": "NotFound", "message": "no"}}, "status": 404},
        {"json": {"error": {"code": "BadRequest", "message": "no"}}, "status": 400},
        {"json": {}, "status": 503},
        {"body": b"<html>"},
        {"json": []},
        {"json": {"data": {"columns": [], "rows": []}}},
        {"json": {"data": [row(), {"name": "no id"}]}},
        {"json": {"data": [row()], "$skipToken": 5}},
        {"json": {"data": [row()], "$skipToken": "always the same"}},
        {"json": {"data": []}},
        {"json": {"data": [row("/subscriptions/of-somebody-else/resourceGroups/g/providers/x/y/z")]}},
    ],
)
def test_whatever_is_wrong_with_the_answer_the_lists_are_asked_for(tenant, trouble):
    tenant.answer(GRAPH, method="POST", **trouble)
    for one in (SUBSCRIPTION, OTHER):
        tenant.lists(f"{one}/providers/{SEARCH_TYPE}", *([arm_item()] if one == SUBSCRIPTION else []))
        tenant.lists(f"{one}/providers/{BOT_TYPE}")
    inventory = tenant.collect(NEEDS)
    assert [one.json for one in inventory.scanned] == [arm_item()]
    assert not inventory.gaps
    assert len(lists(tenant)) == 4


def test_one_group_that_fails_leaves_the_others(arm, monkeypatch):
    monkeypatch.setattr("scanner.sources.azure.resource_graph.SUBSCRIPTIONS_A_QUERY", 1)
    arm.lists("/subscriptions", subscription(), subscription(OTHER))
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(f"{OTHER}/resourcegroups")
    arm.graph(row())
    arm.error(GRAPH, 403, "Forbidden", method="POST")
    arm.lists(f"{OTHER}/providers/{SEARCH_TYPE}")
    inventory = arm.collect(needs(SEARCH_TYPE.lower()))
    assert ([one.name for one in inventory.scanned], inventory.gaps) == (["find"], ())
    assert lists(arm) == [f"{OTHER}/providers/{SEARCH_TYPE}"]


@pytest.mark.parametrize(
    "sign", [{"truncated": True}, {"headers": {"x-ms-tenant-subscription-limit-hit": "true"}}], ids=["rows", "tenant"]
)
def test_an_answer_that_was_cut_is_a_gap_of_every_type(tenant, sign):
    tenant.graph(row(), row(f"{OTHER}/resourceGroups/rg/providers/{BOT_TYPE}/b", BOT_TYPE), **sign)
    inventory = tenant.collect(NEEDS)
    assert [one.name for one in inventory.scanned] == ["find", "b"]
    assert gaps_of(inventory) == {
        (one, kind, "truncated") for one in (SUBSCRIPTION, OTHER) for kind in (SEARCH_TYPE, BOT_TYPE)
    }


def test_a_cut_answer_about_children_is_a_gap_of_each_parent(arm):
    endpoint = f"{WORKSPACE}/onlineEndpoints/e"
    serve_workspace(arm)
    arm.graph(
        row(endpoint, ENDPOINT_TYPE), row(f"{endpoint}/deployments/b", f"{ENDPOINT_TYPE}/deployments"), truncated=True
    )
    inventory = arm.collect(needs(f"{ENDPOINT_TYPE}/deployments".lower()))
    assert gaps_of(inventory) == {
        (WORKSPACE, ENDPOINT_TYPE, "truncated"),
        (endpoint, f"{ENDPOINT_TYPE}/deployments", "truncated"),
    }


def test_where_an_age_matters_the_workspaces_with_endpoints_are_asked_for_theirs(arm):
    empty = f"{WORKSPACE}-empty"
    old, young = f"{WORKSPACE}/onlineEndpoints/old", f"{WORKSPACE}/onlineEndpoints/young"
    serve_workspace(arm, {"id": empty})
    arm.graph(row(old, ENDPOINT_TYPE), row(young, ENDPOINT_TYPE))
    dated = {**arm_item(old, ENDPOINT_TYPE), "systemData": {"createdAt": "2026-01-01T00:00:00Z"}}
    arm.lists(f"{WORKSPACE}/onlineEndpoints", dated)
    query = MetricQuery("RequestsPerMinute", "average", "PT1H", timedelta(days=14))
    need = FactNeed("metrics", frozenset({ENDPOINT_TYPE.lower()}), lambda *_: False, query)
    inventory = arm.collect(needs(ENDPOINT_TYPE.lower(), facts=(need,)))
    endpoints = inventory.by_type[ENDPOINT_TYPE.lower()]
    assert [one.json.get("systemData") for one in endpoints] == [{"createdAt": "2026-01-01T00:00:00Z"}, None]
    assert lists(arm)[1:] == [f"{WORKSPACE}/onlineEndpoints"]
    assert not inventory.gaps


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:04"}, [4]),
        ({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "02:00:00"}, [60]),
        ({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "soon"}, []),
        ({"x-ms-user-quota-remaining": "3", "x-ms-user-quota-resets-after": "00:00:04"}, []),
        ({}, []),
    ],
)
def test_when_the_quota_of_queries_is_used_up_the_next_page_waits(tenant, headers, waits):
    tenant.graph(row(), token="next", headers=headers)
    tenant.graph(row(f"{OTHER}/resourceGroups/rg/providers/{SEARCH_TYPE}/more"), headers=headers)
    tenant.collect(needs(SEARCH_TYPE.lower()))
    assert tenant.slept == waits


def test_the_next_group_of_subscriptions_waits_too(tenant, monkeypatch):
    monkeypatch.setattr("scanner.sources.azure.resource_graph.SUBSCRIPTIONS_A_QUERY", 1)
    used_up = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:05"}
    tenant.graph(row(), headers=used_up)
    tenant.graph(row(f"{OTHER}/resourceGroups/rg/providers/{SEARCH_TYPE}/more"), headers=used_up)
    tenant.collect(needs(SEARCH_TYPE.lower()))
    assert tenant.slept == [5]


def test_throttled_queries_are_repeated(tenant):
    tenant.error(GRAPH, 429, "RateLimiting", method="POST", headers={"Retry-After": "2"})
    tenant.graph(row(), row(f"{OTHER}/resourceGroups/rg/providers/{SEARCH_TYPE}/more"))
    assert not tenant.collect(needs(SEARCH_TYPE.lower())).gaps
    assert len(queries(tenant)) == 2
    assert not lists(tenant)


def test_endpoints_and_their_deployments_come_with_their_workspace(arm):
    endpoint, deployment = f"{WORKSPACE}/onlineEndpoints/e", f"{WORKSPACE}/onlineEndpoints/e/deployments/blue"
    serve_workspace(arm)
    arm.graph(row(endpoint, ENDPOINT_TYPE), row(deployment, f"{ENDPOINT_TYPE}/deployments"))
    inventory = arm.collect(needs(f"{ENDPOINT_TYPE}/deployments".lower()))
    assert [one.id for one in inventory.scanned] == [WORKSPACE, endpoint, deployment]
    assert lists(arm) == [f"{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces"]
    assert ENDPOINT_TYPE.lower() in queries(arm)[0]["query"]


def test_without_resource_graph_endpoints_are_read_below_their_workspace(arm):
    endpoint = f"{WORKSPACE}/onlineEndpoints/e"
    serve_workspace(arm)
    arm.error(GRAPH, 404, "NotFound", method="POST")
    arm.lists(f"{WORKSPACE}/onlineEndpoints", arm_item(endpoint, ENDPOINT_TYPE))
    arm.lists(f"{endpoint}/deployments", arm_item(f"{endpoint}/deployments/blue", f"{ENDPOINT_TYPE}/deployments"))
    arm.error(f"{WORKSPACE}/serverlessEndpoints", 500, "InternalServerError")
    types = (f"{ENDPOINT_TYPE}/deployments", "Microsoft.MachineLearningServices/workspaces/serverlessEndpoints")
    inventory = arm.collect(needs(*(one.lower() for one in types)))
    assert [one.name for one in inventory.scanned] == ["ml", "e", "blue"]
    assert gaps_of(inventory) == {(WORKSPACE, types[1], "serverError")}


def test_rows_outside_the_chosen_groups_are_left_out(arm):
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups", {"id": GROUP, "name": "rg-chat"})
    arm.graph(row(), row(f"{SUBSCRIPTION}/resourceGroups/rg-other/providers/{SEARCH_TYPE}/other"))
    inventory = arm.collect(needs(SEARCH_TYPE.lower()), resource_groups=("RG-Chat",))
    assert [one.id for one in inventory.scanned] == [SEARCH]
    assert not lists(arm)


def test_the_query_is_the_only_thing_that_is_posted(tenant):
    tenant.graph(row(), row(f"{OTHER}/resourceGroups/rg/providers/{SEARCH_TYPE}/more"))
    tenant.collect(needs(SEARCH_TYPE.lower()))
    assert [call.url for call in tenant.calls if call.method != "GET"] == [f"{ARM}{GRAPH}?api-version=2021-03-01"]
