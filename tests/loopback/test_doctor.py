"""`azgate doctor`: every permission is tried, what is missing is named with its role and its rules."""

import json
import os

import pytest

from scanner.cli import main
from tests.loopback.server import FakeAzure
from tests.loopback.tenant import COGNITIVE, LEARNING, Tenant

ONE, TWO = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
ACCOUNT = f"/subscriptions/{ONE}/resourceGroups/rg-ai/providers/{COGNITIVE}/accounts/chat"


@pytest.fixture
def tenant():
    """One subscription with an account and a workspace, one with neither."""
    tenant = Tenant()
    group = tenant.add_group(tenant.add_subscription(ONE), "rg-ai")
    tenant.add_account(group, "chat")
    tenant.add_workspace(group, "ml")
    tenant.add_group(tenant.add_subscription(TWO), "rg-empty", location="westus")
    tenant.licences = [{"skuId": "a", "skuPartNumber": "Microsoft_365_Copilot"}]
    tenant.github_billing["contoso"] = {}
    tenant.github_seats["contoso"] = []
    return tenant


@pytest.fixture
def doctor(monkeypatch, capsys):
    """Run the command against a fake Azure; give its exit code and its output."""

    def run(azure, *arguments, **environ):
        for name in [name for name in os.environ if name.startswith(("AZURE_", "AZGATE_", "GITHUB_"))]:
            monkeypatch.delenv(name)
        for name, value in {**azure.environ(), **environ}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        code = main(["doctor", *arguments])
        return code, capsys.readouterr().out

    return run


def checks(output):
    return json.loads(output)["checks"]


def test_with_every_permission_all_is_well(tenant, doctor):
    with FakeAzure(tenant) as azure:
        code, output = doctor(azure, "-o", "json")
        assert azure.writes == []
        assert azure.unauthorized == []
        keys = [one.key for one in azure.requests]
        assert len(keys) == len(set(keys))
    states = {}
    for check in checks(output):
        states.setdefault(check["permission"], []).append(check["state"])
    assert code == 0
    assert states == {
        "subscriptions": ["ok", "ok"],
        "groups": ["ok", "ok"],
        "resource-graph": ["ok"],
        "accounts": ["ok", "ok"],
        "workspaces": ["ok", "ok"],
        "neighbours": ["ok", "ok"],
        "usages": ["ok", "ok"],
        "models": ["ok", "ok"],
        "metrics-batch": ["ok", "untried"],
        "metrics": ["ok", "untried"],
        "diagnostics": ["ok", "untried"],
        "budgets": ["ok", "ok"],
        "scheduled-actions": ["ok", "ok"],
    }


FORBIDDEN = {"status": 403, "code": "AuthorizationFailed", "message": "The client does not have authorization."}


@pytest.mark.parametrize(
    ("path", "permission", "scope", "role", "rule"),
    [
        ("*/resourcegroups", "groups", f"/subscriptions/{ONE}", "Reader", "required-tags"),
        (f"*/{COGNITIVE}/accounts", "accounts", f"/subscriptions/{ONE}", "Reader", "openai-local-auth"),
        ("*/usages", "usages", f"/subscriptions/{ONE}", "Cognitive Services Usages Reader", "openai-quota-share"),
        ("*/models", "models", f"/subscriptions/{ONE}", "Reader", "openai-model-retirement"),
        (f"*/{LEARNING}/workspaces", "workspaces", f"/subscriptions/{ONE}", "Reader", "ml-job-time-limit"),
        ("*/capacities", "neighbours", f"/subscriptions/{ONE}", "Reader", "fabric-capacity-nonprod"),
        ("*/microsoft.insights/metrics", "metrics", ACCOUNT, "Monitoring Reader", "openai-ptu-utilization"),
        ("*/diagnosticsettings", "diagnostics", ACCOUNT, "Reader", "ai-diagnostics"),
        ("*/budgets", "budgets", f"/subscriptions/{ONE}", "Cost Management Reader", "ai-budget"),
        ("*/scheduledactions", "scheduled-actions", f"/subscriptions/{ONE}", "Cost Management Reader", "ai-anomaly"),
    ],
)
def test_a_missing_permission_is_named_with_its_role_and_its_rules(tenant, doctor, path, permission, scope, role, rule):
    tenant.fault(path, **FORBIDDEN)
    with FakeAzure(tenant) as azure:
        code, output = doctor(azure, "-o", "json", "--subscription", ONE)
        _, table = doctor(azure, "--subscription", ONE)
    missing = [check for check in checks(output) if check["state"] == "missing"]
    assert code == 3
    assert [(check["permission"], check["scope"], check["reason"]) for check in missing] == [
        (permission, scope, "forbidden")
    ]
    assert role in missing[0]["role"]
    assert any(one.startswith(rule) for one in missing[0]["rules"])
    assert "AuthorizationFailed" in missing[0]["detail"]
    flat = " ".join(table.split())
    assert "missing" in flat
    assert rule in flat
    assert "AuthorizationFailed" in flat
    assert max(len(line) for line in table.splitlines()) <= 80


@pytest.mark.parametrize(
    ("path", "permission", "instead"),
    [
        ("*/microsoft.resourcegraph/resources", "resource-graph", "each list is read on its own"),
        ("*/metrics:getbatch", "metrics-batch", "read resource by resource"),
    ],
)
def test_what_a_scan_does_without_is_said(tenant, doctor, path, permission, instead):
    tenant.fault(path, **FORBIDDEN)
    with FakeAzure(tenant) as azure:
        code, output = doctor(azure, "-o", "json", "--subscription", ONE)
        _, table = doctor(azure, "--subscription", ONE)
    (missing,) = [check for check in checks(output) if check["state"] == "missing"]
    assert (code, missing["permission"], missing["instead"], missing["rules"]) == (3, permission, instead, [])
    assert f"instead: {instead}" in " ".join(table.split())


def test_types_a_cloud_does_not_know_are_not_missing(tenant, doctor):
    tenant.fault("*/capacities", status=404, code="InvalidResourceNamespace")
    with FakeAzure(tenant) as azure:
        code, _ = doctor(azure, "--subscription", ONE)
    assert code == 0


def test_a_subscription_that_cannot_be_read_is_missing(tenant, doctor):
    gone = "33333333-3333-3333-3333-333333333333"
    with FakeAzure(tenant) as azure:
        code, output = doctor(azure, "-o", "json", "--subscription", gone)
    assert code == 3
    (check,) = checks(output)
    assert (check["permission"], check["scope"], check["reason"]) == (
        "subscriptions",
        f"/subscriptions/{gone}",
        "notFound",
    )


def test_graph_and_github_are_tried_where_they_are_asked_for(tenant, doctor):
    tenant.fault("/v1.0/copilot/*", status=403, code="S2SUnauthorized")
    tenant.fault("/github/orgs/contoso/copilot/billing", status=404)
    with FakeAzure(tenant) as azure:
        code, output = doctor(
            azure,
            *("-o", "json", "--subscription", TWO, "--graph", "--github-org", "contoso"),
            GITHUB_TOKEN=tenant.github_token,
        )
        assert azure.unauthorized == []
    found = {(check["permission"], check["state"]) for check in checks(output)}
    assert {("graph-licences", "ok"), ("graph-reports", "missing"), ("github", "missing"), ("github", "ok")} <= found
    assert code == 3
    assert tenant.github_token not in output


def test_without_graph_and_github_neither_is_asked(tenant, doctor):
    with FakeAzure(tenant) as azure:
        _, output = doctor(azure)
        assert not [one for one in azure.requests if one.path.startswith(("/v1.0/", "/github/"))]
    assert "Graph application" not in output


def test_a_wrong_secret_is_bad_input(tenant, doctor):
    with FakeAzure(tenant) as azure:
        code, output = doctor(azure, AZURE_CLIENT_SECRET="wrong")
    assert (code, output) == (2, "")


def test_control_characters_of_azures_messages_stay_off_the_terminal(tenant, doctor):
    tenant.fault("*/budgets", status=403, code="No", message="a\x1b[31mred\nline")
    with FakeAzure(tenant) as azure:
        _, table = doctor(azure)
    assert "\x1b" not in table
