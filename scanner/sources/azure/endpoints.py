"""Where Azure is: base URLs, token audiences and the authority, by cloud and by environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scanner.errors import Problem, SourceError

ARM_VARIABLE = "AZGATE_ARM_ENDPOINT"
METRICS_VARIABLE = "AZGATE_METRICS_ENDPOINT"
GRAPH_VARIABLE = "AZGATE_GRAPH_ENDPOINT"
GITHUB_VARIABLE = "GITHUB_API_URL"
AUTHORITY_VARIABLE = "AZURE_AUTHORITY_HOST"
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True)
class Cloud:
    """One Azure cloud: azure-core's name for it, its authority, its Azure Monitor metrics domain, its Graph.

    UNVERIFIED: the Microsoft Graph hosts of the sovereign clouds, which have no Copilot reports anyway.
    """

    sdk_name: str
    authority: str
    metrics_domain: str
    graph: str


CLOUDS = {
    "AzureCloud": Cloud(
        "AZURE_PUBLIC_CLOUD", "login.microsoftonline.com", "metrics.monitor.azure.com", "graph.microsoft.com"
    ),
    "AzureUSGovernment": Cloud(
        "AZURE_US_GOVERNMENT", "login.microsoftonline.us", "metrics.monitor.azure.us", "graph.microsoft.us"
    ),
    "AzureChinaCloud": Cloud(
        "AZURE_CHINA_CLOUD", "login.chinacloudapi.cn", "metrics.monitor.azure.cn", "microsoftgraph.chinacloudapi.cn"
    ),
}

# Instance discovery asks Microsoft's public authority whether a host is genuine; it can only know these.
_KNOWN_AUTHORITIES = frozenset(
    {
        "login.microsoftonline.com",
        "login.microsoft.com",
        "login.windows.net",
        "sts.windows.net",
        "login-us.microsoftonline.com",
        "login.microsoftonline.us",
        "login.chinacloudapi.cn",
        "login.partner.microsoftonline.cn",
    }
)
_REGION = re.compile(r"[a-z0-9]{2,40}")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Base URLs without a trailing slash, and the scopes of the tokens they want.

    `metrics` is the batch metrics endpoint of every region, None where each region has its own below
    `metrics_domain`; both are None where there is no batch endpoint to ask.
    """

    arm: str
    arm_scope: str
    authority: str
    is_known_authority: bool
    metrics: str | None
    metrics_domain: str | None
    metrics_audience: str
    graph: str
    graph_scope: str
    github: str

    def metrics_base(self, region: str) -> str | None:
        """Give the batch metrics endpoint of `region` (as in "eastus2"), None where there is none."""
        if self.metrics:
            return self.metrics
        # The region is Azure's data and becomes a host name: nothing but a plain region name may.
        if self.metrics_domain and _REGION.fullmatch(region):
            return f"https://{region}.{self.metrics_domain}"
        return None


def endpoints_for(cloud: str, environ: Mapping[str, str]) -> Endpoints:
    """Give the endpoints of `cloud`, with what `environ` overrides; raises SourceError for a bad URL."""
    from azure.core import AzureClouds
    from azure.mgmt.core.tools import get_arm_endpoints

    known = CLOUDS.get(cloud)
    if known is None:
        raise SourceError(Problem(f"there is no Azure cloud named {cloud!r}", hint=f"use one of {', '.join(CLOUDS)}"))
    defaults = get_arm_endpoints(AzureClouds[known.sdk_name])
    arm = environ.get(ARM_VARIABLE, "").strip()
    metrics = environ.get(METRICS_VARIABLE, "").strip()
    authority = environ.get(AUTHORITY_VARIABLE, "").strip() or known.authority
    if "://" not in authority:
        authority = f"https://{authority}"
    authority = _base_url(AUTHORITY_VARIABLE, authority)
    return Endpoints(
        arm=_base_url(ARM_VARIABLE, arm or defaults["resource_manager"]),
        arm_scope=defaults["credential_scopes"][0],
        authority=authority,
        is_known_authority=urlsplit(authority).hostname in _KNOWN_AUTHORITIES,
        metrics=_base_url(METRICS_VARIABLE, metrics) if metrics else None,
        # A private ARM endpoint means a private Azure: its regions are not on Microsoft's public hosts.
        metrics_domain=None if arm else known.metrics_domain,
        metrics_audience=f"https://{known.metrics_domain}",
        graph=_base_url(GRAPH_VARIABLE, environ.get(GRAPH_VARIABLE, "").strip() or f"https://{known.graph}"),
        graph_scope=f"https://{known.graph}/.default",
        github=_base_url(GITHUB_VARIABLE, environ.get(GITHUB_VARIABLE, "").strip() or "https://api.github.com"),
    )


def certificate_file(environ: Mapping[str, str]) -> str | None:
    """Give the file of trusted certificates that `environ` names, None for the default ones.

    requests reads REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE but not SSL_CERT_FILE; here all three work.
    """
    for name in _CERTIFICATES:
        path = environ.get(name, "")
        if path:
            if not Path(path).exists():
                raise SourceError(
                    Problem(
                        f"{name} names a file that does not exist: {path}",
                        hint="give the path of a PEM file of trusted certificates, or unset it",
                    )
                )
            return path
    return None


def origin(url: str) -> tuple[str, str, int] | None:
    """Give scheme, host and port of an absolute URL, None where it is none or could be read in two ways."""
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return None
    if not parts.scheme or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname.rstrip("."), port


def _base_url(variable: str, url: str) -> str:
    place = origin(url)
    if place is None or urlsplit(url).query or urlsplit(url).fragment:
        # The value is not repeated: it may hold a password.
        raise SourceError(Problem(f"{variable} is not a base URL", hint="give one like https://host[:port]"))
    if place[0] != "https":
        raise SourceError(
            Problem(f"{variable} must be an https URL, not {place[0]}", hint="tokens never travel unencrypted")
        )
    return url.rstrip("/")
