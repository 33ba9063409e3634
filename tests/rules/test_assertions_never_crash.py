"""Whatever Azure may answer, a named assertion gives a judgement, and says why where it does not hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.model.inventory import Fact
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.environment import Environment
from tests.factories import (
    ACCOUNT,
    AS_OF,
    COMPUTE,
    DEPLOYMENT,
    JOB,
    SUBSCRIPTION,
    WORKSPACE,
    arm_id,
    compiled,
    days_before,
    make_inventory,
    make_resource,
    make_subscription,
)

ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
ARGUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "requiredTags": (ACCOUNT, {"tags": ["team"]}),
    "tagValues": (ACCOUNT, {"allowed": {"team": ["a"]}}),
    "scaleToZero": (COMPUTE, {"maxIdleTime": "PT30M"}),
    "jobTimeLimit": (JOB, {"maxJobTime": "P1D"}),
    "rateLimit": (DEPLOYMENT, {"maxTokensPerMinute": 1000}),
    "quotaShare": (DEPLOYMENT, {"maxQuotaShare": 0.5}),
    "quotaHeadroom": ("Microsoft.CognitiveServices/locations/usages", {"maxQuotaAllocated": 0.5}),
    "metric": (ACCOUNT, {"name": "AzureOpenAIRequests", "window": "P7D", "greater": 0}),
    "modelLifecycle": (DEPLOYMENT, {"horizon": "P90D"}),
    "allowedModels": (DEPLOYMENT, {"allowedModels": ["gpt"], "environments": {"dev": {"deniedModels": ["gpt"]}}}),
    "idleDeployment": (DEPLOYMENT, {"window": "P30D"}),
    "throttledShare": (DEPLOYMENT, {"maxThrottledShare": 0.05, "window": "P7D"}),
    "tokenAnomaly": (DEPLOYMENT, {"sigmas": 3, "minTokens": 0}),
    "allowedVmSizes": (COMPUTE, {"allowedVmSizes": ["Standard_D*"]}),
    "allowedRegions": (ACCOUNT, {"allowedRegions": ["eastus"]}),
    "diagnosticSettings": (ACCOUNT, {"logCategories": ["Audit"]}),
    "idleCluster": (COMPUTE, {"window": "P14D"}),
    "jobAge": (JOB, {"maxAge": "P3D"}),
    "endpointDeployments": (ENDPOINT, {}),
    "purged": ("Microsoft.CognitiveServices/deletedAccounts", {}),
    "children": (ACCOUNT, {"type": DEPLOYMENT, "whose": "properties.model.name", "like": "gpt*"}),
    "ratio": (ACCOUNT, {"numerator": "properties.value", "denominator": "properties.limit", "lessOrEquals": 1}),
    "seatActivity": (ACCOUNT, {"window": "P30D", "lastActivity": "properties.value", "created": "properties.limit"}),
    "searchUnits": ("Microsoft.Search/searchServices", {"maxSearchUnits": 1}),
    "holdsAiResources": ("Microsoft.Resources/subscriptions", {}),
    "budget": ("Microsoft.Resources/subscriptions", {"thresholdType": "Forecasted"}),
    "anomalyAlert": ("Microsoft.Resources/subscriptions", {}),
}
KEYS = [
    "properties", "properties", "sku", "model", "name", "value", "version", "capacity", "kind", "tags", "location",
    "scaleSettings", "minNodeCount", "limits", "timeout", "jobType", "jobs", "settings", "rateLimits", "key", "count",
    "deprecation", "inference", "replicaCount", "traffic", "blue", "status", "computeId", "systemData", "createdAt",
    "logs", "enabled", "category", "notifications", "contactEmails", "thresholdType", "timePeriod", "endDate", "limit",
    "currentValue", "timeseries", "metadatavalues", "data", "total", "timeStamp", "vmSize",
]  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**400),
    st.floats(),
    st.sampled_from(["", "gpt-4o", "Command", "token", "Running", "P1D", days_before(3), days_before(-3), "429", "*"]),
    st.text(max_size=3),
    st.just(UNKNOWN),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)
BODY = st.dictionaries(st.sampled_from(["properties", "sku", "kind", "tags", "location", "systemData"]), JSON)
QUERIES = [
    {"metric": "AzureOpenAIRequests", "aggregation": "total", "interval": "FULL", "dimension": "ModelDeploymentName"},
    {"metric": "AzureOpenAIRequests", "aggregation": "average", "interval": "PT1H", "dimension": ""},
    {"metric": "TokenTransaction", "aggregation": "total", "interval": "P1D", "dimension": "ModelDeploymentName"},
]
SERIES = st.fixed_dictionaries(
    {
        "metadatavalues": st.just([{"name": {"value": "modeldeploymentname"}, "value": "subject"}]) | JSON,
        "data": st.lists(st.fixed_dictionaries({"timeStamp": LEAVES, "total": LEAVES}) | JSON, max_size=4) | JSON,
    }
)


def test_every_assertion_is_tried():
    assert ARGUMENTS.keys() == ASSERTIONS.keys()


def subject_of(kind: str, body: dict[str, Any]) -> Resource:
    if kind == "Microsoft.Resources/subscriptions":
        return make_subscription()
    name = "/".join(["acct", "endpoint", "subject"][-kind.count("/") :]) if kind.count("/") > 1 else "subject"
    return make_resource(kind, name, **{"properties": {}, **body})


@pytest.mark.parametrize("name", list(ARGUMENTS))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(body=BODY, other=BODY, data=st.lists(JSON, max_size=3) | JSON, series=st.lists(SERIES, max_size=2))
def test_any_answer_is_judged(name: str, body: dict[str, Any], other: dict[str, Any], data: Any, series: list[Any]):
    kind, arguments = ARGUMENTS[name]
    subject = subject_of(kind, body)
    owner = subject.id.rsplit("/", 2)[0]
    place = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/eastus"
    windows = [{"start": days_before(days), "end": days_before(0)} for days in (30, 7, 29)]
    entries = [{"query": q | w, "value": {"timeseries": series}} for q, w in zip(QUERIES, windows, strict=True)]
    facts = [Fact(fact, subject.id, data) for fact in ("diagnosticSettings", "budgets", "scheduledActions")]
    facts += [Fact("models", place, data), Fact("quotaUsages", place, data)]
    facts += [Fact("metrics", scope, entries if series else data) for scope in (subject.id, owner)]
    around = [
        make_resource(ACCOUNT, "endpoint", location="eastus", kind="OpenAI"),
        make_resource(WORKSPACE, "endpoint", **other),
        make_resource(JOB, "endpoint/job", **other),
        make_resource(f"{ENDPOINT}/deployments", "endpoint/subject/blue", **other),
        make_resource(DEPLOYMENT, "subject/blue", id=f"{arm_id(ACCOUNT, 'subject')}/deployments/blue", **other),
    ]
    env = Environment(make_inventory(subject, *around, facts=facts), AS_OF)

    judgement = compiled({name: arguments}).explain(subject, env)

    assert judgement.truth in {True, False, None}
    assert judgement.truth is True or (judgement.message and judgement.evidence)
