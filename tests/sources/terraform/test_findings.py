"""What a plan is scanned for: a pull request is stopped before it costs money."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.cli import main
from tests.factories import GROUP, WORKSPACE, arm_id

WORKSPACE_ID = arm_id(WORKSPACE, "ws")
INSTANCE = "azurerm_machine_learning_compute_instance"
IDLE = "idleTimeBeforeShutdown"


def failures(plan: Any, rule: str, tmp_path: Any, capsys: Any) -> list[dict[str, Any]]:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan.value, indent=2), "utf-8")
    main(["scan", str(file), "--rule", rule, "-o", "json=-"])
    return [one for one in json.loads(capsys.readouterr().out)["findings"] if one["outcome"] != "pass"]


def test_a_deployment_of_half_a_million_tokens_a_minute(plan, tmp_path, capsys):
    plan.add("azurerm_cognitive_account", "ai", {"name": "ai", "resource_group_name": GROUP, "kind": "OpenAI"})
    after = {"name": "gpt", "sku": [{"name": "GlobalStandard", "capacity": 500}], "model": [{"name": "gpt-4o"}]}
    account = ["azurerm_cognitive_account.ai.id", "azurerm_cognitive_account.ai"]
    unknown = {"id": True, "cognitive_account_id": True}
    plan.add("azurerm_cognitive_deployment", "gpt", after, unknown=unknown, cognitive_account_id=account)

    (finding,) = failures(plan, "openai-deployment-rate-limit", tmp_path, capsys)
    origin = finding["resource"]["origin"]
    assert "500,000 tokens a minute" in finding["message"]
    assert (origin["address"], origin["pointer"]) == ("azurerm_cognitive_deployment.gpt", "/resource_changes/1")
    text = (tmp_path / "plan.json").read_text("utf-8").splitlines()
    assert "azurerm_cognitive_deployment.gpt" in text[origin["line"]]


@pytest.mark.parametrize(("least", "failing"), [(0, 0), (1, 1)])
def test_a_cluster_that_never_scales_to_zero(plan, least, failing, tmp_path, capsys):
    scale = {"min_node_count": least, "max_node_count": 2, "scale_down_nodes_after_idle_duration": "PT2M"}
    after = {"name": "c", "machine_learning_workspace_id": WORKSPACE_ID, "scale_settings": [scale]}
    plan.add("azurerm_machine_learning_compute_cluster", "c", after)

    assert len(failures(plan, "ml-cluster-scale-to-zero", tmp_path, capsys)) == failing


def test_a_node_count_that_is_known_only_after_apply(plan, tmp_path, capsys):
    after = {"name": "c", "machine_learning_workspace_id": WORKSPACE_ID, "scale_settings": [{}]}
    unknown = {"id": True, "scale_settings": [{"min_node_count": True}]}
    plan.add("azurerm_machine_learning_compute_cluster", "c", after, unknown=unknown)

    (finding,) = failures(plan, "ml-cluster-scale-to-zero", tmp_path, capsys)
    assert (finding["outcome"], "known only after" in finding["message"]) == ("unknown", True)


def test_an_instance_whose_shutdown_terraform_cannot_express_is_told_how_to(plan, tmp_path, capsys):
    plan.add(INSTANCE, "ci", {"name": "ci", "machine_learning_workspace_id": WORKSPACE_ID})

    (finding,) = failures(plan, "ml-instance-idle-shutdown", tmp_path, capsys)
    assert f"{INSTANCE} has no argument for it" in finding["message"]
    assert "azapi_update_resource" in finding["message"]


@pytest.mark.parametrize(("time", "failing"), [("PT30M", 0), ("PT8H", 1)])
def test_an_instance_whose_shutdown_azapi_sets(plan, time, failing, tmp_path, capsys):
    plan.add(INSTANCE, "ci", {"name": "ci", "machine_learning_workspace_id": WORKSPACE_ID})
    after = {"type": f"{WORKSPACE}/computes@2025-06-01", "body": {"properties": {"properties": {IDLE: time}}}}
    unknown = {"id": True, "resource_id": True}
    plan.add(
        "azapi_update_resource", "idle", after, unknown=unknown, resource_id=[f"{INSTANCE}.ci.id", f"{INSTANCE}.ci"]
    )

    found = failures(plan, "ml-instance-idle-shutdown", tmp_path, capsys)
    assert len(found) == failing
    assert "has no argument" not in str(found)
