"""One estate, four inputs: what Azure reports, a template, a plan and a what-if result get the same findings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scanner.model.result import ScanResult
from scanner.model.values import UNKNOWN
from scanner.scan import ScanOptions, scan
from scanner.sources.files import read_inputs
from scanner.sources.options import ReadOptions

ROOT = Path(__file__).resolve().parent.parent
CHANGE = ROOT / "examples" / "change"
CONTEXT = str(ROOT / "examples" / "contoso.inventory.json")
SUBSCRIPTION = "c8e2d9a4-31f7-4b56-8a0c-7f6b5e1d2093"
FORMS = {
    "arm-json": "resources.json",
    "arm-template": "main.json",
    "terraform-plan": "plan.json",
    "what-if": "what-if.json",
}
FAILURES = {
    ("bot-sku-nonprod", "support-bot"),
    ("fabric-capacity-nonprod", "supportfabric"),
    ("ml-cluster-idle-timeout", "gpu"),
    ("ml-cluster-max-nodes", "gpu"),
    ("ml-cluster-scale-to-zero", "gpu"),
    ("ml-cluster-spot", "gpu"),
    ("ml-endpoint-instances", "blue"),
    ("ml-instance-idle-shutdown", "ci-ada"),
    ("openai-content-filter", "reserved"),
    ("openai-deployment-rate-limit", "chat-load"),
    ("openai-local-auth", "support-assistant"),
    ("openai-ptu-nonprod", "reserved"),
    ("required-tags", "support-foundry"),
    ("search-nonprod-size", "support-search"),
}


def scanned(file: str, *context: str) -> ScanResult:
    """Scan one form; a template does not say itself where it is deployed to."""
    reading = ReadOptions(subscription=SUBSCRIPTION if file == FORMS["arm-template"] else "")
    return scan(ScanOptions(inputs=(str(CHANGE / file),), reading=reading, context=context))


def findings(file: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Give outcome and message of each finding, by rule and normalised id."""
    result = scanned(file)
    assert not result.gaps
    return {(f.rule.id, f.resource.id.lower()): (f.outcome.value, f.message) for f in result.findings}


def test_what_azure_reports_fails_where_the_example_is_made_to_fail():
    failed = {
        (rule, key.rpartition("/")[2])
        for (rule, key), (outcome, _) in findings("resources.json").items()
        if outcome == "fail"
    }
    assert failed == FAILURES


@pytest.mark.parametrize("kind", [kind for kind in FORMS if kind != "arm-json"])
def test_every_form_gets_the_same_verdicts_rule_by_rule(kind):
    expected = {key: outcome for key, (outcome, _) in findings(FORMS["arm-json"]).items()}
    found = {key: outcome for key, (outcome, _) in findings(FORMS[kind]).items()}
    assert found == expected
    assert set(expected.values()) == {"pass", "fail"}


@pytest.mark.parametrize("kind", FORMS)
def test_the_same_rules_are_not_evaluated(kind):
    def skipped(file: str) -> set[str]:
        return {one.rule_id for one in scanned(file).scan.not_evaluated}

    assert skipped(FORMS[kind]) == skipped(FORMS["arm-json"])


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_is_read_as_the_same_resources(kind):
    inventory = read_inputs([str(CHANGE / FORMS[kind])], options=ReadOptions(subscription=SUBSCRIPTION))
    assert {source.kind for source in inventory.sources} == {kind}
    reported = read_inputs([str(CHANGE / "resources.json")])
    assert set(inventory.by_key) == set(reported.by_key)
    for key, resource in inventory.by_key.items():
        _same(reported.by_key[key].json, resource.json, key)


def _same(reported: Any, read: Any, place: str) -> None:
    """Say that what Azure reports stands in what was read too, as far as that is known before deployment."""
    if isinstance(reported, dict):
        assert isinstance(read, dict), place
        folded = {name.lower(): value for name, value in read.items()}
        for name, value in reported.items():
            # A compute stands where its workspace does; azurerm's compute instance does not repeat that.
            if name == "location" and "computeType" in reported.get("properties", {}):
                continue
            if (
                name not in {"id", "type", "name", "customSubDomainName", "provisioningState", "state"}
                and value is not None
            ):
                _same(value, folded.get(name.lower()), f"{place}.{name}")
    elif read is not UNKNOWN and reported != "":
        assert str(read).lower() == str(reported).lower(), place


@pytest.mark.parametrize("kind", [kind for kind in FORMS if kind != "arm-json"])
def test_with_what_exists_every_form_is_measured_by_what_is_left(kind):
    failed = {
        (finding.rule.id, finding.resource.name): finding.message
        for finding in scanned(FORMS[kind], CONTEXT).findings
        if finding.outcome.value == "fail" and (finding.rule.id, finding.resource.name) not in FAILURES
    }
    assert set(failed) == {
        ("openai-quota-share", "chat"),
        ("openai-quota-headroom", "OpenAI.GlobalStandard.gpt-4.1"),
        ("ai-anomaly-alert", SUBSCRIPTION),
        ("ai-budget", SUBSCRIPTION),
        ("ai-budget-forecast", SUBSCRIPTION),
    }
    assert "adds 60 units to OpenAI.GlobalStandard.gpt-4.1 in eastus2, of which 30 are left" in str(failed)


def test_terraform_says_what_it_cannot_express():
    found = findings("plan.json")
    (message,) = (
        message
        for (rule, key), (_, message) in found.items()
        if rule == "ml-instance-idle-shutdown" and key.endswith("ci-ada")
    )
    assert "azurerm_machine_learning_compute_instance" in message


def test_findings_of_a_plan_name_their_address_and_line():
    result = scanned("plan.json")
    lines = (CHANGE / "plan.json").read_text(encoding="utf-8").split("\n")
    found = {f.resource.name: f.resource for f in result.findings if f.outcome == "fail"}
    assert found["chat-load"].address == 'azurerm_cognitive_deployment.model["chat-load"]'
    assert found["gpu"].address == "module.learning.azurerm_machine_learning_compute_cluster.gpu"
    for resource in found.values():
        assert resource.line
        assert json.dumps(resource.address) in lines[resource.line] + lines[resource.line - 1]


def test_the_files_are_current():
    code = "import json, make_change; print(json.dumps(make_change.forms()))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "examples", check=True, capture_output=True, text=True
    )
    for name, text in json.loads(done.stdout).items():
        assert (CHANGE / name).read_text(encoding="utf-8") == text


def test_findings_of_a_template_name_the_line_to_change():
    lines = (CHANGE / "main.json").read_text(encoding="utf-8").split("\n")
    found = {
        (finding.rule.id, evidence.path): lines[(evidence.line or 0) - 1].strip()
        for finding in scanned("main.json").findings
        for evidence in finding.evidence
    }
    assert found["ml-cluster-max-nodes", "properties.properties.scaleSettings.maxNodeCount"] == '"maxNodeCount": 40,'
    assert found["openai-local-auth", "properties.disableLocalAuth"] == '"disableLocalAuth": false'
    assert found["openai-deployment-rate-limit", "sku.capacity"].startswith('"sku": "[variables(')
    assert found["ml-instance-idle-shutdown", "properties.properties.idleTimeBeforeShutdown"] == '"properties": {'
