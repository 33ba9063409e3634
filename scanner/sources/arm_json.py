"""Raw ARM JSON: one resource, an array, `{"value": [...]}` of REST and `az`, `{"data": [...]}` of Resource Graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Gap, GapReason, Inventory, SourceInfo, distinct
from scanner.model.resource import Origin, Resource, canonical_json, type_of_id
from scanner.model.values import Json
from scanner.sources.json_document import JsonDocument, shown_name
from scanner.sources.options import ReadOptions

NAME = "arm-json"
_ENVELOPES = ("value", "data")


def recognises(document: Any) -> bool:
    """Say whether this is a shape of ARM JSON; what is in it is `read`'s business."""
    if isinstance(document, list):
        return True
    if not isinstance(document, dict):
        return False
    if any(isinstance(document.get(key), list) for key in _ENVELOPES):
        return True
    return _resource(document) is not None


def read(document: JsonDocument, _: ReadOptions) -> Inventory:
    """Make an inventory; raises SourceError where there are objects but not one resource among them.

    An object that is no resource, and a list that says it goes on elsewhere, are gaps.
    """
    file = document.file
    resources: list[Resource] = []
    strange: list[str] = []
    for pointer, item in _items(document.value):
        body = _resource(item)
        if body is None:
            strange.append(pointer)
            continue
        resources.append(Resource(body, Origin(NAME, file, pointer)))
    if strange and not resources:
        raise SourceError(
            Problem(
                "holds no Azure resource: nothing in it has an ARM id or type",
                shown_name(file),
                hint="azgate reads ARM JSON as `az ... -o json`, REST and Resource Graph print it",
            )
        )
    gaps = [Gap(file, "resources", GapReason.MALFORMED, _strange(strange))] if strange else []
    if (more := _continues(document.value)) is not None:
        gaps.append(Gap(file, "resources", GapReason.TRUNCATED, more))
    kept, overruled = distinct(resources)
    return Inventory(kept, (), tuple(gaps), (SourceInfo(NAME, file),), overruled=overruled)


def _items(document: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for key in _ENVELOPES:
            if isinstance(document.get(key), list):
                yield from ((f"/{key}/{index}", item) for index, item in enumerate(document[key]))
                return
        yield "", document
        return
    yield from ((f"/{index}", item) for index, item in enumerate(document))


def _resource(item: Any) -> Json | None:
    """Give the item as a resource, with an id; None where it is none.

    A body without an id (as one sends it in a PUT) is taken by type and name.
    """
    if not isinstance(item, dict):
        return None
    body = canonical_json(item)
    identity, kind, name = body.get("id"), body.get("type"), body.get("name")
    if isinstance(identity, str) and identity.strip("/ "):
        return body if type_of_id(identity) or (isinstance(kind, str) and "/" in kind) else None
    if isinstance(kind, str) and "/" in kind and isinstance(name, str) and name:
        provider, *types = kind.strip("/").split("/")
        names = name.split("/")
        if len(types) == len(names):
            pairs = "/".join(f"{word}/{part}" for word, part in zip(types, names, strict=True))
            return {**body, "id": f"/providers/{provider}/{pairs}"}
    return None


def _strange(pointers: list[str]) -> str:
    shown = ", ".join(pointers[:5]) + (f" and {len(pointers) - 5} more" if len(pointers) > 5 else "")
    return f"{len(pointers)} entries are no resources (no ARM id or type): {shown}"


def _continues(document: Any) -> str | None:
    """Say how a list announces that it is not whole: a next link, a skip token, Resource Graph's mark."""
    if not isinstance(document, dict):
        return None
    for key in ("nextLink", "@odata.nextLink", "$skipToken", "skipToken", "skip_token"):
        if isinstance(document.get(key), str) and document[key]:
            return f"the list goes on elsewhere ({key} is set): fetch all pages"
    if str(document.get("resultTruncated", "")).lower() == "true":
        return "Resource Graph cut the result (resultTruncated is true): fetch all pages"
    rows = document.get("data")
    total = document.get("totalRecords", document.get("total_records"))
    if isinstance(rows, list) and isinstance(total, int) and total > len(rows):
        return f"Resource Graph found {total} rows and gave {len(rows)}: fetch all pages"
    return None
