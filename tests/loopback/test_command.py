"""The command itself: what it takes on the command line reaches Azure, Graph and GitHub, or is refused at once."""

import io
import json
import os

import pytest

from scanner.cli import main
from tests.loopback.copilot import seat
from tests.loopback.server import FakeAzure
from tests.loopback.tenant import Tenant

ONE, TWO = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
TAGS = {"environment": "prod", "team": "ai", "workload": "chat", "cost-center": "7"}


@pytest.fixture
def azure():
    tenant = Tenant()
    for name in (ONE, TWO):
        group = tenant.add_group(tenant.add_subscription(name), "rg-ai", tags=TAGS)
        tenant.add_account(group, "chat")
    tenant.management_groups["mg-ai"] = [f"/subscriptions/{TWO}"]
    tenant.licences = [
        {"skuId": "a", "skuPartNumber": "Microsoft_365_Copilot", "consumedUnits": 1, "prepaidUnits": {"enabled": 9}}
    ]
    tenant.github_seats["contoso"] = [seat("ada")]
    with FakeAzure(tenant) as azure:
        yield azure


@pytest.fixture
def azgate(azure, monkeypatch, capsys):
    """Run the command in an environment that describes the fake Azure; give code, output and errors."""
    for name in [name for name in os.environ if name.startswith(("AZURE_", "AZGATE_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    for name, value in azure.environ().items():
        monkeypatch.setenv(name, value)

    def run(*arguments):
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_a_management_group_is_scanned(azure, azgate):
    code, output, _ = azgate("scan", "--rule", "required-tags", "--management-group", "mg-ai", "-o", "json=-")
    assert code == 0
    result = json.loads(output)
    assert result["scan"]["scopes"] == [f"/subscriptions/{TWO}"]
    assert {one["resource"]["id"].split("/")[2] for one in result["findings"]} == {TWO}


def test_copilot_is_collected_and_scanned_later(azure, azgate, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_TOKEN", azure.tenant.github_token)
    snapshot = str(tmp_path / "snapshot.json")
    flags = ("--subscription", ONE, "--rule", "copilot-*", "--graph", "--github-org", "contoso")
    code, _, errors = azgate("collect", "-o", snapshot, *flags)
    # This GitHub has no billing object.
    assert code == 3
    assert "GitHub.Copilot/organizations of" in errors
    code, output, _ = azgate("scan", snapshot, "--rule", "copilot-*", "-o", "json=-")
    result = json.loads(output)
    failures = {(one["ruleId"], one["resource"]["name"]) for one in result["findings"] if one["outcome"] == "fail"}
    assert code == 1
    assert failures == {("copilot-m365-unassigned", "Microsoft_365_Copilot"), ("copilot-github-inactive", "ada")}
    assert azure.tenant.github_token not in (tmp_path / "snapshot.json").read_text("utf-8")


def test_github_without_a_token_is_bad_input_before_anything_is_read(azure, azgate):
    code, output, errors = azgate("scan", "--github-org", "contoso")
    assert (code, output) == (2, "")
    assert "GITHUB_TOKEN is not set" in errors
    assert azure.requests == azure.token_requests == []


@pytest.mark.parametrize(
    "flags",
    [
        ("--graph",),
        ("--github-org", "contoso"),
        ("--github-enterprise", "contoso"),
        ("--management-group", "mg-ai"),
        ("--subscription", ONE, "--resource-group", "rg-ai"),
    ],
)
def test_what_is_read_live_does_not_go_with_a_file(azure, azgate, flags, tmp_path):
    file = tmp_path / "resources.json"
    file.write_text("[]", "utf-8")
    code, _, errors = azgate("scan", str(file), *flags)
    assert code == 2
    assert all(flag in errors for flag in flags if flag.startswith("--"))
    assert azure.requests == []


@pytest.mark.parametrize("by_pipe", [False, True], ids=["a file", "standard input"])
def test_a_change_is_judged_by_the_quota_of_a_region_in_which_nothing_is_deployed_yet(
    azure, azgate, by_pipe, tmp_path, monkeypatch
):
    azure.tenant.add_usage(f"/subscriptions/{ONE}", "westus", "OpenAI.Standard.gpt-4o", current=40, limit=100)
    account = f"/subscriptions/{ONE}/resourceGroups/rg-ai/providers/Microsoft.CognitiveServices/accounts/new"
    body = {
        "id": f"{account}/deployments/chat",
        "sku": {"name": "Standard", "capacity": 70},
        "properties": {"model": {"format": "OpenAI", "name": "gpt-4o", "version": "2024-11-20"}},
    }
    places = [{"id": account, "kind": "OpenAI", "location": "westus", "properties": {}}, body]
    changes = [{"resourceId": one["id"], "changeType": "Create", "after": one} for one in places]
    text = json.dumps({"status": "Succeeded", "changes": changes})
    file = tmp_path / "what-if.json"
    file.write_text(text, "utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    flags = ("--context", "live", "--subscription", ONE, "--rule", "openai-quota-*", "-o", "json=-")
    code, output, errors = azgate("scan", "-" if by_pipe else str(file), *flags)
    assert code == 1, errors
    messages = {one["ruleId"]: one["message"] for one in json.loads(output)["findings"]}
    assert messages["openai-quota-share"].startswith("70 of 100 units of OpenAI.Standard.gpt-4o in westus")
    assert "110 of 100 units" in messages["openai-quota-headroom"]
