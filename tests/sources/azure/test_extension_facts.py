"""Diagnostic settings, budgets and scheduled actions: of what a rule asks about, and of nothing else."""

import pytest

from scanner.model.needs import FactNeed
from tests.sources.azure.fakes import ACCOUNT, ARM, GROUP, SUBSCRIPTION, gaps_of, needs

ACCOUNT_TYPE = "microsoft.cognitiveservices/accounts"
SUBSCRIPTION_TYPE = "microsoft.resources/subscriptions"
GROUP_TYPE = "microsoft.resources/subscriptions/resourcegroups"
KINDS = [
    ("diagnosticSettings", ACCOUNT_TYPE, ACCOUNT, "Microsoft.Insights/diagnosticSettings", "2021-05-01-preview"),
    ("budgets", SUBSCRIPTION_TYPE, SUBSCRIPTION, "Microsoft.Consumption/budgets", "2024-08-01"),
    ("budgets", GROUP_TYPE, GROUP, "Microsoft.Consumption/budgets", "2024-08-01"),
    ("scheduledActions", SUBSCRIPTION_TYPE, SUBSCRIPTION, "Microsoft.CostManagement/scheduledActions", "2025-03-01"),
]
every_kind = pytest.mark.parametrize(("kind", "of", "scope", "path", "version"), KINDS)


def need(kind, of, applies=lambda *_: True):
    return FactNeed(kind, frozenset({of}), applies)


@every_kind
def test_the_list_below_the_id_is_the_fact_as_azure_wrote_it(arm, kind, of, scope, path, version):
    arm.serve_chat()
    # Consumption's own ids lack the first slash.
    items = [{"id": f"{scope[1:]}/providers/{path}/x", "properties": {"newField": 1}}, {"name": "without an id"}]
    arm.lists(f"{scope}/providers/{path}", items[0], next_link=f"{ARM}{scope}/providers/{path}?page=2")
    arm.lists(f"{scope}/providers/{path}", items[1])
    inventory = arm.collect(needs(facts=(need(kind, of), need(kind, of))))
    (fact,) = inventory.facts
    assert (fact.kind, fact.scope, fact.data) == (kind, scope, items)
    assert not inventory.gaps
    calls = [call for call in arm.calls if path in call.path]
    assert [call.query.get("api-version") for call in calls] == [version, None]


@every_kind
def test_what_no_rule_asks_about_is_not_read(arm, kind, of, scope, path, version):
    arm.serve_chat()
    inventory = arm.collect(needs(ACCOUNT_TYPE, facts=(need(kind, of, lambda *_: False),)))
    assert not inventory.facts
    assert not [call for call in arm.calls if path in call.path]


@every_kind
@pytest.mark.parametrize(("status", "reason"), [(403, "forbidden"), (404, "notFound"), (400, "unsupported")])
def test_a_list_that_cannot_be_read_is_a_gap(arm, kind, of, scope, path, version, status, reason):
    arm.serve_chat()
    arm.error(f"{scope}/providers/{path}", status, "No")
    inventory = arm.collect(needs(facts=(need(kind, of),)))
    assert gaps_of(inventory) == {(scope, kind, reason)}
    assert not inventory.facts
    assert inventory.gap(kind, scope) is not None


def test_an_empty_list_is_a_fact(arm):
    arm.serve_chat()
    arm.lists(f"{SUBSCRIPTION}/providers/Microsoft.Consumption/budgets")
    inventory = arm.collect(needs(facts=(need("budgets", SUBSCRIPTION_TYPE),)))
    assert [fact.data for fact in inventory.facts] == [[]]


def test_a_list_that_breaks_off_is_a_fact_and_a_gap(arm):
    arm.serve_chat()
    arm.lists(f"{SUBSCRIPTION}/providers/Microsoft.Consumption/budgets", {"name": "b"}, next_link="string")
    inventory = arm.collect(needs(facts=(need("budgets", SUBSCRIPTION_TYPE),)))
    assert [fact.data for fact in inventory.facts] == [[{"name": "b"}]]
    assert gaps_of(inventory) == {(SUBSCRIPTION, "budgets", "malformed")}
