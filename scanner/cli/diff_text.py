"""What changed between two results, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.cli.history_text import as_json, finding_json, identity, section
from scanner.history.difference import Difference
from scanner.model.result import Finding, ScanResult
from scanner.reports.text import one_line

_TITLES = {
    "new": "New",
    "still_open": "Still open",
    "fixed": "Fixed",
    "waived": "Exempted or baselined now",
    "undecided": "Undecided now (unknown, or an error)",
    "unseen": "Not looked at: the rule was not evaluated, or the resource is out of scope or behind a gap",
}
_WORDS = {
    "new": "new",
    "fixed": "fixed",
    "still_open": "still open",
    "waived": "exempted or baselined",
    "undecided": "undecided",
    "unseen": "not looked at",
}


def _groups(found: Difference) -> dict[str, list[tuple[Finding, str]]]:
    def plain(findings: Iterable[Finding]) -> list[tuple[Finding, str]]:
        return [(finding, "") for finding in findings]

    return {
        "new": plain(found.new),
        "fixed": [(finding, fate.value) for finding, fate in found.fixed],
        "still_open": plain(found.still_open),
        "waived": plain(found.waived),
        "undecided": plain(found.undecided),
        "unseen": plain(found.unseen),
    }


def difference_as_text(old: ScanResult, new: ScanResult, found: Difference) -> str:
    """Give the counts on one line, then every group that has something in it."""
    groups = _groups(found)
    counts = ", ".join(
        f"{len(groups[name])} {word}"
        for name, word in _WORDS.items()
        if groups[name] or name in {"new", "fixed", "still_open"}
    )
    lines = [f"From {one_line(old.scan.as_of)} to {one_line(new.scan.as_of)}: {counts}"]
    for name, members in groups.items():
        lines += section(_TITLES[name], [_line(finding, why) for finding, why in members])
    return "".join(f"{line}\n" for line in lines)


def _line(finding: Finding, why: str) -> str:
    about = identity(finding.severity, finding.rule.id, finding.resource.id)
    return f"{why:<6}  {about}" if why else about


def difference_as_json(old: ScanResult, new: ScanResult, found: Difference) -> str:
    """Give every group with all its members; `why` of a fixed one is "passes" or "gone"."""
    groups = {_camel(name): members for name, members in _groups(found).items()}
    document: dict[str, Any] = {
        "from": {"asOf": old.scan.as_of, "scopes": old.scan.scopes},
        "to": {"asOf": new.scan.as_of, "scopes": new.scan.scopes},
        "summary": {name: len(members) for name, members in groups.items()},
    }
    for name, members in groups.items():
        document[name] = [finding_json(finding) | ({"why": why} if why else {}) for finding, why in members]
    return as_json(document)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
