"""The example company: what the built-in pack says about it, to the letter, and that its snapshot is current."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from scanner.model.result import ScanResult
from scanner.model.verdict import Outcome
from scanner.policies.parameters import overrides_from_file
from scanner.scan import PolicyOptions, ScanOptions, scan

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


@pytest.fixture(scope="module")
def result() -> ScanResult:
    return scan(ScanOptions(inputs=(str(SNAPSHOT),)))


def below_provider(resource_id: str) -> str:
    """Shorten an id to what stands behind the provider's top-level type."""
    return resource_id.rpartition("/providers/")[2].split("/", 2)[2]


def found(result: ScanResult, outcome: Outcome) -> set[tuple[str, str]]:
    return {(f.rule.id, below_provider(f.resource.id)) for f in result.findings if f.outcome is outcome}


def test_the_snapshot_is_what_its_generator_writes() -> None:
    script = EXAMPLES / "make_contoso.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    made = subprocess.run([sys.executable, str(script)], capture_output=True, check=True, env=environment)

    assert made.stdout.decode() == SNAPSHOT.read_text("utf-8"), (
        "run: python examples/make_contoso.py > examples/contoso.inventory.json"
    )


def test_exactly_these_resources_fail(result: ScanResult) -> None:
    assert found(result, Outcome.FAIL) == FAILURES


def test_exactly_these_cannot_be_decided(result: ScanResult) -> None:
    assert found(result, Outcome.UNKNOWN) == UNKNOWNS


def test_no_rule_crashes_and_none_is_left_out(result: ScanResult) -> None:
    assert found(result, Outcome.ERROR) == set()
    assert result.scan.not_evaluated == ()


def test_every_rule_passes_somewhere_and_fails_somewhere(result: ScanResult) -> None:
    seen: dict[str, set[Outcome]] = defaultdict(set)
    for finding in result.findings:
        seen[finding.rule.id].add(finding.outcome)

    for rule in result.rules:
        assert {Outcome.PASS, Outcome.FAIL} <= seen[rule.id], rule.id


def test_the_gate_fails_and_the_clock_is_the_snapshots(result: ScanResult) -> None:
    assert result.gate.exit_code == 1
    assert result.scan.as_of == "2026-11-24T08:00:00Z"
    assert len(result.gaps) == 4


def test_without_its_failures_the_scan_is_incomplete() -> None:
    options = ScanOptions(inputs=(str(SNAPSHOT),), fail_on="critical")

    assert scan(options).gate.exit_code == 3


def test_arm_json_is_scanned_with_the_policies_of_ones_own() -> None:
    result = scan(ScanOptions(PolicyOptions(paths=(str(EXAMPLES / "policies"),)), inputs=ARM))

    assert found(result, Outcome.FAIL) == {
        ("contoso-keyless", "contoso-support-test"),
        ("contoso-owner", "contoso-support-test"),
        ("contoso-request-burst", "contoso-support-test/deployments/answers"),
    }
    assert found(result, Outcome.UNKNOWN) == {("contoso-owner", "mlw-support/computes/ci-noor")}
    assert found(result, Outcome.PASS) == {
        ("contoso-keyless", "contoso-support"),
        ("contoso-owner", "contoso-support"),
        ("contoso-owner", "mlw-support/computes/train"),
        ("contoso-request-burst", "contoso-support/deployments/answers"),
    }


def test_the_parameters_file_overrides_every_policy_that_declares_its_names() -> None:
    file = EXAMPLES / "parameters.yaml"
    overrides = tuple(overrides_from_file(file.read_bytes(), str(file)))
    policies = ("builtin", str(EXAMPLES / "policies"))

    result = scan(ScanOptions(PolicyOptions(policies, overrides), inputs=ARM))

    failures = found(result, Outcome.FAIL)
    assert ("ml-instance-idle-shutdown", "mlw-support/computes/ci-noor") in failures
    assert ("openai-deployment-rate-limit", "contoso-support-test/deployments/answers") not in failures
    assert ("required-tags", "contoso-support") not in failures
    assert result.scan.parameters["requiredTags"] == ["owner", "cost-center"]
