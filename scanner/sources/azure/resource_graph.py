"""Azure Resource Graph: one query for many types in many subscriptions, where a list each would be thousands.

It shows what the caller may read and leaves the rest out without a word, so no row is no proof. A type of which
no row came at all, and every type in a subscription of which no row came, is left to Azure Resource Manager's
own lists; so are the subscriptions of a query that failed.

Rows have no `systemData` (UNVERIFIED whether they could), write the type in lower case and may be some minutes
behind Azure Resource Manager.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.model.inventory import GapReason
from scanner.model.resource import Resource, normalise_id, parent_key
from scanner.model.values import Json
from scanner.sources.azure.faults import Fault, ReadError
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.scope import ORIGIN

SUBSCRIPTIONS_A_QUERY = 300
ROWS_A_PAGE = 1000
"""The most Azure gives at a time; the default is 100."""
PAGE_LIMIT = 1000
LONGEST_WAIT = 60
"""Seconds that are waited for the quota of queries to fill again."""

_COLUMNS = ("kind", "location", "tags", "sku", "identity", "properties")
_QUERY = "resources | where type in~ ({types}) | project id, name, type, {columns} | order by id asc"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class GraphAnswer:
    """Resources by lower-case type, in the order of subscription and id.

    `subscriptions` are those of which there was a row, `cut` those of which rows were left out, and why.
    """

    resources: dict[str, list[Resource]] = field(default_factory=dict)
    subscriptions: set[str] = field(default_factory=set)
    cut: dict[str, Fault] = field(default_factory=dict)
    _parents: set[tuple[str, str | None]] = field(default_factory=set)

    def add(self, resource: Resource) -> None:
        """Take in a row."""
        self.resources.setdefault(resource.type, []).append(resource)
        self.subscriptions.add(resource.subscription_id)
        self._parents.add((resource.type, parent_key(resource.key)))

    def covers(self, kind: str, subscription_id: str) -> bool:
        """Say whether no row of this type (lower case) in this subscription means that there is none."""
        return kind in self.resources and subscription_id in self.subscriptions

    def has_below(self, kind: str, parent: Resource) -> bool:
        """Say whether there was a row of this type (lower case) right below `parent`."""
        return (kind, parent.key) in self._parents


def read_graph(reader: Reader, types: Sequence[str], subscriptions: Sequence[Resource]) -> GraphAnswer:
    """Ask for all resources of `types` (in Azure's spelling) in these subscriptions; never raises."""
    answer = GraphAnswer()
    if not types:
        return answer
    spelling = {kind.lower(): kind for kind in types}
    quota: Mapping[str, str] = {}
    for start in range(0, len(subscriptions), SUBSCRIPTIONS_A_QUERY):
        group = subscriptions[start : start + SUBSCRIPTIONS_A_QUERY]
        _wait_for_quota(reader, quota)
        try:
            reading = _read(reader, query_body(types, group))
        except ReadError as error:
            _log.debug("Resource Graph does not answer for %d subscriptions: %s", len(group), error.fault.detail)
            quota = {}
            continue
        quota = reading.headers
        if reading.truncated:
            fault = Fault(GapReason.TRUNCATED, f"Resource Graph left resources out: {reading.truncated}")
            answer.cut.update((one.subscription_id, fault) for one in group)
        _keep(answer, reading.rows, spelling, group)
    return answer


def query_body(types: Sequence[str], subscriptions: Sequence[Resource]) -> Json:
    """Give the query for all resources of `types` in these subscriptions, as it is posted for the first page."""
    quoted = ", ".join(f"'{kind}'" for kind in sorted({kind.lower() for kind in types}))
    return {
        "subscriptions": [one.id.rstrip("/").rpartition("/")[2] for one in subscriptions],
        "query": _QUERY.format(types=quoted, columns=", ".join(_COLUMNS)),
        "options": {"resultFormat": "objectArray", "$top": ROWS_A_PAGE},
    }


@dataclass(slots=True)
class _Reading:
    rows: list[Json] = field(default_factory=list)
    truncated: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def _read(reader: Reader, body: Json) -> _Reading:
    """Read all pages; raises ReadError where one fails or is no answer of Resource Graph."""
    reading = _Reading()
    tokens: set[str] = set()
    while True:
        page, headers = reader.query_resource_graph(body)
        if not isinstance(page, dict) or not _are_rows(page.get("data")):
            raise ReadError(Fault(GapReason.MALFORMED, "the answer has no `data` of resources with ids"))
        reading.rows.extend(page["data"])
        reading.headers = headers
        if headers.get("x-ms-tenant-subscription-limit-hit", "").lower() == "true":
            reading.truncated = "it looks into so many subscriptions only"
        token = page.get("$skipToken")
        if not token:
            if str(page.get("resultTruncated", "")).lower() == "true":
                reading.truncated = "there are more than it gave, and it named no next page"
            return reading
        if not isinstance(token, str) or token in tokens or len(tokens) >= PAGE_LIMIT:
            raise ReadError(Fault(GapReason.MALFORMED, "the pages have no end"))
        tokens.add(token)
        body = {**body, "options": {**body["options"], "$skipToken": token}}
        _wait_for_quota(reader, headers)


def _are_rows(data: Any) -> bool:
    return isinstance(data, list) and all(
        isinstance(row, dict) and isinstance(row.get("id"), str) and row["id"].strip("/ ") for row in data
    )


def _wait_for_quota(reader: Reader, headers: Mapping[str, str]) -> None:
    """Wait until there are queries left: some fifteen in five seconds for one principal."""
    if headers.get("x-ms-user-quota-remaining", "").strip() == "0":
        parts = headers.get("x-ms-user-quota-resets-after", "").split(":")
        if len(parts) == 3 and all(part.strip().isdigit() for part in parts):
            hours, minutes, seconds = (int(part) for part in parts)
            reader.pause(min(hours * 3600 + minutes * 60 + seconds, LONGEST_WAIT))


def _keep(answer: GraphAnswer, rows: Sequence[Json], spelling: Mapping[str, str], group: Sequence[Resource]) -> None:
    order = {one.subscription_id: index for index, one in enumerate(group)}
    found: dict[str, Resource] = {}
    for row in rows:
        kind = str(row.get("type") or "").lower()
        resource = Resource(_arm_json(row, spelling[kind]), ORIGIN) if kind in spelling else None
        if resource is not None and resource.subscription_id in order:
            found.setdefault(resource.key, resource)
    for resource in sorted(found.values(), key=lambda one: (order[one.subscription_id], normalise_id(one.id))):
        answer.add(resource)


def _arm_json(row: Json, kind: str) -> Json:
    """Give a row in ARM's shape: a column that is null or "" is a property the resource does not have."""
    columns = {name: row[name] for name in ("name", *_COLUMNS) if row.get(name) not in (None, "")}
    return {"id": row["id"], "type": kind, **columns}
