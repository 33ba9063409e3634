"""Following nextLink, with an end, and never to a foreign host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from scanner.model.inventory import GapReason
from scanner.model.resource import normalise_id, type_of_id
from scanner.model.values import Json
from scanner.sources.azure.endpoints import origin
from scanner.sources.azure.faults import Fault, ReadError

PAGE_LIMIT = 10_000
IDLE_PAGES = 20
"""So many pages in a row that bring nothing new are taken for a list without end."""


@dataclass(slots=True)
class Listing:
    """The items of a list as Azure sent them, and what went wrong on the way; items may be kept all the same."""

    items: list[Json] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_pages(
    fetch: Callable[[str], Any], first: str, *, identified: bool = True, page_limit: int = PAGE_LIMIT
) -> Listing:
    """Read the list that begins at the URL `first`; `fetch` gives a page's JSON or raises ReadError.

    `identified` says that every item must have an id; an id that comes twice is kept once.
    """
    reading = _Reading(first, identified)
    while reading.url:
        if len(reading.visited) >= page_limit or reading.idle >= IDLE_PAGES:
            reading.stop(GapReason.TRUNCATED, f"the list has no end: stopped after {len(reading.visited)} pages")
            break
        try:
            page = fetch(reading.url)
        except ReadError as error:
            reading.listing.faults.append(error.fault)
            break
        reading.take(page)
    reading.report_malformed()
    return reading.listing


class _Reading:
    """The state of reading one list."""

    def __init__(self, first: str, identified: bool) -> None:
        self.listing = Listing()
        self.url = first
        self.visited: set[str] = set()
        self.idle = 0
        self._own = origin(first)
        self._identified = identified
        self._seen: set[str] = set()
        self._malformed = 0

    def take(self, page: Any) -> None:
        """Keep a page's items and find the next page."""
        self.visited.add(self.url)
        values = page.get("value") if isinstance(page, dict) else None
        if not isinstance(values, list):
            self.stop(GapReason.MALFORMED, "the answer is not a list of resources: it has no `value`")
            return
        before = len(self.listing.items)
        for item in values:
            self._keep(item)
        self.idle = self.idle + 1 if len(self.listing.items) == before else 0
        self._follow(page.get("nextLink"))

    def stop(self, reason: GapReason, detail: str) -> None:
        """End here, with what was read so far."""
        self.url = ""
        self.listing.faults.append(Fault(reason, detail))

    def report_malformed(self) -> None:
        """Say how many items could not be used."""
        if self._malformed:
            what = "is no resource with an id" if self._identified else "is no JSON object"
            details = [fault.detail for fault in self.listing.faults if fault.reason is GapReason.MALFORMED]
            others = [fault for fault in self.listing.faults if fault.reason is not GapReason.MALFORMED]
            detail = "; ".join([*details, f"{self._malformed} of the items: each {what}"])
            self.listing.faults[:] = [*others, Fault(GapReason.MALFORMED, detail)]

    def _keep(self, item: Any) -> None:
        if not isinstance(item, dict):
            self._malformed += 1
            return
        if self._identified:
            identity = item.get("id")
            # What has no type is a resource that no rule would ever be about.
            if not isinstance(identity, str) or not (type_of_id(identity) or "/" in str(item.get("type", ""))):
                self._malformed += 1
                return
            key = normalise_id(identity)
            if key in self._seen:
                return
            self._seen.add(key)
        self.listing.items.append(item)

    def _follow(self, link: Any) -> None:
        if link is None or link == "":
            self.url = ""
            return
        if isinstance(link, str) and link.startswith("/"):
            link = urljoin(self.url, link)
        place = origin(link) if isinstance(link, str) else None
        if place is None:
            self.stop(GapReason.MALFORMED, "the link to the next page is no URL")
        elif place != self._own:
            self.stop(GapReason.REFUSED, f"the next page is on another host, {place[0]}://{place[1]}:{place[2]}")
        elif link in self.visited:
            self.stop(GapReason.TRUNCATED, "the link to the next page leads back to a page already read")
        else:
            self.url = link
