"""Subscriptions and resource groups: all, chosen, missing, unreadable."""

import pytest

from scanner.errors import SourceError
from tests.sources.azure.fakes import (
    ACCOUNT,
    ACCOUNTS,
    DEPLOYMENT_TYPE,
    GROUP,
    SUBSCRIPTION,
    account,
    deployment,
    gaps_of,
    needs,
    subscription,
)

OTHER = "/subscriptions/0b000000-0000-0000-0000-000000000002"
OTHER_ID = OTHER.rpartition("/")[2]
SUBSCRIPTION_ID = SUBSCRIPTION.rpartition("/")[2]
GROUPS_TYPE = "Microsoft.Resources/subscriptions/resourceGroups"


def group(name, parent=SUBSCRIPTION):
    return {"id": f"{parent}/resourceGroups/{name}", "name": name, "type": "Microsoft.Resources/resourceGroups"}


def ids(inventory):
    return [resource.id for resource in inventory.resources]


def test_subscriptions_and_groups_are_read_with_their_tags_whatever_the_rules_need(arm):
    arm.lists("/subscriptions", subscription(tags={"owner": "ai"}), subscription(OTHER, state="Disabled"))
    arm.lists(f"{SUBSCRIPTION}/resourcegroups", {**group("rg-chat"), "tags": {"costCenter": "7"}})
    arm.error(f"{OTHER}/resourcegroups", 403, "ReadOnlyDisabledSubscription")
    inventory = arm.collect(needs())
    assert [(one.type, one.tags) for one in inventory.resources] == [
        ("microsoft.resources/subscriptions", {"owner": "ai"}),
        ("microsoft.resources/subscriptions", {}),
        ("microsoft.resources/subscriptions/resourcegroups", {"costCenter": "7"}),
    ]
    assert gaps_of(inventory) == {(OTHER, GROUPS_TYPE, "forbidden")}
    assert inventory.scopes == (SUBSCRIPTION, OTHER)
    assert arm.paths() == ["GET /subscriptions", f"GET {SUBSCRIPTION}/resourcegroups", f"GET {OTHER}/resourcegroups"]


def test_chosen_subscriptions_are_asked_for_one_by_one_and_once(arm):
    arm.answer(SUBSCRIPTION, subscription())
    arm.answer(OTHER, subscription(OTHER))
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(f"{OTHER}/resourcegroups")
    inventory = arm.collect(needs(), subscriptions=(OTHER_ID, SUBSCRIPTION_ID, OTHER_ID.upper()))
    assert ids(inventory) == [OTHER, SUBSCRIPTION]
    assert inventory.scopes == (OTHER, SUBSCRIPTION)
    assert f"GET {SUBSCRIPTION}" in arm.paths()
    assert "GET /subscriptions" not in arm.paths()
    assert len(arm.calls) == 4


@pytest.mark.parametrize(("status", "reason"), [(404, "notFound"), (403, "forbidden"), (401, "unauthenticated")])
def test_a_chosen_subscription_that_cannot_be_read_is_a_gap(arm, status, reason):
    arm.answer(SUBSCRIPTION, subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.error(OTHER, status, "SubscriptionNotFound")
    inventory = arm.collect(needs(), subscriptions=(OTHER_ID, SUBSCRIPTION_ID))
    assert ids(inventory) == [SUBSCRIPTION]
    assert gaps_of(inventory) == {(OTHER, "Microsoft.Resources/subscriptions", reason)}
    assert inventory.scopes == (OTHER, SUBSCRIPTION)


def test_when_no_chosen_subscription_can_be_read_there_are_only_gaps(arm):
    arm.error(OTHER, 404, "SubscriptionNotFound")
    arm.answer(SUBSCRIPTION, [])
    inventory = arm.collect(needs(DEPLOYMENT_TYPE), subscriptions=(OTHER_ID, SUBSCRIPTION_ID))
    assert not inventory.resources
    assert gaps_of(inventory) == {
        (OTHER, "Microsoft.Resources/subscriptions", "notFound"),
        (SUBSCRIPTION, "Microsoft.Resources/subscriptions", "malformed"),
    }


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "?x"])
def test_what_cannot_be_a_subscription_id_is_refused(arm, name):
    with pytest.raises(SourceError, match="not the id of a subscription"):
        arm.collect(needs(), subscriptions=(name,))
    assert not arm.calls


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, {"value": []}, "sees no subscription"),
        (403, {"error": {"code": "AuthorizationFailed", "message": "No."}}, "AuthorizationFailed: No."),
        (401, {"error": {"code": "InvalidAuthenticationTokenTenant", "message": "No."}}, "InvalidAuthenticationToken"),
        (200, {"error": "proxy"}, "cannot be listed"),
    ],
)
def test_without_any_subscription_nothing_can_be_scanned(arm, status, body, words):
    arm.answer("/subscriptions", body, status=status)
    with pytest.raises(SourceError, match=words) as caught:
        arm.collect(needs())
    assert caught.value.problems[0].hint


def test_a_list_of_subscriptions_that_breaks_off_is_a_gap(arm):
    arm.lists("/subscriptions", subscription(), next_link="string")
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    inventory = arm.collect(needs())
    assert ids(inventory) == [SUBSCRIPTION]
    assert gaps_of(inventory) == {("/subscriptions", "Microsoft.Resources/subscriptions", "malformed")}


def test_only_chosen_groups_and_what_is_in_them_are_read(arm):
    hidden = f"{SUBSCRIPTION}/resourceGroups/rg-other/providers/Microsoft.CognitiveServices/accounts/hidden"
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups", group("rg-chat"), group("rg-other"))
    arm.lists(ACCOUNTS, account(hidden), account())
    arm.lists(f"{ACCOUNT}/deployments", deployment("gpt4o"))
    inventory = arm.collect(needs(DEPLOYMENT_TYPE), resource_groups=("RG-Chat", "rg-chat"))
    assert ids(inventory) == [SUBSCRIPTION, GROUP, ACCOUNT, f"{ACCOUNT}/deployments/gpt4o"]
    assert not inventory.gaps
    assert inventory.scopes == (GROUP,)
    assert not any("hidden" in path for path in arm.paths())


def test_a_group_that_is_nowhere_is_a_gap_with_its_name(arm):
    arm.lists("/subscriptions", subscription(), subscription(OTHER))
    arm.lists(f"{SUBSCRIPTION}/resourcegroups", group("rg-chat"))
    arm.lists(f"{OTHER}/resourcegroups", group("rg-x", OTHER))
    inventory = arm.collect(needs(), resource_groups=("rg-chat", "rg-typo"))
    assert gaps_of(inventory) == {("/resourceGroups/rg-typo", GROUPS_TYPE, "notFound")}
    assert "'rg-typo'" in inventory.gaps[0].detail
    assert inventory.scopes == (GROUP,)


def test_a_missing_group_of_one_subscription_has_its_full_id(arm):
    arm.answer(SUBSCRIPTION, subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    inventory = arm.collect(needs(), subscriptions=(SUBSCRIPTION_ID,), resource_groups=("rg-typo",))
    assert gaps_of(inventory) == {(f"{SUBSCRIPTION}/resourceGroups/rg-typo", GROUPS_TYPE, "notFound")}
    assert inventory.scopes == (f"{SUBSCRIPTION}/resourceGroups/rg-typo",)


def test_when_groups_cannot_be_listed_the_rest_is_read_and_no_group_is_called_missing(arm):
    arm.lists("/subscriptions", subscription())
    arm.error(f"{SUBSCRIPTION}/resourcegroups", 403, "AuthorizationFailed")
    arm.lists(ACCOUNTS, account())
    arm.lists(f"{ACCOUNT}/deployments", deployment("gpt4o"))
    inventory = arm.collect(needs(DEPLOYMENT_TYPE), resource_groups=("rg-chat", "rg-typo"))
    assert ids(inventory) == [SUBSCRIPTION, ACCOUNT, f"{ACCOUNT}/deployments/gpt4o"]
    assert gaps_of(inventory) == {(SUBSCRIPTION, GROUPS_TYPE, "forbidden")}
    assert inventory.scopes == (GROUP, f"{SUBSCRIPTION}/resourceGroups/rg-typo")
