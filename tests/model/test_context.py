"""A change laid over what exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.evaluation.evaluate import evaluate
from scanner.model.context import in_context
from scanner.model.inventory import Fact, Gap, GapReason, Inventory, SourceInfo
from scanner.model.quota import location_scope
from scanner.model.resource import Origin, Resource
from scanner.model.values import UNKNOWN
from scanner.model.verdict import Outcome
from scanner.policies.loader import load_policies
from scanner.sources.options import NO_SUBSCRIPTION
from tests.factories import ACCOUNT, DEPLOYMENT, SUBSCRIPTION, arm_id, make_group, make_resource, make_subscription

NOW = datetime(2026, 11, 24, tzinfo=UTC)
REGION = location_scope(SUBSCRIPTION, "swedencentral")
RULES = {rule.info.id: rule for file in load_policies([]) for rule in file.rules}
TAGS = {"environment": "prod", "team": "search", "workload": "rag", "cost-center": "42"}
KINDS = frozenset({"quotaUsages", "models", "budgets", "scheduledActions", "metrics"})
PLAN = SourceInfo("terraform-plan", "plan.json")


def account(**body: Any) -> Resource:
    return make_resource(ACCOUNT, "acct", kind="OpenAI", location="swedencentral", source="snapshot", **body)


def deployment(
    name: str, capacity: Any, *, planned: bool = True, judged: bool = True, sku: str = "Standard"
) -> Resource:
    resource = make_resource(
        DEPLOYMENT,
        f"acct/{name}",
        sku={"name": sku, "capacity": capacity},
        properties={"model": {"format": "OpenAI", "name": "gpt-4o", "version": "2024-11-20"}},
    )
    source = "terraform-plan" if planned else "snapshot"
    return Resource(resource.json, Origin(source, declared=planned, judged=judged))


def existing(*resources: Resource, current: int = 600, facts: tuple[Fact, ...] = (), gaps: tuple[Gap, ...] = ()):
    usage = {"name": {"value": "OpenAI.Standard.gpt-4o"}, "currentValue": current, "limit": 1000}
    return Inventory(
        resources=(make_subscription(source="snapshot"), make_group(TAGS, source="snapshot"), account(), *resources),
        facts=(Fact("quotaUsages", REGION, [usage]), *facts),
        gaps=gaps,
        sources=(SourceInfo("snapshot", "inventory.json", KINDS),),
    )


def change(*resources: Resource, removed: tuple[str, ...] = ()) -> Inventory:
    return Inventory(resources=resources, sources=(PLAN,), removed=removed)


def verdicts(inventory: Inventory, rule: str) -> dict[str, tuple[Outcome, str]]:
    findings, _ = evaluate(inventory, [RULES[rule]], NOW)
    return {finding.resource.name: (finding.outcome, finding.message) for finding in findings}


def test_only_the_change_is_judged():
    laid = in_context(change(deployment("new", 10)), existing(deployment("old", 999, planned=False)))
    assert set(verdicts(laid, "openai-deployment-rate-limit")) == {"new"}
    assert [resource.name for resource in laid.scanned] == ["new"]


def test_tags_of_what_exists_count():
    laid = in_context(change(deployment("new", 10)), existing())
    assert verdicts(laid, "required-tags") == {"new": (Outcome.PASS, "")}
    alone = change(deployment("new", 10))
    assert verdicts(alone, "required-tags")["new"][0] is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("capacity", "current", "outcome", "words"),
    [
        (300, 600, Outcome.PASS, ""),
        (400, 600, Outcome.PASS, ""),
        (401, 600, Outcome.FAIL, "adds 401 units to OpenAI.Standard.gpt-4o in swedencentral, of which 400 are left"),
        (501, 0, Outcome.FAIL, "501 of 1,000 units"),
        (UNKNOWN, 0, Outcome.UNKNOWN, "capacity is not known"),
    ],
)
def test_a_planned_deployment_takes_its_share_of_what_is_left(capacity, current, outcome, words):
    laid = in_context(change(deployment("new", capacity)), existing(current=current))
    found, message = verdicts(laid, "openai-quota-share")["new"]
    assert found is outcome
    assert words in message


def test_two_planned_deployments_share_what_is_left():
    laid = in_context(change(deployment("a", 250), deployment("b", 200)), existing())
    assert [outcome for outcome, _ in verdicts(laid, "openai-quota-share").values()] == [Outcome.FAIL, Outcome.FAIL]


def test_what_stays_as_it_is_takes_nothing_that_is_left():
    old = deployment("old", 100, planned=False)
    laid = in_context(change(deployment("old", 100), deployment("new", 450)), existing(old))
    found = verdicts(laid, "openai-quota-share")
    assert found["old"][0] is Outcome.PASS
    assert found["new"][0] is Outcome.FAIL


def test_what_moves_into_another_pool_takes_what_is_left_there():
    old = deployment("old", 500, planned=False, sku="GlobalStandard")
    laid = in_context(change(deployment("old", 500)), existing(old))
    outcome, message = verdicts(laid, "openai-quota-share")["old"]
    assert outcome is Outcome.FAIL
    assert "adds 500 units to OpenAI.Standard.gpt-4o in swedencentral, of which 400 are left" in message


def test_what_moves_with_its_account_leaves_the_pool_of_the_old_region():
    elsewhere = location_scope(SUBSCRIPTION, "westeurope")
    usage = {"name": {"value": "OpenAI.Standard.gpt-4o"}, "currentValue": 150, "limit": 200}
    moved = Resource(account().json | {"location": "West Europe"}, Origin("terraform-plan", declared=True))
    old = deployment("old", 100, planned=False)
    laid = in_context(
        change(moved, deployment("old", 100)), existing(old, facts=(Fact("quotaUsages", elsewhere, [usage]),))
    )
    assert verdicts(laid, "openai-quota-share")["old"][0] is Outcome.FAIL
    outcome, message = verdicts(laid, "openai-quota-headroom")["OpenAI.Standard.gpt-4o"]
    assert outcome is Outcome.FAIL
    assert "250 of 200 units" in message


def test_beside_a_capacity_that_is_not_known_it_is_not_known_what_fits():
    laid = in_context(change(deployment("new", 450), deployment("other", UNKNOWN)), existing())
    outcome, message = verdicts(laid, "openai-quota-share")["new"]
    assert outcome is Outcome.UNKNOWN
    assert "known only after deployment" in message


def test_a_deployment_that_goes_with_its_account_holds_its_quota_until_the_account_is_purged():
    old = deployment("old", 300, planned=False)
    other = make_resource(ACCOUNT, "other", kind="OpenAI", location="swedencentral", source="snapshot")
    body = {**deployment("new", 350).json, "id": arm_id(DEPLOYMENT, "other/new")}
    new = Resource(body, Origin("terraform-plan", declared=True))
    with_account = in_context(change(new, removed=(account().id,)), existing(old, other))
    assert verdicts(with_account, "openai-quota-headroom")["OpenAI.Standard.gpt-4o"][0] is Outcome.FAIL
    both = in_context(change(new, removed=(account().id, old.id)), existing(old, other))
    assert verdicts(both, "openai-quota-headroom")["OpenAI.Standard.gpt-4o"][0] is Outcome.PASS


@pytest.mark.parametrize(
    ("planned", "before", "removed", "outcome", "words"),
    [
        ((deployment("new", 300),), (), (), Outcome.PASS, ""),
        ((deployment("new", 301),), (), (), Outcome.FAIL, "901 of 1,000 units"),
        ((deployment("old", 400),), (deployment("old", 50, planned=False),), (), Outcome.FAIL, "(+350)"),
        ((deployment("old", 400),), (deployment("old", 100, planned=False),), (), Outcome.PASS, ""),
        (
            (deployment("new", 350),),
            (deployment("old", 50, planned=False),),
            (arm_id(DEPLOYMENT, "acct/old").upper(),),
            Outcome.PASS,
            "",
        ),
        ((deployment("new", UNKNOWN),), (), (), Outcome.UNKNOWN, "known only after deployment"),
    ],
)
def test_the_pool_is_judged_as_it_will_be(planned, before, removed, outcome, words):
    laid = in_context(change(*planned, removed=removed), existing(*before))
    found, message = verdicts(laid, "openai-quota-headroom")["OpenAI.Standard.gpt-4o"]
    assert found is outcome
    assert words in message


def test_a_pool_that_the_change_does_not_draw_from_is_not_judged():
    laid = in_context(change(account(tags=TAGS)), existing(deployment("old", 999, planned=False), current=999))
    assert not verdicts(laid, "openai-quota-headroom")


def test_what_lies_in_what_is_removed_goes_with_it():
    laid = in_context(
        change(deployment("x", 1), removed=(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ai",)), existing()
    )
    assert {resource.type.rpartition("/")[2] for resource in laid.resources} == {"deployments", "subscriptions"}
    assert {resource.name for resource in laid.before} == {"rg-ai", "acct"}


def budget(**body: Any) -> dict[str, Any]:
    notification = {"enabled": True, "thresholdType": "Forecasted", "contactEmails": ["a@contoso.com"]}
    identity = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Consumption/budgets/b"
    kind = "Microsoft.Consumption/budgets"
    return {"id": identity, "name": "b", "type": kind, "properties": {"notifications": {"n": notification}}} | body


@pytest.mark.parametrize(
    ("facts", "planned", "removed", "outcome"),
    [
        ([], (), (), Outcome.FAIL),
        ([budget()], (), (), Outcome.PASS),
        ([], (budget(),), (), Outcome.PASS),
        ([budget()], (), (budget()["id"],), Outcome.FAIL),
        ([], (budget(id=budget()["id"].replace("/providers", "/resourceGroups/rg-ai/providers")),), (), Outcome.PASS),
        ([], (budget(id=budget()["id"].replace("/providers", "/resourceGroups/other/providers")),), (), Outcome.FAIL),
    ],
)
def test_the_subscription_in_which_something_changes_must_have_its_budget(facts, planned, removed, outcome):
    budgets = tuple(Resource(body, Origin("terraform-plan", declared=True)) for body in planned)
    laid = in_context(
        change(deployment("new", 1), *budgets, removed=removed),
        existing(facts=(Fact("budgets", f"/subscriptions/{SUBSCRIPTION}", facts),)),
    )
    assert verdicts(laid, "ai-budget")[SUBSCRIPTION][0] is outcome


def test_an_anomaly_alert_that_the_change_brings_counts():
    identity = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CostManagement/scheduledActions/alert"
    body = {"id": identity, "kind": "InsightAlert", "properties": {"status": "Enabled"}}
    alert = Resource(body, Origin("terraform-plan", declared=True))
    known = existing(facts=(Fact("scheduledActions", f"/subscriptions/{SUBSCRIPTION}", []),))
    without, with_alert = (change(deployment("new", 1), *more) for more in ((), (alert,)))
    assert verdicts(in_context(without, known), "ai-anomaly-alert")[SUBSCRIPTION][0] is Outcome.FAIL
    assert verdicts(in_context(with_alert, known), "ai-anomaly-alert")[SUBSCRIPTION][0] is Outcome.PASS


def test_what_the_change_only_mentions_is_taken_from_what_exists():
    mentioned = Resource({"id": account().id, "tags": UNKNOWN}, Origin("arm-template", declared=True, judged=False))
    laid = in_context(change(mentioned, deployment("new", 1)), existing())
    assert laid.by_key[account().key].json == account().json
    assert verdicts(laid, "required-tags")["new"] == (Outcome.PASS, "")
    assert not laid.before


def test_gaps_of_the_context_matter_where_they_may_hide_what_the_change_rests_on():
    hidden = Gap(f"/subscriptions/{SUBSCRIPTION}", "budgets", GapReason.FORBIDDEN)
    usages = Gap(REGION, "quotaUsages", GapReason.THROTTLED)
    elsewhere = Gap("/subscriptions/another", "budgets", GapReason.FORBIDDEN)
    measured = Gap(arm_id(ACCOUNT, "acct"), "metrics", GapReason.FORBIDDEN)
    laid = in_context(change(deployment("new", 1)), existing(gaps=(hidden, usages, elsewhere, measured)))
    assert laid.gaps == (hidden, usages)


def test_a_subscription_of_which_the_context_holds_nothing_is_a_gap():
    body = {**deployment("new", 1).json, "id": arm_id(DEPLOYMENT, "acct/new", subscription="Elsewhere")}
    laid = in_context(change(Resource(body, Origin("terraform-plan", declared=True))), existing())
    (gap,) = laid.gaps
    assert (gap.scope, gap.reason) == ("/subscriptions/elsewhere", GapReason.NOT_FOUND)
    assert "holds nothing of this subscription" in gap.detail
    empty = replace(existing(), resources=(), scopes=("/subscriptions/ELSEWHERE",))
    assert not in_context(change(Resource(body, Origin("terraform-plan", declared=True))), empty).gaps


def test_a_change_that_names_no_subscription_is_told_how_to():
    body = {**deployment("new", 1).json, "id": arm_id(DEPLOYMENT, "acct/new", subscription=NO_SUBSCRIPTION)}
    laid = in_context(change(Resource(body, Origin("terraform-plan", declared=True))), existing())
    assert "--subscription" in laid.gaps[0].detail


def test_rules_about_what_was_measured_are_not_asked_of_a_change():
    laid = in_context(change(deployment("new", 1)), existing())
    findings, skipped = evaluate(laid, [RULES["openai-idle-deployment"]], NOW)
    assert not findings
    assert [one.reason for one in skipped] == ["needs metrics, which are not read from an input of kind terraform-plan"]
