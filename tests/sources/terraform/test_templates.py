"""Template deployments: the ARM template in a plan is read as one beside it would be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.model.inventory import GapReason
from scanner.model.values import UNKNOWN
from tests.factories import GROUP, SUBSCRIPTION

KIND = "azurerm_resource_group_template_deployment"
TEMPLATE: dict[str, Any] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"replicas": {"type": "int", "defaultValue": 1}, "name": {"type": "string", "defaultValue": "s"}},
    "resources": [
        {
            "type": "Microsoft.Search/searchServices",
            "apiVersion": "2025-05-01",
            "name": "[parameters('name')]",
            "location": "[resourceGroup().location]",
            "sku": {"name": "standard"},
            "properties": {"replicaCount": "[parameters('replicas')]"},
        }
    ],
}
AFTER = {"name": "d", "resource_group_name": GROUP, "template_content": json.dumps(TEMPLATE)}
PLACE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Search/searchServices"


def test_a_template_is_read_with_its_parameters(plan):
    parameters = {"replicas": {"value": 3}, "name": {"value": "other"}}
    address = plan.add(KIND, "x", {**AFTER, "parameters_content": json.dumps(parameters)})

    found = plan.only()
    assert (found.id, found.json["properties"]["replicaCount"]) == (f"{PLACE}/other", 3)
    assert (found.origin.source, found.origin.address, found.origin.declared) == ("terraform-plan", address, True)
    assert found.origin.pointer == "/resource_changes/0"


@pytest.mark.parametrize("mark", ["unknown", "sensitive"])
def test_parameters_that_nobody_may_know_are_unknown_where_they_are_used(plan, mark):
    after = {**AFTER, "parameters_content": None if mark == "unknown" else "{}"}
    marks = {"unknown": {"id": True}} | {mark: {"id": True, "parameters_content": True}}
    plan.add(KIND, "x", after, **marks)

    found = plan.only()
    assert found.json["properties"]["replicaCount"] is UNKNOWN
    assert found.json["sku"] == {"name": "standard"}


def test_a_deployment_that_goes_takes_nothing_into_account(plan):
    plan.add(KIND, "x", None, actions=("delete",), before={**AFTER, "id": "/x"})

    inventory = plan.read()
    assert (inventory.resources, inventory.removed) == ((), ())


@pytest.mark.parametrize(
    ("after", "unknown", "reason"),
    [
        ({"template_spec_version_id": "/spec"}, {}, GapReason.UNSUPPORTED),
        ({}, {"template_content": True}, GapReason.UNSUPPORTED),
        ({"template_content": "{"}, {}, GapReason.MALFORMED),
        ({"template_content": "[]"}, {}, GapReason.MALFORMED),
        ({"template_content": "{}", "parameters_content": "{"}, {}, GapReason.MALFORMED),
    ],
)
def test_a_template_that_cannot_be_read_is_a_gap(plan, after, unknown, reason):
    address = plan.add(KIND, "x", {"name": "d", "resource_group_name": GROUP, **after}, unknown={"id": True, **unknown})

    inventory = plan.read()
    assert [(gap.scope, gap.reason) for gap in inventory.gaps] == [(address, reason)]
    assert inventory.resources == ()


def test_a_template_of_a_subscription(plan):
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2024-03-01",
        "name": "rg-new",
        "location": "swedencentral",
        "tags": {"team": "a"},
    }
    schema = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
    template = {"$schema": schema, "contentVersion": "1.0.0.0", "resources": [group]}
    plan.add("azurerm_subscription_template_deployment", "x", {"name": "d", "template_content": json.dumps(template)})

    (found,) = plan.read().resources
    assert (found.id, found.tags) == (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-new", {"team": "a"})
