"""Types that a cloud or a subscription may not know: then there are none, and nothing is missing."""

import pytest

from scanner.model.resource import SUBSCRIPTION as SUBSCRIPTION_TYPE
from scanner.sources.azure.collectors import COLLECTORS
from tests.sources.azure.fakes import (
    ACCOUNT,
    ACCOUNTS,
    ARM,
    GRAPH,
    GROUP,
    SUBSCRIPTION,
    account,
    gaps_of,
    needs,
    subscription,
)

SEARCH = "Microsoft.Search/searchServices"
MAIN = {
    "Microsoft.CognitiveServices/accounts",
    "Microsoft.CognitiveServices/accounts/deployments",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaces/computes",
    "Microsoft.MachineLearningServices/workspaces/jobs",
}
UNKNOWN = [
    (404, "InvalidResourceNamespace"),
    (404, "ResourceNotFound"),
    (400, "InvalidResourceType"),
    (400, "NoRegisteredProviderFound"),
    (409, "MissingSubscriptionRegistration"),
    (409, "invalidresourcenamespace"),
]


@pytest.fixture
def small_cloud(arm):
    """One subscription in a cloud without Resource Graph."""
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.error(GRAPH, 404, "NotFound", method="POST")
    return arm


def test_everything_but_the_main_types_is_supplementary():
    assert {one.type for one in COLLECTORS if not one.supplementary} == MAIN


@pytest.mark.parametrize(("status", "code"), UNKNOWN)
@pytest.mark.parametrize(
    "kind", [one.type for one in COLLECTORS if one.parent == SUBSCRIPTION_TYPE and one.supplementary]
)
def test_a_type_that_is_not_known_here_is_no_gap(small_cloud, kind, status, code):
    small_cloud.error(f"{SUBSCRIPTION}/providers/{kind}", status, code)
    inventory = small_cloud.collect(needs(kind.lower()))
    assert (inventory.scanned, inventory.gaps) == ((), ())
    assert {call.method for call in small_cloud.calls if call.path != GRAPH} == {"GET"}


@pytest.mark.parametrize(("status", "code"), UNKNOWN)
def test_a_main_type_that_is_not_known_is_a_gap(small_cloud, status, code):
    small_cloud.error(ACCOUNTS, status, code)
    inventory = small_cloud.collect(needs("microsoft.cognitiveservices/accounts"))
    assert [gap.what for gap in inventory.gaps] == ["Microsoft.CognitiveServices/accounts"]


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, "AuthorizationFailed", "forbidden"),
        (401, "InvalidResourceType", "unauthenticated"),
        (400, "BadRequest", "unsupported"),
        (409, "Conflict", "conflict"),
        (500, "InvalidResourceNamespace", "serverError"),
    ],
)
def test_other_failures_of_a_supplementary_type_are_gaps(small_cloud, status, code, reason):
    small_cloud.error(f"{SUBSCRIPTION}/providers/{SEARCH}", status, code)
    assert gaps_of(small_cloud.collect(needs(SEARCH.lower()))) == {(SUBSCRIPTION, SEARCH, reason)}


def test_a_list_that_ends_in_a_404_is_a_gap(small_cloud):
    path = f"{SUBSCRIPTION}/providers/{SEARCH}"
    small_cloud.lists(path, {"id": f"{GROUP}/providers/{SEARCH}/find"}, next_link=f"{ARM}{path}?page=2")
    small_cloud.error(path, 404, "NotFound")
    inventory = small_cloud.collect(needs(SEARCH.lower()))
    assert [one.name for one in inventory.scanned] == ["find"]
    assert gaps_of(inventory) == {(SUBSCRIPTION, SEARCH, "notFound")}


def test_a_reason_is_logged_for_those_who_debug(small_cloud, caplog):
    caplog.set_level("DEBUG", logger="scanner")
    small_cloud.error(f"{SUBSCRIPTION}/providers/{SEARCH}", 404, "InvalidResourceNamespace", "No such namespace.")
    small_cloud.collect(needs(SEARCH.lower()))
    assert any("No such namespace" in record.getMessage() for record in caplog.records)


def test_only_foundry_accounts_are_asked_for_projects(arm):
    kinds = {"foundry": "AIServices", "chat": "OpenAI", "text": "TextAnalytics", "new": None}
    parents = {name: f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/{name}" for name in kinds}
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(ACCOUNTS, *(account(parents[name], kind=kind) for name, kind in kinds.items()))
    project = f"{parents['foundry']}/projects/p"
    arm.lists(f"{parents['foundry']}/projects", {"id": project, "name": "foundry/p"})
    arm.error(f"{parents['new']}/projects", 404, "ResourceNotFound")
    inventory = arm.collect(needs("microsoft.cognitiveservices/accounts/projects"))
    assert project in [one.id for one in inventory.scanned]
    assert not inventory.gaps
    asked = [call.path for call in arm.calls if call.path.endswith("/projects")]
    assert sorted(asked) == sorted(f"{parents[name]}/projects" for name in ("foundry", "new"))
    assert not any(call.path == GRAPH for call in arm.calls)


def test_deleted_accounts_are_read_by_name_and_belong_to_their_group(arm):
    place = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/eastus2/resourceGroups"
    kind = "Microsoft.CognitiveServices/deletedAccounts"
    gone = [{"id": f"{place}/{group}/deletedAccounts/gone", "type": kind} for group in ("RG-Chat", "rg-other")]
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups", {"id": GROUP, "name": "rg-chat"})
    arm.lists(f"{SUBSCRIPTION}/providers/{kind}", *gone)
    inventory = arm.collect(needs(kind.lower()), resource_groups=("rg-chat",))
    assert [one.id for one in inventory.scanned] == [gone[0]["id"]]
    assert [one.type for one in inventory.scanned] == [kind.lower()]
    assert ACCOUNT not in [call.path for call in arm.calls]
