"""The built-in pack is what it promises to be: ids, severities, phases, maturities, parameters, texts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scanner.policies.loader import PolicyFile, load_policies
from scanner.rules.rule import Rule

CATALOGUE: list[tuple[str, str, str, str, dict[str, Any]]] = [
    (
        "required-tags",
        "medium",
        "inform",
        "crawl",
        {
            "requiredTags": ["environment", "team", "workload", "cost-center"],
            "inherit": ["parent", "resourceGroup", "subscription"],
        },
    ),
    ("tag-values", "low", "inform", "walk", {"allowedTagValues": {"environment": ["dev", "test", "staging", "prod"]}}),
    ("ml-cluster-scale-to-zero", "high", "optimize", "crawl", {}),
    ("ml-cluster-idle-timeout", "medium", "optimize", "crawl", {"maxIdleTime": "PT30M"}),
    ("ml-instance-idle-shutdown", "high", "optimize", "crawl", {"maxIdleTime": "PT1H"}),
    ("ml-job-time-limit", "high", "operate", "crawl", {"maxJobTime": "P1D", "includeFinished": False}),
    ("ml-sweep-trials-bounded", "medium", "operate", "walk", {"maxTrials": 100, "maxConcurrentTrials": 20}),
    ("openai-deployment-rate-limit", "high", "operate", "crawl", {"maxTokensPerMinute": 100000}),
    ("openai-quota-share", "medium", "operate", "walk", {"maxQuotaShare": 0.5}),
    ("openai-quota-headroom", "low", "operate", "walk", {"maxQuotaAllocated": 0.9}),
    ("openai-ptu-utilization", "high", "optimize", "walk", {"utilizationFloor": 60, "window": "P7D"}),
    ("openai-ptu-saturation", "medium", "operate", "walk", {"maxSaturatedShare": 0.05, "window": "P7D"}),
    ("openai-ptu-nonprod", "medium", "optimize", "walk", {"nonprodEnvironments": ["dev", "test", "staging"]}),
]

AI_TYPES = {
    "microsoft.cognitiveservices/accounts",
    "microsoft.cognitiveservices/accounts/deployments",
    "microsoft.cognitiveservices/accounts/projects",
    "microsoft.machinelearningservices/workspaces",
    "microsoft.machinelearningservices/workspaces/computes",
    "microsoft.machinelearningservices/workspaces/onlineendpoints",
    "microsoft.machinelearningservices/workspaces/serverlessendpoints",
    "microsoft.search/searchservices",
    "microsoft.botservice/botservices",
    "microsoft.fabric/capacities",
    "microsoft.securitycopilot/capacities",
}
TYPES = {
    "required-tags": AI_TYPES,
    "tag-values": AI_TYPES,
    "openai-quota-headroom": {"microsoft.cognitiveservices/locations/usages"},
    "ml-": {
        "microsoft.machinelearningservices/workspaces/computes",
        "microsoft.machinelearningservices/workspaces/jobs",
    },
    "openai-": {"microsoft.cognitiveservices/accounts/deployments"},
}

PACK = load_policies([])
BY_ID: dict[str, tuple[Rule, PolicyFile]] = {rule.info.id: (rule, file) for file in PACK for rule in file.rules}


@pytest.mark.parametrize(
    ("rule_id", "severity", "phase", "maturity", "parameters"), CATALOGUE, ids=lambda row: str(row)[:40]
)
def test_a_rule_has_the_severity_phase_maturity_and_parameters_of_the_catalogue(
    rule_id, severity, phase, maturity, parameters
):
    rule, file = BY_ID[rule_id]
    assert (rule.severity, rule.info.phase, rule.info.maturity) == (severity, phase, maturity)
    for name, default in parameters.items():
        assert file.parameters[name] == default
        assert type(file.parameters[name]) is type(default)


@pytest.mark.parametrize("rule_id", [row[0] for row in CATALOGUE])
def test_a_rule_is_about_the_types_of_the_catalogue(rule_id):
    types = TYPES.get(rule_id) or next(types for prefix, types in TYPES.items() if rule_id.startswith(prefix))
    assert set(BY_ID[rule_id][0].types) <= types
    if rule_id in TYPES:
        assert set(BY_ID[rule_id][0].types) == types


@pytest.mark.parametrize("rule_id", [row[0] for row in CATALOGUE])
def test_a_rule_says_why_and_what_to_do_with_a_command_and_a_source(rule_id):
    info = BY_ID[rule_id][0].info
    assert len(info.title) > 10
    assert len(info.rationale) > 50
    assert "`az " in info.remediation or "YAML" in info.remediation or "spillover" in info.remediation.lower()
    assert info.references
    assert all(re.fullmatch(r"https://learn\.microsoft\.com/\S+", link) for link in info.references)


def test_every_parameter_says_what_it_is():
    for file in PACK:
        assert all(model.description for model in file.declared.values()), file.path
