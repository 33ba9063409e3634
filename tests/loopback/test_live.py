"""The real DefaultAzureCredential and the real SDK clients against a fake Azure behind TLS."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from scanner.errors import SourceError
from scanner.model.needs import FactNeed, MetricQuery, Needs
from scanner.model.quota import location_scope
from scanner.sources.azure import AzureOptions, AzureSource
from tests.loopback.server import FakeAzure
from tests.loopback.tenant import COGNITIVE, LEARNING, Metric, Tenant

AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ONE, TWO = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
DEPLOYMENTS = "microsoft.cognitiveservices/accounts/deployments"
COMPUTES = "microsoft.machinelearningservices/workspaces/computes"
JOBS = "microsoft.machinelearningservices/workspaces/jobs"
REQUESTS = MetricQuery("AzureOpenAIRequests", "total", "P1D", timedelta(days=30), "parent", "ModelDeploymentName")
NEEDS = Needs(
    frozenset({DEPLOYMENTS, COMPUTES, JOBS}),
    (
        FactNeed("quotaUsages", frozenset({DEPLOYMENTS}), lambda *_: True),
        FactNeed("metrics", frozenset({DEPLOYMENTS}), lambda *_: True, REQUESTS),
    ),
)


def days_ago(days):
    return AS_OF - timedelta(days=days)


@pytest.fixture
def tenant():
    """Two subscriptions, two regions, more of everything than fits on a page."""
    tenant = Tenant()
    one = tenant.add_subscription(ONE, tags={"costCenter": "7"})
    two = tenant.add_subscription(TWO)
    for subscription in (one, two):
        group = tenant.add_group(subscription, "rg-chat", tags={"owner": "ai"})
        for region in ("eastus2", "swedencentral"):
            account = tenant.add_account(group, f"chat-{region}", location=region)
            for number in range(3):
                tenant.add_deployment(account, f"gpt4o-{number}")
            points = {f"gpt4o-{number}": [(days_ago(number + 1), 10 + number)] for number in range(2)}
            tenant.add_metric(account, "AzureOpenAIRequests", Metric(points))
            tenant.add_usage(subscription, region, "OpenAI.Standard.gpt-4o", current=30, limit=100)
        workspace = tenant.add_workspace(group, "ml")
        tenant.add_compute(workspace, "gpu", minNodeCount=0)
        tenant.add_compute(workspace, "cpu", compute_type="ComputeInstance")
        for number in range(5):
            tenant.add_job(workspace, f"train-{number}")
        tenant.add_job(workspace, "old", isArchived=True)
    return tenant


@pytest.fixture
def scan(monkeypatch):
    """Scan a fake Azure as a process would whose environment describes it."""

    def run(azure, *, needs=NEEDS, batch_metrics=True, environ=None, **options):
        for name in [name for name in os.environ if name.startswith(("AZURE_", "AZGATE_"))]:
            monkeypatch.delenv(name)
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in (environ or azure.environ(batch_metrics=batch_metrics)).items():
            monkeypatch.setenv(name, value)
        source = AzureSource(AzureOptions(environ=os.environ, **options), sleep=lambda _: None)
        return source.collect(needs, AS_OF)

    return run


def assert_well_behaved(azure, *, repeated=()):
    """Nothing was written, every request had its token, and none but `repeated` was sent twice."""
    assert azure.writes == []
    assert azure.unauthorized == []
    keys = [one.key for one in azure.requests if not any(word in one.path for word in repeated)]
    assert len(keys) == len(set(keys))


def gaps_of(inventory):
    found = [(gap.scope, gap.what, gap.reason.value) for gap in inventory.gaps]
    assert len(found) == len(set(found))
    return set(found)


def test_a_scan_finds_exactly_what_is_there(tenant, scan):
    with FakeAzure(tenant, page_size=2) as azure:
        inventory = scan(azure)
        assert_well_behaved(azure)
        assert len(azure.token_requests) == 2
        posts = [one for one in azure.requests if one.method == "POST"]
    visible = [one for one in tenant.resources if not one.get("properties", {}).get("isArchived")]
    assert {one.id: one.json for one in inventory.resources} == {one["id"]: one for one in visible}
    assert len(inventory.resources) == len(visible)
    assert inventory.gaps == ()
    assert inventory.scopes == (f"/subscriptions/{ONE}", f"/subscriptions/{TWO}")
    for subscription in (ONE, TWO):
        for region in ("eastus2", "swedencentral"):
            fact = inventory.fact("quotaUsages", location_scope(subscription, region))
            assert fact.data == tenant.usages[f"/subscriptions/{subscription}", region]
    assert len(posts) == 4
    metrics = [fact for fact in inventory.facts if fact.kind == "metrics"]
    assert len(metrics) == 4
    for fact in metrics:
        (entry,) = fact.data
        found = {one["metadatavalues"][0]["value"]: one["data"] for one in entry["value"]["timeseries"]}
        assert found == {
            "gpt4o-0": [{"timeStamp": "2026-11-23T00:00:00Z", "total": 10}],
            "gpt4o-1": [{"timeStamp": "2026-11-22T00:00:00Z", "total": 11}],
        }
    assert len(inventory.facts) == 8


def test_planted_faults_become_exactly_the_planted_gaps(tenant, scan):
    one, two = f"/subscriptions/{ONE}", f"/subscriptions/{TWO}"
    east = f"{one}/resourceGroups/rg-chat/providers/{COGNITIVE}/accounts/chat-eastus2"
    north = f"{one}/resourceGroups/rg-chat/providers/{COGNITIVE}/accounts/chat-swedencentral"
    far = f"{two}/resourceGroups/rg-chat/providers/{COGNITIVE}/accounts/chat-eastus2"
    workspace = f"{one}/resourceGroups/rg-chat/providers/{LEARNING}/workspaces/ml"
    other = f"{two}/resourceGroups/rg-chat/providers/{LEARNING}/workspaces/ml"
    tenant.fault(f"{east}/deployments", status=403, code="AuthorizationFailed", query="skiptoken")
    tenant.fault(f"{north}/deployments", status=429, code="TooManyRequests", headers={"Retry-After": "1"})
    tenant.fault(f"{workspace}/computes", html="<html>Sign in</html>")
    tenant.fault(f"{workspace}/jobs", drop=True)
    tenant.fault(f"{other}/computes", body=b'{"value": [{"id": "x"')
    tenant.fault(f"{other}/jobs", body={"value": [{"id": f"{other}/jobs/a"}, {"name": "no id"}], "nextLink": "string"})
    tenant.fault(f"{two}/resourcegroups", status=503, code="ServiceUnavailable")
    tenant.fault(f"{two}/*/locations/eastus2/usages", status=409, code="MissingSubscriptionRegistration")
    tenant.fault(f"{two}/metrics:getbatch", status=403, code="AuthorizationFailed")
    tenant.fault(f"{far}/*/metrics", body={"value": [{"name": {"value": "AzureOpenAIRequests"}, "errorCode": "Bad"}]})
    with FakeAzure(tenant, page_size=2) as azure:
        inventory = scan(azure)
        repeated = (f"{north}/deployments", f"{workspace}/jobs", f"{two}/resourcegroups")
        assert_well_behaved(azure, repeated=repeated)
        assert len([one for one in azure.requests if one.path == f"{north}/deployments"]) == 6
        assert not [one for one in azure.requests if "register" in one.path]
    assert gaps_of(inventory) == {
        (east, f"{COGNITIVE}/accounts/deployments", "forbidden"),
        (north, f"{COGNITIVE}/accounts/deployments", "throttled"),
        (workspace, f"{LEARNING}/workspaces/computes", "malformed"),
        (workspace, f"{LEARNING}/workspaces/jobs", "unreachable"),
        (other, f"{LEARNING}/workspaces/computes", "malformed"),
        (other, f"{LEARNING}/workspaces/jobs", "malformed"),
        (two, "Microsoft.Resources/subscriptions/resourceGroups", "serverError"),
        (location_scope(TWO, "eastus2"), "quotaUsages", "conflict"),
        (far, "metrics/AzureOpenAIRequests", "serverError"),
    }
    names = [one.name for one in inventory.by_type[DEPLOYMENTS] if east in one.id]
    assert names == ["gpt4o-0", "gpt4o-1"]
    assert [one.name for one in inventory.by_type[JOBS]] == ["a"]
    assert not any("Sign in" in gap.detail for gap in inventory.gaps)


def test_an_interrupted_scan_neither_waits_nor_reads_on(tenant, monkeypatch):
    tenant.fault("*/computes", status=429, code="TooManyRequests", headers={"Retry-After": "50"})
    with FakeAzure(tenant) as azure:
        for name, value in azure.environ().items():
            monkeypatch.setenv(name, value)

        source = AzureSource(AzureOptions(environ=os.environ))

        def interrupt():
            while not any(one.path.endswith("/computes") for one in azure.requests):
                time.sleep(0.01)
            source.interrupt()

        begin = time.monotonic()
        threading.Thread(target=interrupt).start()
        inventory = source.collect(NEEDS, AS_OF)
        assert time.monotonic() - begin < 10
        time.sleep(0.3)  # what was on its way when the scan was interrupted arrives
        sent = len(azure.requests)
        time.sleep(0.2)
        assert len(azure.requests) == sent
    assert {gap.reason.value for gap in inventory.gaps} == {"interrupted"}
    assert {resource.type for resource in inventory.resources} >= {"microsoft.machinelearningservices/workspaces"}


def test_an_answer_that_breaks_off_is_malformed(tenant, scan):
    tenant.fault("*/jobs", cut=True)
    with FakeAzure(tenant) as azure:
        inventory = scan(azure, needs=Needs(frozenset({JOBS})))
    assert {(gap.reason.value, gap.detail) for gap in inventory.gaps} == {("malformed", "the answer broke off")}


def test_faults_that_pass_leave_no_gap(tenant, scan):
    tenant.fault("*/deployments", status=429, code="TooManyRequests", headers={"Retry-After": "1"}, times=3)
    tenant.fault("*/jobs", drop=True, times=1)
    tenant.fault("*/computes", status=500, code="InternalServerError", times=2)
    with FakeAzure(tenant) as azure:
        inventory = scan(azure)
        assert azure.writes == []
    assert inventory.gaps == ()
    assert len(inventory.by_type[JOBS]) == 10


def test_a_silent_server_is_a_gap_in_bounded_time(tenant, scan):
    tenant.fault("*/jobs", hang=30)
    with FakeAzure(tenant) as azure:
        inventory = scan(azure, needs=Needs(frozenset({JOBS})), read_timeout=0.3)
    assert {gap.reason.value for gap in inventory.gaps} == {"timeout"}
    assert len(inventory.gaps) == 2


@pytest.mark.parametrize("batch", ["absent", "refused"])
def test_metrics_are_the_same_without_the_batch_endpoint(tenant, scan, batch):
    with FakeAzure(tenant) as azure:
        expected = {fact.scope: fact.data for fact in scan(azure).facts if fact.kind == "metrics"}
        if batch == "refused":
            tenant.refused_audiences.add("https://metrics.monitor.azure.com")
        inventory = scan(azure, batch_metrics=batch == "refused")
        gets = [one for one in azure.requests if one.path.endswith("/metrics")]
    found = {fact.scope: fact.data for fact in inventory.facts if fact.kind == "metrics"}
    assert inventory.gaps == ()
    assert len(gets) == 4

    def without_spelling(data):
        return [(one["query"], one["value"]["timeseries"], one["value"]["unit"]) for one in data]

    assert {scope: without_spelling(data) for scope, data in found.items()} == {
        scope: without_spelling(data) for scope, data in expected.items()
    }


def test_a_chosen_group_of_a_chosen_subscription_is_all_that_is_read(tenant, scan):
    other = tenant.add_group(f"/subscriptions/{ONE}", "rg-other")
    tenant.add_deployment(tenant.add_account(other, "other"), "gpt4o")
    with FakeAzure(tenant) as azure:
        inventory = scan(azure, subscriptions=(ONE,), resource_groups=("RG-OTHER",))
        assert_well_behaved(azure)
        assert not [one for one in azure.requests if TWO in one.path or "rg-chat" in one.path]
    assert [one.name for one in inventory.scanned] == ["other", "gpt4o"]
    assert inventory.scopes == (f"/subscriptions/{ONE}/resourceGroups/RG-OTHER",)


def test_a_wrong_secret_ends_the_scan_without_repeating_it(tenant, scan):
    with FakeAzure(tenant) as azure:
        environ = {**azure.environ(), "AZURE_CLIENT_SECRET": "wrong-Secret~value-0123456789"}
        with pytest.raises(SourceError, match="AADSTS7000215: Invalid client secret provided") as caught:
            scan(azure, environ=environ)
        assert azure.requests == []
    assert "wrong-Secret" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_certificates_are_taken_from_ssl_cert_file_too(tenant, scan):
    with FakeAzure(tenant) as azure:
        environ = azure.environ()
        environ["SSL_CERT_FILE"] = environ.pop("REQUESTS_CA_BUNDLE")
        assert scan(azure, environ=environ).gaps == ()


def test_a_certificate_nobody_trusts_ends_the_scan_and_says_so(tenant, scan):
    with FakeAzure(tenant) as azure:
        environ = azure.environ()
        del environ["REQUESTS_CA_BUNDLE"]
        with pytest.raises(SourceError, match="certificate verify failed"):
            scan(azure, environ=environ)
        assert azure.requests == []


def test_the_fake_azure_refuses_calls_without_a_token_and_counts_writes(tenant):
    import requests

    with FakeAzure(tenant) as azure:
        verify = str(azure.ca_file)
        address = f"{azure.url}/subscriptions?api-version=1"
        answer = requests.get(address, verify=verify, timeout=10)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AuthenticationFailed")
        assert requests.put(address, verify=verify, timeout=10).status_code == 401
        assert [one.method for one in azure.writes] == ["PUT"]
        assert len(azure.unauthorized) == 2
