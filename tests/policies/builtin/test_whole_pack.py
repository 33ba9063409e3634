"""The whole pack, rule by rule: types, severity, phase, maturity, parameters with their defaults, texts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scanner.policies.loader import PolicyFile, load_policies
from scanner.policies.parameters import Override
from scanner.rules.rule import Rule
from tests.policies.builtin.test_catalogue import CATALOGUE as FIRST

NONPROD = {"nonprodEnvironments": ["dev", "test", "staging"]}
SKUS = [
    "Standard",
    "DataZoneStandard",
    "GlobalStandard",
    "ProvisionedManaged",
    "DataZoneProvisionedManaged",
    "GlobalProvisionedManaged",
    "DataZoneBatch",
    "GlobalBatch",
    "DeveloperTier",
]
ACCOUNTS, DEPLOYMENTS = "cognitiveservices/accounts", "cognitiveservices/accounts/deployments"
DELETED, WORKSPACES = "cognitiveservices/deletedaccounts", "machinelearningservices/workspaces"
COMPUTES, JOBS = f"{WORKSPACES}/computes", f"{WORKSPACES}/jobs"
ENDPOINTS, ONLINE = f"{WORKSPACES}/onlineendpoints", f"{WORKSPACES}/onlineendpoints/deployments"
SUBSCRIPTIONS, SEARCH = "resources/subscriptions", "search/searchservices"

PACK: dict[str, tuple[str, str, str, dict[str, Any], set[str]]] = {
    "openai-idle-deployment": ("medium", "optimize", "walk", {"window": "P30D"}, {DEPLOYMENTS}),
    "openai-throttled-requests": (
        "medium",
        "operate",
        "walk",
        {"maxThrottledShare": 0.05, "window": "P7D"},
        {DEPLOYMENTS},
    ),
    "openai-token-anomaly": ("high", "operate", "run", {"sigmas": 3, "minTokens": 100000}, {DEPLOYMENTS}),
    "openai-prompt-cache": ("info", "optimize", "run", {"cacheFloor": 20, "minTokens": 100000}, {DEPLOYMENTS}),
    "openai-model-retirement": ("medium", "operate", "walk", {"horizon": "P90D"}, {DEPLOYMENTS}),
    "openai-version-upgrade": (
        "low",
        "operate",
        "walk",
        {"allowedUpgradeOptions": ["OnceCurrentVersionExpired", "OnceNewDefaultVersionAvailable"]},
        {DEPLOYMENTS},
    ),
    "openai-allowed-models": ("medium", "optimize", "run", {"allowedModels": ["*"], "deniedModels": []}, {DEPLOYMENTS}),
    "openai-allowed-skus": ("low", "optimize", "walk", {"allowedSkus": SKUS}, {DEPLOYMENTS}),
    "openai-failed-deployment": ("low", "optimize", "crawl", {}, {DEPLOYMENTS}),
    "openai-local-auth": ("medium", "inform", "walk", {}, {ACCOUNTS}),
    "openai-shared-account": ("medium", "inform", "walk", {}, {ACCOUNTS}),
    "openai-purge-ptu": ("high", "optimize", "walk", {}, {DELETED}),
    "openai-content-filter": ("low", "operate", "walk", {}, {DEPLOYMENTS}),
    "ai-diagnostics": ("medium", "inform", "crawl", {}, {ACCOUNTS, WORKSPACES, SEARCH}),
    "ai-allowed-regions": (
        "low",
        "operate",
        "crawl",
        {"allowedRegions": ["*"]},
        {
            ACCOUNTS,
            "cognitiveservices/accounts/projects",
            WORKSPACES,
            COMPUTES,
            ENDPOINTS,
            ONLINE,
            f"{WORKSPACES}/serverlessendpoints",
            SEARCH,
            "botservice/botservices",
            "fabric/capacities",
            "securitycopilot/capacities",
        },
    ),
    "ml-cluster-max-nodes": ("medium", "operate", "walk", {"maxNodes": 20}, {COMPUTES}),
    "ml-cluster-spot": ("low", "optimize", "walk", NONPROD, {COMPUTES}),
    "ml-allowed-vm-sizes": (
        "medium",
        "optimize",
        "walk",
        {"allowedVmSizes": ["*"], "deniedVmSizes": []},
        {COMPUTES, ONLINE},
    ),
    "ml-cluster-idle": ("high", "optimize", "walk", {"window": "P14D"}, {COMPUTES}),
    "ml-instance-running": ("medium", "optimize", "walk", {"maxRunning": "P7D"}, {COMPUTES}),
    "ml-job-overrun": ("high", "operate", "crawl", {"maxAge": "P3D"}, {JOBS}),
    "ml-gpu-utilization": ("medium", "optimize", "run", {"gpuFloor": 40, "window": "P7D"}, {WORKSPACES}),
    "ml-endpoint-idle": ("high", "optimize", "walk", {"window": "P14D"}, {ENDPOINTS}),
    "ml-endpoint-empty": ("medium", "optimize", "crawl", {}, {ENDPOINTS}),
    "ml-endpoint-instances": ("medium", "operate", "walk", {"maxInstances": 5}, {ONLINE}),
    "copilot-m365-unassigned": ("medium", "optimize", "crawl", {"assignedFloor": 0.95}, {"graph/subscribedskus"}),
    "copilot-m365-inactive": ("medium", "optimize", "crawl", {"window": "P30D"}, {"graph/copilotusageusers"}),
    "copilot-github-inactive": (
        "medium",
        "optimize",
        "crawl",
        {"window": "P30D"},
        {"github.copilot/organizations/seats", "github.copilot/enterprises/seats"},
    ),
    "copilot-github-utilization": (
        "low",
        "optimize",
        "walk",
        {"activeFloor": 0.8},
        {"github.copilot/organizations"},
    ),
    "security-copilot-units": ("medium", "operate", "crawl", {"maxUnits": 3}, {"securitycopilot/capacities"}),
    "fabric-capacity-nonprod": (
        "medium",
        "optimize",
        "walk",
        {"allowedFabricSkus": ["F2", "F4", "F8"], **NONPROD},
        {"fabric/capacities"},
    ),
    "search-nonprod-size": ("medium", "optimize", "walk", {"maxSearchUnits": 1, **NONPROD}, {SEARCH}),
    "bot-sku-nonprod": ("low", "optimize", "walk", NONPROD, {"botservice/botservices"}),
    "ai-budget": ("high", "operate", "crawl", {}, {SUBSCRIPTIONS}),
    "ai-budget-forecast": ("low", "operate", "walk", {}, {SUBSCRIPTIONS}),
    "ai-anomaly-alert": ("medium", "operate", "crawl", {}, {SUBSCRIPTIONS}),
}
WITHOUT_A_COMMAND = {"ai-allowed-regions", "copilot-m365-inactive", "openai-prompt-cache"}
"""Rules whose remedy is no setting that a command could change."""

FILES = load_policies([])
BY_ID: dict[str, tuple[Rule, PolicyFile]] = {rule.info.id: (rule, file) for file in FILES for rule in file.rules}


def test_the_pack_has_these_rules_and_no_others():
    assert BY_ID.keys() == PACK.keys() | {row[0] for row in FIRST}


@pytest.mark.parametrize("rule_id", list(PACK))
def test_a_rule_is_what_the_pack_promises(rule_id):
    severity, phase, maturity, parameters, types = PACK[rule_id]
    rule, file = BY_ID[rule_id]

    assert (rule.severity, rule.info.phase, rule.info.maturity) == (severity, phase, maturity)
    assert {kind.removeprefix("microsoft.") for kind in rule.types} == types
    for name, default in parameters.items():
        assert file.parameters[name] == default
        assert type(file.parameters[name]) is type(default)


@pytest.mark.parametrize("rule_id", list(PACK))
def test_a_rule_says_why_and_what_to_do_with_a_command_and_a_source(rule_id):
    info = BY_ID[rule_id][0].info

    assert len(info.title) > 10
    assert len(info.rationale) > 50
    assert ("`az " in info.remediation or "`gh " in info.remediation) == (rule_id not in WITHOUT_A_COMMAND)
    assert info.references
    assert all(re.fullmatch(r"https://(learn\.microsoft|docs\.github)\.com/\S+", link) for link in info.references)


def test_a_window_of_one_rule_is_not_that_of_another():
    windows = {"openai-idle-deployment": "P30D", "ml-cluster-idle": "P14D", "ml-gpu-utilization": "P7D"}
    assert {rule_id: BY_ID[rule_id][1].parameters["window"] for rule_id in windows} == windows

    changed = load_policies([], [Override("window", "P3D", "--parameter window")])

    assert {file.parameters["window"] for file in changed if "window" in file.parameters} == {"P3D"}


@pytest.mark.parametrize(
    ("rule_id", "kinds"),
    [
        ("openai-idle-deployment", {"metrics"}),
        ("openai-throttled-requests", {"metrics"}),
        ("openai-token-anomaly", {"metrics"}),
        ("openai-prompt-cache", {"metrics"}),
        ("openai-model-retirement", {"models"}),
        ("openai-shared-account", {"diagnosticSettings"}),
        ("ai-diagnostics", {"diagnosticSettings"}),
        ("ml-gpu-utilization", {"metrics"}),
        ("ml-endpoint-idle", {"metrics"}),
        ("ai-budget", {"budgets"}),
        ("ai-budget-forecast", {"budgets"}),
        ("ai-anomaly-alert", {"scheduledActions"}),
        ("ml-cluster-idle", set()),
    ],
)
def test_a_rule_asks_for_the_facts_it_needs(rule_id, kinds):
    assert {kind for kind, _ in BY_ID[rule_id][0].facts} == kinds


@pytest.mark.parametrize(
    ("rule_id", "type_read"),
    [
        ("openai-shared-account", DEPLOYMENTS),
        ("ml-cluster-idle", JOBS),
        ("ml-gpu-utilization", COMPUTES),
        ("ml-endpoint-empty", ONLINE),
        ("ai-budget", "fabric/capacities"),
    ],
)
def test_a_rule_asks_for_the_resources_around_those_it_judges(rule_id, type_read):
    rule = BY_ID[rule_id][0]

    assert f"microsoft.{type_read}" in rule.read_types()
    assert f"microsoft.{type_read}" not in rule.subject_types()
