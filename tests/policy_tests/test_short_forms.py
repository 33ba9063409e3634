"""Short forms of resources, facts and gaps are what a live scan would hold."""

from __future__ import annotations

import pytest

from scanner.model.values import UNKNOWN
from scanner.policy_tests.run import run_case

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-ai"
METRIC_POLICY = """\
version: 1
name: metrics
parameters:
  window: {type: duration, default: P1D}
rules:
  - id: busy
    title: Deployments are used
    severity: low
    resource: Microsoft.CognitiveServices/accounts/deployments
    assert:
      metric:
        name: AzureOpenAIRequests
        scope: parent
        dimension: ModelDeploymentName
        aggregation: total
        interval: PT1H
        window: "[parameters('window')]"
        statistic: sum
        greater: 0
  - id: quota
    title: Quota is left
    severity: low
    resource: Microsoft.CognitiveServices/accounts/deployments
    assert: {quotaShare: {maxQuotaShare: 0.5}}
"""
HEAD = """\
version: 1
templates:
  account: {type: Microsoft.CognitiveServices/accounts, name: contoso, location: swedencentral}
  chat: {type: Microsoft.CognitiveServices/accounts/deployments, name: contoso/chat, sku: {name: Standard, capacity: 6}}
cases:
"""


def case_of(bench, text):
    bench.cases(text)
    return bench.load().files[0].cases[0]


def resource_of(bench, text):
    resources = f"[{text}, {{template: search, name: z}}]"
    case = case_of(bench, f"- {{rule: search-replicas, name: x, resources: {resources}, expect: {{z: pass}}}}")
    return case.inventory.resources[0]


@pytest.mark.parametrize(
    ("text", "identity", "name"),
    [
        (
            "{type: Microsoft.Search/searchServices, name: docs}",
            f"{GROUP}/providers/Microsoft.Search/searchServices/docs",
            "docs",
        ),
        (
            "{type: Microsoft.CognitiveServices/accounts/deployments, name: contoso/chat}",
            f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/contoso/deployments/chat",
            "chat",
        ),
        (
            "{type: Microsoft.Search/searchServices, name: docs, resourceGroup: rg-b, subscriptionId: s2}",
            "/subscriptions/s2/resourceGroups/rg-b/providers/Microsoft.Search/searchServices/docs",
            "docs",
        ),
        ("{type: subscription}", SUBSCRIPTION, "00000000-0000-0000-0000-000000000001"),
        ("{type: resourceGroup}", GROUP, "rg-ai"),
        ("{type: resourceGroup, name: rg-b}", f"{SUBSCRIPTION}/resourceGroups/rg-b", "rg-b"),
        (
            "{id: /subscriptions/s/providers/Microsoft.X/things/t}",
            "/subscriptions/s/providers/Microsoft.X/things/t",
            "t",
        ),
    ],
)
def test_a_resource_without_an_id_gets_one(bench, text, identity, name):
    resource = resource_of(bench, text)

    assert (resource.id, resource.name) == (identity, name)


def test_a_resource_laid_on_a_template_merges_mappings_replaces_lists_and_drops_nulls(bench):
    bench.tests("""\
        version: 1
        templates:
          base:
            type: Microsoft.Search/searchServices
            name: docs
            tags: {team: a, owner: b}
            zones: ["1", "2"]
            properties: {replicaCount: 1, partitionCount: 1}
        cases:
          - rule: search-replicas
            name: merged
            resources:
              - {template: base, tags: {owner: null}, zones: ["3"], properties: {replicaCount: 2}}
            expect: pass
    """)
    body = bench.load().files[0].cases[0].inventory.resources[0].json

    assert body["tags"] == {"team": "a"}
    assert body["zones"] == ["3"]
    assert body["properties"] == {"replicaCount": 2, "partitionCount": 1}


def test_a_value_known_after_deployment_is_unknown(bench):
    resource = resource_of(
        bench, "{type: Microsoft.Search/searchServices, name: a, sku: {name: (known after deployment)}}"
    )

    assert resource.json["sku"]["name"] is UNKNOWN


def test_a_resource_of_the_case_replaces_the_one_of_the_defaults(bench):
    bench.tests("""\
        version: 1
        defaults:
          resources:
            - {type: Microsoft.Search/searchServices, name: docs, properties: {replicaCount: 1}}
            - {type: Microsoft.Search/searchServices, name: other, properties: {replicaCount: 1}}
        cases:
          - rule: search-replicas
            name: replaced
            resources: [{type: Microsoft.Search/searchServices, name: DOCS, properties: {replicaCount: 9}}]
            expect: {docs: fail, other: pass}
    """)

    assert run_case(bench.load().files[0].cases[0]).met


@pytest.mark.parametrize(
    ("words", "source", "declared", "kinds"),
    [
        ("", "azure", False, {"metrics"}),
        ("live: false, ", "arm-json", False, set()),
        ("declared: true, ", "template", True, set()),
    ],
)
def test_where_resources_come_from_decides_what_an_input_can_hold(bench, words, source, declared, kinds):
    bench.policy(METRIC_POLICY, "metrics.yaml")
    expect = "unknown" if kinds else "notEvaluated"
    bench.tests(
        HEAD + f"  - {{rule: busy, name: x, {words}resources: [{{template: chat}}], expect: {expect}}}",
        "metrics.yaml",
    )
    case = bench.load(bench.root / "metrics.yaml").files[0].cases[0]

    assert case.inventory.resources[0].origin.source == source
    assert case.inventory.resources[0].origin.declared == declared
    assert case.inventory.sources[0].fact_kinds == kinds
    assert run_case(case).met


def metric_case(bench, facts, expect):
    bench.policy(METRIC_POLICY, "metrics.yaml")
    bench.tests(
        HEAD + f"  - {{rule: busy, name: x, resources: [{{template: chat}}], facts: [{facts}], expect: {expect}}}",
        "metrics.yaml",
    )
    return bench.load(bench.root / "metrics.yaml").files[0].cases[0]


def test_points_become_the_series_that_the_rule_asks_for(bench):
    case = metric_case(bench, "{points: [1, null, 3]}", "pass")

    (fact,) = case.inventory.facts
    assert (fact.kind, fact.scope) == ("metrics", f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/contoso")
    (entry,) = fact.data
    assert entry["query"] == {
        "metric": "AzureOpenAIRequests",
        "aggregation": "total",
        "interval": "PT1H",
        "start": "2025-12-31T00:00:00+00:00",
        "end": "2026-01-01T00:00:00+00:00",
        "dimension": "ModelDeploymentName",
        "also": [],
    }
    (series,) = entry["value"]["timeseries"]
    assert series["metadatavalues"] == [{"name": {"value": "modeldeploymentname"}, "value": "chat"}]
    assert series["data"] == [
        {"timeStamp": "2025-12-31T21:00:00+00:00", "total": 1},
        {"timeStamp": "2025-12-31T22:00:00+00:00"},
        {"timeStamp": "2025-12-31T23:00:00+00:00", "total": 3},
    ]
    assert run_case(case).met


@pytest.mark.parametrize(
    ("facts", "expect"),
    [
        ("{points: [0, 0]}", "fail"),
        ("{points: []}", "unknown"),
        ("{metric: azureopenairequests, of: chat, points: [2]}", "pass"),
        ("{window: PT2H, points: [2]}", "unknown"),
        ("{window: P7D, points: [2]}", "pass"),
    ],
)
def test_points_are_judged_as_measured(bench, facts, expect):
    assert run_case(metric_case(bench, facts, expect)).met


def test_quota_usages_in_short_are_those_of_the_region(bench):
    bench.policy(METRIC_POLICY, "metrics.yaml")
    bench.tests(
        HEAD
        + """\
  - rule: quota
    name: short
    resources: [{template: account}, {template: chat, properties: {model: {format: OpenAI, name: gpt-4o}}}]
    facts: [{location: Sweden Central, quotaUsages: {OpenAI.Standard.gpt-4o: [6, 10]}}]
    expect: {chat: fail}
""",
        "metrics.yaml",
    )
    case = bench.load(bench.root / "metrics.yaml").files[0].cases[0]

    (fact,) = case.inventory.facts
    assert fact.scope == f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/swedencentral"
    assert fact.data[0]["limit"] == 10
    assert run_case(case).met


@pytest.mark.parametrize(
    ("scope", "identity"),
    [
        ("scope: contoso", f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/contoso"),
        ("scope: contoso/chat", f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/contoso/deployments/chat"),
        ("scope: /subscriptions/other", "/subscriptions/other"),
        ("scope: subscription", SUBSCRIPTION),
        ("scope: resourceGroup", GROUP),
        ("location: swedencentral", f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/swedencentral"),
    ],
)
def test_a_scope_is_an_id_a_name_or_a_region(bench, scope, identity):
    bench.policy(METRIC_POLICY, "metrics.yaml")
    bench.tests(
        HEAD + f"  - {{rule: quota, name: x, resources: [{{template: account}}, {{template: chat}}], "
        f"gaps: [{{{scope}, what: quotaUsages, reason: forbidden}}], expect: {{chat: unknown}}}}",
        "metrics.yaml",
    )
    (gap,) = bench.load(bench.root / "metrics.yaml").files[0].cases[0].inventory.gaps

    assert (gap.scope, gap.what, gap.reason) == (identity, "quotaUsages", "forbidden")
