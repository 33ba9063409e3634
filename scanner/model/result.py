"""The finished result of a scan: the only thing reports see. All counting happens here, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from operator import attrgetter
from typing import Any

from scanner.model.history import History
from scanner.model.inventory import Gap
from scanner.model.resource import normalise_id
from scanner.model.verdict import Disposition, Evidence, Outcome, Severity, Verdict

SCHEMA_VERSION = "1"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What reports show of a rule."""

    id: str
    title: str
    severity: Severity
    phase: str
    maturity: str
    policy: str
    rationale: str
    remediation: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceInfo:
    """What reports show of a resource. Ids keep Azure's spelling; file, line, pointer and address are its origin.

    `key` is the normalised id, by which resources are compared and sorted.
    """

    id: str
    type: str
    name: str
    location: str = ""
    resource_group: str = ""
    subscription_id: str = ""
    tags: dict[str, Any] = field(default_factory=dict)
    effective_tags: dict[str, Any] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    pointer: str | None = None
    address: str = ""
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Normalise the id once: a resource has many findings."""
        object.__setattr__(self, "key", normalise_id(self.id))


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why a finding is exempted: by whom, for what reason, until when (ISO date, the last day inside)."""

    reason: str
    owner: str
    expires: str
    scope: str


def fingerprint(rule_id: str, resource_id: str) -> str:
    """Give what identifies a finding for ever: rule and normalised resource id, never text, line or time."""
    return sha256(_rule_part(rule_id) + _resource_part(resource_id)).hexdigest()


def _rule_part(rule_id: str) -> bytes:
    return f"{rule_id}\n".encode("utf-8", "surrogatepass")


def _resource_part(resource_id: str) -> bytes:
    return normalise_id(resource_id).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its rule, resource and disposition."""

    rule: RuleInfo
    resource: ResourceInfo
    verdict: Verdict
    severity: Severity
    disposition: Disposition = Disposition.NEW
    exemption: Waiver | None = None

    @property
    def outcome(self) -> Outcome:
        """The verdict's outcome."""
        return self.verdict.outcome

    @property
    def message(self) -> str:
        """The verdict's sentence."""
        return self.verdict.message

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the verdict rests on."""
        return self.verdict.evidence

    @property
    def line(self) -> int | None:
        """The line to look at: that of what the verdict rests on where it is known, else the resource's."""
        return next((item.line for item in self.verdict.evidence if item.line), self.resource.line)

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits."""
        return fingerprint(self.rule.id, self.resource.id)


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """Give the fingerprint of each finding, in order; each rule's and each resource's part is made once."""
    rule_part, resource_part = cache(_rule_part), cache(_resource_part)
    for finding in findings:
        yield sha256(rule_part(finding.rule.id) + resource_part(finding.resource.id)).hexdigest()


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """A policy file that took part: its name, its path as given, the ids of its chosen rules."""

    name: str
    path: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be asked at all, and why."""

    rule_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanInfo:
    """When, on what and with what the scan ran. Times are ISO 8601 in UTC.

    `changed_only` says that what a change leaves as it is was not judged: its absence says nothing. `subscriptions`
    are display names by subscription id in lower case, of those whose name is known.
    """

    started_at: str
    finished_at: str
    as_of: str
    sources: tuple[str, ...]
    scopes: tuple[str, ...]
    policies: tuple[PolicyInfo, ...]
    parameters: dict[str, Any]
    not_evaluated: tuple[NotEvaluated, ...] = ()
    notes: tuple[str, ...] = ()
    changed_only: bool = False
    subscriptions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gate:
    """The decision: `fail_on` is a severity or "never"; `exit_code` 0, 1 or 3; `reason` a sentence."""

    fail_on: str
    exit_code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers every report shows."""

    resources: int
    rules: int
    outcomes: dict[Outcome, int]
    dispositions: dict[Disposition, int]
    failures_by_severity: dict[Severity, int]
    gaps: int


@dataclass(frozen=True)
class ScanResult:
    """Everything a report may draw. Findings are sorted: failures first, worst first, then by rule and id."""

    tool_version: str
    scan: ScanInfo
    rules: tuple[RuleInfo, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    gate: Gate
    resources: int
    history: History | None = None

    @cached_property
    def summary(self) -> Summary:
        """Count once, for all reports; every finding counts, whatever its disposition."""
        outcomes = Counter(map(attrgetter("verdict.outcome"), self.findings))
        dispositions = Counter(map(attrgetter("disposition"), self.findings))
        severities = Counter(f.severity for f in self.findings if f.verdict.outcome is Outcome.FAIL)
        return Summary(
            resources=self.resources,
            rules=len(self.rules),
            outcomes={outcome: outcomes[outcome] for outcome in Outcome},
            dispositions={disposition: dispositions[disposition] for disposition in Disposition},
            failures_by_severity={severity: severities[severity] for severity in Severity},
            gaps=len(self.gaps),
        )


_ORDER = {Outcome.FAIL: 0, Outcome.ERROR: 1, Outcome.UNKNOWN: 2, Outcome.PASS: 3}


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Give findings in the order in which every report shows them: failures first, worst first, then by rule and id."""
    groups: dict[tuple[int, bool, int, str], list[Finding]] = {}
    for finding in findings:
        place = (
            _ORDER[finding.verdict.outcome],
            finding.disposition is not Disposition.NEW,
            _RANKS[finding.severity],
            finding.rule.id,
        )
        groups.setdefault(place, []).append(finding)
    return [finding for place in sorted(groups) for finding in sorted(groups[place], key=_BY_RESOURCE)]


_RANKS = {severity: severity.rank for severity in Severity}
_BY_RESOURCE = attrgetter("resource.key")
