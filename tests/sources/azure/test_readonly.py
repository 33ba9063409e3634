"""Nothing but reads leaves the real SDK clients, and only to their own endpoint."""

import pytest
from azure.core.rest import HttpRequest
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

from scanner.model.inventory import GapReason
from scanner.sources.azure.clients import Clients, Service
from scanner.sources.azure.credentials import SharedCredential
from scanner.sources.azure.endpoints import endpoints_for
from scanner.sources.azure.faults import ReadError
from scanner.sources.azure.readonly import RefusedError
from scanner.sources.azure.transport import SharedTransport
from tests.sources.azure.fakes import ACCOUNT, ACCOUNTS, ARM, DEPLOYMENT_TYPE, SUBSCRIPTION, gaps_of, needs

UNREGISTERED = "The subscription is not registered to use namespace 'Microsoft.CognitiveServices'."


@pytest.fixture
def clients(arm):
    credential = SharedCredential(arm.credential, make=list)
    return Clients(endpoints_for("AzureCloud", {}), credential, SharedTransport(sleep=arm.slept.append))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "post", "OPTIONS", "MERGE"])
def test_a_write_is_refused_before_it_is_sent_or_has_a_token(arm, clients, method):
    channel = clients.arm(Service.COGNITIVE_SERVICES, "s")
    with pytest.raises(RefusedError, match="only reads"):
        channel.send(HttpRequest(method, f"{ARM}{ACCOUNT}?api-version=1"))
    assert not arm.calls
    assert not arm.credential.scopes


@pytest.mark.parametrize("service", list(Service))
def test_every_client_has_the_guard(arm, clients, service):
    channel = clients.arm(service, "s")
    with pytest.raises(RefusedError):
        channel.send(HttpRequest("DELETE", f"{ARM}{ACCOUNT}"))
    with pytest.raises(RefusedError):
        channel.send(HttpRequest("GET", "https://evil.example/subscriptions"))
    assert not arm.calls


def test_the_metrics_client_has_the_guard_for_its_own_host(arm, clients):
    channel = clients.metrics("https://eastus2.metrics.monitor.azure.com")
    for request in (
        HttpRequest("GET", f"{ARM}/subscriptions"),
        HttpRequest("POST", "https://westus.metrics.monitor.azure.com/subscriptions/s/metrics:getBatch"),
        HttpRequest("POST", "https://eastus2.metrics.monitor.azure.com/subscriptions/s/metrics"),
    ):
        with pytest.raises(RefusedError):
            channel.send(request)
    assert not arm.calls


@pytest.mark.parametrize("kind", ["bearer", "anonymous"])
def test_pipelines_for_other_hosts_have_the_guard_too(arm, clients, kind):
    base = "https://graph.microsoft.com"
    channel = clients.bearer(base, f"{base}/.default") if kind == "bearer" else clients.other(base, None)
    for request in (
        HttpRequest("POST", f"{base}/v1.0/users"),
        HttpRequest("DELETE", f"{base}/v1.0/subscribedSkus"),
        HttpRequest("GET", f"{ARM}/subscriptions"),
        HttpRequest("GET", "http://graph.microsoft.com/v1.0/subscribedSkus"),
    ):
        with pytest.raises(RefusedError):
            channel.send(request)
    assert not arm.calls
    assert not arm.credential.scopes


def test_pipelines_for_other_hosts_do_not_follow_redirects(arm, clients):
    base = "https://graph.microsoft.com"
    arm.answer(f"{base}/report", status=302, headers={"Location": f"{base}/elsewhere"})
    response = clients.bearer(base, f"{base}/.default").send(HttpRequest("GET", f"{base}/report"))
    assert response.status_code == 302
    assert len(arm.calls) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/providers/Microsoft.ResourceGraph/resources",
        f"{SUBSCRIPTION}/providers/Microsoft.CostManagement/query",
        f"{SUBSCRIPTION}/metrics:getBatch",
        f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/calculateModelCapacity",
    ],
)
def test_posts_that_only_read_are_sent(arm, clients, path):
    arm.answer(path, {}, method="POST")
    response = clients.arm(Service.RESOURCES, "s").send(HttpRequest("POST", f"{ARM}{path}?api-version=1", json={}))
    assert response.status_code == 200
    assert arm.calls[0].headers["Authorization"] == "Bearer token-for-https://management.azure.com/.default"


@pytest.mark.parametrize(
    "path",
    [
        f"{ACCOUNT}/listKeys",
        f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/register",
        "/providers/Microsoft.ResourceGraph/resources/more",
        f"{ACCOUNT}/listKeys?x=/metrics:getBatch",
    ],
)
def test_other_posts_are_not(arm, clients, path):
    with pytest.raises(RefusedError):
        clients.arm(Service.RESOURCES, "s").send(HttpRequest("POST", f"{ARM}{path}"))
    assert not arm.calls


def test_the_official_clients_own_write_operations_are_refused(arm, clients):
    cognitive = CognitiveServicesManagementClient(subscription_id="s", **clients.arm_settings())
    resources = ResourceManagementClient(subscription_id="s", **clients.arm_settings())
    for write in (
        lambda: cognitive.accounts.begin_delete("rg", "a"),
        lambda: cognitive.accounts.list_keys("rg", "a"),
        lambda: cognitive.accounts.regenerate_key("rg", "a", {"keyName": "Key1"}),
        lambda: resources.resource_groups.begin_delete("rg"),
        lambda: resources.providers.register("Microsoft.CognitiveServices"),
    ):
        with pytest.raises(RefusedError):
            write()
    assert not arm.calls


def test_an_unregistered_provider_is_a_gap_and_is_not_registered(arm):
    arm.serve_chat()
    arm.mock.remove("GET", ARM + ACCOUNTS)
    arm.error(ACCOUNTS, 409, "MissingSubscriptionRegistration", UNREGISTERED)
    inventory = arm.collect(needs(DEPLOYMENT_TYPE))
    assert gaps_of(inventory) == {(SUBSCRIPTION, "Microsoft.CognitiveServices/accounts", "conflict")}
    assert "MissingSubscriptionRegistration" in inventory.gaps[0].detail
    assert {call.method for call in arm.calls} == {"GET"}
    assert len([call for call in arm.calls if call.path == ACCOUNTS]) == 1


def test_without_the_early_stop_the_registration_would_still_be_refused(arm, clients, monkeypatch):
    monkeypatch.setattr("scanner.sources.azure.readonly._wants_registration", lambda _: False)
    arm.error(ACCOUNTS, 409, "MissingSubscriptionRegistration", UNREGISTERED)
    with pytest.raises(RefusedError, match=r"sends no POST to .*/microsoft\.cognitiveservices/register"):
        clients.arm(Service.COGNITIVE_SERVICES, "s").send(HttpRequest("GET", f"{ARM}{ACCOUNTS}?api-version=1"))
    assert {call.method for call in arm.calls} == {"GET"}


@pytest.mark.parametrize("body", [b'{"error": {"code": "Conflict"}}', b"[]", b"<html>", b'{"error": "x"}', b""])
def test_another_conflict_is_an_ordinary_answer(arm, clients, body):
    arm.answer(ACCOUNTS, body=body, status=409, content_type="text/plain")
    response = clients.arm(Service.COGNITIVE_SERVICES, "s").send(HttpRequest("GET", f"{ARM}{ACCOUNTS}"))
    assert response.status_code == 409


def test_a_redirect_to_another_host_is_not_followed(arm, clients):
    arm.answer(ACCOUNTS, {}, status=307, headers={"Location": "https://evil.example/accounts"})
    arm.answer("https://evil.example/accounts", {"value": []})
    with pytest.raises(ReadError) as caught:
        clients.arm(Service.COGNITIVE_SERVICES, "s").send(HttpRequest("GET", f"{ARM}{ACCOUNTS}"))
    assert caught.value.fault.reason is GapReason.REFUSED
    assert [call.url for call in arm.calls] == [f"{ARM}{ACCOUNTS}"]


def test_a_redirect_on_the_own_host_is_followed(arm, clients):
    arm.answer(ACCOUNTS, {}, status=307, headers={"Location": f"{ARM}/elsewhere"})
    arm.answer("/elsewhere", {"value": []})
    response = clients.arm(Service.COGNITIVE_SERVICES, "s").send(HttpRequest("GET", f"{ARM}{ACCOUNTS}"))
    assert response.status_code == 200


def test_redirects_in_circles_end(arm):
    arm.serve_chat()
    arm.mock.remove("GET", ARM + ACCOUNTS)
    arm.answer(ACCOUNTS, {}, status=307, headers={"Location": ARM + ACCOUNTS})
    inventory = arm.collect(needs(DEPLOYMENT_TYPE))
    assert gaps_of(inventory) == {(SUBSCRIPTION, "Microsoft.CognitiveServices/accounts", "malformed")}
    assert inventory.gaps[0].detail == "Azure redirected in circles"
