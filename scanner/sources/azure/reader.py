"""The one way to Azure: every request of a scan goes through here and comes back as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from azure.core.exceptions import AzureError
from azure.core.rest import HttpRequest, HttpResponse

from scanner.model.secrets import without_secrets
from scanner.model.values import Json
from scanner.sources.azure.clients import Channel, Clients, Service
from scanner.sources.azure.faults import ReadError, fault_of
from scanner.sources.azure.journal import Journal
from scanner.sources.azure.paging import PAGE_LIMIT, Listing, read_pages

Parameters = Mapping[str, str]
RESOURCE_GRAPH = "/providers/Microsoft.ResourceGraph/resources"
RESOURCE_GRAPH_VERSION = {"api-version": "2021-03-01"}


class Reader:
    """Reads paths of Azure Resource Manager and of the batch metrics endpoints. Safe for threads."""

    def __init__(self, clients: Clients, *, page_limit: int = PAGE_LIMIT, journal: Journal | None = None) -> None:
        self._clients = clients
        self._page_limit = page_limit
        self._journal = journal

    def get(self, service: Service, path: str, parameters: Parameters) -> Any:
        """Give the JSON at `path` (an ARM id or what lies below it); raises ReadError."""
        channel = self._channel(service, path)
        url = _url(channel.base, path, parameters)
        return self._once(url, lambda: without_secrets(_send(channel, HttpRequest("GET", url))))

    def pages(self, service: Service, path: str, parameters: Parameters, *, identified: bool = True) -> Listing:
        """Give all pages of the list at `path`; never raises: what went wrong is in the listing."""
        channel = self._channel(service, path)
        first = _url(channel.base, path, parameters)
        known = self._journal.get(first) if self._journal else None
        if known is not None:
            return Listing(known)
        listing = read_pages(
            lambda url: without_secrets(_send(channel, HttpRequest("GET", url))),
            first,
            identified=identified,
            page_limit=self._page_limit,
        )
        # A link to a next page does not live for ever: a list that broke off is read again from its start.
        if self._journal and not listing.faults:
            self._journal.put(first, listing.items)
        return listing

    def post_metrics(self, base: str, path: str, parameters: Parameters, body: Json) -> Any:
        """Give the answer of the batch metrics endpoint `base` to a question too long for a URL."""
        channel = self._clients.metrics(base)
        url = _url(channel.base, path, parameters)
        request = HttpRequest("POST", url, json=body)
        # Only reads get as far as this, so a POST may be repeated like a GET.
        again = frozenset({"POST"})
        return self._once(f"{url} {json.dumps(body)}", lambda: _send(channel, request, retry_on_methods=again))

    def query_resource_graph(self, body: Json) -> tuple[Any, Mapping[str, str]]:
        """Give the answer of Resource Graph to a query, and the headers that tell its quota; raises ReadError."""
        channel = self._clients.arm(Service.SUBSCRIPTIONS)
        request = HttpRequest("POST", _url(channel.base, RESOURCE_GRAPH, RESOURCE_GRAPH_VERSION), json=body)
        response = answer(channel, request, retry_on_methods=frozenset({"POST"}))
        return without_secrets(json_of(response)), response.headers

    def pause(self, seconds: float) -> None:
        """Wait; ends early where the scan does."""
        self._clients.pause(seconds)

    def _once(self, key: str, read: Callable[[], Any]) -> Any:
        """Give what the journal has for `key`, else what `read` gives, which is kept there."""
        known = self._journal.get(key) if self._journal else None
        if known is None:
            known = read()
            if self._journal:
                self._journal.put(key, known)
        return known

    def _channel(self, service: Service, path: str) -> Channel:
        words = path.strip("/").split("/")
        subscription = words[1] if len(words) > 1 and words[0].lower() == "subscriptions" else ""
        return self._clients.arm(service, subscription)


def _url(base: str, path: str, parameters: Parameters) -> str:
    # Ids come from Azure's answers: quoted, and always below the endpoint, whatever they look like.
    tail = quote(path.lstrip("/"), safe="/:-._~()")
    query = urlencode(parameters, safe="$:,'*/", quote_via=quote)
    return f"{base}/{tail}?{query}"


def _send(channel: Channel, request: HttpRequest, **options: Any) -> Any:
    return json_of(answer(channel, request, **options))


def answer(channel: Channel, request: HttpRequest, **options: Any) -> HttpResponse:
    """Give the answer with status 200; raises ReadError where there is none."""
    response = exchange(channel, request, **options)
    if response.status_code != 200:
        raise ReadError(fault_of(response))
    return response


def exchange(channel: Channel, request: HttpRequest, **options: Any) -> HttpResponse:
    """Give the answer, whatever its status; raises ReadError where none came."""
    # azure-core takes braces in a URL for a template; in a nextLink they may stand unquoted.
    request.url = request.url.replace("{", "%7B").replace("}", "%7D")
    request.headers.setdefault("Accept", "application/json")
    try:
        return channel.send(request, **options)
    except (AzureError, ValueError, RecursionError) as error:
        raise ReadError(fault_of(error)) from error


def json_of(response: HttpResponse) -> Any:
    """Give the JSON of an answer; raises ReadError where it is none."""
    try:
        return response.json()
    except (AzureError, ValueError, RecursionError) as error:
        raise ReadError(fault_of(error)) from error
