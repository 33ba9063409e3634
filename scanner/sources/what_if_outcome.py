"""How a what-if ended: where its changes stand, why it failed, and what it says it left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import normalise_id
from scanner.model.secrets import without_secret_text
from scanner.model.values import Json
from scanner.sources.json_document import JsonDocument, shown_name

_SECTIONS = ("changes", "potentialChanges")
_DEPLOYMENTS = "Microsoft.Resources/deployments"
_LEFT_OUT = frozenset({"nesteddeploymentshortcircuited", "nesteddeploymentskippedfrominternalexpansion"})
"""Warnings that come where the resources of a nested deployment are not among the changes (Azure's own words)."""


def is_what_if(document: Any) -> bool:
    """Say whether this is the result of a what-if, also of one that failed."""
    if not isinstance(document, dict) or "id" in document or "resource_changes" in document:
        return False
    _, body = contents(document)
    entries = next((body[section] for section in _SECTIONS if isinstance(body.get(section), list)), None)
    status = isinstance(document.get("status"), str)
    if entries is None:
        return status and (isinstance(document.get("error"), dict) or body is not document)
    return status or (bool(entries) and all(isinstance(entry, dict) and "changeType" in entry for entry in entries))


def contents(document: Json) -> tuple[str, Json]:
    """Give the JSON pointer of what holds the changes, and that."""
    inner = document.get("properties")
    below = isinstance(inner, dict) and not any(isinstance(document.get(section), list) for section in _SECTIONS)
    return ("/properties", inner) if below and isinstance(inner, dict) else ("", document)


def gaps_of_failure(document: JsonDocument) -> list[Gap]:
    """Give the gap of a what-if that failed and has changes nevertheless; raises SourceError where it has none."""
    value: Json = document.value
    _, body = contents(value)
    listed = [section for section in _SECTIONS if isinstance(body.get(section), list)]
    status = value.get("status")
    ended = not isinstance(status, str) or status.lower() == "succeeded"
    error = next((one for one in (value.get("error"), body.get("error")) if isinstance(one, dict) and one), None)
    if ended and error is None and listed:
        return []
    said = "; ".join(_sentences(error))[:1000] if error else "no error is given"
    if not any(body.get(section) for section in listed):
        what = f"is a what-if without changes: its status is '{str(status)[:40]}' ({said})"
        raise SourceError(Problem(what, shown_name(document.file), hint="mend the deployment and run what-if again"))
    detail = f"the what-if ended as '{str(status)[:40]}', so changes may be missing ({said})"
    return [Gap(document.file, "resources", GapReason.TRUNCATED, detail)]


def gap_of_diagnostic(entry: Any, file: str, expanded: Collection[str]) -> Gap | None:
    """Give the gap that a diagnostic is about; None for one that hides no resource.

    `expanded` are the normalised ids of deployments whose resources are among the changes: the warning that a nested
    deployment was skipped comes with those too.
    """
    if not isinstance(entry, dict):
        return None
    target = entry.get("target")
    scope = target if isinstance(target, str) and target.startswith("/") else file
    left_out = str(entry.get("code")).lower() in _LEFT_OUT and normalise_id(scope) not in expanded
    if not left_out and str(entry.get("level")).lower() != "error":
        return None
    return Gap(scope, _DEPLOYMENTS, GapReason.UNSUPPORTED, "; ".join(_sentences(entry))[:1000])


def _sentences(error: Any, depth: int = 0) -> Iterator[str]:
    """Give `code: message` of an ARM error and of what it says in detail, without secrets."""
    if not isinstance(error, dict) or depth > 5:
        return
    inner = error.get("error")
    if isinstance(inner, dict):
        yield from _sentences(inner, depth + 1)
    words = [" ".join(error[key].split()) for key in ("code", "message") if isinstance(error.get(key), str)]
    if any(words):
        yield without_secret_text(": ".join(words))
    details = error.get("details")
    for detail in details[:5] if isinstance(details, list) else ():
        yield from _sentences(detail, depth + 1)
