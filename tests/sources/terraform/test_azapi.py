"""azapi: bodies as texts (1.x) and as objects (2.x), parents by reference, updates over what they change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.model.inventory import GapReason
from scanner.model.values import UNKNOWN
from tests.factories import ACCOUNT, COMPUTE, GROUP, SUBSCRIPTION, arm_id, make_inventory, make_resource

HERE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
DEPLOYMENT = "Microsoft.CognitiveServices/accounts/deployments@2024-10-01"
WORKSPACE_ID = arm_id("Microsoft.MachineLearningServices/workspaces", "ws")
BODY = {"sku": {"name": "Standard", "capacity": 120}, "properties": {"model": {"name": "gpt-4o"}}}
IDLE = "properties.properties.idleTimeBeforeShutdown"


@pytest.mark.parametrize("body", [BODY, json.dumps(BODY)], ids=["2.x", "1.x"])
def test_a_body_is_an_object_or_its_text(plan, body):
    after = {"type": DEPLOYMENT, "name": "gpt", "parent_id": arm_id(ACCOUNT, "acct"), "body": body, "tags": {"a": "b"}}
    plan.add("azapi_resource", "x", after)

    found = plan.only()
    assert found.id == f"{arm_id(ACCOUNT, 'acct')}/deployments/gpt"
    assert found.type == "microsoft.cognitiveservices/accounts/deployments"
    assert (found.json["sku"], found.json["properties"], found.tags) == (BODY["sku"], BODY["properties"], {"a": "b"})


def test_a_part_of_an_object_may_be_unknown_a_text_is_unknown_as_a_whole(plan):
    top = {"type": DEPLOYMENT, "parent_id": arm_id(ACCOUNT, "acct")}
    part = {"id": True, "body": {"sku": {"capacity": True}}}
    plan.add("azapi_resource", "new", {**top, "name": "new", "body": {"sku": {"name": "Standard"}}}, unknown=part)
    plan.add("azapi_resource", "old", {**top, "name": "old"}, unknown={"id": True, "body": True})

    new, old = plan.read().resources
    assert new.json["sku"] == {"name": "Standard", "capacity": UNKNOWN}
    assert (old.json["sku"], old.json["properties"]) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize("text", ["{", "[1]", '"x"', "null", "[" * 5000])
def test_a_text_that_is_no_object_gives_nothing_or_nothing_known(plan, text):
    plan.add("azapi_resource", "x", {"type": DEPLOYMENT, "name": "x", "parent_id": HERE, "body": text})

    assert plan.only().json.get("properties") in {None, UNKNOWN}


@pytest.mark.parametrize(
    ("kind", "parent", "expected"),
    [
        ("Microsoft.Search/searchServices@2025-05-01", HERE, f"{HERE}/providers/Microsoft.Search/searchServices/x"),
        (f"{ENDPOINT}@2025-06-01", WORKSPACE_ID, f"{WORKSPACE_ID}/onlineEndpoints/x"),
        ("Microsoft.Insights/diagnosticSettings@2021-05-01-preview", WORKSPACE_ID, None),
        ("Microsoft.Resources/resourceGroups@2024-03-01", f"/subscriptions/{SUBSCRIPTION}", None),
        ("Microsoft.Resources/resourceGroups@2024-03-01", None, f"/subscriptions/{SUBSCRIPTION}/resourceGroups/x"),
        ("Microsoft.Management/managementGroups@2023-04-01", "/", "/providers/Microsoft.Management/managementGroups/x"),
    ],
)
def test_the_id_is_made_of_parent_type_and_name(plan, kind, parent, expected):
    plan.add("azapi_resource", "x", {"type": kind, "name": "x", "parent_id": parent})

    special = {
        "Microsoft.Insights": f"{WORKSPACE_ID}/providers/Microsoft.Insights/diagnosticSettings/x",
        "Microsoft.Resources": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/x",
    }
    (found,) = plan.read().resources
    assert found.id == (expected or special[kind.partition("/")[0]])


def test_parents_across_providers(plan):
    after = {"name": "ws", "resource_group_name": GROUP, "location": "x"}
    plan.add("azurerm_machine_learning_workspace", "ws", after)
    unknown = {"id": True, "parent_id": True}
    workspace = ["azurerm_machine_learning_workspace.ws.id", "azurerm_machine_learning_workspace.ws"]
    endpoint = ["azapi_resource.endpoint.id", "azapi_resource.endpoint"]
    plan.add("azapi_resource", "endpoint", {"type": ENDPOINT, "name": "e"}, unknown=unknown, parent_id=workspace)
    plan.add(
        "azapi_resource",
        "blue",
        {"type": f"{ENDPOINT}/deployments@1", "name": "blue"},
        unknown=unknown,
        parent_id=endpoint,
    )

    assert [one.id for one in plan.read().resources] == [
        WORKSPACE_ID,
        f"{WORKSPACE_ID}/onlineEndpoints/e",
        f"{WORKSPACE_ID}/onlineEndpoints/e/deployments/blue",
    ]


def test_an_extension_lies_in_whatever_it_refers_to(plan):
    plan.add("azurerm_search_service", "s", {"name": "s", "resource_group_name": GROUP, "sku": "basic"})
    setting = {"type": "Microsoft.Insights/diagnosticSettings@2021-05-01-preview", "name": "logs"}
    references = ["azurerm_search_service.s.id", "azurerm_search_service.s"]
    plan.add("azapi_resource", "logs", setting, unknown={"id": True, "parent_id": True}, parent_id=references)

    service, logs = plan.read().resources
    assert logs.id == f"{service.id}/providers/Microsoft.Insights/diagnosticSettings/logs"


def instance(plan: Any, **more: Any) -> None:
    after = {"name": "ci", "machine_learning_workspace_id": WORKSPACE_ID, "virtual_machine_size": "Standard_DS3_v2"}
    plan.add("azurerm_machine_learning_compute_instance", "ci", after, **more)


def update(plan: Any, time: str = "PT30M", **more: Any) -> None:
    body = {"properties": {"properties": {"idleTimeBeforeShutdown": time}}}
    references = ["azurerm_machine_learning_compute_instance.ci.id", "azurerm_machine_learning_compute_instance.ci"]
    plan.add(
        "azapi_update_resource",
        "idle",
        {"type": f"{COMPUTE}@2025-06-01", "body": body},
        unknown={"id": True, "resource_id": True},
        resource_id=references,
        **more,
    )


def test_an_update_is_merged_into_what_it_changes(plan):
    update(plan)
    instance(plan)

    found = plan.only()
    inner = found.json["properties"]["properties"]
    assert (inner["idleTimeBeforeShutdown"], inner["vmSize"]) == ("PT30M", "Standard_DS3_v2")
    assert IDLE not in [path for path, _ in found.origin.caveats]
    assert found.origin.address == "azurerm_machine_learning_compute_instance.ci"


def test_an_update_that_goes_changes_nothing(plan):
    instance(plan)
    update(plan, actions=("delete",), before={"type": f"{COMPUTE}@2025-06-01", "id": "/x"})

    inventory = plan.read()
    assert "idleTimeBeforeShutdown" not in inventory.resources[0].json["properties"]["properties"]
    assert inventory.removed == ()


def test_an_update_of_what_exists_is_laid_over_the_context(plan):
    there = make_resource(
        COMPUTE, "ws/ci", properties={"computeType": "ComputeInstance", "properties": {"vmSize": "a"}}
    )
    after = {"type": f"{COMPUTE}@1", "resource_id": there.id, "body": {"properties": {"properties": {"vmSize": "b"}}}}
    plan.add("azapi_update_resource", "x", after)

    found = plan.only(context=make_inventory(there))
    assert found.json["properties"] == {"computeType": "ComputeInstance", "properties": {"vmSize": "b"}}
    assert (found.origin.address, found.origin.declared) == ("azapi_update_resource.x", True)


def test_an_update_of_something_that_is_nowhere_is_a_gap_where_it_is_about_ai(plan):
    for kind in (COMPUTE, "Microsoft.Network/virtualNetworks"):
        after = {"type": f"{kind}@1", "resource_id": arm_id(kind, "a/b" if kind == COMPUTE else "a")}
        plan.add("azapi_update_resource", kind.partition("/")[0].partition(".")[2], after)

    (gap,) = plan.read().gaps
    assert (gap.scope, gap.what, gap.reason) == (
        "azapi_update_resource.MachineLearningServices",
        COMPUTE,
        GapReason.NOT_FOUND,
    )


def test_an_update_by_name_and_parent(plan):
    instance(plan)
    body = {"properties": {"description": "x"}}
    after = {"type": f"{COMPUTE}@1", "name": "ci", "parent_id": WORKSPACE_ID, "body": body}
    plan.add("azapi_update_resource", "x", after, unknown={"id": True, "resource_id": True})

    assert plan.only().json["properties"]["description"] == "x"


def test_a_target_that_is_judged_because_an_update_changes_it(plan):
    known = f"{WORKSPACE_ID}/computes/ci"
    instance(plan, actions=("no-op",), before={"id": known})
    plan.value["resource_changes"][0]["change"]["after"]["id"] = known
    after = {"type": f"{COMPUTE}@1", "resource_id": known, "body": {"properties": {"description": "x"}}}
    plan.add("azapi_update_resource", "x", after)

    assert plan.only(changed_only=True).id == known


def test_an_action_is_no_resource(plan):
    plan.add("azapi_resource_action", "x", {"type": DEPLOYMENT, "resource_id": "/x", "action": "purge"})

    inventory = plan.read()
    assert (inventory.resources, inventory.gaps) == ((), ())


def test_secrets_in_a_body_are_not_kept(plan):
    body = {
        "properties": {"apiKey": "hunter2", "connection": "AccountKey=hunter2;x=y", "password": "hunter2", "ok": "1"}
    }
    after = {"type": "Microsoft.Search/searchServices@1", "name": "x", "parent_id": HERE, "body": body}
    plan.add("azapi_resource", "x", after, sensitive={"body": {"properties": {"ok": True}}})

    found = plan.only()
    assert "hunter2" not in str(found.json)
    assert found.json["properties"]["ok"] is UNKNOWN


@pytest.mark.parametrize("kind", ["azapi_resource", "azapi_update_resource"])
def test_a_resource_whose_type_is_known_only_after_apply_is_a_gap(plan, kind):
    plan.add(kind, "x", {"name": "x", "body": BODY}, unknown={"id": True, "type": True})

    (gap,) = plan.read().gaps
    assert (gap.scope, gap.what, gap.reason) == (f"{kind}.x", kind, GapReason.UNSUPPORTED)
