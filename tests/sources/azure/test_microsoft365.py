"""Microsoft 365 Copilot: read only when asked for, and the token stays with Microsoft Graph."""

import pytest
import requests

from tests.sources.azure.fakes import SUBSCRIPTION, gaps_of, needs, subscription

GRAPH = "https://graph.microsoft.com"
REPORT = f"{GRAPH}/v1.0/copilot/reports/getMicrosoft365CopilotUsageUserDetail(period='D30')"
BETA = f"{GRAPH}/beta/reports/getMicrosoft365CopilotUsageUserDetail(period='D30')"
DOWNLOAD = "https://reports.storage.example/file"
SIGNED = f"{DOWNLOAD}?sig=very-secret-Signature&skoid=1"
SKUS, USERS = "Microsoft.Graph/subscribedSkus", "Microsoft.Graph/copilotUsageUsers"
SCOPE = "/providers/Microsoft.Graph"
NEEDS = needs(SKUS.lower(), USERS.lower())
LICENCE = {
    "skuId": "639dec6b-bb19-468b-871c-c5c441c4b0cb",
    "skuPartNumber": "Microsoft_365_Copilot",
    "consumedUnits": 20,
    "prepaidUnits": {"enabled": 25},
}
HEADER = (
    "Report Refresh Date,Report Period,User Principal Name,Display Name,Last Activity Date,"
    "Microsoft Teams Copilot Last Activity Date,PowerPoint Copilot Last Activity Date,Copilot Chat Last Activity Date"
)
ROW = "2026-11-22,30,ada@contoso.com,Ada,2026-11-20,2026-11-20,,2026-10-01"
USER = {
    "reportRefreshDate": "2026-11-22",
    "userPrincipalName": "ada@contoso.com",
    "displayName": "Ada",
    "lastActivityDate": "2026-11-20",
    "microsoftTeamsCopilotLastActivityDate": "2026-11-20",
    "powerPointCopilotLastActivityDate": None,
    "copilotChatLastActivityDate": "2026-10-01",
    "copilotActivityUserDetailsByPeriod": [{"reportPeriod": 30}],
}


@pytest.fixture
def graph(arm):
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    return arm


def redirect(arm, location=SIGNED):
    arm.answer(REPORT, status=302, headers={"Location": location})


def csv(*lines):
    return "\r\n".join([HEADER, *lines, ""]).encode("utf-8-sig")


def users(arm):
    inventory = arm.collect(needs(USERS.lower()), graph=True)
    return inventory, [one.json for one in inventory.scanned]


def calls_to(arm, host):
    return [call for call in arm.calls if call.url.startswith(host)]


def test_nobody_asked_means_no_request_and_the_source_says_so(graph):
    inventory = graph.collect(NEEDS)
    assert (inventory.scanned, inventory.gaps) == ((), ())
    reasons = inventory.sources[0].not_asked
    assert {SKUS.lower(), USERS.lower()} <= set(reasons)
    assert "--graph" in reasons[SKUS.lower()]
    assert not calls_to(graph, GRAPH)
    assert graph.credential.scopes == ["https://management.azure.com/.default"]


def test_asked_for_but_not_needed_is_not_read_either(graph):
    inventory = graph.collect(needs("microsoft.resources/subscriptions"), graph=True)
    assert not calls_to(graph, GRAPH)
    assert SKUS.lower() not in inventory.sources[0].not_asked
    assert len(graph.credential.scopes) == 1


def test_licences_are_graphs_own_objects(graph):
    other = {**LICENCE, "skuId": "other"}
    graph.answer(f"{GRAPH}/v1.0/subscribedSkus", {"value": [LICENCE], "@odata.nextLink": f"{GRAPH}/v1.0/page2"})
    graph.answer(f"{GRAPH}/v1.0/page2", {"value": [other]})
    inventory = graph.collect(needs(SKUS.lower()), graph=True)
    assert [one.json for one in inventory.scanned] == [
        {
            "id": f"{SCOPE}/subscribedSkus/{one['skuId']}",
            "type": SKUS,
            "name": "Microsoft_365_Copilot",
            "properties": one,
        }
        for one in (LICENCE, other)
    ]
    assert not inventory.gaps
    call = calls_to(graph, GRAPH)[0]
    assert call.headers["Authorization"] == "Bearer token-for-https://graph.microsoft.com/.default"
    assert "azgate/" in call.headers["User-Agent"]
    assert not [call for call in graph.calls if "copilot/reports" in call.url]


def test_the_report_behind_a_redirect_is_fetched_without_the_token(graph):
    redirect(graph)
    graph.answer(DOWNLOAD, body=csv(ROW, ROW.replace("ada@contoso.com", "DC8C64D6EC3A3AA1")))
    inventory, found = users(graph)
    assert found[0] == {
        "id": f"{SCOPE}/copilotUsageUsers/ada@contoso.com",
        "type": USERS,
        "name": "ada@contoso.com",
        "properties": USER,
    }
    assert found[1]["name"] == "DC8C64D6EC3A3AA1"
    assert not inventory.gaps
    (download,) = calls_to(graph, DOWNLOAD)
    assert "Authorization" not in download.headers
    assert download.query["sig"] == "very-secret-Signature"
    assert [call.url for call in calls_to(graph, GRAPH)] == [REPORT]


def test_the_columns_may_come_in_another_order_and_more_of_them(graph):
    redirect(graph)
    body = b"Last Activity Date,User Principal Name,Edge Copilot Last Activity Date\n2026-11-01,ada@contoso.com,\n"
    graph.answer(DOWNLOAD, body=body)
    _, found = users(graph)
    assert found[0]["properties"] == {
        "lastActivityDate": "2026-11-01",
        "userPrincipalName": "ada@contoso.com",
        "edgeCopilotLastActivityDate": None,
    }


def test_a_report_without_rows_is_no_users_and_no_gap(graph):
    redirect(graph)
    graph.answer(DOWNLOAD, body=csv())
    inventory, found = users(graph)
    assert (found, inventory.gaps) == ([], ())


@pytest.mark.parametrize("status", [400, 404])
def test_where_v1_does_not_have_the_report_betas_json_is_read(graph, status):
    graph.error(REPORT, status, "UnknownError")
    graph.answer(BETA, {"value": [USER], "@odata.nextLink": f"{BETA}?$skiptoken=2"})
    graph.answer(BETA, {"value": [{**USER, "userPrincipalName": "grace@contoso.com"}]})
    inventory, found = users(graph)
    assert [one["name"] for one in found] == ["ada@contoso.com", "grace@contoso.com"]
    assert found[0]["properties"] == USER
    assert not inventory.gaps
    assert calls_to(graph, BETA)[0].query == {"$format": "application/json"}


def test_a_report_that_is_answered_at_once_is_read_as_what_it_is(graph):
    graph.answer(REPORT, {"value": [USER]})
    assert [one["properties"] for one in users(graph)[1]] == [USER]


def test_a_csv_that_is_answered_at_once_is_read_as_what_it_is(graph):
    graph.answer(REPORT, body=csv(ROW), content_type="text/csv")
    assert [one["properties"] for one in users(graph)[1]] == [USER]


def test_the_period_can_be_chosen(graph):
    graph.answer(REPORT.replace("D30", "D180"), {"value": [USER]})
    inventory = graph.collect(needs(USERS.lower()), graph=True, copilot_period="D180")
    assert len(inventory.scanned) == 1


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"json": {"error": {"code": "Forbidden", "message": "no"}}, "status": 403}, "forbidden"),
        ({"json": {"error": {"code": "InvalidAuthenticationToken"}}, "status": 401}, "unauthenticated"),
        ({"json": {}, "status": 429, "headers": {"Retry-After": "100"}}, "throttled"),
        ({"json": {}, "status": 500}, "serverError"),
        ({"json": {"value": "x"}}, "malformed"),
        ({"body": requests.exceptions.ConnectionError("Name or service not known")}, "unreachable"),
        ({"status": 302, "headers": {"Location": "http://reports.example/x?sig=very-secret"}}, "malformed"),
        ({"status": 302, "headers": {"Location": "/relative?sig=very-secret"}}, "malformed"),
        ({"status": 302}, "malformed"),
    ],
)
def test_a_report_that_cannot_be_had_is_a_gap(graph, trouble, reason):
    graph.answer(REPORT, **trouble)
    inventory, found = users(graph)
    assert gaps_of(inventory) == {(SCOPE, USERS, reason)}
    assert not found
    assert "secret" not in inventory.gaps[0].detail


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"body": b"<Error><Message>AuthenticationFailed</Message></Error>", "status": 403}, "forbidden"),
        ({"body": b"\xff\xfe", "status": 200}, "malformed"),
        ({"body": b"Report Refresh Date,Display Name\n1,2\n"}, "malformed"),
        ({"body": b"<html>"}, "malformed"),
        ({"body": b""}, "malformed"),
        ({"status": 302, "headers": {"Location": "https://elsewhere.example/x"}}, "malformed"),
        ({"body": requests.exceptions.ConnectionError("very-secret-Signature")}, "unreachable"),
    ],
)
def test_a_download_that_fails_is_a_gap_without_the_signature(graph, trouble, reason):
    redirect(graph)
    graph.answer(DOWNLOAD, **trouble)
    inventory, found = users(graph)
    assert gaps_of(inventory) == {(SCOPE, USERS, reason)}
    assert not found
    assert "sig=" not in inventory.gaps[0].detail
    assert not calls_to(graph, "https://elsewhere.example")


def test_rows_and_licences_without_an_identity_are_counted_in_a_gap(graph):
    graph.answer(f"{GRAPH}/v1.0/subscribedSkus", {"value": [LICENCE, {"skuPartNumber": "x"}, 5]})
    redirect(graph)
    graph.answer(DOWNLOAD, body=csv(ROW, ROW.replace("ada@contoso.com", "")))
    inventory = graph.collect(NEEDS, graph=True)
    assert len(inventory.scanned) == 2
    assert {(gap.what, gap.reason.value) for gap in inventory.gaps} == {(SKUS, "malformed"), (USERS, "malformed")}


def test_a_token_for_graph_that_is_refused_is_a_gap_and_the_rest_is_read(graph):
    from azure.core.exceptions import ClientAuthenticationError

    class NoGraph(type(graph.credential)):
        def get_token(self, *scopes, **options):
            if "graph" in scopes[0]:
                raise ClientAuthenticationError(message="AADSTS500011: not found in the tenant.")
            return super().get_token(*scopes, **options)

    graph.credential = NoGraph()
    inventory = graph.collect(NEEDS, graph=True)
    assert gaps_of(inventory) == {(SCOPE, SKUS, "unauthenticated"), (SCOPE, USERS, "unauthenticated")}
    assert inventory.resources


def test_a_next_page_on_another_host_is_refused(graph):
    graph.answer(f"{GRAPH}/v1.0/subscribedSkus", {"value": [LICENCE], "@odata.nextLink": "https://evil.example/x"})
    inventory = graph.collect(needs(SKUS.lower()), graph=True)
    assert gaps_of(inventory) == {(SCOPE, SKUS, "refused")}
    assert not calls_to(graph, "https://evil.example")


def test_another_endpoint_keeps_the_clouds_token_scope(graph):
    graph.environ = {"AZGATE_GRAPH_ENDPOINT": "https://graph.example"}
    graph.answer("https://graph.example/v1.0/subscribedSkus", {"value": [LICENCE]})
    inventory = graph.collect(needs(SKUS.lower()), graph=True)
    assert len(inventory.scanned) == 1
    assert graph.credential.scopes[-1] == "https://graph.microsoft.com/.default"


def test_a_name_that_is_no_path_segment_is_quoted_in_the_id(graph):
    graph.answer(REPORT, {"value": [{**USER, "userPrincipalName": "a/b?#ü"}]})
    _, (found,) = users(graph)
    assert found["id"] == f"{SCOPE}/copilotUsageUsers/a%2Fb%3F%23%C3%BC"
    assert found["name"] == "a/b?#ü"
