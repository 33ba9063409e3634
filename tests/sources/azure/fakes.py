"""A credential without Azure, and Azure Resource Manager made of canned answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import responses
from azure.core.credentials import AccessToken

from scanner.model.inventory import Inventory
from scanner.model.needs import FactNeed, Needs
from scanner.sources.azure import AzureOptions, AzureSource

ARM = "https://management.azure.com"
SUBSCRIPTION = "/subscriptions/0a000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-chat"
GRAPH = "/providers/Microsoft.ResourceGraph/resources"
ACCOUNTS = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/accounts"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/chat"
DEPLOYMENT_TYPE = "microsoft.cognitiveservices/accounts/deployments"
AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class StaticCredential:
    """Gives a token that names its scope."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.scopes.extend(scopes)
        return AccessToken(f"token-for-{scopes[0]}", 4102444800)


@dataclass
class Call:
    """One request that was sent."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass
class FakeArm:
    """Canned answers by path; a path that was not given cannot be reached."""

    mock: responses.RequestsMock
    slept: list[float] = field(default_factory=list)
    credential: StaticCredential = field(default_factory=StaticCredential)
    environ: dict[str, str] = field(default_factory=dict)

    def answer(self, path: str, json: Any = None, *, status: int = 200, method: str = "GET", **more: Any) -> None:
        """Answer requests for a path or an absolute URL, whatever their query; several: one after the other."""
        url = path if path.startswith("https://") else ARM + path
        self.mock.add(method, url, json=json, status=status, **more)

    def error(self, path: str, status: int, code: str, message: str = "no", **more: Any) -> None:
        self.answer(path, {"error": {"code": code, "message": message}}, status=status, **more)

    def lists(self, path: str, *items: Any, next_link: Any = None) -> None:
        self.answer(path, {"value": list(items), **({"nextLink": next_link} if next_link is not None else {})})

    def graph(self, *rows: Any, token: str | None = None, truncated: bool = False, headers: Any = None) -> None:
        """Answer one query of Resource Graph; several: one after the other."""
        body = {
            "totalRecords": len(rows),
            "count": len(rows),
            "resultTruncated": str(truncated).lower(),
            "facets": [],
            "data": list(rows),
            **({"$skipToken": token} if token else {}),
        }
        self.answer(GRAPH, body, method="POST", headers=headers)

    def nowhere(self, *types: str, subscription: str = SUBSCRIPTION) -> None:
        """Answer the lists of these types as a cloud does that does not know them."""
        for kind in types:
            self.error(f"{subscription}/providers/{kind}", 404, "InvalidResourceNamespace")

    def serve_chat(self) -> None:
        """One subscription with one group, one account and one deployment."""
        self.lists("/subscriptions", subscription())
        self.lists(f"{SUBSCRIPTION}/resourcegroups", {"id": GROUP, "name": "rg-chat", "tags": {"owner": "ai"}})
        self.lists(ACCOUNTS, account())
        self.lists(f"{ACCOUNT}/deployments", deployment("gpt4o"))

    def collect(self, needs: Needs, **options: Any) -> Inventory:
        source = AzureSource(
            AzureOptions(environ=self.environ, **options), credential=self.credential, sleep=self.slept.append
        )
        return source.collect(needs, AS_OF)

    @property
    def calls(self) -> list[Call]:
        return [
            Call(
                call.request.method,
                call.request.url,
                dict(parse_qsl(urlsplit(call.request.url).query)),
                call.request.headers,
                call.request.body,
            )
            for call in self.mock.calls
        ]

    def paths(self) -> list[str]:
        return sorted(f"{call.method} {call.path}" for call in self.calls)


def subscription(path: str = SUBSCRIPTION, **more: Any) -> dict[str, Any]:
    return {"id": path, "subscriptionId": path.rpartition("/")[2], "displayName": "AI", "state": "Enabled", **more}


def account(path: str = ACCOUNT, **more: Any) -> dict[str, Any]:
    return {
        "id": path,
        "name": path.rpartition("/")[2],
        "type": "Microsoft.CognitiveServices/accounts",
        "location": "East US 2",
        "kind": "OpenAI",
        "properties": {},
        **more,
    }


def deployment(name: str, parent: str = ACCOUNT, *, sku: str = "Standard", model: str = "gpt-4o") -> dict[str, Any]:
    return {
        "id": f"{parent}/deployments/{name}",
        "name": name,
        "type": "Microsoft.CognitiveServices/accounts/deployments",
        "sku": {"name": sku, "capacity": 10},
        "properties": {"model": {"format": "OpenAI", "name": model, "version": "1"}, "newerThanTheSdk": True},
    }


def needs(*types: str, facts: tuple[FactNeed, ...] = ()) -> Needs:
    return Needs(frozenset(types), facts)


def about_deployments(kind: str, applies: Callable[..., bool] = lambda *_: True, **more: Any) -> FactNeed:
    return FactNeed(kind, frozenset({DEPLOYMENT_TYPE}), applies, **more)


def gaps_of(inventory: Inventory) -> set[tuple[str, str, str]]:
    """Scope, what and reason of all gaps; fails where one has no detail, or two are the same."""
    found = [(gap.scope, gap.what, gap.reason.value) for gap in inventory.gaps]
    assert all(gap.detail and not re.search(r"[\x00-\x1f]", gap.detail) for gap in inventory.gaps)
    assert len(set(found)) == len(found)
    return set(found)
