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
    ("ml-cluster-idle-timeout", "mlw-forecasting/computes/nightly"),
    ("ml-cluster-idle-timeout", "mlw-research/computes/gpu-a100"),
    ("ml-cluster-scale-to-zero", "mlw-research/computes/gpu-a100"),
    ("ml-instance-idle-shutdown", "mlw-forecasting/computes/ci-jonas"),
    ("ml-instance-idle-shutdown", "mlw-research/computes/ci-lena"),
    ("ml-job-time-limit", "mlw-forecasting/jobs/forecast-monthly"),
    ("ml-job-time-limit", "mlw-research/jobs/automl-churn"),
    ("ml-job-time-limit", "mlw-research/jobs/pretrain-adapter"),
    ("ml-job-time-limit", "mlw-research/jobs/tune-everything"),
    ("ml-sweep-trials-bounded", "mlw-research/jobs/tune-everything"),
    ("openai-deployment-rate-limit", "contoso-assistant-dev/deployments/load-test"),
    ("openai-deployment-rate-limit", "contoso-search-prod/deployments/ranker"),
    ("openai-ptu-nonprod", "contoso-assistant-dev/deployments/chat-ptu"),
    ("openai-ptu-saturation", "contoso-assistant-dev/deployments/chat-ptu"),
    ("openai-ptu-utilization", "contoso-assistant-prod/deployments/summaries"),
    ("openai-quota-headroom", "eastus2/usages/OpenAI.GlobalStandard.gpt-4.1"),
    ("openai-quota-share", "contoso-assistant-dev/deployments/load-test"),
    ("openai-quota-share", "contoso-search-prod/deployments/embeddings"),
    ("required-tags", "contoso-scu"),
    ("required-tags", "mlw-research"),
    ("required-tags", "mlw-research/computes/ci-lena"),
    ("required-tags", "mlw-research/computes/gpu-a100"),
    ("required-tags", "mlw-research/computes/gpu-spot"),
    ("required-tags", "mlw-research/serverlessEndpoints/mistral-trial"),
    ("tag-values", "contoso-hackathon"),
    ("tag-values", "contoso-hackathon/deployments/try-me"),
    ("tag-values", "contoso-products"),
}
UNKNOWNS = {
    ("ml-cluster-idle-timeout", "mlw-research/computes/gpu-spot"),
    ("ml-cluster-scale-to-zero", "mlw-research/computes/gpu-spot"),
    ("ml-job-time-limit", "mlw-forecasting/jobs/forecast-store"),
    ("openai-deployment-rate-limit", "contoso-assistant-dev/deployments/embeddings-2023"),
    ("openai-ptu-nonprod", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-ptu-saturation", "contoso-assistant-prod/deployments/voice"),
    ("openai-ptu-saturation", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-ptu-utilization", "contoso-assistant-prod/deployments/voice"),
    ("openai-ptu-utilization", "contoso-pilot/deployments/pilot-ptu"),
    ("openai-quota-headroom", "eastus2/usages/OpenAI.Standard.text-embedding-ada-002"),
    ("openai-quota-headroom", "francecentral/usages/OpenAI.ProvisionedManaged"),
    ("openai-quota-headroom", "francecentral/usages/OpenAI.Standard.gpt-4o"),
    ("openai-quota-share", "contoso-assistant-dev/deployments/embeddings-2023"),
    ("openai-quota-share", "contoso-hackathon/deployments/try-me"),
    ("openai-quota-share", "contoso-pilot/deployments/pilot-ptu"),
    ("required-tags", "contoso-hackathon"),
    ("required-tags", "contoso-hackathon/deployments/try-me"),
    ("required-tags", "contoso-pilot"),
    ("required-tags", "contoso-pilot/deployments/pilot-ptu"),
    ("tag-values", "contoso-pilot"),
    ("tag-values", "contoso-pilot/deployments/pilot-ptu"),
}


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
    """Shorten an id to what stands behind the provider's top-level type."""
    return resource_id.rpartition("/providers/")[2].split("/", 2)[2]


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

    rules = [rule for policy in result["scan"]["policies"] for rule in policy["rules"]]
    assert rules
    for rule in rules:
        assert {"pass", "fail"} <= seen[rule], rule


def test_the_gate_fails_and_the_clock_is_the_snapshots(example: tuple[int, dict[str, Any]]) -> None:
    code, result = example

    assert code == result["gate"]["exitCode"] == 1
    assert result["scan"]["asOf"] == "2026-11-24T08:00:00Z"
    assert len(result["gaps"]) == result["summary"]["gaps"] == 4


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


def test_the_parameters_file_overrides_every_policy_that_declares_its_names(tmp_path: Path) -> None:
    policies = ("-p", "builtin", "-p", str(EXAMPLES / "policies"))

    _, result = scan(tmp_path, *ARM, *policies, "--parameters", str(EXAMPLES / "parameters.yaml"))

    failures = found(result, "fail")
    assert ("ml-instance-idle-shutdown", "mlw-support/computes/ci-noor") in failures
    assert ("openai-deployment-rate-limit", "contoso-support-test/deployments/answers") not in failures
    assert ("required-tags", "contoso-support") not in failures
    assert result["scan"]["parameters"]["requiredTags"] == ["owner", "cost-center"]
