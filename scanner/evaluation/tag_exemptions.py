"""Exemptions that stand in a resource's own tag: `azgate-exempt: rule; until=2026-12-31; reason`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scanner.model.exemption import Exemption, parse_day
from scanner.model.inventory import Inventory
from scanner.model.resource import Resource, normalise_id
from scanner.model.result import Finding
from scanner.model.values import UNKNOWN
from scanner.model.verdict import Outcome
from scanner.rules.tags import EVERY_LEVEL, effective_tag, tag_text

TAG = "azgate-exempt"
NOBODY = "resource tag"
_UNTIL = "until"
_MOST_NAMED = 5


def tag_exemptions(inventory: Inventory) -> list[Exemption]:
    """Give the exemptions in the tags of all resources; `|` separates several in one tag.

    Each is for the resource that bears the tag and for nothing in it. One that lacks its rule, date or
    reason is given too, with a fault: it never exempts, and is announced.
    """
    return [
        _exemption(entry, resource, name, inventory)
        for resource in inventory.resources
        for name, value in _tags(resource)
        for entry in _entries(value)
    ]


def ignored_tags(findings: Sequence[Finding]) -> list[str]:
    """Give the note that says that there are such tags on failing resources, and that they do not count."""
    ids: dict[str, str] = {}
    for finding in findings:
        if finding.outcome is Outcome.FAIL and any(name.lower() == TAG for name in finding.resource.tags):
            ids.setdefault(finding.resource.key, finding.resource.id)
    if not ids:
        return []
    named = sorted(ids.values(), key=normalise_id)[:_MOST_NAMED]
    more = f" and {len(ids) - len(named)} more" if len(ids) > len(named) else ""
    bear = "1 resource with failures bears" if len(ids) == 1 else f"{len(ids)} resources with failures bear"
    return [f"{bear} the tag {TAG}, which counts only with --allow-tag-exemptions: {', '.join(named)}{more}"]


def _tags(resource: Resource) -> Iterator[tuple[str, Any]]:
    return ((str(name), value) for name, value in resource.tags.items() if str(name).lower() == TAG)


def _entries(value: Any) -> list[str | None]:
    """Split a value at `|`; None stands for a value that is not known, "" for a tag that says nothing."""
    if value is UNKNOWN:
        return [None]
    entries = [entry.strip() for entry in tag_text(value).split("|")]
    return [entry for entry in entries if entry] or [""]


def _exemption(entry: str | None, resource: Resource, name: str, inventory: Inventory) -> Exemption:
    rule, *parts = [part.strip() for part in (entry or "").split(";")]
    dates = [date for part in parts if (date := _date(part)) is not None]
    reason = "; ".join(part for part in parts if part and _date(part) is None)
    expires = dates[0] if dates else ""
    until = parse_day(expires)
    fault = ""
    if entry is None:
        fault = "its value is known only after deployment"
    elif not rule or _date(rule) is not None:
        fault = f"it names no rule ({_FORM})"
    elif len(dates) != 1:
        fault = f"it has {'no' if not dates else 'more than one'} date ({_FORM})"
    elif until is None:
        fault = f"its date {expires[:40]!r} is no date such as 2026-12-31"
    elif not reason:
        fault = f"it gives no reason ({_FORM})"
    return Exemption(
        rules=(rule,) if rule and _date(rule) is None else (),
        scope=resource.id,
        reason=reason,
        owner=_owner(resource, inventory),
        expires=expires,
        until=until,
        fault=fault,
        file=f"the tag {name} of {resource.id}",
        tag=True,
    )


_FORM = "a tag reads: rule; until=2026-12-31; reason"


def _date(part: str) -> str | None:
    """Give the date of a part that reads `until=DATE`, None for any other."""
    name, equals, value = part.partition("=")
    return value.strip() if equals and name.strip().lower() == _UNTIL else None


def _owner(resource: Resource, inventory: Inventory) -> str:
    for name in ("owner", "team"):
        value = effective_tag(resource, name, EVERY_LEVEL, inventory).value
        if isinstance(value, str):
            return value
    return NOBODY
