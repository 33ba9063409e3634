"""The one way to Azure: every request of a scan goes through here and comes back as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from azure.core.exceptions import AzureError
from azure.core.rest import HttpRequest, HttpResponse

from scanner.model.values import Json
from scanner.sources.azure.clients import Channel, Clients, Service
from scanner.sources.azure.faults import ReadError, fault_of
from scanner.sources.azure.paging import PAGE_LIMIT, Listing, read_pages

Parameters = Mapping[str, str]
RESOURCE_GRAPH = "/providers/Microsoft.ResourceGraph/resources"
RESOURCE_GRAPH_VERSION = {"api-version": "2021-03-01"}


class Reader:
    """Reads paths of Azure Resource Manager and of the batch metrics endpoints. Safe for threads."""

    def __init__(self, clients: Clients, *, page_limit: int = PAGE_LIMIT) -> None:
        self._clients = clients
        self._page_limit = page_limit

    def get(self, service: Service, path: str, parameters: Parameters) -> Any:
        """Give the JSON at `path` (an ARM id or what lies below it); raises ReadError."""
        channel = self._channel(service, path)
        return _send(channel, HttpRequest("GET", _url(channel.base, path, parameters)))

    def pages(self, service: Service, path: str, parameters: Parameters, *, identified: bool = True) -> Listing:
        """Give all pages of the list at `path`; never raises: what went wrong is in the listing."""
        channel = self._channel(service, path)
        return read_pages(
            lambda url: _send(channel, HttpRequest("GET", url)),
            _url(channel.base, path, parameters),
            identified=identified,
            page_limit=self._page_limit,
        )

    def post_metrics(self, base: str, path: str, parameters: Parameters, body: Json) -> Any:
        """Give the answer of the batch metrics endpoint `base` to a question too long for a URL."""
        channel = self._clients.metrics(base)
        request = HttpRequest("POST", _url(channel.base, path, parameters), json=body)
        # Only reads get as far as this, so a POST may be repeated like a GET.
        return _send(channel, request, retry_on_methods=frozenset({"POST"}))

    def query_resource_graph(self, body: Json) -> tuple[Any, Mapping[str, str]]:
        """Give the answer of Resource Graph to a query, and the headers that tell its quota; raises ReadError."""
        channel = self._clients.arm(Service.SUBSCRIPTIONS)
        request = HttpRequest("POST", _url(channel.base, RESOURCE_GRAPH, RESOURCE_GRAPH_VERSION), json=body)
        response = _answer(channel, request, retry_on_methods=frozenset({"POST"}))
        return _json(response), response.headers

    def pause(self, seconds: float) -> None:
        """Wait; ends early where the scan does."""
        self._clients.pause(seconds)

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
    return _json(_answer(channel, request, **options))


def _answer(channel: Channel, request: HttpRequest, **options: Any) -> HttpResponse:
    # azure-core takes braces in a URL for a template; in a nextLink they may stand unquoted.
    request.url = request.url.replace("{", "%7B").replace("}", "%7D")
    request.headers["Accept"] = "application/json"
    try:
        response = channel.send(request, **options)
    except (AzureError, ValueError, RecursionError) as error:
        raise ReadError(fault_of(error)) from error
    if response.status_code != 200:
        raise ReadError(fault_of(response))
    return response


def _json(response: HttpResponse) -> Any:
    try:
        return response.json()
    except (AzureError, ValueError, RecursionError) as error:
        raise ReadError(fault_of(error)) from error
