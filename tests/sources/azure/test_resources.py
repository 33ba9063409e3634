"""What is read of which type, with which call, and what is not asked for."""

import json

import pytest

from scanner.model.resource import SUBSCRIPTION as SUBSCRIPTION_TYPE
from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors import COLLECTORS
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.resources import needed_collectors
from tests.sources.azure.fakes import (
    ACCOUNT,
    ACCOUNTS,
    ARM,
    AS_OF,
    DEPLOYMENT_TYPE,
    GROUP,
    SUBSCRIPTION,
    about_deployments,
    account,
    deployment,
    gaps_of,
    needs,
    subscription,
)

ACCOUNT_TYPE = "microsoft.cognitiveservices/accounts"
WORKSPACE_TYPE = "microsoft.machinelearningservices/workspaces"
WORKSPACES = f"{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/ml"


def serve_learning(arm):
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(WORKSPACES, {"id": WORKSPACE, "type": "Microsoft.MachineLearningServices/workspaces"})
    arm.lists(f"{WORKSPACE}/computes", {"id": f"{WORKSPACE}/computes/gpu", "properties": {"computeType": "New"}})
    arm.lists(f"{WORKSPACE}/jobs", {"id": f"{WORKSPACE}/jobs/train", "properties": {"jobType": "New"}})


def test_a_child_type_brings_its_parents_and_azures_own_json(arm):
    arm.serve_chat()
    inventory = arm.collect(needs(DEPLOYMENT_TYPE))
    assert [one.id for one in inventory.scanned] == [ACCOUNT, f"{ACCOUNT}/deployments/gpt4o"]
    assert inventory.scanned[1].json == deployment("gpt4o")
    assert {one.origin.source for one in inventory.resources} == {"azure"}
    assert not inventory.gaps
    assert not inventory.facts
    assert inventory.collected_at == AS_OF
    kinds = {"quotaUsages", "models", "metrics", "diagnosticSettings", "budgets", "scheduledActions"}
    (source,) = inventory.sources
    assert (source.kind, source.name, source.fact_kinds) == ("azure", ARM, kinds)


def test_the_types_that_no_rule_asks_for_are_named(arm):
    arm.serve_chat()

    reasons = arm.collect(needs(DEPLOYMENT_TYPE)).sources[0].not_asked

    assert not {ACCOUNT_TYPE, DEPLOYMENT_TYPE} & reasons.keys()
    kind = "Microsoft.MachineLearningServices/workspaces/jobs"
    assert reasons[kind.lower()] == f"no rule that was chosen when Azure was read asks for {kind}"


def test_only_what_the_rules_need_is_asked_for(arm):
    arm.serve_chat()
    arm.collect(needs(ACCOUNT_TYPE))
    assert arm.paths() == ["GET /subscriptions", f"GET {ACCOUNTS}", f"GET {SUBSCRIPTION}/resourcegroups"]


@pytest.mark.parametrize(
    ("kind", "children"),
    [("workspaces", []), ("workspaces/computes", ["computes"]), ("workspaces/jobs", ["jobs"])],
)
def test_workspaces_are_read_with_the_children_that_are_needed(arm, kind, children):
    serve_learning(arm)
    arm.collect(needs(f"microsoft.machinelearningservices/{kind}"))
    calls = [call for call in arm.calls if "MachineLearning" in call.path]
    assert [call.path for call in calls] == [WORKSPACES, *(f"{WORKSPACE}/{child}" for child in children)]
    assert {call.query["api-version"] for call in calls} == {"2025-12-01"}
    assert [call.query.get("listViewType") for call in calls if call.path.endswith("/jobs")] == ["ActiveOnly"] * (
        "jobs" in children
    )


def test_the_api_versions_are_said(arm):
    arm.serve_chat()
    arm.collect(needs(DEPLOYMENT_TYPE))
    assert {call.path: call.query for call in arm.calls} == {
        "/subscriptions": {"api-version": "2022-12-01"},
        f"{SUBSCRIPTION}/resourcegroups": {"api-version": "2025-04-01"},
        ACCOUNTS: {"api-version": "2025-09-01"},
        f"{ACCOUNT}/deployments": {"api-version": "2025-09-01"},
    }


def test_every_request_carries_the_token_and_names_azgate(arm):
    arm.serve_chat()
    arm.collect(needs(DEPLOYMENT_TYPE))
    scope = "https://management.azure.com/.default"
    assert {call.headers["Authorization"] for call in arm.calls} == {f"Bearer token-for-{scope}"}
    assert all("azgate/" in call.headers["User-Agent"] for call in arm.calls)
    assert arm.credential.scopes == [scope]


def test_the_types_a_fact_is_about_are_read_too(arm):
    arm.serve_chat()
    inventory = arm.collect(needs(facts=(about_deployments("quotaUsages", lambda *_: False),)))
    assert f"{ACCOUNT}/deployments/gpt4o" in [one.id for one in inventory.resources]


def test_a_type_that_nobody_reads_is_a_gap_and_not_an_empty_list(arm):
    arm.serve_chat()
    inventory = arm.collect(needs(ACCOUNT_TYPE, SUBSCRIPTION_TYPE, "microsoft.unheard/of"))
    assert gaps_of(inventory) == {("/subscriptions", "microsoft.unheard/of", "unsupported")}


def test_every_type_is_every_type_that_is_read(arm):
    serve_learning(arm)
    arm.lists(ACCOUNTS, account())
    arm.lists(f"{ACCOUNT}/deployments", deployment("gpt4o"))
    arm.graph()
    arm.nowhere(*(one.type for one in COLLECTORS if one.parent == SUBSCRIPTION_TYPE and one.supplementary))
    for word in ("onlineEndpoints", "serverlessEndpoints", "batchEndpoints"):
        arm.lists(f"{WORKSPACE}/{word}")
    inventory = arm.collect(needs("*"))
    assert [one.name for one in inventory.scanned] == ["chat", "ml", "gpt4o", "gpu", "train"]
    assert not inventory.gaps
    asked = {call.path.rpartition("/providers/")[2] for call in arm.calls if call.method == "GET"}
    assert {one.type for one in COLLECTORS if one.parent == SUBSCRIPTION_TYPE} - asked == {
        "Microsoft.CognitiveServices/deletedAccounts"
    }


def test_a_failing_list_is_a_gap_of_its_scope_and_stops_nothing_else(arm):
    serve_learning(arm)
    arm.error(ACCOUNTS, 403, "AuthorizationFailed", "No.")
    arm.mock.remove("GET", f"{ARM}{WORKSPACE}/jobs")
    arm.error(f"{WORKSPACE}/jobs", 500, "InternalServerError")
    inventory = arm.collect(needs(DEPLOYMENT_TYPE, f"{WORKSPACE_TYPE}/computes", f"{WORKSPACE_TYPE}/jobs"))
    assert [one.id for one in inventory.scanned] == [WORKSPACE, f"{WORKSPACE}/computes/gpu"]
    assert gaps_of(inventory) == {
        (SUBSCRIPTION, "Microsoft.CognitiveServices/accounts", "forbidden"),
        (WORKSPACE, "Microsoft.MachineLearningServices/workspaces/jobs", "serverError"),
    }


def test_a_resource_that_was_deleted_meanwhile_is_a_gap(arm):
    arm.serve_chat()
    arm.mock.remove("GET", f"{ARM}{ACCOUNT}/deployments")
    arm.error(f"{ACCOUNT}/deployments", 404, "ResourceNotFound")
    inventory = arm.collect(needs(DEPLOYMENT_TYPE))
    assert gaps_of(inventory) == {(ACCOUNT, "Microsoft.CognitiveServices/accounts/deployments", "notFound")}


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html>sign in</html>", "text/html"),
        (b"<html>sign in</html>", "application/json"),
        (b'{"value": [', "application/json"),
        (b"", "application/json"),
        (b"", "text/plain"),
        (b"\xff\xfe\x00", "application/json"),
        (b'{"value": []}', "application/octet-stream"),
        (b"<a/>", "application/xml"),
        (DEEP.encode(), "application/json"),
        (b'{"value": ' + b"9" * 5000 + b"}", "application/json"),
    ],
)
def test_what_is_no_json_is_malformed(arm, body, content_type):
    arm.serve_chat()
    arm.mock.remove("GET", ARM + ACCOUNTS)
    arm.answer(ACCOUNTS, body=body, content_type=content_type)
    inventory = arm.collect(needs(ACCOUNT_TYPE))
    assert gaps_of(inventory) == {(SUBSCRIPTION, "Microsoft.CognitiveServices/accounts", "malformed")}
    assert "sign in" not in inventory.gaps[0].detail


@pytest.mark.parametrize(("status", "reason"), [(403, "forbidden"), (502, "serverError"), (404, "notFound")])
def test_an_error_page_that_is_no_json_keeps_its_status(arm, status, reason):
    arm.serve_chat()
    arm.mock.remove("GET", ARM + ACCOUNTS)
    arm.answer(ACCOUNTS, body=b"<html>", status=status, content_type="application/json")
    inventory = arm.collect(needs(ACCOUNT_TYPE))
    assert gaps_of(inventory) == {(SUBSCRIPTION, "Microsoft.CognitiveServices/accounts", reason)}
    assert inventory.gaps[0].detail.startswith(f"HTTP {status}")


def test_ids_are_quoted_and_stay_below_the_endpoint(arm):
    names = ["a b", "a?b#c", "a%2Fb", "a{b}", "ä"]
    strange = [f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/{name}" for name in names]
    strange += ["@evil.example/x", "//evil.example/y"]
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(ACCOUNTS, *(account(one) for one in strange))
    arm.collect(needs(DEPLOYMENT_TYPE))
    asked = [call.url for call in arm.calls if "/deployments" in call.url]
    assert len({url.partition("?")[0] for url in asked}) == len(strange)
    assert all(url.startswith(f"{ARM}/") for url in asked)
    assert any(url.startswith(f"{ARM}{strange[2].replace('%', '%25')}/deployments?") for url in asked)


def test_braces_in_a_link_do_not_confuse_the_sdk(arm):
    arm.serve_chat()
    arm.mock.remove("GET", ARM + ACCOUNTS)
    arm.lists(ACCOUNTS, next_link=f"{ARM}{ACCOUNTS}?$skiptoken={{x}}&api-version=2025-09-01".replace(" ", ""))
    arm.lists(ACCOUNTS, account())
    inventory = arm.collect(needs(ACCOUNT_TYPE))
    assert (len(inventory.scanned), inventory.gaps) == (1, ())
    assert [call.query for call in arm.calls if call.path == ACCOUNTS][1]["$skiptoken"] == "{x}"


def test_the_order_is_that_of_the_subscriptions_however_fast_they_answer(arm):
    many = [f"/subscriptions/0c000000-0000-0000-0000-0000000000{number:02}" for number in range(20)]
    arm.lists("/subscriptions", *(subscription(one) for one in many))
    expected = []
    for one in many:
        arm.lists(f"{one}/resourcegroups")
        path = f"{one}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a"
        arm.lists(f"{one}/providers/Microsoft.CognitiveServices/accounts", account(path))
        expected.append(path)
    assert [one.id for one in arm.collect(needs(ACCOUNT_TYPE)).scanned] == expected


def test_a_resource_that_two_lists_name_is_there_once(arm):
    arm.serve_chat()
    arm.mock.remove("GET", ARM + ACCOUNTS)
    arm.lists(ACCOUNTS, account(), account(ACCOUNT.upper()))
    assert [one.id for one in arm.collect(needs(ACCOUNT_TYPE)).scanned] == [ACCOUNT]


def test_progress_tells_what_is_being_read(arm):
    from scanner.sources.azure import AzureOptions, AzureSource

    arm.serve_chat()
    said = []
    AzureSource(AzureOptions(environ={}), credential=arm.credential).collect(needs(DEPLOYMENT_TYPE), AS_OF, said.append)
    assert any("deployments" in text for text in said)


def test_registered_collectors_name_distinct_types_parents_first():
    seen = {SUBSCRIPTION_TYPE}
    for collector in COLLECTORS:
        assert collector.parent in seen
        assert collector.type.lower() not in seen
        seen.add(collector.type.lower())


GRANDCHILD = ArmList(
    type="Microsoft.MachineLearningServices/workspaces/jobs/outputs",
    parent=f"{WORKSPACE_TYPE}/jobs",
    service=Service.MACHINE_LEARNING,
    api_version="1",
)


def test_a_new_collector_is_one_line_and_brings_all_its_ancestors():
    waves = needed_collectors(frozenset({GRANDCHILD.type.lower()}), (*COLLECTORS, GRANDCHILD))
    assert [[one.type.rpartition("/")[2] for one in wave] for wave in waves] == [["workspaces"], ["jobs"], ["outputs"]]


def test_the_inventory_is_plain_json(arm):
    arm.serve_chat()
    inventory = arm.collect(needs(DEPLOYMENT_TYPE))
    assert json.loads(json.dumps([one.json for one in inventory.resources]))
