"""The same resources, as Azure shows them and as a template declares them, get the same findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main

TAGS = {"environment": "dev", "team": "search", "workload": "chat", "cost-center": "42"}
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
ACCOUNT = "Microsoft.CognitiveServices/accounts"
MODEL = {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"}
CLUSTER = {
    "computeType": "AmlCompute",
    "properties": {
        "vmSize": "Standard_NC24ads_A100_v4",
        "vmPriority": "Dedicated",
        "scaleSettings": {"minNodeCount": 1, "maxNodeCount": 40, "nodeIdleTimeBeforeScaleDown": "PT2H"},
    },
}
ESTATE: list[dict[str, Any]] = [
    {"type": ACCOUNT, "name": "ai", "kind": "OpenAI", "location": "swedencentral", "tags": TAGS, "properties": {}},
    {
        "type": f"{ACCOUNT}/deployments",
        "name": "ai/gpt",
        "sku": {"name": "GlobalStandard", "capacity": 500},
        "properties": {"model": MODEL, "versionUpgradeOption": "NoAutoUpgrade"},
    },
    {
        "type": f"{ACCOUNT}/deployments",
        "name": "ai/ptu",
        "sku": {"name": "GlobalProvisionedManaged", "capacity": 100},
        "properties": {"model": MODEL, "versionUpgradeOption": "OnceCurrentVersionExpired", "raiPolicyName": "strict"},
    },
    {"type": WORKSPACE, "name": "ws", "kind": "Default", "location": "swedencentral", "tags": {}, "properties": {}},
    {"type": f"{WORKSPACE}/computes", "name": "ws/gpu", "location": "swedencentral", "properties": CLUSTER},
    {
        "type": f"{WORKSPACE}/computes",
        "name": "ws/box",
        "location": "swedencentral",
        "properties": {"computeType": "ComputeInstance", "properties": {"vmSize": "Standard_DS3_v2"}},
    },
    {
        "type": "Microsoft.Search/searchServices",
        "name": "find",
        "location": "swedencentral",
        "tags": TAGS,
        "sku": {"name": "standard2"},
        "properties": {"replicaCount": 3, "partitionCount": 2, "hostingMode": "default"},
    },
]


def live(group: str) -> list[dict[str, Any]]:
    found = []
    for item in ESTATE:
        provider, *types = item["type"].split("/")
        names = item["name"].split("/")
        pairs = "/".join(f"{kind}/{name}" for kind, name in zip(types, names, strict=True))
        properties = {**item["properties"], "provisioningState": "Succeeded"}
        identity = f"{group}/providers/{provider}/{pairs}"
        found.append({**item, "id": identity, "name": names[-1], "properties": properties})
    return found


def plain(make: Any) -> dict[str, Any]:
    return make(*({"apiVersion": "2025-06-01", **item} for item in ESTATE))


def indirect(make: Any) -> dict[str, Any]:
    """Say the same by way of parameters, a loop and a nested deployment."""
    accounts, others = ESTATE[:3], ESTATE[3:]
    one = {
        "type": "[parameters('item').type]",
        "apiVersion": "2025-06-01",
        "name": "[parameters('item').name]",
        **{key: f"[tryGet(parameters('item'), '{key}')]" for key in ("kind", "location", "tags", "sku", "properties")},
    }
    nested = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "[format('each-{0}', copyIndex())]",
        "copy": {"name": "each", "count": "[length(parameters('estate'))]"},
        "properties": {
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {"item": {"value": "[parameters('estate')[copyIndex()]]"}},
            "template": make(one, parameters={"item": {"type": "object"}}),
        },
    }
    direct = [{"apiVersion": "2025-06-01", **item} for item in others]
    return make(nested, *direct, parameters={"estate": {"type": "array", "defaultValue": accounts}})


@pytest.fixture
def findings(templates, tmp_path, capsys):
    """Scan a document, and give the outcome of every rule on every resource."""

    def scan(document: Any) -> dict[tuple[str, str], str]:
        file: Path = tmp_path / "input.json"
        file.write_text(json.dumps(document), "utf-8")
        place = ["--subscription", templates.options.subscription, "--resource-group", "rg-ai"]
        only = place if isinstance(document, dict) else []
        assert main(["scan", str(file), *only, "-o", "json=-"]) in {0, 1, 3}
        result = json.loads(capsys.readouterr().out)
        assert not result["gaps"]
        return {(one["ruleId"], one["resource"]["id"].lower()): one["outcome"] for one in result["findings"]}

    return scan


ABOUT_WHAT_EXISTS = {"ml-instance-running"}
"""A state is nothing that a template declares."""


@pytest.mark.parametrize("make", [plain, indirect])
def test_a_template_gets_the_findings_that_its_resources_get(templates, findings, make):
    expected = findings(live(templates.group))
    expected = {key: outcome for key, outcome in expected.items() if key[0] not in ABOUT_WHAT_EXISTS}
    assert {"pass", "fail"} <= set(expected.values())

    assert findings(make(templates.make)) == expected
