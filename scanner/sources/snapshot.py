"""The inventory snapshot: azgate's own JSON, versioned, that scans to the findings of the live scan it came from.

The layout is described in docs/inventory.md. A layout change raises SCHEMA_VERSION and brings an upgrade of
the older ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Fact, Gap, GapReason, Inventory, SourceInfo, distinct
from scanner.model.resource import Origin, Resource
from scanner.sources.json_document import JsonDocument, shown_name
from scanner.sources.options import ReadOptions
from scanner.version import VERSION

NAME = "snapshot"
KIND = "azgateInventory"
SCHEMA_VERSION = "1"
T = TypeVar("T")


def recognises(document: Any) -> bool:
    """Say whether this is a snapshot, of any version."""
    return isinstance(document, dict) and document.get("kind") == KIND


def write(inventory: Inventory) -> str:
    """Give the snapshot's text in one piece."""
    return "".join(chunks(inventory))


def chunks(inventory: Inventory) -> Iterator[str]:
    """Give the snapshot's text piece by piece: one resource, fact or gap a line, so that versions can be compared."""
    head = {
        "kind": KIND,
        "schemaVersion": SCHEMA_VERSION,
        "tool": {"name": "azgate", "version": VERSION},
        "collectedAt": inventory.collected_at.isoformat() if inventory.collected_at else None,
        "scopes": list(inventory.scopes),
        "sources": [
            {"kind": source.kind, "name": source.name, "factKinds": sorted(source.fact_kinds)}
            | ({"notAsked": dict(sorted(source.not_asked.items()))} if source.not_asked else {})
            for source in inventory.sources
        ],
    }
    yield "{"
    for key, value in head.items():
        yield f"\n{_dump(key)}: {_dump(value)},"
    yield from _list("resources", (resource.json for resource in inventory.resources))
    yield ","
    yield from _list("facts", ({"kind": f.kind, "scope": f.scope, "data": f.data} for f in inventory.facts))
    yield ","
    yield from _list(
        "gaps",
        (
            {"scope": gap.scope, "what": gap.what, "reason": gap.reason.value, "detail": gap.detail}
            for gap in inventory.gaps
        ),
    )
    yield "\n}\n"


def _list(key: str, members: Iterable[Any]) -> Iterator[str]:
    before = "\n  "
    yield f"\n{_dump(key)}: ["
    for member in members:
        yield before + _dump(member)
        before = ",\n  "
    yield "]" if before == "\n  " else "\n]"


def _dump(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isascii() or text.isprintable() else json.dumps(value, allow_nan=False)


def read(document: JsonDocument, _: ReadOptions) -> Inventory:
    """Make the inventory again; raises SourceError, with a JSON pointer, where the file was damaged."""
    file = document.file
    version = document.value.get("schemaVersion")
    if version != SCHEMA_VERSION:
        raise SourceError(
            Problem(
                f"is a snapshot of layout version {version!r}; this azgate reads version {SCHEMA_VERSION!r}",
                shown_name(file),
                hint="collect it again, or use the azgate that wrote it",
            )
        )
    fields = _Fields(document.value, file)
    read_resources = fields.items("resources", lambda body, pointer: _resource(body, Origin(NAME, file, pointer)))
    resources, overruled = distinct(read_resources)
    return Inventory(
        resources=resources,
        facts=tuple(fields.items("facts", lambda body, _: _fact(body))),
        gaps=tuple(fields.items("gaps", lambda body, _: _gap(body))),
        sources=(SourceInfo(NAME, file, fields.fact_kinds(), fields.not_asked()),),
        scopes=tuple(str(scope) for scope in fields.array("scopes")),
        collected_at=fields.time("collectedAt"),
        overruled=overruled,
    )


def _resource(body: dict[str, Any], origin: Origin) -> Resource:
    if not _text(body, "id").strip("/ "):
        raise ValueError("the id is empty")
    return Resource(body, origin)


def _fact(body: dict[str, Any]) -> Fact:
    if "data" not in body:
        raise ValueError("'data' is missing")
    return Fact(_text(body, "kind"), _text(body, "scope"), body["data"])


def _gap(body: dict[str, Any]) -> Gap:
    reason, detail = _text(body, "reason"), body.get("detail")
    if reason not in set(GapReason):
        raise ValueError(f"{reason!r} is no reason for a gap")
    return Gap(_text(body, "scope"), _text(body, "what"), GapReason(reason), detail if isinstance(detail, str) else "")


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise ValueError(f"'{key}' is missing or no text")  # noqa: TRY004 - all damage is alike
    return value


class _Fields:
    """Takes a snapshot apart, and names the place where it is not one."""

    def __init__(self, document: dict[str, Any], file: str) -> None:
        self.document = document
        self.file = file

    def damaged(self, pointer: str, what: str) -> SourceError:
        message = f"the snapshot is damaged at {pointer}: {what}"
        return SourceError(Problem(message, shown_name(self.file), hint="collect it again"))

    def array(self, key: str) -> list[Any]:
        value = self.document.get(key)
        if not isinstance(value, list):
            raise self.damaged(f"/{key}", "a list is missing")
        return value

    def items(self, key: str, make: Callable[[dict[str, Any], str], T]) -> list[T]:
        found: list[T] = []
        for index, body in enumerate(self.array(key)):
            pointer = f"/{key}/{index}"
            if not isinstance(body, dict):
                raise self.damaged(pointer, "an object is missing")
            try:
                found.append(make(body, pointer))
            except ValueError as error:
                raise self.damaged(pointer, str(error)) from None
        return found

    def fact_kinds(self) -> frozenset[str]:
        kinds: set[str] = set()
        for source in self.array("sources"):
            listed = source.get("factKinds") if isinstance(source, dict) else None
            if isinstance(listed, list):
                kinds.update(str(kind) for kind in listed)
        return frozenset(kinds)

    def not_asked(self) -> dict[str, str]:
        """Give the types that none of the sources was asked for."""
        given = [source.get("notAsked") for source in self.array("sources") if isinstance(source, dict)]
        found = [{str(kind).lower(): str(why) for kind, why in one.items()} for one in given if isinstance(one, dict)]
        if not found or len(found) < len(given):
            return {}
        return {kind: why for kind, why in found[0].items() if all(kind in one for one in found)}

    def time(self, key: str) -> datetime | None:
        value = self.document.get(key)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise self.damaged(f"/{key}", "the timestamp has no offset")
            if moment.astimezone(UTC).year >= 1970:
                return moment
        except (TypeError, ValueError, OverflowError):
            pass
        raise self.damaged(f"/{key}", f"{value!r} is no timestamp of a scan")
