"""The subscriptions of a management group are the scope, those that cannot be read included."""

import pytest

from scanner.errors import SourceError
from tests.sources.azure.fakes import ARM, SUBSCRIPTION, gaps_of, needs, subscription

OTHER = "/subscriptions/0b000000-0000-0000-0000-000000000002"
TYPE = "Microsoft.Management/managementGroups"
AI = f"/providers/{TYPE}/mg-ai"


def descendant(path):
    kind = "/subscriptions" if path.startswith("/subscriptions") else TYPE
    return {"id": path, "type": kind, "name": path.rpartition("/")[2], "properties": {"displayName": "x"}}


def serve(arm, *paths):
    """Serve the list of these subscriptions, and their groups."""
    arm.lists("/subscriptions", *(subscription(path) for path in paths))
    for path in paths:
        arm.lists(f"{path}/resourcegroups")


def test_its_subscriptions_are_read_whatever_their_depth(arm):
    arm.lists(
        f"{AI}/descendants",
        descendant(f"/providers/{TYPE}/mg-below"),
        descendant(SUBSCRIPTION),
        next_link=f"{ARM}{AI}/descendants?api-version=2020-05-01&$skiptoken=x",
    )
    arm.lists(f"{AI}/descendants", descendant(OTHER))
    serve(arm, SUBSCRIPTION, OTHER)
    inventory = arm.collect(needs(), management_groups=("mg-ai",))
    assert inventory.scopes == (SUBSCRIPTION, OTHER)
    assert not inventory.gaps
    assert arm.calls[0].query == {"api-version": "2020-05-01"}
    assert arm.paths() == sorted(
        [f"GET {AI}/descendants"] * 2
        + ["GET /subscriptions", f"GET {SUBSCRIPTION}/resourcegroups", f"GET {OTHER}/resourcegroups"]
    )


def test_where_the_list_of_subscriptions_fails_each_is_asked_for(arm):
    arm.lists(f"{AI}/descendants", descendant(SUBSCRIPTION))
    arm.error("/subscriptions", 403, "AuthorizationFailed")
    arm.answer(SUBSCRIPTION, subscription(SUBSCRIPTION, tags={"owner": "ai"}))
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    inventory = arm.collect(needs(), management_groups=("mg-ai",))
    assert [one.tags for one in inventory.resources] == [{"owner": "ai"}]
    assert not inventory.gaps


def test_subscriptions_and_management_groups_add_up_and_none_is_read_twice(arm):
    arm.lists(f"{AI}/descendants", descendant(OTHER.upper().replace("SUBSCRIPTIONS", "subscriptions")))
    serve(arm, SUBSCRIPTION, OTHER)
    ids = (SUBSCRIPTION.rpartition("/")[2], OTHER.rpartition("/")[2])
    inventory = arm.collect(needs(), subscriptions=ids, management_groups=("mg-ai",))
    assert inventory.scopes == (SUBSCRIPTION, OTHER)
    assert len(arm.calls) == 4


def test_a_subscription_that_the_caller_cannot_read_is_a_gap(arm):
    arm.lists(f"{AI}/descendants", descendant(SUBSCRIPTION), descendant(OTHER))
    serve(arm, SUBSCRIPTION)
    arm.error(OTHER, 403, "AuthorizationFailed")
    inventory = arm.collect(needs(), management_groups=("mg-ai",))
    assert gaps_of(inventory) == {(OTHER, "Microsoft.Resources/subscriptions", "forbidden")}


@pytest.mark.parametrize("failure", [{"status": 403, "code": "AuthorizationFailed"}, {}])
def test_a_group_that_gives_no_subscription_ends_the_scan_where_nothing_else_was_asked_for(arm, failure):
    if failure:
        arm.error(f"{AI}/descendants", **failure)
    else:
        arm.lists(f"{AI}/descendants")
    with pytest.raises(SourceError, match=r"mg-ai: (AuthorizationFailed|it holds no subscription)") as caught:
        arm.collect(needs(), management_groups=("mg-ai",))
    assert "Management Group Reader" in caught.value.problems[0].hint


@pytest.mark.parametrize(("status", "reason"), [(403, "forbidden"), (404, "notFound"), (None, "notFound")])
def test_beside_something_else_it_is_a_gap(arm, status, reason):
    if status:
        arm.error(f"{AI}/descendants", status, "No")
    else:
        arm.lists(f"{AI}/descendants")
    serve(arm, SUBSCRIPTION)
    subscriptions = (SUBSCRIPTION.rpartition("/")[2],)
    inventory = arm.collect(needs(), subscriptions=subscriptions, management_groups=("mg-ai",))
    assert gaps_of(inventory) == {(AI, TYPE, reason)}
    assert inventory.scopes == (SUBSCRIPTION,)


@pytest.mark.parametrize("name", ["", "a/b", "a b", "x" * 91, "a?b", "dot."])
def test_what_cannot_be_the_id_of_a_management_group_is_refused(arm, name):
    with pytest.raises(SourceError, match="not the id of a management group"):
        arm.collect(needs(), management_groups=(name,))
    assert not arm.calls
