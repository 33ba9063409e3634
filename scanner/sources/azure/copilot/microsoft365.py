"""Microsoft 365 Copilot out of Microsoft Graph: licences, and when each user last used them.

The usage report of v1.0 is a CSV file behind a redirect to a pre-signed address on another host, to which no
token is sent. Where v1.0 does not have it, the JSON of beta is read, which names the same columns otherwise:
rows become the JSON's keys. Names are hashed unless the tenant's privacy setting for reports is off. The path
and the columns are those of Microsoft's documentation; the order of the columns does not matter.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from azure.core.rest import HttpRequest, HttpResponse

from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import Resource
from scanner.model.values import Json
from scanner.sources.azure.clients import Channel, Clients
from scanner.sources.azure.endpoints import origin
from scanner.sources.azure.faults import Fault, ReadError, fault_of
from scanner.sources.azure.paging import Listing, read_pages
from scanner.sources.azure.reader import answer, exchange, json_of
from scanner.sources.azure.scope import ORIGIN

SKUS = "Microsoft.Graph/subscribedSkus"
USERS = "Microsoft.Graph/copilotUsageUsers"
TYPES = frozenset({SKUS.lower(), USERS.lower()})
SCOPE = "/providers/Microsoft.Graph"

_REPORT = "getMicrosoft365CopilotUsageUserDetail(period='{period}')"
_NAME = "userPrincipalName"
Reading = tuple[list[Resource], list[Gap]]


def readings(clients: Clients, period: str, types: frozenset[str]) -> list[Callable[[], Reading]]:
    """Give what is to be read for `types` (lower case), each on its own."""
    every = "*" in types
    found: list[Callable[[], Reading]] = []
    if every or SKUS.lower() in types:
        found.append(lambda: _read(SKUS, "skuId", "skuPartNumber", lambda: _licences(_channel(clients))))
    if every or USERS.lower() in types:
        found.append(lambda: _read(USERS, _NAME, _NAME, lambda: _usage(clients, _channel(clients), period)))
    return found


def _channel(clients: Clients) -> Channel:
    return clients.bearer(clients.endpoints.graph, clients.endpoints.graph_scope)


def _read(kind: str, key: str, name: str, read: Callable[[], Listing]) -> Reading:
    try:
        listing = read()
    except ReadError as error:
        listing = Listing(faults=[error.fault])
    resources: list[Resource] = []
    nameless = 0
    for item in listing.items:
        identity, shown = item.get(key), item.get(name)
        if not isinstance(identity, str) or not identity.strip():
            nameless += 1
            continue
        resources.append(
            Resource(
                {
                    "id": f"{SCOPE}/{kind.rpartition('/')[2]}/{quote(identity, safe='@ +=,:()!~$&*;')}",
                    "type": kind,
                    "name": shown if isinstance(shown, str) and shown else identity,
                    "properties": item,
                },
                ORIGIN,
            )
        )
    if nameless:
        listing.faults.append(Fault(GapReason.MALFORMED, f"{nameless} of the items: each has no {key}"))
    return resources, [fault.gap(SCOPE, kind) for fault in listing.faults]


def _licences(channel: Channel) -> Listing:
    return _pages(channel, f"{channel.base}/v1.0/subscribedSkus")


def _usage(clients: Clients, channel: Channel, period: str) -> Listing:
    report = _REPORT.format(period=period)
    request = HttpRequest("GET", f"{channel.base}/v1.0/copilot/reports/{report}", headers={"Accept": "*/*"})
    response = exchange(channel, request)
    if response.status_code in {301, 302, 303, 307, 308}:
        return Listing(_rows(_download(clients, response.headers.get("Location", ""))))
    if response.status_code == 200:
        if "json" in response.headers.get("Content-Type", "").lower():
            return _values(json_of(response))
        return Listing(_rows(response))
    if response.status_code in {400, 404}:
        return _pages(channel, f"{channel.base}/beta/reports/{report}?$format=application/json")
    raise ReadError(fault_of(response))


def _download(clients: Clients, address: str) -> HttpResponse:
    """Get the report's file, without any token: the address itself is the permission, and is never repeated."""
    place = origin(address)
    if place is None or place[0] != "https":
        raise ReadError(Fault(GapReason.MALFORMED, "the report's address is no https URL"))
    base = f"{place[0]}://{place[1]}:{place[2]}"
    return answer(clients.other(base, None), HttpRequest("GET", address, headers={"Accept": "*/*"}))


def _pages(channel: Channel, first: str) -> Listing:
    def fetch(url: str) -> Any:
        page = json_of(answer(channel, HttpRequest("GET", url)))
        return {**page, "nextLink": page.get("@odata.nextLink")} if isinstance(page, dict) else page

    return read_pages(fetch, first, identified=False)


def _values(body: Any) -> Listing:
    values = body.get("value") if isinstance(body, dict) else None
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise ReadError(Fault(GapReason.MALFORMED, "the report has no `value` of objects"))
    return Listing(values)


def _rows(response: HttpResponse) -> list[Json]:
    """Give the rows of a CSV report with the keys that beta's JSON has; "" is null there: no activity."""
    try:
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReadError(Fault(GapReason.MALFORMED, "the report is no CSV in UTF-8")) from error
    columns = list(rows[0]) if rows else _header(response)
    if _NAME not in {_key(column) for column in columns if column}:
        raise ReadError(Fault(GapReason.MALFORMED, "the report has no column of user principal names"))
    return [_row(row) for row in rows]


def _header(response: HttpResponse) -> Sequence[str]:
    return next(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))), [])


def _row(row: dict[str, Any]) -> Json:
    found: Json = {_key(column): value or None for column, value in row.items() if column}
    period = found.pop("reportPeriod", None)
    if period is not None:
        number = int(period) if str(period).isascii() and str(period).isdigit() else period
        found["copilotActivityUserDetailsByPeriod"] = [{"reportPeriod": number}]
    return found


def _key(column: str) -> str:
    """Give a column's name as a key: "PowerPoint Copilot Last Activity Date" is powerPointCopilotLastActivityDate."""
    words = column.split()
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined[:1].lower() + joined[1:]
