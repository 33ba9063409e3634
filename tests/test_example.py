"""The example company: what the built-in pack says about it, to the letter, and that its snapshot is current."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
SNAPSHOT = EXAMPLES / "contoso.inventory.json"
ARM = tuple(str(EXAMPLES / "arm" / name) for name in ("accounts.json", "deployments.json", "computes.json"))

FAILURES = {
    ("ai-anomaly-alert", "c8e2d9a4-31f7-4b56-8a0c-7f6b5e1d2093"),
    ("ai-budget", "c8e2d9a4-31f7-4b56-8a0c-7f6b5e1d2093"),
    ("ai-budget-forecast", "c8e2d9a4-31f7-4b56-8a0c-7f6b5e1d2093"),
    ("ai-diagnostics", "contoso-assistant-dev"),
    ("ai-diagnostics", "contoso-products-dev"),
    ("ai-diagnostics", "contoso-products-load"),
    ("ai-diagnostics", "mlw-research"),
    ("bot-sku-nonprod", "contoso-bot-test"),
    ("copilot-github-inactive", "contoso/seats/jonas"),
    ("copilot-github-utilization", "contoso"),
    ("copilot-m365-inactive", "jonas@contoso.com"),
    ("copilot-m365-inactive", "lena@contoso.com"),
    ("copilot-m365-unassigned", "639dec6b-bb19-468b-871c-c5c441c4b0cb"),
    ("fabric-capacity-nonprod", "contosofabricdev"),
    ("ml-cluster-idle", "mlw-research/computes/warm"),
    ("ml-cluster-idle-timeout", "mlw-forecasting/computes/nightly"),
    ("ml-cluster-idle-timeout", "mlw-research/computes/gpu-a100"),
    ("ml-cluster-max-nodes", "mlw-research/computes/warm"),
    ("ml-cluster-scale-to-zero", "mlw-research/computes/gpu-a100"),
    ("ml-cluster-scale-to-zero", "mlw-research/computes/warm"),
    ("ml-cluster-spot", "mlw-research/computes/gpu-a100"),
    ("ml-endpoint-empty", "mlw-research/onlineEndpoints/ner-demo"),
    ("ml-endpoint-idle", "mlw-research/onlineEndpoints/ner-demo"),
    ("ml-endpoint-instances", "mlw-research/onlineEndpoints/ner-demo/deployments/green"),
    ("ml-gpu-utilization", "mlw-research"),
    ("ml-instance-idle-shutdown", "mlw-forecasting/computes/ci-jonas"),
    ("ml-instance-idle-shutdown", "mlw-research/computes/ci-lena"),
    ("ml-instance-running", "mlw-research/computes/ci-lena"),
    ("ml-job-overrun", "mlw-research/jobs/pretrain-adapter"),
    ("ml-job-time-limit", "mlw-forecasting/jobs/forecast-monthly"),
    ("ml-job-time-limit", "mlw-research/jobs/automl-churn"),
    ("ml-job-time-limit", "mlw-research/jobs/pretrain-adapter"),
    ("ml-job-time-limit", "mlw-research/jobs/tune-everything"),
    ("ml-sweep-trials-bounded", "mlw-research/jobs/tune-everything"),
    ("openai-allowed-skus", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-content-filter", "contoso-assistant-dev/deployments/embeddings-2023"),
    ("openai-content-filter", "contoso-assistant-dev/deployments/load-test"),
    ("openai-deployment-rate-limit", "contoso-assistant-dev/deployments/load-test"),
    ("openai-deployment-rate-limit", "contoso-search-prod/deployments/ranker"),
    ("openai-failed-deployment", "contoso-assistant-dev/deployments/experiments"),
    ("openai-idle-deployment", "contoso-assistant-dev/deployments/embeddings-2023"),
    ("openai-idle-deployment", "contoso-assistant-prod/deployments/voice"),
    ("openai-idle-deployment", "contoso-search-prod/deployments/reasoner"),
    ("openai-local-auth", "contoso-assistant-dev"),
    ("openai-local-auth", "contoso-hackathon"),
    ("openai-local-auth", "contoso-pilot"),
    ("openai-model-retirement", "contoso-assistant-dev/deployments/embeddings-2023"),
    ("openai-model-retirement", "contoso-assistant-prod/deployments/nightly-batch"),
    ("openai-model-retirement", "contoso-assistant-prod/deployments/summaries"),
    ("openai-model-retirement", "contoso-assistant-prod/deployments/voice"),
    ("openai-prompt-cache", "contoso-assistant-dev/deployments/chat-ptu"),
    ("openai-ptu-nonprod", "contoso-assistant-dev/deployments/chat-ptu"),
    ("openai-ptu-saturation", "contoso-assistant-dev/deployments/chat-ptu"),
    ("openai-ptu-utilization", "contoso-assistant-prod/deployments/summaries"),
    ("openai-purge-ptu", "westeurope/resourceGroups/rg-shared-prod/deletedAccounts/contoso-launch"),
    ("openai-quota-headroom", "eastus2/usages/OpenAI.GlobalStandard.gpt-4.1"),
    ("openai-quota-share", "contoso-assistant-dev/deployments/load-test"),
    ("openai-quota-share", "contoso-search-prod/deployments/embeddings"),
    ("openai-shared-account", "contoso-assistant-dev"),
    ("openai-shared-account", "contoso-search-prod"),
    ("openai-throttled-requests", "contoso-assistant-dev/deployments/load-test"),
    ("openai-token-anomaly", "contoso-search-prod/deployments/ranker"),
    ("openai-version-upgrade", "contoso-search-prod/deployments/ranker"),
    ("required-tags", "contoso-scu"),
    ("required-tags", "mlw-research"),
    ("required-tags", "mlw-research/computes/ci-lena"),
    ("required-tags", "mlw-research/computes/gpu-a100"),
    ("required-tags", "mlw-research/computes/gpu-spot"),
    ("required-tags", "mlw-research/computes/warm"),
    ("required-tags", "mlw-research/onlineEndpoints/ner-demo"),
    ("required-tags", "mlw-research/serverlessEndpoints/mistral-trial"),
    ("search-nonprod-size", "contoso-products-load"),
    ("security-copilot-units", "contoso-scu-soc"),
    ("tag-values", "contoso-hackathon"),
    ("tag-values", "contoso-hackathon/deployments/try-me"),
    ("tag-values", "contoso-products"),
}
UNKNOWNS = {
    ("ai-anomaly-alert", "1d94e6b7-82c5-4f0a-b3e9-60a7c4f81d5e"),
    ("ai-budget", "1d94e6b7-82c5-4f0a-b3e9-60a7c4f81d5e"),
    ("ai-budget-forecast", "1d94e6b7-82c5-4f0a-b3e9-60a7c4f81d5e"),
    ("ai-diagnostics", "contoso-hackathon"),
    ("ai-diagnostics", "contoso-pilot"),
    ("ml-cluster-idle", "mlw-forecasting/computes/nightly"),
    ("ml-cluster-idle-timeout", "mlw-research/computes/gpu-spot"),
    ("ml-cluster-scale-to-zero", "mlw-research/computes/gpu-spot"),
    ("ml-job-time-limit", "mlw-forecasting/jobs/forecast-store"),
    ("openai-deployment-rate-limit", "contoso-assistant-dev/deployments/embeddings-2023"),
    ("openai-idle-deployment", "contoso-hackathon/deployments/try-me"),
    ("openai-idle-deployment", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-model-retirement", "contoso-hackathon/deployments/try-me"),
    ("openai-model-retirement", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-prompt-cache", "contoso-hackathon/deployments/try-me"),
    ("openai-prompt-cache", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-prompt-cache", "contoso-search-prod/deployments/ranker"),
    ("openai-ptu-nonprod", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-ptu-saturation", "contoso-assistant-prod/deployments/voice"),
    ("openai-ptu-saturation", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-ptu-utilization", "contoso-assistant-prod/deployments/voice"),
    ("openai-ptu-utilization", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-quota-headroom", "eastus2/usages/OpenAI.Standard.text-embedding-ada-002"),
    ("openai-quota-headroom", "francecentral/usages/OpenAI.Provisioned"),
    ("openai-quota-headroom", "francecentral/usages/OpenAI.Standard.gpt-4o"),
    ("openai-quota-share", "contoso-assistant-dev/deployments/embeddings-2023"),
    ("openai-quota-share", "contoso-hackathon/deployments/try-me"),
    ("openai-quota-share", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-throttled-requests", "contoso-hackathon/deployments/try-me"),
    ("openai-throttled-requests", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-token-anomaly", "contoso-hackathon/deployments/try-me"),
    ("openai-token-anomaly", "contoso-pilot/deployments/pilot-ptu"),
    ("required-tags", "contoso-hackathon"),
    ("required-tags", "contoso-hackathon/deployments/try-me"),
    ("required-tags", "contoso-pilot"),
    ("required-tags", "contoso-pilot/deployments/pilot-ptu"),
    ("tag-values", "contoso-pilot"),
    ("tag-values", "contoso-pilot/deployments/pilot-ptu"),
}
UNBOUNDED = {"ai-allowed-regions", "ml-allowed-vm-sizes", "openai-allowed-models"}
"""Rules that allow everything until a parameter says otherwise."""


def scan(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Scan as the command does; give its exit code and its JSON result."""
    target = folder / "result.json"
    code = main(["scan", *arguments, "-o", f"json={target}"])
    return code, json.loads(target.read_bytes())


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any]]:
    return scan(tmp_path_factory.mktemp("example"), str(SNAPSHOT))


@pytest.fixture(scope="module")
def result(example: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    return example[1]


def below_provider(resource_id: str) -> str:
    """Shorten an id to what stands behind the provider's top-level type; a subscription's to its own."""
    _, found, tail = resource_id.rpartition("/providers/")
    return tail.split("/", 2)[2] if found else resource_id.rpartition("/")[2]


def found(result: dict[str, Any], outcome: str) -> set[tuple[str, str]]:
    findings = [finding for finding in result["findings"] if finding["outcome"] == outcome]
    return {(finding["ruleId"], below_provider(finding["resource"]["id"])) for finding in findings}


def test_the_snapshot_is_what_its_generator_writes() -> None:
    script = EXAMPLES / "make_contoso.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    made = subprocess.run([sys.executable, str(script)], capture_output=True, check=True, env=environment)

    assert made.stdout.decode() == SNAPSHOT.read_text("utf-8"), (
        "run: python examples/make_contoso.py > examples/contoso.inventory.json"
    )


def test_exactly_these_resources_fail(result: dict[str, Any]) -> None:
    assert found(result, "fail") == FAILURES


def test_exactly_these_cannot_be_decided(result: dict[str, Any]) -> None:
    assert found(result, "unknown") == UNKNOWNS


def test_no_rule_crashes_and_none_is_left_out(result: dict[str, Any]) -> None:
    assert found(result, "error") == set()
    assert result["scan"]["notEvaluated"] == []


def test_every_rule_passes_somewhere_and_fails_somewhere(result: dict[str, Any]) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for finding in result["findings"]:
        seen[finding["ruleId"]].add(finding["outcome"])

    rules = {rule for policy in result["scan"]["policies"] for rule in policy["rules"]}
    assert rules > UNBOUNDED
    assert {rule for rule in rules if not {"pass", "fail"} <= seen[rule]} == UNBOUNDED


def test_the_gate_fails_and_the_clock_is_the_snapshots(example: tuple[int, dict[str, Any]]) -> None:
    code, result = example

    assert code == result["gate"]["exitCode"] == 1
    assert result["scan"]["asOf"] == "2026-11-24T08:00:00Z"
    assert len(result["gaps"]) == result["summary"]["gaps"] == 14


def test_where_no_failure_counts_the_scan_is_still_incomplete(tmp_path: Path) -> None:
    assert scan(tmp_path, str(SNAPSHOT), "--fail-on", "critical")[0] == 3


def test_arm_json_is_scanned_with_policies_of_ones_own(tmp_path: Path) -> None:
    code, result = scan(tmp_path, *ARM, "-p", str(EXAMPLES / "policies"))

    assert code == 1
    assert found(result, "fail") == {
        ("contoso-keyless", "contoso-support-test"),
        ("contoso-owner", "contoso-support-test"),
        ("contoso-request-burst", "contoso-support-test/deployments/answers"),
    }
    assert found(result, "unknown") == {("contoso-owner", "mlw-support/computes/ci-noor")}
    assert found(result, "pass") == {
        ("contoso-keyless", "contoso-support"),
        ("contoso-owner", "contoso-support"),
        ("contoso-owner", "mlw-support/computes/train"),
        ("contoso-request-burst", "contoso-support/deployments/answers"),
    }


def test_the_parameters_file_bounds_what_was_allowed_and_is_milder_in_production(tmp_path: Path) -> None:
    _, result = scan(tmp_path, str(SNAPSHOT), "--parameters", str(EXAMPLES / "parameters.yaml"))

    failures = found(result, "fail")
    assert {rule for rule, _ in failures} >= UNBOUNDED
    assert ("openai-deployment-rate-limit", "contoso-assistant-dev/deployments/load-test") in failures
    assert ("openai-deployment-rate-limit", "contoso-search-prod/deployments/ranker") not in failures


def test_the_parameters_file_overrides_every_policy_that_declares_its_names(tmp_path: Path) -> None:
    policies = ("-p", "builtin", "-p", str(EXAMPLES / "policies"))

    _, result = scan(tmp_path, *ARM, *policies, "--parameters", str(EXAMPLES / "parameters.yaml"))

    failures = found(result, "fail")
    assert ("ml-instance-idle-shutdown", "mlw-support/computes/ci-noor") in failures
    assert ("required-tags", "contoso-support") not in failures
    assert result["scan"]["parameters"]["requiredTags"] == ["owner", "cost-center"]
