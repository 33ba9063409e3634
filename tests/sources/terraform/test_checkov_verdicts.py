"""Checkov's verdicts on its own Terraform examples, as far as a built-in rule asks the same question.

The facts of the examples' HCL stand here as the plan that Terraform makes of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main
from tests.factories import GROUP, WORKSPACE, arm_id

VERDICTS = Path(__file__).resolve().parents[4] / "shared" / "azure-samples" / "checkov-verdicts"
NO_RULE = {
    "CKV_AZURE_210": "IP ranges that may reach a search service: network exposure is no rule of the pack",
    "CKV_AZURE_144": "public network access of a workspace: network exposure is no rule of the pack",
    "CKV2_AZURE_22": "a key of the customer's: encryption is no rule of the pack",
    "CKV2_AZURE_49": "public network access of a workspace: network exposure is no rule of the pack",
}
RULES = {"CKV_AZURE_150": "ml-cluster-scale-to-zero", "CKV_AZURE_236": "openai-local-auth"}
CLUSTER = {
    "location": "westeurope",
    "vm_priority": "LowPriority",
    "vm_size": "Standard_DS2_v2",
    "machine_learning_workspace_id": arm_id(WORKSPACE, "ws"),
    "identity": [{"type": "SystemAssigned", "identity_ids": None}],
}
# azurerm puts the default of local_auth_enabled, true, into the plan where the configuration says nothing.
ACCOUNT = {"location": "westeurope", "resource_group_name": GROUP, "kind": "OpenAI", "sku_name": "S0"}


def cluster(least: int) -> dict[str, Any]:
    scale = {"min_node_count": least, "max_node_count": 1, "scale_down_nodes_after_idle_duration": "PT30S"}
    return {**CLUSTER, "scale_settings": [scale]}


FACTS: dict[str, dict[str, Any]] = {
    "CKV_AZURE_150": {
        "azurerm_machine_learning_compute_cluster.ckv_unittest_pass": cluster(0),
        "azurerm_machine_learning_compute_cluster.ckv_unittest_fail": cluster(1),
    },
    "CKV_AZURE_236": {
        "azurerm_cognitive_account.pass": {**ACCOUNT, "local_auth_enabled": False},
        "azurerm_cognitive_account.fail": {**ACCOUNT, "local_auth_enabled": True},
        "azurerm_cognitive_account.fail2": {**ACCOUNT, "local_auth_enabled": True},
    },
}


def files() -> list[Path]:
    return sorted(VERDICTS.glob("checkov-terraform*.verdicts.json"))


@pytest.mark.skipif(not VERDICTS.exists(), reason="the samples lie beside the repository")
def test_each_check_has_a_rule_or_a_reason_why_not():
    checks = {json.loads(file.read_text("utf-8"))["check"]["id"] for file in files()}

    assert checks == {*RULES, *NO_RULE}


@pytest.mark.skipif(not VERDICTS.exists(), reason="the samples lie beside the repository")
@pytest.mark.parametrize("check", sorted(RULES))
def test_the_verdicts_are_the_same(plan, check, tmp_path, capsys):
    (sample,) = [one for one in map(_read, files()) if one["check"]["id"] == check]
    for address, after in FACTS[check].items():
        kind, _, name = address.partition(".")
        plan.add(kind, name, {"name": name, **after})
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan.value), "utf-8")

    main(["scan", str(file), "--rule", RULES[check], "-o", "json=-"])
    found: dict[str, set[str]] = {"pass": set(), "fail": set()}
    kinds = {address.partition(".")[2]: address for address in FACTS[check]}
    for finding in json.loads(capsys.readouterr().out)["findings"]:
        found[finding["outcome"]].add(kinds[finding["resource"]["name"]])
    assert found == {outcome: set(sample["expected"][outcome]) for outcome in ("pass", "fail")}


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))
