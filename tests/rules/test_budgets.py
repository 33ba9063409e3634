"""Who hears of costs: `holdsAiResources`, `budget`, `anomalyAlert`."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.inventory import Fact
from scanner.model.values import UNKNOWN, Truth
from scanner.rules.environment import Environment, Judgement
from tests.factories import (
    ACCOUNT,
    AS_OF,
    GROUP,
    WORKSPACE,
    compiled,
    compiled_with_problems,
    days_before,
    make_gap,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
)

HOME, TEAM = make_subscription(), make_group()
OPENAI = make_resource(ACCOUNT, "acct", kind="OpenAI")
SEARCH = "Microsoft.Search/searchServices"
HOLDS: dict[str, Any] = {"holdsAiResources": {}}
BUDGET: dict[str, Any] = {"budget": {}}
FORECAST = {"budget": {"thresholdType": "Forecasted"}}
ALERT: dict[str, Any] = {"anomalyAlert": {}}


def judge(tree: Any, resource: Any, *others: Any, **surroundings: Any) -> Judgement:
    return compiled(tree).explain(resource, Environment(make_inventory(resource, *others, **surroundings), AS_OF))


def budget(scope: Any, *items: Any) -> Fact:
    return Fact("budgets", scope.id.upper(), list(items))


def notified(*notifications: Any, **properties: Any) -> dict[str, Any]:
    table = {f"n{index}": one for index, one in enumerate(notifications)}
    return {"name": "ai", "properties": {"category": "Cost", "notifications": table, **properties}}


def notification(**changes: Any) -> dict[str, Any]:
    return {"enabled": True, "contactEmails": ["ada@contoso.com"], **changes}


@pytest.mark.parametrize(
    ("resources", "truth"),
    [
        ([OPENAI], True),
        ([make_resource(ACCOUNT, "acct", kind="aiServices")], True),
        ([make_resource(ACCOUNT, "acct", kind="Face")], False),
        ([make_resource(ACCOUNT, "acct")], None),
        ([make_resource(ACCOUNT, "acct"), make_resource(WORKSPACE, "ws")], True),
        ([make_resource("Microsoft.Storage/storageAccounts", "s")], False),
        ([], False),
    ],
)
def test_what_makes_a_subscription_and_a_group_one_with_ai(resources: list[Any], truth: Truth):
    assert judge(HOLDS, HOME, TEAM, *resources).truth is truth
    assert judge(HOLDS, TEAM, HOME, *resources).truth is truth


def test_ai_in_another_group_or_subscription_does_not_count():
    there = make_resource(SEARCH, "s", id=f"{HOME.id}/resourceGroups/other/providers/{SEARCH}/s")

    assert judge(HOLDS, HOME, there).truth is True
    assert judge(HOLDS, TEAM, there).truth is False


def test_a_list_that_could_not_be_read_may_hide_ai():
    gap = make_gap(HOME.id, "Microsoft.Fabric/capacities")

    assert judge(HOLDS, HOME, gaps=[gap]).truth is None
    assert judge(HOLDS, HOME, OPENAI, gaps=[gap]).truth is True


@pytest.mark.parametrize(
    ("item", "truth"),
    [
        (notified(notification()), True),
        (notified(notification(contactEmails=[], contactGroups=["/x"])), True),
        (notified(notification(contactEmails=None, contactRoles=["Owner"])), True),
        (notified(notification(enabled=False), notification()), True),
        (notified(notification(enabled=False)), False),
        (notified(notification(enabled="true")), False),
        (notified(notification(contactEmails=[])), False),
        (notified(notification(contactEmails=["  ", None, 5])), False),
        (notified(notification(contactEmails="ada@contoso.com")), False),
        (notified(), False),
        (notified(None, 5, "x"), False),
        (notified(notification(), category="cost"), True),
        (notified(notification(), category="Usage"), False),
        (notified(notification(), timePeriod={"endDate": days_before(1)}), False),
        (notified(notification(), timePeriod={"endDate": days_before(-1)}), True),
        (notified(notification(), timePeriod={"endDate": "never"}), True),
        ({"properties": None}, False),
        ({}, False),
        (None, False),
        (5, False),
    ],
)
def test_a_budget_tells_somebody(item: Any, truth: Truth):
    assert judge(BUDGET, HOME, OPENAI, facts=[budget(HOME, item)]).truth is truth


@pytest.mark.parametrize(
    ("kinds", "truth"),
    [
        (["Forecasted"], True),
        (["actual", "FORECASTED"], True),
        (["Actual"], False),
        ([None], False),
    ],
)
def test_a_notification_is_about_actual_cost_unless_it_says_otherwise(kinds: list[Any], truth: Truth):
    item = notified(*(notification(thresholdType=kind) for kind in kinds))

    assert judge(FORECAST, HOME, OPENAI, facts=[budget(HOME, item)]).truth is truth


def test_any_budget_will_do_where_nobody_has_to_be_told():
    tree = {"budget": {"notified": False}}

    assert judge(tree, HOME, facts=[budget(HOME, notified())]).truth is True
    assert judge(tree, HOME, facts=[budget(HOME)]).truth is False
    forecast = {"budget": {"notified": False, "thresholdType": "Forecasted"}}
    assert judge(forecast, HOME, facts=[budget(HOME, notified({"thresholdType": "Forecasted"}))]).truth is True
    assert judge(forecast, HOME, facts=[budget(HOME, notified())]).truth is False


@pytest.mark.parametrize("data", [None, {}, "x", 5])
def test_budgets_that_were_not_read_are_unknown(data: Any):
    assert judge(BUDGET, HOME).message == "its budgets were not read"
    assert judge(BUDGET, HOME, facts=[Fact("budgets", HOME.id, data)]).truth is None


def test_a_gap_hides_the_budgets_that_are_not_there():
    gap = make_gap(HOME.id, "budgets")

    assert judge(BUDGET, HOME, gaps=[gap]).truth is None
    assert judge(BUDGET, HOME, facts=[budget(HOME)], gaps=[gap]).truth is None
    assert judge(BUDGET, HOME, facts=[budget(HOME, notified(notification()))], gaps=[gap]).truth is True


def test_budgets_of_all_groups_with_ai_take_the_place_of_the_subscriptions():
    good, none = budget(TEAM, notified(notification())), budget(HOME)
    other = make_resource(SEARCH, "s", id=f"{HOME.id}/resourceGroups/other/providers/{SEARCH}/s")
    others = Fact("budgets", f"{HOME.id}/resourceGroups/other", [])

    assert judge(BUDGET, HOME, OPENAI, facts=[none, good]).truth is True
    assert judge(BUDGET, HOME, OPENAI, facts=[good]).truth is True
    assert judge(BUDGET, HOME, OPENAI, other, facts=[none, good]).truth is False
    assert judge(BUDGET, HOME, OPENAI, other, facts=[none, good, others]).truth is False
    gap = make_gap(f"{HOME.id}/resourceGroups/OTHER", "budgets")
    judgement = judge(BUDGET, HOME, OPENAI, other, facts=[none, good], gaps=[gap])
    assert judgement.truth is None
    assert judgement.message.endswith("the budgets of its resource groups could not be read")


def test_a_group_is_covered_by_its_subscriptions_budget():
    good = budget(HOME, notified(notification()))

    assert judge(BUDGET, TEAM, HOME, facts=[budget(TEAM), good]).truth is True
    assert judge(BUDGET, TEAM, HOME, facts=[budget(TEAM), budget(HOME)]).truth is False
    assert TEAM.resource_group == GROUP


@pytest.mark.parametrize(
    ("items", "truth"),
    [
        ([{"kind": "InsightAlert", "properties": {"status": "Enabled"}}], True),
        ([{"kind": "insightalert", "properties": {"status": "ENABLED"}}], True),
        ([{"kind": "InsightAlert", "properties": {"status": "Disabled"}}], False),
        ([{"kind": "Email", "properties": {"status": "Enabled"}}], False),
        ([{"kind": "InsightAlert", "properties": None}], False),
        ([{"kind": UNKNOWN, "properties": {"status": "Enabled"}}], False),
        ([None, 5, {}], False),
        ([], False),
    ],
)
def test_an_anomaly_alert_is_an_enabled_insight_alert(items: list[Any], truth: Truth):
    assert judge(ALERT, HOME, facts=[Fact("scheduledActions", HOME.id, items)]).truth is truth


def test_scheduled_actions_that_were_not_read_are_unknown():
    gap = make_gap(HOME.id, "scheduledActions")

    assert judge(ALERT, HOME).message == "its scheduled actions were not read"
    assert judge(ALERT, HOME, facts=[Fact("scheduledActions", HOME.id, [])], gaps=[gap]).truth is None
    assert judge(ALERT, HOME, facts=[Fact("scheduledActions", HOME.id, {})]).truth is None


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"budget": {"thresholdType": "Expected"}}, "allowed are"),
        ({"budget": {"notified": "yes"}}, "must be true or false"),
        ({"anomalyAlert": {"kind": "InsightAlert"}}, "unknown key 'kind'"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(tree: Any, words: str):
    _, problems = compiled_with_problems(tree)

    assert any(words in f"{problem.message} {problem.hint}" for problem in problems.found), problems.found


@pytest.mark.parametrize(
    ("tree", "item", "truth"),
    [
        (BUDGET, notified(notification(contactEmails=[], contactGroups=[UNKNOWN])), None),
        (BUDGET, notified(notification(contactEmails=UNKNOWN)), None),
        (BUDGET, notified(notification(enabled=UNKNOWN)), None),
        (BUDGET, notified(notification(enabled=False, contactEmails=UNKNOWN)), False),
        (BUDGET, notified(notification(contactGroups=[UNKNOWN])), True),
        (BUDGET, notified(UNKNOWN), None),
        (BUDGET, notified(notifications=UNKNOWN), None),
        (BUDGET, notified(notification(thresholdType=UNKNOWN)), True),
        (FORECAST, notified(notification(thresholdType=UNKNOWN)), None),
        (FORECAST, notified(notification(thresholdType="Actual", contactEmails=UNKNOWN)), False),
        (BUDGET, notified(notification(), category=UNKNOWN), None),
        (BUDGET, notified(notification(enabled=False), category=UNKNOWN), False),
        (BUDGET, notified(notification(), timePeriod={"endDate": UNKNOWN}), True),
    ],
)
def test_a_budget_of_which_not_all_is_known_yet_is_neither_good_nor_bad(tree: Any, item: Any, truth: Truth):
    judgement = judge(tree, HOME, OPENAI, facts=[budget(HOME, item)])

    assert judgement.truth is truth
    assert truth is not None or "known only after deployment" in judgement.message


def test_planned_budgets_of_all_groups_with_ai_take_the_place_of_one_of_the_subscription():
    kind = "Microsoft.Consumption/budgets"
    planned = make_resource(
        kind,
        "ai",
        id=f"{TEAM.id}/providers/{kind}/ai",
        declared=True,
        properties=notified(notification())["properties"],
    )

    assert judge(BUDGET, HOME, OPENAI, facts=[budget(HOME)]).truth is False
    assert judge(BUDGET, HOME, OPENAI, planned, facts=[budget(HOME)]).truth is True


def test_an_alert_of_which_the_status_is_not_known_yet_is_neither_good_nor_bad():
    kind = "Microsoft.CostManagement/scheduledActions"
    body = {"id": f"{HOME.id}/providers/{kind}/a", "kind": "InsightAlert", "properties": {"status": UNKNOWN}}
    alert = make_resource(kind, "a", declared=True, **body)

    assert judge(ALERT, HOME, OPENAI, alert, facts=[Fact("scheduledActions", HOME.id, [])]).truth is None
