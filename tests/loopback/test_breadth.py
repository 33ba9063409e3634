"""The whole tenant, with exactly the requests it takes, and Copilot beside it."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from scanner.model.needs import FactNeed, MetricQuery, Needs
from scanner.scan import PolicyOptions, ScanOptions, scan
from scanner.sources.azure import AzureOptions, AzureSource
from tests.loopback.copilot import DOWNLOAD, seat
from tests.loopback.server import FakeAzure
from tests.loopback.tenant import COGNITIVE, LEARNING, Metric, Tenant

AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ONE, TWO = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
TAGS = {"environment": "prod", "team": "ai", "workload": "chat", "cost-center": "7"}
ACCOUNTS = f"{COGNITIVE}/accounts"


@pytest.fixture
def azure_environ(monkeypatch):
    """Make the process one whose environment describes a fake Azure."""

    def use(azure, **more):
        for name in [name for name in os.environ if name.startswith(("AZURE_", "AZGATE_", "GITHUB_"))]:
            monkeypatch.delenv(name)
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {**azure.environ(), **more}.items():
            monkeypatch.setenv(name, value)

    return use


def add_subscription(tenant, name):
    """A subscription with an account, a Foundry account, a workspace with an endpoint, search and a bot."""
    subscription = tenant.add_subscription(name)
    group = tenant.add_group(subscription, "rg-ai", tags=TAGS)
    account = tenant.add_account(group, "chat", disableLocalAuth=True)
    tenant.add_deployment(account, "gpt4o", raiPolicyName="Microsoft.DefaultV2")
    tenant.add_usage(subscription, "eastus2", "OpenAI.Standard.gpt-4o", current=10, limit=100)
    foundry = tenant.add_account(group, "foundry", kind="AIServices", disableLocalAuth=True)
    tenant.add_child(foundry, "projects", "p")
    workspace = tenant.add_workspace(group, "ml")
    endpoint = tenant.add_child(workspace, "onlineEndpoints", "e", kind="Managed")
    tenant.add_child(endpoint, "deployments", "blue", sku={"name": "Default", "capacity": 1})
    tenant.add_top_level(group, "Microsoft.Search/searchServices", "find", sku={"name": "basic"})
    return subscription


@pytest.fixture
def tenant():
    tenant = Tenant()
    add_subscription(tenant, ONE)
    add_subscription(tenant, TWO)
    return tenant


def counted(azure):
    """Requests by method and path, with the subscription left out: what is sent once for each of the two is 2."""
    paths = [(one.method, one.path.replace(ONE, "{s}").replace(TWO, "{s}")) for one in azure.requests]
    return Counter(f"{method} {path}" for method, path in paths)


def collect(needs, **options):
    source = AzureSource(AzureOptions(environ=os.environ, **options), sleep=lambda _: None)
    return source.collect(needs, AS_OF)


def live(*rules, **options):
    """Scan as the command does, by these rules; none means all."""
    policy = PolicyOptions(rules=rules)
    return scan(ScanOptions(policy=policy, live=AzureOptions(environ=os.environ, **options), as_of=AS_OF))


def test_required_tags_takes_no_fact_and_no_list_that_resource_graph_answers(tenant, azure_environ):
    with FakeAzure(tenant) as azure:
        azure_environ(azure)
        result = live("required-tags")
        assert azure.writes == []
        assert azure.unauthorized == []
        group = "/subscriptions/{s}/resourceGroups/rg-ai/providers"
        assert counted(azure) == {
            "GET /subscriptions": 1,
            "GET /subscriptions/{s}/resourcegroups": 2,
            "POST /providers/Microsoft.ResourceGraph/resources": 1,
            f"GET /subscriptions/{{s}}/providers/{ACCOUNTS}": 2,
            f"GET {group}/{ACCOUNTS}/chat/deployments": 2,
            f"GET {group}/{ACCOUNTS}/foundry/deployments": 2,
            f"GET {group}/{ACCOUNTS}/foundry/projects": 2,
            f"GET /subscriptions/{{s}}/providers/{LEARNING}/workspaces": 2,
            f"GET {group}/{LEARNING}/workspaces/ml/computes": 2,
            # Resource Graph has no row of these four types: no row is no proof.
            f"GET {group}/{LEARNING}/workspaces/ml/serverlessEndpoints": 2,
            "GET /subscriptions/{s}/providers/Microsoft.BotService/botServices": 2,
            "GET /subscriptions/{s}/providers/Microsoft.Fabric/capacities": 2,
            "GET /subscriptions/{s}/providers/Microsoft.SecurityCopilot/capacities": 2,
        }
        assert len(azure.token_requests) == 1
    assert result.gaps == ()
    assert result.gate.exit_code == 0
    assert result.summary.outcomes["pass"] == 2 * (2 + 1 + 1 + 1 + 1 + 1)


def test_every_rule_together_sends_nothing_twice(tenant, azure_environ):
    with FakeAzure(tenant) as azure:
        azure_environ(azure)
        result = live()
        assert azure.writes == []
        assert azure.unauthorized == []
        assert [key for key, count in Counter(one.key for one in azure.requests).items() if count > 1] == []
        sent = counted(azure)
    assert result.gaps == ()
    group = "/subscriptions/{s}/resourceGroups/rg-ai/providers"
    assert sent["POST /providers/Microsoft.ResourceGraph/resources"] == 1
    # One call takes all accounts of a region, one each for three forms of question, metrics of one form together.
    assert sent["POST /subscriptions/{s}/metrics:getBatch"] <= 2 * 6
    assert sent[f"GET /subscriptions/{{s}}/providers/{COGNITIVE}/locations/eastus2/usages"] == 2
    assert sent[f"GET /subscriptions/{{s}}/providers/{COGNITIVE}/locations/eastus2/models"] == 2
    assert sent[f"GET {group}/{ACCOUNTS}/chat/providers/Microsoft.Insights/diagnosticSettings"] == 2
    assert sent["GET /subscriptions/{s}/providers/Microsoft.Consumption/budgets"] == 2
    assert sent["GET /subscriptions/{s}/providers/Microsoft.CostManagement/scheduledActions"] == 2
    assert not any("/metrics" in path and path.startswith("GET") for path in sent)


def test_metrics_of_one_form_and_window_share_a_call_for_each_region_and_subscription(tenant, azure_environ):
    kind = f"{ACCOUNTS}/deployments".lower()
    queries = [
        MetricQuery(name, "total", "P1D", timedelta(days=7), "parent", "ModelDeploymentName")
        for name in ("AzureOpenAIRequests", "TokenTransaction", "GeneratedTokens")
    ]
    facts = tuple(FactNeed("metrics", frozenset({kind}), lambda *_: True, query) for query in queries)
    with FakeAzure(tenant) as azure:
        azure_environ(azure)
        inventory = collect(Needs(frozenset({kind}), facts))
        assert counted(azure)["POST /subscriptions/{s}/metrics:getBatch"] == 2
    assert [len(fact.data) for fact in inventory.facts] == [3, 3]


def test_a_metric_split_by_two_dimensions_keeps_both(tenant, azure_environ):
    kind = f"{ACCOUNTS}/deployments".lower()
    account = f"/subscriptions/{ONE}/resourceGroups/rg-ai/providers/{ACCOUNTS}/chat"
    series = {("gpt4o", status): [(AS_OF - timedelta(days=1), count)] for status, count in (("200", 9), ("429", 3))}
    tenant.add_metric(account, "AzureOpenAIRequests", Metric(series, dimensions=("ModelDeploymentName", "StatusCode")))
    query = MetricQuery(
        "AzureOpenAIRequests", "total", "FULL", timedelta(days=7), "parent", "ModelDeploymentName", ("StatusCode",)
    )
    with FakeAzure(tenant) as azure:
        azure_environ(azure)
        inventory = collect(
            Needs(frozenset({kind}), (FactNeed("metrics", frozenset({kind}), lambda *_: True, query),)),
            subscriptions=(ONE,),
        )
    (entry,) = inventory.fact("metrics", account).data
    found = {
        tuple(one["value"] for one in each["metadatavalues"]): each["data"][0]["total"]
        for each in entry["value"]["timeseries"]
    }
    assert found == {("gpt4o", "200"): 9, ("gpt4o", "429"): 3}


def test_a_small_cloud_that_knows_the_main_providers_only_scans_clean(azure_environ):
    tenant = Tenant()
    subscription = tenant.add_subscription(ONE)
    group = tenant.add_group(subscription, "rg-ai", tags=TAGS)
    account = tenant.add_account(group, "chat", kind="AIServices")
    tenant.add_deployment(account, "gpt4o")
    tenant.add_usage(subscription, "eastus2", "OpenAI.Standard.gpt-4o", current=10, limit=100)
    workspace = tenant.add_workspace(group, "ml")
    tenant.add_compute(workspace, "cpu", scaleSettings={"minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": "PT120S"})
    tenant.has_resource_graph = False
    tenant.providers = frozenset({COGNITIVE.lower(), LEARNING.lower()})
    for word in ("projects", "serverlessEndpoints", "onlineEndpoints"):
        tenant.fault(f"*/{word}", status=404, code="InvalidResourceType")
    with FakeAzure(tenant) as azure:
        azure_environ(azure)
        result = live("required-tags", "tag-values", "ml-*scale-to-zero", "openai-quota-*", "openai-purge-ptu")
        assert azure.writes == []
    assert result.gaps == ()
    assert result.gate.exit_code == 0
    assert result.summary.outcomes["pass"] > 5


def test_a_management_group_is_its_subscriptions(tenant, azure_environ):
    three = "33333333-3333-3333-3333-333333333333"
    tenant.management_groups["mg-ai"] = [f"/subscriptions/{TWO}", f"/subscriptions/{three}"]
    with FakeAzure(tenant, page_size=1) as azure:
        azure_environ(azure)
        inventory = collect(Needs(frozenset({ACCOUNTS.lower()})), management_groups=("mg-ai",))
        assert not [one for one in azure.requests if ONE in one.path]
    assert {one.subscription_id for one in inventory.scanned} == {TWO}
    assert inventory.scopes == (f"/subscriptions/{TWO}", f"/subscriptions/{three}")
    assert [(gap.scope, gap.reason.value) for gap in inventory.gaps] == [(f"/subscriptions/{three}", "notFound")]


@pytest.fixture
def copilot_tenant(tenant):
    """Licences, users and seats; each rule has something to pass and something to fail."""
    tenant.licences = [
        {"skuId": "a", "skuPartNumber": "Microsoft_365_Copilot", "consumedUnits": 10, "prepaidUnits": {"enabled": 20}},
        {"skuId": "b", "skuPartNumber": "ENTERPRISEPACK", "consumedUnits": 1, "prepaidUnits": {"enabled": 20}},
        {"skuId": "c", "skuPartNumber": "Copilot_Studio", "consumedUnits": 20, "prepaidUnits": {"enabled": 20}},
    ]
    tenant.usage_users = [
        {"userPrincipalName": "ada@contoso.com", "lastActivityDate": "2026-11-20"},
        {"userPrincipalName": "C65E8D8AFA0DAB96", "lastActivityDate": ""},
    ]
    tenant.github_page = 2
    tenant.github_billing["contoso"] = {"seat_breakdown": {"total": 3, "active_this_cycle": 1}}
    tenant.github_seats["contoso"] = [
        seat("ada", last="2026-11-20T08:00:00Z"),
        seat("grace"),
        seat("new", created="2026-11-20T08:00:00Z"),
    ]
    tenant.github_seats["contoso-all"] = [seat("ada", last="2026-11-20T08:00:00Z"), seat("ada"), seat("edsger")]
    return tenant


def test_copilot_is_judged_where_it_is_asked_for(copilot_tenant, azure_environ):
    with FakeAzure(copilot_tenant) as azure:
        azure_environ(azure, GITHUB_TOKEN=copilot_tenant.github_token)
        result = live(
            "copilot-*",
            graph=True,
            github_organizations=("contoso",),
            github_enterprises=("contoso-all",),
            subscriptions=(ONE,),
        )
        assert azure.writes == []
        assert azure.unauthorized == []
        (download,) = [one for one in azure.requests if one.path == DOWNLOAD]
        assert download.authorization == ""
        assert all(
            one.authorization != f"Bearer {copilot_tenant.github_token}"
            for one in azure.requests
            if not one.path.startswith("/github/")
        )
    assert result.gaps == ()
    assert result.scan.not_evaluated == ()
    failures = {(one.rule.id, one.resource.name) for one in result.findings if one.outcome == "fail"}
    assert failures == {
        ("copilot-m365-unassigned", "Microsoft_365_Copilot"),
        ("copilot-m365-inactive", "C65E8D8AFA0DAB96"),
        ("copilot-github-utilization", "contoso"),
        ("copilot-github-inactive", "grace"),
        ("copilot-github-inactive", "edsger"),
    }
    passes = {(one.rule.id, one.resource.name) for one in result.findings if one.outcome == "pass"}
    assert {("copilot-m365-unassigned", "Copilot_Studio"), ("copilot-github-inactive", "ada")} <= passes


def test_copilot_that_nobody_asked_for_is_not_evaluated_and_costs_nothing(copilot_tenant, azure_environ):
    with FakeAzure(copilot_tenant) as azure:
        azure_environ(azure, GITHUB_TOKEN=copilot_tenant.github_token)
        result = live("copilot-*", "required-tags", subscriptions=(ONE,))
        assert not [one for one in azure.requests if one.path.startswith(("/v1.0/", "/github/"))]
        assert len(azure.token_requests) == 1
    assert result.gate.exit_code == 0
    skipped = {one.rule_id: one.reason for one in result.scan.not_evaluated}
    assert set(skipped) == {
        "copilot-m365-unassigned",
        "copilot-m365-inactive",
        "copilot-github-inactive",
        "copilot-github-utilization",
    }
    assert "--graph" in skipped["copilot-m365-inactive"]
    assert "--github-org" in skipped["copilot-github-inactive"]


def test_copilot_that_may_not_be_read_is_a_gap(copilot_tenant, azure_environ):
    copilot_tenant.fault("/v1.0/subscribedskus", status=403, code="Authorization_RequestDenied")
    copilot_tenant.fault("/github/orgs/contoso/*", status=404)
    with FakeAzure(copilot_tenant) as azure:
        azure_environ(azure, GITHUB_TOKEN=copilot_tenant.github_token)
        result = live("copilot-*", graph=True, github_organizations=("contoso",), subscriptions=(ONE,))
    assert {(gap.scope, gap.what, gap.reason.value) for gap in result.gaps} == {
        ("/providers/Microsoft.Graph", "Microsoft.Graph/subscribedSkus", "forbidden"),
        ("/providers/GitHub.Copilot/organizations/contoso", "GitHub.Copilot/organizations", "notFound"),
        ("/providers/GitHub.Copilot/organizations/contoso", "GitHub.Copilot/organizations/seats", "notFound"),
    }
    assert {one.resource.name for one in result.findings if one.rule.id == "copilot-m365-inactive"} == {
        "ada@contoso.com",
        "C65E8D8AFA0DAB96",
    }
