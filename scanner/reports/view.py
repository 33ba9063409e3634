"""What several formats show alike: grouping, readable names, values as text."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from scanner.model.result import Finding, Gate, ResourceInfo, RuleInfo, ScanResult
from scanner.model.verdict import Disposition, Outcome, Severity, Verdict
from scanner.reports.subscriptions import named

_VERDICTS = {0: "passed", 1: "failed"}
_PLAIN = frozenset({str, int, bool, type(None)})


def verdict_word(gate: Gate) -> str:
    """Give "passed", "failed" or "incomplete"."""
    return _VERDICTS.get(gate.exit_code, "incomplete")


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The findings of one rule, in result order; `severity` is the worst among them."""

    rule: RuleInfo
    severity: Severity
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Sections:
    """Every finding of a result, once: what waits for somebody, what was answered for, and passes."""

    failures: tuple[RuleGroup, ...]
    errors: tuple[RuleGroup, ...]
    unknowns: tuple[RuleGroup, ...]
    exempted: tuple[RuleGroup, ...]
    baselined: tuple[RuleGroup, ...]
    passes: tuple[RuleGroup, ...]

    @property
    def open_failures(self) -> tuple[Finding, ...]:
        """Failures that nobody answered for yet."""
        return tuple(finding for group in self.failures for finding in group.findings)

    def waiting(self, outcome: Outcome) -> int:
        """Count the findings of an outcome that nobody answered for yet."""
        groups = {
            Outcome.FAIL: self.failures,
            Outcome.ERROR: self.errors,
            Outcome.UNKNOWN: self.unknowns,
            Outcome.PASS: self.passes,
        }
        return sum(len(group.findings) for group in groups[outcome])


def sections(result: ScanResult) -> Sections:
    """Sort the findings into sections, subscriptions by name. A pass is a pass, whatever its disposition."""
    open_: dict[Outcome, list[Finding]] = {outcome: [] for outcome in Outcome}
    answered: dict[Disposition, list[Finding]] = {disposition: [] for disposition in Disposition}
    for finding in named(result.findings, result.scan.subscriptions):
        outcome = finding.verdict.outcome
        if outcome is Outcome.PASS or finding.disposition is Disposition.NEW:
            open_[outcome].append(finding)
        else:
            answered[finding.disposition].append(finding)
    return Sections(
        failures=by_rule(open_[Outcome.FAIL]),
        errors=by_rule(open_[Outcome.ERROR]),
        unknowns=by_rule(open_[Outcome.UNKNOWN]),
        exempted=by_rule(answered[Disposition.EXEMPTED]),
        baselined=by_rule(answered[Disposition.BASELINED]),
        passes=by_rule(open_[Outcome.PASS]),
    )


def by_rule(findings: Iterable[Finding]) -> tuple[RuleGroup, ...]:
    """Group by rule, worst first, then by rule id."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.rule.id].append(finding)
    made = [
        RuleGroup(members[0].rule, min({f.severity for f in members}, key=lambda s: s.rank), tuple(members))
        for members in groups.values()
    ]
    return tuple(sorted(made, key=lambda group: (group.severity.rank, group.rule.id)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is, in words: its names from the top down, its resource group and subscription."""

    name: str
    group: str
    subscription: str


def place(resource: ResourceInfo) -> Place:
    """Read the place off the id, since saved results know of a passing resource only id, type and name.

    `.../resourceGroups/g/providers/Microsoft.X/accounts/a/deployments/d` is `a/d` in `g`; an id of another
    form (a seat, a resource of a plan) goes by the resource's name.
    """
    stripped = resource.id.strip("/")
    segments, lowered = stripped.split("/"), stripped.lower().split("/")
    subscription = segments[1] if lowered[0] == "subscriptions" and len(segments) > 1 else ""
    group = segments[3] if lowered[2:3] == ["resourcegroups"] and len(segments) > 3 else ""
    names: list[str] = []
    if "providers" in lowered:
        last = len(lowered) - 1 - lowered[::-1].index("providers")
        names = segments[last + 3 :: 2]
    return Place("/".join(names) or resource.name or resource.id, group, subscription)


def evidence_lines(verdict: Verdict) -> list[str]:
    """Give each thing that was looked at in words."""
    return [
        f"{e.path}: {shown(e.actual)} (expected: {e.expected}{f'; line {e.line}' if e.line else ''})"
        for e in verdict.evidence
    ]


def cleaned(value: Any) -> Any:
    """Give `value` as strict JSON can say it: NaN and infinities, dates and the like become text."""
    if type(value) in _PLAIN or isinstance(value, int):
        return value
    if isinstance(value, Enum):
        return cleaned(value.value)
    if isinstance(value, float):
        return value if math.isfinite(value) else json.dumps(value)
    if isinstance(value, Mapping):
        return {str(key): cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [cleaned(item) for item in value]
        return sorted(items, key=repr) if isinstance(value, (set, frozenset)) else items
    return str(value)


def shown(value: Any) -> str:
    """Give a JSON value as people read it: text without quotes, the rest as compact JSON."""
    strict = cleaned(value)
    return strict if isinstance(strict, str) else json.dumps(strict, ensure_ascii=False)
