"""Clouds, overrides, and URLs that are none."""

import pytest

from scanner.errors import SourceError
from scanner.sources.azure.endpoints import certificate_file, endpoints_for, origin


@pytest.mark.parametrize(
    ("cloud", "arm", "scope", "authority", "metrics"),
    [
        (
            "AzureCloud",
            "https://management.azure.com",
            "https://management.azure.com/.default",
            "https://login.microsoftonline.com",
            "https://eastus2.metrics.monitor.azure.com",
        ),
        (
            "AzureUSGovernment",
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net/.default",
            "https://login.microsoftonline.us",
            "https://eastus2.metrics.monitor.azure.us",
        ),
        (
            "AzureChinaCloud",
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn/.default",
            "https://login.chinacloudapi.cn",
            "https://eastus2.metrics.monitor.azure.cn",
        ),
    ],
)
def test_each_cloud_has_its_own_hosts_and_token_scope(cloud, arm, scope, authority, metrics):
    endpoints = endpoints_for(cloud, {})
    assert (endpoints.arm, endpoints.arm_scope, endpoints.authority) == (arm, scope, authority)
    assert endpoints.is_known_authority
    assert endpoints.metrics_base("eastus2") == metrics


def test_an_unknown_cloud_is_refused_with_the_known_ones():
    with pytest.raises(SourceError, match="AzureUSGovernment"):
        endpoints_for("AzureMoonCloud", {})


def test_a_private_arm_endpoint_keeps_the_clouds_scope_and_has_no_public_metrics_host():
    endpoints = endpoints_for("AzureUSGovernment", {"AZGATE_ARM_ENDPOINT": "https://arm.example:8443/prefix/"})
    assert endpoints.arm == "https://arm.example:8443/prefix"
    assert endpoints.arm_scope == "https://management.core.usgovcloudapi.net/.default"
    assert endpoints.metrics_base("eastus2") is None


def test_a_metrics_endpoint_is_used_as_it_is_for_every_region():
    environ = {"AZGATE_ARM_ENDPOINT": "https://arm.example", "AZGATE_METRICS_ENDPOINT": "https://metrics.example/"}
    assert endpoints_for("AzureCloud", environ).metrics_base("anywhere") == "https://metrics.example"


@pytest.mark.parametrize("region", ["", "east us", "evil.example/", "a@b", "EASTUS"])
def test_only_a_plain_region_name_becomes_a_host(region):
    assert endpoints_for("AzureCloud", {}).metrics_base(region) is None


def test_instance_discovery_is_off_for_an_authority_microsoft_does_not_know():
    assert not endpoints_for("AzureCloud", {"AZURE_AUTHORITY_HOST": "https://idp.example"}).is_known_authority
    assert endpoints_for("AzureCloud", {"AZURE_AUTHORITY_HOST": "login.microsoftonline.us"}).is_known_authority


@pytest.mark.parametrize(
    "url",
    [
        "http://management.azure.com",
        "management.azure.com",
        "https://",
        "https://host:port",
        "https://user:hunter2@host",
        "https://host/?a=b",
        "https://ho st",
        "ftp://host",
    ],
)
@pytest.mark.parametrize(
    "variable", ["AZGATE_ARM_ENDPOINT", "AZGATE_METRICS_ENDPOINT", "AZGATE_GRAPH_ENDPOINT", "GITHUB_API_URL"]
)
def test_a_base_url_that_is_no_https_url_is_refused_without_repeating_it(variable, url):
    with pytest.raises(SourceError, match=variable) as caught:
        endpoints_for("AzureCloud", {variable: url})
    assert "hunter2" not in str(caught.value)
    assert caught.value.problems[0].hint


def test_an_empty_variable_is_as_good_as_none():
    assert endpoints_for("AzureCloud", {"AZGATE_ARM_ENDPOINT": " "}) == endpoints_for("AzureCloud", {})


@pytest.mark.parametrize(
    "url",
    [
        "string",
        "//evil.example",
        "https://good.example\\@evil.example",
        "https://a@b",
        "https://a b",
        "",
        "https://a:b",
    ],
)
def test_what_could_be_read_in_two_ways_has_no_origin(url):
    assert origin(url) is None


def test_origins_are_equal_whatever_the_spelling():
    assert origin("https://Management.Azure.com/x") == origin("https://management.azure.com:443/y?z")
    assert origin("https://a") != origin("http://a")


def test_certificates_come_from_either_variable_and_requests_own_one_wins(tmp_path):
    first, second = tmp_path / "a.pem", tmp_path / "b.pem"
    first.touch()
    second.touch()
    assert certificate_file({}) is None
    assert certificate_file({"SSL_CERT_FILE": str(second)}) == str(second)
    assert certificate_file({"SSL_CERT_FILE": str(second), "REQUESTS_CA_BUNDLE": str(first)}) == str(first)


def test_a_certificate_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"SSL_CERT_FILE.*missing\.pem"):
        certificate_file({"SSL_CERT_FILE": str(tmp_path / "missing.pem")})


@pytest.mark.parametrize(
    ("cloud", "graph"),
    [
        ("AzureCloud", "https://graph.microsoft.com"),
        ("AzureUSGovernment", "https://graph.microsoft.us"),
        ("AzureChinaCloud", "https://microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_graph_is_the_clouds_own_and_keeps_its_scope_at_another_address(cloud, graph):
    own = endpoints_for(cloud, {})
    moved = endpoints_for(cloud, {"AZGATE_GRAPH_ENDPOINT": "https://graph.example/"})
    assert (own.graph, own.graph_scope) == (graph, f"{graph}/.default")
    assert (moved.graph, moved.graph_scope) == ("https://graph.example", f"{graph}/.default")


def test_github_is_the_public_one_unless_told_otherwise():
    assert endpoints_for("AzureCloud", {}).github == "https://api.github.com"
    own = {"GITHUB_API_URL": "https://github.example/api/v3/"}
    assert endpoints_for("AzureCloud", own).github == "https://github.example/api/v3"
