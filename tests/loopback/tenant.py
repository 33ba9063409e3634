"""A description of an Azure tenant: what the fake Azure serves.

Everything is ARM JSON in one flat list; the `add_...` methods write the common shapes and give the new id:

    tenant = Tenant()
    subscription = tenant.add_subscription("11111111-1111-1111-1111-111111111111", tags={"owner": "ai"})
    group = tenant.add_group(subscription, "rg-chat")
    account = tenant.add_account(group, "aoai-chat", location="eastus2")
    tenant.add_deployment(account, "gpt4o", sku="Standard", capacity=30, model="gpt-4o")
    tenant.fault("*/rg-chat/*/deployments", status=403, code="AuthorizationFailed")
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

Json = dict[str, Any]

COGNITIVE = "Microsoft.CognitiveServices"
LEARNING = "Microsoft.MachineLearningServices"


@dataclass
class Fault:
    """What goes wrong at some paths: glob over the lower-case path, any method unless one is given.

    `status` with `code` answers as Azure does; `body` or `html` is sent as it is; `hang` waits so many
    seconds first; `drop` closes the connection without an answer, `cut` in the middle of it. `times` is
    how often it happens. `query` must stand in the query string.
    """

    path: str
    status: int = 200
    code: str = ""
    message: str = ""
    body: bytes | Json | list[Any] | None = None
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: float = 0.0
    drop: bool = False
    cut: bool = False
    times: int | None = None
    method: str = ""
    query: str = ""

    def matches(self, method: str, path: str, query: str) -> bool:
        return (
            self.times != 0
            and self.method in {"", method}
            and self.query in query
            and fnmatchcase(path.lower(), self.path.lower())
        )


@dataclass
class Metric:
    """A metric of one resource: points by value of the dimension, or by values of `dimensions` where it has more."""

    series: Mapping[str | tuple[str, ...], Sequence[tuple[datetime, float]]]
    unit: str = "Count"
    error_code: str = "Success"
    dimensions: tuple[str, ...] = ()


class Tenant:
    """Subscriptions and what is in them, credentials, and planted faults."""

    def __init__(self) -> None:
        self.tenant_id = "99999999-0000-0000-0000-000000000001"
        self.client_id = "99999999-0000-0000-0000-000000000002"
        self.client_secret = "loopback-Secret~value-0123456789"
        self.refused_audiences: set[str] = set()
        self.resources: list[Json] = []
        self.usages: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self.models: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self.metrics: dict[tuple[str, str], Metric] = {}
        self.faults: list[Fault] = []
        self.has_resource_graph = True
        self.providers: frozenset[str] | None = None
        """Lower-case namespaces that this Azure knows; None for all."""
        self.extensions: dict[tuple[str, str], list[Any]] = {}
        self.management_groups: dict[str, list[str]] = {}
        self.licences: list[Json] = []
        self.usage_users: list[Json] = []
        self.github_token = "ghp_loopback0123456789abcdefghijklmnop"
        self.github_page = 100
        self.github_billing: dict[str, Json] = {}
        self.github_seats: dict[str, list[Json]] = {}

    def add(self, resource: Json) -> str:
        """Add ARM JSON as it is; give its id."""
        self.resources.append(resource)
        return resource["id"]

    def add_subscription(self, name: str, *, tags: Json | None = None, state: str = "Enabled") -> str:
        return self.add(
            {
                "id": f"/subscriptions/{name}",
                "subscriptionId": name,
                "tenantId": self.tenant_id,
                "displayName": f"Subscription {name}",
                "state": state,
                **({"tags": tags} if tags is not None else {}),
            }
        )

    def add_group(self, subscription: str, name: str, *, location: str = "eastus2", tags: Json | None = None) -> str:
        return self.add(
            {
                "id": f"{subscription}/resourceGroups/{name}",
                "name": name,
                "type": "Microsoft.Resources/resourceGroups",
                "location": location,
                "tags": tags or {},
                "properties": {"provisioningState": "Succeeded"},
            }
        )

    def add_account(
        self,
        group: str,
        name: str,
        *,
        location: str = "eastus2",
        kind: str = "OpenAI",
        tags: Json | None = None,
        **properties: Any,
    ) -> str:
        return self.add(
            {
                "id": f"{group}/providers/{COGNITIVE}/accounts/{name}",
                "name": name,
                "type": f"{COGNITIVE}/accounts",
                "location": location,
                "kind": kind,
                "sku": {"name": "S0"},
                "tags": tags or {},
                "properties": {"provisioningState": "Succeeded", **properties},
            }
        )

    def add_deployment(
        self,
        account: str,
        name: str,
        *,
        sku: str = "Standard",
        capacity: int = 10,
        model: str = "gpt-4o",
        version: str = "2024-11-20",
        model_format: str = "OpenAI",
        created: str = "2026-01-05T08:00:00Z",
        tags: Json | None = None,
        **properties: Any,
    ) -> str:
        return self.add(
            {
                "id": f"{account}/deployments/{name}",
                "name": name,
                "type": f"{COGNITIVE}/accounts/deployments",
                "sku": {"name": sku, "capacity": capacity},
                **({"tags": tags} if tags is not None else {}),
                "systemData": {"createdAt": created, "lastModifiedAt": created},
                "properties": {
                    "model": {"format": model_format, "name": model, "version": version},
                    "currentCapacity": capacity,
                    "provisioningState": "Succeeded",
                    **properties,
                },
            }
        )

    def add_workspace(
        self, group: str, name: str, *, location: str = "eastus2", tags: Json | None = None, kind: str = "Default"
    ) -> str:
        return self.add(
            {
                "id": f"{group}/providers/{LEARNING}/workspaces/{name}",
                "name": name,
                "type": f"{LEARNING}/workspaces",
                "location": location,
                "kind": kind,
                "tags": tags or {},
                "properties": {"provisioningState": "Succeeded"},
            }
        )

    def add_compute(
        self, workspace: str, name: str, *, compute_type: str = "AmlCompute", tags: Json | None = None, **inner: Any
    ) -> str:
        return self.add(
            {
                "id": f"{workspace}/computes/{name}",
                "name": name,
                "type": f"{LEARNING}/workspaces/computes",
                "location": "eastus2",
                "tags": tags or {},
                "properties": {
                    "computeType": compute_type,
                    "provisioningState": "Succeeded",
                    "properties": {"vmSize": "STANDARD_DS3_V2", **inner},
                },
            }
        )

    def add_job(
        self, workspace: str, name: str, *, job_type: str = "Command", status: str = "Running", **properties: Any
    ) -> str:
        return self.add(
            {
                "id": f"{workspace}/jobs/{name}",
                "name": name,
                "type": f"{LEARNING}/workspaces/jobs",
                "systemData": {"createdAt": "2026-11-20T08:00:00Z"},
                "properties": {"jobType": job_type, "status": status, "isArchived": False, **properties},
            }
        )

    def add_extension(self, owner: str, kind: str, *items: Json) -> None:
        """Put items into a list such as Microsoft.Insights/diagnosticSettings below an id."""
        self.extensions.setdefault((owner.lower(), kind.lower()), []).extend(items)

    def add_top_level(
        self, group: str, kind: str, name: str, *, location: str = "eastus2", tags: Json | None = None, **more: Any
    ) -> str:
        """Add a resource of a group, such as a search service."""
        return self.add(
            {
                "id": f"{group}/providers/{kind}/{name}",
                "name": name,
                "type": kind,
                "location": location,
                "tags": tags or {},
                "properties": {"provisioningState": "Succeeded"},
                **more,
            }
        )

    def add_child(self, parent: str, word: str, name: str, **more: Any) -> str:
        """Add a child such as an online endpoint, with the type that its parent's id and `word` give."""
        kind = "/".join(parent.rpartition("/providers/")[2].split("/")[:2] + parent.split("/")[9::2] + [word])
        return self.add(
            {
                "id": f"{parent}/{word}/{name}",
                "name": name,
                "type": kind,
                "location": "eastus2",
                "tags": {},
                "properties": {"provisioningState": "Succeeded"},
                **more,
            }
        )

    def add_deleted_account(self, subscription: str, group: str, name: str, *, kind: str = "OpenAI") -> str:
        place = f"{subscription}/providers/{COGNITIVE}/locations/eastus2/resourceGroups/{group}"
        return self.add(
            {
                "id": f"{place}/deletedAccounts/{name}",
                "name": name,
                "type": f"{COGNITIVE}/deletedAccounts",
                "location": "eastus2",
                "kind": kind,
                "properties": {"deletionDate": "2026-11-23T08:00:00Z", "scheduledPurgeDate": "2026-11-25T08:00:00Z"},
            }
        )

    def add_usage(self, subscription: str, region: str, name: str, *, current: float, limit: float) -> None:
        self.usages[subscription.lower(), region].append(
            {
                "name": {"value": name, "localizedValue": name},
                "currentValue": current,
                "limit": limit,
                "unit": "Count",
            }
        )

    def add_model(self, subscription: str, region: str, name: str, *, version: str, sku: str, usage_name: str) -> None:
        self.models[subscription.lower(), region].append(
            {
                "kind": "OpenAI",
                "skuName": "S0",
                "model": {
                    "format": "OpenAI",
                    "name": name,
                    "version": version,
                    "lifecycleStatus": "GenerallyAvailable",
                    "skus": [{"name": sku, "usageName": usage_name}],
                },
            }
        )

    def add_metric(self, owner: str, name: str, metric: Metric) -> None:
        self.metrics[owner.lower(), name.lower()] = metric

    def fault(self, path: str, **what: Any) -> Fault:
        """Plant a fault; the first that matches a request happens."""
        planted = Fault(path, **what)
        self.faults.append(planted)
        return planted
