"""required-tags and tag-values."""

from __future__ import annotations

import pytest

from scanner.model.verdict import Outcome
from tests.factories import (
    ACCOUNT,
    COMPUTE,
    DEPLOYMENT,
    PROJECT,
    WORKSPACE,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
)
from tests.policies.builtin.judging import NOT_APPLICABLE, finding, judge

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
ALL = {"environment": "prod", "team": "search", "workload": "assistant", "cost-center": "42"}
SEARCH, BOT = "Microsoft.Search/searchServices", "Microsoft.BotService/botServices"
AROUND = (make_group(), make_subscription())


def without(*names):
    return {name: value for name, value in ALL.items() if name not in names}


@pytest.mark.parametrize(
    ("tags", "outcome"),
    [
        (ALL, PASS),
        ({name.upper(): value for name, value in ALL.items()}, PASS),
        ({**ALL, "owner": "x"}, PASS),
        (without("team"), FAIL),
        ({**ALL, "team": "   "}, FAIL),
        ({**ALL, "team": None}, FAIL),
        ({**ALL, "team": ["search"]}, FAIL),
        ({}, FAIL),
        (None, FAIL),
        ([{"name": "team"}], FAIL),
        ("team=search", FAIL),
    ],
)
def test_required_tags_of_an_account(tags, outcome):
    assert judge("required-tags", make_resource(ACCOUNT, "acct", kind="OpenAI", tags=tags), *AROUND) is outcome


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("OpenAI", FAIL),
        ("aiservices", FAIL),
        ("TextAnalytics", NOT_APPLICABLE),
        ("ComputerVision", NOT_APPLICABLE),
        (None, UNKNOWN),
    ],
)
def test_only_accounts_that_serve_models_need_the_tags(kind, outcome):
    assert judge("required-tags", make_resource(ACCOUNT, "acct", kind=kind), *AROUND) is outcome
    expected = outcome if outcome is NOT_APPLICABLE else PASS
    assert judge("required-tags", make_resource(ACCOUNT, "acct", kind=kind, tags=ALL), *AROUND) is expected


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (DEPLOYMENT, "acct/gpt"),
        (PROJECT, "acct/p"),
        (COMPUTE, "ws/cluster"),
        (WORKSPACE, "ws"),
        (f"{WORKSPACE}/onlineEndpoints", "ws/e"),
        (f"{WORKSPACE}/serverlessEndpoints", "ws/e"),
        (SEARCH, "s"),
        (BOT, "b"),
        ("Microsoft.Fabric/capacities", "f"),
        ("Microsoft.SecurityCopilot/capacities", "c"),
    ],
)
def test_every_ai_resource_needs_the_tags(kind, name):
    parents = (make_resource(ACCOUNT, "acct", kind="OpenAI"), make_resource(WORKSPACE, "ws"))
    around = (*AROUND, *(parent for parent in parents if parent.type != kind.lower()))
    assert judge("required-tags", make_resource(kind, name), *around) is FAIL
    assert judge("required-tags", make_resource(kind, name, tags=ALL), *around) is PASS
    assert judge("required-tags", make_resource("Microsoft.Storage/storageAccounts", "st"), *around) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("account", "group", "subscription", "outcome"),
    [
        (ALL, {}, {}, PASS),
        ({}, ALL, {}, PASS),
        ({}, {}, ALL, PASS),
        (without("team"), {"Team": "search"}, {}, PASS),
        (without("team", "workload"), {"team": ""}, {"team": "search", "workload": "x"}, PASS),
        (without("team"), {}, {}, FAIL),
    ],
)
def test_tags_are_inherited_from_parent_group_and_subscription(account, group, subscription, outcome):
    around = (
        make_resource(ACCOUNT, "acct", kind="OpenAI", tags=account),
        make_group(group),
        make_subscription(subscription),
    )
    assert judge("required-tags", make_resource(DEPLOYMENT, "acct/gpt"), *around) is outcome


@pytest.mark.parametrize(
    ("inherit", "outcome"),
    [(["parent"], FAIL), (["resourceGroup"], PASS), ([], FAIL), (["subscription", "parent"], FAIL)],
)
def test_inherit_says_which_levels_count(inherit, outcome):
    around = (make_resource(ACCOUNT, "acct", kind="OpenAI"), make_group(ALL), make_subscription())
    deployment = make_resource(DEPLOYMENT, "acct/gpt")
    assert judge("required-tags", deployment, *around, inherit=inherit) is outcome


def test_a_level_that_was_not_read_leaves_the_question_open():
    account = make_resource(ACCOUNT, "acct", kind="OpenAI")
    found = finding("required-tags", account, make_subscription())
    assert found.outcome is UNKNOWN
    assert "resource group" in found.message
    assert judge("required-tags", account, make_group(ALL)) is PASS
    assert judge("required-tags", account, make_group(ALL), inherit=[]) is FAIL


def test_a_tag_that_some_level_certainly_has_is_there_although_a_nearer_level_was_not_read():
    deployment = make_resource(DEPLOYMENT, "acct/gpt")
    assert judge("required-tags", deployment, make_group(ALL), make_subscription()) is PASS


def test_the_finding_names_the_missing_tags():
    found = finding(
        "required-tags", make_resource(ACCOUNT, "acct", kind="OpenAI", tags=without("team", "workload")), *AROUND
    )
    assert found.message == "missing tags: team, workload"
    assert [item.path for item in found.evidence] == ["effectiveTags.team", "effectiveTags.workload"]


def test_other_tags_can_be_asked_for():
    account = make_resource(ACCOUNT, "acct", kind="OpenAI", tags={"Owner": "x"})
    assert judge("required-tags", account, *AROUND, requiredTags=["owner"]) is PASS
    assert judge("required-tags", account, *AROUND, requiredTags=["owner", "team"]) is FAIL


@pytest.mark.parametrize(
    ("tags", "outcome"),
    [
        ({"environment": "prod"}, PASS),
        ({"Environment": "PROD"}, PASS),
        ({"environment": " dev "}, PASS),
        ({"environment": "production"}, FAIL),
        ({"environment": ""}, PASS),
        ({"team": "anything"}, PASS),
        ({}, PASS),
        (None, PASS),
    ],
)
def test_tag_values(tags, outcome):
    assert judge("tag-values", make_resource(ACCOUNT, "acct", kind="OpenAI", tags=tags), *AROUND) is outcome


def test_tag_values_judges_the_effective_value():
    account = make_resource(ACCOUNT, "acct", kind="OpenAI", tags={"environment": "prd"})
    around = (account, make_group({"environment": "dev"}), make_subscription())
    assert judge("tag-values", make_resource(DEPLOYMENT, "acct/gpt"), *around) is FAIL
    found = finding("tag-values", make_resource(DEPLOYMENT, "acct/gpt", tags={"environment": ""}), *around)
    assert found.message == "tag environment (from the parent) is 'prd', not one of [dev, test, staging, prod]"
    assert judge("tag-values", make_resource(DEPLOYMENT, "acct/gpt", tags={"environment": "test"}), *around) is PASS


def test_tag_values_is_unknown_where_a_level_was_not_read_and_not_applicable_to_other_accounts():
    assert judge("tag-values", make_resource(ACCOUNT, "acct", kind="OpenAI"), make_subscription()) is UNKNOWN
    assert judge("tag-values", make_resource(ACCOUNT, "acct", kind="Face"), *AROUND) is NOT_APPLICABLE


def test_values_of_other_tags_can_be_bounded():
    account = make_resource(ACCOUNT, "acct", kind="OpenAI", tags={"tier": "gold", "environment": "anything"})
    assert judge("tag-values", account, *AROUND, allowedTagValues={"tier": ["gold"]}) is PASS
    assert judge("tag-values", account, *AROUND, allowedTagValues={"TIER": ["silver"]}) is FAIL


def test_a_file_without_containers_is_judged_by_its_own_tags():
    account = make_resource(ACCOUNT, "acct", kind="OpenAI", source="arm-json")
    assert make_inventory(account).scanned == (account,)
    assert judge("required-tags", account) is FAIL
