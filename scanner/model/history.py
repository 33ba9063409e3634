"""What is known of earlier scans: the runs, how old findings are, what was fixed and how long that took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.model.verdict import Outcome, Severity


@dataclass(frozen=True, slots=True)
class Run:
    """One stored scan, in numbers. Times are ISO 8601 in UTC; `score` is the compliance score, None where none.

    `open_failures` counts by severity the failures that nobody answered for; `series` names what the run is one of
    many looks at.
    """

    id: int
    started_at: str
    as_of: str
    tool_version: str
    sources: tuple[str, ...]
    scopes: tuple[str, ...]
    resources: int
    rules: int
    outcomes: Mapping[Outcome, int]
    open_failures: Mapping[Severity, int]
    gaps: int
    exit_code: int
    score: int | None = None
    series: str = ""


@dataclass(frozen=True, slots=True)
class Age:
    """How old an open failure is: since when it fails without a break, in how many runs, how often it came back."""

    since: str
    runs: int
    reopened: int = 0


@dataclass(frozen=True, slots=True)
class Fixed:
    """An open failure that is none any more.

    `why` is "passes", "gone" (the resource, or what made the rule apply to it), or "waived" (exempted or baselined,
    which is no fix).
    """

    fingerprint: str
    rule_id: str
    resource_id: str
    severity: Severity
    team: str
    since: str
    why: str


@dataclass(frozen=True, slots=True)
class TimeToFix:
    """How long failures of a team stood before they were fixed: how many in the last 90 days, and the mean in days.

    What was waived is not counted.
    """

    fixed: int
    mean_days: float


@dataclass(frozen=True, slots=True)
class History:
    """The runs before a result, oldest first and the result's own last, and what changed.

    `ages` is by fingerprint, of the result's open failures. `new` and `reopened` are fingerprints of failures that
    were not open before: never seen, or seen before and fixed or waived in between. `time_to_fix` is by team, ""
    where no tag says whose the resource was. `runs` are those of about the same scopes.
    """

    runs: tuple[Run, ...]
    ages: Mapping[str, Age] = field(default_factory=dict)
    new: frozenset[str] = frozenset()
    reopened: frozenset[str] = frozenset()
    fixed: tuple[Fixed, ...] = ()
    time_to_fix: Mapping[str, TimeToFix] = field(default_factory=dict)
