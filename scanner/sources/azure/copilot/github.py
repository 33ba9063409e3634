"""GitHub Copilot: an organization's billing, and the seats of organizations and enterprises.

Paths and fields are those of GitHub's API schema of October 2026, version 2022-11-28; seats are in preview there.
The token goes to GITHUB_API_URL's host and to no other, whatever a `Link` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse
from requests.utils import parse_header_links

from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import Resource
from scanner.model.values import Json
from scanner.sources.azure.clients import Channel, Clients
from scanner.sources.azure.faults import Fault, ReadError, fault_of
from scanner.sources.azure.paging import Listing, read_pages
from scanner.sources.azure.reader import exchange, json_of
from scanner.sources.azure.scope import ORIGIN

ORGANIZATIONS = "GitHub.Copilot/organizations"
SEATS = "GitHub.Copilot/organizations/seats"
ENTERPRISE_SEATS = "GitHub.Copilot/enterprises/seats"
ORGANIZATION_TYPES = frozenset({ORGANIZATIONS.lower(), SEATS.lower()})
ENTERPRISE_TYPES = frozenset({ENTERPRISE_SEATS.lower()})
TYPES = ORGANIZATION_TYPES | ENTERPRISE_TYPES

LONGEST_WAIT = 60
"""Seconds; GitHub's secondary limits ask for less, its hourly limit for more, which is not waited for."""
ATTEMPTS = 3
Reading = tuple[list[Resource], list[Gap]]


class _TokenPolicy(SansIOHTTPPolicy[Any, Any]):
    """Adds the token; stands behind the guard that lets nothing pass to another host."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def on_request(self, request: PipelineRequest[Any]) -> None:
        request.http_request.headers["Authorization"] = f"Bearer {self._token}"


def readings(
    clients: Clients, token: str, organizations: Sequence[str], enterprises: Sequence[str], types: frozenset[str]
) -> list[Callable[[], Reading]]:
    """Give what is to be read for `types` (lower case), each on its own."""
    wanted = TYPES if "*" in types else types
    if not token or not wanted & TYPES:
        return []
    github = _GitHub(clients, token)
    found: list[Callable[[], Reading]] = []
    for name in organizations:
        if ORGANIZATIONS.lower() in wanted:
            found.append(partial(github.billing, name))
        if SEATS.lower() in wanted:
            found.append(partial(github.seats, SEATS, "orgs", name))
    if ENTERPRISE_SEATS.lower() in wanted:
        found.extend(partial(github.seats, ENTERPRISE_SEATS, "enterprises", name) for name in enterprises)
    return found


class _GitHub:
    def __init__(self, clients: Clients, token: str) -> None:
        self._clients = clients
        self._channel: Channel = clients.other(clients.endpoints.github, _TokenPolicy(token))

    def billing(self, name: str) -> Reading:
        """Read an organization's billing object."""
        scope = f"/providers/{ORGANIZATIONS}/{name}"
        try:
            body = json_of(self._get(f"{self._channel.base}/orgs/{name}/copilot/billing"))
        except ReadError as error:
            return [], [error.fault.gap(scope, ORGANIZATIONS)]
        if not isinstance(body, dict):
            return [], [Fault(GapReason.MALFORMED, "the answer is no object").gap(scope, ORGANIZATIONS)]
        return [Resource({"id": scope, "type": ORGANIZATIONS, "name": name, "properties": body}, ORIGIN)], []

    def seats(self, kind: str, word: str, name: str) -> Reading:
        """Read all seats that an organization or an enterprise pays for."""
        scope = f"/providers/{kind.removesuffix('/seats')}/{name}"
        totals: list[int] = []

        def fetch(url: str) -> Any:
            response = self._get(url)
            body = json_of(response)
            if not isinstance(body, dict):
                return body
            if isinstance(body.get("total_seats"), int):
                totals.append(body["total_seats"])
            return {"value": body.get("seats"), "nextLink": _next_page(response)}

        first = f"{self._channel.base}/{word}/{name}/copilot/billing/seats?per_page=100"
        listing = read_pages(fetch, first, identified=False)
        if totals and not listing.faults and len(listing.items) < totals[-1]:
            detail = f"GitHub gave {len(listing.items)} of {totals[-1]} seats"
            listing.faults.append(Fault(GapReason.TRUNCATED, detail))
        return _seat_resources(listing, kind, scope)

    def _get(self, url: str) -> HttpResponse:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        for attempt in range(ATTEMPTS):
            response = exchange(self._channel, HttpRequest("GET", url, headers=headers))
            if response.status_code == 200:
                return response
            wait = _wait(response)
            if wait is None:
                raise ReadError(_fault(response))
            if wait > LONGEST_WAIT or attempt == ATTEMPTS - 1:
                break
            self._clients.pause(wait)
        raise ReadError(Fault(GapReason.THROTTLED, "GitHub's rate limit is used up", response.status_code))


def _next_page(response: HttpResponse) -> str | None:
    links = parse_header_links(response.headers.get("Link", ""))
    return next((link["url"] for link in links if link.get("rel") == "next"), None)


def _wait(response: HttpResponse) -> float | None:
    """Give the seconds after which a limited call may be repeated; None where no limit is the reason.

    GitHub answers 403 as well as 429; with the hourly limit used up nothing says how long but a point in time.
    """
    headers = response.headers
    if response.status_code not in {403, 429}:
        return None
    if (after := headers.get("Retry-After", "")).isdigit():
        return float(after)
    return float("inf") if response.status_code == 429 or headers.get("X-RateLimit-Remaining") == "0" else None


def _fault(response: HttpResponse) -> Fault:
    if 300 <= response.status_code < 400:
        return Fault(GapReason.REFUSED, "GitHub leads to another address, to which azgate sends no token")
    return fault_of(response)


def _seat_resources(listing: Listing, kind: str, scope: str) -> Reading:
    """Give one resource for each person; an enterprise has one seat object for each team that grants it."""
    seats: dict[str, tuple[str, Json]] = {}
    nameless = 0
    for seat in listing.items:
        assignee = seat.get("assignee")
        login = assignee.get("login") if isinstance(assignee, dict) else None
        if not isinstance(login, str) or not login.strip("/ "):
            nameless += 1
            continue
        known = seats.get(login.lower())
        if known is None or _staying(seat) > _staying(known[1]):
            seats[login.lower()] = (known[0] if known else login, seat)
    if nameless:
        listing.faults.append(Fault(GapReason.MALFORMED, f"{nameless} of the seats: each names no user"))
    resources = [
        Resource({"id": f"{scope}/seats/{login}", "type": kind, "name": login, "properties": seat}, ORIGIN)
        for login, seat in seats.values()
    ]
    return resources, [fault.gap(scope, kind) for fault in listing.faults]


def _staying(seat: Json) -> tuple[bool, str]:
    """Order a person's seats: one that nobody takes away first, then the one used last."""
    return not seat.get("pending_cancellation_date"), str(seat.get("last_activity_at") or "")
