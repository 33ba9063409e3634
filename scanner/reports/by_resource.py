"""Findings by resource, worst first: what the engineer wants who owns one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.model.result import Finding, ResourceInfo
from scanner.model.verdict import Severity


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """The findings of one resource, worst first; `severity` is the worst among them."""

    resource: ResourceInfo
    severity: Severity
    findings: tuple[Finding, ...]


def by_resource(findings: Iterable[Finding]) -> tuple[ResourceGroup, ...]:
    """Group by resource: the worst severity first, then who has most findings that bad, then by id."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.resource.key, []).append(finding)
    made: list[tuple[tuple[int, int, str], ResourceGroup]] = []
    for key, members in groups.items():
        members.sort(key=lambda finding: (finding.severity.rank, finding.rule.id))
        worst = members[0].severity
        as_bad = sum(finding.severity is worst for finding in members)
        made.append(((worst.rank, -as_bad, key), ResourceGroup(members[0].resource, worst, tuple(members))))
    return tuple(group for _, group in sorted(made, key=lambda pair: pair[0]))


def source_place(resource: ResourceInfo) -> str:
    """Give `file:line` as editors and terminals open it; "" for a resource of no file."""
    if not resource.file:
        return ""
    return f"{resource.file}:{resource.line}" if resource.line else resource.file


def at_line(finding: Finding) -> str:
    """Give ` (line 12)` where a finding is about another line than the one its resource begins on."""
    return f" (line {finding.line})" if finding.line != finding.resource.line else ""
