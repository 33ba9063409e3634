"""Azure Resource Graph for the fake: one table of the types it indexes, in pages, in the order of ids."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

INDEXED = frozenset(
    {
        "microsoft.cognitiveservices/accounts",
        "microsoft.cognitiveservices/commitmentplans",
        "microsoft.machinelearningservices/workspaces",
        "microsoft.machinelearningservices/registries",
        "microsoft.machinelearningservices/workspaces/onlineendpoints",
        "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments",
        "microsoft.machinelearningservices/workspaces/batchendpoints",
        "microsoft.machinelearningservices/workspaces/batchendpoints/deployments",
        "microsoft.machinelearningservices/workspaces/serverlessendpoints",
        "microsoft.botservice/botservices",
        "microsoft.search/searchservices",
        "microsoft.fabric/capacities",
    }
)
"""What the documentation lists; what is not here has no row, whatever there is."""
_QUERY = re.compile(
    r"resources \| where type in~ \((?P<types>('[\w./]+'(, )?)+)\)"
    r" \| project id, (?P<columns>[\w, ]+) \| order by id asc"
)
_COLUMNS = frozenset({"name", "type", "kind", "location", "tags", "sku", "identity", "properties"})
DEFAULT_TOP, MOST = 100, 1000


def answer(resources: Sequence[Mapping[str, Any]], body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Answer a query of the one form that azgate sends; a column there is not is a bad request, as in Azure."""
    query = _QUERY.fullmatch(body["query"])
    columns = query.group("columns").split(", ") if query else []
    if query is None or not _COLUMNS.issuperset(columns) or len(body["subscriptions"]) > 1000:
        return 400, {"error": {"code": "BadRequest", "message": "Please provide a valid query."}}
    types = {word.strip("' ").lower() for word in query.group("types").split(",")} & INDEXED
    wanted = {one.lower() for one in body["subscriptions"]}
    found = [
        one
        for one in resources
        if str(one.get("type", "")).lower() in types and one["id"].split("/")[2].lower() in wanted
    ]
    rows = [_row(one, columns) for one in sorted(found, key=lambda one: one["id"])]
    options = body.get("options", {})
    start = int(options.get("$skipToken") or 0)
    end = start + min(options.get("$top", DEFAULT_TOP), MOST)
    more = end < len(rows)
    return 200, {
        "totalRecords": len(rows),
        "count": len(rows[start:end]),
        "data": rows[start:end],
        "facets": [],
        "resultTruncated": str(more).lower(),
        **({"$skipToken": str(end)} if more else {}),
    }


def _row(resource: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    empty: dict[str, Any] = {"kind": "", "location": ""}
    row = {name: resource.get(name, empty.get(name)) for name in ("id", *columns)}
    return {**row, "type": str(resource["type"]).lower()}
