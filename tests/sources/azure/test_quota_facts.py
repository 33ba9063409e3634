"""Quota usages once per region, the model catalogue only where it is needed."""

from dataclasses import replace

import pytest

from scanner.model.inventory import Fact, Inventory
from scanner.model.needs import FactNeed
from scanner.model.quota import location_scope
from scanner.model.resource import Origin, Resource
from tests.sources.azure.fakes import (
    ACCOUNT,
    ACCOUNTS,
    ARM,
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

LOCATION = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations"
EAST = location_scope(SUBSCRIPTION.rpartition("/")[2], "eastus2")
WEST = location_scope(SUBSCRIPTION.rpartition("/")[2], "westus")
QUOTA = about_deployments("quotaUsages")
STANDARD = {"name": {"value": "openai.standard.GPT-4o"}, "currentValue": 10, "limit": 20, "unit": "Count", "new": 1}


def facts_of(inventory):
    return {(fact.kind, fact.scope): fact.data for fact in inventory.facts}


def asked_locations(arm):
    return [call.path.removeprefix(LOCATION) for call in arm.calls if "/locations/" in call.path]


def test_usages_are_read_once_per_region_with_a_deployment(arm):
    second, third, empty = (f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/{name}" for name in "bcd")
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(
        ACCOUNTS,
        account(location="East US 2"),
        account(second, location="eastus2"),
        account(third, location="westus"),
        account(empty, location="northeurope"),
    )
    for one in (ACCOUNT, second, third):
        arm.lists(f"{one}/deployments", deployment("gpt4o", one))
    arm.lists(f"{empty}/deployments")
    arm.lists(f"{LOCATION}/eastus2/usages", STANDARD)
    arm.lists(f"{LOCATION}/westus/usages", STANDARD)
    inventory = arm.collect(needs(DEPLOYMENT_TYPE, facts=(QUOTA, QUOTA)))
    assert facts_of(inventory) == {("quotaUsages", EAST): [STANDARD], ("quotaUsages", WEST): [STANDARD]}
    assert inventory.fact("quotaUsages", EAST.upper()) == Fact("quotaUsages", EAST, [STANDARD])
    assert sorted(asked_locations(arm)) == ["/eastus2/usages", "/westus/usages"]
    assert not inventory.gaps


def test_regions_of_deployments_no_rule_asks_about_are_not_read(arm):
    arm.serve_chat()
    asked = about_deployments("quotaUsages", lambda resource, inventory: inventory.parent(resource) is None)
    inventory = arm.collect(needs(DEPLOYMENT_TYPE, facts=(asked,)))
    assert (inventory.facts, asked_locations(arm)) == ((), [])


def test_regions_that_a_change_comes_to_are_read_though_nothing_is_deployed_there_yet(arm):
    new, elsewhere = (f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/{name}" for name in "xy")
    elsewhere = elsewhere.replace(SUBSCRIPTION, "/subscriptions/another")
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(ACCOUNTS, account(location="eastus2"))
    arm.lists(f"{ACCOUNT}/deployments")
    for place in ("eastus2", "westus"):
        arm.lists(f"{LOCATION}/{place}/usages", STANDARD)
    planned = (
        deployment("on-what-exists"),
        *(account(new, location="West US"), deployment("in-a-new-region", new)),
        *(account(elsewhere, location="uksouth"), deployment("in-another-subscription", elsewhere)),
        deployment("of-an-account-that-is-nowhere", f"{ACCOUNT}-nowhere"),
    )
    change = Inventory(tuple(Resource(one, Origin("terraform-plan", declared=True)) for one in planned))
    inventory = arm.collect(replace(needs(DEPLOYMENT_TYPE, facts=(QUOTA,)), change=change))
    assert sorted(asked_locations(arm)) == ["/eastus2/usages", "/westus/usages"]
    assert set(facts_of(inventory)) == {("quotaUsages", EAST), ("quotaUsages", WEST)}
    assert not inventory.gaps


def test_all_pages_of_the_usages_are_one_fact(arm):
    arm.serve_chat()
    other = {"name": {"value": "AccountCount"}}
    arm.lists(f"{LOCATION}/eastus2/usages", other, next_link=f"{ARM}{LOCATION}/eastus2/usages?page=2")
    arm.lists(f"{LOCATION}/eastus2/usages", STANDARD)
    inventory = arm.collect(needs(facts=(QUOTA,)))
    assert facts_of(inventory) == {("quotaUsages", EAST): [other, STANDARD]}


@pytest.mark.parametrize(
    ("item", "usages", "is_asked"),
    [
        (deployment("a"), ["OpenAI.Standard.gpt-4o"], False),
        (deployment("a"), ["AISERVICES.STANDARD.GPT-4O"], False),
        (deployment("a"), ["OpenAI.GlobalStandard.gpt-4o"], True),
        (deployment("a"), [], True),
        (deployment("a", sku="ProvisionedManaged"), ["OpenAI.ProvisionedManaged"], False),
        (deployment("a", sku="ProvisionedManaged"), ["OpenAI.GlobalProvisionedManaged"], True),
        ({"id": f"{ACCOUNT}/deployments/bare", "properties": {}}, [], False),
    ],
)
def test_the_catalogue_is_read_only_where_a_pool_is_not_found(arm, item, usages, is_asked):
    arm.serve_chat()
    arm.mock.remove("GET", f"{ARM}{ACCOUNT}/deployments")
    arm.lists(f"{ACCOUNT}/deployments", item)
    arm.lists(f"{LOCATION}/eastus2/usages", *({"name": {"value": name}} for name in usages))
    arm.lists(f"{LOCATION}/eastus2/models", {"model": {"name": "gpt-4o"}})
    inventory = arm.collect(needs(facts=(QUOTA,)))
    assert ("/eastus2/models" in asked_locations(arm)) is is_asked
    assert (("models", EAST) in facts_of(inventory)) is is_asked
    assert not inventory.gaps


def test_the_catalogue_is_read_where_a_rule_asks_for_it(arm):
    arm.serve_chat()
    arm.lists(f"{LOCATION}/eastus2/models", {"model": {"name": "gpt-4o"}})
    inventory = arm.collect(needs(facts=(about_deployments("models"),)))
    assert facts_of(inventory) == {("models", EAST): [{"model": {"name": "gpt-4o"}}]}
    assert asked_locations(arm) == ["/eastus2/models"]


def test_usages_and_a_catalogue_that_cannot_be_read_are_gaps(arm):
    arm.serve_chat()
    arm.error(f"{LOCATION}/eastus2/usages", 403, "AuthorizationFailed")
    inventory = arm.collect(needs(facts=(QUOTA,)))
    assert gaps_of(inventory) == {(EAST, "quotaUsages", "forbidden")}
    assert inventory.gap("quotaUsages", EAST) is not None
    assert (inventory.facts, asked_locations(arm)) == ((), ["/eastus2/usages"])


def test_a_catalogue_that_cannot_be_read_is_a_gap_beside_the_usages(arm):
    arm.serve_chat()
    arm.lists(f"{LOCATION}/eastus2/usages")
    arm.error(f"{LOCATION}/eastus2/models", 500, "InternalServerError")
    inventory = arm.collect(needs(facts=(QUOTA,)))
    assert gaps_of(inventory) == {(EAST, "models", "serverError")}
    assert facts_of(inventory) == {("quotaUsages", EAST): []}


def test_usages_that_break_off_are_a_fact_and_a_gap(arm):
    arm.serve_chat()
    arm.lists(f"{LOCATION}/eastus2/usages", STANDARD, 5, next_link="string")
    inventory = arm.collect(needs(facts=(QUOTA,)))
    assert facts_of(inventory) == {("quotaUsages", EAST): [STANDARD]}
    assert {(gap.scope, gap.what, gap.reason) for gap in inventory.gaps} == {(EAST, "quotaUsages", "malformed")}


def test_an_account_without_a_location_is_a_gap(arm):
    arm.serve_chat()
    arm.mock.remove("GET", ARM + ACCOUNTS)
    arm.lists(ACCOUNTS, account(location=None))
    inventory = arm.collect(needs(facts=(QUOTA,)))
    assert gaps_of(inventory) == {(ACCOUNT, "quotaUsages", "malformed")}


def test_a_need_about_types_that_were_not_found_asks_nothing(arm):
    arm.serve_chat()
    nowhere = FactNeed("quotaUsages", frozenset({"microsoft.machinelearningservices/workspaces"}), lambda *_: True)
    arm.lists(f"{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces")
    assert arm.collect(needs(facts=(nowhere,))).facts == ()


def test_a_rule_about_accounts_reads_the_catalogue_of_their_regions(arm):
    arm.serve_chat()
    arm.lists(f"{LOCATION}/eastus2/models", {"model": {"name": "gpt-4o"}})
    asked = FactNeed("models", frozenset({"microsoft.cognitiveservices/accounts"}), lambda *_: True)
    inventory = arm.collect(needs(facts=(asked, about_deployments("models"))))
    assert facts_of(inventory) == {("models", EAST): [{"model": {"name": "gpt-4o"}}]}
    assert asked_locations(arm) == ["/eastus2/models"]
