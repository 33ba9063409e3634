"""What the fake Azure answers, apart from any network: method, path, query and body to status and JSON."""

import json
import secrets
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from tests.loopback import monitor, resource_graph
from tests.loopback.tenant import Tenant

Answer = tuple[int, dict[str, Any]]

ARM_AUDIENCES = frozenset(
    {
        "https://management.azure.com",
        "https://management.core.usgovcloudapi.net",
        "https://management.chinacloudapi.cn",
    }
)
METRICS_AUDIENCES = frozenset(
    {
        "https://metrics.monitor.azure.com",
        "https://metrics.monitor.azure.us",
        "https://metrics.monitor.azure.cn",
    }
)
EXTENSIONS = frozenset(
    {
        "microsoft.insights/diagnosticsettings",
        "microsoft.consumption/budgets",
        "microsoft.costmanagement/scheduledactions",
    }
)


def azure_error(status: int, code: str, message: str) -> Answer:
    return status, {"error": {"code": code, "message": message}}


class Authority:
    """Gives tokens for the client secret, one kind per audience."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._audiences: dict[str, str] = {}

    def audience_of(self, authorization: str) -> str:
        """Give the audience of a bearer token, "" for one that was never given out."""
        return self._audiences.get(authorization.removeprefix("Bearer "), "")

    def configuration(self, base: str) -> Answer:
        root = f"{base}/{self._tenant.tenant_id}"
        return 200, {
            "issuer": f"{root}/v2.0",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "token_endpoint": f"{root}/oauth2/v2.0/token",
        }

    def token(self, body: bytes) -> Answer:
        form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        if form.get("client_id") != self._tenant.client_id:
            return self._refusal("unauthorized_client", "AADSTS700016: Application was not found in the directory.")
        if form.get("client_secret") != self._tenant.client_secret:
            return self._refusal("invalid_client", "AADSTS7000215: Invalid client secret provided.")
        audience = form.get("scope", "").split()[0].removesuffix("/.default")
        if audience in self._tenant.refused_audiences:
            return self._refusal("invalid_resource", "AADSTS500011: The resource principal was not found.")
        token = f"{secrets.token_hex(8)}.for.loopback"
        self._audiences[token] = audience
        return 200, {"token_type": "Bearer", "expires_in": 3600, "access_token": token}

    def _refusal(self, error: str, description: str) -> Answer:
        trace = "Trace ID: 4f1c0d1e-0000-4000-8000-000000000000 Correlation ID: 11111111-2222-4333-8444-555555555555"
        return 401, {"error": error, "error_description": f"{description} {trace}"}


class Arm:
    """Answers GETs on resources and lists, and the two ways to read metrics."""

    def __init__(self, tenant: Tenant, page_size: int) -> None:
        self._tenant = tenant
        self._page_size = page_size
        self._lists, self._single = _index(tenant)

    def get(self, path: str, query: dict[str, str], base: str) -> Answer:
        if "api-version" not in query:
            return azure_error(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
        lowered = path.lower().rstrip("/")
        if not self._is_known(lowered):
            return azure_error(404, "InvalidResourceNamespace", f"The resource namespace of {path} is invalid.")
        if lowered.startswith("/providers/microsoft.management/managementgroups/"):
            return self._descendants(path, query, base)
        owner, _, kind = lowered.rpartition("/providers/")
        if kind in EXTENSIONS:
            return self._page(self._tenant.extensions.get((owner, kind), []), path, query, base)
        if lowered.endswith("/providers/microsoft.insights/metrics"):
            return self._metrics(path, query)
        parts = lowered.strip("/").split("/")
        subscription = "/" + "/".join(parts[:2])
        if len(parts) == 7 and parts[4] == "locations" and parts[6] in {"usages", "models"}:
            return self._page(getattr(self._tenant, parts[6])[subscription, parts[5]], path, query, base)
        if lowered in self._lists:
            return self._page(_visible(self._lists[lowered], query), path, query, base)
        if lowered in self._single:
            return 200, self._single[lowered]
        parent = subscription if parts[2:3] == ["providers"] else lowered.rpartition("/")[0]
        if lowered == "/subscriptions" or parent in self._single:
            return 200, {"value": []}
        return azure_error(404, "ResourceNotFound", f"The resource at {path} was not found.")

    def query(self, body: bytes) -> Answer:
        """Answer a query of Resource Graph."""
        if not self._tenant.has_resource_graph:
            return azure_error(404, "InvalidResourceNamespace", "The resource namespace is invalid.")
        return resource_graph.answer(self._tenant.resources, json.loads(body))

    def _is_known(self, path: str) -> bool:
        _, slash, rest = path.rpartition("/providers/")
        known = self._tenant.providers
        return known is None or not slash or rest.partition("/")[0] in known

    def _descendants(self, path: str, query: dict[str, str], base: str) -> Answer:
        name = path.split("/")[4]
        ids = self._tenant.management_groups.get(name)
        if ids is None or not path.endswith("/descendants"):
            return azure_error(404, "NotFound", f"The management group {name} was not found.")
        items = [{"id": one, "name": one.rpartition("/")[2], "type": "/subscriptions"} for one in ids]
        return self._page(items, path, query, base)

    def batch(self, subscription: str, query: dict[str, str], body: bytes) -> Answer:
        ids = json.loads(body)["resourceids"]
        if len(ids) > 50 or any(one != one.lower() or not one.startswith(subscription.lower()) for one in ids):
            return azure_error(400, "BadRequest", "at most 50 lower-case ids of one subscription")
        values = [
            {
                "resourceid": one,
                "starttime": query["starttime"],
                "endtime": query["endtime"],
                "interval": query["interval"],
                "namespace": query["metricnamespace"],
                "cost": 0,
                "value": self._values(one, query, query.get("filter", "")),
            }
            for one in ids
        ]
        return 200, {"values": values}

    def _metrics(self, path: str, query: dict[str, str]) -> Answer:
        owner = path[: path.lower().rindex("/providers/microsoft.insights/metrics")]
        start, _, end = query["timespan"].partition("/")
        spanned = {**query, "starttime": start, "endtime": end}
        return 200, {
            "cost": 0,
            "timespan": query["timespan"],
            "interval": query["interval"],
            "namespace": query["metricnamespace"],
            "value": self._values(owner, spanned, query.get("$filter", "")),
        }

    def _values(self, owner: str, query: dict[str, str], dimension_filter: str) -> list[dict[str, Any]]:
        metrics = self._tenant.metrics
        return [
            monitor.answer(owner, name, metrics.get((owner.lower(), name.lower())), query, dimension_filter)
            for name in query["metricnames"].split(",")
        ]

    def _page(self, items: list[Any], path: str, query: dict[str, str], base: str) -> Answer:
        start = int(query.get("$skiptoken", 0))
        end = start + self._page_size
        page: dict[str, Any] = {"value": items[start:end]}
        if end < len(items):
            page["nextLink"] = f"{base}{quote(path)}?{urlencode({**query, '$skiptoken': end})}"
        return 200, page


def _visible(items: list[Any], query: dict[str, str]) -> list[Any]:
    if query.get("listViewType") != "ActiveOnly":
        return items
    return [item for item in items if not item["properties"].get("isArchived")]


def _index(tenant: Tenant) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    lists: dict[str, list[Any]] = defaultdict(list)
    single: dict[str, Any] = {}
    for resource in tenant.resources:
        key = resource["id"].lower()
        single[key] = resource
        parts = key.strip("/").split("/")
        if len(parts) == 2:
            lists["/subscriptions"].append(resource)
        elif len(parts) == 4:
            lists[key.rpartition("/")[0]].append(resource)
        elif len(parts) == 10 and parts[8] == "deletedaccounts":
            lists[f"/subscriptions/{parts[1]}/providers/{parts[3]}/deletedaccounts"].append(resource)
        elif len(parts) == 8:
            # A top-level resource of a group is listed for its whole subscription too.
            lists[f"/subscriptions/{parts[1]}/providers/{parts[5]}/{parts[6]}"].append(resource)
            lists[key.rpartition("/")[0]].append(resource)
        else:
            lists[key.rpartition("/")[0]].append(resource)
    return dict(lists), single
