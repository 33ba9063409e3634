"""Read-only by construction: nothing but reads leaves the SDK's pipelines, and only to their own endpoint."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote, urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy

from scanner.model.inventory import GapReason
from scanner.sources.azure.endpoints import origin
from scanner.sources.azure.faults import Fault, ReadError, fault_of

_READING_POSTS = (
    "/providers/microsoft.resourcegraph/resources",
    "/providers/microsoft.costmanagement/query",
    "/metrics:getbatch",
    "/calculatemodelcapacity",
)
"""Ends of the paths whose POST only reads: queries too long for a URL."""


class RefusedError(ReadError):
    """A request that was not sent: it would write, or carry a token to a foreign host."""

    def __init__(self, detail: str) -> None:
        super().__init__(Fault(GapReason.REFUSED, detail))


class ReadOnlyPolicy(HTTPPolicy[Any, Any]):
    """Stands right behind the retry policy, in front of the one that adds the token.

    There it sees what the policies before it make up themselves: redirects, and the registration of a
    resource provider that the SDK attempts after a 409 with MissingSubscriptionRegistration.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._origin = origin(base_url)

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send a read to the own endpoint, raise ReadError instead of anything else."""
        method, url = request.http_request.method.upper(), request.http_request.url
        if origin(url) != self._origin:
            raise RefusedError("azgate sends no token to a host other than the configured endpoint")
        path = unquote(urlsplit(url).path).lower()
        if method not in {"GET", "HEAD"} and not (method == "POST" and path.endswith(_READING_POSTS)):
            raise RefusedError(f"azgate only reads: it sends no {method} to {path}")
        response = self.next.send(request)
        if response.http_response.status_code == 409 and _wants_registration(response.http_response):
            # Raised here, before the SDK's own policy sees the answer and registers the provider.
            raise ReadError(fault_of(response.http_response))
        return response


def _wants_registration(response: Any) -> bool:
    try:
        error = json.loads(response.text())["error"]
        return bool(error["code"] == "MissingSubscriptionRegistration")
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
