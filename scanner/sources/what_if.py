"""What a deployment would change: the JSON of `az deployment ... what-if --no-pretty-print`, and of the REST API.

The CLI prints `{status, changes[], potentialChanges?, diagnostics?, error?}`; the REST API has all but `status` and
`error` under `properties` (Microsoft.Resources 2024-03-01 and azure-mgmt-resource-deployments 2.0,
`WhatIfOperationResult`). A change is `{resourceId, changeType, before?, after?, unsupportedReason?, delta[]}`.

What counts is `after`, the predicted resource. `delta` is not looked at: it shows properties as deleted that the
provider fills in or that can only be read. A property that `after` does not have is one that the template leaves to
the provider, so its default applies (`Origin.declared`), as in a template.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from scanner.model.inventory import Gap, GapReason, Inventory, SourceInfo, distinct
from scanner.model.resource import Origin, Resource, canonical_json, normalise_id, type_of_id
from scanner.model.secrets import without_secret_text, without_secrets
from scanner.model.values import UNKNOWN, Json
from scanner.sources.alternatives import either
from scanner.sources.governed import is_governed
from scanner.sources.json_document import JsonDocument
from scanner.sources.options import ReadOptions
from scanner.sources.what_if_outcome import contents, gap_of_diagnostic, gaps_of_failure, is_what_if

NAME = "what-if"
_PREDICTED = frozenset({"create", "modify", "deploy", "nochange"})
_SHOWN = ("location", "tags", "kind", "sku", "identity", "zones", "properties")
"""What a rule may look at, beside what the id says."""
_NESTED = "microsoft.resources/deployments"
_EXPRESSION = re.compile(r"\[\s*[A-Za-z_]\w*(?:\.\w+)*\s*\(.*\)[^()]*\]", re.DOTALL)
"""A function call in brackets. What-if leaves those as they are that only the deployment can answer."""

recognises = is_what_if


def read(document: JsonDocument, options: ReadOptions) -> Inventory:
    """Make an inventory of what is there after the deployment.

    Raises SourceError where what-if gave no changes because it failed, or has not ended yet.
    """
    prefix, body = contents(document.value)
    gaps = gaps_of_failure(document)
    reading = _Reading(document.file, options)
    for section, certain in (("changes", True), ("potentialChanges", False)):
        entries = body.get(section)
        for index, change in enumerate(entries if isinstance(entries, list) else ()):
            reading.take(change, f"{prefix}/{section}/{index}", certain=certain)
    diagnostics = body.get("diagnostics")
    for entry in diagnostics if isinstance(diagnostics, list) else ():
        if gap := gap_of_diagnostic(entry, document.file, reading.expanded):
            gaps.append(gap)
    return reading.inventory(gaps)


def known_later(value: Any) -> Any:
    """Give `value` with UNKNOWN in the place of every template expression that what-if left as it is.

    An object one of whose names is an expression may have any property, and is UNKNOWN itself.
    """
    if isinstance(value, str):
        return UNKNOWN if value.startswith("[") and _EXPRESSION.fullmatch(value) else value
    if isinstance(value, dict):
        if any(known_later(name) is UNKNOWN for name in value):
            return UNKNOWN
        return {name: known_later(inner) for name, inner in value.items()}
    return [known_later(member) for member in value] if isinstance(value, list) else value


class _Reading:
    """Collects what the changes say, one after the other."""

    def __init__(self, file: str, options: ReadOptions) -> None:
        self._file = file
        self._options = options
        self._certain: list[Resource] = []
        self._potential: list[Resource] = []
        self._removed: list[str] = []
        self._gaps: list[Gap] = []
        self._unsupported: Counter[str] = Counter()
        self._extensions = 0
        self.expanded: set[str] = set()
        """Ids, normalised, of the deployments whose resources are among the changes."""

    def take(self, change: Any, pointer: str, *, certain: bool) -> None:
        """Take one change; one that is only potential may come, and is judged as if it did, but removes nothing."""
        if not isinstance(change, dict):
            self._gap(self._file, "resources", GapReason.MALFORMED, f"{pointer} is no change")
            return
        if isinstance(change.get("deploymentId"), str):
            self.expanded.add(normalise_id(change["deploymentId"]))
        kind = str(change.get("changeType")).lower()
        identity = _identity(change)
        if not identity:
            self._without_id(change, pointer)
        elif kind == "delete" and certain:
            self._removed.append(identity)
        elif kind in {"ignore", "delete"}:
            self._existing(change, identity, pointer)
        elif kind in _PREDICTED:
            self._predicted(change, identity, pointer, certain=certain)
        else:
            self._undecided(change, identity, pointer)

    def inventory(self, gaps: list[Gap]) -> Inventory:
        resources, overruled = distinct(self._certain)
        found = {resource.key: resource for resource in resources}
        for resource in self._potential:
            first = found.get(resource.key)
            known = resource if first is None or not first.origin.judged else either(first, resource)
            found[resource.key] = known
        return Inventory(
            tuple(found.values()),
            gaps=tuple(dict.fromkeys((*gaps, *self._gaps))),
            sources=(SourceInfo(NAME, self._file),),
            overruled=overruled,
            removed=tuple(dict.fromkeys(self._removed)),
            notes=tuple(self._notes()),
        )

    def _predicted(self, change: Json, identity: str, pointer: str, *, certain: bool) -> None:
        unchanged = str(change.get("changeType")).lower() == "nochange"
        side = "before" if unchanged and not _body(change, "after") else "after"
        body = _body(change, side)
        judged = not (unchanged and certain and self._options.changed_only)
        if body:
            shown = known_later(without_secrets(body))
            json = {**(shown if isinstance(shown, dict) else _unknown(change)), "id": identity}
            pointer = f"{pointer}/{side}"
        else:
            json = {**_unknown(change), "id": identity}
            self._gap(identity, _type(change, identity), GapReason.UNSUPPORTED, _NO_CONTENT)
        address = change.get("symbolicName")
        named = address if isinstance(address, str) else ""
        origin = Origin(NAME, self._file, pointer, declared=True, address=named, judged=judged)
        (self._certain if certain else self._potential).append(Resource(json, origin))

    def _existing(self, change: Json, identity: str, pointer: str) -> None:
        """Take what exists and is not in the template, to be looked at: a parent, the tags of a group.

        What-if shows of it what a list shows, without properties; what is not shown is not known.
        """
        if normalise_id(identity) in self._options.context.by_key:
            return
        side = "after" if _body(change, "after") else "before"
        json = {**_unknown(change), **without_secrets(_body(change, side)), "id": identity}
        self._certain.append(Resource(json, Origin(NAME, self._file, f"{pointer}/{side}", judged=False)))

    def _undecided(self, change: Json, identity: str, pointer: str) -> None:
        """Take what what-if cannot evaluate: it will be there, and nothing is known of it.

        Of the types that nobody shipped a rule for that is only counted: templates are full of role assignments
        whose names depend on other resources.
        """
        kind = _type(change, identity)
        if kind.lower() == _NESTED or is_governed(kind):
            self._gap(identity, kind, GapReason.UNSUPPORTED, _reason(change))
        else:
            self._unsupported[kind] += 1
        json = {**_unknown(change), "id": identity}
        self._certain.append(Resource(json, Origin(NAME, self._file, pointer, declared=True)))

    def _without_id(self, change: Json, pointer: str) -> None:
        if isinstance(change.get("extension"), dict) and not change.get("resourceId"):
            self._extensions += 1
            return
        named = change.get("resourceId") or change.get("symbolicName")
        name = f" ({without_secret_text(named)[:200]})" if isinstance(named, str) and named else ""
        kind = change.get("resourceType")
        what = kind if isinstance(kind, str) and "/" in kind and not kind.startswith("[") else "resources"
        self._gap(self._file, what, GapReason.UNSUPPORTED, f"{pointer}{name}: {_reason(change)}")

    def _gap(self, scope: str, what: str, reason: GapReason, detail: str) -> None:
        self._gaps.append(Gap(scope, what, reason, detail))

    def _notes(self) -> list[str]:
        notes = []
        if self._potential:
            notes.append(f"{len(self._potential)} changes are only potential; they are judged as if they came")
        if self._unsupported:
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self._unsupported.items()))
            notes.append(f"what-if could not evaluate, of types that no shipped rule is about: {kinds}")
        if self._extensions:
            notes.append(f"{self._extensions} changes are of extensions and no Azure resources; they are not judged")
        return notes


_NO_CONTENT = "what-if shows no content; run it with --result-format FullResourcePayloads"


def _identity(change: Json) -> str:
    """Give the ARM id of the resource; "" where it has none, or none before the deployment is under way."""
    for holder, key in ((change, "resourceId"), (_body(change, "after"), "id"), (_body(change, "before"), "id")):
        value = holder.get(key)
        if isinstance(value, str) and "[" not in value and type_of_id(value):
            return value
    return ""


def _body(change: Json, side: str) -> Json:
    value = change.get(side)
    return canonical_json(value) if isinstance(value, dict) else {}


def _type(change: Json, identity: str) -> str:
    for value in (_body(change, "after").get("type"), change.get("resourceType")):
        if isinstance(value, str) and value.lower() == type_of_id(identity).lower():
            return value
    return type_of_id(identity)


def _unknown(change: Json) -> Json:
    """Give the body of a resource of which nothing is known but that it is there."""
    return {"type": _type(change, _identity(change)), **dict.fromkeys(_SHOWN, UNKNOWN)}


def _reason(change: Json) -> str:
    told = change.get("unsupportedReason")
    if isinstance(told, str) and told.strip():
        return without_secret_text(" ".join(told.split()))[:500]
    kind = str(change.get("changeType"))[:40]
    return "what-if could not evaluate it" if kind.lower() == "unsupported" else f"its change type is '{kind}'"
