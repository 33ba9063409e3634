"""GitHub Copilot: read only when asked for, with a token that goes to one host only."""

import pytest
import requests

from scanner.errors import SourceError
from tests.sources.azure.fakes import SUBSCRIPTION, gaps_of, needs, subscription

API = "https://api.github.com"
TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
ORGANIZATIONS, SEATS = "GitHub.Copilot/organizations", "GitHub.Copilot/organizations/seats"
ENTERPRISE_SEATS = "GitHub.Copilot/enterprises/seats"
ORG = f"/providers/{ORGANIZATIONS}/contoso"
ENTERPRISE = "/providers/GitHub.Copilot/enterprises/contoso-all"
BILLING = f"{API}/orgs/contoso/copilot/billing"
EVERYTHING = needs(ORGANIZATIONS.lower(), SEATS.lower(), ENTERPRISE_SEATS.lower())


@pytest.fixture
def github(arm):
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.environ = {"GITHUB_TOKEN": TOKEN}
    return arm


def seat(login, last=None, **more):
    return {
        "assignee": {"login": login, "id": 1},
        "created_at": "2026-01-03T09:00:00Z",
        "last_activity_at": last,
        "pending_cancellation_date": None,
        **more,
    }


def page(*seats, total=None):
    return {"total_seats": len(seats) if total is None else total, "seats": list(seats)}


def calls_to(arm, host=API):
    return [call for call in arm.calls if call.url.startswith(host)]


def read_seats(arm, **options):
    return arm.collect(needs(SEATS.lower()), github_organizations=("contoso",), **options)


def test_nobody_asked_means_no_request_and_the_source_says_so(github):
    inventory = github.collect(EVERYTHING)
    assert (inventory.scanned, inventory.gaps) == ((), ())
    reasons = inventory.sources[0].not_asked
    assert "--github-org" in reasons[SEATS.lower()]
    assert "--github-org" in reasons[ORGANIZATIONS.lower()]
    assert "--github-enterprise" in reasons[ENTERPRISE_SEATS.lower()]
    assert not calls_to(github)


def test_only_what_was_asked_for_is_asked_for(github):
    github.answer(BILLING, {"seat_breakdown": {"total": 2}})
    inventory = github.collect(needs(ORGANIZATIONS.lower()), github_organizations=("contoso", "Contoso"))
    assert [call.url for call in calls_to(github)] == [BILLING]
    assert set(inventory.sources[0].not_asked) & {SEATS.lower(), ENTERPRISE_SEATS.lower()} == {ENTERPRISE_SEATS.lower()}
    assert not github.collect(needs(), github_organizations=("contoso",)).scanned
    assert len(calls_to(github)) == 1


def test_billing_and_seats_become_resources(github):
    billing = {"seat_breakdown": {"total": 2, "active_this_cycle": 1}, "plan_type": "business"}
    github.answer(BILLING, billing)
    github.answer(f"{BILLING}/seats", page(seat("Ada", "2026-11-01T00:00:00Z"), seat("grace")))
    inventory = github.collect(EVERYTHING, github_organizations=("contoso",))
    assert [one.json for one in inventory.scanned] == [
        {"id": ORG, "type": ORGANIZATIONS, "name": "contoso", "properties": billing},
        {
            "id": f"{ORG}/seats/Ada",
            "type": SEATS,
            "name": "Ada",
            "properties": seat("Ada", "2026-11-01T00:00:00Z"),
        },
        {"id": f"{ORG}/seats/grace", "type": SEATS, "name": "grace", "properties": seat("grace")},
    ]
    assert not inventory.gaps
    for call in calls_to(github):
        assert call.method == "GET"
        assert call.headers["Authorization"] == f"Bearer {TOKEN}"
        assert call.headers["Accept"] == "application/vnd.github+json"
        assert call.headers["X-GitHub-Api-Version"] == "2022-11-28"
    others = [call for call in github.calls if not call.url.startswith(API)]
    assert all(TOKEN not in call.headers["Authorization"] for call in others)


def test_pages_are_followed_by_their_link(github):
    following = f"{API}/organizations/9/copilot/billing/seats?per_page=100&page=2"
    github.answer(
        f"{BILLING}/seats",
        page(seat("ada"), total=2),
        headers={"Link": f'<{following}>; rel="next", <{following}>; rel="last"'},
    )
    github.answer(following.partition("?")[0], page(seat("grace"), total=2))
    inventory = read_seats(github)
    assert [one.name for one in inventory.scanned] == ["ada", "grace"]
    assert not inventory.gaps
    first, second = calls_to(github)
    assert first.query == {"per_page": "100"}
    assert second.query == {"per_page": "100", "page": "2"}


def test_a_link_to_another_host_is_refused_and_sees_no_token(github):
    github.answer(f"{BILLING}/seats", page(seat("ada")), headers={"Link": '<https://evil.example/x>; rel="next"'})
    inventory = read_seats(github)
    assert gaps_of(inventory) == {(ORG, SEATS, "refused")}
    assert [one.name for one in inventory.scanned] == ["ada"]
    assert not calls_to(github, "https://evil.example")


@pytest.mark.parametrize("location", ["https://evil.example/x", f"{API}/renamed"])
def test_a_redirect_is_not_followed(github, location):
    github.answer(f"{BILLING}/seats", {}, status=301, headers={"Location": location})
    assert gaps_of(read_seats(github)) == {(ORG, SEATS, "refused")}
    assert len(calls_to(github)) == 1


def test_an_enterprise_has_one_resource_for_each_person(github):
    github.answer(
        f"{API}/enterprises/contoso-all/copilot/billing/seats",
        page(
            seat("ada", "2026-11-01T00:00:00Z", pending_cancellation_date="2026-12-01"),
            seat("grace", "2026-01-01T00:00:00Z"),
            seat("Ada", None),
            seat("grace", "2026-11-02T00:00:00Z"),
            total=2,
        ),
    )
    inventory = github.collect(needs(ENTERPRISE_SEATS.lower()), github_enterprises=("contoso-all",))
    assert [(one.id, one.type) for one in inventory.scanned] == [
        (f"{ENTERPRISE}/seats/ada", ENTERPRISE_SEATS.lower()),
        (f"{ENTERPRISE}/seats/grace", ENTERPRISE_SEATS.lower()),
    ]
    ada, grace = (one.json["properties"] for one in inventory.scanned)
    assert ada["pending_cancellation_date"] is None
    assert grace["last_activity_at"] == "2026-11-02T00:00:00Z"
    assert not inventory.gaps


def test_fewer_seats_than_github_counts_are_a_gap(github):
    github.answer(f"{BILLING}/seats", page(seat("ada"), total=3))
    assert gaps_of(read_seats(github)) == {(ORG, SEATS, "truncated")}


def test_seats_that_name_nobody_are_counted_in_a_gap(github):
    github.answer(f"{BILLING}/seats", page(seat("ada"), {"assignee": None}, {"assignee": {"login": ""}}, 5))
    inventory = read_seats(github)
    assert [one.name for one in inventory.scanned] == ["ada"]
    assert {(gap.what, gap.reason.value) for gap in inventory.gaps} == {(SEATS, "malformed")}


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"json": {"message": "Resource not accessible"}, "status": 403}, "forbidden"),
        ({"json": {"message": "Not Found"}, "status": 404}, "notFound"),
        ({"json": {"message": "Bad credentials"}, "status": 401}, "unauthenticated"),
        ({"json": {"message": "boom"}, "status": 502}, "serverError"),
        ({"json": {"message": "limit"}, "status": 403, "headers": {"X-RateLimit-Remaining": "0"}}, "throttled"),
        ({"json": {"message": "limit"}, "status": 429}, "throttled"),
        ({"json": {"message": "limit"}, "status": 403, "headers": {"Retry-After": "3600"}}, "throttled"),
        ({"json": []}, "malformed"),
        ({"json": {"seats": "x"}}, "malformed"),
        ({"body": b"<html>"}, "malformed"),
        ({"body": requests.exceptions.ConnectionError("Connection refused")}, "unreachable"),
    ],
)
def test_a_failure_is_a_gap(github, trouble, reason):
    github.answer(f"{BILLING}/seats", **trouble)
    inventory = read_seats(github)
    assert gaps_of(inventory) == {(ORG, SEATS, reason)}
    assert TOKEN not in inventory.gaps[0].detail
    assert inventory.resources


def test_a_limit_that_ends_soon_is_waited_for(github):
    github.answer(f"{BILLING}/seats", {"message": "wait"}, status=403, headers={"Retry-After": "7"})
    github.answer(f"{BILLING}/seats", page(seat("ada")))
    inventory = read_seats(github)
    assert (len(inventory.scanned), inventory.gaps) == (1, ())
    assert github.slept == [7]


def test_billing_that_is_no_object_is_a_gap(github):
    github.answer(BILLING, [])
    inventory = github.collect(needs(ORGANIZATIONS.lower()), github_organizations=("contoso",))
    assert gaps_of(inventory) == {(ORG, ORGANIZATIONS, "malformed")}


@pytest.mark.parametrize("token", [None, "", "  ", "with space", "line\nbreak", "ümlaut"])
def test_without_a_usable_token_nothing_is_read_and_it_is_not_repeated(github, token):
    github.environ = {} if token is None else {"GITHUB_TOKEN": token}
    with pytest.raises(SourceError, match="GITHUB_TOKEN") as caught:
        github.collect(needs(), github_organizations=("contoso",))
    assert not github.calls
    if token and token.strip():
        assert token not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a/b", "..", "a?b", "a b"])
def test_what_cannot_be_an_organization_is_refused(github, name):
    with pytest.raises(SourceError, match="not the name"):
        github.collect(needs(), github_organizations=(name,))
    assert not github.calls


def test_a_server_of_ones_own_has_its_api_below_a_path(github):
    github.environ["GITHUB_API_URL"] = "https://github.contoso.example/api/v3/"
    own = "https://github.contoso.example/api/v3/orgs/contoso/copilot/billing"
    github.answer(own, {"plan_type": "business"})
    inventory = github.collect(needs(ORGANIZATIONS.lower()), github_organizations=("contoso",))
    assert len(inventory.scanned) == 1
    assert not calls_to(github)


def test_the_token_is_not_in_what_stands_in_memory_as_text(github):
    from scanner.sources.azure import AzureOptions
    from scanner.sources.azure.copilot import asked_of

    asked = asked_of(AzureOptions(github_organizations=("contoso",), environ={"GITHUB_TOKEN": TOKEN}))
    assert TOKEN not in repr(asked)
